"""Expressions in Chinese: every kind of expression by titles, with unchanged meaning."""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings

from hardship_rules import Policy, load_policy, read_policy
from hardship_rules.core.expr import Choose, Clause, Expr, walk
from hardship_rules.core.kinds import Kind
from hardship_rules.core.policy import Decision, exprs_of
from hardship_rules.explanation.phrase import amount, case_texts, combination, phrase
from hardship_rules.testing.strategies import policies

HEAD = """
language: 1
policy: p
units: {yuan: 元, person: 人, month: 月, year: 年}
household:
  income: {title: 收入, unit: yuan/year, to: 1000000}
  rigid: {title: 支出, unit: yuan/year, to: 1000000}
  loan: {title: 借款, unit: yuan/year, to: 1000000}
  residence: {title: 居住地, one of: {urban: 城市, rural: 农村, island: 海岛}}
  place: {title: 户籍地, one of: {urban: 城市, rural: 农村, island: 海岛}}
  home: {title: 有房, yes or no: true}
  car: {title: 有车, yes or no: true}
  since: {title: 起始日, date: true}
members:
  facts:
    wage: {title: 工资, unit: yuan/year, to: 1000000}
    relation: {title: 关系, one of: {self: 本人, child: 子女}}
    birth: {title: 出生日期, date: true}
    student: {title: 在读, yes or no: true}
parameters:
  months: {title: 月数, unit: month/year, value: 12, basis: definition}
  standard: {title: 标准, unit: yuan/month/person, by: residence, values: {urban: 787, rural: 588, island: 1},
    basis: assumption}
  share: {title: 比例, unit: 1, value: 80 %, basis: assumption}
readings:
  equal:
    {title: 恰等, question: 是否认定？, one of: {no: 不认定, yes: 认定}, chosen: no, why: 无人说明, basis: assumption}
terms:
  counts: {title: 计入, of: member, basis: assumption, when: {that: student}}
  people: {title: 人口, unit: person, basis: assumption, value: 1 + count(counts)}
  poor: {title: 低收入, basis: assumption, when: {that: income < rigid}}
"""

NUMBERS = {
    "income - rigid + loan": "收入－支出＋借款",
    "income - (rigid + loan)": "收入－（支出＋借款）",
    "-(income + rigid)": "－（收入＋支出）",
    "2 * (income - rigid) * share": "2×（收入－支出）×比例（80%）",
    "income / 2 / 3": "收入÷2÷3",
    "income / (2 + 3)": "收入÷（2＋3）",
    "income * (share / 2)": "收入×（比例（80%）÷2）",
    "sum(wage)": "每名成员的工资之和",
    "sum(wage where counts)": "符合“计入”的每名成员的工资之和",
    "sum(wage - 1 where not student)": "“在读”为否的每名成员的（工资－1）之和",
    "min(income, rigid, loan)": "收入、支出、借款中最小的",
    "max(0, income - rigid)": "收入－支出，低于 0 元的按 0 元计",
    "min(income, 500)": "收入，高于 500 元的按 500 元计",
    "2 * max(income, rigid)": "2×（收入、支出中最大的）",
    "round_half_up(income - rigid, 0.01)": "（收入－支出）四舍五入到 0.01 元的整数倍",
    "round_down(income, 10)": "收入舍去尾数，到 10 元的整数倍",
    "round_up(income, 10)": "收入尾数进位，到 10 元的整数倍",
}

CONDITIONS = {
    "home": "“有房”为是",
    "not home": "“有房”为否",
    "poor": "“低收入”成立",
    "not poor": "“低收入”不成立",
    "income < 2 * rigid": "收入低于2×支出",
    "income <= 1000": "收入不高于 1,000 元",
    "1000 == income": "1,000 元等于收入",
    "income != rigid": "收入不等于支出",
    "income >= rigid": "收入不低于支出",
    "income > rigid": "收入高于支出",
    "(income - rigid) / months / people < standard": "（收入－支出）÷月数（12 月）÷人口低于标准",
    "residence == rural": "“居住地”是“农村”",
    "rural != residence": "“居住地”不是“农村”",
    "residence == place": "“居住地”是“户籍地”",
    "residence in (urban, rural)": "“居住地”是“城市”或“农村”",
    "residence in (urban, rural, island)": "“居住地”是“城市”、“农村”或“海岛”",
    "since < on": "起始日早于认定日期",
    "since >= on": "起始日不早于认定日期",
    "home == car": "“有房”为是与“有车”为是同为是或同为否",
    "equal == yes": "解读“恰等”选“认定”（现选“不认定”）",
    "equal == no": "解读“恰等”选“不认定”（现选此项）",
    "equal != no": "解读“恰等”不选“不认定”（现选此项）",
    "count(relation == self) == 1": "“关系”是“本人”的成员人数等于 1 人",
    "count(counts) > 2": "符合“计入”的成员人数高于 2 人",
    "some(student)": "至少有一名成员“在读”为是",
    "each(counts)": "每名成员均须“计入”成立",
    "some(full_years(birth, on) < 18)": "至少有一名成员从出生日期到认定日期的整年数低于 18 年",
    "some(full_months(birth, on) < 6)": "至少有一名成员从出生日期到认定日期的整月数低于 6 月",
}


def policy_with(term: str) -> Policy:
    """The policy of these facts with one more term."""
    return read_policy(f"{HEAD}  t: {{title: 项, basis: assumption, {term}}}\n")


def words_of(term: str) -> str:
    """The term in words."""
    policy = policy_with(term)
    definition = policy.terms["t"]
    return phrase(policy, definition.expr, definition.kind)


@pytest.mark.parametrize("line", NUMBERS)
def test_numbers(line: str) -> None:
    """A calculation uses titles, with the brackets that its meaning needs."""
    assert words_of(f'unit: yuan/year, value: "{line}"') == NUMBERS[line]


@pytest.mark.parametrize("line", CONDITIONS)
def test_conditions(line: str) -> None:
    """A condition is a sentence: literals have the other side's unit, options are quoted, readings are chosen."""
    assert words_of(f'when: {{that: "{line}"}}') == CONDITIONS[line]


def test_turned_round() -> None:
    """A `not` gives the opposite sentence if there is one."""
    assert words_of("when: {not: {that: income < rigid}}") == "收入不低于支出"
    assert words_of('when: {not: {that: "residence in (urban, rural)"}}') == "“居住地”不是“城市”或“农村”"
    assert words_of("when: {not: {that: some(student)}}") == "没有成员“在读”为是"
    assert words_of("when: {not: {that: each(counts)}}") == "并非每名成员都“计入”成立"
    assert words_of("when: {not: {not: {that: home}}}") == "并非（“有房”为否）"


def test_structures() -> None:
    """A combination of clauses says how many must hold, also under a `not`."""
    inner = "{a: {that: home}, b: {that: car}}"
    expected = {
        f"all: {inner}": "以下各条都成立",
        f"any: {inner}": "以下有一条成立",
        f"not: {{all: {inner}}}": "以下各条不同时成立",
        f"not: {{any: {inner}}}": "以下各条都不成立",
        f"not: {{not: {{any: {inner}}}}}": "以下有一条成立",
    }
    for structure, words in expected.items():
        clause = policy_with(f"when: {{{structure}}}").terms["t"].expr
        assert isinstance(clause, Clause)
        together = combination(clause.when)
        assert together is not None
        assert (together[0], [part.id for part in together[1]]) == (words, ["t.a", "t.b"])
    line = policy_with("when: {that: home}").terms["t"].expr
    assert isinstance(line, Clause)
    assert combination(line.when) is None


def test_structures_in_a_line() -> None:
    """In a case, a structure is joined by `and` and `or`, with the inner one in brackets."""
    when = "{all: {a: {that: home}, b: {any: {c: {that: car}, d: {that: poor}}}}}"
    words = words_of(f"unit: yuan/year, choose: [{{when: {when}, value: 500}}], otherwise: income")
    assert words == "“有房”为是，并且（“有车”为是，或者“低收入”成立）的，取 500 元；其他情形，取收入"


def test_cases() -> None:
    """Choices list their cases and the `otherwise`; without it the fact is unknown."""
    chosen = "one of: {urban: 城里, rural: 乡下}, choose: [{when: home, value: urban}], otherwise: rural"
    policy = policy_with(chosen)
    term = policy.terms["t"]
    assert isinstance(term.expr, Choose)
    assert case_texts(policy, term.expr, term.kind) == ("“有房”为是的，取“城里”", "其他情形，取“乡下”")
    absent = Choose(term.expr.cases, None, term.at)
    assert case_texts(policy, absent, term.kind) == ("“有房”为是的，取“城里”", "其他情形，未知")


def test_amounts() -> None:
    """A number has its full unit or its numerator, a share is in percent, an unpublished number is named."""
    policy = policy_with("when: {that: home}")
    unit = (("month", -1), ("person", -1), ("yuan", 1))
    assert amount(policy, 1062, unit) == "1,062 元/月/人"
    assert amount(policy, 1062, unit, full=False) == "1,062 元"
    assert amount(policy, 2, ()) == "2"
    assert amount(policy, Fraction(5, 2), ()) == "2.5"
    assert amount(policy, Fraction(1, 8), unit) == "0.125 元/月/人"
    assert amount(policy, Fraction(-10001, 8), ()) == "-1,250.125"
    assert amount(policy, policy.parameters["share"].values[()], ()) == "80%"
    assert amount(policy, None, unit) == "尚未公布"


def test_no_name_is_left() -> None:
    """The words for the bundled policy have no Latin letters, so no names of the file."""
    policy = load_policy("2021_weihai")
    exprs: list[tuple[Expr, Kind | None]] = [
        (expr, None if isinstance(each, Decision) else each.kind)
        for each in policy.names.values()
        for expr in exprs_of(each)
    ]
    lines = [inner for expr, _ in exprs for inner in walk(expr) if isinstance(inner, Clause)]
    assert len(lines) > 80
    for expr, kind in [*exprs, *((line, None) for line in lines)]:
        assert not re.search("[A-Za-z_]", phrase(policy, expr, kind))


@settings(max_examples=40, deadline=None)
@given(policies())
def test_any_sound_policy(text: str) -> None:
    """Every expression of a generated policy has words with balanced brackets."""
    policy = read_policy(text)
    for definition in policy.names.values():
        for expr in exprs_of(definition):
            words = phrase(policy, expr)
            assert words
            assert words.count("（") == words.count("）")
