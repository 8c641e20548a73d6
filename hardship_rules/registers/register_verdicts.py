"""The households of a register are assessed: by frames, and one by one where these leave the category open."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

import polars as pl
from attrs import evolve, field, frozen

from hardship_rules.assessment.api import assess
from hardship_rules.assessment.assessment import Assessment
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.problems import FactError, Problem
from hardship_rules.engine.left_out import with_left_out
from hardship_rules.frames.frames import assess_frame
from hardship_rules.registers.raw_table import Cell
from hardship_rules.registers.register import Register
from hardship_rules.registers.register_part import KEY, Part

Progress = Callable[[int, int], None]
_EACH = 1000  # households after which progress is told


@frozen(eq=False)
class Verdicts:
    """What the sound households of a register come to.

    `frame` is what `assess_frame` gives, in the order of the register, with the rows of households in `row`; `single`
    are the assessments of those that were assessed one by one, by these rows, and `refused` what is wrong with others.
    """

    register: Register
    frame: pl.DataFrame = field(repr=False)
    single: FrozenMapping[int, Assessment] = field(repr=False)
    refused: FrozenMapping[int, tuple[Problem, ...]] = field(repr=False)
    members: FrozenMapping[int, tuple[int, ...]] = field(repr=False)  # the members' rows of these

    def place(self, row: int, path: Sequence[str | int]) -> Cell | None:
        """The cell of what stands at a path of a household assessed one by one; None where it has no column."""
        part, number, name = self.register.households, row, path[-1]
        if path[0] == "members" and len(path) == 3:
            part, number = self.register.members, self.members[row][int(path[1])]
        if name not in part.headers.columns:
            return None
        return part.place(number, str(name))


def verdicts(register: Register, on: date | str | None, *, every: bool = False, progress: Progress) -> Verdicts:
    """Assess the sound households of a register on a day; `every` one by one too, so that its reasons can be told.

    Raises what `assess_frame` raises.
    """
    policy, own = register.policy, register.households
    rows = register.sound(own).arg_true()
    households, members = register.frame(own), register.frame(register.members)
    found = assess_frame(with_left_out(policy, register.blanks), households, members, KEY, on)
    found = found.with_columns(rows.cast(pl.Int64).alias("row"))
    faulty = found["problem"].is_not_null()
    wanted = (
        pl.repeat(value=True, n=found.height, eager=True) if every else found[policy.category.name].is_null() | faulty
    )
    single: dict[int, Assessment] = {}
    refused: dict[int, tuple[Problem, ...]] = {}
    of_members: dict[int, tuple[int, ...]] = {}
    total = int(wanted.sum())
    for number, (row, given, places) in enumerate(_given(register, found.filter(wanted)["row"].to_list())):
        if number % _EACH == 0 and total > _EACH:
            progress(number, total)
        of_members[row] = places
        try:
            single[row] = assess(policy, given, on)
        except FactError as error:
            refused[row] = tuple(_placed(register, row, places, error))
    return Verdicts(register, found, FrozenMapping(single), FrozenMapping(refused), FrozenMapping(of_members))


def _given(register: Register, rows: list[int]) -> Iterator[tuple[int, dict[str, Any], tuple[int, ...]]]:
    """Households as `assess` takes them, each with its row and those of its members."""
    own, theirs = register.households, register.members
    keys = own.frame[KEY][rows]
    numbered = theirs.frame.select(KEY).with_row_index("number").filter(pl.col(KEY).is_in(keys.implode()))
    grouped = dict(numbered.group_by(KEY, maintain_order=True).agg("number").iter_rows())
    places = [tuple(grouped.get(key, ())) for key in keys]
    members = _facts(register, theirs, list(chain.from_iterable(places)))
    for row, given, where in zip(rows, _facts(register, own, rows), places, strict=True):
        yield row, {**given, "members": list(islice(members, len(where)))}, where


def _facts(register: Register, part: Part, rows: list[int]) -> Iterator[dict[str, Any]]:
    """The facts of some rows: those left out are not there, those that are known to be unknown are None."""
    omitted = (
        {name: series[rows].to_list() for name, series in part.blank.items()}
        if register.mapping.blank == "left out"
        else {}
    )
    for number, facts in enumerate(part.frame[rows].drop(KEY).iter_rows(named=True)):
        yield {name: value for name, value in facts.items() if not (name in omitted and omitted[name][number])}


def _placed(register: Register, row: int, members: tuple[int, ...], error: FactError) -> Iterator[Problem]:
    """The problems of one household at their cells."""
    for problem in error.problems:
        path = problem.at
        if path[:1] == ("members",) and len(path) > 1:
            place = register.members.place(members[int(path[1])], str(path[-1]) if len(path) > 2 else None)
        else:
            place = register.households.place(row, str(path[-1]) if path else None)
        key = register.households.frame[KEY][row]
        yield evolve(problem, location=place, at=(KEY, str(key)))
