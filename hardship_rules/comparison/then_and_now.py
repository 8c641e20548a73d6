"""One household assessed at two times: which members are the same, which facts are otherwise, and what alone did it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, cast

from attrs import evolve, field, frozen

from hardship_rules.assessment.api import assess
from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.given import as_given
from hardship_rules.assessment.household import Household, Member
from hardship_rules.comparison.compare import compare
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Decision, Fact, Outcome
from hardship_rules.core.problems import FactError, Path
from hardship_rules.core.values import DateKind, Value
from hardship_rules.engine.meaning import is_known


@frozen
class FactChange:
    """A fact that is otherwise than before: where it stands now, and both values."""

    path: Path
    fact: Fact
    old: Value = field(repr=False)
    new: Value = field(repr=False)


@frozen
class MemberChange:
    """A member who left, numbered as before, or joined, numbered as now, from 0."""

    what: Literal["left", "joined"]
    number: int


@frozen
class Due:
    """An outcome that holds now, of a decision after the category; `new` where it did not hold before."""

    decision: Decision
    outcome: Outcome
    new: bool


Cause = Literal["policy", "day"] | FactChange | MemberChange
"""What may have made it another category: the other policy, the time that has passed, a fact, or a member."""


def same_members(before: Assessment, now: Assessment) -> dict[int, int]:
    """Of each member now who was there before, the number then; nobody is guessed at.

    One is the same who has the same label; of those without, who says all the same, or who is called the same, by the
    first of the facts by which the policy calls members, with the same dates; or else the only one left who is called
    so, if no dates differ.
    """
    facts = before.policy.members.facts
    first = before.policy.members.called_by[:1]
    dates = [name for name, fact in facts.items() if isinstance(fact.kind, DateKind)]

    def called(member: Member, names: Iterable[str]) -> tuple[Value, ...] | None:
        values = tuple(member.values[name] for name in names)
        return values if values and member.label is None and all(map(is_known, values)) else None

    found: dict[int, int] = {}
    marks: tuple[Callable[[Member], object], ...] = (
        lambda member: member.label,
        lambda member: None if member.label is not None else tuple(member.values.items()),
        lambda member: called(member, (*first, *dates)),
        lambda member: called(member, first),
    )
    for mark in marks:
        then, there = (_marked(household, mark) for household in (before.household, now.household))
        left_then = {key: [each for each in then[key] if each not in found.values()] for key in then}
        left_now = {key: [each for each in there[key] if each not in found] for key in there}
        for key, numbers in left_now.items():
            if len(numbers) == len(left_then.get(key, ())) == 1:
                pair = before.household.members[left_then[key][0]], now.household.members[numbers[0]]
                if not any(_differ(*(member.values[name] for member in pair)) for name in dates):
                    found[numbers[0]] = left_then[key][0]
    return found


def _differ(one: Value, other: Value) -> bool:
    return is_known(one) and is_known(other) and one != other


def _marked(household: Household, mark: Callable[[Member], object]) -> dict[object, list[int]]:
    found: dict[object, list[int]] = {}
    for number, member in enumerate(household.members):
        key = mark(member)
        if key is not None:
            found.setdefault(key, []).append(number)
    return found


def fact_changes(before: Assessment, now: Assessment, same: Mapping[int, int]) -> Iterator[FactChange]:
    """The facts that both policies have and that are otherwise, the household's own first.

    What only follows from another that is otherwise, and that was known before, is not told again.
    """
    pairs = [((), before.household.values, now.household.values)] + [
        (("members", number), before.household.members[then].values, now.household.members[number].values)
        for number, then in sorted(same.items())
    ]
    policy = now.policy
    for start, old, new in cast(list[tuple[Path, FrozenMapping[str, Value], FrozenMapping[str, Value]]], pairs):
        otherwise = [name for name in new if name in old and old[name] != new[name]]
        for name in otherwise:
            from_these = [each for each in otherwise if each in policy.uses[name] and is_known(old[each])]
            if not from_these or (*start, name) not in now.household.derived:
                yield FactChange((*start, name), cast(Fact, policy.names[name]), old[name], new[name])


def due(before: Assessment, now: Assessment) -> Iterator[Due]:
    """What each decision after the category comes to now."""
    for name, decided in now.decisions.items():
        if decided.decision is not now.policy.category:
            earlier = before.decisions.get(name)
            held = {outcome.id for outcome in earlier.holding} if earlier else set()
            yield from (Due(decided.decision, each, each.id not in held) for each in decided.holding)


def because(before: Assessment, now: Assessment, causes: Iterable[Cause]) -> Iterator[Cause]:
    """Of what is otherwise all that alone, put back as it was, gives the category that it was."""
    was = _ids(before)
    for cause in causes:
        if isinstance(cause, FactChange) and not is_known(cause.old):
            continue
        try:
            if was == _ids(_put_back(before, now, cause)):
                yield cause
        except FactError:  # with that alone put back there is no such household
            continue


def _put_back(before: Assessment, now: Assessment, cause: Cause) -> Assessment:
    """The household as it is now, with one thing as it was."""
    policy, household = now.policy, now.household
    if cause == "policy":
        given = as_given(policy, household)
        return compare(before.policy, policy, given, household.on).sides[0].assessment
    always = evolve(policy, start=None, end=None)
    if cause == "day":
        return assess(always, as_given(policy, household), before.household.on)
    if isinstance(cause, FactChange):
        given = as_given(policy, household, {cause.path: cause.old})
        if cause.path in household.derived:  # what it followed from would contradict it
            holder = (
                given if len(cause.path) == 1 else cast(list[dict[str, object]], given["members"])[int(cause.path[1])]
            )
            for name in policy.uses[cause.fact.name]:
                holder.pop(name, None)
        return assess(always, given, household.on)
    given = as_given(policy, household)
    members = cast(list[dict[str, object]], given["members"])
    if cause.what == "joined":
        del members[cause.number]
    else:
        then = cast(list[dict[str, object]], as_given(before.policy, before.household)["members"])[cause.number]
        members.append({name: each for name, each in then.items() if name in (*policy.members.facts, "label")})
    return assess(always, given, household.on)


def _ids(assessment: Assessment) -> list[str]:
    return [outcome.id for outcome in assessment.possible]
