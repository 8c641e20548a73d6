"""An invented household that is valid under a policy, with every fact: the example in a template."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import PURE, BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError

Facts = dict[str, object]
_SIZE = 2  # members, if the policy allows
_ANY_DAY = date(2021, 3, 31)  # for a policy without a period


def example_household(policy: Policy) -> tuple[Facts, list[Facts]]:
    """The facts of a household and of its members, without those that then have a default.

    Each fact has the simplest value that is valid with the facts before it, so that no `must` is broken.
    """
    household: Facts = {}
    members = _members(policy)
    parts: list[tuple[Facts, int | None]] = [
        (household, None),
        *((member, place) for place, member in enumerate(members)),
    ]
    for name in policy.fact_order:
        fact = cast(Fact, policy.names[name])
        for part, place in parts:
            if (place is not None) != fact.of_member or not _is_unknown(policy, household, members, fact, place):
                continue
            for value in _simplest(policy, fact, place or 0):
                part[name] = value
                if _read(policy, household, members) is not None:
                    break
                del part[name]
    return household, members


def _members(policy: Policy) -> list[Facts]:
    """Two members, or the nearest number that is valid, without facts."""
    counts = sorted(range(1, policy.members.at_most + 1), key=lambda count: abs(count - _SIZE))
    return next(([{} for _ in range(count)] for count in counts if _read(policy, {}, [{}] * count) is not None), [{}])


def _read(policy: Policy, household: Facts, members: list[Facts]) -> Household | None:
    """The household as read; None if it is invalid, such as by breaking a `must`."""
    try:
        return read_facts(policy, {**household, "members": members}, _day(policy))
    except FactError:
        return None


def _day(policy: Policy) -> date:
    return policy.start or policy.end or _ANY_DAY


def _is_unknown(policy: Policy, given: Facts, members: list[Facts], fact: Fact, place: int | None) -> bool:
    household = _read(policy, given, members)
    values = None if household is None else household.values if place is None else household.members[place].values
    return values is not None and values[fact.name] == fact.kind.unknown


def _simplest(policy: Policy, fact: Fact, place: int) -> Iterator[object]:
    """Values of a fact of the household, or of the member at a place, the simplest first."""
    match fact.kind:
        case ChoiceKind(options):
            first = place if fact.name in policy.members.called_by else 0  # members differ in it
            yield from (*list(options)[first:], *list(options)[:first])
        case BooleanKind():
            yield from (False, True)
        case DateKind():
            yield date(_day(policy).year - 45 + 2 * place, 5, 1)
        case NumberKind(unit=unit, low=low, high=high, decimals=decimals):
            least, most = cast(Exact, low), cast(Exact, high)
            usual = fact.usual
            if usual is not None and (usual.low is not None or usual.high is not None):
                yield usual.low if usual.low is not None else max(least, cast(Exact, usual.high) // 20)
            if unit != PURE and not decimals and least <= 12 <= most:
                yield 12
            yield from (max(least, min(0, most)), most)
