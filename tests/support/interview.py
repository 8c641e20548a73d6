"""An officer's interview: a household with no known facts is asked one fact after another until it is decided."""

from collections.abc import Callable
from typing import Any, cast

from attrs import frozen
from hypothesis import HealthCheck, Phase, given, seed, settings

from hardship_rules import Assessment, Policy, assess
from hardship_rules.assessment.household import Household
from hardship_rules.core.kinds import DateKind, Value, day_of
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.interval import is_known
from hardship_rules.testing.strategies import households
from hardship_rules.testing.strategies._paths import Facts

Ask = Callable[[Assessment], KeyPath | None]
"""The next question for a household; None if it is decided."""


@frozen
class Interview:
    """The asked facts in order, the result, and the number of facts of the whole household."""

    asked: tuple[KeyPath, ...]
    assessment: Assessment
    given: int

    @property
    def share(self) -> float:
        """The share of the given facts that were asked."""
        return len(self.asked) / self.given


def interview(policy: Policy, complete: Facts, ask: Ask, *known: str) -> Interview:
    """Interview a complete household, with the day, the number of members and the facts in `known` given.

    A fact with a default is not asked: the household volunteers it if its own value differs, without a question.
    A fact that the whole household leaves unknown does not count either.
    """
    full = assess(policy, complete).household
    facts: Facts = {
        "on": full.on,
        "members": [{name: each[name] for name in known} for each in complete["members"]],
    }
    asked: list[KeyPath] = []
    while True:
        assessment = volunteer(policy, facts, full)
        path = ask(assessment)
        if path is None:
            return Interview(tuple(asked), assessment, len(full.given))
        answer(policy, facts, path, full)
        if is_known(value_at(full, path)):
            asked.append(path)


def volunteer(policy: Policy, facts: Facts, full: Household) -> Assessment:
    """Give the facts whose defaults differ from the household's values; return the resulting assessment."""
    while True:
        assessment = assess(policy, facts)
        now = assessment.household
        stood_in = {*now.derived, *now.assumed}
        others = [path for path in full.given if path in stood_in and value_at(now, path) != value_at(full, path)]
        if not others:
            return assessment
        for path in others:
            answer(policy, facts, path, full)


def answer(policy: Policy, facts: Facts, path: KeyPath, full: Household) -> None:
    """Give one fact with the whole household's value."""
    name = cast(str, path[-1])
    found: Any = value_at(full, path)
    is_day = isinstance((policy.facts if len(path) == 1 else policy.members.facts)[name].kind, DateKind)
    holder = facts if len(path) == 1 else facts["members"][path[1]]
    holder[name] = None if not is_known(found) else day_of(found) if is_day else found


def value_at(household: Household, path: KeyPath) -> Value:
    """The value of one fact."""
    holder = household.values if len(path) == 1 else household.members[cast(int, path[1])].values
    return holder[cast(str, path[-1])]


def by_rank(assessment: Assessment) -> KeyPath | None:
    """The library's next question."""
    return next((each.path for each in assessment.missing), None)


def in_file_order(assessment: Assessment) -> KeyPath | None:
    """The first unknown fact in the policy's file order, the household's before each member's."""
    if assessment.category is not None:
        return None
    policy, household = assessment.policy, assessment.household
    known = {*household.given, *household.unknown, *household.derived, *household.assumed}
    members = range(len(household.members))
    paths: list[KeyPath] = [(name,) for name in policy.facts]
    paths += [("members", number, name) for number in members for name in policy.members.facts]
    return next(path for path in paths if path not in known and not _stands_for_known(policy, path, known))


def _stands_for_known(policy: Policy, path: KeyPath, known: set[KeyPath]) -> bool:
    """The fact is a date from which an already known age would follow."""
    facts = policy.facts if len(path) == 1 else policy.members.facts
    fact = facts[cast(str, path[-1])]
    followers = [name for name in facts if facts[name].if_absent is not None and fact.name in policy.uses[name]]
    return isinstance(fact.kind, DateKind) and any((*path[:-1], name) in known for name in followers)


def sample(policy: Policy, count: int) -> list[Facts]:
    """That many complete households, the same in every run of one version of hypothesis."""
    found: list[Facts] = []
    quiet = settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    @seed(58)
    @quiet
    @given(households(policy))
    def take(household: Facts) -> None:
        found.append(household)

    take()
    return found
