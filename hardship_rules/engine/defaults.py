"""Defaults as part of a policy: a policy rewritten so that the defaults of facts are terms."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, cast, get_args

import attrs
from attrs import evolve

from hardship_rules.core.expr import (
    AllOf,
    Choose,
    Clause,
    Compare,
    Constant,
    Expr,
    Extreme,
    Name,
    Not,
    Option,
    OverMembers,
    names_in,
)
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BOOLEAN, EARLIEST, BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.core.policy import Fact, Policy, Term, per_policy, used_by

DERIVED_OUTSIDE = "derived_outside "  # the prefix of the id of the `must` that a default lies in its range


def completed_policy(policy: Policy, absent: Collection[Fact], unheld: Callable[[str], str] | None = None) -> Policy:
    """The policy in which facts without a column are terms: their defaults.

    What they are where a `must` takes no notice of a default is unknown, or with `unheld` a fact of that name.
    """
    terms, unknown = dict[str, Term](), dict[str, Fact]()
    of_members = set(policy.of_members)
    for fact in absent:
        never_given = unknown_column(fact.name)
        not_held = never_given if unheld is None else unheld(fact.name)
        for name in (never_given, not_held):
            unknown[name] = evolve(fact, name=name, if_absent=None)
        for name, expr in _default_terms(fact, absent, not_held).items():
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
    return evolve(completed, order=ordered_names(completed))


def ordered_names(policy: Policy) -> tuple[str, ...]:
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


def _default_terms(fact: Fact, absent: Collection[Fact], not_held: str) -> dict[str, Expr]:
    """The terms that replace a fact without a column.

    `NAME` is its default, of a number within its range; `NAME found` is the default of a number as computed.
    `NAME held` is its value in a `must`: there a constant default is unknown, as it says nothing about the household;
    the fact `not_held` is in its place.
    """
    renamed = {fact.name: unknown_column(fact.name)}
    default = cast(Expr, _renamed(cast(Expr, fact.if_absent), renamed))
    held = {other.name: f"{other.name} held" for other in absent if other is not fact}
    without = cast(Expr, _renamed(_without_constants(default, Name(not_held, fact.at)), held))
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


@per_policy
def written_policy(policy: Policy) -> Policy:
    """The policy for households as they are written: each fact with a default is stated or left out.

    Such a fact has a `stated_column`, a `left_out_column`, an `unknown_column`, its value where the default has none,
    and an `unheld_column`, its value where a `must` takes no notice of the default.
    The fact is a term, its value; its `known_term` is whether that is known, and its `held_term` whether a `must`
    knows it.
    """
    names = [fact.name for fact in policy.stand_ins]
    split = with_left_out(policy, names)
    facts = {name: cast(Fact, split.names[name]) for name in names}
    completed = completed_policy(split, list(facts.values()), unheld_column)
    terms, of_members = dict(completed.terms), set(completed.of_members)
    for name, fact in facts.items():
        default, held = cast(Expr, fact.if_absent), f"{name} held"
        conditions = {known_term(name): _known(default, name), held_term(name): _held(fact, facts)}
        for term, condition in conditions.items():
            terms[term] = Term(term, fact.title, BOOLEAN, condition, fact.of_member, None, fact.at)
            of_members |= {term} if fact.of_member else set()
        case = (Name(held_term(name), fact.at), terms[held].expr)
        terms[held] = evolve(terms[held], expr=Choose((case,), Name(unheld_column(name), fact.at), fact.at))
    completed = evolve(completed, terms=FrozenMapping(terms), of_members=frozenset(of_members))
    return evolve(completed, order=ordered_names(completed))


def unknown_column(name: str) -> str:
    """The value of a fact wherever its default leaves it unknown."""
    return f"{name} unknown"


def unheld_column(name: str) -> str:
    """The value of a fact in a `must` that takes no notice of its default."""
    return f"{name} unheld"


def known_term(name: str) -> str:
    """The term that a fact is stated, or has a default that gives it a value."""
    return f"{name} known"


def held_term(name: str) -> str:
    """The term that a `must` knows a fact: it is stated, or computed from others; a constant says nothing there."""
    return f"{name} is held"


def _held(fact: Fact, facts: Mapping[str, Fact]) -> Expr:
    """Whether a `must` knows a fact: it is stated, or computed from facts that it knows."""
    at = fact.at

    def not_held(expr: Expr) -> list[tuple[Expr, Expr]]:
        """A case for each fact that an expression uses and a `must` does not know."""
        cases: list[tuple[Expr, Expr]] = []
        for name in dict.fromkeys(names_in(expr)):
            if name in facts and name != fact.name:
                held: Expr = Name(held_term(name), at)
                if facts[name].of_member and not fact.of_member:
                    held = OverMembers("each", None, held, at)
                cases.append((Not(held, at), Constant(value=False, at=at)))
        return cases

    def held(expr: Expr) -> Expr:
        if isinstance(expr, Choose):
            cases = [case for when, result in expr.cases for case in (*not_held(when), (when, held(result)))]
            return Choose(tuple(cases), held(cast(Expr, expr.otherwise)), at)
        if isinstance(expr, Constant | Option) or (isinstance(expr, Name) and expr.name == fact.name):
            return Constant(value=False, at=at)
        cases = not_held(expr)
        return Choose(tuple(cases), Constant(value=True, at=at), at) if cases else Constant(value=True, at=at)

    return held(cast(Expr, fact.if_absent))


def _known(default: Expr, name: str) -> Expr:
    """Whether a default gives a fact a value; where it does not, it is the fact again."""
    if isinstance(default, Choose):
        cases = tuple((when, _known(result, name)) for when, result in default.cases)
        return Choose(cases, _known(cast(Expr, default.otherwise), name), default.at)
    return Constant(not (isinstance(default, Name) and default.name == name), default.at)


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
