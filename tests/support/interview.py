"""An officer's interview: a household of which nothing is known, asked one fact after another until it is settled."""

from collections.abc import Callable
from typing import Any, cast

from attrs import frozen
from hypothesis import HealthCheck, Phase, given, seed, settings

from hardship_rules import Assessment, Policy, assess
from hardship_rules.assessment.household import Household
from hardship_rules.core.kinds import DateKind, Value, day_of
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.evaluate import is_known
from hardship_rules.testing.strategies import households
from hardship_rules.testing.strategies._paths import Facts

Ask = Callable[[Assessment], KeyPath | None]
"""What to ask of a household next; None where it is settled."""


@frozen
class Interview:
    """What was asked, in order, what came of it, and how many facts the whole household gives."""

    asked: tuple[KeyPath, ...]
    assessment: Assessment
    given: int

    @property
    def share(self) -> float:
        """The share of the facts given that had to be asked."""
        return len(self.asked) / self.given


def interview(policy: Policy, complete: Facts, ask: Ask, *known: str) -> Interview:
    """Ask a complete household, of which the day, the number of members and the facts in `known` are given.

    What the policy puts in for a fact left out is not asked for; where the household says otherwise, it says so by
    itself, which counts as no question; nor does one for what the whole household does not say, nor needs to.
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
    """Give the facts for which something else stands in than the household says; the assessment then."""
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
    """Give one fact as the whole household has it."""
    name = cast(str, path[-1])
    found: Any = value_at(full, path)
    is_day = isinstance((policy.facts if len(path) == 1 else policy.members.facts)[name].kind, DateKind)
    holder = facts if len(path) == 1 else facts["members"][path[1]]
    holder[name] = None if not is_known(found) else day_of(found) if is_day else found


def value_at(household: Household, path: KeyPath) -> Value:
    """The value of one of its facts."""
    holder = household.values if len(path) == 1 else household.members[cast(int, path[1])].values
    return holder[cast(str, path[-1])]


def by_rank(assessment: Assessment) -> KeyPath | None:
    """What the library asks next."""
    return next((each.path for each in assessment.missing), None)


def in_file_order(assessment: Assessment) -> KeyPath | None:
    """The first fact not known yet, the household's before each member's, as the policy's file lists them."""
    if assessment.category is not None:
        return None
    policy, household = assessment.policy, assessment.household
    known = {*household.given, *household.unknown, *household.derived, *household.assumed}
    members = range(len(household.members))
    paths: list[KeyPath] = [(name,) for name in policy.facts]
    paths += [("members", number, name) for number in members for name in policy.members.facts]
    return next(path for path in paths if path not in known and not _stands_for_known(policy, path, known))


def _stands_for_known(policy: Policy, path: KeyPath, known: set[KeyPath]) -> bool:
    """It is a date of which the age that it would give is known."""
    facts = policy.facts if len(path) == 1 else policy.members.facts
    fact = facts[cast(str, path[-1])]
    followers = [name for name in facts if facts[name].if_absent is not None and fact.name in policy.uses[name]]
    return isinstance(fact.kind, DateKind) and any((*path[:-1], name) in known for name in followers)


def sample(policy: Policy, count: int) -> list[Facts]:
    """So many complete households, the same at every run of one version of hypothesis."""
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
