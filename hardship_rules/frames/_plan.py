"""The plan of two frames: the columns to be added to each and their joins, in order, made once for many frames."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, cast

from attrs import Factory, define, evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import DateKind, NumberKind
from hardship_rules.engine.algebra import operate
from hardship_rules.engine.phases import phases_of
from hardship_rules.engine.program import IntKind, Program, Step
from hardship_rules.engine.row_causes import any_of
from hardship_rules.frames._joins import Frame, Join, MemberSum, Totals
from hardship_rules.frames._values import Choices, Numbers, Values, choices, columns_of, is_known, known_number
from hardship_rules.frames.algebra import ColumnAlgebra
from hardship_rules.frames.bounds import Bound, Column, Expr, Number, Rows, first_of, multiplied
from hardship_rules.frames.columns import ColumnProfile, FactColumn

Frames = tuple[Frame, Frame]
"""The frames of households and of members."""
Stage = Callable[[Frames, Join], Frames]


@frozen(eq=False)
class Plan:
    """The stages of a plan, and the columns shown at its end, by name.

    `by_key` where the frames have to be joined by key: the first fault of members is no sum.
    """

    stages: tuple[Stage, ...] = field(repr=False)
    shown: FrozenMapping[str, Expr] = field(repr=False)
    by_key: bool

    def of(self, households: Frame, members: Frame, join: Join) -> Frame:
        """The plan for two frames."""
        frames = households, members
        for stage in self.stages:
            frames = stage(frames, join)
        return frames[0].select(*(column.alias(name) for name, column in self.shown.items()))


@define(eq=False)
class Columns:
    """The columns of one of the two frames while a plan is made; each uses those of less depth."""

    lib: Any
    numbers: Iterator[int]  # for names of new columns; both frames of a plan share them
    inputs: dict[str, Values] = Factory(dict)
    _kept: dict[int, tuple[Column, Column]] = Factory(dict)  # bounds with the columns that hold them, by identity
    _sources: dict[str, Expr] = Factory(dict)  # for each fact, the column that its values come from
    _pending: dict[int, list[Expr]] = Factory(dict)

    def new_name(self) -> str:
        """A name that no other column has."""
        return f"_{next(self.numbers)}"

    def kept(self, bound: Bound) -> Any:
        """A bound in a column; unchanged if it is one already, or is the same in every row."""
        if not isinstance(bound, Column) or bound.name is not None:
            return bound
        if id(bound) not in self._kept:
            name = self.new_name()
            self.add(name, bound.expr, bound.depth)
            ones = None if bound.ones is None else self.kept(bound.ones)
            column = Column(self.lib.col(name), bound.depth + 1, bound.low, bound.high, ones, name)
            self._kept[id(bound)] = bound, column
        return self._kept[id(bound)][1]

    def kept_value(self, value: Values) -> Values:
        """A value with columns as its bounds."""
        if isinstance(value, Choices):
            return choices({name: self.kept(rows) for name, rows in value.can.items()}, known=value.known)
        low = self.kept(value.low)
        return evolve(value, low=low, high=low if is_known(value) else self.kept(value.high))

    def add(self, name: str, expr: Expr, depth: int) -> None:
        """Add a column by a name of its own."""
        self._pending.setdefault(depth, []).append(expr.alias(name))

    def added(self) -> tuple[tuple[Expr, ...], ...]:
        """The columns to be added, by depth; afterwards none are."""
        added = tuple(tuple(self._pending[depth]) for depth in sorted(self._pending))
        self._pending.clear()
        return added

    # Facts

    def put_facts(self, facts: Mapping[str, FactColumn], profiles: Mapping[str, ColumnProfile]) -> None:
        """Set the values of facts that have a column."""
        for name, fact in facts.items():
            profile, is_number = profiles[name], isinstance(fact.fact.kind, NumberKind | DateKind)
            source = fact.source(profile)
            if profile.filled or is_number:
                source = self.kept(source)
            self._sources[name] = source.expr
            if profile.filled and is_number:
                source = self.kept(evolve(source, expr=source.expr.fill_null(source.low), name=None))
            value = fact.values(profile, source)
            used_often = profile.apart and isinstance(value, Choices)  # each option is compared at least once
            self.inputs[name] = self.kept_value(value) if used_often else value

    def put_fault(
        self, name: str, facts: Mapping[str, FactColumn], profiles: Mapping[str, ColumnProfile], *, numbered: bool
    ) -> tuple[str, ...]:
        """Add a column with the first fault of each row, as text or numbered; return the faults that are possible."""
        lib = self.lib
        codes = {fact: possible for fact, column in facts.items() if (possible := column.codes(profiles[fact]))}
        faults = tuple(f"{code} {fact}" for fact, of_fact in codes.items() for code in of_fact)
        texts = {fault: lib.lit(number if numbered else fault) for number, fault in enumerate(faults)}
        of_facts: list[tuple[Expr, Rows]] = []
        for fact, of_fact in codes.items():
            *others, (last, _) = ((texts[f"{code} {fact}"], Column(rows)) for code, rows in of_fact.items())
            faulty = Column(facts[fact].faulty(profiles[fact], self._sources[fact]))
            of_facts.append((first_of(others, last), faulty))
        first = first_of(of_facts, lib.lit(None, dtype=lib.Int64() if numbered else lib.String()))
        self.add(name, first, 1)
        return faults

    def rows_apart(self, facts: Mapping[str, FactColumn], profiles: Mapping[str, ColumnProfile]) -> Rows:
        """The rows that have to be computed apart, because of a null or a fault."""
        return any_of(fact.rows_apart(profiles[name], self.inputs[name]) for name, fact in facts.items())


@define(eq=False)
class PlanMaker:
    """Makes the plan of a program: what is computed of members, over members and of households, in which order."""

    program: Program
    lib: Any
    households: Columns = field(init=False)
    members: Columns = field(init=False)
    values: dict[int, Values] = Factory(dict)
    counts: dict[str, MemberSum] = Factory(dict)  # booleans of members to be counted in the first phase
    faults: tuple[str, ...] = ()  # those numbered in the fault column of members
    _totals: dict[str, MemberSum] = Factory(dict)
    _summed: dict[int, tuple[Column, Column]] = Factory(dict)  # columns with those of their sums, by identity
    _joined: set[str] = Factory(set)  # columns of households that members have
    _stages: list[Stage] = Factory(list)

    def __attrs_post_init__(self) -> None:
        numbers = count()
        self.households, self.members = Columns(self.lib, numbers), Columns(self.lib, numbers)

    def compute(self, roots: Collection[int], *, often: Collection[int]) -> None:
        """Compute some steps of the household, and what they need; those used `often` get columns of their own."""
        steps = self.program.steps
        phases = phases_of(self.program, roots)
        uses = self._uses(self.program.live(tuple(roots)), often)
        inputs = {**self.households.inputs, **self.members.inputs}
        algebra = ColumnAlgebra(inputs, self._total, lambda step, bound: self._frame(step).kept(bound))

        def evaluate(numbers: Iterable[int], *, keep: bool = True) -> None:
            for number in numbers:
                step = steps[number]
                value = operate(algebra, step, [self.values[argument] for argument in step.args])
                is_kept = keep and uses[number] > 1 and not (step.op == "input" and isinstance(value, Choices))
                self.values[number] = self._frame(step).kept_value(value) if is_kept else value

        first = True
        for phase in phases.phases:
            evaluate(phase.before)
            used = {argument for number in (*phase.of_members, *phase.aggregates) for argument in steps[number].args}
            self._join(argument for argument in used if steps[argument].space == "household")
            evaluate(phase.of_members)
            sums = self._sums_of_one_sum(phase.aggregates, uses)
            for parts in sums:  # one column instead of several
                of_each = [self.values[argument] for number in parts for argument in steps[number].args]
                total = algebra.sum(steps[parts[0]], algebra.add(steps[parts[0]], *cast(list[Numbers], of_each)))
                self.values |= dict.fromkeys(parts, known_number(0)) | {parts[0]: total}
            done = {number for parts in sums for number in parts}
            evaluate((number for number in phase.aggregates if number not in done), keep=False)
            self._add_totals(first=first)
            for number in phase.aggregates:
                self.values[number] = self.households.kept_value(self.values[number])
            first = False
        if first:
            self._add_totals(first=True)
        evaluate(phases.last)

    def plan(self, shown: Mapping[str, Expr]) -> Plan:
        """The plan with the columns that are shown."""
        self._add_columns(self.households)
        return Plan(tuple(self._stages), FrozenMapping(shown), by_key=bool(self.faults))

    def _frame(self, step: Step) -> Columns:
        return self.members if step.space == "member" else self.households

    def _uses(self, live: Iterable[int], often: Collection[int]) -> Counter[int]:
        """How often each step is used; a condition that picks one of two others is used twice."""
        uses = Counter(dict.fromkeys(often, 2))
        for number in live:
            step = self.program.steps[number]
            uses.update(step.args)
            if step.op == "select" and not isinstance(step.kind, IntKind):
                uses[step.args[0]] += 1
        return uses

    def _sums_of_one_sum(self, aggregates: Iterable[int], uses: Mapping[int, int]) -> list[list[int]]:
        """The sums over members that are used in one sum of the household alone: their parts can be added first."""
        steps = self.program.steps
        alone = {number for number in aggregates if steps[number].op == "sum" and uses[number] == 1}
        groups = ([part for part in step.args if part in alone] for step in steps if step.op == "add")
        return [parts for parts in groups if len(parts) > 1]

    # Between households and members

    def _add_columns(self, frame: Columns) -> None:
        """Add the pending columns to a frame."""
        if columns := frame.added():
            self._stages.append(_adding(columns, of_members=frame is self.members))

    def _join(self, numbers: Iterable[int]) -> None:
        """Give the members the columns of some steps of their households."""
        names: dict[str, None] = {}
        for number in numbers:
            value = self.values[number] = self.households.kept_value(self.values[number])
            names |= dict.fromkeys(cast(str, column.name) for column in columns_of(value))
        new = tuple(name for name in names if name not in self._joined)
        if new:
            self._add_columns(self.households)
            self._stages.append(lambda frames, join: (frames[0], join.with_own_columns(*frames, new)))
            self._joined.update(new)

    def _total(self, number: Number) -> Number:
        """The column of households with the sum of a number over their members."""
        if not isinstance(number, Column):
            members = Column(self.lib.lit(True), 0)  # noqa: FBT003  # in every row
            return 0 if number == 0 else multiplied(number, self._summed_column(members, self.counts, 1))
        if number.ones is not None:
            return self._summed_column(number.ones, self.counts, 0)
        return self._summed_column(number, self._totals, 0)

    def _summed_column(self, column: Column, into: dict[str, MemberSum], least: int) -> Column:
        if id(column) not in self._summed:
            name = self.households.new_name()
            at_most = self.program.at_most
            low, high = (column.low, column.high) if into is self._totals else (least, 1)
            low, high = min(low, low * at_most), max(high, high * at_most)
            into[name] = MemberSum(self.members.kept(column).name, low)
            self._summed[id(column)] = column, Column(self.lib.col(name), 0, low, high, name=name)
        return self._summed[id(column)][1]

    def _add_totals(self, *, first: bool) -> None:
        """Add the totals over members to the frame of households, all at once.

        Columns of households are added later: an engine need not carry them through the join.
        """
        if not first and not self._totals and not self.counts:
            return
        self._add_columns(self.members)
        totals = Totals(dict(self._totals), dict(self.counts), first, self.faults if first else ())
        self._stages.append(lambda frames, join: (join.with_totals(*frames, totals), frames[1]))
        self._totals.clear()
        self.counts.clear()


def _adding(columns: tuple[tuple[Expr, ...], ...], *, of_members: bool) -> Stage:
    def add(frames: Frames, _: Join) -> Frames:
        frame = frames[of_members]
        for together in columns:
            frame = frame.with_columns(*together)
        return (frames[0], frame) if of_members else (frame, frames[1])

    return add
