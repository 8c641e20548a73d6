"""Two invented households and their records: one settled, one with a missing receipt."""

from datetime import date

from hardship_rules import assess, load_policy, record
from hardship_rules.testing.strategies._paths import Facts

WEIHAI = load_policy("2021_weihai")
_ADULT: Facts = {
    "education": "none",
    "business_income": 0,
    "property_income": 0,
    "transfer_income": 0,
    "other_income": 0,
}
WORKER: Facts = {**_ADULT, "relation": "self", "wage": "30000.50", "medical_self_paid": 1400, "label": "Qvyzx"}
SPOUSE: Facts = {**_ADULT, "relation": "spouse", "monthly_wage": 500, "medical_self_paid": 8000}
HOUSEHOLD: Facts = {
    "on": date(2021, 3, 31),
    "reference": "A-17",
    "unit_has_union": True,
    "employment": "in_service",
    "residence": "urban",
    "file": "none",
    "controls_company": False,
    "homes": 1,
    "motor_vehicle": False,
    "refuses_verification": False,
    "members": [WORKER, SPOUSE],
}
UNKNOWN: Facts = {**HOUSEHOLD, "members": [{**WORKER, "medical_self_paid": None}, SPOUSE]}

SETTLED = assess(WEIHAI, HOUSEHOLD)
OPEN = assess(WEIHAI, UNKNOWN)
SETTLED_RECORD = record(SETTLED)
OPEN_RECORD = record(OPEN)


def own_text(urban: str = "700") -> str:
    """The text of a union's own policy with the name of a bundled one, and its own urban line."""
    return f"""
language: 1
policy: 2021_weihai
title: 自定
extends: shandong_2020_58
parameters:
  dibao: {{values: {{urban: {urban}, rural: 588}}, basis: assumption}}
"""


SMALL = """
language: 1
policy: small
title: 小政策
units: {yuan: 元, year: 年}
household: {income: {title: 收入, unit: yuan, to: 1000}}
members: {at most: 3, facts: {age: {title: 年龄, unit: 1, to: 120}}}
parameters:
  line: {title: 标准, unit: yuan, value: 12, basis: assumption}
  weight: {title: 权数, unit: 1, by: old, values: {young: 1, aged: 2}, basis: assumption}
  spare: {title: 不用的, unit: yuan, value: 1, basis: assumption}
readings:
  meaning:
    title: 收入所指
    question: 指什么
    one of: {net: 净, gross: 毛}
    chosen: net
    why: 无
    affects: [income]
    basis: assumption
  spare_reading: {title: 不用的解读, question: 问, one of: {a1: 甲, b1: 乙}, chosen: a1, why: 无, basis: assumption}
terms:
  old:
    title: 老幼
    of: member
    one of: {young: 幼, aged: 老}
    choose: [{when: age < 60, value: young}]
    otherwise: aged
    basis: assumption
  heads: {title: 人数, unit: 1, value: sum(weight), basis: assumption}
decisions:
  category:
    title: 类别
    first: [{outcome: low, title: 低, when: {that: income < line * heads}, basis: assumption}]
    otherwise: {outcome: none, title: 无, basis: assumption}
"""
