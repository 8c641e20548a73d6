"""Worked cases: households with the verdict that somebody worked out for them, read from files and held against it."""

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
from hardship_rules.core.kinds import date_of
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import MOST, FactError, Location, PolicyError, Problem, path_text
from hardship_rules.language import source
from hardship_rules.language.check import check, current_id
from hardship_rules.language.find import Folders, Text, Year, find, searched
from hardship_rules.language.keys import DATE, TEXT, Anything, Either, Entries, Items, Key, Record, Word
from hardship_rules.language.load import load
from hardship_rules.language.resolve import resolve
from hardship_rules.language.shape import TRUTHS, conform

_MOST_COPIED = 1_000_000  # values of a shared household times the cases that change it
UNDECIDED, UNKNOWN = "undecided", "unknown"

_OPTION = Word("option")
_HOUSEHOLD = Either(mapping=Entries(Anything(), "text"))
EXPECT = Record(
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
CASES = Record(
    {
        "policy": Key("适用的文件；写系列的，按各例的认定日期确定", Word("policy"), required=True),
        "on": Key("认定日期", DATE),
        "household": Key("各例共用的家庭", _HOUSEHOLD),
        "cases": Key(
            "各例",
            Items(
                Record(
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
    """Something that came out otherwise than the case says."""

    what: str
    expected: str = field(repr=False)
    got: str = field(repr=False)


@frozen
class Case:
    """One worked case: a household under a policy, what must come of it, and how that was worked out.

    `base` is the policy as it stands, `policy` the same under the case's readings. A case that nobody has `confirmed`
    says what came out when it was written, which need not be right.
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
        """The codes of the problems with which it is to be refused."""
        return tuple(word.text for word in _scalars(self.expect.get("refused")))

    def under(self, policy: Policy) -> "Case":
        """The same case of another policy, in the case's own readings; raises `PolicyError` where it has them not."""
        return evolve(self, base=policy, policy=policy.with_readings(self.readings) if self.readings else policy)

    def run(self) -> tuple[Mismatch, ...]:
        """What came out otherwise; nothing where the case holds."""
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
        """The earlier words that the case is written in."""
        if not self.policy.formers:
            return ()
        try:
            of_facts = read_facts(self.policy, self.household, self.on).warnings
        except FactError:
            of_facts = ()
        of_ids = [
            Problem("id_renamed", given=word.text, values={"now": now}, severity="warning", location=word.at)
            for word, now in self._ids()
            if now != word.text
        ]
        return (*(each for each in of_facts if each.code in ("fact_renamed", "option_renamed")), *of_ids)

    def _ids(self) -> Iterator[tuple[source.Scalar, str]]:
        """The ids of outcomes and clauses that are expected, each with what it now is."""
        for key in ("category", "possible", "decided_by"):
            for word in _scalars(self.expect.get(key)):
                yield word, self._now(word.text, None if key == "decided_by" else self.policy.category.name)
        for name, node in _entries(self.expect.get("decisions")):
            for word in _scalars(node):
                yield word, self._now(word.text, name)

    def _now(self, word: str, decision: str | None) -> str:
        """What an id of a clause, or of a decision's outcome, now is."""
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
                    expected = [self._now(text, decision) for text in _texts(node)]
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
            came = sorted(outcome.id for outcome in holding)
            expected = [self._now(text, name) for text in _texts(node)]
            if sorted(expected) != came:
                yield Mismatch(f"decisions.{name}", ", ".join(expected) or "-", ", ".join(came) or UNDECIDED)


def _entries(node: source.Node | None) -> Iterator[tuple[str, source.Node]]:
    if isinstance(node, source.Mapping):
        yield from ((key.text, inner) for key, inner in node.entries)


def _scalars(node: source.Node | None) -> list[source.Scalar]:
    items = node.items if isinstance(node, source.Sequence) else () if node is None else (node,)
    return [cast(source.Scalar, item) for item in items]


def _texts(node: source.Node) -> list[str]:
    return [scalar.text for scalar in _scalars(node)]


def _exact_text(text: str) -> str:
    """A number in its one exact form, other words as they are."""
    if _EXACT.fullmatch(text):
        return str(Fraction(text))
    truth = TRUTHS.get(text)
    return text if truth is None else answer_text(truth)


def answer_text(answer: object) -> str:
    """An answer as a case writes it: 5900/9, an option, yes or no, or unknown."""
    if isinstance(answer, Figure):
        return UNKNOWN if answer.exact is None else str(answer.exact)
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return answer if isinstance(answer, str) else UNKNOWN


def read_cases(path: str | Path, folders: Folders = ()) -> tuple[Case, ...]:
    """The cases of a file; raises `PolicyError` with every problem of the file and of its policy."""
    if problem := source.no_path(path):
        raise PolicyError([problem])
    name = str(path)
    places = (Path(path).parent, *searched(folders))
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
    loaded = _Loaded()
    for day in days:
        if len(problems) > MOST:
            raise PolicyError(problems)
        policies[day] = _policy(node, day, places, problems, loaded)
    cases = [_case(name, policies[_day(node, case)], node, case, problems) for case in listed]
    if problems:
        raise PolicyError(problems)
    return tuple(case for case in cases if case is not None)


@frozen
class _Loaded:
    """What was read for a day and is not read again for another: a file of cases may have thousands of days."""

    policies: dict[Text, Policy] = Factory(dict)
    files: dict[Path, Year | list[Problem]] = Factory(dict)  # of the series


def _too_large(file: source.Mapping, listed: list[source.Mapping]) -> Problem | None:
    """The household that the cases share is so large that its copies, one for each case that changes it, are too."""
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
    """The day that a case is about: its own, or its file's."""
    return cast(source.Scalar | None, case.get("on") or file.get("on"))


def _policy(
    file: source.Mapping,
    day: source.Scalar | None,
    folders: Folders,
    problems: list[Problem],
    loaded: _Loaded,
) -> Policy | None:
    """The file's policy, or that of its series on a day."""
    name = cast(source.Scalar, file.get("policy"))
    try:
        text = find(name.text, None if day is None else date_of(day.text), folders, loaded.files)
        if text not in loaded.policies:
            loaded.policies[text] = check(load(resolve(text, folders)))
        return loaded.policies[text]
    except PolicyError as error:
        for each in error.problems:
            at = day if day is not None and each.code == "no_policy_on_date" else name
            problems.append(evolve(each, location=each.location or at.at))
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
        whole = _Changing.of(cast(source.Mapping, household))
        for key, node in changed:
            whole.place(key, node, problems)
        for item in sorted(without, key=lambda each: _steps(cast(source.Scalar, each).text), reverse=True):
            whole.place(cast(source.Scalar, item), None, problems)
            if len(problems) > MOST:
                break
        household = whole.node()
    readings = {key.text: cast(source.Scalar, node).text for key, node in _keyed(case.get("readings"))}
    try:
        variant = policy.with_readings(readings) if readings else policy
    except PolicyError as error:
        problems += [Problem(each.code, each.at, each.given, each.values, location=title.at) for each in error.problems]
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
    said = case.get("confirmed")
    return said is None or TRUTHS[cast(source.Scalar, said).text]


def _keyed(node: source.Node | None) -> tuple[tuple[source.Scalar, source.Node], ...]:
    return node.entries if isinstance(node, source.Mapping) else ()


_Step = tuple[bool, int, str]
"""Whether it is a number, the number, and the name."""


def _steps(path: str) -> list[_Step]:
    """`members[2].wage` as steps: members, its second, wage."""
    return [(bool(number), int(number or 0), name) for name, number in _STEP.findall(path)]


@define
class _Changing:
    """A mapping or list that is being changed: one copy for all changes, and of each node inside that they go into."""

    at: Location
    entries: dict[str, "tuple[source.Scalar, source.Node | _Changing]"] | None  # of a mapping
    items: "list[source.Node | _Changing]"  # of a list

    @classmethod
    def of(cls, node: source.Mapping | source.Sequence) -> "_Changing":
        """A copy to be changed."""
        if isinstance(node, source.Mapping):
            return cls(node.at, {key.text: (key, each) for key, each in node.entries}, [])
        return cls(node.at, None, list(node.items))

    def node(self) -> source.Mapping | source.Sequence:
        """What it has become."""
        if self.entries is None:
            return source.Sequence(tuple(map(_settled, self.items)), self.at)
        return source.Mapping(tuple((key, _settled(each)) for key, each in self.entries.values()), self.at)

    def place(self, at: source.Scalar, value: source.Node | None, problems: list[Problem]) -> None:
        """Put a value at a path, or nothing there; a path that leads nowhere is a problem."""
        inside: _Changing | None = self
        *before, last = _steps(at.text) or [(True, 0, "")]
        for step in before:
            inside = None if inside is None else inside.opened(step, at)
        if inside is None or not inside.put(last, at, value):
            problems.append(Problem("case_path", given=at.text, location=at.at))

    def opened(self, step: _Step, at: source.Scalar) -> "_Changing | None":
        """What a step leads to, to be changed as well; None where it leads nowhere."""
        is_number, number, name = step
        if is_number != (self.entries is None):
            return None
        if self.entries is None:
            inner = self.items[number - 1] if 1 <= number <= len(self.items) else None
        else:
            inner = self.entries[name][1] if name in self.entries else None
        if inner is None or isinstance(inner, source.Scalar):
            return None
        if not isinstance(inner, _Changing):
            inner = _Changing.of(inner)
        if self.entries is None:
            self.items[number - 1] = inner
        else:
            self.entries[name] = source.Scalar(name, at.at), inner
        return inner

    def put(self, step: _Step, at: source.Scalar, value: source.Node | None) -> bool:
        """Whether a value, or nothing, could be put where a last step leads."""
        is_number, number, name = step
        if is_number != (self.entries is None):
            return False
        if self.entries is None:
            if not 1 <= number <= len(self.items) + (value is not None):
                return False
            self.items[number - 1 : number] = [] if value is None else [value]
        elif value is not None:
            self.entries[name] = source.Scalar(name, at.at), value
        elif name in self.entries:
            del self.entries[name]
        else:
            return False
        return True


def _settled(node: "source.Node | _Changing") -> source.Node:
    return node.node() if isinstance(node, _Changing) else node
