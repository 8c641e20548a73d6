"""How wide a text stands in a terminal, where a Chinese character takes two columns, and where it may be cut."""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

_OPENING = "（〔《“‘【"  # never at the end of a line
_CLOSING = "，。、；：？！）〕》”’】％"  # never at the beginning of one
_LATIN = r"[!-~]+?(?:[.](?=[A-Za-z])|(?![!-~]))"  # a word or number; a path may be cut after its points
_GRADE = r"〔[^〕\s]{1,4}〕"
_PIECE = re.compile(rf"\s+|(?:{_GRADE}|[{_OPENING}]*(?:{_LATIN}|[^\s]))[{_CLOSING}]*")


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
    for piece in _pieces(text, columns):
        if line and width((line + piece).rstrip()) > columns:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    yield line.rstrip()


def _pieces(text: str, columns: int) -> Iterator[str]:
    """What is not cut where there is another way; a piece wider than a whole line is."""
    for piece in _PIECE.findall(text):
        rest = piece
        while width(rest.rstrip()) > columns:
            fits = next((count for count in range(len(rest), 1, -1) if width(rest[:count]) <= columns), 1)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest
