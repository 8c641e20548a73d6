"""A household is read and assessed under two policies, each without what only the other knows."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from attrs import evolve

from hardship_rules.assessment.assessment import assess
from hardship_rules.assessment.household import RESERVED, HouseholdText
from hardship_rules.comparison.comparison import Comparison
from hardship_rules.comparison.parting import NotKnown, Side, parting
from hardship_rules.core.hosts import items_of, pairs_of, plain_value
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError, Path, Problem
from hardship_rules.language import source

Given = Mapping[str, object] | HouseholdText
Day = date | str | None

_FAR = 1_000  # members: more than any policy allows; of a longer list `assess` says so

_OUTSIDE = "on_outside"  # no mistake here: the policy is applied as if it held on that day


def compare(policy: Policy, other: Policy, household: Given, on: Day = None, other_on: Day = None) -> Comparison:
    """A household under two policies, and the first clause at which their verdicts part.

    The policy that the household names is disregarded. The day is the household's own, or `on`, or for the second
    policy `other_on`; where it lies outside a policy's own days, that policy is applied as if it held on that day, and
    `in_force` says so. What only the other policy knows, a fact or an option, is left out and listed as `not_known`;
    what a policy asks beyond what the household says is unknown to it. Raises `FactError` with the problems under
    either policy, and `PolicyError` as `assess` does.
    """
    sides: list[Side] = []
    problems: list[Problem] = []
    for judging, beside, day in ((policy, other, on), (other, policy, other_on or on)):
        try:
            sides.append(_side(judging, beside, household, day))
        except FactError as error:
            problems += error.problems
    if problems:
        raise FactError({(each.code, each.place, each.given): each for each in reversed(problems)}.values())
    first, second = sides
    return Comparison((first, second), parting(first.assessment, second.assessment))


def _side(policy: Policy, other: Policy, household: Given, on: Day) -> Side:
    """The household under a policy, without what that does not know and the other does."""
    reserved = {"policy"} if on is None else {"policy", "on"}
    left_out: dict[tuple[Path, str], NotKnown | None] = {
        ((), key): None for key, name in RESERVED.items() if name in reserved
    }
    rules = policy
    while True:
        try:
            assessment = assess(rules, _without(household, left_out), on)
        except FactError as error:
            found = {
                problem: _foreign(policy, other, problem) for problem in error.problems if problem.code != _OUTSIDE
            }
            mistakes = [problem for problem, keys in found.items() if not keys]
            if mistakes:
                raise FactError(mistakes) from None
            if len(found) < len(error.problems):
                rules = evolve(policy, start=None, end=None)
            for keys in found.values():
                left_out |= keys
        else:
            not_known = dict.fromkeys(each for each in left_out.values() if each is not None)
            return Side(policy, assessment, rules is policy, tuple(not_known))


def _foreign(policy: Policy, other: Policy, problem: Problem) -> dict[tuple[Path, str], NotKnown]:
    """What a problem is about, by the keys it may be written under, where the other policy knows it; else nothing."""
    if problem.code == "unknown_fact":
        fact = _fact(other, problem.at, problem.given)
        if fact is not None:
            return {(problem.at, problem.given): NotKnown((*problem.at, fact.name), fact.title, None)}
    elif problem.code == "unknown_fact_option":
        *before, name = problem.at
        own = cast(Fact, policy.names[cast(str, name)])
        fact = _fact(other, tuple(before), own.name) or _fact(other, tuple(before), own.title)
        if fact is not None and isinstance(fact.kind, ChoiceKind):
            options = fact.kind.options
            option = options.get(problem.given, problem.given)
            if option in options.values():
                not_known = NotKnown(problem.at, own.title, option)
                return {(tuple(before), key): not_known for key in (own.name, own.title)}
    return {}


def _fact(policy: Policy, before: Path, key: str) -> Fact | None:
    """The fact of a household or of a member that is called so, by name or title."""
    facts = policy.members.facts if before else policy.facts
    return next((fact for fact in facts.values() if key in (fact.name, fact.title)), None)


def _without(household: Given, left_out: Mapping[tuple[Path, str], object]) -> Given:
    """The household without the facts under some keys, as it was given otherwise."""
    if type(household) is HouseholdText:
        return evolve(household, node=cast(source.Mapping, _kept(household.node, (), left_out)))
    return cast(Mapping[str, object], _kept(household, (), left_out))


def _kept(node: object, before: Path, left_out: Mapping[tuple[Path, str], object]) -> object:
    """A household or member, a text's or a host's, without some keys."""
    if type(node) is source.Mapping:
        entries = (
            (key, cast(source.Node, _inside(key.text, each, before, left_out)))
            for key, each in node.entries
            if (before, key.text.strip()) not in left_out
        )
        return evolve(node, entries=tuple(entries))
    pairs = pairs_of(node)
    if pairs is None:
        return node
    texts = [(plain_value(key), key, inner) for key, inner in pairs]
    names = [name for name, *_ in texts if isinstance(name, str)]
    if len(set(names)) < len(texts):  # a key that is no text, or twice there: `assess` says so
        return node
    return {
        key: _inside(name, inner, before, left_out)
        for name, key, inner in texts
        if isinstance(name, str) and (before, name.strip()) not in left_out
    }


def _inside(key: str, node: object, before: Path, left_out: Mapping[tuple[Path, str], object]) -> object:
    """What stands under a key: of the list of members each without some keys."""
    if not before and RESERVED.get(key.strip()) == "members":
        if type(node) is source.Sequence:
            items = (_kept(each, ("members", number), left_out) for number, each in enumerate(node.items))
            return evolve(node, items=cast(tuple[source.Node, ...], tuple(items)))
        listed = items_of(node, _FAR)
        if isinstance(listed, Sequence):
            return [_kept(each, ("members", number), left_out) for number, each in enumerate(listed)]
    return node
