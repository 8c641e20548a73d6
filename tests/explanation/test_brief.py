"""The short explanation has at most 25 lines of 80 columns, and only true statements."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml
from framing import drawn
from hypothesis import strategies as st
from places import ROOT
from sampling import examples
from timing import seconds
from titled import CASES, HOSTILE, people, titled

from hardship_rules import Assessment, Policy, assess, explain, load_household, load_policy, read_policy
from hardship_rules.assessment.break_points import BreakPoints
from hardship_rules.documents.text import width
from hardship_rules.explanation.brief import brief_of
from hardship_rules.explanation.brief_text import COLUMNS, LINES, brief_text
from hardship_rules.testing.strategies import households, partial_households
from hardship_rules.testing.strategies._paths import Facts

EXAMPLES = ROOT / "examples"
WEIHAI = load_policy("2021_weihai")
ON = date(2021, 3, 31)

HOUSEHOLD = """\
深度困难职工家庭            威海市2021年困难职工家庭认定 · 认定日期 2021-03-31
家庭人均月纯收入 655.56 元，比低保标准（城市）787.00 元低 131.44 元〔归纳〕

  家庭年可支配收入  36,000.00 元   本人 30,000.00，配偶 6,000.00
  减：刚性支出      12,400.00 元   医疗自负 9,400.00，子女学费 3,000.00
  家庭共同生活人口          3 人   未计入 1 人：子女（24 岁）
  家庭人均月纯收入     655.56 元   （36,000.00 - 12,400.00）÷（12 × 3）

离其他结论多远
  相对困难职工家庭：家庭年可支配收入再多 4,732.00 元，或刚性支出少 4,732.00 元，
  即转为此类
"""  # 12 x 3 x 787 is 28,332, 4,732 above 36,000 - 12,400; 787 - 655.56 is 131.44

PARTIAL = """\
待定                        威海市2021年困难职工家庭认定 · 认定日期 2021-03-31
还缺 1 项即可认定：本人的医疗自负费用（凭医疗自负费用票据）

  本人的医疗自负费用          结论                    建档处理
  不超过 2,976.00 元          不符合困难职工家庭条件  脱困
  2,976.01 元至 17,088.00 元  相对困难职工家庭        继续留档
  超过 17,088.00 元           深度困难职工家庭        调整类别

  家庭年可支配收入        31,200.00 元   本人 31,200.00
  减：刚性支出                    待定   医疗自负：未填
  家庭共同生活人口                2 人
  家庭人均月纯收入  不高于 1,300.00 元
  低保标准（农村）           588.00 元   2 倍为 1,176.00 元〔归纳〕
"""  # (31,200 - x) / 24 is 588 at x = 17,088 and 1,176 at x = 2,976; 31,200 / 24 is 1,300


def example(name: str) -> Assessment:
    """A bundled example, assessed."""
    return assess(WEIHAI, load_household(EXAMPLES / f"{name}.yaml"))


@pytest.mark.parametrize(("name", "start"), [("household", HOUSEHOLD), ("partial", PARTIAL)])
def test_the_examples(name: str, start: str) -> None:
    """The first screen of each example begins with results computed by hand."""
    assert explain(example(name)).startswith(start)


def test_what_to_check() -> None:
    """The text has the nearest assumed fact with its break point, and the unverified provisions that matter."""
    text = explain(example("household")).replace("\n  ", "")
    assert "没有填写而按“无”或 0 计：53 处。最要紧的是子女（15 岁）的月工资：满 394.34 元即转为相对困难职工家庭" in text
    assert "18 个待定解读逐一改选，结论都不变；“计入家庭共同生活人口”怎样规定若与原文不同，结论会变" in text


def test_an_outcome_that_only_a_default_rules_out() -> None:
    """The default of an omitted loss rules the accidental category out, and the text names it."""
    entries = brief_of(example("partial")).distance
    (ruled_out,) = (item for entry in entries for item in entry.items if item.startswith("意外致困职工家庭"))
    assert "未填，按“无”计" in ruled_out


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["household", "partial"])
def test_one_screen(name: str, lang: str) -> None:
    """Each example fits on one screen in both languages, also with the command line's hint."""
    hold_to_one_screen(brief_text(brief_of(example(name), lang), hint=True))  # type: ignore[arg-type]  # a known language


def hold_to_one_screen(text: str) -> None:
    """Check that the text has at most 25 lines of 80 columns, and that cuts are marked by an ellipsis or a count."""
    lines = text.splitlines()
    assert len(lines) <= LINES, text
    assert [line for line in lines if width(line) > COLUMNS] == [], text
    assert not [line for line in lines if line != line.rstrip()]


def six(draw: st.SearchStrategy[Facts]) -> st.SearchStrategy[Facts]:
    """Households of one to six members."""
    return draw.filter(lambda household: len(household["members"]) >= 4)


def test_drawn_households_stay_within_one_screen() -> None:
    """Random households, complete and partial, fit on one screen; no bound of a fact's range is printed."""
    some = drawn(six(households(WEIHAI)), examples(20, 250)) + drawn(six(partial_households(WEIHAI)), examples(20, 250))
    for facts in some:
        assessment = assess(WEIHAI, facts)
        text = explain(assessment)
        hold_to_one_screen(text)
        if not re.search("1000000|8333333", repr(facts)):
            assert "100,000,000" not in text, text


@pytest.mark.parametrize("case", CASES)
def test_hostile_words(case: str) -> None:
    """Titles of 400 characters, with markup and terminal codes, neither widen the text nor add a line."""
    spoilt = titled(lambda word: word + HOSTILE + "\n√ \x1b[31m\u202e" + "长" * 150)
    text = explain(assess(spoilt, CASES[case]))
    hold_to_one_screen(text)
    assert not set(text) & set("\x1b\u202e")


def test_labels() -> None:
    """Labels of members neither widen the text nor add a line."""
    text = explain(assess(titled(lambda word: word), people(50, label="甲\n√ \x1b[31m" + "长" * 200)))
    hold_to_one_screen(text)
    assert "\x1b" not in text


SMALL = """
language: 1
policy: small
title: 小例
units: {person: 人}
household: {a: {title: 甲, yes or no: true}, b: {title: 乙, yes or no: true}}
members: {at most: 64, facts: {here: {title: 在, yes or no: true}}}
decisions:
  category:
    title: 类别
    first: [%s]
    otherwise: {outcome: none, title: 都不是}
"""


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("a", [True, False, None])
def test_policies_without_amounts(number: int, a: bool | None) -> None:  # noqa: FBT001  # a parameter of the test
    """A policy without shown amounts fits, with one outcome or thirty, and 64 members."""
    outcomes = ", ".join(
        f"{{outcome: o{each}, title: 第{each}类, basis: assumption, when: {{that: {'a' if each % 2 else 'not b'}}}}}"
        for each in range(1, number + 1)
    )
    household: Facts = {"a": a, "b": True, "members": [{} for _ in range(64)]}
    assessment = assess(read_policy(SMALL % outcomes), household, ON)
    text = explain(assessment)
    hold_to_one_screen(text)
    assert text.startswith({True: "第1类", False: "都不是", None: "待定"}[a])
    if a is None:
        assert "还缺 1 项即可认定：甲\n" in text
        assert re.search(r"\n  是 +第1类\n  否 +都不是\n", text)


@pytest.mark.parametrize(
    ("line", "n", "said"),
    [
        ("n < 10", 12, "不是：12.00 ≥ 10.00，高 2.00 元"),
        ("n <= 10", 12, "不是：12.00 > 10.00，高 2.00 元"),
        ("n > 10", 10, "不是：10.00 ≤ 10.00，相等"),
        ("n == 10", 12, "不是：12.00 ≠ 10.00，高 2.00 元"),
        ("n < 10", 8, "是：8.00 < 10.00，低 2.00 元"),
    ],
)
def test_sign_and_words_agree(line: str, n: int, said: str) -> None:
    """The words for a failed clause have the opposite sign of the clause."""
    when = f"{{that: {line}, title: 是, if not: 不是}}"
    text = (SMALL % f"{{outcome: x, title: 子, basis: assumption, when: {when}}}").replace(
        "household: {", "household: {n: {title: 数, unit: yuan, to: 100, decimals: 2}, "
    )
    policy = read_policy(text.replace("person: 人}", "person: 人, yuan: 元}"))
    assert brief_of(assess(policy, {"n": n, "members": [{}]}, ON)).why == f"{said}〔假定〕"


def test_an_open_number_of_several() -> None:
    """With several missing facts the text has their number and the first to ask for, and no table."""
    brief = brief_of(assess(WEIHAI, {"on": ON, "residence": "urban", "members": [{"relation": "self"}]}))
    assert brief.rows == ()
    assert re.match(r"还缺 \d+ 项，先补：", brief.why)
    hold_to_one_screen(brief_text(brief))


def test_in_full() -> None:
    """`full` gives the long text; an unknown detail is refused."""
    assessment = example("household")
    full = explain(assessment, detail="full")
    assert len(full.splitlines()) > LINES
    assert "未填写，按规则取值" in full
    with pytest.raises(ValueError, match="detail is one of short, full"):
        explain(assessment, detail="long")


def family(change: Callable[[dict[str, Any]], object], policy: Policy = WEIHAI) -> Assessment:
    """The household of README with one change."""
    facts = yaml.safe_load((EXAMPLES / "household.yaml").read_text("utf-8"))
    change(facts)
    del facts["政策"]
    return assess(policy, facts)


def test_no_limit_of_a_field_decides() -> None:
    """A receipt of unknown amount gives an upper bound only: 36,000 - 11,000 over 36."""
    text = explain(family(lambda facts: facts["家庭成员"][0].update(医疗自负费用=None)))
    assert "人均月纯收入低于低保标准：家庭人均月纯收入不高于 694.44 元" in text.replace("\n", "")
    assert "-2,777" not in text  # the result of the field's limit of 100,000,000


def test_more_than_one_category_is_undecided() -> None:
    """A change with several possible categories makes the verdict undecided."""
    text = explain(family(lambda facts: facts["家庭成员"][0].update(医疗自负费用=None))).replace("\n  ", "")
    assert "深度困难职工家庭、相对困难职工家庭：家庭年可支配收入再多 3,332.00 元，即待定" in text  # 28,332 - 25,000


def test_no_limits_of_what_is_not_published() -> None:
    """The bounds of an unpublished standard's range, and of values computed from it, are not printed."""
    own = load_policy("2025_weihai").with_readings({"standard_for_rural": "own"})
    text = explain(family(lambda facts: facts.update(认定日期=date(2025, 3, 31), 家庭居住地="农村"), own))
    assert re.search(r"\n  低保标准（农村） +尚未公布\n", text)
    assert "100,000.00" not in text


NUMBERS = """
language: 1
policy: numbers
title: 小例
units: {person: 人, yuan: 元}
household:
  times: {title: 次数, unit: "1", to: 20}
  late: {title: 迟到, unit: "1", to: 20, if absent: 0}
members: {at most: 64, facts: {here: {title: 在, yes or no: true, if absent: true}}}
decisions:
  category:
    title: 类别
    first:
      - {outcome: a, title: 甲类, basis: assumption, when: {that: times > 3}}
      - {outcome: b, title: 乙类, basis: assumption, when: {that: times == 2}}
      - {outcome: c, title: 丙类, basis: assumption, when: {that: late > 4}}
    otherwise: {outcome: none, title: 都不是}
  papers:
    title: 材料
    every: [{outcome: form, title: 表, basis: assumption, when: {that: times > 10}}]
"""


def test_numbers_without_a_unit() -> None:
    """A number without a unit is followed by a space too."""
    policy = read_policy(NUMBERS.replace("times == 2", "times > 1"))
    assert "\n  2 至 3    乙类\n" in explain(assess(policy, {"on": ON, "times": None, "members": [{}]}))
    assert "满 5 即转为丙类" in explain(assess(policy, {"on": ON, "times": 1, "members": [{}]}))


def test_rows_that_say_the_same() -> None:
    """Ranges that differ only in a decision outside the table share one row."""
    text = explain(assess(read_policy(NUMBERS), {"on": ON, "times": None, "members": [{}]}))
    assert "\n  超过 3    甲类\n" in text
    assert text.count("甲类") == 1


def test_a_range_that_is_not_settled_ends_where_it_is() -> None:
    """The last range before undecided values has an upper bound."""
    brief = brief_of(assess(read_policy(NUMBERS), {"on": ON, "times": None, "members": [{}]}))
    assert brief.rows[-1][0] == "超过 3"
    assessment = assess(read_policy(NUMBERS), {"on": ON, "times": None, "members": [{}]})
    points = assessment.break_points()
    assert points is not None
    cut_off = BreakPoints(points.path, points.fact, points.spans[:-1], ((11, 20),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Assessment, "break_points", lambda _self: cut_off)
        rows = brief_of(assessment).rows
    assert [row[0] for row in rows[-2:]] == ["4 至 10", "其余数额未能逐一确定"]


def test_nothing_is_given_twice_as_the_reason() -> None:
    """A clause that occurs several times in a condition is printed once."""
    facts = {"on": "2023-03-31", "employment": "migrant", "lives_in_city": False, "unit_has_union": True}
    why = brief_of(assess(load_policy("2023_weihai"), facts | {"members": [{"relation": "self"}]})).why
    assert why == "农民工；未长期居住在城市〔归纳〕"


def test_a_long_table_beside_long_figures() -> None:
    """Six break points, five figures, ruled-out outcomes and decisions still fit one screen."""
    own = {"relation": "self", "age": 50, "monthly_wage": 2500.50, "medical_self_paid": 3, "education": "none"}
    income = {"property_income": 0, "transfer_income": 0, "other_income": 0, "business_income": 0}
    child = {"relation": "child", "age": 15, "education": None, "tuition": 40000, "medical_self_paid": 0}
    facts: dict[str, Any] = yaml.safe_load((EXAMPLES / "household.yaml").read_text("utf-8"))
    facts["家庭成员"] = [own | income, child | income | {"private_school_fee": 0, "self_paid_study_abroad": False}]
    text = explain(assess(WEIHAI, {name: value for name, value in facts.items() if name != "政策"}))
    assert "还缺 1 项即可认定：子女的在读阶段" in text
    hold_to_one_screen(text)


@pytest.mark.parametrize("a", [True, None])
def test_many_decisions(a: bool | None) -> None:  # noqa: FBT001  # a parameter of the test
    """Of thirty decisions the first are shown, with the total number."""
    others = "".join(
        f"  d{n}: {{title: 处理{n}, every: [{{outcome: o, title: 是, basis: assumption, when: {{that: a}}}}]}}\n"
        for n in range(30)
    )
    policy = read_policy(SMALL % "{outcome: o, title: 一, basis: assumption, when: {that: a}}" + others)
    text = explain(assess(policy, {"a": a, "b": True, "members": [{}]}, ON))
    hold_to_one_screen(text)
    assert "\n等 30 项\n" in text


def test_english_sentences() -> None:
    """English parts form one sentence, and no line begins with closing punctuation."""
    for assessment in (example("household"), example("partial"), assess(titled(str), people())):
        text = brief_text(brief_of(assessment, "en"))
        assert not re.search(r"\. [a-z]|\b1 grounds|None of 1", text)
        assert not re.search(r"^ *[),;:.]", text, re.MULTILINE)


ROUNDED = """
language: 1
policy: rounded
title: 小例
units: {person: 人, yuan: 元}
household: {x: {title: 余额, unit: yuan, from: -500, to: 1000000, decimals: 2, if absent: 0}}
members:
  at most: 64
  facts:
    w: {title: 工资, unit: yuan, to: 1000000, decimals: 2, if absent: 0}
    v: {title: 支出, unit: yuan, to: 1000000, decimals: 2, if absent: 0}
terms:
  t:
    title: 合计
    unit: yuan
    value: round_half_up(sum(round_half_up(w, 0.5)), 7) - round_half_up(sum(w), 7) + sum(v) * 0 + x
    basis: assumption
show: [t]
decisions:
  category:
    title: 类别
    first:
      - {outcome: p, title: 表, basis: assumption, when: {that: t > 100000000}}
      - {outcome: q, title: 证, basis: assumption, when: {that: t == 3.5}}
    otherwise: {outcome: none, title: 都不是}
"""


def test_a_search_that_takes_long_is_left() -> None:
    """A long search, here over a hundred amounts rounded together, is cut, and the text says so."""
    members = [{"w": 100.25 * number, "v": 3} for number in range(64)]
    assessment = assess(read_policy(ROUNDED), {"members": members}, ON)
    assert seconds(lambda: explain(assessment), enough=6) < 6  # without the limit some 150 seconds
    text = explain(assessment)
    assert "未逐一查完" in text
    assert "未查完哪一处最要紧" in text
    hold_to_one_screen(text)
