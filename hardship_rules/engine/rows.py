"""The facts of a household as rows of bounds: one row of its own, and one of each member.

A row has, for each fact in its place, the least and greatest of a number, the two bits of a condition, or the mask of
the options that a choice can be. None is in the place of a fact that was left out and has a default.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, cast

from attrs import frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Number, Range, Truth, high, low
from hardship_rules.core.kinds import Value
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.compile import FALSE, OPEN, TRUE
from hardship_rules.engine.interval import choice_value

TRUTHS: dict[int, Truth] = {TRUE: True, FALSE: False, OPEN: None}
"""The truth of the two bits of a condition."""


@frozen
class Place:
    """Where the bounds of a fact are in a row; numbers are multiplied by `scale`."""

    name: str
    start: int
    width: int
    scale: int
    unknown: tuple[int, ...]
    options: FrozenMapping[str, int]  # of a choice: the bit of each
    is_condition: bool

    def bounds(self, value: Value) -> tuple[Any, ...]:
        """The bounds of a value in the policy's units."""
        if self.width == 2:
            number = cast(Number, value)
            return _whole(low(number) * self.scale), _whole(high(number) * self.scale)
        if self.is_condition:
            return (OPEN if value is None else TRUE if value else FALSE,)
        if isinstance(value, str):
            return (self.options[value],)
        return (sum(self.options[option] for option in cast(frozenset[str], value)),)

    def put(self, row: list[Any], value: Value) -> None:
        """Put a value in the policy's units into a row."""
        row[self.start : self.start + self.width] = self.bounds(value)

    def value(self, row: Sequence[Any]) -> Value:
        """The value of the fact in a row, in the policy's units."""
        first = row[self.start]
        if self.width == 2:
            last = row[self.start + 1]
            if first == last:
                return cast(Exact, first) if self.scale == 1 else _divided(first, self.scale)
            return Range(_divided(first, self.scale), _divided(last, self.scale))
        if self.is_condition:
            return TRUTHS[first]
        return choice_value(frozenset(option for option, bit in self.options.items() if bit & first))

    def is_known(self, row: Sequence[Any]) -> bool:
        """Whether the fact has one value in a row."""
        first = row[self.start]
        if self.width == 2:
            return cast(bool, first == row[self.start + 1])
        return first != OPEN if self.is_condition else not first & (first - 1)


def _whole(number: Exact) -> Exact:
    return number.numerator if number.denominator == 1 else number


def _divided(number: Exact, by: int) -> Exact:
    return number // by if number % by == 0 else Fraction(number) / by


class Rows(NamedTuple):
    """The facts of one household as bounds: its own row, and one of each member; lists where they can be changed."""

    own: Any
    members: Any

    def copy(self) -> "Rows":
        """Rows that can be changed."""
        return Rows([*self.own], [[*member] for member in self.members])

    def changed(self, path: KeyPath) -> "Rows":
        """Rows in which the row of one fact can be changed; the others are shared."""
        if len(path) == 1:
            return Rows([*self.own], self.members)
        members = [*self.members]
        number = cast(int, path[1])
        members[number] = [*members[number]]
        return Rows(self.own, members)

    def row(self, path: KeyPath) -> list[Any]:
        """The row of the fact at a path."""
        return cast(list[Any], self.own if len(path) == 1 else self.members[cast(int, path[1])])


class RowFacts(Mapping[str, Value]):
    """The facts of a row by name, in the policy's units."""

    def __init__(self, places: Mapping[str, Place], row: Sequence[Any]) -> None:
        self.places = places
        self.row = row

    def __getitem__(self, name: str) -> Value:
        return self.places[name].value(self.row)

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)
