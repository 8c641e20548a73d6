"""Truths of single rows, whatever works them out: the same in every row, or an expression of a host's own."""

from collections.abc import Iterable
from functools import reduce
from typing import Any

Rows = Any  # a bool, or an expression that has &, | and ~


def both(a: Rows, b: Rows) -> Rows:
    """Where both hold."""
    if a is False or b is False:
        return False
    return b if a is True else a if b is True or a is b else a & b


def either(a: Rows, b: Rows) -> Rows:
    """Where one of them holds."""
    if a is True or b is True:
        return True
    return b if a is False else a if b is False or a is b else a | b


def opposite(a: Rows) -> Rows:
    """Where it does not hold."""
    return not a if isinstance(a, bool) else ~a


def any_of(several: Iterable[Rows]) -> Rows:
    """Where one of several holds."""
    return reduce(either, several, False)  # noqa: FBT003  # where there are none
