"""A household written as a mapping reads back as the same household, and its given facts get the same defaults."""

from datetime import date
from typing import Any

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardship_rules import FactError, assess, load_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import as_given
from hardship_rules.core.interval import span
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, day_number, day_of
from hardship_rules.core.policy import Fact
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.compiled import compiled_policy
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
    outcomes = assess(WEIHAI, facts).outcomes
    again = outcomes.changed({})
    assert again is not None
    assert again.household == outcomes.household
    assert again.rows == outcomes.rows
    assert again.result == outcomes.result


@few
@given(partial_households(WEIHAI), st.data())
def test_a_change_is_a_household_read_again(facts: Facts, data: st.DataObject) -> None:
    """The household with another value of a fact is the one that is read with that value, or none is read."""
    outcomes = assess(WEIHAI, facts).outcomes
    names: list[KeyPath] = [(name,) for name in WEIHAI.facts]
    names += [
        ("members", data.draw(st.integers(0, len(outcomes.household.members) - 1)), name)
        for name in WEIHAI.members.facts
    ]
    path = data.draw(st.sampled_from(names))
    fact = WEIHAI.names[str(path[-1])]
    assert isinstance(fact, Fact)
    kind = fact.kind
    value: Any = (
        data.draw(st.sampled_from([*kind.options]))
        if isinstance(kind, ChoiceKind)
        else data.draw(st.booleans())
        if isinstance(kind, BooleanKind)
        else data.draw(st.integers(0, 372 * 80)) + day_number(date(1950, 1, 1))
        if isinstance(kind, DateKind)
        else data.draw(st.integers(int(kind.low or 0), min(int(kind.high or 0), 10**6)))
    )
    if isinstance(kind, DateKind):
        value = day_number(day_of(value))
    changed = outcomes.changed({path: value})
    try:
        read = assess(WEIHAI, as_given(WEIHAI, outcomes.household, {path: value}), outcomes.household.on).outcomes
    except FactError:
        assert changed is None
    else:
        assert changed is not None
        given, read_given = (set(each.household.given) for each in (changed, read))
        assert given == read_given  # what was unknown before is read in another place
        assert evolve(changed.household, given=()) == evolve(read.household, given=())
        assert changed.household.warnings == read.household.warnings
        assert changed.rows == read.rows
        assert changed.possible == read.possible
        assert changed.profile == read.profile


def test_what_is_derived_follows() -> None:
    """A changed monthly wage changes the yearly wage, as one number or as a range."""
    facts = {"on": "2021-03-31", "members": [{"relation": "self", "monthly_wage": 700}]}
    outcomes = assess(WEIHAI, facts).outcomes
    path, wage = ("members", 0, "monthly_wage"), ("members", 0, "wage")
    compiled = compiled_policy(WEIHAI)
    for monthly, yearly in ((800, 9600), (span(700, 800), span(8400, 9600))):  # 12 x 800
        rows = outcomes.altered.rows(path, monthly)
        assert rows is not None
        assert compiled.value(rows, wage) == yearly


def test_a_changed_fact_is_given() -> None:
    """A changed fact counts as given, even if it was omitted or unknown before."""
    household = read_facts(WEIHAI, {"residence": None, "members": [{"relation": "self"}]})
    changed = as_given(WEIHAI, household, {("residence",): "rural", ("members", 0, "disability_cost"): 5})
    assert changed == {"residence": "rural", "members": [{"relation": "self", "disability_cost": 5}]}
