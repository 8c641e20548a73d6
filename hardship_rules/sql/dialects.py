"""The databases that a view can be written for, and how they differ."""

from typing import Literal

from attrs import frozen

from hardship_rules.core.frozen import FrozenMapping


@frozen
class Dialect:
    """How databases differ: the division of whole numbers, the fence of a step, a character in a pattern.

    PostgreSQL inlines a step wherever it is used, and computes it each time, unless a fence prevents that.
    """

    name: Literal["postgres", "duckdb"]
    divide: Literal["/", "//"]
    is_fenced: bool
    sign: str


DIALECTS: FrozenMapping[str, Dialect] = FrozenMapping(
    {
        "postgres": Dialect("postgres", "/", is_fenced=True, sign=r"\U{:08X}"),
        "duckdb": Dialect("duckdb", "//", is_fenced=False, sign=r"\x{{{:X}}}"),
    }
)
