"""The clauses that a condition is made of, with their steps: what reasons, coverage and break points read."""

from collections.abc import Iterator
from typing import Literal

from attrs import field, frozen

from hardship_rules.core.expr import Clause
from hardship_rules.core.kinds import Unit
from hardship_rules.engine.program import Quotient


@frozen
class Comparison:
    """What a line compares; `unit` is that of both sides where they are numbers."""

    sign: str
    left: Quotient
    right: Quotient
    unit: Unit | None


@frozen
class Condition:
    """A condition and its parts.

    `clause`: a named condition, `all`, `any` and `not`: those of its parts, `term`: a term of the household, whose
    condition is its part, `line`: a single line. Of a line, `compares` has both sides of a comparison, and `members`
    whether it asks for some member (or for each) and the step of what it asks. `is_switch` is so of a clause of
    readings and parameters only, `has_switch` of a condition that has such a part.
    """

    op: Literal["clause", "all", "any", "not", "term", "line"]
    step: int
    parts: "tuple[Condition, ...]" = ()
    clause: Clause | None = field(default=None, repr=False, eq=False)
    compares: Comparison | None = None
    members: tuple[bool, int] | None = None
    is_switch: bool = False
    has_switch: bool = False

    @property
    def is_structure(self) -> bool:
        """Whether it is an `all`, an `any`, or the `not` of one, rather than one line."""
        return self.op in ("all", "any") or (self.op == "not" and self.parts[0].is_structure)

    def inner_clauses(self) -> "Iterator[Condition]":
        """The clauses directly inside it, also those of the terms that it uses."""
        for part in self.parts:
            if part.op == "clause":
                yield part
            else:
                yield from part.inner_clauses()
