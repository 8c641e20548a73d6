"""The letter that answers an application: what each kind of answer says, and what it keeps to itself."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_as_html import Page
from titled import CASES, titled

from hardship_rules import Policy, assess, load_policy, notice, read_policy
from hardship_rules.notice import recognising
from hardship_rules.notice_zh import SENTENCES

ROOT = Path(__file__).parent.parent
WEIHAI = load_policy("2021_weihai")
OBJECTION = "对本通知有异议的，可向________________提出（由工会填写；向何处提出，现有材料没有说明）。"


def household(*members: dict[str, object], **facts: object) -> dict[str, object]:
    """An invented household in scope, new to the files, of a worker and others without income or cost but as given."""
    nothing = dict.fromkeys(("business_income", "property_income", "transfer_income", "other_income"), 0)
    plain = {"wage": 0, **nothing, "medical_self_paid": 0, "education": "none"}
    own = {"residence": "urban", "unit_has_union": True, "employment": "in_service", "controls_company": False}
    own |= {"homes": 1, "motor_vehicle": False, "refuses_verification": False, "file": "none", "divorced": False}
    return {**own, **facts, "on": date(2021, 3, 31), "members": [{**plain, **each} for each in members]}


def letter(facts: dict[str, object], policy: Policy = WEIHAI) -> list[str]:
    """The lines of the letter, empty ones and rules left out."""
    lines = notice(assess(policy, facts)).splitlines()
    return [line.strip() for line in lines if line.strip(" -=")]


def between(lines: list[str], first: str, last: str = "对本通知有异议") -> list[str]:
    """The lines under a heading, up to one that begins with other words."""
    start = lines.index(first) + 1
    return lines[start : next(number for number, line in enumerate(lines) if number >= start and line.startswith(last))]


def test_undecided() -> None:
    """An undecided household is told each document with the facts that it proves, and facts that have none."""
    worker: dict[str, object] = {"relation": "self", "wage": 12000, "medical_self_paid": None}
    spouse: dict[str, object] = {"relation": "spouse", "wage": None, "other_income": None}
    lines = letter(household(worker, spouse, homes=None))
    assert lines[0] == "关于补充困难职工家庭申报材料的通知"
    assert "现予退回，请补充下列各项后重新提交" in "".join(lines[:4])
    assert between(lines, "请补交的材料", "请说明的情况") == [
        "1. 收入证明：用以证明第2名成员的年工资性收入、年其他收入",
        "2. 医疗自负费用票据：用以证明第1名成员的医疗自负费用",
    ]
    explained = {line.partition(" ")[2] for line in between(lines, "请说明的情况", "家庭成员按")}
    assert explained == {"自有住房套数", "人均住房面积超过当地平均（是或否）"}
    assert "家庭成员按申报材料中的先后顺序编号。" in lines


def test_refused_by_what_rules_out() -> None:
    """A household that an outcome rules out is told what made it hold, and nothing else."""
    lines = letter(household({"relation": "self"}, unit_has_union=False))
    assert lines[0] == "关于退回困难职工家庭申报的通知"
    assert "结论为“不属于认定范围”" in "".join(lines)
    assert between(lines, "理由") == ["1. 所在单位未建立工会组织"]
    many = letter(household({"relation": "self"}, homes=3, floor_area_above_local_average=True))
    assert between(many, "理由") == ["1. 自有住房两套及以上（本户 3，界线 2）", "2. 人均住房面积超过当地平均"]


def test_refused_by_no_category() -> None:
    """A household that meets no category is told what stopped each that recognises, not what did not rule it out."""
    # 60,000 / 12 = 5,000 a month; the limit of the sudden loss, 80 % of the income, is not told
    assert between(letter(household({"relation": "self", "wage": 60000})), "理由") == [
        "1. 深度困难职工家庭：人均月纯收入不低于低保标准（本户 5,000.00 元，界线 787.00 元）",
        "2. 相对困难职工家庭：人均月纯收入不低于低保标准2倍（本户 5,000.00 元，界线 1,574.00 元）",
        "3. 意外致困职工家庭：没有因灾害、事故、疫情或公共安全事件致伤亡",
        "4. 意外致困职工家庭：没有突发事件、意外伤害或重大疾病",
        "5. 意外致困职工家庭：没有实际支出或损失",
        "6. 意外致困职工家庭：突发支出或损失未超过家庭年收入80%",
    ]


def test_recognised() -> None:
    """A household that is recognised is told why and what to hand in; what may be added stands apart."""
    lines = letter(household({"relation": "self", "wage": 6000, "medical_self_paid": 300}))
    assert lines[0] == "关于提交困难职工家庭认定材料的通知"
    # (6,000 - 300) / 12 = 475
    assert between(lines, "理由", "请提交") == ["1. 人均月纯收入低于低保标准（本户 475.00 元，界线 787.00 元）"]
    papers = ["1. 申请表格", "2. 本年收入证明", "3. 本年医疗自负费用票据", "4. 身份证", "5. 户口簿"]
    assert between(lines, "请提交的材料") == papers
    perhaps = letter(household({"relation": "self", "wage": 6000}, divorced=None))
    assert "是否还需提交下列材料，尚待核实：离婚证。" in perhaps
    kept = household({"relation": "self"}, file="open", file_category="deep", file_age_months=3)
    assert between(letter(kept), "请提交的材料") == ["本次不需提交材料。"]


def test_waiting_for_a_standard() -> None:
    """Where only a standard is not published nothing is asked of the household."""
    policy = load_policy("2025_weihai").with_readings({"standard_for_rural": "own"})
    facts = household({"relation": "self", "wage": 9000}, residence="rural") | {"on": date(2025, 5, 1)}
    lines = letter(facts, policy)
    assert lines[0] == "关于困难职工家庭申报暂不能作出结论的通知"
    assert "不需补充材料" in "".join(lines)
    assert "下列标准尚未公布，公布后再作结论：低保标准。" in lines


def test_which_categories_recognise() -> None:
    """Those of which the policy's condition `in_hardship` holds; without one, all that have a condition."""
    assert [outcome.id for outcome in recognising(WEIHAI)] == ["deep", "relative", "accidental"]
    assert [outcome.id for outcome in recognising(load_policy("example_huzhou"))] == ["deep", "relative", "accidental"]


@pytest.mark.parametrize("case", ["deep", "none", "undecided"])
def test_where_to_object(case: str) -> None:
    """Every letter ends with the policy's own words on where to object, else with a place to write it in."""
    policy = titled(str)
    assert "object there" in letter(CASES[case], policy)
    facts: dict[str, object] = {
        "cause": "none",
        "members": [{"relation": "self", "lives_here": True, "income": 0, "cost": 0}],
    }
    assert SENTENCES["objection"] in letter(facts, load_policy("example_huzhou"))
    assert OBJECTION in letter(household({"relation": "self"}))


def test_the_note_claims_nothing() -> None:
    """That the measure's note is for the union to complete stands in it, and its basis is assumption."""
    note = WEIHAI.notes["objection"]
    assert "由工会填写" in note.text
    assert note.provenance is not None
    assert note.provenance.basis == "assumption"


MARKED: dict[str, Any] = {"label": "Qvyzx", "birth_date": "1983-11-29", "medical_self_paid": "58231.57"}
SHOWN = ("Qvyzx", "1983", "37 岁", "58231.57", "58,231.57", "73913", "73,913", "61847", "61,847")


@pytest.mark.parametrize("wage", [None, "73913", "900000", "61847.31"])
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_nothing_personal(wage: str | None, form: str) -> None:
    """No label, relation, age or fact's value is in any letter; of amounts the monthly one per person at most."""
    child = {"relation": "child", "age": 9, "label": "Qvyzx2"}
    facts = household(
        {"relation": "self", "wage": wage, **MARKED}, child, sudden_cause="illness", sudden_loss="61847.31"
    )
    text = notice(assess(WEIHAI, facts), format=form)
    assert [mark for mark in SHOWN if mark in text] == []
    assert not re.search(r"本人|配偶|子女|\d 岁", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))


def test_reference_and_blanks() -> None:
    """The host's reference is in the letter; to whom it goes, the seal and the day are left blank."""
    lines = letter(household({"relation": "self"}, reference="A-17"))
    assert lines[1] == "编号：A-17"
    assert lines[2] == SENTENCES["to"]
    assert lines[-3:-1] == [SENTENCES["seal"], SENTENCES["date"]]
    assert lines[-1] == "本通知由程序拟写，是辅助审核意见；经工会核定、盖章后才能发出。"


def test_forms() -> None:
    """As a page it is in Chinese and well nested; as Markdown it has headings; another form or language is refused."""
    assessment = assess(WEIHAI, household({"relation": "self"}))
    page = Page(notice(assessment, format="html"))
    assert page.named("html") == [{"lang": "zh-CN"}]
    assert page.open == []
    assert notice(assessment, format="markdown").startswith("# 关于提交困难职工家庭认定材料的通知\n")
    with pytest.raises(ValueError, match="text, markdown, html"):
        notice(assessment, format="json")
    with pytest.raises(ValueError, match="in Chinese"):
        notice(assessment, lang="en")


def test_a_year_says_where_to_object() -> None:
    """A year's file that has the note itself replaces the measure's, and the letter ends with its words."""
    year = (
        (ROOT / "policies" / "2021_weihai.yaml").read_text(encoding="utf-8").replace("2021_weihai\n", "own_2021\n", 1)
    )
    own = "notes:\n  objection: {text: 可向某某工会提出。, source: notice_2021, cite: 虚构, basis: notice}\n"
    lines = letter(household({"relation": "self"}), read_policy(year.replace("notes:\n", own), "own_2021.yaml"))
    assert "可向某某工会提出。" in lines
    assert OBJECTION not in lines
