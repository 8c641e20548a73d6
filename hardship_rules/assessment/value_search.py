"""Search for the nearest value of a fact that changes the category."""

from collections.abc import Iterator
from functools import cached_property
from typing import cast

from attrs import Factory, define, field, frozen

from hardship_rules.assessment._completions import completions
from hardship_rules.assessment.break_points import Line, Piece, crossings, divided, left_out, lines_from
from hardship_rules.assessment.defaults import Defaults, broken
from hardship_rules.assessment.household import with_defaults
from hardship_rules.assessment.outcomes import Outcomes
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, NumberKind, Value
from hardship_rules.core.policy import Fact, Outcome
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.evaluate import Scope, evaluate, outcomes

TRIES = 500  # the most ranges that are evaluated for one number in one direction
EFFORT = 26_000  # the most evaluations for all numbers of one screen, in ranges times members
_OWN_EFFORT = 12  # the evaluation of the household's own definitions, in members


@frozen
class NearestAssumed:
    """A fact with a constant default, and its nearest value that gives another category.

    `before` is the last value that gives the same category: the number one unit before `new`, or the option or boolean
    assumed.
    """

    path: KeyPath
    fact: Fact
    assumed: Value = field(repr=False)
    before: Value = field(repr=False)
    new: Value = field(repr=False)
    outcomes: Outcomes = field(repr=False)

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that are possible with the new value."""
        return self.outcomes.possible

    @property
    def category(self) -> Outcome | None:
        """The category with the new value; None where more facts would be needed."""
        return self.outcomes.category


def nearest_assumed_of(outcomes: Outcomes, search: "ValueSearch | None" = None) -> NearestAssumed | None:
    """The assumed fact whose smallest change gives another category; None where no single fact does.

    Numbers that change a figure which the policy shows (an income, an expenditure) come first, then other numbers, then
    choices and booleans, which have no distance. The nearest number is the one with the smallest change in its own
    unit, or the first of several such numbers. `search.is_cut` says afterwards whether a fact was left out.
    """
    search = ValueSearch(outcomes) if search is None else search
    nearest: dict[int, tuple[Exact, NearestAssumed]] = {}
    for path in outcomes.household.assumed:
        for distance, change in _changes_of(search, path, None if 0 not in nearest else nearest[0][0]):
            rank = 2 if distance is None else 0 if _moves_a_figure(outcomes, change.outcomes) else 1
            if rank not in nearest or (distance or 0) < nearest[rank][0]:
                nearest[rank] = distance or 0, change
    return nearest[min(nearest)][1] if nearest else None


def _changes_of(
    search: "ValueSearch", path: KeyPath, within: Exact | None
) -> Iterator[tuple[Exact | None, NearestAssumed]]:
    """The changes of a fact that give another category, with their distances; only numbers nearer than `within`."""
    fact, now = _fact_and_value(search.outcomes, path)
    match fact.kind:
        case NumberKind() as kind:
            for line in lines_from(kind, cast(Exact, now)):
                nearest = search.nearest(path, line, within)
                if nearest is not None:
                    new, before, after = nearest
                    yield _distance(new, cast(Exact, now)), NearestAssumed(path, fact, now, before, new, after)
        case ChoiceKind() | BooleanKind() if within is None:
            values: tuple[Value, ...] = (
                (True, False) if isinstance(fact.kind, BooleanKind) else tuple(fact.kind.options)
            )
            for option in (value for value in values if value != now):
                changed = search.changed(path, option)
                if changed is not None:
                    yield None, NearestAssumed(path, fact, now, now, option, changed)
        case _:
            return


def _distance(a: Exact, b: Exact) -> Exact:
    return max(a - b, b - a)


def _moves_a_figure(before: Outcomes, after: Outcomes) -> bool:
    """Whether a figure that the policy shows changes."""
    return any(before.scope[name] != after.scope[name] for name in before.policy.show)


def _fact_and_value(outcomes: Outcomes, path: KeyPath) -> tuple[Fact, Value]:
    policy, household, name = outcomes.policy, outcomes.household, cast(str, path[-1])
    if len(path) == 1:
        return policy.facts[name], household.values[name]
    return policy.members.facts[name], household.members[cast(int, path[1])].values[name]


@define(slots=False)
class ValueSearch:
    """The search for values that change the category of a decided household, one fact at a time.

    `amounts` are the changes found so far, which are tried first for other facts: they mostly add to the same sums.
    `most` limits the effort for all facts together, in ranges times members.
    """

    outcomes: Outcomes
    amounts: set[Exact] = Factory(set)
    most: int | None = None
    effort: int = 0
    is_cut: bool = False  # whether the search of a number ended before its range was settled

    def changed(self, path: KeyPath, new: Value) -> Outcomes | None:
        """The outcomes with another value of one fact; None where the category does not change."""
        after = self.outcomes.changed({path: new})
        return None if after is None or after.possible == self.outcomes.possible else after

    def nearest(self, path: KeyPath, line: Line, within: Exact | None = None) -> tuple[Exact, Exact, Outcomes] | None:
        """The first value of a line that gives another category, the value before it, and the new outcomes.

        Both values were assessed. Only values nearer than the distance `within` are searched.
        """
        last = line.steps if within is None else self.steps_within(line, within)
        pieces = [(1, last)] if last > 0 else []
        for _ in range(TRIES):
            if not pieces:
                return None
            if self.most is not None and self.effort >= self.most:
                break
            self.effort += len(self.outcomes.household.members) + _OWN_EFFORT
            piece = pieces.pop()
            least, most = piece
            whole = self.open_between(path, line, piece)
            if whole is None:
                continue
            after = self.changed(path, line.at(least))
            if after is not None:
                new, before = line.at(least), line.at(least - 1)
                self.amounts.add(_distance(new, line.at(0)))
                same = self.outcomes.changed({path: before})
                return (new, before, after) if same is not None and same.possible == self.outcomes.possible else None
            if least < most:
                pieces += reversed(self.divided(path, line, (least + 1, most), whole))
        self.is_cut = self.is_cut or bool(pieces)
        return None

    @staticmethod
    def steps_within(line: Line, distance: Exact) -> int:
        """The number of steps of a line that are nearer to its start than a distance."""
        return 0 if line.steps == 0 else min(line.steps, -(-distance // line.unit) - 1)

    @cached_property
    def left_out(self) -> frozenset[KeyPath]:
        """The facts that were left out and have a default."""
        return left_out(self.outcomes)

    def open_between(self, path: KeyPath, line: Line, piece: Piece) -> Scope | None:
        """The household with a piece of a line as the range of its number; None where no value changes the category.

        For None, interval arithmetic proves that every value gives the same category or breaks a `must`.
        """
        policy, replaced = self.outcomes.policy, self.left_out - {path}
        scope, defaults = self.evaluated(path, line, piece)
        if defaults.outside or any(broken(policy, scope, replaced)):
            return None
        ids = completions(policy, scope, outcomes(policy.category, scope), replaced).possible
        return None if ids == tuple(outcome.id for outcome in self.outcomes.possible) else scope

    def evaluated(self, path: KeyPath, line: Line, piece: Piece) -> tuple[Scope, Defaults]:
        """The household with a piece of a line as the range of its number, evaluated, and its defaults."""
        policy = self.outcomes.policy
        scope, defaults = with_defaults(policy, self.outcomes.household, FrozenMapping({path: line.between(piece)}))
        evaluate(policy, scope, policy.category_order)
        return scope, defaults

    def divided(self, path: KeyPath, line: Line, piece: Piece, whole: Scope) -> list[Piece]:
        """A piece cut where the category may change, and at the amounts by which other facts changed it."""
        policy = self.outcomes.policy
        first, last = (self.evaluated(path, line, (step, step))[0] for step in piece)
        earlier_changes = (int(amount / line.unit) for amount in self.amounts)
        return divided(piece, crossings(policy, (policy.category,), whole, first, last), earlier_changes)
