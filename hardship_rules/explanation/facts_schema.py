"""The JSON Schema of a policy's households, from which a form can be made: each fact with what is said of it."""

from collections.abc import Iterable
from typing import cast

from hardship_rules.core.model import Fact, Policy
from hardship_rules.core.ranges import Exact
from hardship_rules.core.values import ChoiceKind, DateKind, NumberKind, YesNoKind, unit_text
from hardship_rules.explanation.filling import absent, allowed, window
from hardship_rules.explanation.wording import one_line
from hardship_rules.language.keys import RESERVED_TITLES
from hardship_rules.language.schema import DAY, DRAFT, Schema

UNKNOWN = "未知"
_DAY: Schema = {"type": ["string", "null"], "format": "date", "pattern": f"^{DAY}$"}


def facts_schema(policy: Policy) -> Schema:
    """The schema of a household as a mapping of facts by name; null is a fact that is not known.

    Nothing but the members is required: what is left out is unknown, or stood in for as `x-if-absent` says.
    """
    named = [policy.name] if policy.series is None else [policy.name, policy.series]
    return {
        "$schema": DRAFT,
        "$comment": f"由 hardship-rules check --facts-schema {policy.name} 生成，政策指纹 {policy.fingerprint}",
        "title": policy.title,
        "description": "没有写出的事实：有 x-if-absent 的按其取值，其余是未知。null 是未知，不按 x-if-absent 取值。",
        "type": "object",
        "properties": {
            "policy": {"title": RESERVED_TITLES["policy"], "enum": [*named, None]},
            "on": {"title": RESERVED_TITLES["on"], "description": window(policy), **_DAY},
            "reference": {"title": RESERVED_TITLES["reference"], "type": ["string", "integer", "null"]},
            **_facts(policy, policy.facts.values()),
            "members": {
                "title": RESERVED_TITLES["members"],
                "type": "array",
                "minItems": 1,
                "maxItems": policy.members.at_most,
                "items": {
                    "type": "object",
                    "properties": {
                        "label": {"title": RESERVED_TITLES["label"], "type": ["string", "integer", "null"]},
                        **_facts(policy, policy.members.facts.values()),
                    },
                    "additionalProperties": False,
                },
            },
        },
        "required": ["members"],
        "additionalProperties": False,
    }


def _facts(policy: Policy, facts: Iterable[Fact]) -> dict[str, Schema]:
    return {fact.name: _fact(policy, fact) for fact in facts}


def _fact(policy: Policy, fact: Fact) -> Schema:
    beside = {"x-group": fact.group, "x-evidence": fact.evidence, "x-if-absent": absent(policy, fact)}
    proof = f"凭{one_line(fact.evidence)}" if fact.evidence else ""
    said = "" if isinstance(fact.kind, ChoiceKind | YesNoKind) else allowed(policy, fact)
    description = "；".join(filter(None, (said, proof, beside["x-if-absent"])))
    return {
        "title": fact.title,
        **({"description": description} if description else {}),
        **_kind(policy, fact),
        **{key: text for key, text in beside.items() if text},
    }


def _kind(policy: Policy, fact: Fact) -> Schema:
    match fact.kind:
        case NumberKind(unit, low, high, decimals):
            counted = fact.counted_in or unit_text(unit or (), policy.units)
            return {
                "type": ["number" if decimals else "integer", "string", "null"],
                "minimum": _bound(cast(Exact, low)),
                "maximum": _bound(cast(Exact, high)),
                "pattern": _written(decimals, below_zero=cast(Exact, low) < 0),
                **({"x-unit": counted} if counted else {}),
                "x-decimals": decimals,
            }
        case ChoiceKind(options):
            return _one_of(options.items())
        case YesNoKind():
            return _one_of([(True, "是"), (False, "否")])
        case DateKind():
            return dict(_DAY)


def _one_of(titles: Iterable[tuple[str | bool, str]]) -> Schema:
    return {"oneOf": [{"const": value, "title": title} for value, title in (*titles, (None, UNKNOWN))]}


def _bound(number: Exact) -> int | float:
    """A bound as JSON has it: a float is written by its shortest decimals, which are those of the policy."""
    return number if isinstance(number, int) else float(number)


def _written(decimals: int, *, below_zero: bool) -> str:
    """A number as text, so that no float need touch it."""
    more = rf"(?:\.[0-9]{{1,{decimals}}}0*)?" if decimals else r"(?:\.0+)?"
    return rf"^{'-?' if below_zero else ''}[0-9]+{more}$"
