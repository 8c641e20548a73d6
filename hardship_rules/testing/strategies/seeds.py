"""The values of one fact to draw: the simplest first, often one that the policy looks at closely."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from hypothesis import strategies as st

from hardship_rules.core.interval import Exact, Range
from hardship_rules.core.kinds import EARLIEST, LATEST, ChoiceKind, DateKind, NumberKind, YesNoKind, day_of
from hardship_rules.core.policy import Fact, Policy, per_policy
from hardship_rules.testing.strategies.closely import fact_named, lengths_from, thresholds, tied

_OLDEST = 100  # years; how old a date of birth may be
_GROWN = 30  # years; the age that a date of birth shrinks to
_EVERYDAY = (
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
    """A day on which the policy is in force."""
    return st.dates(policy.start or date(2021, 1, 1), policy.end or date(2021, 12, 31))


@per_policy
def seeds(policy: Policy, name: str) -> st.SearchStrategy[object]:
    """A value of a fact's kind, as a host would give it: often one that the policy looks at closely."""
    fact = fact_named(policy, name)
    near = thresholds(policy)
    match fact.kind:
        case YesNoKind():
            return st.booleans()
        case ChoiceKind(options):
            return st.sampled_from(list(options))
        case DateKind():
            years = sorted({int(number) for length in lengths_from(policy, fact) for number in near[length]})
            birthdays = st.tuples(st.sampled_from([_GROWN, *years]), st.sampled_from((0, 1, -1)))
            return st.one_of(birthdays, st.tuples(st.integers(0, _OLDEST), st.integers(0, 365)))
        case NumberKind():
            return _numbers(fact.kind, sorted(near.get(name, ())), extremes=name not in tied(policy))


def simplest_of(policy: Policy, name: str) -> object:
    """The value that a fact's `seeds` shrink to: no, the first option, thirty years ago, or nothing."""
    match fact_named(policy, name).kind:
        case YesNoKind():
            return False
        case ChoiceKind(options):
            return next(iter(options))
        case DateKind():
            return _GROWN, 0
        case NumberKind(low=low):
            return plain(max(cast(Exact, low), 0))


def _numbers(kind: NumberKind, near: list[Exact], *, extremes: bool) -> st.SearchStrategy[object]:
    """Nothing, the numbers that the policy compares it with and those beside them, everyday ones, seldom the ends."""
    step = Fraction(1, 10**kind.decimals)
    least, most = cast(Exact, kind.low), cast(Exact, kind.high)
    nothing = max(least, 0)
    near = [number // step * step for number in near]  # a line may be finer than the fact
    some = [min(max(number + side * step, least), most) for number in near for side in (0, -1, 1)]
    ends = [least, most] if extremes else []
    everyday = [number for number in map(Fraction, _EVERYDAY) if number <= most and number % step == 0]
    return st.sampled_from([plain(number) for number in (*[nothing] * 8, *some * 4, *everyday, *ends)])


def value_of(fact: Fact, seed: object, on: date) -> object:
    """The value that was drawn; a date was drawn as how far it lies back."""
    if isinstance(fact.kind, DateKind):
        years, before = cast(tuple[int, int], seed)
        return min(_years_before(on, years) - timedelta(days=before), on)
    return seed


def values_left(fact: Fact, known: object) -> st.SearchStrategy[list[Any]]:
    """Values among those that a fact can still have, one to be tried after the other: of an option all."""
    match fact.kind:
        case YesNoKind():
            return st.permutations([False, True])
        case ChoiceKind():
            return st.permutations(sorted(cast(frozenset[str], known)))
        case DateKind():
            return st.lists(
                st.dates(EARLIEST, LATEST) if known is None else st.dates(*_ends(known)), min_size=4, max_size=4
            )
        case NumberKind(decimals=decimals):
            found = cast(Range, known)
            scale = 10**decimals
            least, most = -(-Fraction(found.low) * scale).__floor__(), (Fraction(found.high) * scale).__floor__()
            start = max(least, min(0, most))
            everyday = st.integers(start, min(most, start + 30_000 * scale))
            number = st.one_of(everyday, st.sampled_from((least, most))).map(
                lambda whole: plain(Fraction(whole, scale))
            )
            return st.lists(number, min_size=4, max_size=4)


def _ends(known: object) -> tuple[date, date]:
    found = cast(Range, known)
    return day_of(int(found.low)), day_of(int(found.high))


def plain(number: Exact) -> int | Decimal:
    """An exact number as a host would give it."""
    exact = Fraction(number)
    return exact.numerator if exact.denominator == 1 else Decimal(exact.numerator) / Decimal(exact.denominator)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
