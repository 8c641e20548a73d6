"""Numbers, truths and choices over the rows of a frame: each with the least and the most that it can be in each row.

A bound is a column expression, or a Python number or truth where it is the same in every row: then it is worked out
here, and what it settles is never built. A value is known in every row where its two bounds are one object.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from typing import Any, Literal, cast

import narwhals as nw
from attrs import frozen

from hardship_rules import ranges
from hardship_rules.frozen import FrozenMapping
from hardship_rules.ranges import Number
from hardship_rules.ranges import high as most
from hardship_rules.ranges import low as least

Bound = nw.Expr | int | bool


@frozen(eq=False)
class Numbers:
    """A whole number in each row, from `low` to `high`; `lows` and `highs` are what these lie in whatever the row."""

    low: Bound
    high: Bound
    lows: Number
    highs: Number

    @property
    def within(self) -> Number:
        """What it lies in whatever the row."""
        return ranges.hull(self.lows, self.highs)


@frozen(eq=False)
class Truths:
    """A truth in each row: `low` where it certainly holds, `high` where it may."""

    low: Bound
    high: Bound


@frozen(eq=False)
class Choices:
    """An option in each row: for each option where it can be that one; `known` where that is one in every row."""

    can: FrozenMapping[str, Bound]
    known: bool


Values = Numbers | Truths | Choices


def is_known(value: Values) -> bool:
    """It is one number, truth or option in every row."""
    return value.known if isinstance(value, Choices) else value.low is value.high


def bounds_of(value: Values) -> Iterator[nw.Expr]:
    """The columns that a value consists of."""
    bounds = value.can.values() if isinstance(value, Choices) else (value.low, value.high)
    return (bound for bound in bounds if isinstance(bound, nw.Expr))


# Truths of single rows, worked out where they are the same in all


def both(a: Bound, b: Bound) -> Bound:
    """Where both hold."""
    if a is False or b is False:
        return False
    return b if a is True else a if b is True or a is b else cast(nw.Expr, a) & cast(nw.Expr, b)


def either(a: Bound, b: Bound) -> Bound:
    """Where one of them holds."""
    if a is True or b is True:
        return True
    return b if a is False else a if b is False or a is b else cast(nw.Expr, a) | cast(nw.Expr, b)


def opposite(a: Bound) -> Bound:
    """Where it does not hold."""
    return not a if isinstance(a, bool) else ~cast(nw.Expr, a)


def any_of(bounds: Iterable[Bound]) -> Bound:
    """Where one of several holds."""
    return reduce(either, bounds, cast(Bound, False))  # noqa: FBT003  # where there are none


def pick(where: Bound, then: Bound, otherwise: Bound) -> Bound:
    """One bound where something holds, another everywhere else."""
    if isinstance(where, bool):
        return then if where else otherwise
    if then is otherwise or (
        not isinstance(then, nw.Expr) and not isinstance(otherwise, nw.Expr) and then == otherwise
    ):
        return then
    if isinstance(then, bool) or isinstance(otherwise, bool):
        return either(both(where, then), both(opposite(where), otherwise))
    if not isinstance(then, nw.Expr) and not isinstance(otherwise, nw.Expr) and (then, otherwise) == (1, 0):
        return cast(nw.Expr, where).cast(nw.Int64())
    return nw.when(cast(nw.Expr, where)).then(literal(then)).otherwise(literal(otherwise))


def literal(bound: Bound) -> nw.Expr:
    """A bound as an expression."""
    if isinstance(bound, nw.Expr):
        return bound
    return nw.lit(bound) if isinstance(bound, bool) else nw.lit(bound, dtype=nw.Int64())


# Truths


def truth(low: Bound, high: Bound) -> Truths:
    """A truth from its bounds, known where both are the same constant."""
    return Truths(low, low) if isinstance(low, bool) and low is high else Truths(low, high)


def certain(bound: Bound) -> Truths:
    """A truth that is known in every row."""
    return Truths(bound, bound)


def negation(a: Truths) -> Truths:
    """Where it does not hold."""
    low = opposite(a.high)
    return certain(low) if is_known(a) else truth(low, opposite(a.low))


def junction(parts: Iterable[Truths], *, settles: bool) -> Truths:
    """All of some truths, settled by one that fails, or any of them, settled by one that holds."""
    join = either if settles else both
    parts = tuple(parts)
    low = reduce(join, (part.low for part in parts), cast(Bound, not settles))
    if all(is_known(part) for part in parts):
        return certain(low)
    return truth(low, reduce(join, (part.high for part in parts), cast(Bound, not settles)))


# Numbers


def constant(number: Number) -> Numbers:
    """The number or range that it is in every row."""
    low, high = int(least(number)), int(most(number))
    return Numbers(low, low if low == high else high, low, high)


def between(low: Bound, high: Bound, within: Number) -> Numbers:
    """A number that is known in every row, both bounds being one, or whose bounds may be anything that it may be."""
    return _settled(low, high, within, within)


def _settled(low: Bound, high: Bound, lows: Number, highs: Number) -> Numbers:
    """A number from its bounds; one that is the same in every row is not left to be worked out there."""
    lows, highs = (within if isinstance(end, nw.Expr) else end for end, within in ((low, lows), (high, highs)))
    least_, most_ = (int(least(each)) if not isinstance(each, ranges.Range) else None for each in (lows, highs))
    if low is high:
        return Numbers(low, low, lows, lows) if least_ is None else constant(least_)
    if least_ is not None and least_ == most_:
        return constant(least_)
    return Numbers(low if least_ is None else least_, high if most_ is None else most_, lows, highs)


def _reckoned(symbol: Callable[[Any, Any], Any], a: Bound, b: Bound, nothing: int) -> Bound:
    if a is b is nothing:
        return nothing
    if not isinstance(a, nw.Expr) and a == nothing:
        return b
    if not isinstance(b, nw.Expr) and b == nothing:
        return a
    return cast(Bound, symbol(a, b))


def add(a: Numbers, b: Numbers) -> Numbers:
    """The sum a + b."""
    low = _reckoned(operator.add, a.low, b.low, 0)
    high = low if is_known(a) and is_known(b) else _reckoned(operator.add, a.high, b.high, 0)
    return _settled(low, high, ranges.add(a.lows, b.lows), ranges.add(a.highs, b.highs))


def negate(a: Numbers) -> Numbers:
    """The opposite -a."""
    low = cast(Bound, operator.neg(a.high))
    high = low if is_known(a) else cast(Bound, operator.neg(a.low))
    return _settled(low, high, ranges.negate(a.highs), ranges.negate(a.lows))


def multiply(a: Numbers, b: Numbers) -> Numbers:
    """The product a * b; where neither is known, the least and the most of those of their bounds."""
    within = ranges.multiply(a.within, b.within)
    if is_known(a) and is_known(b):
        low = _reckoned(operator.mul, a.low, b.low, 1)
        return between(low, low, within)
    corners = [_reckoned(operator.mul, x, y, 1) for x, y in _corners(a, b)]
    if len(corners) == 2:
        return between(corners[0], corners[1], within)
    low, high = _extreme(nw.min_horizontal, min, corners), _extreme(nw.max_horizontal, max, corners)
    return between(low, high, within)


def _corners(a: Numbers, b: Numbers) -> list[tuple[Bound, Bound]]:
    """The products of bounds among which the least and the most are; just these two, in order, where signs tell."""
    if _positive(a) and (_positive(b) or is_known(a)):
        return [(a.low, b.low), (a.high, b.high)]
    if _positive(b) and is_known(b):
        return _corners(b, a)
    return [(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]


def _positive(a: Numbers) -> bool:
    return least(a.within) >= 0


def _extreme(of_rows: Callable[..., nw.Expr], of_constants: Callable[..., int], bounds: Iterable[Bound]) -> Bound:
    columns = {id(each): each for each in bounds if isinstance(each, nw.Expr)}
    numbers = [each for each in bounds if not isinstance(each, nw.Expr)]
    if not columns:
        return of_constants(numbers)
    parts = [*columns.values(), *([literal(of_constants(numbers))] if numbers else [])]
    return parts[0] if len(parts) == 1 else of_rows(*parts)


def extreme(which: Literal["min", "max"], parts: Iterable[Numbers]) -> Numbers:
    """The least or the greatest of several; what cannot be it in any row is left out."""
    parts = list(parts)
    fold = ranges.least if which == "min" else ranges.greatest
    lows, highs = reduce(fold, (part.lows for part in parts)), reduce(fold, (part.highs for part in parts))
    beside = min(least(lows), least(highs)), max(most(lows), most(highs))
    if which == "min":
        parts = [part for part in parts if least(part.within) <= beside[1]]
        rows, constants = nw.min_horizontal, cast(Callable[..., int], min)
    else:
        parts = [part for part in parts if most(part.within) >= beside[0]]
        rows, constants = nw.max_horizontal, cast(Callable[..., int], max)
    known = all(is_known(part) for part in parts)
    low = _extreme(rows, constants, [part.low for part in parts])
    return _settled(low, low if known else _extreme(rows, constants, [part.high for part in parts]), lows, highs)


def floor(a: Numbers, by: Numbers) -> Numbers:
    """The floor of a over what is certainly positive."""
    within = ranges.rounded(ranges.divide(a.within, by.within), 1, "down")
    if is_known(by):
        low = _floor(a.low, by.low)
        return between(low, low if is_known(a) else _floor(a.high, by.low), within)
    low = _extreme(nw.min_horizontal, min, [_floor(a.low, by.low), _floor(a.low, by.high)])
    high = _extreme(nw.max_horizontal, max, [_floor(a.high, by.low), _floor(a.high, by.high)])
    return between(low, high, within)


def _floor(a: Bound, by: Bound) -> Bound:
    """The floor of a quotient; by a remainder, since some engines divide whole numbers as floats.

    What is left over is a multiple: as a float its quotient is within a half of the whole number that it is, as long as
    that is below 2^51 (whoever builds an expression sees to that).
    """
    if not isinstance(a, nw.Expr) and not isinstance(by, nw.Expr):
        return a // by
    over, under = literal(a), literal(by)
    return ((over - over % under) / under).round(0).cast(nw.Int64())


def quotient(number: nw.Expr, by: int) -> nw.Expr:
    """The float nearest to a number over a constant.

    The divisor is given to each row: some engines multiply by the reciprocal of a constant, which is not the nearest.
    """
    return number / (number * 0 + by)


def less(a: Numbers, b: Numbers) -> Truths:
    """Where a < b."""
    low = _below(a.high, a.highs, b.low, b.lows)
    if is_known(a) and is_known(b):
        return certain(low)
    return truth(low, _below(a.low, a.lows, b.high, b.highs))


def _below(a: Bound, of_a: Number, b: Bound, of_b: Number) -> Bound:
    settled = ranges.less(of_a, of_b)
    return cast(Bound, operator.lt(a, b)) if settled is None else settled


def equal(a: Numbers, b: Numbers) -> Truths:
    """Where a == b."""
    if is_known(a) and is_known(b):
        settled = ranges.equal(a.lows, b.lows)
        return certain(cast(Bound, operator.eq(a.low, b.low)) if settled is None else settled)
    apart = either(_below(a.high, a.highs, b.low, b.lows), _below(b.high, b.highs, a.low, a.lows))
    one = both(_equal(a.low, a.lows, b.high, b.highs), _equal(a.high, a.highs, b.low, b.lows))
    return truth(one, opposite(apart))


def _equal(a: Bound, of_a: Number, b: Bound, of_b: Number) -> Bound:
    settled = ranges.equal(of_a, of_b)
    return cast(Bound, operator.eq(a, b)) if settled is None else settled


# Choices


def option(name: str) -> Choices:
    """The option that it is in every row."""
    return Choices(FrozenMapping({name: True}), known=True)


def one_of(a: Choices, names: Iterable[str]) -> Truths:
    """Where it is one of some options."""
    names = set(names)
    high = any_of(can for name, can in a.can.items() if name in names)
    if a.known:
        return certain(high)
    return truth(opposite(any_of(can for name, can in a.can.items() if name not in names)), high)


def same(a: Choices, b: Choices) -> Truths:
    """Where two choices are the same."""
    names = [name for name in a.can if name in b.can]
    high = any_of(both(a.can[name], b.can[name]) for name in names)
    if a.known and b.known:
        return certain(high)
    return truth(any_of(both(one_of(a, [name]).low, one_of(b, [name]).low) for name in names), high)


# The first case that holds


def choose(cases: Iterable[tuple[Truths, Values]], otherwise: Values) -> Values:
    """In each row the value of the first case that certainly holds, with those of the cases before it that may."""
    for when, value in reversed(tuple(cases)):
        otherwise = _or_else(when, value, otherwise)
    return otherwise


def _or_else(when: Truths, value: Values, rest: Values) -> Values:
    if when.high is False:
        return rest
    if when.low is True:
        return value
    sure, may = when.low, when.high
    known = is_known(when) and is_known(value) and is_known(rest)
    if isinstance(value, Choices):
        after = cast(Choices, rest).can
        names = dict.fromkeys((*value.can, *after))
        can = {
            name: either(both(may, value.can.get(name, False)), both(opposite(sure), after.get(name, False)))
            for name in names
        }
        return Choices(FrozenMapping(can), known=known)
    if isinstance(value, Truths):
        other = cast(Truths, rest)
        high = either(both(may, value.high), both(opposite(sure), other.high))
        if known:
            return certain(high)
        fails = either(both(may, opposite(value.low)), both(opposite(sure), opposite(other.low)))
        return truth(opposite(fails), high)
    follows = cast(Numbers, rest)
    lows, highs = ranges.hull(value.lows, follows.lows), ranges.hull(value.highs, follows.highs)
    if known:
        low = pick(sure, value.low, follows.low)
        return _settled(low, low, lows, highs)
    low = pick(sure, value.low, pick(may, _lesser(value.low, follows.low), follows.low))
    high = pick(sure, value.high, pick(may, _greater(value.high, follows.high), follows.high))
    return _settled(low, high, lows, highs)


def _lesser(a: Bound, b: Bound) -> Bound:
    return _extreme(nw.min_horizontal, min, [a, b])


def _greater(a: Bound, b: Bound) -> Bound:
    return _extreme(nw.max_horizontal, max, [a, b])


def joined(cases: Mapping[Number, Truths]) -> Numbers:
    """In each row all the numbers whose case may hold, of which in every row one does."""
    cases = {number: when for number, when in cases.items() if when.high is not False}
    within = reduce(ranges.hull, cases)
    ends = [(when.high, constant(number)) for number, when in cases.items()]
    low: Bound = int(most(within))
    high: Bound = int(least(within))
    if all(is_known(when) for when in cases.values()) and not any(isinstance(each, ranges.Range) for each in cases):
        low = ends[-1][1].low
        for may, number in ends[-2::-1]:
            low = pick(may, number.low, low)
        return between(low, low, within)
    for may, number in ends:
        low = pick(may, _lesser(number.low, low), low)
        high = pick(may, _greater(number.high, high), high)
    return between(low, high, within)
