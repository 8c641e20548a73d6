"""A household written as a mapping reads back as the same household, and its given facts get the same defaults."""

from hypothesis import HealthCheck, given, settings

from hardship_rules import load_policy
from hardship_rules.assessment.defaults import broken
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import as_given, with_defaults
from hardship_rules.core.interval import high, low, span
from hardship_rules.testing.strategies import households, partial_households
from hardship_rules.testing.strategies._paths import Facts

WEIHAI = load_policy("2021_weihai")
few = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(partial_households(WEIHAI))
def test_reads_as_the_same(facts: Facts) -> None:
    """The given, unknown, derived and assumed facts are the same after reading the mapping."""
    labelled = {**facts, "reference": "r-1", "members": [{**each, "label": "m"} for each in facts["members"]]}
    household = read_facts(WEIHAI, labelled)
    again = read_facts(WEIHAI, as_given(WEIHAI, household), household.on)
    assert again == household


@few
@given(households(WEIHAI))
def test_refilled_is_the_same(facts: Facts) -> None:
    """The omitted facts of a household get its own defaults again."""
    household = read_facts(WEIHAI, facts)
    scope, made = with_defaults(WEIHAI, household)
    assert {name: scope.values[name] for name in WEIHAI.facts} == dict(household.values.items())
    assert [each.values for each in scope.members] == [dict(each.values.items()) for each in household.members]
    assert (tuple(made.derived), tuple(made.assumed)) == (household.derived, household.assumed)
    assert not list(broken(WEIHAI, scope, made.assumed))


def test_what_is_derived_follows() -> None:
    """A changed monthly wage changes the yearly wage, as one number or as a range."""
    facts = {"on": "2021-03-31", "members": [{"relation": "self", "monthly_wage": 700}]}
    household = read_facts(WEIHAI, facts)
    path = ("members", 0, "monthly_wage")
    scope, _ = with_defaults(WEIHAI, household, {path: 800})
    assert scope.members[0].values["wage"] == 9600  # 12 x 800
    scope, _ = with_defaults(WEIHAI, household, {path: span(700, 800)})
    wage = scope.members[0].values["wage"]
    assert (low(wage), high(wage)) == (8400, 9600)  # type: ignore[arg-type]  # both are numbers


def test_a_changed_fact_is_given() -> None:
    """A changed fact counts as given, even if it was omitted or unknown before."""
    household = read_facts(WEIHAI, {"residence": None, "members": [{"relation": "self"}]})
    changed = as_given(WEIHAI, household, {("residence",): "rural", ("members", 0, "disability_cost"): 5})
    assert changed == {"residence": "rural", "members": [{"relation": "self", "disability_cost": 5}]}
