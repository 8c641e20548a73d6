"""The section of the review sheet on worked cases."""

from pathlib import Path

from reviews import VILLAGE, YEAR_CASES, reviewed
from years import MEASURE, THIS

from hardship_rules.authoring._review_document import case_blocks
from hardship_rules.documents.document import Block, Item, Listing, Paragraph, Section
from hardship_rules.documents.text import item_text

MORE = """
  - {title: 理由不同, but: {ill: yes}, expect: {category: deep, decided_by: [category.deep.ill]}, because: 患病}
  - {title: 又不同, but: {income: 2100}, expect: {category: none, possible: [none]}, because: 不符合}
"""
OWN = """
policy: 2025_city
cases:
  - {title: 新年的算例, household: {place: town, income: 5, members: [{}]}, expect: {category: deep}, because: 5 < 1100}
  - {title: 写错的, household: {place: town, income: 5, members: [{}]}, expect: {category: none}, because: 写错}
"""


def lines(blocks: list[Block]) -> dict[str, list[str]]:
    """The entries of each section with their parts, by its title."""

    def said(items: tuple[Item, ...]) -> list[str]:
        return [line for item in items for line in (item_text(item), *said(item.parts))]

    listed = {block.title: block.blocks[0] for block in blocks if isinstance(block, Section)}
    return {title: said(block.items) for title, block in listed.items() if isinstance(block, Listing)}


def test_by_change_of_category(tmp_path: Path) -> None:
    """Cases with a different category are grouped by the change; the others list their differences."""
    review = reviewed(tmp_path, last=VILLAGE, cases=YEAR_CASES + MORE)
    blocks = list(case_blocks(review))
    assert blocks[0] == Paragraph(
        "旧政策的算例 10 例，认定日期不变，按新政策再判一次（假定新政策当日也适用）：结果不变的 3 例，不同的 6 例。"
        "另有 1 例按旧政策就与算例不符。所给的有 1 例没有人工核对过。只检验适用日期的 1 例没有再判。"
    )
    assert lines(blocks) == {
        "类别不同的算例": [
            "相对 → 深度（3 例）",
            "恰在两年之间  cases.yaml:6",
            "改选解读  cases.yaml:11",
            "没有核对过  cases.yaml:14",
            "不符合 → 相对（2 例）",
            "倍数之间  cases.yaml:8",
            "又不同  cases.yaml:17",
        ],
        "类别相同、其他结果不同的算例": [
            "理由不同：起决定作用的条款 另有 月收入低于标准  cases.yaml:16",
        ],
        "按旧政策就与算例不符的，看不出改动的影响": ["写错的算例：类别 应为 深度，得到 不符合  cases.yaml:9"],
    }


def test_the_new_policys_own(tmp_path: Path) -> None:
    """The section has the number of passing cases, and lists the failing ones."""
    blocks = list(case_blocks(reviewed(tmp_path, cases=OWN)))
    assert blocks[0] == Paragraph("新政策的算例 2 例，通过 1 例，未通过 1 例。")
    assert lines(blocks) == {"新政策未通过的算例": ["写错的：类别 应为 不符合，得到 深度  cases.yaml:5"]}


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A case with a fact that the new policy lacks is listed with the problem."""
    other = MEASURE.replace("policy: measure", "policy: other").replace("ill: {title: 患病", "sick: {title: 生病")
    (tmp_path / "other.yaml").write_text(other.replace("that: ill", "that: sick"), encoding="utf-8")
    case = "{title: 患病, but: {ill: yes}, expect: {category: deep}, because: 患病}"
    text = f"{YEAR_CASES.split('cases:', maxsplit=1)[0]}cases: [{case}]\n"
    this = THIS.replace("extends: measure", "extends: other")
    blocks = case_blocks(reviewed(tmp_path, last=VILLAGE, this=this, cases=text))
    group, told = lines(list(blocks))["类别不同的算例"]
    assert group == "新政策不能采用这一例的材料（1 例）"
    assert "错误[unknown_fact]" in told
    assert "`ill`" in told
