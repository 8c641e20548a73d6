"""Shrinking a counterexample to the smallest household that still is one."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from hardship_rules.core.kinds import ChoiceKind, NumberKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError, KeyPath
from hardship_rules.proofs._households import Facts

__all__ = ["Facts", "IsCounterexample", "Raised", "raised_between", "shrink_counterexample", "with_raised"]

Raised = dict[KeyPath, Any]
"""The facts that differ in a second household, by their paths."""

IsCounterexample = Callable[[Facts, Raised], bool]

ASSESSMENTS = 1000
"""So many households are tried for one counterexample."""
_A_DAY = date(2020, 1, 1)  # for a policy that is in force without a beginning
_STEPS = (0, 100_000, 10_000, 1_000, 100, 10, 1)


def shrink_counterexample(
    policy: Policy, facts: Facts, raised: Raised, is_counterexample: IsCounterexample, at_most: int = ASSESSMENTS
) -> tuple[Facts, Raised]:
    """The smallest counterexample found by trying at most so many smaller households.

    Drops members, then facts, then rounds amounts, as long as `is_counterexample` holds. Facts that were dropped do
    not matter: they can have any value, or take the policy's default.
    """
    tried = 0

    def is_still_one(facts: Facts, raised: Raised) -> bool:
        nonlocal tried
        tried += 1
        try:
            return tried <= at_most and is_counterexample(facts, raised)
        except FactError:
            return False

    for path in list(raised):
        fewer_raised = {other: value for other, value in raised.items() if other != path}
        if fewer_raised and is_still_one(facts, fewer_raised):
            raised = fewer_raised
    for number in reversed(range(len(facts["members"]))):
        if len(facts["members"]) > 1 and not any(path[:2] == ("members", number) for path in raised):
            members = [member for place, member in enumerate(facts["members"]) if place != number]
            renumbered = {_without_member(path, number): value for path, value in raised.items()}
            if is_still_one(smaller := {**facts, "members": members}, renumbered):
                facts, raised = smaller, renumbered
    if is_still_one(earlier := {**facts, "on": policy.start or _A_DAY}, raised):
        facts = earlier
    previous: Facts = {}
    while previous != facts:  # dropping one fact may allow another to be dropped
        previous = facts
        for path in paths_of(facts):
            if path in raised:
                continue
            if path[-1] not in policy.members.called_by[:1] and is_still_one(fewer := _without(facts, path), raised):
                facts = fewer
                continue
            for value in _simpler_values(policy, path, _value_at(facts, path)):
                if is_still_one(simpler := with_value(facts, path, value), raised):
                    facts = simpler
                    break
    for path, value in list(raised.items()):
        for amount in _simpler_values(policy, path, value):
            if amount > _value_at(facts, path) and is_still_one(facts, {**raised, path: amount}):
                raised = {**raised, path: amount}
                break
    return facts, raised


def with_raised(facts: Facts, raised: Mapping[KeyPath, Any]) -> Facts:
    """The second household: the first with some facts replaced."""
    for path, value in raised.items():
        facts = with_value(facts, path, value)
    return facts


def raised_between(before: Facts, after: Facts) -> Raised:
    """The facts that differ in a second household."""
    return {
        path: _value_at(after, path) for path in paths_of(before) if _value_at(after, path) != _value_at(before, path)
    }


def _without_member(path: KeyPath, number: int) -> KeyPath:
    """The path of a fact once a member before it is gone."""
    if path[0] == "members" and isinstance(path[1], int) and path[1] > number:
        return ("members", path[1] - 1, *path[2:])
    return path


def paths_of(facts: Facts) -> Iterator[KeyPath]:
    """The paths of all facts: those of the last member first, those of the household last."""
    for number, member in reversed(list(enumerate(facts["members"]))):
        yield from (("members", number, name) for name in list(member))
    yield from ((name,) for name in list(facts) if name not in ("members", "on"))


def _value_at(facts: Facts, path: KeyPath) -> Any:
    holder = facts["members"][path[1]] if path[0] == "members" else facts
    return holder[str(path[-1])]


def with_value(facts: Facts, path: KeyPath, value: Any) -> Facts:
    """A copy of the household with another value for a fact; None makes it unknown."""
    return _changed(facts, path, lambda holder: {**holder, str(path[-1]): value})


def _without(facts: Facts, path: KeyPath) -> Facts:
    """A copy of the household that leaves a fact out."""
    return _changed(facts, path, lambda holder: {name: old for name, old in holder.items() if name != path[-1]})


def _changed(facts: Facts, path: KeyPath, change: Callable[[Facts], Facts]) -> Facts:
    """A copy of the household with a change to the facts of the household, or of the member, at a path."""
    if path[0] != "members":
        return change(facts)
    members = [change(member) if number == path[1] else member for number, member in enumerate(facts["members"])]
    return {**facts, "members": members}


def _simpler_values(policy: Policy, path: KeyPath, value: Any) -> Iterator[Any]:
    """Values that are simpler than one: zero and round amounts, earlier options, no."""
    fact = policy.names[str(path[-1])]
    if not isinstance(fact, Fact) or value is None:
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
