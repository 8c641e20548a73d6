"""The values of one number or day in steps of its smallest unit, and where along them a comparison may change."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import cast

from attrs import frozen

from hardship_rules.assessment.outcomes import Outcomes
from hardship_rules.core.model import Decision, Fact, Policy
from hardship_rules.core.problems import Path
from hardship_rules.core.ranges import Exact, Number, Range, add, high, low, negate, span
from hardship_rules.core.syntax import Clause, Compare
from hardship_rules.core.values import EARLIEST, LATEST, ChoiceKind, DateKind, NumberKind, YesNoKind, day_number
from hardship_rules.engine.meaning import Scope, value
from hardship_rules.engine.why import innermost

Piece = tuple[int, int]
"""The first and the last step of a part of a line."""


@frozen
class Line:
    """The values of a fact from `at(0)` to `at(steps)`; ascending, or descending from a value towards the least."""

    steps: int
    at: Callable[[int], Exact]

    @property
    def unit(self) -> Fraction:
        """The distance of a value from the next, on a line that has two."""
        return abs(Fraction(self.at(1)) - self.at(0))

    def between(self, piece: Piece) -> Number:
        """All values of a piece."""
        first, last = (self.at(step) for step in piece)
        return span(min(first, last), max(first, last))


def line_of(fact: Fact) -> Line | None:
    """All values that a number or a day may have, ascending; None for a choice and a boolean."""
    match fact.kind:
        case NumberKind(low=least, high=most, decimals=decimals):
            units = 10**decimals
            first, last = -(-cast(Exact, least) * units // 1), cast(Exact, most) * units // 1
            return Line(last - first, lambda step: _number(first + step, units))
        case DateKind():
            start = EARLIEST.toordinal()
            return Line(LATEST.toordinal() - start, lambda step: day_number(date.fromordinal(start + step)))
        case ChoiceKind() | YesNoKind():
            return None


def lines_from(kind: NumberKind, now: Exact) -> Iterator[Line]:
    """The values above and below what a number is now; none where that is no multiple of its smallest unit."""
    units = 10**kind.decimals
    start = Fraction(now) * units
    if start.denominator == 1:
        steps_up, steps_down = cast(Exact, kind.high) * units // 1 - start, start + -cast(Exact, kind.low) * units // 1
        yield Line(int(steps_up), lambda step: _number(int(start) + step, units))
        yield Line(int(steps_down), lambda step: _number(int(start) - step, units))


def _number(scaled: int, units: int) -> Exact:
    number = Fraction(scaled, units)
    return number.numerator if number.denominator == 1 else number


def left_out(outcomes: Outcomes) -> frozenset[Path]:
    """The facts of a household that were left out and that a default may replace."""
    policy, household = outcomes.policy, outcomes.household
    holders: list[Path] = [(), *(("members", number) for number in range(len(household.members)))]
    paths = ((*before, fact.name) for fact in policy.stand_ins for before in holders if fact.of_member is bool(before))
    return frozenset(paths) - {*household.given, *household.unknown}


def crossings(policy: Policy, decisions: Iterable[Decision], whole: Scope, first: Scope, last: Scope) -> set[Fraction]:
    """How far into a piece the sides of comparisons that are open over the whole of it may meet, as shares of it.

    They are solved from the first and the last value, which is exact where both sides are straight lines.
    """
    return {
        share
        for decision in decisions
        for outcome in decision.outcomes
        for clause, truth, _ in innermost(policy, cast(Clause, outcome.when), whole)
        if truth is None and isinstance(clause.when, Compare)
        for share in _zeros(_gap(clause.when, first), _gap(clause.when, last))
    }


def _gap(comparison: Compare, scope: Scope) -> tuple[Exact, Exact] | None:
    """How far the left side is above the right, at least and at most; None where they are no numbers."""
    left, right = value(comparison.left, scope), value(comparison.right, scope)
    if isinstance(left, int | Fraction | Range) and isinstance(right, int | Fraction | Range):
        gap = add(left, negate(right))
        return low(gap), high(gap)
    return None


def _zeros(first: tuple[Exact, Exact] | None, last: tuple[Exact, Exact] | None) -> Iterator[Fraction]:
    """How far into a piece a straight line from the gap at its beginning to that at its end is at 0."""
    for start, end in zip(first or (), last or (), strict=False):
        if (start < 0) is not (end < 0):
            yield Fraction(start) / (start - end)


def divided(piece: Piece, shares: Iterable[Fraction], also: Iterable[int] = ()) -> list[Piece]:
    """A piece of several steps in parts: cut in its middle, around each share of it, and before the steps of `also`."""
    least, most = piece
    cuts = {(least + most + 1) // 2, *also}
    for share in shares:
        step = least + (share * (most - least)).__floor__()
        cuts |= {step, step + 1}
    starts = [least, *sorted(cut for cut in cuts if least < cut <= most)]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), most], strict=True))
