"""A verdict on one screen: at most 25 lines of 80 columns, and nothing in it that is not so."""

import re
from datetime import date
from pathlib import Path

import pytest
from framing import drawn
from hypothesis import strategies as st
from sampling import examples
from titled import CASES, HOSTILE, people, titled

from hardship_rules import Assessment, assess, explain, load_household, load_policy, read_policy
from hardship_rules.brief import brief_of
from hardship_rules.brief_text import COLUMNS, LINES, brief_text
from hardship_rules.columns import width
from hardship_rules.strategies import households, partial_households
from hardship_rules.strategies.placed import Facts

EXAMPLES = Path(__file__).parent.parent / "examples"
WEIHAI = load_policy("2021_weihai")
ON = date(2021, 3, 31)

HOUSEHOLD = """\
深度困难职工家庭            威海市2021年困难职工家庭认定 · 认定日期 2021-03-31
家庭人均月纯收入 655.56 元，比低保标准（城市）787.00 元低 131.44 元〔归纳〕

  家庭年可支配收入  36,000.00 元   本人 30,000.00，配偶 6,000.00
  减：刚性支出      12,400.00 元   医疗自负 9,400.00，子女学费 3,000.00
  家庭共同生活人口          3 人   未计入 1 人：子女，24 岁
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
    """The first screen of each example begins with what was computed by hand."""
    assert explain(example(name)).startswith(start)


def test_what_to_check() -> None:
    """The nearest assumed fact with its break point, and which unverified provisions change the verdict."""
    text = explain(example("household")).replace("\n  ", "")
    assert "没有填写而按“无”或 0 计：53 处。最要紧的是子女（15 岁）的月工资：满 394.34 元即转为相对困难职工家庭" in text
    assert "18 个待定解读逐一改选，结论都不变；“计入家庭共同生活人口”怎样规定若与原文不同，结论会变" in text


def test_an_outcome_that_only_a_default_rules_out() -> None:
    """The loss that nobody gave rules the accidental category out, and that is said."""
    entries = brief_of(example("partial")).distance
    (ruled_out,) = (item for entry in entries for item in entry.items if item.startswith("意外致困职工家庭"))
    assert "未填，按“无”计" in ruled_out


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["household", "partial"])
def test_one_screen(name: str, lang: str) -> None:
    """Each example stays within one screen in both languages, also with the hint of the command line."""
    hold_to_one_screen(brief_text(brief_of(example(name), lang), hint=True))  # type: ignore[arg-type]  # one of both


def hold_to_one_screen(text: str) -> None:
    """The text has at most 25 lines, none wider than 80 columns, and nothing is cut but with an ellipsis or a count."""
    lines = text.splitlines()
    assert len(lines) <= LINES, text
    assert [line for line in lines if width(line) > COLUMNS] == [], text
    assert not [line for line in lines if line != line.rstrip()]


def six(draw: st.SearchStrategy[Facts]) -> st.SearchStrategy[Facts]:
    """Households of as many members as there are, at most six: those of more are drawn seldom."""
    return draw.filter(lambda household: len(household["members"]) >= 4)


def test_drawn_households_stay_within_one_screen() -> None:
    """So do drawn households, complete and partial ones; no bound that is only a field's own limit is printed."""
    some = drawn(six(households(WEIHAI)), examples(20, 250)) + drawn(six(partial_households(WEIHAI)), examples(20, 250))
    for household in some:
        assessment = assess(WEIHAI, household)
        text = explain(assessment)
        hold_to_one_screen(text)
        if not re.search("1000000|8333333", repr(household)):
            assert "100,000,000" not in text, text


@pytest.mark.parametrize("case", CASES)
def test_hostile_words(case: str) -> None:
    """Titles of 400 characters, markup and terminal codes neither widen the screen nor add a line to it."""
    spoilt = titled(lambda word: word + HOSTILE + "\n√ \x1b[31m\u202e" + "长" * 150)
    text = explain(assess(spoilt, CASES[case]))
    hold_to_one_screen(text)
    assert not set(text) & set("\x1b\u202e")


def test_labels() -> None:
    """Nor do labels."""
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
    """A policy without amounts or figures to show, with one outcome or with thirty, and 64 members."""
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


def test_an_open_number_of_several() -> None:
    """Where several facts are missing, how many they are and the first to ask for; no table."""
    brief = brief_of(assess(WEIHAI, {"on": ON, "residence": "urban", "members": [{"relation": "self"}]}))
    assert brief.rows == ()
    assert re.match(r"还缺 \d+ 项，先补：", brief.why)
    hold_to_one_screen(brief_text(brief))


def test_in_full() -> None:
    """`full` is everything; a word that is neither is refused."""
    assessment = example("household")
    full = explain(assessment, detail="full")
    assert len(full.splitlines()) > LINES
    assert "未填写，按规则取值" in full
    with pytest.raises(ValueError, match="detail is one of short, full"):
        explain(assessment, detail="long")
