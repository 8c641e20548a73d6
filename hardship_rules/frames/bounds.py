"""Bounds over the rows of a frame: columns, or numbers and truths that are the same in every row.

What is the same in every row is worked out here, and what it settles is never built.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from hardship_rules.engine.row_causes import both, either, opposite
from hardship_rules.frames.libraries import nw, pl

Bound = nw.Expr | int | bool
_Column = TypeVar("_Column", nw.Expr, pl.Expr)


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


def reckoned(symbol: Callable[[Any, Any], Any], a: Bound, b: Bound, nothing: int) -> Bound:
    """Two numbers by + or *, of which `nothing` changes nothing."""
    if a is b is nothing:
        return nothing
    if not isinstance(a, nw.Expr) and a == nothing:
        return b
    if not isinstance(b, nw.Expr) and b == nothing:
        return a
    return cast(Bound, symbol(a, b))


def least_of(bounds: Iterable[Bound]) -> Bound:
    """The least of several numbers."""
    return _extreme(nw.min_horizontal, min, tuple(bounds))


def most_of(bounds: Iterable[Bound]) -> Bound:
    """The greatest of several numbers."""
    return _extreme(nw.max_horizontal, max, tuple(bounds))


def _extreme(of_rows: Callable[..., nw.Expr], of_constants: Callable[..., int], bounds: tuple[Bound, ...]) -> Bound:
    columns = {id(each): each for each in bounds if isinstance(each, nw.Expr)}
    numbers = [each for each in bounds if not isinstance(each, nw.Expr)]
    if not columns:
        return of_constants(numbers)
    parts = [*columns.values(), *([literal(of_constants(numbers))] if numbers else [])]
    return parts[0] if len(parts) == 1 else of_rows(*parts)


def floored(a: Bound, by: Bound, most: int) -> Bound:
    """The floor of a quotient; `most` is more than a and more than what it is divided by, whatever their signs.

    Engines divide whole numbers as floats. Below 2^51 the float nearest to a quotient lies on the same side of each
    whole number as the quotient: that is further away than rounding moves it. Above, what is left over after the
    remainder is a multiple; what its quotient as a float is off by is a small whole number, worked out in the same way.
    """
    if not isinstance(a, nw.Expr) and not isinstance(by, nw.Expr):
        return a // by
    over, under = literal(a), by if isinstance(by, nw.Expr) else _in_each_row(by, cast(nw.Expr, a))
    if most < 2**51:
        return (over / under).floor().cast(nw.Int64())
    multiple = over - over % under
    nearly = (multiple / under).round(0).cast(nw.Int64())
    return nearly + ((multiple - nearly * under) / under).round(0).cast(nw.Int64())


def first_of(said: Iterable[tuple[nw.Expr, Bound]], otherwise: nw.Expr) -> nw.Expr:
    """What is said of each row: the first of which its rows hold."""
    for what, rows in reversed(list(said)):
        if rows is not False:
            otherwise = nw.when(literal(rows)).then(what).otherwise(otherwise)
    return otherwise


def quotient(number: _Column, by: int) -> _Column:
    """The float nearest to a number over a constant."""
    return number / _in_each_row(by, number)


def _in_each_row(by: int, number: _Column) -> _Column:
    """A divisor given to each row: some engines multiply by the reciprocal of a constant, which is not the nearest."""
    return number * 0 + by
