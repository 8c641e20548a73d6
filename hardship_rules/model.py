"""The vocabulary: what a line of a policy may say, and the parts that a policy consists of."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

from attrs import evolve, field, frozen

from hardship_rules.frozen import FrozenMapping
from hardship_rules.problems import Location, PolicyError, Problem, nearest
from hardship_rules.ranges import Direction, Exact, Number, Range, span

Basis = Literal["rule", "notice", "summary", "analogue", "assumption", "definition"]
BASES: FrozenMapping[str, str] = FrozenMapping(
    {
        "rule": "原文",
        "notice": "通知",
        "summary": "归纳",
        "analogue": "参照",
        "assumption": "假定",
        "definition": "定义",
    }
)
VERIFIED = frozenset({"rule", "notice", "definition"})

FAR = 10**30  # further from zero than any number that a policy may hold

Unit = tuple[tuple[str, int], ...]
PURE: Unit = ()

Value = Number | bool | str | frozenset[str] | None
"""What an expression can be: a number or date (maybe a range), a yes-or-no (None: unknown), an option or the options
that it may be."""


# --- What kinds of value there are ------------------------------------------------------------------------------


@frozen
class NumberKind:
    """A number in a unit; facts and parameters say from where to where it lies, facts to how many decimals."""

    unit: Unit | None  # None: a bare number, which takes the unit of what it stands beside
    low: Exact | None = None
    high: Exact | None = None
    decimals: int = 0

    @cached_property
    def unknown(self) -> Number:
        """The value of a fact of this kind of which nothing is known."""
        return span(-FAR if self.low is None else self.low, FAR if self.high is None else self.high)


@frozen
class ChoiceKind:
    """One of several options: their names with their titles."""

    options: FrozenMapping[str, str]

    @cached_property
    def unknown(self) -> str | frozenset[str]:
        """Any of the options."""
        return next(iter(self.options)) if len(self.options) == 1 else frozenset(self.options)


@frozen
class YesNoKind:
    """Yes or no."""

    @property
    def unknown(self) -> None:
        """Either."""


@frozen
class DateKind:
    """A day, as a whole number that keeps the order of days; differences over 372 and 31 give full years and months."""

    @property
    def unknown(self) -> Number:
        """Any day."""
        return ANY_DAY


Kind = NumberKind | ChoiceKind | YesNoKind | DateKind

YES_NO = YesNoKind()
DATE = DateKind()
EARLIEST = date(1800, 1, 1)
LATEST = date(2200, 12, 31)


def day_number(day: date) -> int:
    """372·year + 31·(month - 1) + (day - 1)."""
    return 372 * day.year + 31 * (day.month - 1) + (day.day - 1)


def day_of(number: int) -> date:
    """The day of a `day_number`."""
    return date(number // 372, number % 372 // 31 + 1, number % 31 + 1)


ANY_DAY = Range(day_number(EARLIEST), day_number(LATEST))


# --- What a line or a condition may say -------------------------------------------------------------------------


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
    """The full years or months from one day to another, rounded down."""

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


def unit_text(unit: Unit, words: Mapping[str, str]) -> str:
    """A unit in its words: 元/月/人; nothing for a pure number."""
    over = "·".join(words.get(base, base) for base, power in unit for _ in range(power))
    under = "".join(f"/{words.get(base, base)}" for base, power in unit for _ in range(-power))
    return over + under if over or not under else f"1{under}"


# --- What a policy consists of ----------------------------------------------------------------------------------


@frozen
class Source:
    """A document that clauses refer to; `held` where it is known whether its text is at hand."""

    title: str
    held: bool | None


@frozen
class Fact:
    """Something a household or a member says of itself, and what stands in for it when it is left out."""

    name: str
    title: str
    kind: Kind
    if_absent: Expr | None
    counted_in: str
    evidence: str
    group: str
    of_member: bool
    at: Location = _at()


@frozen
class Members:
    """The facts of each member, those by which explanations call one, and how many there may be."""

    called_by: tuple[str, ...]
    at_most: int
    facts: FrozenMapping[str, Fact]


@frozen
class Parameter:
    """A number of the year, for each option or whole number that it goes by; None where it is not published.

    `last` holds, for each thing it goes by, the number that stands for itself "and more". No values: still open.
    """

    name: str
    title: str
    kind: NumberKind
    by: tuple[str, ...]
    values: FrozenMapping[tuple[str | int, ...], Exact | None]
    last: tuple[int | None, ...]
    provenance: Provenance | None
    at: Location = _at()


@frozen
class Reading:
    """A question that the sources leave open, the answer chosen, and why."""

    name: str
    title: str
    question: str
    kind: ChoiceKind
    chosen: str
    why: str
    affects: tuple[str, ...]
    provenance: Provenance | None
    at: Location = _at()


@frozen
class Term:
    """A named number, condition or choice of the household or of each member."""

    name: str
    title: str
    kind: Kind
    expr: Expr
    of_member: bool
    provenance: Provenance | None
    at: Location = _at()


@frozen
class Outcome:
    """What a decision can come to; `when` is None for `otherwise`."""

    id: str
    title: str
    when: Clause | None
    provenance: Provenance | None
    at: Location = _at()


@frozen
class Decision:
    """The first outcome that holds, or every one that does."""

    name: str
    title: str
    every: bool
    outcomes: tuple[Outcome, ...]
    otherwise: Outcome | None
    disjoint: bool
    at: Location = _at()

    @cached_property
    def options(self) -> FrozenMapping[str, str]:
        """Every outcome's id with its title, `otherwise` last."""
        last = () if self.otherwise is None else (self.otherwise,)
        return FrozenMapping((outcome.id, outcome.title) for outcome in (*self.outcomes, *last))


@frozen
class Note:
    """Something to be known beside the rules."""

    text: str
    provenance: Provenance | None


Definition = Fact | Parameter | Reading | Term | Decision


def exprs_of(definition: Definition) -> tuple[Expr, ...]:
    """What a definition is worked out by: a term's expression, a decision's outcomes, a fact's `if absent`."""
    match definition:
        case Term(expr=expr):
            return (expr,)
        case Decision(outcomes=outcomes):
            return tuple(outcome.when for outcome in outcomes if outcome.when is not None)
        case Fact(if_absent=expr) if expr is not None:
            return (expr,)
        case _:
            return ()


def used_by(definition: Definition) -> tuple[str, ...]:
    """The names that a definition is worked out from."""
    if isinstance(definition, Parameter):
        return definition.by
    return tuple(dict.fromkeys(name for expr in exprs_of(definition) for name in names_in(expr)))


@frozen
class Policy:
    """A policy that has been read, completed by what it extends, and checked: sound, immutable, and safe to share."""

    name: str
    series: str | None
    title: str
    start: date | None
    end: date | None
    units: FrozenMapping[str, str] = field(repr=False)
    sources: FrozenMapping[str, Source] = field(repr=False)
    facts: FrozenMapping[str, Fact] = field(repr=False)
    members: Members = field(repr=False)
    must: tuple[Clause, ...] = field(repr=False)
    parameters: FrozenMapping[str, Parameter] = field(repr=False)
    readings: FrozenMapping[str, Reading] = field(repr=False)
    terms: FrozenMapping[str, Term] = field(repr=False)
    show: tuple[str, ...] = field(repr=False)
    decisions: FrozenMapping[str, Decision] = field(repr=False)
    notes: FrozenMapping[str, Note] = field(repr=False)
    resolved: str = field(repr=False)
    order: tuple[str, ...] = field(default=(), repr=False)  # parameters, terms and decisions, each after what it uses
    fact_order: tuple[str, ...] = field(default=(), repr=False)  # facts, each after what its `if absent` uses
    of_members: frozenset[str] = field(default=frozenset(), repr=False)  # the names that each member has a value of

    @cached_property
    def names(self) -> FrozenMapping[str, Definition]:
        """Everything that a line may name, but for the day `on`."""
        sections = (self.facts, self.members.facts, self.parameters, self.readings, self.terms, self.decisions)
        return FrozenMapping((name, part) for section in sections for name, part in section.items())

    @cached_property
    def uses(self) -> FrozenMapping[str, tuple[str, ...]]:
        """The names that each is worked out from, its own left out."""
        found = ((name, used_by(definition)) for name, definition in self.names.items())
        return FrozenMapping((name, tuple(used for used in names if used != name)) for name, names in found)

    @cached_property
    def category(self) -> Decision:
        """The first decision."""
        return next(iter(self.decisions.values()))

    @cached_property
    def switches(self) -> frozenset[str]:
        """The ids of the clauses that look only at readings and parameters: the same for every household."""
        of_facts = {"on", *self.facts, *self.members.facts}
        for name in self.order:
            if of_facts & set(self.uses[name]):
                of_facts.add(name)
        return frozenset(
            clause.id
            for definition in (*self.terms.values(), *self.decisions.values())
            for expr in exprs_of(definition)
            for clause in walk(expr)
            if isinstance(clause, Clause) and not of_facts & set(names_in(clause))
        )

    @property
    def is_open(self) -> bool:
        """Some parameter has no value yet: the policy can be checked, not applied."""
        return any(not parameter.values for parameter in self.parameters.values())

    @cached_property
    def fingerprint(self) -> str:
        """`v1:` and the SHA-256 of the resolved policy; README says how that is formed."""
        return "v1:" + hashlib.sha256(self.resolved.encode()).hexdigest()

    def with_readings(self, chosen: Mapping[str, str]) -> "Policy":
        """The variant of this policy in which the readings named have the options given; raises `PolicyError`."""
        problems = []
        readings = dict(self.readings)
        resolved = json.loads(self.resolved)
        for name, option in chosen.items():
            path = ("readings", name)
            if (reading := readings.get(name)) is None:
                known = nearest(name, readings)
                problems.append(
                    Problem("unknown_reading", path, given=name, values={**known, "known": ", ".join(readings)})
                )
            elif option not in reading.kind.options:
                options = reading.kind.options
                known = nearest(option, options)
                problems.append(
                    Problem("unknown_option", path, given=option, values={**known, "known": ", ".join(options)})
                )
            else:
                readings[name] = evolve(reading, chosen=option)
                resolved["readings"][name]["chosen"] = option
        if problems:
            raise PolicyError(problems)
        return evolve(self, readings=FrozenMapping(readings), resolved=canonical(resolved))


def canonical(tree: object) -> str:
    """The one text of a tree of texts, lists and mappings."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
