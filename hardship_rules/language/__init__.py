"""The policy language: from a text to a checked policy, or to every problem in it at its line and column.

The stages are one module each: source, keys and shape, find and resolve, grammar and load, check. Mappings of
registers and the JSON Schema of policy files are here too.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.language.mapping import MappingText, RegisterMapping, load_mapping, mapping_for, read_mapping
    from hardship_rules.language.policies import load_base, load_policy, read_policy
    from hardship_rules.language.schema import policy_schema, schema_text

__all__ = [
    "MappingText",
    "RegisterMapping",
    "load_base",
    "load_mapping",
    "load_policy",
    "mapping_for",
    "policy_schema",
    "read_mapping",
    "read_policy",
    "schema_text",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "MappingText": "mapping",
        "RegisterMapping": "mapping",
        "load_base": "policies",
        "load_mapping": "mapping",
        "load_policy": "policies",
        "mapping_for": "mapping",
        "policy_schema": "schema",
        "read_mapping": "mapping",
        "read_policy": "policies",
        "schema_text": "schema",
    },
)
