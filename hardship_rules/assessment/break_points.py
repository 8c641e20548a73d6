"""Break points: the values of one fact at which a decision changes."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import cast

from attrs import define, evolve, field, frozen

from hardship_rules.assessment.defaults import broken, without_facts
from hardship_rules.assessment.household import with_defaults
from hardship_rules.assessment.outcomes import Outcomes
from hardship_rules.core.expr import Clause, Compare
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Number, Range, add, high, low, negate, span
from hardship_rules.core.kinds import EARLIEST, LATEST, BooleanKind, ChoiceKind, DateKind, NumberKind, Value, day_number
from hardship_rules.core.policy import Decision, Fact, Outcome, Policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.causes import innermost
from hardship_rules.engine.evaluate import Scope, evaluate, value

LOOKS = 500  # the most pieces of a fact's range that are evaluated; the rest is left unsettled

Piece = tuple[int, int]
"""The first and the last step of a part of a line, both included."""


@frozen
class Line:
    """The values of a fact from `at(0)` to `at(steps)`, in ascending or descending order."""

    steps: int
    at: Callable[[int], Exact]

    @property
    def unit(self) -> Fraction:
        """The distance between neighbouring values; the line must have two."""
        return abs(Fraction(self.at(1)) - self.at(0))

    def between(self, piece: Piece) -> Number:
        """The interval of the values of a piece."""
        first, last = (self.at(step) for step in piece)
        return span(min(first, last), max(first, last))


def line_of(fact: Fact) -> Line | None:
    """All values of a number or a day, ascending; None for a choice and a boolean."""
    match fact.kind:
        case NumberKind(low=least, high=most, decimals=decimals):
            units = 10**decimals
            first, last = -(-cast(Exact, least) * units // 1), cast(Exact, most) * units // 1
            return Line(last - first, lambda step: _number(first + step, units))
        case DateKind():
            start = EARLIEST.toordinal()
            return Line(LATEST.toordinal() - start, lambda step: day_number(date.fromordinal(start + step)))
        case ChoiceKind() | BooleanKind():
            return None


def lines_from(kind: NumberKind, now: Exact) -> Iterator[Line]:
    """The values above and below a number, nearest first; none where it is no multiple of its smallest unit."""
    units = 10**kind.decimals
    start = Fraction(now) * units
    if start.denominator == 1:
        steps_up, steps_down = cast(Exact, kind.high) * units // 1 - start, start + -cast(Exact, kind.low) * units // 1
        yield Line(int(steps_up), lambda step: _number(int(start) + step, units))
        yield Line(int(steps_down), lambda step: _number(int(start) - step, units))


def _number(scaled: int, units: int) -> Exact:
    number = Fraction(scaled, units)
    return number.numerator if number.denominator == 1 else number


def left_out(outcomes: Outcomes) -> frozenset[KeyPath]:
    """The facts of a household that were left out and have a default."""
    policy, household = outcomes.policy, outcomes.household
    holders: list[KeyPath] = [(), *(("members", number) for number in range(len(household.members)))]
    paths = ((*before, fact.name) for fact in policy.stand_ins for before in holders if fact.of_member is bool(before))
    return frozenset(paths) - {*household.given, *household.unknown}


def crossings(policy: Policy, decisions: Iterable[Decision], whole: Scope, first: Scope, last: Scope) -> set[Fraction]:
    """Where in a piece the sides of undecided comparisons may be equal, as fractions of the piece.

    They are interpolated from the first and last value, which is exact where both sides are linear.
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
    """The bounds of the left side minus the right; None where they are not numbers."""
    left, right = value(comparison.left, scope), value(comparison.right, scope)
    if isinstance(left, int | Fraction | Range) and isinstance(right, int | Fraction | Range):
        gap = add(left, negate(right))
        return low(gap), high(gap)
    return None


def _zeros(first: tuple[Exact, Exact] | None, last: tuple[Exact, Exact] | None) -> Iterator[Fraction]:
    """Where in a piece the linear interpolation of its first and last gap is zero."""
    for start, end in zip(first or (), last or (), strict=False):
        if (start < 0) is not (end < 0):
            yield Fraction(start) / (start - end)


def divided(piece: Piece, shares: Iterable[Fraction], also: Iterable[int] = ()) -> list[Piece]:
    """A piece of several steps, cut in its middle, around each fraction of it, and before the steps of `also`."""
    least, most = piece
    cuts = {(least + most + 1) // 2, *also}
    for share in shares:
        step = least + (share * (most - least)).__floor__()
        cuts |= {step, step + 1}
    starts = [least, *sorted(cut for cut in cuts if least < cut <= most)]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), most], strict=True))


@frozen
class Span:
    """The values of one fact from `low` to `high`, both included, for which every decision is the same.

    For a choice or a boolean both are the same option. `outcomes` are those of the household with `low`.
    """

    low: Value = field(repr=False)
    high: Value = field(repr=False)
    outcomes: Outcomes = field(repr=False)

    @property
    def category(self) -> Outcome | None:
        """The category; None where more facts are needed."""
        return self.outcomes.category

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The possible categories."""
        return self.outcomes.possible


@frozen
class BreakPoints:
    """The range of one fact in spans, in ascending order; a choice or a boolean has one span for each option.

    Neighbouring spans differ in some decision, and both ends of each were assessed. Values that break a `must` are in
    no span. `unsettled` are ranges that 500 evaluations did not settle. Where other facts are missing, some values of
    a span may have fewer possible outcomes than the span.
    """

    path: KeyPath
    fact: Fact
    spans: tuple[Span, ...]
    unsettled: tuple[tuple[Value, Value], ...] = field(default=(), repr=False)

    @property
    def changing(self) -> tuple[str, ...]:
        """The names of the decisions that differ between spans, in the policy's order."""
        profiles = {span.outcomes.profile for span in self.spans}
        decisions = self.spans[0].outcomes.policy.decisions if self.spans else ()
        return tuple(name for name, *results in zip(decisions, *profiles, strict=True) if len(set(results)) > 1)


def break_points_of(outcomes: Outcomes, path: KeyPath) -> BreakPoints:
    """The break points of the fact at a path. Raises `KeyError` where the household has no such fact."""
    fact = _fact_at(outcomes, path)
    line = line_of(fact)
    if line is not None:
        return _Search(outcomes, path, fact, line).break_points()
    options: tuple[Value, ...] = tuple(fact.kind.options) if isinstance(fact.kind, ChoiceKind) else (True, False)
    afters = ((option, outcomes.changed({path: option})) for option in options)
    return BreakPoints(path, fact, tuple(Span(option, option, after) for option, after in afters if after is not None))


def _fact_at(outcomes: Outcomes, path: KeyPath) -> Fact:
    policy, members = outcomes.policy, outcomes.household.members
    match path:
        case (str(name),) if name in policy.facts:
            return policy.facts[name]
        case ("members", int(number), str(name)) if 0 <= number < len(members) and name in policy.members.facts:
            return policy.members.facts[name]
        case _:
            raise KeyError(path)


@define(slots=False)
class _Search:
    """The search for the break points of a number or a day."""

    outcomes: Outcomes
    path: KeyPath
    fact: Fact
    line: Line

    def break_points(self) -> BreakPoints:
        """Evaluate pieces of the range, and divide those in which a decision may change."""
        settled: list[tuple[Piece, Outcomes]] = []
        pieces = [(0, self.line.steps)]
        for _ in range(LOOKS):
            if not pieces:
                break
            piece = pieces.pop()
            whole = self.outcomes_within(piece)
            if whole is None:
                continue
            ends = [self.outcomes.changed({self.path: self.line.at(step)}) for step in dict.fromkeys(piece)]
            if len(ends) == 1 or all(end is not None and self.is_settled(end, whole) for end in ends):
                if ends[0] is not None:
                    _append(settled, piece, ends[0])
            else:
                pieces += reversed(divided(piece, self.crossings(piece)))
        at = self.line.at
        return BreakPoints(
            self.path,
            self.fact,
            tuple(Span(at(least), at(most), after) for (least, most), after in settled),
            tuple((at(least), at(most)) for least, most in reversed(pieces)),
        )

    @cached_property
    def defaults(self) -> frozenset[KeyPath]:
        """The other facts that were left out and have a default."""
        return left_out(self.outcomes) - {self.path}

    def outcomes_within(self, piece: Piece) -> Outcomes | None:
        """The outcomes where the fact is only known to be in a piece; None where every value breaks a `must`."""
        policy, household = self.outcomes.policy, self.outcomes.household
        scope, defaults = with_defaults(policy, household, FrozenMapping({self.path: self.line.between(piece)}))
        truths = evaluate(policy, scope, policy.category_order)[policy.category.name]
        if defaults.outside or any(broken(policy, scope, self.defaults)):
            return None
        members = tuple(
            evolve(member, values=_facts(member.values, inside))
            for member, inside in zip(household.members, scope.members, strict=True)
        )
        values = _facts(household.values, scope)
        known = evolve(household, values=values, members=members, assumed=tuple(self.defaults))
        return Outcomes(policy, known, scope, truths)

    def is_settled(self, end: Outcomes, whole: Outcomes) -> bool:
        """Whether an end of a piece has the outcomes of the whole piece, so that every value between has them.

        The values of every `must` have to be equal too, so that there is a household with every value.
        """
        return end.profile == whole.profile and list(self.must_values(end)) == list(self.must_values(whole))

    def must_values(self, outcomes: Outcomes) -> Iterator[Value]:
        """The values of the conditions of `must`, for which defaults count as unknown."""
        policy = outcomes.policy
        known = without_facts(policy, outcomes.household.scope(policy), self.defaults)
        return (value(clause, known) for clause in policy.must)

    def crossings(self, piece: Piece) -> set[Fraction]:
        """Where in a piece decisions may change, as fractions of it."""
        policy = self.outcomes.policy
        whole, first, last = (self.evaluated(part) for part in (piece, (piece[0],) * 2, (piece[1],) * 2))
        return crossings(policy, policy.decisions.values(), whole, first, last)

    def evaluated(self, piece: Piece) -> Scope:
        """The household with a piece as the range of the fact, evaluated."""
        policy = self.outcomes.policy
        scope, _ = with_defaults(policy, self.outcomes.household, FrozenMapping({self.path: self.line.between(piece)}))
        evaluate(policy, scope)
        return scope


def _append(settled: list[tuple[Piece, Outcomes]], piece: Piece, after: Outcomes) -> None:
    """Append a piece, or extend the piece before it if it is adjacent and has the same outcomes."""
    least, most = piece
    if settled and settled[-1][0][1] == least - 1 and settled[-1][1].profile == after.profile:
        (least, _), after = settled.pop()
    settled.append(((least, most), after))


def _facts(values: FrozenMapping[str, Value], scope: Scope) -> FrozenMapping[str, Value]:
    return FrozenMapping({name: scope.values[name] for name in values})
