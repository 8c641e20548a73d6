"""The columns that tell what came of each household: outcomes, the clauses that decided, figures, and by what."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import cast

import narwhals as nw

from hardship_rules.core.policy import Policy
from hardship_rules.engine.row_causes import both, either, opposite
from hardship_rules.engine.tables import ROUNDED, FramePolicy
from hardship_rules.frames._plan import Work
from hardship_rules.frames._values import Choices, Numbers, Truths, is_known, one_of
from hardship_rules.frames.bounds import Bound, literal, quotient

_JOINT = ";"  # between several ids in one text


def sources(policy: Policy, prepared: FramePolicy) -> dict[str, str]:
    """The columns that there are, in their order, each with the decision, term or parameter that it tells of."""
    found: dict[str, str] = {}
    for name, decision in policy.decisions.items():
        found |= {f"{name}_{outcome.id}": name for outcome in decision.outcomes} if decision.every else {name: name}
        if decision is policy.category and not decision.every:
            found |= {f"{name}_possible": name, reasons_of(policy): name}
    return {**found, **prepared.figures, **dict.fromkeys(("stand_ins", "problem", "policy", "fingerprint", "on"), "")}


def reasons_of(policy: Policy) -> str:
    """The column of the clauses that decided the category."""
    return f"{policy.category.name}_clauses"


def outcomes(policy: Policy, work: Work, sound: Bound, on: date | None, wanted: Collection[str]) -> dict[str, nw.Expr]:
    """The columns that are wanted of what was worked out: null where a row is not sound."""
    found: dict[str, nw.Expr] = {}
    for name, decision in policy.decisions.items():
        if name not in work.households.values:
            continue
        if decision.every:
            for outcome in decision.outcomes:
                truth = cast(Truths, work.households.values[f"{name} {outcome.id}"])
                found[f"{name}_{outcome.id}"] = _truth(truth, sound)
        else:
            choices = cast(Choices, work.households.values[name])
            found[name] = _decided(choices, sound)
            if decision is policy.category:
                found[f"{name}_possible"] = found[name] if choices.known else _where(sound, _listed(choices.can))
                found[reasons_of(policy)] = _reasons(work, choices, sound)
    for column, name in work.prepared.figures.items():
        if name in work.households.values:
            number = cast(Numbers, work.named(name, work.households))
            found[column] = _number(number, sound, hundredths=column.endswith(ROUNDED))
    found["stand_ins"] = nw.lit(_JOINT.join(work.prepared.stand_ins))
    found["problem"] = nw.col("problem")
    found["policy"] = nw.lit(policy.name)
    found["fingerprint"] = nw.lit(policy.fingerprint)
    found["on"] = nw.lit(on, dtype=nw.Date())
    return {name: found[name] for name in wanted}


def _where(rows: Bound, shown: nw.Expr) -> nw.Expr:
    """A column that is null in all other rows."""
    return shown if rows is True else nw.when(literal(rows)).then(shown)


def _truth(truth: Truths, sound: Bound) -> nw.Expr:
    settled = True if is_known(truth) else either(truth.low, opposite(truth.high))
    return _where(both(sound, settled), literal(truth.low))


def _reasons(work: Work, choices: Choices, sound: Bound) -> nw.Expr:
    """The clauses that decided the category, in one text."""
    text = nw.lit(None, dtype=nw.String())
    for name, clauses in work.reasons.items():
        settled = literal(one_of(choices, [name]).low)
        text = nw.when(settled).then(_listed(clauses)).otherwise(text)
    return _where(sound, text)


def _decided(choices: Choices, sound: Bound) -> nw.Expr:
    text = nw.lit(None, dtype=nw.String())
    for name in reversed(tuple(choices.can)):
        rows = one_of(choices, [name]).low
        if rows is not False:
            text = nw.when(literal(rows)).then(nw.lit(name)).otherwise(text)
    return _where(sound, text)


def _listed(rows: Mapping[str, Bound]) -> nw.Expr:
    """The names that hold in a row, in one text."""
    parts = [nw.when(literal(each)).then(nw.lit(name)) for name, each in rows.items() if each is not False]
    return nw.concat_str(*parts, separator=_JOINT, ignore_nulls=True) if parts else nw.lit("")


def _number(number: Numbers, sound: Bound, *, hundredths: bool) -> nw.Expr:
    low = literal(number.low).cast(nw.Int64())
    shown = quotient(low, 100) if hundredths else low
    settled = True if is_known(number) else low == literal(number.high)
    return _where(both(sound, settled), shown)
