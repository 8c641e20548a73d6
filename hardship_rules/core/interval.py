"""Interval arithmetic: a number is exact, or unknown within bounds."""

from fractions import Fraction
from typing import Literal

from attrs import frozen

Exact = int | Fraction
Truth = bool | None
Direction = Literal["down", "half_up", "up", "floor"]
"""How to round: towards zero, half away from zero, away from zero, or down (`floor`, which no policy can write)."""


@frozen
class Range:
    """An unknown number from `low` to `high`, both included, where `low < high`."""

    low: Exact
    high: Exact


Number = Exact | Range


def span(low: Exact, high: Exact) -> Number:
    """The number from `low` to `high`: an interval, or the bound itself if both are equal."""
    return low if low == high else Range(low, high)


def low(number: Number) -> Exact:
    """The lower bound."""
    return number.low if isinstance(number, Range) else number


def high(number: Number) -> Exact:
    """The upper bound."""
    return number.high if isinstance(number, Range) else number


def add(a: Number, b: Number) -> Number:
    """The sum a + b."""
    if isinstance(a, Range) or isinstance(b, Range):
        return span(low(a) + low(b), high(a) + high(b))
    return a + b


def negate(a: Number) -> Number:
    """The negation -a."""
    return Range(-a.high, -a.low) if isinstance(a, Range) else -a


def multiply(a: Number, b: Number) -> Number:
    """The product a * b."""
    if isinstance(a, Range):
        if isinstance(b, Range):
            corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
            return Range(min(corners), max(corners))
        return span(a.low * b, a.high * b) if b >= 0 else span(a.high * b, a.low * b)
    return multiply(b, a) if isinstance(b, Range) else a * b


def divide(a: Number, b: Number) -> Number:
    """The quotient a / b; `b` must be positive."""
    if isinstance(b, Range):
        return multiply(a, Range(Fraction(1) / b.high, Fraction(1) / b.low))
    if type(a) is int and type(b) is int:
        return a // b if a % b == 0 else Fraction(a, b)
    if isinstance(a, Range):
        return Range(Fraction(a.low) / b, Fraction(a.high) / b)
    quotient = Fraction(a) / b
    return quotient.numerator if quotient.denominator == 1 else quotient


def least(a: Number, b: Number) -> Number:
    """The minimum of a and b."""
    return span(min(low(a), low(b)), min(high(a), high(b)))


def greatest(a: Number, b: Number) -> Number:
    """The maximum of a and b."""
    return span(max(low(a), low(b)), max(high(a), high(b)))


def hull(a: Number, b: Number) -> Number:
    """The smallest interval that contains a and b."""
    return span(min(low(a), low(b)), max(high(a), high(b)))


def rounded(a: Number, step: Exact, direction: Direction) -> Number:
    """The number a rounded to a multiple of a positive step; symmetric about zero, except for `floor`."""
    if isinstance(a, Range):
        return span(_rounded(a.low, step, direction), _rounded(a.high, step, direction))
    return _rounded(a, step, direction)


def _rounded(a: Exact, step: Exact, direction: Direction) -> Exact:
    quotient = Fraction(a) / step
    over, by = abs(quotient.numerator), quotient.denominator
    match direction:
        case "down":
            magnitude = over // by
        case "half_up":
            magnitude = (2 * over + by) // (2 * by)
        case "up":
            magnitude = -(-over // by)
        case "floor":
            return quotient.numerator // by * step
    return (magnitude if a >= 0 else -magnitude) * step


def less(a: Number, b: Number) -> Truth:
    """Whether a < b; None if the bounds do not decide it."""
    if isinstance(a, Range) or isinstance(b, Range):
        return True if high(a) < low(b) else False if low(a) >= high(b) else None
    return a < b


def equal(a: Number, b: Number) -> Truth:
    """Whether a == b; None if the bounds do not decide it."""
    if isinstance(a, Range) or isinstance(b, Range):
        return None if low(a) <= high(b) and low(b) <= high(a) else False
    return a == b
