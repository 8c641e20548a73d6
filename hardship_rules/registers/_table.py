"""One table of a register as it was read, still in its own words: its headers, its rows and where each stands."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from attrs import evolve, field, frozen

from hardship_rules.core.problem import Location, Problem
from hardship_rules.frames.libraries import pl
from hardship_rules.registers._total_rows import is_total, rows_left_out
from hardship_rules.registers.headers import bare

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


@frozen
class Remark:
    """A row, or a column, that is reported by its number, counted from 1: why, and the label of a note.

    It changes nothing but that totals and notes are left out.
    """

    code: str
    row: int = 0
    column: int = 0
    label: str = ""


@frozen(eq=False)
class Grid:
    """Rows of texts as they stand in a sheet."""

    file: str
    sheet: str
    cells: pl.DataFrame = field(repr=False)
    spots: tuple[Spot, ...] = ()
    merged: tuple[Area, ...] = ()
    remarks: tuple[Remark, ...] = ()


@frozen(eq=False)
class RawTable:
    """A table below its headers: `frame` has a column for each, `rows` says in which row of the sheet each row is.

    Totals, notes and signatures are in `remarks` and not in the frame, with what else is reported of rows and columns.
    """

    file: str
    sheet: str
    headers: tuple[str, ...]
    columns: tuple[int, ...]  # of the headers, counted from 1
    header_row: int
    frame: pl.DataFrame = field(repr=False)
    rows: pl.Series = field(repr=False)
    spots: tuple[Spot, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def cell(self, row: int, header: str) -> Cell:
        """The place of a header's cell in a row of the frame, counted from 0."""
        return Cell(self.file, int(self.rows[row]), self.columns[self.headers.index(header)], self.sheet)

    def header_cell(self, header: str) -> Cell:
        """The place of a header."""
        column = self.columns[self.headers.index(header)] if header in self.headers else 1
        return Cell(self.file, self.header_row, column, self.sheet)


def below_headers(grid: Grid, recognised: Callable[[str], bool], keys: Iterable[str]) -> RawTable | Problem:
    """The table of a grid: its headers are the row, among the first, in which most of what stands is recognised.

    Rows in which nothing stands are left out, and so are totals, notes and signatures. A key that is merged over
    several rows is the key of each; every other cell of a merged area is reported, as it is not known whose the one
    value is.
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
    facts = [number for number, text in enumerate(texts) if text and recognised(text)]
    grid, remarks = _without_totals(grid, _key(texts, keys), facts, best + 1)
    below, names = grid.cells[best + 1 :], grid.cells.columns  # polars makes the list of names again each time
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
    rows = rows.filter(there)
    seen = {*rows, *(-number - 1 for number in named)} if grid.remarks else ()  # columns as negative numbers
    remarks += tuple(each for each in grid.remarks if (each.row or -each.column) in seen)
    return RawTable(
        grid.file,
        grid.sheet,
        tuple(named.values()),
        tuple(number + 1 for number in kept),
        best + 1,
        frame.filter(there),
        rows,
        spots,
        remarks,
    )


def without_totals(table: RawTable, recognised: Callable[[str], bool], keys: Iterable[str]) -> RawTable:
    """A table that has no headers above it without its totals, notes and signatures."""
    facts = [number for number, header in enumerate(table.headers) if recognised(header)]
    left_out = rows_left_out(table.frame, _key(table.headers, keys), facts)
    if not left_out:
        return table
    kept = ~pl.int_range(table.frame.height, eager=True).is_in([each.row for each in left_out])
    remarks = tuple(Remark(each.code, int(table.rows[each.row]), label=each.label) for each in left_out)
    return evolve(table, frame=table.frame.filter(kept), rows=table.rows.filter(kept), remarks=remarks)


def _key(headers: Sequence[str | None], keys: Iterable[str]) -> int | None:
    """Which of the headers, counted from 0, is that of the key; None where there is none."""
    spelled = {bare(header or ""): number for number, header in enumerate(headers)}
    return next((spelled[bare(key)] for key in keys if bare(key) in spelled), None)


def _without_totals(grid: Grid, key: int | None, facts: list[int], headers: int) -> tuple[Grid, tuple[Remark, ...]]:
    """The grid with nothing in the rows of totals, notes and signatures below the headers, and these rows.

    A total that is merged over several cells stands in each of them.
    """
    cells = _spread(
        grid.cells,
        (
            area
            for area in grid.merged
            if headers < area.top <= grid.cells.height
            and area.left <= grid.cells.width
            and is_total(grid.cells[area.top - 1, area.left - 1] or "")
        ),
    )
    unread = {spot.row - headers - 1 for spot in grid.spots if spot.code != "cell_merged" and spot.column - 1 == key}
    left_out = rows_left_out(cells[headers:], key, facts, unread)
    if not left_out:
        return grid, ()
    remarks = tuple(Remark(each.code, each.row + headers + 1, label=each.label) for each in left_out)
    rows = {each.row for each in remarks}
    beside = {
        row for area in grid.merged if area.top in rows for row in range(area.top, min(area.bottom, cells.height) + 1)
    }
    cells = grid.cells.with_columns(pl.when(~pl.int_range(pl.len()).is_in([row - 1 for row in rows])).then(pl.all()))
    blank = {row for row in beside if not any(text is not None for text in cells.row(row - 1))}
    spots = tuple(spot for spot in grid.spots if spot.row not in rows | blank)
    return evolve(grid, cells=cells, spots=spots), remarks


def _filled(grid: Grid, keys: set[int], header_row: int) -> Grid:
    """The grid with merged keys in each of their rows, and every cell that is merged otherwise as a spot."""
    cells, spots = grid.cells, list(grid.spots)
    of_keys: list[Area] = []
    for area in grid.merged:
        if area.left == area.right and area.left in keys and area.top > header_row:
            of_keys.append(area)
        else:
            spots += [
                Spot(row, column, "cell_merged")
                for row in range(max(area.top, header_row), min(area.bottom, cells.height) + 1)
                for column in range(area.left, min(area.right, cells.width) + 1)
                if row > header_row or (row, column) == (area.top, area.left)  # of headers the one that stands there
            ]
    return evolve(grid, cells=_spread(cells, of_keys), spots=tuple(spots))


def _spread(cells: pl.DataFrame, areas: Iterable[Area]) -> pl.DataFrame:
    """The cells with what stands first in each area in all of it."""
    places: dict[int, dict[int, str | None]] = {}
    for area in areas:
        text = cells[area.top - 1, area.left - 1]
        for column in range(area.left - 1, min(area.right, cells.width)):
            rows = range(area.top - 1, min(area.bottom, cells.height))
            places.setdefault(column, {}).update(dict.fromkeys(rows, text))
    columns = cells.get_columns()
    for column, texts in places.items():
        columns[column] = columns[column].cast(pl.String).scatter(list(texts), list(texts.values()))
    return pl.DataFrame(columns)


def _header(text: str | None, number: int) -> str:
    return bare(text or "") or f"（{letters(number + 1)} 列）"
