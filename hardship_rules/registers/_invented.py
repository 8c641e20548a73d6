"""A household invented for a policy, as plain as it may be: what a worked example shows, filled in to the last fact."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import PURE, ChoiceKind, DateKind, NumberKind, YesNoKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError

Given = dict[str, object]
_SIZE = 2  # members, where so many may be

_PLAIN_DAY = date(2021, 3, 31)


def invented(policy: Policy) -> tuple[Given, list[Given]]:
    """The facts to be given of a household and of its members; what the policy then takes by itself is left out.

    Each fact has the first value of the plainest that agrees with those before it, so that no `must` is broken.
    """
    own: Given = {}
    members = _members(policy)
    parts: list[tuple[Given, int | None]] = [(own, None), *((member, place) for place, member in enumerate(members))]
    for name in policy.fact_order:
        fact = cast(Fact, policy.names[name])
        for part, place in parts:
            if (place is not None) != fact.of_member or not _is_unknown(policy, own, members, fact, place):
                continue
            for value in _plainest(policy, fact, place or 0):
                part[name] = value
                if _read(policy, own, members) is not None:
                    break
                del part[name]
    return own, members


def _members(policy: Policy) -> list[Given]:
    """Two members, or as many as there may be nearest to that."""
    counts = sorted(range(1, policy.members.at_most + 1), key=lambda count: abs(count - _SIZE))
    return next(([{} for _ in range(count)] for count in counts if _read(policy, {}, [{}] * count) is not None), [{}])


def _read(policy: Policy, own: Given, members: list[Given]) -> Household | None:
    """The household; None where it breaks what every household keeps to."""
    try:
        return read_facts(policy, {**own, "members": members}, _day(policy))
    except FactError:
        return None


def _day(policy: Policy) -> date:
    return policy.start or policy.end or _PLAIN_DAY


def _is_unknown(policy: Policy, own: Given, members: list[Given], fact: Fact, place: int | None) -> bool:
    household = _read(policy, own, members)
    values = None if household is None else household.values if place is None else household.members[place].values
    return values is not None and values[fact.name] == fact.kind.unknown


def _plainest(policy: Policy, fact: Fact, place: int) -> Iterator[object]:
    """Values for a fact of the household or of the member at a place, the plainest first."""
    match fact.kind:
        case ChoiceKind(options):
            first = place if fact.name in policy.members.called_by else 0  # members are told apart by it
            yield from (*list(options)[first:], *list(options)[:first])
        case YesNoKind():
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
