"""A register's table as the frame that `assess_frame` takes, and its faulty rows, by a mapping of its columns."""

from collections.abc import Collection, Sequence
from itertools import zip_longest
from typing import Any

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import DateKind
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Problem
from hardship_rules.engine.defaults import any_value, left_out_column, stated_column, with_left_out
from hardship_rules.frames.given import (
    as_host_frame,
    checked_frame,
    column_names,
    empty_columns_as_text,
    to_polars,
    untyped_columns,
)
from hardship_rules.frames.libraries import nw
from hardship_rules.language.mapping import RegisterMapping
from hardship_rules.registers._cells import Cells, cells_of, key_cells
from hardship_rules.registers._headers import Headers, headers_of

KEY = "household"
"""The column of a household's key in the frames of a register."""


@frozen(eq=False)
class Mapped:
    """The columns of a table as expressions over it; nothing is computed before a frame is collected."""

    headers: Headers
    key: Cells = field(repr=False)
    identifier: Cells | None = field(repr=False)
    facts: FrozenMapping[str, Cells] = field(repr=False)

    def frame(self, table: nw.LazyFrame[Any], key: str, left_out: Collection[str] = ()) -> nw.LazyFrame[Any]:
        """The table with a column for each fact, and two for each of `left_out`, as `with_left_out` expects them."""
        table = with_steps(table, [self.key, *self.facts.values()])
        columns = [self.key.value.alias(key)]
        for name, cells in self.facts.items():
            if name in left_out:
                placeholder = nw.lit(any_value(self.headers.columns[name].fact))
                stated = nw.when(cells.blank).then(placeholder).otherwise(cells.value)
                columns += [stated.alias(stated_column(name)), cells.blank.alias(left_out_column(name))]
            else:
                columns.append(cells.value.alias(name))
        return table.select(*columns)

    def faults(self, table: nw.LazyFrame[Any], key: str) -> nw.LazyFrame[Any]:
        """The faulty rows: their key, and as `fault` the problem code and header of the first fault."""
        by_header = [(self.headers.key, self.key)]
        by_header += [] if self.identifier is None else [(str(self.headers.identifier), self.identifier)]
        by_header += [(self.headers.columns[name].name, cells) for name, cells in self.facts.items()]
        fault = nw.lit(None, dtype=nw.String())
        for header, cells in reversed(by_header):
            for code, rows in cells.faults.items():
                fault = nw.when(rows).then(nw.lit(f"{code} {header}")).otherwise(fault)
        staged = with_steps(table, [cells for _, cells in by_header])
        return staged.select(self.key.value.alias(key), fault.alias("fault")).filter(~nw.col("fault").is_null())


def with_steps(table: nw.LazyFrame[Any], cells: Sequence[Cells]) -> nw.LazyFrame[Any]:
    """The table with the intermediate columns of some of its columns."""
    for steps in zip_longest(*(column.steps for column in cells)):
        table = table.with_columns(*(step for step in steps if step is not None))
    return table


def mapped(table: nw.LazyFrame[Any], headers: Headers, in_ascii: Collection[str] = ()) -> Mapped:
    """The columns of a table as facts; `in_ascii` are those whose texts are all ASCII.

    Raises `FactError` with every column of a type that cannot hold its fact.
    """
    schema = dict(table.collect_schema())
    facts = {
        name: cells_of(column, schema[column.name], is_ascii=column.name in in_ascii)
        for name, column in headers.columns.items()
    }

    def key_of(header: str, *, required: bool) -> Cells | Problem:
        return key_cells(header, schema[header], required=required, is_ascii=header in in_ascii)

    key = key_of(headers.key, required=True)
    identifier = None if headers.identifier is None else key_of(headers.identifier, required=False)
    columns = [key, *([] if identifier is None else [identifier]), *facts.values()]
    problems = [column for column in columns if isinstance(column, Problem)]
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
    """A register's two frames as `assess_frame` takes them under `policy`, with the key `household`.

    `faults` are two frames of the faulty rows: the household's key and, as `fault`, the problem code and header of the
    first fault. Faulty cells are null in the frames, and so unknown: fix these households, or leave them out. `unused`
    are the headers of the columns that were not read.
    """

    policy: Policy
    households: Any = field(repr=False)
    members: Any = field(repr=False)
    faults: tuple[Any, Any] = field(repr=False)
    unused: tuple[tuple[str, ...], tuple[str, ...]]


def mapped_frames(mapping: RegisterMapping, households: Any, members: Any) -> MappedFrames:
    """A register's frames for `assess_frame`, by its mapping; of any kind that narwhals knows, and lazy if given so.

    Raises `FactError` with every column that is missing, or of a type that cannot hold its fact.
    """
    policy = mapping.policy
    left_out = [fact.name for fact in policy.stand_ins] if mapping.blank == "left out" else []
    frames, faults, unused, problems, with_column = [], [], [], list[Problem](), set[str]()
    for given, table in ((households, mapping.households), (members, mapping.members)):
        frame = checked_frame(given)
        headers = headers_of(policy, table, column_names(frame))
        days = {column.name for column in headers.columns.values() if isinstance(column.fact.kind, DateKind)}
        lazy = (
            nw.from_native(empty_columns_as_text(to_polars(frame, days)).lazy())
            if isinstance(frame, nw.DataFrame)
            else frame
        )
        if empty := untyped_columns(lazy):
            lazy = lazy.with_columns(nw.lit(None, dtype=nw.String()).alias(name) for name in empty)
        try:
            table_columns = None if headers.problems else mapped(lazy, headers)
        except FactError as error:
            problems += error.problems
            continue
        problems += headers.problems
        if table_columns is not None:
            with_column |= set(table_columns.facts)
            native = (table_columns.frame(lazy, KEY, left_out).to_native(), table_columns.faults(lazy, KEY).to_native())
            if isinstance(frame, nw.DataFrame):
                native = tuple(as_host_frame(frame, part.collect()) for part in native)
            frames.append(native[0])
            faults.append(native[1])
            unused.append(headers.unused)
    if problems:
        raise FactError(problems)
    policy = with_left_out(policy, [name for name in left_out if name in with_column])
    return MappedFrames(policy, frames[0], frames[1], (faults[0], faults[1]), (unused[0], unused[1]))
