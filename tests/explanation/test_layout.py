"""The layout of an explanation as text and as a document, with markup in texts escaped in every form."""

import re

import pytest
from html_page import Page
from titled import CASES, GIVEN, HOSTILE, people, titled

from hardship_rules import assess, explain, load_policy, notice
from hardship_rules.core.problem import Language
from hardship_rules.documents.document import (
    Banner,
    Document,
    Fold,
    Item,
    Listing,
    Pair,
    Pairs,
    Paragraph,
    Section,
    Table,
)
from hardship_rules.documents.text import width
from hardship_rules.explanation.brief import brief_of
from hardship_rules.explanation.explanation import explanation_of
from hardship_rules.explanation.layout import explanation_document, explanation_text

PLAIN = titled(str)


def tagged(role: str, text: str) -> str:
    """A text in angle brackets that name its role."""
    return f"‹{role}:{text}›"


@pytest.mark.parametrize("case", CASES)
def test_painted_text_says_the_same(case: str) -> None:
    """A coloured text without its colours equals the plain one, columns included."""
    assessment = assess(PLAIN, CASES[case])
    painted = explanation_text(explanation_of(assessment, "zh"), tagged)
    assert re.sub(r"‹[^:]*:(.*?)›", r"\1", painted) == explain(assessment, detail="full")


def test_what_is_painted() -> None:
    """The verdict, the headings and the marks are coloured by role."""
    lines = explanation_text(explanation_of(assess(PLAIN, CASES["near"]), "zh"), tagged).splitlines()
    assert lines[0].startswith("‹plain:nearly›        Titled")
    assert "‹heading:未认定为其他类别的原因›" in lines
    assert "‹√:√› below twice       150 < 200，低 50 yuan    〔归纳〕" in lines
    assert "  ‹×:×› deep：not below    150 < 100，高 50 yuan    〔归纳〕" in lines


def test_clauses_in_columns() -> None:
    """The comparisons of an undecided household's clauses are aligned."""
    policy = titled(lambda word: {"below": "低于标准", "below twice": "低于标准的两倍"}.get(word, word))
    lines = explain(assess(policy, CASES["undecided"]), detail="full").splitlines()
    open_ = [line for line in lines if line.startswith("○ 低于")]
    assert len(open_) == 2
    assert len({width(line[: line.index("0 至")]) for line in open_}) == 1


SPOILT = titled(lambda word: word + HOSTILE)


def tags(text: str) -> list[tuple[str, list[str]]]:
    """The tags of a page with the names of their attributes, checked to be well nested."""
    page = Page(text)
    assert page.open == []
    return [(tag, sorted(attributes)) for tag, attributes in page.tags]


def cells(markdown: str) -> list[tuple[str, int]]:
    """The beginning of each line, and its number of cells."""
    begun = re.compile(r"#+ |- |\||\*\*|$")
    lines = markdown.splitlines()
    return [
        (found[0] if (found := begun.match(line.strip())) else "", len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)))
        for line in lines
    ]


def page(household: dict[str, object], lang: Language = "zh", *, is_open: bool = False) -> Document:
    """The document of a household under the plain policy."""
    assessment = assess(PLAIN, household)
    return explanation_document(explanation_of(assessment, lang), brief_of(assessment, lang), is_open=is_open)


def test_first_screen() -> None:
    """The verdict comes first, then figures, distances, decisions and facts to check."""
    document = page(CASES["near"])
    assert (document.title, document.lang, document.whole) == ("nearly", "zh-CN", ("deep", "nearly", "none"))
    banner, figures, *others = document.blocks
    assert banner == Banner(
        "plain", "Titled · 未填认定日期", "nearly", "total 150 yuan，比line（town）的 2 倍 200 yuan低 50 yuan〔归纳〕"
    )
    assert isinstance(figures, Pairs)
    assert (figures.rows[0], figures.amounts) == (Pair("total", "150 yuan", "self 150"), True)
    kinds = [type(block) for block in others]
    assert kinds == sorted(kinds, key=[Section, Paragraph, Fold].index)
    assert [each.title for each in others if isinstance(each, Section)] == ["离其他结论多远", "处理", "请核对"]


def test_everything_else_is_folded() -> None:
    """Reasons, later decisions, defaults and unverified grounds are each folded under a title, or open."""
    folds = [block for block in page(CASES["near"]).blocks if isinstance(block, Fold)]
    assert [each.title for each in folds] == ["家庭的数额", "理由", "papers", "未填写，按规则取值", "依据的把握程度"]
    assert not any(each.is_open for each in folds)
    assert all(each.is_open for each in page(CASES["near"], is_open=True).blocks if isinstance(each, Fold))
    grounds = next(block for block in folds[1].blocks if isinstance(block, Listing))
    assert [(item.mark, item.means, item.text, item.aside) for item in grounds.items] == [
        ("√", "成立", "below twice：150 < 200，低 50 yuan", "〔归纳〕"),
        ("√", "成立", "child（child）", "〔归纳〕"),
    ]


def test_the_verdict_by_the_one_missing_fact() -> None:
    """With one missing number, the table of its break points, 100 and 200, follows the verdict."""
    banner, table, *_ = page(CASES["undecided"]).blocks
    assert banner == Banner(
        "open", "Titled · 未填认定日期", "待定：还缺 1 项", "补上这一项即可认定：self的income（凭slip）"
    )
    assert isinstance(table, Table)
    assert table.heads[:2] == ("self的income", "结论")
    assert [row[1] for row in table.rows] == ["deep", "nearly", "none"]


def test_what_is_missing() -> None:
    """Several missing facts are listed after the verdict."""
    banner, missing, *_ = page(CASES["nothing known"], "en").blocks
    assert isinstance(banner, Banner)
    assert banner.tone == "open"
    assert isinstance(missing, Section)
    assert missing.title == "These facts are still needed for a verdict"


def test_many_facts_are_missing() -> None:
    """Of more than eight facts or parts, the first eight are on the first screen and all are in the folded part."""
    policy = load_policy("2021_weihai")
    children = [{"relation": "child", "label": f"孩{number}", "age": 5} for number in range(12)]
    facts = {"on": "2021-03-31", "members": [{"relation": "self"}, *children]}
    assessment = assess(policy, facts)
    told, brief = explanation_of(assessment, "zh"), brief_of(assessment, "zh")
    document = explanation_document(told, brief)
    missing = document.blocks[1]
    assert isinstance(missing, Section)
    assert isinstance(missing.blocks[0], Listing)
    assert [item.text for item in missing.blocks[0].items] == [*told.missing[:8]]
    assert missing.blocks[1] == Paragraph("其余见后面同名的一节", aside=True)
    fold = next(block for block in document.blocks if isinstance(block, Fold) and block.title == missing.title)
    assert fold.blocks == (Listing(tuple(map(Item, told.missing))),)
    figures = next(block for block in document.blocks if isinstance(block, Pairs))
    longest = max(brief.figures, key=lambda figure: len(figure.parts))
    below = next(row.below for row in figures.rows if row.name == longest.title)
    assert below == "，".join([*longest.parts[:8], f"等 {len(longest.parts)} 项"])


def test_foot_of_a_sheet() -> None:
    """The footer of a sheet has the policy, eight characters of its fingerprint and the disclaimer, as a CSS string."""
    text = explain(assess(SPOILT, CASES["near"]), format="html")
    foot = re.search("@bottom-left{content:'([^']*)'", text)
    assert foot is not None
    shown = re.sub(r"\\([0-9a-f]+) ", lambda sign: chr(int(sign[1], 16)), foot[1])
    assert shown.startswith("Titled" + HOSTILE[:24])
    assert f" {SPOILT.fingerprint[3:11]} " in shown
    assert shown.endswith("不替代工会认定决定")
    assert re.fullmatch(r"(\w|\\[0-9a-f]+ )*", foot[1])


@pytest.mark.parametrize("case", CASES)
def test_hostile_words_add_no_tag(case: str) -> None:
    """Titles and labels with markup give a page with the same tags and attributes as plain ones."""
    household, spoilt = people(*GIVEN[case]), people(*GIVEN[case], label=HOSTILE)
    pages = [explain(assess(policy, facts), format="html") for policy, facts in ((PLAIN, household), (SPOILT, spoilt))]
    assert tags(pages[0]) == tags(pages[1])
    assert HOSTILE in Page(pages[1]).text
    letters = [notice(assess(policy, household), format="html") for policy in (PLAIN, SPOILT)]
    assert tags(letters[0]) == tags(letters[1])


@pytest.mark.parametrize("case", CASES)
def test_hostile_words_in_english(case: str) -> None:
    """In an English page Chinese parts are marked by language, and markup in texts is escaped."""
    page = Page(explain(assess(SPOILT, CASES[case]), format="html", lang="en"))
    assert page.open == []
    assert page.named("script") == []
    assert HOSTILE in page.text
    mixed = explain(assess(titled(lambda word: f"标{word}<b>准"), CASES[case]), format="html", lang="en")
    assert Page(mixed).named("b") == []
    assert '<span lang="zh-CN">标</span>total&lt;b&gt;<span lang="zh-CN">准</span>' in mixed


@pytest.mark.parametrize("case", CASES)
def test_hostile_words_are_no_markdown(case: str) -> None:
    """Titles with markup begin no heading, entry or table in Markdown, and add no cell."""
    for plain, spoilt in (
        (
            explain(assess(PLAIN, CASES[case]), format="markdown"),
            explain(assess(SPOILT, CASES[case]), format="markdown"),
        ),
        (notice(assess(PLAIN, CASES[case]), format="markdown"), notice(assess(SPOILT, CASES[case]), format="markdown")),
    ):
        assert cells(plain) == cells(spoilt)
        assert "<script" not in re.sub(r"\\.", "", spoilt)
