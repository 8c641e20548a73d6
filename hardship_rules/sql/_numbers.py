"""Arithmetic and comparison of whole numbers over the rows of a database, each with the least and most that it is."""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Literal

from hardship_rules.core import interval as ranges
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number, span
from hardship_rules.core.interval import high as most
from hardship_rules.core.interval import low as least
from hardship_rules.sql import _text as sql_text
from hardship_rules.sql._text import ADD, DIVIDE, MULTIPLY, Sql
from hardship_rules.sql._values import OPEN, Bound, Numbers, Truth, certain, is_known, junction, negation


def constant(number: Number) -> Numbers:
    """The number or range that it is in every row."""
    low, high = int(least(number)), int(most(number))
    return Numbers(low, low if low == high else high, number)


def number_sql(bound: Bound) -> Sql:
    """A bound as a piece of SQL."""
    if isinstance(bound, Sql):
        return bound
    return Sql(str(bound)) if bound >= 0 else sql_text.negative(Sql(str(-bound)))


def between(low: Bound, high: Bound, lies_in: Number) -> Numbers:
    """A number from its bounds; one that can be one number only is that."""
    if not isinstance(lies_in, ranges.Range):
        return constant(lies_in)
    if low is not high and isinstance(low, int) and isinstance(high, int):
        return constant(span(low, high))
    return Numbers(low, high, lies_in)


def end_of(bound: Bound, lies_in: Number) -> Numbers:
    """One end of a number, as a number that is known."""
    return constant(bound) if isinstance(bound, int) else Numbers(bound, bound, lies_in)


def ends_of(given: Sql, ends: Numbers) -> tuple[Sql, Sql]:
    """The least and the most of a column, null where it may be anything between two ends."""
    low, high = (Sql(f"COALESCE({given}, {end})", is_column=True) for end in (ends.low, ends.high))
    return low, high


def _of(bound: Bound, lies_in: Number) -> Number:
    return bound if isinstance(bound, int) else lies_in


def _reckoned(sign: Literal["+", "*"], nothing: int, bounds: Sequence[Bound]) -> Bound:
    """A sum or product, what is the same in every row worked out."""
    fold: Callable[[int, int], int] = int.__add__ if sign == "+" else int.__mul__
    same = reduce(fold, (bound for bound in bounds if isinstance(bound, int)), nothing)
    pieces = [bound for bound in bounds if isinstance(bound, Sql)]
    if not pieces or (same == 0 and sign == "*"):
        return same
    if same == -1 and sign == "*":
        return sql_text.negative(sql_text.reckoned("*", pieces) if len(pieces) > 1 else pieces[0])
    if same != nothing:
        in_front = sign == "*" or (same > 0 and pieces[0].minus is not None)
        pieces = [number_sql(same), *pieces] if in_front else [*pieces, number_sql(same)]
    return sql_text.reckoned(sign, pieces) if len(pieces) > 1 else pieces[0]


def add(parts: Sequence[Numbers]) -> Numbers:
    """The sum."""
    low = _reckoned("+", 0, [part.low for part in parts])
    high = low if all(map(is_known, parts)) else _reckoned("+", 0, [part.high for part in parts])
    return between(low, high, reduce(ranges.add, (part.within for part in parts)))


def negate(a: Numbers) -> Numbers:
    """The opposite."""
    low = _reckoned("*", 1, [-1, a.high])
    return between(low, low if is_known(a) else _reckoned("*", 1, [-1, a.low]), ranges.negate(a.within))


def multiply(parts: Sequence[Numbers]) -> Numbers:
    """The product; where neither of two is known, the least and the most of those of their bounds."""
    lies_in = reduce(ranges.multiply, (part.within for part in parts))
    if all(map(is_known, parts)):
        low = _reckoned("*", 1, [part.low for part in parts])
        return between(low, low, lies_in)
    if all(least(part.within) >= 0 for part in parts):
        bounds = [[part.low for part in parts], [part.high for part in parts]]
        return between(_reckoned("*", 1, bounds[0]), _reckoned("*", 1, bounds[1]), lies_in)
    return reduce(_times, parts)


def _times(a: Numbers, b: Numbers) -> Numbers:
    lies_in = ranges.multiply(a.within, b.within)
    for known, other in ((a, b), (b, a)):
        if is_known(known) and (least(known.within) >= 0 or most(known.within) <= 0):
            ends = [other.low, other.high] if least(known.within) >= 0 else [other.high, other.low]
            low, high = (_reckoned("*", 1, [known.low, end]) for end in ends)
            return between(low, low if is_known(other) else high, lies_in)
    corners = [_reckoned("*", 1, [x, y]) for x in (a.low, a.high) for y in (b.low, b.high)]
    return between(_least(corners), _greatest(corners), lies_in)


def _least(bounds: Iterable[Bound]) -> Bound:
    return _one_of_several("LEAST", min, bounds)


def _greatest(bounds: Iterable[Bound]) -> Bound:
    return _one_of_several("GREATEST", max, bounds)


def _one_of_several(function: str, fold: Callable[..., int], bounds: Iterable[Bound]) -> Bound:
    bounds = tuple(bounds)
    pieces = dict.fromkeys(bound for bound in bounds if isinstance(bound, Sql))
    numbers = [bound for bound in bounds if isinstance(bound, int)]
    if not pieces:
        return fold(numbers)
    parts = [*([number_sql(fold(numbers))] if numbers else []), *pieces]
    return parts[0] if len(parts) == 1 else sql_text.called(function, parts)


def extreme(which: Literal["min", "max"], parts: Iterable[Numbers]) -> Numbers:
    """The least or the greatest of several; what cannot be it in any row is left out."""
    left = list(parts)
    fold = ranges.least if which == "min" else ranges.greatest
    lies_in = reduce(fold, (part.within for part in left))
    for part in tuple(left):
        others = [each for each in left if each is not part]
        if any(_beyond(which, part.within, other.within) for other in others):
            left = others
    taken = _least if which == "min" else _greatest
    low = taken(part.low for part in left)
    return between(low, low if all(map(is_known, left)) else taken(part.high for part in left), lies_in)


def _beyond(which: str, part: Number, other: Number) -> bool:
    """A number is never the extreme one beside another."""
    return least(part) >= most(other) if which == "min" else most(part) <= least(other)


def floor(a: Numbers, by: Numbers, divide: str) -> Numbers:
    """The floor of a over what is certainly positive; `divide` is how a database divides whole numbers."""
    lies_in = ranges.rounded(ranges.divide(a.within, by.within), 1, "floor")

    def floored(over: Bound, under: Bound) -> Bound:
        if isinstance(over, int) and isinstance(under, int):
            return over // under
        least_over = int(least(_of(over, a.within)))
        if least_over < 0 and isinstance(under, int):  # databases divide towards zero: what is divided is made positive
            times = -(least_over // under)
            raised = _reckoned("+", 0, [over, times * under])
            return _reckoned("+", 0, [_divided(raised, divide, under), -times])
        if least_over < 0:
            top, bottom = number_sql(over), number_sql(under).inside(MULTIPLY + 1)
            left = f"(({top.inside(MULTIPLY + 1)} % {bottom}) + {bottom}) % {bottom}"
            over = Sql(f"{top.inside(ADD)} - {left}", ADD)
        return _divided(over, divide, under)

    if is_known(by):
        low = floored(a.low, by.low)
        return between(low, low if is_known(a) else floored(a.high, by.low), lies_in)
    low = _least([floored(a.low, by.low), floored(a.low, by.high)])
    return between(low, _greatest([floored(a.high, by.low), floored(a.high, by.high)]), lies_in)


def _divided(over: Bound, divide: str, under: Bound) -> Sql:
    top, bottom = (number_sql(each).inside(MULTIPLY + 1) for each in (over, under))
    return Sql(f"{top} {divide} {bottom}", DIVIDE)


def compared(a: Numbers, sign: str, b: Numbers) -> Truth:
    """What is said of two numbers."""
    settled = _settled(a, sign, b)
    if settled is not None:
        return certain(settled)
    if is_known(a) and is_known(b):
        return Truth(sql_text.compared(number_sql(a.low), _SIGNS[sign], number_sql(b.low)), known=True)
    for one, other, way in ((a, b, sign), (b, a, _TURNED[sign])):
        if one.column is not None and isinstance(other.low, int) and is_known(other):
            return Truth(sql_text.compared(one.column, _SIGNS[way], number_sql(other.low)))
    low_a, high_a, low_b, high_b = (
        end_of(a.low, a.within),
        end_of(a.high, a.within),
        end_of(b.low, b.within),
        end_of(b.high, b.within),
    )
    match sign:
        case "<" | "<=":
            return _told(compared(high_a, sign, low_b), compared(low_a, _OPPOSITE[sign], high_b))
        case ">" | ">=":
            return _told(compared(low_a, sign, high_b), compared(high_a, _OPPOSITE[sign], low_b))
        case _:
            ends = compared(low_a, "==", high_b), compared(high_a, "==", low_b)
            apart = compared(high_a, "<", low_b), compared(low_a, ">", high_b)
            truth = _told(junction(ends, settles=False), junction(apart, settles=True))
            return negation(truth) if sign == "!=" else truth


_OPPOSITE = FrozenMapping({"<": ">=", "<=": ">", ">=": "<", ">": "<="})
_SIGNS = FrozenMapping({"<": "<", "<=": "<=", "==": "=", "!=": "<>", ">=": ">=", ">": ">"})
_TURNED = FrozenMapping({"<": ">", "<=": ">=", "==": "==", "!=": "!=", ">=": "<=", ">": "<"})


def _told(holds: Truth, fails: Truth) -> Truth:
    """True and false where these are known to hold, open elsewhere."""
    told = [(truth.holds, word) for truth, word in ((holds, "TRUE"), (fails, "FALSE")) if isinstance(truth.holds, Sql)]
    other = {"TRUE": "FALSE", "FALSE": "TRUE"}
    case = sql_text.case([(where, Sql(word)) for where, word in told], None)
    opposite = sql_text.case([(where, Sql(other[word])) for where, word in told], None)
    return Truth(Sql(case.text, case.binding, (opposite.text, opposite.binding))) if told else OPEN


def _settled(a: Numbers, sign: str, b: Numbers) -> bool | None:
    """What is said of them in every row, where that is the same."""
    if sign in ("==", "!="):
        low_a, high_b, high_a, low_b = (
            _of(each, one.within) for each, one in ((a.low, a), (b.high, b), (a.high, a), (b.low, b))
        )
        apart = ranges.less(high_a, low_b) is True or ranges.less(high_b, low_a) is True
        one = ranges.equal(low_a, high_b) is True and ranges.equal(high_a, low_b) is True
        return (sign == "!=") if apart else (sign == "==") if one else None
    if sign in (">", "<="):
        a, b = b, a
    truth = None
    if ranges.less(_of(a.high, a.within), _of(b.low, b.within)) is True:
        truth = True
    elif ranges.less(_of(a.low, a.within), _of(b.high, b.within)) is False:
        truth = False
    return truth if truth is None or sign in ("<", ">") else not truth
