"""The columns of a frame of verdicts: outcomes, deciding clauses, figures, the problem, and the policy."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, cast

from attrs import frozen

from hardship_rules.core.expr import Clause
from hardship_rules.core.policy import Decision, Policy
from hardship_rules.engine.clauses import Condition
from hardship_rules.engine.program import Program
from hardship_rules.engine.row_causes import RowCauses, both, either, opposite
from hardship_rules.engine.tables import ROUNDED, TablePolicy
from hardship_rules.frames._values import Choices, Numbers, Truths, Values, is_known, one_of
from hardship_rules.frames.bounds import Expr, Rows, equal, first_of, literal, quotient

_SEPARATOR = ";"  # of several ids in one text


def output_columns(policy: Policy, prepared: TablePolicy) -> dict[str, str]:
    """All columns in order, each with the decision, term or parameter that it shows, or an empty text."""
    columns: dict[str, str] = {}
    for name, decision in policy.decisions.items():
        columns |= {f"{name}_{outcome.id}": name for outcome in decision.outcomes} if decision.every else {name: name}
        if decision is policy.category and not decision.every:
            columns |= {f"{name}_possible": name, clauses_column(policy): name}
    return {**columns, **prepared.figures, **dict.fromkeys(("stand_ins", "problem", "policy", "fingerprint", "on"), "")}


def clauses_column(policy: Policy) -> str:
    """The name of the column of the clauses that decided the category."""
    return f"{policy.category.name}_clauses"


@frozen(eq=False)
class Outcomes:
    """The columns of verdicts, from the values of a program's steps; null in rows that are not `sound`."""

    policy: Policy
    prepared: TablePolicy
    values: Mapping[int, Values]
    sound: Rows
    lib: Any

    def columns(self, on: date | None, wanted: Collection[str]) -> dict[str, Expr]:
        """The wanted columns, by name."""
        program, lib = self.prepared.program, self.lib
        columns: dict[str, Expr] = {}
        for name, decision in self.policy.decisions.items():
            if decision.every:
                for outcome in decision.outcomes:
                    if (step := program.clauses[f"{name}.{outcome.id}"]) in self.values:
                        columns[f"{name}_{outcome.id}"] = self._truth(cast(Truths, self.values[step]))
            elif program.names[name] in self.values:
                columns |= self._decision(decision, cast(Choices, self.values[program.names[name]]), wanted)
        for column, name in self.prepared.figures.items():
            if program.names[name] in self.values:
                number = cast(Numbers, self.values[program.names[name]])
                columns[column] = self._number(number, hundredths=column.endswith(ROUNDED))
        columns["stand_ins"] = lib.lit(_SEPARATOR.join(self.prepared.stand_ins))
        columns["problem"] = lib.col("problem")
        columns["policy"] = lib.lit(self.policy.name)
        columns["fingerprint"] = lib.lit(self.policy.fingerprint)
        columns["on"] = lib.lit(on, dtype=lib.Date())
        return {name: columns[name] for name in wanted}

    def _decision(self, decision: Decision, choices: Choices, wanted: Collection[str]) -> dict[str, Expr]:
        columns = {decision.name: self._decided(choices)}
        if decision is self.policy.category:
            possible = columns[decision.name] if choices.known else self._where(self.sound, self._joined(choices.can))
            columns[f"{decision.name}_possible"] = possible
            if (clauses := clauses_column(self.policy)) in wanted:
                columns[clauses] = self._reasons(choices)
        return columns

    def _where(self, rows: Rows, shown: Expr) -> Expr:
        """A column that is null outside some rows."""
        return shown if rows is True else self.lib.when(literal(rows, self.lib)).then(shown)

    def _truth(self, truth: Truths) -> Expr:
        """A boolean where it is known."""
        settled = True if is_known(truth) else either(truth.low, opposite(truth.high))
        return self._where(both(self.sound, settled), literal(truth.low, self.lib))

    def _reasons(self, choices: Choices) -> Expr:
        """The clauses that decided the category, in one text."""
        program, prepared = self.prepared.program, self.prepared
        causes = RowCauses(lambda clause: self.values[program.clauses[clause]])
        texts: list[tuple[Expr, Rows]] = []
        for outcome in self.policy.category.outcomes:
            clause = cast(Clause, outcome.when)
            if cast(Truths, self.values[program.clauses[clause.id]]).low is not False:
                deciding = causes.deciding(prepared.clause(clause), held=True)
                texts.append((self._joined(deciding), one_of(choices, [outcome.id]).low))
        return self._where(self.sound, first_of(texts, self.lib.lit(None, dtype=self.lib.String())))

    def _decided(self, choices: Choices) -> Expr:
        """The outcome where it is certain."""
        texts = [(self.lib.lit(name), one_of(choices, [name]).low) for name in choices.can]
        return self._where(self.sound, first_of(texts, self.lib.lit(None, dtype=self.lib.String())))

    def _joined(self, conditions: Mapping[str, Rows]) -> Expr:
        """The names whose condition holds in a row, joined in one text."""
        lib = self.lib
        parts = [
            lib.when(literal(rows, lib)).then(lib.lit(name)) for name, rows in conditions.items() if rows is not False
        ]
        return lib.concat_str(*parts, separator=_SEPARATOR, ignore_nulls=True) if parts else lib.lit("")

    def _number(self, number: Numbers, *, hundredths: bool) -> Expr:
        """A number where it is known."""
        low = literal(number.low, self.lib).cast(self.lib.Int64())
        shown = quotient(low, 100) if hundredths else low
        settled = True if is_known(number) else equal(number.low, number.high)
        return self._where(both(self.sound, settled), shown)


def roots_of(policy: Policy, prepared: TablePolicy, wanted: Collection[str]) -> set[int]:
    """The steps whose values the wanted columns show."""
    program = prepared.program
    shown = output_columns(policy, prepared)
    roots = set[int]()
    for column in wanted:
        if (name := shown[column]) in policy.decisions and policy.decisions[name].every:
            roots.add(program.clauses[f"{name}.{column.removeprefix(f'{name}_')}"])
        elif name:
            roots.add(program.names[name])
    if clauses_column(policy) in wanted:
        for outcome in policy.category.outcomes:
            roots |= _clauses_in(program, prepared.clause(cast(Clause, outcome.when)))
    return roots


def _clauses_in(program: Program, condition: Condition) -> set[int]:
    """The steps of the clauses in a condition."""
    own = {program.clauses[condition.clause.id]} if condition.clause is not None else set[int]()
    return own.union(*(_clauses_in(program, part) for part in condition.parts))
