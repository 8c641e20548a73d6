"""Where a policy looks closely: the facts that its `must` ties together, the numbers and lines it compares with."""

from collections.abc import Iterator, Mapping
from typing import cast

from hardship_rules.core.expr import Clause, Compare, Constant, Elapsed, Expr, Name, names_in, walk
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Fact, Parameter, Policy, exprs_of, per_policy


@per_policy
def tied(policy: Policy) -> frozenset[str]:
    """The facts that some `must` speaks of."""
    return frozenset(name for clause in policy.must for name in names_in(clause))


@per_policy
def stands_in(policy: Policy) -> frozenset[str]:
    """The facts that may be left out, since the policy says what stands in for them."""
    facts = {**policy.facts, **policy.members.facts}
    return frozenset(name for name, fact in facts.items() if fact.if_absent is not None)


@per_policy
def thresholds(policy: Policy) -> Mapping[str, set[Exact]]:
    """For each fact, the numbers that the policy compares it with."""
    found: dict[str, set[Exact]] = {}
    for definition in policy.names.values():
        for expr in exprs_of(definition):
            for part in walk(expr):
                if isinstance(part, Compare):
                    for name, other in ((part.left, part.right), (part.right, part.left)):
                        number = _constant(policy, other)
                        if isinstance(name, Name) and number is not None:
                            found.setdefault(name.name, set()).add(number)
    return found


def _constant(policy: Policy, expr: Expr) -> Exact | None:
    """The number of a constant, or of a parameter that goes by nothing."""
    if isinstance(expr, Constant) and not isinstance(expr.value, bool):
        return expr.value
    definition = policy.names.get(expr.name) if isinstance(expr, Name) else None
    return definition.values.get(()) if isinstance(definition, Parameter) else None


def lengths_from(policy: Policy, fact: Fact) -> list[str]:
    """The facts that stand in for themselves as a length of time from a date."""
    lengths = {**policy.facts, **policy.members.facts}
    return [
        name
        for name, other in lengths.items()
        if other.if_absent is not None
        and isinstance(other.if_absent, Elapsed)
        and fact.name in names_in(other.if_absent)
    ]


@per_policy
def lines_of(policy: Policy) -> tuple[tuple[str, Compare, tuple[str, ...]], ...]:
    """The comparisons of the category that amounts go into, with an outcome that each belongs to, and the amounts."""
    found: dict[Compare, tuple[str, Compare, tuple[str, ...]]] = {}
    for outcome in policy.category.outcomes:
        for part in deep(policy, cast(Expr, outcome.when)):
            if isinstance(part, Compare) and part not in found and (names := amounts(policy, part)):
                found[part] = (outcome.id, part, names)
    return tuple(found.values())


def deep(policy: Policy, expr: Expr) -> Iterator[Expr]:
    """An expression and everything inside it, through the terms that it names."""
    for part in walk(expr):
        yield part
        definition = policy.names.get(part.name) if isinstance(part, Name) else None
        if definition is not None and not isinstance(definition, Fact):
            for inner in exprs_of(definition):
                yield from deep(policy, inner)


def fact_named(policy: Policy, name: str) -> Fact:
    """The household's or the members' fact of that name."""
    return policy.facts[name] if name in policy.facts else policy.members.facts[name]


def amounts(policy: Policy, expr: Expr) -> tuple[str, ...]:
    """The facts in small steps (money) that an expression is worked out from; those of `must` first."""
    names = {part.name for part in deep(policy, expr) if isinstance(part, Name)}
    facts = {**policy.facts, **policy.members.facts}
    money = [name for name in facts if name in names and _in_small_steps(facts[name])]
    return tuple(sorted(money, key=lambda name: name not in tied(policy)))


def _in_small_steps(fact: Fact) -> bool:
    return isinstance(fact.kind, NumberKind) and fact.kind.decimals > 0


@per_policy
def free(policy: Policy, clause: Clause) -> tuple[str, ...]:
    """The few facts that a clause rests on, of members those that `must` leaves free; none where it rests on many."""
    names = {part.name for part in deep(policy, clause) if isinstance(part, Name)}
    bound = tied(policy) - set(policy.facts)
    found = [name for name in policy.fact_order if name in names and name not in bound]
    return tuple(found) if len(found) <= 4 else ()
