"""A register under two policies: every household has the categories of `assess`, and the moves are counted."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest
from attrs import evolve
from framing import Facts, answer, as_asked, drawn, filled, framed
from places import ROOT
from sparked import spark

from hardship_rules import Assessment, FactError, PolicyError, compare, load_policy, read_policy
from hardship_rules.registers._impact import Impact, Move, impact
from hardship_rules.testing.strategies import households, partial_households

OLD, NEW = load_policy("2021_weihai"), load_policy("2023_weihai")
ON = date(2023, 3, 31)
DRAWN = [*drawn(households(NEW), 150), *drawn(partial_households(NEW), 50)]
HOUSEHOLDS = [filled(NEW, household, ON) for household in DRAWN]
FRAMES = framed(NEW, HOUSEHOLDS)
Kind = Callable[[pl.DataFrame], Any]


def moved(own: Any, theirs: Any, **asked: Any) -> Impact:
    """The register under both policies."""
    return impact(OLD, NEW, own, theirs, on=ON, **asked)


FOUND = moved(*FRAMES)


def test_as_assess_places_each() -> None:
    """Each decided household has the category of `assess` under either policy; the counts are those of the rows."""
    rows = {row["household"]: row for row in FOUND.frame.rows(named=True)}
    always = evolve(OLD, start=None, end=None)
    counted: Counter[tuple[str | None, str | None]] = Counter()
    for number, household in enumerate(HOUSEHOLDS):
        row = rows[number]
        if row["problem_old"] or row["problem_new"]:
            continue
        counted[row["category_old"], row["category_new"]] += 1
        for policy, column in ((always, "category_old"), (NEW, "category_new")):
            found = answer(policy, as_asked(policy, household, ()), ON)
            assert isinstance(found, Assessment)
            if row[column] is not None:
                assert [outcome.id for outcome in found.possible] == [row[column]]
    moves = FOUND.decisions["category"]
    assert {(move.before, move.now): move.households for move in moves} == counted
    assert len(counted) > 8
    assert FOUND.households == len(HOUSEHOLDS)
    assert FOUND.moved == sum(number for (before, now), number in counted.items() if before != now)


def test_clauses_are_those_that_decided() -> None:
    """The clauses of each move add up to it, and are those by which `assess` decides."""
    for move in FOUND.decisions["category"]:
        assert sum(move.clauses.values()) == move.households
    row = next(row for row in FOUND.frame.rows(named=True) if row["category_new"] == "deep")
    household = as_asked(NEW, HOUSEHOLDS[row["household"]], ())
    found = answer(NEW, household, ON)
    assert isinstance(found, Assessment)
    assert tuple(row["category_clauses_new"].split(";")) == found.decided.decided_by


@pytest.mark.parametrize(
    "kind",
    [lambda frame: frame.lazy(), lambda frame: frame.to_pandas(), lambda frame: frame.to_arrow()],
    ids=["lazy", "pandas", "arrow"],
)
def test_every_kind_of_frame(kind: Kind) -> None:
    """Frames of every library give the same result, in the same kind of frame."""
    own, theirs = map(kind, FRAMES)
    found = moved(own, theirs)
    assert (found.decisions, found.nearest, found.faulty) == (FOUND.decisions, FOUND.nearest, FOUND.faulty)
    assert type(found.frame) is type(own)


def test_duckdb() -> None:
    """DuckDB's relations give the same result, inside the database."""
    with duckdb.connect() as connection:
        found = moved(*(connection.from_arrow(frame.to_arrow()) for frame in FRAMES))
        assert (found.decisions, found.nearest) == (FOUND.decisions, FOUND.nearest)


def test_spark() -> None:
    """Spark's data frames give the same result, in a real session; a small policy is planned in seconds."""
    text = (ROOT / "policies" / "example_huzhou.yaml").read_text(encoding="utf-8")
    old, new = read_policy(text), read_policy(text.replace("1105", "1405"))
    day = new.start or ON
    frames = framed(new, [filled(new, each, day) for each in drawn(households(new), 100)])
    expected = impact(old, new, *frames, on=day)
    assert expected.moved
    with spark() as session:
        own, theirs = (session.createDataFrame(frame.to_arrow()) for frame in frames)
        found = impact(old, new, own, theirs, on=day)
        assert (found.decisions, found.nearest, found.faulty) == (expected.decisions, expected.nearest, expected.faulty)
        assert type(found.frame).__module__.startswith("pyspark")


def test_the_order_is_kept() -> None:
    """In memory the rows keep their order."""
    assert FOUND.frame["household"].to_list() == FRAMES[0]["household"].to_list()


def test_nearest() -> None:
    """The nearest households come first; those that no figure decides are left out."""
    margins = [near.margin for near in moved(*FRAMES, nearest=5).nearest]
    assert margins == sorted(margins)
    assert len(margins) == 5
    sound = FOUND.frame.filter(pl.col("problem_old").is_null() & pl.col("problem_new").is_null())
    by_figures = sound.filter(pl.col("category_new").is_in(["deep", "relative", "accidental", "none"]))
    assert margins == by_figures["category_margin_rounded_new"].drop_nulls().sort()[:5].to_list()
    assert not {near.now for near in FOUND.nearest} & {"excluded", "out_of_scope", None}


def test_by_hand() -> None:
    """900 a month is above 787 and below 1,001, so it moves; 2,100 is above both thresholds of both years."""
    own: Facts = {
        "unit_has_union": True,
        "employment": "in_service",
        "residence": "urban",
        "controls_company": False,
        "homes": 1,
        "motor_vehicle": False,
        "refuses_verification": False,
        "file": "open",
        "file_category": "relative",
        "file_age_months": 5,
    }
    member = dict.fromkeys(("business_income", "property_income", "transfer_income", "other_income"), 0)
    homes = pl.DataFrame([{"household": name, **own} for name in "ab"])
    members = pl.DataFrame(
        [
            {"household": name, "relation": "self", "education": "none", "medical_self_paid": 0, "wage": wage, **member}
            for name, wage in (("a", 900 * 12), ("b", 2100 * 12))
        ]
    )
    found = moved(homes, members)
    below = ("category.relative.income.below_double",), ("category.deep.income.below_standard",)
    assert found.decisions["category"] == (
        Move("none", "none", 1, found.decisions["category"][0].clauses),
        Move("relative", "deep", 1, found.decisions["category"][1].clauses),
    )
    assert dict(found.decisions["category"][1].clauses) == {below: 1}
    assert {(move.before, move.now) for move in found.decisions["filing"]} == {
        ("continued", "category_changed"),
        ("out_of_hardship", "out_of_hardship"),
    }
    assert [(near.key, near.margin) for near in found.nearest] == [("b", 98.0), ("a", 101.0)]  # 2,100 - 2,002


def test_faulty_rows() -> None:
    """A faulty household is counted by its problem, and in no move; a repeated key is one such problem."""
    own, theirs = FRAMES
    twice = pl.concat([own.head(3), own.head(1)])
    found = moved(twice, theirs)
    assert found.faulty["key_twice"] == 1
    assert found.households == 3
    no_members = moved(own, theirs.filter(pl.col("household") != 0))
    assert no_members.faulty["members_missing"] == 1


def test_what_only_one_policy_knows() -> None:
    """A column of one policy only is left out under the other; a column of neither is refused."""
    huzhou = load_policy("example_huzhou")
    own, theirs = FRAMES
    kept = own.select("household").with_columns(cause=pl.lit("none"))
    income = theirs.select("household", "relation").with_columns(income=pl.lit(1))
    assert compare(huzhou, NEW, {"cause": "none", "members": [{"relation": "self"}]}, on=ON).sides[1].not_known
    found = impact(huzhou, NEW, kept, income, on=ON)
    assert found.households == len(own)
    with pytest.raises(FactError, match="unknown_column"):
        impact(huzhou, NEW, kept.with_columns(caus=pl.lit(1)), income, on=ON)


RENAMED = """
language: 1
policy: renamed
units: {yuan: 元}
household: {}
members: {facts: {FACT}}
terms: {total: {title: 合计, unit: yuan, basis: assumption, value: sum(NAME)}}
decisions:
  category:
    title: 类别
    first: [{outcome: low, title: 低, basis: assumption, when: {that: total < 100}}]
    otherwise: {outcome: none, title: 无}
"""


@pytest.mark.parametrize("column", ["wage", "工资", "earnings", "收入"])
def test_a_fact_that_is_called_otherwise(column: str) -> None:
    """A column is accepted under both policies by either policy's name of the fact."""
    before = "wage: {title: 工资, unit: yuan, to: 1000, if absent: 0}"
    after = "earnings: {title: 收入, unit: yuan, to: 1000, if absent: 0, formerly: [wage, 工资]}"
    old, new = (
        read_policy(RENAMED.replace("FACT", fact).replace("NAME", fact.split(":")[0])) for fact in (before, after)
    )
    theirs = pl.DataFrame({"household": [1, 2], column: [50, 500]})
    found = impact(old, new, pl.DataFrame({"household": [1, 2]}), theirs)
    assert {(move.before, move.now): move.households for move in found.decisions["category"]} == {
        ("low", "low"): 1,
        ("none", "none"): 1,
    }


def test_categories_of_two_names() -> None:
    """Policies with different names of the category cannot be compared; the problem has both names."""
    text = RENAMED.replace("FACT", "wage: {title: 工资, unit: yuan, to: 1000}").replace("NAME", "wage")
    with pytest.raises(PolicyError) as raised:
        impact(read_policy(text.replace("category", "kind")), read_policy(text), *FRAMES)
    assert [problem.code for problem in raised.value.problems] == ["categories_differ"]
    assert all(word in raised.value.problems[0].message("en") for word in ("`category`", "`kind`"))
