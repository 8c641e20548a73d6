"""The measure of 2021 outside the library: by hand in Python and as a ZEN decision, with invented households."""

import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

Facts = Mapping[str, Any]

ON = "2021-03-31"
DIBAO = {"urban": 787, "rural": 588}
MEMBER: Facts = {
    "age": 40,
    "lives_together_months": 120,
    "legal_support_duty": True,
    "dependent": False,
    "education": "none",
    "full_time": False,
    "away": "none",
    "wage": 0,
    "business_income": 0,
    "property_income": 0,
    "transfer_income": 0,
    "other_income": 0,
    "medical_self_paid": 0,
    "tuition": 0,
    "disability_cost": 0,
    "private_school_fee": 0,
    "public_school_fee": 0,
    "self_paid_study_abroad": False,
}
HOUSEHOLD: Facts = {
    "unit_has_union": True,
    "employment": "in_service",
    "lives_in_city": True,
    "labour_relation_months": 24,
    "residence": "urban",
    "event_casualty": "none",
    "sudden_cause": "none",
    "sudden_loss": 0,
    "sudden_compensation": 0,
    "controls_company": False,
    "homes": 1,
    "floor_area_above_local_average": False,
    "motor_vehicle": False,
    "vehicle_is_mobility_aid": False,
    "refuses_verification": False,
}
PUPIL: Facts = {"age": 9, "education": "compulsory", "full_time": True, "tuition": 700}
STUDENT: Facts = {"age": 20, "education": "bachelor", "full_time": True, "tuition": 5000.5}


def family(wage: float, child: Facts, second: Facts = PUPIL, **facts: object) -> Facts:
    """A worker and a spouse with the same wage and medical costs, and two children."""
    parent = {**MEMBER, "wage": wage, "medical_self_paid": 4700.25}
    members = [
        {"relation": "self", **parent},
        {"relation": "spouse", **parent},
        {"relation": "child", **MEMBER, **child},
        {"relation": "child", **MEMBER, **second},
    ]
    return {**HOUSEHOLD, **facts, "members": members}


SUDDEN: Facts = {"sudden_cause": "illness", "sudden_loss": 180000.5, "sudden_compensation": 20000}
HIGH_FEE: Facts = {"private_school_fee": 30000, "public_school_fee": 4000}

# Away from every line by more than the peers' binary rounding: on the line they may differ from exact arithmetic.
HOUSEHOLDS: list[tuple[str, Facts]] = [
    ("deep", family(20000, PUPIL)),
    ("relative", family(20000, PUPIL, residence="rural")),
    ("relative", family(38000, STUDENT, employment="migrant")),
    ("relative", family(20000, PUPIL, {**STUDENT, "education": "postgraduate"})),
    ("none", family(60000, STUDENT)),
    ("none", family(90000, PUPIL, **{**SUDDEN, "sudden_loss": 150000})),
    ("excluded", family(20000, {**PUPIL, **HIGH_FEE})),
    ("excluded", family(20000, PUPIL, motor_vehicle=True)),
    ("out_of_scope", family(20000, PUPIL, employment="migrant", labour_relation_months=11)),
    ("accidental", family(90000, PUPIL, **SUDDEN)),
    ("accidental", family(90000, PUPIL, event_casualty="disabled")),
]


# Plain Python


def counts(member: Facts) -> bool:
    """Whether a member counts as one of the household."""
    relation = member["relation"]
    if relation == "self":
        return True
    if member["away"] in {"religious_3_years", "prison", "rehabilitation", "missing"}:
        return False
    if relation == "child":
        studies = member["full_time"] and member["education"] not in {"none", "postgraduate"}
        return bool(member["age"] < 18 or member["dependent"] or studies)
    return bool(relation == "spouse" or (member["legal_support_duty"] and member["lives_together_months"] >= 12))


def barred(child: Facts) -> bool:
    """Whether a child's schooling excludes the household."""
    dear = Fraction(child["private_school_fee"]) > 2 * Fraction(child["public_school_fee"])
    return bool(dear or child["self_paid_study_abroad"])


INCOMES = ("wage", "business_income", "property_income", "transfer_income", "other_income")


def rigid_of(member: Facts) -> Fraction:
    """A member's rigid expenditure."""
    tuition = 0 if member["education"] == "compulsory" else member["tuition"]
    return Fraction(member["medical_self_paid"]) + Fraction(tuition) + Fraction(member["disability_cost"])


def by_hand(household: Facts) -> str:
    """The category as a programmer would write it."""
    migrant = household["employment"] == "migrant"
    if not household["unit_has_union"] or household["employment"] not in {"in_service", "migrant"}:
        return "out_of_scope"
    if migrant and (not household["lives_in_city"] or household["labour_relation_months"] < 12):
        return "out_of_scope"
    if (
        any(barred(member) for member in household["members"] if member["relation"] == "child")
        or household["controls_company"]
        or (household["homes"] >= 2 and household["floor_area_above_local_average"])
        or (household["motor_vehicle"] and not household["vehicle_is_mobility_aid"])
        or household["refuses_verification"]
    ):
        return "excluded"
    counted = [member for member in household["members"] if counts(member)]
    income = sum((Fraction(member[name]) for member in counted for name in INCOMES), Fraction())
    net = (income - sum(map(rigid_of, counted))) / 12 / len(counted)
    standard = DIBAO[household["residence"]]
    if net < standard:
        return "deep"
    if net < 2 * standard:
        return "relative"
    left = Fraction(household["sudden_loss"]) - Fraction(household["sudden_compensation"])
    sudden = household["sudden_cause"] != "none" and left > 0 and left > Fraction(8, 10) * income
    return "accidental" if household["event_casualty"] != "none" or sudden else "none"


# ZEN

EXPRESSIONS = {
    "counted": (
        "filter(members, #.relation == 'self' or (not (#.away in ['religious_3_years', 'prison', 'rehabilitation',"
        " 'missing']) and (#.relation == 'spouse' or (#.relation == 'child' and (#.age < 18 or #.dependent or"
        " (#.full_time and #.education in ['preschool', 'compulsory', 'high_school', 'bachelor']))) or"
        " (#.relation in ['parent', 'other'] and #.legal_support_duty and #.lives_together_months >= 12))))"
    ),
    "incomes": "map($.counted, #.wage + #.business_income + #.property_income + #.transfer_income + #.other_income)",
    "rigids": (
        "map($.counted, #.medical_self_paid + (#.education == 'compulsory' ? 0 : #.tuition) + #.disability_cost)"
    ),
    "income": "sum($.incomes)",
    "rigid": "sum($.rigids)",
    "people": "len($.counted)",
    "net_income_per_person": "($.income - $.rigid) / 12 / $.people",
    "standard": f"residence == 'urban' ? {DIBAO['urban']} : {DIBAO['rural']}",
    "left": "sudden_loss - sudden_compensation",
    "out_of_scope": (
        "not unit_has_union or not (employment in ['in_service', 'migrant']) or (employment == 'migrant' and"
        " (not lives_in_city or labour_relation_months < 12))"
    ),
    "excluded": (
        "some(members, #.relation == 'child' and (#.private_school_fee > 2 * #.public_school_fee or"
        " #.self_paid_study_abroad)) or controls_company or (homes >= 2 and floor_area_above_local_average) or"
        " (motor_vehicle and not vehicle_is_mobility_aid) or refuses_verification"
    ),
    "accidental": ("event_casualty != 'none' or (sudden_cause != 'none' and $.left > 0 and $.left > 0.8 * $.income)"),
}
ROWS = [
    {"out_of_scope": "true", "category": "'out_of_scope'"},
    {"excluded": "true", "category": "'excluded'"},
    {"net_income_per_person": "< standard", "category": "'deep'"},
    {"net_income_per_person": "< 2 * standard", "category": "'relative'"},
    {"accidental": "true", "category": "'accidental'"},
    {"category": "'none'"},
]
COLUMNS = ("out_of_scope", "excluded", "net_income_per_person", "accidental")
NODES: list[dict[str, object]] = [
    {"id": "in", "type": "inputNode", "name": "household", "content": {}},
    {
        "id": "terms",
        "type": "expressionNode",
        "name": "terms",
        "content": {
            "expressions": [{"id": key, "key": key, "value": value} for key, value in EXPRESSIONS.items()],
            "passThrough": True,
        },
    },
    {
        "id": "category",
        "type": "decisionTableNode",
        "name": "category",
        "content": {
            "hitPolicy": "first",
            "inputs": [{"id": name, "name": name, "field": name} for name in COLUMNS],
            "outputs": [{"id": "category", "name": "category", "field": "category"}],
            "rules": [
                {"_id": str(number), **dict.fromkeys(COLUMNS, ""), **row} for number, row in enumerate(ROWS, start=1)
            ],
        },
    },
    {"id": "out", "type": "outputNode", "name": "result", "content": {}},
]
ORDER = [str(node["id"]) for node in NODES]
JDM = json.dumps(
    {
        "nodes": [{**node, "position": {"x": 0, "y": 0}} for node in NODES],
        "edges": [
            {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
            for source, target in pairwise(ORDER)
        ],
    }
)
TRACE = {"trace": True}


def decided_by_zen(response: Mapping[str, Any]) -> str:
    """The category of a response that includes its trace."""
    assert response["trace"]
    return str(response["result"]["category"])
