"""A policy over whole numbers worked out on two lazy frames: one row a household, one row a member."""

from collections.abc import Collection, Iterator
from typing import cast

import narwhals as nw
from attrs import Factory, define

from hardship_rules.core.model import Decision, Fact, Parameter, Policy, Reading, Term, exprs_of, used_by
from hardship_rules.core.ranges import Number, span
from hardship_rules.core.ranges import high as most_of
from hardship_rules.core.ranges import low as least_of
from hardship_rules.core.syntax import Clause, Expr, Name, OverMembers, names_in, parts_of, walk
from hardship_rules.engine.column_reasons import Reasons
from hardship_rules.engine.frame_policy import FramePolicy
from hardship_rules.engine.row_truths import opposite
from hardship_rules.engine.why import is_structure
from hardship_rules.frames.column_bounds import Bound, literal
from hardship_rules.frames.column_cases import choose
from hardship_rules.frames.column_meaning import (
    nothing_known_of,
    parameter_over_columns,
    possible_over_columns,
    values_over_columns,
)
from hardship_rules.frames.column_numbers import between, constant, numbers
from hardship_rules.frames.column_values import Numbers, Truths, Values, bounds_of, certain, is_known, option
from hardship_rules.frames.frame_side import Side
from hardship_rules.frames.frame_together import Summed, Together


@define(eq=False)
class Work:
    """A policy on its two frames, worked out in turns: of the members, over the members, of the household."""

    prepared: FramePolicy
    together: Together
    households: Side
    members: Side
    switches: frozenset[str]  # the ids of clauses that are the same for every household, whatever its columns
    with_reasons: bool  # the clauses that decide the category are wanted
    counts: dict[str, Summed] = Factory(dict)  # truths of members to be counted at first, by their new names
    sums: dict[OverMembers, Values] = Factory(dict)
    summed: dict[int, tuple[Bound, nw.Expr]] = Factory(dict)  # what is summed with its sum, by its identity
    clauses: dict[int, Values] = Factory(dict)  # of the household, by their identity
    brought: set[str] = Factory(set)  # the columns of households that members have
    reasons: dict[str, dict[str, Bound]] = Factory(dict)  # of each category: where which clauses decide it

    @property
    def policy(self) -> Policy:
        """The policy over whole numbers."""
        return self.prepared.made.policy

    def work_out(self, wanted: Collection[str]) -> None:
        """Everything that is wanted, and what the policy's `must` needs."""
        needed = _needed(self.policy, wanted)
        conditions = {clause.id: clause for clause in self.policy.must}
        left = [name for name in self.policy.order if name in needed]
        self.nothing_known(needed)
        over: dict[OverMembers, None] = {
            part: None
            for expr in (*(expr for name in left for expr in exprs_of(self.policy.names[name])), *conditions.values())
            for part in walk(expr)
            if isinstance(part, OverMembers)
        }
        first = True
        while left or first:
            before = len(left)
            left = self.turn(self.members, left)
            self.add_up([each for each in over if each not in self.sums and self.known_to_members(each)], counted=first)
            left = self.turn(self.households, left)
            if len(left) == before and not first:
                raise RuntimeError(left)  # a checked policy has no cycles
            first = False
        self.households.work_out()

    def nothing_known(self, needed: Collection[str]) -> None:
        """What has no column: facts of which nothing is known, readings, and parameters that go by nothing."""
        for name in needed:
            definition = self.policy.names.get(name)
            side = self.members if isinstance(definition, Fact) and definition.of_member else self.households
            if isinstance(definition, Fact) and name not in side.values:
                side.values[name] = nothing_known_of(definition.kind)
            elif isinstance(definition, Reading):
                side.values[name] = option(definition.chosen)

    def turn(self, side: Side, names: list[str]) -> list[str]:
        """Work out on one side what can be; what is left."""
        left = []
        for name in names:
            definition = self.policy.names[name]
            of_member = name in self.policy.of_members
            if of_member is not (side is self.members) or not self.can_be_worked_out(definition, side):
                left.append(name)
                continue
            used = used_by(definition)
            if side is self.members:
                self.bring(used)
            depth = side.after(used)
            match definition:
                case Term(expr=expr):
                    depth = self.put_clauses(expr, depth) if side is self.households else depth
                    side.put(name, self.value(expr, side), depth)
                case Parameter():
                    side.put(name, parameter_over_columns(definition, lambda each: self.named(each, side)), depth)
                case Decision():
                    self.decide(definition, depth)
                case _:
                    raise TypeError(definition)
        side.work_out()
        return left

    def can_be_worked_out(self, definition: Term | Parameter | Decision | object, side: Side) -> bool:
        """All that it is worked out from is known to its side."""
        if isinstance(definition, Parameter):
            return all(self.is_there(name, side) for name in definition.by)
        return all(
            self.sums.keys() >= _sums_in(expr) and all(self.is_there(name, side) for name in _outside_sums(expr))
            for expr in exprs_of(cast(Term, definition))
        )

    def is_there(self, name: str, side: Side) -> bool:
        """A name has a value on a side, or for all of its household."""
        return name in side.values or name in self.households.values

    def known_to_members(self, over: OverMembers) -> bool:
        """All that a sum is worked out from is known of each member."""
        return all(name in self.members.values or name in self.households.values for name in names_in(over))

    def named(self, name: str, side: Side) -> Values:
        """The value of a name on a side."""
        return side.values[name] if name in side.values else self.households.values[name]

    def value(self, expr: Expr, side: Side) -> Values:
        """The value of an expression on a side."""
        return values_over_columns(expr, lambda name: self.named(name, side), self.sums, self.clauses)

    def bring(self, names: Collection[str]) -> None:
        """The columns of the household's values, for its members."""
        theirs = self.households
        wanted: dict[str, None] = {}
        for name in names:
            if name not in self.members.values and name in theirs.values:
                value = theirs.values[name] = theirs.columns_of(theirs.values[name], 1 + theirs.depths.get(name, 0))
                wanted |= dict.fromkeys(theirs.made[id(each)][0] for each in bounds_of(value))
        new = [name for name in wanted if name not in self.brought]
        if new:
            theirs.work_out()
            self.members.work_out()
            self.members.frame = self.together.down(theirs.frame, self.members.frame, new)
            self.brought.update(new)

    # Over the members

    def add_up(self, over: list[OverMembers], *, counted: bool) -> None:
        """The sums over the members that can be worked out, all at once, on the households' frame."""
        if not over and not counted:
            return
        self.bring([name for each in over for name in names_in(each)])
        totals, counts = dict[str, Summed](), self.counts if counted else {}
        found = [(each, self.over_members(each, totals, counts)) for each in over]
        self.members.work_out()
        theirs = self.households
        theirs.frame = self.together.up(theirs.frame, self.members.frame, totals, counts, first=counted)
        self.sums |= dict(found)

    def over_members(self, over: OverMembers, totals: dict[str, Summed], counts: dict[str, Summed]) -> Values:
        """What is to be said of all members: the columns to be summed and counted, and what comes of that."""
        side = self.members
        where = certain(True) if over.where is None else cast(Truths, self.value(over.where, side))  # noqa: FBT003  # every member
        rows = [where.low] if is_known(where) else [where.low, where.high]

        def summed(bound: Bound, into: dict[str, Summed], least: int = 0) -> Bound:
            if not isinstance(bound, nw.Expr) and not bound:
                return 0
            if id(bound) not in self.summed:
                name = f"_{next(side.numbers)}"
                into[name] = Summed(side.name_of(literal(bound), side.after(names_in(over))), least)
                self.summed[id(bound)] = bound, self.households.known_column(name)
            return self.summed[id(bound)][1]

        if over.what == "some":
            holds = [row if isinstance(row, bool) else summed(row, counts) > 0 for row in rows]
            return Truths(holds[0], holds[-1])
        if over.what == "each":
            holds = [row if isinstance(row, bool) else summed(opposite(row), counts) == 0 for row in rows]
            return Truths(holds[0], holds[-1])
        at_most = self.policy.members.at_most
        if over.part is None:
            least = int(where.low is True)
            holding = [summed(row, counts, least) for row in rows]
            return between(holding[0], holding[-1], span(least, at_most))
        part = cast(Numbers, self.value(over.part, side))
        each = cast(Numbers, choose([(where, part)], constant(0)))
        lows, highs = (_added_up(number, at_most) for number in (each.lows, each.highs))
        ends = [(each.low, lows)] if is_known(each) else [(each.low, lows), (each.high, highs)]
        sums = [summed(end, totals, int(least_of(within))) for end, within in ends]
        return numbers(sums[0], sums[-1], lows, highs)

    # Decisions

    def put_clauses(self, expr: Expr, depth: int) -> int:
        """Columns for the innermost clauses of a household's condition: outcomes and reasons look at them often."""
        new = [
            part
            for part in walk(expr)
            if isinstance(part, Clause) and not isinstance(part.when, Name) and not is_structure(part.when)
        ]
        side = self.households
        self.clauses |= {id(clause): side.columns_of(self.value(clause, side), depth) for clause in new}
        return depth + bool(new)

    def decide(self, decision: Decision, depth: int) -> None:
        """What a decision comes to: of a `first` what it can be, of an `every` whether each outcome holds."""
        side = self.households
        conditions = [cast(Clause, outcome.when) for outcome in decision.outcomes]
        depth = max(self.put_clauses(condition, depth) for condition in conditions)
        truths = [cast(Truths, side.columns_of(self.value(condition, side), depth)) for condition in conditions]
        if decision.every:
            for outcome, truth in zip(decision.outcomes, truths, strict=True):
                side.put(f"{decision.name} {outcome.id}", truth, depth)
            side.values[decision.name] = certain(True)  # noqa: FBT003  # it is there
            return
        side.put(decision.name, possible_over_columns(decision, truths), depth + 1)
        if decision is self.policy.category and self.with_reasons:
            self.give_reasons(decision, truths, depth + 2)

    def give_reasons(self, decision: Decision, truths: list[Truths], depth: int) -> None:
        """Of each outcome of the category the clauses that decided it, and in which of its rows each of them did."""
        side = self.households
        reasons = Reasons(self.policy, self.switches, lambda expr: cast(Truths, self.value(expr, side)))
        for outcome, truth in zip(decision.outcomes, truths, strict=True):
            if truth.low is not False:
                deciding = reasons.deciding(cast(Clause, outcome.when), held=True)
                self.reasons[outcome.id] = {name: side.column(rows, depth) for name, rows in deciding.items()}


def _added_up(each: Number, at_most: int) -> Number:
    """What the sum of one number or more lies in."""
    least, most = least_of(each), most_of(each)
    return span(min(least, least * at_most), max(most, most * at_most))


def _needed(policy: Policy, wanted: Collection[str]) -> dict[str, None]:
    """The names that are wanted and all that they are worked out from."""
    found: dict[str, None] = {}
    left = [*wanted, *(name for clause in policy.must for name in names_in(clause))]
    while left:
        name = left.pop()
        if name not in found and name != "on":
            found[name] = None
            left += used_by(policy.names[name])
    return found


def _sums_in(expr: Expr) -> set[OverMembers]:
    return {part for part in walk(expr) if isinstance(part, OverMembers)}


def _outside_sums(expr: Expr) -> Iterator[str]:
    """The names in an expression that it looks at itself, not of each member."""
    if isinstance(expr, Name):
        yield expr.name
    elif not isinstance(expr, OverMembers):
        for part in parts_of(expr):
            yield from _outside_sums(part)
