"""A document as HTML: one self-contained page, every text escaped, tables with heads and row headers."""

import pytest
from documents import DOCUMENTS, EVERY_PART, texts_of
from html_page import Page
from hypothesis import given

from hardship_rules.documents.document import Document, Extent, Item, Listing, Paragraph, Scale, Section, Table
from hardship_rules.documents.html import as_html


def test_what_a_page_says_of_itself() -> None:
    """A page states its language, encoding, width and title; it has no script, and loads nothing."""
    text = as_html(EVERY_PART)
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>\n")
    assert page.named("html") == [{"lang": "zh-CN"}]
    assert {"charset": "utf-8"} in page.named("meta")
    assert any(meta.get("name") == "viewport" for meta in page.named("meta"))
    assert "<title>题目</title>" in text
    assert {name for name, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert not any("src" in attributes for _, attributes in page.tags)
    assert "url(" not in text
    assert "://" not in text
    assert "default-src 'none'" in text


def test_tables_say_what_their_cells_are() -> None:
    """A table has a caption, column headers and, in each row, a row header."""
    page = Page(as_html(EVERY_PART))
    assert len(page.named("caption")) == len(page.named("table")) == 1
    assert [each["scope"] for each in page.named("th")] == ["col", "col", "row", "row"]
    assert len(page.named("td")) == 2
    assert page.named("div")[0]["aria-labelledby"] == page.named("caption")[0]["id"]


def test_row_named_by_another_column() -> None:
    """If the first cell is a number, another cell is the row header."""
    text = as_html(Document("题", (Table("表", ("行", "内容"), (("1", "甲"),), named_by=1),)))
    assert '<tr><td class="num">1</td><th scope="row">甲</th></tr>' in text


def test_what_is_about_what_follows_is_small() -> None:
    """An aside is set small."""
    assert "<p><small>出处</small></p>" in as_html(Document("题", (Paragraph("出处", aside=True),)))


def test_what_ends_a_letter_is_signed() -> None:
    """A signed paragraph is right-aligned."""
    assert '<p class="signed">盖章</p>' in as_html(Document("题", (Paragraph("盖章", signed=True),)))


def test_marks_in_place_of_numbers() -> None:
    """An entry's own mark replaces its number, and has a label for screen readers."""
    text = as_html(Document("题", (Listing((Item("甲", mark="√", means="成立"), Item("乙"))),)))
    assert '<span class="mark" role="img" aria-label="成立">√</span>甲' in text
    assert '<span class="mark">2.</span>乙' in text


def test_scale_is_drawn_and_told() -> None:
    """A scale is a drawing with its sentences below, marked like its lines."""
    scale = Scale("界线", Extent(1, 1, "一"), (Extent(2, 2, "二"), Extent(3, 3, "三")), "数为一", ("低于二", "低于三"))
    page = Page(as_html(Document("题", (scale, scale))))
    assert len(page.named("svg")) == 2
    assert len({each["aria-labelledby"] for each in page.named("svg")}) == 2
    assert "数为一\n\n①低于二\n\n②低于三" in page.text


@pytest.mark.parametrize(("lang", "spans"), [("zh-CN", 0), ("en", 3)])
def test_chinese_in_another_language(lang: str, spans: int) -> None:
    """In an English page the Chinese parts have a language attribute; a Chinese page needs none."""
    page = Page(as_html(Document("低保 line", (Paragraph("of 家庭（城市）2倍 and 元"),), lang=lang)))
    assert [each for each in page.named("span") if "lang" in each] == [{"lang": "zh-CN"}] * spans
    assert page.text.endswith("of 家庭（城市）2倍 and 元\n\n\n\n")


def test_headings_by_level() -> None:
    """A page has one h1, and each nested section is one heading level deeper."""
    page = Page(as_html(EVERY_PART))
    assert [name for name, _ in page.tags if name in ("h1", "h2", "h3")] == ["h1", "h2", "h3"]


@pytest.mark.parametrize(("count", "links"), [(3, 0), (4, 4)])
def test_links_to_many_sections(count: int, links: int) -> None:
    """A page of several sections has contents, with links to existing anchors."""
    page = Page(as_html(Document("题", tuple(Section(f"节{number}", ()) for number in range(count)))))
    targets = [str(each["href"]) for each in page.named("a")]
    assert len(targets) == links
    assert {target.removeprefix("#") for target in targets} <= {each.get("id") for each in page.named("section")}


def test_paper() -> None:
    """A page prints on A4, in portrait or landscape format."""
    assert "@page{size:A4;" in as_html(EVERY_PART)
    assert "@page{size:A4 landscape;" in as_html(Document("题", (), landscape=True))


def test_markup_in_texts_is_text() -> None:
    """Tags, ends of attributes and entities in a text are escaped everywhere."""
    hostile = "</title></style><script>alert('1')</script>\"&lt;"
    item = Item(hostile, hostile, hostile, (Item(hostile),))
    blocks = (Paragraph(hostile), Listing((item,)), Table(hostile, (hostile,), ((hostile,),)))
    page = Page(as_html(Document(hostile, (*blocks, Section(hostile, blocks)), lang='"><script>')))
    assert page.named("script") == []
    assert page.named("html") == [{"lang": '"><script>'}]
    assert page.text.count(hostile) == 2 + 2 * (1 + 4 + 3) + 1
    assert page.open == []


@given(DOCUMENTS)
def test_nothing_is_lost(document: Document) -> None:
    """Tags are well nested, and the page has every text, in order."""
    page = Page(as_html(document))
    assert page.open == []
    at = page.text.index(document.title) + len(document.title)  # first the page's title, then its content
    for text in [document.title, *(text for block in document.blocks for text in texts_of(block))]:
        at = page.text.index(text, at) + len(text)


def test_tables_on_paper() -> None:
    """A short table is kept on one sheet, a long one is not; rows to fill in are high."""
    rows = (("甲", ""),)
    few, many = (as_html(Document("题", (Table("表", ("一", "二"), rows * count),))) for count in (6, 7))
    assert Page(few).named("div")[0]["class"] == "table short"
    assert Page(many).named("div")[0]["class"] == "table"
    signed = Page(as_html(Document("题", (Table("表", ("一", "二"), rows, by_hand=True),))))
    assert signed.named("table")[0]["class"] == "by-hand"
    assert ".by-hand td,.by-hand tbody th{height:var(--written)" in few
