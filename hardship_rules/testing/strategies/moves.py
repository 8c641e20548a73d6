"""A household moved to another outcome, and onto the line of a comparison or one smallest step beside it."""

from fractions import Fraction
from typing import cast

from hypothesis import strategies as st

from hardship_rules.assessment.assessment import Assessment, Trace, assess
from hardship_rules.core.expr import Compare, OverMembers, names_in
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind, DateKind, NumberKind, YesNoKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import Path
from hardship_rules.testing.strategies.closely import fact_named, free, lines_of, stands_in
from hardship_rules.testing.strategies.placed import (
    Facts,
    copied,
    fact_paths,
    holding,
    is_real,
    unknown_paths,
    value_at,
)
from hardship_rules.testing.strategies.seeds import plain


def moved_on(policy: Policy, household: Facts, target: str) -> Facts:
    """The household with the facts changed that hold it at an outcome before the target."""
    order = list(policy.category.options)
    for _ in range(8):
        assessment = assess(policy, household)
        if assessment.category is None:  # a number that is not published is missing
            break
        category = assessment.category.id
        if order.index(category) >= order.index(target):
            break
        before = household
        for reason in assessment.decisions[policy.category.name].reasons:
            if reason.outcome == category and reason.role == "decided":
                for name in free(policy, reason.clause):
                    for path, fact in list(fact_paths(policy, household)):
                        if fact.name == name and (len(path) == 1 or path[1] in reason.members):
                            other = _other(fact, value_at(assessment, path))
                            household = _with(policy, household, path, other) or household
        if household == before:  # held there by more than a few facts
            break
    return household


def _other(fact: Fact, now: object) -> object:
    match fact.kind:
        case YesNoKind():
            return not now
        case ChoiceKind(options):
            return next(option for option in options if option != now)
        case NumberKind(low=low):
            return low
        case DateKind():
            return now


def crowded(draw: st.DrawFn, policy: Policy, household: Facts) -> Facts:
    """The household with one amount moved so that one comparison of the category stands on its line or just beside."""
    lines = lines_of(policy)
    if not lines:
        return household
    assessment = assess(policy, household)
    outcome, line, amounts = draw(st.sampled_from(lines))
    for _ in range(5):
        member = draw(st.integers(0, len(household["members"]) - 1))
        name = draw(st.sampled_from(amounts))
        path: Path = (name,) if name in policy.facts else ("members", member, name)
        start = cast(Exact, value_at(assessment, path))
        before = _gap(assessment, outcome, line, member)
        moved = _with_amount(policy, household, path, start + 1000)
        after = None if moved is None else _gap(moved[1], outcome, line, member)
        if before is None or after is None or before == after:
            continue
        steps = 10 ** cast(NumberKind, fact_named(policy, name).kind).decimals
        on_line = (start - before * 1000 / (after - before)) * steps
        beside = draw(st.sampled_from((0, 0, 0, -1, 1, -1, 1, 100)))
        moved = _with_amount(policy, household, path, Fraction(on_line.__floor__() + beside, steps))
        if moved is not None:
            return moved[0]
    return household


def _gap(assessment: Assessment, outcome: str, line: Compare, member: int) -> Fraction | None:
    """Left - right of a comparison, of the member's own where it is one of members."""
    trace = _find(assessment.trace(f"{assessment.policy.category.name}.{outcome}"), line, member)
    if trace is None:
        return None
    left, right = (part.value for part in trace.parts)
    exact = isinstance(left, int | Fraction) and isinstance(right, int | Fraction)
    return Fraction(cast(Exact, left)) - cast(Exact, right) if exact else None


def _find(trace: Trace, line: Compare, member: int) -> Trace | None:
    if isinstance(trace.expr, Compare):
        return trace if trace.expr == line and trace.member in (None, member) else None
    if isinstance(trace.expr, OverMembers) and trace.expr.part is not None:
        return None
    return next((found for part in trace.parts if (found := _find(part, line, member)) is not None), None)


def _with_amount(policy: Policy, household: Facts, path: Path, amount: Exact) -> tuple[Facts, Assessment] | None:
    """The household with another amount, and its assessment; None where that is no real household."""
    kind = cast(NumberKind, fact_named(policy, cast(str, path[-1])).kind)
    if not cast(Exact, kind.low) <= amount <= cast(Exact, kind.high):
        return None
    moved = _with(policy, household, path, plain(amount))
    return None if moved is None else (moved, assess(policy, moved))


def _with(policy: Policy, household: Facts, path: Path, value: object) -> Facts | None:
    """The household with another value, without what `must` ties to it.

    None where that is no real household, or no complete one.
    """
    moved = copied(household)
    holder = holding(moved, path)
    for clause in policy.must:
        tied = set(names_in(clause))
        if path[-1] in tied:
            for name in tied & set(holder) & stands_in(policy):
                del holder[name]
    holder[cast(str, path[-1])] = value
    return moved if is_real(policy, moved) and not unknown_paths(policy, moved) else None
