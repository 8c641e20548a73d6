"""Generated households as rows of frames, with the results of `assess` to compare frames with."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, cast

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hardship_rules import Assessment, FactError, Policy, assess, load_policy
from hardship_rules.core.kinds import ChoiceKind, DateKind, NumberKind, Value, day_of
from hardship_rules.core.policy import Fact
from hardship_rules.engine.interval import is_known
from hardship_rules.testing.strategies import households, partial_households

Facts = dict[str, Any]
Drawn = TypeVar("Drawn")


def drawn(strategy: st.SearchStrategy[Drawn], number: int) -> list[Drawn]:
    """That many examples of a strategy, new in every run; `conftest.py` reports the seed."""
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
    """Households and members as two frames; omitted columns are absent, missing facts are null."""
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
    """A household completed with everything derived from it on a day; unchanged if it is invalid."""
    found = answer(policy, {**household, "on": None}, on)
    if isinstance(found, FactError):
        return household
    typed = found.household

    def said(values: Mapping[str, Value], facts: Mapping[str, Fact]) -> Facts:
        return {name: given_as(fact, values[name]) for name, fact in facts.items()}

    members = [said(member.values, policy.members.facts) for member in typed.members]
    return {**said(typed.values, policy.facts), "members": members}


def given_as(fact: Fact, value: Value) -> Any:
    """A value in a row: a day as a date, an unknown fact as None."""
    if not is_known(value):
        return None
    return day_of(cast(int, value)) if isinstance(fact.kind, DateKind) else value


def as_asked(policy: Policy, household: Facts, left_out: Collection[str]) -> Facts:
    """The household in the form for `assess` that matches its rows: null for each unknown fact with a column."""

    def said(given: Facts, facts: Collection[str]) -> Facts:
        return {name: given.get(name) for name in facts if name not in left_out}

    members = [said(member, policy.members.facts) for member in household.get("members", ())]
    return {**said(household, policy.facts), "members": members}


def answer(policy: Policy, household: Facts, on: date | None) -> Assessment | FactError:
    """The result of `assess` for a household, or its refusal."""
    try:
        return assess(policy, household, on)
    except FactError as error:
        return error


WEIHAI = load_policy("2021_weihai")


ON = date(2021, 3, 31)


STAND_INS = [fact.name for fact in WEIHAI.stand_ins]


@cache
def sample() -> tuple[Facts, ...]:
    """Households of Weihai: complete ones as drawn, the same with all derived facts, and partial ones."""
    complete = drawn(households(WEIHAI), 60)
    return (*complete, *(filled(WEIHAI, each, ON) for each in complete), *drawn(partial_households(WEIHAI), 60))


@cache
def expected(left_out: tuple[str, ...]) -> tuple[Assessment | FactError, ...]:
    """The results of `assess` for them, with the omitted facts missing everywhere."""
    return tuple(answer(WEIHAI, as_asked(WEIHAI, each, left_out), ON) for each in sample())


def differences(row: Facts, found: Assessment | FactError, *, exactly: bool) -> Iterator[str]:
    """The differences between a row and `assess`; unless exact, `assess` may decide what the row leaves open."""
    if isinstance(found, FactError):
        if (row["problem"] or "").split(" ")[0] not in {problem.code for problem in found.problems}:
            yield f"problem {row['problem']}"
        return
    if row["problem"] is not None:
        yield f"problem {row['problem']}"
    for name, decided in found.decisions.items():
        if decided.decision.every:
            for outcome in decided.decision.outcomes:
                wanted = True if outcome in decided.holding else None if outcome in decided.possible else False
                said = row[f"{name}_{outcome.id}"]
                if said is not wanted and (exactly or said is not None):
                    yield f"{name}_{outcome.id}"
        else:
            settled = None if decided.outcome is None else decided.outcome.id
            if row[name] != settled and (exactly or row[name] is not None):
                yield f"{name} {row[name]}"
    possible = {outcome.id for outcome in found.possible}
    said = set(row["category_possible"].split(";"))
    if said != possible and (exactly or not said > possible):
        yield f"possible {said}"
    held = found.decided.outcome is not None and found.decided.outcome.when is not None
    clauses = ";".join(found.decided.decided_by) if held else None
    if row["category_clauses"] != clauses and row["category"] is not None:
        yield f"clauses {row['category_clauses']}"
    for column, name in (("income_x100", "income"), ("rigid_x100", "rigid"), ("exempt_x100", "exempt")):
        exact = found.terms[name].exact  # type: ignore[union-attr]  # the value is a figure
        if row[column] != (None if exact is None else exact * 100):
            yield column
    per_person = found.terms["net_income_per_person"].decimal(2)  # type: ignore[union-attr]  # the value is a figure
    said = row["net_income_per_person_rounded"]  # 0 over an unknown number of people is 0, but open in a row
    if said != (None if per_person is None else float(per_person)) and (exactly or said is not None or per_person):
        yield "net_income_per_person_rounded"


LEFT_OUT = [(), tuple(STAND_INS), tuple(STAND_INS[::2])]


OWN = {
    "household": "a",
    "unit_has_union": True,
    "employment": "in_service",
    "residence": "城市",
    "controls_company": False,
    "homes": 1,
    "floor_area_above_local_average": False,
    "motor_vehicle": False,
    "refuses_verification": False,
}


WORKER = {
    "household": "a",
    "relation": "self",
    "age": 40,
    "wage": 28332,
    "business_income": 0,
    "property_income": 0,
    "transfer_income": 0,
    "other_income": 0,
    "medical_self_paid": 9444,
    "tuition": 0,
    "education": "none",
}


WIDE = """
language: 1
policy: wide
units: {yuan: 元}
household:
  a: {title: a, unit: yuan, to: 1000000000000}
  b: {title: b, unit: 1, to: 1000000000000}
members: {at most: 2, facts: {c: {title: c, yes or no: true}}}
decisions:
  category:
    title: d
    first: [{outcome: x, title: x, basis: assumption, when: {that: a * b > 5}}]
    otherwise: {outcome: y, title: y}
"""
