"""Strategies for households of any policy, complete and partial, with amounts near its thresholds."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from attrs import frozen
from hypothesis import strategies as st

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.expr import Choose
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Fact, Policy, per_policy, used_by
from hardship_rules.core.problem import KeyPath
from hardship_rules.testing.strategies._moves import moved_near_threshold, moved_to_outcome
from hardship_rules.testing.strategies._paths import (
    Facts,
    copied,
    fact_paths,
    holding,
    is_valid,
    unknown_paths,
    value_at,
)
from hardship_rules.testing.strategies._thresholds import bound_by_must, fact_named, with_default
from hardship_rules.testing.strategies._values import days, seeds, simplest_of, value_of, values_left

_ONE_IN_FOUR = st.sampled_from((False, False, False, True))
_THREE_IN_FOUR = st.sampled_from((False, True, True, True))
_ONE_IN_TWENTY_FOUR = st.integers(0, 23).map(lambda drawn: drawn == 23)


@st.composite
def households(draw: st.DrawFn, policy: Policy) -> Facts:
    """Complete and valid households: each fact is given or has its default, and `must` holds.

    Three in four are moved to a later outcome and near a threshold: a comparison of the category is exactly on it, or
    one smallest unit beside it. The rest are left as drawn; failing tests shrink to these: few members, each fact at
    its first option, no, or zero.
    """
    moved = draw(_THREE_IN_FOUR)
    on = draw(days(policy))
    most = policy.members.at_most if draw(_ONE_IN_TWENTY_FOUR) else min(6, policy.members.at_most)
    own = draw(_part(policy, of_member=False))
    theirs = draw(st.lists(_part(policy, of_member=True), min_size=1, max_size=most))
    household: Facts = {"on": on, **own.facts, "members": [dict(member.facts) for member in theirs]}
    _make_valid(policy, household)
    for path, fact in fact_paths(policy, household):
        holder = holding(household, path)
        if fact.name in holder:
            holder[fact.name] = value_of(fact, holder[fact.name], on)
    while unknown := unknown_paths(policy, household):
        new: set[KeyPath] = set()
        for path, fact in unknown:  # its default may depend on a fact drawn in this round
            if not any((*path[:-1], used) in new or (used,) in new for used in used_by(fact)):
                seed = (own if len(path) == 1 else theirs[cast(int, path[1])]).seeds[fact.name]
                holding(household, path)[fact.name] = value_of(fact, seed, on)
            new.add(path)
    if moved:
        order = list(policy.category.options)
        later = [option for number, option in enumerate(order) for _ in range(number * number)]
        household = moved_to_outcome(policy, household, draw(st.sampled_from(later or order)))
        household = moved_near_threshold(draw, policy, household)
    return household


@st.composite
def partial_households(draw: st.DrawFn, policy: Policy) -> Facts:
    """Households with facts left out or null, at times whole groups of a form, a member's facts, or the day.

    The given facts are drawn as by `households`, and some completion is a valid household.
    """
    household = draw(households(policy))
    groups = sorted({fact.group for fact in (*policy.facts.values(), *policy.members.facts.values())})
    left_out = draw(st.sets(st.sampled_from(groups), max_size=2)) if draw(_ONE_IN_FOUR) else set()
    listed = [path for path, _ in fact_paths(policy, household)]
    unknown = draw(st.sets(st.sampled_from(listed), max_size=draw(st.sampled_from((3, 8, len(listed))))))
    null = draw(st.sets(st.sampled_from(listed), max_size=3))
    for path, fact in fact_paths(policy, household):
        holder = holding(household, path)
        if path in null:
            holder[fact.name] = None
        elif path in unknown or fact.group in left_out:
            holder.pop(fact.name, None)
    if draw(_ONE_IN_FOUR):
        draw(st.sampled_from(household["members"])).clear()
    if draw(_ONE_IN_FOUR):
        del household["on"]
    return household


def completed(
    draw: Callable[[st.SearchStrategy[Any]], Any],
    policy: Policy,
    household: Facts,
    paths: Collection[KeyPath] | None = None,
) -> Facts:
    """The household with one unknown fact (of those in `paths`) or the day filled in; unchanged if none can be."""
    assessment = assess(policy, household)
    unknown = {path: fact for path, fact in unknown_paths(policy, household) if paths is None or path in paths}
    order = draw(st.permutations([*unknown, *([("on",)] if assessment.household.on is None else [])]))
    for path in order:
        candidate = copied(household)
        holder = holding(candidate, path)
        name = cast(str, path[-1])
        tries = st.lists(days(policy), min_size=1, max_size=1)
        for holder[name] in draw(tries if path == ("on",) else values_left(unknown[path], value_at(assessment, path))):
            if is_valid(policy, candidate):
                return candidate
        del holder[name]  # other facts and `must` may determine it
        if path in unknown and is_valid(policy, candidate) and path not in dict(unknown_paths(policy, candidate)):
            return candidate
    return household


@frozen
class _Part:
    """Facts of the household or of one member, with seeds for those that turn out to be unknown."""

    facts: Mapping[str, Any]
    seeds: Mapping[str, Any]


@per_policy
def _part(policy: Policy, *, of_member: bool) -> st.SearchStrategy[_Part]:
    """The facts without a default and a few of the others; one in four has the simplest values.

    A member is drawn as a whole, so that shrinking can drop it, or make it the simplest, in one step.
    """
    facts = policy.members.facts if of_member else policy.facts
    drawn = {name: seeds(policy, name) for name in facts}
    others = tuple(name for name in facts if name in with_default(policy) and name not in bound_by_must(policy))
    always = {
        name: drawn[name]
        for name, fact in facts.items()
        if name not in with_default(policy) or (name in bound_by_must(policy) and isinstance(fact.kind, ChoiceKind))
    }
    sometimes_unknown = {name: drawn[name] for name, fact in facts.items() if _has_partial_default(fact)}
    simplest = {name: simplest_of(policy, name) for name in facts}
    few = st.lists(st.sampled_from(others), max_size=3, unique=True) if others else st.just([])
    also = few.flatmap(lambda names: _dictionaries({name: drawn[name] for name in names}))
    any_ = st.builds(
        lambda required, optional, seeds: _Part({**required, **optional}, {**simplest, **seeds}),
        _dictionaries(always),
        also,
        _dictionaries(sometimes_unknown),
    )
    plain = st.just(_Part({name: simplest[name] for name in always}, simplest))
    return _THREE_IN_FOUR.flatmap(lambda full: any_ if full else plain)


def _has_partial_default(fact: Fact) -> bool:
    """Whether a fact has a default in some households only."""
    return isinstance(fact.if_absent, Choose) and fact.if_absent.otherwise is None


def _dictionaries(drawn: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Facts]:
    """Dictionaries with a value for each name, in order; `fixed_dictionaries` would draw the order as well."""
    return st.tuples(*drawn.values()).map(lambda values: dict(zip(drawn, values, strict=True)))


def _make_valid(policy: Policy, household: Facts) -> None:
    """Replace options that break a `must` by the next option that does not, one fact after the other."""
    chosen: tuple[str, ...] = ()
    for path in _option_paths(policy, household):
        name = cast(str, path[-1])
        holder = holding(household, path)
        options = list(cast(ChoiceKind, fact_named(policy, name).kind).options)
        first = options.index(holder[name])
        rotated = (*options[first:], *options[:first])
        size = len(household["members"])
        holder[name] = next(option for option in rotated if _can_be_valid(policy, size, (*chosen, option)))
        chosen += (holder[name],)


def _option_paths(policy: Policy, household: Facts) -> list[KeyPath]:
    """The paths of the choices that some `must` constrains."""
    listed = fact_paths(policy, household)
    return [path for path, fact in listed if fact.name in bound_by_must(policy) and isinstance(fact.kind, ChoiceKind)]


@per_policy
def _can_be_valid(policy: Policy, size: int, chosen: tuple[str, ...]) -> bool:
    """Whether a household of `size` members with these options for its first facts can still be valid."""
    household: Facts = {"members": [{} for _ in range(size)]}
    for path, option in zip(_option_paths(policy, household), chosen, strict=False):
        holding(household, path)[cast(str, path[-1])] = option
    return is_valid(policy, household)
