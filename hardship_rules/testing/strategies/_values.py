"""Strategies for the value of one fact: the simplest first, often near a number that the policy compares it with."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from hypothesis import strategies as st

from hardship_rules.core.interval import Exact, Range
from hardship_rules.core.kinds import EARLIEST, LATEST, BooleanKind, ChoiceKind, DateKind, NumberKind, day_of
from hardship_rules.core.policy import Fact, Policy, per_policy
from hardship_rules.testing.strategies._thresholds import bound_by_must, fact_named, lengths_from, thresholds

_OLDEST = 100  # years before the day of the verdict, for a date
_YEAR = timedelta(days=365)
_GROWN = 30  # years, to which a date shrinks
_EVERYDAY_AMOUNTS = (
    "0.01",
    "0.99",
    "1",
    "3",
    "7",
    "40",
    "333.33",
    "787",
    "1234.56",
    "3600",
    "9400",
    "12000",
    "18000.5",
    "30000",
)


def days(policy: Policy) -> st.SearchStrategy[date]:
    """The days on which the policy is in force; a year of them where it has no first or no last day."""
    if policy.start is not None:
        return st.dates(policy.start, policy.end or min(LATEST, policy.start + _YEAR))
    if policy.end is not None:
        return st.dates(max(EARLIEST, policy.end - _YEAR), policy.end)
    return st.dates(date(2021, 1, 1), date(2021, 12, 31))


@per_policy
def seeds(policy: Policy, name: str) -> st.SearchStrategy[object]:
    """Values of a fact as hosts give them, often near a threshold; for a date, the time before the verdict's day.

    `value_of` makes the value of a seed.
    """
    fact = fact_named(policy, name)
    near = thresholds(policy)
    match fact.kind:
        case BooleanKind():
            return st.booleans()
        case ChoiceKind(options):
            return st.sampled_from(list(options))
        case DateKind():
            years = sorted({int(number) for length in lengths_from(policy, fact) for number in near[length]})
            birthdays = st.tuples(st.sampled_from([_GROWN, *years]), st.sampled_from((0, 1, -1)))
            return st.one_of(birthdays, st.tuples(st.integers(0, _OLDEST), st.integers(0, 365)))
        case NumberKind():
            return _numbers(fact.kind, sorted(near.get(name, ())), extremes=name not in bound_by_must(policy))


def simplest_of(policy: Policy, name: str) -> object:
    """The seed that a fact's `seeds` shrink to: no, the first option, thirty years ago, or zero."""
    match fact_named(policy, name).kind:
        case BooleanKind():
            return False
        case ChoiceKind(options):
            return next(iter(options))
        case DateKind():
            return _GROWN, 0
        case NumberKind(low=low):
            return plain(max(cast(Exact, low), 0))


def _numbers(kind: NumberKind, near: list[Exact], *, extremes: bool) -> st.SearchStrategy[object]:
    """Zero, numbers at and beside the thresholds `near`, everyday amounts, and seldom the ends of the range."""
    step = Fraction(1, 10**kind.decimals)
    least, most = cast(Exact, kind.low), cast(Exact, kind.high)
    zero = max(least, 0)
    near = [number // step * step for number in near]  # a threshold may have more decimals than the fact
    around = [min(max(number + side * step, least), most) for number in near for side in (0, -1, 1)]
    ends = [least, most] if extremes else []
    everyday = [number for number in map(Fraction, _EVERYDAY_AMOUNTS) if number <= most and number % step == 0]
    return st.sampled_from([plain(number) for number in (*[zero] * 8, *around * 4, *everyday, *ends)])


def value_of(fact: Fact, seed: object, on: date) -> object:
    """The value of a seed: the seed itself, or for a date the day so many years and days before the verdict's day."""
    if isinstance(fact.kind, DateKind):
        years, before = cast(tuple[int, int], seed)
        return min(_years_before(on, years) - timedelta(days=before), on)
    return seed


def values_left(fact: Fact, known: object) -> st.SearchStrategy[list[Any]]:
    """Lists of values that agree with what is known of a fact, to be tried in order; all options of a choice."""
    match fact.kind:
        case BooleanKind():
            return st.permutations([False, True])
        case ChoiceKind():
            return st.permutations(sorted(cast(frozenset[str], known)))
        case DateKind():
            return st.lists(
                st.dates(EARLIEST, LATEST) if known is None else st.dates(*_ends(known)), min_size=4, max_size=4
            )
        case NumberKind(decimals=decimals):
            interval = cast(Range, known)
            scale = 10**decimals
            least, most = -(-Fraction(interval.low) * scale).__floor__(), (Fraction(interval.high) * scale).__floor__()
            start = max(least, min(0, most))
            everyday = st.integers(start, min(most, start + 30_000 * scale))
            number = st.one_of(everyday, st.sampled_from((least, most))).map(
                lambda whole: plain(Fraction(whole, scale))
            )
            return st.lists(number, min_size=4, max_size=4)


def _ends(known: object) -> tuple[date, date]:
    interval = cast(Range, known)
    return day_of(int(interval.low)), day_of(int(interval.high))


def plain(number: Exact) -> int | Decimal:
    """An exact number as hosts give it."""
    exact = Fraction(number)
    return exact.numerator if exact.denominator == 1 else Decimal(exact.numerator) / Decimal(exact.denominator)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
