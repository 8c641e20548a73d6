"""A household as a host would give it, and where in it each fact of a policy stands."""

from collections.abc import Iterator
from typing import Any, cast

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError, Path

Facts = dict[str, Any]
"""Facts by name, `on`, and `members`, a list of such mappings."""


def fact_paths(policy: Policy, household: Facts) -> Iterator[tuple[Path, Fact]]:
    """The path of every fact that a household has, in the order in which they follow from one another."""
    for name in policy.fact_order:
        if name in policy.facts:
            yield (name,), policy.facts[name]
        else:
            for number in range(len(household["members"])):
                yield ("members", number, name), policy.members.facts[name]


def holding(household: Facts, path: Path) -> Facts:
    """The mapping that holds the fact of a path: the household or a member."""
    return household if len(path) == 1 else cast(Facts, household["members"][path[1]])


def copied(household: Facts) -> Facts:
    """Another household, alike, whose facts can be changed."""
    return {**household, "members": [dict(member) for member in household["members"]]}


def value_at(assessment: Assessment, path: Path) -> object:
    """What an assessed household has at a path."""
    household = assessment.household
    holder = household.values if len(path) == 1 else household.members[cast(int, path[1])].values
    return holder[cast(str, path[-1])]


def is_real(policy: Policy, household: Facts) -> bool:
    """The facts are in their ranges and no `must` is certainly broken."""
    try:
        read_facts(policy, household)
    except FactError:
        return False
    return True


def unknown_paths(policy: Policy, household: Facts) -> list[tuple[Path, Fact]]:
    """The facts of a household that are neither given nor stood in for, each after those it may follow from."""
    typed = read_facts(policy, household)
    known = {*typed.given, *typed.derived, *typed.assumed}
    return [(path, fact) for path, fact in fact_paths(policy, household) if path not in known]
