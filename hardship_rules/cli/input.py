"""What the commands read: a household from a file, or from standard input, and the policy that is for it."""

import sys
from collections.abc import Iterable

from attrs import evolve

from hardship_rules import source
from hardship_rules.api import load_household, load_policy, read_household
from hardship_rules.conform import date_of
from hardship_rules.household import HouseholdText
from hardship_rules.model import Policy
from hardship_rules.problems import FactError, Location, PolicyError, Problem


def household_of(file: str) -> HouseholdText:
    """The household of a file; `-` is standard input. Raises `FactError`."""
    if file != "-":
        return load_household(file)
    name = "标准输入"
    content = source.read_stream(sys.stdin.buffer, name)
    text = content if isinstance(content, Problem) else source.decode(content, name)
    if isinstance(text, Problem):
        raise FactError([text])
    return read_household(text, name)


def policy_for(household: HouseholdText, name: str | None, on: str | None, folders: Iterable[str]) -> Policy:
    """The policy that a household's file names, or the one named, for the day given or the file's own."""
    name = name or household.policy
    if name is None:
        raise FactError([Problem("policy_not_named", ("policy",), location=Location(household.name, 1, 1))])
    day = on or household.on
    try:
        return load_policy(name, None if day is None else date_of(day), tuple(folders))
    except PolicyError as error:  # a policy that is not found is told at the household that asks for it
        asks = Location(household.name, 1, 1)
        raise PolicyError(evolve(each, location=each.location or asks) for each in error.problems) from None
