"""A policy over whole numbers worked out on two lazy frames: one row a household, one row a member."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, cast

import narwhals as nw
from attrs import Factory, define, evolve

from hardship_rules import column_values as columns
from hardship_rules.column_meaning import (
    nothing_known_of,
    parameter_over_columns,
    possible_over_columns,
    values_over_columns,
)
from hardship_rules.column_reasons import Reasons
from hardship_rules.column_values import Bound, Choices, Numbers, Truths, Values
from hardship_rules.frame_facts import FactColumn, Seen
from hardship_rules.frozen import FrozenMapping
from hardship_rules.model import Decision, Fact, Parameter, Policy, Reading, Term, exprs_of, used_by
from hardship_rules.ranges import Number, span
from hardship_rules.ranges import high as most_of
from hardship_rules.ranges import low as least_of
from hardship_rules.syntax import Clause, Expr, Name, OverMembers, names_in, parts_of, walk
from hardship_rules.values import DateKind, NumberKind
from hardship_rules.why import is_structure

MEMBERS = "_members"
"""The column that holds how many members a household has; null where it has none."""
FAULT = "_fault"
"""The column that holds the number of the first fault of a member, and of a household's members."""


@define(eq=False)
class Side:
    """One of the two frames, the values of names on it, and columns that are still to be worked out, by their depth."""

    frame: nw.LazyFrame[Any]
    numbers: Iterator[int]
    values: dict[str, Values] = Factory(dict)
    depths: dict[str, int] = Factory(dict)
    later: dict[int, list[nw.Expr]] = Factory(dict)
    made: dict[int, tuple[str, nw.Expr]] = Factory(dict)  # columns with their names, by their identity

    def column(self, bound: Bound, depth: int) -> Bound:
        """A bound as a column of its own; itself where it is one or is the same in every row."""
        if not isinstance(bound, nw.Expr) or id(bound) in self.made:
            return bound
        name = f"_{next(self.numbers)}"
        self.later.setdefault(depth, []).append(bound.alias(name))
        return self.known_column(name)

    def known_column(self, name: str) -> nw.Expr:
        """A column that the frame has or is going to have."""
        made = nw.col(name)
        self.made[id(made)] = name, made
        return made

    def columns_of(self, value: Values, depth: int) -> Values:
        """A value with columns for its bounds."""
        if isinstance(value, Choices):
            return Choices(
                FrozenMapping((name, self.column(can, depth)) for name, can in value.can.items()), value.known
            )
        low = self.column(value.low, depth)
        return evolve(value, low=low, high=low if columns.is_known(value) else self.column(value.high, depth))

    def after(self, used: Iterable[str]) -> int:
        """How deep a column lies that is worked out from some names."""
        return 1 + max((self.depths.get(each, 0) for each in used), default=0)

    def put(self, name: str, value: Values, depth: int) -> None:
        """The value of a name, in columns of some depth."""
        self.depths[name] = depth
        self.values[name] = self.columns_of(value, depth)

    def work_out(self) -> None:
        """Put the columns that are still to come into the frame."""
        for depth in sorted(self.later):
            self.frame = self.frame.with_columns(*self.later[depth])
        self.later.clear()
        self.depths.clear()

    def take(self, facts: Mapping[str, FactColumn], seen: Mapping[str, Seen]) -> None:
        """Facts from their columns."""
        for name, fact in facts.items():
            look = seen[name]
            number = fact.whole if look.faults is None or look.faults else fact.sound
            if isinstance(fact.fact.kind, NumberKind | DateKind):
                number = cast(nw.Expr, self.column(number, 0))
            self.values[name] = fact.values(look, number)
            self.depths[name] = 0


@define(eq=False)
class Work:
    """A policy on its two frames, worked out in turns: of the members, over the members, of the household."""

    policy: Policy
    key: str
    households: Side
    members: Side
    switches: frozenset[str]  # the ids of clauses that are the same for every household, whatever its columns
    faulty: bool  # the members have a column of faults
    sums: dict[OverMembers, Values] = Factory(dict)
    clauses: dict[int, Values] = Factory(dict)  # of the household, by their identity
    brought: set[str] = Factory(set)  # the columns of households that members have
    reasons: dict[str, dict[str, Bound]] = Factory(dict)  # of each category: where which clauses decide it

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
                side.values[name] = columns.option(definition.chosen)

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
                wanted |= dict.fromkeys(theirs.made[id(each)][0] for each in columns.bounds_of(value))
        new = [name for name in wanted if name not in self.brought]
        if new:
            theirs.work_out()
            self.members.work_out()
            self.members.frame = self.members.frame.join(theirs.frame.select(self.key, *new), on=self.key, how="left")
            self.brought.update(new)

    # Over the members

    def add_up(self, over: list[OverMembers], *, counted: bool) -> None:
        """The sums over the members that can be worked out, all at once, on the households' frame."""
        if not over and not counted:
            return
        self.bring([name for each in over for name in names_in(each)])
        taken: dict[str, tuple[nw.Expr, str]] = {}
        brought = [(each, self.over_members(each, taken)) for each in over]
        self.members.work_out()
        totals = []
        for name, (column, how) in taken.items():
            total = column.sum() if how == "sum" else column.max() if how == "max" else column.min()
            totals.append(total.cast(nw.Int64()).alias(name))
        if counted:
            totals.append(nw.len().cast(nw.Int64()).alias(MEMBERS))
            totals += [nw.col(FAULT).min().alias(FAULT)] if self.faulty else []
        there = nw.col(self.key)
        summed = self.members.frame.filter(~there.is_null()).group_by(self.key).agg(*totals)
        self.households.frame = self.households.frame.join(summed, on=self.key, how="left")
        self.sums |= dict(brought)

    def over_members(self, over: OverMembers, taken: dict[str, tuple[nw.Expr, str]]) -> Values:
        """What is to be said of all members: the columns to be taken together, and what comes of them."""
        side = self.members
        where = columns.certain(True) if over.where is None else cast(Truths, self.value(over.where, side))  # noqa: FBT003
        at_most = self.policy.members.at_most

        def together(bound: Bound, how: str, constant: int) -> Bound:
            if not isinstance(bound, nw.Expr):
                return constant
            depth = side.after(names_in(over))
            name = f"_{next(side.numbers)}"
            taken[name] = cast(nw.Expr, side.column(bound, depth)), how
            return self.households.known_column(name)

        if over.what in ("some", "each"):
            how = "max" if over.what == "some" else "min"
            rows = [where.low] if columns.is_known(where) else [where.low, where.high]
            found = [
                row if not isinstance(row, nw.Expr) else cast(nw.Expr, together(row.cast(nw.Int8()), how, 0)) == 1
                for row in rows
            ]
            return Truths(found[0], found[-1])
        part = columns.constant(1) if over.part is None else cast(Numbers, self.value(over.part, side))
        counted = cast(Numbers, columns.choose([(where, part)], columns.constant(0)))
        lows, highs = (_added_up(each, at_most) for each in (counted.lows, counted.highs))
        low, high = counted.low, counted.high
        ends = [_of_each(low)] if columns.is_known(counted) else [_of_each(low), _of_each(high)]
        totals = [together(end, "sum", 0) for end in ends]
        return Numbers(totals[0], totals[-1], lows, highs)

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
            side.values[decision.name] = columns.certain(True)  # noqa: FBT003  # it is there
            return
        side.put(decision.name, possible_over_columns(decision, truths), depth + 1)
        if decision is self.policy.category:
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


def _of_each(bound: Bound) -> Bound:
    return columns.literal(bound) if not isinstance(bound, nw.Expr) and bound else bound


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
