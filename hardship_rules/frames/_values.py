"""Numbers, conditions and options over the rows of a frame: each with its bounds in each row.

A value is known in every row where its two bounds are one.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property, reduce
from typing import cast

from attrs import frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.engine.row_causes import any_of, both, either, opposite
from hardship_rules.frames.bounds import Column, Number, Rows, is_one


@frozen(eq=False)
class Numbers:
    """A whole number in each row, from `low` to `high`."""

    low: Number
    high: Number


@frozen(eq=False)
class Truths:
    """A condition in each row: `low` where it certainly holds, `high` where it may."""

    low: Rows
    high: Rows


Options = Mapping[str, Rows]
"""The rows in which an option is possible, by option."""


@frozen(eq=False, slots=False)
class Choices:
    """An option in each row: in each case that is the first to hold, one of some options.

    It is `known` where it is one option in every row.
    """

    cases: tuple[tuple[Truths, Options], ...]
    known: bool

    @cached_property
    def can(self) -> Options:
        """The rows in which each option is possible."""
        reached: Rows = True
        possible: dict[str, Rows] = {}
        for when, options in self.cases:
            here = both(reached, when.high)
            for name, rows in options.items():
                possible[name] = either(possible.get(name, False), both(here, rows))
            reached = both(reached, opposite(when.low))
        return FrozenMapping(possible)


Values = Numbers | Truths | Choices
ALWAYS = Truths(low=True, high=True)


def is_known(value: Values) -> bool:
    """It is one number, truth or option in every row."""
    return value.known if isinstance(value, Choices) else is_one(value.low, value.high)


def certain(rows: Rows) -> Truths:
    """A condition that is known in every row."""
    return Truths(rows, rows)


def choices(can: Options, *, known: bool) -> Choices:
    """An option that is possible in some rows each."""
    return Choices(((ALWAYS, FrozenMapping(can)),), known)


def option(name: str | None) -> Choices:
    """The same option in every row, or none."""
    return choices({} if name is None else {name: True}, known=True)


def known_number(number: Number) -> Numbers:
    """A number that is known in every row."""
    return Numbers(number, number)


def columns_of(value: Values) -> list[Column]:
    """The columns that a value consists of."""
    bounds = value.can.values() if isinstance(value, Choices) else (value.low, value.high)
    return [bound for bound in bounds if isinstance(bound, Column)]


def negation(a: Truths) -> Truths:
    """Where a condition fails."""
    low = opposite(a.high)
    return certain(low) if is_known(a) else Truths(low, opposite(a.low))


def junction(parts: Iterable[Truths], *, settles: bool) -> Truths:
    """All of some conditions, settled by one that fails, or any of them, settled by one that holds."""
    join = either if settles else both
    parts = tuple(parts)
    low = reduce(join, (part.low for part in parts), cast(Rows, not settles))
    if all(is_known(part) for part in parts):
        return certain(low)
    return Truths(low, reduce(join, (part.high for part in parts), cast(Rows, not settles)))


def one_of(a: Choices, names: Iterable[str]) -> Truths:
    """Where it is one of some options."""
    names = set(names)
    high = any_of(rows for name, rows in a.can.items() if name in names)
    if a.known:
        return certain(high)
    return Truths(opposite(any_of(rows for name, rows in a.can.items() if name not in names)), high)


def same(a: Choices, b: Choices) -> Truths:
    """Where two choices are the same option."""
    names = [name for name in a.can if name in b.can]
    high = any_of(both(a.can[name], b.can[name]) for name in names)
    if a.known and b.known:
        return certain(high)
    return Truths(any_of(both(one_of(a, [name]).low, one_of(b, [name]).low) for name in names), high)
