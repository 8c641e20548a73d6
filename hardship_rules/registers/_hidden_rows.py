"""Hidden, grouped and struck-through rows of a sheet, and its hidden columns."""

import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

from attrs import Factory, define
from openpyxl.xml.constants import SHEET_MAIN_NS

_TRUE = frozenset(("1", "true", "on", "t"))
_INVISIBLE_HEIGHT = 2  # points
_INVISIBLE_WIDTH = 0.2  # characters
_CHUNK = 1 << 20  # bytes
_STRIKE = "strike"
Attributes = dict[str, str]


@define
class HiddenRows:
    """The hidden, grouped and struck-through rows, counted from 1, and the first and last columns of hidden ranges.

    `styles` are the numbers of the struck-through cell styles, `texts` those of the struck-through shared texts.
    """

    styles: frozenset[int]
    texts: frozenset[int]
    hidden: list[int] = Factory(list)
    grouped: list[int] = Factory(list)
    struck: dict[int, None] = Factory(dict)
    columns: list[tuple[int, int]] = Factory(list)
    _row: int = 0
    _hidden_by_default: bool = False  # rows without a height
    _in_run: bool = False  # in a run of a cell's text, not in the font of a conditional format
    _is_struck: bool = False
    _is_shared: bool = False

    def handlers(self, parser: Any) -> dict[str, Callable[[Attributes], None]]:
        """The function to call at the start of an element, by the element's name."""
        by_name: dict[str, Callable[[Attributes], None]] = {
            "sheetFormatPr": self._sheet_format,
            "col": self._column,
            "row": self._row_begins,
        }
        by_name["rPr"], by_name["font"], by_name[_STRIKE] = self._run_begins, self._font_begins, self._strike
        if self.styles or self.texts:
            by_name["c"], by_name["f"], by_name["is"] = self._cell, self._filled, self._filled
            by_name["v"] = lambda _: self._value(parser)
        return {f"{SHEET_MAIN_NS} {name}": handler for name, handler in by_name.items()}

    def _sheet_format(self, attributes: Attributes) -> None:
        self._hidden_by_default = _is_true(attributes, "zeroHeight")

    def _column(self, attributes: Attributes) -> None:
        if _is_true(attributes, "hidden") or float(attributes.get("width", 9)) < _INVISIBLE_WIDTH:
            self.columns.append((int(attributes["min"]), int(attributes["max"])))

    def _row_begins(self, attributes: Attributes) -> None:
        self._row = int(float(attributes.get("r", self._row + 1)))
        if "ht" in attributes:
            is_low = float(attributes["ht"]) < _INVISIBLE_HEIGHT
        else:  # a row marked as having its own height, without one, has height 0
            is_low = (self._hidden_by_default and "hidden" not in attributes) or _is_true(attributes, "customHeight")
        if _is_true(attributes, "hidden") or is_low:
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
        """A cell's value; the value of a shared text is its number, which ends with the element."""
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
    """The numbers of the struck-through cell styles of a workbook of openpyxl."""
    fonts = {number for number, font in enumerate(book._fonts) if font.strike}  # noqa: SLF001  # openpyxl has no public access to the styles of a read-only workbook
    return frozenset(number for number, style in enumerate(book._cell_styles) if style.fontId in fonts)  # noqa: SLF001  # as above


def struck_texts(archive: zipfile.ZipFile) -> frozenset[int]:
    """The numbers of the shared texts of a workbook with a struck-through part."""
    struck: set[int] = set()
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
                struck.add(number)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = begin
        with archive.open(part) as stream:
            parser.ParseFile(stream)
    return frozenset(struck)


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """A part in pieces, each with the end of the one before, so that no word is cut in two."""
    end = b""
    while chunk := stream.read(_CHUNK):
        yield end + chunk
        end = chunk[-len(_STRIKE) :]


def _is_true(attributes: Attributes, name: str, default: str = "0") -> bool:
    return attributes.get(name, default).lower() in _TRUE
