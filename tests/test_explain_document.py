"""An explanation as a document: what stands under which title, and hostile words that stay words in every form."""

import re

import pytest
from test_as_html import Page
from titled import CASES, GIVEN, HOSTILE, people, titled

from hardship_rules import assess, explain, notice
from hardship_rules.document import Listing, Section, Table
from hardship_rules.explain_document import document_of
from hardship_rules.explanation import explanation_of

PLAIN = titled(str)
SPOILT = titled(lambda word: word + HOSTILE)


def tags(text: str) -> list[tuple[str, list[str]]]:
    """The tags of a page with the names of their attributes, well nested."""
    page = Page(text)
    assert page.open == []
    return [(tag, sorted(attributes)) for tag, attributes in page.tags]


def cells(markdown: str) -> list[tuple[str, int]]:
    """How each line begins, and how many cells it has."""
    begun = re.compile(r"#+ |- |\||\*\*|$")
    lines = markdown.splitlines()
    return [
        (found[0] if (found := begun.match(line.strip())) else "", len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)))
        for line in lines
    ]


def test_sections() -> None:
    """The verdict is the title; then the figures with the drawing, reasons, later decisions, and how it is known."""
    document = document_of(explanation_of(assess(PLAIN, CASES["near"]), "zh"))
    assert (document.title, document.lang) == ("nearly", "zh-CN")
    sections = [block for block in document.blocks if isinstance(block, Section)]
    assert [each.title for each in sections] == ["家庭的数额", "理由", "papers", "未填写，按规则取值", "依据的把握程度"]
    table = next(block for block in sections[0].blocks if isinstance(block, Table))
    assert table.rows[0] == ("total", "150 yuan", "self 150")
    grounds = next(block for block in sections[1].blocks if isinstance(block, Listing))
    assert [(item.mark, item.means, item.text, item.aside) for item in grounds.items] == [
        ("√", "成立", "below twice：150 < 200，低 50 yuan", "〔归纳〕"),
        ("√", "成立", "child（child）", "〔归纳〕"),
    ]


def test_missing_is_asked_for_before_what_follows() -> None:
    """Of an undecided household what is missing stands right after the reasons."""
    document = document_of(explanation_of(assess(PLAIN, CASES["undecided"]), "en"))
    titles = [block.title for block in document.blocks if isinstance(block, Section)]
    assert titles[1:3] == ["Reasons", "These facts are still needed for a verdict"]
    assert document.lang == "en"


@pytest.mark.parametrize("case", CASES)
def test_hostile_words_add_no_tag(case: str) -> None:
    """A page of hostile titles and labels has the tags and attributes of the same page of plain ones, no other."""
    household, spoilt = people(*GIVEN[case]), people(*GIVEN[case], label=HOSTILE)
    pages = [explain(assess(policy, facts), format="html") for policy, facts in ((PLAIN, household), (SPOILT, spoilt))]
    assert tags(pages[0]) == tags(pages[1])
    assert HOSTILE in Page(pages[1]).text
    letters = [notice(assess(policy, household), format="html") for policy in (PLAIN, SPOILT)]
    assert tags(letters[0]) == tags(letters[1])


@pytest.mark.parametrize("case", CASES)
def test_hostile_words_in_english(case: str) -> None:
    """In an English page parts in Chinese are marked as such, and what is hostile is text all the same."""
    page = Page(explain(assess(SPOILT, CASES[case]), format="html", lang="en"))
    assert page.open == []
    assert page.named("script") == []
    assert HOSTILE in page.text
    mixed = explain(assess(titled(lambda word: f"标{word}<b>准"), CASES[case]), format="html", lang="en")
    assert Page(mixed).named("b") == []
    assert '<span lang="zh-CN">标</span>total&lt;b&gt;<span lang="zh-CN">准</span>' in mixed


@pytest.mark.parametrize("case", CASES)
def test_hostile_words_are_no_markdown(case: str) -> None:
    """Hostile titles begin no heading, entry or table in Markdown, and add no cell."""
    for plain, spoilt in (
        (
            explain(assess(PLAIN, CASES[case]), format="markdown"),
            explain(assess(SPOILT, CASES[case]), format="markdown"),
        ),
        (notice(assess(PLAIN, CASES[case]), format="markdown"), notice(assess(SPOILT, CASES[case]), format="markdown")),
    ):
        assert cells(plain) == cells(spoilt)
        assert "<script" not in re.sub(r"\\.", "", spoilt)
