"""The content of an assessment: outcomes, figures, reasons, missing facts, and the trace."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardship_rules import Assessment, Figure, PolicyError, Trace, assess, load_policy, read_policy
from hardship_rules.assessment.outcomes import decimal
from hardship_rules.core.expr import AllOf, AnyOf, Compare, Constant, Name, Not, Option
from hardship_rules.testing.strategies import households, partial_households
from hardship_rules.testing.strategies._paths import Facts

WEIHAI = load_policy("2021_weihai")
NOTHING = dict.fromkeys(("business_income", "property_income", "transfer_income", "other_income"), 0)
WORKER = {"relation": "self", "age": 40, "education": "none", "wage": 30000, "medical_self_paid": 9400, **NOTHING}
SPOUSE = {**WORKER, "relation": "spouse", "wage": 6000, "medical_self_paid": 0}
HOUSEHOLD: Facts = {
    "on": date(2021, 3, 31),
    "unit_has_union": True,
    "employment": "in_service",
    "residence": "urban",
    "controls_company": False,
    "homes": 1,
    "motor_vehicle": False,
    "refuses_verification": False,
    "members": [WORKER, SPOUSE],
}
few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def figure(assessment: Assessment, name: str) -> Figure:
    """Return a figure of an assessment."""
    found = assessment.terms[name]
    assert isinstance(found, Figure)
    return found


def test_figures_are_exact_in_their_units() -> None:
    """(36,000 - 9,400) / 12 / 2 is 26,600 / 24 yuan a month and person, to two places 1,108.33."""
    net = figure(assess(WEIHAI, HOUSEHOLD), "net_income_per_person")
    assert net.exact == Fraction(26600, 24)
    assert net.decimal(2) == Decimal("1108.33")
    assert net.decimal(0) == 1108
    assert net.unit == "yuan/month/person"


def test_figure_that_is_not_known() -> None:
    """Without the receipts the net income is unknown, between its values for the highest medical cost and for none."""
    given_ = {**HOUSEHOLD, "members": [{**WORKER, "medical_self_paid": None}, SPOUSE]}
    net = figure(assess(WEIHAI, given_), "net_income_per_person")
    assert net.exact is None
    assert net.decimal(2) is None
    assert (net.low, net.high) == (Fraction(36000 - 100_000_000, 24), 1500)


@given(st.fractions(-1000, 1000), st.integers(0, 4))
def test_decimal_rounds_half_away_from_zero(number: Fraction, places: int) -> None:
    """The rounded number is within half a place, and halves are rounded away from zero."""
    rounded = Fraction(decimal(number, places))
    half = Fraction(1, 2 * 10**places)
    assert abs(rounded - number) <= half
    if abs(rounded - number) == half:
        assert abs(rounded) > abs(number)
    assert (rounded * 10**places).denominator == 1


@few
@given(households(WEIHAI))
def test_reasons_are_true(given_: Facts) -> None:
    """Every comparison among the reasons, evaluated again from its two figures, gives the stated sign."""
    compare: dict[str, Any] = {
        "<": Fraction.__lt__,
        "<=": Fraction.__le__,
        "==": Fraction.__eq__,
        "!=": Fraction.__ne__,
        ">=": Fraction.__ge__,
        ">": Fraction.__gt__,
    }
    for reason in assess(WEIHAI, given_).reasons:
        if isinstance(reason.left, Figure) and isinstance(reason.right, Figure):
            left, right = reason.left.exact, reason.right.exact
            assert left is not None
            assert right is not None
            assert reason.holds is compare[reason.sign](left, right)
            assert reason.difference is not None
            assert reason.difference.exact == left - right


@few
@given(households(WEIHAI))
def test_roles_follow_the_order_of_the_decision(given_: Facts) -> None:
    """Each outcome before the category is ruled out, the category decides, and no outcome after it is mentioned."""
    assessment = assess(WEIHAI, given_)
    assert assessment.category is not None
    order = [outcome.id for outcome in WEIHAI.category.outcomes]
    reached = order[: order.index(assessment.category.id)] if assessment.category.id in order else order
    reasons = assessment.decisions["category"].reasons
    roles = {(reason.outcome, reason.role) for reason in reasons}
    decided = {(assessment.category.id, "decided")} if assessment.category.id in order else set()
    assert roles == {(outcome, "stopped") for outcome in reached} | decided


@few
@given(households(WEIHAI))
def test_something_decided(given_: Facts) -> None:
    """`decided_by` names clauses of the deciding outcome, or for `otherwise` those that ruled out all others."""
    assessment = assess(WEIHAI, given_)
    decided = assessment.decisions["category"]
    assert decided.outcome == assessment.category
    assert decided.decided_by
    ids = {reason.clause.id: reason.outcome for reason in assessment.reasons}
    outcomes = {ids[each] for each in decided.decided_by}
    assert decided.outcome is not None
    if decided.outcome.id == "none":
        assert outcomes == {outcome.id for outcome in WEIHAI.category.outcomes}
    else:
        assert outcomes == {decided.outcome.id}


@pytest.mark.parametrize(
    ("changed", "category", "decided_by"),
    [
        ({}, "relative", ["category.relative.income.below_double"]),
        ({"unit_has_union": False}, "out_of_scope", ["category.out_of_scope.no_union"]),
        ({"controls_company": True}, "excluded", ["listed_exclusion.company"]),
        (
            {"event_casualty": "disabled", "members": [{**WORKER, "wage": 99999}]},
            "accidental",
            ["accidental_cause.casualty"],
        ),
    ],
)
def test_decided_by(changed: Facts, category: str, decided_by: list[str]) -> None:
    """`decided_by` is the innermost clause that makes the outcome hold, also inside a named condition."""
    found = assess(WEIHAI, {**HOUSEHOLD, **changed}).decisions["category"]
    assert found.outcome is not None
    assert found.outcome.id == category
    assert list(found.decided_by) == decided_by


def test_members_a_clause_is_about() -> None:
    """A reason over the members names the members that it concerns, counted from 0."""
    schooling = {"tuition": 0, "private_school_fee": 0, "public_school_fee": 0, "full_time": True}
    abroad = {**SPOUSE, **schooling, "relation": "child", "age": 20, "education": "bachelor"}
    members = [WORKER, SPOUSE, {**abroad, "self_paid_study_abroad": True, "dependent": False}]
    (reason,) = [each for each in assess(WEIHAI, {**HOUSEHOLD, "members": members}).reasons if each.role == "decided"]
    assert reason.clause.id == "category.excluded.study_abroad"
    assert reason.members == (2,)


@settings(few, max_examples=5)
@given(partial_households(WEIHAI))
def test_trace_gives_the_same_answers(given_: Facts) -> None:
    """Every node of the trace, evaluated again from the answers of its parts, has the recorded answer."""
    assessment = assess(WEIHAI, given_)
    for outcome in WEIHAI.category.outcomes:
        again(assessment.trace(f"category.{outcome.id}"))
    for name in ("net_income_per_person", "people"):
        trace = assessment.trace(name)
        found = figure(assessment, name)
        assert trace.value == found.exact or (trace.value.low, trace.value.high) == (found.low, found.high)  # type: ignore[union-attr]  # a known number, or a range


def again(trace: Trace) -> None:
    """Compare the answers of all/any/not, names and plain comparisons with those of their parts."""
    inner = [part.value for part in trace.parts]
    expr = trace.expr
    if isinstance(expr, AllOf):
        assert trace.value is (False if False in inner else None if None in inner else True)
    elif isinstance(expr, AnyOf):
        assert trace.value is (True if any(each is True for each in inner) else None if None in inner else False)
    elif isinstance(expr, Not):
        assert trace.value is (None if inner[0] is None else not inner[0])
    elif isinstance(expr, Name) and inner:
        assert trace.value == inner[0]
    elif isinstance(expr, Constant):
        assert trace.value == expr.value
    elif isinstance(expr, Option):
        assert trace.value == expr.option
    elif isinstance(expr, Compare) and all(isinstance(each, int | Fraction) for each in inner):
        left, right = (Fraction(each) for each in inner)  # type: ignore[arg-type]  # both are numbers
        signs = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
        assert trace.value is {**signs, "==": left == right, "!=": left != right}[expr.sign]
    for part in trace.parts:
        again(part)


def test_missing_names_path_title_and_evidence() -> None:
    """Each missing fact has its path, title and evidence document, in the order of the questions."""
    given_ = {**HOUSEHOLD, "members": [{**WORKER, "medical_self_paid": None}, {**SPOUSE, "wage": None}]}
    found = [(str(each), each.title, each.evidence) for each in assess(WEIHAI, given_).missing]
    assert found == [
        ("members[2].wage", "年工资性收入", "收入证明"),
        ("members[1].medical_self_paid", "医疗自负费用", "医疗自负费用票据"),
    ]


def test_missing_day() -> None:
    """A child comes of age in the year: if only the day is unknown, the day or the age is missing."""
    child = {**SPOUSE, "relation": "child", "birth_date": "2003-07-01", "dependent": False, "wage": 0}
    del child["age"]
    given_ = {**HOUSEHOLD, "members": [{**WORKER, "wage": 27000, "medical_self_paid": 0}, child]}
    del given_["on"]
    assessment = assess(WEIHAI, given_)
    assert [outcome.id for outcome in assessment.possible] == ["relative", "none"]
    assert {each.path[-1] for each in assessment.missing} <= {"on", "age"}
    assert assessment.missing
    assert [assess(WEIHAI, given_, day).category.id for day in ("2021-06-30", "2021-07-01")] == ["relative", "none"]  # type: ignore[union-attr]  # a known number, or a range


def test_unpublished_parameter_is_missing() -> None:
    """A parameter that is not published leaves the household undecided and is listed as missing."""
    policy = read_policy(
        "language: 1\npolicy: p\nextends: shandong_2020_58\nparameters:\n  dibao:\n    values: {urban: not published,"
        " rural: 588}\n    from: 500\n    to: 2000\n    source: qingdao\n    cite: 无\n    basis: summary\n"
    )
    assessment = assess(policy, HOUSEHOLD)
    assert [outcome.id for outcome in assessment.possible] == ["deep", "relative", "none"]
    assert [each.path for each in assessment.missing] == [("parameters", "dibao")]


def test_policies_that_cannot_decide() -> None:
    """`assess` refuses an open policy, and a policy without a decision, as a policy problem."""
    with pytest.raises(PolicyError) as caught:
        assess(load_policy("shandong_2020_58"), HOUSEHOLD)
    assert [problem.code for problem in caught.value.problems] == ["policy_open"]
    undecided = read_policy("language: 1\npolicy: p\nmembers: {facts: {here: {title: 在, yes or no: true}}}\n")
    with pytest.raises(PolicyError) as caught:
        assess(undecided, {"members": [{}]})
    assert [problem.code for problem in caught.value.problems] == ["policy_without_decision"]


def test_forty_five_facts_are_enough() -> None:
    """Forty-five facts decide a worker, a spouse and two schoolchildren; nothing is missing (`on` is none)."""
    adult = {"education": "none", "birth_date": "1980-05-06", **NOTHING, "wage": 20000, "medical_self_paid": 0}
    school = {"private_school_fee": 0, "public_school_fee": 0, "self_paid_study_abroad": False}
    income = {"property_income": 0, "transfer_income": 0, "other_income": 0, "medical_self_paid": 0}
    child = {"relation": "child", "age": 9, "education": "compulsory", **school, **income}
    members = [{"relation": "self", **adult}, {"relation": "spouse", **adult}, child, child]
    head = {name: value for name, value in HOUSEHOLD.items() if name != "members"}
    facts = sum(map(len, members)) + len(head) - 1
    assert facts <= 45
    assessment = assess(WEIHAI, {**head, "members": members})
    assert assessment.missing == ()
    assert assessment.category is not None
    assert assessment.category.id == "relative"  # 40,000 / 12 / 4 is 833.33


def test_an_open_first_decision_holds_nothing() -> None:
    """While an earlier outcome is open, a later one that would hold is possible but not certain."""
    filing = assess(WEIHAI, {**HOUSEHOLD, "members": [{**WORKER, "wage": 12000}, SPOUSE]}).decisions["filing"]
    assert (filing.outcome, filing.holding) == (None, ())
    assert {outcome.id for outcome in filing.possible} >= {"continued", "new_file"}
