"""The letter that answers an application: its content by kind of verdict, and the data that it never shows."""

import re
from datetime import date
from typing import Any

import pytest
from html_page import Page
from places import ROOT
from titled import CASES, HOSTILE, titled

from hardship_rules import Policy, assess, explain, load_household, load_policy, notice, read_policy
from hardship_rules.documents.text import width
from hardship_rules.engine.evaluate import recognising
from hardship_rules.locale import sentences

SENTENCES = sentences("notice")

WEIHAI = load_policy("2021_weihai")
OBJECTION = "对本通知有异议的，可向________________提出。"
NOTICE = "威海市总工会《关于做好2021年困难职工调查摸底及申报工作的通知》"
QINGDAO = "青岛市总工会“困难职工自测小程序”页面"
BLANK_DAY = "____年__月__日"


def household(*members: dict[str, object], **facts: object) -> dict[str, object]:
    """An invented household in scope, new to the files: a worker and others with only the given income and cost."""
    nothing = dict.fromkeys(("business_income", "property_income", "transfer_income", "other_income"), 0)
    plain = {"wage": 0, **nothing, "medical_self_paid": 0, "education": "none"}
    own = {"residence": "urban", "unit_has_union": True, "employment": "in_service", "controls_company": False}
    own |= {"homes": 1, "motor_vehicle": False, "refuses_verification": False, "file": "none", "divorced": False}
    return {**own, **facts, "on": date(2021, 3, 31), "members": [{**plain, **each} for each in members]}


def letter(facts: dict[str, object], policy: Policy = WEIHAI) -> list[str]:
    """The paragraphs and entries of the letter, each on one line without indent."""
    return unwrapped(notice(assess(policy, facts)))


def unwrapped(text: str) -> list[str]:
    """The paragraphs of a text, each on one line."""
    lines, ends = list[str](), True
    for line in text.splitlines():
        words = line.strip()
        if words and (ends or re.match(r"[0-9]+\. ", words)):
            lines.append(words)
        elif words:
            cut = words[0].isascii() and words[0].isdigit()  # a space was removed at the line break
            lines[-1] += " " * cut + words
        ends = not words
    return lines


def between(lines: list[str], first: str, last: str = "对本通知有异议") -> list[str]:
    """The lines under a heading, up to a line that begins with other words."""
    start = lines.index(first) + 1
    return lines[start : next(number for number, line in enumerate(lines) if number >= start and line.startswith(last))]


def test_undecided() -> None:
    """The letter to an undecided household lists the missing documents by fact, and the facts without a document."""
    worker: dict[str, object] = {"relation": "self", "wage": 12000, "medical_self_paid": None}
    spouse: dict[str, object] = {"relation": "spouse", "wage": None, "other_income": None}
    lines = letter(household(worker, spouse, homes=None))
    assert lines[0] == "关于补充困难职工家庭申报材料的通知"
    assert "现予退回，请补充下列各项后重新提交" in "".join(lines[:4])
    assert between(lines, "一、请补交的材料", "二、请说明的情况") == [
        "1. 收入证明：用以证明第2名成员的年工资性收入、年其他收入",
        "2. 医疗自负费用票据：用以证明申请人的医疗自负费用",
    ]
    explained = {line.partition(" ")[2] for line in between(lines, "二、请说明的情况", "家庭成员按")}
    assert explained == {"自有住房套数", "人均住房面积超过当地平均（是或否）"}
    assert "家庭成员按申报材料中的先后顺序编号。" in lines


def test_refused_by_what_rules_out() -> None:
    """The letter to an excluded household has the clauses of that outcome only."""
    lines = letter(household({"relation": "self"}, unit_has_union=False))
    assert lines[0] == "关于退回困难职工家庭申报的通知"
    assert "结论为“不属于认定范围”" in "".join(lines)
    assert between(lines, "一、理由", "以上理由") == ["1. 所在单位未建立工会组织"]
    many = letter(household({"relation": "self"}, homes=3, floor_area_above_local_average=True))
    reasons = ["1. 自有住房两套及以上（本户 3，界线 2）", "2. 人均住房面积超过当地平均"]
    assert between(many, "一、理由", "以上理由") == reasons


def test_refused_by_no_category() -> None:
    """The letter to a household in no category has the clauses that ruled out each category."""
    # 60,000 / 12 = 5,000 a month; the limit of the sudden loss, 80 % of the income, is left out
    assert between(letter(household({"relation": "self", "wage": 60000})), "一、理由", "以上理由") == [
        "1. 深度困难职工家庭：人均月纯收入不低于低保标准（本户 5,000.00 元，界线 787.00 元）",
        "2. 相对困难职工家庭：人均月纯收入不低于低保标准2倍（本户 5,000.00 元，界线 1,574.00 元）",
        "3. 意外致困职工家庭：没有因灾害、事故、疫情或公共安全事件致伤亡",
        "4. 意外致困职工家庭：没有突发事件、意外伤害或重大疾病",
        "5. 意外致困职工家庭：没有实际支出或损失",
        "6. 意外致困职工家庭：突发支出或损失未超过家庭年收入80%",
    ]


def test_recognised() -> None:
    """The letter to a recognised household has the reasons and the documents to hand in, possible ones apart."""
    lines = letter(household({"relation": "self", "wage": 6000, "medical_self_paid": 300}))
    assert lines[0] == "关于提交困难职工家庭认定材料的通知"
    # (6,000 - 300) / 12 = 475
    assert between(lines, "一、理由", "以上理由") == ["1. 人均月纯收入低于低保标准（本户 475.00 元，界线 787.00 元）"]
    papers = ["1. 申请表格", "2. 本年收入证明", "3. 本年医疗自负费用票据", "4. 身份证", "5. 户口簿"]
    assert between(lines, "二、请提交的材料", "请于") == papers
    perhaps = letter(household({"relation": "self", "wage": 6000}, divorced=None))
    assert "是否还需提交下列材料，尚待核实：离婚证。" in perhaps
    kept = household({"relation": "self"}, file="open", file_category="deep", file_age_months=3)
    lines = letter(kept)
    assert "本次不需提交材料。" in lines
    assert not any("前提交" in line for line in lines)


def test_waiting_for_a_standard() -> None:
    """If only an unpublished standard is missing, the household is asked for nothing."""
    policy = load_policy("2025_weihai").with_readings({"standard_for_rural": "own"})
    facts = household({"relation": "self", "wage": 9000}, residence="rural") | {"on": date(2025, 5, 1)}
    lines = letter(facts, policy)
    assert lines[0] == "关于困难职工家庭申报暂不能作出结论的通知"
    assert "不需补充材料" in "".join(lines)
    assert "下列标准尚未公布，公布后再作结论：低保标准。" in lines


def test_which_categories_recognise() -> None:
    """The recognised categories are those with the term `in_hardship`, else every outcome with a condition."""
    assert [outcome.id for outcome in recognising(WEIHAI)] == ["deep", "relative", "accidental"]
    assert [outcome.id for outcome in recognising(load_policy("example_huzhou"))] == ["deep", "relative", "accidental"]


@pytest.mark.parametrize("case", ["deep", "none", "undecided"])
def test_where_to_object(case: str) -> None:
    """Every letter says where to object, by the policy's note or with a blank."""
    policy = titled(str)
    assert "object there" in letter(CASES[case], policy)
    facts: dict[str, object] = {
        "cause": "none",
        "members": [{"relation": "self", "lives_here": True, "income": 0, "cost": 0}],
    }
    assert SENTENCES["objection"] in letter(facts, load_policy("example_huzhou"))
    assert OBJECTION in letter(household({"relation": "self"}))


def test_the_note_claims_nothing() -> None:
    """The measure's note leaves the place to object at blank, with basis assumption."""
    note = WEIHAI.notes["objection"]
    assert note.text == OBJECTION
    assert note.provenance is not None
    assert note.provenance.basis == "assumption"


MARKED: dict[str, Any] = {"label": "Qvyzx", "birth_date": "1983-11-29", "medical_self_paid": "58231.57"}
SHOWN = ("Qvyzx", "1983", "37 岁", "58231.57", "58,231.57", "73913", "73,913", "61847", "61,847")


@pytest.mark.parametrize("wage", [None, "73913", "900000", "61847.31"])
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_nothing_personal(wage: str | None, form: str) -> None:
    """A letter has no label, age or fact value, no relation of others, and at most the monthly amount."""
    child = {"relation": "child", "age": 9, "label": "Qvyzx2"}
    facts = household(
        {"relation": "self", "wage": wage, **MARKED}, child, sudden_cause="illness", sudden_loss="61847.31"
    )
    text = notice(assess(WEIHAI, facts), format=form)
    assert [mark for mark in SHOWN if mark in text] == []
    assert not re.search(r"本人|配偶|子女|\d 岁", re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))


def test_reference_and_blanks() -> None:
    """The letter has the host's reference; the addressee, the seal and the date are blank."""
    lines = letter(household({"relation": "self"}, reference="A-17"))
    assert lines[1] == "编号：A-17"
    assert lines[2] == SENTENCES["to"]
    assert lines[-3:] == [OBJECTION, "________________工会（盖章）", "________年____月____日"]


def test_forms() -> None:
    """The page is in Chinese and well nested, and Markdown has headings; other formats and languages are refused."""
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
    """The note of a year's file replaces the measure's, and the letter ends with its words."""
    year = (
        (ROOT / "policies" / "2021_weihai.yaml").read_text(encoding="utf-8").replace("2021_weihai\n", "own_2021\n", 1)
    )
    own = "notes:\n  objection: {text: 可向某某工会提出。, source: notice_2021, cite: 虚构, basis: notice}\n"
    lines = letter(household({"relation": "self"}), read_policy(year.replace("notes:\n", own), "own_2021.yaml"))
    assert "可向某某工会提出。" in lines
    assert OBJECTION not in lines


EXAMPLES = ROOT / "examples"
RECOGNISED = """\
                       关于提交困难职工家庭认定材料的通知

________________：

　　我会已审核您的困难职工家庭申报（认定日期：2021年3月31日）。您的家庭可能属于
“深度困难职工家庭”，理由如下。

　　一、理由

    1. 人均月纯收入低于低保标准（本户 655.56 元，界线 787.00 元）

　　以上理由依据威海市总工会《关于做好2021年困难职工调查摸底及申报工作的通知》，
参照青岛市总工会“困难职工自测小程序”页面（认定标准）。

　　二、请提交的材料

    1. 申请表格
    2. 本年收入证明
    3. 本年医疗自负费用票据
    4. 本年学费票据
    5. 身份证
    6. 户口簿

　　请于____年__月__日前提交。

　　对本通知有异议的，可向________________提出。

                                                    ________________工会（盖章）

                                                          ________年____月____日
"""
UNDECIDED = """\
                       关于补充困难职工家庭申报材料的通知

________________：

　　我会已审核您的困难职工家庭申报（认定日期：2021年3月31日）。材料不足以作出结
论，现予退回，请补充下列各项后重新提交。

　　一、请补交的材料

    1. 医疗自负费用票据：用以证明申请人的医疗自负费用

　　请于____年__月__日前重新提交。

　　对本通知有异议的，可向________________提出。

                                                    ________________工会（盖章）

                                                          ________年____月____日
"""


@pytest.mark.parametrize(("name", "expected"), [("household", RECOGNISED), ("partial", UNDECIDED)])
def test_the_whole_letter(name: str, expected: str) -> None:
    """The whole letters to the two example households, by hand: centred title, signature at the right."""
    text = notice(assess(WEIHAI, load_household(EXAMPLES / f"{name}.yaml")))
    assert text == expected
    assert max(map(width, text.splitlines())) <= 80


STATES: dict[str, dict[str, object]] = {
    "recognised": household({"relation": "self", "wage": 6000}),
    "undecided": household({"relation": "self", "wage": None}, {"relation": "spouse", "wage": None}),
    "excluded": household({"relation": "self"}, homes=3, floor_area_above_local_average=True),
    "out of scope": household({"relation": "self"}, unit_has_union=False),
    "not covered": household({"relation": "self"}, employment="new_form"),
    "refused": household({"relation": "self", "wage": 60000}),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_no_internal_remark(state: str, form: str) -> None:
    """No letter has the policy's title, a basis, a reading, an internal remark or an English name."""
    text = notice(assess(WEIHAI, STATES[state]), format=form)
    body = re.sub(r"<style>.*?</style>|<[^>]*>|<!DOCTYPE html>", "", text, flags=re.DOTALL)
    remarks = [WEIHAI.title, "2021_weihai", "辅助", "程序拟写", "由工会填写", "解读", "〔", "regulation", "v1:"]
    assert [remark for remark in remarks if remark in body] == []
    assert re.findall("[A-Za-z]+", body) == []
    assert "您" in body


SOURCED = """
language: 1
policy: sourced
title: 内部文件名
sources: {law: {title: 某市《办法》}, page: {title: 邻市的页面}, other: {title: 没有用到的文件}}
units: {yuan: 元}
household: {income: {title: 收入, unit: yuan, to: 9999}, rich: {title: 有余, yes or no: true, if absent: false}}
members: {facts: {relation: {title: 关系, one of: {self: 本人, child: 子女}}}}
parameters:
  line: {title: 标准, unit: yuan, value: 100, PARAMETER}
decisions:
  category:
    title: 类别
    first:
      - {outcome: poor, title: 困难, when: {all: {low: {that: income < line, title: 收入低于标准, CLAUSE},
          not_rich: {that: rich == no, title: 没有余, source: other, cite: 一, basis: rule}}}}
    otherwise: {outcome: none, title: 不困难}
"""


@pytest.mark.parametrize(
    ("parameter", "clause", "expected"),
    [
        (
            "source: law, cite: 第二条, basis: rule",
            "source: law, cite: 第三条, basis: notice",
            "以上理由依据某市《办法》第二条、第三条。",
        ),
        (
            "source: law, cite: 附件, basis: notice",
            "source: page, cite: 第3.2节, basis: summary",
            "以上理由依据某市《办法》（附件），参照邻市的页面第3.2节。",
        ),
        (
            "source: law, cite: regulation.md 第7节, basis: rule",
            "source: page, cite: '我的笔记.docx，第2页', basis: analogue",
            "以上理由依据某市《办法》，参照邻市的页面。",
        ),
        ("source: law, cite: 第二条, basis: assumption", "source: page, cite: 一, basis: assumption", None),
        ("basis: definition", "basis: assumption", None),
        ("source: law, cite: 第二条, basis: assumption", "basis: assumption", None),
    ],
)
def test_documents_that_reasons_rest_on(parameter: str, clause: str, expected: str | None) -> None:
    """The letter cites the documents of the clause and the limit with their places, but no policy file."""
    text = SOURCED.replace("PARAMETER", parameter).replace("CLAUSE", clause).replace("rich == no", "not rich")
    policy = read_policy(text, "sourced.yaml")
    for income in (150, 50):
        lines = letter({"income": income, "rich": False, "members": [{"relation": "self"}]}, policy)
        cited = [line for line in lines if line.startswith("以上理由")]
        other = "没有用到的文件" in "".join(lines)
        if income == 150:
            assert cited == ([] if expected is None else [expected])
            assert not other
        else:
            assert other  # for a recognised household every clause is a reason
    assert "内部文件名" not in "".join(lines)


APPLICANTS = [
    ("count(relation == self) == 1", "申请人"),
    ("1 == count(relation == self)", "申请人"),
    ("count(relation == child) == 1", "第1名成员"),  # 申请人的子女 is not the applicant
    ("count(relation == self) <= 1", "第2名成员"),
    ("count(head) == 1", "申请人"),
    ("count(relation == self) == applicants", "申请人"),
]


@pytest.mark.parametrize(("must", "expected"), APPLICANTS)
def test_who_the_applicant_is(must: str, expected: str) -> None:
    """The applicant is the member whom a `must` requires exactly once; None without such a condition."""
    policy = read_policy(
        f"""
language: 1
policy: applicant
units: {{yuan: 元, person: 人}}
members:
  facts:
    relation: {{title: 关系, one of: {{self: 户主, child: 申请人的子女}}}}
    head: {{title: 是否申请人, yes or no: true}}
    income: {{title: 收入, unit: yuan, to: 9999}}
must: {{one: {{that: {must}, title: 一人}}}}
parameters: {{applicants: {{title: 人数, unit: person, value: 1, basis: definition}}}}
decisions:
  category:
    title: 类别
    first: [{{outcome: poor, title: 困难, when: {{that: sum(income) < 100}}, basis: assumption}}]
    otherwise: {{outcome: none, title: 不困难}}
""",
        "applicant.yaml",
    )
    incomes = [None, 0] if "child" in must else [0, None]
    members = [
        {"relation": "child", "head": False, "income": incomes[0]},
        {"relation": "self", "head": True, "income": incomes[1]},
    ]
    lines = letter({"members": members}, policy)
    assert f"1. {expected}的收入" in lines
    assert ("家庭成员按申报材料中的先后顺序编号。" in lines) is (expected != "申请人")


def days(number: int, text: str) -> str:
    """A policy's text with the days to reply within."""
    return text.replace("notes:\n", f"notes:\n  reply within: {{days: {number}, basis: assumption}}\n", 1)


@pytest.mark.parametrize("number", [1, 15, 366])
def test_the_day_to_answer_by(number: int) -> None:
    """Each letter that asks for a reply counts the days from receipt, or leaves them blank."""
    text = (ROOT / "policies" / "2021_weihai.yaml").read_text(encoding="utf-8").replace("2021_weihai\n", "own\n", 1)
    own = read_policy(days(number, text), "own.yaml")
    undecided, recognised = (STATES[state] for state in ("undecided", "recognised"))
    assert f"请自收到本通知之日起{number}日内重新提交。" in letter(undecided, own)
    assert f"请自收到本通知之日起{number}日内提交。" in letter(recognised, own)
    assert f"请于{BLANK_DAY}前重新提交。" in letter(undecided)
    assert f"请于{BLANK_DAY}前提交。" in letter(recognised)
    for state in ("excluded", "out of scope", "refused"):
        for policy in (own, WEIHAI):
            assert not any("提交" in line for line in letter(STATES[state], policy))


def test_no_bundled_policy_says_how_many_days() -> None:
    """No bundled policy has days to reply, since no source states them."""
    names = [path.stem for path in (ROOT / "policies").glob("*.yaml")]
    assert len(names) > 4
    assert [name for name in names if "reply within" in load_policy(name).notes] == []


def test_members_who_lack_the_same() -> None:
    """Members are grouped by ranges of numbers, the applicant first."""
    children: list[dict[str, object]] = [{"relation": "child", "wage": None} for _ in range(5)]
    children[3] = {"relation": "child", "wage": None, "other_income": None}
    lines = letter(household(*children, {"relation": "self", "wage": None}))
    paper = next(line for line in lines if "收入证明：" in line)
    assert "申请人、第1至3、5名成员的年工资性收入；第4名成员的年工资性收入、年其他收入" in paper


def test_a_household_of_64() -> None:
    """In the largest household every member is in the letter once per document."""
    policy = read_policy(
        SOURCED.replace("PARAMETER", "basis: assumption")
        .replace("CLAUSE", "basis: assumption")
        .replace("rich == no", "not rich")
        .replace("members: {", "members: {at most: 64, ")
        .replace("子女}}}", "子女}}, wage: {title: 工资, unit: yuan, to: 9, evidence: 工资条}}")
        .replace("income < line", "sum(wage) < line"),
        "many.yaml",
    )
    lines = letter({"rich": False, "members": [{"relation": "self"}, *[{"relation": "child"}] * 63]}, policy)
    assert "1. 工资条：用以证明第1至64名成员的工资" in lines  # the policy does not require exactly one applicant


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
@pytest.mark.parametrize("case", CASES)
def test_hostile_words(form: str, case: str) -> None:
    """Long titles with markup and terminal codes add no line, markup or code to a letter."""
    policy = titled(lambda word: word + "\x1b[31m\u202e\r\n" + HOSTILE + "长" * 200)
    text = notice(assess(policy, CASES[case]), format=form)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    plain = notice(assess(titled(str), CASES[case]), format=form)
    if form == "text":
        assert max(map(width, text.splitlines())) <= 80
        assert text.splitlines()[0] == plain.splitlines()[0]
    elif form == "markdown":
        assert len(text.splitlines()) == len(plain.splitlines())
        assert text.splitlines()[0] == plain.splitlines()[0]
    else:
        assert re.findall("<[a-z/!][^>]*>", text) == re.findall("<[a-z/!][^>]*>", plain)


def test_a_policy_without_sources_or_notes() -> None:
    """A policy without sources or notes gives a letter without documents and with a blank for objections."""
    policy = read_policy(SMALLEST, "smallest.yaml")
    assert letter({"income": 20, "members": [{}]}, policy)[2:4] == [
        f"我会已审核您的困难职工家庭申报（认定日期：{BLANK_DAY}），结论为“不困难”。现予退回，理由如下。",
        "一、理由",
    ]
    assert letter({"income": 20, "members": [{}]}, policy)[4:] == [
        "1. 困难：收入不低（本户 20 元，界线 10 元）",
        OBJECTION,
        SENTENCES["seal"],
        SENTENCES["date"],
    ]
    assert "需提交的材料：________________。" in letter({"income": 5, "members": [{}]}, policy)


SMALLEST = """
language: 1
policy: smallest
units: {yuan: 元, year: 年}
household: {income: {title: 收入, unit: yuan, to: 99}}
decisions:
  category:
    title: 类别
    first:
      - outcome: poor
        title: 困难
        basis: assumption
        when: {that: income < 10, title: 收入低（解读）, if not: 收入不低（假定）}
    otherwise: {outcome: none, title: 不困难}
"""


def test_the_day_of_the_verdict_is_not_asked_of_the_applicant() -> None:
    """If only the day is missing, the applicant has nothing to hand in."""
    policy = read_policy(
        SMALLEST.replace("income < 10", "'full_years(born, on) < 10'").replace(
            "household: {", "household: {born: {title: 出生日期, date: true}, "
        ),
        "day.yaml",
    )
    lines = letter({"born": "2000-01-01", "income": 1, "members": [{}]}, policy)
    assert "认定日期尚未确定，确定后再作结论。" in lines
    assert "您不需补充材料。" in "".join(lines)
    assert not any("请于" in line or "尚未公布" in line for line in lines)


def test_as_a_page_it_is_a_letter() -> None:
    """Only the letter's page has the margins and sizes of an official letter."""
    assessment = assess(WEIHAI, STATES["recognised"])
    page = notice(assessment, format="html")
    assert '<body class="letter">' in page
    assert "margin:37mm 26mm 35mm 28mm" in page
    assert '<p class="flush">________________：</p>' in page
    assert '<span class="n">2021年3月31日</span>' in page
    assert '<span class="n">500.00 元</span>' in page
    assert 'class="letter"' not in explain(assessment, format="html")
