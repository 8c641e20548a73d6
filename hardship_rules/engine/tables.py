"""A policy rewritten for tables: terms instead of facts without a column, and defaults for left-out cells."""

from collections.abc import Collection, Iterator
from datetime import date
from fractions import Fraction
from math import lcm, prod
from typing import cast

from attrs import evolve, field, frozen

from hardship_rules.core.expr import (
    Add,
    Choose,
    Clause,
    Compare,
    Constant,
    Expr,
    Extreme,
    Name,
    Negate,
    OverMembers,
    Round,
    parts_of,
)
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.hosts import plain_value, read_day, shown
from hardship_rules.core.kinds import NumberKind, Unit
from hardship_rules.core.policy import Parameter, Policy, Term, day_problem, per_policy, require_policy
from hardship_rules.core.problem import FactError, Location, PolicyError, Problem
from hardship_rules.core.units import unit_of
from hardship_rules.engine._lower import specialise
from hardship_rules.engine.clauses import Condition
from hardship_rules.engine.defaults import completed_policy, ordered_names
from hardship_rules.engine.evaluate import Lowered, program_of
from hardship_rules.engine.program import Denominator, IntKind, Program, Step

_NOWHERE = Location("", 1, 1)
_HUNDREDTH = Constant(Fraction(1, 100), _NOWHERE)
ROUNDED = "_rounded"  # the suffix of the column of a rounded figure
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
    completed = completed_policy(policy, absent)
    terms = [_figure_term(policy, f"{name} shown", _shown_as(Name(name, _NOWHERE), scales[name])) for name in shown]
    if margin is not None:
        terms.append(_figure_term(policy, _MARGIN, Round("half_up", margin, _HUNDREDTH, _NOWHERE)))
    completed = evolve(completed, terms=FrozenMapping({**completed.terms, **{term.name: term for term in terms}}))
    lowered = Lowered(evolve(completed, order=ordered_names(completed)), policy.switches)  # a default may be constant
    program = specialise(lowered.program(), {name: reading.chosen for name, reading in policy.readings.items()})
    figures = dict[str, str]()
    for name in shown:
        scale = scales[name]
        is_in_scale = scale is not None and program.scales[name] == Denominator(scale)
        figures[_column(name, scale)] = name if is_in_scale else f"{name} shown"
    if margin is not None:
        figures[f"{policy.category.name}_margin{ROUNDED}"] = _MARGIN
    return TablePolicy(lowered, program, FrozenMapping(figures), tuple(fact.name for fact in absent))


@per_policy
def _scales(policy: Policy) -> FrozenMapping[str, int | None]:
    """For each figure the factor that makes it whole with any columns; None where there is none.

    A default may be finer than its fact: of a loan in whole yuan, half of another number.
    """
    programs = [program_of(policy)]
    if policy.stand_ins:
        programs.append(Lowered(completed_policy(policy, policy.stand_ins)).program())
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
