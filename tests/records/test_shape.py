"""The shape of a record: the writer follows it, and the reader and the JSON Schema refuse the same deviations."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from places import ROOT
from recordings import OPEN, SETTLED, SMALL, WEIHAI
from sealed import sealed

from hardship_rules import Assessment, FactError, assess, read_policy, record
from hardship_rules.language import keys
from hardship_rules.language.schema import schema_text
from hardship_rules.records._reader import read_record
from hardship_rules.records._shape import (
    COMMAND,
    DEFINITIONS,
    RECORD,
    AnyOf,
    Field,
    List,
    Named,
    Object,
    Shape,
    Table,
    Value,
    reader_shape,
    record_schema,
)
from hardship_rules.testing.strategies import partial_households
from hardship_rules.testing.strategies._paths import Facts

VALIDATOR = Draft202012Validator(record_schema())


def test_is_a_schema() -> None:
    """The schema is valid under the draft that it names."""
    Draft202012Validator.check_schema(record_schema())
    assert record_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_file_is_the_generated_one() -> None:
    """The committed, shipped file equals the output of the command that it names."""
    committed = (ROOT / "policies" / "record.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(record_schema()), COMMAND
    assert COMMAND in json.loads(committed)["$comment"]


@pytest.mark.parametrize("embed", [False, True])
def test_records_are_valid(embed: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Records of a settled and of an open household, plain or with embedded policy and host data, are valid."""
    for assessment in (SETTLED, OPEN):
        VALIDATOR.validate(json.loads(record(assessment, embed=embed, host={"officer": "某"} if embed else None)))


def test_parameters_of_members_are_valid() -> None:
    """A parameter with a value for each member is a list."""
    VALIDATOR.validate(json.loads(record(assess(read_policy(SMALL), {"members": [{"age": 3}, {}]}))))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(partial_households(WEIHAI))
def test_every_record_is_valid(household: Facts) -> None:
    """Any household's record is valid."""
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
    """Another format, a number that is not a text, a word for a boolean, and unknown keys are invalid."""
    assert not VALIDATOR.is_valid({**DOCUMENT, **part})


Place = tuple[str | int, ...]


def objects(part: Any, shape: Shape, place: Place = (), *, read: bool = True) -> Iterator[tuple[Place, Object, bool]]:
    """The objects of a part of a record with their shapes, and whether the reader validates them."""
    match shape:
        case Named(name):
            yield from objects(part, DEFINITIONS[name], place, read=read)
        case List(of):
            for number, item in enumerate(part):
                yield from objects(item, of, (*place, number), read=read)
        case Table(of):
            for key, inner in part.items():
                yield from objects(inner, of, (*place, key), read=read)
        case Object(fields, None):
            yield place, shape, read
            for key, field in fields.items():
                yield from objects(part[key], field.shape, (*place, key), read=read and field.replayed)
        case AnyOf(shapes):
            kinds = (DEFINITIONS[each.name] if isinstance(each, Named) else each for each in shapes)
            inner = [kind for each in kinds for kind in (each.shapes if isinstance(each, AnyOf) else (each,))]
            fitting = (each for each in inner if isinstance(each, Object) and isinstance(part, dict))
            chosen = next((each for each in fitting if set(each.fields) == set(part)), None)
            if chosen is not None:
                yield from objects(part, chosen, place, read=False)
            elif isinstance(part, dict):
                pytest.fail(f"no shape at {place}")


@pytest.mark.parametrize("assessment", [SETTLED, OPEN, assess(read_policy(SMALL), {"members": [{"age": 3}, {}]})])
def test_the_writer_writes_the_shape(assessment: Assessment) -> None:
    """Every object of a record has the fields of its shape, in the same order, and no others."""
    document = json.loads(record(assessment))
    for place, shape, _ in objects(document, RECORD):
        assert list(at(document, place)) == list(shape.fields), place


def at(document: Any, place: Place) -> Any:
    """The part of a record at a place."""
    for step in place:
        document = document[step]
    return document


def edited(place: Place, key: str, value: object = None) -> dict[str, Any]:
    """The settled record with one value changed, or without the key."""
    document = copy.deepcopy(DOCUMENT)
    if value is None:
        del at(document, place)[key]
    else:
        at(document, place)[key] = value
    return document


FIRST = {id(shape): (place, shape) for place, shape, read in objects(DOCUMENT, RECORD) if read}
"""The location of one object for each shape that the reader validates."""
EDITS = [
    *((place, "more", 1) for place, _ in FIRST.values()),
    *((place, key, None) for place, shape in FIRST.values() for key in shape.fields),
    *(
        (place, key, ["x"])
        for place, shape in FIRST.values()
        for key, field in shape.fields.items()
        if isinstance(field.shape, Value) and not field.shape.nullable
    ),
]


@pytest.mark.parametrize(("place", "key", "value"), EDITS)
def test_reader_and_schema_refuse_the_same(place: Place, key: str, value: object) -> None:
    """An extra field, a missing field, and a list in place of a scalar are refused by both."""
    document = edited(place, key, value)
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(FactError):
        read_record(json.dumps(document) if key == "checksum" else sealed(document))


def test_a_field_of_a_later_version() -> None:
    """A field is required only from the version that introduced it."""
    shape = Object({"old": Value(), "new": Field(Value(), since=2)})
    first, second = (reader_shape(shape, version) for version in (1, 2))
    assert isinstance(first, keys.Fields)
    assert isinstance(second, keys.Fields)
    assert (list(first.keys), list(second.keys)) == (["old"], ["old", "new"])
