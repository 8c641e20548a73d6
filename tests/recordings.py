"""Two invented households and their records: one settled, one for which a receipt is missing."""

from datetime import date

from hardship_rules import assess, load_policy, record
from hardship_rules.strategies.placed import Facts

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
