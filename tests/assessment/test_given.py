"""What was given of a household reads as the same household again, and covers each of its numbers when one is open."""

from hypothesis import HealthCheck, given, settings

from hardship_rules import load_policy
from hardship_rules.assessment.defaults import broken
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import as_given, refilled
from hardship_rules.core.interval import high, low, span
from hardship_rules.testing.strategies import households, partial_households
from hardship_rules.testing.strategies._paths import Facts

WEIHAI = load_policy("2021_weihai")
few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(partial_households(WEIHAI))
def test_reads_as_the_same(facts: Facts) -> None:
    """What was given, said to be unknown, derived and assumed is the same after it is read again."""
    labelled = {**facts, "reference": "r-1", "members": [{**each, "label": "m"} for each in facts["members"]]}
    household = read_facts(WEIHAI, labelled)
    again = read_facts(WEIHAI, as_given(WEIHAI, household), household.on)
    assert again == household


@few
@given(households(WEIHAI))
def test_refilled_is_the_same(facts: Facts) -> None:
    """What stands in for facts left out comes out as it did when the household was read."""
    household = read_facts(WEIHAI, facts)
    scope, made = refilled(WEIHAI, household)
    assert {name: scope.values[name] for name in WEIHAI.facts} == dict(household.values.items())
    assert [each.values for each in scope.members] == [dict(each.values.items()) for each in household.members]
    assert (tuple(made.derived), tuple(made.assumed)) == (household.derived, household.assumed)
    assert not list(broken(WEIHAI, scope, made.assumed))


def test_what_is_derived_follows() -> None:
    """A changed monthly wage takes the year's wage with it, by one number or by a range."""
    facts = {"on": "2021-03-31", "members": [{"relation": "self", "monthly_wage": 700}]}
    household = read_facts(WEIHAI, facts)
    path = ("members", 0, "monthly_wage")
    scope, _ = refilled(WEIHAI, household, {path: 800})
    assert scope.members[0].values["wage"] == 9600  # 12 x 800
    scope, _ = refilled(WEIHAI, household, {path: span(700, 800)})
    wage = scope.members[0].values["wage"]
    assert (low(wage), high(wage)) == (8400, 9600)  # type: ignore[arg-type]  # numbers


def test_a_changed_fact_is_given() -> None:
    """A fact that was left out or said to be unknown is given once it is changed."""
    household = read_facts(WEIHAI, {"residence": None, "members": [{"relation": "self"}]})
    changed = as_given(WEIHAI, household, {("residence",): "rural", ("members", 0, "disability_cost"): 5})
    assert changed == {"residence": "rural", "members": [{"relation": "self", "disability_cost": 5}]}
