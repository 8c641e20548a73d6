"""A policy as a view in a database: the tables that it reads, and the view's statement."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.household import day_value
from hardship_rules.core.hosts import one_or_several
from hardship_rules.core.interval import Number, high, low
from hardship_rules.core.policy import Fact, Policy, require_decidable
from hardship_rules.core.problem import FactError, Problem, nearest
from hardship_rules.engine.defaults import DERIVED_OUTSIDE, left_out_column, stated_column, with_left_out
from hardship_rules.engine.interval import Run
from hardship_rules.engine.program import IntKind, OptionKind, Step
from hardship_rules.engine.row_causes import Rows as AnyRows
from hardship_rules.engine.tables import ROUNDED, TablePolicy, day_in_window, prepared_table_policy
from hardship_rules.explanation.phrase import default_text
from hardship_rules.language.mapping import RegisterMapping
from hardship_rules.locale import sentences
from hardship_rules.sql import numbers, trees, values
from hardship_rules.sql.algebra import SqlAlgebra
from hardship_rules.sql.dialects import DIALECTS, Dialect
from hardship_rules.sql.facts import (
    KEY,
    create_table,
    day_fact,
    day_in_sql,
    fact_in_sql,
    faults,
    has_time_in_sql,
    number_of,
    value_of_fact,
)
from hardship_rules.sql.mapped import FAULT, mapped_table
from hardship_rules.sql.plan import QueryPlan
from hardship_rules.sql.printing import printed
from hardship_rules.sql.steps import Columns, Names, TableSteps
from hardship_rules.sql.trees import Item, Tree
from hardship_rules.sql.values import Choice, Numbers, Value

WORDS = sentences("sql")

HOUSEHOLDS, MEMBERS = "households", "members"
"""The two tables, each with a column `household`."""
_TAKEN = (KEY, HOUSEHOLDS, MEMBERS, "h", "m", "fact", "fault", "sums", "problem", "own_read", "members_read")
_PROBLEM = trees.column("problem", "found")


@frozen
class RegisterTables:
    """The tables that a policy's view reads.

    `without` are facts that have no column, `known` are columns that are never null. The day of the verdicts is `on`,
    or in the column `on_column`. With a `mapping`, the tables are the host's own. Raises `FactError` for unknown names.
    """

    policy: Policy = field(repr=False)
    without: frozenset[str] = field(default=frozenset(), converter=one_or_several)
    known: frozenset[str] = field(default=frozenset(), converter=one_or_several)
    on: date | None = None
    on_column: str | None = None
    mapping: RegisterMapping | None = None

    def __attrs_post_init__(self) -> None:
        facts = {**self.policy.facts, **self.policy.members.facts}
        unknown = sorted(fact for fact in self.without | self.known if fact not in facts)
        if unknown:
            raise FactError([Problem("unknown_column", (fact,), fact, nearest(fact, facts)) for fact in unknown])

    @cached_property
    def left_out(self) -> tuple[str, ...]:
        """The facts that count as left out in blank cells, and then have their default."""
        if self.mapping is None or self.mapping.blank != "left out":
            return ()
        mapped = {**self.mapping.households.columns, **self.mapping.members.columns}
        return tuple(fact.name for fact in self.policy.stand_ins if fact.name in mapped)

    @cached_property
    def judged(self) -> Policy:
        """The policy with defaults for blank cells as terms."""
        return with_left_out(self.policy, self.left_out) if self.left_out else self.policy

    def facts(self, *, of_members: bool) -> tuple[Fact, ...]:
        """The facts that have a column in one of the tables."""
        facts = self.judged.members.facts if of_members else self.judged.facts
        if self.mapping is None:
            return tuple(fact for fact in facts.values() if fact.name not in self.without)
        mapped = (self.mapping.members if of_members else self.mapping.households).columns
        columns = {own for fact in mapped for own in (fact, stated_column(fact), left_out_column(fact))}
        return tuple(fact for fact in facts.values() if fact.name in columns and fact.name not in self.left_out)

    @property
    def not_there(self) -> tuple[Fact, ...]:
        """The facts that have no column."""
        of_both = (*self.facts(of_members=False), *self.facts(of_members=True))
        with_column = {fact.name for fact in of_both} | set(self.left_out)
        facts = (*self.policy.facts.values(), *self.policy.members.facts.values())
        return tuple(fact for fact in facts if fact.name not in with_column)

    def tables(self) -> str:
        """The statements that create the two tables, with an index on the household of members."""
        day = () if self.on_column is None else (day_fact(self.on_column, self.policy),)
        own, theirs = (WORDS[table].format(title=self.policy.title) for table in (HOUSEHOLDS, MEMBERS))
        statements = [
            *create_table(HOUSEHOLDS, (*day, *self.facts(of_members=False)), own, one_row=True),
            *create_table(MEMBERS, self.facts(of_members=True), theirs, one_row=False),
        ]
        return "\n".join(printed(statement, DIALECTS["postgres"]) for statement in statements)


def register(  # noqa: PLR0913, PLR0917  # a policy, a day, and the properties of its tables
    policy: Policy,
    on: date | str | None = None,
    on_column: str | None = None,
    without: str | Collection[str] = (),
    known: str | Collection[str] = (),
    mapping: RegisterMapping | None = None,
) -> RegisterTables:
    """The tables for a policy's view, for verdicts on one day or on the day of each household (`on_column`).

    With a mapping they are the host's own, and exactly the facts that it names have a column.
    """
    return RegisterTables(
        policy, one_or_several(without), one_or_several(known), day_in_window(policy, on), on_column, mapping
    )


def view_in_sql(of: RegisterTables, dialect: str, called: str | None = None) -> str:
    """The statement that creates the view of a policy's verdicts over its tables, named `called`.

    Raises `PolicyError` for a policy that cannot decide, or whose numbers could overflow 64 bits.
    """
    if dialect not in DIALECTS:
        raise ValueError(f"dialect is one of {', '.join(DIALECTS)}")
    policy = of.judged
    require_decidable(policy)
    with_column = frozenset(fact.name for fact in (*of.facts(of_members=False), *of.facts(of_members=True)))
    view = _View(policy, of, prepared_table_policy(policy, with_column), DIALECTS[dialect])
    return printed(view.statement(called or f"hardship_{policy.name}"), DIALECTS[dialect])


@frozen
class _View:
    policy: Policy
    register: RegisterTables
    prepared: TablePolicy
    dialect: Dialect

    def statement(self, called: str) -> Tree:
        """The statement that creates the view."""
        names = Names(_TAKEN)
        households, members = TableSteps(names), TableSteps(names)
        inputs = {"on": self._day(), **self._read("h", households), **self._read("m", members)}
        day = {"on": day_value(self.policy, self.register.on)}
        own, theirs = (HOUSEHOLDS, MEMBERS) if self.register.mapping is None else ("own_read", "members_read")
        plan = QueryPlan(
            self.prepared,
            self.dialect,
            Run(self.prepared.program, day, [{}], any_members=True),
            SqlAlgebra(lambda step: inputs.get(str(step.data)) or _unknown(step), self.dialect.divide),
            households,
            members,
            {"h": trees.table(own, "h"), "m": trees.table(theirs, "m")},
            self._mapped_tables(),
        )
        outcomes = _OutcomeColumns(self.policy, self.prepared, plan)
        plan.compute((*outcomes.wanted, *self.prepared.program.must.values()))
        households.steps.append(Columns("problem", items=[Item("found", self._problem(plan))]))
        counted = Item("rows_of_household", trees.count_over(KEY))
        every_row = trees.select([counted], trees.table(own), every_column=True)
        first, *rest = plan.sums
        joins = {
            first: trees.join_using("FULL", first, KEY),
            **{table: trees.join_using("LEFT", table, KEY) for table in rest},
        }
        items = [Item(KEY, trees.key(KEY)), *outcomes.columns(), *self._last_columns()]
        query = plan.query(households, items, trees.subquery(every_row, "h"), joins)
        return trees.create_view(called, trees.with_tables(query, plan.tables), self._head())

    def _head(self) -> Iterator[str]:
        """The comments at the head of the view."""
        policy, say = self.policy, WORDS
        yield say["title"].format(title=policy.title, name=policy.name)
        yield say["fingerprint"].format(fingerprint=policy.fingerprint)
        yield from (say["how"], say["null"], say["whole"], say["days"])
        if self.register.on_column is not None:
            yield say["on_column"].format(column=self.register.on_column)
        else:
            yield say["on_unknown" if self.register.on is None else "on"].format(on=self.register.on)
        for fact in self.register.not_there:
            words = default_text(policy, fact)
            yield say["stand_in" if words else "unknown"].format(title=fact.title, words=words)
        if policy.readings:
            yield say["readings"]
        for reading in policy.readings.values():
            yield say["reading"].format(title=reading.title, option=reading.kind.options[reading.chosen])

    def _mapped_tables(self) -> list[tuple[str, Tree, str]]:
        """The queries that read the host's own tables."""
        register = self.register
        if register.mapping is None:
            return []
        tables = (
            ("own_read", register.mapping.households, HOUSEHOLDS, register.on_column, "households_read"),
            ("members_read", register.mapping.members, MEMBERS, None, "members_as_read"),
        )
        return [
            (name, mapped_table(table, default, register.left_out, day, self.dialect), WORDS[remark])
            for name, table, default, day, remark in tables
        ]

    def _read(self, table: str, steps: TableSteps) -> dict[str, Value]:
        """Add the first two steps of a table: its facts, and the first fault of each row; the values of the facts."""
        known = self.register.known
        facts = self.register.facts(of_members=table == "m")
        mapped = self.register.mapping is not None
        items = [Item(fact.name, fact_in_sql(fact, table, read=mapped), fact.title) for fact in facts]
        read = trees.column(table, FAULT)
        whens = [(trees.is_not(read, None), read)] if mapped else []
        whens += [(when, trees.text(code)) for when, code in faults(facts, table, "fact", known)]
        if table == "h" and (on_column := self.register.on_column) is not None:
            day = trees.column(table, on_column)
            items.append(Item("on", day_in_sql(day, self.policy.start, self.policy.end), WORDS["day"]))
            outside = trees.and_(trees.is_(trees.column("fact", "on"), None), trees.is_not(day, None))
            whens += [(has_time_in_sql(day), trees.text("date_with_time on")), (outside, trees.text("on_outside"))]
        if items:
            steps.steps.append(Columns("fact", items=items))
        steps.steps.append(Columns("fault", items=[Item("found", trees.case(whens) if whens else trees.null("text"))]))
        return {
            fact.name: value_of_fact(fact, trees.column("fact", fact.name), known=fact.name in known) for fact in facts
        }

    def _day(self) -> Numbers:
        """The day of the verdicts; from a column, some day on which the policy is in force."""
        day = cast(Number, day_value(self.policy, self.register.on))
        ends = int(low(day)), int(high(day))
        if self.register.on_column is None:
            return values.constant(*ends)
        return number_of(trees.column("fact", "on"), *ends)

    def _problem(self, plan: QueryPlan) -> Tree:
        """The first problem that prevents a verdict on a household."""
        rows, members = trees.column("h", "rows_of_household"), trees.column("sums", "members")
        row_fault, member_fault = trees.column("fault", "found"), trees.column("sums", "problem")
        whens = [
            (trees.is_(rows, None), trees.text("household_missing")),
            (trees.compare(rows, ">", 1), trees.text("household_twice")),
            (trees.is_(members, None), trees.text("members_missing")),
            (trees.compare(members, ">", self.policy.members.at_most), trees.text("members_too_many")),
            (trees.is_not(row_fault, None), row_fault),
            (trees.is_not(member_fault, None), member_fault),
        ]
        for clause in self.prepared.program.must:
            fails = values.negation(plan.clause(clause))
            if fails.holds is True or isinstance(fails.holds, Tree):
                code = clause if clause.startswith(DERIVED_OUTSIDE) else f"must_broken {clause}"
                whens.append((fails.tree, trees.text(code)))
        return trees.case(whens)

    def _last_columns(self) -> Iterable[Item]:
        """The defaults used, the problem, the policy and the day."""
        on, on_column = self.register.on, self.register.on_column
        without_column = {fact.name for fact in self.register.not_there}
        defaults = [fact.name for fact in self.register.policy.stand_ins if fact.name in without_column]
        day = trees.null("date") if on is None else trees.date(on)
        yield Item("stand_ins", trees.text(";".join(defaults)))
        yield Item("problem", _PROBLEM)
        yield Item("policy", trees.text(self.policy.name))
        yield Item("fingerprint", trees.text(self.policy.fingerprint))
        yield Item("on", day if on_column is None else trees.column("h", on_column))


def _unknown(step: Step) -> Value:
    """Everything that a fact or the day can be."""
    kind = step.kind
    if isinstance(kind, IntKind):
        return values.constant(kind.low, kind.high)
    return values.unknown_option(kind.options) if isinstance(kind, OptionKind) else values.OPEN


@frozen
class _OutcomeColumns:
    """The columns of decisions and figures; they are null for households with a problem."""

    policy: Policy
    prepared: TablePolicy
    plan: QueryPlan

    @cached_property
    def wanted(self) -> tuple[int, ...]:
        """The steps whose values are shown."""
        program, decisions = self.prepared.program, self.policy.decisions.values()
        every = (
            f"{decision.name}.{outcome.id}" for decision in decisions if decision.every for outcome in decision.outcomes
        )
        first = (program.names[decision.name] for decision in decisions if not decision.every)
        figures = [program.names[name] for name in self._figures.values()]
        divisors = [step for name in self._figures.values() for step, _ in program.scales[name].factors]
        return (*map(program.clause, every), *first, *figures, *divisors)

    @cached_property
    def _figures(self) -> Mapping[str, str]:
        """The columns of figures with the names that they show; of rounded ones, the names that are rounded.

        The distance to the nearest threshold is left to frames: its SQL would be longer than all the rest.
        """
        figures = {
            shown: shown.removesuffix(ROUNDED) if shown.endswith(ROUNDED) else name
            for shown, name in self.prepared.figures.items()
        }
        return {shown: name for shown, name in figures.items() if name in self.prepared.program.names}

    def columns(self) -> Iterator[Item]:
        """All columns in order."""
        program = self.prepared.program
        for name, decision in self.policy.decisions.items():
            if decision.every:
                for outcome in decision.outcomes:
                    truth = self.plan.clause(f"{name}.{outcome.id}")
                    title = f"{decision.title}：{outcome.title}"
                    yield Item(f"{name}_{outcome.id}", _if_sound(truth.tree), title)
                continue
            choice = cast(Choice, self.plan.value(program.names[name]))
            yield Item(name, _if_decided(choice, {option: trees.text(option) for option in choice.can}), decision.title)
            if decision is self.policy.category:
                possible = _names_of({option: truth.high for option, truth in choice.can.items()})
                yield Item(f"{name}_possible", _if_sound(possible))
                clauses = {
                    outcome.id: _names_of(self.plan.causes(outcome.when))
                    for outcome in self.prepared.lowered.policy.category.outcomes
                    if outcome.when is not None and outcome.id in choice.can
                }
                yield Item(f"{name}_clauses", _if_decided(choice, clauses))
        for shown, name in self._figures.items():
            term = self.policy.names.get(name.removesuffix(" shown"))
            figure = self._rounded(name) if shown.endswith(ROUNDED) else self._figure(name)
            yield Item(shown, figure, "" if term is None else term.title)

    def _number(self, step: int) -> Numbers:
        return cast(Numbers, self.plan.value(step))

    def _figure(self, name: str) -> Tree:
        """A whole number if it is known."""
        number = self._number(self.prepared.program.names[name])
        return _if_sound(trees.number(number.low), *_is_known(number))

    def _rounded(self, name: str) -> Tree:
        """A quotient if it is known, rounded half away from zero to hundredths."""
        by = self.prepared.program.scales[name]
        number = self._number(self.prepared.program.names[name])
        divisors = [self._number(step) for step, power in by.factors for _ in range(power)]
        divisor = trees.multiply(by.number, *(each.low for each in divisors))
        hundredths = numbers.rounded_quotient(
            trees.multiply(100, number.low), number.within, divisor, "half_up", self.plan.dialect.divide
        )
        decimal = trees.divide(trees.number(hundredths), trees.decimal("100.0"))
        rounded = trees.call("ROUND", decimal, trees.number(2))
        return _if_sound(rounded, *(known for each in (number, *divisors) for known in _is_known(each)))


def _is_known(number: Numbers) -> tuple[Tree, ...]:
    """The condition that a number is known; none if it is in every row."""
    return () if number.known else (trees.compare(number.low, "=", number.high),)


def _if_sound(tree: Tree, *conditions: Tree) -> Tree:
    """A value if there is no problem and further conditions hold."""
    return trees.case([(trees.and_(trees.is_(_PROBLEM, None), *conditions), tree)])


def _if_decided(choice: Choice, texts: Mapping[str, Tree]) -> Tree:
    """The text of the option that a choice certainly is, if there is no problem."""
    whens = [(trees.is_not(_PROBLEM, None), trees.null("text"))]
    for option, text in texts.items():
        holds = values.one_of(choice, [option]).holds
        if holds is True:
            return _if_sound(text)
        if isinstance(holds, Tree):
            whens.append((holds, text))
    return trees.case(whens)


def _names_of(conditions: Mapping[str, AnyRows]) -> Tree:
    """The names whose condition holds in a row, joined in one text."""
    parts = []
    for name, where in conditions.items():
        if where is not False:
            parts.append(trees.text(name) if where is True else trees.case([(where.tree, trees.text(name))]))
    return trees.call("CONCAT_WS", trees.text(";"), *parts)
