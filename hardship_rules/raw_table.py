"""One table of a register as it was read, still in its own words: its headers, its rows and where each stands."""

from collections import Counter
from collections.abc import Callable, Iterable

import polars as pl
from attrs import field, frozen

from hardship_rules.headers import bare
from hardship_rules.problems import Location, Problem

HEADER_WITHIN = 30  # rows in which the headers are looked for
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@frozen(order=True)
class Cell(Location):
    """A place in a table, as a spreadsheet calls it: 登记表.xlsx 成员!C5."""

    sheet: str = ""

    def __str__(self) -> str:
        return f"{self.file} {self.sheet}!{self.name}" if self.sheet else f"{self.file} {self.name}"

    @property
    def short(self) -> str:
        """The place within its register: 成员!C5, or with the file where that has no sheets."""
        return f"{self.sheet}!{self.name}" if self.sheet else str(self)

    @property
    def name(self) -> str:
        """Its column's letters and its row's number."""
        return f"{letters(self.column)}{self.line}"


def letters(column: int) -> str:
    """The letters of a column, counted from 1: A, Z, AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = _LETTERS[rest] + text
    return text


@frozen
class Spot:
    """Something that was found wrong with a cell while it was read, by its row and column, both counted from 1."""

    row: int
    column: int
    code: str


@frozen
class Area:
    """Cells that are merged into one, by their first and last columns and rows, counted from 1."""

    left: int
    top: int
    right: int
    bottom: int


@frozen(eq=False)
class Grid:
    """Rows of texts as they stand in a sheet."""

    file: str
    sheet: str
    cells: pl.DataFrame = field(repr=False)
    spots: tuple[Spot, ...] = ()
    merged: tuple[Area, ...] = ()


@frozen(eq=False)
class RawTable:
    """A table below its headers: `frame` has a column for each, `rows` says in which row of the sheet each row is."""

    file: str
    sheet: str
    headers: tuple[str, ...]
    columns: tuple[int, ...]  # of the headers, counted from 1
    header_row: int
    frame: pl.DataFrame = field(repr=False)
    rows: pl.Series = field(repr=False)
    spots: tuple[Spot, ...] = ()

    def cell(self, row: int, header: str) -> Cell:
        """The place of a header's cell in a row of the frame, counted from 0."""
        return Cell(self.file, int(self.rows[row]), self.columns[self.headers.index(header)], self.sheet)

    def header_cell(self, header: str) -> Cell:
        """The place of a header."""
        column = self.columns[self.headers.index(header)] if header in self.headers else 1
        return Cell(self.file, self.header_row, column, self.sheet)


def below_headers(grid: Grid, recognised: Callable[[str], bool], keys: Iterable[str]) -> RawTable | Problem:
    """The table of a grid: its headers are the row, among the first, in which most of what stands is recognised.

    Rows in which nothing stands are left out. A key that is merged over several rows is the key of each; every other
    cell of a merged area is told of, as nobody can say whose the one value is.
    """
    place = Cell(grid.file, 1, 1, grid.sheet)
    best, known = -1, 0
    for number, row in enumerate(grid.cells.head(HEADER_WITHIN).iter_rows()):
        count = sum(1 for text in row if text and recognised(text))
        if count > known:
            best, known = number, count
    if not grid.cells.height:
        return Problem("sheet_empty", given=grid.sheet or grid.file, location=place)
    if best < 0:
        values = {"known": "、".join(keys), "most": str(HEADER_WITHIN)}
        return Problem("header_not_found", given=grid.sheet or grid.file, values=values, location=place)
    texts = grid.cells.row(best)
    grid = _filled(
        grid, {number + 1 for number, text in enumerate(texts) if bare(text or "") in map(bare, keys)}, best + 1
    )
    below, names = grid.cells[best + 1 :], grid.cells.columns  # polars makes the list of names anew each time
    filled = [count < below.height for count in below.null_count().row(0)]
    kept = [number for number, text in enumerate(texts) if (text and bare(text)) or filled[number]]
    named = {number: _header(texts[number], number) for number in kept}
    counts = Counter(named.values())
    unique = {number: name if counts[name] == 1 else f"{name}\n{number}" for number, name in named.items()}
    frame = below.select(names[number] for number in kept)
    frame.columns = list(unique.values())
    rows = pl.Series("row", range(best + 2, best + 2 + frame.height), dtype=pl.Int64)
    there = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    if not there.any():
        return Problem("sheet_without_rows", given=grid.sheet or grid.file, location=place)
    spots = tuple(spot for spot in grid.spots if spot.row > best and spot.column - 1 in named)
    return RawTable(
        grid.file,
        grid.sheet,
        tuple(named.values()),
        tuple(number + 1 for number in kept),
        best + 1,
        frame.filter(there),
        rows.filter(there),
        spots,
    )


def _filled(grid: Grid, keys: set[int], header_row: int) -> Grid:
    """The grid with merged keys in each of their rows, and every cell that is merged otherwise as a spot."""
    cells, spots = grid.cells, list(grid.spots)
    texts: dict[str, list[str | None]] = {}  # of the columns of keys: there may be an area for each household
    for area in grid.merged:
        if area.left == area.right and area.left in keys and area.top > header_row:
            name = cells.columns[area.left - 1]
            column = texts[name] if name in texts else texts.setdefault(name, cells[name].to_list())
            if (last := min(area.bottom, cells.height)) > area.top:
                column[area.top : last] = [column[area.top - 1]] * (last - area.top)
        else:
            spots += [
                Spot(row, column, "cell_merged")
                for row in range(max(area.top, header_row), min(area.bottom, cells.height) + 1)
                for column in range(area.left, min(area.right, cells.width) + 1)
                if row > header_row or (row, column) == (area.top, area.left)  # of headers the one that stands there
            ]
    cells = cells.with_columns(pl.Series(name, column, dtype=cells.schema[name]) for name, column in texts.items())
    return Grid(grid.file, grid.sheet, cells, tuple(spots), grid.merged)


def _header(text: str | None, number: int) -> str:
    return bare(text or "") or f"（{letters(number + 1)} 列）"
