"""Facts of a household given as a mapping: their paths, reading and changing them, and whether they are valid."""

from collections.abc import Iterator
from typing import Any, cast

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.facts import read_facts
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError, KeyPath

Facts = dict[str, Any]
"""A household as hosts pass it to `assess`: facts by name, `on`, and `members`, a list of such mappings."""


def fact_paths(policy: Policy, household: Facts) -> Iterator[tuple[KeyPath, Fact]]:
    """Every fact of a household with its path, each after the facts that its default depends on."""
    for name in policy.fact_order:
        if name in policy.facts:
            yield (name,), policy.facts[name]
        else:
            for number in range(len(household["members"])):
                yield ("members", number, name), policy.members.facts[name]


def unknown_paths(policy: Policy, household: Facts) -> list[tuple[KeyPath, Fact]]:
    """The facts that are neither given nor have a default, with their paths, in the order of `fact_paths`."""
    typed = read_facts(policy, household)
    known = {*typed.given, *typed.derived, *typed.assumed}
    return [(path, fact) for path, fact in fact_paths(policy, household) if path not in known]


def holding(household: Facts, path: KeyPath) -> Facts:
    """The mapping that holds the fact at a path: the household or a member."""
    return household if len(path) == 1 else cast(Facts, household["members"][path[1]])


def copied(household: Facts) -> Facts:
    """A copy of a household whose facts can be changed."""
    return {**household, "members": [dict(member) for member in household["members"]]}


def value_at(assessment: Assessment, path: KeyPath) -> object:
    """The value at a path of an assessed household."""
    household = assessment.household
    holder = household.values if len(path) == 1 else household.members[cast(int, path[1])].values
    return holder[cast(str, path[-1])]


def is_valid(policy: Policy, household: Facts) -> bool:
    """Whether the facts are in their ranges and no `must` is certainly broken."""
    try:
        read_facts(policy, household)
    except FactError:
        return False
    return True
