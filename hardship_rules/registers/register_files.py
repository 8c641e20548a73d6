"""The files of a register become its two tables: a workbook with two sheets, or two files of csv or parquet."""

import re
from collections.abc import Sequence
from pathlib import Path

from attrs import field, frozen

from hardship_rules.core.problems import FactError, Location, Problem, nearest
from hardship_rules.language.mapping import RegisterMapping, Table
from hardship_rules.registers.headers import recogniser
from hardship_rules.registers.raw_table import Cell, Grid, RawTable, below_headers, without_totals
from hardship_rules.registers.text_file import read_csv, read_parquet
from hardship_rules.registers.workbook import Workbook, open_workbook, read_sheet

SHEETS = {False: ("家庭", "households"), True: ("成员", "家庭成员", "members")}
"""The sheets of households, and of members, where no mapping names them."""

_NUMBER = re.compile(r"[-+0-9.,%\s]+|.*[0-9]{4}-[0-9]{2}-[0-9]{2}.*")  # no header
_ENOUGH = 2  # headers that are known make a row of headers
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")


@frozen(eq=False)
class Tables:
    """A register's two tables, and of each csv the encoding that it was found to be in."""

    households: RawTable
    members: RawTable
    encodings: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def tables_of(files: Sequence[str], mapping: RegisterMapping, *, guess: bool = False) -> Tables:
    """The tables of a register; raises `FactError` with every reason why they cannot be read.

    With `guess` their headers need not be known: where hardly any is, they are the first row of texts in most of the
    columns, and where no sheets are called as they should be, the first two are taken.
    """
    paths = list(map(Path, files))
    if len(paths) == 1 and paths[0].suffix.lower() in _WORKBOOKS:
        workbook = open_workbook(paths[0])
        if isinstance(workbook, Problem):
            raise FactError([workbook])
        found = [_sheet(workbook, table, guess=guess) for table in (mapping.households, mapping.members)]
        workbook.book.close()
        return _both(found, ())
    kinds = {path.suffix.lower() for path in paths}
    if len(paths) != 2 or not kinds <= {".csv", ".txt", ".parquet"}:
        at = Location(files[0], 1, 1)
        raise FactError([Problem("register_files", location=at, given="、".join(files))])
    encodings: list[tuple[str, str]] = []
    tables = (mapping.households, mapping.members)
    found = [_file(path, table, encodings, guess=guess) for path, table in zip(paths, tables, strict=True)]
    return _both(found, tuple(encodings))


def _both(found: list[RawTable | Problem], encodings: tuple[tuple[str, str], ...]) -> Tables:
    households, members = found
    if isinstance(households, Problem) or isinstance(members, Problem):
        raise FactError(each for each in found if isinstance(each, Problem))
    return Tables(households, members, encodings)


def _sheet(workbook: Workbook, table: Table, *, guess: bool) -> RawTable | Problem:
    wanted = SHEETS[table.of_members] if table.source is None else (table.source,)
    name = next((each for each in wanted if each in workbook.sheets), None)
    file = str(workbook.path)
    if name is None and guess and len(workbook.sheets) > table.of_members:
        name = workbook.sheets[table.of_members]
    if name is None:
        values = {"known": "、".join(workbook.sheets), **nearest(wanted[0], workbook.sheets)}
        at = Location(file, 1, 1) if table.at is None else table.at
        return Problem("sheet_missing", location=at, given=wanted[0], values=values)
    if name in workbook.hidden:
        return Problem("sheet_hidden", location=Cell(file, 1, 1, name), given=name)
    grid = read_sheet(workbook, name)
    return grid if isinstance(grid, Problem) else _below(grid, table, guess=guess)


def _file(path: Path, table: Table, encodings: list[tuple[str, str]], *, guess: bool) -> RawTable | Problem:
    if path.suffix.lower() == ".parquet":
        table_read = read_parquet(path)
        if isinstance(table_read, Problem):
            return table_read
        return without_totals(table_read, recogniser(table), table.keys)
    found = read_csv(path)
    if isinstance(found, Problem):
        return found
    encodings.append((str(path), found.encoding))
    return _below(found.grid, table, guess=guess)


def _below(grid: Grid, table: Table, *, guess: bool) -> RawTable | Problem:
    recognised = recogniser(table)
    found = below_headers(grid, recognised, table.keys)
    known = 0 if isinstance(found, Problem) else sum(map(recognised, found.headers))
    if guess and known < _ENOUGH:
        return below_headers(grid, lambda text: not _NUMBER.fullmatch(text), table.keys)
    return found
