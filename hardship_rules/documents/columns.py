"""How wide a text stands in a terminal, where a Chinese character takes two columns, and where it may be cut."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from unicodedata import east_asian_width

_OPENING = "（〔《“‘【"  # never at the end of a line
_CLOSING = "，。、；：？！）〕》”’】％"  # never at the beginning of one
_LATIN = r"[!-~]+?(?:[.](?=[A-Za-z])|(?![!-~]))"  # a word or number; a path may be cut after its points
_GRADE = r"〔[^〕\s]{1,4}〕"
_AMOUNT = r"-?\d[\d,]*(?:\.\d+)? [\u4e00-\u9fff](?=[)}\]\s，。、；：）]|即|$)"  # with the sign for its unit
_PIECE = re.compile(rf"\s+|(?:{_GRADE}|[{_OPENING}]*(?:{_LATIN}|[^\s]))[{_CLOSING}]*")
_LONGEST_KEPT = 40  # columns of a word that is kept whole


def width(text: str) -> int:
    """The columns of a text in a terminal."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def pad(text: str, columns: int) -> str:
    """A text filled up with spaces to so many columns."""
    return text + " " * (columns - width(text))


def wrapped(text: str, columns: int, whole: Iterable[str] | None = None) -> list[str]:
    """The lines of a text, none wider than so many columns, cut where Chinese and Latin may be.

    With `whole` neither amounts nor these words are cut, and no line begins with the point after a Chinese word.
    """
    pattern = _PIECE if whole is None else _keeping(tuple(word for word in whole if width(word) <= _LONGEST_KEPT))
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, columns, pattern)]


@cache
def _keeping(words: tuple[str, ...]) -> re.Pattern[str]:
    kept = "|".join([_AMOUNT, *(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)])
    return re.compile(
        rf"\s+|(?:{_GRADE}|[{_OPENING}(]*(?:{kept})|[{_OPENING}]*(?:{_LATIN}|[^\s]))[{_CLOSING}]*[),.;:]*[{_CLOSING}]*"
    )


def _lines(text: str, columns: int, pattern: re.Pattern[str]) -> Iterator[str]:
    line = ""
    for piece in _pieces(text, columns, pattern):
        if line and width((line + piece).rstrip()) > columns:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    yield line.rstrip()


def _pieces(text: str, columns: int, pattern: re.Pattern[str]) -> Iterator[str]:
    """What is not cut where there is another way; a piece wider than a whole line is."""
    for piece in pattern.findall(text):
        rest = piece
        while width(rest.rstrip()) > columns:
            fits = next((count for count in range(len(rest), 1, -1) if width(rest[:count]) <= columns), 1)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest
