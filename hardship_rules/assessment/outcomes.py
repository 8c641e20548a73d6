"""The decisions of a policy for a household, with their figures and reasons."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal, cast

from attrs import field, frozen

from hardship_rules.assessment._completions import Case, Narrowed, narrowed
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household, as_given
from hardship_rules.core.expr import Clause, Compare, OverMembers
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Range, Truth, high, low
from hardship_rules.core.kinds import PURE, Unit, Value, unit_text
from hardship_rules.core.policy import Decision, Outcome, Policy, per_policy
from hardship_rules.core.problem import FactError, Path
from hardship_rules.core.units import unit_of
from hardship_rules.engine.causes import Cause, innermost
from hardship_rules.engine.evaluate import Scope, evaluate, possible, value
from hardship_rules.engine.evaluate import narrowed as options_as_value


@frozen
class Figure:
    """A number of an assessment in its unit, exact; where it is not known, what it lies between. Not in `repr`."""

    low: Exact = field(repr=False)
    high: Exact = field(repr=False)
    unit: str

    @property
    def exact(self) -> Fraction | None:
        """The number itself; None where it is not known."""
        return Fraction(self.low) if self.low == self.high else None

    def decimal(self, places: int) -> Decimal | None:
        """The number rounded half up to so many decimal places; None where it is not known."""
        return None if self.exact is None else decimal(self.exact, places)


def decimal(number: Exact, places: int) -> Decimal:
    """An exact number rounded half up (away from zero) to so many decimal places."""
    scaled = abs(Fraction(number)) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if number >= 0 else -whole).scaleb(-places)


@frozen
class Reason:
    """A clause that decided an outcome, stopped one, or still leaves one open, with both sides of its comparison."""

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
        """How far the left side is above the right, where both are numbers."""
        if not isinstance(self.left, Figure) or not isinstance(self.right, Figure):
            return None
        return Figure(self.left.low - self.right.high, self.left.high - self.right.low, self.left.unit)


@frozen
class Decided:
    """What a decision came to: its outcome where it is settled, and the outcomes that are still possible.

    `holding` are the outcomes that certainly hold: of a `first` the one that decides, of an `every` all that do.
    """

    decision: Decision
    outcome: Outcome | None
    possible: tuple[Outcome, ...]
    holding: tuple[Outcome, ...]
    _truths: tuple[Truth, ...] = field(repr=False)
    _policy: Policy = field(repr=False, eq=False)
    _scope: Scope = field(repr=False, eq=False)
    _cases: tuple[Case, ...] = field(default=(), repr=False, eq=False)

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """The clauses that decided an outcome, stopped one, or leave one open, in the decision's order.

        What only all combinations of something unknown have settled has the reasons of each: such a clause decided or
        stopped the outcome in some of them, and does not hold or fail for certain by itself (`holds` is None).
        """
        return tuple(
            reason_of(self._policy, self.decision, outcome, truth, cause)
            for number, (outcome, truth) in enumerate(zip(self.decision.outcomes, self._truths, strict=False))
            for cause in self._causes(number, cast(Clause, outcome.when), truth)
        )

    def _causes(self, number: int, when: Clause, truth: Truth) -> Iterable[Cause]:
        """The causes of an outcome's truth in the household as it is; else of all combinations that reach it."""
        if not self._cases or value(when, self._scope) is truth:
            return innermost(self._policy, when, self._scope)
        reaching = (scope for scope, truths in self._cases if number < len(truths))
        clauses = {cause[0].id: cause[0] for scope in reaching for cause in innermost(self._policy, when, scope)}
        return [(clause, cast(Truth, value(clause, self._scope)), self._scope) for clause in clauses.values()]

    @property
    def decided_by(self) -> tuple[str, ...]:
        """The ids of the innermost clauses that made the outcome hold; for `otherwise`, that stopped the others."""
        if self.outcome is None and not self.decision.every:
            return ()
        wanted = "stopped" if self.outcome is not None and self.outcome.when is None else "decided"
        return tuple(dict.fromkeys(reason.clause.id for reason in self.reasons if reason.role == wanted))


def reason_of(policy: Policy, decision: Decision, outcome: Outcome, truth: Truth, cause: Cause) -> Reason:
    """The reason that a cause of an outcome's truth is."""
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
def _units(policy: Policy) -> dict[int, str]:  # noqa: ARG001  # it begins empty for each
    """The units of a policy's comparisons computed so far, by the identity of the comparison."""
    return {}


def outcomes_left(decision: Decision, truths: tuple[Truth, ...]) -> tuple[Outcome, ...]:
    """The outcomes that the truths of a decision's conditions leave possible."""
    by_id = decision.by_id
    return tuple(by_id[name] for name in possible(decision, truths))


def decided_of(
    policy: Policy, decision: Decision, truths: tuple[Truth, ...], scope: Scope, left: Narrowed | None = None
) -> Decided:
    """What a decision came to; with `left`, after combinations of what is unknown were tried."""
    may = outcomes_left(decision, truths) if left is None else tuple(decision.by_id[name] for name in left.possible)
    cases = () if left is None else left.cases
    if decision.every:
        holding = tuple(outcome for outcome, truth in zip(decision.outcomes, truths, strict=True) if truth)
        return Decided(decision, None, may, holding, truths, policy, scope, cases)
    outcome = may[0] if len(may) == 1 else None
    return Decided(decision, outcome, may, may if outcome else (), truths, policy, scope, cases)


def unit_name(unit: Unit | None) -> str:
    """A unit as figures name it: yuan/month/person, or 1 for a pure number."""
    return unit_text(unit or PURE, {}) or "1"


def answer_of(found: Value, unit: str) -> "Figure | Value":
    """A number as a figure in its unit; anything else as it is."""
    if isinstance(found, bool) or not isinstance(found, int | Fraction | Range):
        return found
    return Figure(low(found), high(found), unit)


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
        """The categories that some completion of what is unknown could still reach, the decided one alone if it is."""
        return tuple(self.policy.category.by_id[name] for name in self.left.possible)

    @cached_property
    def left(self) -> Narrowed:
        """The category, with what combinations of what is unknown rule out."""
        return narrowed(self.policy, self._of_category, self.truths, frozenset(self.household.assumed))

    @cached_property
    def ruled_out(self) -> tuple[Outcome, ...]:
        """The categories that only trying unknown facts in combination has ruled out."""
        return tuple(each for each in outcomes_left(self.policy.category, self.truths) if each not in self.possible)

    @cached_property
    def decided(self) -> Decided:
        """What the category came to, with its reasons."""
        return self._category(self._of_category)

    def _category(self, scope: Scope) -> Decided:
        left = self.left
        return decided_of(self.policy, self.policy.category, left.truths, scope, left)

    @cached_property
    def decisions(self) -> FrozenMapping[str, Decided]:
        """Every decision by its name, the category too."""
        scope, truths = self._whole
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
        return self._whole[0]

    @cached_property
    def _whole(self) -> tuple[Scope, FrozenMapping[str, tuple[Truth, ...]]]:
        """The household with everything evaluated, and the outcomes of every decision.

        What depends on the category depends on what is left of it.
        """
        policy, decision = self.policy, self.policy.category
        scope = self.household.scope(policy)
        truths = evaluate(policy, scope, policy.category_order)
        if self.left.cases and not decision.every:
            scope.values[decision.name] = options_as_value(frozenset(self.left.possible))
        others = [name for name in policy.order if name not in set(policy.category_order)]
        return scope, FrozenMapping(truths | evaluate(policy, scope, others))

    @cached_property
    def profile(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """Of every decision the outcomes that hold and those that are possible, to compare two households by."""
        return tuple(
            (tuple(outcome.id for outcome in decided.holding), tuple(outcome.id for outcome in decided.possible))
            for decided in self.decisions.values()
        )

    def changed(self, changes: Mapping[Path, Value]) -> "Outcomes | None":
        """Those of the household with other values of some facts, read again; None where it is no real household."""
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
