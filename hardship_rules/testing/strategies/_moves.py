"""Moving a household to another outcome, and near a threshold: exactly on it, or one smallest unit beside it."""

from fractions import Fraction
from typing import cast

from hypothesis import strategies as st

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.trace import Trace
from hardship_rules.core.expr import Compare, OverMembers, names_in
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.testing.strategies._paths import (
    Facts,
    copied,
    fact_paths,
    holding,
    is_valid,
    unknown_paths,
    value_at,
)
from hardship_rules.testing.strategies._thresholds import (
    changeable_facts,
    comparisons_of_category,
    fact_named,
    with_default,
)
from hardship_rules.testing.strategies._values import plain

_MOST_MOVES = 8
_MOST_TRIES = 5
_FURTHER = 1000  # in the fact's unit: the second point of a line


def moved_to_outcome(policy: Policy, household: Facts, target: str) -> Facts:
    """The household with the facts changed that give it an outcome before the target."""
    order = list(policy.category.options)
    for _ in range(_MOST_MOVES):
        assessment = assess(policy, household)
        if assessment.category is None:  # it depends on an unpublished number
            break
        category = assessment.category.id
        if order.index(category) >= order.index(target):
            break
        before = household
        for reason in assessment.decisions[policy.category.name].reasons:
            if reason.outcome == category and reason.role == "decided":
                for name in changeable_facts(policy, reason.clause):
                    for path, fact in list(fact_paths(policy, household)):
                        if fact.name == name and (len(path) == 1 or path[1] in reason.members):
                            new_value = _other_value(fact, value_at(assessment, path))
                            household = _with_value(policy, household, path, new_value) or household
        if household == before:  # too many facts give it that outcome
            break
    return household


def _other_value(fact: Fact, now: object) -> object:
    """A value other than the present one; for an amount the lowest, for a date the present one."""
    match fact.kind:
        case BooleanKind():
            return not now
        case ChoiceKind(options):
            return next(option for option in options if option != now)
        case NumberKind(low=low):
            return low
        case DateKind():
            return now


def moved_near_threshold(draw: st.DrawFn, policy: Policy, household: Facts) -> Facts:
    """The household with one amount changed, so that a comparison of the category is on its threshold or beside it.

    A comparison is nearly always linear in one amount: two points give the amount at which both sides are equal.
    """
    comparisons = comparisons_of_category(policy)
    if not comparisons:
        return household
    assessment = assess(policy, household)
    outcome, comparison, amounts = draw(st.sampled_from(comparisons))
    for _ in range(_MOST_TRIES):
        member = draw(st.integers(0, len(household["members"]) - 1))
        name = draw(st.sampled_from(amounts))
        path: KeyPath = (name,) if name in policy.facts else ("members", member, name)
        start = cast(Exact, value_at(assessment, path))
        before = _difference(assessment, outcome, comparison, member)
        moved = _with_amount(policy, household, path, start + _FURTHER)
        after = None if moved is None else _difference(moved[1], outcome, comparison, member)
        if before is None or after is None or before == after:
            continue
        steps = 10 ** cast(NumberKind, fact_named(policy, name).kind).decimals
        at_threshold = (start - before * _FURTHER / (after - before)) * steps
        offset = draw(st.sampled_from((0, 0, 0, -1, 1, -1, 1, 100)))
        moved = _with_amount(policy, household, path, Fraction(at_threshold.__floor__() + offset, steps))
        if moved is not None:
            return moved[0]
    return household


def _difference(assessment: Assessment, outcome: str, comparison: Compare, member: int) -> Fraction | None:
    """Left minus right of a comparison; of a comparison about members, that of one member."""
    trace = _find(assessment.trace(f"{assessment.policy.category.name}.{outcome}"), comparison, member)
    if trace is None:
        return None
    left, right = (part.value for part in trace.parts)
    exact = isinstance(left, int | Fraction) and isinstance(right, int | Fraction)
    return Fraction(cast(Exact, left)) - cast(Exact, right) if exact else None


def _find(trace: Trace, comparison: Compare, member: int) -> Trace | None:
    """The trace of a comparison inside another trace; not inside sums over members."""
    if isinstance(trace.expr, Compare):
        return trace if trace.expr == comparison and trace.member in (None, member) else None
    if isinstance(trace.expr, OverMembers) and trace.expr.part is not None:
        return None
    inner = (_find(part, comparison, member) for part in trace.parts)
    return next((trace for trace in inner if trace is not None), None)


def _with_amount(policy: Policy, household: Facts, path: KeyPath, amount: Exact) -> tuple[Facts, Assessment] | None:
    """The household with another amount and its assessment; None if that is not a valid household."""
    kind = cast(NumberKind, fact_named(policy, cast(str, path[-1])).kind)
    if not cast(Exact, kind.low) <= amount <= cast(Exact, kind.high):
        return None
    moved = _with_value(policy, household, path, plain(amount))
    return None if moved is None else (moved, assess(policy, moved))


def _with_value(policy: Policy, household: Facts, path: KeyPath, value: object) -> Facts | None:
    """The household with another value; facts that a `must` relates to it fall back to their defaults.

    None if that is not a valid and complete household.
    """
    moved = copied(household)
    holder = holding(moved, path)
    for clause in policy.must:
        related = set(names_in(clause))
        if path[-1] in related:
            for name in related & set(holder) & with_default(policy):
                del holder[name]
    holder[cast(str, path[-1])] = value
    return moved if is_valid(policy, moved) and not unknown_paths(policy, moved) else None
