"""Verdicts kept for years: a record is written, read back, and assessed again by the policy of its fingerprint."""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.records._record import record
    from hardship_rules.records._record_schema import record_schema
    from hardship_rules.records._recorded import Record, read_record
    from hardship_rules.records._replay import Replay, replay

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
        "Record": "_recorded",
        "Replay": "_replay",
        "read_record": "_recorded",
        "record": "_record",
        "record_schema": "_record_schema",
        "replay": "_replay",
    },
)
