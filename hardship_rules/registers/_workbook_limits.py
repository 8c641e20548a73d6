"""Limits of a workbook that is read: sizes of its parts, places of its cells; the guard against zip bombs."""

import re
import zipfile
from xml.parsers import expat

from attrs import define, field
from openpyxl.xml.constants import SHEET_MAIN_NS

from hardship_rules.core.problem import Location, Problem
from hardship_rules.registers._table import Cell, MergedArea

LARGEST_PART = 300_000_000
"""The most bytes of an unpacked sheet, or another part of a workbook."""
LARGEST_STYLES = 15_000_000
"""The most bytes of the unpacked styles: openpyxl takes forty times as much memory, and a second a megabyte."""
PACKED, PACKED_FROM = 100, 20_000_000
"""The compression ratio that no register reaches, and the size in bytes from which it is checked."""
ROWS, COLUMNS = 1_048_576, 16_384
_AREA = 50_000_000  # filled columns times rows
_WIDTHS = 20_000_000  # cells of all rows, each up to its last cell
_MERGED = 5_000_000  # cells of all merged areas

_DOCTYPE = "!DOCTYPE"
_CELL = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII | re.IGNORECASE)
_ROW_TAG, _CELL_TAG = f"{SHEET_MAIN_NS} row", f"{SHEET_MAIN_NS} c"
_FILLED = frozenset({f"{SHEET_MAIN_NS} v", f"{SHEET_MAIN_NS} is"})


class LimitError(Exception):
    """A workbook is beyond a limit."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def check_parts(archive: zipfile.ZipFile, file: str) -> None:
    """Raise `LimitError` if a part is too large or has a document type, whose entities can expand without end."""
    place = Location(file, 1, 1)
    for part in archive.infolist():
        if part.file_size > LARGEST_PART:
            raise LimitError(Problem("register_too_large", location=place, values={"most": f"{LARGEST_PART:,}"}))
        first = _first_element(archive, part)
        if part.file_size > max(PACKED_FROM, PACKED * part.compress_size):
            values = {"times": f"{part.file_size // max(part.compress_size, 1):,}", "most": str(PACKED)}
            raise LimitError(Problem("workbook_packed", given=part.filename, location=place, values=values))
        if first == _DOCTYPE:
            raise LimitError(Problem("workbook_doctype", given=part.filename, location=place))
        if first.rpartition(":")[2] == "styleSheet" and part.file_size > LARGEST_STYLES:
            values = {"most": f"{LARGEST_STYLES:,}"}
            raise LimitError(Problem("register_too_large", location=place, values=values))


def _first_element(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    """The first element of an XML part, or `_DOCTYPE` if a document type precedes it; empty for any other part."""
    if not part.filename.lower().endswith((".xml", ".rels")):
        return ""
    seen: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: seen.append(_DOCTYPE)
    parser.StartElementHandler = lambda name, _: seen.append(name)
    with archive.open(part) as stream:
        try:
            while not seen and (content := stream.read(1024)):
                parser.Parse(content)
        except expat.ExpatError:  # reported where the part is read
            pass
    return seen[0] if seen else ""


@define
class SheetLimits:
    """The rows and cells of a sheet, followed element by element; openpyxl silently drops those out of order."""

    file: str
    sheet: str
    row: int = 0
    column: int = 0
    columns: set[int] = field(factory=set)  # that are filled
    widths: int = 0
    numbers: dict[str, int] = field(factory=dict)  # of columns by their letters

    def begins(self, tag: str, attributes: dict[str, str]) -> None:
        """Follow the start of an element; raise `LimitError` if a row or cell is beyond a limit."""
        if tag == _CELL_TAG:
            self._cell(attributes.get("r"))
        elif tag == _ROW_TAG:
            self._row(attributes.get("r"))
        elif tag in _FILLED and self.column not in self.columns:
            self.columns.add(self.column)
            self._area()

    def _row(self, written: str | None) -> None:
        number = self.row + 1 if written is None else _number(written)
        if not self.row < number <= ROWS:
            self.refuse("sheet_row_number", str(number) if written is None else written, most=f"{ROWS:,}")
        self.row, self.column = number, 0
        self._area()

    def _cell(self, written: str | None) -> None:
        if written is None:
            column = self.column + 1
        else:
            match = _CELL.fullmatch(written)
            column = self._number_of(match[1]) if match and int(match[2]) == self.row else 0
        if not self.column < column <= COLUMNS:
            self.refuse("sheet_cell_place", written or "")
        self.widths += column - self.column
        self.column = column
        if self.widths > _WIDTHS:
            self.refuse("sheet_area", self.sheet, most=f"{_WIDTHS:,}")

    def _area(self) -> None:
        if len(self.columns) * self.row > _AREA:
            self.refuse("sheet_area", self.sheet, most=f"{_AREA:,}")

    def _number_of(self, letters: str) -> int:
        if letters not in self.numbers:
            number = 0
            for letter in letters.upper():
                number = number * 26 + ord(letter) - ord("A") + 1
            self.numbers[letters] = number
        return self.numbers[letters]

    def check_merged(self, areas: list[MergedArea], width: int, height: int) -> None:
        """Raise `LimitError` if the merged areas within these bounds are too large."""
        cells = sum(
            max(0, min(area.right, width) - area.left + 1) * max(0, min(area.bottom, height) - area.top + 1)
            for area in areas
        )
        if cells > _MERGED:
            self.refuse("sheet_merged", self.sheet, most=f"{_MERGED:,}")

    def refuse(self, code: str, given: str, **values: str) -> None:
        """Raise `LimitError` at the last valid place."""
        place = Cell(self.file, max(self.row, 1), max(self.column, 1), self.sheet)
        raise LimitError(Problem(code, given=given[:100], values=values, location=place))


def _number(written: str) -> int:
    """A row's number, 0 if it is invalid; some programs write 5 as 5.0."""
    match = re.fullmatch(r"([0-9]{1,9})(?:\.0*)?", written, re.ASCII)
    return int(match[1]) if match else 0
