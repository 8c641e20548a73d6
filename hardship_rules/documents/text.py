"""A document as text for a terminal, and the measuring and wrapping of Chinese and Latin text in columns."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import assert_never
from unicodedata import east_asian_width

from hardship_rules.documents.document import (
    Banner,
    Block,
    Document,
    Flows,
    Fold,
    Item,
    Listing,
    Pairs,
    Paragraph,
    Scale,
    Section,
    Table,
    mark,
    scale_items,
)

PAGE = 110  # columns of a page
LETTER = 80  # columns of a letter
_NARROWEST = 8
_GAP = "  "
_INDENT = "\u3000\u3000"  # of a paragraph in a Chinese letter

_OPENING = "（〔《“‘【"  # not at the end of a line
_CLOSING = "，。、；：？！）〕》”’】％"  # not at the beginning of a line
_LATIN = r"[!-~]+?(?:[.](?=[A-Za-z])|(?![!-~]))"  # a word or number; a path may be broken after its dots
_GRADE = r"〔[^〕\s]{1,4}〕"
_AMOUNT = r"-?\d[\d,]*(?:\.\d+)? [\u4e00-\u9fff](?=[)}\]\s，。、；：）]|即|$)"  # with its unit
_PIECE = re.compile(rf"\s+|(?:{_GRADE}|[{_OPENING}]*(?:{_LATIN}|[^\s]))[{_CLOSING}]*")
_LONGEST_WHOLE = 40  # columns of a word that is not cut


def as_text(document: Document) -> str:
    """A document as text; the title is underlined, or centred for a letter."""
    if document.kind == "letter":
        title = (_centred(line) for line in wrapped(document.title, LETTER))
        lines = [*title, "", *_letter(document.blocks)]
        return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"
    head = [] if document.banner else [document.title, "=" * width(document.title), ""]
    lines = [*head, *_blocks(document.blocks, 0)]
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def _centred(text: str) -> str:
    return " " * ((LETTER - width(text)) // 2) + text


def _letter(blocks: Iterable[Block]) -> Iterator[str]:
    """The blocks of a letter: 80 columns, paragraphs indented, no rules, signatures at the right."""
    for block in blocks:
        match block:
            case Paragraph(text, signed=True):
                yield from (*(" " * (LETTER - width(line)) + line for line in wrapped(text, LETTER)), "")
            case Paragraph(text, flush=flush):
                yield from (*wrapped(text if flush else _INDENT + text, LETTER), "")
            case Listing(items):
                yield from (*("  " + line for line in _items(items, 0, LETTER - 2)), "")
            case Section(title, inner):
                yield from (*wrapped(_INDENT + title, LETTER), "", *_letter(inner))
            case _:
                yield from _blocks((block,), 0)


def _blocks(blocks: Iterable[Block], depth: int) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(text):
                yield from (*wrapped(text, PAGE), "")
            case Listing(items):
                yield from (*_items(items, 0), "")
            case Table():
                yield from (*_table(block), "")
            case Scale():
                yield from (*wrapped(block.about, PAGE), *_items(scale_items(block), 0), "")
            case Flows(about=about):
                yield from (*wrapped(about, PAGE), "")
            case Banner():
                yield from (*wrapped(block.verdict, PAGE), "=" * min(width(block.verdict), PAGE), "")
                yield from (*wrapped(block.small, PAGE), "")
                yield from (*wrapped(block.sentence, PAGE), "") if block.sentence else ()
            case Pairs():
                yield from (*_pairs(block), "")
            case Section(title, inner) | Fold(title, inner):
                yield title
                yield from ("-" * width(title), "") if depth == 0 else ("",)
                yield from _blocks(inner, depth + 1)
            case _:
                assert_never(block)


def _pairs(pairs: Pairs) -> Iterator[str]:
    """One line per pair, with the explanation below it."""
    columns = min(max((width(pair.name) for pair in pairs.rows), default=0), PAGE // 3)
    indent = " " * (columns + 2 * len(_GAP))
    for pair in pairs.rows:
        names, values = wrapped(pair.name, columns), wrapped(pair.value, PAGE - len(indent))
        for line in range(max(len(names), len(values))):
            name, value = (cells[line] if line < len(cells) else "" for cells in (names, values))
            yield f"{_GAP}{pad(name, columns)}{_GAP}{value}"
        if pair.below:
            yield from (indent + line for line in wrapped(pair.below, PAGE - len(indent)))


def _items(items: Iterable[Item], depth: int, page: int = PAGE) -> Iterator[str]:
    for number, item in enumerate(items, 1):
        before = "  " * (depth + 1) + (item.mark or mark(depth, number)) + " "
        text = item_text(item)
        first, *others = wrapped(text, page - width(before))
        yield before + first
        yield from (" " * width(before) + line for line in others)
        yield from _items(item.parts, depth + 1, page)


def item_text(item: Item) -> str:
    """The text of an entry on one line: 称呼：内容  〔旁注〕."""
    return "：".join(part for part in (item.lead, item.text) if part) + (f"  {item.aside}" if item.aside else "")


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield table.caption
    rows = (table.heads, *table.rows)
    columns = _columns(rows, table.shares)
    rule = _GAP + _GAP.join("-" * column for column in columns)
    for number, row in enumerate(rows):
        cells = [wrapped(cell, column) for cell, column in zip(row, columns, strict=True)]
        height = max(map(len, cells))
        for line in range(height):
            texts = [cell[line] if line < len(cell) else "" for cell in cells]
            yield _GAP + _GAP.join(pad(text, column) for text, column in zip(texts, columns, strict=True))
        if table.by_hand and number:
            yield ""
        if number == 0:
            yield rule


def _columns(rows: tuple[tuple[str, ...], ...], shares: tuple[int, ...]) -> list[int]:
    """The widths of columns: by their content, or by their share if empty; the widest are narrowed to fit the page."""
    room = PAGE - len(_GAP)
    columns = [max(width(line) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True)]
    for number, column in enumerate(zip(*rows, strict=True)):
        if shares and not any(column[1:]):  # a column to write in
            columns[number] = max(_NARROWEST, room * shares[number] // sum(shares))
    while sum(columns) + len(_GAP) * len(columns) > room and max(columns) > _NARROWEST:
        columns[columns.index(max(columns))] -= 1
    return columns


# --- Columns of a terminal ---


def width(text: str) -> int:
    """The columns that a text takes in a terminal; a Chinese character takes two."""
    return len(text) if text.isascii() else len(text) + sum(map(_is_wide, text))


@cache
def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


def pad(text: str, columns: int) -> str:
    """A text padded with spaces to `columns` columns."""
    return text + " " * (columns - width(text))


def ellipsized(text: str, columns: int) -> str:
    """The beginning of a text with an ellipsis, in at most `columns` columns."""
    beginning = ""
    for character in text:
        if width(beginning + character) > columns - 2:
            break
        beginning += character
    return beginning + "…"


def wrapped(text: str, columns: int, whole: Iterable[str] | None = None) -> list[str]:
    """The lines of a text, at most `columns` wide, broken by the rules for Chinese and Latin text.

    With `whole`, amounts and these words are not broken either, and no line begins with Latin punctuation.
    """
    pattern = _PIECE if whole is None else _piece_with(tuple(word for word in whole if width(word) <= _LONGEST_WHOLE))
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, columns, pattern)]


@cache
def _piece_with(words: tuple[str, ...]) -> re.Pattern[str]:
    words_pattern = "|".join([_AMOUNT, *(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)])
    return re.compile(
        rf"\s+|(?:{_GRADE}|[{_OPENING}(]*(?:{words_pattern})|[{_OPENING}]*(?:{_LATIN}|[^\s]))[{_CLOSING}]*[),.;:]*[{_CLOSING}]*"
    )


def _lines(text: str, columns: int, pattern: re.Pattern[str]) -> Iterator[str]:
    line, taken = "", 0
    for piece in _pieces(text, columns, pattern):
        visible = piece.rstrip()
        if line and visible and taken + width(visible) > columns:
            yield line.rstrip()
            line = piece.lstrip()
            taken = width(line)
        else:
            line += piece
            taken += width(piece)
    yield line.rstrip()


def _pieces(text: str, columns: int, pattern: re.Pattern[str]) -> Iterator[str]:
    """The unbreakable pieces of a text; a piece wider than a line is cut."""
    for piece in pattern.findall(text):
        rest = piece
        while width(rest.rstrip()) > columns:
            fits = next((count for count in range(len(rest), 1, -1) if width(rest[:count]) <= columns), 1)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest
