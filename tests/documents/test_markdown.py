"""A document as Markdown: headings, lists and tables, with markup in texts escaped."""

import re

from documents import DOCUMENTS, EVERY_PART, texts_of
from hypothesis import given

from hardship_rules.documents.document import Document, Extent, Item, Listing, Paragraph, Scale, Table
from hardship_rules.documents.markdown import as_markdown

EXPECTED = """\
# 题目

一段。

## 一、甲

- 1\\. **称呼**：内容 〔归纳〕
  - （1） 里层
- 2\\. 第二条

### （一）乙

**表**

| 名 | 数 |
| --- | --- |
| 甲 | 1<br>2 |
| 乙 |  |
"""


def test_every_part() -> None:
    """Headings by level, bullets with marks of their own, pipe tables with their caption in bold."""
    assert as_markdown(EVERY_PART) == EXPECTED


def test_nothing_in_a_text_is_markup() -> None:
    """Emphasis, links, tags, cells, headings and lists in a text are escaped."""
    text = "1. *甲* _b_ `c` [d](e) <script> a|b &amp; # ~~f~~"
    escaped = "1\\. \\*甲\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<script\\> a\\|b &amp;amp; \\# \\~\\~f\\~\\~"
    assert as_markdown(Document("题", (Paragraph(text),))).splitlines()[2] == escaped
    listed = as_markdown(Document("题", (Listing((Item(text),)), Table("表", (text,), ((text,),)))))
    assert listed.count(escaped) == 3
    for start in ("- 甲", "+ 甲", "= 甲", "12) 甲"):
        line = as_markdown(Document("题", (Paragraph(start),))).splitlines()[2]
        assert line.replace("\\", "") == start
        assert line != start


@given(DOCUMENTS)
def test_nothing_is_lost(document: Document) -> None:
    """Without the escapes, the Markdown has every text, in order."""
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", as_markdown(document)).replace("&amp;", "&")
    at = 0
    for text in [document.title, *(text for block in document.blocks for text in texts_of(block))]:
        at = shown.index(text, at) + len(text)


@given(DOCUMENTS)
def test_rows_have_as_many_cells_as_heads(document: Document) -> None:
    """No text adds a cell to its row or a row to its table."""
    tables = 0
    heads = 0
    for line in as_markdown(document).splitlines():
        cells = len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) - 1
        if line.startswith("| ") and not heads:
            heads, tables = cells, tables + 1
        elif line.startswith("|"):
            assert cells == heads
        else:
            heads = 0


def test_scale_and_marks() -> None:
    """A scale becomes a list of sentences with its marks, and an entry's own mark replaces its number."""
    scale = Scale("界线", Extent(1, 1, "一"), (Extent(2, 2, "二"),), "数为一", ("低于二",))
    lines = as_markdown(Document("题", (scale, Listing((Item("甲", mark="√", means="成立"),))))).splitlines()
    assert [line for line in lines[2:] if line] == ["数为一", "- ① 低于二", "- √ 甲"]
