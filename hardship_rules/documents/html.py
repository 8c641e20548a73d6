"""A document as one HTML page without scripts or network access, for desktop, telephone and A4 paper."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from importlib.resources import files
from typing import assert_never

from hardship_rules.documents._svg import flows_svg, scale_svg
from hardship_rules.documents.document import (
    TONE_MARKS,
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
from hardship_rules.locale import sentences

_CHINESE = re.compile(r"[\u3400-\u9fff](?:[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”0-9.%]*[\u3400-\u9fff）%])?")
_DAY = r"(?:[\u4e00-\u9fff]{1,6} )?(?<![\w.,-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-])"  # with the word before it
_AMOUNT = r"(?<![\w.,-])-?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?%?"
_UNIT = r" [\u4e00-\u9fff]{1,2}"  # after its number; at most two characters of the next word
_WRITTEN = r"[0-9_]+年[0-9_]+月[0-9_]+日"  # a date, or blanks for one
_UNBROKEN = re.compile(rf"{_DAY}|{_WRITTEN}|{_AMOUNT}{_UNIT}|(?=-?[0-9][0-9.,%]){_AMOUNT}(?!\w)")
_NUMBER = re.compile(rf"(?:—|{_AMOUNT}(?:{_UNIT})?)?")
_LONGEST_WHOLE = 12  # characters of a word that is kept on one line
_FEWEST_CONTENTS = 4  # sections for which a page has contents
_MOST_UNBROKEN = 6  # rows of a table that is kept on one sheet of paper
_STACKED, _WIDE = 3, 4  # columns of a table that becomes a list on a telephone, and from which it scrolls
_NUMERIC = ' class="num"'


def as_html(document: Document) -> str:
    """A document as one page of HTML, with every text escaped."""
    return "\n".join(_Page(document).lines()) + "\n"


@cache
def style() -> str:
    """The style sheet without its comments."""
    text = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).strip()


def _property(name: str) -> str:
    """The value of a custom property of the style sheet, for `@page`, where `var` does not work."""
    declaration = re.search(rf"{name}:([^;]*);", style())
    return declaration[1] if declaration else ""


class _Page:
    """The lines of one page."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.say = sentences("page", "zh" if document.lang.startswith("zh") else "en")
        self.escaped = escape if document.lang.startswith("zh") else _chinese_marked
        self.tables = 0
        self.drawings = 0
        words = sorted((word for word in document.whole if _CHINESE.fullmatch(word)), key=len, reverse=True)
        names = "|".join(re.escape(word) for word in words if len(word) <= _LONGEST_WHOLE)
        self.unbroken = re.compile(f"{names}|{_UNBROKEN.pattern}") if names else _UNBROKEN

    def words(self, text: str) -> str:
        """A text whose amounts, dates and whole words are each kept on one line."""
        at, parts = 0, []
        for match in self.unbroken.finditer(text):
            parts += [self.escaped(text[at : match.start()]), f'<span class="n">{self.escaped(match[0])}</span>']
            at = match.end()
        return "".join((*parts, self.escaped(text[at:])))

    def lines(self) -> Iterator[str]:
        document = self.document
        kinds = ["tables"] * document.landscape + ["letter"] * (document.kind == "letter")
        yield from (
            "<!DOCTYPE html>",
            f'<html lang="{escape(document.lang)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">""",
            f"<title>{escape(document.title)}</title>",
            f"<style>{self.sheet()}</style>",
            "</head>",
            f'<body class="{" ".join(kinds)}">' if kinds else "<body>",
        )
        blocks = document.blocks
        if document.banner is None:
            yield f"<header><h1>{self.words(document.title)}</h1></header>"
        else:
            yield from ("<header>", *self.banner(document.banner, "h1"), "</header>")
            blocks = blocks[1:]
        yield "<main>"
        yield from self.main(blocks)
        yield from ("</main>", "</body>", "</html>")

    def sheet(self) -> str:
        """The style sheet, with the paper and the foot of this document."""
        document = self.document
        paper = "A4 landscape" if document.landscape else "A4"
        margin, font = _property("--m-letter" if document.kind == "letter" else "--m-form"), _property("--t-foot")
        font = font.replace("var(--sans)", _property("--sans"))
        foot = "" if document.kind == "letter" else f"@bottom-left{{content:{_css_text(document.foot)};font:{font}}}"
        number = f"@bottom-right{{content:{self.say['sheet']};font:{font}}}"
        return f"{style()}@page{{size:{paper};margin:{margin};{foot}{number}}}"

    def main(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        """The blocks; contents come before the first fold, or before the first section that is not the first block."""
        folds = [block for block in blocks if isinstance(block, Fold)]
        parts: list[Section | Fold] = [*folds] or [block for block in blocks if isinstance(block, Section)]
        ids = {id(part): f"s{number}" for number, part in enumerate(parts, 1)}
        next_part = parts[1 if not folds and parts[0] is blocks[0] else 0] if len(parts) >= _FEWEST_CONTENTS else None
        if folds and not folds[0].is_open:  # the titles of the folds serve as contents
            next_part = None
        for block in blocks:
            if folds and block is folds[0] and not folds[0].is_open:
                yield f'<p class="hint small">{self.words(self.say["folded"])}</p>'
            if block is next_part:
                yield f'<nav aria-label="{self.say["contents"]}"><ol>'
                yield from (f'<li><a href="#{ids[id(part)]}">{self.words(part.title)}</a></li>' for part in parts)
                yield "</ol></nav>"
            yield from self.block(block, 2, f' id="{ids[id(block)]}"' if id(block) in ids else "")

    def banner(self, banner: Banner, tag: str = "p") -> Iterator[str]:
        """A verdict; its mark is hidden from screen readers."""
        yield f'<div class="banner {escape(banner.tone)}">'
        yield f'<p class="small">{self.words(banner.small)}</p>'
        before = f'<span class="mark" aria-hidden="true">{TONE_MARKS[banner.tone]}</span>'
        yield f'<{tag} class="verdict">{before}{self.words(banner.verdict)}</{tag}>'
        if banner.sentence:
            yield f"<p>{self.words(banner.sentence)}</p>"
        yield "</div>"

    def block(self, block: Block, level: int, id_: str = "") -> Iterator[str]:
        match block:
            case Paragraph(text, aside, signed, flush):
                words = f"<small>{self.with_breaks(text)}</small>" if aside else self.with_breaks(text)
                class_ = ' class="signed"' if signed else ' class="flush"' if flush else ""
                yield f"<p{class_}>{words}</p>"
            case Listing(items):
                yield from self.items(items, 0)
            case Table():
                yield from self.table(block)
            case Pairs():
                yield from self.pairs(block)
            case Banner():
                yield from self.banner(block)
            case Scale():
                self.drawings += 1
                drawing = scale_svg(block, f"d{self.drawings}")
                yield f"<figure>{drawing}<figcaption>{self.with_breaks(block.about)}</figcaption>"
                yield from (*self.items(scale_items(block), 0), "</figure>")
            case Flows():
                self.drawings += 1
                drawing = flows_svg(block, f"d{self.drawings}")
                yield f"<figure>{drawing}<figcaption>{self.with_breaks(block.about)}</figcaption></figure>"
            case Section(title, blocks):
                yield f"<section{id_}>"
                yield f"<h{min(level, 6)}>{self.words(title)}</h{min(level, 6)}>"
                yield from self.inside(blocks, level)
                yield "</section>"
            case Fold(title, blocks, is_open):
                heading = f"h{min(level, 6)}"
                yield '<details class="fold" open>' if is_open else '<details class="fold">'
                yield f"<summary><{heading}>{self.words(title)}</{heading}></summary>"
                yield f'<div class="inside"{id_}>'
                yield from self.inside(blocks, level)
                yield "</div></details>"
            case _:
                assert_never(block)

    def inside(self, blocks: Iterable[Block], level: int) -> Iterator[str]:
        for block in blocks:
            yield from self.block(block, level + 1)

    def pairs(self, pairs: Pairs) -> Iterator[str]:
        yield f'<dl class="pairs{" amounts" * pairs.amounts}">'
        for pair in pairs.rows:
            below = f'<dd class="small">{self.with_breaks(pair.below)}</dd>' if pair.below else ""
            yield f"<div><dt>{self.words(pair.name)}</dt><dd>{self.with_breaks(pair.value)}</dd>{below}</div>"
        yield "</dl>"

    def with_breaks(self, text: str) -> str:
        """A text with its line ends kept."""
        return self.words(text).replace("\n", "<br>")

    def items(self, items: Iterable[Item], depth: int) -> Iterator[str]:
        yield '<ol class="list">'
        for number, item in enumerate(items, 1):
            lead = f"<strong>{self.words(item.lead)}</strong>" if item.lead else ""
            words = "：".join(part for part in (lead, self.with_breaks(item.text)) if part)
            aside = f" <small>{self.words(item.aside)}</small>" if item.aside else ""
            leaf = "" if item.parts else ' class="leaf"'
            means = f' role="img" aria-label="{escape(item.means)}"' if item.means else ""
            before = f'<span class="mark"{means}>{escape(item.mark or mark(depth, number))}</span>'
            yield f"<li{leaf}><p>{before}{words}{aside}</p>"
            if item.parts:
                yield from self.items(item.parts, depth + 1)
            yield "</li>"
        yield "</ol>"

    def table(self, table: Table) -> Iterator[str]:
        """A table in a box that scrolls where the window is narrower, by keyboard too."""
        self.tables += 1
        name = f"t{self.tables}"
        columns = len(table.heads)
        stacked = columns == _STACKED and not table.by_hand
        kinds = ["shared"] * bool(table.shares) + ["wide"] * (columns >= _WIDE) + ["stacked"] * stacked
        kinds += ["by-hand"] * table.by_hand
        numbers = [
            all(_NUMBER.fullmatch(cell) for cell in column) and any(column)
            for column in (list(zip(*table.rows, strict=True)) or [()] * columns)
        ]
        box = "table short" if len(table.rows) <= _MOST_UNBROKEN else "table"
        yield f'<div class="{box}" role="group" aria-labelledby="{name}" tabindex="0">'
        yield f'<table class="{" ".join(kinds)}" style="--columns:{columns}">'
        yield f'<caption id="{name}"><span class="title">{self.words(table.caption)}</span></caption>'
        if table.shares:
            total = sum(table.shares)
            yield "".join(f'<col style="width:{100 * share / total:.4g}%">' for share in table.shares)
        heads = (
            f'<th scope="col"{_NUMERIC * is_number}>{self.words(head)}</th>'
            for head, is_number in zip(table.heads, numbers, strict=True)
        )
        yield f"<thead><tr>{''.join(heads)}</tr></thead>"
        yield "<tbody>"
        for row in table.rows:
            yield "<tr>" + "".join(self.cells(table, row, numbers, named=stacked)) + "</tr>"
        yield "</tbody></table></div>"

    def cells(self, table: Table, row: tuple[str, ...], numbers: list[bool], *, named: bool) -> Iterator[str]:
        """The cells of a row; `named` gives each the head of its column, shown on a telephone."""
        for column, cell in enumerate(row):
            number = _NUMERIC * numbers[column]
            if column == table.named_by:
                yield f'<th scope="row"{number}>{self.with_breaks(cell)}</th>'
            else:
                head = f' data-head="{escape(table.heads[column])}"' if named else ""
                yield f"<td{number}{head}>{self.with_breaks(cell)}</td>"


def _css_text(text: str) -> str:
    """A text as a CSS string, with all but letters and digits escaped."""
    return "'" + "".join(char if char.isalnum() else f"\\{ord(char):x} " for char in text) + "'"


def _chinese_marked(text: str) -> str:
    """An escaped text of a page in another language, with its Chinese parts marked for screen readers and fonts."""
    return _CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', escape(text))
