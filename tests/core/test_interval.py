"""Interval arithmetic on unknown numbers never excludes a possible result."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardship_rules.core import interval as ranges
from hardship_rules.core.interval import Direction, Exact, Number, Range, span

numbers = st.one_of(st.integers(-50, 50), st.fractions(-50, 50, max_denominator=12))
positive = numbers.filter(lambda number: number > 0)


@st.composite
def held(draw: st.DrawFn, ends: st.SearchStrategy[Exact] = numbers) -> tuple[Number, Exact]:
    """A number that may be unknown, with one of its possible values."""
    low, point, high = sorted(draw(st.tuples(ends, ends, ends)))
    known = draw(st.booleans())
    return (point, point) if known else (span(low, high), draw(st.sampled_from((low, point, high))))


def within(number: Number, point: Exact) -> bool:
    """The point is a possible value of the number."""
    return ranges.low(number) <= point <= ranges.high(number)


BINARY: list[tuple[Callable[[Number, Number], Number], Callable[[Exact, Exact], Exact]]] = [
    (ranges.add, lambda a, b: a + b),
    (ranges.multiply, lambda a, b: a * b),
    (ranges.least, min),
    (ranges.greatest, max),
]


@pytest.mark.parametrize(("over_ranges", "over_points"), BINARY, ids=lambda each: getattr(each, "__name__", "?"))
@given(held(), held())
def test_points_inside_come_out_inside(
    over_ranges: Callable[[Number, Number], Number],
    over_points: Callable[[Exact, Exact], Exact],
    a: tuple[Number, Exact],
    b: tuple[Number, Exact],
) -> None:
    """Sum, product, minimum and maximum of two points lie in the result for their intervals."""
    found = over_ranges(a[0], b[0])
    assert within(found, over_points(a[1], b[1]))
    if not isinstance(a[0], Range) and not isinstance(b[0], Range):
        assert found == over_points(a[1], b[1])


@pytest.mark.parametrize(("over_ranges", "over_points"), BINARY, ids=lambda each: getattr(each, "__name__", "?"))
@given(held(), held())
def test_both_ends_are_reached(
    over_ranges: Callable[[Number, Number], Number],
    over_points: Callable[[Exact, Exact], Exact],
    a: tuple[Number, Exact],
    b: tuple[Number, Exact],
) -> None:
    """No result is wider than necessary: both its bounds are reached by bounds of the operands."""
    corners = [over_points(x, y) for x in ends_of(a[0]) for y in ends_of(b[0])]
    assert ends_of(over_ranges(a[0], b[0])) == (min(corners), max(corners))


def ends_of(number: Number) -> tuple[Exact, Exact]:
    """The bounds of a number."""
    return ranges.low(number), ranges.high(number)


@given(held())
def test_negation(a: tuple[Number, Exact]) -> None:
    """Negation swaps the bounds."""
    assert ends_of(ranges.negate(a[0])) == (-ranges.high(a[0]), -ranges.low(a[0]))
    assert within(ranges.negate(a[0]), -a[1])


@given(held(), held(positive))
def test_division_by_what_is_positive(a: tuple[Number, Exact], b: tuple[Number, Exact]) -> None:
    """The quotient of two numbers lies in the quotient of their intervals, for dividends of either sign."""
    found = ranges.divide(a[0], b[0])
    assert within(found, Fraction(a[1]) / b[1])
    corners = [Fraction(x) / y for x in ends_of(a[0]) for y in ends_of(b[0])]
    assert ends_of(found) == (min(corners), max(corners))


@given(held(), held())
def test_hull(a: tuple[Number, Exact], b: tuple[Number, Exact]) -> None:
    """The hull holds all possible values of both numbers."""
    found = ranges.hull(a[0], b[0])
    assert within(found, a[1])
    assert within(found, b[1])


@pytest.mark.parametrize("direction", ["down", "half_up", "up"])
@given(held(), st.sampled_from([1, 2, Fraction(1, 100), Fraction(3, 7)]))
def test_rounding(direction: Direction, a: tuple[Number, Exact], step: Exact) -> None:
    """A point is rounded by its distance from zero, and lies within the rounded interval."""
    whole = {"down": floor, "up": ceil, "half_up": lambda each: floor(each + Fraction(1, 2))}[direction]
    expected = whole(abs(Fraction(a[1])) / step) * step * (1 if a[1] >= 0 else -1)
    assert ranges.rounded(a[1], step, direction) == expected
    assert within(ranges.rounded(a[0], step, direction), expected)


@pytest.mark.parametrize(
    ("direction", "number", "step", "expected"),
    [
        ("half_up", Fraction(5, 2), 1, 3),
        ("half_up", Fraction(-5, 2), 1, -3),
        ("half_up", Fraction(786995, 1000), Fraction(1, 100), 787),
        ("down", Fraction(-1, 2), 1, 0),
        ("up", Fraction(-1, 2), 1, -1),
        ("up", 3, 1, 3),
        ("floor", Fraction(-1, 2), 1, -1),
    ],
)
def test_rounding_by_hand(direction: Direction, number: Exact, step: Exact, expected: Exact) -> None:
    """By hand: halves go away from zero, down is towards it, up is away from it, and a floor is always below."""
    assert ranges.rounded(number, step, direction) == expected


@given(held(), held())
def test_comparisons_are_never_wrong(a: tuple[Number, Exact], b: tuple[Number, Exact]) -> None:
    """A comparison of intervals is right for every two numbers in them; known numbers always compare."""
    for found, true in ((ranges.less(a[0], b[0]), a[1] < b[1]), (ranges.equal(a[0], b[0]), a[1] == b[1])):
        assert found in (None, true)
        if not isinstance(a[0], Range) and not isinstance(b[0], Range):
            assert found is true


@given(held(), held())
def test_comparisons_are_open_only_where_they_must(a: tuple[Number, Exact], b: tuple[Number, Exact]) -> None:
    """If a comparison is unknown, it holds for some bounds and fails for others."""
    if ranges.less(a[0], b[0]) is None:
        assert ranges.low(a[0]) < ranges.high(b[0])
        assert ranges.high(a[0]) >= ranges.low(b[0])


@given(numbers, numbers)
def test_span(a: Exact, b: Exact) -> None:
    """A span of equal bounds is that number; otherwise it keeps both bounds."""
    low, high = sorted((a, b))
    assert ends_of(span(low, high)) == (low, high)
    assert isinstance(span(low, high), Range) == (low != high)
