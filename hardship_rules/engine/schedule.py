"""The phases in which a policy is computed over two tables, one of members and one of households."""

from collections.abc import Collection, Iterator

from attrs import frozen

from hardship_rules.core.expr import Expr, Name, OverMembers, names_in, parts_of, walk
from hardship_rules.core.policy import Parameter, Policy, exprs_of, used_by


@frozen
class Phase:
    """One phase: definitions of each member, then aggregates over the members, then definitions of the household."""

    of_members: tuple[str, ...]
    sums: tuple[OverMembers, ...]
    of_household: tuple[str, ...]


def needed(policy: Policy, wanted: Collection[str]) -> tuple[str, ...]:
    """The definitions that some names or a `must` depend on, these names included, in the policy's order."""
    names: set[str] = set()
    pending = [*wanted, *(name for clause in policy.must for name in names_in(clause))]
    while pending:
        name = pending.pop()
        if name not in names and name != "on":
            names.add(name)
            pending += used_by(policy.names[name])
    return tuple(name for name in policy.order if name in names)


def phases(policy: Policy, names: Collection[str]) -> tuple[Phase, ...]:
    """The phases that compute parameters, terms, decisions and the aggregates of every `must`."""
    pending = dict.fromkeys(names)
    pending_sums = {
        part: None
        for expr in (*(expr for name in names for expr in exprs_of(policy.names[name])), *policy.must)
        for part in walk(expr)
        if isinstance(part, OverMembers)
    }
    computed_sums: set[OverMembers] = set()
    phases: list[Phase] = []

    def ready(*, of_members: bool) -> Iterator[str]:
        """The definitions of members, or of the household, whose inputs are computed, each after what it uses."""
        for name in list(pending):
            is_ready = not set(_inputs(policy, name, computed_sums)) & pending.keys()
            if (name in policy.of_members) is of_members and is_ready:
                del pending[name]
                yield name

    while pending or pending_sums or not phases:
        count = len(pending) + len(pending_sums)
        of_members = tuple(ready(of_members=True))
        sums = tuple(aggregate for aggregate in pending_sums if not set(names_in(aggregate)) & pending.keys())
        computed_sums.update(sums)
        pending_sums = {aggregate: None for aggregate in pending_sums if aggregate not in computed_sums}
        phases.append(Phase(of_members, sums, tuple(ready(of_members=False))))
        if len(pending) + len(pending_sums) == count and count:
            raise RuntimeError(pending)  # a checked policy has no cycles
    return tuple(phases)


def _inputs(policy: Policy, name: str, computed_sums: Collection[OverMembers]) -> Iterator[str]:
    """The names that a definition depends on.

    An aggregate that is not computed yet counts as the definition itself, which therefore has to wait.
    """
    definition = policy.names[name]
    if isinstance(definition, Parameter):
        yield from definition.by
    for expr in exprs_of(definition):
        yield from _inputs_of(expr, computed_sums, name)


def _inputs_of(expr: Expr, computed_sums: Collection[OverMembers], name: str) -> Iterator[str]:
    if isinstance(expr, Name):
        yield expr.name
    elif isinstance(expr, OverMembers):
        if expr not in computed_sums:
            yield name
    else:
        for part in parts_of(expr):
            yield from _inputs_of(part, computed_sums, name)
