"""A document as one HTML page that needs nothing else: no script, no network, fit for a telephone and for A4 paper."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import assert_never

from hardship_rules.as_svg import as_svg
from hardship_rules.document import (
    Block,
    Document,
    Flows,
    Item,
    Listing,
    Paragraph,
    Scale,
    Section,
    Table,
    mark,
    scale_items,
)
from hardship_rules.flows_as_svg import flows_as_svg

_STYLE = """
*{box-sizing:border-box}
html{color:#1a1a1a;background:#fff;line-height:1.65;-webkit-text-size-adjust:100%;
font-family:"Noto Serif CJK SC","Source Han Serif SC","Songti SC",SimSun,serif}
body{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem;overflow-wrap:anywhere}
h1,h2,h3,h4,th,caption,strong,nav{font-family:"Noto Sans CJK SC","Source Han Sans SC","PingFang SC",
"Microsoft YaHei",SimHei,sans-serif}
h1{font-size:1.6rem;line-height:1.35;margin:.5rem 0 1.25rem}
h2{font-size:1.25rem;margin:2.75rem 0 .75rem;padding-bottom:.25rem;border-bottom:2px solid #1a1a1a}
h3{font-size:1.05rem;margin:1.75rem 0 .4rem}
h4,h5,h6{font-size:1rem;margin:1.25rem 0 .4rem}
p{margin:.5rem 0}
section+p{margin-top:1.5rem}
.signed{text-align:right;margin:1.25rem 0}
strong{font-weight:600}
small{font-size:.875em;color:#444;word-break:keep-all}
a{color:#0b4f9e}
nav ol{columns:16rem;margin:.5rem 0 0;padding:0;list-style:none}
ol.list{list-style:none;margin:.3rem 0;padding:0}
ol.list ol.list{margin-left:1.4em;padding-left:.7em;border-left:1px solid #999}
ol.list li{margin:.3rem 0}
ol.list p{margin:0;padding-left:2.2em;text-indent:-2.2em}
.mark{display:inline-block;min-width:2.2em;text-indent:0;font-variant-numeric:tabular-nums}
.table{overflow-x:auto;margin:1rem 0 1.5rem}
.table:focus{outline:2px solid #0b4f9e;outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.925rem;line-height:1.5}
.shared{table-layout:fixed}
figure{margin:1rem 0;break-inside:avoid}
figure svg{display:block;width:100%;max-width:34rem;height:auto}
figcaption{margin:.25rem 0}
caption{text-align:left;font-weight:600;padding:.25rem 0 .4rem}
th,td{border:1px solid #777;padding:.35rem .5rem;text-align:left;vertical-align:top}
thead th{background:#eee;font-weight:600}
tbody th{font-weight:500}
.by-hand td,.by-hand tbody th{height:3.5em;vertical-align:middle}
@media screen and (max-width:40rem){
.wide{min-width:calc(var(--columns)*9.5rem)}
ol.list ol.list{margin-left:.4em;padding-left:.5em}
}
@media print{
html{font-size:10.5pt;line-height:1.5}
body{max-width:none;margin:0;padding:0}
nav{display:none}
h1{margin-top:0}
h2,h3,h4,caption{break-after:avoid}
h2{margin-top:1.5rem}
p{orphans:2;widows:2}
thead{display:table-header-group}
tr,.leaf,.short{break-inside:avoid}
.table{overflow:visible}
a{color:inherit;text-decoration:none}
}
"""
_LETTER = """
.letter{max-width:42em}
.letter h1{text-align:center}
.letter h2{margin:1.5rem 0 .5rem;padding:0;border:0;font-size:1.0625rem}
.letter p{text-indent:2em}
.letter .flush,.letter .signed{text-indent:0}
.letter .n{white-space:nowrap}
.letter .signed{break-before:avoid;break-inside:avoid}
.letter .signed+.signed{position:relative;margin-top:16mm}
.letter :not(.signed)+.signed:not(:first-child){margin-top:14mm}
.letter .signed+.signed::before{content:"";position:absolute;right:0;bottom:-4mm;width:44mm;height:40mm;
border:1px dashed #8a929b}
@media screen and (max-width:30rem){.letter h1{font-size:1.25rem}}
@media print{
.letter,.letter h2,.letter .mark{line-height:28pt}
.letter{font-size:16pt;font-family:FangSong,FangSong_GB2312,STFangsong,"Source Han Serif SC","Noto Serif CJK SC",
"Songti SC",SimSun,serif}
.letter h1{margin-bottom:28pt;font-size:22pt;font-weight:400;font-family:"FZXiaoBiaoSong-B05S",
"方正小标宋简体",STZhongsong,"Source Han Serif SC","Noto Serif CJK SC",SimSun,serif}
.letter h2{margin:0;font-size:16pt;font-weight:400;text-indent:2em}
.letter p{margin:0;orphans:3;widows:3}
.letter ol.list,.letter ol.list li{margin:0}
.letter ol.list{padding-left:2em}
.letter small{font-size:1em;color:inherit}
}
"""
_LETTER_MARGINS = (
    "margin:37mm 26mm 35mm 28mm;"
    "@bottom-center{content:'第 ' counter(page) ' 页 共 ' counter(pages) ' 页';font-size:9pt}"
)
_MARGINS = "margin:16mm 14mm 18mm;@bottom-center{content:counter(page) ' / ' counter(pages);font-size:9pt}"
_CHINESE = re.compile(r"[\u3400-\u9fff](?:[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”0-9.%]*[\u3400-\u9fff）%])?")
_DAY_OR_AMOUNT = re.compile(r"[\d_]+年[\d_]+月[\d_]+日|(?<![\d.,&#])\d[\d,.]* [\u3400-\u9fff]")
_NAVIGABLE = 4  # sections from which on the page begins with links to them
_SHORT = 12  # rows up to which a table is kept on one sheet of paper
_WIDE = 4  # columns from which on a table keeps its width on a telephone, and scrolls


def as_html(document: Document) -> str:
    """The document as one page of HTML."""
    return "\n".join(_Page(document).lines()) + "\n"


class _Page:
    """The lines of one page, every text in it escaped."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.words = _plain if document.lang.startswith("zh") else _chinese_marked
        if document.kind == "letter":
            self.words = _unbroken
        self.tables = 0
        self.drawings = 0

    def lines(self) -> Iterator[str]:
        document = self.document
        title = escape(document.title)
        paper = "A4 landscape" if document.landscape else "A4"
        is_letter = document.kind == "letter"
        style, margins = (_STYLE + _LETTER, _LETTER_MARGINS) if is_letter else (_STYLE, _MARGINS)
        sections = [block for block in document.blocks if isinstance(block, Section)]
        yield from (
            "<!DOCTYPE html>",
            f'<html lang="{escape(document.lang)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">""",
            f"<title>{title}</title>",
            f"<style>{style}@page{{size:{paper};{margins}}}</style>",
            "</head>",
            '<body class="letter">' if is_letter else "<body>",
            f"<header><h1>{self.words(document.title)}</h1></header>",
        )
        if len(sections) >= _NAVIGABLE:
            yield "<nav><ol>"
            yield from (
                f'<li><a href="#s{number}">{self.words(section.title)}</a></li>'
                for number, section in enumerate(sections, 1)
            )
            yield "</ol></nav>"
        yield "<main>"
        number = 0
        for block in document.blocks:
            number += isinstance(block, Section)
            yield from self.block(block, 2, f' id="s{number}"' if isinstance(block, Section) else "")
        yield from ("</main>", "</body>", "</html>")

    def block(self, block: Block, level: int, id_: str = "") -> Iterator[str]:
        match block:
            case Paragraph(text, aside, signed, flush):
                words = f"<small>{self.broken(text)}</small>" if aside else self.broken(text)
                class_ = ' class="signed"' if signed else ' class="flush"' if flush else ""
                yield f"<p{class_}>{words}</p>"
            case Listing(items):
                yield from self.items(items, 0)
            case Table():
                yield from self.table(block)
            case Scale():
                self.drawings += 1
                yield f"<figure>{as_svg(block, f'd{self.drawings}')}<figcaption>{self.broken(block.about)}</figcaption>"
                yield from (*self.items(scale_items(block), 0), "</figure>")
            case Flows():
                self.drawings += 1
                drawing = flows_as_svg(block, f"d{self.drawings}")
                yield f"<figure>{drawing}<figcaption>{self.broken(block.about)}</figcaption></figure>"
            case Section(title, blocks):
                yield f"<section{id_}>"
                yield f"<h{min(level, 6)}>{self.words(title)}</h{min(level, 6)}>"
                for inner in blocks:
                    yield from self.block(inner, level + 1)
                yield "</section>"
            case _:
                assert_never(block)

    def broken(self, text: str) -> str:
        """A text with its line ends kept."""
        return self.words(text).replace("\n", "<br>")

    def items(self, items: Iterable[Item], depth: int) -> Iterator[str]:
        yield '<ol class="list">'
        for number, item in enumerate(items, 1):
            lead = f"<strong>{self.words(item.lead)}</strong>" if item.lead else ""
            words = "：".join(part for part in (lead, self.broken(item.text)) if part)
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
        """A table in a box of its own, which scrolls where the window is narrower, by keyboard too."""
        self.tables += 1
        name = f"t{self.tables}"
        kinds = ["shared"] * bool(table.shares) + ["wide"] * (len(table.heads) >= _WIDE) + ["by-hand"] * table.by_hand
        boxed = "table short" if len(table.rows) <= _SHORT else "table"
        yield f'<div class="{boxed}" role="group" aria-labelledby="{name}" tabindex="0">'
        yield f'<table class="{" ".join(kinds)}" style="--columns:{len(table.heads)}">'
        yield f'<caption id="{name}">{self.words(table.caption)}</caption>'
        if table.shares:
            whole = sum(table.shares)
            yield "".join(f'<col style="width:{100 * share / whole:.4g}%">' for share in table.shares)
        yield (
            "<thead><tr>"
            + "".join(f'<th scope="col">{self.words(head)}</th>' for head in table.heads)
            + "</tr></thead>"
        )
        yield "<tbody>"
        for row in table.rows:
            cells = (
                f'<th scope="row">{self.broken(cell)}</th>'
                if column == table.named_by
                else f"<td>{self.broken(cell)}</td>"
                for column, cell in enumerate(row)
            )
            yield "<tr>" + "".join(cells) + "</tr>"
        yield "</tbody></table></div>"


def _plain(text: str) -> str:
    return escape(text)


def _unbroken(text: str) -> str:
    """A text whose days and amounts are not cut at the end of a line."""
    return _DAY_OR_AMOUNT.sub(r'<span class="n">\g<0></span>', escape(text))


def _chinese_marked(text: str) -> str:
    """A text of a page in another language, each part in Chinese said to be Chinese: for voices and for fonts."""
    return _CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', escape(text))
