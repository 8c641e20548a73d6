"""What a policy compares its facts with: the numbers, the comparisons of the category, the facts bound by `must`."""

from collections.abc import Iterator, Mapping
from typing import cast

from hardship_rules.core.expr import Clause, Compare, Constant, Elapsed, Expr, Name, names_in, walk
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Fact, Parameter, Policy, exprs_of, per_policy

_MANY = 4
"""A clause that depends on more facts than this cannot be changed by changing each of them."""


@per_policy
def bound_by_must(policy: Policy) -> frozenset[str]:
    """The facts that some `must` constrains."""
    return frozenset(name for clause in policy.must for name in names_in(clause))


@per_policy
def with_default(policy: Policy) -> frozenset[str]:
    """The facts that may be left out because they have a default."""
    facts = {**policy.facts, **policy.members.facts}
    return frozenset(name for name, fact in facts.items() if fact.if_absent is not None)


@per_policy
def thresholds(policy: Policy) -> Mapping[str, set[Exact]]:
    """For each fact, the numbers that the policy compares it with."""
    numbers: dict[str, set[Exact]] = {}
    for definition in policy.names.values():
        for expr in exprs_of(definition):
            for part in walk(expr):
                if isinstance(part, Compare):
                    for name, other in ((part.left, part.right), (part.right, part.left)):
                        number = _constant(policy, other)
                        if isinstance(name, Name) and number is not None:
                            numbers.setdefault(name.name, set()).add(number)
    return numbers


def _constant(policy: Policy, expr: Expr) -> Exact | None:
    """The number of a constant, or of a parameter without `by`."""
    if isinstance(expr, Constant) and not isinstance(expr.value, bool):
        return expr.value
    definition = policy.names.get(expr.name) if isinstance(expr, Name) else None
    return definition.values.get(()) if isinstance(definition, Parameter) else None


def lengths_from(policy: Policy, fact: Fact) -> list[str]:
    """The facts whose default is the time elapsed since a date, such as an age."""
    facts = {**policy.facts, **policy.members.facts}
    return [
        name
        for name, other in facts.items()
        if other.if_absent is not None
        and isinstance(other.if_absent, Elapsed)
        and fact.name in names_in(other.if_absent)
    ]


@per_policy
def comparisons_of_category(policy: Policy) -> tuple[tuple[str, Compare, tuple[str, ...]], ...]:
    """The comparisons of amounts in the category, each with an outcome that it belongs to, and the amounts."""
    comparisons: dict[Compare, tuple[str, Compare, tuple[str, ...]]] = {}
    for outcome in policy.category.outcomes:
        for part in walk_through_terms(policy, cast(Expr, outcome.when)):
            if isinstance(part, Compare) and part not in comparisons and (names := amounts(policy, part)):
                comparisons[part] = (outcome.id, part, names)
    return tuple(comparisons.values())


def walk_through_terms(policy: Policy, expr: Expr) -> Iterator[Expr]:
    """An expression and all its parts, including those of the terms that it names."""
    for part in walk(expr):
        yield part
        definition = policy.names.get(part.name) if isinstance(part, Name) else None
        if definition is not None and not isinstance(definition, Fact):
            for inner in exprs_of(definition):
                yield from walk_through_terms(policy, inner)


def fact_named(policy: Policy, name: str) -> Fact:
    """The fact of that name, of the household or of its members."""
    return policy.facts[name] if name in policy.facts else policy.members.facts[name]


def amounts(policy: Policy, expr: Expr) -> tuple[str, ...]:
    """The facts with decimals (money) that an expression depends on; those bound by `must` first."""
    names = {part.name for part in walk_through_terms(policy, expr) if isinstance(part, Name)}
    facts = {**policy.facts, **policy.members.facts}
    money = [name for name in facts if name in names and _has_decimals(facts[name])]
    return tuple(sorted(money, key=lambda name: name not in bound_by_must(policy)))


def _has_decimals(fact: Fact) -> bool:
    return isinstance(fact.kind, NumberKind) and fact.kind.decimals > 0


@per_policy
def changeable_facts(policy: Policy, clause: Clause) -> tuple[str, ...]:
    """The facts that a clause depends on and that can be changed: no member facts bound by `must`; none if many."""
    names = {part.name for part in walk_through_terms(policy, clause) if isinstance(part, Name)}
    bound = bound_by_must(policy) - set(policy.facts)
    facts = tuple(name for name in policy.fact_order if name in names and name not in bound)
    return facts if len(facts) <= _MANY else ()
