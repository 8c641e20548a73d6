"""Replaying records: a household is assessed again under its own policy, and under another."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recordings import HOUSEHOLD, OPEN_RECORD, SETTLED_RECORD, WEIHAI
from sealed import sealed

from hardship_rules import FactError, PolicyError, assess, load_policy, read_policy, record, replay
from hardship_rules.testing.strategies import households, partial_households, policies
from hardship_rules.testing.strategies._paths import Facts

few = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_nothing_changed() -> None:
    """A record of this release replays the same, and the replay has the new assessment."""
    replayed = replay(SETTLED_RECORD)
    assert (replayed.same, replayed.sameness) == (True, "same")
    assert replayed.policy.fingerprint == WEIHAI.fingerprint
    assert record(replayed.assessment) == SETTLED_RECORD


@few
@given(partial_households(WEIHAI))
def test_every_household_replays(household: Facts) -> None:
    """Any household's record replays the same from the embedded policy alone."""
    text = record(assess(WEIHAI, household), embed=True)
    assert replay(text).sameness == "same"


@few
@given(policies(), st.data())
def test_every_policy_replays(text: str, data: st.DataObject) -> None:
    """Any embedded policy gives every clause the same result."""
    policy = read_policy(text)
    assessment = assess(policy, data.draw(households(policy)))
    replayed = replay(record(assessment, embed=True))
    assert replayed.sameness == "same"
    assert replayed.policy.fingerprint == policy.fingerprint


def test_a_verdict_that_changed() -> None:
    """A record whose verdict its policy does not give is different in that verdict only."""
    document: dict[str, Any] = json.loads(SETTLED_RECORD)
    deep = [{"id": "deep", "title": "深度困难职工家庭"}]
    document["decisions"]["category"] |= {"outcome": deep[0], "possible": deep, "holding": deep}
    replayed = replay(sealed(document))
    assert (replayed.same, replayed.sameness) == (False, "different")
    assert [each.sameness for each in replayed.parts if each.sameness != "same"] == ["different"]


def test_a_verdict_that_became_narrower() -> None:
    """A record with more possible categories than now replays as narrower."""
    document: dict[str, Any] = json.loads(OPEN_RECORD)
    document["decisions"]["category"]["possible"].append({"id": "none", "title": "不符合困难职工家庭条件"})
    replayed = replay(sealed(document))
    assert (replayed.same, replayed.sameness) == (True, "narrower")


class TestUnder:
    """The household of a record under another policy."""

    def test_the_same(self) -> None:
        """Under its own policy a household has the same verdict, and no differing clause."""
        replayed = replay(SETTLED_RECORD, WEIHAI)
        assert replayed.comparison is not None
        assert (replayed.same, replayed.comparison.same, replayed.comparison.parting) == (True, True, None)

    def test_another_verdict(self) -> None:
        """(27,400 + 6,000 - 1,400 - 8,000) / 24 = 1,000 is below the 1,062 of 2024, and not below the 787 of 2021."""
        members = [{**HOUSEHOLD["members"][0], "wage": "27400"}, HOUSEHOLD["members"][1]]
        text = record(assess(WEIHAI, {**HOUSEHOLD, "members": members}))
        replayed = replay(text, load_policy("2024_weihai"))
        assert (replayed.same, replayed.sameness) == (False, "same")
        assert replayed.comparison is not None
        parting = replayed.comparison.parting
        assert parting is not None
        assert parting.first is not None
        assert parting.second is not None
        assert parting.first.clause.id == parting.second.clause.id == "category.deep.income.below_standard"
        assert (parting.first.holds, parting.second.holds) == (False, True)
        own, other = replayed.explain().split("\n\n", maxsplit=1)
        assert own.startswith("record.json: 一致：相对困难职工家庭")
        assert "1,000.00 < 787.00" in other
        assert "1,000.00 < 1,062.00" in other
        comparison = json.loads(replayed.explain(format="json"))["comparison"]
        assert [side["category"]["id"] for side in comparison["sides"]] == ["relative", "deep"]

    def test_facts_that_the_other_policy_does_not_know(self) -> None:
        """Facts that another union's policy lacks are left out and listed; the record still replays."""
        replayed = replay(SETTLED_RECORD, load_policy("example_huzhou"))
        assert replayed.sameness == "same"
        assert replayed.comparison is not None
        _, other = replayed.comparison.sides
        assert "residence" in {each.path[-1] for each in other.not_known}


def test_a_bad_record_is_a_problem() -> None:
    """A changed record raises `FactError`, one with a missing policy `PolicyError`."""
    with pytest.raises(FactError):
        replay(SETTLED_RECORD.replace("urban", "rural"))
    document = json.loads(SETTLED_RECORD)
    document["policy"]["fingerprint"] = "v1:" + "0" * 64
    with pytest.raises(PolicyError):
        replay(sealed(document))


def test_facts_that_the_policy_refuses() -> None:
    """A forged record with impossible facts is refused with a problem that names the record, not a traceback."""
    document = json.loads(SETTLED_RECORD)
    document["facts"]["stated"]["members"][0]["wage"] = "-1"
    with pytest.raises(FactError) as caught:
        replay(sealed(document), name="a.record.json")
    assert [problem.code for problem in caught.value.problems] == ["fact_outside"]
    assert "a.record.json" in caught.value.report()


def test_formats_there_are() -> None:
    """A replay is reported as text or JSON, in Chinese or English; another format is a `ValueError`."""
    replayed = replay(SETTLED_RECORD)
    assert replayed.explain().startswith("record.json: 一致：相对困难职工家庭")
    assert json.loads(replayed.explain(format="json"))["format"] == "hardship-rules/replay/1"
    with pytest.raises(ValueError, match="format"):
        replayed.explain(format="pdf")


def test_no_fact_shows() -> None:
    """The `repr` of a replay shows neither facts nor the sides of clauses."""
    shown = repr(replay(SETTLED_RECORD))
    for fact in ("30000", "A-17", "53201"):
        assert fact not in shown


def test_the_household_is_left_as_it_was() -> None:
    """Assessing again uses only the stated facts; defaults are computed again."""
    document = json.loads(SETTLED_RECORD)
    document["facts"]["derived"] = []
    document["facts"]["assumed"] = []
    replayed = replay(sealed(document))
    assert record(replayed.assessment) == SETTLED_RECORD
    assert replayed.sameness == "different"
