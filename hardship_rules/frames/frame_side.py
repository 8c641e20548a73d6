"""One of the two frames of a register, with the values of names on it and the columns still to be worked out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import narwhals as nw
from attrs import Factory, define, evolve

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.ranges import low as least_of
from hardship_rules.core.values import DateKind, NumberKind
from hardship_rules.engine.row_truths import any_of
from hardship_rules.frames.column_bounds import Bound, first_of
from hardship_rules.frames.column_values import Choices, Values, is_known
from hardship_rules.frames.frame_facts import FactColumn, Seen, range_of


@define(eq=False)
class Side:
    """A frame, the values of names on it, and columns that are still to be worked out, by their depth."""

    frame: nw.LazyFrame[Any]
    numbers: Iterator[int]
    values: dict[str, Values] = Factory(dict)
    held: dict[str, nw.Expr] = Factory(dict)  # what each fact is told from
    depths: dict[str, int] = Factory(dict)
    later: dict[int, list[nw.Expr]] = Factory(dict)
    made: dict[int, tuple[str, nw.Expr]] = Factory(dict)  # columns with their names, by their identity

    def column(self, bound: Bound, depth: int) -> Bound:
        """A bound as a column of its own; itself where it is one or is the same in every row."""
        if not isinstance(bound, nw.Expr) or id(bound) in self.made:
            return bound
        return self.known_column(self.name_of(bound, depth))

    def name_of(self, column: nw.Expr, depth: int) -> str:
        """The name of a column that is going to be worked out."""
        name = f"_{next(self.numbers)}"
        self.later.setdefault(depth, []).append(column.alias(name))
        return name

    def known_column(self, name: str) -> nw.Expr:
        """A column that the frame has or is going to have."""
        made = nw.col(name)
        self.made[id(made)] = name, made
        return made

    def columns_of(self, value: Values, depth: int) -> Values:
        """A value with columns for its bounds."""
        if isinstance(value, Choices):
            return Choices(
                FrozenMapping((name, self.column(can, depth)) for name, can in value.can.items()), value.known
            )
        low = self.column(value.low, depth)
        return evolve(value, low=low, high=low if is_known(value) else self.column(value.high, depth))

    def after(self, used: Iterable[str]) -> int:
        """How deep a column lies that is worked out from some names."""
        return 1 + max((self.depths.get(each, 0) for each in used), default=0)

    def put(self, name: str, value: Values, depth: int) -> None:
        """The value of a name, in columns of some depth."""
        self.depths[name] = depth
        self.values[name] = self.columns_of(value, depth)

    def work_out(self) -> None:
        """Put the columns that are still to come into the frame."""
        for depth in sorted(self.later):
            self.frame = self.frame.with_columns(*self.later[depth])
        self.later.clear()
        self.depths.clear()

    def take(self, facts: Mapping[str, FactColumn], seen: Mapping[str, Seen]) -> None:
        """Facts from their columns."""
        for name, fact in facts.items():
            look, number = seen[name], isinstance(fact.fact.kind, NumberKind | DateKind)
            held = fact.held(look)
            if look.filled or number:
                held = cast(nw.Expr, self.column(held, 0))
            self.held[name] = held
            if look.filled and number:
                held = cast(nw.Expr, self.column(held.fill_null(int(least_of(range_of(fact.fact)))), 1))
            value = fact.values(look, held)
            often = look.apart and isinstance(value, Choices)  # then every option is looked at, at least once
            self.values[name] = self.columns_of(value, 0) if often else value
            self.depths[name] = int(look.filled and number)

    def put_fault(
        self, called: str, facts: Mapping[str, FactColumn], seen: Mapping[str, Seen], *, numbered: bool
    ) -> tuple[str, ...]:
        """A column of the first fault of each row, or of its number among the faults that may be, which are told."""
        codes = {name: may_be for name, fact in facts.items() if (may_be := fact.codes(seen[name]))}
        faults = tuple(f"{code} {name}" for name, of_fact in codes.items() for code in of_fact)
        said = {fault: nw.lit(place if numbered else fault) for place, fault in enumerate(faults)}
        found: list[tuple[nw.Expr, Bound]] = []
        for name, of_fact in codes.items():
            *others, (last, _) = ((said[f"{code} {name}"], rows) for code, rows in of_fact.items())
            found.append((first_of(others, last), facts[name].faulty(seen[name], self.held[name])))
        first = first_of(found, nw.lit(None, dtype=nw.Int64() if numbered else nw.String()))
        self.later.setdefault(1, []).append(first.alias(called))
        self.work_out()
        return faults

    def odd(self, facts: Mapping[str, FactColumn], seen: Mapping[str, Seen]) -> Bound:
        """The rows that are to be worked out apart."""
        return any_of(fact.odd(seen[name], self.values[name]) for name, fact in facts.items())
