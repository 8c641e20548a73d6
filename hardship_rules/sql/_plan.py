"""A policy over whole numbers worked out in SQL: of each member, over the members, of the household."""

from collections.abc import Sequence
from typing import Literal, cast

from attrs import Factory, define

from hardship_rules.core.expr import BASES, Clause, Expr, Name, OverMembers, Provenance, walk
from hardship_rules.core.interval import Number, hull, span
from hardship_rules.core.interval import high as most
from hardship_rules.core.interval import low as least
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Reading, Term, exprs_of
from hardship_rules.engine.causes import is_structure
from hardship_rules.engine.row_causes import Reasons, Rows, both, either
from hardship_rules.engine.schedule import Turn
from hardship_rules.locale import sentences
from hardship_rules.sql import _numbers as sql_numbers
from hardship_rules.sql import _text as sql_text
from hardship_rules.sql import _values as sql_values
from hardship_rules.sql._meaning import nothing_known_of, parameter_in_sql, possible_in_sql, values_in_sql
from hardship_rules.sql._text import Names, Sql, column, comment, indented, name
from hardship_rules.sql._values import Bound, Numbers, Truth, Value
from hardship_rules.sql.steps import Column, Dialect, Side, Step, in_columns, is_constant, selected

WORDS = sentences("sql")

_SHORT = 50


@define(eq=False)
class Work:
    """A policy on its two tables; `tables` are the queries before the last, each with its name."""

    policy: Policy
    dialect: Dialect
    switches: frozenset[str]
    households: Side
    members: Side
    froms: dict[str, str]  # what the rows of households and of members are taken from
    taken: Names
    with_reasons: frozenset[str]  # names whose clauses may be reasons
    tables: dict[str, str] = Factory(dict)
    sums: dict[OverMembers, Value] = Factory(dict)
    clauses: dict[int, Value] = Factory(dict)
    reasons: dict[str, dict[str, Rows]] = Factory(dict)
    sum_tables: list[str] = Factory(list)

    def work_out(self, turns: Sequence[Turn]) -> None:
        """Every turn, up to the household's last steps."""
        for number, turn in enumerate(turns):
            brought = self.bring(turn)
            for each in turn.of_members:
                self.define(each, self.members)
            self.add_up(turn.sums, first=number == 0)
            for each in brought:
                del self.members.values[each]
            for each in turn.of_household:
                self.define(each, self.households)

    def define(self, called: str, side: Side) -> None:
        """One parameter, term or decision on its side."""
        match definition := self.policy.names[called]:
            case Parameter():
                value: Value = parameter_in_sql(definition, lambda each: self.named(each, side))
                side.values[called] = side.put(called, value, titled(definition.title, definition.provenance))
            case Term(expr=expr):
                if called in self.with_reasons:
                    self.put_clauses(called, [expr], definition.title)
                remark = titled(definition.title, definition.provenance)
                said_already = isinstance(expr, OverMembers)  # by the query that adds it up
                side.values[called] = side.put(called, self.value(expr, side), remark, anew=not said_already)
            case Decision():
                self.decide(definition)
            case _:
                raise TypeError(definition)

    def named(self, called: str, side: Side) -> Value:
        """The value of a name on a side; what is the same in every row, on both."""
        if called in side.values:
            return side.values[called]
        if called in self.households.values:
            return self.households.values[called]
        definition = self.policy.names[called]
        if isinstance(definition, Reading):
            return sql_values.option(definition.chosen)
        return nothing_known_of(cast(Fact, definition).kind)

    def value(self, expr: Expr, side: Side, *, titles: bool = True) -> Value:
        """The value of an expression on a side."""
        divide = self.dialect.divide
        return values_in_sql(expr, lambda n: self.named(n, side), self.sums, self.clauses, divide, titles=titles)

    def truth(self, expr: Expr, *, titles: bool = True) -> Truth:
        """The truth of a condition of the household."""
        return cast(Truth, self.value(expr, self.households, titles=titles))

    # From the household to its members, and back

    def bring(self, turn: Turn) -> list[str]:
        """Give the members the household's values that they need, by a query that has them as columns."""
        exprs = [expr for each in turn.of_members for expr in exprs_of(self.policy.names[each])]
        used = {part.name for expr in (*exprs, *turn.sums) for part in walk(expr) if isinstance(part, Name)}
        used |= {by for each in turn.of_members if isinstance(p := self.policy.names[each], Parameter) for by in p.by}
        values = self.households.values
        wanted = [each for each in values if each in used and each not in self.members.values]
        wanted = [each for each in wanted if not is_constant(values[each])]
        if not wanted:
            return []
        table = self.taken.new("own")
        own = Names(("household",))
        columns = [Column("household", Sql("h.household"))]

        def kept(called: str) -> Value:
            def keep(end: str, piece: Sql) -> Sql:
                columns.append(Column(own.new(f"{called} {end}"), piece))
                return column(f"{name(table)}.{name(columns[-1].name)}")

            return in_columns(values[called], keep)

        for called in wanted:
            self.members.values[called] = kept(called)
        source = [self.froms["h"], *(f"LEFT JOIN {each} USING (household)" for each in self.sum_tables)]
        self.tables[table] = f"{comment(WORDS['own'])}\n{self.query(columns, source, self.households.steps)}"
        self.froms["m"] += f"\nLEFT JOIN {name(table)} ON {name(table)}.household = m.household"
        return wanted

    def add_up(self, over: Sequence[OverMembers], *, first: bool) -> None:
        """A query with a row for each household that has members: how many, and what is said of all of them."""
        if not over and not first:
            return
        table = "sums" if first else self.taken.new("sums")
        own = Names(("household",))
        columns = [Column("household", Sql("m.household"))]
        if first:
            columns.append(Column(own.new("members"), Sql("COUNT(*)")))
            columns.append(Column(own.new("problem"), Sql("MIN(fault.found)")))
        for each in over:
            definition, called = self.said_in(each)
            where = self.where_of(each, called, definition)
            remark = "" if definition is None else titled(definition.title, getattr(definition, "provenance", None))

            def keep(end: str, piece: Sql, called: str = called, remark: str = remark) -> Sql:
                ending = f" {end}" if end in ("low", "high") else ""
                columns.append(Column(own.new(called + ending), piece, "" if ending == " high" else remark))
                return column(f"{name(table)}.{name(columns[-1].name)}")

            self.sums[each] = in_columns(self.over_members(each, where), keep)
        query = self.query(columns, [self.froms["m"]], self.members.steps)
        self.tables[table] = f"{comment(WORDS['members_read'])}\n{query}\nGROUP BY m.household"
        self.sum_tables.append(name(table))

    def said_in(self, over: OverMembers) -> tuple[Term | Decision | Clause | None, str]:
        """The definition that says something of all members, and what to call that."""
        for each in self.policy.order:
            definition = self.policy.names[each]
            for expr in exprs_of(definition):
                if over in walk(expr):
                    alone = expr == over
                    return cast(Term | Decision, definition), each if alone else f"{each} {over.what}"
        for clause in self.policy.must:
            if over in walk(clause):
                return clause, f"{clause.id.removeprefix('must.').replace('.', ' ')} {over.what}"
        return None, over.what

    def query(self, columns: Sequence[Column], source: Sequence[str], steps: Sequence[Step]) -> str:
        """A query of some columns from a source through steps."""
        first, *rest = source
        return "\n".join(
            [selected(columns, alone=False), f"FROM {first}", *rest, *(s.text(self.dialect) for s in steps)]
        )

    def where_of(self, over: OverMembers, called: str, said_in: Term | Decision | Clause | None) -> Truth:
        """The members of whom something is said, by a step of their own where that takes more than a word."""
        if over.where is None:
            return sql_values.certain(truth=True)
        truth = cast(Truth, self.value(over.where, self.members))
        if not isinstance(truth.holds, Sql) or len(truth.holds.text) < _SHORT:
            return truth
        return cast(
            Truth,
            self.members.put(called.removesuffix(f" {over.what}"), truth, "" if said_in is None else said_in.title),
        )

    def over_members(self, over: OverMembers, where: Truth) -> Value:
        """What is to be said of all members, as what is taken together of their rows."""
        if over.what in ("some", "each"):
            return _of_some(where, over.what)
        part = sql_numbers.constant(1) if over.part is None else cast(Numbers, self.value(over.part, self.members))
        lies_in = part.within if where.holds is True else hull(0, part.within)
        at_most = self.policy.members.at_most
        total = span(min(least(lies_in), least(lies_in) * at_most), max(most(lies_in), most(lies_in) * at_most))
        low = _total(where, part.low, part.within, "low")
        known = sql_values.is_known(part) and where.known
        return sql_numbers.between(low, low if known else _total(where, part.high, part.within, "high"), total)

    # Decisions

    def put_clauses(self, called: str, exprs: Sequence[Expr], title: str) -> None:
        """Columns for the innermost clauses of a household's conditions: outcomes and reasons look at them often."""
        found = [
            part
            for expr in exprs
            for part in walk(expr)
            if isinstance(part, Clause) and not isinstance(part.when, Name) and not is_structure(part.when)
        ]
        truths = [(_tail(clause.id), self.truth(clause), titled(clause.title, clause.provenance)) for clause in found]
        kept = self.households.put_truths(f"{called} clause", truths, WORDS["clauses"].format(title=title))
        self.clauses |= {id(clause): truth for clause, truth in zip(found, kept, strict=True)}

    def decide(self, decision: Decision) -> None:
        """What a decision comes to: of a `first` what it can be, of an `every` whether each outcome holds."""
        side = self.households
        conditions = [cast(Clause, outcome.when) for outcome in decision.outcomes]
        if decision.name in self.with_reasons:
            self.put_clauses(decision.name, conditions, decision.title)
        truths = [
            (outcome.id, self.truth(condition), titled(outcome.title, outcome.provenance))
            for outcome, condition in zip(decision.outcomes, conditions, strict=True)
        ]
        if decision.every:
            kept = side.put_truths(decision.name, truths, decision.title)
            side.values |= {f"{decision.name} {each[0]}": truth for each, truth in zip(truths, kept, strict=True)}
            return
        held = side.put_truths(f"{decision.name} holds", truths, WORDS["holds"].format(title=decision.title))
        remark = WORDS["first"].format(title=decision.title)
        side.values[decision.name] = side.put(decision.name, possible_in_sql(decision, held), remark, anew=True)
        if decision is self.policy.category:
            reasons = Reasons(self.policy, self.switches, lambda expr: self.truth(expr, titles=False))
            for outcome, truth in zip(decision.outcomes, held, strict=True):
                if truth.low is not False:
                    self.reasons[outcome.id] = reasons.deciding(cast(Clause, outcome.when), held=True)


def _of_some(where: Truth, what: str) -> Truth:
    """Whether some members, or each of them, are such: false and true are known from what is certain."""
    if not isinstance(where.holds, Sql):
        return where
    rows = where.holds
    one = Sql(f"bool_or({rows})") if what == "some" else Sql(f"bool_and({rows})")
    if where.known:
        return Truth(one, known=True)
    all_told = Sql(f"bool_and({sql_text.is_not(rows, 'NULL')})")
    true, false = Sql("TRUE"), Sql("FALSE")
    whens = [(one, true), (all_told, false)] if what == "some" else [(~one, false), (all_told, true)]
    return Truth(sql_text.case(whens, None))


def _total(where: Truth, part: Bound, within: Number, end: Literal["low", "high"]) -> Bound:
    """The least or the most of a sum: a member who may or may not count adds what makes it so."""
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
    if not isinstance(rows, Sql):
        return Sql(aggregate)
    text = rows.text if "\n" not in rows.text else f"\n{indented(rows.text)}\n"
    return Sql(f"{aggregate} FILTER (WHERE {text})")


def titled(title: str, provenance: Provenance | None) -> str:
    """A title with how well what it names is known."""
    return title if provenance is None else f"{title}〔{BASES[provenance.basis]}〕"


def _tail(clause_id: str) -> str:
    """A clause's id without what it is of, as a column."""
    return clause_id.partition(".")[2].replace(".", "_") or clause_id


def reachable(policy: Policy) -> frozenset[str]:
    """The category and the conditions of the household that its reasons may lie in."""
    found: set[str] = set()
    left = [policy.category.name]
    while left:
        called = left.pop()
        definition = policy.names[called]
        if called in found or called in policy.of_members or not isinstance(definition, Term | Decision):
            continue
        found.add(called)
        for expr in exprs_of(definition):
            left += [part.when.name for part in walk(expr) if isinstance(part, Clause) and isinstance(part.when, Name)]
    return frozenset(found)
