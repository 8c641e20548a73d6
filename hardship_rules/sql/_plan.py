"""The plan of a view: a policy as queries of each member, over the members, and of the household."""

from collections.abc import Sequence
from typing import Literal, cast

from attrs import Factory, define

from hardship_rules.core.expr import BASES, Clause, Expr, Name, OverMembers, Provenance, walk
from hardship_rules.core.interval import Number, hull, span
from hardship_rules.core.interval import high as most
from hardship_rules.core.interval import low as least
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Reading, Term, exprs_of
from hardship_rules.engine.row_causes import RowCauses, Rows, both, either, is_structure
from hardship_rules.engine.schedule import Phase
from hardship_rules.locale import sentences
from hardship_rules.sql import _numbers as sql_numbers
from hardship_rules.sql import _text as sql_text
from hardship_rules.sql import _values as sql_values
from hardship_rules.sql._meaning import nothing_known_of, parameter_in_sql, possible_in_sql, values_in_sql
from hardship_rules.sql._text import Names, Sql, column, comment, indented, name
from hardship_rules.sql._values import Bound, Numbers, Truth, Value
from hardship_rules.sql.steps import Dialect, SelectColumn, Step, TableSteps, in_columns, is_constant, selected

WORDS = sentences("sql")

_SHORT = 50  # characters of a condition that needs no column of its own


@define(eq=False)
class QueryPlan:
    """A policy on its two tables; `tables` are the queries before the last one, by name."""

    policy: Policy
    dialect: Dialect
    switches: frozenset[str]
    households: TableSteps
    members: TableSteps
    sources: dict[str, str]  # the tables of the rows of households (h) and members (m), with their joins
    names: Names  # of the view's queries
    with_reasons: frozenset[str]  # definitions whose clauses may be reasons
    tables: dict[str, str] = Factory(dict)
    sums: dict[OverMembers, Value] = Factory(dict)
    clauses: dict[int, Value] = Factory(dict)
    reasons: dict[str, dict[str, Rows]] = Factory(dict)
    sum_tables: list[str] = Factory(list)

    def compute(self, schedule: Sequence[Phase]) -> None:
        """Add the steps of all phases; the last query is not among them."""
        for number, phase in enumerate(schedule):
            joined = self._join_households(phase)
            for term in phase.of_members:
                self._define(term, self.members)
            self._sum_over_members(phase.sums, first=number == 0)
            for term in joined:
                del self.members.values[term]
            for term in phase.of_household:
                self._define(term, self.households)

    def _define(self, called: str, table: TableSteps) -> None:
        """Add the step of a parameter, term or decision to its table."""
        match definition := self.policy.names[called]:
            case Parameter():
                value: Value = parameter_in_sql(definition, lambda by: self.named(by, table))
                table.values[called] = table.put(called, value, titled(definition.title, definition.provenance))
            case Term(expr=expr):
                if called in self.with_reasons:
                    self._put_clauses(called, [expr], definition.title)
                remark = titled(definition.title, definition.provenance)
                has_column = isinstance(expr, OverMembers)  # in the query of sums
                table.values[called] = table.put(called, self.value(expr, table), remark, new_step=not has_column)
            case Decision():
                self._decide(definition)
            case _:
                raise TypeError(definition)

    def named(self, called: str, table: TableSteps) -> Value:
        """The value of a name in a table, or of its household; constants are the same in both."""
        if called in table.values:
            return table.values[called]
        if called in self.households.values:
            return self.households.values[called]
        definition = self.policy.names[called]
        if isinstance(definition, Reading):
            return sql_values.option(definition.chosen)
        return nothing_known_of(cast(Fact, definition).kind)

    def value(self, expr: Expr, table: TableSteps, *, titles: bool = True) -> Value:
        """The value of an expression in a table."""
        divide = self.dialect.divide
        return values_in_sql(expr, lambda n: self.named(n, table), self.sums, self.clauses, divide, titles=titles)

    def truth(self, expr: Expr, *, titles: bool = True) -> Truth:
        """The value of a condition of the household."""
        return cast(Truth, self.value(expr, self.households, titles=titles))

    # Between households and members

    def _join_households(self, phase: Phase) -> list[str]:
        """Join a query of the household's values that members need in a phase, and return the names of the values."""
        exprs = [expr for term in phase.of_members for expr in exprs_of(self.policy.names[term])]
        used = {part.name for expr in (*exprs, *phase.sums) for part in walk(expr) if isinstance(part, Name)}
        definitions = [self.policy.names[term] for term in phase.of_members]
        used |= {by for definition in definitions if isinstance(definition, Parameter) for by in definition.by}
        values = self.households.values
        wanted = [
            term
            for term in values
            if term in used and term not in self.members.values and not is_constant(values[term])
        ]
        if not wanted:
            return []
        table = self.names.new("own")
        column_names = Names(("household",))
        columns = [SelectColumn("household", Sql("h.household"))]

        def joined_value(called: str) -> Value:
            def add_column(end: str, piece: Sql) -> Sql:
                columns.append(SelectColumn(column_names.new(f"{called} {end}"), piece))
                return column(f"{name(table)}.{name(columns[-1].name)}")

            return in_columns(values[called], add_column)

        for called in wanted:
            self.members.values[called] = joined_value(called)
        source = [self.sources["h"], *(f"LEFT JOIN {sums} USING (household)" for sums in self.sum_tables)]
        self.tables[table] = f"{comment(WORDS['own'])}\n{self.query(columns, source, self.households.steps)}"
        self.sources["m"] += f"\nLEFT JOIN {name(table)} ON {name(table)}.household = m.household"
        return wanted

    def _sum_over_members(self, member_sums: Sequence[OverMembers], *, first: bool) -> None:
        """Add a query of sums with a row for each household that has members; the first also counts them."""
        if not member_sums and not first:
            return
        table = "sums" if first else self.names.new("sums")
        column_names = Names(("household",))
        columns = [SelectColumn("household", Sql("m.household"))]
        if first:
            columns.append(SelectColumn(column_names.new("members"), Sql("COUNT(*)")))
            columns.append(SelectColumn(column_names.new("problem"), Sql("MIN(fault.found)")))
        for part in member_sums:
            definition, called = self._definition_with(part)
            where = self._where(part, called, definition)
            remark = "" if definition is None else titled(definition.title, getattr(definition, "provenance", None))

            def add_column(end: str, piece: Sql, called: str = called, remark: str = remark) -> Sql:
                ending = f" {end}" if end in ("low", "high") else ""
                columns.append(
                    SelectColumn(column_names.new(called + ending), piece, "" if ending == " high" else remark)
                )
                return column(f"{name(table)}.{name(columns[-1].name)}")

            self.sums[part] = in_columns(self._over_members(part, where), add_column)
        query = self.query(columns, [self.sources["m"]], self.members.steps)
        self.tables[table] = f"{comment(WORDS['members_read'])}\n{query}\nGROUP BY m.household"
        self.sum_tables.append(name(table))

    def _definition_with(self, over: OverMembers) -> tuple[Term | Decision | Clause | None, str]:
        """The first definition with a sum over members, and a name for the column of the sum."""
        for term in self.policy.order:
            definition = self.policy.names[term]
            for expr in exprs_of(definition):
                if over in walk(expr):
                    alone = expr == over
                    return cast(Term | Decision, definition), term if alone else f"{term} {over.what}"
        for clause in self.policy.must:
            if over in walk(clause):
                return clause, f"{clause.id.removeprefix('must.').replace('.', ' ')} {over.what}"
        return None, over.what

    def query(self, columns: Sequence[SelectColumn], source: Sequence[str], steps: Sequence[Step]) -> str:
        """A query of columns from a source and steps."""
        first, *rest = source
        step_texts = [step.text(self.dialect) for step in steps]
        return "\n".join([selected(columns, alone=False), f"FROM {first}", *rest, *step_texts])

    def _where(self, over: OverMembers, called: str, definition: Term | Decision | Clause | None) -> Truth:
        """The condition on the members of a sum; a long one gets a step of its own."""
        if over.where is None:
            return sql_values.certain(truth=True)
        truth = cast(Truth, self.value(over.where, self.members))
        if not isinstance(truth.holds, Sql) or len(truth.holds.text) < _SHORT:
            return truth
        remark = "" if definition is None else definition.title
        return cast(Truth, self.members.put(called.removesuffix(f" {over.what}"), truth, remark))

    def _over_members(self, over: OverMembers, where: Truth) -> Value:
        """The value of a sum, count, `some` or `each` as aggregates of the members' rows."""
        if over.what in ("some", "each"):
            return _some_or_each(where, over.what)
        part = sql_numbers.constant(1) if over.part is None else cast(Numbers, self.value(over.part, self.members))
        lies_in = part.within if where.holds is True else hull(0, part.within)
        at_most = self.policy.members.at_most
        total = span(min(least(lies_in), least(lies_in) * at_most), max(most(lies_in), most(lies_in) * at_most))
        low = _total(where, part.low, part.within, "low")
        known = sql_values.is_known(part) and where.known
        return sql_numbers.between(low, low if known else _total(where, part.high, part.within, "high"), total)

    # Decisions

    def _put_clauses(self, called: str, exprs: Sequence[Expr], title: str) -> None:
        """Give columns to the innermost clauses of a household's conditions, since several results use them."""
        clauses = [
            part
            for expr in exprs
            for part in walk(expr)
            if isinstance(part, Clause) and not isinstance(part.when, Name) and not is_structure(part.when)
        ]
        truths = [(_tail(clause.id), self.truth(clause), titled(clause.title, clause.provenance)) for clause in clauses]
        kept = self.households.put_truths(f"{called} clause", truths, WORDS["clauses"].format(title=title))
        self.clauses |= {id(clause): truth for clause, truth in zip(clauses, kept, strict=True)}

    def _decide(self, decision: Decision) -> None:
        """Add the possible outcomes of a `first` decision, or whether each outcome of an `every` decision holds."""
        table = self.households
        conditions = [cast(Clause, outcome.when) for outcome in decision.outcomes]
        if decision.name in self.with_reasons:
            self._put_clauses(decision.name, conditions, decision.title)
        truths = [
            (outcome.id, self.truth(condition), titled(outcome.title, outcome.provenance))
            for outcome, condition in zip(decision.outcomes, conditions, strict=True)
        ]
        if decision.every:
            kept = table.put_truths(decision.name, truths, decision.title)
            names = [f"{decision.name} {outcome.id}" for outcome in decision.outcomes]
            table.values |= dict(zip(names, kept, strict=True))
            return
        held = table.put_truths(f"{decision.name} holds", truths, WORDS["holds"].format(title=decision.title))
        remark = WORDS["first"].format(title=decision.title)
        table.values[decision.name] = table.put(decision.name, possible_in_sql(decision, held), remark, new_step=True)
        if decision is self.policy.category:
            reasons = RowCauses(self.policy, self.switches, lambda expr: self.truth(expr, titles=False))
            for outcome, truth in zip(decision.outcomes, held, strict=True):
                if truth.low is not False:
                    self.reasons[outcome.id] = reasons.deciding(cast(Clause, outcome.when), held=True)


def _some_or_each(where: Truth, what: str) -> Truth:
    """Whether a condition holds for some members, or for each; null if unknown members decide."""
    if not isinstance(where.holds, Sql):
        return where
    rows = where.holds
    aggregate = Sql(f"bool_or({rows})") if what == "some" else Sql(f"bool_and({rows})")
    if where.known:
        return Truth(aggregate, known=True)
    all_known = Sql(f"bool_and({sql_text.is_not(rows, 'NULL')})")
    true, false = Sql("TRUE"), Sql("FALSE")
    whens = [(aggregate, true), (all_known, false)] if what == "some" else [(~aggregate, false), (all_known, true)]
    return Truth(sql_text.case(whens, None))


def _total(where: Truth, part: Bound, within: Number, end: Literal["low", "high"]) -> Bound:
    """The lower or upper bound of a sum; a member who may or may not count adds what makes it lower or higher."""
    lies_in = part if isinstance(part, int) else within
    below = end == "low"
    if least(lies_in) >= 0 or most(lies_in) <= 0:
        rows = where.low if (least(lies_in) >= 0) is below else where.high
    else:
        beyond = sql_text.where(sql_text.compared(cast(Sql, part), "<" if below else ">", Sql("0")), known=True)
        rows = where.low if where.known else either(where.low, both(where.high, beyond))
    if rows is False or part == 0:
        return 0
    if isinstance(part, int):
        counted = _filtered("COUNT(*)", rows)
        return counted if part == 1 else sql_text.reckoned("*", [sql_numbers.number_sql(part), counted])
    added = _filtered(f"SUM({part})", rows)
    line = f"CAST(COALESCE({added}, 0) AS bigint)"
    return Sql(line if len(line) < 100 else f"CAST(COALESCE(\n{indented(str(added))},\n    0\n) AS bigint)")


def _filtered(aggregate: str, rows: Rows) -> Sql:
    """An aggregate over some rows."""
    if not isinstance(rows, Sql):
        return Sql(aggregate)
    text = rows.text if "\n" not in rows.text else f"\n{indented(rows.text)}\n"
    return Sql(f"{aggregate} FILTER (WHERE {text})")


def titled(title: str, provenance: Provenance | None) -> str:
    """A title with its basis: how well the provision is known."""
    return title if provenance is None else f"{title}〔{BASES[provenance.basis]}〕"


def _tail(clause_id: str) -> str:
    """A clause's id without its definition, as the name of a column."""
    return clause_id.partition(".")[2].replace(".", "_") or clause_id


def reachable(policy: Policy) -> frozenset[str]:
    """The category and the conditions of the household whose clauses can be its reasons."""
    reached: set[str] = set()
    pending = [policy.category.name]
    while pending:
        called = pending.pop()
        definition = policy.names[called]
        if called in reached or called in policy.of_members or not isinstance(definition, Term | Decision):
            continue
        reached.add(called)
        for expr in exprs_of(definition):
            pending += [
                part.when.name for part in walk(expr) if isinstance(part, Clause) and isinstance(part.when, Name)
            ]
    return frozenset(reached)
