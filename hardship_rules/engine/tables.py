"""A policy rewritten for tables: terms instead of facts without a column, and defaults for left-out cells."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from fractions import Fraction
from math import lcm, prod
from typing import Any, cast, get_args

import attrs
from attrs import evolve, field, frozen

from hardship_rules.core.expr import (
    Add,
    AllOf,
    Choose,
    Clause,
    Compare,
    Constant,
    Expr,
    Extreme,
    Name,
    Negate,
    Not,
    Option,
    OverMembers,
    Round,
    parts_of,
)
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.hosts import plain_value, read_day, shown
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BOOLEAN, EARLIEST, BooleanKind, ChoiceKind, DateKind, NumberKind, Unit
from hardship_rules.core.policy import Fact, Parameter, Policy, Term, day_problem, per_policy, require_policy, used_by
from hardship_rules.core.problem import FactError, Location, PolicyError, Problem
from hardship_rules.core.units import unit_of
from hardship_rules.engine._lower import specialise
from hardship_rules.engine.clauses import Condition
from hardship_rules.engine.evaluate import Lowered, program_of
from hardship_rules.engine.program import Denominator, IntKind, Program, Step

_NOWHERE = Location("", 1, 1)
_HUNDREDTH = Constant(Fraction(1, 100), _NOWHERE)
ROUNDED = "_rounded"  # the suffix of the column of a rounded figure
DERIVED_OUTSIDE = "derived_outside "  # the prefix of the id of the `must` that a default lies in its range
_LARGEST = 2**63 - 1  # of a column of integers
_MARGIN = "margin rounded"  # a name with a space, which no policy can have


@frozen
class TablePolicy:
    """The program of a policy for tables that have columns for only some of its facts; its readings are folded.

    `figures` are the output columns, each with the name of its number (in hundredths where it ends in `_rounded`).
    `stand_ins` are the facts without a column that have a default.
    """

    lowered: Lowered = field(repr=False)
    program: Program = field(repr=False)
    figures: FrozenMapping[str, str]
    stand_ins: tuple[str, ...]

    def clause(self, clause: Clause) -> Condition:
        """A clause of the policy with the conditions that it is made of."""
        return self.lowered.structure(clause)


def table_policy(policy: Policy, columns: Collection[str]) -> TablePolicy:
    """The program for tables with columns of these facts."""
    shown = _shown(policy)
    margin = _margin(policy, shown)
    scales = _scales(policy)
    absent = [fact for fact in policy.stand_ins if fact.name not in columns]
    completed = _completed(policy, absent)
    terms = [_figure_term(policy, f"{name} shown", _shown_as(Name(name, _NOWHERE), scales[name])) for name in shown]
    if margin is not None:
        terms.append(_figure_term(policy, _MARGIN, Round("half_up", margin, _HUNDREDTH, _NOWHERE)))
    completed = evolve(completed, terms=FrozenMapping({**completed.terms, **{term.name: term for term in terms}}))
    lowered = Lowered(evolve(completed, order=_ordered(completed)), policy.switches)  # a default may be constant
    program = specialise(lowered.program(), {name: reading.chosen for name, reading in policy.readings.items()})
    figures = dict[str, str]()
    for name in shown:
        scale = scales[name]
        is_in_scale = scale is not None and program.scales[name] == Denominator(scale)
        figures[_column(name, scale)] = name if is_in_scale else f"{name} shown"
    if margin is not None:
        figures[f"{policy.category.name}_margin{ROUNDED}"] = _MARGIN
    return TablePolicy(lowered, program, FrozenMapping(figures), tuple(fact.name for fact in absent))


def _completed(policy: Policy, absent: Collection[Fact]) -> Policy:
    """The policy in which facts without a column are terms: their defaults."""
    terms, unknown = dict[str, Term](), dict[str, Fact]()
    of_members = set(policy.of_members)
    for fact in absent:
        never_given = f"{fact.name} unknown"
        unknown[never_given] = evolve(fact, name=never_given, if_absent=None)
        for name, expr in _default_terms(fact, absent).items():
            terms[name] = Term(name, fact.title, fact.kind, expr, fact.of_member, None, fact.at)
            of_members |= {name} if fact.of_member else set()
    numbers = [fact for fact in absent if isinstance(fact.kind, NumberKind)]
    held = {fact.name: f"{fact.name} held" for fact in absent}
    facts = {name: fact for name, fact in policy.facts.items() if name not in held}
    member_facts = {name: fact for name, fact in policy.members.facts.items() if name not in held}
    facts |= {name: fact for name, fact in unknown.items() if not fact.of_member}
    member_facts |= {name: fact for name, fact in unknown.items() if fact.of_member}
    completed = evolve(
        policy,
        facts=FrozenMapping(facts),
        members=evolve(policy.members, facts=FrozenMapping(member_facts)),
        must=(*map(_in_range, numbers), *(cast(Clause, _renamed(clause, held)) for clause in policy.must)),
        terms=FrozenMapping(terms | dict(policy.terms)),
        of_members=frozenset(of_members),
    )
    return evolve(completed, order=_ordered(completed))


@per_policy
def _scales(policy: Policy) -> FrozenMapping[str, int | None]:
    """For each figure the factor that makes it whole with any columns; None where there is none.

    A default may be finer than its fact: of a loan in whole yuan, half of another number.
    """
    programs = [program_of(policy)]
    if policy.stand_ins:
        programs.append(Lowered(_completed(policy, policy.stand_ins)).program())
    scales = dict[str, int | None]()
    for name in _shown(policy):
        denominators = [program.scales[name] for program in programs]
        constants = [over.number for over in denominators if not over.factors]
        scales[name] = lcm(*constants) if len(constants) == len(denominators) else None
    return FrozenMapping(scales)


@per_policy
def prepared_table_policy(policy: Policy, facts: frozenset[str]) -> TablePolicy:
    """The program for tables with columns of these facts. Raises `PolicyError` where a number could leave 64 bits."""
    prepared = table_policy(policy, facts)
    wide = {name: reached for name, reached in magnitudes(policy, prepared.program).items() if reached > _LARGEST}
    if wide:
        raise PolicyError(
            Problem("leaves_int64", (name,), given=name, values={"largest": f"{reached:.1e}"})
            for name, reached in wide.items()
        )
    return prepared


def magnitudes(policy: Policy, program: Program) -> dict[str, int]:
    """The largest magnitude that a table may reach inside each name or `must`, in any order of evaluation."""
    named = {name: [step] for name, step in (*program.names.items(), *program.must.items())}
    for name, decision in policy.decisions.items():
        if decision.every:
            named[name] = [program.clauses[f"{name}.{outcome.id}"] for outcome in decision.outcomes]
    apart = {step for steps in named.values() for step in steps}  # what a name uses is counted with that name
    inside: list[int] = []
    for step in program.steps:
        inside.append(max((_size(program, step), *(inside[part] for part in step.args if part not in apart))))
    return {name: max(inside[step] for step in steps) for name, steps in named.items()}


def _size(program: Program, step: Step) -> int:
    """The largest magnitude of a step and of the partial results that its parts can make in any order."""
    if not isinstance(step.kind, IntKind):
        return 0
    parts = [program.steps[part].kind for part in step.args]
    magnitudes = [max(abs(part.low), abs(part.high)) for part in parts if isinstance(part, IntKind)]
    match step.op:
        case "add":
            return sum(magnitudes)
        case "mul":
            return prod(max(1, magnitude) for magnitude in magnitudes)
        case "div":
            over, by = magnitudes
            return over + by if step.data == "up" else 2 * over + by if step.data == "half_up" else max(over, by)
        case _:
            return max(abs(step.kind.low), abs(step.kind.high))


def day_in_window(policy: Policy, on: date | str | None) -> date | None:
    """The day of a verdict, given as a date or a text; None where it is not given.

    Raises `FactError` for what is no day and for a day outside the policy's window.
    """
    require_policy(policy)
    day = None if plain_value(on) is None else read_day(on)
    if isinstance(day, str):
        raise FactError([Problem(day, ("on",), given=shown(on))])
    if day is not None and (problem := day_problem(policy, day)) is not None:
        raise FactError([problem])
    return day


def _ordered(policy: Policy) -> tuple[str, ...]:
    """Parameters, terms and decisions, each after what it uses."""
    ordered: dict[str, None] = {}

    def visit(name: str) -> None:
        definition = policy.names.get(name)
        if name in ordered or definition is None or isinstance(definition, Fact):
            return
        for used in used_by(definition):
            if used != name:
                visit(used)
        if name not in policy.readings:
            ordered[name] = None

    for name in (*policy.parameters, *policy.terms, *policy.decisions):
        visit(name)
    return tuple(ordered)


# Defaults of facts without a column


def _default_terms(fact: Fact, absent: Collection[Fact]) -> dict[str, Expr]:
    """The terms that replace a fact without a column.

    `NAME` is its default, of a number within its range; `NAME found` is the default of a number as computed.
    `NAME held` is its value in a `must`: there a constant default is unknown, as it says nothing about the household.
    """
    renamed = {fact.name: f"{fact.name} unknown"}
    default = cast(Expr, _renamed(cast(Expr, fact.if_absent), renamed))
    unknown = Name(renamed[fact.name], fact.at)
    held = {other.name: f"{other.name} held" for other in absent if other is not fact}
    without = cast(Expr, _renamed(_without_constants(default, unknown), held))
    if not isinstance(fact.kind, NumberKind):
        return {fact.name: default, f"{fact.name} held": without}
    return {
        f"{fact.name} found": default,
        fact.name: _within(Name(f"{fact.name} found", fact.at), fact.kind),
        f"{fact.name} held": _within(without, fact.kind),
    }


def _within(expr: Expr, kind: NumberKind) -> Expr:
    """A number limited to the range of its fact."""
    at = expr.at
    below = Extreme("min", (expr, Constant(cast(Exact, kind.high), at)), at)
    return Extreme("max", (below, Constant(cast(Exact, kind.low), at)), at)


def _in_range(fact: Fact) -> Clause:
    """The `must` that the default of a fact lies in its range, for each member if it is a fact of members."""
    kind, at, default = cast(NumberKind, fact.kind), fact.at, Name(f"{fact.name} found", fact.at)
    lines = {
        "from": Compare(default, ">=", Constant(cast(Exact, kind.low), at), at),
        "to": Compare(default, "<=", Constant(cast(Exact, kind.high), at), at),
    }
    clauses = [Clause(f"{DERIVED_OUTSIDE}{fact.name} {end}", "", "", None, line, "", at) for end, line in lines.items()]
    inside = AllOf(tuple(clauses), at)
    when = OverMembers("each", None, inside, at) if fact.of_member else inside
    return Clause(f"{DERIVED_OUTSIDE}{fact.name}", "", "", None, when, "", at)


def _without_constants(expr: Expr, unknown: Name) -> Expr:
    """A default with the fact unknown wherever it would be a constant."""
    if isinstance(expr, Constant | Option):
        return unknown
    if isinstance(expr, Choose):
        cases = tuple((when, _without_constants(result, unknown)) for when, result in expr.cases)
        otherwise = None if expr.otherwise is None else _without_constants(expr.otherwise, unknown)
        return Choose(cases, otherwise, expr.at)
    return expr


def _renamed(part: Any, to: Mapping[str, str]) -> Any:
    """An expression with some of its names replaced."""
    if isinstance(part, Name):
        return evolve(part, name=to.get(part.name, part.name))
    if isinstance(part, tuple):
        return tuple(_renamed(inner, to) for inner in part)
    if isinstance(part, get_args(Expr)):
        names = [attribute.name for attribute in attrs.fields(type(part))]
        return evolve(part, **{name: _renamed(getattr(part, name), to) for name in names})
    return part


# Figures


def _shown(policy: Policy) -> tuple[str, ...]:
    """The numbers of the household that explanations begin with; where the policy names none, all of its terms."""
    names = policy.show or tuple(policy.terms)
    return tuple(name for name in names if _is_figure(policy, name))


def _is_figure(policy: Policy, name: str) -> bool:
    definition = policy.names[name]
    of_household = isinstance(definition, Term | Parameter) and name not in policy.of_members
    return of_household and isinstance(cast(Term, definition).kind, NumberKind)


def _figure_term(policy: Policy, name: str, expr: Expr) -> Term:
    return Term(name, name, NumberKind(unit_of(expr, policy) if name != _MARGIN else None), expr, False, None, _NOWHERE)  # noqa: FBT003  # a term of the household


def _shown_as(number: Expr, scale: int | None) -> Expr:
    """A number in whole parts of `scale`; without a scale, to hundredths with halves rounded away from zero."""
    if scale is not None:
        return Round("floor", number, Constant(Fraction(1, scale), _NOWHERE), _NOWHERE)
    below = Compare(number, "<", Constant(0, _NOWHERE), _NOWHERE)
    size = Round("half_up", Extreme("max", (number, Negate(number, _NOWHERE)), _NOWHERE), _HUNDREDTH, _NOWHERE)
    return Choose(((below, Negate(size, _NOWHERE)),), size, _NOWHERE)


def margin_unit(policy: Policy) -> Unit | None:
    """The unit of the margin; None where there is no margin, or it is a pure number."""
    margin = _margin(policy, _shown(policy))
    return None if margin is None else unit_of(margin, policy)


def _margin(policy: Policy, shown: tuple[str, ...]) -> Expr | None:
    """The margin: the distance from the nearest threshold of the category that a shown figure is compared with.

    Thresholds in another unit than the first one are left out; None where there is no threshold.
    """
    pairs: dict[tuple[Expr, Expr], None] = {}
    for clause in (outcome.when for outcome in policy.category.outcomes):
        for part in _walk_through_terms(policy, cast(Clause, clause)):
            if isinstance(part, Compare) and any(
                isinstance(side, Name) and side.name in shown and side.name in policy.terms
                for side in (part.left, part.right)
            ):
                pairs[part.left, part.right] = None
    units = [unit_of(left, policy) or unit_of(right, policy) for left, right in pairs]
    distances: list[Expr] = []
    for (left, right), unit in zip(pairs, units, strict=True):
        if unit == units[0]:
            difference = Add((left, Negate(right, _NOWHERE)), _NOWHERE)
            distances.append(Extreme("max", (difference, Negate(difference, _NOWHERE)), _NOWHERE))
    return Extreme("min", tuple(distances), _NOWHERE) if distances else None


def _walk_through_terms(policy: Policy, expr: Expr) -> Iterator[Expr]:
    """An expression and its parts, also in the terms of the household that it names; not inside sums over members."""
    yield expr
    term = policy.names.get(expr.name) if isinstance(expr, Name) else None
    if isinstance(term, Term) and not term.of_member:
        yield from _walk_through_terms(policy, term.expr)
    elif not isinstance(expr, OverMembers):
        for part in parts_of(expr):
            yield from _walk_through_terms(policy, part)


def _column(name: str, scale: int | None) -> str:
    """The column of a figure: its name, with `_x100` if it is in hundredths, or with `_rounded` without a scale."""
    if scale is None:
        return name + ROUNDED
    return name if scale == 1 else f"{name}_x{scale}"


# Facts that are left out in some rows


def left_out_column(name: str) -> str:
    """The boolean column of the rows in which a fact is left out; no name of a policy has a space in it."""
    return f"{name} left out"


def stated_column(name: str) -> str:
    """The column of a fact's values in the rows in which it is not left out."""
    return f"{name} stated"


def with_left_out(policy: Policy, names: Collection[str]) -> Policy:
    """The policy for tables in which these facts, all with a default, are left out in some rows.

    Such a fact has a `stated_column` and a `left_out_column` instead of its own. Its default becomes the stated value,
    or the former default where it is left out; what is stated there is ignored.
    """

    def replaced_facts(facts: FrozenMapping[str, Fact]) -> FrozenMapping[str, Fact]:
        replaced = dict(facts)
        for name, fact in facts.items():
            if name in names and fact.if_absent is not None:
                replaced[name] = evolve(fact, if_absent=_first_stated(fact, fact.if_absent))
                replaced[stated_column(name)] = evolve(fact, name=stated_column(name), if_absent=None)
                replaced[left_out_column(name)] = evolve(fact, name=left_out_column(name), kind=BOOLEAN, if_absent=None)
        return FrozenMapping(replaced)

    members = evolve(policy.members, facts=replaced_facts(policy.members.facts))
    return evolve(policy, facts=replaced_facts(policy.facts), members=members)


def _first_stated(fact: Fact, expr: Expr) -> Expr:
    """The stated value where the fact is not left out, else its former default."""
    stated = (Not(Name(left_out_column(fact.name), fact.at), fact.at), Name(stated_column(fact.name), fact.at))
    if isinstance(expr, Choose):
        return Choose((stated, *expr.cases), expr.otherwise, fact.at)
    return Choose((stated,), expr, fact.at)


def any_value(fact: Fact) -> "str | bool | int | float | date":
    """Some valid value of a fact, for ignored cells, since a null would mean an unknown fact."""
    match fact.kind:
        case NumberKind(low=low, decimals=decimals):
            return float(cast(Exact, low)) if decimals else int(cast(Exact, low))
        case ChoiceKind(options):
            return next(iter(options))
        case BooleanKind():
            return False
        case DateKind():
            return EARLIEST
