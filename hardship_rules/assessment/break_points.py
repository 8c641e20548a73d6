"""Break points: the values of one fact at which a decision changes."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import cast

from attrs import define, field, frozen

from hardship_rules.assessment._completions import Trials, completions
from hardship_rules.assessment.outcomes import Outcomes
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import EARLIEST, LATEST, BooleanKind, ChoiceKind, DateKind, NumberKind, Value, day_number
from hardship_rules.core.policy import Fact, Outcome
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.compiled import Profile
from hardship_rules.engine.rows import Rows

LOOKS = 500  # the most pieces of a fact's range that are evaluated; the rest is left unsettled

Piece = tuple[int, int]
"""The first and the last step of a part of a line, both included."""


@frozen
class Line:
    """The values of a fact from `at(0)` to `at(steps)`, in ascending or descending order.

    `scaled` gives them in the fact's smallest unit; `units` of these make one.
    """

    steps: int
    scaled: Callable[[int], int]
    units: int = 1

    def at(self, step: int) -> Exact:
        """The value of a step."""
        scaled = self.scaled(step)
        return scaled // self.units if scaled % self.units == 0 else Fraction(scaled, self.units)

    @property
    def unit(self) -> Fraction:
        """The distance between neighbouring values; the line must have two."""
        return Fraction(abs(self.scaled(1) - self.scaled(0)), self.units)

    def bounds(self, piece: Piece) -> tuple[int, int]:
        """The bounds of the values of a piece, in the smallest unit."""
        first, last = self.scaled(piece[0]), self.scaled(piece[1])
        return (first, last) if first <= last else (last, first)


def line_of(fact: Fact) -> Line | None:
    """All values of a number or a day, ascending; None for a choice and a boolean."""
    match fact.kind:
        case NumberKind(low=least, high=most, decimals=decimals):
            units = 10**decimals
            first, last = -(-cast(Exact, least) * units // 1), cast(Exact, most) * units // 1
            return Line(last - first, lambda step: first + step, units)
        case DateKind():
            start = EARLIEST.toordinal()
            return Line(LATEST.toordinal() - start, lambda step: day_number(date.fromordinal(start + step)))
        case ChoiceKind() | BooleanKind():
            return None


def lines_from(kind: NumberKind, now: Exact) -> Iterator[Line]:
    """The values above and below a number, nearest first; none where it is no multiple of its smallest unit."""
    units = 10**kind.decimals
    scaled = now * units
    if scaled.denominator == 1:
        start = int(scaled)
        yield Line(int(cast(Exact, kind.high) * units // 1) - start, lambda step: start + step, units)
        yield Line(start + int(-cast(Exact, kind.low) * units // 1), lambda step: start - step, units)


Gaps = list[tuple[Exact, Exact]]


def crossings(whole: Gaps, first: Gaps, last: Gaps) -> set[tuple[Exact, Exact]]:
    """Where in a piece the sides of undecided comparisons may be equal, as fractions (over, by) of the piece.

    The gaps are the bounds of the left sides minus the right ones. They are interpolated from the first and last value,
    which is exact where both sides are linear.
    """
    return {
        (start, start - end)
        for (low, high), starts, ends in zip(whole, first, last, strict=True)
        if low <= 0 <= high
        for start, end in zip(starts, ends, strict=True)
        if (start < 0) is not (end < 0)
    }


def divided(piece: Piece, shares: Iterable[tuple[Exact, Exact]], also: Iterable[int] = ()) -> list[Piece]:
    """A piece of several steps, cut in its middle, around each fraction of it, and before the steps of `also`."""
    least, most = piece
    cuts = {(least + most + 1) // 2, *also}
    for over, by in shares:
        step = least + int(over * (most - least) // by)
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
        settled: list[tuple[Piece, _Part]] = []
        pieces = [(0, self.line.steps)]
        for _ in range(LOOKS):
            if not pieces:
                break
            piece = pieces.pop()
            whole = self.within(piece)
            if whole is None:
                continue
            ends = [self.end(step) for step in dict.fromkeys(piece)]
            if len(ends) == 1 or all(end is not None and end.is_like(whole) for end in ends):
                if ends[0] is not None:
                    _append(settled, piece, ends[0])
            else:
                pieces += reversed(divided(piece, self.crossings(piece, whole.rows)))
        at = self.line.at
        spans = ((at(least), at(most)) for (least, most), _ in settled)
        afters = ((low, high, self.outcomes.changed({self.path: low})) for low, high in spans)
        return BreakPoints(
            self.path,
            self.fact,
            tuple(Span(low, high, cast(Outcomes, after)) for low, high, after in afters),
            tuple((at(least), at(most)) for least, most in reversed(pieces)),
        )

    def within(self, piece: Piece) -> "_Part | None":
        """What the household comes to where the fact is only known to be in a piece; None where no value is real."""
        rows = self.outcomes.altered.rows_between(self.path, self.line.bounds(piece))
        return None if rows is None else self.part(rows, self.outcomes.altered.replaced(self.path))

    def end(self, step: int) -> "_Part | None":
        """What the household comes to for one value of the fact; None where it is no real household."""
        altered = self.outcomes.altered
        rows = altered.rows_between(self.path, self.line.bounds((step, step)))
        if rows is None:
            return None
        result = altered.decide(self.path, rows)
        is_settled = len(result.possible) == 1 and not result.is_broken  # then no default matters to a `must`
        return self.part(rows, () if is_settled else altered.assumed({self.path: self.line.at(step)}))

    def part(self, rows: Rows, assumed: Collection[KeyPath]) -> "_Part | None":
        """The decisions for some rows, and every `must` without defaults; None where a `must` fails."""
        compiled = self.outcomes.altered.compiled
        trials = Trials(self.outcomes.policy, assumed)
        result = trials.decide(rows)
        if trials.is_broken(rows, result):
            return None
        without_defaults = rows.copy()
        compiled.clear(without_defaults, self.outcomes.altered.replaced(self.path))
        ids = completions(trials, rows, result).possible
        return _Part(rows, compiled.profile(rows, ids), compiled.decide(without_defaults).must)

    def crossings(self, piece: Piece, whole: Rows) -> set[tuple[Exact, Exact]]:
        """Where in a piece decisions may change, as fractions of it."""
        altered = self.outcomes.altered
        rows = (whole, *(altered.rows_between(self.path, self.line.bounds((step, step))) for step in piece))
        gaps = [altered.compiled.all_gaps(each) for each in rows if each is not None]
        return crossings(*gaps) if len(gaps) == len(rows) else set()


@frozen
class _Part:
    """What a part of a fact's range comes to: every decision, and every `must`, for which defaults count as unknown."""

    rows: Rows
    profile: Profile
    must: tuple[int, ...]

    def is_like(self, whole: "_Part") -> bool:
        """Whether an end of a piece has what the whole piece has, so that every value between has it.

        The values of every `must` have to be equal too, so that there is a household with every value.
        """
        return self.profile == whole.profile and self.must == whole.must


def _append(settled: list[tuple[Piece, _Part]], piece: Piece, part: _Part) -> None:
    """Append a piece, or extend the piece before it if it is adjacent and has the same outcomes."""
    least, most = piece
    if settled and settled[-1][0][1] == least - 1 and settled[-1][1].profile == part.profile:
        (least, _), part = settled.pop()
    settled.append(((least, most), part))
