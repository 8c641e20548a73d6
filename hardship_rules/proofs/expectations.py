"""What a change of a policy is meant to do: read from a file, and judged by the claims about two policies."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, cast

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.policy import Parameter, Policy
from hardship_rules.core.problem import KeyPath, Location, PolicyError, Problem, nearest
from hardship_rules.engine.evaluate import recognising
from hardship_rules.language import source
from hardship_rules.language.find import read_file
from hardship_rules.language.keys import TEXT, Anything, Either, Fields, Items, described
from hardship_rules.language.shape import conform
from hardship_rules.proofs._pair import LOST, WON, opened, settled
from hardship_rules.proofs.claims import Change, Claim

Verdict = Literal["proved", "broken", "not_settled"]
Key = tuple[str | int, ...]
"""The row of a table."""

NOBODY_LOSES, ONLY, RISES = "nobody loses", "only", "rises"

_PAIR = Fields(
    {
        "decision": described("expect_decision", TEXT),
        "from": described("expect_from", TEXT),
        "to": described("expect_to", TEXT),
    }
)
_EXPECTATION = Fields(
    {
        NOBODY_LOSES: described("expect_nobody_loses", Either(TEXT, Items(TEXT))),
        ONLY: described("expect_only", Either(None, Items(_PAIR), _PAIR)),
        RISES: described("expect_rises", TEXT),
    },
    one_of=((NOBODY_LOSES, ONLY, RISES),),
)
_FILE = Fields({"expect": described("expect", Items(Anything()), required=True)})


# --- Expectations ----------------------------------------------------------------------------------------------------


@frozen
class NobodyLoses:
    """No household loses one of some categories.

    None moves from `outcomes` to another category, and none is newly refused. A move between two of `outcomes` is no
    loss, and neither is a category that is open now: such a household is asked for more facts.
    """

    decision: str
    outcomes: tuple[str, ...]

    def is_broken_by(self, change: Change) -> bool:
        """Whether a change that happens breaks the expectation."""
        is_lost = change.was in self.outcomes and change.becomes not in self.outcomes
        return change == LOST or (change.decision == self.decision and not change.is_partial and is_lost)


@frozen
class Only:
    """Nothing changes in `decisions` but `changes`; and no household is newly refused, or newly accepted."""

    changes: tuple[Change, ...]
    decisions: tuple[str, ...]

    def is_broken_by(self, change: Change) -> bool:
        """Whether a change that happens breaks the expectation."""
        return change not in self.changes and change.decision in ("", *self.decisions)


@frozen
class Rises:
    """No number of a parameter is lower than it was, and at least one is higher."""

    parameter: str


Expectation = NobodyLoses | Only | Rises


# --- Judging ---------------------------------------------------------------------------------------------------------


@frozen
class Row:
    """A number of a parameter in both policies; None where it is not published, or there is no such row."""

    key: Key
    old: Exact | None
    new: Exact | None

    @property
    def rise(self) -> Exact | None:
        """The new number minus the old one; None if there is no such number."""
        return None if self.old is None or self.new is None else self.new - self.old


@frozen
class Judged:
    """An expectation with its verdict, and the claims or the rows of a table that say so.

    If it is broken, `claims` are those that break it, each with a household. If it is not settled, these are open.
    """

    expectation: Expectation
    verdict: Verdict
    claims: tuple[Claim, ...] = ()
    rows: tuple[Row, ...] = field(default=(), repr=False)


def judge(expectations: Iterable[Expectation], claims: Iterable[Claim], old: Policy, new: Policy) -> tuple[Judged, ...]:
    """The verdicts on some expectations, by the claims of the section `changes`; numbers are compared directly."""
    changes = [claim for claim in claims if claim.change is not None]
    return tuple(
        _judged_rise(each, old.parameters[each.parameter], new.parameters[each.parameter])
        if isinstance(each, Rises)
        else _judged_changes(each, changes)
        for each in expectations
    )


def _judged_changes(expectation: NobodyLoses | Only, claims: Iterable[Claim]) -> Judged:
    asked = [claim for claim in claims if expectation.is_broken_by(cast(Change, claim.change))]
    if changed := tuple(claim for claim in asked if claim.verdict == "changed"):
        return Judged(expectation, "broken", changed)
    unsettled = tuple(claim for claim in asked if claim.verdict != "unchanged")
    return Judged(expectation, "not_settled" if unsettled else "proved", unsettled)


def _judged_rise(expectation: Rises, old: Parameter, new: Parameter) -> Judged:
    rows = tuple(Row(key, _number(old, key), _number(new, key)) for key in {**old.values, **new.values})
    rises = [row.rise for row in rows if row.rise is not None]
    if lower := tuple(row for row in rows if row.rise is not None and row.rise < 0):
        return Judged(expectation, "broken", rows=lower)
    if len(rises) < len(rows):
        return Judged(expectation, "not_settled", rows=tuple(row for row in rows if row.rise is None))
    return Judged(expectation, "proved") if any(rises) else Judged(expectation, "broken", rows=rows)


def _number(parameter: Parameter, key: Key) -> Exact | None:
    """The number of a table for a row of either table; the last row of one may be "and more"."""
    ends = zip(key, parameter.last, strict=True)
    row: Key = tuple(step if last is None else min(cast(int, step), last) for step, last in ends)
    return cast(Exact | None, parameter.values.get(row))


# --- Reading ---------------------------------------------------------------------------------------------------------


def load_expectations(path: str | Path, old: Policy, new: Policy) -> tuple[Expectation, ...]:
    """The expectations of a file about the change from an old policy to a new one.

    Raises `PolicyError` with every problem.
    """
    return read_expectations(read_file(Path(path)).text, str(path), old, new)


def read_expectations(text: str, name: str, old: Policy, new: Policy) -> tuple[Expectation, ...]:
    """The expectations of a text; `name` is its name in problems. Raises `PolicyError` with every problem."""
    node, problems = source.parse(text, name)
    if not isinstance(node, source.Mapping):
        at = Location(name, 1, 1)
        raise PolicyError(problems or [Problem("file_empty" if node is None else "not_a_mapping", location=at)])
    reader = _Reader(old, new, problems + conform(node, _FILE))
    listed = node.get("expect")
    items = listed.items if isinstance(listed, source.Sequence) else ()
    expectations = [found for number, item in enumerate(items) for found in reader.expectation(item, number)]
    if isinstance(listed, source.Sequence) and not items:
        reader.problem("expectation_none", listed.at, "expect")
    if reader.problems:
        raise PolicyError(reader.problems)
    return tuple(expectations)


class _Reader:
    """Reads the expectations of a file about two policies; collects problems."""

    def __init__(self, old: Policy, new: Policy, problems: list[Problem]) -> None:
        self.old = old
        self.new = new
        self.problems = problems

    def problem(self, code: str, at: Location, given: str, values: Mapping[str, str] = FrozenMapping()) -> None:
        self.problems.append(Problem(code, (), given, FrozenMapping(values), location=at))

    def expectation(self, node: source.Node, number: int) -> Iterator[Expectation]:
        """The expectation of a node; none if it has a problem."""
        path: KeyPath = ("expect", number)
        if isinstance(node, source.Scalar):
            if node.text == NOBODY_LOSES:
                yield NobodyLoses(self.new.category.name, self.recognised())
            else:
                known = (NOBODY_LOSES, ONLY, RISES)
                values = {"known": ", ".join(known), **nearest(node.text, known)}
                self.problem("expectation_unknown", node.at, node.text, values)
            return
        before = len(self.problems)
        self.problems += conform(node, _EXPECTATION, path)
        if len(self.problems) > before:
            return
        ((key, value),) = cast(source.Mapping, node).entries
        if key.text == NOBODY_LOSES:
            category = self.new.category.name
            if not _items(value):
                self.problem("expectation_none", value.at, key.text)
            outcomes = [self.outcome(category, cast(source.Scalar, item)) for item in _items(value)]
            yield NobodyLoses(category, tuple(outcome for outcome in outcomes if outcome is not None))
        elif key.text == ONLY:
            changes = [self.change(cast(source.Mapping, item)) for item in _items(value)]
            found = tuple(change for change in changes if change is not None)
            decisions = dict.fromkeys(change.decision or self.new.category.name for change in found)
            yield Only(found, tuple(decisions) or (self.new.category.name,))
        else:
            yield from self.rises(cast(source.Scalar, value))

    def recognised(self) -> tuple[str, ...]:
        """The categories of both policies that recognise a household."""
        return tuple(dict.fromkeys(outcome.id for policy in (self.old, self.new) for outcome in recognising(policy)))

    def change(self, node: source.Mapping) -> Change | None:
        """The change of a pair; None if it has a problem."""
        texts = {key.text: cast(source.Scalar, value) for key, value in node.entries}
        decision = self.decision(texts["decision"]) if "decision" in texts else self.new.category.name
        if decision is None:
            return None
        was, becomes = texts.get("from"), texts.get("to")
        for change in (opened(decision), settled(decision), LOST, WON):
            if was is not None and becomes is not None and (was.text, becomes.text) == (change.was, change.becomes):
                return change
        if self.new.decisions[decision].every:
            return self.change_of_list(decision, was, becomes, node.at)
        if was is None or becomes is None:
            missing = "from" if was is None else "to"
            self.problem("missing_key", node.at, missing, {"about": _PAIR.keys[missing].about})
            return None
        first, second = self.outcome(decision, was), self.outcome(decision, becomes)
        if first is None or second is None:
            return None
        if first == second:
            self.problem("expectation_same", becomes.at, becomes.text)
        return Change(decision, first, second)

    def change_of_list(
        self, decision: str, was: source.Scalar | None, becomes: source.Scalar | None, at: Location
    ) -> Change | None:
        """The change of a decision with several outcomes at once: one that is there no longer, or one that is new."""
        if (was is None) is (becomes is None):
            self.problem("expectation_every", at, self.new.decisions[decision].title)
            return None
        given = was or cast(source.Scalar, becomes)
        outcome = self.outcome(decision, given)
        if outcome is None:
            return None
        return Change(decision, "", outcome) if was is None else Change(decision, outcome, "")

    def decision(self, word: source.Scalar) -> str | None:
        """The decision that both policies have, by name or title."""
        titles = {name: each.title for name, each in self.new.decisions.items() if name in self.old.decisions}
        name = _by_word(titles).get(word.text)
        if name is None:
            self.problem("unknown_decision", word.at, word.text, _known(word, titles))
        return name

    def outcome(self, decision: str, word: source.Scalar) -> str | None:
        """An outcome of a decision in either policy, by id or title."""
        titles = {**self.old.decisions[decision].options, **self.new.decisions[decision].options}
        outcome = _by_word(titles).get(word.text)
        if outcome is None:
            values = {"title": self.new.decisions[decision].title, **_known(word, titles)}
            self.problem("expectation_outcome", word.at, word.text, values)
        return outcome

    def rises(self, word: source.Scalar) -> Iterator[Rises]:
        """The parameter that both policies have, by name or title."""
        titles = {name: each.title for name, each in self.new.parameters.items() if name in self.old.parameters}
        name = _by_word(titles).get(word.text)
        if name is None:
            self.problem("expectation_parameter", word.at, word.text, _known(word, titles))
            return
        old, new = self.old.parameters[name], self.new.parameters[name]
        if (old.by, old.kind.unit) != (new.by, new.kind.unit):
            self.problem("expectation_table", word.at, word.text)
        yield Rises(name)


def _by_word(titles: Mapping[str, str]) -> dict[str, str]:
    """Names by the words for them: the titles, and the names themselves."""
    return {**{title: name for name, title in titles.items()}, **{name: name for name in titles}}


def _known(word: source.Scalar, titles: Mapping[str, str]) -> dict[str, str]:
    """The values of a problem with an unknown name: all names with titles, and the nearest one."""
    listed = ", ".join(f"{name} {title}" for name, title in titles.items())
    return {"known": listed, **nearest(word.text, _by_word(titles))}


def _items(node: source.Node) -> tuple[source.Node, ...]:
    """The items of a list, or the one node that is written without a list."""
    return node.items if isinstance(node, source.Sequence) else (node,)
