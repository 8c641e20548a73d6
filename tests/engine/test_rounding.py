"""Rounding, and full years and months, below zero: symmetric in every engine, with a warning where it can happen."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from command_line import run
from databases import Database
from in_both import database, in_both, server
from places import ROOT
from sealed import sealed

from hardship_rules import FactError, Policy, Problem, assess, explain, load_policy, read_policy, record, replay
from hardship_rules.assessment.outcomes import Figure
from hardship_rules.authoring import lint
from hardship_rules.core.interval import Number, Range, span
from hardship_rules.durable.run import assess as assess_by_durable
from hardship_rules.durable.worker import Worker
from hardship_rules.engine.evaluate import scope_of
from hardship_rules.engine.signs import roundings_below_zero
from hardship_rules.frames.run import assess_frame
from hardship_rules.proofs.partial import possible
from hardship_rules.proofs.prover import Proof, Shown
from hardship_rules.sql.view import register, view_in_sql

__all__ = ["database", "server"]  # fixtures

GOLDEN = ROOT / "tests" / "golden"
Facts = dict[str, Any]

ROUNDINGS = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP, "up": ROUND_UP}
STEPS = {"ones": "1", "cents": "0.01", "odd": "2.5"}
NAMES = [f"{way}_{step}" for step in STEPS for way in ROUNDINGS]
TERMS = [*NAMES, *(f"{way}_shared" for way in ROUNDINGS), "years", "months", "owed"]


def unit_of(name: str) -> str:
    """The unit of a term."""
    return {"years": "year", "months": "month"}.get(name, "yuan/person" if "shared" in name else "yuan")


def line_of(name: str) -> str:
    """The line of a term."""
    if name in ("years", "months"):
        return f"full_{name}(start, end)"
    if name == "owed":
        return "sum(round_half_up(debt, 1))"
    way, step = name.rsplit("_", 1)
    return f"round_{way}(net / people, 1)" if step == "shared" else f"round_{way}(net, {STEPS[step]})"


FACTS = "".join(
    f"  is_{n}: {{title: 应为{n}, unit: {unit_of(n)}, from: -9999, to: 9999, decimals: 2}}\n" for n in TERMS
)
VALUES = "".join(
    f"  {n}: {{title: {n}, unit: {unit_of(n)}, basis: assumption, value: '{line_of(n)}'}}\n" for n in TERMS
)
CLAUSES = "".join(f"            {n}: {{that: {n} == is_{n}}}\n" for n in TERMS)
POLICY = f"""
language: 1
policy: rounding
units: {{yuan: 元, person: 人, year: 年, month: 月}}
household:
  net: {{title: 净收入, unit: yuan, from: -1000, to: 1000, decimals: 3}}
  start: {{title: 起, date: true}}
  end: {{title: 止, date: true}}
{FACTS}
members: {{at most: 4, facts: {{debt: {{title: 欠款, unit: yuan, from: -50, to: 50, decimals: 2}}}}}}
terms:
  people: {{title: 人数, unit: person, basis: assumption, value: count(true)}}
{VALUES}
decisions:
  category:
    title: 类别
    first:
      - outcome: right
        title: 相符
        basis: assumption
        when:
          all:
{CLAUSES}
    otherwise: {{outcome: wrong, title: 不符}}
"""

# --- By hand -----------------------------------------------------------------------------------------------------

BY_HAND = [  # the number; to ones, to cents, and to 2.5: towards zero, half away from zero, away from zero
    ("0", "0 0 0", "0 0 0", "0 0 0"),
    ("0.001", "0 0 1", "0 0 0.01", "0 0 2.5"),
    ("-0.001", "0 0 -1", "0 0 -0.01", "0 0 -2.5"),
    ("0.499", "0 0 1", "0.49 0.5 0.5", "0 0 2.5"),
    ("-0.499", "0 0 -1", "-0.49 -0.5 -0.5", "0 0 -2.5"),
    ("0.5", "0 1 1", "0.5 0.5 0.5", "0 0 2.5"),
    ("-0.5", "0 -1 -1", "-0.5 -0.5 -0.5", "0 0 -2.5"),
    ("1.005", "1 1 2", "1 1.01 1.01", "0 0 2.5"),
    ("-1.005", "-1 -1 -2", "-1 -1.01 -1.01", "0 0 -2.5"),
    ("1.25", "1 1 2", "1.25 1.25 1.25", "0 2.5 2.5"),
    ("-1.25", "-1 -1 -2", "-1.25 -1.25 -1.25", "0 -2.5 -2.5"),
    ("-1.249", "-1 -1 -2", "-1.24 -1.25 -1.25", "0 0 -2.5"),
    ("-2.345", "-2 -2 -3", "-2.34 -2.35 -2.35", "0 -2.5 -2.5"),
    ("2.5", "2 3 3", "2.5 2.5 2.5", "2.5 2.5 2.5"),
    ("-2.5", "-2 -3 -3", "-2.5 -2.5 -2.5", "-2.5 -2.5 -2.5"),
    ("-2.499", "-2 -2 -3", "-2.49 -2.5 -2.5", "0 -2.5 -2.5"),
    ("-3", "-3 -3 -3", "-3 -3 -3", "-2.5 -2.5 -5"),
    ("-3.75", "-3 -4 -4", "-3.75 -3.75 -3.75", "-2.5 -5 -5"),
    ("-3.749", "-3 -4 -4", "-3.74 -3.75 -3.75", "-2.5 -2.5 -5"),
    ("-1000", "-1000 -1000 -1000", "-1000 -1000 -1000", "-1000 -1000 -1000"),
]
SHARED_BY_HAND = {  # some of them divided by two people, to ones
    "0": "0 0 0",
    "1.005": "0 1 1",
    "-1.005": "0 -1 -1",
    "-1.25": "0 -1 -1",
    "2.5": "1 1 2",
    "-3": "-1 -2 -2",
    "-1000": "-500 -500 -500",
}
DAYS_BY_HAND = [  # full years and months from one day to another
    ("2021-06-15", "2021-06-15", 0, 0),
    ("2020-02-29", "2021-02-28", 0, 11),
    ("2021-02-28", "2020-02-29", 0, -11),
    ("2020-02-29", "2021-03-01", 1, 12),
    ("2021-03-01", "2020-02-29", -1, -12),
    ("2021-06-15", "2021-06-14", 0, 0),
    ("2021-06-15", "2021-05-16", 0, 0),
    ("2021-06-15", "2021-05-15", 0, -1),
    ("2021-06-15", "2020-06-16", 0, -11),
    ("2021-06-15", "2020-06-15", -1, -12),
    ("2021-06-15", "2020-06-14", -1, -12),
    ("2021-01-31", "2021-03-01", 0, 1),
    ("2021-03-01", "2021-01-31", 0, -1),
    ("2021-06-15", "2018-01-01", -3, -41),
]
DEBTS_BY_HAND = [("0", 0), ("-2.5", -3), ("-0.49", 0), ("-0.5", -1), ("1.5", 2), ("-50", -50), ("2.49", 2)]


def rounded(number: Decimal, step: str, way: str) -> Decimal:
    """A number rounded to a multiple of a step by Python's decimal."""
    return (number / Decimal(step)).to_integral_value(ROUNDINGS[way]) * Decimal(step)


def years_and_months(start: date, end: date) -> tuple[int, int]:
    """Full years and months by the calendar, counted from the earlier day, negative if that is the second."""
    if end < start:
        years, months = years_and_months(end, start)
        return -years, -months
    years = end.year - start.year - ((end.month, end.day) < (start.month, start.day))
    return years, 12 * (end.year - start.year) + end.month - start.month - (end.day < start.day)


def household(net: Decimal, start: date, end: date, debts: Sequence[Decimal]) -> Facts:
    """A household with a member for each debt, and each term by the independent implementation."""
    years, months = years_and_months(start, end)
    right = {f"{way}_{step}": rounded(net, size, way) for step, size in STEPS.items() for way in ROUNDINGS}
    right |= {f"{way}_shared": rounded(net / len(debts), "1", way) for way in ROUNDINGS}
    right |= {"years": Decimal(years), "months": Decimal(months)}
    right |= {"owed": sum((rounded(debt, "1", "half_up") for debt in debts), Decimal(0))}
    said = {f"is_{name}": number for name, number in right.items()}
    return {"net": net, "start": start, "end": end, **said, "members": [{"debt": debt} for debt in debts]}


def by_hand() -> Iterator[Facts]:
    """The tables by hand as households, with days from their own table; two people if a share is given."""
    for number, (net, ones, cents, odd) in enumerate(BY_HAND):
        start, end, years, months = DAYS_BY_HAND[number % len(DAYS_BY_HAND)]
        debt, owed = DEBTS_BY_HAND[number % len(DEBTS_BY_HAND)]
        debts = [debt, "0"] if net in SHARED_BY_HAND else [debt]
        shared = SHARED_BY_HAND.get(net, ones)  # undivided for one person
        right = [*map(Decimal, f"{ones} {cents} {odd} {shared}".split()), *map(Decimal, (years, months, owed))]
        said = {f"is_{name}": value for name, value in zip(TERMS, right, strict=True)}
        days = {"start": date.fromisoformat(start), "end": date.fromisoformat(end)}
        yield {"net": Decimal(net), **days, **said, "members": [{"debt": Decimal(each)} for each in debts]}


def drawn(seed: int, count: int) -> Iterator[Facts]:
    """Households around zero and far from it, on and beside halves, with days close together and far apart."""
    chance = random.Random(seed)  # noqa: S311  # not for security
    for _ in range(count):
        net = Decimal(chance.choice((chance.randint(-4, 4) * 625, chance.randint(-6000, 6000), chance.randint(-9, 9))))
        net = (net + chance.randint(-1, 1)).scaleb(-3)
        start = date(2000, 1, 1) + timedelta(days=chance.randrange(9000))
        end = start + timedelta(days=chance.choice((chance.randint(-40, 40), chance.randint(-5000, 5000))))
        if chance.random() < 0.3:  # the same day of another month or year, or a neighbouring day
            end = start.replace(year=start.year + chance.randint(-3, 3), month=chance.randint(1, 12), day=28)
            start = start.replace(day=28) + timedelta(days=chance.randint(-1, 1))
        debts = [Decimal(chance.randint(-40, 40) * 25 + chance.randint(-1, 1)).scaleb(-2) for _ in range(4)]
        yield household(net, start, end, debts[: chance.randint(1, 4)])


SEED = random.randrange(10**9)  # noqa: S311  # new in each run, and in the name of a failing test
SAMPLE = [*by_hand(), *drawn(SEED, 100)]
ROUNDED = read_policy(POLICY)


def wrong(facts: Facts) -> Facts:
    """A household with one wrong expected number."""
    chance = random.Random(repr(facts))  # noqa: S311  # not for security
    name = f"is_{chance.choice(TERMS)}"
    return {**facts, name: facts[name] + chance.choice((-1, 1))}


def test_the_two_readings_agree() -> None:
    """The tables by hand equal the results of decimal and the calendar."""
    for facts in by_hand():
        assert facts == household(
            facts["net"], facts["start"], facts["end"], [member["debt"] for member in facts["members"]]
        ), facts["net"]


def test_one_household() -> None:
    """Each of the five functions gives the exact number and the shown figure."""
    for facts in SAMPLE:
        terms = assess(ROUNDED, facts).terms
        for name in TERMS:
            figure = terms[name]
            assert isinstance(figure, Figure)
            assert figure.exact == Fraction(facts[f"is_{name}"]), (SEED, name, facts)
            assert figure.decimal(2) == facts[f"is_{name}"]


# --- Other engines -----------------------------------------------------------------------------------------------


def frames_of(some: Sequence[Facts]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Households and members as frames."""
    own = [{"household": n, **{k: v for k, v in each.items() if k != "members"}} for n, each in enumerate(some)]
    theirs = [{"household": n, **member} for n, each in enumerate(some) for member in each["members"]]
    schema = {name: pl.Decimal(12, 3) for name in own[0] if name == "net" or name.startswith("is_")}
    debts = {"debt": pl.Decimal(12, 2)}
    return pl.DataFrame(own, schema_overrides=schema, infer_schema_length=None), pl.DataFrame(
        theirs, schema_overrides=debts
    )


def in_polars(own: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The policy's results for Polars frames."""
    found = assess_frame(ROUNDED, own, theirs)
    assert isinstance(found, pl.DataFrame)
    return found


def in_pandas(own: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The policy's results for pandas frames."""
    found = assess_frame(
        ROUNDED,
        own.to_pandas(use_pyarrow_extension_array=True),
        theirs.to_pandas(use_pyarrow_extension_array=True),
    )
    assert type(found).__module__.startswith("pandas")
    return pl.from_pandas(found)


def in_duckdb(own: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """The policy's results for DuckDB relations."""
    with duckdb.connect() as connection:
        households, members = (connection.from_arrow(frame.to_arrow()) for frame in (own, theirs))
        return pl.DataFrame(assess_frame(ROUNDED, households, members).to_arrow_table()).sort("household")


def held(rows: Sequence[Facts]) -> None:
    """Rows report each right household as right and each wrong one as wrong."""
    assert [row["problem"] for row in rows] == [None] * len(rows)
    right, other = rows[: len(SAMPLE)], rows[len(SAMPLE) :]
    assert [(SEED, n) for n, row in enumerate(right) if row["category"] != "right"] == []
    assert [(SEED, n) for n, row in enumerate(other) if row["category"] != "wrong"] == []
    for row, facts in zip(right, SAMPLE, strict=True):
        assert row["years"] == facts["is_years"]
        assert row["half_up_cents_x100"] == facts["is_half_up_cents"] * 100
        assert row["down_odd_x2"] == facts["is_down_odd"] * 2
        assert row["owed"] == facts["is_owed"]


BOTH = [*SAMPLE, *map(wrong, SAMPLE)]


@pytest.mark.parametrize("ask", [in_polars, in_pandas, in_duckdb])
def test_frames(ask: Any) -> None:
    """Frames of three kinds report the same for all households at once."""
    held(ask(*frames_of(BOTH)).to_dicts())


@in_both
def test_views(database: Database) -> None:
    """A view reports the same, in PostgreSQL and in DuckDB."""
    of = register(ROUNDED)
    database.run(of.tables())
    own, theirs = (frame.with_columns(pl.col("household").cast(pl.String)).to_dicts() for frame in frames_of(BOTH))
    database.fill("households", own)
    database.fill("members", theirs)
    database.run(view_in_sql(of, database.dialect, "answers"))
    held(database.rows("SELECT * FROM answers ORDER BY length(household), household"))


def test_durable_rules() -> None:
    """durable-rules agrees, since it fails on any difference from the evaluator."""
    pytest.importorskip("durable.engine")
    with Worker() as worker:
        for facts in (*by_hand(), *drawn(SEED, 10)):
            for each, outcome in ((facts, "right"), (wrong(facts), "wrong")):
                found = assess_by_durable(ROUNDED, each, worker=worker)
                assert found.assessment.category is not None
                assert found.assessment.category.id == outcome, SEED


def test_proofs() -> None:
    """Z3 proves that such a household has no other outcome."""
    for facts in (*list(by_hand())[::3], *drawn(SEED, 3)):
        for each, outcome in ((facts, "right"), (wrong(facts), "wrong")):
            for name, answer in possible(ROUNDED, each, seconds=60).items():
                assert isinstance(answer, Shown if name == outcome else Proof), SEED


# --- Unknown numbers -------------------------------------------------------------------------------------------------


def ends(number: Number) -> tuple[Fraction, Fraction]:
    """The bounds of a number."""
    return (Fraction(number.low), Fraction(number.high)) if isinstance(number, Range) else (Fraction(number),) * 2


def test_ends_stay_exact() -> None:
    """For a number from a to b, alone or divided by an unknown number of people, the rounded bounds are the bounds."""
    chance = random.Random(SEED)  # noqa: S311  # not for security
    for _ in range(300):
        low, high = sorted(Decimal(chance.randint(-6000, 6000)).scaleb(-3) for _ in range(2))
        first = date(2010, 1, 1) + timedelta(days=chance.randrange(3000))
        last = first + timedelta(days=chance.randrange(900))
        other = first + timedelta(days=chance.randrange(-900, 1800))
        people = chance.randint(1, 4)
        facts = {
            "net": span(Fraction(low), Fraction(high)),
            "start": number_of(other),
            "end": span(number_of(first), number_of(last)),
        }
        unknown_people = {"people": span(1, people)}
        scope = scope_of(ROUNDED, facts, [{"debt": 0}], unknown_people)
        for name in NAMES:
            way, step = name.rsplit("_", 1)
            wanted = tuple(Fraction(rounded(end, STEPS[step], way)) for end in (low, high))
            assert ends(as_number(scope[name])) == wanted, (SEED, name, low, high)
        for way in ROUNDINGS:
            corners = [rounded(end / by, "1", way) for end in (low, high) for by in (1, people)]
            wanted = (Fraction(min(corners)), Fraction(max(corners)))
            assert ends(as_number(scope[f"{way}_shared"])) == wanted, (SEED, way, low, high, people)
        years, months = zip(*(years_and_months(other, end) for end in (first, last)), strict=True)
        assert ends(as_number(scope["years"])) == years, (SEED, other, first, last)
        assert ends(as_number(scope["months"])) == months, (SEED, other, first, last)


def as_number(found: Any) -> Number:
    """The number of a value in a scope."""
    assert isinstance(found, int | Fraction | Range)
    return found


def number_of(day: date) -> int:
    """The number of a day, as DESIGN defines it."""
    return 372 * day.year + 31 * (day.month - 1) + day.day - 1


UNKNOWN = """
language: 1
policy: unknown
units: {yuan: 元}
household:
  net: {title: 净收入, unit: yuan, from: FROM, to: TO, decimals: 2}
members: {at most: 1, facts: {ill: {title: 患病, yes or no: true}}}
terms: {rounded: {title: 取整, unit: yuan, basis: assumption, value: "LINE"}}
decisions:
  category:
    title: 类别
    first:
      - {outcome: below, title: 低于, basis: assumption, when: {that: rounded < LOW}}
      - {outcome: above, title: 高于, basis: assumption, when: {that: rounded > HIGH}}
    otherwise: {outcome: between, title: 之间}
"""


@in_both
def test_engines_know_the_ends_of_an_unknown_number(database: Database) -> None:
    """A number from -2.5 to 1.5 rounds to -3 at least and 2 at most, and no engine allows anything else."""
    for line, low, high in (
        ("round_half_up(net, 1)", -3, 2),
        ("round_up(net, 1)", -3, 2),
        ("round_down(net, 1)", -2, 1),
    ):
        for lower, higher, possible_ in ((low, high, {"between"}), (low + 1, high - 1, {"below", "above", "between"})):
            pairs = (("FROM", "-2.5"), ("TO", "1.5"), ("LINE", line), ("LOW", str(lower)), ("HIGH", str(higher)))
            text = UNKNOWN
            for word, number in pairs:
                text = text.replace(word, number)
            policy = read_policy(text)
            assert {each.id for each in assess(policy, {"members": [{}]}).possible} == possible_
            own = pl.DataFrame({"household": ["a"], "net": [None]}, schema_overrides={"net": pl.Float64})
            theirs = pl.DataFrame({"household": ["a"], "ill": [True]})
            (row,) = assess_frame(policy, own, theirs).to_dicts()
            assert set(row["category_possible"].split(";")) == possible_, line
            of = register(policy)
            database.run("DROP VIEW IF EXISTS answers; DROP TABLE IF EXISTS households; DROP TABLE IF EXISTS members")
            database.run(of.tables())
            database.fill("households", [{"household": "a"}])
            database.fill("members", [{"household": "a", "ill": True}])
            database.run(view_in_sql(of, database.dialect, "answers"))
            (row,) = database.rows("SELECT * FROM answers")
            assert set(row["category_possible"].split(";")) == possible_, line


# --- Shown figures ---------------------------------------------------------------------------------------------------


SHARE = """
language: 1
policy: share
units: {yuan: 元, person: 人}
household: {net: {title: 净收入, unit: yuan, from: -1000, to: 1000, decimals: 2}}
members: {at most: 8, facts: {ill: {title: 患病, yes or no: true}}}
terms: {share: {title: 人均, unit: yuan/person, basis: assumption, value: net / count(true)}}
show: [share]
decisions:
  category:
    title: 类别
    first: [{outcome: below, title: 低于, basis: assumption, when: {that: share < 0}}]
    otherwise: {outcome: above, title: 不低于}
"""
SHARES = [("-1", "-0.13"), ("1", "0.13"), ("-0.98", "-0.12"), ("-1.04", "-0.13"), ("-0.04", "-0.01"), ("0", "0.00")]


@in_both
def test_figures_shown(database: Database) -> None:
    """An eighth below zero is shown like an eighth above it, in explanations, frames and views."""
    policy = read_policy(SHARE)
    for net, shown in SHARES:
        assessment = assess(policy, {"net": net, "members": [{}] * 8})
        figure = assessment.terms["share"]
        assert isinstance(figure, Figure)
        assert str(figure.decimal(2)) == shown
        assert re.search(rf"人均 +{shown} 元", explain(assessment, detail="full"))
    own = [{"household": str(n), "net": float(net)} for n, (net, _) in enumerate(SHARES)]
    theirs = [{"household": each["household"], "ill": False} for each in own for _ in range(8)]
    found = assess_frame(policy, pl.DataFrame(own), pl.DataFrame(theirs)).to_dicts()
    of = register(policy)
    database.run(of.tables())
    database.fill("households", own)
    database.fill("members", theirs)
    database.run(view_in_sql(of, database.dialect, "answers"))
    for rows in (found, database.rows("SELECT * FROM answers ORDER BY household")):
        assert [float(row["share_rounded"]) for row in rows] == [float(shown) for _, shown in SHARES]


# --- Warnings ----------------------------------------------------------------------------------------------------

WARNED = """
language: 1
policy: warned
units: {yuan: 元, year: 年, month: 月, person: 人}
household:
  net: {title: 净收入, unit: yuan, from: -1000, to: 1000, decimals: 2}
  debt: {title: 欠款, unit: yuan, from: -1000, to: 1000, decimals: 2}
  wage: {title: 工资, unit: yuan, to: 1000, decimals: 2}
  start: {title: 起, date: true}
  end: {title: 止, date: true}
members: {at most: 3, facts: {born: {title: 出生, date: true}, pay: {title: 收入, unit: yuan, from: -5, to: 5}}}
MUST
readings:
  cents: {title: 取整, question: 取吗, one of: {whole: 取整, exact: 不取}, chosen: exact, why: 无, basis: assumption}
terms: {number: {title: 数, unit: UNIT, basis: assumption, LINE}}
decisions:
  category:
    title: 类别
    first: [{outcome: yes, title: 是, basis: assumption, when: {that: number > 0}}]
    otherwise: {outcome: no, title: 否}
"""


def warnings(line: str, unit: str = "yuan", must: str = "") -> tuple[Problem, ...]:
    """The rounding warnings of a policy with one term."""
    line = line if ": " in line else f'value: "{line}"'
    text = WARNED.replace("LINE", line).replace("UNIT", unit)
    policy = read_policy(text.replace("MUST", f"must: {{m: {{that: {must}}}}}" if must else ""))
    return tuple(each for each in lint(policy, None, None) if each.code.endswith("_below_zero"))


@pytest.mark.parametrize(
    ("line", "unit", "code"),
    [
        ("round_half_up(net, 0.01)", "yuan", "half_up_below_zero"),
        ("round_up(net, 1)", "yuan", "up_below_zero"),
        ("round_down(net, 1)", "yuan", "down_below_zero"),
        ("round_down(wage - debt, 1)", "yuan", "down_below_zero"),
        ("round_down(0 - wage, 1)", "yuan", "down_below_zero"),
        ("max(0, round_down(net, 1))", "yuan", "down_below_zero"),
        ("round_down(sum(pay), 1)", "yuan", "down_below_zero"),
        ("sum(round_up(pay, 1))", "yuan", "up_below_zero"),
        ("full_years(start, end)", "year", "elapsed_below_zero"),
        ("full_months(end, start)", "month", "elapsed_below_zero"),
        ("full_years(start, on)", "year", "elapsed_below_zero"),
        ("sum(full_years(born, on))", "year", "elapsed_below_zero"),
        ("choose: [{when: cents == exact, value: 'round_up(net, 1)'}], otherwise: 0", "yuan", "up_below_zero"),
    ],
)
def test_what_can_go_below_zero_is_warned_of(line: str, unit: str, code: str) -> None:
    """There is one warning, at the function's line and column, with sentences in both languages."""
    (warning,) = warnings(line, unit)
    assert (warning.code, warning.severity, warning.at) == (code, "warning", ("terms", "number"))
    text = (
        WARNED.replace("MUST", "").replace("UNIT", unit).replace("LINE", line if ": " in line else f'value: "{line}"')
    )
    place = next(n for n, each in enumerate(text.splitlines(), 1) if each.startswith("terms:"))
    found = text.splitlines()[place - 1]
    column = min(found.index(each) for each in ("round_", "full_") if each in found) + 1
    assert warning.location is not None
    assert (warning.location.line, warning.location.column) == (place, column)
    assert warning.given in line
    assert "低于零" in warning.message("zh") or "早于" in warning.message("zh")
    assert "0.2.0" in warning.message("en")


@pytest.mark.parametrize(
    ("line", "unit", "must"),
    [
        ("round_half_up(wage, 0.01)", "yuan", ""),
        ("round_up(max(0, net), 1)", "yuan", ""),
        ("round_up(max(net - debt, debt - net), 1)", "yuan", ""),
        ("round_up(min(wage, max(net, -net)), 1)", "yuan", ""),
        ("round_down(net + 1000, 1)", "yuan", ""),
        ("round_down(sum(pay) + 15, 1)", "yuan", ""),
        ("round_down(wage - debt, 1)", "yuan", "debt <= wage"),
        ("round_down(wage - debt, 1)", "yuan", "wage - 5 >= debt"),
        ("round_down((wage - debt) / 3, 1)", "yuan", "wage - debt >= 0"),
        ("round_down(wage + 5 - debt, 1)", "yuan", "debt < wage"),
        ("round_down(sum(pay), 1)", "yuan", "each(pay >= 0)"),
        ("round_down(net, 1)", "yuan", "net == wage"),
        ("full_years(start, end)", "year", "start <= end"),
        ("full_months(start, end)", "month", "end > start"),
        ("sum(full_years(born, on))", "year", "each(born <= on)"),
        ("choose: [{when: cents == whole, value: 'round_up(net, 1)'}], otherwise: 0", "yuan", ""),
        ("choose: [{when: wage >= 0, value: 1}], otherwise: 'round_up(net, 1)'", "yuan", ""),
    ],
)
def test_what_cannot_is_not(line: str, unit: str, must: str) -> None:
    """Ranges, differences, a `must` and chosen readings can exclude negative numbers; then there is no warning."""
    assert warnings(line, unit, must) == ()
    if must:
        assert len(warnings(line, unit)) == 1
        assert len(warnings(line, unit, "wage <= 500")) == 1


EVERYWHERE = """
language: 1
policy: everywhere
units: {yuan: 元, year: 年, month: 月}
household: {net: {title: 净收入, unit: yuan, from: -10, to: 10, decimals: 2}}
members:
  at most: 3
  facts:
    born: {title: 出生, date: true}
    age: {title: 年龄, unit: year, to: 130, if absent: "full_years(born, on)"}
must:
  agrees: {that: "each(age == full_years(born, on))", title: 年龄一致}
terms: {cents: {title: 分, unit: yuan, basis: assumption, value: "round_half_up(net, 0.01)"}}
decisions:
  category:
    title: 类别
    first: [{outcome: yes, title: 是, basis: assumption, when: {that: "round_up(net, 1) > cents"}}]
    otherwise: {outcome: no, title: 否}
"""


def test_every_section_is_looked_through() -> None:
    """The search covers defaults, `must`, terms and decisions, in file order."""
    found = lint(read_policy(EVERYWHERE), None, None)
    assert [(each.code, each.at, each.location and each.location.line) for each in found] == [
        ("elapsed_below_zero", ("members", "facts", "age"), 10),
        ("elapsed_below_zero", ("must", "agrees"), 12),
        ("half_up_below_zero", ("terms", "cents"), 13),
        ("up_below_zero", ("decisions", "category"), 17),
    ]
    assert {each.values["must"] for each in found[:2]} == {"each(born <= on)"}
    kept = EVERYWHERE.replace("must:", "must:\n  born: {that: each(born <= on), title: 已出生}")
    assert [each.code for each in lint(read_policy(kept), None, None)] == ["half_up_below_zero", "up_below_zero"]


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "policies").glob("*.yaml")))
def test_no_bundled_policy_is_warned_of(name: str) -> None:
    """No bundled policy rounds below zero; under the reading that rounds incomes it may, and that is reported."""
    policy = load_policy(name)
    assert roundings_below_zero(policy) == ()
    if "rounding" in policy.readings:
        (found,) = roundings_below_zero(policy.with_readings({"rounding": "yuan"}))
        assert found.path == ("terms", "net_income_per_person")


def test_check_prints_it(tmp_path: Path) -> None:
    """`check` prints it as a line and a hint, and fails only if warnings fail."""
    path = tmp_path / "warned.yaml"
    path.write_text(
        WARNED.replace("MUST", "").replace("UNIT", "yuan").replace("LINE", 'value: "round_up(net, 1)"'), "utf-8"
    )
    done = run("check", str(path))
    assert done.returncode == 0
    _, printed = done.stdout.decode().split(f"{path}:15:67: ")
    sentence, hint, *_ = printed.splitlines()
    assert sentence.startswith("提示[up_below_zero]: `round_up` 取整的数可能低于零")
    assert "max(0, x)" in hint
    assert run("check", "--strict", str(path)).returncode == 1


# --- Records of older releases ---------------------------------------------------------------------------------------


def recorded(policy: Policy, facts: Facts, library: str) -> str:
    """The record of a household as a given release would write it."""
    document = json.loads(record(assess(policy, facts), embed=True))
    return sealed({**document, "library": library})


@pytest.mark.parametrize(
    ("library", "said"),
    [
        ("0.1.0", True),
        ("0.1.9", True),
        ("0.0.3rc1", True),
        ("0.2.0", False),
        ("0.10.0", False),
        ("1.0", False),
        ("?", False),
    ],
)
def test_replay_says_so(library: str, said: bool) -> None:  # noqa: FBT001  # a table
    """A replay mentions the change only for an older record under a policy that can round below zero."""
    text = WARNED.replace("MUST", "").replace("UNIT", "yuan")
    policy = read_policy(text.replace("LINE", 'value: "round_up(net, 1)"'))
    sound = read_policy(text.replace("LINE", 'value: "round_up(wage, 1)"'))
    replayed = replay(recorded(policy, {"net": "-2.10", "members": [{}]}, library))
    assert replayed.same
    assert ("本政策中可能低于零的：数\n" in replayed.explain()) is said
    assert ("these can be below zero: 数\n" in replayed.explain(lang="en")) is said
    listed = json.loads(replayed.explain(format="json")).get("below_zero")
    assert listed == ([{"path": "terms.number", "title": "数"}] if said else None)
    replayed = replay(recorded(sound, {"wage": "2.10", "members": [{}]}, library))
    assert replayed.below_zero == ()
    assert "低于零" not in replayed.explain()


def test_what_an_older_release_decided_below_zero_is_found_different() -> None:
    """An older release rounded -2.1 up to -2, above -3; it is -3 now, so the replay differs."""
    text = WARNED.replace("MUST", "").replace("UNIT", "yuan").replace("number > 0", "number > -3")
    policy = read_policy(text.replace("LINE", 'value: "round_up(net, 1)"'))
    document = json.loads(recorded(policy, {"net": "-2.00", "members": [{}]}, "0.1.0"))
    document["facts"]["stated"]["net"] = "-2.1"
    replayed = replay(sealed(document))
    assert replayed.sameness == "different"
    assert "低于零" in replayed.explain()


# --- The bundled measure -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("born", ["2021-04-01", "2021-12-31", "2023-04-01"])
def test_nobody_is_born_after_the_day(born: str) -> None:
    """A birth date after the day of the verdict is refused, even within a year; one on the day is accepted."""
    policy = load_policy("2021_weihai")
    members = [{"relation": "self"}, {"relation": "child", "birth_date": born}]
    with pytest.raises(FactError) as caught:
        assess(policy, {"on": "2021-03-31", "members": members})
    assert {problem.code for problem in caught.value.problems} <= {"must_broken", "derived_outside"}
    members[1]["birth_date"] = "2021-03-31"
    assert assess(policy, {"on": "2021-03-31", "members": members}).household.members[1].values["age"] == 0
    own = pl.DataFrame({"household": ["a"], "residence": ["urban"]})
    theirs = pl.DataFrame(
        {"household": ["a", "a"], "relation": ["self", "child"], "birth_date": [None, date.fromisoformat(born)]}
    )
    (row,) = assess_frame(policy, own, theirs, on="2021-03-31").to_dicts()
    assert row["problem"].split(" ")[0] in ("must_broken", "derived_outside")
