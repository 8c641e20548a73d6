"""The plan of a frame: steps on members and households, and what passes between them."""

import operator
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import reduce
from typing import Any, Protocol, cast

import narwhals as nw
import polars as pl
from attrs import Factory, define, evolve, frozen

from hardship_rules.core.expr import Clause, Expr, Name, OverMembers, names_in, parts_of, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number, span
from hardship_rules.core.interval import high as most_of
from hardship_rules.core.interval import low as least_of
from hardship_rules.core.kinds import DateKind, NumberKind
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Reading, Term, exprs_of, used_by
from hardship_rules.engine.causes import is_structure
from hardship_rules.engine.row_causes import Reasons, any_of, opposite
from hardship_rules.engine.tables import FramePolicy
from hardship_rules.frames._cases import choose
from hardship_rules.frames._meaning import (
    nothing_known_of,
    parameter_over_columns,
    possible_over_columns,
    values_over_columns,
)
from hardship_rules.frames._numbers import between, constant, numbers
from hardship_rules.frames._values import Choices, Numbers, Truths, Values, bounds_of, certain, is_known, option
from hardship_rules.frames.bounds import Bound, first_of, literal
from hardship_rules.frames.columns import FactColumn, Seen, range_of


@define(eq=False)
class Side:
    """A frame, the values of names on it, and columns that are still to be worked out, by their depth."""

    frame: nw.LazyFrame[Any]
    numbers: Iterator[int]
    values: dict[str, Values] = Factory(dict)
    held: dict[str, nw.Expr] = Factory(dict)  # what each fact is told from
    depths: dict[str, int] = Factory(dict)
    later: dict[int, list[nw.Expr]] = Factory(dict)
    made: dict[int, tuple[str, nw.Expr]] = Factory(dict)  # columns with their names, by their identity

    def column(self, bound: Bound, depth: int) -> Bound:
        """A bound as a column of its own; itself where it is one or is the same in every row."""
        if not isinstance(bound, nw.Expr) or id(bound) in self.made:
            return bound
        return self.known_column(self.name_of(bound, depth))

    def name_of(self, column: nw.Expr, depth: int) -> str:
        """The name of a column that is going to be worked out."""
        name = f"_{next(self.numbers)}"
        self.later.setdefault(depth, []).append(column.alias(name))
        return name

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
        return evolve(value, low=low, high=low if is_known(value) else self.column(value.high, depth))

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
            look, number = seen[name], isinstance(fact.fact.kind, NumberKind | DateKind)
            held = fact.held(look)
            if look.filled or number:
                held = cast(nw.Expr, self.column(held, 0))
            self.held[name] = held
            if look.filled and number:
                held = cast(nw.Expr, self.column(held.fill_null(int(least_of(range_of(fact.fact)))), 1))
            value = fact.values(look, held)
            often = look.apart and isinstance(value, Choices)  # then every option is looked at, at least once
            self.values[name] = self.columns_of(value, 0) if often else value
            self.depths[name] = int(look.filled and number)

    def put_fault(
        self, called: str, facts: Mapping[str, FactColumn], seen: Mapping[str, Seen], *, numbered: bool
    ) -> tuple[str, ...]:
        """A column of the first fault of each row, or of its number among the faults that may be, which are told."""
        codes = {name: may_be for name, fact in facts.items() if (may_be := fact.codes(seen[name]))}
        faults = tuple(f"{code} {name}" for name, of_fact in codes.items() for code in of_fact)
        said = {fault: nw.lit(place if numbered else fault) for place, fault in enumerate(faults)}
        found: list[tuple[nw.Expr, Bound]] = []
        for name, of_fact in codes.items():
            *others, (last, _) = ((said[f"{code} {name}"], rows) for code, rows in of_fact.items())
            found.append((first_of(others, last), facts[name].faulty(seen[name], self.held[name])))
        first = first_of(found, nw.lit(None, dtype=nw.Int64() if numbered else nw.String()))
        self.later.setdefault(1, []).append(first.alias(called))
        self.work_out()
        return faults

    def odd(self, facts: Mapping[str, FactColumn], seen: Mapping[str, Seen]) -> Bound:
        """The rows that are to be worked out apart."""
        return any_of(fact.odd(seen[name], self.values[name]) for name, fact in facts.items())


Lazy = nw.LazyFrame[Any]

MEMBERS = "_members"
"""The column that holds how many members a household has; null where it has none."""
FAULT = "_fault"
"""The column that holds the number of the first fault of a member; of a household's members, which that is."""


@frozen
class Summed:
    """A column of members of which the sum is wanted, or in how many it holds, and the least that this can be."""

    column: str
    least: int = 0


Sums = Mapping[str, Summed]  # by their new names


class Together(Protocol):
    """A way to bring the columns of one frame to the rows of the other."""

    def up(self, households: Lazy, members: Lazy, sums: Sums, counts: Sums, *, first: bool) -> Lazy:
        """The households with sums of numbers of their members and counts of where a truth holds.

        `first`: with how many they are, too.
        """

    def down(self, households: Lazy, members: Lazy, columns: Collection[str]) -> Lazy:
        """The members with columns of their household."""


@frozen
class ByKey:
    """Rows of the same key belong together, wherever they stand; `faults` are those that members have a column of."""

    key: str
    faults: tuple[str, ...] = ()

    def up(self, households: Lazy, members: Lazy, sums: Sums, counts: Sums, *, first: bool) -> Lazy:
        """The households with sums and counts of their members, and at first with their number and first fault.

        Where a household has no members, the least stands for each: engines do less where nothing is null.
        """
        parts = {name: nw.col(each.column) for name, each in sums.items()}
        parts |= {name: nw.col(each.column).cast(nw.Int8()) for name, each in counts.items()}
        totals = [part.sum().cast(nw.Int64()).alias(name) for name, part in parts.items()]
        if first:
            totals.append(nw.len().cast(nw.Int64()).alias(MEMBERS))
            totals += [nw.col(FAULT).min()] if self.faults else []
        summed = members.filter(~nw.col(self.key).is_null()).group_by(self.key).agg(*totals)
        if first and self.faults:
            said = [(nw.lit(fault), nw.col(FAULT) == number) for number, fault in enumerate(self.faults)]
            summed = summed.with_columns(first_of(said, nw.lit(None, dtype=nw.String())).alias(FAULT))
        joined = households.join(summed, on=self.key, how="left")
        least = {name: nw.col(name).fill_null(each.least) for name, each in {**sums, **counts}.items()}
        return joined.with_columns(**least) if least else joined

    def down(self, households: Lazy, members: Lazy, columns: Collection[str]) -> Lazy:
        """The members with columns of their household."""
        return members.join(households.select(self.key, *columns), on=self.key, how="left")


@frozen(eq=False)
class ByPlace:
    """Polars frames in which every household's members stand together, in the order of the households.

    `last` are the rows of members that are the last of their household; `at_most` is how many it may have.
    """

    last: pl.Series
    at_most: int

    def up(self, households: Lazy, members: Lazy, sums: Sums, counts: Sums, *, first: bool) -> Lazy:
        """The households with sums and counts of their members, and at first with their number.

        Each sum is what that of all rows so far has grown by; where that one leaves 64 bits, it returns as exactly.
        """
        words, of_words = self.counted(counts)
        so_far = {name: pl.col(of.column).fill_null(0).cum_sum() for name, of in sums.items()}
        so_far |= {MEMBERS: pl.int_range(1, pl.len() + 1)} if first else {}
        told = {name: pl.col(name).cast(pl.Int64) for name in so_far} | of_words
        so_far |= {name: word.cum_sum() for name, word in words.items()}
        at_last = members.to_native().select(**so_far).filter(self.last)
        grown = at_last.select(pl.all() - pl.all().shift(1, fill_value=0)).select(**told)
        return _beside(households.to_native(), grown) if so_far else households

    def counted(self, counts: Sums) -> tuple[dict[str, pl.Expr], dict[str, pl.Expr]]:
        """Numbers that hold the truths of several counts, each in bits of its own, and the counts out of their sums.

        Of more members than there may be comes no count, yet as much as the least at least.
        """
        bits = self.at_most.bit_length()
        at_once, names = 63 // bits, list(counts)
        words, told = dict[str, pl.Expr](), dict[str, pl.Expr]()
        for start in range(0, len(names), at_once):
            number = f"{start}"
            ones = {
                name: pl.lit(1 << bits * place, pl.Int64) for place, name in enumerate(names[start : start + at_once])
            }
            holding = (pl.when(counts[name].column).then(one).otherwise(0) for name, one in ones.items())
            words[number] = reduce(operator.add, holding)
            for name, one in ones.items():
                told[name] = (pl.col(number) & ((1 << bits) - 1) * one).floordiv(one).clip(counts[name].least)
        return words, told

    def down(self, households: Lazy, members: Lazy, columns: Collection[str]) -> Lazy:
        """The members with columns of their household."""
        ends = pl.int_range(len(self.last), eager=True).filter(self.last)
        theirs = households.to_native().select(*columns)
        repeated = theirs.select(pl.all().repeat_by(ends - ends.shift(1, fill_value=-1))).explode(pl.all())
        return _beside(members.to_native(), repeated)


def _beside(*frames: pl.LazyFrame) -> Lazy:
    return nw.from_native(pl.concat(frames, how="horizontal"))


def together(key: str, households: pl.DataFrame, members: pl.DataFrame, at_most: int) -> Together:
    """By place where the frames stand so; else by key. `at_most` are the members that a household may have."""
    own, theirs = households[key], members[key]
    if not len(theirs) or own.dtype != theirs.dtype or theirs.null_count():
        return ByKey(key)
    last = (theirs[1:] != theirs[:-1]).append(pl.Series([True]))
    once = own.is_sorted() or own.n_unique() == len(own)
    if not once or not theirs.filter(last).equals(own):
        return ByKey(key)
    return ByPlace(last, at_most)


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
