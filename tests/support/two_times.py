"""A household assessed at two times."""

from hardship_rules import load_policy
from hardship_rules.testing.strategies._paths import Facts

Y2021, Y2023 = load_policy("2021_weihai"), load_policy("2023_weihai")


HOME: Facts = {
    "on": "2021-03-31",
    "unit_has_union": True,
    "employment": "in_service",
    "residence": "urban",
    "controls_company": False,
    "homes": 1,
    "motor_vehicle": False,
    "refuses_verification": False,
    "file": "none",
}


ADULT: Facts = {
    "education": "none",
    "business_income": 0,
    "property_income": 0,
    "transfer_income": 0,
    "other_income": 0,
    "medical_self_paid": 0,
}


SELF: Facts = {"relation": "self", "wage": 9000, **ADULT}


SPOUSE: Facts = {"relation": "spouse", "wage": 0, **ADULT}
