"""A register's workbook is read: the texts of a sheet as staff see them, and the cells that cannot be taken so."""

import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.parsers import expat

import openpyxl
import polars as pl
from attrs import frozen
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.xml.constants import SHEET_MAIN_NS

from hardship_rules.problems import Location, Problem
from hardship_rules.raw_table import Area, Grid, Spot
from hardship_rules.workbook_bounds import OutOfBoundsError, SheetBounds, check_parts

LARGEST = 1_500_000_000
"""The bytes that a workbook may unpack to."""

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # of .xls, and of workbooks with a password
_ZIP = b"PK"
_RELATIONS = "_rels/.rels"  # which part of a workbook is what, by addresses that are others in the strict form
_STRICT = b"http://purl.oclc.org/ooxml/"
_LONG = 10**15  # a whole number from here on has lost digits in a spreadsheet
_FORMULA = f"{SHEET_MAIN_NS} f"
_MERGED = f"{SHEET_MAIN_NS} mergeCell"


@frozen(eq=False)
class Workbook:
    """A workbook that can be read: the names of its sheets, and which of them are hidden."""

    path: Path
    book: Any
    sheets: tuple[str, ...]
    hidden: frozenset[str]


def open_workbook(path: Path) -> Workbook | Problem:
    """A workbook of a file, or why there is none."""
    name = str(path)

    def wrong(code: str, **values: str) -> Problem:
        return Problem(code, location=Location(name, 1, 1), given=name, values=values)

    try:
        with path.open("rb") as stream:
            begins = stream.read(8)
        if begins == _OLE:
            return wrong("workbook_old" if path.suffix.lower() == ".xls" else "workbook_locked")
        with zipfile.ZipFile(path) as archive:
            size = sum(each.file_size for each in archive.infolist())
            if size > LARGEST:
                return wrong("register_too_large", most=f"{LARGEST:,}")
            check_parts(archive, name)
            if _STRICT in archive.read(_RELATIONS):
                return wrong("workbook_strict")
        book = _opened(path)
    except OutOfBoundsError as error:
        return error.problem
    except FileNotFoundError:
        return wrong("file_missing")
    except IsADirectoryError:
        return wrong("file_is_folder")
    except OSError as error:
        return wrong("file_unreadable", reason=error.strerror or "?")
    except Exception:  # noqa: BLE001  # zipfile and openpyxl raise whatever a damaged part leads them to
        return wrong("workbook_broken")
    hidden = frozenset(sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible")
    return Workbook(path, book, tuple(sheet.title for sheet in book.worksheets), hidden)


def _opened(path: Path, *, formulas: bool = False) -> Any:
    with warnings.catch_warnings(action="ignore"):  # of what in a workbook openpyxl does not keep
        return openpyxl.load_workbook(path, read_only=True, data_only=not formulas)


def read_sheet(workbook: Workbook, name: str) -> Grid | Problem:
    """The texts of a sheet, each as it is shown to 15 digits; of a formula what it last came to."""
    try:
        with warnings.catch_warnings(action="ignore"):  # as where it is opened
            return _grid(workbook, name)
    except OutOfBoundsError as error:
        return error.problem
    except Exception:  # noqa: BLE001  # as above: what is damaged may only show when it is read
        return Problem("workbook_broken", location=Location(str(workbook.path), 1, 1), given=str(workbook.path))


def _grid(workbook: Workbook, name: str) -> Grid:
    """The cells of a sheet as far as anything stands, whatever is formatted beside and below."""
    has_formulas, merged = _looked_into(workbook, name)
    columns: dict[int, list[str | None]] = {}
    spots: list[Spot] = []
    number = 0
    for number, row in enumerate(_rows(workbook, name, with_formulas=has_formulas), 1):
        for place, (value, fault) in enumerate(row, 1):
            text = None if fault else text_of(value)
            if fault:
                spots.append(Spot(number, place, fault))
            elif text is None:
                continue
            column = columns.setdefault(place, [])
            column += [None] * (number - 1 - len(column))
            column.append(text)
    lengths = [len(column) for column in columns.values()]
    lengths += [min(area.bottom, number) for area in merged if area.top <= len(columns.get(area.left, ()))]
    height = max(lengths, default=0)
    nothing = pl.Series([None] * height, dtype=pl.Null)  # takes no room, however many columns hold it
    series = {
        place: pl.Series(column + [None] * (height - len(column)), dtype=pl.String) for place, column in columns.items()
    }
    places = range(1, max(columns, default=0) + 1)
    frame = pl.DataFrame([series.get(place, nothing).alias(f"{place}") for place in places])
    return Grid(str(workbook.path), name, frame, tuple(spots), merged)


def _rows(workbook: Workbook, name: str, *, with_formulas: bool) -> Iterator[list[tuple[Any, str | None]]]:
    """Of each row of a sheet, of each cell its value, or why it has none that can be taken."""
    sheet = workbook.book[name]
    sheet.reset_dimensions()  # some programs write them wrongly
    if not with_formulas:
        for row in sheet.iter_rows():
            yield [(cell.value, _fault(cell)) for cell in row]
        return
    book = _opened(workbook.path, formulas=True)
    try:
        formulas = book[name]
        formulas.reset_dimensions()
        for row, other in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
            yield [(cell.value, _fault(cell, formula)) for cell, formula in zip(row, other, strict=True)]
    finally:
        book.close()


def _fault(cell: Any, formula: Any = None) -> str | None:
    """Why a cell cannot be taken: it is an error, or a formula that was never worked out."""
    if cell.data_type == "e":
        return "cell_error"
    if formula is None or formula.data_type != "f" or cell.value is not None:
        return None
    return None if cell.data_type == "str" else "cell_formula"  # one that came to an empty text is a cell of text


def text_of(value: object) -> str | None:
    """A cell's value as a text; nothing where nothing but spaces stands there.

    A number with more digits than a spreadsheet holds is written in powers, by which it is known to be one.
    """
    match value:
        case None:
            return None
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            if abs(value) >= _LONG:
                return f"{value:.15E}"
            return str(value) if isinstance(value, int) else f"{Decimal(f'{value:.15g}').normalize():f}"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date():
            return value.isoformat()
        case _:
            text = str(value)
            return text if text.strip() else None


def _looked_into(workbook: Workbook, name: str) -> tuple[bool, tuple[Area, ...]]:
    """Whether a sheet holds formulas, and the areas of its merged cells."""
    inside = workbook.book[name]._worksheet_path  # noqa: SLF001  # openpyxl tells the name of its part in no other way
    tags: set[str] = set()
    areas: list[Area] = []
    bounds = SheetBounds(str(workbook.path), name)

    def begins(tag: str, attributes: dict[str, str]) -> None:
        bounds.begins(tag, attributes)
        tags.add(tag)
        if tag == _MERGED:
            areas.append(Area(*CellRange(attributes["ref"]).bounds))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begins
    with zipfile.ZipFile(workbook.path) as archive, archive.open(inside.lstrip("/")) as stream:
        parser.ParseFile(stream)
    bounds.check_merged(areas, max(bounds.columns, default=0), bounds.row)
    return _FORMULA in tags, tuple(areas)
