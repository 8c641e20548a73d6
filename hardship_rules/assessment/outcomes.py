"""The decisions of a policy for a household, with their figures and reasons."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, Literal, Protocol, cast

from attrs import field, frozen

from hardship_rules.assessment._completions import Completion, Completions, Trials, completions, decided_by_bounds
from hardship_rules.assessment.altered import AlteredFacts, AlteredHousehold
from hardship_rules.assessment.facts import Given, read_rows
from hardship_rules.assessment.household import Household
from hardship_rules.core.expr import Clause
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Range, Truth
from hardship_rules.core.kinds import PURE, Unit, Value, unit_text
from hardship_rules.core.policy import Decision, Outcome, Policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.causes import Cause, innermost
from hardship_rules.engine.compiled import Result, compiled_policy
from hardship_rules.engine.evaluate import Scope, possible, truths
from hardship_rules.engine.rows import Rows


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
            reason_of(self.decision, outcome, truth, cause, self._scope)
            for number, (outcome, truth) in enumerate(zip(self.decision.outcomes, self._truths, strict=False))
            for cause in self._causes(number, cast(Clause, outcome.when), truth)
        )

    def _causes(self, number: int, when: Clause, truth: Truth) -> Iterable[Cause]:
        """The causes of an outcome's value in the household, or else in all completions that reach the outcome."""
        policy, scope = self._policy, self._scope
        if not self._completions or scope.value(when) is truth:
            return innermost(when, scope)
        compiled = compiled_policy(policy)
        reaching = (compiled.scope(rows) for rows, truths in self._completions if number < len(truths))
        causes = {cause.clause.id: cause for completion in reaching for cause in innermost(when, completion)}
        return [cause._replace(truth=cast(Truth, scope.value(cause.clause))) for cause in causes.values()]

    @property
    def decided_by(self) -> tuple[str, ...]:
        """The ids of the innermost clauses that made the outcome hold; for `otherwise`, that stopped all others."""
        if self.outcome is None and not self.decision.every:
            return ()
        wanted = "stopped" if self.outcome is not None and self.outcome.when is None else "decided"
        return tuple(dict.fromkeys(reason.clause.id for reason in self.reasons if reason.role == wanted))


def reason_of(decision: Decision, outcome: Outcome, truth: Truth, cause: Cause, scope: Scope) -> Reason:
    """The reason of a decision, from a cause of an outcome's value; `truth` is whether the outcome holds."""
    line, run = cause.line, scope.run
    left: Figure | Value = None
    right: Figure | Value = None
    sign = ""
    members: tuple[int, ...] = ()
    if (compares := line.compares) is not None:
        sign, unit = compares.sign, unit_name(compares.unit)
        left, right = answer_of(run.figure(compares.left), unit), answer_of(run.figure(compares.right), unit)
    elif line.members is not None:
        wanted, asked = line.members
        found = enumerate(run.value(asked, number) for number in range(len(scope.members)))
        members = tuple(number for number, holds in found if holds is wanted or holds is None)
    role: Literal["decided", "stopped", "open"] = "open" if truth is None else "decided" if truth else "stopped"
    return Reason(decision.name, outcome.id, cause.clause, role, cause.truth, members, sign, left, right)


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


@lru_cache(maxsize=1000)
def unit_name(unit: Unit | None) -> str:
    """A unit as figures name it: yuan/month/person, or 1 for a pure number."""
    return unit_text(unit or PURE, {}) or "1"


def answer_of(answer: Value, unit: str) -> "Figure | Value":
    """A number as a figure in its unit; any other value unchanged."""
    if type(answer) is int or type(answer) is Fraction:
        return Figure(answer, answer, unit)
    return Figure(answer.low, answer.high, unit) if type(answer) is Range else answer


class Facts(Protocol):
    """What a household is made of when it is asked for."""

    def household(self) -> Household:
        """The typed facts with their defaults and warnings."""

    def assumed(self) -> tuple[KeyPath, ...]:
        """The facts with a constant default."""


@frozen(eq=False)
class Outcomes:
    """The outcomes of a policy's decisions for one household. Immutable; no fact's value shows in its `repr`."""

    policy: Policy
    _facts: Facts = field(repr=False)
    rows: Rows = field(repr=False)
    _run: tuple[Any, ...] = field(repr=False)

    @cached_property
    def result(self) -> Result:
        """The category and every `must` as bounds leave them."""
        return compiled_policy(self.policy).result(self._run)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Outcomes):
            return NotImplemented
        return self.policy == other.policy and self.household == other.household

    def __hash__(self) -> int:
        return hash((self.policy, self.household))

    @cached_property
    def household(self) -> Household:
        """The household, with its defaults and warnings."""
        return self._facts.household()

    @property
    def category(self) -> Outcome | None:
        """The outcome of the first decision; None while it is undecided."""
        return self.possible[0] if len(self.possible) == 1 else None

    @cached_property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that some completion of the household may reach; one where the category is decided."""
        names = self.result.possible if len(self.result.possible) == 1 else self.completions.possible
        return tuple(self.policy.category.by_id[name] for name in names)

    @cached_property
    def completions(self) -> Completions:
        """The category after completions of the household were tried."""
        if len(self.result.possible) == 1:
            return decided_by_bounds(self.rows, self.result)
        return completions(Trials(self.policy, self._facts.assumed()), self.rows, self.result)

    @cached_property
    def ruled_out(self) -> tuple[Outcome, ...]:
        """The categories that only the trial of completions has ruled out."""
        before = outcomes_left(self.policy.category, self.result.truths)
        return tuple(outcome for outcome in before if outcome not in self.possible)

    @cached_property
    def decided(self) -> Decided:
        """The category with its reasons."""
        return self._decided(self.policy.category)

    @cached_property
    def decisions(self) -> FrozenMapping[str, Decided]:
        """Every decision by its name, the category too."""
        return FrozenMapping((name, self._decided(decision)) for name, decision in self.policy.decisions.items())

    def _decided(self, decision: Decision) -> Decided:
        """The result of a decision with what its reasons are read from."""
        if decision.name != self.policy.category.name:
            return decided_of(self.policy, decision, truths(decision, self.scope), self.scope)
        return decided_of(self.policy, decision, self.completions.truths, self.scope, self.completions)

    @cached_property
    def scope(self) -> Scope:
        """The values of all names for the household.

        What uses the category sees the outcomes that remain after completions were tried.
        """
        compiled = compiled_policy(self.policy)
        categories = self.completions.possible if self.completions.households else ()
        return compiled.scope(self.rows, categories=categories, found=() if categories else self._run)

    @cached_property
    def profile(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """For each decision the ids of the outcomes that hold and of those that are possible; compares two results."""
        return tuple(
            (tuple(outcome.id for outcome in decided.holding), tuple(outcome.id for outcome in decided.possible))
            for decided in self.decisions.values()
        )

    def changed(self, changes: Mapping[KeyPath, Value]) -> "Outcomes | None":
        """The outcomes of the household with other values of some facts; None where that is no real household.

        Each value is one that the fact can have.
        """
        altered, compiled = self.altered, compiled_policy(self.policy)
        if len(changes) == 1:
            ((path, value),) = changes.items()
            rows = altered.rows(path, value)
            run = () if rows is None else altered.run(path, rows)
        else:
            refilled, filled = altered.with_values(changes)
            rows = None if filled.outside else refilled
            run = compiled.run(refilled.own, refilled.members)
        if rows is None:
            return None
        result = compiled.result(run)
        if result.is_broken and Trials(self.policy, altered.assumed(changes)).is_broken(rows, result):
            return None
        kept = Rows(tuple(rows.own), tuple(map(tuple, rows.members)))
        return Outcomes(self.policy, AlteredFacts(altered, FrozenMapping(changes)), kept, run)

    @cached_property
    def altered(self) -> AlteredHousehold:
        """The household in which facts change."""
        return AlteredHousehold(self.policy, self.household, self.rows)


def read_outcomes(policy: Policy, given: Given, on: date | str | None = None) -> Outcomes:
    """The outcomes of a policy's decisions for a household as it is given. Raises `FactError`."""
    return Outcomes(policy, *read_rows(policy, given, on))
