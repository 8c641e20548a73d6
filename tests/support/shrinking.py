"""A policy and a household made as small as they can be while a difference stays, and both as text to paste."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from json import loads
from time import monotonic
from typing import Any

import yaml
from attrs import evolve, frozen
from every_way import Differences, Sample, Way, asked
from framing import Facts

from hardship_rules import FactError, Policy, PolicyError, read_policy
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, NumberKind
from hardship_rules.core.policy import Fact, require_decidable

Place = tuple[Any, ...]
"""The keys and positions that lead to a part of a tree."""
_TOKEN = re.compile(r"[\w.]+|[<>=!]=?|\S")
_CALL = re.compile(r"\b((?!not |in |where |or |and )\w+) \(")
_LINES = ("that", "when", "value", "otherwise", "if absent")


class _Plain(
    yaml.emitter.Emitter, yaml.serializer.Serializer, yaml.representer.SafeRepresenter, yaml.resolver.BaseResolver
):
    """Writes words without quotes where it can: to the language `no`, `1` and a day are words like others."""

    def __init__(self, stream: Any, **_: Any) -> None:
        yaml.emitter.Emitter.__init__(self, stream, width=118, allow_unicode=True)
        yaml.serializer.Serializer.__init__(self)
        yaml.representer.SafeRepresenter.__init__(self, default_flow_style=None, sort_keys=False)  # type: ignore[arg-type]  # None: short ones on a line
        yaml.resolver.BaseResolver.__init__(self)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # its argument in PyYAML
        """Parts that are equal are written out."""
        return True


def yaml_of(tree: Any) -> str:
    """A tree of texts as YAML."""
    return str(yaml.dump(tree, Dumper=_Plain))


def tree_of(policy: Policy, text: str | None = None) -> dict[str, Any]:
    """A policy as a tree of texts: of its own text, or else of what it comes to with all that it extends."""
    if text is not None:
        tree: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # it makes texts alone
        return tree
    resolved: dict[str, Any] = loads(policy.resolved)
    return resolved | {"decisions": dict(resolved["decisions"])}


# --- Smaller policies ------------------------------------------------------------------------------------------------


@frozen
class _Edit:
    """A change of one part of a tree."""

    place: Place
    change: Callable[[Any, Any], None]  # of the part's parent, and its key

    def applied(self, tree: Any) -> Any | None:
        """The changed tree; None where the part is no longer there."""
        tree = deepcopy(tree)
        parent = tree
        try:
            for key in self.place[:-1]:
                parent = parent[key]
            self.change(parent, self.place[-1])
        except (KeyError, IndexError, TypeError):
            return None
        return tree


def _remove(parent: Any, key: Any) -> None:
    del parent[key]


def _put(value: Any) -> Callable[[Any, Any], None]:
    def change(parent: Any, key: Any) -> None:
        parent[key] = deepcopy(value)

    return change


def _parts(tree: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every part of a tree below its root."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, part in inner:
        yield (*place, key), part
        yield from _parts(part, (*place, key))


def _size(part: Any) -> int:
    return len(str(part))


def _edits(tree: Any) -> Iterator[_Edit]:
    """What may make a policy smaller, the largest steps first."""
    parts = sorted(_parts(tree), key=lambda found: -_size(found[1]))
    yield from (_Edit(place, _remove) for place, _ in parts)
    for place, part in parts:
        if isinstance(part, dict):
            yield from (_Edit(place, _put(smaller)) for smaller in _inner(part))
    for place, part in parts:
        if isinstance(part, str) and place[-1] in _LINES:
            yield from (_Edit(place, _put(line)) for line in _shorter(part))


def _has_empty_parts(tree: Any) -> bool:
    """Whether a decision has no outcomes, or a group no conditions, which may differ for reasons of their own."""
    return any(part in ({}, []) for _, part in _parts(tree))


def _inner(part: dict[str, Any]) -> Iterator[Any]:
    """What a condition is made of, each alone; a number by cases as each of its results."""
    for key in ("all", "any", "not"):
        group = part.get(key)
        if isinstance(group, dict) and not {"that", "all", "any", "not"} & {*group}:
            yield from group.values()
        elif group is not None:
            yield group
    if "choose" in part:
        rest = {key: inner for key, inner in part.items() if key not in ("choose", "otherwise")}
        results = [case["value"] for case in part["choose"] if "value" in case]
        results += [part["otherwise"]] if "otherwise" in part else []
        yield from ({**rest, "value": result} for result in results)
        yield from results


def _shorter(line: str) -> Iterator[str]:
    """Lines with fewer words: constants, a part of the line alone, and the line without a part."""
    tokens = _TOKEN.findall(line)
    if len(tokens) > 1:
        yield from ("true", "0", "1")
    count = len(tokens)
    for size in range(1, count):
        for start in range(count - size + 1):
            for kept in (tokens[start : start + size], [*tokens[:start], *tokens[start + count - size :]]):
                if _is_balanced(kept):
                    yield _CALL.sub(r"\1(", re.sub(r" (?=[,)])|(?<=\() ", "", " ".join(kept)))


def _is_balanced(tokens: list[str]) -> bool:
    depth = 0
    for word in tokens:
        depth += (word == "(") - (word == ")")
        if depth < 0:
            return False
    return depth == 0


# --- Smaller households ----------------------------------------------------------------------------------------------


def _smaller_households(policy: Policy, household: Facts) -> Iterator[Facts]:
    """The household without one member, with one fact unknown, or with a simpler value of one fact."""
    members = household["members"]
    for number in range(len(members)):
        if len(members) > 1:
            yield {**household, "members": [*members[:number], *members[number + 1 :]]}
    for name, value in _simpler(policy.facts, household):
        yield {**household, name: value}
    for number, member in enumerate(members):
        for name, value in _simpler(policy.members.facts, member):
            yield {**household, "members": [*members[:number], {**member, name: value}, *members[number + 1 :]]}


def _simpler(facts: Mapping[str, Fact], given: Facts) -> Iterator[tuple[str, Any]]:
    for name, fact in facts.items():
        value = given.get(name)
        if value is None:
            continue
        yield name, None
        match fact.kind:
            case BooleanKind():
                yield from [(name, False)] if value else []
            case ChoiceKind(options=options):
                yield from ((name, option) for option in list(options)[: list(options).index(value)])
            case NumberKind():
                number = Fraction(value)
                rounded = (
                    Fraction(0),
                    Fraction(1),
                    *(Fraction(int(number / 10**power)) * 10**power for power in (3, 2, 1, 0)),
                )
                yield from ((name, int(each)) for each in rounded if _digits(each) < _digits(number))


def _digits(number: Fraction) -> tuple[int, int]:
    text = f"{Decimal(abs(number).numerator) / number.denominator:f}"
    return len(text.rstrip("0")), len(text)


def _weight(household: Facts) -> tuple[int, int, str]:
    """How large a household is: its known facts, and what there is to read."""
    parts = [household, *household["members"]]
    values = [value for part in parts for name, value in part.items() if name != "members" and value is not None]
    return len(values) + len(parts), sum(len(str(value)) for value in values), str(values)


# --- Both together ---------------------------------------------------------------------------------------------------


@frozen
class Found:
    """A difference: the way, what differs, and the policy and the one household that it differs for."""

    way: str
    difference: str
    tree: dict[str, Any]
    sample: Sample

    def text(self) -> str:
        """The policy and a case of it, as they can be pasted into two files."""
        return (
            f"{self.way} differs from assess: {self.difference}\n\n--- {self.sample.policy.name}.yaml\n"
            f"{yaml_of(self.tree)}\n--- cases.yaml\n{case_text(self)}"
        )


def differences(way: Way, sample: Sample) -> list[Differences] | None:
    """The differences of each household, an error among them; None where the way refuses the policy."""
    try:
        return way(sample)
    except Exception as error:  # noqa: BLE001  # a way that fails differs
        return [[f"raised {type(error).__name__}: {error}"]]


def difference(way: Way, sample: Sample, kind: str | None = None) -> tuple[int, str] | None:
    """The first household for which a way differs, and how; of one kind of difference where that is given."""
    listed = ((number, each) for number, some in enumerate(differences(way, sample) or ()) for each in some)
    return next((each for each in listed if kind is None or kind_of(each[1]) == kind), None)


def kind_of(difference: str) -> str:
    """The kind of a difference; for an error also its type."""
    first, second, *_ = f"{difference} ".split(" ")
    return f"{first} {second}" if first == "raised" else first


def shrunk(name: str, way: Way, sample: Sample, text: str | None, seconds: float) -> Found:
    """The difference of a way for a sample, with as little of the policy and of one household as keeps it.

    It ends after so many seconds with what it has reached by then.
    """
    until = monotonic() + seconds
    number, what = difference(way, sample) or (0, "")
    kind = kind_of(what)
    if len(sample.households) > 1:
        alone = [
            evolve(sample, households=(sample.households[number],)),
            *(evolve(sample, households=(each,)) for each in sample.households),
        ]
        single = next((each for each in alone if difference(way, each, kind)), None)
        if single is None:  # it needs several households
            return Found(
                name, what, tree_of(sample.policy, text), evolve(sample, households=(sample.households[number],))
            )
        sample = single
    tree = tree_of(sample.policy, text)
    changed = True
    while changed and monotonic() < until:
        changed = False
        for smaller in _fewer_facts(way, sample, kind, until):
            sample, changed = smaller, True
        for edit in list(_edits(tree)):
            if monotonic() > until:
                break
            candidate = edit.applied(tree)
            if candidate is None or _size(candidate) >= _size(tree) or _has_empty_parts(candidate):
                continue
            try:
                policy = read_policy(yaml_of(candidate))
                require_decidable(policy)
                smaller = of_policy(sample, policy)
                if difference(way, smaller, kind):
                    tree, sample, changed = candidate, smaller, True
            except PolicyError:
                continue
    _, what = difference(way, sample, kind) or (0, what)
    return Found(name, what, tree, sample)


def of_policy(sample: Sample, policy: Policy) -> Sample:
    """The households of a sample under a policy that may lack some of their facts."""
    left_out = tuple(name for name in sample.left_out if name in {each.name for each in policy.stand_ins})
    return Sample(policy, tuple(asked(policy, each, left_out) for each in sample.households), sample.on, left_out)


def _fewer_facts(way: Way, sample: Sample, kind: str, until: float) -> Iterator[Sample]:
    """Samples of one household, each smaller than the one before."""
    is_smaller = True
    while is_smaller and monotonic() < until:
        is_smaller = False
        (household,) = sample.households
        for smaller in _smaller_households(sample.policy, household):
            candidate = evolve(sample, households=(smaller,))
            if _weight(smaller) < _weight(household) and difference(way, candidate, kind):
                sample, is_smaller = candidate, True
                yield sample
                break


def case_text(found: Found) -> str:
    """The household as a case that expects what `assess` gives."""
    sample = found.sample
    (household,), (expected,) = sample.households, sample.expected
    if isinstance(expected, FactError):
        expect: dict[str, Any] = {"refused": sorted({problem.code for problem in expected.problems})}
    else:
        category = "undecided" if expected.category is None else expected.category.id
        expect = {"category": category, "possible": [each.id for each in expected.possible]}
    members = [_facts_text(sample.policy.members.facts, member) for member in household["members"]]
    facts = _facts_text(sample.policy.facts, household) | {"members": members}
    because = f"assess gives this, and {found.way} differs: {found.difference}"
    case = {
        "title": f"{found.way}: {kind_of(found.difference)}",
        "household": facts,
        "expect": expect,
        "because": because,
    }
    return yaml_of(
        {"policy": sample.policy.name, **({} if sample.on is None else {"on": str(sample.on)}), "cases": [case]}
    )


def _facts_text(facts: Mapping[str, Fact], given: Facts) -> dict[str, str]:
    """The facts as a case has them: an unknown fact is left out, unless it has a default."""
    return {
        name: _value_text(given[name])
        for name, fact in facts.items()
        if name in given and (given[name] is not None or fact.if_absent is not None)
    }


def _value_text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no", None: "null"}[value]
    return str(value)
