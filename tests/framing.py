"""Generated households as rows of frames, and what `assess` says of each, for frames to be held to."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar, cast

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hardship_rules import Assessment, FactError, Policy, assess
from hardship_rules.meaning import is_known
from hardship_rules.model import Fact
from hardship_rules.values import ChoiceKind, DateKind, NumberKind, Value, day_of

Facts = dict[str, Any]
Drawn = TypeVar("Drawn")


def drawn(strategy: st.SearchStrategy[Drawn], number: int) -> list[Drawn]:
    """So many households, or other examples, of a strategy, others in every run: `conftest.py` says with which seed."""
    found: list[Drawn] = []

    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(example: Drawn) -> None:
        found.append(example)

    draw()
    return found


def dtype_of(fact: Fact) -> Any:
    """The Polars type of a fact's column: money as a decimal."""
    match fact.kind:
        case NumberKind(decimals=decimals):
            return pl.Decimal(18, decimals) if decimals else pl.Int64
        case ChoiceKind():
            return pl.String
        case DateKind():
            return pl.Date
        case _:
            return pl.Boolean


def framed(
    policy: Policy, households: Sequence[Facts], left_out: Collection[str] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Households and members as two frames; columns left out are not there, what a household does not say is null."""
    own = {name: fact for name, fact in policy.facts.items() if name not in left_out}
    theirs = {name: fact for name, fact in policy.members.facts.items() if name not in left_out}
    rows = [(number, household) for number, household in enumerate(households)]
    numbered = [(number, member) for number, household in rows for member in household.get("members", ())]
    return _frame(rows, own), _frame(numbered, theirs)


def _frame(rows: Sequence[tuple[int, Facts]], facts: dict[str, Fact]) -> pl.DataFrame:
    columns = {"household": pl.Series("household", [number for number, _ in rows], dtype=pl.Int64)}
    for name, fact in facts.items():
        given = [_plain(fact, row.get(name)) for _, row in rows]
        columns[name] = pl.Series(name, given, dtype=dtype_of(fact))
    return pl.DataFrame(columns)


def _plain(fact: Fact, given: Any) -> Any:
    if isinstance(fact.kind, NumberKind) and fact.kind.decimals and given is not None:
        return Decimal(Fraction(given).numerator) / Fraction(given).denominator
    return date.fromisoformat(given) if isinstance(fact.kind, DateKind) and isinstance(given, str) else given


def filled(policy: Policy, household: Facts, on: date) -> Facts:
    """A household with everything given that follows from it on a day; as it is where it is no real one."""
    found = answer(policy, {**household, "on": None}, on)
    if isinstance(found, FactError):
        return household
    typed = found.household

    def said(values: Mapping[str, Value], facts: Mapping[str, Fact]) -> Facts:
        return {name: given_as(fact, values[name]) for name, fact in facts.items()}

    members = [said(member.values, policy.members.facts) for member in typed.members]
    return {**said(typed.values, policy.facts), "members": members}


def given_as(fact: Fact, value: Value) -> Any:
    """A value as a row has it: a day as a date, what is not known as None."""
    if not is_known(value):
        return None
    return day_of(cast(int, value)) if isinstance(fact.kind, DateKind) else value


def as_asked(policy: Policy, household: Facts, left_out: Collection[str]) -> Facts:
    """The household as `assess` is to be given it, to be the same as its rows: a null for what has a column."""

    def said(given: Facts, facts: Collection[str]) -> Facts:
        return {name: given.get(name) for name in facts if name not in left_out}

    members = [said(member, policy.members.facts) for member in household.get("members", ())]
    return {**said(household, policy.facts), "members": members}


def answer(policy: Policy, household: Facts, on: date | None) -> Assessment | FactError:
    """What `assess` says of a household, or why it says nothing."""
    try:
        return assess(policy, household, on)
    except FactError as error:
        return error
