"""The JSON Schema of policy files for editors, generated from the keys of the language."""

import json
from collections.abc import Mapping
from typing import assert_never

from hardship_rules.core.expr import BASES, MOVES, TONES
from hardship_rules.language.grammar import LONGEST, NAME, NUMBER, RESERVED
from hardship_rules.language.keys import (
    OVERLAY,
    POLICY,
    SHAPES,
    Anything,
    Either,
    Entries,
    Fields,
    Items,
    Key,
    Ref,
    Shape,
    Word,
)
from hardship_rules.language.shape import BOOLEANS, FINGERPRINT, NOT_PUBLISHED, OPTION, POLICY_NAME, UNIT
from hardship_rules.locale import sentences

DRAFT = "https://json-schema.org/draft/2020-12/schema"
COMMAND = "hardship-rules check --policy-schema -o policies/policy.schema.json"

Schema = dict[str, object]

DAY = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_AMOUNT = rf"-?{NUMBER.pattern}(?: *%)?"


def policy_schema() -> Schema:
    """The schema of a policy file; a file with `extends` has the keys of an overlay."""
    words = sentences("schema")
    return {
        "$schema": DRAFT,
        "$comment": words["comment"].format(command=COMMAND),
        "title": words["title"],
        "type": "object",
        "if": {"required": ["extends"]},
        "then": _ref("overlay"),
        "else": _ref("measure"),
        "$defs": {
            "measure": _schema(POLICY),
            "overlay": _schema(OVERLAY),
            **{name: _schema(shape) for name, shape in SHAPES.items()},
            **_words(),
        },
    }


def schema_text(schema: Mapping[str, object]) -> str:
    """A schema as the text of a file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _schema(shape: Shape) -> Schema:
    match shape:
        case Word(kind):
            return _ref(kind)
        case Ref(name):
            return _ref(name)
        case Items(of):
            return {"type": "array", "items": _schema(of)}
        case Entries():
            return _entries(shape)
        case Fields():
            return _fields(shape)
        case Either():
            return _either(shape)
        case Anything():
            return {}
        case _:
            assert_never(shape)


def _entries(entries: Entries) -> Schema:
    names = _ref(entries.key)
    if not entries.own:
        return {"type": "object", "propertyNames": names, "additionalProperties": _schema(entries.of)}
    return {
        "type": "object",
        "properties": _properties(entries.own),
        "propertyNames": {"anyOf": [{"enum": list(entries.own)}, names]},
        "additionalProperties": _schema(entries.of),
    }


def _properties(keys: Mapping[str, Key]) -> Schema:
    return {name: {"description": key.about, **_schema(key.shape)} for name, key in keys.items()}


def _fields(fields: Fields) -> Schema:
    groups = [{"oneOf": [{"required": [name]} for name in group]} for group in fields.one_of]
    required = [name for name, key in fields.keys.items() if key.required]
    return {
        "type": "object",
        "properties": _properties(fields.keys),
        **({"required": required} if required else {}),
        **({"allOf": groups} if groups else {}),
        "additionalProperties": False,
    }


def _either(either: Either) -> Schema:
    """A schema by the type of the value, so that an editor shows the error inside it, not that no alternative fits."""
    schema = None if either.word is None else _schema(either.word)
    for kind, shape in (("array", either.items), ("object", either.mapping)):
        if shape is not None:
            inner = _schema(shape)
            schema = inner if schema is None else {"if": {"type": kind}, "then": inner, "else": schema}
    return schema or {}


def _words() -> dict[str, Schema]:
    """The schema of each kind of word, as an editor reads it by YAML 1.2.

    There `787` is a number, `yes` a text and `2021-01-01` a text. The library reads every word as text, so a title may
    be `2021` and a number may be in quotes.
    """
    reserved = "|".join(sorted(RESERVED))
    return {
        "text": {"type": ["string", "number", "boolean"]},
        "line": {"type": ["string", "number", "boolean"], "maxLength": LONGEST},
        "number": {"type": ["number", "string"], **_pattern(_AMOUNT, "number")},
        "value": {
            "type": ["number", "string"],
            **_pattern(f"{NOT_PUBLISHED}|{_AMOUNT}", "value", not_published=NOT_PUBLISHED),
        },
        "whole": {"type": ["integer", "string"], "minimum": 0, "maximum": 9999, **_pattern("[0-9]{1,4}", "whole")},
        "name": {"type": "string", **_pattern(rf"(?!(?:{reserved})$){NAME.pattern}", "name")},
        "policy": {"type": ["string", "integer"], **_pattern(POLICY_NAME.pattern, "policy")},
        "unit": {"type": ["string", "integer"], "minimum": 1, "maximum": 1, **_pattern(UNIT.pattern, "unit")},
        "date": {"type": "string", "format": "date", **_pattern(DAY, "date")},
        "truth": {"enum": [True, False, *BOOLEANS]},
        "true": {"enum": [True, *(word for word, truth in BOOLEANS.items() if truth)]},
        "member": {"const": "member"},
        "draft": {"const": "draft"},
        "fingerprint": {"type": "string", **_pattern(FINGERPRINT.pattern, "fingerprint")},
        "basis": {"enum": list(BASES)},
        "moves": {"enum": list(MOVES)},
        "tone": {"enum": list(TONES)},
        "option": {"type": ["string", "integer", "boolean"], "minimum": 0, **_pattern(OPTION.pattern, "option")},
        "language": {"enum": [1, "1"]},
    }


def _pattern(pattern: str, word: str, **values: str) -> Schema:
    """A pattern for a text, with the message that editors show if the text does not match."""
    return {"pattern": f"^(?:{pattern})$", "patternErrorMessage": sentences("schema")[word].format(**values)}
