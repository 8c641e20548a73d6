"""A fact that is changed, with the verdict then; and a total of the household that several such changes are one of."""

from collections.abc import Iterable
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.outcomes import Figure, unit_name
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind, Value
from hardship_rules.core.policy import Fact, Outcome, Term
from hardship_rules.core.problem import Path


@frozen
class Change:
    """One known fact otherwise than it is, and the household so changed, assessed."""

    path: Path
    fact: Fact
    old: Value = field(repr=False)
    new: Value = field(repr=False)
    after: Assessment = field(repr=False)

    @property
    def by(self) -> Exact | None:
        """How much more a number is, less than 0 where it is less; None for a yes-or-no and a choice."""
        if not isinstance(self.fact.kind, NumberKind):
            return None
        return cast(Exact, self.new) - cast(Exact, self.old)

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that are then possible."""
        return self.after.possible

    @property
    def category(self) -> Outcome | None:
        """The category that it leads to; None where more facts would then be needed."""
        return self.after.category


@frozen
class Total:
    """A figure of the household that several facts add to: so much more or less of it, through any of `changes`."""

    term: Term
    changes: tuple[Change, ...]

    @property
    def by(self) -> Exact:
        """How much more it is, less than 0 where it is less."""
        return cast(Exact, self.changes[0].by)

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that are then possible."""
        return self.changes[0].possible

    @property
    def category(self) -> Outcome | None:
        """The category that it leads to; None where more facts would then be needed."""
        return self.changes[0].category


def totals(assessment: Assessment, changes: Iterable[Change]) -> tuple[Total, ...]:
    """The changes that an officer thinks of as one of a total: a term that the policy shows first.

    A change belongs to the first such term that moves by exactly as much as the fact. All that raise a term, or all
    that lower it, have to be of one amount and lead to one category; otherwise each stays a fact's own.
    """
    groups: dict[tuple[str, bool], list[Change]] = {}
    for change in changes:
        term = _moved(assessment, change)
        if term is not None:
            groups.setdefault((term.name, cast(Exact, change.by) > 0), []).append(change)
    return tuple(
        Total(assessment.policy.terms[name], tuple(together))
        for (name, _), together in groups.items()
        if len({(change.by, change.possible) for change in together}) == 1
    )


def _moved(assessment: Assessment, change: Change) -> Term | None:
    policy, kind = assessment.policy, change.fact.kind
    if isinstance(kind, NumberKind):
        unit, by = unit_name(kind.unit), cast(Exact, change.by)
        for name in policy.show:
            term, now = policy.names[name], assessment.figure(name)
            if isinstance(term, Term) and isinstance(now, Figure) and now.exact is not None:
                moved = Figure(now.low + by, now.high + by, unit)
                if change.after.figure(name) == moved:
                    return term
    return None
