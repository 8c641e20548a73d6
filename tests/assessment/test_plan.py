"""The order of an expression's open facts: those that settle it with the fewest questions come first."""

import pytest
from hypothesis import HealthCheck, given, settings

from hardship_rules import assess, load_policy, read_policy
from hardship_rules.assessment.plan import Plan, Plans
from hardship_rules.core.problem import path_text
from hardship_rules.engine.evaluate import lowered
from hardship_rules.engine.evaluate import truths as truths_of
from hardship_rules.testing.strategies import partial_households
from hardship_rules.testing.strategies._paths import Facts, unknown_paths

WEIHAI = load_policy("2021_weihai")
POLICY = """
language: 1
policy: p
units: {yuan: 元}
household:
  place: {title: 地, one of: {a: 甲, b: 乙, c: 丙, d: 丁}}
  y: {title: 是, yes or no: true}
  z: {title: 否, yes or no: true}
  money: {title: 钱, unit: yuan, to: 100}
  more: {title: 更多, unit: yuan, to: 100}
members:
  facts:
    here: {title: 在, yes or no: true}
    wage: {title: 工资, unit: yuan, to: 100}
parameters:
  line:
    {title: 线, unit: yuan, by: place, values: {a: 1, b: 2, c: 3, d: not published}, from: 0, to: 9, basis: definition}
terms:
  t: {title: 项, basis: definition, WHEN}
decisions:
  category:
    title: 类
    first: [{outcome: one, title: 一, when: t, basis: definition}]
    otherwise: {outcome: none, title: 无}
"""


def plan_of(when: str, members: int = 1, **facts: object) -> Plan:
    """The plan of a condition for a household with only these facts given."""
    policy = read_policy(POLICY.replace("WHEN", f"when: {when}"))
    scope = assess(policy, {"members": [{}] * members, **facts}).outcomes.scope
    return Plans(scope.run).of(lowered(policy).named("t").step)


@pytest.mark.parametrize(
    ("when", "paths"),
    [
        ("{any: {p: {that: place == a}, q: {that: y}}}", ["y", "place"]),  # holds in a half of the cases, not a quarter
        ("{all: {p: {that: y}, q: {that: place == a}}}", ["place", "y"]),  # fails in three of four cases
        ('{any: {p: {that: "place in (a, b, c)"}, q: {that: y}}}', ["place", "y"]),
        ("{any: {p: {that: place != a}, q: {that: y}}}", ["place", "y"]),
        ("{any: {p: {that: money > more}, q: {that: y}}}", ["y", "money", "more"]),  # one question, not two
        ("{not: {any: {p: {that: money > more}, q: {that: y}}}}", ["y", "money", "more"]),
        ("{that: sum(wage where here) > 9}", ["members[1].here", "members[1].wage"]),  # first whether the member counts
        ("{that: some(here)}", ["members[1].here"]),
        ("{that: money > line}", ["place", "parameters.line", "money"]),  # the policy has the place first
        ("{that: 0 * money > 1}", []),
    ],
)
def test_order(when: str, paths: list[str]) -> None:
    """Facts are ordered by cost over chance of settling; a member's own fact comes after whether the member counts."""
    assert [path_text(path) for path in plan_of(when).paths] == paths


def test_what_is_known_is_not_asked() -> None:
    """Once place is a, neither place nor a number that is unpublished for another place is asked for."""
    assert [path_text(path) for path in plan_of("{that: money > line}", place="a").paths] == ["money"]


def test_cost_and_chance() -> None:
    """`y and place == a`: place first, then y in a quarter of the cases, 1.25 questions; it holds in one of eight."""
    plan = plan_of("{all: {p: {that: y}, q: {that: place == a}}}")
    assert (plan.cost, plan.chance) == (1.25, 0.125)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(partial_households(WEIHAI))
def test_plans_ask_for_what_is_unknown(facts: Facts) -> None:
    """A plan never asks for a known fact, and asks for something exactly if its outcome is open."""
    assessment = assess(WEIHAI, facts)
    scope = assessment.household.scope(WEIHAI)
    truths = truths_of(WEIHAI.category, scope)
    unknown = {("on",), *(path for path, _ in unknown_paths(WEIHAI, facts))}
    for outcome, truth in zip(WEIHAI.category.outcomes, truths, strict=False):
        assert outcome.when is not None
        plan = Plans(scope.run).of(lowered(WEIHAI).clause(outcome.when.id))
        assert (truth is None) is bool(plan.paths)
        assert set(plan.paths) <= unknown
