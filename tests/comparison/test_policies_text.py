"""The text of a comparison of two policies, in Chinese and English."""

import pytest

from hardship_rules import compare, load_household, load_policy, read_household
from hardship_rules.comparison.policies import different_readings

Y2021, Y2023, HUZHOU = (load_policy(name) for name in ("2021_weihai", "2023_weihai", "example_huzhou"))
EXAMPLE = load_household("examples/household.yaml")
ALONE = read_household(
    "on: 2021-03-31\nunit_has_union: yes\nemployment: in_service\nresidence: urban\ncontrols_company: no\nhomes: 1\n"
    "motor_vehicle: no\nrefuses_verification: no\nmembers:\n"
    "  - {relation: self, wage: 10800, business_income: 0, property_income: 0, transfer_income: 0, other_income: 0,"
    " medical_self_paid: 0, education: none}\n"
)


def test_two_years() -> None:
    """Each line by hand: 10,800 / 12 is 900, above 787 by 113 and below 1,001 by 101."""
    text = compare(Y2021, Y2023, ALONE).explain()
    assert text.splitlines() == [
        "甲：威海市2021年困难职工家庭认定（2021_weihai），认定日期 2021-03-31",
        (
            "乙：威海市2023年困难职工家庭认定（2023_weihai），适用于 2023-01-01 至 2023-12-31；"
            "这里假定它在 2021-03-31 也适用"
        ),
        "",
        "                                    甲                  乙",
        "  困难职工家庭类别                  相对困难职工家庭    深度困难职工家庭",
        "  家庭年可支配收入                  10,800.00 元        10,800.00 元",
        "  依规定不计入的收入                0.00 元             0.00 元",
        "  刚性支出                          0.00 元             0.00 元",
        "  家庭共同生活人口                  1 人                1 人",
        "  家庭人均月纯收入                  900.00 元           900.00 元",
        "  低保标准（城市）                  787.00 元           1,001.00 元",
        "  解读：农村家庭适用的低保标准      农村标准            城市标准",
        "  解读：新就业形态劳动者是否纳入    不纳入              纳入",
        "",
        "结论不同，分歧始于：人均月纯收入低于低保标准（category.deep.income.below_standard）",
        "  甲 × 人均月纯收入不低于低保标准    900.00 < 787.00，高 113.00 元    〔归纳〕",
        "  乙 √ 人均月纯收入低于低保标准    900.00 < 1,001.00，低 101.00 元    〔归纳〕",
        "辅助审核意见，不替代工会认定决定",
    ]


def test_english() -> None:
    """The frame is English; titles are the policy's own."""
    lines = compare(Y2021, Y2023, ALONE, "2021-03-31", "2023-03-31").explain(lang="en").splitlines()
    assert lines[1] == "B: 威海市2023年困难职工家庭认定 (2023_weihai), on 2023-03-31"
    parts = next(number for number, line in enumerate(lines) if line.startswith("The verdicts differ"))
    assert lines[parts].endswith("人均月纯收入低于低保标准 (category.deep.income.below_standard)")
    assert "900.00 < 787.00, higher by 113.00 元" in lines[parts + 1]


def test_the_same() -> None:
    """An equal verdict is reported as such, with the deciding clauses under each policy."""
    lines = compare(Y2021, Y2023, EXAMPLE).explain().splitlines()
    at = lines.index("结论相同")
    assert lines[at + 1 : at + 3] == [
        "  甲 √ 人均月纯收入低于低保标准    655.56 < 787.00，低 131.44 元    〔归纳〕",
        "  乙 √ 人均月纯收入低于低保标准    655.56 < 1,001.00，低 345.44 元    〔归纳〕",
    ]


def test_other_facts() -> None:
    """Facts that one policy lacks are named, and those it still needs; a figure that one lacks is a dash."""
    text = compare(Y2021, HUZHOU, EXAMPLE).explain()
    assert "\n乙没有下列事实，未予采用：所在单位已建立工会组织、就业状况、" in text
    assert "乙待定，还需补充：" in text
    assert "全体成员的年收入" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["家庭年可支配收入", "36,000.00", "元", "—"] in rows
    assert ["低保标准", "787.00", "元（城市）", "1,105.00", "元"] in rows


def test_a_clause_that_one_lacks() -> None:
    """An outcome of one policy only is reported as missing in the other."""
    facts = {"unit_has_union": False, "members": [{"relation": "self", "lives_here": True, "income": 0, "cost": 0}]}
    text = compare(Y2021, HUZHOU, facts).explain()
    assert "\n结论不同，分歧始于：不属于认定范围（category.out_of_scope）\n" in text
    assert "\n  乙 没有这一条\n" in text
    assert "没有填认定日期" not in text
    assert "未填认定日期" in text


def test_different_readings() -> None:
    """Only readings of both policies with different choices are listed."""
    variant = Y2021.with_readings({"rounding": "fen"})
    assert [(one.chosen, other.chosen) for one, other in different_readings(Y2021, variant)] == [("none", "fen")]
    assert different_readings(Y2021, HUZHOU) == []


@pytest.mark.parametrize("lang", ["fr", ""])
def test_no_such_language(lang: str) -> None:
    """An unknown language is refused."""
    with pytest.raises(ValueError, match="zh, en"):
        compare(Y2021, Y2023, ALONE).explain(lang=lang)  # type: ignore[arg-type]  # an unknown language
