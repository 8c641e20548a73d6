"""The JSON Schema of records, for the programs that keep or check them."""

from collections.abc import Mapping

from hardship_rules.core.expr import BASES
from hardship_rules.language.schema import DAY, DRAFT, Schema
from hardship_rules.records._record import FORMAT

COMMAND = "hardship-rules replay --schema -o policies/record.schema.json"

_TEXT: Schema = {"type": "string"}
_TRUTH: Schema = {"type": ["boolean", "null"]}
_DATE: Schema = {"type": ["string", "null"], "format": "date", "pattern": f"^{DAY}$"}
_EXACT: Schema = {"type": "string", "pattern": "^-?[0-9]+(?:/[1-9][0-9]*)?$", "description": "精确数，整数或分数"}
_PROVENANCE: Schema = {
    "basis": {"title": "把握程度", "enum": [*BASES, None]},
    "source": {"title": "出处，sources 中的标识", "type": ["string", "null"]},
    "cite": {"title": "在出处中的位置", "type": ["string", "null"]},
}


def record_schema() -> Schema:
    """The schema of a record; every key is there, and no other."""
    return {
        "$schema": DRAFT,
        "$comment": f"由 {COMMAND} 生成，不要手工修改。",
        "title": "审核记录",
        **_all_of(
            {
                "format": {"title": "格式和版本", "const": FORMAT},
                "library": {"title": "写记录的程序版本", **_TEXT},
                "policy": {
                    "title": "所用的政策",
                    **_all_of(
                        {
                            "id": _TEXT,
                            "title": _TEXT,
                            "from": _DATE,
                            "to": _DATE,
                            "fingerprint": {"type": "string", "pattern": "^v1:[0-9a-f]{64}$"},
                        }
                    ),
                },
                "on": {"title": "认定日期", **_DATE},
                "reference": {"title": "编号，由使用者自定", "type": ["string", "null"]},
                "facts": {
                    "title": "事实",
                    **_all_of(
                        {
                            "stated": {"title": "填写的事实，null 为填明未知", **_household()},
                            "derived": {"title": "由填写的事实推算的", **_list("stand_in")},
                            "assumed": {"title": "未填写、按规则取固定值的", **_list("stand_in")},
                        }
                    ),
                },
                "parameters": {"title": "所用的参数和本户适用的数值", **_each("parameter")},
                "readings": {"title": "所用的解读", **_each("reading")},
                "decisions": {"title": "各项决定", **_each("decision"), "minProperties": 1},
                "reasons": {"title": "各项理由", **_list("reason")},
                "sources": {"title": "所引文件的名称", "type": "object", "additionalProperties": _TEXT},
                "resolved": {
                    "title": "所附的政策全文",
                    "description": "排序的紧凑 JSON 的 SHA-256 即指纹",
                    "type": ["object", "null"],
                },
                "checksum": {
                    "title": "校验值",
                    "description": "checksum 和 host 以外的内容的校验值；防误改，不防伪造",
                    "type": "string",
                    "pattern": "^sha256:[0-9a-f]{64}$",
                },
                "host": {"title": "使用者自己的内容，复核时不看", "type": ["object", "null"]},
            }
        ),
        "$defs": {
            "fact": {"type": ["string", "boolean", "null"]},
            "stand_in": _all_of(
                {
                    "path": {"type": "string", "description": "成员从 1 数起，如 members[2].wage"},
                    "title": _TEXT,
                    "value": {"type": ["string", "boolean"]},
                }
            ),
            "number": {
                "anyOf": [
                    _all_of({"exact": _EXACT, "unit": _TEXT}),
                    _all_of({"from": _EXACT, "to": _EXACT, "unit": _TEXT}),
                ]
            },
            "answer": {
                "anyOf": [
                    {"$ref": "#/$defs/number"},
                    _all_of({"option": _TEXT, "title": _TEXT}),
                    _all_of({"options": {"type": "array", "items": _TEXT}}),
                    _TRUTH,
                ]
            },
            "parameter": _all_of(
                {
                    "title": _TEXT,
                    "value": {
                        "description": "数值；因成员而不同的，按成员顺序列出",
                        "anyOf": [{"$ref": "#/$defs/number"}, _list("number")],
                    },
                    **_PROVENANCE,
                }
            ),
            "reading": _all_of({"title": _TEXT, "chosen": _TEXT, "option": _TEXT, "why": _TEXT, **_PROVENANCE}),
            "outcome": _all_of({"id": _TEXT, "title": _TEXT}),
            "decision": _all_of(
                {
                    "title": _TEXT,
                    "outcome": {"anyOf": [{"$ref": "#/$defs/outcome"}, {"type": "null"}]},
                    "possible": {"title": "仍可能的结果", **_list("outcome")},
                    "holding": {"title": "确定成立的结果", **_list("outcome")},
                    "decided_by": {"title": "起决定作用的条款", "type": "array", "items": _TEXT},
                }
            ),
            "reason": _all_of(
                {
                    "decision": _TEXT,
                    "outcome": _TEXT,
                    "clause": {"title": "条款的标识", **_TEXT},
                    "title": _TEXT,
                    "role": {"enum": ["decided", "stopped", "open"]},
                    "holds": _TRUTH,
                    "left": {"$ref": "#/$defs/answer"},
                    "sign": {"enum": ["<", "<=", "==", "!=", ">=", ">", None]},
                    "right": {"$ref": "#/$defs/answer"},
                    "members": {
                        "title": "有关的成员，从 1 数起",
                        "type": "array",
                        "items": {"type": "integer", "minimum": 1},
                    },
                    **_PROVENANCE,
                }
            ),
        },
    }


def _all_of(properties: Mapping[str, object]) -> Schema:
    """An object with all of these keys and no other."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(name: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}}


def _each(name: str) -> Schema:
    return {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{name}"}}


def _household() -> Schema:
    facts: Schema = {"$ref": "#/$defs/fact"}
    return {
        "type": "object",
        "properties": {
            "members": {"type": "array", "minItems": 1, "items": {"type": "object", "additionalProperties": facts}}
        },
        "required": ["members"],
        "additionalProperties": facts,
    }
