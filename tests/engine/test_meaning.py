"""Functions compiled once per policy give the values of separately compiled ones; scopes pickle without them."""

import pickle
from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardship_rules import Policy, load_policy, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.expr import Expr, walk
from hardship_rules.core.policy import Definition, exprs_of
from hardship_rules.engine.evaluate import Scope, evaluate, meaning, meanings, value
from hardship_rules.testing.strategies import households, partial_households, policies

WEIHAI = load_policy("2021_weihai")


def afresh(scope: Scope) -> Scope:
    """A scope with the same values but no compiled functions."""
    other = Scope(scope.values)
    other.members = tuple(Scope(member.values, (), other) for member in scope.members)
    return other


def exprs(policy: Policy, *, of_member: bool) -> list[Expr]:
    """Every expression in the definitions of the household or of its members, except for `if absent`."""
    definitions: list[Definition] = [*policy.terms.values(), *policy.decisions.values()]
    own = [each for each in definitions if (each.name in policy.of_members) is of_member]
    return [part for each in own for expr in exprs_of(each) for part in walk(expr)]


def check_agreement(policy: Policy, facts: Mapping[str, object]) -> None:
    """Each expression has the same value, whether its function is compiled with the policy or separately."""
    scope = read_facts(policy, facts).scope(policy)
    evaluate(policy, scope)
    other = afresh(scope)
    of_members = {id(part) for over in exprs(policy, of_member=False) for part in inside(over)}
    for expr in exprs(policy, of_member=False):
        if id(expr) not in of_members:
            assert value(expr, scope) == value(expr, other)
    for one, another in zip(scope.members, other.members, strict=True):
        for expr in exprs(policy, of_member=True):
            assert value(expr, one) == value(expr, another)


def inside(expr: Expr) -> list[Expr]:
    """The expressions over members inside a sum or count of the household."""
    if type(expr).__name__ != "OverMembers":
        return []
    return [part for part in walk(expr) if part is not expr]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(partial_households(WEIHAI))
def test_the_measure(facts: Mapping[str, object]) -> None:
    """They agree for the measure, whose readings are constants that disable whole branches."""
    check_agreement(WEIHAI, facts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_generated_policies(data: st.DataObject) -> None:
    """They agree for generated policies and households."""
    policy = read_policy(data.draw(policies()))
    check_agreement(policy, data.draw(households(policy)))


def test_a_variant_has_functions_of_its_own() -> None:
    """A variant has its own constants: its readings are not those of the original policy."""
    variant = WEIHAI.with_readings({"union_aid_counts": "yes"})
    (line,) = exprs_of(WEIHAI.terms["union_aid_counted"])
    scope = Scope({"union_aid": 5, "union_aid_counts": "yes"})
    assert meaning(line, meanings(WEIHAI))(scope) == 0  # the reading of the measure
    assert meaning(line, meanings(variant))(scope) == 5  # the same line under another reading
    assert exprs_of(variant.terms["union_aid_counted"]) == (line,)


def test_a_scope_travels_without_functions() -> None:
    """A pickled scope keeps its values and members, and gives the same values."""
    scope = read_facts(WEIHAI, {"members": [{"relation": "self", "age": 40}]}).scope(WEIHAI)
    other = pickle.loads(pickle.dumps(scope))  # noqa: S301  # pickled by this test
    assert other.values == scope.values
    assert other.members[0].outer is other
    (kin,) = exprs_of(WEIHAI.terms["counted"])
    assert value(kin, other.members[0]) is value(kin, scope.members[0]) is True
