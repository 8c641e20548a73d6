"""What was given of a household, to be read anew, or to be worked out again with something changed."""

from collections.abc import Iterable, Mapping
from typing import cast

from hardship_rules.assessment.absent import StandIns, fill
from hardship_rules.assessment.household import Household, scope_of_facts
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Fact, Policy
from hardship_rules.core.problems import Path
from hardship_rules.core.values import DateKind, Value, day_of
from hardship_rules.engine.meaning import Scope


def as_given(
    policy: Policy, household: Household, changed: Mapping[Path, Value] = FrozenMapping()
) -> dict[str, object]:
    """The mapping that reads as the same household, stand-ins left out, or with some facts given another value."""
    whole: dict[str, object] = {} if household.reference is None else {"reference": household.reference}
    members: list[dict[str, object]] = [
        {} if member.label is None else {"label": member.label} for member in household.members
    ]
    parts = [whole, *members]
    values = [household.values, *(member.values for member in household.members)]
    for path in household.unknown:
        parts[_part(path)][cast(str, path[-1])] = None
    for path in dict.fromkeys((*household.given, *changed)):
        name, part = cast(str, path[-1]), _part(path)
        found = changed[path] if path in changed else values[part][name]
        is_day = isinstance(cast(Fact, policy.names[name]).kind, DateKind)
        parts[part][name] = day_of(cast(int, found)) if is_day else found
    whole["members"] = members
    return whole


def refilled(
    policy: Policy, household: Household, changed: Mapping[Path, Value] = FrozenMapping()
) -> tuple[Scope, StandIns]:
    """The facts that were given, some perhaps with another value, and what stands in for the others under a policy."""
    given = {*household.given, *changed}

    def kept(values: FrozenMapping[str, Value], before: Path) -> dict[str, Value]:
        facts = policy.members.facts if before else policy.facts
        own = ((name, (*before, name), each) for name, each in values.items())
        return {
            name: changed.get(path, each) if path in given else facts[name].kind.unknown for name, path, each in own
        }

    members = [kept(member.values, ("members", number)) for number, member in enumerate(household.members)]
    scope = scope_of_facts(policy, household.on, kept(household.values, ()), members)
    unknown = (path for path in household.unknown if path not in changed)
    return scope, fill(policy, scope, _by_part(given, len(members)), _by_part(unknown, len(members)))


def _part(path: Path) -> int:
    """Whose fact it is: 0 for the household's own, and from 1 on each member's."""
    return cast(int, path[1]) + 1 if len(path) > 1 else 0


def _by_part(paths: Iterable[Path], members: int) -> list[set[str]]:
    """The names of facts of the household, and of each member."""
    names: list[set[str]] = [set() for _ in range(members + 1)]
    for path in paths:
        names[_part(path)].add(cast(str, path[-1]))
    return names
