"""What a sheet hides or strikes through: its rows and columns that staff do not see as the others."""

import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

from attrs import Factory, define
from openpyxl.xml.constants import SHEET_MAIN_NS

_TRUE = frozenset(("1", "true", "on", "t"))
_UNSEEN = 2  # points: a lower row or a narrower column shows nothing
_NARROW = 0.2  # characters
_CHUNK = 1 << 20
_STRIKE = "strike"
Attributes = dict[str, str]


@define
class HiddenRows:
    """Rows by what sets them apart, counted from 1, and the first and last columns of those hidden.

    `styles` are the numbers of the cell styles with a line through the text, `texts` those of the shared texts.
    """

    styles: frozenset[int]
    texts: frozenset[int]
    hidden: list[int] = Factory(list)
    grouped: list[int] = Factory(list)
    struck: dict[int, None] = Factory(dict)
    columns: list[tuple[int, int]] = Factory(list)
    _row: int = 0
    _lowest: bool = False  # rows without a height of their own are hidden
    _in_run: bool = False  # of a text in a cell, not the font of a conditional format
    _is_struck: bool = False
    _is_shared: bool = False

    def handlers(self, parser: Any) -> dict[str, Callable[[Attributes], None]]:
        """What is to be done where an element begins, by its name."""
        found: dict[str, Callable[[Attributes], None]] = {
            "sheetFormatPr": self._format,
            "col": self._column,
            "row": self._begin_row,
        }
        found["rPr"], found["font"], found[_STRIKE] = self._run_begins, self._font_begins, self._strike
        if self.styles or self.texts:
            found["c"], found["f"], found["is"] = self._cell, self._filled, self._filled
            found["v"] = lambda _: self._value(parser)
        return {f"{SHEET_MAIN_NS} {name}": handler for name, handler in found.items()}

    def _format(self, attributes: Attributes) -> None:
        self._lowest = _is_true(attributes, "zeroHeight")

    def _column(self, attributes: Attributes) -> None:
        if _is_true(attributes, "hidden") or float(attributes.get("width", 9)) < _NARROW:
            self.columns.append((int(attributes["min"]), int(attributes["max"])))

    def _begin_row(self, attributes: Attributes) -> None:
        self._row = int(float(attributes.get("r", self._row + 1)))
        if "ht" in attributes:
            low = float(attributes["ht"]) < _UNSEEN
        else:  # one that should have a height and has none is of no height
            low = (self._lowest and "hidden" not in attributes) or _is_true(attributes, "customHeight")
        if _is_true(attributes, "hidden") or low:
            self.hidden.append(self._row)
        elif attributes.get("outlineLevel", "0") != "0":
            self.grouped.append(self._row)

    def _run_begins(self, _: Attributes) -> None:
        self._in_run = True

    def _font_begins(self, _: Attributes) -> None:
        self._in_run = False

    def _strike(self, attributes: Attributes) -> None:
        if self._in_run and _is_true(attributes, "val", "1"):
            self.struck[self._row] = None

    def _cell(self, attributes: Attributes) -> None:
        self._is_struck = int(attributes.get("s", 0)) in self.styles
        self._is_shared = attributes.get("t") == "s"

    def _filled(self, _: Attributes) -> None:
        if self._is_struck:
            self.struck[self._row] = None

    def _value(self, parser: Any) -> None:
        """A cell's value; of a shared text its number is read as far as the element's end."""
        self._filled({})
        if not self._is_shared or not self.texts:
            return
        number: list[str] = []

        def end(_: str) -> None:
            parser.CharacterDataHandler = parser.EndElementHandler = None
            if int("".join(number)) in self.texts:
                self.struck[self._row] = None

        parser.CharacterDataHandler, parser.EndElementHandler = number.append, end


def struck_styles(book: Any) -> frozenset[int]:
    """The cell styles of a workbook, as openpyxl has them, whose font has a line through it."""
    fonts = {number for number, font in enumerate(book._fonts) if font.strike}  # noqa: SLF001  # openpyxl shows the styles of a workbook read by rows in no other way
    return frozenset(number for number, style in enumerate(book._cell_styles) if style.fontId in fonts)  # noqa: SLF001  # as above


def struck_texts(archive: zipfile.ZipFile) -> frozenset[int]:
    """The shared texts of a workbook with a line through some of their letters."""
    found: set[int] = set()
    for part in archive.namelist():
        if not part.lower().endswith("sharedstrings.xml"):
            continue
        with archive.open(part) as stream:
            if not any(_STRIKE.encode() in chunk for chunk in _chunks(stream)):
                continue
        number = -1

        def begin(tag: str, attributes: Attributes) -> None:
            nonlocal number
            if tag == f"{SHEET_MAIN_NS} si":
                number += 1
            elif tag == f"{SHEET_MAIN_NS} {_STRIKE}" and _is_true(attributes, "val", "1"):
                found.add(number)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = begin
        with archive.open(part) as stream:
            parser.ParseFile(stream)
    return frozenset(found)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """A part in pieces, each with the end of the one before."""
    end = b""
    while chunk := stream.read(_CHUNK):
        yield end + chunk
        end = chunk[-len(_STRIKE) :]


def _is_true(attributes: Attributes, name: str, default: str = "0") -> bool:
    return attributes.get(name, default).lower() in _TRUE
