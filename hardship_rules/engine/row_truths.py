"""Truths of single rows, whatever works them out: the same in every row, or an expression of a host's own."""

from collections.abc import Iterable
from functools import reduce
from typing import Any, TypeVar, cast

Rows = Any  # a bool, or an expression that has &, | and ~
_Rows = TypeVar("_Rows")


def both(a: _Rows, b: _Rows) -> _Rows:
    """Where both hold."""
    if a is False or b is False:
        return cast(_Rows, False)  # noqa: FBT003  # in no row
    return b if a is True else a if b is True or a is b else cast(Rows, a) & b


def either(a: _Rows, b: _Rows) -> _Rows:
    """Where one of them holds."""
    if a is True or b is True:
        return cast(_Rows, True)  # noqa: FBT003  # in every row
    return b if a is False else a if b is False or a is b else cast(Rows, a) | b


def opposite(a: _Rows) -> _Rows:
    """Where it does not hold."""
    return cast(_Rows, not a if isinstance(a, bool) else ~cast(Rows, a))


def any_of(several: Iterable[_Rows]) -> _Rows:
    """Where one of several holds."""
    return reduce(either, several, cast(_Rows, False))  # noqa: FBT003  # where there are none
