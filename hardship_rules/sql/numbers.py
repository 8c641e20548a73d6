"""Arithmetic and comparison of whole numbers over the rows of a database, on their bounds."""

from collections.abc import Callable, Sequence
from typing import Literal, cast

from hardship_rules.core.interval import rounded
from hardship_rules.engine.program import IntKind, Rounding
from hardship_rules.sql import trees
from hardship_rules.sql.trees import Bound, Tree
from hardship_rules.sql.values import (
    Numbers,
    Rows,
    Truth,
    all_of,
    any_of,
    between,
    certain,
    constant,
    negation,
    three_valued,
)

Operator = Literal["/", "//"]


def monotone(operation: Callable[..., Bound], parts: Sequence[Numbers], within: IntKind) -> Numbers:
    """An operation that rises with each of its arguments: of their low bounds, and of their high ones."""
    low = operation(*(part.low for part in parts))
    high = low if all(part.known for part in parts) else operation(*(part.high for part in parts))
    return between(low, high, within)


def times(a: Numbers, b: Numbers) -> Numbers:
    """The product of two numbers; if neither is known, the least and the greatest product of their bounds."""
    corners = [x * y for x in (a.within.low, a.within.high) for y in (b.within.low, b.within.high)]
    within = IntKind(min(corners), max(corners))
    for factor, other in ((a, b), (b, a)):
        if factor.known and (factor.within.low >= 0 or factor.within.high <= 0):
            first, second = (other.low, other.high) if factor.within.low >= 0 else (other.high, other.low)
            low = trees.multiply(factor.low, first)
            return between(low, low if other.known else trees.multiply(factor.low, second), within)
    products = [trees.multiply(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return between(trees.least(*products), trees.greatest(*products), within)


def extreme(which: Literal["min", "max"], parts: Sequence[Numbers], within: IntKind) -> Numbers:
    """The least or the greatest of some numbers; one that is never it is left out."""
    left = list(parts)
    for part in parts:
        others = [other for other in left if other is not part]
        if any(_is_never(which, part.within, other.within) for other in others):
            left = others
    return monotone(trees.least if which == "min" else trees.greatest, left, within)


def _is_never(which: str, part: IntKind, other: IntKind) -> bool:
    return part.low >= other.high if which == "min" else part.high <= other.low


# --- Division ----------------------------------------------------------------------------------------------------


def quotient(over: Numbers, by: Numbers, rounding: Rounding, operator: Operator, within: IntKind) -> Numbers:
    """The rounded quotient over a positive number; it rises with its numerator.

    A lower bound of the divisor that is not above zero is raised to one.
    """
    if by.within.low < 1:
        by = extreme("max", (by, constant(1)), IntKind(1, max(by.within.high, 1)))

    def end(above: Bound, below: Bound) -> Bound:
        lies_in = IntKind(above, above) if isinstance(above, int) else over.within
        return rounded_quotient(above, lies_in, below, rounding, operator)

    if by.known:
        return monotone(lambda above: end(above, by.low), (over,), within)
    if over.within.low >= 0:
        return between(end(over.low, by.high), end(over.high, by.low), within)
    low = trees.least(*(end(over.low, below) for below in (by.low, by.high)))
    return between(low, trees.greatest(*(end(over.high, below) for below in (by.low, by.high))), within)


def rounded_quotient(over: Bound, lies_in: IntKind, by: Bound, rounding: Rounding, operator: Operator) -> Bound:
    """A rounded quotient of bounds. Databases truncate a quotient, so what is added before depends on the sign.

    `lies_in` has the sign of the numerator, if that is the same in every row.
    """
    if isinstance(over, int) and isinstance(by, int):
        return cast(int, rounded(over, by, rounding)) // by
    times_two = 2 if rounding == "half_up" else 1
    one_less = trees.add(by, -1)
    if_positive: dict[Rounding, Bound] = {"floor": 0, "down": 0, "half_up": by, "up": one_less}
    if_negative: dict[Rounding, Bound] = {"floor": one_less, "down": 0, "half_up": by, "up": one_less}

    def truncated(added: Bound) -> Tree:
        above = trees.add(trees.multiply(times_two, over), added)
        return trees.divide(above, trees.multiply(times_two, by), operator)

    above_zero = truncated(if_positive[rounding])
    below_zero = truncated(trees.minus(if_negative[rounding]))
    if lies_in.low >= 0 or rounding == "down":
        return above_zero
    if lies_in.high < 0:
        return below_zero
    return trees.case([(trees.compare(over, "<", 0), below_zero)], above_zero)


# --- Comparison --------------------------------------------------------------------------------------------------


def less(a: Numbers, b: Numbers) -> Truth:
    """Whether one number is below another."""
    if a.known and b.known:
        return _below(a.low, a.within, b.low, b.within)
    if a.column is not None and isinstance(b.low, int) and b.known:
        return Truth(trees.compare(a.column, "<", b.low))
    if b.column is not None and isinstance(a.low, int) and a.known:
        return Truth(trees.compare(a.low, "<", b.column))
    holds = _below(a.high, a.within, b.low, b.within)
    return three_valued(holds, negation(_below(a.low, a.within, b.high, b.within)))


def equal(a: Numbers, b: Numbers) -> Truth:
    """Whether two numbers are the same."""
    if a.known and b.known:
        return _same(a.low, b.low)
    for one, other in ((a, b), (b, a)):
        if one.column is not None and isinstance(other.low, int) and other.known:
            return Truth(trees.compare(one.column, "=", other.low))
    apart = any_of(_below(a.high, a.within, b.low, b.within), _below(b.high, b.within, a.low, a.within))
    return three_valued(all_of(_same(a.low, b.high), _same(a.high, b.low)), apart)


def _below(a: Bound, within_a: IntKind, b: Bound, within_b: IntKind) -> Truth:
    """Whether one bound is below another; settled if it is so in every row."""
    low_a, high_a = (a, a) if isinstance(a, int) else (within_a.low, within_a.high)
    low_b, high_b = (b, b) if isinstance(b, int) else (within_b.low, within_b.high)
    if high_a < low_b or low_a >= high_b:
        return certain(high_a < low_b)
    return Truth(trees.compare(a, "<", b), known=True)


def _same(a: Bound, b: Bound) -> Truth:
    if isinstance(a, int) and isinstance(b, int):
        return certain(a == b)
    return Truth(trees.compare(a, "=", b), known=True)


# --- Cases -------------------------------------------------------------------------------------------------------


def either(when: Truth, then: Numbers, otherwise: Numbers, within: IntKind) -> Numbers:
    """One number where a condition holds, another where it fails; where it is open, from the lesser to the greater."""
    if when.known and then.known and otherwise.known:
        low = _picked(when, then.low, otherwise.low, then.low)
        return between(low, low, within)
    lesser = extreme("min", [_end(then.low, then.within), _end(otherwise.low, otherwise.within)], within).low
    greater = extreme("max", [_end(then.high, then.within), _end(otherwise.high, otherwise.within)], within).high
    low = _picked(when, then.low, otherwise.low, lesser)
    return between(low, _picked(when, then.high, otherwise.high, greater), within)


def _end(bound: Bound, within: IntKind) -> Numbers:
    """One bound of a number, as a number that is known."""
    return constant(bound) if isinstance(bound, int) else Numbers(bound, bound, within)


def _picked(when: Truth, then: Bound, otherwise: Bound, in_doubt: Bound) -> Bound:
    """One bound where a condition holds, another where it fails, a third where it is open."""
    if then == otherwise:
        return then
    if not isinstance(when.holds, Tree):
        return in_doubt
    held, failed = trees.number(then), trees.number(otherwise)
    if when.known or in_doubt == otherwise:
        chosen = trees.case([(when.holds, held)], failed)
    elif in_doubt == then:
        chosen = trees.case([(trees.is_not(when.holds, what=False), held)], failed)
    else:
        chosen = trees.case([(when.holds, held), (trees.not_(when.holds), failed)], trees.number(in_doubt))
    return trees.wide(chosen) if isinstance(then, int) and isinstance(otherwise, int) else chosen


def one_of_several(rows: Sequence[tuple[IntKind, Truth]], within: IntKind) -> Numbers:
    """From the least to the greatest number whose condition may hold; in every row one of the conditions does."""
    rows = [(number, when) for number, when in rows if when.holds is not False]
    if all(number.low == number.high and when.known for number, when in rows):
        low = _first([(number.low, when) for number, when in rows])
        return between(low, low, within)
    upwards = sorted(((number.low, when) for number, when in rows), key=lambda row: row[0])
    downwards = sorted(((number.high, when) for number, when in rows), key=lambda row: -row[0])
    return between(_first(upwards), _first(downwards), within)


def _first(rows: Sequence[tuple[int, Truth]]) -> Bound:
    """The number of the first row whose condition may hold, else of the last one."""
    whens: list[tuple[Tree, Tree]] = []
    for number, when in rows[:-1]:
        may = when.high
        if not isinstance(may, Rows):
            break
        whens.append((may.tree, trees.number(number)))
    last = rows[len(whens)][0]
    return trees.wide(trees.case(whens, trees.number(last))) if whens else last
