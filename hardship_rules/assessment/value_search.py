"""Search for the nearest value of a fact that changes the category."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

from attrs import Factory, define, field, frozen

from hardship_rules.assessment._completions import Trials, completions
from hardship_rules.assessment.break_points import Line, Piece, crossings, divided, lines_from
from hardship_rules.assessment.outcomes import Outcomes
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, NumberKind, Value
from hardship_rules.core.policy import Fact, Outcome
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.rows import Rows

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
    `most` limits the effort for all facts together, in ranges times members. `by_sum` has, for the facts that are parts
    of one sum, the steps to the nearest value, or None and how many steps were searched.
    """

    outcomes: Outcomes
    amounts: set[Exact] = Factory(set)
    most: int | None = None
    effort: int = 0
    by_sum: dict[tuple[KeyPath, int, bool], tuple[int | None, int]] = Factory(dict)
    is_cut: bool = False  # whether the search of a number ended before its range was settled

    def changed(self, path: KeyPath, new: Value) -> Outcomes | None:
        """The outcomes with another value of one fact; None where the category does not change."""
        if path[-1] not in self.outcomes.altered.compiled.matters:
            return None
        rows = self.outcomes.altered.rows(path, new)
        if rows is None or self.is_same(path, rows):
            return None
        after = self.outcomes.changed({path: new})
        return None if after is None or after.possible == self.outcomes.possible else after

    def is_same(self, path: KeyPath, rows: Rows) -> bool:
        """Whether bounds settle that the category is the same; True also says nothing of a `must`."""
        ids = self.outcomes.altered.decide(path, rows).possible
        return len(ids) == 1 and ids == self.categories

    def keeps(self, path: KeyPath, value: Value) -> bool:
        """Whether the household with another value of one fact is real and has the same category."""
        altered = self.outcomes.altered
        rows = altered.rows(path, value)
        if rows is None:
            return False
        if self.is_same(path, rows) and not altered.decide(path, rows).is_broken:
            return True
        same = self.outcomes.changed({path: value})
        return same is not None and same.possible == self.outcomes.possible

    def nearest_given(self, path: KeyPath, line: Line) -> tuple[Exact, Exact, Outcomes] | None:
        """`nearest`, which is searched once for all facts that are parts of the same sum and of nothing else.

        If the first of them changes the category by so many steps, the others do by as many; that is confirmed.
        """
        if path[-1] not in self.outcomes.altered.compiled.matters:
            return None
        total = self.outcomes.altered.compiled.alike.get(path[-1])
        if total is None or line.steps == 0:
            return self.nearest(path, line)
        key = path[:-1], total, line.scaled(1) > line.scaled(0)
        steps, searched = self.by_sum.get(key, (None, 0))
        if steps is not None and steps <= line.steps:
            new, before = line.at(steps), line.at(steps - 1)
            after = self.changed(path, new)
            if after is not None and self.keeps(path, before):
                return new, before, after
        elif line.steps <= searched:
            return None
        is_cut, self.is_cut = self.is_cut, False
        found = self.nearest(path, line)
        if found is not None:
            self.by_sum[key] = abs(int((found[0] - line.at(0)) * line.units)), 0
        elif not self.is_cut:
            self.by_sum[key] = None, line.steps
        self.is_cut = self.is_cut or is_cut
        return found

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
                return (new, before, after) if self.keeps(path, before) else None
            if least < most:
                pieces += reversed(self.divided(path, line, (least + 1, most), whole))
        self.is_cut = self.is_cut or bool(pieces)
        return None

    @staticmethod
    def steps_within(line: Line, distance: Exact) -> int:
        """The number of steps of a line that are nearer to its start than a distance."""
        return 0 if line.steps == 0 else min(line.steps, -(-distance // line.unit) - 1)

    def open_between(self, path: KeyPath, line: Line, piece: Piece) -> tuple[Any, ...] | None:
        """The run with a piece of a line as the range of its number; None where no value changes the category.

        For None, interval arithmetic proves that every value gives the same category or breaks a `must`.
        """
        rows = self.outcomes.altered.rows_between(path, line.bounds(piece))
        if rows is None:
            return None
        run = self.outcomes.altered.run(path, rows)
        result = self.outcomes.altered.compiled.result(run)
        if len(result.possible) == 1 and result.possible == self.categories:
            return None
        if not result.is_broken and self.outcomes.altered.leaves_no_choice(path):
            return run
        trials = Trials(self.outcomes.policy, self.outcomes.altered.replaced(path))
        if trials.is_broken(rows, result):
            return None
        return None if completions(trials, rows, result).possible == self.categories else run

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The categories that are possible now."""
        return tuple(outcome.id for outcome in self.outcomes.possible)

    def divided(self, path: KeyPath, line: Line, piece: Piece, whole: tuple[Any, ...]) -> list[Piece]:
        """A piece cut where the category may change, and at the amounts by which other facts changed it."""
        altered = self.outcomes.altered
        ends = [altered.rows_between(path, line.bounds((step, step))) for step in piece]
        runs = [whole, *(altered.run(path, rows) for rows in ends if rows is not None)]
        gaps = [altered.compiled.gaps(run) for run in runs]
        earlier_changes = (int(amount * line.units) for amount in self.amounts)
        return divided(piece, crossings(*gaps) if len(gaps) == 1 + len(piece) else (), earlier_changes)
