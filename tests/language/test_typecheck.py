"""Kinds and units: matching operands, resulting units, and bare words as options."""

from typing import cast

import pytest

from hardship_rules import PolicyError, Problem, read_policy
from hardship_rules.core.expr import Clause, Compare, OneOf, Option

HEAD = """
language: 1
policy: p
units: {yuan: 元, person: 人, month: 月, year: 年}
household:
  income: {title: 收入, unit: yuan/year, to: 1000000}
  rigid: {title: 支出, unit: yuan/year, to: 1000000}
  months: {title: 月数, unit: month, to: 12}
  share: {title: 比例, unit: 1, to: 1, decimals: 2}
  residence: {title: 居住地, one of: {urban: 城市, rural: 农村}}
  area: {title: 地区, one of: {rural: 乡村, island: 海岛}}
  home: {title: 有房, yes or no: true}
  since: {title: 起始日, date: true}
members:
  facts:
    wage: {title: 工资, unit: yuan/year, to: 1000000}
    age: {title: 年龄, unit: year, to: 130}
    birth: {title: 出生日期, date: true}
    student: {title: 在读, yes or no: true}
parameters:
  months_per_year: {title: 一年月数, unit: month/year, value: 12, basis: definition}
  dibao: {title: 低保, unit: yuan/month/person, value: 787, basis: assumption}
  cent: {title: 分, unit: yuan/year, value: 0.01, basis: definition}
"""


def problems_of(term: str) -> tuple[Problem, ...]:
    """The problems of a policy with this term beside the number of people."""
    people = "  people: {title: 人数, unit: person, basis: definition, value: 1 + count(age < 18)}\n"
    try:
        read_policy(f"{HEAD}terms:\n{people}  t: {{title: 项, basis: definition, {term}}}\n")
    except PolicyError as error:
        return error.problems
    return ()


def codes(term: str) -> list[str]:
    """Their codes."""
    return [problem.code for problem in problems_of(term)]


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        ("yuan/month/person", "(income - rigid) / months_per_year / people"),
        ("yuan/year", "income - rigid + 5"),
        ("yuan/year", "5 - income"),
        ("yuan/year", "max(0, income - rigid)"),
        ("yuan/year", "min(income, 80 % * rigid)"),
        ("1", "income / max(1, rigid)"),
        ("1", "share * 2"),
        ("1", "2 + 3"),
        ("yuan/year", "5"),
        ("yuan/year", "income * share"),
        ("yuan*yuan/year/year", "income * rigid"),
        ("year", "months / months_per_year"),
        ("yuan/year", "round_half_up(income, 0.01)"),
        ("yuan/year", "round_up(income, cent)"),
        ("yuan/year", "sum(wage where student)"),
        ("person", "count(wage > 100)"),
        ("year", "full_years(since, on)"),
        ("month", "full_months(since, on)"),
        ("yuan/year", "-income"),
    ],
)
def test_units_follow_from_the_arithmetic(unit: str, line: str) -> None:
    """Products and quotients combine units, sums keep one, a bare number takes the unit of the other operand."""
    assert codes(f'unit: {unit}, value: "{line}"') == []


@pytest.mark.parametrize(
    ("unit", "line", "code"),
    [
        ("yuan/month/person", "(income - rigid) / people", "unit_of_line"),
        ("yuan/year", "income - months", "unit_mismatch"),
        ("yuan/year", "max(income, months)", "unit_mismatch"),
        ("yuan/year", "income / 12", None),
        ("yuan/month", "income / 12", "unit_of_line"),
        ("yuan/year", "round_up(income, months_per_year)", "unit_mismatch"),
        ("yuan/year", "round_up(income, share)", "unit_mismatch"),
        ("yuan/year", "round_up(income, rigid)", "step_not_positive"),
        ("yuan/year", "round_up(income, -1)", "step_not_positive"),
        ("1", "count(age < 18)", "unit_of_line"),
        ("yuan/year", "sum(residence)", "number_expected"),
        ("yuan/year", "home", "kind_differs"),
        ("yuan/year", "true", "kind_differs"),
        ("year", "full_years(since, age)", "member_name_outside"),
        ("year", "full_years(since, months)", "date_expected"),
        ("yuan/year", "since", "kind_differs"),
        ("yuan/year", "income + since", "number_expected"),
    ],
)
def test_units_that_do_not_fit_are_refused(unit: str, line: str, code: str | None) -> None:
    """One mismatch gives one problem; dividing by a bare twelve does not turn a year into a month."""
    assert codes(f'unit: {unit}, value: "{line}"') == ([] if code is None else [code])


def test_leaving_out_the_months_of_a_year_says_so() -> None:
    """The hint offers the parameter that would fix the units, and both units are in the policy's words."""
    (problem,) = problems_of("unit: yuan/month/person, value: (income - rigid) / people")
    assert problem.message() == "算出来的单位是 元/人/年，应为 元/月/人"
    assert problem.help() == "是否漏写了 `/ months_per_year`？"
    (problem,) = problems_of("unit: yuan/year/person, value: dibao")
    assert problem.help() == "是否漏写了 `* months_per_year`？"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("residence == urban", None),
        ("urban == residence", None),
        ("residence != rural", None),
        ("residence == area", None),
        ("residence in (urban, rural)", None),
        ("home == true", None),
        ("home", None),
        ("not home", None),
        ("since < on", None),
        ("some(student)", None),
        ("each(age >= 18)", None),
        ("full_years(since, on) >= 1", None),
        ("residence == village", "unknown_option"),
        ("residence in (urban, village)", "unknown_option"),
        ("residence in (urban, home)", "option_expected"),
        ("residence < urban", "only_equal"),
        ("home < true", "only_equal"),
        ("home == residence", "sides_differ"),
        ("since == 2021", "sides_differ"),
        ("income == since", "sides_differ"),
        ("income in (urban)", "in_needs_choice"),
        ("residence", "condition_expected"),
        ("income + 1", "condition_expected"),
        ("not income", "condition_expected"),
        ("urban", "unknown_name"),
        ("urban == rural", "unknown_name"),
        ("wage < 5", "member_name_outside"),
        ("some(wage)", "condition_expected"),
        ("some(some(student))", "members_inside_member"),
        ("sum(wage where wage) < 5", "condition_expected"),
        ("sum(wage / age) < 5", "divisor_of_member"),
    ],
)
def test_a_condition_compares_like_with_like(line: str, code: str | None) -> None:
    """Choices compare with their options, numbers with numbers, days with days; other comparisons are refused once."""
    assert codes(f'when: "{line}"') == ([] if code is None else [code])


def test_a_bare_word_beside_a_choice_becomes_its_option() -> None:
    """A bare word is an option on either side of a choice, and in the brackets after `in`."""
    text = HEAD + 'terms:\n  t: {title: 项, basis: definition, when: "urban == residence"}\n'
    compare = cast(Clause, read_policy(text).terms["t"].expr).when
    assert isinstance(compare, Compare)
    assert isinstance(compare.left, Option)
    listed = cast(Clause, read_policy(text.replace("urban == residence", "residence in (urban)")).terms["t"].expr).when
    assert isinstance(listed, OneOf)
    assert isinstance(listed.options[0], Option)


def test_each_line_of_a_condition_has_its_own_problem() -> None:
    """A mistake in one clause does not hide one in the next."""
    assert codes("when: {any: {a: incom < 5, b: {all: {c: home, d: residence == village}}, e: {not: wage < 5}}}") == [
        "unknown_name",
        "unknown_option",
        "member_name_outside",
    ]


@pytest.mark.parametrize("signs", ["-", "--", "---"])
@pytest.mark.parametrize(
    "line", ["income > {}true", "{}true", "{}home", "{}home == true", "income > {}home", "count({}student) > 1"]
)
def test_a_minus_is_of_a_number(signs: str, line: str) -> None:
    """A minus before a boolean is refused, also where several minus signs cancel out."""
    assert codes(f'when: {{that: "{line.format(signs)}"}}') != []
    assert codes(f'unit: 1, value: "{signs}5 * share"') == []
    assert codes(f'unit: 1, value: "{signs}share"') == []
