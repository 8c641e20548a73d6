"""Soundness of a policy: order of definitions, and ranges for every household under any readings."""

from itertools import pairwise

import pytest

from hardship_rules import PolicyError, read_policy

HEAD = """
language: 1
policy: p
units: {yuan: 元, person: 人}
household:
  income: {title: 收入, unit: yuan, to: 1000000}
  homes: {title: 住房, unit: 1, from: FROM, to: 9}
  residence: {title: 居住地, one of: {urban: 城市, rural: 农村}}
members:
  at most: 20
  facts:
    relation: {title: 关系, one of: {self: 本人, child: 子女}}
    wage: {title: 工资, unit: yuan, to: 1000}
readings:
  low: {title: 低, question: 问, one of: {nought: 零, one: 一}, chosen: one, why: 因}
  high: {title: 高, question: 问, one of: {two: 二, three: 三}, chosen: two, why: 因}
""".replace("FROM", "0")


def codes(text: str) -> list[str]:
    """The codes of a policy's problems; empty if it is sound."""
    try:
        read_policy(text)
    except PolicyError as error:
        return [problem.code for problem in error.problems]
    return []


def divided(by: str, more: str = "") -> list[str]:
    """The problems of a policy that divides the income by a pure number."""
    return codes(f'{HEAD}terms:\n{more}  t: {{title: 项, unit: yuan, basis: definition, value: "income / {by}"}}\n')


@pytest.mark.parametrize(
    "by", ["2", "max(1, homes)", "(1 + homes)", "(10 - homes)", "(homes + 0.01)", "max(0.5, -homes)"]
)
def test_a_divisor_that_is_always_positive_is_sound(by: str) -> None:
    """A divisor of constants, floors and sums that is above 0 for every home from 0 to 9 is sound."""
    assert divided(by) == []


@pytest.mark.parametrize(
    "by", ["0", "homes", "-1", "(homes - homes + 1)", "(9 - homes)", "max(0, homes)", "min(1, homes)"]
)
def test_a_divisor_that_may_be_zero_or_less_is_refused(by: str) -> None:
    """A divisor that some household could make 0, or that is not provably positive, is refused."""
    assert divided(by) == ["divisor_not_positive"]


def per_person(people: str) -> list[str]:
    """The problems of a policy that divides by this number of people."""
    return codes(
        f"""{HEAD}terms:
  people: {{title: 人数, unit: person, basis: definition, value: "{people}"}}
  t: {{title: 项, unit: yuan/person, basis: definition, value: income / people}}
"""
    )


def test_people_are_one_and_the_others() -> None:
    """A count that includes the worker is at least one; a count of others may be zero."""
    assert per_person("1 + count(relation == child)") == []
    assert per_person("max(1, count(relation == child))") == []
    assert per_person("count(relation == child)") == ["divisor_not_positive"]
    assert per_person("count(true)") == []


CHOSEN = """
  a:
    title: 甲
    unit: 1
    basis: definition
    choose: [{when: low == nought, value: 0}]
    otherwise: 1
  b:
    title: 乙
    unit: 1
    basis: definition
    choose: [{when: high == two, value: TWO}]
    otherwise: 3
"""


def test_a_divisor_is_positive_under_any_readings() -> None:
    """A policy is refused if some combination of readings makes a divisor 0 or less."""
    assert divided("a", CHOSEN.replace("TWO", "2")) == ["divisor_not_positive"]
    assert divided("b", CHOSEN.replace("TWO", "2")) == []
    assert divided("(a + b)", CHOSEN.replace("TWO", "2")) == []
    assert divided("(a + b - 1)", CHOSEN.replace("TWO", "2")) == []
    assert divided("(a + b - 1)", CHOSEN.replace("TWO", "1")) == ["divisor_not_positive"]


def test_a_number_not_published_is_taken_at_its_worst() -> None:
    """An unpublished parameter may be a divisor only if its whole range is above 0."""
    parameter = "parameters: {{n: {{title: 数, unit: 1, value: not published, from: {}, to: 5}}}}\n"
    line = "terms: {t: {title: 项, unit: yuan, basis: definition, value: income / n}}\n"
    assert codes(HEAD + parameter.format(1) + line) == []
    assert codes(HEAD + parameter.format(0) + line) == ["divisor_not_positive"]


def test_a_table_by_number_begins_where_the_number_may() -> None:
    """A table with values from 1 on is sound for a number from 1, not for one from 0."""
    parameter = "parameters: {n: {title: 数, unit: 1, by: homes, values: {1: 5, 2: 6, 3 and more: 7}}}\n"
    line = "terms: {t: {title: 项, unit: 1, basis: definition, value: n}}\n"
    assert codes(HEAD + parameter + line) == ["values_start_late"]
    assert codes(HEAD.replace("from: 0", "from: 1") + parameter + line) == []


def test_terms_are_worked_out_after_what_they_use() -> None:
    """Terms may be written in any order."""
    text = f"""{HEAD}
parameters:
  amount: {{title: 数额, unit: yuan, by: category, values: {{poor: 5, none: 0}}, basis: assumption}}
terms:
  last: {{title: 末, unit: yuan, basis: definition, value: middle + amount}}
  middle: {{title: 中, unit: yuan, basis: definition, value: first + 1}}
  first: {{title: 首, unit: yuan, basis: definition, value: income}}
decisions:
  category:
    title: 类别
    first: [{{outcome: poor, title: 困难, basis: definition, when: first < 5}}]
    otherwise: {{outcome: none, title: 否, basis: definition}}
"""
    order = read_policy(text).order
    for name, used in (("last", "middle"), ("middle", "first"), ("last", "amount"), ("amount", "category")):
        assert order.index(used) < order.index(name)
    assert order.index("first") < order.index("category")


def chain(length: int) -> str:
    """Terms that each use the previous one."""
    lines = ["  t1: {title: 第1, unit: yuan, basis: definition, value: income}"]
    lines += [
        f"  t{n}: {{title: 第{n}, unit: yuan, basis: definition, value: t{n - 1} + 1}}" for n in range(2, length + 1)
    ]
    return HEAD + "terms:\n" + "\n".join(lines)


def test_a_hundred_terms_may_use_one_another() -> None:
    """A chain of 100 terms is read, one of 101 is refused."""
    assert codes(chain(100)) == []
    assert codes(chain(101)) == ["chain_too_long"]


def test_a_cycle_is_told_in_full() -> None:
    """The problem names every term of the cycle, in the order of use."""
    text = chain(3).replace("value: income", "value: t3")
    with pytest.raises(PolicyError) as caught:
        read_policy(text)
    (problem,) = caught.value.problems
    names = problem.values["cycle"].split(" → ")
    assert names[0] == names[-1] == problem.given
    uses = {"t1": "t3", "t2": "t1", "t3": "t2"}
    assert all(uses[name] == used for name, used in pairwise(names))


def test_members_share_no_name_with_the_household() -> None:
    """Facts, parameters, readings, terms and decisions share one name space."""
    text = HEAD + "terms: {wage: {title: 项, unit: yuan, basis: definition, value: income}}\n"
    assert codes(text) == ["name_taken"]
