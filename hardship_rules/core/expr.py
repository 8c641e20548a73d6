"""What a line or a condition of a policy may say: one small tree, closed, without behaviour."""

from collections.abc import Iterator
from typing import Any, Literal

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Direction, Exact
from hardship_rules.core.problem import Location
from hardship_rules.locale import sentences

Basis = Literal["rule", "notice", "summary", "analogue", "assumption", "definition"]
BASES: FrozenMapping[str, str] = FrozenMapping(sentences("grades"))
"""How well a rule is known: each grade with its Chinese word, the best known first."""
MOVES = ("earlier", "later", "another")  # where a property says that no outcome moves to
TONES = ("urgent", "elevated", "special", "plain")  # how a page and a terminal colour an outcome
VERIFIED = frozenset({"rule", "notice", "definition"})


def _at() -> Any:
    return field(eq=False, repr=False)


@frozen
class Name:
    """A fact, parameter, reading, term or decision, or the day `on`."""

    name: str
    at: Location = _at()


@frozen
class Option:
    """An option of the choice it stands beside."""

    option: str
    at: Location = _at()


@frozen
class Constant:
    """A number, true or false, as written."""

    value: Exact | bool
    at: Location = _at()


@frozen
class Add:
    """The sum of its parts."""

    parts: "tuple[Expr, ...]"
    at: Location = _at()


@frozen
class Negate:
    """Its part, below zero."""

    part: "Expr"
    at: Location = _at()


@frozen
class Multiply:
    """The product of its parts."""

    parts: "tuple[Expr, ...]"
    at: Location = _at()


@frozen
class Divide:
    """One number over another that is certainly positive."""

    over: "Expr"
    by: "Expr"
    at: Location = _at()


@frozen
class Extreme:
    """The least or the greatest of its parts."""

    which: Literal["min", "max"]
    parts: "tuple[Expr, ...]"
    at: Location = _at()


@frozen
class Round:
    """A number to a multiple of a step."""

    direction: Direction
    part: "Expr"
    step: "Expr"
    at: Location = _at()


@frozen
class Elapsed:
    """The full years or months from one day to another; to an earlier day, minus what they are from that day."""

    unit: Literal["year", "month"]
    start: "Expr"
    end: "Expr"
    at: Location = _at()


@frozen
class OverMembers:
    """Over the members for whom a condition holds: the sum of a number, how many, whether some, whether each."""

    what: Literal["sum", "count", "some", "each"]
    part: "Expr | None"
    where: "Expr | None"
    at: Location = _at()


@frozen
class Compare:
    """Two numbers, days or choices, and what is said of them."""

    left: "Expr"
    sign: Literal["<", "<=", "==", "!=", ">=", ">"]
    right: "Expr"
    at: Location = _at()


@frozen
class OneOf:
    """A choice is one of several options."""

    part: "Expr"
    options: tuple[Option | Name, ...]
    at: Location = _at()


@frozen
class Not:
    """Its part does not hold."""

    part: "Expr"
    at: Location = _at()


@frozen
class AllOf:
    """Every clause holds."""

    clauses: "tuple[Clause, ...]"
    at: Location = _at()


@frozen
class AnyOf:
    """Some clause holds."""

    clauses: "tuple[Clause, ...]"
    at: Location = _at()


@frozen
class Choose:
    """The value of the first case that holds, else `otherwise`."""

    cases: "tuple[tuple[Expr, Expr], ...]"
    otherwise: "Expr | None"
    at: Location = _at()


@frozen
class Provenance:
    """Where something comes from and how well that is known."""

    basis: Basis
    source: str | None = None
    cite: str | None = None


@frozen
class Clause:
    """A named condition of the regulation, in its words, with its provenance; `line` is its text where it is one."""

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
    """The expressions that stand directly inside one."""
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
    """An expression and everything inside it."""
    yield expr
    for part in parts_of(expr):
        yield from walk(part)


def names_in(expr: Expr) -> Iterator[str]:
    """Every name that stands in an expression; before options are known as such, those too."""
    return (part.name for part in walk(expr) if isinstance(part, Name))
