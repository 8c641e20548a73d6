"""A policy applied to data frames gives the verdicts of `assess`, in every library."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from random import Random
from runpy import run_path
from typing import Any, Literal

import duckdb
import polars as pl
import pytest
from framing import (
    LEFT_OUT,
    ON,
    OWN,
    WEIHAI,
    WIDE,
    WORKER,
    Facts,
    answer,
    as_asked,
    differences,
    drawn,
    expected,
    filled,
    framed,
    sample,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from places import ROOT
from sampling import count, examples
from sparked import spark

from hardship_rules import FactError, Policy, PolicyError, read_policy
from hardship_rules.frames.run import assess_frame
from hardship_rules.testing.strategies import households, partial_households, policies

Run = Callable[..., pl.DataFrame]


# --- Libraries -------------------------------------------------------------------------------------------------------


def run_polars(policy: Policy, own: pl.DataFrame, theirs: pl.DataFrame, **asked: Any) -> pl.DataFrame:
    """Assess in Polars, in memory."""
    found = assess_frame(policy, own, theirs, **asked)
    assert isinstance(found, pl.DataFrame)
    return found


def run_shuffled(policy: Policy, own: pl.DataFrame, theirs: pl.DataFrame, **asked: Any) -> pl.DataFrame:
    """Assess in Polars, with shuffled members."""
    found = assess_frame(policy, own, theirs.sample(fraction=1, shuffle=True, seed=1), **asked)
    assert isinstance(found, pl.DataFrame)
    return found


def run_lazily(policy: Policy, own: pl.DataFrame, theirs: pl.DataFrame, **asked: Any) -> pl.DataFrame:
    """Assess in lazy Polars."""
    found = assess_frame(policy, own.lazy(), theirs.lazy(), **asked)
    assert isinstance(found, pl.LazyFrame)
    return found.collect().sort("household")


def run_pandas(policy: Policy, own: pl.DataFrame, theirs: pl.DataFrame, **asked: Any) -> pl.DataFrame:
    """Assess in pandas."""
    found = assess_frame(policy, own.to_pandas(), theirs.to_pandas(), **asked)
    assert type(found).__module__.startswith("pandas")
    return pl.from_pandas(found)


def run_arrow(policy: Policy, own: pl.DataFrame, theirs: pl.DataFrame, **asked: Any) -> pl.DataFrame:
    """Assess in PyArrow."""
    found = assess_frame(policy, own.to_arrow(), theirs.to_arrow(), **asked)
    assert type(found).__module__.startswith("pyarrow")
    return pl.DataFrame(found)


def run_duckdb(policy: Policy, own: pl.DataFrame, theirs: pl.DataFrame, **asked: Any) -> pl.DataFrame:
    """Assess as DuckDB relations."""
    with duckdb.connect() as connection:
        relations = [connection.from_arrow(frame.to_arrow()) for frame in (own, theirs)]
        found = assess_frame(policy, relations[0], relations[1], **asked)
        assert isinstance(found, duckdb.DuckDBPyRelation)
        return pl.DataFrame(found.to_arrow_table()).sort("household")


RUNS = [run_polars, run_shuffled, run_lazily, run_pandas, run_arrow, run_duckdb]


@pytest.fixture(scope="module")
def run_spark() -> Iterator[Run]:
    """Assess in a real Spark session of two threads."""
    with spark() as session:

        def run(policy: Policy, own: pl.DataFrame, theirs: pl.DataFrame, **asked: Any) -> pl.DataFrame:
            frames = [session.createDataFrame(frame.to_arrow()) for frame in (own, theirs)]
            found = assess_frame(policy, frames[0], frames[1], **asked)
            assert type(found).__module__.startswith("pyspark")
            return pl.DataFrame(found.toArrow()).sort("household")

        yield run


# --- Agreement ---------------------------------------------------------------------------------------------------


def all_differences(frame: pl.DataFrame, left_out: tuple[str, ...], *, exactly: bool) -> list[str]:
    """The differences between frames and `assess` for the sample."""
    rows = frame.to_dicts()
    assert [row["household"] for row in rows] == list(range(len(sample())))
    return [
        f"{row['household']} {each}"
        for row, found in zip(rows, expected(left_out), strict=True)
        for each in differences(row, found, exactly=exactly)
    ]


@pytest.mark.parametrize("left_out", LEFT_OUT, ids=["no column", "all that stand in", "half of them"])
@pytest.mark.parametrize("run", RUNS)
def test_frames_agree_with_assess(run: Run, left_out: tuple[str, ...]) -> None:
    """No verdict differs in any library, for any missing columns; the only differences are undecided rows."""
    frame = run(WEIHAI, *framed(WEIHAI, sample(), left_out), on=ON)
    assert all_differences(frame, left_out, exactly=False) == []
    decided = frame["category"].is_not_null().sum()
    assert decided > (20 if left_out else 60)


@pytest.mark.parametrize("is_member_missing", [False, True], ids=["all with members", "one without"])
@pytest.mark.parametrize("keys", ["numbers", "texts"])
def test_rows_in_any_order(keys: str, *, is_member_missing: bool) -> None:
    """Households and members in any order have the verdicts that they have in order, in the order of the households."""
    own, theirs = framed(WEIHAI, sample())
    if keys == "texts":
        own, theirs = (frame.with_columns(pl.col("household").cast(pl.String)) for frame in (own, theirs))
    if is_member_missing:
        theirs = theirs.filter(pl.col("household") != theirs["household"][0])
    keyless = theirs.head(3).with_columns(pl.lit(None, dtype=own["household"].dtype).alias("household"))
    ordered = assess_frame(WEIHAI, own, theirs, on=ON)
    shuffled_own, shuffled_theirs = (
        frame.sample(fraction=1, shuffle=True) for frame in (own, pl.concat([theirs, keyless]))
    )
    found = assess_frame(WEIHAI, shuffled_own, shuffled_theirs, on=ON)
    assert found["household"].equals(shuffled_own["household"])
    assert found.sort("household").equals(ordered.sort("household"))


def test_columns_of_spark(run_spark: Run) -> None:
    """In Spark a datetime is a day at midnight, by the session's zone if it has one; a void column is unknown.

    A repeated column is refused, though Spark itself allows it.
    """
    from pyspark.sql import SparkSession  # noqa: PLC0415  # it starts a JVM

    assert run_spark is not None  # the session is running
    session = SparkSession.getActiveSession()
    assert session is not None
    theirs = session.sql("SELECT 0 AS household, true AS ill")
    policy = read_policy(PER_MEMBER.replace("household: {", "household: {seen: {title: 日, date: true}, "))

    def problems(day: str, debt: str = "5 AS debt") -> set[str | None]:
        own = session.sql(f"SELECT 0 AS household, {day} AS seen, {debt}")
        found = [assess_frame(policy, own, theirs, columns=["number"], known=known) for known in ((), ("seen",))]
        return {row["problem"] for frame in found for row in frame.collect()}

    zone = str(session.conf.get("spark.sql.session.timeZone"))
    try:
        session.conf.set("spark.sql.session.timeZone", "Asia/Shanghai")
        assert problems("timestamp'2003-03-31 16:00:00Z'") == {None}
        assert problems("timestamp_ntz'2003-04-01 00:00:00'", "NULL AS debt") == {None}
        assert problems("timestamp_ntz'2003-04-01 00:00:00.000001'") == {"date_with_time seen"}
        session.conf.set("spark.sql.session.timeZone", "UTC")
        assert problems("timestamp'2003-03-31 16:00:00Z'") == {"date_with_time seen"}
    finally:
        session.conf.set("spark.sql.session.timeZone", zone)
    with pytest.raises(FactError) as raised:
        problems("date'2003-04-01'", "5 AS debt, 6 AS debt")
    assert [(problem.code, problem.given) for problem in raised.value.problems] == [("column_twice", "debt")]


def test_spark_agrees_with_assess(run_spark: Run) -> None:
    """No verdict differs in a real Spark session."""
    frame = run_spark(WEIHAI, *framed(WEIHAI, sample()), on=ON)
    assert all_differences(frame, (), exactly=False) == []


def hold_where_all_is_known(run: Run) -> None:
    """Complete households with columns declared without nulls are decided as by `assess`."""
    complete = [filled(WEIHAI, each, ON) for each in drawn(households(WEIHAI), 60)]
    rows = run(WEIHAI, *framed(WEIHAI, complete), on=ON, known="all").to_dicts()
    decided = [(row, household) for row, household in zip(rows, complete, strict=True) if row["problem"] is None]
    assert len(decided) >= 40
    for row, household in zip(rows, complete, strict=True):
        # unknown by nature: a monthly wage without a wage, a leaving date of one who stays; a birth after the day
        if not (row["problem"] or "known_null ").startswith("known_null "):
            assert list(differences(row, answer(WEIHAI, as_asked(WEIHAI, household, ()), ON), exactly=True)) == []
    for row, household in decided:
        assert row["category"] is not None
        assert list(differences(row, answer(WEIHAI, as_asked(WEIHAI, household, ()), ON), exactly=True)) == []


@pytest.mark.parametrize("run", RUNS)
def test_where_all_is_known_all_is_decided(run: Run) -> None:
    """If all columns are declared without nulls, nothing differs and nothing is undecided."""
    hold_where_all_is_known(run)


def test_where_all_is_known_spark_decides_all(run_spark: Run) -> None:
    """The same holds in Spark, where nulls of faulty rows are filled."""
    hold_where_all_is_known(run_spark)


@pytest.mark.parametrize("left_out", LEFT_OUT, ids=["no column", "all that stand in", "half of them"])
def test_open_rows_explained_are_those_of_assess(left_out: tuple[str, ...]) -> None:
    """With `explain` every row equals the result of `assess`."""
    frame = run_polars(WEIHAI, *framed(WEIHAI, sample(), left_out), on=ON, undecided="explain")
    assert all_differences(frame, left_out, exactly=True) == []


@pytest.mark.agreement
@settings(
    max_examples=examples(25, 1000),
    deadline=None,
    database=None,
    phases=[Phase.generate],  # shrinking a policy and its households takes too long
    suppress_health_check=list(HealthCheck),
)
@given(policies(), st.data())
def test_generated_policies_agree(text: str, data: st.DataObject) -> None:
    """No verdict differs under generated policies, for complete and partial households."""
    policy = read_policy(text)
    day = policy.start or ON
    some = [data.draw(each(policy)) for each in (households, households, partial_households, partial_households)]
    some += [filled(policy, each, day) for each in some]
    try:
        frame = run_polars(policy, *framed(policy, some), on=day)
    except PolicyError as refused:
        assert {problem.code for problem in refused.problems} == {"leaves_int64"}  # noqa: PT017  # rare, and checked
        count(policies_refused_by_frames=1)
        return
    count(policies_in_frames=1, households_in_frames=len(some))
    for other in (run_shuffled, run_lazily):
        assert other(policy, *framed(policy, some), on=day).equals(frame)
    for row, household in zip(frame.to_dicts(), some, strict=True):
        found = answer(policy, as_asked(policy, household, ()), day)
        if isinstance(found, FactError):
            assert row["problem"].split(" ")[0] in {problem.code for problem in found.problems}
            continue
        name = policy.category.name
        category = None if found.category is None else found.category.id
        assert row["problem"] is None
        assert row[name] in (category, None)
        assert {outcome.id for outcome in found.possible} <= set(row[f"{name}_possible"].split(";"))
        if not found.household.unknown and None not in as_asked(policy, household, ()).values():
            assert row[name] == category


# --- By hand -----------------------------------------------------------------------------------------------------


def one(own: Facts = OWN, members: list[Facts] | None = None, **asked: Any) -> Facts:
    """The row of one household."""
    theirs = [WORKER, {**WORKER, "relation": "spouse", "wage": 9444, "medical_self_paid": 9444}]
    theirs = theirs if members is None else members
    frame = pl.DataFrame([*theirs, {**WORKER, "household": "b"}], infer_schema_length=None)
    return assess_frame(WEIHAI, pl.DataFrame([own]), frame, on=ON, **asked).to_dicts()[0]  # type: ignore[no-any-return]  # a dict of Polars


def test_on_the_line_and_a_fen_beside_it() -> None:
    """Two people with 18,888.00 a year are exactly on 787, so not deep; with a fen less they are deep.

    18,888 = 787 x 12 x 2; the first two rows are (28,332 + 9,444) - (9,444 + 9,444) = 18,888.
    """
    assert one()["category"] == "relative"
    assert one()["net_income_per_person_rounded"] == 787.0
    assert one()["category_margin_rounded"] == 0.0
    less = [{**WORKER, "wage": 28331.99}, {**WORKER, "relation": "spouse", "wage": 9444.0}]
    row = one(members=less)
    assert (row["category"], row["category_clauses"]) == ("deep", "category.deep.income.below_standard")
    assert row["income_x100"] == 3_777_599
    assert row["people"] == 2


@pytest.mark.parametrize("run", RUNS)
def test_a_key_twice(run: Run) -> None:
    """If a household's key occurs twice, each of its rows has all members of that key, in any order."""
    own = pl.DataFrame([{**OWN, "household": number, "homes": place} for place, number in enumerate((0, 1, 0))])
    spouse = {**WORKER, "relation": "spouse"}
    theirs = pl.DataFrame([{**one, "household": number} for one, number in ((WORKER, 0), (WORKER, 1), (spouse, 0))])
    frame = run(WEIHAI, own, theirs, on=ON, columns=["people"])
    assert sorted(frame.select("household", "people").rows()) == [(0, 2), (0, 2), (1, 1)]


def test_columns_and_their_types() -> None:
    """The returned columns have the documented order and types."""
    frame = run_polars(WEIHAI, *framed(WEIHAI, sample()[:3]), on=ON)
    schema = dict(frame.schema)
    assert list(schema)[:5] == ["household", "category", "category_possible", "category_clauses", "filing"]
    assert list(schema)[-5:] == ["stand_ins", "problem", "policy", "fingerprint", "on"]
    assert {name for name, dtype in schema.items() if dtype == pl.Float64} == {
        "net_income_per_person_rounded",
        "category_margin_rounded",
    }
    assert [schema[name] for name in ("income_x100", "people", "dibao")] == [pl.Int64] * 3
    assert schema["materials_forms"] == pl.Boolean
    assert schema["on"] == pl.Date
    assert frame["fingerprint"].unique().to_list() == [WEIHAI.fingerprint]
    for left_out in LEFT_OUT:
        assert dict(run_polars(WEIHAI, *framed(WEIHAI, sample()[:3], left_out), on=ON).schema) == schema


def test_a_null_is_unknown_inside_a_sum() -> None:
    """A null wage is not zero, which would decide this household: 28,332 - 18,888 is below 18,888."""
    row = one(members=[WORKER, {**WORKER, "relation": "spouse", "wage": None}])
    assert row["category"] is None
    assert row["income_x100"] is None
    assert row["category_possible"] == "deep;relative;none"
    assert row["rigid_x100"] == 1_888_800


def test_a_household_without_members_is_a_problem() -> None:
    """A household without members is a problem and has no verdict, not even `none`."""
    row = one(members=[{**WORKER, "household": "c"}])
    assert row["problem"] == "members_missing"
    assert row["category"] is None
    assert row["category_possible"] is None


@pytest.mark.parametrize(
    ("own", "worker", "problem"),
    [
        ({}, {"wage": -1}, "fact_outside wage"),
        ({}, {"wage": 10**18}, "fact_outside wage"),
        ({}, {"wage": 0.001}, "fact_decimals wage"),
        ({}, {"wage": float("nan")}, "fact_outside wage"),
        ({"homes": 100}, {}, "fact_outside homes"),
        ({"residence": "town"}, {}, "unknown_fact_option residence"),
        ({}, {"relation": "spouse"}, "must_broken must.one_worker"),
        ({}, {"birth_date": date(1700, 1, 1)}, "date birth_date"),
    ],
)
def test_a_faulty_row_is_a_problem(own: Facts, worker: Facts, problem: str) -> None:
    """A value out of range, too many decimals, an unknown option, and a violated `must` are named problems."""
    row = one({**OWN, **own}, [{**WORKER, **worker}])
    assert row["problem"] == problem
    assert row["category"] is None


def find_faults(run: Run, known: Literal["all"] | tuple[str, ...]) -> None:
    """The valid households are exactly on twice the standard: (28,332 - 9,444) / 12 = 1,574 = 2 x 787."""
    faults: list[tuple[Facts, Facts, str | None]] = [
        ({}, {}, None),
        ({}, {"wage": -0.01}, "fact_outside wage"),
        ({}, {"wage": 1e17}, "fact_outside wage"),
        ({}, {"wage": 0.005}, "fact_decimals wage"),
        ({"homes": 100}, {}, "fact_outside homes"),
        ({"homes": -(2**62)}, {}, "fact_outside homes"),
        ({"residence": "town"}, {}, "unknown_fact_option residence"),
        ({"residence": "urban"}, {"relation": "本人"}, None),
        ({}, {"household": None}, "members_missing"),
        ({"household": None}, {"household": None}, "members_missing"),
        ({"homes": 100, "residence": "town"}, {"wage": -1.0}, "unknown_fact_option residence"),
        ({}, {"relation": "in law", "wage": -1.0}, "unknown_fact_option relation"),
        ({}, {"relation": "spouse"}, "must_broken must.one_worker"),
    ]
    worker = {**WORKER, "wage": 28332.0}
    own = pl.DataFrame([{**OWN, "household": number, **said} for number, (said, _, _) in enumerate(faults)])
    theirs = pl.DataFrame([{**worker, "household": number, **said} for number, (_, said, _) in enumerate(faults)])
    frame = run(WEIHAI, own, theirs, on=ON, columns=["category"], known=known).sort("household", nulls_last=True)
    wanted = {own["household"][place]: problem for place, (_, _, problem) in enumerate(faults)}
    assert dict(zip(frame["household"], frame["problem"], strict=True)) == wanted
    assert [row["category"] for row in frame.to_dicts()] == [
        None if wanted[row["household"]] else "none" for row in frame.to_dicts()
    ]


@pytest.mark.parametrize("known", ["all", ()])
@pytest.mark.parametrize("run", RUNS)
def test_every_kind_of_frame_finds_the_same_faults(run: Run, known: Literal["all"] | tuple[str, ...]) -> None:
    """Every library finds the same faults: range, decimals, options, titles, and a null key."""
    find_faults(run, known)


@pytest.mark.parametrize("known", ["all", ()])
def test_spark_finds_the_same_faults(run_spark: Run, known: Literal["all"] | tuple[str, ...]) -> None:
    """A real Spark session finds the same faults."""
    find_faults(run_spark, known)


PER_MEMBER = """
language: 1
policy: per_member
units: {yuan: 元, person: 人}
household: {debt: {title: 债, unit: yuan, to: 1000}}
members: {at most: 4, facts: {wage: {title: 工资, unit: yuan, from: 1, to: 1000}, ill: {title: 患病, yes or no: true}}}
terms:
  number: {title: 人数, unit: person, basis: assumption, value: count(true)}
  per_head: {title: 人均, unit: yuan/person, basis: assumption, value: "round_down(sum(wage) / count(true), 1)"}
  debt_of_wages: {title: 债比, unit: 1, basis: assumption, value: "round_down(debt / sum(wage), 1)"}
  sick: {title: 病人, unit: person, basis: assumption, value: count(ill)}
decisions:
  category:
    title: 类别
    first: [{outcome: low, title: 低, basis: assumption, when: {that: per_head < 10}}]
    otherwise: {outcome: none, title: 无}
"""


def divide_by_members(run: Run) -> None:
    """A household without members is a problem, also if its terms divide by members."""
    own = pl.DataFrame({"household": [0, 1, 2, 3], "debt": [70, 70, 1000, 5]})
    theirs = pl.DataFrame(
        {"household": [0, 0, 2, 3, 3, 3, 3], "wage": [19, 20, 9, 1, 2, 3, 4], "ill": [True, False] + [True] * 5}
    )
    for known in ("all", ()):
        frame = run(read_policy(PER_MEMBER), own, theirs, known=known)
        found = frame.select("household", "category", "per_head", "debt_of_wages", "sick", "problem").rows()
        assert found == [
            (0, "none", 19, 1, 1, None),  # (19 + 20) / 2 = 19.5; 70 / 39 = 1.8
            (1, None, None, None, None, "members_missing"),
            (2, "low", 9, 111, 1, None),  # 1000 / 9 = 111.1
            (3, "low", 2, 0, 4, None),  # 10 / 4 = 2.5; 5 / 10 = 0.5
        ]


@pytest.mark.parametrize("run", RUNS)
def test_what_is_divided_by_members(run: Run) -> None:
    """Dividing by the number of members is right in every library."""
    divide_by_members(run)


def test_what_is_divided_by_members_in_spark(run_spark: Run) -> None:
    """Dividing by members is right in Spark, which aborts the job on a division by zero."""
    divide_by_members(run_spark)


@pytest.mark.parametrize("run", RUNS)
def test_many_counts(run: Run) -> None:
    """A household's twenty counts are right: of 1 to 64 members, those who earn more than each of 20 sums."""
    lines = (
        f"  above_{sum_}: {{title: 高于{sum_}, unit: person, basis: assumption, value: count(wage > {sum_})}}\n"
        for sum_ in range(0, 1000, 50)
    )
    policy = read_policy(
        PER_MEMBER.replace("at most: 4", "at most: 64").replace("terms:\n", "terms:\n" + "".join(lines))
    )
    draw = Random(1)  # noqa: S311  # not for security
    wages = [[draw.randrange(1, 1001) for _ in range(number)] for number in (1, 64, 2, 33, 64, 17)]
    own = pl.DataFrame({"household": range(len(wages)), "debt": [0] * len(wages)})
    rows = [(household, wage, False) for household, each in enumerate(wages) for wage in each]
    theirs = pl.DataFrame(rows, schema=["household", "wage", "ill"], orient="row")
    frame = run(policy, own, theirs)
    for sum_ in range(0, 1000, 50):
        assert frame[f"above_{sum_}"].to_list() == [sum(wage > sum_ for wage in each) for each in wages]


@pytest.mark.parametrize("run", RUNS)
def test_more_members_than_may_be(run: Run) -> None:
    """A household with too many members is a problem; others are still counted: of 1,000 members, 999 are ill."""
    own = pl.DataFrame({"household": [0, 1, 2], "debt": [0, 0, 0]})
    numbers = [0] * 3 + [1] * 1000 + [2] * 4
    ill = [True, True, False, False] + [True] * 1001 + [False] * 2
    frame = run(read_policy(PER_MEMBER), own, pl.DataFrame({"household": numbers, "wage": [5] * 1007, "ill": ill}))
    found = frame.select("problem", "number", "sick").rows()
    assert found == [(None, 3, 2), ("members_too_many", None, None), (None, 4, 2)]


def test_money_as_float_is_read_by_its_shortest_notation() -> None:
    """Each of the floats 0.07 to 9,999,999.99 becomes the intended whole hundredths."""
    fen = [7, 29, 57, 58, 113, 1_001, 123_456_789, 999_999_999]
    rows = [{**WORKER, "household": str(each), "wage": each / 100} for each in fen]
    own = pl.DataFrame([{**OWN, "household": str(each)} for each in fen])
    frame = assess_frame(WEIHAI, own, pl.DataFrame(rows), on=ON)
    assert frame["income_x100"].to_list() == fen


def test_what_stands_in_is_said() -> None:
    """The report names the facts that default for lack of a column; columns may also have titles."""
    assert "union_aid" in one()["stand_ins"].split(";")
    named = {"工会帮扶金": 5, **WORKER}
    assert "union_aid" not in one(members=[named])["stand_ins"].split(";")


def test_wanted_columns_only() -> None:
    """Only the requested columns come back, with the key and the problem."""
    assert list(one(columns=["category"])) == ["household", "category", "problem"]
    open_ = [WORKER, {**WORKER, "relation": "spouse", "wage": None}]
    row = one(members=open_, columns=["people", "filing"], undecided="explain")
    assert row == {"household": "a", "filing": None, "people": 2, "problem": None}


def test_frames_that_cannot_be_read() -> None:
    """All unreadable columns are reported at once, before any computation."""
    members = [{**WORKER, "wage": "many", "wgae": 1}]
    with pytest.raises(FactError) as raised:
        one(members=members)
    assert [(problem.code, problem.given) for problem in raised.value.problems] == [
        ("column_kind", "String"),
        ("unknown_column", "wgae"),
    ]
    with pytest.raises(FactError) as raised:
        assess_frame(WEIHAI, pl.DataFrame([OWN]).lazy(), pl.DataFrame([WORKER]), on=ON)
    assert raised.value.problems[0].code == "frames_differ"
    with pytest.raises(FactError) as raised:
        assess_frame(WEIHAI, pl.LazyFrame([OWN]), pl.LazyFrame([WORKER]), on=ON, undecided="explain")
    assert raised.value.problems[0].code == "explain_lazy"
    with pytest.raises(FactError) as raised:
        one(columns=["categry"])
    assert raised.value.problems[0].code == "output_column"


def test_a_day_outside_the_policy_is_refused() -> None:
    """The policy must be in force on the day, as for `assess`."""
    with pytest.raises(FactError) as raised:
        assess_frame(WEIHAI, pl.DataFrame([OWN]), pl.DataFrame([WORKER]), on="2022-01-01")
    assert raised.value.problems[0].code == "on_outside"


def test_a_register_in_parts(tmp_path: Path) -> None:
    """The example assesses files in parts with the result of one whole frame, and overwrites nothing."""
    own, theirs = framed(WEIHAI, sample()[:7])
    own = pl.concat([own, own[:1].with_columns(household=pl.lit(None, pl.Int64))])
    own.write_parquet(tmp_path / "own.parquet")
    theirs.write_parquet(tmp_path / "theirs.parquet")
    assess_files = run_path(str(ROOT / "examples" / "register_in_parts.py"))["assess_files"]
    files, out = (str(tmp_path / "own.parquet"), str(tmp_path / "theirs.parquet")), str(tmp_path / "out")
    assess_files(files, out, "2021_weihai", "2021-03-31", step=3)
    assert len(list((tmp_path / "out").iterdir())) == 3
    found = pl.read_parquet(tmp_path / "out" / "*.parquet").sort("household", nulls_last=True)
    assert found.equals(run_polars(WEIHAI, own, theirs, on=ON))
    with pytest.raises(FileExistsError):
        assess_files(files, out, "2021_weihai", "2021-03-31")


SHARED = """
language: 1
policy: shared
units: {yuan: 元}
household:
  debt: {title: 债, unit: yuan, to: 1000, decimals: 2}
  home: {title: 居住地, formerly: [place, 住处], one of: {town: {title: 城镇, formerly: urban}, village: 农村}}
members: {at most: 4, facts: {wage: {title: 工资, unit: yuan, to: 1000, decimals: 2, formerly: earnings}}}
terms:
  burden: {title: 负担, unit: yuan, basis: assumption, value: 2 * debt}
  poor: {title: 困难, of: member, basis: assumption, when: {all: {a: {that: wage < burden}, b: {that: home == town}}}}
  left: {title: 余, of: member, unit: yuan, basis: assumption, value: wage - burden}
  all_left: {title: 合计, unit: yuan, basis: assumption, value: sum(left where poor)}
show: [all_left]
decisions:
  category:
    title: 类别
    first:
      - {outcome: low, title: 低, basis: assumption, when: {that: all_left < -5}}
      - {outcome: some, title: 有, basis: assumption, when: {that: some(poor)}}
    otherwise: {outcome: none, title: 无}
"""


@pytest.mark.parametrize("run", RUNS)
def test_members_are_held_against_their_household(run: Run) -> None:
    """A value of a household reaches each of its members, and no other household's.

    With a burden of 10.00, of the wages 4.00, 9.99, 10.00 only the first two are below, by 6.01 together; and so on.
    """
    policy = read_policy(SHARED)
    own = pl.DataFrame(
        {"household": [0, 1, 2, 3], "debt": [5, 3, None, 5], "home": ["town", "town", "town", "village"]}
    )
    wages = {0: [4.0, 9.99, 10.0], 1: [5.0], 2: [4.0, 8.0], 3: [0.01, 0.02]}
    rows = [(number, wage) for number, each in wages.items() for wage in each]
    theirs = pl.DataFrame(rows, schema={"household": pl.Int64, "wage": pl.Float64}, orient="row")
    frame = run(policy, own, theirs)
    assert frame["category"].to_list() == ["low", "some", None, "none"]
    assert frame["all_left_x100"].to_list() == [-601, -100, None, 0]
    assert frame["problem"].to_list() == [None] * 4


def test_earlier_words() -> None:
    """Columns and options are accepted by former names, as by `assess`; a fact has only one column."""
    policy = read_policy(SHARED)
    now = pl.DataFrame({"household": [0, 1], "debt": [5, 5], "home": ["town", "village"]})
    before = now.select("household", 债="debt", 住处=pl.Series(["urban", "农村"]))
    theirs = pl.DataFrame({"household": [0, 1], "wage": [4, 4]})
    frame = run_polars(policy, now, theirs)
    assert frame["category"].to_list() == ["low", "none"]
    for run in (run_polars, run_lazily):
        assert run(policy, before, theirs.rename({"wage": "earnings"})).equals(frame)
    with pytest.raises(FactError) as raised:
        run_polars(policy, now.with_columns(place="home"), theirs)
    assert [(problem.code, problem.given) for problem in raised.value.problems] == [("fact_twice", "place")]
    assert "`home`" in raised.value.problems[0].message("en")


def test_sums_of_all_rows_may_leave_64_bits() -> None:
    """Sums over all rows may exceed 64 bits, since those of households are exact: here 2 x 10^19 fen in all."""
    wide = SHARED.replace("to: 1000, decimals: 2, formerly: earnings", f"to: {10**13}, decimals: 2")
    policy = read_policy(wide.replace("sum(left where poor)", "sum(wage)"))
    own = pl.DataFrame({"household": range(10_000), "debt": [0] * 10_000, "home": ["town"] * 10_000})
    theirs = pl.DataFrame({"household": [number // 2 for number in range(20_000)], "wage": [10**13] * 20_000})
    frame = run_polars(policy, own, theirs)
    assert frame["all_left_x100"].unique().to_list() == [2 * 10**15]


@pytest.mark.parametrize("run", RUNS)
def test_columns_known_to_hold_no_null(run: Run) -> None:
    """Declared columns without nulls give the same results; a null is a problem of its row, never a verdict."""
    own = pl.DataFrame([{**OWN, "household": number} for number in range(4)])
    theirs = pl.DataFrame([{**WORKER, "household": number} for number in range(4)])
    frame = run(WEIHAI, own, theirs, on=ON)
    assert frame["category"].to_list() == ["none"] * 4
    for known in ("all", [*own.columns[1:], *theirs.columns[1:]], ["wage", "自有住房套数"]):
        assert run(WEIHAI, own, theirs, on=ON, known=known).equals(frame)
    second = pl.int_range(pl.len()) == 1
    for holes in (
        (own.with_columns(homes=pl.when(~second).then("homes")), theirs),
        (
            own,
            theirs.with_columns(wage=pl.when(~second).then("wage")),
        ),
    ):
        name = "homes" if holes[0]["homes"].null_count() else "wage"
        found = run(WEIHAI, *holes, on=ON, known="all")
        assert found["problem"].to_list() == [None, f"known_null {name}", None, None]
        assert found["category"].to_list() == ["none", None, "none", "none"]
        assert found["category_possible"][1] is None
        left = run(WEIHAI, *holes, on=ON, known=["relation"])
        assert left["problem"].null_count() == 4


def test_what_is_known_is_a_column() -> None:
    """A declared name that is not a fact is refused, with the nearest name."""
    with pytest.raises(FactError) as raised:
        one(known=["wagee"])
    assert [(problem.code, problem.given) for problem in raised.value.problems] == [("unknown_column", "wagee")]
    assert "`wage`" in raised.value.problems[0].help("en")


def test_a_policy_whose_numbers_leave_64_bits_is_refused() -> None:
    """A policy whose numbers exceed 64 bits, here 10^12 x 10^12, is refused before any computation."""
    own, theirs = (pl.DataFrame({"household": [1], name: [value]}) for name, value in (("a", 1), ("c", True)))
    with pytest.raises(PolicyError) as raised:
        assess_frame(read_policy(WIDE), own, theirs)
    assert raised.value.problems[0].code == "leaves_int64"
    assert "1.0e+24" in raised.value.problems[0].message("en")


def test_a_line_of_single_members_is_none_of_the_household() -> None:
    """A threshold for single members gives no distance of the household."""
    text = WIDE.replace("b: {title: b, unit: 1, to: 1000000000000}", "b: {title: b, unit: yuan, to: 9}")
    text = text.replace("c, yes or no: true", "c, unit: yuan, to: 9").replace("a * b > 5", "some(over)")
    terms = (
        'terms:\n  t: {title: t, unit: yuan, basis: assumption, value: "sum(c)"}\n'
        "  over: {title: o, of: member, basis: assumption, when: {that: 2 * c > t}}\n"
    )
    own, theirs = pl.DataFrame({"household": [1]}), pl.DataFrame({"household": [1, 1], "c": [5, 3]})
    frame = assess_frame(read_policy(text + terms), own, theirs)
    assert frame.select("category", "t").rows() == [("x", 8)]
    assert "category_margin_rounded" not in frame.columns


@pytest.mark.parametrize("run", RUNS)
def test_keys_of_two_kinds(run: Run) -> None:
    """A text and a number are different keys: `01` and `1` do not match."""
    own, theirs = pl.DataFrame({"household": ["1", "01"]}), pl.DataFrame({"household": [1, 1], "wage": [5, 5]})
    with pytest.raises(FactError) as raised:
        run(read_policy(PER_MEMBER), own, theirs)
    assert [problem.code for problem in raised.value.problems] == ["key_kinds"]
    assert "Int64 of members" in raised.value.problems[0].message("en")
    narrow = own.with_columns(household=pl.Series([1, 2], dtype=pl.Int32))
    assert run(read_policy(PER_MEMBER), narrow, theirs)["problem"].to_list() == [None, "members_missing"]


@pytest.mark.parametrize("key", ["_0", "on", "problem", "_members", "category", "number", "per_head"])
def test_a_key_called_as_an_outcome(key: str) -> None:
    """A key with the name of an outcome column is refused, since the outcome would replace it."""
    frames = (pl.DataFrame({key: [1], "debt": [5]}), pl.DataFrame({key: [1], "wage": [5], "ill": [True]}))
    with pytest.raises(FactError) as raised:
        assess_frame(read_policy(PER_MEMBER), *frames, key=key)
    assert [problem.code for problem in raised.value.problems] == ["key_taken"]


def test_one_word_is_one_column() -> None:
    """A single name is not a list of letters; an unknown value of `undecided` is refused."""
    assert list(one(columns="category")) == ["household", "category", "problem"]
    assert one(known="homes")["problem"] is None
    with pytest.raises(ValueError, match="explian"):
        one(undecided="explian")
    with pytest.raises(FactError):
        assess_frame(WEIHAI, pl.DataFrame([OWN]), pl.DataFrame([WORKER]), on=datetime(2021, 3, 31, 8))  # noqa: DTZ001  # a day with a time


def test_no_members_at_all() -> None:
    """Empty columns without a type are accepted, and every household lacks members."""
    nobody = pl.DataFrame(
        {"household": [], "wage": [], "ill": []}, schema={"household": pl.Int64, "wage": pl.Null, "ill": pl.Null}
    )
    found = assess_frame(read_policy(PER_MEMBER), pl.DataFrame({"household": [1], "debt": [5]}), nobody)
    assert found["problem"].to_list() == ["members_missing"]


def test_what_is_explained_is_asked_as_frames_take_it() -> None:
    """`explain` accepts a midnight datetime and the host's extra columns, like the assessment of other rows."""
    open_ = {**WORKER, "wage": None, "birth_date": datetime(1980, 6, 1), "label": "a"}  # noqa: DTZ001  # as a local clock shows it
    frames = pl.DataFrame([{**OWN, "reference": "x"}]), pl.DataFrame([open_])
    left, told = (
        assess_frame(WEIHAI, *frames, on=ON, undecided=each).row(0, named=True) for each in ("leave", "explain")
    )
    assert (left["problem"], told["problem"]) == (None, None)
    assert told["category"] is None
    assert told["people"] == left["people"] == 1


@pytest.mark.parametrize("library", ["narwhals", "polars"])
def test_a_missing_library_names_the_extra(library: str) -> None:
    """Without narwhals or Polars the error says which extra to install."""
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "try:\n    from hardship_rules.frames import assess_frame\n"
        "except ModuleNotFoundError as error:\n    print(error, error.name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # this program
    assert done.stdout.endswith(f"pip install 'hardship-rules[frames]' {library}\n")
