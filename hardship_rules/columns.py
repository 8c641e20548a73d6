"""How wide a text stands in a terminal, where a Chinese character takes two columns, and where it may be cut."""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

_OPENING = "（〔《“‘【"  # never at the end of a line
_CLOSING = "，。、；：？！）〕》”’】％"  # never at the beginning of one
_LATIN = r"[!-~]+?(?:[.](?=[A-Za-z])|(?![!-~]))"  # a word or number; a path may be cut after its points
_PIECE = re.compile(rf"\s+|[{_OPENING}]*(?:{_LATIN}|[^\s])[{_CLOSING}]*")


def width(text: str) -> int:
    """The columns of a text in a terminal."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def pad(text: str, columns: int) -> str:
    """A text filled up with spaces to so many columns."""
    return text + " " * (columns - width(text))


def wrapped(text: str, columns: int) -> list[str]:
    """The lines of a text, none wider than so many columns, cut where Chinese and Latin may be."""
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, columns)]


def _lines(text: str, columns: int) -> Iterator[str]:
    line = ""
    for piece in _PIECE.findall(text):
        if line and width(line + piece.rstrip()) > columns:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
        while width(line) > columns and not line.isspace():
            fits = next(count for count in range(len(line), 0, -1) if count == 1 or width(line[:count]) <= columns)
            if fits == len(line) or not line[fits:].strip():
                break
            yield line[:fits]
            line = line[fits:]
    yield line.rstrip()
