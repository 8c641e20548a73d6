"""Records: verdicts kept for years, read back and assessed again under the policy of their fingerprint."""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.records._reader import Record, read_record
    from hardship_rules.records._replay import Replay, replay
    from hardship_rules.records._shape import record_schema
    from hardship_rules.records._writer import record

__all__ = [
    "Record",
    "Replay",
    "read_record",
    "record",
    "record_schema",
    "replay",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Record": "_reader",
        "Replay": "_replay",
        "read_record": "_reader",
        "record": "_writer",
        "record_schema": "_shape",
        "replay": "_replay",
    },
)
