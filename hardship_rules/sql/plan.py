"""The plan of a view: a program as queries of each member, over the members, and of the household."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from attrs import Factory, define

from hardship_rules.core.expr import Clause
from hardship_rules.engine.algebra import operate
from hardship_rules.engine.clauses import Condition
from hardship_rules.engine.interval import Run, is_known
from hardship_rules.engine.phases import Phase, phases_of
from hardship_rules.engine.program import BoolKind, IntKind, Step
from hardship_rules.engine.row_causes import RowCauses, Rows
from hardship_rules.engine.tables import TablePolicy
from hardship_rules.locale import sentences
from hardship_rules.sql import trees
from hardship_rules.sql.algebra import SqlAlgebra
from hardship_rules.sql.dialects import Dialect
from hardship_rules.sql.facts import KEY
from hardship_rules.sql.labels import Label, labels_of, owners_of
from hardship_rules.sql.steps import Columns, Names, TableSteps
from hardship_rules.sql.trees import Item, Tree
from hardship_rules.sql.values import Truth, Value, certain, constant, option, trees_of

WORDS = sentences("sql")

_SHORT, _LONG = 3, 32  # columns and constants of what is written twice, or once, without a column of its own


@define(eq=False)
class QueryPlan:
    """A program on its two tables; `tables` are the queries before the last one, each with its name and a comment.

    `run` has the values that are the same for every household.
    """

    prepared: TablePolicy
    dialect: Dialect
    run: Run
    algebra: SqlAlgebra
    households: TableSteps
    members: TableSteps
    sources: Mapping[str, Tree]  # the tables of the rows of households (h) and members (m)
    tables: list[tuple[str, Tree, str]]
    sums: list[str] = Factory(list)
    _own: dict[str, Tree] = Factory(dict)
    _values: dict[int, Value] = Factory(dict)
    _short: dict[int, Value] = Factory(dict)
    _uses: Counter[int] = Factory(Counter)
    _asked: set[int] = Factory(set)
    _labels: dict[int, Label] = Factory(dict)
    _owners: dict[int, Label] = Factory(dict)

    def compute(self, wanted: Iterable[int]) -> None:
        """Add the queries and steps that compute some steps of the program and the causes of the category."""
        program, policy = self.prepared.program, self.prepared.lowered.policy
        for outcome in policy.category.outcomes:
            if outcome.when is not None:
                self._asked.update(self._deciding(self.prepared.clause(outcome.when), held=True))
        roots = (*wanted, *self._asked)
        live = program.live(roots)
        self._labels = labels_of(policy, program)
        self._owners = owners_of(program, live, self._labels)
        for number in live:
            self._uses.update(_written(program.steps[number]))
        phases = phases_of(program, roots)
        for phase in phases.phases or (Phase((), (), ()),):
            self._compute(phase.before, self.households)
            joined = self._join_households(phase)
            self._compute(phase.of_members, self.members, joined)
            self._aggregate(phase.aggregates, joined)
        self._compute(phases.last, self.households)

    # The values of steps

    def value(self, number: int) -> Value:
        """The value of a step that is computed, or the same for every household."""
        return self._values[number] if number in self._values else cast(Value, self._constant(number))

    def clause(self, id_: str) -> Truth:
        """The value of a clause of the household."""
        return cast(Truth, self.value(self.prepared.program.clause(id_)))

    def causes(self, clause: Clause) -> Mapping[str, Rows]:
        """The clauses that make a clause hold, each with the rows in which it does so."""
        return RowCauses(self.clause).deciding(self.prepared.clause(clause), held=True)

    def _deciding(self, condition: Condition, *, held: bool) -> Iterator[int]:
        """The clauses on whose values the causes depend by which a condition holds, or fails."""
        if condition.clause is not None:
            number = self.prepared.program.clause(condition.clause.id)
            if self._settled(number) is (not held):
                return
            yield number
        for part in condition.parts:
            yield from self._deciding(part, held=held is not (condition.op == "not"))

    def _settled(self, number: int) -> object:
        """The value of a step that is the same for every household; None if it is not."""
        value = self.run.value(number, 0 if self.run.steps[number].space == "member" else None)
        return value if is_known(value) else None

    def _constant(self, number: int) -> Value | None:
        value, kind = self._settled(number), self.run.steps[number].kind
        if value is None:
            return None
        if isinstance(kind, IntKind):
            return constant(cast(int, value))
        return certain(cast(bool, value)) if isinstance(kind, BoolKind) else option(cast(str, value))

    def _compute(self, numbers: Sequence[int], table: TableSteps, joined: Mapping[int, Value] | None = None) -> None:
        """Compute some steps; `joined` are values of the household in the rows of its members."""
        for number in numbers:
            value = self._constant(number)
            if value is None:
                value = self._kept(number, self._operated(number, joined or {}), table)
            self._values[number] = value

    def _operated(self, number: int, joined: Mapping[int, Value]) -> Value:
        step = self.run.steps[number]
        return cast(Value, operate(self.algebra, step, (self._argument(number, each, joined) for each in step.args)))

    def _argument(self, number: int, argument: int, joined: Mapping[int, Value]) -> Value:
        """The value of an argument as a step writes it: a condition repeats the short clauses of its definition."""
        if argument in joined:
            return joined[argument]
        is_condition = self.run.steps[number].op in ("and", "or", "not")
        if is_condition and self._owners[argument].definition == self._owners[number].definition:
            return self._short.get(argument, self._values[argument])
        return self._values[argument]

    def _kept(self, number: int, value: Value, table: TableSteps) -> Value:
        """The value of a step in columns: of what has a title, is written more than once, or is long."""
        pieces = list(trees_of(value))
        label, is_named, uses = self._owners[number], number in self._labels, self._uses[number]
        is_titled = is_named and label.title
        if not pieces or (not is_titled and all(map(trees.is_column, pieces))):
            return value
        size = max(map(trees.size, pieces))
        if not is_titled and number not in self._asked and size <= (_SHORT if uses > 1 else _LONG if uses else size):
            return value
        if is_named and size <= _LONG and not any(map(trees.has_cases, pieces)):
            self._short[number] = value
        name = label.name if is_named else f"{label.full_name} {self.run.steps[number].op}"
        return table.put(label, name, value, label.title if is_named else "")

    # Between households and members

    def _join_households(self, phase: Phase) -> dict[int, Value]:
        """Join a query of the household's values that members need in a phase; these values, by step."""
        numbers = dict.fromkeys(
            argument
            for number in (*phase.of_members, *phase.aggregates)
            for argument in self.run.steps[number].args
            if self.run.steps[argument].space == "household" and any(trees_of(self._values[argument]))
        )
        if not numbers:
            return {}
        own = Columns(self.households.names.new("own"), Names((KEY,)))
        joined = {number: self._put(own, number, self._values[number]) for number in numbers}
        sums = {table: trees.join_using("LEFT", table, KEY) for table in self.sums}
        items = [Item(KEY, trees.column("h", KEY)), *own.items]
        query = self.query(self.households, items, self.sources["h"], sums, every=False)
        self.tables.append((own.table, query, WORDS["own"]))
        same = trees.compare(trees.column(own.table, KEY), "=", trees.column("m", KEY))
        self._own[own.table] = trees.join_on(own.table, same)
        return joined

    def _aggregate(self, numbers: Sequence[int], joined: Mapping[int, Value]) -> None:
        """Add a query of aggregates with a row for each household that has members; the first also counts them."""
        if not numbers and self.sums:
            return
        sums = Columns(
            "sums" if not self.sums else self.households.names.new("sums"), Names((KEY, "members", "problem"))
        )
        key = trees.column("m", KEY)
        items = [Item(KEY, key)]
        if not self.sums:
            items.append(Item("members", trees.COUNT))
            items.append(Item("problem", trees.call("MIN", trees.column("fault", "found"))))
        for number in numbers:
            value = self._constant(number)
            total = self._operated(number, joined) if value is None else value
            self._values[number] = self._put(sums, number, total)
        query = self.query(self.members, [*items, *sums.items], self.sources["m"], self._own)
        self.tables.append((sums.table, trees.grouped(query, key), WORDS["members_read"]))
        self.sums.append(sums.table)

    def _put(self, columns: Columns, number: int, value: Value) -> Value:
        owner = self._owners[number]
        return columns.put(owner.full_name, value, owner.title)

    def query(
        self, table: TableSteps, items: Sequence[Item], source: Tree, joins: Mapping[str, Tree], *, every: bool = True
    ) -> trees.Query:
        """A query of columns from a table, with the joins and the steps that they need, or `every` one."""
        steps, used = table.needed((item.value for item in items), every=every)
        laterals = (trees.lateral(self.selected(step.items), step.table) for step in steps)
        return trees.select(items, source, [*(join for name, join in joins.items() if name in used), *laterals])

    def selected(self, items: Sequence[Item]) -> trees.Query:
        """The query of a step."""
        return trees.select(items, fenced=self.dialect.is_fenced)


def _written(step: Step) -> Iterator[int]:
    """The arguments of a step, twice if it may write them twice; a name only puts its argument in a column."""
    if step.op != "name":
        yield from step.args
    if step.op in ("any", "div", "eq", "table"):
        yield from step.args
    elif step.op == "select":
        yield step.args[0]
