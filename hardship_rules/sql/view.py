"""A policy as a view in a database: the tables that it reads, and the view's statement."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.household import day_value
from hardship_rules.core.expr import Constant
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.hosts import one_or_several
from hardship_rules.core.interval import Number
from hardship_rules.core.policy import Fact, Policy, require_decidable
from hardship_rules.core.problem import FactError, Location, Problem, nearest
from hardship_rules.engine.row_causes import Rows
from hardship_rules.engine.schedule import needed, phases
from hardship_rules.engine.tables import (
    DERIVED_OUTSIDE,
    ROUNDED,
    TablePolicy,
    day_in_window,
    left_out_column,
    prepared_table_policy,
    stated_column,
    with_left_out,
)
from hardship_rules.engine.whole import Denominator
from hardship_rules.explanation.phrase import default_text
from hardship_rules.language.mapping import RegisterMapping
from hardship_rules.locale import sentences
from hardship_rules.sql import _numbers as sql_numbers
from hardship_rules.sql import _text as sql_text
from hardship_rules.sql import _values as sql_values
from hardship_rules.sql._plan import QueryPlan, reachable, titled
from hardship_rules.sql._tables import (
    FAULT,
    create_table,
    day_fact,
    day_in_sql,
    fact_in_sql,
    faults,
    has_time_in_sql,
    mapped_table,
    value_of_fact,
)
from hardship_rules.sql._text import COMPARE, MULTIPLY, WHOLE, Names, Sql, case, column, comment, indented, name, quoted
from hardship_rules.sql._values import Choice, Numbers, Truth
from hardship_rules.sql.steps import DIALECTS, Dialect, SelectColumn, Step, TableSteps

WORDS = sentences("sql")

HOUSEHOLDS, MEMBERS = "households", "members"
"""The two tables, each with a column `household`."""
_COUNTED = """(
    SELECT *, COUNT(*) OVER (PARTITION BY household) AS rows_of_household
    FROM {source}
) AS h"""
_TAKEN = ("household", HOUSEHOLDS, MEMBERS, "h", "m", "fact", "fault", "sums", "problem", "own_read", "members_read")
_SOUND = Sql("problem.found IS NULL", COMPARE)
_ONE = Constant(1, Location("", 1, 1))


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
        title = self.policy.title
        return create_table(
            HOUSEHOLDS, (*day, *self.facts(of_members=False)), WORDS["households"].format(title=title), one_row=True
        ) + create_table(MEMBERS, self.facts(of_members=True), WORDS["members"].format(title=title), one_row=False)


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
    return view.statement(called or f"hardship_{policy.name}")


@frozen
class _View:
    policy: Policy
    register: RegisterTables
    prepared: TablePolicy
    dialect: Dialect

    def statement(self, called: str) -> str:
        """The statement that creates the view."""
        policy = self.prepared.made.policy
        names = Names(_TAKEN)
        households, members = self._table("h", names), self._table("m", names)
        households.values["on"] = self._day()
        tables = (
            {"h": HOUSEHOLDS, "m": MEMBERS} if self.register.mapping is None else {"h": "own_read", "m": "members_read"}
        )
        sources = {table: f"{source} AS {table}" for table, source in tables.items()}
        plan = QueryPlan(
            policy, self.dialect, self.policy.switches, households, members, sources, names, reachable(policy)
        )
        plan.tables |= self._mapped_tables()
        outcomes = _OutcomeColumns(self.policy, self.prepared, plan)
        plan.compute(phases(policy, needed(policy, outcomes.wanted)))
        households.steps.append(Step("problem", (SelectColumn("found", self._problem(plan)),)))
        first, *rest = plan.sum_tables
        source = [
            _COUNTED.format(source=tables["h"]),
            f"FULL JOIN {first} USING (household)",
            *(f"LEFT JOIN {sums} USING (household)" for sums in rest),
        ]
        columns = [SelectColumn("household", Sql("household")), *outcomes.columns(), *self._last_columns()]
        query = plan.query(columns, source, households.steps)
        before = ",\n".join(f"{name(table)} AS (\n{indented(text)}\n)" for table, text in plan.tables.items())
        head = "\n".join(map(comment, self._head()))
        return f"{head}\n\nCREATE VIEW {name(called)} AS\nWITH\n{before}\n{query};\n"

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

    def _mapped_tables(self) -> dict[str, str]:
        """The queries that read the host's own tables."""
        register, say = self.register, WORDS
        if register.mapping is None:
            return {}
        households, members = (
            mapped_table(table, default, register.left_out, day, self.dialect)
            for table, default, day in (
                (register.mapping.households, HOUSEHOLDS, register.on_column),
                (register.mapping.members, MEMBERS, None),
            )
        )
        return {
            "own_read": f"{comment(say['households_read'])}\n{households}",
            "members_read": f"{comment(say['members_as_read'])}\n{members}",
        }

    def _table(self, table: str, names: Names) -> TableSteps:
        """A table with its first two steps: its facts, and the first fault of each row."""
        known = self.register.known
        facts = self.register.facts(of_members=table == "m")
        mapped = self.register.mapping is not None
        fact_columns = [SelectColumn(fact.name, fact_in_sql(fact, table, read=mapped), fact.title) for fact in facts]
        conditions = [(~sql_text.is_(Sql(f"{table}.{name(FAULT)}"), "NULL"), "")] if mapped else []
        conditions += faults(facts, table, "fact", known)
        if table == "h" and (on_column := self.register.on_column) is not None:
            day = f"h.{name(on_column)}"
            in_force = day_in_sql(day, self.policy.start, self.policy.end)
            fact_columns.append(SelectColumn("on", in_force, WORDS["day"]))
            conditions.append((has_time_in_sql(day), "date_with_time on"))
            conditions.append((Sql(f'fact."on" IS NULL AND {day} IS NOT NULL', sql_text.AND), "on_outside"))
        steps = TableSteps(names)
        if fact_columns:
            steps.steps.append(Step("fact", tuple(fact_columns)))
        codes = [(when, Sql(quoted(code) if code else f"{table}.{name(FAULT)}")) for when, code in conditions]
        text = case(codes, None) if codes else Sql("CAST(NULL AS text)")
        steps.steps.append(Step("fault", (SelectColumn("found", text),)))
        for fact in facts:
            taken = column(f"fact.{name(fact.name)}")
            steps.values[fact.name] = value_of_fact(fact, taken, known=fact.name in known)
        return steps

    def _day(self) -> Numbers:
        """The day of the verdicts; from a column, some day on which the policy is in force."""
        constant = day_value(self.policy, self.register.on)
        ends = sql_numbers.constant(cast(Number, constant))
        if self.register.on_column is None:
            return ends
        return sql_numbers.between(*sql_numbers.ends_of(column('fact."on"'), ends), ends.within)

    def _problem(self, plan: QueryPlan) -> Sql:
        """The first problem that prevents a verdict on a household."""
        lines = [
            "WHEN h.rows_of_household IS NULL THEN 'household_missing'",
            "WHEN h.rows_of_household > 1 THEN 'household_twice'",
            "WHEN sums.members IS NULL THEN 'members_missing'",
            f"WHEN sums.members > {self.policy.members.at_most} THEN 'members_too_many'",
            "WHEN fault.found IS NOT NULL THEN fault.found",
            "WHEN sums.problem IS NOT NULL THEN sums.problem",
        ]
        for clause in plan.policy.must:
            fails = sql_values.negation(plan.truth(clause)).holds
            if fails is True or isinstance(fails, Sql):
                code = clause.id if clause.id.startswith(DERIVED_OUTSIDE) else f"must_broken {clause.id}"
                lines += [comment(titled(clause.title, clause.provenance))] if clause.title else []
                when = "TRUE" if fails is True else fails.inside(sql_text.OR)
                lines.append(f"WHEN {when} THEN {quoted(code)}")
        return Sql("CASE\n" + indented("\n".join(lines)) + "\nEND")

    def _last_columns(self) -> Iterable[SelectColumn]:
        """The defaults used, the problem, the policy and the day."""
        on = self.register.on
        day = f"h.{name(self.register.on_column)}" if self.register.on_column is not None else "NULL::date"
        defaults = [fact.name for fact in self.register.not_there if fact.if_absent is not None]
        texts = {
            "stand_ins": quoted(";".join(defaults)),
            "problem": "problem.found",
            "policy": quoted(self.policy.name),
            "fingerprint": quoted(self.policy.fingerprint),
            "on": day if on is None else f"DATE '{on}'",
        }
        return (SelectColumn(shown, Sql(text)) for shown, text in texts.items())


@frozen
class _OutcomeColumns:
    """The columns of decisions and figures; they are null for households with a problem."""

    policy: Policy
    prepared: TablePolicy
    plan: QueryPlan

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names whose values are shown."""
        return (*self.policy.decisions, *self._figures.values())

    @property
    def _figures(self) -> FrozenMapping[str, str]:
        """The columns of figures with the names that they show; of rounded ones, the names that are rounded.

        The distance to the nearest threshold is left to frames: its SQL would be longer than all the rest.
        """
        figures = {
            shown: shown.removesuffix(ROUNDED) if shown.endswith(ROUNDED) else called
            for shown, called in self.prepared.figures.items()
        }
        return FrozenMapping((shown, called) for shown, called in figures.items() if called in self.plan.policy.names)

    def columns(self) -> Iterator[SelectColumn]:
        """All columns in order."""
        values = self.plan.households.values
        for called, decision in self.policy.decisions.items():
            if decision.every:
                for outcome in decision.outcomes:
                    truth = cast(Truth, values[f"{called} {outcome.id}"])
                    yield SelectColumn(f"{called}_{outcome.id}", _if_sound(sql_values.sql(truth)), outcome.title)
                continue
            choice = cast(Choice, values[called])
            options = {option: Sql(quoted(option)) for option in choice.can}
            yield SelectColumn(called, _if_decided(choice, options), decision.title)
            if decision is self.policy.category:
                possible = _joined({option: truth.high for option, truth in choice.can.items()})
                yield SelectColumn(f"{called}_possible", _if_sound(possible))
                clauses = {outcome: _joined(reasons) for outcome, reasons in self.plan.reasons.items()}
                yield SelectColumn(f"{called}_clauses", _if_decided(choice, clauses))
        for shown, called in self._figures.items():
            term = self.policy.names.get(called.removesuffix(" shown"))
            title = "" if term is None else term.title
            yield SelectColumn(shown, self._rounded(called) if shown.endswith(ROUNDED) else self._figure(called), title)

    def _figure(self, called: str) -> Sql:
        """A whole number if it is known."""
        number = cast(Numbers, self.plan.named(called, self.plan.households))
        return _if_sound(sql_numbers.number_sql(number.low), *_is_known(number))

    def _rounded(self, called: str) -> Sql:
        """A quotient if it is known, rounded half away from zero to hundredths by whole numbers."""
        over = self.prepared.made.denominators[called]
        number = cast(Numbers, self.plan.named(called, self.plan.households))
        by = cast(Numbers, self.plan.value(over.raise_(_ONE, Denominator()), self.plan.households))
        top, bottom = sql_numbers.number_sql(number.low), sql_numbers.number_sql(by.low)

        def hundredths(above_zero: Sql) -> Sql:
            doubled = sql_text.reckoned("+", [sql_text.reckoned("*", [Sql("200"), above_zero]), bottom])
            twice = sql_text.reckoned("*", [Sql("2"), bottom])
            return Sql(f"{doubled.inside(WHOLE)} {self.plan.dialect.divide} {twice.inside(WHOLE)}", MULTIPLY)

        below = Sql(f"-{hundredths(Sql(f'-{top.inside(WHOLE)}', WHOLE)).inside(WHOLE)}", MULTIPLY)
        whole = case([(sql_text.compared(top, "<", Sql("0")), below)], hundredths(top))
        rounded = sql_text.called("ROUND", [Sql(f"{whole} / 100.0", MULTIPLY), Sql("2")])
        return _if_sound(rounded, *_is_known(number), *_is_known(by))


def _is_known(number: Numbers) -> tuple[Sql, ...]:
    """The condition that a number is known; none if it is in every row."""
    if number.low is number.high:
        return ()
    return (sql_text.compared(sql_numbers.number_sql(number.low), "=", sql_numbers.number_sql(number.high)),)


def _if_sound(piece: Sql, *conditions: Sql) -> Sql:
    """A piece if there is no problem and further conditions hold."""
    return case([(sql_text.joined("AND", [_SOUND, *conditions]), piece)], None)


def _if_decided(choice: Choice, texts: Mapping[str, Sql]) -> Sql:
    """The text of the option that a choice certainly is, if there is no problem."""
    whens: list[tuple[Sql, Sql]] = [(~sql_text.is_(Sql("problem.found"), "NULL"), Sql("NULL"))]
    for option, text in texts.items():
        holds = sql_values.one_of(choice, [option]).holds
        if holds is True:
            return _if_sound(text)
        if isinstance(holds, Sql):
            whens.append((holds, text))
    return case(whens, None)


def _joined(conditions: Mapping[str, Rows]) -> Sql:
    """The names whose condition holds in a row, joined in one text."""
    parts = []
    for called, where in conditions.items():
        if where is not False:
            parts.append(Sql(quoted(called)) if where is True else case([(where, Sql(quoted(called)))], None))
    return sql_text.called("concat_ws", [Sql("';'"), *parts])
