"""A policy as one view over two tables of a database, for a DBA to read against the policy and to run."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import cast

from attrs import field, frozen

from hardship_rules import sql_numbers, sql_text, sql_values
from hardship_rules.frame_policy import DERIVED_OUTSIDE, FramePolicy, day_inside, prepared_policy, refuse_undecidable
from hardship_rules.household import scope_of_facts
from hardship_rules.model import Fact, Policy
from hardship_rules.phrase import stand_in
from hardship_rules.problems import FactError, Problem, nearest
from hardship_rules.ranges import Number
from hardship_rules.sql_facts import day_fact, day_in_sql, fact_in_sql, faults, tables_in_sql, value_of_fact
from hardship_rules.sql_outcomes import Outcomes
from hardship_rules.sql_steps import DIALECTS, Column, Dialect, Side, Step
from hardship_rules.sql_text import Names, Sql, column, comment, indented, name, quoted
from hardship_rules.sql_work import Work, reachable, titled
from hardship_rules.sql_zh import WORDS
from hardship_rules.turns import needed, turns

HOUSEHOLDS, MEMBERS = "households", "members"
"""The two tables, each with a column `household`."""
_COUNTED = f"""(
    SELECT *, COUNT(*) OVER (PARTITION BY household) AS rows_of_household
    FROM {HOUSEHOLDS}
) AS h"""  # noqa: S608  # the names are ours
_TAKEN = ("household", HOUSEHOLDS, MEMBERS, "h", "m", "fact", "fault", "sums", "problem")


@frozen
class Register:
    """The tables of a policy's register: facts that have no column, columns without a null, and where the day stands.

    Raises `FactError` for a name that is no fact's.
    """

    policy: Policy = field(repr=False)
    without: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    on: date | None = None
    on_column: str | None = None

    def __attrs_post_init__(self) -> None:
        facts = {**self.policy.facts, **self.policy.members.facts}
        named = sorted(self.without | self.known)
        problems = [
            Problem("unknown_column", (each,), each, nearest(each, facts)) for each in named if each not in facts
        ]
        if problems:
            raise FactError(problems)

    def facts(self, *, of_members: bool) -> tuple[Fact, ...]:
        """The facts that have a column in a table."""
        facts = self.policy.members.facts if of_members else self.policy.facts
        return tuple(fact for called, fact in facts.items() if called not in self.without)

    def tables(self) -> str:
        """The two tables, empty, with an index for what is asked of one household."""
        day = () if self.on_column is None else (day_fact(self.on_column, self.policy),)
        title = self.policy.title
        return tables_in_sql(
            HOUSEHOLDS, (*day, *self.facts(of_members=False)), WORDS["households"].format(title=title), one_row=True
        ) + tables_in_sql(MEMBERS, self.facts(of_members=True), WORDS["members"].format(title=title), one_row=False)


def register(
    policy: Policy,
    on: date | str | None = None,
    on_column: str | None = None,
    without: Collection[str] = (),
    known: Collection[str] = (),
) -> Register:
    """The tables of a policy's register, for verdicts on a day or on that of each household."""
    return Register(policy, frozenset(without), frozenset(known), day_inside(policy, on), on_column)


def view_in_sql(of: Register, dialect: str, called: str | None = None) -> str:
    """The view of a policy's outcomes over its register.

    Raises `PolicyError` for a policy that cannot decide, or whose numbers could leave 64 bits.
    """
    policy = of.policy
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
        froms = {"h": f"{HOUSEHOLDS} AS h", "m": f"{MEMBERS} AS m"}
        work = Work(made, self.dialect, self.policy.switches, own, theirs, froms, names, reachable(made))
        outcomes = Outcomes(self.policy, self.prepared, work)
        work.work_out(turns(made, needed(made, outcomes.wanted)))
        own.steps.append(Step("problem", (Column("found", self.problem(work)),)))
        first, *rest = work.sum_tables
        source = [
            _COUNTED,
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
        for fact in (*policy.facts.values(), *policy.members.facts.values()):
            if fact.name in self.register.without:
                words = stand_in(policy, fact)
                yield say["stand_in" if words else "unknown"].format(title=fact.title, words=words)
        if policy.readings:
            yield say["readings"]
        for reading in policy.readings.values():
            yield say["reading"].format(title=reading.title, option=reading.kind.options[reading.chosen])

    def side(self, table: str, names: Names) -> Side:
        """A table's facts: the first step takes them from its columns, the second says what is wrong with them."""
        known = self.register.known
        there = self.register.facts(of_members=table == "m")
        taken = [Column(fact.name, fact_in_sql(fact, table), fact.title) for fact in there]
        found = list(faults(there, table, "fact", known))
        if table == "h" and (given := self.register.on_column) is not None:
            day = f"h.{name(given)}"
            taken.append(Column("on", day_in_sql(day, self.policy.start, self.policy.end), WORDS["day"]))
            found.append((Sql(f'fact."on" IS NULL AND {day} IS NOT NULL', sql_text.AND), "on_outside"))
        side = Side(names)
        if taken:
            side.steps.append(Step("fact", tuple(taken)))
        text = sql_text.case([(when, Sql(quoted(code))) for when, code in found], None) if found else Sql("NULL::text")
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
            "stand_ins": quoted(";".join(self.prepared.stand_ins)),
            "problem": "problem.found",
            "policy": quoted(self.policy.name),
            "fingerprint": quoted(self.policy.fingerprint),
            "on": given if on is None else f"DATE '{on}'",
        }
        return (Column(called, Sql(text)) for called, text in said.items())
