"""A changed fact with its new verdict, and the total that several such changes have in common."""

from collections.abc import Iterable
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.outcomes import Figure, unit_name
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind, Value
from hardship_rules.core.policy import Fact, Outcome, Term
from hardship_rules.core.problem import KeyPath


@frozen
class Change:
    """A known fact with another value, and the assessment of the household with that value."""

    path: KeyPath
    fact: Fact
    old: Value = field(repr=False)
    new: Value = field(repr=False)
    after: Assessment = field(repr=False)

    @property
    def by(self) -> Exact | None:
        """The new number minus the old one; None for a boolean and a choice."""
        if not isinstance(self.fact.kind, NumberKind):
            return None
        return cast(Exact, self.new) - cast(Exact, self.old)

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that are possible after the change."""
        return self.after.possible

    @property
    def category(self) -> Outcome | None:
        """The category after the change; None where more facts would be needed."""
        return self.after.category


@frozen
class Total:
    """A change of a figure of the household, which any of several changes of single facts makes."""

    term: Term
    changes: tuple[Change, ...]

    @property
    def by(self) -> Exact:
        """The new figure minus the old one."""
        return cast(Exact, self.changes[0].by)

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that are possible after the change."""
        return self.changes[0].possible

    @property
    def category(self) -> Outcome | None:
        """The category after the change; None where more facts would be needed."""
        return self.changes[0].category


def totals(assessment: Assessment, changes: Iterable[Change]) -> tuple[Total, ...]:
    """The changes grouped by the total that they change: a term that the policy shows.

    A change belongs to the first such term that changes by exactly the same amount as the fact. The changes that raise
    a term (or lower it) form a total only if they have one amount and lead to one category.
    """
    groups: dict[tuple[str, bool], list[Change]] = {}
    shown = _shown(assessment)
    for change in changes:
        term = _changed_term(shown, change)
        if term is not None:
            groups.setdefault((term.name, cast(Exact, change.by) > 0), []).append(change)
    return tuple(
        Total(assessment.policy.terms[name], tuple(group))
        for (name, _), group in groups.items()
        if len({(change.by, change.possible) for change in group}) == 1
    )


def _shown(assessment: Assessment) -> list[tuple[Term, Figure]]:
    """The terms that the policy shows, with their figures where these are known."""
    terms = (assessment.policy.names[name] for name in assessment.policy.show)
    figures = ((term, assessment.figure(term.name)) for term in terms if isinstance(term, Term))
    return [(term, figure) for term, figure in figures if isinstance(figure, Figure) and figure.exact is not None]


def _changed_term(shown: Iterable[tuple[Term, Figure]], change: Change) -> Term | None:
    """The first of the terms shown that changes by the same amount as the fact."""
    if not isinstance(change.fact.kind, NumberKind):
        return None
    unit, by = unit_name(change.fact.kind.unit), cast(Exact, change.by)
    for term, now in shown:
        if change.after.figure(term.name) == Figure(now.low + by, now.high + by, unit):
            return term
    return None
