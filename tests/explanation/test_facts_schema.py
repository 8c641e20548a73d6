"""The JSON Schema of households: what it says of a fact, and that it takes what `assess` takes, by names."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from places import ROOT

from hardship_rules import FactError, load_policy, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.explanation.forms import facts_schema
from hardship_rules.testing.strategies import households, partial_households, policies

BUNDLED = sorted((ROOT / "policies").glob("*.yaml"))
WEIHAI = load_policy("2021_weihai")
SCHEMA: dict[str, Any] = facts_schema(WEIHAI)
VALIDATOR = Draft202012Validator(SCHEMA)
FACTS = SCHEMA["properties"]
OF_MEMBER = FACTS["members"]["items"]["properties"]


def as_json(household: object, number: type[str] | type[float]) -> Any:
    """A household as a host would send it: days as text, amounts as text or as JSON's numbers."""

    def plain(value: object) -> object:
        return value.isoformat() if isinstance(value, date) else number(value)  # type: ignore[arg-type]  # a Decimal

    return json.loads(json.dumps(household, default=plain))


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_of_every_policy(path: Path) -> None:
    """Of every bundled policy it is a schema, and has each fact once by its name, with its title and group."""
    policy = load_policy(path)
    schema: dict[str, Any] = facts_schema(policy)
    Draft202012Validator.check_schema(schema)
    own, of_member = schema["properties"], schema["properties"]["members"]["items"]["properties"]
    assert set(own) == {*policy.facts, "policy", "on", "reference", "members"}
    assert set(of_member) == {*policy.members.facts, "label"}
    for properties, facts in ((own, policy.facts), (of_member, policy.members.facts)):
        for name, fact in facts.items():
            assert properties[name]["title"] == fact.title
            assert properties[name].get("x-group", "") == fact.group
            assert properties[name].get("x-evidence", "") == fact.evidence
            assert ("x-if-absent" in properties[name]) is (fact.if_absent is not None)


class TestWhatAFormNeeds:
    """A fact of each kind, as a form would be made from it."""

    def test_a_choice(self) -> None:
        """Options have their titles; that it is not known is one of them."""
        assert FACTS["residence"] == {
            "title": "家庭居住地",
            "description": "凭户口簿",
            "oneOf": [
                {"const": "urban", "title": "城市"},
                {"const": "rural", "title": "农村"},
                {"const": None, "title": "未知"},
            ],
            "x-group": "家庭情况",
            "x-evidence": "户口簿",
        }

    def test_an_amount(self) -> None:
        """A number has its unit, its ends and its decimals, as JSON's number or as text; and what stands in for it."""
        assert OF_MEMBER["wage"] == {
            "title": "年工资性收入",
            "description": "0 至 1亿 元/年，至多 2 位小数；凭收入证明；不填时按月工资×一年的月数（12 月）",
            "type": ["number", "string", "null"],
            "minimum": 0,
            "maximum": 100000000,
            "pattern": r"^[0-9]+(?:\.[0-9]{1,2}0*)?$",
            "x-unit": "元/年",
            "x-decimals": 2,
            "x-group": "收入",
            "x-evidence": "收入证明",
            "x-if-absent": "不填时按月工资×一年的月数（12 月）",
        }

    def test_a_whole_number(self) -> None:
        """Where there are no decimals the number is whole; a pure number has no unit."""
        homes = FACTS["homes"]
        assert (homes["type"], homes["maximum"], homes["x-decimals"]) == (["integer", "string", "null"], 99, 0)
        assert "x-unit" not in homes
        assert OF_MEMBER["age"]["x-unit"] == "岁"

    def test_yes_or_no_and_a_day(self) -> None:
        """Yes, no or not known; a day as text."""
        assert [each["const"] for each in FACTS["unit_has_union"]["oneOf"]] == [True, False, None]
        assert (OF_MEMBER["birth_date"]["type"], OF_MEMBER["birth_date"]["format"]) == (["string", "null"], "date")

    def test_only_the_members_are_required(self) -> None:
        """What is not known may be left out; a household has its members, at most as many as the policy allows."""
        assert SCHEMA["required"] == ["members"]
        assert (FACTS["members"]["minItems"], FACTS["members"]["maxItems"]) == (1, 20)
        assert "required" not in FACTS["members"]["items"]

    def test_which_policy_it_is_of(self) -> None:
        """The policy's fingerprint stands in it, and its window beside the day."""
        assert WEIHAI.fingerprint in SCHEMA["$comment"]
        assert FACTS["on"]["description"] == "2021-01-01 至 2021-12-31 之间的一天"


@given(households(WEIHAI) | partial_households(WEIHAI), st.sampled_from([str, float]))
@settings(max_examples=60, deadline=None)
def test_what_assess_takes(household: dict[str, object], number: type[str] | type[float]) -> None:
    """A household by names that `assess` takes is of the schema, its amounts as text or as JSON's numbers."""
    given = as_json(household, number)
    read_facts(WEIHAI, given)
    assert list(VALIDATOR.iter_errors(given)) == []


@given(policies(), st.data())
@settings(max_examples=20, deadline=None)
def test_what_assess_takes_of_generated_policies(text: str, data: st.DataObject) -> None:
    """The same of generated policies, whose amounts may lie below zero."""
    policy = read_policy(text)
    household = data.draw(households(policy))
    schema = facts_schema(policy)
    Draft202012Validator.check_schema(schema)
    for number in (str, float):
        given = as_json(household, number)
        read_facts(policy, given)
        assert list(Draft202012Validator(schema).iter_errors(given)) == []


WORKER = {"relation": "self", "wage": "30000.50", "age": 40}


@pytest.mark.parametrize(
    "household",
    [
        {},
        {"members": []},
        {"members": None},
        {"members": {"relation": "self"}},
        {"members": [WORKER] + [{"relation": "child"}] * 20},
        {"members": ["self"]},
        {"members": [WORKER], "label": "甲"},
        {"members": [WORKER], "homse": 1},
        {"members": [WORKER], "residence": "city"},
        {"members": [WORKER], "residence": ["urban"]},
        {"members": [WORKER], "unit_has_union": 1},
        {"members": [WORKER], "unit_has_union": "maybe"},
        {"members": [WORKER], "homes": -1},
        {"members": [WORKER], "homes": "-1"},
        {"members": [WORKER], "homes": 100},
        {"members": [WORKER], "homes": 1.5},
        {"members": [WORKER], "homes": "1.5"},
        {"members": [WORKER], "homes": "1套"},
        {"members": [WORKER], "on": "2021-3-31"},
        {"members": [WORKER], "on": "2021-13-01"},
        {"members": [WORKER], "on": 20210331},
        {"members": [WORKER], "policy": "2020_weihai"},
        {"members": [WORKER], "reference": True},
        {"members": [{**WORKER, "wage": "30,000"}]},
        {"members": [{**WORKER, "wage": "1.005"}]},
        {"members": [{**WORKER, "wage": 100000000.01}]},
        {"members": [{**WORKER, "wage": True}]},
        {"members": [{**WORKER, "salary": 1}]},
        {"members": [{**WORKER, "birth_date": "1981年1月1日"}]},
        {"members": [{**WORKER, "reference": "7"}]},
    ],
)
def test_typical_mistakes(household: dict[str, object]) -> None:
    """What is typically wrong in a household is found, as `assess` finds it."""
    assert list(VALIDATOR.iter_errors({"members": [WORKER]})) == []
    assert list(VALIDATOR.iter_errors(household)) != []
    with pytest.raises(FactError):
        read_facts(WEIHAI, household)


def test_ends_with_decimals() -> None:
    """An end of a range that is no whole number is written as the policy has it."""
    policy = read_policy(
        "language: 1\npolicy: p\nhousehold: {r: {title: 率, unit: 1, from: 0.1, to: 99.95, decimals: 2}}\n"
    )
    rate = facts_schema(policy)["properties"]["r"]  # type: ignore[index]  # a mapping
    assert json.dumps([rate["minimum"], rate["maximum"]]) == "[0.1, 99.95]"
    validator = Draft202012Validator(facts_schema(policy))
    for number, sound in ((0.1, True), ("0.1", True), (0.09, False), (99.95, True), (99.96, False)):
        assert validator.is_valid({"members": [{}], "r": number}) is sound


def test_amounts_keep_their_decimals() -> None:
    """An amount goes from a form to the verdict as it was typed: text needs no float on the way."""
    typed = read_facts(WEIHAI, {"members": [{"relation": "self", "wage": "30000.10"}]})
    assert typed.members[0].values["wage"] * 10 == 300001  # type: ignore[operator]  # a number
    assert as_json({"wage": Decimal("30000.10")}, str) == {"wage": "30000.10"}
