"""The shape of a record, stated once; the reader's validation and the JSON Schema are derived from it."""

from collections.abc import Mapping
from functools import cache
from typing import assert_never

from attrs import field, frozen

from hardship_rules.core.expr import BASES
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.language import keys
from hardship_rules.language.schema import DAY, DRAFT, Schema

COMMAND = "hardship-rules replay --schema -o policies/record.schema.json"
KIND = "hardship-rules/record/"
VERSION = 1
FORMAT = f"{KIND}{VERSION}"

# --- Kinds of shape ----------------------------------------------------------------------------------------------


@frozen
class Value:
    """A JSON scalar of one or several types, or one of a few values."""

    types: tuple[str, ...] = ("string",)
    options: tuple[str | None, ...] = ()
    format: str = ""
    pattern: str = ""
    minimum: int | None = None
    description: str = ""

    @property
    def nullable(self) -> bool:
        """Whether null is a value."""
        return "null" in self.types or None in self.options


@frozen
class List:
    """A list of items of one shape."""

    of: "Shape"
    at_least: int = 0


@frozen
class Table:
    """An object whose keys are names from the policy, and whose values have one shape."""

    of: "Shape"
    at_least: int = 0


@frozen
class Field:
    """One key of an object, with its title and description for the JSON Schema.

    `replayed` is false where replaying does not read the value; `since` is the first version of the format that has it.
    """

    shape: "Shape"
    title: str = ""
    description: str = ""
    replayed: bool = True
    since: int = 1


def _as_fields(shapes: Mapping[str, "Field | Shape"]) -> FrozenMapping[str, Field]:
    return FrozenMapping({key: shape if isinstance(shape, Field) else Field(shape) for key, shape in shapes.items()})


@frozen
class Object:
    """An object with all of these keys; other keys are refused, or have the shape `others`."""

    fields: FrozenMapping[str, Field] = field(converter=_as_fields)
    others: "Shape | None" = None


@frozen
class AnyOf:
    """One of several shapes."""

    shapes: tuple["Shape", ...]


@frozen
class Named:
    """One of `DEFINITIONS`."""

    name: str


Shape = Value | List | Table | Object | AnyOf | Named

# --- The record --------------------------------------------------------------------------------------------------

_TEXT = Value()
_BOOLEAN = Value(("boolean", "null"))
_DATE = Value(("string", "null"), format="date", pattern=f"^{DAY}$")
_EXACT = Value(pattern="^-?[0-9]+(?:/[1-9][0-9]*)?$", description="精确数，整数或分数")
_FACT = Named("fact")
_PROVENANCE = {
    "basis": Field(Value(options=(*BASES, None)), "把握程度"),
    "source": Field(Value(("string", "null")), "出处，sources 中的标识"),
    "cite": Field(Value(("string", "null")), "在出处中的位置"),
}
_POLICY = Object(
    {"id": _TEXT, "title": _TEXT, "from": _DATE, "to": _DATE, "fingerprint": Value(pattern="^v1:[0-9a-f]{64}$")}
)
_FACTS = Object(
    {
        "stated": Field(
            Object({"members": List(Table(_FACT), at_least=1)}, others=_FACT), "填写的事实，null 为填明未知"
        ),
        "derived": Field(List(Named("stand_in")), "由填写的事实推算的"),
        "assumed": Field(List(Named("stand_in")), "未填写、按规则取固定值的"),
    }
)
RECORD = Object(
    {
        "format": Field(Value(options=(FORMAT,)), "格式和版本"),
        "library": Field(_TEXT, "写记录的程序版本"),
        "policy": Field(_POLICY, "所用的政策"),
        "on": Field(_DATE, "认定日期"),
        "reference": Field(Value(("string", "null")), "编号，由使用者自定"),
        "facts": Field(_FACTS, "事实"),
        "parameters": Field(Table(Named("parameter")), "所用的参数和本户适用的数值", replayed=False),
        "readings": Field(Table(Named("reading")), "所用的解读"),
        "decisions": Field(Table(Named("decision"), at_least=1), "各项决定"),
        "reasons": Field(List(Named("reason")), "各项理由"),
        "sources": Field(Table(_TEXT), "所引文件的名称", replayed=False),
        "resolved": Field(Value(("object", "null")), "所附的政策全文", "排序的紧凑 JSON 的 SHA-256 即指纹"),
        "checksum": Field(
            Value(pattern="^sha256:[0-9a-f]{64}$"), "校验值", "checksum 和 host 以外的内容的校验值；防误改，不防伪造"
        ),
        "host": Field(Value(("object", "null")), "使用者自己的内容，复核时不看", replayed=False),
    }
)
_DEFINITIONS: dict[str, Shape] = {
    "fact": Value(("string", "boolean", "null")),
    "stand_in": Object(
        {
            "path": Value(description="成员从 1 数起，如 members[2].wage"),
            "title": _TEXT,
            "value": Value(("string", "boolean")),
        }
    ),
    "number": AnyOf(
        (
            Object({"exact": _EXACT, "unit": _TEXT}),
            Object({"from": _EXACT, "to": _EXACT, "unit": _TEXT}),
        )
    ),
    "answer": AnyOf(
        (
            Named("number"),
            Object({"option": _TEXT, "title": _TEXT}),
            Object({"options": List(_TEXT)}),
            _BOOLEAN,
        )
    ),
    "parameter": Object(
        {
            "title": _TEXT,
            "value": Field(
                AnyOf((Named("number"), List(Named("number")))),
                description="数值；因成员而不同的，按成员顺序列出",
            ),
            **_PROVENANCE,
        }
    ),
    "reading": Object({"title": _TEXT, "chosen": _TEXT, "option": _TEXT, "why": _TEXT, **_PROVENANCE}),
    "outcome": Object({"id": _TEXT, "title": _TEXT}),
    "decision": Object(
        {
            "title": _TEXT,
            "outcome": AnyOf((Named("outcome"), Value(("null",)))),
            "possible": Field(List(Named("outcome")), "仍可能的结果"),
            "holding": Field(List(Named("outcome")), "确定成立的结果"),
            "decided_by": Field(List(_TEXT), "起决定作用的条款"),
        }
    ),
    "reason": Object(
        {
            "decision": _TEXT,
            "outcome": _TEXT,
            "clause": Field(_TEXT, "条款的标识"),
            "title": _TEXT,
            "role": Value(options=("decided", "stopped", "open")),
            "holds": _BOOLEAN,
            "left": Named("answer"),
            "sign": Value(options=("<", "<=", "==", "!=", ">=", ">", None)),
            "right": Named("answer"),
            "members": Field(List(Value(("integer",), minimum=1)), "有关的成员，从 1 数起"),
            **_PROVENANCE,
        }
    ),
}
DEFINITIONS = FrozenMapping(_DEFINITIONS)

# --- The reader's validation -------------------------------------------------------------------------------------


@cache
def reader_shape(shape: Shape = RECORD, version: int = VERSION) -> keys.Shape:
    """What a reader requires of a part of a record of that version.

    A value that may be null, is one of several shapes, or is not replayed may be anything here.
    """
    match shape:
        case Value():
            return keys.Anything() if shape.nullable else keys.Word()
        case List(of):
            return keys.Items(reader_shape(of, version))
        case Table(of):
            return keys.Entries(reader_shape(of, version), "text")
        case Object(_, others) if others is not None:  # a household; `assess` reports what is wrong with its facts
            return keys.Entries(reader_shape(others, version), "text")
        case Object(fields):
            return keys.Fields(
                {
                    key: keys.Key(
                        "记录的一项",
                        reader_shape(key_field.shape, version) if key_field.replayed else keys.Anything(),
                        required=True,
                    )
                    for key, key_field in fields.items()
                    if key_field.since <= version
                }
            )
        case AnyOf():
            return keys.Anything()
        case Named(name):
            return reader_shape(DEFINITIONS[name], version)
        case _:
            assert_never(shape)


# --- The JSON Schema ---------------------------------------------------------------------------------------------


def record_schema() -> Schema:
    """The JSON Schema of records, for the programs that keep or check them."""
    return {
        "$schema": DRAFT,
        "$comment": f"由 {COMMAND} 生成，不要手工修改。",
        "title": "审核记录",
        **_schema(RECORD),
        "$defs": {name: _schema(shape) for name, shape in DEFINITIONS.items()},
    }


def _schema(shape: Shape) -> Schema:
    match shape:
        case Value():
            return _value_schema(shape)
        case List(of, at_least):
            return {"type": "array", **({"minItems": at_least} if at_least else {}), "items": _schema(of)}
        case Table(of, at_least):
            return {
                "type": "object",
                "additionalProperties": _schema(of),
                **({"minProperties": at_least} if at_least else {}),
            }
        case Object(fields, others):
            return {
                "type": "object",
                "properties": {key: _field_schema(key_field) for key, key_field in fields.items()},
                "required": list(fields),
                "additionalProperties": False if others is None else _schema(others),
            }
        case AnyOf(shapes):
            return {"anyOf": [_schema(option) for option in shapes]}
        case Named(name):
            return {"$ref": f"#/$defs/{name}"}
        case _:
            assert_never(shape)


def _field_schema(key_field: Field) -> Schema:
    words = {"title": key_field.title, "description": key_field.description}
    return {**{key: text for key, text in words.items() if text}, **_schema(key_field.shape)}


def _value_schema(value: Value) -> Schema:
    if len(value.options) == 1:
        return {"const": value.options[0]}
    if value.options:
        return {"enum": list(value.options)}
    schema: Schema = {"type": value.types[0] if len(value.types) == 1 else list(value.types)}
    limits = {
        "format": value.format,
        "pattern": value.pattern,
        "minimum": value.minimum,
        "description": value.description,
    }
    return schema | {key: limit for key, limit in limits.items() if limit not in ("", None)}
