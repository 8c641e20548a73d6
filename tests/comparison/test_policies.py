"""Comparing a household under two policies: days, foreign facts and options, and problems."""

from datetime import date
from typing import Any

import pytest

from hardship_rules import (
    Comparison,
    FactError,
    HouseholdText,
    PolicyError,
    compare,
    load_household,
    load_policy,
    read_household,
    read_policy,
)
from hardship_rules.core.problem import path_text

Y2021, Y2023, HUZHOU = (load_policy(name) for name in ("2021_weihai", "2023_weihai", "example_huzhou"))
TEXT = """
policy: 2021_weihai
on: 2021-03-31
unit_has_union: yes
employment: in_service
residence: urban
controls_company: no
homes: 1
motor_vehicle: no
refuses_verification: no
members:
  - {relation: self, wage: %s, business_income: 0, property_income: 0, transfer_income: 0, other_income: 0,
     medical_self_paid: 0, education: none}
"""


def household(wage: str = "10800") -> HouseholdText:
    """A worker alone, with 900 a month by default."""
    return read_household(TEXT % wage)


def categories(found: Comparison) -> list[str | None]:
    """The category under each policy."""
    return [None if side.assessment.category is None else side.assessment.category.id for side in found.sides]


def codes(error: pytest.ExceptionInfo[FactError]) -> list[tuple[str, str]]:
    """The problems by code and location."""
    return [(problem.code, problem.place) for problem in error.value.problems]


def test_two_years() -> None:
    """900 is above the 787 of 2021 and below the 1,001 of 2023; the policy named by the household is ignored."""
    found = compare(Y2021, Y2023, household())
    assert categories(found) == ["relative", "deep"]
    assert not found.same
    assert found.parting is not None
    assert found.parting.first is not None
    assert found.parting.first.clause.id == "category.deep.income.below_standard"
    assert [side.policy.name for side in found.sides] == ["2021_weihai", "2023_weihai"]


def test_outside_a_policys_days() -> None:
    """On a day outside its window a policy is applied as if it were in force, with a note."""
    found = compare(Y2021, Y2023, household())
    assert [side.in_force for side in found.sides] == [True, False]
    assert {side.assessment.household.on for side in found.sides} == {date(2021, 3, 31)}
    assert [side.in_force for side in compare(Y2021, Y2023, household(), "2023-05-01").sides] == [False, True]


def test_a_day_for_each() -> None:
    """Each policy can have its own day, which determines the ages."""
    found = compare(Y2021, Y2023, household(), "2021-03-31", "2023-03-31")
    assert [side.in_force for side in found.sides] == [True, True]
    assert [str(side.assessment.household.on) for side in found.sides] == ["2021-03-31", "2023-03-31"]


def test_no_day() -> None:
    """Without a day each policy is applied on some day of its window."""
    facts: dict[str, Any] = {"unit_has_union": False, "members": [{"relation": "self"}]}
    found = compare(Y2021, Y2023, facts)
    assert categories(found) == ["out_of_scope", "out_of_scope"]
    assert [side.in_force for side in found.sides] == [True, True]


def test_a_variant() -> None:
    """On the line, the reading that grants equality decides."""
    found = compare(Y2021, Y2021.with_readings({"equal_to_standard": "granted"}), household("9444"))
    assert categories(found) == ["relative", "deep"]


MIXED: dict[str, Any] = {
    "on": "2021-03-31",
    "unit_has_union": False,
    "cause": "none",
    "members": [{"relation": "self", "lives_here": True, "income": 9000, "cost": 0, "wage": 5, "label": "甲某"}],
}


def test_other_facts() -> None:
    """Facts of one policy only are left out under the other and listed; its own further facts are unknown."""
    found = compare(Y2021, HUZHOU, MIXED)
    assert categories(found) == ["out_of_scope", "deep"]  # 9,000 / 12 is 750, not above 1,105
    assert [[path_text(each.path) for each in side.not_known] for side in found.sides] == [
        ["cause", "members[1].lives_here", "members[1].income", "members[1].cost"],
        ["unit_has_union", "members[1].wage"],
    ]
    assert found.sides[1].assessment.household.members[0].label == "甲某"
    example = compare(Y2021, HUZHOU, load_household("examples/household.yaml"))
    assert categories(example) == ["deep", None]
    assert {each.title for each in example.sides[1].not_known} >= {"就业状况", "年工资性收入"}
    assert example.sides[0].not_known == ()


def test_an_option_that_one_lacks() -> None:
    """An option of one policy only is left out under the other, where the fact is unknown."""
    text = """
language: 1
policy: other
units: {person: 人}
household:
  residence: {title: 家庭居住地, one of: {urban: 城市, island: 海岛}}
members:
  at most: 9
  facts: {relation: {title: 与申请人关系, one of: {self: 本人}}}
decisions:
  category:
    title: 类别
    basis: definition
    first:
      - {outcome: deep, title: 岛, when: residence == island}
    otherwise: {outcome: none, title: 否}
"""
    other = read_policy(text)
    for option in ("rural", "农村"):
        found = compare(Y2021, other, {"residence": option, "unit_has_union": False, "members": [{"relation": "self"}]})
        assert categories(found) == ["out_of_scope", None]
        (left_out,) = (each for each in found.sides[1].not_known if each.option is not None)
        assert (left_out.path, left_out.title, left_out.option) == (("residence",), "家庭居住地", "农村")
        assert "农村" not in repr(found.sides)
    with pytest.raises(FactError) as error:
        compare(Y2021, other, {"residence": "moon", "members": [{"relation": "self"}]})
    assert codes(error) == [("unknown_fact_option", "residence")]


def test_mistakes() -> None:
    """A fact that neither policy has is a problem, reported once; a day outside a policy's window is none."""
    wrong = read_household((TEXT % "1.555").replace("homes:", "hmes:"), "wrong.yaml")
    with pytest.raises(FactError) as error:
        compare(Y2021, Y2023, wrong)
    assert [code for code, _ in codes(error)] == ["unknown_fact", "fact_decimals"]
    assert all(place.startswith("wrong.yaml:") for _, place in codes(error))


def test_mistakes_under_one() -> None:
    """A problem under one policy only is reported too: 500 homes are too many, though huzhou has no homes."""
    with pytest.raises(FactError) as error:
        compare(HUZHOU, Y2021, {"homes": 500, "members": [{"relation": "self"}]})
    assert codes(error) == [("fact_outside", "homes")]


@pytest.mark.parametrize("given", [{"members": 3}, {"members": [3]}, {"members": []}, {3: 4, "members": [{}]}])
def test_no_household(given: Any) -> None:
    """A value that is not a household is refused as by `assess`."""
    with pytest.raises(FactError):
        compare(Y2021, HUZHOU, given)


def test_an_open_policy() -> None:
    """An open policy is refused."""
    with pytest.raises(PolicyError):
        compare(Y2021, load_policy("shandong_2020_58"), household())


def test_the_household_stays_as_it_is() -> None:
    """The given household is not modified."""
    before = {**MIXED, "members": [dict(MIXED["members"][0])]}
    compare(Y2021, HUZHOU, MIXED)
    assert before == MIXED
