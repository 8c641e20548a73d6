"""A register's workbook is read: the texts of a sheet as staff see them, and the cells that cannot be taken so."""

import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.parsers import expat

from attrs import frozen

from hardship_rules.core.extras import not_installed

try:
    import openpyxl
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH
    from openpyxl.worksheet.cell_range import CellRange
    from openpyxl.xml.constants import SHEET_MAIN_NS
except ModuleNotFoundError as error:
    raise not_installed(error, "register") from None

from hardship_rules.core.problem import Location, Problem
from hardship_rules.frames.libraries import pl
from hardship_rules.language.source import unreadable
from hardship_rules.registers._csv import no_file
from hardship_rules.registers._hidden_rows import HiddenRows, struck_styles, struck_texts
from hardship_rules.registers._table import Area, Grid, Remark, Spot
from hardship_rules.registers._workbook_bounds import OutOfBoundsError, SheetBounds, check_parts

LARGEST = 1_500_000_000
"""The bytes that a workbook may unpack to."""

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # of .xls, and of workbooks with a password
_ZIP = b"PK"
_RELATIONS = "_rels/.rels"  # which part of a workbook is what, by addresses that are others in the strict form
_STRICT = b"http://purl.oclc.org/ooxml/"
_EAST_ASIAN = frozenset({*range(27, 37), *range(50, 59)})
"""The date formats that Excel keeps by number alone in East Asian languages, such as 2003年4月1日: ECMA-376 18.8.30."""
_NO_DAY = 60  # 29 February 1900, which spreadsheets count and which never was; before it they are a day behind
_OF_A_DAY = 86_400_000  # milliseconds
_LONG = 10**15  # a whole number from here on has lost digits in a spreadsheet
_FORMULA = f"{SHEET_MAIN_NS} f"
_MERGED = f"{SHEET_MAIN_NS} mergeCell"


@frozen(eq=False)
class Workbook:
    """A workbook that can be read: the names of its sheets, and which of them are hidden.

    `dated` are the styles in which a number is shown as a day or a time.
    """

    path: Path
    book: Any
    sheets: tuple[str, ...]
    hidden: frozenset[str]
    dated: frozenset[int]


def open_workbook(path: Path) -> Workbook | Problem:
    """A workbook of a file, or why there is none."""
    name = str(path)

    def wrong(code: str, **values: str) -> Problem:
        return Problem(code, location=Location(name, 1, 1), given=name, values=values)

    if problem := no_file(path):
        return problem
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
    except OSError as error:
        return unreadable(name, error)
    except Exception:  # noqa: BLE001  # zipfile and openpyxl raise whatever a damaged part leads them to
        return wrong("workbook_broken")
    hidden = frozenset(sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible")
    return Workbook(path, book, tuple(sheet.title for sheet in book.worksheets), hidden, _dated(book))


def _opened(path: Path, *, formulas: bool = False) -> Any:
    with warnings.catch_warnings(action="ignore"):  # of what in a workbook openpyxl does not keep
        return openpyxl.load_workbook(path, read_only=True, data_only=not formulas)


def _dated(book: Any) -> frozenset[int]:
    """The styles in which a number is a day or a time. Their numbers are left as they stand, but for lengths of time.

    openpyxl does not know the formats of East Asia, and makes a day of numbers that are shown as none.
    """
    styles = enumerate(book._cell_styles)  # noqa: SLF001  # openpyxl tells a cell's built-in format in no other way
    east_asian = {number for number, style in styles if style.numFmtId in _EAST_ASIAN}
    lengths = set(book._timedelta_formats)  # noqa: SLF001  # as above
    dated = east_asian.union(book._date_formats) - lengths  # noqa: SLF001  # as above
    book._date_formats = lengths  # noqa: SLF001  # as above
    return frozenset(dated)


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
    has_formulas, merged, hidden = _looked_into(workbook, name)
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
    return Grid(str(workbook.path), name, frame, tuple(spots), merged, tuple(_remarks(hidden, frame.width)))


def _remarks(hidden: HiddenRows, width: int) -> Iterator[Remark]:
    """The rows and columns of a sheet that are hidden, grouped or struck through."""
    rows = {"row_hidden": hidden.hidden, "row_grouped": hidden.grouped, "row_struck": hidden.struck}
    yield from (Remark(code, row=row) for code, numbers in rows.items() for row in numbers)
    for first, last in hidden.columns:
        yield from (Remark("column_hidden", column=column) for column in range(first, min(last, width) + 1))


def _rows(workbook: Workbook, name: str, *, with_formulas: bool) -> Iterator[list[tuple[Any, str | None]]]:
    """Of each row of a sheet, of each cell its value, or why it has none that can be taken."""
    sheet = workbook.book[name]
    sheet.reset_dimensions()  # some programs write them wrongly
    if not with_formulas:
        for row in sheet.iter_rows():
            yield [_taken(workbook, cell) for cell in row]
        return
    book = _opened(workbook.path, formulas=True)
    try:
        formulas = book[name]
        formulas.reset_dimensions()
        for row, other in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
            yield [_taken(workbook, cell, formula) for cell, formula in zip(row, other, strict=True)]
    finally:
        book.close()


def _taken(workbook: Workbook, cell: Any, formula: Any = None) -> tuple[Any, str | None]:
    """A cell's value, a day where it is shown as one, or why it has none that can be taken."""
    value, fault = cell.value, _fault(cell, formula)
    if value is None or cell.data_type != "n" or cell._style_id not in workbook.dated:  # noqa: SLF001  # as in `_dated`
        return value, fault
    day = day_of_serial(value, of_1904=workbook.book.epoch == MAC_EPOCH)
    return day, "cell_error" if day is None else None


def day_of_serial(number: float, *, of_1904: bool) -> datetime | time | str | None:
    """What a number is that is shown as a day or a time; None where a spreadsheet shows ##### in its place.

    Below 1 it is a time of no day. The 29 February 1900 that spreadsheets have, and the calendar has not, stays a text.
    """
    try:
        length = timedelta(milliseconds=round(number * _OF_A_DAY))
        day = (MAC_EPOCH if of_1904 else WINDOWS_EPOCH) + length
    except OverflowError:
        return None
    if length.days < 1:
        return day.time() if length.days == 0 else None
    if of_1904 or length.days > _NO_DAY:
        return day
    return "1900-02-29" if length.days == _NO_DAY else day + timedelta(days=1)


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


def _looked_into(workbook: Workbook, name: str) -> tuple[bool, tuple[Area, ...], HiddenRows]:
    """Whether a sheet holds formulas, the areas of its merged cells, and what of it is hidden."""
    inside = workbook.book[name]._worksheet_path  # noqa: SLF001  # openpyxl tells the name of its part in no other way
    tags: set[str] = set()
    areas: list[Area] = []
    bounds = SheetBounds(str(workbook.path), name)

    def begins(tag: str, attributes: dict[str, str]) -> None:
        bounds.begins(tag, attributes)
        tags.add(tag)
        if tag == _MERGED:
            areas.append(Area(*CellRange(attributes["ref"]).bounds))
        elif (handler := handlers.get(tag)) is not None:
            handler(attributes)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begins
    with zipfile.ZipFile(workbook.path) as archive, archive.open(inside.lstrip("/")) as stream:
        hidden = HiddenRows(struck_styles(workbook.book), struck_texts(archive))
        handlers = hidden.handlers(parser)
        parser.ParseFile(stream)
    bounds.check_merged(areas, max(bounds.columns, default=0), bounds.row)
    return _FORMULA in tags, tuple(areas), hidden
