"""The assessment of a household: category, decisions, terms, trace, and what is missing."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.break_points import BreakPoints, break_points_of
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household, HouseholdText
from hardship_rules.assessment.outcomes import Decided, Figure, Outcomes, Reason, answer_of, outcomes_of, unit_name
from hardship_rules.assessment.questions import Missing, by_evidence, missing, named
from hardship_rules.assessment.value_search import NearestAssumed, nearest_assumed_of
from hardship_rules.core.expr import Clause, Expr, Name, OverMembers, parts_of
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Truth
from hardship_rules.core.kinds import NumberKind, Value
from hardship_rules.core.policy import Outcome, Policy, Term, refuse_no_policy
from hardship_rules.core.problem import FactError, Path, PolicyError, Problem
from hardship_rules.core.units import kind_of_name, unit_of
from hardship_rules.engine.evaluate import Scope, value


@frozen
class Trace:
    """An expression with its answer; `parts` are those of what stands inside it, made when looked at."""

    expr: Expr
    member: int | None
    policy: Policy = field(repr=False, eq=False)
    scope: Scope = field(repr=False, eq=False)

    @cached_property
    def value(self) -> Value:
        """Its answer."""
        return value(self.expr, self.scope)

    @cached_property
    def parts(self) -> "tuple[Trace, ...]":
        """What it was worked out from: for a term its definition, over the members each member's own."""
        expr = self.expr
        if isinstance(expr, OverMembers):
            household = self.scope.outer or self.scope
            return tuple(
                Trace(part, number, self.policy, member)
                for number, member in enumerate(household.members)
                for part in parts_of(expr)
            )
        if isinstance(expr, Name):
            definition = self.policy.names.get(expr.name)
            if isinstance(definition, Term):
                scope = self.scope if definition.of_member else self.scope.outer or self.scope
                return (Trace(definition.expr, self.member if definition.of_member else None, self.policy, scope),)
            return ()
        return tuple(Trace(part, self.member, self.policy, self.scope) for part in parts_of(expr))


@frozen
class Assessment:
    """A policy applied to a household. Immutable; no fact's value shows in its `repr`.

    The category is worked out at once as far as ranges settle it, everything else when it is first looked at.
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
        """What is unusual in the facts given, or written in an earlier word; it changes nothing."""
        return self.household.warnings

    @property
    def category(self) -> Outcome | None:
        """The outcome of the first decision; None while it is undecided."""
        return self.outcomes.category

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that some completion of what is unknown could still reach, the decided one alone if it is."""
        return self.outcomes.possible

    @property
    def ruled_out(self) -> tuple[Outcome, ...]:
        """The categories that only trying the facts of `tried` in combination has ruled out."""
        return self.outcomes.ruled_out

    @cached_property
    def tried(self) -> tuple[Missing, ...]:
        """The unknown facts of which every combination was tried to rule out categories; nothing where none was."""
        return tuple(named(self.policy, path) for path in self.outcomes.left.tried)

    @property
    def decided(self) -> Decided:
        """What the category came to, with its reasons."""
        return self.outcomes.decided

    @property
    def decisions(self) -> FrozenMapping[str, Decided]:
        """Every decision by its name, the category too."""
        return self.outcomes.decisions

    @cached_property
    def terms(self) -> FrozenMapping[str, Figure | Value]:
        """Every term and parameter of the household by its name: a `Figure`, a yes-or-no, or an option."""
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
        """The answer of a fact, parameter or term of the household, or of a member (counted from 0)."""
        return self._named(name, self._scope if member is None else self._scope.members[member])

    def _named(self, name: str, scope: Scope) -> "Figure | Value":
        kind = kind_of_name(self.policy, name)
        return answer_of(scope[name], unit_name(kind.unit if isinstance(kind, NumberKind) else None))

    def per_member(self, over: OverMembers) -> "tuple[tuple[Truth, Figure | Value], ...]":
        """Of each member whether a sum or count takes it, and what it brings."""
        unit = unit_name(None if over.part is None else unit_of(over.part, self.policy))
        return tuple(
            (
                True if over.where is None else cast(Truth, value(over.where, scope)),
                True if over.part is None else answer_of(value(over.part, scope), unit),
            )
            for scope in self._scope.members
        )

    def trace(self, name: str, member: int | None = None) -> Trace:
        """The expression of a term (of a member: counted from 0), or of an outcome as `decision.outcome`, answered."""
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
        """What would settle an undecided category, in the order in which to ask for it."""
        if self.category is not None:
            return ()
        assumed, unknown = frozenset(self.household.assumed), frozenset(self.household.unknown)
        return missing(self.policy, self.outcomes.left, assumed, unknown)

    def break_points(self, fact: Path | str | None = None) -> BreakPoints | None:
        """From which value of one fact on a decision changes, all other given facts as they are.

        `fact` is the fact's path, `("members", 0, "wage")` counting members from 0, or the name of one of the
        household's own. Without it, it is the one fact that is missing: None where there is none, or several. Defaults
        follow from the changed fact. Raises `KeyError` where the policy has no such fact, or the household no such
        member.

            for span in assessment.break_points().spans:
                print(span.low, span.high, span.category)
        """
        if fact is None:
            asked = [each.path for each in self.missing]
            if len(asked) != 1 or asked[0] == ("on",) or asked[0][0] == "parameters":
                return None
            fact = asked[0]
        return break_points_of(self.outcomes, (fact,) if isinstance(fact, str) else fact)

    @cached_property
    def nearest_assumed(self) -> NearestAssumed | None:
        """Of the facts that a constant replaced, the one whose smallest change gives another category.

        None where the category is undecided, or no such fact changes it by itself.
        """
        return None if self.category is None else nearest_assumed_of(self.outcomes)

    @property
    def missing_by_evidence(self) -> FrozenMapping[str, tuple[Missing, ...]]:
        """What is missing by the document that proves it, in the same order; without a document under ""."""
        return by_evidence(self.missing)


def refuse_no_assessment(given: object) -> None:
    """Raise `FactError` where a host hands in a household, or anything else, in place of an assessment."""
    if not isinstance(given, Assessment):
        raise FactError([Problem("assessment_expected", (), type(given).__name__)])


def assess(policy: Policy, household: Mapping[str, object] | HouseholdText, on: date | str | None = None) -> Assessment:
    """Apply a policy to a household on a day.

    The household is a mapping of facts by name or title, or what `load_household` gives; `members` is a list of
    such mappings; a row of a table is one, and values may be those of NumPy, pandas, Polars or PyArrow. What is not
    given is unknown. Raises `FactError` with every problem of the household, and `PolicyError` for a policy that cannot
    decide: one with open parameters, or with no decision.
    """
    refuse_no_policy(policy)
    if policy.is_open:
        open_ = ", ".join(f"`{name}` {each.title}" for name, each in policy.parameters.items() if not each.values)
        raise PolicyError([Problem("policy_open", given=policy.name, values={"parameters": open_})])
    if not policy.decisions:
        raise PolicyError([Problem("policy_without_decision", given=policy.name)])
    return Assessment(outcomes_of(policy, read_facts(policy, household, on)))


def next_question(
    policy: Policy, household: Mapping[str, object] | HouseholdText, on: date | str | None = None
) -> Missing | None:
    """The one fact to ask now, so that the category is settled in few questions; None where it is settled.

    It is the first of what `assess` finds missing. What the household says is unknown, and a parameter that is not
    published, are named only where nothing else is left to ask. Raises what `assess` raises.
    """
    return next(iter(assess(policy, household, on).missing), None)
