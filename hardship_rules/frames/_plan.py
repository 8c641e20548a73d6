"""The plan of a frame: which columns are computed for members, over members and for households, in which order."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import cast

from attrs import Factory, define, evolve

from hardship_rules.core.expr import Clause, Expr, Name, OverMembers, names_in, parts_of, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number, span
from hardship_rules.core.interval import high as most_of
from hardship_rules.core.interval import low as least_of
from hardship_rules.core.kinds import DateKind, NumberKind
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Reading, Term, exprs_of, used_by
from hardship_rules.engine.row_causes import RowCauses, any_of, is_structure, opposite
from hardship_rules.engine.tables import TablePolicy
from hardship_rules.frames._cases import choose
from hardship_rules.frames._joins import Join, MemberSum
from hardship_rules.frames._meaning import (
    nothing_known_of,
    parameter_over_columns,
    possible_over_columns,
    values_over_columns,
)
from hardship_rules.frames._numbers import between, constant, numbers
from hardship_rules.frames._values import Choices, Numbers, Truths, Values, bounds_of, certain, is_known, option
from hardship_rules.frames.bounds import Bound, first_of, literal
from hardship_rules.frames.columns import ColumnProfile, FactColumn, range_of
from hardship_rules.frames.given import LazyFrame
from hardship_rules.frames.libraries import nw


@define(eq=False)
class Plan:
    """A policy on the frames of households and members.

    Rounds alternate between what can be computed of each member, over the members, and of the household.
    """

    prepared: TablePolicy
    join: Join
    households: "PlannedFrame"
    members: "PlannedFrame"
    switches: frozenset[str]  # the ids of clauses that depend on readings only
    with_reasons: bool  # whether the clauses that decide the category are wanted
    counts: dict[str, MemberSum] = Factory(dict)  # booleans of members to be counted in the first round
    sums: dict[OverMembers, Values] = Factory(dict)
    clauses: dict[int, Values] = Factory(dict)  # clauses of the household that have columns, by their identity
    reasons: dict[str, dict[str, Bound]] = Factory(dict)  # for each category, the rows that each clause decides
    _summed: dict[int, tuple[Bound, nw.Expr]] = Factory(dict)  # bounds with the columns of their sums, by identity
    _joined: set[str] = Factory(set)  # columns of households that members have

    @property
    def policy(self) -> Policy:
        """The policy over whole numbers."""
        return self.prepared.made.policy

    def compute(self, wanted: Collection[str]) -> None:
        """Compute the names that are wanted, and what the policy's `must` needs."""
        needed = _needed(self.policy, wanted)
        conditions = {clause.id: clause for clause in self.policy.must}
        remaining = [name for name in self.policy.order if name in needed]
        self._put_constants(needed)
        member_sums: dict[OverMembers, None] = {
            part: None
            for expr in (
                *(expr for name in remaining for expr in exprs_of(self.policy.names[name])),
                *conditions.values(),
            )
            for part in walk(expr)
            if isinstance(part, OverMembers)
        }
        first = True
        while remaining or first:
            before = len(remaining)
            remaining = self._compute_round(self.members, remaining)
            ready = [part for part in member_sums if part not in self.sums and self._is_known_to_members(part)]
            self._sum_over_members(ready, first=first)
            remaining = self._compute_round(self.households, remaining)
            if len(remaining) == before and not first:
                raise RuntimeError(remaining)  # a checked policy has no cycles
            first = False
        self.households.add_columns()

    def value(self, expr: Expr, frame: "PlannedFrame") -> Values:
        """The values of an expression in a frame."""
        return values_over_columns(expr, lambda name: self.named(name, frame), self.sums, self.clauses)

    def named(self, name: str, frame: "PlannedFrame") -> Values:
        """The values of a name in a frame, or of its household."""
        return frame.values[name] if name in frame.values else self.households.values[name]

    def _put_constants(self, needed: Collection[str]) -> None:
        """Put the values of readings, and of facts without a column as unknown."""
        for name in needed:
            definition = self.policy.names.get(name)
            frame = self.members if isinstance(definition, Fact) and definition.of_member else self.households
            if isinstance(definition, Fact) and name not in frame.values:
                frame.values[name] = nothing_known_of(definition.kind)
            elif isinstance(definition, Reading):
                frame.values[name] = option(definition.chosen)

    def _compute_round(self, frame: "PlannedFrame", names: list[str]) -> list[str]:
        """Compute in one frame the names whose parts are known, and return the remaining names."""
        remaining = []
        for name in names:
            definition = self.policy.names[name]
            of_member = name in self.policy.of_members
            if of_member is not (frame is self.members) or not self._is_ready(definition, frame):
                remaining.append(name)
                continue
            used = used_by(definition)
            if frame is self.members:
                self._join_columns(used)
            depth = frame.depth_after(used)
            match definition:
                case Term(expr=expr):
                    depth = self._put_clauses(expr, depth) if frame is self.households else depth
                    frame.put(name, self.value(expr, frame), depth)
                case Parameter():
                    frame.put(name, parameter_over_columns(definition, lambda by: self.named(by, frame)), depth)
                case Decision():
                    self._decide(definition, depth)
                case _:
                    raise TypeError(definition)
        frame.add_columns()
        return remaining

    def _is_ready(self, definition: object, frame: "PlannedFrame") -> bool:
        """Whether everything that a definition uses has values."""
        if isinstance(definition, Parameter):
            return all(self._has_values(name, frame) for name in definition.by)
        return all(
            self.sums.keys() >= _sums_in(expr) and all(self._has_values(name, frame) for name in _outside_sums(expr))
            for expr in exprs_of(cast(Term, definition))
        )

    def _has_values(self, name: str, frame: "PlannedFrame") -> bool:
        return name in frame.values or name in self.households.values

    def _is_known_to_members(self, over: OverMembers) -> bool:
        """Whether everything that is summed has values for members."""
        return all(self._has_values(name, self.members) for name in names_in(over))

    # Between households and members

    def _join_columns(self, names: Collection[str]) -> None:
        """Give the members the columns of these values of their households."""
        households = self.households
        wanted: dict[str, None] = {}
        for name in names:
            if name not in self.members.values and name in households.values:
                depth = 1 + households.depths.get(name, 0)
                value = households.values[name] = households.columns_of(households.values[name], depth)
                wanted |= dict.fromkeys(households.columns[id(bound)][0] for bound in bounds_of(value))
        new = [name for name in wanted if name not in self._joined]
        if new:
            households.add_columns()
            self.members.add_columns()
            self.members.frame = self.join.household_columns(households.frame, self.members.frame, new)
            self._joined.update(new)

    def _sum_over_members(self, over: list[OverMembers], *, first: bool) -> None:
        """Add the sums over members to the frame of households, all at once; at first, also the counts asked for."""
        if not over and not first:
            return
        self._join_columns([name for part in over for name in names_in(part)])
        totals, counts = dict[str, MemberSum](), self.counts if first else {}
        sums = [(part, self._over_members(part, totals, counts)) for part in over]
        self.members.add_columns()
        households = self.households
        households.frame = self.join.sums_of_members(households.frame, self.members.frame, totals, counts, first=first)
        self.sums |= dict(sums)

    def _over_members(self, over: OverMembers, totals: dict[str, MemberSum], counts: dict[str, MemberSum]) -> Values:
        """The values of a sum, count, `some` or `each`; the columns to be summed and counted are put into the dicts."""
        frame = self.members
        where = certain(True) if over.where is None else cast(Truths, self.value(over.where, frame))  # noqa: FBT003  # every member
        rows = [where.low] if is_known(where) else [where.low, where.high]

        def summed(bound: Bound, into: dict[str, MemberSum], least: int = 0) -> Bound:
            if not isinstance(bound, nw.Expr) and not bound:
                return 0
            if id(bound) not in self._summed:
                name = frame.new_name()
                into[name] = MemberSum(frame.new_column(literal(bound), frame.depth_after(names_in(over))), least)
                self._summed[id(bound)] = bound, self.households.existing_column(name)
            return self._summed[id(bound)][1]

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
        part = cast(Numbers, self.value(over.part, frame))
        amounts = cast(Numbers, choose([(where, part)], constant(0)))
        lows, highs = (_range_of_sum(number, at_most) for number in (amounts.lows, amounts.highs))
        ends = [(amounts.low, lows)] if is_known(amounts) else [(amounts.low, lows), (amounts.high, highs)]
        sums = [summed(end, totals, int(least_of(within))) for end, within in ends]
        return numbers(sums[0], sums[-1], lows, highs)

    # Decisions

    def _put_clauses(self, expr: Expr, depth: int) -> int:
        """Give columns to the innermost clauses of a household's condition, since several results use them."""
        clauses = [
            part
            for part in walk(expr)
            if isinstance(part, Clause) and not isinstance(part.when, Name) and not is_structure(part.when)
        ]
        frame = self.households
        self.clauses |= {id(clause): frame.columns_of(self.value(clause, frame), depth) for clause in clauses}
        return depth + bool(clauses)

    def _decide(self, decision: Decision, depth: int) -> None:
        """Put the possible outcomes of a `first` decision, or whether each outcome of an `every` decision holds."""
        frame = self.households
        conditions = [cast(Clause, outcome.when) for outcome in decision.outcomes]
        depth = max(self._put_clauses(condition, depth) for condition in conditions)
        truths = [cast(Truths, frame.columns_of(self.value(condition, frame), depth)) for condition in conditions]
        if decision.every:
            for outcome, truth in zip(decision.outcomes, truths, strict=True):
                frame.put(f"{decision.name} {outcome.id}", truth, depth)
            frame.values[decision.name] = certain(True)  # noqa: FBT003  # it has been computed
            return
        frame.put(decision.name, possible_over_columns(decision, truths), depth + 1)
        if decision is self.policy.category and self.with_reasons:
            self._put_reasons(decision, truths, depth + 2)

    def _put_reasons(self, decision: Decision, truths: list[Truths], depth: int) -> None:
        """Put for each outcome of the category the clauses that decide it, and in which rows each of them does."""
        frame = self.households
        reasons = RowCauses(self.policy, self.switches, lambda expr: cast(Truths, self.value(expr, frame)))
        for outcome, truth in zip(decision.outcomes, truths, strict=True):
            if truth.low is not False:
                deciding = reasons.deciding(cast(Clause, outcome.when), held=True)
                self.reasons[outcome.id] = {name: frame.column(rows, depth) for name, rows in deciding.items()}


@define(eq=False)
class PlannedFrame:
    """A frame, the values of names in it, and columns still to be added, by depth: each uses those of less depth."""

    frame: LazyFrame
    numbers: Iterator[int]  # for names of new columns; both frames of a plan share them
    values: dict[str, Values] = Factory(dict)
    depths: dict[str, int] = Factory(dict)
    columns: dict[int, tuple[str, nw.Expr]] = Factory(dict)  # columns with their names, by identity
    _sources: dict[str, nw.Expr] = Factory(dict)  # for each fact, the column that its values come from
    _pending: dict[int, list[nw.Expr]] = Factory(dict)

    def new_name(self) -> str:
        """A name that no other column has."""
        return f"_{next(self.numbers)}"

    def new_column(self, column: nw.Expr, depth: int) -> str:
        """Add a column later, and return its name."""
        name = self.new_name()
        self._pending.setdefault(depth, []).append(column.alias(name))
        return name

    def existing_column(self, name: str) -> nw.Expr:
        """A column that the frame has or will have."""
        column = nw.col(name)
        self.columns[id(column)] = name, column
        return column

    def column(self, bound: Bound, depth: int) -> Bound:
        """A bound as a column; unchanged if it is one already, or is the same in every row."""
        if not isinstance(bound, nw.Expr) or id(bound) in self.columns:
            return bound
        return self.existing_column(self.new_column(bound, depth))

    def columns_of(self, value: Values, depth: int) -> Values:
        """A value with columns as its bounds."""
        if isinstance(value, Choices):
            return Choices(
                FrozenMapping((name, self.column(can, depth)) for name, can in value.can.items()), value.known
            )
        low = self.column(value.low, depth)
        return evolve(value, low=low, high=low if is_known(value) else self.column(value.high, depth))

    def depth_after(self, used: Iterable[str]) -> int:
        """The depth of a column that is computed from some names."""
        return 1 + max((self.depths.get(name, 0) for name in used), default=0)

    def put(self, name: str, value: Values, depth: int) -> None:
        """Set the value of a name, with columns of some depth."""
        self.depths[name] = depth
        self.values[name] = self.columns_of(value, depth)

    def add_columns(self) -> None:
        """Add the pending columns to the frame."""
        for depth in sorted(self._pending):
            self.frame = self.frame.with_columns(*self._pending[depth])
        self._pending.clear()
        self.depths.clear()

    def put_facts(self, facts: Mapping[str, FactColumn], profiles: Mapping[str, ColumnProfile]) -> None:
        """Set the values of facts that have a column."""
        for name, fact in facts.items():
            profile, is_number = profiles[name], isinstance(fact.fact.kind, NumberKind | DateKind)
            source = fact.source(profile)
            if profile.filled or is_number:
                source = cast(nw.Expr, self.column(source, 0))
            self._sources[name] = source
            if profile.filled and is_number:
                source = cast(nw.Expr, self.column(source.fill_null(int(least_of(range_of(fact.fact)))), 1))
            value = fact.values(profile, source)
            used_often = profile.apart and isinstance(value, Choices)  # each option is compared at least once
            self.values[name] = self.columns_of(value, 0) if used_often else value
            self.depths[name] = int(profile.filled and is_number)

    def put_fault(
        self, name: str, facts: Mapping[str, FactColumn], profiles: Mapping[str, ColumnProfile], *, numbered: bool
    ) -> tuple[str, ...]:
        """Add a column with the first fault of each row, as text or numbered; return the faults that are possible."""
        codes = {fact: possible for fact, column in facts.items() if (possible := column.codes(profiles[fact]))}
        faults = tuple(f"{code} {fact}" for fact, of_fact in codes.items() for code in of_fact)
        texts = {fault: nw.lit(number if numbered else fault) for number, fault in enumerate(faults)}
        of_facts: list[tuple[nw.Expr, Bound]] = []
        for fact, of_fact in codes.items():
            *others, (last, _) = ((texts[f"{code} {fact}"], rows) for code, rows in of_fact.items())
            of_facts.append((first_of(others, last), facts[fact].faulty(profiles[fact], self._sources[fact])))
        first = first_of(of_facts, nw.lit(None, dtype=nw.Int64() if numbered else nw.String()))
        self._pending.setdefault(1, []).append(first.alias(name))
        self.add_columns()
        return faults

    def rows_apart(self, facts: Mapping[str, FactColumn], profiles: Mapping[str, ColumnProfile]) -> Bound:
        """The rows that have to be computed apart, because of a null or a fault."""
        return any_of(fact.rows_apart(profiles[name], self.values[name]) for name, fact in facts.items())


def _range_of_sum(number: Number, at_most: int) -> Number:
    """The range of the sum over one to `at_most` members of a number."""
    least, most = least_of(number), most_of(number)
    return span(min(least, least * at_most), max(most, most * at_most))


def _needed(policy: Policy, wanted: Collection[str]) -> dict[str, None]:
    """The names that are wanted or used by `must`, and all that they use."""
    needed: dict[str, None] = {}
    pending = [*wanted, *(name for clause in policy.must for name in names_in(clause))]
    while pending:
        name = pending.pop()
        if name not in needed and name != "on":
            needed[name] = None
            pending += used_by(policy.names[name])
    return needed


def _sums_in(expr: Expr) -> set[OverMembers]:
    return {part for part in walk(expr) if isinstance(part, OverMembers)}


def _outside_sums(expr: Expr) -> Iterator[str]:
    """The names in an expression, except those inside sums over members."""
    if isinstance(expr, Name):
        yield expr.name
    elif not isinstance(expr, OverMembers):
        for part in parts_of(expr):
            yield from _outside_sums(part)
