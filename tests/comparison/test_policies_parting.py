"""The first clause at which two verdicts differ, as deep as both policies have it."""

import pytest
from hypothesis import HealthCheck, given, settings

from hardship_rules import Parting, Policy, assess, load_policy, read_policy
from hardship_rules.comparison.policies import parting, same_category
from hardship_rules.testing.strategies import households
from hardship_rules.testing.strategies._paths import Facts

WEIHAI = load_policy("2021_weihai")

POLICY = """
language: 1
policy: parts
units: {yuan: 元}
household:
  a: {title: 甲, unit: yuan, to: 100}
  b: {title: 乙, yes or no: true}
members:
  at most: 1
  facts: {here: {title: 在, yes or no: true}}
parameters:
  line: {title: 线, unit: yuan, value: %s, basis: definition}
terms:
  poor: {title: 困难, basis: definition, when: {all: {low: {that: a < line}, sure: {that: b}}}}
decisions:
  category:
    title: 类别
    basis: definition
    first:
%s
    otherwise: {outcome: none, title: 不是}
"""
X = "      - {outcome: x, title: 子, when: {all: {named: {that: poor}, above: {that: a > 0}}}}"
Y = "      - {outcome: y, title: 丑, when: {all: {high: {that: a >= 2}}}}"
OTHER = "      - {outcome: x, title: 子, when: {any: {else: {that: a < 5}}}}"
MORE = "      - {outcome: x, title: 子, when: {all: {named: {that: poor}, above: {that: a > 0}, more: {that: a > 50}}}}"


def policy(line: int, *outcomes: str) -> Policy:
    """A policy with one line and some outcomes."""
    return read_policy(POLICY % (line, "\n".join(outcomes)))


def parted(first: Policy, second: Policy, a: int, *, b: bool | None = True) -> Parting | None:
    """The first difference between two policies for a household."""
    facts: dict[str, object] = {"a": a, "b": b, "members": [{}]}
    return parting(assess(first, facts), assess(second, facts))


def ids(found: Parting | None) -> list[tuple[str, object] | None]:
    """The first different clause in each policy, and whether it holds there."""
    assert found is not None
    return [None if each is None else (each.clause.id, each.holds) for each in (found.first, found.second)]


def test_thesame_category() -> None:
    """If the verdicts are the same, no first difference is reported."""
    assert parted(policy(10, X), policy(20, X), 5) is None
    assert parted(policy(10, X), policy(20, X, Y), 5) is None


def test_into_a_named_condition() -> None:
    """The first difference is the innermost clause, also inside a named condition, with both sides under both."""
    found = parted(policy(10, X), policy(20, X), 15)
    assert ids(found) == [("poor.low", False), ("poor.low", True)]
    assert found is not None
    assert found.first is not None
    assert found.second is not None
    sides = [
        (reason.left.exact, reason.sign, reason.right.exact)  # type: ignore[union-attr]  # both are figures
        for standing in (found.first, found.second)
        for reason in standing.reasons
    ]
    assert sides == [(15, "<", 10), (15, "<", 20)]


def test_open_in_one() -> None:
    """A clause that is open under one policy and settled under the other is the first difference."""
    assert ids(parted(policy(10, X), policy(20, X), 15, b=None)) == [("poor.low", False), ("poor.low", True)]


def test_a_clause_that_one_has() -> None:
    """A clause of one policy only is the first difference, if the common clauses agree."""
    assert ids(parted(policy(20, X), policy(20, MORE), 15)) == [None, ("category.x.more", False)]
    assert ids(parted(policy(20, MORE), policy(20, X), 15)) == [("category.x.more", False), None]


def test_nothing_alike_inside() -> None:
    """Two outcomes of one name with different clauses differ as a whole, each with its own clauses."""
    found = parted(policy(20, X), policy(20, OTHER), 15)
    assert ids(found) == [("category.x", True), ("category.x", False)]
    assert found is not None
    assert found.second is not None
    assert [reason.clause.id for reason in found.second.reasons] == ["category.x.else"]


def test_an_outcome_that_one_has() -> None:
    """An outcome of one policy only never holds under the other."""
    assert ids(parted(policy(10, X), policy(10, X, Y), 15)) == [None, ("category.y", True)]


def test_another_order() -> None:
    """If all clauses agree and only the order of outcomes differs, the order is reported."""
    found = parted(policy(20, X, Y), policy(20, Y, X), 15)
    assert ids(found) == [("category.x", True), ("category.y", True)]
    assert found is not None
    assert found.by_order


def test_another_name_for_the_rest() -> None:
    """Two names for `otherwise` are two verdicts that no clause distinguishes."""
    renamed = read_policy((POLICY % (10, X)).replace("outcome: none", "outcome: nothing"))
    assert parted(policy(10, X), renamed, 15) is None


READINGS = [
    ("equal_to_standard", "granted"),
    ("standard_for_rural", "urban"),
    ("accidental_first", "yes"),
    ("exclusions_bar", "deep"),
]


@pytest.mark.parametrize("reading", READINGS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(households(WEIHAI))
def test_variants_of_the_measure(reading: tuple[str, str], facts: Facts) -> None:
    """Under another reading a first difference is reported exactly if the verdict differs, at a clause that differs."""
    variant = WEIHAI.with_readings(dict([reading]))
    one, other = assess(WEIHAI, facts), assess(variant, facts)
    found = parting(one, other)
    assert (found is None) is same_category(one, other) is (one.category == other.category)
    if found is not None:
        assert found.first is not None
        assert found.second is not None
        assert found.first.clause.id == found.second.clause.id
        assert found.first.holds is not found.second.holds
