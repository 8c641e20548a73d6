"""The assessment of a household: category, decisions, terms, trace, and what is missing."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import cast

from attrs import frozen

from hardship_rules.assessment.break_points import BreakPoints, break_points_of
from hardship_rules.assessment.household import Household, HouseholdText
from hardship_rules.assessment.outcomes import Decided, Figure, Outcomes, Reason, answer_of, read_outcomes, unit_name
from hardship_rules.assessment.questions import Missing, by_evidence, missing, missing_at
from hardship_rules.assessment.trace import Trace
from hardship_rules.assessment.value_search import NearestAssumed, nearest_assumed_of
from hardship_rules.core.expr import Clause, OverMembers
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Truth
from hardship_rules.core.kinds import NumberKind, Value
from hardship_rules.core.policy import Outcome, Policy, require_decidable
from hardship_rules.core.problem import FactError, KeyPath, Problem
from hardship_rules.core.units import kind_of_name, unit_of
from hardship_rules.engine.evaluate import Scope, value


@frozen
class Assessment:
    """A policy applied to a household. Immutable; no fact's value shows in its `repr`.

    Creating one evaluates the category as far as ranges settle it; everything else is computed on first use.
    """

    outcomes: Outcomes

    @property
    def policy(self) -> Policy:
        """The policy that was applied."""
        return self.outcomes.policy

    @property
    def household(self) -> Household:
        """The household that it was applied to."""
        return self.outcomes.household

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Unusual facts, and names from before a renaming; they do not affect the result."""
        return self.household.warnings

    @property
    def category(self) -> Outcome | None:
        """The outcome of the first decision; None while it is undecided."""
        return self.outcomes.category

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that some completion of the household may reach; one where the category is decided."""
        return self.outcomes.possible

    @property
    def ruled_out(self) -> tuple[Outcome, ...]:
        """The categories that only the trial of completions (of the facts in `tried`) has ruled out."""
        return self.outcomes.ruled_out

    @cached_property
    def tried(self) -> tuple[Missing, ...]:
        """The unknown facts whose values were tried in combination to rule out categories."""
        return tuple(missing_at(self.policy, path) for path in self.outcomes.completions.tried)

    @property
    def decided(self) -> Decided:
        """The category with its reasons."""
        return self.outcomes.decided

    @property
    def decisions(self) -> FrozenMapping[str, Decided]:
        """Every decision by its name, the category too."""
        return self.outcomes.decisions

    @cached_property
    def terms(self) -> FrozenMapping[str, Figure | Value]:
        """Every term and parameter of the household by its name: a `Figure`, a boolean, or an option."""
        names = [*self.policy.parameters, *self.policy.terms]
        return FrozenMapping((name, self.figure(name)) for name in names if name not in self.policy.of_members)

    @cached_property
    def members(self) -> tuple[FrozenMapping[str, Figure | Value], ...]:
        """The terms of each member by their names."""
        names = [name for name, term in self.policy.terms.items() if term.of_member]
        return tuple(FrozenMapping((name, self._named(name, scope)) for name in names) for scope in self._scope.members)

    @property
    def _scope(self) -> Scope:
        return self.outcomes.scope

    def figure(self, name: str, member: int | None = None) -> "Figure | Value":
        """The value of a fact, parameter or term of the household, or of a member (counted from 0)."""
        return self._named(name, self._scope if member is None else self._scope.members[member])

    def _named(self, name: str, scope: Scope) -> "Figure | Value":
        kind = kind_of_name(self.policy, name)
        return answer_of(scope[name], unit_name(kind.unit if isinstance(kind, NumberKind) else None))

    def per_member(self, over: OverMembers) -> "tuple[tuple[Truth, Figure | Value], ...]":
        """For each member whether a sum or count includes it, and the value that it adds."""
        unit = unit_name(None if over.part is None else unit_of(over.part, self.policy))
        return tuple(
            (
                True if over.where is None else cast(Truth, value(over.where, scope)),
                True if over.part is None else answer_of(value(over.part, scope), unit),
            )
            for scope in self._scope.members
        )

    def trace(self, name: str, member: int | None = None) -> Trace:
        """The trace of a term (of a member counted from 0), or of an outcome named as `decision.outcome`."""
        decision, _, wanted = name.partition(".")
        if decision in self.policy.decisions:
            for outcome in self.policy.decisions[decision].outcomes:
                if outcome.id == wanted:
                    return Trace(cast(Clause, outcome.when), None, self.policy, self._scope)
        scope = self._scope if member is None else self._scope.members[member]
        return Trace(self.policy.terms[name].expr, member, self.policy, scope)

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons of every decision, in order."""
        return tuple(reason for decided in self.decisions.values() for reason in decided.reasons)

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """The facts that would settle an undecided category, in the order in which to ask for them."""
        if self.category is not None:
            return ()
        assumed, unknown = frozenset(self.household.assumed), frozenset(self.household.unknown)
        return missing(self.policy, self.outcomes.completions, assumed, unknown)

    def break_points(self, fact: KeyPath | str | None = None) -> BreakPoints | None:
        """The values of one fact at which a decision changes, all other given facts unchanged.

        `fact` is a path, `("members", 0, "wage")` counting members from 0, or the name of a fact of the household.
        Without it, it is the one missing fact: None where none or several are missing. Defaults are computed again
        from the changed fact. Raises `KeyError` where the policy has no such fact, or the household no such
        member.

            for span in assessment.break_points().spans:
                print(span.low, span.high, span.category)
        """
        if fact is None:
            asked = [missing.path for missing in self.missing]
            if len(asked) != 1 or asked[0] == ("on",) or asked[0][0] == "parameters":
                return None
            fact = asked[0]
        return break_points_of(self.outcomes, (fact,) if isinstance(fact, str) else fact)

    @cached_property
    def nearest_assumed(self) -> NearestAssumed | None:
        """The fact with a constant default whose smallest change gives another category.

        None where the category is undecided, or where no such fact alone changes it.
        """
        return None if self.category is None else nearest_assumed_of(self.outcomes)

    @property
    def missing_by_evidence(self) -> FrozenMapping[str, tuple[Missing, ...]]:
        """The missing facts by the document that proves them, in the same order; without a document under ""."""
        return by_evidence(self.missing)


def require_assessment(given: object) -> None:
    """Raise `FactError` for an argument that is no assessment, such as a household."""
    if not isinstance(given, Assessment):
        raise FactError([Problem("assessment_expected", (), type(given).__name__)])


def assess(policy: Policy, household: Mapping[str, object] | HouseholdText, on: date | str | None = None) -> Assessment:
    """Apply a policy to a household on a day.

    The household is a mapping of facts by name or title (a row of a table is one), or the result of `load_household`.
    `members` is a list of such mappings. Values may be those of NumPy, pandas, Polars or PyArrow; a fact that is not
    given is unknown. Raises `FactError` with every problem of the household, and `PolicyError` for a policy with open
    parameters or without a decision.
    """
    require_decidable(policy)
    return Assessment(read_outcomes(policy, household, on))


def next_question(
    policy: Policy, household: Mapping[str, object] | HouseholdText, on: date | str | None = None
) -> Missing | None:
    """The fact to ask next, to settle the category in few questions; None where it is settled.

    It is the first of `Assessment.missing`. A fact that the household states to be unknown, or an unpublished
    parameter, is named only where there is no other. Raises what `assess` raises.
    """
    return next(iter(assess(policy, household, on).missing), None)
