"""A register's table becomes the frame that `assess_frame` takes: the facts' columns, and the rows that have faults."""

from collections.abc import Collection, Sequence
from itertools import zip_longest
from typing import Any

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import DateKind
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Problem
from hardship_rules.engine.tables import anything, left_out_column, stated_column, with_left_out
from hardship_rules.frames.given import (
    as_given,
    blanks_as_texts,
    column_names,
    frame_of,
    in_polars,
    nothing_in,
)
from hardship_rules.frames.libraries import nw
from hardship_rules.language.mapping import RegisterMapping
from hardship_rules.registers._cells import Cells, cells_of, key_cells
from hardship_rules.registers.headers import Headers, headers_of


@frozen(eq=False)
class Mapped:
    """The columns of a table, as expressions over it, so that nothing is worked out before it is asked for."""

    headers: Headers
    key: Cells = field(repr=False)
    identifier: Cells | None = field(repr=False)
    facts: FrozenMapping[str, Cells] = field(repr=False)

    def frame(self, table: nw.LazyFrame[Any], key: str, left_out: Collection[str] = ()) -> nw.LazyFrame[Any]:
        """The table with a column for each fact; of some facts with two, as `with_left_out` has them."""
        table = with_steps(table, [self.key, *self.facts.values()])
        columns = [self.key.value.alias(key)]
        for name, cells in self.facts.items():
            if name in left_out:
                instead = nw.lit(anything(self.headers.columns[name].fact))
                stated = nw.when(cells.blank).then(instead).otherwise(cells.value)
                columns += [stated.alias(stated_column(name)), cells.blank.alias(left_out_column(name))]
            else:
                columns.append(cells.value.alias(name))
        return table.select(*columns)

    def faults(self, table: nw.LazyFrame[Any], key: str) -> nw.LazyFrame[Any]:
        """The rows with something wrong: their key, and the code and header of the first thing, as `fault`."""
        named = [(self.headers.key, self.key)]
        named += [] if self.identifier is None else [(str(self.headers.identifier), self.identifier)]
        named += [(self.headers.columns[name].name, cells) for name, cells in self.facts.items()]
        fault = nw.lit(None, dtype=nw.String())
        for header, cells in reversed(named):
            for code, rows in cells.faults.items():
                fault = nw.when(rows).then(nw.lit(f"{code} {header}")).otherwise(fault)
        staged = with_steps(table, [cells for _, cells in named])
        return staged.select(self.key.value.alias(key), fault.alias("fault")).filter(~nw.col("fault").is_null())


def with_steps(table: nw.LazyFrame[Any], cells: Sequence[Cells]) -> nw.LazyFrame[Any]:
    """The table with the columns by which values and faults of some of its cells are worked out."""
    for steps in zip_longest(*(each.steps for each in cells)):
        table = table.with_columns(*(step for step in steps if step is not None))
    return table


def mapped(table: nw.LazyFrame[Any], headers: Headers, plain: Collection[str] = ()) -> Mapped:
    """The facts of a table; `plain` are the columns all of whose texts are known to be ASCII.

    Raises `FactError` with every column of a type that cannot hold its fact.
    """
    schema = dict(table.collect_schema())
    facts = {
        name: cells_of(column, schema[column.name], plain=column.name in plain)
        for name, column in headers.columns.items()
    }

    def key_in(header: str, *, needed: bool) -> Cells | Problem:
        return key_cells(header, schema[header], needed=needed, plain=header in plain)

    key = key_in(headers.key, needed=True)
    identifier = None if headers.identifier is None else key_in(headers.identifier, needed=False)
    every = [key, *([] if identifier is None else [identifier]), *facts.values()]
    problems = [each for each in every if isinstance(each, Problem)]
    if problems or isinstance(key, Problem) or isinstance(identifier, Problem):
        raise FactError(problems)
    return Mapped(
        headers,
        key,
        identifier,
        FrozenMapping((name, cells) for name, cells in facts.items() if not isinstance(cells, Problem)),
    )


@frozen(eq=False)
class MappedFrames:
    """A register's two frames as `assess_frame` takes them under `policy`, with `household` as their key.

    `faults` are two frames of the rows with something wrong: the household's key and, as `fault`, the code and header
    of the first thing. What is wrong there is null in the frames, and so unknown: whoever assesses them leaves these
    households out, or mends them.
    """

    policy: Policy
    households: Any = field(repr=False)
    members: Any = field(repr=False)
    faults: tuple[Any, Any] = field(repr=False)
    unused: tuple[tuple[str, ...], tuple[str, ...]]


def mapped_frames(mapping: RegisterMapping, households: Any, members: Any) -> MappedFrames:
    """A register's frames, of any kind that narwhals knows, by its mapping; nothing of lazy ones is worked out.

    Raises `FactError` with every column that is missing, or of a type that cannot hold its fact.
    """
    policy = mapping.policy
    left_out = [fact.name for fact in policy.stand_ins] if mapping.blank == "left out" else []
    frames, faults, unused, problems, there = [], [], [], list[Problem](), set[str]()
    for given, table in ((households, mapping.households), (members, mapping.members)):
        own = frame_of(given)
        headers = headers_of(policy, table, column_names(own))
        columns = headers.columns.values()
        days = {column.name for column in columns if isinstance(column.fact.kind, DateKind)}
        lazy = nw.from_native(blanks_as_texts(in_polars(own, days)).lazy()) if isinstance(own, nw.DataFrame) else own
        if blank_ := nothing_in(lazy):
            lazy = lazy.with_columns(nw.lit(None, dtype=nw.String()).alias(name) for name in blank_)
        try:
            made = None if headers.problems else mapped(lazy, headers)
        except FactError as error:
            problems += error.problems
            continue
        problems += headers.problems
        if made is not None:
            there |= set(made.facts)
            both = (made.frame(lazy, "household", left_out).to_native(), made.faults(lazy, "household").to_native())
            frame, faulty = (as_given(own, each.collect()) for each in both) if isinstance(own, nw.DataFrame) else both
            frames.append(frame)
            faults.append(faulty)
            unused.append(headers.unused)
    if problems:
        raise FactError(problems)
    blank = [name for name in left_out if name in there]
    policy = with_left_out(policy, blank)
    return MappedFrames(policy, frames[0], frames[1], (faults[0], faults[1]), (unused[0], unused[1]))
