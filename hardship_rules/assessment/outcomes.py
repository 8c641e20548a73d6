"""What every decision comes to for a household: the category at once, the other decisions when they are looked at."""

from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from hardship_rules.assessment.decided import Decided, decided_of, outcomes_left
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.given import as_given
from hardship_rules.assessment.household import Household
from hardship_rules.assessment.narrowing import Narrowed, narrowed
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Outcome, Policy
from hardship_rules.core.problems import FactError, Path
from hardship_rules.core.ranges import Truth
from hardship_rules.core.values import Value
from hardship_rules.engine.evaluate import evaluate
from hardship_rules.engine.meaning import Scope
from hardship_rules.engine.meaning import narrowed as options_as_value


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
