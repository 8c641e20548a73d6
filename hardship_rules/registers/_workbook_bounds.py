"""Whether a workbook stays within what a spreadsheet can hold; what does not is refused before it is read."""

import re
import zipfile
from xml.parsers import expat

from attrs import define, field
from openpyxl.xml.constants import SHEET_MAIN_NS

from hardship_rules.core.problem import Location, Problem
from hardship_rules.registers._table import Area, Cell

LARGEST_PART = 300_000_000
"""The bytes that a sheet, or another part of a workbook, may unpack to."""
LARGEST_STYLES = 15_000_000
"""The bytes that the styles may unpack to; openpyxl takes forty times as many, and a second a megabyte."""
PACKED, PACKED_FROM = 100, 20_000_000
"""How many times smaller than unpacked no register is packed; looked at from so many bytes on."""
ROWS, COLUMNS = 1_048_576, 16_384
_AREA = 50_000_000  # cells between the first and the last that is filled in
_WIDTHS = 20_000_000  # cells of all rows, each row as far as its last
_MERGED = 5_000_000  # cells of all merged areas

_DOCTYPE = "!DOCTYPE"
_CELL = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII | re.IGNORECASE)
_ROW_TAG, _CELL_TAG = f"{SHEET_MAIN_NS} row", f"{SHEET_MAIN_NS} c"
_FILLED = frozenset({f"{SHEET_MAIN_NS} v", f"{SHEET_MAIN_NS} is"})


class OutOfBoundsError(Exception):
    """A workbook is out of bounds: why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def check_parts(archive: zipfile.ZipFile, file: str) -> None:
    """Raises where a part is too large, or begins with declarations of its own: these can grow without end."""
    place = Location(file, 1, 1)
    for part in archive.infolist():
        if part.file_size > LARGEST_PART:
            raise OutOfBoundsError(Problem("register_too_large", location=place, values={"most": f"{LARGEST_PART:,}"}))
        begins = _begins(archive, part)
        if part.file_size > max(PACKED_FROM, PACKED * part.compress_size):
            values = {"times": f"{part.file_size // max(part.compress_size, 1):,}", "most": str(PACKED)}
            raise OutOfBoundsError(Problem("workbook_packed", given=part.filename, location=place, values=values))
        if begins == _DOCTYPE:
            raise OutOfBoundsError(Problem("workbook_doctype", given=part.filename, location=place))
        if begins.rpartition(":")[2] == "styleSheet" and part.file_size > LARGEST_STYLES:
            values = {"most": f"{LARGEST_STYLES:,}"}
            raise OutOfBoundsError(Problem("register_too_large", location=place, values=values))


def _begins(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    """The first element of an XML, or that it declares a document type before it; nothing of what is no XML."""
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
class SheetBounds:
    """The places of a sheet's rows and cells as its elements begin; openpyxl leaves out what is not in order."""

    file: str
    sheet: str
    row: int = 0
    column: int = 0
    columns: set[int] = field(factory=set)  # those that are filled in
    widths: int = 0
    known: dict[str, int] = field(factory=dict)  # letters of columns

    def begins(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins; raises where a row or cell is out of bounds."""
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
        if letters not in self.known:
            number = 0
            for letter in letters.upper():
                number = number * 26 + ord(letter) - ord("A") + 1
            self.known[letters] = number
        return self.known[letters]

    def check_merged(self, areas: list[Area], width: int, height: int) -> None:
        """Raises where merged areas are so large, or so many upon one another, that no one has merged them."""
        cells = sum(
            max(0, min(area.right, width) - area.left + 1) * max(0, min(area.bottom, height) - area.top + 1)
            for area in areas
        )
        if cells > _MERGED:
            self.refuse("sheet_merged", self.sheet, most=f"{_MERGED:,}")

    def refuse(self, code: str, given: str, **values: str) -> None:
        """Refuse the sheet at the last place that was in order."""
        place = Cell(self.file, max(self.row, 1), max(self.column, 1), self.sheet)
        raise OutOfBoundsError(Problem(code, given=given[:100], values=values, location=place))


def _number(written: str) -> int:
    """A row's number; 0 where it is none. Some programs write 5 as 5.0."""
    match = re.fullmatch(r"([0-9]{1,9})(?:\.0*)?", written, re.ASCII)
    return int(match[1]) if match else 0
