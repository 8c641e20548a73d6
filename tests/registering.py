"""Generated households as a register has them: tables of text, in the words that staff use."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from hardship_rules import Policy
from hardship_rules.model import Fact
from hardship_rules.values import ChoiceKind, YesNoKind

Facts = dict[str, Any]


def cell(fact: Fact, given: Facts) -> str | None:
    """What stands in a register for a fact: nothing where it is left out, a word where it is known to be unknown."""
    if fact.name not in given:
        return None
    value = given[fact.name]
    if value is None:
        return "未知"
    if isinstance(fact.kind, ChoiceKind):
        return fact.kind.options[value]
    if isinstance(fact.kind, YesNoKind):
        return "是" if value else "否"
    return str(value)


def tables(policy: Policy, households: Sequence[Facts]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The two tables of a register, with a column for every fact by its title."""
    own = [{"户号": f"H{number}", **row(policy.facts, household)} for number, household in enumerate(households)]
    theirs = [
        {"户号": f"H{number}", **row(policy.members.facts, member)}
        for number, household in enumerate(households)
        for member in household.get("members", ())
    ]
    return tuple(pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)) for rows in (own, theirs))  # type: ignore[return-value]  # two tables


def row(facts: Any, given: Facts) -> dict[str, str | None]:
    """One row, by the titles of the facts."""
    return {fact.title: cell(fact, given) for fact in facts.values()}
