"""The rows of a frame that columns leave open, assessed one household at a time."""

from datetime import date
from typing import Any

import polars as pl
import polars.selectors as cs

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Problem
from hardship_rules.frames.columns import ASIDE

_CONSTANT = ("stand_ins", "policy", "fingerprint", "on")


def explained(  # noqa: PLR0913, PLR0917  # the two frames, what came of them, and by what
    policy: Policy, key: str, on: date | None, households: pl.DataFrame, members: pl.DataFrame, assessed: pl.DataFrame
) -> pl.DataFrame:
    """The outcomes, with what `assess` says of every household that is still open; rows as they were."""
    decided = [column for column in assessed.columns if column in _decision_columns(policy)]
    if not decided:
        return assessed
    is_open = assessed["problem"].is_null() & assessed.select(pl.any_horizontal(pl.col(decided).is_null())).to_series()
    places = is_open.arg_true()
    if not len(places):
        return assessed
    own = _as_asked(households[places], key).to_dicts()
    keys = households[places].get_column(key).unique()
    of_open = members.filter(pl.col(key).is_in(keys.implode()))
    theirs = _as_asked(of_open, key).partition_by(key, as_dict=True)
    rows = []
    for given in own:
        name = given.pop(key)
        each = [_without(member, key) for member in theirs[name,].to_dicts()]
        rows.append(_answer(policy, {**given, "members": each}, on))
    answers = pl.DataFrame(rows, schema={name: assessed.schema[name] for name in rows[0] if name in assessed.columns})
    replaced = assessed.filter(is_open).with_columns(answers.get_columns())
    figures = [name for name in assessed.columns[1:] if name not in (key, *answers.columns, *_CONSTANT)]
    sound = pl.col("problem").is_null()
    replaced = replaced.with_columns(pl.when(sound).then(pl.col(name)).alias(name) for name in figures)
    return pl.concat([assessed.filter(~is_open), replaced]).sort(assessed.columns[0])


def _as_asked(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Rows as `assess` takes them: midnight as a day, and nothing that hosts keep beside the facts."""
    beside = [name for name in rows.columns if name in ASIDE and name != key]
    return rows.drop(beside).with_columns((cs.datetime() - cs.by_name(key)).dt.date())


def _without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: given for name, given in row.items() if name != key}


def _decision_columns(policy: Policy) -> set[str]:
    names = set()
    for name, decision in policy.decisions.items():
        names |= {f"{name}_{outcome.id}" for outcome in decision.outcomes} if decision.every else {name}
    return names


def _answer(policy: Policy, household: dict[str, Any], on: date | None) -> dict[str, Any]:
    """The columns of a household's decisions, by `assess`."""
    try:
        assessment = assess(policy, household, on)
    except FactError as error:
        nothing = dict.fromkeys([*_decision_columns(policy), f"{policy.category.name}_clauses"])
        return {**nothing, f"{policy.category.name}_possible": None, "problem": _problem(error.problems[0])}
    return _of_decisions(policy, assessment) | {"problem": None}


def _problem(problem: Problem) -> str:
    return f"{problem.code} {problem.at[-1]}" if problem.at else problem.code


def _of_decisions(policy: Policy, assessment: Assessment) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, decided in assessment.decisions.items():
        if decided.decision.every:
            holding, possible = ({outcome.id for outcome in some} for some in (decided.holding, decided.possible))
            for outcome in decided.decision.outcomes:
                found[f"{name}_{outcome.id}"] = outcome.id in holding if outcome.id not in possible - holding else None
        else:
            found[name] = None if decided.outcome is None else decided.outcome.id
            if decided.decision is policy.category:
                found[f"{name}_possible"] = ";".join(outcome.id for outcome in decided.possible)
                held = decided.outcome is not None and decided.outcome.when is not None  # `otherwise` has no clauses
                found[f"{name}_clauses"] = ";".join(decided.decided_by) if held else None
    return found
