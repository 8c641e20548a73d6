"""The decisions of a policy for a household, with their figures and reasons."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal, cast

from attrs import field, frozen

from hardship_rules.assessment._completions import Completion, Completions, completions
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household, as_given
from hardship_rules.core.expr import Clause, Compare, OverMembers
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Range, Truth, high, low
from hardship_rules.core.kinds import PURE, Unit, Value, unit_text
from hardship_rules.core.policy import Decision, Outcome, Policy, per_policy
from hardship_rules.core.problem import FactError, KeyPath
from hardship_rules.core.units import unit_of
from hardship_rules.engine.causes import Cause, innermost
from hardship_rules.engine.evaluate import Scope, choice_value, evaluate, possible, value


@frozen
class Figure:
    """An exact number in its unit, or the bounds of one that is not known. Neither is in its `repr`."""

    low: Exact = field(repr=False)
    high: Exact = field(repr=False)
    unit: str

    @property
    def exact(self) -> Fraction | None:
        """The number; None where it is not known."""
        return Fraction(self.low) if self.low == self.high else None

    def decimal(self, places: int) -> Decimal | None:
        """The number rounded half up to decimal places; None where it is not known."""
        return None if self.exact is None else decimal(self.exact, places)


def decimal(number: Exact, places: int) -> Decimal:
    """An exact number rounded to decimal places, halves away from zero."""
    scaled = abs(Fraction(number)) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if number >= 0 else -whole).scaleb(-places)


@frozen
class Reason:
    """A clause that decided an outcome, stopped one, or leaves one open, with both sides of its comparison.

    `holds` is None for a clause that is not known to hold or fail. `members` are those that a clause about members
    depends on, counted from 0.
    """

    decision: str
    outcome: str
    clause: Clause
    role: Literal["decided", "stopped", "open"]
    holds: Truth
    members: tuple[int, ...]
    sign: str
    left: "Figure | Value" = field(repr=False)
    right: "Figure | Value" = field(repr=False)

    @property
    def difference(self) -> Figure | None:
        """The left side minus the right; None where they are not numbers."""
        if not isinstance(self.left, Figure) or not isinstance(self.right, Figure):
            return None
        return Figure(self.left.low - self.right.high, self.left.high - self.right.low, self.left.unit)


@frozen
class Decided:
    """The result of a decision: its outcome if it is settled, and the outcomes that are possible.

    `holding` are the outcomes that certainly hold: one of a `first` decision, any number of an `every` decision.
    """

    decision: Decision
    outcome: Outcome | None
    possible: tuple[Outcome, ...]
    holding: tuple[Outcome, ...]
    _truths: tuple[Truth, ...] = field(repr=False)
    _policy: Policy = field(repr=False, eq=False)
    _scope: Scope = field(repr=False, eq=False)
    _completions: tuple[Completion, ...] = field(default=(), repr=False, eq=False)

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """The clauses that decided an outcome, stopped one, or leave one open, in the decision's order.

        An outcome that is settled only in every completion has the reasons of each completion. Such a clause decided
        or stopped the outcome in some of them; its `holds` is None.
        """
        return tuple(
            reason_of(self._policy, self.decision, outcome, truth, cause)
            for number, (outcome, truth) in enumerate(zip(self.decision.outcomes, self._truths, strict=False))
            for cause in self._causes(number, cast(Clause, outcome.when), truth)
        )

    def _causes(self, number: int, when: Clause, truth: Truth) -> Iterable[Cause]:
        """The causes of an outcome's value in the household, or else in all completions that reach the outcome."""
        if not self._completions or value(when, self._scope) is truth:
            return innermost(self._policy, when, self._scope)
        reaching = (scope for scope, truths in self._completions if number < len(truths))
        clauses = {cause[0].id: cause[0] for scope in reaching for cause in innermost(self._policy, when, scope)}
        return [(clause, cast(Truth, value(clause, self._scope)), self._scope) for clause in clauses.values()]

    @property
    def decided_by(self) -> tuple[str, ...]:
        """The ids of the innermost clauses that made the outcome hold; for `otherwise`, that stopped all others."""
        if self.outcome is None and not self.decision.every:
            return ()
        wanted = "stopped" if self.outcome is not None and self.outcome.when is None else "decided"
        return tuple(dict.fromkeys(reason.clause.id for reason in self.reasons if reason.role == wanted))


def reason_of(policy: Policy, decision: Decision, outcome: Outcome, truth: Truth, cause: Cause) -> Reason:
    """The reason of a decision, from a cause of an outcome's value; `truth` is whether the outcome holds."""
    clause, holds, scope = cause
    line = clause.when
    left: Figure | Value = None
    right: Figure | Value = None
    sign = ""
    members: tuple[int, ...] = ()
    if isinstance(line, Compare):
        sign = line.sign
        unit = _unit(line, policy)
        left, right = (answer_of(value(side, scope), unit) for side in (line.left, line.right))
    elif isinstance(line, OverMembers) and line.where is not None:
        wanted = line.what == "some"
        truths = enumerate(value(line.where, member) for member in (scope.outer or scope).members)
        members = tuple(number for number, truth in truths if truth is wanted or truth is None)
    role: Literal["decided", "stopped", "open"] = "open" if truth is None else "decided" if truth else "stopped"
    return Reason(decision.name, outcome.id, clause, role, holds, members, sign, left, right)


def _unit(line: Compare, policy: Policy) -> str:
    """The unit of both sides of a comparison: a bare side has that of the other."""
    units = _units(policy)
    if id(line) not in units:
        units[id(line)] = unit_name(unit_of(line.left, policy) or unit_of(line.right, policy))
    return units[id(line)]


@per_policy
def _units(policy: Policy) -> dict[int, str]:  # noqa: ARG001  # a cache, empty at first, for each policy
    """The units of a policy's comparisons computed so far, by the identity of the comparison."""
    return {}


def outcomes_left(decision: Decision, truths: tuple[Truth, ...]) -> tuple[Outcome, ...]:
    """The outcomes that are possible for the values of a decision's conditions."""
    by_id = decision.by_id
    return tuple(by_id[name] for name in possible(decision, truths))


def decided_of(
    policy: Policy, decision: Decision, truths: tuple[Truth, ...], scope: Scope, tried: Completions | None = None
) -> Decided:
    """The result of a decision; with `tried`, of one whose completions were tried."""
    names = possible(decision, truths) if tried is None else tried.possible
    may_hold = tuple(decision.by_id[name] for name in names)
    households = () if tried is None else tried.households
    if decision.every:
        holding = tuple(outcome for outcome, truth in zip(decision.outcomes, truths, strict=True) if truth)
        return Decided(decision, None, may_hold, holding, truths, policy, scope, households)
    outcome = may_hold[0] if len(may_hold) == 1 else None
    return Decided(decision, outcome, may_hold, may_hold if outcome else (), truths, policy, scope, households)


def unit_name(unit: Unit | None) -> str:
    """A unit as figures name it: yuan/month/person, or 1 for a pure number."""
    return unit_text(unit or PURE, {}) or "1"


def answer_of(answer: Value, unit: str) -> "Figure | Value":
    """A number as a figure in its unit; any other value unchanged."""
    if isinstance(answer, bool) or not isinstance(answer, int | Fraction | Range):
        return answer
    return Figure(low(answer), high(answer), unit)


@frozen
class Outcomes:
    """The outcomes of a policy's decisions for one household. Immutable; no fact's value shows in its `repr`."""

    policy: Policy
    household: Household
    _of_category: Scope = field(repr=False, eq=False)
    truths: tuple[Truth, ...] = field(repr=False, eq=False)

    @property
    def category(self) -> Outcome | None:
        """The outcome of the first decision; None while it is undecided."""
        return self.possible[0] if len(self.possible) == 1 else None

    @cached_property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that some completion of the household may reach; one where the category is decided."""
        return tuple(self.policy.category.by_id[name] for name in self.completions.possible)

    @cached_property
    def completions(self) -> Completions:
        """The category after completions of the household were tried."""
        return completions(self.policy, self._of_category, self.truths, frozenset(self.household.assumed))

    @cached_property
    def ruled_out(self) -> tuple[Outcome, ...]:
        """The categories that only the trial of completions has ruled out."""
        before = outcomes_left(self.policy.category, self.truths)
        return tuple(outcome for outcome in before if outcome not in self.possible)

    @cached_property
    def decided(self) -> Decided:
        """The category with its reasons."""
        return self._category(self._of_category)

    def _category(self, scope: Scope) -> Decided:
        """The category with the evaluated facts of its reasons."""
        tried = self.completions
        return decided_of(self.policy, self.policy.category, tried.truths, scope, tried)

    @cached_property
    def decisions(self) -> FrozenMapping[str, Decided]:
        """Every decision by its name, the category too."""
        scope, truths = self._evaluated
        category = self.policy.category.name
        return FrozenMapping(
            (
                name,
                self._category(scope) if name == category else decided_of(self.policy, decision, truths[name], scope),
            )
            for name, decision in self.policy.decisions.items()
        )

    @property
    def scope(self) -> Scope:
        """The household with every parameter, term and decision evaluated."""
        return self._evaluated[0]

    @cached_property
    def _evaluated(self) -> tuple[Scope, FrozenMapping[str, tuple[Truth, ...]]]:
        """The household with every definition evaluated, and whether each outcome of every decision holds.

        Definitions that use the category see the outcomes that remain after completions were tried.
        """
        policy, decision = self.policy, self.policy.category
        scope = self.household.scope(policy)
        truths = evaluate(policy, scope, policy.category_order)
        if self.completions.households and not decision.every:
            scope.values[decision.name] = choice_value(frozenset(self.completions.possible))
        others = [name for name in policy.order if name not in set(policy.category_order)]
        return scope, FrozenMapping(truths | evaluate(policy, scope, others))

    @cached_property
    def profile(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """For each decision the ids of the outcomes that hold and of those that are possible; compares two results."""
        return tuple(
            (tuple(outcome.id for outcome in decided.holding), tuple(outcome.id for outcome in decided.possible))
            for decided in self.decisions.values()
        )

    def changed(self, changes: Mapping[KeyPath, Value]) -> "Outcomes | None":
        """The outcomes of the household with other values of some facts; None where that is no real household."""
        try:
            household = read_facts(self.policy, as_given(self.policy, self.household, changes), self.household.on)
        except FactError:
            return None
        return outcomes_of(self.policy, household)


def outcomes_of(policy: Policy, household: Household) -> Outcomes:
    """The outcomes of a policy's decisions for a household."""
    scope = household.scope(policy)
    truths = evaluate(policy, scope, policy.category_order)[policy.category.name]
    return Outcomes(policy, household, scope, truths)
