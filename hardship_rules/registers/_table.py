"""One table of a register as text: its headers, its rows, and their places in the file."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from attrs import evolve, field, frozen

from hardship_rules.core.problem import Location, Problem
from hardship_rules.frames.libraries import pl
from hardship_rules.registers._headers import bare
from hardship_rules.registers._total_rows import is_total, non_data_rows

HEADER_WITHIN = 30
"""The number of rows in which the headers are searched for."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@frozen(order=True)
class Cell(Location):
    """A place in a table, printed as a spreadsheet names it: 登记表.xlsx 成员!C5."""

    sheet: str = ""

    def __str__(self) -> str:
        return f"{self.file} {self.sheet}!{self.name}" if self.sheet else f"{self.file} {self.name}"

    @property
    def short(self) -> str:
        """The place within its register: 成员!C5; with the file name if the file has no sheets."""
        return f"{self.sheet}!{self.name}" if self.sheet else str(self)

    @property
    def name(self) -> str:
        """The letters of the column and the number of the row."""
        return f"{letters(self.column)}{self.line}"


def letters(column: int) -> str:
    """The letters of a column, counted from 1: A, Z, AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = _LETTERS[rest] + text
    return text


@frozen
class CellFault:
    """A cell that could not be read, by row and column, both counted from 1; `code` is a problem's code."""

    row: int
    column: int
    code: str


@frozen
class MergedArea:
    """The first and last columns and rows of merged cells, counted from 1."""

    left: int
    top: int
    right: int
    bottom: int


@frozen
class Remark:
    """A row or a column to report, by its number counted from 1, with the label of a note.

    Totals and notes are left out of the table. Any other remark changes nothing.
    """

    code: str
    row: int = 0
    column: int = 0
    label: str = ""


@frozen(eq=False)
class Grid:
    """The cells of a sheet as text, row by row."""

    file: str
    sheet: str
    cells: pl.DataFrame = field(repr=False)
    faults: tuple[CellFault, ...] = ()
    merged: tuple[MergedArea, ...] = ()
    remarks: tuple[Remark, ...] = ()


@frozen(eq=False)
class RawTable:
    """The table below its headers: `frame` has a column for each header, `rows` the sheet's row number of each row.

    Totals, notes and signatures are not in the frame. `remarks` has them, and any other remark on a row or column.
    """

    file: str
    sheet: str
    headers: tuple[str, ...]
    columns: tuple[int, ...]  # of the headers, counted from 1
    header_row: int
    frame: pl.DataFrame = field(repr=False)
    rows: pl.Series = field(repr=False)
    faults: tuple[CellFault, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def cell(self, row: int, header: str) -> Cell:
        """The place of a header's cell in a row of the frame, counted from 0."""
        return Cell(self.file, int(self.rows[row]), self.columns[self.headers.index(header)], self.sheet)

    def header_cell(self, header: str) -> Cell:
        """The place of a header; the first column if the table has no such header."""
        column = self.columns[self.headers.index(header)] if header in self.headers else 1
        return Cell(self.file, self.header_row, column, self.sheet)


def below_headers(grid: Grid, recognised: Callable[[str], bool], keys: Iterable[str]) -> RawTable | Problem:
    """The table of a grid, below the row among the first with the most recognised headers.

    Empty rows, totals, notes and signatures are left out. A key merged over several rows is the key of each of them.
    Any other merged cell is a fault: its one value may belong to any of its rows.
    """
    place = Cell(grid.file, 1, 1, grid.sheet)
    header_index, most = -1, 0
    for number, row in enumerate(grid.cells.head(HEADER_WITHIN).iter_rows()):
        count = sum(1 for text in row if text and recognised(text))
        if count > most:
            header_index, most = number, count
    if not grid.cells.height:
        return Problem("sheet_empty", given=grid.sheet or grid.file, location=place)
    if header_index < 0:
        values = {"known": "、".join(keys), "most": str(HEADER_WITHIN)}
        return Problem("header_not_found", given=grid.sheet or grid.file, values=values, location=place)
    header_row = header_index + 1
    texts = grid.cells.row(header_index)
    key_columns = {number + 1 for number, text in enumerate(texts) if bare(text or "") in map(bare, keys)}
    grid = _with_merged_keys(grid, key_columns, header_row)
    facts = [number for number, text in enumerate(texts) if text and recognised(text)]
    grid, remarks = _without_non_data_rows(grid, _key_column(texts, keys), facts, header_row)
    below, names = grid.cells[header_row:], grid.cells.columns  # polars builds the list of names on each access
    filled = [count < below.height for count in below.null_count().row(0)]
    kept = [number for number, text in enumerate(texts) if (text and bare(text)) or filled[number]]
    headers = {number: _header(texts[number], number) for number in kept}
    counts = Counter(headers.values())
    unique = {number: name if counts[name] == 1 else f"{name}\n{number}" for number, name in headers.items()}
    frame = below.select(names[number] for number in kept)
    frame.columns = list(unique.values())
    rows = pl.Series("row", range(header_row + 1, header_row + 1 + frame.height), dtype=pl.Int64)
    not_empty = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    if not not_empty.any():
        return Problem("sheet_without_rows", given=grid.sheet or grid.file, location=place)
    faults = tuple(fault for fault in grid.faults if fault.row > header_index and fault.column - 1 in headers)
    rows = rows.filter(not_empty)
    in_table = {*rows, *(-number - 1 for number in headers)} if grid.remarks else ()  # columns as negative numbers
    remarks += tuple(remark for remark in grid.remarks if (remark.row or -remark.column) in in_table)
    return RawTable(
        grid.file,
        grid.sheet,
        tuple(headers.values()),
        tuple(number + 1 for number in kept),
        header_row,
        frame.filter(not_empty),
        rows,
        faults,
        remarks,
    )


def without_non_data_rows(table: RawTable, recognised: Callable[[str], bool], keys: Iterable[str]) -> RawTable:
    """A table whose headers are its column names, without totals, notes and signatures."""
    facts = [number for number, header in enumerate(table.headers) if recognised(header)]
    left_out = non_data_rows(table.frame, _key_column(table.headers, keys), facts)
    if not left_out:
        return table
    kept = ~pl.int_range(table.frame.height, eager=True).is_in([row.number for row in left_out])
    remarks = tuple(Remark(row.code, int(table.rows[row.number]), label=row.label) for row in left_out)
    return evolve(table, frame=table.frame.filter(kept), rows=table.rows.filter(kept), remarks=remarks)


def _key_column(headers: Sequence[str | None], keys: Iterable[str]) -> int | None:
    """The column of the key, counted from 0; None if there is none."""
    by_name = {bare(header or ""): number for number, header in enumerate(headers)}
    return next((by_name[bare(key)] for key in keys if bare(key) in by_name), None)


def _without_non_data_rows(
    grid: Grid, key: int | None, facts: list[int], header_row: int
) -> tuple[Grid, tuple[Remark, ...]]:
    """The grid with the totals, notes and signatures below the headers blanked, and remarks on these rows.

    A total that is merged over several cells counts as written in each of them.
    """
    cells = _spread(
        grid.cells,
        (
            area
            for area in grid.merged
            if header_row < area.top <= grid.cells.height
            and area.left <= grid.cells.width
            and is_total(grid.cells[area.top - 1, area.left - 1] or "")
        ),
    )
    unread = {
        fault.row - header_row - 1 for fault in grid.faults if fault.code != "cell_merged" and fault.column - 1 == key
    }
    left_out = non_data_rows(cells[header_row:], key, facts, unread)
    if not left_out:
        return grid, ()
    remarks = tuple(Remark(row.code, row.number + header_row + 1, label=row.label) for row in left_out)
    rows = {remark.row for remark in remarks}
    beside = {
        row for area in grid.merged if area.top in rows for row in range(area.top, min(area.bottom, cells.height) + 1)
    }
    cells = grid.cells.with_columns(pl.when(~pl.int_range(pl.len()).is_in([row - 1 for row in rows])).then(pl.all()))
    blank = {row for row in beside if not any(text is not None for text in cells.row(row - 1))}
    faults = tuple(fault for fault in grid.faults if fault.row not in rows | blank)
    return evolve(grid, cells=cells, faults=faults), remarks


def _with_merged_keys(grid: Grid, key_columns: set[int], header_row: int) -> Grid:
    """The grid with merged keys in each of their rows, and any other merged cell as a fault."""
    cells, faults = grid.cells, list(grid.faults)
    merged_keys: list[MergedArea] = []
    for area in grid.merged:
        if area.left == area.right and area.left in key_columns and area.top > header_row:
            merged_keys.append(area)
        else:
            faults += [
                CellFault(row, column, "cell_merged")
                for row in range(max(area.top, header_row), min(area.bottom, cells.height) + 1)
                for column in range(area.left, min(area.right, cells.width) + 1)
                if row > header_row or (row, column) == (area.top, area.left)  # a merged header has one text
            ]
    return evolve(grid, cells=_spread(cells, merged_keys), faults=tuple(faults))


def _spread(cells: pl.DataFrame, areas: Iterable[MergedArea]) -> pl.DataFrame:
    """The cells with the first text of each area in all of its cells."""
    changes: dict[int, dict[int, str | None]] = {}
    for area in areas:
        text = cells[area.top - 1, area.left - 1]
        for column in range(area.left - 1, min(area.right, cells.width)):
            rows = range(area.top - 1, min(area.bottom, cells.height))
            changes.setdefault(column, {}).update(dict.fromkeys(rows, text))
    columns = cells.get_columns()
    for column, texts in changes.items():
        columns[column] = columns[column].cast(pl.String).scatter(list(texts), list(texts.values()))
    return pl.DataFrame(columns)


def _header(text: str | None, number: int) -> str:
    return bare(text or "") or f"（{letters(number + 1)} 列）"
