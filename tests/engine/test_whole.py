"""The policy over whole numbers gives the policy's results, at every threshold and one smallest unit beside it."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from bundled import POLICIES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sampling import count, examples

from hardship_rules import Policy, load_policy, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.expr import Compare, Divide, Expr, Round, walk
from hardship_rules.core.interval import Range
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Decision, exprs_of
from hardship_rules.engine.evaluate import Scope, truths, value
from hardship_rules.engine.whole import WholePolicy, largest, scope_of, whole
from hardship_rules.testing.strategies import households, policies

WEIHAI = load_policy("2021_weihai")
WHOLE_WEIHAI = whole(WEIHAI)
WHOLE = {policy.name: whole(policy) for policy in POLICIES}


def check_agreement(policy: Policy, made: WholePolicy, facts: Mapping[str, object]) -> Scope:
    """Check that both evaluations have the same outcomes, terms and exact numbers; return the lowered scope."""
    scope = read_facts(policy, facts).scope(policy)
    over_whole = scope_of(made, scope)
    for name, decision in policy.decisions.items():
        assert truths(decision, scope) == truths(made.policy.decisions[name], over_whole)
    for name, term in policy.terms.items():
        if isinstance(term.kind, NumberKind):
            pairs = zip(scope.members, over_whole.members, strict=True) if term.of_member else [(scope, over_whole)]
            for one, other in pairs:
                assert isinstance(other[name], int)
                assert made.exact(name, other) == one[name]
        elif term.of_member:
            assert [each[name] for each in scope.members] == [each[name] for each in over_whole.members]
        else:
            assert scope[name] == over_whole[name]
    return over_whole


@pytest.mark.agreement
@settings(max_examples=examples(50, 1000), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_generated_policies_agree(data: st.DataObject) -> None:
    """For generated policies and households, whole numbers give the same outcomes and the same exact terms."""
    policy = read_policy(data.draw(policies()))
    made = whole(policy)
    count(policies_over_whole_numbers=1, households_over_whole_numbers=3)
    for _ in range(3):
        check_agreement(policy, made, data.draw(households(policy)))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_bundled_policy_agrees(policy: Policy, data: st.DataObject) -> None:
    """Each bundled policy agrees on households near its thresholds."""
    check_agreement(policy, WHOLE[policy.name], data.draw(households(policy)))


@pytest.mark.parametrize("reading", sorted(WEIHAI.readings))
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_every_reading_agrees(reading: str, data: st.DataObject) -> None:
    """Every variant by one reading agrees too."""
    for option in WEIHAI.readings[reading].kind.options:
        variant = WEIHAI.with_readings({reading: option})
        check_agreement(variant, whole(variant), data.draw(households(WEIHAI)))


LINE = """
language: 1
policy: line
units: {yuan: 元, person: 人}
household:
  a: {title: a, unit: yuan, from: -100, to: 100, decimals: 2}
  b: {title: b, unit: yuan, to: 100, decimals: 1}
members: {facts: {c: {title: c, unit: yuan, to: 100, decimals: 2}}}
parameters: {share: {title: s, unit: 1, value: 80 %, basis: assumption}}
terms:
  people: {title: people, unit: person, value: "max(1, count(c > 0))", basis: assumption}
decisions:
  category:
    title: t
    first: [{outcome: holds, title: h, when: "@", basis: assumption}]
    otherwise: {outcome: none, title: n}
"""


@pytest.mark.parametrize(
    ("line", "facts", "expected"),
    [
        # 80 % of 10.00 is 8.00: in cents and fifths, 5 x 800 against 4 x 1000
        ("a < share * b", {"a": "8.00", "b": 10}, False),
        ("a < share * b", {"a": "7.99", "b": 10}, True),
        ("a <= share * b", {"a": "8.01", "b": 10}, False),
        # hundredths beside thirtieths: 0.50 is a third of 1.5, and 0.51 is not
        ("a == b / 3", {"a": "0.50", "b": "1.5"}, True),
        ("a == b / 3", {"a": "0.51", "b": "1.5"}, False),
        # a negative side keeps its sign when it is multiplied across
        ("a / 3 < -2.5", {"a": "-7.50", "b": 0}, False),
        ("a / 3 < -2.5", {"a": "-7.51", "b": 0}, True),
        # below zero as above it: -0.01 / 3 to whole yuan is 0 towards zero, and -1 away from it
        ("round_down(a / 3, 1) == 0", {"a": "-0.01", "b": 0}, True),
        ("round_up(a / 3, 1) == -1", {"a": "-0.01", "b": 0}, True),
        # 2.50, half up to whole yuan, is 3; 2.49 is 2
        ("round_half_up(a, 1) == 3", {"a": "2.50", "b": 0}, True),
        ("round_half_up(a, 1) == 3", {"a": "2.49", "b": 0}, False),
        # caps over different denominators: min(10.00 / 3, 3.4) is 3.333...
        ("min(a / 3, b) * 3 == 10", {"a": 10, "b": "3.4"}, True),
        # over two members with c: 10.00 / 2 = 5
        ("sum(c) * 1 / 2 == sum(c where c > 3)", {"a": 0, "b": 0}, False),
    ],
)
def test_by_hand(line: str, facts: dict[str, object], expected: bool) -> None:  # noqa: FBT001  # a table
    """Signs, caps, floors and shares, each computed by hand."""
    policy = read_policy(LINE.replace("@", line))
    scope = check_agreement(policy, whole(policy), {**facts, "members": [{"c": "3.5"}, {"c": 4}]})
    assert (scope["category"] == "holds") is expected


def test_nothing_is_divided_but_by_a_floor() -> None:
    """Over whole numbers every constant of the measure is whole, and every division is inside a floor."""
    policy = WHOLE_WEIHAI.policy
    for name in policy.order:
        for expr in exprs_of(policy.names[name]):
            for part in walk(expr):
                assert not isinstance(getattr(part, "value", 0), Fraction)
                if isinstance(part, Round):
                    assert part.direction == "floor"
            assert _bare_divisions(expr) == 0


def _bare_divisions(expr: Expr) -> int:
    """The number of divisions that are not inside a floor."""
    floored = [part.part for part in walk(expr) if isinstance(part, Round)]
    return sum(1 for part in walk(expr) if isinstance(part, Divide) and not any(part is each for each in floored))


class TestLargest:
    """The largest magnitudes that numbers can reach."""

    def test_by_hand(self) -> None:
        """For a < 80 % of 2 b over hundredths: a reaches 10,000, and 16 times the tenths of b reach 16,000."""
        policy = read_policy(LINE.replace("@", "a < share * 2 * b"))
        assert largest(whole(policy))["category"] == 16_000

    @pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
    def test_every_bundled_policy_fits_int64(self, policy: Policy) -> None:
        """All numbers in the bundled policies fit into 64 bits with room to spare."""
        assert max(largest(WHOLE[policy.name]).values()) < 2**53

    @settings(max_examples=60, deadline=None)
    @given(households(WEIHAI))
    def test_never_exceeded(self, facts: Mapping[str, object]) -> None:
        """No household exceeds the computed magnitudes."""
        scope = scope_of(WHOLE_WEIHAI, read_facts(WEIHAI, facts).scope(WEIHAI))
        most = largest(WHOLE_WEIHAI)
        for name in WHOLE_WEIHAI.policy.order:
            for each in scope.members if name in WEIHAI.of_members else (scope,):
                decision = WEIHAI.names[name]
                if isinstance(decision, Decision) and decision.every:  # it has no value
                    continue
                reached = each[name]
                if isinstance(reached, int) and not isinstance(reached, bool):
                    assert abs(reached) <= most[name]
        for decision in WHOLE_WEIHAI.policy.decisions.values():
            for part in (part for when in exprs_of(decision) for part in walk(when)):
                if isinstance(part, Compare):
                    for side in (part.left, part.right):
                        reached = value(side, scope)
                        if isinstance(reached, int):
                            assert abs(reached) <= most[decision.name]


def test_a_range_stays_a_range() -> None:
    """An unknown number is an interval over whole numbers too."""
    facts = {"members": [{"relation": "self"}]}
    scope = scope_of(WHOLE_WEIHAI, read_facts(WEIHAI, facts).scope(WEIHAI))
    assert isinstance(scope["income"], Range)
    assert WHOLE_WEIHAI.exact("income", scope) is None
