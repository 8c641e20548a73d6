"""Truths and choices over the rows of a frame: each with the least and the most that it can be in each row.

A value is known in every row where its two bounds are one object.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import cast

from attrs import frozen

from hardship_rules.core import interval as ranges
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number
from hardship_rules.engine.row_causes import any_of, both, either, opposite
from hardship_rules.frames.bounds import Bound
from hardship_rules.frames.libraries import nw


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
