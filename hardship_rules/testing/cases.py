"""Worked cases: households with the verdict computed by hand, read from files and compared with `assess`."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

from attrs import Factory, define, evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.assessment.outcomes import Figure
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import parse_date
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import MOST_PROBLEMS, FactError, Location, PolicyError, Problem, path_text
from hardship_rules.language import source
from hardship_rules.language.check import check, current_id
from hardship_rules.language.find import Folders, PolicyText, Year, find, folder_paths
from hardship_rules.language.keys import DATE, TEXT, Anything, Either, Entries, Fields, Items, Key, Word
from hardship_rules.language.load import load
from hardship_rules.language.resolve import resolve
from hardship_rules.language.shape import BOOLEANS, conform

_MOST_COPIED = 1_000_000  # values of a shared household, times the cases that change it
UNDECIDED, UNKNOWN = "undecided", "unknown"

_OPTION = Word("option")
_HOUSEHOLD = Either(mapping=Entries(Anything(), "text"))
EXPECT = Fields(
    {
        "category": Key("类别的标识；未定写 undecided", _OPTION),
        "decided_by": Key("起决定作用的条款", Items(TEXT)),
        "possible": Key("仍可能的类别", Items(_OPTION)),
        "missing": Key("尚缺的事实", Items(TEXT)),
        "terms": Key("计算项的精确值", Entries(TEXT)),
        "decisions": Key("其他决定的结果", Entries(Either(_OPTION, Items(_OPTION)))),
        "refused": Key("应当拒绝时的问题代码", Items(TEXT)),
    }
)
CASES = Fields(
    {
        "policy": Key("适用的文件；写系列的，按各例的认定日期确定", Word("policy"), required=True),
        "on": Key("认定日期", DATE),
        "household": Key("各例共用的家庭", _HOUSEHOLD),
        "cases": Key(
            "各例",
            Items(
                Fields(
                    {
                        "title": Key("这一例检验什么", TEXT, required=True),
                        "on": Key("认定日期", DATE),
                        "household": Key("这一例自己的家庭", _HOUSEHOLD),
                        "but": Key("与共用家庭不同的事实", _HOUSEHOLD),
                        "without": Key("去掉的事实或成员", Items(TEXT)),
                        "readings": Key("改选的解读", Entries(_OPTION)),
                        "expect": Key("应有的结果", EXPECT, required=True),
                        "because": Key("结果怎样算出", TEXT, required=True),
                        "confirmed": Key("是否已经人工核对；不写的是已核对", Word("truth")),
                    }
                )
            ),
            required=True,
        ),
    }
)
_EXACT = re.compile(r"[-+]?[0-9]{1,2000}(\.[0-9]{1,2000}|/0{0,9}[1-9][0-9]{0,1999})?")
_STEP = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


@frozen
class Mismatch:
    """A result that differs from what a case expects; `what` is the key of the expectation."""

    what: str
    expected: str = field(repr=False)
    got: str = field(repr=False)


@frozen
class Case:
    """One worked case: a household under a policy, the expected verdict, and how it was computed (`because`).

    `base` is the policy of the file, `policy` the same under the case's readings. A case that is not `confirmed` was
    generated: what it expects is what the library computed, and may be wrong.
    """

    title: str
    at: Location
    policy: Policy
    base: Policy
    readings: FrozenMapping[str, str]
    household: HouseholdText
    on: str | None
    expect: source.Mapping = field(repr=False)
    because: str = field(repr=False)
    confirmed: bool

    @property
    def refusals(self) -> tuple[str, ...]:
        """The codes of the problems with which the household is expected to be refused."""
        return tuple(word.text for word in _scalars(self.expect.get("refused")))

    def under(self, policy: Policy) -> "Case":
        """The case under another policy and the case's readings; raises `PolicyError` if it lacks one of them."""
        return evolve(self, base=policy, policy=policy.with_readings(self.readings) if self.readings else policy)

    def run(self) -> tuple[Mismatch, ...]:
        """Assess the household; the mismatches, none if the case holds."""
        refused = self.refusals
        try:
            assessment = assess(self.policy, self.household, self.on)
        except FactError as error:
            codes = sorted({problem.code for problem in error.problems})
            got = ", ".join(codes) if refused else error.report()
            return () if codes == sorted(set(refused)) else (Mismatch("refused", ", ".join(refused) or "-", got),)
        if refused:
            return (Mismatch("refused", ", ".join(refused), "-"),)
        return tuple(self._mismatches(assessment))

    def warnings(self) -> tuple[Problem, ...]:
        """A warning for each former name, option or id that the case is written in."""
        if not self.policy.formers:
            return ()
        try:
            fact_warnings = read_facts(self.policy, self.household, self.on).warnings
        except FactError:
            fact_warnings = ()
        id_warnings = [
            Problem("id_renamed", given=word.text, values={"now": current}, severity="warning", location=word.at)
            for word, current in self._ids()
            if current != word.text
        ]
        renamed = [problem for problem in fact_warnings if problem.code in ("fact_renamed", "option_renamed")]
        return (*renamed, *id_warnings)

    def _ids(self) -> Iterator[tuple[source.Scalar, str]]:
        """The expected ids of outcomes and clauses, each with its current id."""
        for key in ("category", "possible", "decided_by"):
            for word in _scalars(self.expect.get(key)):
                yield word, self._current(word.text, None if key == "decided_by" else self.policy.category.name)
        for name, node in _entries(self.expect.get("decisions")):
            for word in _scalars(node):
                yield word, self._current(word.text, name)

    def _current(self, word: str, decision: str | None) -> str:
        """The current id of a clause, or of a decision's outcome."""
        if decision is None:
            return current_id(self.policy, word)
        return current_id(self.policy, f"{decision}.{word}").removeprefix(f"{decision}.")

    def _mismatches(self, assessment: Assessment) -> Iterator[Mismatch]:
        decided = assessment.decided
        got: dict[str, list[str]] = {
            "category": [UNDECIDED if decided.outcome is None else decided.outcome.id],
            "decided_by": sorted(decided.decided_by),
            "possible": [outcome.id for outcome in decided.possible],
            "missing": sorted(path_text(missing.path) for missing in assessment.missing),
        }
        for key, node in self.expect.entries:
            if key.text in got:
                decision = self.policy.category.name if key.text in ("category", "possible") else None
                if key.text != "missing":
                    expected = [self._current(text, decision) for text in _texts(node)]
                else:
                    expected = _texts(node)
                expected = expected if decision is not None else sorted(expected)
                if expected != got[key.text]:
                    yield Mismatch(key.text, ", ".join(expected) or "-", ", ".join(got[key.text]) or "-")
        for name, node in _entries(self.expect.get("terms")):
            expected_text = cast(source.Scalar, node).text
            if name not in assessment.terms:
                yield Mismatch(f"terms.{name}", expected_text, "-")
            elif (answer := answer_text(assessment.terms[name])) != _exact_text(expected_text):
                yield Mismatch(f"terms.{name}", expected_text, answer)
        for name, node in _entries(self.expect.get("decisions")):
            holding = assessment.decisions[name].holding if name in assessment.decisions else ()
            outcomes = sorted(outcome.id for outcome in holding)
            expected = [self._current(text, name) for text in _texts(node)]
            if sorted(expected) != outcomes:
                yield Mismatch(f"decisions.{name}", ", ".join(expected) or "-", ", ".join(outcomes) or UNDECIDED)


def _entries(node: source.Node | None) -> Iterator[tuple[str, source.Node]]:
    if isinstance(node, source.Mapping):
        yield from ((key.text, inner) for key, inner in node.entries)


def _scalars(node: source.Node | None) -> list[source.Scalar]:
    items = node.items if isinstance(node, source.Sequence) else () if node is None else (node,)
    return [cast(source.Scalar, item) for item in items]


def _texts(node: source.Node) -> list[str]:
    return [scalar.text for scalar in _scalars(node)]


def _exact_text(text: str) -> str:
    """A number or boolean in its canonical form; other words unchanged."""
    if _EXACT.fullmatch(text):
        return str(Fraction(text))
    truth = BOOLEANS.get(text)
    return text if truth is None else answer_text(truth)


def answer_text(answer: object) -> str:
    """The value of a term as cases write it: 5900/9, an option, yes or no, or unknown."""
    if isinstance(answer, Figure):
        return UNKNOWN if answer.exact is None else str(answer.exact)
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return answer if isinstance(answer, str) else UNKNOWN


def read_cases(path: str | Path, folders: Folders = ()) -> tuple[Case, ...]:
    """Read a file of cases. Raises `PolicyError` with every problem of the file and of its policy.

    `folders` are searched for the policy after the folder of the file.
    """
    if problem := source.no_path(path):
        raise PolicyError([problem])
    name = str(path)
    places = (Path(path).parent, *folder_paths(folders))
    content = source.read_bytes(Path(path), name)
    text = content if isinstance(content, Problem) else source.decode(content, name)
    if isinstance(text, Problem):
        raise PolicyError([text])
    node, problems = source.parse(text, name)
    if isinstance(node, source.Mapping):
        problems = problems or conform(node, CASES)
    elif not problems:
        problems = [Problem("file_empty" if node is None else "not_cases", location=Location(name, 1, 1))]
    if problems or not isinstance(node, source.Mapping):
        raise PolicyError(problems)
    listed = [cast(source.Mapping, item) for item in cast(source.Sequence, node.get("cases")).items]
    if problem := _too_large(node, listed):
        raise PolicyError([problem])
    days = dict.fromkeys(_day(node, case) for case in listed)
    policies: dict[source.Scalar | None, Policy | None] = {}
    loaded = _LoadedPolicies()
    for day in days:
        if len(problems) > MOST_PROBLEMS:
            raise PolicyError(problems)
        policies[day] = _policy(node, day, places, problems, loaded)
    cases = [_case(name, policies[_day(node, case)], node, case, problems) for case in listed]
    if problems:
        raise PolicyError(problems)
    return tuple(case for case in cases if case is not None)


@frozen
class _LoadedPolicies:
    """Policies loaded so far: a file of cases may have thousands of days, and few policies."""

    policies: dict[PolicyText, Policy] = Factory(dict)
    files: dict[Path, Year | list[Problem]] = Factory(dict)  # of the series


def _too_large(file: source.Mapping, listed: list[source.Mapping]) -> Problem | None:
    """The problem of a shared household that is too large to be copied for each case that changes it."""
    household = file.get("household")
    if not isinstance(household, source.Mapping):
        return None
    size = len(household.entries)
    for _, node in household.entries:
        if isinstance(node, source.Sequence):
            size += sum(1 + len(item.entries) for item in node.items if isinstance(item, source.Mapping))
    changed = sum(1 for case in listed if case.get("but") is not None or case.get("without") is not None)
    if size * changed <= _MOST_COPIED:
        return None
    values = {"cases": str(changed), "most": f"{_MOST_COPIED:,}"}
    return Problem("cases_too_large", given=str(size), values=values, location=household.at)


def _day(file: source.Mapping, case: source.Mapping) -> source.Scalar | None:
    """The day of the verdict: the case's own, or the file's."""
    return cast(source.Scalar | None, case.get("on") or file.get("on"))


def _policy(
    file: source.Mapping,
    day: source.Scalar | None,
    folders: Folders,
    problems: list[Problem],
    loaded: _LoadedPolicies,
) -> Policy | None:
    """The file's policy, or the one of its series that is in force on a day."""
    name = cast(source.Scalar, file.get("policy"))
    try:
        text = find(name.text, None if day is None else parse_date(day.text), folders, loaded.files)
        if text not in loaded.policies:
            loaded.policies[text] = check(load(resolve(text, folders)))
        return loaded.policies[text]
    except PolicyError as error:
        for problem in error.problems:
            word = day if day is not None and problem.code == "no_policy_on_date" else name
            problems.append(evolve(problem, location=problem.location or word.at))
    return None


def _case(
    name: str, policy: Policy | None, file: source.Mapping, case: source.Mapping, problems: list[Problem]
) -> Case | None:
    if policy is None:
        return None
    title = cast(source.Scalar, case.get("title"))
    household: source.Node = case.get("household") or file.get("household") or source.Mapping((), case.at)
    changed = _keyed(case.get("but"))
    without = cast(source.Sequence, case.get("without") or source.Sequence((), case.at)).items
    if changed or without:
        changes = _EditedNode.of(cast(source.Mapping, household))
        for key, node in changed:
            changes.set(key, node, problems)
        for item in sorted(without, key=lambda node: _steps(cast(source.Scalar, node).text), reverse=True):
            changes.set(cast(source.Scalar, item), None, problems)
            if len(problems) > MOST_PROBLEMS:
                break
        household = changes.node()
    readings = {key.text: cast(source.Scalar, node).text for key, node in _keyed(case.get("readings"))}
    try:
        variant = policy.with_readings(readings) if readings else policy
    except PolicyError as error:
        problems += [
            Problem(problem.code, problem.at, problem.given, problem.values, location=title.at)
            for problem in error.problems
        ]
        return None
    on = _day(file, case)
    return Case(
        title=title.text,
        at=title.at,
        policy=variant,
        base=policy,
        readings=FrozenMapping(readings),
        household=HouseholdText(name, cast(source.Mapping, household)),
        on=None if on is None else on.text,
        expect=cast(source.Mapping, case.get("expect")),
        because=cast(source.Scalar, case.get("because")).text,
        confirmed=_is_confirmed(case),
    )


def _is_confirmed(case: source.Mapping) -> bool:
    node = case.get("confirmed")
    return node is None or BOOLEANS[cast(source.Scalar, node).text]


def _keyed(node: source.Node | None) -> tuple[tuple[source.Scalar, source.Node], ...]:
    return node.entries if isinstance(node, source.Mapping) else ()


_Step = tuple[bool, int, str]
"""A step of a path: whether it is a number, the number, the name."""


def _steps(path: str) -> list[_Step]:
    """The steps of a path; of `members[2].wage` these are members, 2, wage."""
    return [(bool(number), int(number or 0), name) for name, number in _STEP.findall(path)]


@define
class _EditedNode:
    """A copy of a mapping or sequence that can be changed; inner nodes are copied when a change reaches them."""

    at: Location
    entries: dict[str, "tuple[source.Scalar, source.Node | _EditedNode]"] | None  # of a mapping
    items: "list[source.Node | _EditedNode]"  # of a list

    @classmethod
    def of(cls, node: source.Mapping | source.Sequence) -> "_EditedNode":
        """An editable copy of a node."""
        if isinstance(node, source.Mapping):
            return cls(node.at, {key.text: (key, inner) for key, inner in node.entries}, [])
        return cls(node.at, None, list(node.items))

    def node(self) -> source.Mapping | source.Sequence:
        """The node with all changes."""
        if self.entries is None:
            return source.Sequence(tuple(map(_as_node, self.items)), self.at)
        return source.Mapping(tuple((key, _as_node(inner)) for key, inner in self.entries.values()), self.at)

    def set(self, path: source.Scalar, value: source.Node | None, problems: list[Problem]) -> None:
        """Set the value at a path, or remove it (None); a path that does not exist is a problem."""
        inside: _EditedNode | None = self
        *before, last = _steps(path.text) or [(True, 0, "")]
        for step in before:
            inside = None if inside is None else inside.inner(step, path)
        if inside is None or not inside.set_item(last, path, value):
            problems.append(Problem("case_path", given=path.text, location=path.at))

    def inner(self, step: _Step, path: source.Scalar) -> "_EditedNode | None":
        """An editable copy of the inner node at a step of a path; None if there is none."""
        is_number, number, name = step
        if is_number != (self.entries is None):
            return None
        if self.entries is None:
            inner = self.items[number - 1] if 1 <= number <= len(self.items) else None
        else:
            inner = self.entries[name][1] if name in self.entries else None
        if inner is None or isinstance(inner, source.Scalar):
            return None
        if not isinstance(inner, _EditedNode):
            inner = _EditedNode.of(inner)
        if self.entries is None:
            self.items[number - 1] = inner
        else:
            self.entries[name] = source.Scalar(name, path.at), inner
        return inner

    def set_item(self, step: _Step, path: source.Scalar, value: source.Node | None) -> bool:
        """Set or remove an item; False if there is no such place."""
        is_number, number, name = step
        if is_number != (self.entries is None):
            return False
        if self.entries is None:
            if not 1 <= number <= len(self.items) + (value is not None):
                return False
            self.items[number - 1 : number] = [] if value is None else [value]
        elif value is not None:
            self.entries[name] = source.Scalar(name, path.at), value
        elif name in self.entries:
            del self.entries[name]
        else:
            return False
        return True


def _as_node(node: "source.Node | _EditedNode") -> source.Node:
    return node.node() if isinstance(node, _EditedNode) else node
