"""Shrinks a counterexample to the smallest household that still is one."""

from collections.abc import Callable, Iterator, Mapping
from time import monotonic
from typing import Any

from hardship_rules.core.kinds import ChoiceKind, NumberKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError, KeyPath
from hardship_rules.proofs._households import Facts

__all__ = ["Facts", "IsCounterexample", "Raised", "raised_between", "shrink_counterexample", "with_raised"]

Raised = dict[KeyPath, Any]
"""The facts that differ in a second household, by their paths."""

IsCounterexample = Callable[[Facts, Raised], bool]

SECONDS = 2.0
_STEPS = (0, 100_000, 10_000, 1_000, 100, 10, 1)


def shrink_counterexample(
    policy: Policy, facts: Facts, raised: Raised, is_counterexample: IsCounterexample, seconds: float = SECONDS
) -> tuple[Facts, Raised]:
    """The smallest counterexample found within some seconds.

    Drops members, then facts, then rounds amounts, as long as `is_counterexample` holds. Facts that were dropped do
    not matter: they can have any value, or take the policy's default.
    """
    until = monotonic() + seconds

    def still(facts: Facts, raised: Raised) -> bool:
        try:
            return monotonic() < until and is_counterexample(facts, raised)
        except FactError:
            return False

    for path in list(raised):
        fewer_raised = {other: value for other, value in raised.items() if other != path}
        if fewer_raised and still(facts, fewer_raised):
            raised = fewer_raised
    for number in reversed(range(1, len(facts["members"]))):
        if not any(path[:2] == ("members", number) for path in raised):
            members = [member for place, member in enumerate(facts["members"]) if place != number]
            renumbered = {_without_member(path, number): value for path, value in raised.items()}
            if still(smaller := {**facts, "members": members}, renumbered):
                facts, raised = smaller, renumbered
    if policy.start is not None and still(earlier := {**facts, "on": policy.start}, raised):
        facts = earlier
    before: Facts = {}
    while before != facts:  # dropping one fact may allow another to be dropped
        before = facts
        for path in _paths(facts):
            if path in raised:
                continue
            if path[-1] not in policy.members.called_by[:1] and still(fewer := _replaced(facts, path, None), raised):
                facts = fewer
                continue
            for value in _simpler_values(policy, path, _value_at(facts, path)):
                if still(simpler := _replaced(facts, path, value), raised):
                    facts = simpler
                    break
    for path, value in list(raised.items()):
        for amount in _simpler_values(policy, path, value):
            if amount > _value_at(facts, path) and still(facts, {**raised, path: amount}):
                raised = {**raised, path: amount}
                break
    return facts, raised


def with_raised(facts: Facts, raised: Mapping[KeyPath, Any]) -> Facts:
    """The second household: the first with some facts replaced."""
    for path, value in raised.items():
        facts = _replaced(facts, path, value)
    return facts


def raised_between(before: Facts, after: Facts) -> Raised:
    """The facts that differ in a second household."""
    return {
        path: _value_at(after, path) for path in _paths(before) if _value_at(after, path) != _value_at(before, path)
    }


def _without_member(path: KeyPath, number: int) -> KeyPath:
    """The path of a fact once a member before it is gone."""
    if path[0] == "members" and isinstance(path[1], int) and path[1] > number:
        return ("members", path[1] - 1, *path[2:])
    return path


def _paths(facts: Facts) -> Iterator[KeyPath]:
    """The paths of all facts: those of the last member first, those of the household last."""
    for number, member in reversed(list(enumerate(facts["members"]))):
        yield from (("members", number, name) for name in list(member))
    yield from ((name,) for name in list(facts) if name not in ("members", "on"))


def _value_at(facts: Facts, path: KeyPath) -> Any:
    holder = facts["members"][path[1]] if path[0] == "members" else facts
    return holder[str(path[-1])]


def _replaced(facts: Facts, path: KeyPath, value: Any) -> Facts:
    """A copy of the household with another value for a fact; None drops the fact."""

    def replaced(holder: Facts) -> Facts:
        rest = {name: old for name, old in holder.items() if name != path[-1] or value is not None}
        return rest if value is None else {**rest, str(path[-1]): value}

    if path[0] != "members":
        return replaced(facts)
    members = [replaced(member) if number == path[1] else member for number, member in enumerate(facts["members"])]
    return {**facts, "members": members}


def _simpler_values(policy: Policy, path: KeyPath, value: Any) -> Iterator[Any]:
    """Values that are simpler than one: zero and round amounts, earlier options, no."""
    fact = policy.names[str(path[-1])]
    if not isinstance(fact, Fact):
        return
    match fact.kind:
        case NumberKind():
            for step in _STEPS:
                for rounded in (int(value // step * step), int(-(-value // step) * step)) if step else (0,):
                    if rounded == value:
                        return
                    yield rounded
        case ChoiceKind(options):
            yield from (option for option in list(options)[: list(options).index(value)])
        case _:
            if value is True:
                yield False
