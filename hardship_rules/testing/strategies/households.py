"""Households to draw: complete and partial ones of any policy, crowded around its thresholds."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from attrs import frozen
from hypothesis import strategies as st

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.expr import Choose
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Fact, Policy, per_policy, used_by
from hardship_rules.core.problem import Path
from hardship_rules.testing.strategies.closely import fact_named, stands_in, tied
from hardship_rules.testing.strategies.moves import crowded, moved_on
from hardship_rules.testing.strategies.placed import (
    Facts,
    copied,
    fact_paths,
    holding,
    is_real,
    unknown_paths,
    value_at,
)
from hardship_rules.testing.strategies.seeds import days, seeds, simplest_of, value_of, values_left

_ONE_IN_FOUR = st.sampled_from((False, False, False, True))
_THREE_IN_FOUR = st.sampled_from((False, True, True, True))
_ONE_IN_TWENTY_FOUR = st.integers(0, 23).map(lambda drawn: drawn == 23)


@st.composite
def households(draw: st.DrawFn, policy: Policy) -> Facts:
    """A real household of which everything is known: each fact is given, or stands in for itself as the policy says.

    It meets the policy's `must`. Three in four are moved out of the earlier outcomes, to one that is drawn, and have an
    amount set so that some comparison of the category stands exactly on its line, or one smallest step beside it. The
    rest are as drawn, and to those a failing test shrinks: few members, each fact at its first option, no, or nothing.
    """
    moved = draw(_THREE_IN_FOUR)
    on = draw(days(policy))
    most = policy.members.at_most if draw(_ONE_IN_TWENTY_FOUR) else min(6, policy.members.at_most)
    own = draw(_part(policy, of_member=False))
    theirs = draw(st.lists(_part(policy, of_member=True), min_size=1, max_size=most))
    household: Facts = {"on": on, **own.facts, "members": [dict(each.facts) for each in theirs]}
    _meet(policy, household)
    for path, fact in fact_paths(policy, household):
        holder = holding(household, path)
        if fact.name in holder:
            holder[fact.name] = value_of(fact, holder[fact.name], on)
    while unknown := unknown_paths(policy, household):
        new: set[Path] = set()
        for path, fact in unknown:  # a fact that may follow from one just drawn waits for the next round
            if not any((*path[:-1], used) in new or (used,) in new for used in used_by(fact)):
                seed = (own if len(path) == 1 else theirs[cast(int, path[1])]).seeds[fact.name]
                holding(household, path)[fact.name] = value_of(fact, seed, on)
            new.add(path)
    if moved:
        order = list(policy.category.options)
        later = [option for number, option in enumerate(order) for _ in range(number * number)]
        household = moved_on(policy, household, draw(st.sampled_from(later or order)))
        household = crowded(draw, policy, household)
    return household


@st.composite
def partial_households(draw: st.DrawFn, policy: Policy) -> Facts:
    """A household with facts left out or said to be unknown, at times whole groups of a form, a member, or the day.

    What is given is as in `households`, and some completion of the rest meets the policy's `must`.
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
    paths: Collection[Path] | None = None,
) -> Facts:
    """The household with one unknown fact (of those in `paths`), or the day, filled in; itself where none can be."""
    assessment = assess(policy, household)
    open_ = {path: fact for path, fact in unknown_paths(policy, household) if paths is None or path in paths}
    order = draw(st.permutations([*open_, *([("on",)] if assessment.household.on is None else [])]))
    for path in order:
        candidate = copied(household)
        holder = holding(candidate, path)
        name = cast(str, path[-1])
        tries = st.lists(days(policy), min_size=1, max_size=1)
        for holder[name] in draw(tries if path == ("on",) else values_left(open_[path], value_at(assessment, path))):
            if is_real(policy, candidate):
                return candidate
        del holder[name]  # what ties it to the others may say what it is
        if path in open_ and is_real(policy, candidate) and path not in dict(unknown_paths(policy, candidate)):
            return candidate
    return household


@frozen
class _Part:
    """The household's own facts, or those of a member, and what the others are where nothing stands in for them."""

    facts: Mapping[str, Any]
    seeds: Mapping[str, Any]


@per_policy
def _part(policy: Policy, *, of_member: bool) -> st.SearchStrategy[_Part]:
    """What nothing stands in for, and a few of the others; one in four is the simplest that there is.

    A member is drawn as a whole, so that shrinking can take one away, or make one as simple as can be, in one step.
    """
    facts = policy.members.facts if of_member else policy.facts
    drawn = {name: seeds(policy, name) for name in facts}
    others = tuple(name for name in facts if name in stands_in(policy) and name not in tied(policy))
    always = {
        name: drawn[name]
        for name, fact in facts.items()
        if name not in stands_in(policy) or (name in tied(policy) and isinstance(fact.kind, ChoiceKind))
    }
    left_open = {name: drawn[name] for name, fact in facts.items() if _left_open(fact)}
    simplest = {name: simplest_of(policy, name) for name in facts}
    few = st.lists(st.sampled_from(others), max_size=3, unique=True) if others else st.just([])
    also = few.flatmap(lambda names: _each({name: drawn[name] for name in names}))
    any_ = st.builds(
        lambda one, other, rest: _Part({**one, **other}, {**simplest, **rest}), _each(always), also, _each(left_open)
    )
    plain = st.just(_Part({name: simplest[name] for name in always}, simplest))
    return _THREE_IN_FOUR.flatmap(lambda full: any_ if full else plain)


def _left_open(fact: Fact) -> bool:
    """Whether something stands in for a fact in some households only."""
    return isinstance(fact.if_absent, Choose) and fact.if_absent.otherwise is None


def _each(drawn: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Facts]:
    """A value of each, in their order: `fixed_dictionaries` would draw the order as well."""
    return st.tuples(*drawn.values()).map(lambda values: dict(zip(drawn, values, strict=True)))


def _meet(policy: Policy, household: Facts) -> None:
    """Put the next option, where one drawn is not for a real household, one after the other of those in `must`."""
    chosen: tuple[str, ...] = ()
    for path in _option_paths(policy, household):
        name = cast(str, path[-1])
        holder = holding(household, path)
        options = list(cast(ChoiceKind, fact_named(policy, name).kind).options)
        first = options.index(holder[name])
        turned = (*options[first:], *options[:first])
        size = len(household["members"])
        holder[name] = next(option for option in turned if _fit(policy, size, (*chosen, option)))
        chosen += (holder[name],)


def _option_paths(policy: Policy, household: Facts) -> list[Path]:
    listed = fact_paths(policy, household)
    return [path for path, fact in listed if fact.name in tied(policy) and isinstance(fact.kind, ChoiceKind)]


@per_policy
def _fit(policy: Policy, size: int, chosen: tuple[str, ...]) -> bool:
    """Whether the members can still become a real household, with these options of the first of them."""
    household: Facts = {"members": [{} for _ in range(size)]}
    for path, option in zip(_option_paths(policy, household), chosen, strict=False):
        holding(household, path)[cast(str, path[-1])] = option
    return is_real(policy, household)
