"""The JSON Schema of policy files, for editors: the language's keys as they are defined, and the words under them."""

import json
import re
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
    Items,
    Key,
    Record,
    Ref,
    Shape,
    Word,
)
from hardship_rules.language.shape import FINGERPRINT, NOT_PUBLISHED, OPTION, POLICY_NAME, TRUTHS, UNIT

DRAFT = "https://json-schema.org/draft/2020-12/schema"
COMMAND = "hardship-rules check --policy-schema -o policies/policy.schema.json"

Schema = dict[str, object]

DAY = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_AMOUNT = rf"-?{NUMBER.pattern}(?: *%)?"


def _pattern(pattern: str | re.Pattern[str], says: str) -> Schema:
    """What a text must look like; editors show `patternErrorMessage` where it does not."""
    text = pattern if isinstance(pattern, str) else pattern.pattern
    return {"pattern": f"^(?:{text})$", "patternErrorMessage": says}


def policy_schema() -> Schema:
    """The schema of a policy's file; one that has `extends` holds what an overlay may."""
    return {
        "$schema": DRAFT,
        "$comment": f"由 {COMMAND} 生成，不要手工修改。",
        "title": "政策文件",
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
    """A schema as a file holds it."""
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
        case Record():
            return _record(shape)
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


def _record(record: Record) -> Schema:
    groups = [{"oneOf": [{"required": [name]} for name in group]} for group in record.one_of]
    required = [name for name, key in record.keys.items() if key.required]
    return {
        "type": "object",
        "properties": _properties(record.keys),
        **({"required": required} if required else {}),
        **({"allOf": groups} if groups else {}),
        "additionalProperties": False,
    }


def _either(either: Either) -> Schema:
    """Decided by what stands there, so that an editor tells what is wrong inside it, not that nothing fits."""
    schema = None if either.word is None else _schema(either.word)
    for kind, shape in (("array", either.items), ("object", either.mapping)):
        if shape is not None:
            inner = _schema(shape)
            schema = inner if schema is None else {"if": {"type": kind}, "then": inner, "else": schema}
    return schema or {}


def _words() -> dict[str, Schema]:
    """The schema of each kind of word.

    What an editor makes of `787`, `yes` and `2021-01-01` is a number, a text and a text (YAML 1.2). The library reads
    every word as text, so a title may be `2021` and a number may stand in quotes.
    """
    return {
        "text": {"type": ["string", "number", "boolean"]},
        "line": {"type": ["string", "number", "boolean"], "maxLength": LONGEST},
        "number": {"type": ["number", "string"], **_pattern(_AMOUNT, "写一个数，如 787、0.8、80 %，不写逗号和单位")},
        "value": {
            "type": ["number", "string"],
            **_pattern(
                f"{NOT_PUBLISHED}|{_AMOUNT}", f"写一个数，如 787、0.8、80 %，不写逗号和单位；或写 {NOT_PUBLISHED}"
            ),
        },
        "whole": {
            "type": ["integer", "string"],
            "minimum": 0,
            "maximum": 9999,
            **_pattern("[0-9]{1,4}", "写一个整数，如 2"),
        },
        "name": {
            "type": "string",
            **_pattern(
                rf"(?!(?:{'|'.join(sorted(RESERVED))})$){NAME.pattern}",
                "只用字母、汉字、数字和下划线，不以数字开头，也不用 sum、on 等语言自己的词",
            ),
        },
        "policy": {
            "type": ["string", "integer"],
            **_pattern(POLICY_NAME, "只用字母、汉字、数字、下划线和中间的连字符，与文件名相同"),
        },
        "unit": {
            "type": ["string", "integer"],
            "minimum": 1,
            "maximum": 1,
            **_pattern(UNIT, "写成 yuan/month/person 的形式，纯数写 1"),
        },
        "date": {"type": "string", "format": "date", **_pattern(DAY, "日期写成 2023-01-01 的形式")},
        "truth": {"enum": [True, False, *TRUTHS]},
        "true": {"enum": [True, *(word for word, truth in TRUTHS.items() if truth)]},
        "member": {"const": "member"},
        "draft": {"const": "draft"},
        "fingerprint": {"type": "string", **_pattern(FINGERPRINT, "由 hardship-rules approve 写入，不要手写")},
        "basis": {"enum": list(BASES)},
        "moves": {"enum": list(MOVES)},
        "tone": {"enum": list(TONES)},
        "option": {
            "type": ["string", "integer", "boolean"],
            "minimum": 0,
            **_pattern(OPTION, "只用字母、汉字、数字和下划线"),
        },
        "language": {"enum": [1, "1"]},
    }
