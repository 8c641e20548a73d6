"""The nearest change of each fact that gives another category: proved over ranges, confirmed by assessing anew."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import assert_never, cast

from attrs import Factory, define, field, frozen

from hardship_rules.absent import StandIns, broken
from hardship_rules.api import assess
from hardship_rules.assessment import Assessment
from hardship_rules.change import Change
from hardship_rules.evaluate import evaluate, outcomes
from hardship_rules.frozen import FrozenMapping
from hardship_rules.given import as_given, refilled
from hardship_rules.household import HouseholdText
from hardship_rules.meaning import Scope, is_known, value
from hardship_rules.model import Fact, Policy
from hardship_rules.narrowing import narrowed
from hardship_rules.problems import FactError, Path
from hardship_rules.ranges import Exact, Number, Range, add, high, low, negate, span
from hardship_rules.syntax import Clause, Compare
from hardship_rules.values import ChoiceKind, DateKind, NumberKind, Value, YesNoKind
from hardship_rules.why import innermost
from hardship_rules.would_change import Changes

TRIES = 500  # ranges looked at for one number in one direction, after which it is left out


def what_would_change(
    policy: Policy, household: Mapping[str, object] | HouseholdText, on: date | str | None = None
) -> Changes:
    """What would change a household's category: of each known fact by itself, the others as they are.

    Of a number it is the least change upward and the least downward, to the fact's smallest unit; of a yes-or-no and
    of a choice, each other option that gives another category. Each is confirmed by assessing the household with that
    change; with one smallest unit less it was assessed too, and its category is still the same. What lies outside a
    fact's range or breaks a `must` is no household and no change. What stands in for facts left out follows. Days are
    not changed. Of an undecided household there is nothing, and `missing` says why. Raises what `assess` raises.
    """
    assessment = assess(policy, household, on)
    decided = assessment.category is not None
    return Changes(assessment, tuple(_Nearest(assessment).changes()) if decided else ())


@frozen
class _Line:
    """The numbers of one fact from what it is now to one end of its range, by steps of its smallest unit from 0 on."""

    path: Path
    start: int = field(repr=False)
    direction: int
    units: int
    steps: int = field(repr=False)

    def at(self, step: int) -> Exact:
        number = Fraction(self.start + self.direction * step, self.units)
        return number.numerator if number.denominator == 1 else number

    def between(self, least: int, most: int) -> Number:
        first, last = self.at(least), self.at(most)
        return span(min(first, last), max(first, last))


@define(slots=False)
class _Nearest:
    """The search for one decided household; `amounts` are those by which facts were found to change it so far."""

    assessment: Assessment
    amounts: set[Exact] = Factory(set)

    @cached_property
    def left_out(self) -> frozenset[Path]:
        """The facts that something may stand in for: somewhere in a range a constant, which breaks no `must`."""
        policy, household = self.assessment.policy, self.assessment.household
        holders: list[Path] = [(), *(("members", number) for number in range(len(household.members)))]
        paths = (
            (*before, fact.name) for fact in policy.stand_ins for before in holders if fact.of_member is bool(before)
        )
        return frozenset(paths) - {*household.given, *household.unknown}

    def changes(self) -> Iterator[Change]:
        for path, fact, now in self.known_facts():
            match fact.kind:
                case NumberKind() as kind:
                    found = [self.nearest(line) for line in _lines(path, kind, cast(Exact, now))]
                case ChoiceKind(options):
                    found = [self.changed(path, option) for option in options if option != now]
                case YesNoKind():
                    found = [self.changed(path, not now)]
                case DateKind():
                    found = []
                case _:
                    assert_never(fact.kind)
            yield from (
                Change(path, fact, now, new, after) for new, after in (each for each in found if each is not None)
            )

    def known_facts(self) -> Iterator[tuple[Path, Fact, Value]]:
        """The facts that are known, the household's own first, with their values."""
        policy, household = self.assessment.policy, self.assessment.household
        whole = ((("members", number), member.values) for number, member in enumerate(household.members))
        for before, values in (((), household.values), *whole):
            for name, fact in (policy.members.facts if before else policy.facts).items():
                if is_known(values[name]):
                    yield (*before, name), fact, values[name]

    def changed(self, path: Path, new: Value) -> tuple[Value, Assessment] | None:
        """The household with one fact otherwise, read and assessed anew, where its category is then another."""
        after = self.assessed(path, new)
        return None if after is None or after.possible == self.assessment.possible else (new, after)

    def assessed(self, path: Path, new: Value) -> Assessment | None:
        """The household with one fact otherwise, read and assessed anew; None where there is no such household."""
        policy, household = self.assessment.policy, self.assessment.household
        try:
            return assess(policy, as_given(policy, household, {path: new}), household.on)
        except FactError:
            return None

    def nearest(self, line: _Line) -> tuple[Value, Assessment] | None:
        """The first number of a line that gives another category, where the one before it does not."""
        pieces = [(1, line.steps)] if line.steps else []
        for _ in range(TRIES):
            if not pieces:
                return None
            least, most = pieces.pop()
            scope = self.open_between(line, least, most)
            if scope is None:
                continue
            found = self.changed(line.path, line.at(least))
            if found is not None:
                before = self.assessed(line.path, line.at(least - 1))
                same = before is not None and before.possible == self.assessment.possible
                self.amounts.add(Fraction(least, line.units))
                return found if same else None
            if least < most:
                starts = [least + 1, *self.cuts(line, least + 1, most, scope)]
                ends = [*(cut - 1 for cut in starts[1:]), most]
                pieces += reversed(list(zip(starts, ends, strict=True)))
        return None

    def open_between(self, line: _Line, least: int, most: int) -> Scope | None:
        """The household with a piece of a line for its number, where some of it may give another category.

        None where none of it does, which the arithmetic of ranges proves, or where there is no such household.
        """
        policy, left_out = self.assessment.policy, self.left_out - {line.path}
        scope, made = self.worked_out(line, least, most)
        if made.outside or any(broken(policy, scope, left_out)):
            return None
        truths = outcomes(policy.category, scope)
        ids = narrowed(policy, scope, truths, left_out).possible
        return None if ids == tuple(outcome.id for outcome in self.assessment.possible) else scope

    def worked_out(self, line: _Line, least: int, most: int) -> tuple[Scope, StandIns]:
        """All that the category is worked out from, for a piece of a line."""
        policy = self.assessment.policy
        changed = FrozenMapping({line.path: line.between(least, most)})
        scope, made = refilled(policy, self.assessment.household, changed)
        evaluate(policy, scope, policy.category_order)
        return scope, made

    def cuts(self, line: _Line, least: int, most: int, scope: Scope) -> list[int]:
        """Where to take a piece of a line apart: its middle, and where it may change.

        That is where both sides of a comparison meet, exact for straight lines, solved from both ends of the piece, and
        what changed the category by other facts, which mostly go into the same sums.
        """
        decision = self.assessment.policy.category
        (first, _), (last, _) = (self.worked_out(line, step, step) for step in (least, most))
        cuts = {(least + most + 1) // 2, *(int(amount * line.units) for amount in self.amounts)}
        for outcome in decision.outcomes:
            for clause, truth, _ in innermost(self.assessment.policy, cast(Clause, outcome.when), scope):
                if truth is None and isinstance(clause.when, Compare):
                    for share in _crossings(_gap(clause.when, first), _gap(clause.when, last)):
                        step = least + (share * (most - least)).__floor__()
                        cuts |= {step, step + 1}
        return sorted(cut for cut in cuts if least < cut <= most)


def _lines(path: Path, kind: NumberKind, now: Exact) -> Iterator[_Line]:
    """The numbers above and below what a fact is now; none where that is no multiple of its smallest unit."""
    units = 10**kind.decimals
    start, least, most = (Fraction(number) * units for number in (now, cast(Exact, kind.low), cast(Exact, kind.high)))
    if start.denominator == 1:
        for direction, end in ((1, most), (-1, least)):
            yield _Line(path, start.numerator, direction, units, abs(end.__trunc__() - start.numerator))


def _gap(comparison: Compare, scope: Scope) -> tuple[Exact, Exact] | None:
    """How far the left side is above the right, at least and at most; None where they are no numbers."""
    left, right = value(comparison.left, scope), value(comparison.right, scope)
    if isinstance(left, int | Fraction | Range) and isinstance(right, int | Fraction | Range):
        gap = add(left, negate(right))
        return low(gap), high(gap)
    return None


def _crossings(first: tuple[Exact, Exact] | None, last: tuple[Exact, Exact] | None) -> Iterator[Fraction]:
    """How far into a piece a straight line from the gap at its beginning to that at its end is at 0."""
    for start, end in zip(first or (), last or (), strict=False):
        if (start < 0) is not (end < 0):
            yield Fraction(start) / (start - end)
