"""What came of a household: the outcome of each decision, its figures, its reasons, what is missing, and the trace."""

from functools import cached_property
from typing import cast

from attrs import field, frozen

from hardship_rules.asking import Missing, by_evidence, missing, named
from hardship_rules.decided import Decided, Figure, Reason, answer_of, decided_of, outcomes_left, unit_name
from hardship_rules.evaluate import evaluate
from hardship_rules.frozen import FrozenMapping
from hardship_rules.household import Household
from hardship_rules.meaning import Scope, value
from hardship_rules.meaning import narrowed as options_as_value
from hardship_rules.model import Outcome, Policy, Term
from hardship_rules.narrowing import Narrowed, narrowed
from hardship_rules.problems import Problem
from hardship_rules.ranges import Truth
from hardship_rules.syntax import (
    Clause,
    Expr,
    Name,
    OverMembers,
    parts_of,
)
from hardship_rules.units import kind_of_name, unit_of
from hardship_rules.values import NumberKind, Value


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

    policy: Policy
    household: Household
    _of_category: Scope = field(repr=False, eq=False)
    _truths: tuple[Truth, ...] = field(repr=False, eq=False)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is unusual in the facts given, or written in an earlier word; it changes nothing."""
        return self.household.warnings

    @property
    def category(self) -> Outcome | None:
        """The outcome of the first decision; None while it is undecided."""
        return self.possible[0] if len(self.possible) == 1 else None

    @cached_property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that some completion of what is unknown could still reach, the decided one alone if it is."""
        return tuple(self.policy.category.by_id[name] for name in self._left.possible)

    @cached_property
    def _left(self) -> Narrowed:
        """The category, with what combinations of what is unknown rule out."""
        return narrowed(self.policy, self._of_category, self._truths, frozenset(self.household.assumed))

    @cached_property
    def ruled_out(self) -> tuple[Outcome, ...]:
        """The categories that only trying the facts of `tried` in combination has ruled out."""
        return tuple(each for each in outcomes_left(self.policy.category, self._truths) if each not in self.possible)

    @cached_property
    def tried(self) -> tuple[Missing, ...]:
        """The unknown facts of which every combination was tried to rule out categories; nothing where none was."""
        return tuple(named(self.policy, path) for path in self._left.tried)

    @cached_property
    def decided(self) -> Decided:
        """What the category came to, with its reasons."""
        return self._category(self._of_category)

    def _category(self, scope: Scope) -> Decided:
        left = self._left
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

    @cached_property
    def _whole(self) -> tuple[Scope, FrozenMapping[str, tuple[Truth, ...]]]:
        """The household with everything worked out, and the outcomes of every decision.

        What goes by the category goes by what is left of it.
        """
        policy, decision = self.policy, self.policy.category
        scope = self.household.scope(policy)
        truths = evaluate(policy, scope, policy.category_order)
        if self._left.cases and not decision.every:
            scope.values[decision.name] = options_as_value(frozenset(self._left.possible))
        others = [name for name in policy.order if name not in set(policy.category_order)]
        return scope, FrozenMapping(truths | evaluate(policy, scope, others))

    @property
    def _scope(self) -> Scope:
        return self._whole[0]

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
        return missing(self.policy, self._left, assumed, unknown)

    @property
    def missing_by_evidence(self) -> FrozenMapping[str, tuple[Missing, ...]]:
        """What is missing by the document that proves it, in the same order; without a document under ""."""
        return by_evidence(self.missing)
