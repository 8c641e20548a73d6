"""Runs of a program whose values come from compiled functions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from hardship_rules.core.interval import Range
from hardship_rules.core.kinds import Value
from hardship_rules.engine._builder import Builder
from hardship_rules.engine.compile import OPEN, TRUE
from hardship_rules.engine.interval import Run, choice_value
from hardship_rules.engine.program import BoolKind, IntKind, Kind, Program, Step
from hardship_rules.engine.rows import TRUTHS, Place, Rows

ValuePlace = tuple[int, Kind, bool]
"""The place of the bounds of a step among those of others, its kind, and whether there is a list of all members."""


class Options:
    """The options of a policy by their bits."""

    def __init__(self, masks: Mapping[str, int]) -> None:
        self._masks = masks
        self._by_bit = {bit: option for option, bit in masks.items()}

    def of(self, mask: int) -> str | frozenset[str]:
        """The option of a bit, or the set of options of a mask."""
        option = self._by_bit.get(mask)
        return (
            choice_value(frozenset(name for name, bit in self._masks.items() if bit & mask))
            if option is None
            else option
        )


class Values:
    """The bounds of some steps, as a compiled function gave them for one household."""

    def __init__(self, places: Mapping[int, ValuePlace], bounds: Sequence[Any], options: Options) -> None:
        self.places = places
        self._bounds = bounds
        self._options = options

    def value(self, place: ValuePlace, member: int | None) -> Value:
        """The value of a step of the household, or of one member."""
        at, kind, of_members = place
        if type(kind) is BoolKind and not of_members:  # by far the most frequent
            return TRUTHS[self._bounds[at]]
        if not of_members:
            return decoded(kind, self._bounds, at, self._options)
        ends = self._bounds[at : at + (2 if isinstance(kind, IntKind) else 1)]
        return decoded(kind, [end[cast(int, member)] for end in ends], 0, self._options)

    def settled(self, place: ValuePlace, member: int | None) -> bool | None:
        """None for a step that is not known; else whether it is a condition that holds."""
        at, kind, of_members = place
        bounds = self._bounds
        first = bounds[at][cast(int, member)] if of_members else bounds[at]
        if type(kind) is BoolKind:
            return None if first == OPEN else bool(first == TRUE)
        if type(kind) is IntKind:
            last = bounds[at + 1][cast(int, member)] if of_members else bounds[at + 1]
            return False if first == last else None
        return None if first & (first - 1) else False


def decoded(kind: Kind, bounds: Sequence[Any], at: int, options: Options) -> Value:
    """The value of bounds from a place on."""
    first = bounds[at]
    if type(kind) is BoolKind:
        return TRUTHS[first]
    if type(kind) is IntKind:
        return cast(Value, first) if first == bounds[at + 1] else Range(first, bounds[at + 1])
    return options.of(first)


class RowInputs(NamedTuple):
    """The inputs of a program in rows."""

    own: Mapping[str, Place]
    of_members: Mapping[str, Place]
    rows: Rows
    options: Options

    def value(self, step: Step, member: int | None) -> Value:
        """The value of an input of the household, or of one member."""
        places, row = self.own, self.rows.own
        if member is not None:
            places, row = self.of_members, self.rows.members[member]
        return decoded(step.kind, row, places[cast(str, step.data)].start, self.options)


class CompiledRun(Run):
    """The steps of the open program for rows; those of names and clauses come from compiled functions.

    `known` are values at hand. `others` computes the values of all names and clauses when another one is asked for.
    """

    def __init__(self, program: Builder, inputs: RowInputs, known: Values | None, others: Callable[[], Values]) -> None:
        super().__init__(program, {}, [{}] * len(inputs.rows.members))
        self._inputs = inputs
        self._known = known
        self._known_places: Mapping[int, ValuePlace] = {} if known is None else known.places
        self._compute_others = others
        self._others: Values | None = None

    def value(self, step: int, member: int | None = None) -> Value:
        """The value of a step: of the household, or of one member."""
        place = self._known_places.get(step)
        if place is not None and self._known is not None:
            return self._known.value(place, member)
        if self._others is None:
            self._others = self._compute_others()
        place = self._others.places.get(step)
        return super().value(step, member) if place is None else self._others.value(place, member)

    def _compute(self, step: Step, number: int, member: int | None) -> Value:
        return self._inputs.value(step, member) if step.op == "input" else super()._compute(step, number, member)


class FoldedRun(Run):
    """The steps of a folded program that all come from one compiled function."""

    def __init__(self, program: Program, members: int, values: Values, order: Mapping[str, int]) -> None:
        super().__init__(program, {}, [{}] * members)
        self._values = values
        self.order_of_inputs = order

    def value(self, step: int, member: int | None = None) -> Value:
        """The value of a step: of the household, or of one member."""
        return self._values.value(self._values.places[step], member)

    def settled(self, step: int, member: int | None = None) -> bool | None:
        """None for a step that is not known; else whether it is a condition that holds."""
        return self._values.settled(self._values.places[step], member)
