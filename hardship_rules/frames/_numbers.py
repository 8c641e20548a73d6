"""Arithmetic with numbers of which each row knows the least and the most."""

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from typing import Literal, cast

from hardship_rules.core import interval as ranges
from hardship_rules.core.interval import Number
from hardship_rules.core.interval import high as most
from hardship_rules.core.interval import low as least
from hardship_rules.engine.row_causes import both, either, opposite
from hardship_rules.frames._values import Numbers, Truths, certain, is_known, truth
from hardship_rules.frames.bounds import Bound, floored, least_of, most_of, reckoned
from hardship_rules.frames.libraries import nw


def constant(number: Number) -> Numbers:
    """The number or range that it is in every row."""
    low, high = int(least(number)), int(most(number))
    return Numbers(low, low if low == high else high, low, high)


def between(low: Bound, high: Bound, within: Number) -> Numbers:
    """A number that is known in every row, both bounds being one, or whose bounds may be anything that it may be."""
    return numbers(low, high, within, within)


def numbers(low: Bound, high: Bound, lows: Number, highs: Number) -> Numbers:
    """A number from its bounds; one that is the same in every row is not left to be worked out there."""
    lows, highs = (within if isinstance(end, nw.Expr) else end for end, within in ((low, lows), (high, highs)))
    least_, most_ = (int(least(each)) if not isinstance(each, ranges.Range) else None for each in (lows, highs))
    if low is high:
        return Numbers(low, low, lows, lows) if least_ is None else constant(least_)
    if least_ is not None and least_ == most_:
        return constant(least_)
    return Numbers(low if least_ is None else least_, high if most_ is None else most_, lows, highs)


def add(a: Numbers, b: Numbers) -> Numbers:
    """The sum a + b."""
    low = reckoned(operator.add, a.low, b.low, 0)
    high = low if is_known(a) and is_known(b) else reckoned(operator.add, a.high, b.high, 0)
    return numbers(low, high, ranges.add(a.lows, b.lows), ranges.add(a.highs, b.highs))


def negate(a: Numbers) -> Numbers:
    """The opposite -a."""
    low = cast(Bound, operator.neg(a.high))
    high = low if is_known(a) else cast(Bound, operator.neg(a.low))
    return numbers(low, high, ranges.negate(a.highs), ranges.negate(a.lows))


def multiply(a: Numbers, b: Numbers) -> Numbers:
    """The product a * b; where neither is known, the least and the most of those of their bounds."""
    within = ranges.multiply(a.within, b.within)
    if is_known(a) and is_known(b):
        low = reckoned(operator.mul, a.low, b.low, 1)
        return between(low, low, within)
    corners = [reckoned(operator.mul, x, y, 1) for x, y in _corners(a, b)]
    if len(corners) == 2:
        return between(corners[0], corners[1], within)
    low, high = least_of(corners), most_of(corners)
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


def extreme(which: Literal["min", "max"], parts: Iterable[Numbers]) -> Numbers:
    """The least or the greatest of several; what cannot be it in any row is left out."""
    parts = list(parts)
    fold = ranges.least if which == "min" else ranges.greatest
    lows, highs = reduce(fold, (part.lows for part in parts)), reduce(fold, (part.highs for part in parts))
    beside = min(least(lows), least(highs)), max(most(lows), most(highs))
    of_rows: Callable[[Iterable[Bound]], Bound]
    if which == "min":
        parts = [part for part in parts if least(part.within) <= beside[1]]
        of_rows = least_of
    else:
        parts = [part for part in parts if most(part.within) >= beside[0]]
        of_rows = most_of
    known = all(is_known(part) for part in parts)
    low = of_rows(part.low for part in parts)
    return numbers(low, low if known else of_rows(part.high for part in parts), lows, highs)


def floor(a: Numbers, by: Numbers) -> Numbers:
    """The floor of a over what is certainly positive."""
    within = ranges.rounded(ranges.divide(a.within, by.within), 1, "floor")
    beyond = 1 + max(abs(int(end(number))) for number in (a.within, by.within) for end in (least, most))
    if is_known(by):
        low = floored(a.low, by.low, beyond)
        return between(low, low if is_known(a) else floored(a.high, by.low, beyond), within)
    low = least_of([floored(a.low, by.low, beyond), floored(a.low, by.high, beyond)])
    high = most_of([floored(a.high, by.low, beyond), floored(a.high, by.high, beyond)])
    return between(low, high, within)


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
