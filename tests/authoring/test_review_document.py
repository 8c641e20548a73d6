"""The review as a sheet to sign, section by section."""

from functools import partial
from pathlib import Path

import pytest
from attrs import evolve
from reviews import BROKEN, PROPERTIES, VILLAGE, YEAR_CASES, reviewed
from years import LAST, MEASURE, THIS

from hardship_rules import load_policy
from hardship_rules.authoring._review import Review, review
from hardship_rules.authoring._review_document import review_document
from hardship_rules.documents.document import Document, Item, Listing, Paragraph, Section, Table
from hardship_rules.documents.html import as_html
from hardship_rules.documents.markdown import as_markdown
from hardship_rules.documents.text import as_text
from hardship_rules.proofs.claims import Claim
from hardship_rules.proofs.report import kept_and_changed
from hardship_rules.proofs.solver import NotSettled


def _with(review: Review, claims: tuple[Claim, ...]) -> Review:
    return evolve(review, report=evolve(review.report, claims=claims))


def _unsettled(claim: Claim) -> Claim:
    return evolve(claim, verdict="not_settled", answer=NotSettled(1.0))


def section(document: Document, title: str) -> Section:
    """The section of that title."""
    (found,) = [each for each in document.blocks if isinstance(each, Section) and each.title.endswith(f"、{title}")]
    return found


def paragraphs(document: Document, title: str) -> list[str]:
    """The sentences of a section."""
    return [block.text for block in section(document, title).blocks if isinstance(block, Paragraph)]


def entries(inside: Section) -> list[Item]:
    """The entries of the lists of a section."""
    return [item for block in inside.blocks if isinstance(block, Listing) for item in block.items]


def rows(document: Document, title: str, caption: str) -> dict[str, tuple[str, ...]]:
    """The rows of a table of a section, by their first cells."""
    (table,) = [each for each in section(document, title).blocks if isinstance(each, Table) and each.caption == caption]
    return {row[0]: row[1:] for row in table.rows}


def short(review: Review) -> dict[str, str]:
    """The summary of the sheet."""
    return {item: words for item, (words,) in rows(review_document(review), "两份政策", "要点").items()}


@pytest.fixture
def year(tmp_path: Path) -> Review:
    """A draft of 2025 compared with 2024, with properties that hold, and cases."""
    this = f"{THIS}status: draft\n"
    return reviewed(tmp_path, measure=MEASURE + PROPERTIES, last=VILLAGE, this=this, cases=YEAR_CASES)


def test_a_draft_says_so_first(year: Review) -> None:
    """In each form the first line is 草案, the sheet's name and the policy's title."""
    document = review_document(year)
    assert as_text(document).splitlines()[0] == "【草案】审批表：某市2025年认定"
    assert as_markdown(document).splitlines()[0] == "# 【草案】审批表：某市2025年认定"
    assert "<h1>【草案】审批表：某市2025年认定</h1>" in as_html(document)


def test_both_policies_and_all_in_short(year: Review) -> None:
    """The summary has titles, days, status and fingerprints of both, and the number of differences in each section."""
    about = rows(review_document(year), "两份政策", "送批的新政策，与之比较的旧政策")
    assert about["名称"] == ("某市2024年认定", "某市2025年认定")
    assert about["适用日期"] == ("2024-01-01 至 2024-12-31", "2025-01-01 至 2025-12-31")
    assert about["状态"] == ("未写明：不是草案，也没有批准记录", "草案，尚未批准")
    assert about["所依据的办法"] == ("办法（measure）", "办法（measure）")
    assert about["指纹"] == (year.old.fingerprint, year.new.fingerprint)
    assert short(year) == {
        "改了什么": "共 7 处：依据的文件 3、参数 1、解读 2、附注 1",
        "提示": "1 处",  # the village's standard is unchanged
        "哪些家庭的结果改变": "有 4 种，已证明没有的 6 种，没有结论的 0 种",
        "算例": "旧政策的算例 8 例，结果不同的 4 例，其中类别不同的 4 例",
        "应有的性质": "共 2 项：已证明 2、反例 0、未定 0",
    }


def test_what_is_changed(year: Review) -> None:
    """A change has its old and new value, amount, source and id; a removed entry is marked as removed."""
    document = review_document(year)
    assert rows(document, "改了什么", "参数") == {
        "标准（城市）\nstandard": ("1,000 元/月", "1,100 元/月\n增加 100 元（10%）；〔通知〕2025年通知，第一条")
    }
    assert rows(document, "改了什么", "附注") == {"附注\ndays": ("四月底截止。", "（删去）")}


def test_warnings_have_room_for_what_was_found(year: Review) -> None:
    """Each warning has its hint, its line, and a line to write on."""
    (item,) = entries(section(review_document(year), "提示"))
    assert item.text.startswith("标准（农村）为 900，与 `2024_city` 相同；核对")
    assert item.aside == "2025_city.yaml:10"
    assert item.parts == (Item("核对结果：________________", mark="□"),)


def test_whose_category_changes(year: Review) -> None:
    """Each category has a row and each change a section of its own, with an example household."""
    document = review_document(year)
    assert rows(document, "哪些家庭的结果改变", "各项结果怎样改变") == {
        "材料能否受理": ("（无）", "全部 2 种"),
        "类别": ("相对 → 深度\n不符合 → 相对\n有结论 → 待定\n待定 → 有结论", "4 种"),
    }
    inner = [each for each in section(document, "哪些家庭的结果改变").blocks if isinstance(each, Section)]
    assert sorted(title for each in inner for title in each.title.split(". ")[1].split("、")) == [
        "类别：不符合 → 相对",
        "类别：待定 → 有结论",
        "类别：有结论 → 待定",
        "类别：相对 → 深度",
    ]
    assert all(isinstance(each.blocks[0], Table) for each in inner)
    assert paragraphs(document, "哪些家庭的结果改变")[0] == (
        "对每户至多 2 人、各项事实已知、未知或未填的家庭：材料能否受理不变〔已证明〕；类别有改变。"
        "未查：超过 2 人的家庭、2025-01-01 至 2025-12-31 以外的认定日期、各项数额、理由和提示的文字。"
    )


def test_no_change_at_all(tmp_path: Path) -> None:
    """The same rules for another year differ in the head only, and it is proved that no category changes."""
    this = VILLAGE.replace("2024_city", "2025_city").replace("2024-01-01, to: 2024", "2025-01-01, to: 2025")
    review = reviewed(tmp_path, last=VILLAGE, this=this)
    document = review_document(review)
    assert paragraphs(document, "改了什么") == ["除标识、名称、系列和适用日期外，没有改动。"]
    assert paragraphs(document, "哪些家庭的结果改变")[-1] == "没有一个家庭的结果改变：已证明。"
    assert paragraphs(document, "应有的性质") == ["政策没有写明应有的性质（properties）。"]
    assert short(review)["哪些家庭的结果改变"] == "没有：10 种都已证明"
    same = Review(review.new, review.new, review.bases, (), (), review.report, None)
    assert paragraphs(review_document(same), "改了什么") == ["两份政策的内容相同（指纹一致），没有改动。"]
    assert paragraphs(review_document(same), "提示") == ["没有提示。"]


def test_what_neither_has_published(tmp_path: Path) -> None:
    """An unpublished number ranges over its bounds; if both policies have the same one it is one number, as noted."""
    last = LAST.replace("四月底", "五月底")
    this = LAST.replace("2024_city", "2025_city").replace("2024-01-01, to: 2024", "2025-01-01, to: 2025")
    said = "尚未公布的数，凡在其范围内的都算在内：标准。"
    told = paragraphs(review_document(reviewed(tmp_path, last=last, this=this)), "哪些家庭的结果改变")
    assert told[2:] == [
        f"{said}其中在两份政策里写法完全相同的，当作同一个数：标准。",
        "没有一个家庭的结果改变：已证明。",
    ]
    apart = paragraphs(review_document(reviewed(tmp_path, last=last)), "哪些家庭的结果改变")
    assert apart[2] == said


def test_what_was_not_asked_is_said(tmp_path: Path) -> None:
    """Without cases, or with cases of other policies, the sheet and its summary say that no cases were run."""
    assert paragraphs(review_document(reviewed(tmp_path)), "算例") == ["没有给出算例（--cases），这一项没有查。"]
    others = YEAR_CASES.replace("policy: 2024_city", "policy: 2021_weihai").split("cases:")[0]
    text = (
        others.replace("place: town, income: 1050, ", "")
        + "cases: [{title: 别的, expect: {category: undecided}, because: 未知}]\n"
    ).replace("on: 2024-05-05", "on: 2021-05-05")
    review = reviewed(tmp_path, cases=text)
    assert paragraphs(review_document(review), "算例") == ["所给的算例中，没有为这两份政策写的，这一项没有查。"]
    assert short(review)["算例"] == "没有查"


def test_what_is_not_settled_is_open(year: Review) -> None:
    """A claim that is neither proved nor refuted is shown as open, never as proved, in the table and the summary."""
    claims = tuple(
        claim if claim.id not in ("category.deep→none", "ill_is_deep") else _unsettled(claim)
        for claim in year.report.claims
    )
    review = _with(year, claims)
    document = review_document(review)
    table = rows(document, "哪些家庭的结果改变", "各项结果怎样改变")
    assert table["类别"][1:] == ("3 种", "深度 → 不符合：在限时内没有结论")
    assert short(review)["哪些家庭的结果改变"] == "有 4 种，已证明没有的 5 种，没有结论的 1 种"
    assert short(review)["应有的性质"] == "共 2 项：已证明 1、反例 0、未定 1"
    items = entries(section(document, "应有的性质"))
    assert [(each.mark, each.aside) for each in items] == [("√", "已证明"), ("○", "未定")]


def test_a_property_that_is_not_kept(tmp_path: Path) -> None:
    """A violated property is marked as refuted, and its household is shown under its title."""
    document = review_document(reviewed(tmp_path, measure=MEASURE + BROKEN, last=VILLAGE))
    inside = section(document, "应有的性质")
    items = entries(inside)
    assert [(each.mark, each.means, each.aside) for each in items] == [("×", "反例", "反例")] * 2
    assert [each.title for each in inside.blocks if isinstance(each, Section)] == [
        "反例：收入增加不改变类别",
        "反例：没有深度",
    ]


def test_what_callers_must_now_send(tmp_path: Path) -> None:
    """A fact that the category needs and the old policy lacks is listed among the changes."""
    wider = MEASURE.replace("policy: measure", "policy: wider").replace(
        "  ill: {title: 患病,", "  alone: {title: 独居, yes or no: true}\n  ill: {title: 患病,"
    )
    (tmp_path / "wider.yaml").write_text(
        wider.replace("{that: ill}", "{any: {a: {that: ill}, b: {that: alone}}}"), encoding="utf-8"
    )
    document = review_document(
        reviewed(tmp_path, last=VILLAGE, this=THIS.replace("extends: measure", "extends: wider"))
    )
    assert paragraphs(document, "改了什么")[1].endswith("现在必须填写，缺了类别可能为待定：独居。")
    assert "办法（wider）" in rows(document, "改了什么", "所依据的办法")["所依据的办法\nextends"][1]


def test_it_ends_with_lines_to_sign(year: Review) -> None:
    """The sheet ends with the fingerprint, rows for name, signature and day, and the approval command."""
    (table,) = [each for each in section(review_document(year), "审批").blocks if isinstance(each, Table)]
    assert table.by_hand
    assert [row[0] for row in table.rows] == ["起草", "审核", "批准"]
    assert table.heads[1:] == ("姓名", "签名", "日期")
    told = paragraphs(review_document(year), "审批")
    assert told[1] == f"指纹：{year.new.fingerprint}"
    assert f"approve 2025_city.yaml --by 批准的单位 --date 批准日期 --fingerprint {year.new.fingerprint}" in told[2]


def test_an_approved_policy_is_not_approved_again(tmp_path: Path) -> None:
    """The sheet of an approved policy names the approver and has no command."""
    fingerprint = reviewed(tmp_path).new.fingerprint
    approval = f"approved: {{by: 某市总工会, date: 2025-01-15, fingerprint: {fingerprint}}}\n"
    document = review_document(reviewed(tmp_path, this=THIS + approval))
    told = paragraphs(document, "审批")
    assert told[2] == "这一内容已有批准记录：某市总工会 2025-01-15 批准。"
    assert "hardship-rules approve" not in as_text(document)
    assert not document.title.startswith("【")


def test_two_measures_that_show_other_figures() -> None:
    """A figure of only one of the two policies has a dash under the other."""
    huzhou, weihai = load_policy("example_huzhou"), load_policy("2023_weihai")
    prove = partial(kept_and_changed, members=1, seconds=5.0)
    text = as_text(review_document(review((huzhou, None), (weihai, None), None, prove)))
    rows = [line.split() for line in text.splitlines() if line.strip().startswith("家庭年刚性支出")]
    assert any(row[-1] == "—" for row in rows)
