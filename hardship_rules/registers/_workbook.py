"""Sheets read from a workbook as their text is shown, with the cells that cannot be read."""

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
from hardship_rules.registers._csv import not_a_file
from hardship_rules.registers._hidden_rows import HiddenRows, struck_styles, struck_texts
from hardship_rules.registers._table import CellFault, Grid, MergedArea, Remark
from hardship_rules.registers._workbook_limits import LimitError, SheetLimits, check_parts

LARGEST = 1_500_000_000
"""The most bytes of an unpacked workbook."""

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # the first bytes of .xls, and of workbooks with a password
_RELATIONS = "_rels/.rels"  # its addresses tell strict workbooks from transitional ones
_STRICT = b"http://purl.oclc.org/ooxml/"
_EAST_ASIAN = frozenset({*range(27, 37), *range(50, 59)})
"""The built-in date formats of East Asian languages, such as 2003年4月1日: ECMA-376 18.8.30."""
_LEAP_DAY_1900 = 60  # 29 February 1900 exists in spreadsheets only; before it their serial numbers are one too low
_DAY_LENGTH = 86_400_000  # milliseconds
_INEXACT = 10**15  # from here on a spreadsheet loses digits of a whole number
_FORMULA = f"{SHEET_MAIN_NS} f"
_MERGED = f"{SHEET_MAIN_NS} mergeCell"


@frozen(eq=False)
class Workbook:
    """An open workbook: the names of its sheets, and which of them are hidden.

    `dated` are the numbers of the styles that show a number as a date or a time.
    """

    path: Path
    book: Any
    sheets: tuple[str, ...]
    hidden: frozenset[str]
    dated: frozenset[int]


def open_workbook(path: Path) -> Workbook | Problem:
    """The workbook of a file, or why it cannot be read."""
    name = str(path)

    def problem_of(code: str, **values: str) -> Problem:
        return Problem(code, location=Location(name, 1, 1), given=name, values=values)

    if problem := not_a_file(path):
        return problem
    try:
        with path.open("rb") as stream:
            begins = stream.read(8)
        if begins == _OLE:
            return problem_of("workbook_old" if path.suffix.lower() == ".xls" else "workbook_locked")
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
            if size > LARGEST:
                return problem_of("register_too_large", most=f"{LARGEST:,}")
            check_parts(archive, name)
            if _STRICT in archive.read(_RELATIONS):
                return problem_of("workbook_strict")
        book = _load(path)
    except LimitError as error:
        return error.problem
    except OSError as error:
        return unreadable(name, error)
    except Exception:  # noqa: BLE001  # zipfile and openpyxl raise many errors for a damaged part
        return problem_of("workbook_broken")
    hidden = frozenset(sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible")
    return Workbook(path, book, tuple(sheet.title for sheet in book.worksheets), hidden, _dated(book))


def _load(path: Path, *, formulas: bool = False) -> Any:
    with warnings.catch_warnings(action="ignore"):  # openpyxl warns of parts that it does not keep
        return openpyxl.load_workbook(path, read_only=True, data_only=not formulas)


def _dated(book: Any) -> frozenset[int]:
    """The styles that show a number as a date or a time.

    Cells of these styles stay numbers in openpyxl, other than durations: it does not know the formats of East Asia, and
    makes a date of some numbers that are not shown as one.
    """
    styles = enumerate(book._cell_styles)  # noqa: SLF001  # openpyxl has no public access to the built-in formats
    east_asian = {number for number, style in styles if style.numFmtId in _EAST_ASIAN}
    durations = set(book._timedelta_formats)  # noqa: SLF001  # as above
    dated = east_asian.union(book._date_formats) - durations  # noqa: SLF001  # as above
    book._date_formats = durations  # noqa: SLF001  # as above
    return frozenset(dated)


def read_sheet(workbook: Workbook, name: str) -> Grid | Problem:
    """The texts of a sheet: numbers to 15 digits, formulas as their last value."""
    try:
        with warnings.catch_warnings(action="ignore"):  # as in `_load`
            return _grid(workbook, name)
    except LimitError as error:
        return error.problem
    except Exception:  # noqa: BLE001  # as in `open_workbook`: damage may show only when a sheet is read
        return Problem("workbook_broken", location=Location(str(workbook.path), 1, 1), given=str(workbook.path))


def _grid(workbook: Workbook, name: str) -> Grid:
    """The cells of a sheet up to its last filled row and column; formatted empty cells do not count."""
    has_formulas, merged, hidden = _scan(workbook, name)
    columns: dict[int, list[str | None]] = {}
    faults: list[CellFault] = []
    number = 0
    for number, row in enumerate(_rows(workbook, name, with_formulas=has_formulas), 1):
        for place, (value, code) in enumerate(row, 1):
            text = None if code else text_of(value)
            if code:
                faults.append(CellFault(number, place, code))
            elif text is None:
                continue
            column = columns.setdefault(place, [])
            column += [None] * (number - 1 - len(column))
            column.append(text)
    lengths = [len(column) for column in columns.values()]
    lengths += [min(area.bottom, number) for area in merged if area.top <= len(columns.get(area.left, ()))]
    height = max(lengths, default=0)
    nothing = pl.Series([None] * height, dtype=pl.Null)  # one series for any number of columns takes no memory
    series = {
        place: pl.Series(column + [None] * (height - len(column)), dtype=pl.String) for place, column in columns.items()
    }
    places = range(1, max(columns, default=0) + 1)
    frame = pl.DataFrame([series.get(place, nothing).alias(f"{place}") for place in places])
    return Grid(str(workbook.path), name, frame, tuple(faults), merged, tuple(_remarks(hidden, frame.width)))


def _remarks(hidden: HiddenRows, width: int) -> Iterator[Remark]:
    """A remark on each hidden, grouped or struck-through row, and on each hidden column."""
    rows = {"row_hidden": hidden.hidden, "row_grouped": hidden.grouped, "row_struck": hidden.struck}
    yield from (Remark(code, row=row) for code, numbers in rows.items() for row in numbers)
    for first, last in hidden.columns:
        yield from (Remark("column_hidden", column=column) for column in range(first, min(last, width) + 1))


def _rows(workbook: Workbook, name: str, *, with_formulas: bool) -> Iterator[list[tuple[Any, str | None]]]:
    """The cells of each row of a sheet: value, and the problem's code if it cannot be read."""
    sheet = workbook.book[name]
    sheet.reset_dimensions()  # some programs write wrong dimensions
    if not with_formulas:
        for row in sheet.iter_rows():
            yield [_value(workbook, cell) for cell in row]
        return
    book = _load(workbook.path, formulas=True)
    try:
        formulas = book[name]
        formulas.reset_dimensions()
        for row, other in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
            yield [_value(workbook, cell, formula) for cell, formula in zip(row, other, strict=True)]
    finally:
        book.close()


def _value(workbook: Workbook, cell: Any, formula: Any = None) -> tuple[Any, str | None]:
    """A cell's value, a date if it is shown as one, and the problem's code if it cannot be read."""
    value, code = cell.value, _fault_code(cell, formula)
    if value is None or cell.data_type != "n" or cell._style_id not in workbook.dated:  # noqa: SLF001  # as in `_dated`
        return value, code
    day = day_of_serial(value, of_1904=workbook.book.epoch == MAC_EPOCH)
    return day, "cell_error" if day is None else None


def day_of_serial(number: float, *, of_1904: bool) -> datetime | time | str | None:
    """The date or time of a serial number; None if a spreadsheet shows ##### for it.

    Below 1 it is a time without a date. 29 February 1900, which the calendar does not have, is a text.
    """
    try:
        elapsed = timedelta(milliseconds=round(number * _DAY_LENGTH))
        day = (MAC_EPOCH if of_1904 else WINDOWS_EPOCH) + elapsed
    except OverflowError:
        return None
    if elapsed.days < 1:
        return day.time() if elapsed.days == 0 else None
    if of_1904 or elapsed.days > _LEAP_DAY_1900:
        return day
    return "1900-02-29" if elapsed.days == _LEAP_DAY_1900 else day + timedelta(days=1)


def _fault_code(cell: Any, formula: Any = None) -> str | None:
    """The problem's code of an error, or of a formula that was never computed; None for any other cell."""
    if cell.data_type == "e":
        return "cell_error"
    if formula is None or formula.data_type != "f" or cell.value is not None:
        return None
    return None if cell.data_type == "str" else "cell_formula"  # a cell of text has an empty text as its result


def text_of(value: object) -> str | None:
    """A cell's value as text; None if it is blank.

    A number with more digits than a spreadsheet holds is written with an exponent, which later tells it from others.
    """
    match value:
        case None:
            return None
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            if abs(value) >= _INEXACT:
                return f"{value:.15E}"
            return str(value) if isinstance(value, int) else f"{Decimal(f'{value:.15g}').normalize():f}"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date():
            return value.isoformat()
        case _:
            text = str(value)
            return text if text.strip() else None


def _scan(workbook: Workbook, name: str) -> tuple[bool, tuple[MergedArea, ...], HiddenRows]:
    """Whether a sheet has formulas, its merged areas, and its hidden rows and columns; raises `LimitError`.

    openpyxl reads none of these of a read-only workbook.
    """
    part = workbook.book[name]._worksheet_path  # noqa: SLF001  # openpyxl has no public access to the name of the part
    tags: set[str] = set()
    areas: list[MergedArea] = []
    limits = SheetLimits(str(workbook.path), name)

    def begins(tag: str, attributes: dict[str, str]) -> None:
        limits.begins(tag, attributes)
        tags.add(tag)
        if tag == _MERGED:
            areas.append(MergedArea(*CellRange(attributes["ref"]).bounds))
        elif (handler := handlers.get(tag)) is not None:
            handler(attributes)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begins
    with zipfile.ZipFile(workbook.path) as archive, archive.open(part.lstrip("/")) as stream:
        hidden = HiddenRows(struck_styles(workbook.book), struck_texts(archive))
        handlers = hidden.handlers(parser)
        parser.ParseFile(stream)
    limits.check_merged(areas, max(limits.columns, default=0), limits.row)
    return _FORMULA in tags, tuple(areas), hidden
