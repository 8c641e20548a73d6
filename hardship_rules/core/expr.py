"""The expressions of a policy: a closed union of node classes without behaviour."""

from collections.abc import Iterator
from typing import Any, Literal

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Direction, Exact
from hardship_rules.core.problem import Location
from hardship_rules.locale import sentences

Basis = Literal["rule", "notice", "summary", "analogue", "assumption", "definition"]
BASES: FrozenMapping[str, str] = FrozenMapping(sentences("grades"))
"""How well a rule is known: each basis with its Chinese word, the best known first."""
MOVES = ("earlier", "later", "another")  # directions of change that a property can exclude
TONES = ("urgent", "elevated", "special", "plain")  # colours of an outcome on a page and a terminal
VERIFIED = frozenset({"rule", "notice", "definition"})
"""The bases that need no further confirmation."""


def _at() -> Any:
    """The location of a node, which is no part of its value."""
    return field(eq=False, repr=False)


@frozen
class Name:
    """A reference to a fact, parameter, reading, term or decision, or to the day `on`."""

    name: str
    at: Location = _at()


@frozen
class Option:
    """An option of the choice on the other side of a comparison."""

    option: str
    at: Location = _at()


@frozen
class Constant:
    """A number or boolean literal."""

    value: Exact | bool
    at: Location = _at()


@frozen
class Add:
    """The sum of the parts."""

    parts: "tuple[Expr, ...]"
    at: Location = _at()


@frozen
class Negate:
    """The negation of a number."""

    part: "Expr"
    at: Location = _at()


@frozen
class Multiply:
    """The product of the parts."""

    parts: "tuple[Expr, ...]"
    at: Location = _at()


@frozen
class Divide:
    """A quotient; a sound policy has positive divisors only."""

    over: "Expr"
    by: "Expr"
    at: Location = _at()


@frozen
class Extreme:
    """The minimum or maximum of the parts."""

    which: Literal["min", "max"]
    parts: "tuple[Expr, ...]"
    at: Location = _at()


@frozen
class Round:
    """A number rounded to a multiple of a step."""

    direction: Direction
    part: "Expr"
    step: "Expr"
    at: Location = _at()


@frozen
class Elapsed:
    """The full years or months between two days; negative if the end precedes the start."""

    unit: Literal["year", "month"]
    start: "Expr"
    end: "Expr"
    at: Location = _at()


@frozen
class OverMembers:
    """An aggregate over the members: a sum or count of those that meet `where`, or whether some or each meets it."""

    what: Literal["sum", "count", "some", "each"]
    part: "Expr | None"
    where: "Expr | None"
    at: Location = _at()


@frozen
class Compare:
    """A comparison of two numbers, days or choices."""

    left: "Expr"
    sign: Literal["<", "<=", "==", "!=", ">=", ">"]
    right: "Expr"
    at: Location = _at()


@frozen
class OneOf:
    """Whether a choice is one of several options."""

    part: "Expr"
    options: tuple[Option | Name, ...]
    at: Location = _at()


@frozen
class Not:
    """The negation of a condition."""

    part: "Expr"
    at: Location = _at()


@frozen
class AllOf:
    """Whether every clause holds."""

    clauses: "tuple[Clause, ...]"
    at: Location = _at()


@frozen
class AnyOf:
    """Whether some clause holds."""

    clauses: "tuple[Clause, ...]"
    at: Location = _at()


@frozen
class Choose:
    """The value of the first case whose condition holds, or `otherwise`."""

    cases: "tuple[tuple[Expr, Expr], ...]"
    otherwise: "Expr | None"
    at: Location = _at()


@frozen
class Provenance:
    """The source of a definition or clause, the place in it, and how well it is known."""

    basis: Basis
    source: str | None = None
    cite: str | None = None


@frozen
class Clause:
    """A condition with its id, words and provenance; `line` is its text if it is written on one line."""

    id: str
    title: str
    if_not: str
    provenance: Provenance | None
    when: "Expr"
    line: str
    at: Location = _at()


Expr = (
    Name
    | Option
    | Constant
    | Compare
    | Clause
    | AllOf
    | AnyOf
    | Not
    | Add
    | Multiply
    | Divide
    | OneOf
    | OverMembers
    | Choose
    | Negate
    | Extreme
    | Round
    | Elapsed
)


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression."""
    match expr:
        case Name() | Option() | Constant():
            return ()
        case Compare(left, _, right):
            return (left, right)
        case Clause(when=part) | Not(part) | Negate(part):
            return (part,)
        case AllOf(parts) | AnyOf(parts) | Add(parts) | Multiply(parts) | Extreme(_, parts):
            return parts
        case Divide(a, b) | Round(_, a, b) | Elapsed(_, a, b):
            return (a, b)
        case OneOf(part, options):
            return (part, *options)
        case OverMembers(_, part, where):
            return tuple(inner for inner in (part, where) if inner is not None)
        case Choose(cases, otherwise):
            inner = tuple(part for case in cases for part in case)
            return inner if otherwise is None else (*inner, otherwise)


def walk(expr: Expr) -> Iterator[Expr]:
    """An expression and all of its parts at any depth, each before its own parts."""
    yield expr
    for part in parts_of(expr):
        yield from walk(part)


def names_in(expr: Expr) -> Iterator[str]:
    """Every name in an expression; before type checking, options are names too."""
    return (part.name for part in walk(expr) if isinstance(part, Name))
