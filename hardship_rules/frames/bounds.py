"""Bounds over the rows of a frame: columns, or numbers and booleans that are the same in every row.

A result that is the same in every row is computed here and never becomes a column. Columns are expressions of Narwhals,
or of Polars where a frame is in memory: both have the same methods.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from attrs import field, frozen

from hardship_rules.engine.row_causes import both, either, opposite
from hardship_rules.frames.libraries import nw, pl

Expr = Any
"""An expression of Narwhals or of Polars."""
_Column = TypeVar("_Column", nw.Expr, pl.Expr)


@frozen(eq=False)
class Column:
    """A column of whole numbers or of booleans.

    `depth` orders columns: each is computed from columns of less depth. A number lies from `low` to `high` in all rows.
    `ones` are the rows in which a number is 1, where it is 0 in all others. `name` is set of a column that a frame has.
    """

    expr: Expr = field(repr=False)
    depth: int = 0
    low: int = 0
    high: int = 1
    ones: "Column | None" = None
    name: str | None = None

    def __and__(self, other: "Column") -> "Column":
        return Column(self.expr & other.expr, max(self.depth, other.depth))

    def __or__(self, other: "Column") -> "Column":
        return Column(self.expr | other.expr, max(self.depth, other.depth))

    def __invert__(self) -> "Column":
        return Column(~self.expr, self.depth)


Number = Column | int
Rows = Column | bool
Bound = Column | int | bool


def library(expr: Expr) -> Any:
    """The library of an expression: Narwhals or Polars."""
    return pl if isinstance(expr, pl.Expr) else nw


def literal(bound: Bound, lib: Any) -> Expr:
    """A bound as an expression."""
    if isinstance(bound, Column):
        return bound.expr
    return lib.lit(bound) if isinstance(bound, bool) else lib.lit(bound, dtype=lib.Int64())


def ends(number: Number) -> tuple[int, int]:
    """The least and the greatest value of a number in any row."""
    return (number.low, number.high) if isinstance(number, Column) else (number, number)


def is_one(a: Bound, b: Bound) -> bool:
    """Whether two bounds are one column, or one constant."""
    return a is b or (not isinstance(a, Column) and not isinstance(b, Column) and a == b)


def _of(expr: Expr, low: int, high: int, *parts: Bound) -> Number:
    """A number computed from some parts; one that is the same in every row is no column."""
    depth = max(part.depth for part in parts if isinstance(part, Column))
    return low if low == high else Column(expr, depth, low, high)


def _rows(expr: Expr, *parts: Bound) -> Column:
    return Column(expr, max(part.depth for part in parts if isinstance(part, Column)))


def _plain(bound: Bound) -> Any:
    return bound.expr if isinstance(bound, Column) else bound


# Arithmetic


def added(a: Number, b: Number) -> Number:
    """The sum a + b."""
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    if not isinstance(a, Column) and not isinstance(b, Column):
        return a + b
    if is_one(a, 0) or is_one(b, 0):
        return b if is_one(a, 0) else a
    return _of(_plain(a) + _plain(b), a_low + b_low, a_high + b_high, a, b)


def multiplied(a: Number, b: Number) -> Number:
    """The product a * b."""
    if not isinstance(a, Column) and not isinstance(b, Column):
        return a * b
    if is_one(a, 1) or is_one(b, 1):
        return b if is_one(a, 1) else a
    corners = [x * y for x in ends(a) for y in ends(b)]
    return _of(_plain(a) * _plain(b), min(corners), max(corners), a, b)


def negative(a: Number) -> Number:
    """The opposite -a."""
    return Column(-a.expr, a.depth, -a.high, -a.low) if isinstance(a, Column) else -a


def floored(a: Number, by: Number) -> Number:
    """The floor of a over a positive number.

    Engines divide whole numbers as floats. Below 2^51 the float nearest to a quotient lies on the same side of each
    whole number as the quotient: that is further away than rounding moves it. Above, what is left over after the
    remainder is a multiple; what its quotient as a float is off by is a small whole number, computed in the same way.
    """
    if not isinstance(a, Column) and not isinstance(by, Column):
        return a // by
    expr = a.expr if isinstance(a, Column) else literal(a, library(cast(Column, by).expr))
    under = by.expr if isinstance(by, Column) else _in_each_row(by, expr)
    integer = library(expr).Int64()
    divisors = [max(end, 1) for end in ends(by)]
    corners = [x // y for x in ends(a) for y in divisors]
    if max(abs(end) for number in (a, by) for end in ends(number)) < 2**51 - 1:
        whole = (expr / under).floor().cast(integer)
    else:
        multiple = expr - expr % under
        nearly = (multiple / under).round(0).cast(integer)
        whole = nearly + ((multiple - nearly * under) / under).round(0).cast(integer)
    return _of(whole, min(corners), max(corners), a, by)


def least_of(numbers: Iterable[Number]) -> Number:
    """The least of several numbers; one that cannot be it in any row is left out."""
    numbers = list(numbers)
    highest = min(ends(number)[1] for number in numbers)
    kept = [number for number in numbers if ends(number)[0] <= highest]
    return _extreme("min_horizontal", min, kept)


def most_of(numbers: Iterable[Number]) -> Number:
    """The greatest of several numbers; one that cannot be it in any row is left out."""
    numbers = list(numbers)
    lowest = max(ends(number)[0] for number in numbers)
    kept = [number for number in numbers if ends(number)[1] >= lowest]
    return _extreme("max_horizontal", max, kept)


def _extreme(of_rows: str, of_constants: Callable[..., int], numbers: list[Number]) -> Number:
    columns = list({id(number): number for number in numbers if isinstance(number, Column)}.values())
    constants = [number for number in numbers if not isinstance(number, Column)]
    if not columns:
        return of_constants(constants)
    if len(columns) == 1 and not constants:
        return columns[0]
    lib = library(columns[0].expr)
    parts = [*(column.expr for column in columns), *([literal(of_constants(constants), lib)] if constants else [])]
    low, high = (of_constants(ends(number)[end] for number in numbers) for end in (0, 1))
    return _of(getattr(lib, of_rows)(*parts), low, high, *columns)


# Comparisons


def below(a: Number, b: Number) -> Rows:
    """The rows in which a < b."""
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    if a_high < b_low or a_low >= b_high or a is b:
        return a is not b and a_high < b_low
    return _rows(_plain(a) < _plain(b) if isinstance(a, Column) else _plain(b) > a, a, b)


def equal(a: Number, b: Number) -> Rows:
    """The rows in which a == b."""
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    if a_high < b_low or b_high < a_low or is_one(a, b):
        return is_one(a, b)
    return _rows(_plain(a) == _plain(b) if isinstance(a, Column) else _plain(b) == a, a, b)


# Choices


def pick_rows(where: Rows, then: Rows, otherwise: Rows) -> Rows:
    """One condition in some rows, another in all others."""
    if isinstance(where, bool):
        return then if where else otherwise
    return then if is_one(then, otherwise) else either(both(where, then), both(opposite(where), otherwise))


def pick(where: Rows, then: Number, otherwise: Number) -> Number:
    """One number in some rows, another in all others."""
    if isinstance(where, bool):
        return then if where else otherwise
    if is_one(then, otherwise):
        return then
    low, high = min(ends(then)[0], ends(otherwise)[0]), max(ends(then)[1], ends(otherwise)[1])
    lib = library(where.expr)
    if is_one(then, 1) and is_one(otherwise, 0):
        return Column(where.expr.cast(lib.Int64()), where.depth, 0, 1, where)
    expr = lib.when(where.expr).then(literal(then, lib)).otherwise(literal(otherwise, lib))
    return _of(expr, low, high, where, then, otherwise)


def first_of(cases: Iterable[tuple[Expr, Rows]], otherwise: Expr) -> Expr:
    """In each row the expression of the first case that holds."""
    lib = library(otherwise)
    for expr, rows in reversed(list(cases)):
        if rows is not False:
            otherwise = lib.when(literal(rows, lib)).then(expr).otherwise(otherwise)
    return otherwise


def quotient(number: _Column, by: int) -> _Column:
    """The float nearest to a number over a constant."""
    return number / _in_each_row(by, number)


def _in_each_row(by: int, number: _Column) -> _Column:
    """A divisor given to each row: some engines multiply by the reciprocal of a constant, which is not the nearest."""
    return number * 0 + by
