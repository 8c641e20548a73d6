"""In which turns a policy is worked out on a table of members and one of households, and what a turn hands on."""

from collections.abc import Collection, Iterator

from attrs import frozen

from hardship_rules.core.expr import Expr, Name, OverMembers, names_in, parts_of, walk
from hardship_rules.core.policy import Parameter, Policy, exprs_of, used_by


@frozen
class Turn:
    """What can be worked out of each member, then said of all members, then worked out of the household."""

    of_members: tuple[str, ...]
    sums: tuple[OverMembers, ...]
    of_household: tuple[str, ...]


def needed(policy: Policy, wanted: Collection[str]) -> tuple[str, ...]:
    """What is wanted, what its `must` needs, and all that these are worked out from; as the policy orders it."""
    found: set[str] = set()
    left = [*wanted, *(name for clause in policy.must for name in names_in(clause))]
    while left:
        name = left.pop()
        if name not in found and name != "on":
            found.add(name)
            left += used_by(policy.names[name])
    return tuple(name for name in policy.order if name in found)


def turns(policy: Policy, names: Collection[str]) -> tuple[Turn, ...]:
    """The turns in which parameters, terms and decisions, and its `must`, are worked out."""
    left = dict.fromkeys(names)
    sums_left = {
        part: None
        for expr in (*(expr for name in names for expr in exprs_of(policy.names[name])), *policy.must)
        for part in walk(expr)
        if isinstance(part, OverMembers)
    }
    added: set[OverMembers] = set()
    found: list[Turn] = []

    def side(*, of_members: bool) -> Iterator[str]:
        """What can be worked out on one side, each after what it uses."""
        for name in list(left):
            if (name in policy.of_members) is of_members and not (set(_looked_at(policy, name, added)) & left.keys()):
                del left[name]
                yield name

    while left or sums_left or not found:
        before = len(left) + len(sums_left)
        of_members = tuple(side(of_members=True))
        sums = tuple(each for each in sums_left if not set(names_in(each)) & left.keys())
        added.update(sums)
        sums_left = {each: None for each in sums_left if each not in added}
        found.append(Turn(of_members, sums, tuple(side(of_members=False))))
        if len(left) + len(sums_left) == before and before:
            raise RuntimeError(left)  # a checked policy has no cycles
    return tuple(found)


def _looked_at(policy: Policy, name: str, added: Collection[OverMembers]) -> Iterator[str]:
    """The names that must be there for it; of what is said of all members, those where it has not been said yet."""
    definition = policy.names[name]
    if isinstance(definition, Parameter):
        yield from definition.by
    for expr in exprs_of(definition):
        yield from _outside(expr, added, name)


def _outside(expr: Expr, added: Collection[OverMembers], name: str) -> Iterator[str]:
    if isinstance(expr, Name):
        yield expr.name
    elif isinstance(expr, OverMembers):
        if expr not in added:
            yield name
    else:
        for part in parts_of(expr):
            yield from _outside(part, added, name)
