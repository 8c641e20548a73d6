"""A policy as a view in a database."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.household import scope_of_facts
from hardship_rules.core.expr import Constant
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.hosts import one_or_several
from hardship_rules.core.interval import Number
from hardship_rules.core.policy import Fact, Policy, refuse_undecidable
from hardship_rules.core.problem import FactError, Location, Problem, nearest
from hardship_rules.engine.lower import Denominator
from hardship_rules.engine.row_causes import Rows
from hardship_rules.engine.schedule import needed, turns
from hardship_rules.engine.tables import (
    DERIVED_OUTSIDE,
    ROUNDED,
    FramePolicy,
    day_inside,
    left_out_column,
    prepared_policy,
    stated_column,
    with_left_out,
)
from hardship_rules.explanation.phrase import stand_in
from hardship_rules.language.mapping import RegisterMapping
from hardship_rules.locale import sentences
from hardship_rules.sql import _numbers as sql_numbers
from hardship_rules.sql import _text as sql_text
from hardship_rules.sql import _values as sql_values
from hardship_rules.sql._facts import (
    day_fact,
    day_in_sql,
    fact_in_sql,
    faults,
    has_time_in_sql,
    tables_in_sql,
    value_of_fact,
)
from hardship_rules.sql._mapping import FAULT, table_in_sql
from hardship_rules.sql._text import COMPARE, MULTIPLY, WHOLE, Names, Sql, case, column, comment, indented, name, quoted
from hardship_rules.sql._values import Choice, Numbers, Truth
from hardship_rules.sql._work import Work, reachable, titled
from hardship_rules.sql.steps import DIALECTS, Column, Dialect, Side, Step

WORDS = sentences("sql")

_SOUND = Sql("problem.found IS NULL", COMPARE)
_ONE = Constant(1, Location("", 1, 1))


@frozen
class Outcomes:
    """A policy, as it was prepared and worked out: nothing is said of a household that has a problem."""

    policy: Policy
    prepared: FramePolicy
    work: Work

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names whose values are shown."""
        return (*self.policy.decisions, *self.figures.values())

    @property
    def figures(self) -> FrozenMapping[str, str]:
        """The columns of figures with the names of what they hold; of rounded ones, of what they are rounded from.

        The distance to the nearest line is left to frames: in SQL it would be longer than all the rest.
        """
        found = {
            shown: shown.removesuffix(ROUNDED) if shown.endswith(ROUNDED) else called
            for shown, called in self.prepared.figures.items()
        }
        return FrozenMapping((shown, called) for shown, called in found.items() if called in self.work.policy.names)

    def columns(self) -> Iterator[Column]:
        """The columns of decisions and figures."""
        values = self.work.households.values
        for called, decision in self.policy.decisions.items():
            if decision.every:
                for outcome in decision.outcomes:
                    truth = cast(Truth, values[f"{called} {outcome.id}"])
                    yield Column(f"{called}_{outcome.id}", _sound(sql_values.sql(truth)), outcome.title)
                continue
            choice = cast(Choice, values[called])
            yield Column(called, _told(choice, {each: Sql(quoted(each)) for each in choice.can}), decision.title)
            if decision is self.policy.category:
                yield Column(f"{called}_possible", _sound(_listed({each: t.high for each, t in choice.can.items()})))
                clauses = {each: _listed(where) for each, where in self.work.reasons.items()}
                yield Column(f"{called}_clauses", _told(choice, clauses))
        for shown, called in self.figures.items():
            term = self.policy.names.get(called.removesuffix(" shown"))
            title = "" if term is None else term.title
            yield Column(shown, self.rounded(called) if shown.endswith(ROUNDED) else self.figure(called), title)

    def figure(self, called: str) -> Sql:
        """A whole number where it is known."""
        number = cast(Numbers, self.work.named(called, self.work.households))
        return _sound(sql_numbers.number_sql(number.low), *_settled(number))

    def rounded(self, called: str) -> Sql:
        """What is divided, where it is known: rounded half away from zero to hundredths, over whole numbers."""
        over = self.prepared.made.denominators[called]
        number = cast(Numbers, self.work.named(called, self.work.households))
        by = cast(Numbers, self.work.value(over.raise_(_ONE, Denominator()), self.work.households))
        top, bottom = sql_numbers.number_sql(number.low), sql_numbers.number_sql(by.low)

        def hundredths(above_zero: Sql) -> Sql:
            doubled = sql_text.reckoned("+", [sql_text.reckoned("*", [Sql("200"), above_zero]), bottom])
            twice = sql_text.reckoned("*", [Sql("2"), bottom])
            return Sql(f"{doubled.inside(WHOLE)} {self.work.dialect.divide} {twice.inside(WHOLE)}", MULTIPLY)

        below = Sql(f"-{hundredths(Sql(f'-{top.inside(WHOLE)}', WHOLE)).inside(WHOLE)}", MULTIPLY)
        found = case([(sql_text.compared(top, "<", Sql("0")), below)], hundredths(top))
        return _sound(
            sql_text.called("ROUND", [Sql(f"{found} / 100.0", MULTIPLY), Sql("2")]), *_settled(number), *_settled(by)
        )


def _settled(number: Numbers) -> tuple[Sql, ...]:
    """Where a number is known, unless that is in every row."""
    if number.low is number.high:
        return ()
    return (sql_text.compared(sql_numbers.number_sql(number.low), "=", sql_numbers.number_sql(number.high)),)


def _sound(piece: Sql, *also: Sql) -> Sql:
    """A piece where there is no problem and something more holds."""
    return case([(sql_text.joined("AND", [_SOUND, *also]), piece)], None)


def _told(choice: Choice, texts: Mapping[str, Sql]) -> Sql:
    """A text for the option that a choice certainly is."""
    whens: list[tuple[Sql, Sql]] = [(~sql_text.is_(Sql("problem.found"), "NULL"), Sql("NULL"))]
    for each, text in texts.items():
        holds = sql_values.one_of(choice, [each]).holds
        if holds is True:
            return _sound(text)
        if isinstance(holds, Sql):
            whens.append((holds, text))
    return case(whens, None)


def _listed(rows: Mapping[str, Rows]) -> Sql:
    """The names that hold in a row, in one text."""
    parts = []
    for each, where in rows.items():
        if where is not False:
            parts.append(Sql(quoted(each)) if where is True else case([(where, Sql(quoted(each)))], None))
    return sql_text.called("concat_ws", [Sql("';'"), *parts])


HOUSEHOLDS, MEMBERS = "households", "members"
"""The two tables, each with a column `household`."""
_COUNTED = """(
    SELECT *, COUNT(*) OVER (PARTITION BY household) AS rows_of_household
    FROM {source}
) AS h"""
_TAKEN = ("household", HOUSEHOLDS, MEMBERS, "h", "m", "fact", "fault", "sums", "problem", "own_read", "members_read")


@frozen
class Register:
    """The tables of a policy's register: facts that have no column, columns without a null, and where the day stands.

    Raises `FactError` for a name that is no fact's.
    """

    policy: Policy = field(repr=False)
    without: frozenset[str] = field(default=frozenset(), converter=one_or_several)
    known: frozenset[str] = field(default=frozenset(), converter=one_or_several)
    on: date | None = None
    on_column: str | None = None
    mapping: RegisterMapping | None = None

    def __attrs_post_init__(self) -> None:
        facts = {**self.policy.facts, **self.policy.members.facts}
        named = sorted(self.without | self.known)
        problems = [
            Problem("unknown_column", (each,), each, nearest(each, facts)) for each in named if each not in facts
        ]
        if problems:
            raise FactError(problems)

    @cached_property
    def left_out(self) -> tuple[str, ...]:
        """The facts that are left out in the rows where nothing stands: something then stands in for them."""
        if self.mapping is None or self.mapping.blank != "left out":
            return ()
        named = {**self.mapping.households.columns, **self.mapping.members.columns}
        return tuple(fact.name for fact in self.policy.stand_ins if fact.name in named)

    @cached_property
    def judged(self) -> Policy:
        """The policy for the tables as they are read."""
        return with_left_out(self.policy, self.left_out) if self.left_out else self.policy

    def facts(self, *, of_members: bool) -> tuple[Fact, ...]:
        """The facts that have a column in a table."""
        facts = self.judged.members.facts if of_members else self.judged.facts
        if self.mapping is None:
            return tuple(fact for called, fact in facts.items() if called not in self.without)
        named = (self.mapping.members if of_members else self.mapping.households).columns
        columns = {column for each in named for column in (each, stated_column(each), left_out_column(each))}
        return tuple(fact for called, fact in facts.items() if called in columns and called not in self.left_out)

    @property
    def not_there(self) -> tuple[Fact, ...]:
        """The facts that no column holds."""
        there = {fact.name for each in (False, True) for fact in self.facts(of_members=each)} | set(self.left_out)
        return tuple(
            f for f in (*self.policy.facts.values(), *self.policy.members.facts.values()) if f.name not in there
        )

    def tables(self) -> str:
        """The two tables, empty, with an index for what is asked of one household."""
        day = () if self.on_column is None else (day_fact(self.on_column, self.policy),)
        title = self.policy.title
        return tables_in_sql(
            HOUSEHOLDS, (*day, *self.facts(of_members=False)), WORDS["households"].format(title=title), one_row=True
        ) + tables_in_sql(MEMBERS, self.facts(of_members=True), WORDS["members"].format(title=title), one_row=False)


def register(  # noqa: PLR0913, PLR0917  # a policy, a day, and what its tables are like
    policy: Policy,
    on: date | str | None = None,
    on_column: str | None = None,
    without: str | Collection[str] = (),
    known: str | Collection[str] = (),
    mapping: RegisterMapping | None = None,
) -> Register:
    """The tables of a policy's register, for verdicts on a day or on that of each household.

    With a mapping they are the host's own: the facts that it names have a column, and no others.
    """
    return Register(policy, one_or_several(without), one_or_several(known), day_inside(policy, on), on_column, mapping)


def view_in_sql(of: Register, dialect: str, called: str | None = None) -> str:
    """The view of a policy's outcomes over its register.

    Raises `PolicyError` for a policy that cannot decide, or whose numbers could leave 64 bits.
    """
    if dialect not in DIALECTS:
        raise ValueError(f"dialect is one of {', '.join(DIALECTS)}")
    policy = of.judged
    refuse_undecidable(policy)
    there = frozenset(fact.name for each in (False, True) for fact in of.facts(of_members=each))
    return _View(policy, of, prepared_policy(policy, there), DIALECTS[dialect]).text(
        called or f"hardship_{policy.name}"
    )


@frozen
class _View:
    policy: Policy
    register: Register
    prepared: FramePolicy
    dialect: Dialect

    def text(self, called: str) -> str:
        made = self.prepared.made.policy
        names = Names(_TAKEN)
        own, theirs = self.side("h", names), self.side("m", names)
        own.values["on"] = self.day()
        read = (
            {"h": HOUSEHOLDS, "m": MEMBERS} if self.register.mapping is None else {"h": "own_read", "m": "members_read"}
        )
        froms = {table: f"{source} AS {table}" for table, source in read.items()}
        work = Work(made, self.dialect, self.policy.switches, own, theirs, froms, names, reachable(made))
        work.tables |= self.read()
        outcomes = Outcomes(self.policy, self.prepared, work)
        work.work_out(turns(made, needed(made, outcomes.wanted)))
        own.steps.append(Step("problem", (Column("found", self.problem(work)),)))
        first, *rest = work.sum_tables
        source = [
            _COUNTED.format(source=read["h"]),
            f"FULL JOIN {first} USING (household)",
            *(f"LEFT JOIN {each} USING (household)" for each in rest),
        ]
        columns = [Column("household", Sql("household")), *outcomes.columns(), *self.last()]
        query = work.query(columns, source, own.steps)
        before = ",\n".join(f"{name(table)} AS (\n{indented(text)}\n)" for table, text in work.tables.items())
        head = "\n".join(map(comment, self.head()))
        return f"{head}\n\nCREATE VIEW {name(called)} AS\nWITH\n{before}\n{query};\n"

    def head(self) -> Iterator[str]:
        """What the reader is told first."""
        policy, say = self.policy, WORDS
        yield say["title"].format(title=policy.title, name=policy.name)
        yield say["fingerprint"].format(fingerprint=policy.fingerprint)
        yield from (say["how"], say["null"], say["whole"], say["days"])
        if self.register.on_column is not None:
            yield say["on_column"].format(column=self.register.on_column)
        else:
            yield say["on_unknown" if self.register.on is None else "on"].format(on=self.register.on)
        for fact in self.register.not_there:
            words = stand_in(policy, fact)
            yield say["stand_in" if words else "unknown"].format(title=fact.title, words=words)
        if policy.readings:
            yield say["readings"]
        for reading in policy.readings.values():
            yield say["reading"].format(title=reading.title, option=reading.kind.options[reading.chosen])

    def read(self) -> dict[str, str]:
        """The queries that read a register's own tables."""
        register, say = self.register, WORDS
        if register.mapping is None:
            return {}
        own, theirs = (
            table_in_sql(table, default, register.left_out, day, self.dialect)
            for table, default, day in (
                (register.mapping.households, HOUSEHOLDS, register.on_column),
                (register.mapping.members, MEMBERS, None),
            )
        )
        return {
            "own_read": f"{comment(say['households_read'])}\n{own}",
            "members_read": f"{comment(say['members_as_read'])}\n{theirs}",
        }

    def side(self, table: str, names: Names) -> Side:
        """A table's facts: the first step takes them from its columns, the second says what is wrong with them."""
        known = self.register.known
        there = self.register.facts(of_members=table == "m")
        mapped = self.register.mapping is not None
        taken = [Column(fact.name, fact_in_sql(fact, table, read=mapped), fact.title) for fact in there]
        found = [(~sql_text.is_(Sql(f"{table}.{name(FAULT)}"), "NULL"), "")] if mapped else []
        found += faults(there, table, "fact", known)
        if table == "h" and (given := self.register.on_column) is not None:
            day = f"h.{name(given)}"
            taken.append(Column("on", day_in_sql(day, self.policy.start, self.policy.end), WORDS["day"]))
            found.append((has_time_in_sql(day), "date_with_time on"))
            found.append((Sql(f'fact."on" IS NULL AND {day} IS NOT NULL', sql_text.AND), "on_outside"))
        side = Side(names)
        if taken:
            side.steps.append(Step("fact", tuple(taken)))
        codes = [(when, Sql(quoted(code) if code else f"{table}.{name(FAULT)}")) for when, code in found]
        text = sql_text.case(codes, None) if codes else Sql("CAST(NULL AS text)")
        side.steps.append(Step("fault", (Column("found", text),)))
        for fact in there:
            value = value_of_fact(fact, column(f"fact.{name(fact.name)}"), known=fact.name in known)
            side.values[fact.name] = value
        return side

    def day(self) -> sql_values.Numbers:
        """The day that the verdicts are about; where it is in a column, within the policy's own days."""
        constant = scope_of_facts(self.policy, self.register.on, {}, []).values["on"]
        ends = sql_numbers.constant(cast(Number, constant))
        if self.register.on_column is None:
            return ends
        return sql_numbers.between(*sql_numbers.ends_of(column('fact."on"'), ends), ends.within)

    def problem(self, work: Work) -> Sql:
        """The first thing for which a household cannot be decided."""
        lines = [
            "WHEN h.rows_of_household IS NULL THEN 'household_missing'",
            "WHEN h.rows_of_household > 1 THEN 'household_twice'",
            "WHEN sums.members IS NULL THEN 'members_missing'",
            f"WHEN sums.members > {self.policy.members.at_most} THEN 'members_too_many'",
            "WHEN fault.found IS NOT NULL THEN fault.found",
            "WHEN sums.problem IS NOT NULL THEN sums.problem",
        ]
        for clause in work.policy.must:
            fails = sql_values.negation(work.truth(clause)).holds
            if fails is True or isinstance(fails, Sql):
                code = clause.id if clause.id.startswith(DERIVED_OUTSIDE) else f"must_broken {clause.id}"
                lines += [comment(titled(clause.title, clause.provenance))] if clause.title else []
                when = "TRUE" if fails is True else fails.inside(sql_text.OR)
                lines.append(f"WHEN {when} THEN {quoted(code)}")
        return Sql("CASE\n" + indented("\n".join(lines)) + "\nEND")

    def last(self) -> Iterable[Column]:
        """The columns that say by what and for which day."""
        on = self.register.on
        given = f"h.{name(self.register.on_column)}" if self.register.on_column is not None else "NULL::date"
        said: Mapping[str, str] = {
            "stand_ins": quoted(";".join(set_.name for set_ in self.register.not_there if set_.if_absent is not None)),
            "problem": "problem.found",
            "policy": quoted(self.policy.name),
            "fingerprint": quoted(self.policy.fingerprint),
            "on": given if on is None else f"DATE '{on}'",
        }
        return (Column(called, Sql(text)) for called, text in said.items())
