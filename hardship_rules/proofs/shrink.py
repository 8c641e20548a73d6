"""A household that shows something, made as small as it can be while it still does, and written to be pasted."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from time import monotonic
from typing import Any

from hardship_rules.core.kinds import ChoiceKind, NumberKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError, Path
from hardship_rules.explanation.forms import written
from hardship_rules.explanation.wording import exact_text
from hardship_rules.language.keys import RESERVED_TITLES

Facts = dict[str, Any]
Raised = dict[Path, Any]  # facts that are otherwise in a second household
IsSo = Callable[[Facts, Raised], bool]

SECONDS = 2.0


def smallest(
    policy: Policy, facts: Facts, raised: Raised, is_so: IsSo, seconds: float = SECONDS
) -> tuple[Facts, Raised]:
    """Of the household first members, then facts are left out, then amounts made round, up or down, while it is so.

    What is left out may be anything, or is what the policy puts in its place; what is left is what matters.
    """
    until = monotonic() + seconds

    def still(facts: Facts, raised: Raised) -> bool:
        try:
            return monotonic() < until and is_so(facts, raised)
        except FactError:
            return False

    for path in list(raised):
        less = {each: value for each, value in raised.items() if each != path}
        if less and still(facts, less):
            raised = less
    for number in reversed(range(1, len(facts["members"]))):
        if not any(path[:2] == ("members", number) for path in raised):
            members = [each for place, each in enumerate(facts["members"]) if place != number]
            moved = {_moved(path, number): value for path, value in raised.items()}
            if still(smaller := {**facts, "members": members}, moved):
                facts, raised = smaller, moved
    if policy.start is not None and still(earlier := {**facts, "on": policy.start}, raised):
        facts = earlier
    before: Facts = {}
    while before != facts:  # what one fact gives up may let another go
        before = facts
        for path in _paths(facts):
            if path in raised:
                continue
            if path[-1] not in policy.members.called_by[:1] and still(fewer := _with(facts, path, None), raised):
                facts = fewer
                continue
            for value in _quieter(policy, path, _at(facts, path)):
                if still(quieter := _with(facts, path, value), raised):
                    facts = quieter
                    break
    for path, value in list(raised.items()):
        for other in _quieter(policy, path, value):
            if other > _at(facts, path) and still(facts, {**raised, path: other}):
                raised = {**raised, path: other}
                break
    return facts, raised


def with_raised(facts: Facts, raised: Mapping[Path, Any]) -> Facts:
    """The second household."""
    for path, value in raised.items():
        facts = _with(facts, path, value)
    return facts


def raised_between(before: Facts, after: Facts) -> Raised:
    """The facts that are otherwise in a second household."""
    return {path: _at(after, path) for path in _paths(before) if _at(after, path) != _at(before, path)}


def _moved(path: Path, gone: int) -> Path:
    if path[0] == "members" and isinstance(path[1], int) and path[1] > gone:
        return ("members", path[1] - 1, *path[2:])
    return path


def _paths(facts: Facts) -> Iterator[Path]:
    for number, member in reversed(list(enumerate(facts["members"]))):
        yield from (("members", number, name) for name in list(member))
    yield from ((name,) for name in list(facts) if name not in ("members", "on"))


def _at(facts: Facts, path: Path) -> Any:
    holder = facts["members"][path[1]] if path[0] == "members" else facts
    return holder[str(path[-1])]


def _with(facts: Facts, path: Path, value: Any) -> Facts:
    """The household with a fact, or without it."""

    def placed(holder: Facts) -> Facts:
        rest = {name: each for name, each in holder.items() if name != path[-1] or value is not None}
        return rest if value is None else {**rest, str(path[-1]): value}

    if path[0] != "members":
        return placed(facts)
    members = [placed(each) if number == path[1] else each for number, each in enumerate(facts["members"])]
    return {**facts, "members": members}


def _quieter(policy: Policy, path: Path, value: Any) -> Iterator[Any]:
    """What is plainer than a value: nothing, round amounts, the first option, no."""
    fact = policy.names[str(path[-1])]
    if not isinstance(fact, Fact):
        return
    match fact.kind:
        case NumberKind():
            for step in (0, 100_000, 10_000, 1_000, 100, 10, 1):
                for rounded in (int(value // step * step), int(-(-value // step) * step)) if step else (0,):
                    if rounded == value:
                        return
                    yield rounded
        case ChoiceKind(options):
            yield from (option for option in list(options)[: list(options).index(value)])
        case _:
            if value is True:
                yield False


# --- As it is pasted ---------------------------------------------------------------------------------------------


def household_text(policy: Policy, facts: Mapping[str, Any], indent: str = "") -> str:
    """A household in YAML by titles, as a file holds it and as a case does under `household`."""
    lines = [f"{RESERVED_TITLES['on']}: {facts['on']}"] if "on" in facts else []
    lines += _lines(policy.facts, facts)
    lines.append(f"{RESERVED_TITLES['members']}:")
    for member in facts["members"]:
        inner = list(_lines(policy.members.facts, member)) or ["{}"]
        lines += [f"  {'- ' if number == 0 else '  '}{line}" for number, line in enumerate(inner)]
    return "\n".join(f"{indent}{line}" for line in lines) + "\n"


def _lines(facts: Mapping[str, Fact], given: Mapping[str, Any]) -> Iterator[str]:
    for name, fact in facts.items():
        if name in given:
            yield f"{written(fact.title)}: {value_written(fact, given[name])}"


def value_written(fact: Fact, value: Any) -> str:
    """A fact's value as a household's file has it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(fact.kind, ChoiceKind):
        return written(fact.kind.options[value])
    if isinstance(value, int | Fraction | Decimal):
        return exact_text(Fraction(value))
    return value.isoformat() if isinstance(value, date) else str(value)
