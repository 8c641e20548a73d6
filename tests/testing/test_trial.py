"""A property is tested on random households."""

import sys
from decimal import Decimal

import pytest
from trial import FAULTS, HARD, TRIAL, with_edits

from hardship_rules import read_policy
from hardship_rules.proofs.properties import violates
from hardship_rules.testing.trial import raised, try_property


def test_what_every_household_keeps_is_only_counted() -> None:
    """More than fifty households satisfy a property of the sound policy; their number is reported."""
    policy = read_policy(TRIAL)
    count, found = try_property(policy, policy.properties["income"], 20)
    assert count > 50
    assert found is None


def test_a_household_that_does_not_keep_it_is_found() -> None:
    """The trial finds a violation in a faulty policy."""
    fault = next(fault for fault in FAULTS if fault.name == "missing exclusion: fraud")
    policy = read_policy(with_edits(fault.edits))
    _, found = try_property(policy, policy.properties["fraud"], 20)
    assert found is not None
    assert violates(policy, policy.properties["fraud"], *found)


def test_a_policy_too_hard_to_prove_is_tried() -> None:
    """A policy of cubes can still be tried."""
    policy = read_policy(HARD)
    count, found = try_property(policy, policy.properties["few"], 20)
    assert count > 20
    assert found is None


def test_facts_are_raised_within_their_range() -> None:
    """Each fact is raised by its amount in turn, up to the end of its range."""
    policy = read_policy(TRIAL)
    facts = {"members": [{"wage": 5}, {"wage": 100000}, {"cost": 1}]}

    assert raised(policy, policy.properties["income"], facts, [Decimal(2)]) == {("members", 0, "wage"): 7}


def test_without_hypothesis_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without hypothesis nothing is tried, and nothing is claimed."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    policy = read_policy(TRIAL)
    assert try_property(policy, policy.properties["income"], 20) == (0, None)
