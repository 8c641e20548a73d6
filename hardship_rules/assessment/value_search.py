"""The nearest value of a fact that gives another category, and the assumed fact that is nearest to doing so."""

from collections.abc import Iterator
from functools import cached_property
from typing import cast

from attrs import Factory, define, field, frozen

from hardship_rules.assessment._completions import narrowed
from hardship_rules.assessment.break_points import Line, Piece, crossings, divided, left_out, lines_from
from hardship_rules.assessment.defaults import StandIns, broken
from hardship_rules.assessment.household import refilled
from hardship_rules.assessment.outcomes import Outcomes
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind, NumberKind, Value, YesNoKind
from hardship_rules.core.policy import Fact, Outcome
from hardship_rules.core.problem import Path
from hardship_rules.engine.evaluate import Scope, evaluate, outcomes

TRIES = 500  # ranges looked at for one number in one direction, after which it is left out
EFFORT = 26_000  # ranges looked at for all numbers of one screen, times members, after which the rest is left out
_OWN_EFFORT = 12  # members that the household's own terms and decisions take as long as


@frozen
class NearestAssumed:
    """A fact that a constant replaced, and the nearest value of it that gives another category.

    `before` is the last value towards it that gives the same category: of a number one smallest unit less far, of a
    choice or a boolean the one assumed.
    """

    path: Path
    fact: Fact
    assumed: Value = field(repr=False)
    before: Value = field(repr=False)
    new: Value = field(repr=False)
    outcomes: Outcomes = field(repr=False)

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The categories that are then possible."""
        return self.outcomes.possible

    @property
    def category(self) -> Outcome | None:
        """The category that it gives; None where other facts would then be needed."""
        return self.outcomes.category


def nearest_assumed_of(outcomes: Outcomes, search: "NearestValue | None" = None) -> NearestAssumed | None:
    """The assumed fact whose smallest change gives another category; None where none does by itself.

    Numbers that move a figure which the policy shows (an income, an expenditure) come first, then other numbers, then
    choices and booleans, which have no distance. Among numbers the least change in the fact's own unit is the nearest,
    and among several alike the first in the household's order. A `search` that is given says afterwards whether every
    fact was looked at.
    """
    search = NearestValue(outcomes) if search is None else search
    nearest: dict[int, tuple[Exact, NearestAssumed]] = {}
    for path in outcomes.household.assumed:
        for distance, change in _changes_of(search, path, None if 0 not in nearest else nearest[0][0]):
            rank = 2 if distance is None else 0 if _moves_a_figure(outcomes, change.outcomes) else 1
            if rank not in nearest or (distance or 0) < nearest[rank][0]:
                nearest[rank] = distance or 0, change
    return nearest[min(nearest)][1] if nearest else None


def _changes_of(
    search: "NearestValue", path: Path, within: Exact | None
) -> Iterator[tuple[Exact | None, NearestAssumed]]:
    """The changes of one fact that give another category, each with its distance; of a number nearer than `within`."""
    fact, now = _fact_and_value(search.outcomes, path)
    match fact.kind:
        case NumberKind() as kind:
            for line in lines_from(kind, cast(Exact, now)):
                found = search.nearest(path, line, within)
                if found is not None:
                    new, before, after = found
                    yield _apart(new, cast(Exact, now)), NearestAssumed(path, fact, now, before, new, after)
        case ChoiceKind() | YesNoKind() if within is None:
            others = (
                (not now,) if isinstance(fact.kind, YesNoKind) else (each for each in fact.kind.options if each != now)
            )
            for other in others:
                changed = search.changed(path, other)
                if changed is not None:
                    yield None, NearestAssumed(path, fact, now, now, other, changed)
        case _:
            return


def _apart(a: Exact, b: Exact) -> Exact:
    return max(a - b, b - a)


def _moves_a_figure(before: Outcomes, after: Outcomes) -> bool:
    """Whether a figure that the policy shows is another."""
    return any(before.scope[name] != after.scope[name] for name in before.policy.show)


def _fact_and_value(outcomes: Outcomes, path: Path) -> tuple[Fact, Value]:
    policy, household, name = outcomes.policy, outcomes.household, cast(str, path[-1])
    if len(path) == 1:
        return policy.facts[name], household.values[name]
    return policy.members.facts[name], household.members[cast(int, path[1])].values[name]


@define(slots=False)
class NearestValue:
    """The search for values that change the category of a decided household, one fact at a time.

    `amounts` are those by which facts were found to change it so far: other facts mostly go into the same sums. `most`
    is the effort for all facts together, in ranges looked at times members.
    """

    outcomes: Outcomes
    amounts: set[Exact] = Factory(set)
    most: int | None = None
    effort: int = 0
    is_cut: bool = False  # whether a number was left out before its whole range was settled

    def changed(self, path: Path, new: Value) -> Outcomes | None:
        """The household with another value of one fact, where its category is then another."""
        after = self.outcomes.changed({path: new})
        return None if after is None or after.possible == self.outcomes.possible else after

    def nearest(self, path: Path, line: Line, within: Exact | None = None) -> tuple[Exact, Exact, Outcomes] | None:
        """The first number of a line, from its beginning, that gives another category, and the one before it.

        The one before it does not: both were assessed. `within` is a distance from which on it need not be looked for.
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
            found = self.changed(path, line.at(least))
            if found is not None:
                new, before = line.at(least), line.at(least - 1)
                self.amounts.add(_apart(new, line.at(0)))
                same = self.outcomes.changed({path: before})
                return (new, before, found) if same is not None and same.possible == self.outcomes.possible else None
            if least < most:
                pieces += reversed(self.divided(path, line, (least + 1, most), whole))
        self.is_cut = self.is_cut or bool(pieces)
        return None

    @staticmethod
    def steps_within(line: Line, distance: Exact) -> int:
        """The steps of a line that are nearer to its beginning than a distance."""
        return 0 if line.steps == 0 else min(line.steps, -(-distance // line.unit) - 1)

    @cached_property
    def left_out(self) -> frozenset[Path]:
        """The facts that were left out and that some default may replace."""
        return left_out(self.outcomes)

    def open_between(self, path: Path, line: Line, piece: Piece) -> Scope | None:
        """The household with a piece of a line for its number, where some of it may give another category.

        None where none of it does, which the arithmetic of ranges proves, or where there is no such household.
        """
        policy, replaced = self.outcomes.policy, self.left_out - {path}
        scope, made = self.evaluated(path, line, piece)
        if made.outside or any(broken(policy, scope, replaced)):
            return None
        ids = narrowed(policy, scope, outcomes(policy.category, scope), replaced).possible
        return None if ids == tuple(outcome.id for outcome in self.outcomes.possible) else scope

    def evaluated(self, path: Path, line: Line, piece: Piece) -> tuple[Scope, StandIns]:
        """All that the category is computed from, for a piece of a line."""
        policy = self.outcomes.policy
        scope, made = refilled(policy, self.outcomes.household, FrozenMapping({path: line.between(piece)}))
        evaluate(policy, scope, policy.category_order)
        return scope, made

    def divided(self, path: Path, line: Line, piece: Piece, whole: Scope) -> list[Piece]:
        """The parts of a piece: cut where the category may change, and where it did by other facts."""
        policy = self.outcomes.policy
        first, last = (self.evaluated(path, line, (step, step))[0] for step in piece)
        also = (int(amount / line.unit) for amount in self.amounts)
        return divided(piece, crossings(policy, (policy.category,), whole, first, last), also)
