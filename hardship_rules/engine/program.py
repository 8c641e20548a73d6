"""The program of a policy: flat steps over whole numbers, the one form that every way to run a policy reads."""

from collections.abc import Iterator
from typing import Literal

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping

Op = Literal[
    "const", "input", "name", "add", "mul", "div", "min", "max", "lt", "eq", "in", "and", "or", "not", "select",
    "table", "sum", "any",
]  # fmt: skip
Space = Literal["household", "member"]
Rounding = Literal["floor", "down", "half_up", "up"]


@frozen
class IntKind:
    """A whole number; it lies between these bounds for every household under any readings."""

    low: int
    high: int


@frozen
class BoolKind:
    """True or false."""


@frozen
class OptionKind:
    """One of some options; of none of them where a decision has no outcome left."""

    options: tuple[str, ...]


Kind = IntKind | BoolKind | OptionKind
BOOL = BoolKind()
READING, PARAMETER, DECISION, CLAUSE = "reading ", "parameter ", "decision ", "clause "
"""The beginning of the `data` of a `name` step, before the name or id."""


@frozen
class Table:
    """The numbers of a parameter by its keys: the data of a `table` step, whose arguments are what it goes by.

    A row is its keys and its number, None where that is not published: then it is any number of the step's `unknown`.
    `last` holds, for each key, the number that also means "and more".
    """

    rows: tuple[tuple[tuple[str | int, ...], int | None], ...]
    last: tuple[int | None, ...]
    unknown: IntKind


Data = int | bool | str | tuple[str, ...] | Table | None


@frozen
class Step:
    """One operation; its number is its index in the program, and every argument is a step before it.

    `data` by operation: `const` its value (None: no option), `input` the name of a fact, `name` the id of a reading,
    parameter or clause, `div` its rounding, `in` the options, `table` its rows.
    """

    op: Op
    space: Space
    kind: Kind
    args: tuple[int, ...] = ()
    data: Data = None


@frozen
class Denominator:
    """The divisor of a whole number: a positive number times powers of steps that are certainly positive."""

    number: int = 1
    factors: tuple[tuple[int, int], ...] = ()  # step and power


@frozen
class Quotient:
    """A number of the policy: the whole number of a step over its denominator."""

    step: int
    by: Denominator = Denominator()


@frozen
class Program:
    """A policy over whole numbers.

    `fingerprint` is the policy's, `readings` are those that are folded, with their options: none in the open program.
    `names` has the steps of terms, parameters, readings and of decisions that have one outcome; `clauses` those of
    clauses, and so of outcomes (`category.deep`). `must` are the clauses that every household meets, by id. `defaults`
    has what replaces a fact that is left out, `scales` the denominator of each fact, parameter and term that is a
    number. `sides` has both numbers of a clause that compares two, `members` what a clause asks of each member.
    """

    fingerprint: str
    readings: FrozenMapping[str, str]
    steps: tuple[Step, ...] = field(repr=False)
    names: FrozenMapping[str, int] = field(repr=False)
    clauses: FrozenMapping[str, int] = field(repr=False)
    must: FrozenMapping[str, int] = field(repr=False)
    defaults: FrozenMapping[str, Quotient] = field(repr=False)
    scales: FrozenMapping[str, Denominator] = field(repr=False)
    sides: FrozenMapping[str, tuple[Quotient, Quotient]] = field(repr=False)
    members: FrozenMapping[str, int] = field(repr=False)
    at_most: int

    def clause(self, id_: str) -> int:
        """The step of a clause, also of a `must`."""
        return self.clauses[id_] if id_ in self.clauses else self.must[id_]

    def roots(self) -> Iterator[int]:
        """Every step that something outside the steps refers to."""
        for table in (self.names, self.clauses, self.must, self.members):
            yield from table.values()
        pairs = [quotient for pair in self.sides.values() for quotient in pair]
        for quotient in (*self.defaults.values(), *pairs):
            yield quotient.step
            yield from (step for step, _ in quotient.by.factors)
        for denominator in self.scales.values():
            yield from (step for step, _ in denominator.factors)

    def live(self, roots: "tuple[int, ...] | None" = None) -> tuple[int, ...]:
        """The steps that some need, in order: all that the program refers to where `roots` is left out."""
        needed = bytearray(len(self.steps))
        for root in self.roots() if roots is None else roots:
            needed[root] = 1
        for number in range(len(self.steps) - 1, -1, -1):
            if needed[number]:
                for argument in self.steps[number].args:
                    needed[argument] = 1
        return tuple(number for number, wanted in enumerate(needed) if wanted)
