"""The columns of a frame of verdicts: outcomes, deciding clauses, figures, the problem, and the policy."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import cast

from hardship_rules.core.policy import Policy
from hardship_rules.engine.row_causes import both, either, opposite
from hardship_rules.engine.tables import ROUNDED, TablePolicy
from hardship_rules.frames._plan import Plan
from hardship_rules.frames._values import Choices, Numbers, Truths, is_known, one_of
from hardship_rules.frames.bounds import Bound, literal, quotient
from hardship_rules.frames.libraries import nw

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


def outputs(policy: Policy, plan: Plan, sound: Bound, on: date | None, wanted: Collection[str]) -> dict[str, nw.Expr]:
    """The wanted columns of a plan that has been computed, null in rows that are not `sound`."""
    columns: dict[str, nw.Expr] = {}
    for name, decision in policy.decisions.items():
        if name not in plan.households.values:
            continue
        if decision.every:
            for outcome in decision.outcomes:
                truth = cast(Truths, plan.households.values[f"{name} {outcome.id}"])
                columns[f"{name}_{outcome.id}"] = _truth(truth, sound)
        else:
            choices = cast(Choices, plan.households.values[name])
            columns[name] = _decided(choices, sound)
            if decision is policy.category:
                possible = columns[name] if choices.known else _where(sound, _joined(choices.can))
                columns[f"{name}_possible"] = possible
                columns[clauses_column(policy)] = _reasons(plan, choices, sound)
    for column, name in plan.prepared.figures.items():
        if name in plan.households.values:
            number = cast(Numbers, plan.named(name, plan.households))
            columns[column] = _number(number, sound, hundredths=column.endswith(ROUNDED))
    columns["stand_ins"] = nw.lit(_SEPARATOR.join(plan.prepared.stand_ins))
    columns["problem"] = nw.col("problem")
    columns["policy"] = nw.lit(policy.name)
    columns["fingerprint"] = nw.lit(policy.fingerprint)
    columns["on"] = nw.lit(on, dtype=nw.Date())
    return {name: columns[name] for name in wanted}


def _where(rows: Bound, shown: nw.Expr) -> nw.Expr:
    """A column that is null outside some rows."""
    return shown if rows is True else nw.when(literal(rows)).then(shown)


def _truth(truth: Truths, sound: Bound) -> nw.Expr:
    """A boolean where it is known."""
    settled = True if is_known(truth) else either(truth.low, opposite(truth.high))
    return _where(both(sound, settled), literal(truth.low))


def _reasons(plan: Plan, choices: Choices, sound: Bound) -> nw.Expr:
    """The clauses that decided the category, in one text."""
    text = nw.lit(None, dtype=nw.String())
    for name, clauses in plan.reasons.items():
        settled = literal(one_of(choices, [name]).low)
        text = nw.when(settled).then(_joined(clauses)).otherwise(text)
    return _where(sound, text)


def _decided(choices: Choices, sound: Bound) -> nw.Expr:
    """The outcome where it is certain."""
    text = nw.lit(None, dtype=nw.String())
    for name in reversed(tuple(choices.can)):
        rows = one_of(choices, [name]).low
        if rows is not False:
            text = nw.when(literal(rows)).then(nw.lit(name)).otherwise(text)
    return _where(sound, text)


def _joined(conditions: Mapping[str, Bound]) -> nw.Expr:
    """The names whose condition holds in a row, joined in one text."""
    parts = [nw.when(literal(rows)).then(nw.lit(name)) for name, rows in conditions.items() if rows is not False]
    return nw.concat_str(*parts, separator=_SEPARATOR, ignore_nulls=True) if parts else nw.lit("")


def _number(number: Numbers, sound: Bound, *, hundredths: bool) -> nw.Expr:
    """A number where it is known."""
    low = literal(number.low).cast(nw.Int64())
    shown = quotient(low, 100) if hundredths else low
    settled = True if is_known(number) else low == literal(number.high)
    return _where(both(sound, settled), shown)
