"""Units as registers write them: exact factors, and units that do not fit."""

from fractions import Fraction

import pytest

from hardship_rules import load_policy
from hardship_rules.language.mapping import factor_of, units_of

WEIHAI = load_policy("2021_weihai")


@pytest.mark.parametrize(
    ("fact", "unit", "factor"),
    [
        ("monthly_wage", "元/月", 1),
        ("monthly_wage", "元", 1),  # the time unit is the fact's own
        ("monthly_wage", "万元", 10_000),
        ("monthly_wage", "元/年", Fraction(1, 12)),
        ("monthly_wage", "万元/年", Fraction(2500, 3)),  # 10,000 / 12
        ("wage", "元/月", 12),
        ("wage", "千元/月", 12_000),
        ("wage", "yuan/year", 1),
        ("wage", " 亿元 / 年 ", 10**8),
        ("age", "岁", 1),
        ("age", "年", 1),
        ("age", "月", Fraction(1, 12)),
        ("lives_together_months", "年", 12),
        ("homes", "%", Fraction(1, 100)),
        ("monthly_wage", "美元", None),
        ("monthly_wage", "元/人", None),
        ("monthly_wage", "元/天", None),
        ("monthly_wage", "月", None),
        ("monthly_wage", "万", None),
        ("monthly_wage", "元/万月", None),
        ("wage", "%", None),
        ("age", "元", None),
    ],
)
def test_factor(fact: str, unit: str, factor: Fraction | None) -> None:
    """A unit gives the factor from its numbers to the fact's; None if it measures something else."""
    assert factor_of(WEIHAI, WEIHAI.facts.get(fact) or WEIHAI.members.facts[fact], unit) == factor


def test_only_definitions_turn_time() -> None:
    """A parameter that happens to have the unit of a conversion does not convert units."""
    text = """
language: 1
policy: small
units: {yuan: 元, month: 月, year: 年}
household: {paid: {title: 支出, unit: yuan/year, to: 100}}
parameters: {share: {title: 份额, unit: month/year, value: 10, basis: assumption}}
"""
    from hardship_rules import read_policy  # noqa: PLC0415  # next to its only use

    policy = read_policy(text)
    assert factor_of(policy, policy.facts["paid"], "元/月") is None
    policy = read_policy(text.replace("assumption", "definition"))
    assert factor_of(policy, policy.facts["paid"], "元/月") == 10


def test_units_in_words() -> None:
    """The unit of a fact is given in words."""
    facts = WEIHAI.members.facts
    assert [units_of(WEIHAI, facts[name]) for name in ("monthly_wage", "age")] == ["元/月", "岁"]
