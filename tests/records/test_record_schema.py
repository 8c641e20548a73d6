"""The JSON Schema of records: what the library writes is valid, and what it would not read is not."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from places import ROOT
from recordings import OPEN, SETTLED, SMALL, WEIHAI

from hardship_rules import assess, read_policy, record
from hardship_rules.language.schema import schema_text
from hardship_rules.records._record_schema import COMMAND, record_schema
from hardship_rules.testing.strategies import partial_households
from hardship_rules.testing.strategies._paths import Facts

VALIDATOR = Draft202012Validator(record_schema())


def test_is_a_schema() -> None:
    """It is itself of the draft that it names."""
    Draft202012Validator.check_schema(record_schema())
    assert record_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_file_is_the_generated_one() -> None:
    """The committed file, which is shipped, is what the command that it names writes."""
    committed = (ROOT / "policies" / "record.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(record_schema()), COMMAND
    assert COMMAND in json.loads(committed)["$comment"]


@pytest.mark.parametrize("embed", [False, True])
def test_records_are_valid(embed: bool) -> None:  # noqa: FBT001  # a parameter
    """Records of a settled and of an open household, bare or with the policy and a host's block, are valid."""
    for assessment in (SETTLED, OPEN):
        VALIDATOR.validate(json.loads(record(assessment, embed=embed, host={"officer": "某"} if embed else None)))


def test_parameters_of_members_are_valid() -> None:
    """A parameter that has a value for each member is a list."""
    VALIDATOR.validate(json.loads(record(assess(read_policy(SMALL), {"members": [{"age": 3}, {}]}))))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(partial_households(WEIHAI))
def test_every_record_is_valid(household: Facts) -> None:
    """Whatever is known of a household, its record is valid."""
    VALIDATOR.validate(json.loads(record(assess(WEIHAI, household))))


DOCUMENT: dict[str, Any] = json.loads(record(SETTLED))


@pytest.mark.parametrize("key", DOCUMENT)
def test_every_key_is_required(key: str) -> None:
    """A record without one of its keys is not valid."""
    assert not VALIDATOR.is_valid({name: part for name, part in DOCUMENT.items() if name != key})


@pytest.mark.parametrize(
    "part",
    [
        {"more": 1},
        {"format": "hardship-rules/record/2"},
        {"on": "31.3.2021"},
        {"checksum": "sha256:0"},
        {"decisions": {}},
        {"facts": {**DOCUMENT["facts"], "stated": {}}},
        {"facts": {**DOCUMENT["facts"], "stated": {"homes": 1, "members": [{}]}}},
        {"reasons": [{**DOCUMENT["reasons"][0], "holds": "yes"}]},
        {"reasons": [{**DOCUMENT["reasons"][0], "left": {"exact": 7, "unit": "1"}}]},
        {"reasons": [{**DOCUMENT["reasons"][0], "basis": "hearsay"}]},
    ],
    ids=str,
)
def test_what_is_not_valid(part: dict[str, Any]) -> None:
    """Another format, a number that is no text, a truth that is none, and keys of one's own are not valid."""
    assert not VALIDATOR.is_valid({**DOCUMENT, **part})
