"""Columns of frames: datetimes, repeated names and odd types give a documented problem, never an engine's exception."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from databases import Database
from in_both import database, in_both, server

from hardship_rules import FactError, Policy, load_policy, read_policy
from hardship_rules.cli import commands
from hardship_rules.frames.run import assess_frame
from hardship_rules.language.mapping import mapping_for, read_mapping
from hardship_rules.registers._impact import impact, impact_report
from hardship_rules.registers._mapped import mapped_frames
from hardship_rules.registers._soundness import soundness
from hardship_rules.registers.register import every_problem, read_register, tables_of
from hardship_rules.sql.view import register, view_in_sql

__all__ = ["database", "server"]

TEXT = """
language: 1
policy: days
units: {yuan: 元}
household:
  seen: {title: 登记日, date: true}
  debt: {title: 债, unit: yuan, to: 1000, decimals: 2}
  home: {title: 居住地, formerly: place, one of: {town: 城镇, village: 农村}}
  ill: {title: 患病, yes or no: true}
members: {called by: [relation], at most: 4, facts: {
  relation: {title: 关系, formerly: kin, one of: {self: 本人, child: 子女}},
  born: {title: 出生, date: true}}}
terms:
  young: {title: 晚生, basis: assumption, of: member, when: {that: seen < born}}
decisions:
  category:
    title: 类别
    first: [{outcome: owes, title: 欠债, basis: assumption, when: {that: debt > 5}}]
    otherwise: {outcome: none, title: 无}
  late:
    title: 有晚生的
    first: [{outcome: some, title: 有, basis: assumption, when: {that: some(young)}}]
    otherwise: {outcome: nobody, title: 无}
"""
DAYS = read_policy(TEXT)
DAY = date(2003, 4, 1)
MIDNIGHT = datetime(2003, 4, 1)  # noqa: DTZ001  # as a local clock shows it
AFTERNOON = datetime(2003, 3, 31, 16)  # noqa: DTZ001  # midnight in Shanghai, as a UTC clock shows it
SHANGHAI = ZoneInfo("Asia/Shanghai")
OWN = {"household": [1, 2], "seen": [DAY, DAY], "debt": [9, 9], "home": ["town", "town"], "ill": [True, False]}
THEIRS = {"household": [1, 2], "relation": ["self", "self"], "born": [DAY, DAY]}


def rows(frame: Any) -> list[tuple[Any, Any]]:
    """The problem of each household, and whether a member was born after the day `seen`."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.to_arrow_table()
    table = pl.from_pandas(frame) if isinstance(frame, pd.DataFrame) else pl.DataFrame(frame)
    return table.sort("household").select("problem", "late").rows()


def asked(own: Any, theirs: Any, policy: Policy = DAYS) -> list[list[tuple[Any, Any]]]:
    """The verdicts on two households: by default, with columns declared without nulls, and explained."""
    lazy = isinstance(own, pl.LazyFrame | duckdb.DuckDBPyRelation)
    ways: list[dict[str, Any]] = [{}, {"known": "all"}, *([] if lazy else [{"undecided": "explain"}])]
    return [rows(assess_frame(policy, own, theirs, **way)) for way in ways]


# --- Datetimes -------------------------------------------------------------------------------------------------------


def of_polars(days: pl.Series) -> Iterator[tuple[Any, Any, Any]]:
    """Polars frames with the two days as a column of the household, and of its members."""
    own, theirs = pl.DataFrame(OWN), pl.DataFrame(THEIRS)
    yield own.with_columns(days.alias("seen")), theirs, "seen"
    yield own, theirs.with_columns(days.alias("born")), "born"


def of_pandas(days: pd.Series) -> Iterator[tuple[Any, Any, Any]]:
    """The same frames in pandas, also with days of Arrow."""
    for own, theirs, name in of_polars(pl.Series([DAY, DAY])):
        frames = [frame.to_pandas(use_pyarrow_extension_array=True) for frame in (own, theirs)]
        frames[name == "born"][name] = days
        yield *frames, name


def of_arrow(days: pa.Array) -> Iterator[tuple[Any, Any, Any]]:
    """The same frames in PyArrow."""
    own, theirs = pa.table(OWN), pa.table(THEIRS)
    yield own.set_column(1, "seen", days), theirs, "seen"
    yield own, theirs.set_column(2, "born", days), "born"


MOMENTS: list[Any] = [
    pytest.param(of_polars, pl.Series([MIDNIGHT, AFTERNOON]), id="polars"),
    pytest.param(
        of_polars, pl.Series([MIDNIGHT, MIDNIGHT + timedelta(milliseconds=1)]).cast(pl.Datetime("ms")), id="ms"
    ),
    pytest.param(
        of_polars,
        pl.Series([1_049_155_200_000_000_000, 1_049_155_200_000_000_001]).cast(pl.Datetime("ns")),
        id="ns",
    ),
    pytest.param(
        of_polars,
        pl.Series([AFTERNOON, MIDNIGHT]).dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Shanghai"),
        id="zone",
    ),
    pytest.param(of_pandas, pd.Series([MIDNIGHT, AFTERNOON]).astype("datetime64[s]"), id="pandas s"),
    pytest.param(
        of_pandas, pd.Series([pd.Timestamp(MIDNIGHT), pd.Timestamp("2003-04-01 00:00:00.000000001")]), id="pandas ns"
    ),
    pytest.param(
        of_pandas,
        pd.Series(pd.to_datetime([AFTERNOON, MIDNIGHT], utc=True)).dt.tz_convert("Asia/Shanghai"),
        id="pandas zone",
    ),
    pytest.param(of_pandas, pd.Series([DAY, AFTERNOON], dtype=object), id="a date before a moment"),
    pytest.param(of_pandas, pd.Series([DAY, pd.Timestamp(AFTERNOON)], dtype=object), id="a date before a Timestamp"),
    pytest.param(of_pandas, pd.Series([MIDNIGHT, AFTERNOON], dtype=object), id="objects"),
    pytest.param(
        of_pandas, pd.Series([DAY, pd.Timestamp("2003-04-01 00:00:00.000000001")], dtype=object), id="objects ns"
    ),
    pytest.param(
        of_pandas,  # the same instant twice: midnight by the first clock, eight in the morning by the second
        pd.Series([datetime(2003, 4, 1, tzinfo=UTC), datetime(2003, 4, 1, 8, tzinfo=SHANGHAI)], dtype=object),
        id="objects of two zones",
    ),
    pytest.param(of_pandas, pd.Series([DAY, AFTERNOON], dtype=object).astype("category"), id="categories"),
    pytest.param(
        of_pandas, pd.Series([MIDNIGHT, AFTERNOON], dtype=pd.ArrowDtype(pa.timestamp("us"))), id="pandas of arrow"
    ),
    pytest.param(of_arrow, pa.array([MIDNIGHT, AFTERNOON], pa.timestamp("s")), id="arrow s"),
    pytest.param(of_arrow, pa.array([1049155200000, 1049155200001], pa.date64()), id="arrow date64"),
    pytest.param(of_arrow, pa.array([AFTERNOON, MIDNIGHT], pa.timestamp("us", "Asia/Shanghai")), id="arrow zone"),
    pytest.param(of_arrow, pa.array([AFTERNOON, MIDNIGHT], pa.timestamp("ns", "+08:00")), id="arrow offset"),
    pytest.param(of_arrow, pa.array([MIDNIGHT, AFTERNOON]).dictionary_encode(), id="arrow dictionary"),
]


@pytest.mark.parametrize(("frames", "days"), MOMENTS)
def test_midnight_is_a_day_and_any_other_moment_a_problem(frames: Callable[..., Any], days: Any) -> None:
    """Midnight in the column's zone is the day 2003-04-01; any other time is a problem of its row, on every engine."""
    for own, theirs, name in frames(days):
        for said in asked(own, theirs):
            assert said == [(None, "nobody"), (f"date_with_time {name}", None)]
        if isinstance(own, pl.DataFrame):
            for said in asked(own.lazy(), theirs.lazy()):
                assert said == [(None, "nobody"), (f"date_with_time {name}", None)]


IN_DUCKDB = {
    "TIMESTAMP": ("2003-04-01", "2003-03-31 16:00:00"),
    "TIMESTAMP_S": ("2003-04-01", "2003-03-31 16:00:00"),
    "TIMESTAMP_MS": ("2003-04-01", "2003-04-01 00:00:00.001"),
    "TIMESTAMP_NS": ("2003-04-01", "2003-04-01 00:00:00.000000001"),
    "TIMESTAMPTZ": ("2003-04-01 00:00+08", "2003-04-01 00:00+00"),
}


@pytest.mark.parametrize("dtype", IN_DUCKDB)
def test_moments_of_duckdb(dtype: str) -> None:
    """A datetime in DuckDB stores no zone: it is a day if it is midnight in the session's zone."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Shanghai'")
        own, theirs = (connection.from_arrow(pa.table(each)) for each in (OWN, THEIRS))
        values = ", ".join(f"({key}, {dtype} '{text}')" for key, text in enumerate(IN_DUCKDB[dtype], 1))
        days = connection.sql(f"SELECT * FROM (VALUES {values}) AS t(household, day)").set_alias("t")  # noqa: S608  # the test's own values
        joined = own.set_alias("o").join(days, "o.household = t.household")
        dated = joined.select("o.household, t.day AS seen, debt, home, ill")
        for said in asked(dated, theirs):
            assert said == [(None, "nobody"), ("date_with_time seen", None)]
        if dtype == "TIMESTAMPTZ":
            connection.execute("SET TimeZone = 'UTC'")
            for said in asked(dated, theirs):
                assert said == [("date_with_time seen", None), (None, "nobody")]


def test_a_day_without_an_end_is_no_day() -> None:
    """DuckDB's infinity counts as null: a fault if nulls are excluded, else unknown."""
    with duckdb.connect() as connection:
        own, theirs = (connection.from_arrow(pa.table(each)) for each in (OWN, THEIRS))
        for text in ("DATE 'infinity'", "TIMESTAMP 'infinity'"):
            endless = own.select(f"household, {text} AS seen, debt, home, ill")
            assert asked(endless, theirs) == [[(None, None)] * 2, [("known_null seen", None)] * 2]


def test_an_open_row_is_explained_by_the_day_of_its_own_zone() -> None:
    """A birth at midnight of 1 April in Shanghai is after 31 March, though by UTC it is still that day."""
    born = pl.Series([AFTERNOON] * 2).dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Shanghai")
    own = pl.DataFrame({**OWN, "seen": [date(2003, 3, 31)] * 2, "debt": pl.Series([None, None], dtype=pl.Int64)})
    own = own.with_columns(debt=pl.Series([None, 9]))
    theirs = pl.DataFrame(THEIRS).with_columns(born=born)
    left, explained = (rows(assess_frame(DAYS, own, theirs, undecided=way)) for way in ("leave", "explain"))
    assert left == explained == [(None, "some"), (None, "some")]


def test_random_moments() -> None:
    """Of random datetimes, those at midnight are read as their day, and the others are problems."""
    seed = Random().randrange(2**32)  # noqa: S311  # not for security
    draw = Random(seed)  # noqa: S311  # not for security
    start = datetime(1950, 1, 1)  # noqa: DTZ001  # as a local clock shows it
    units = [timedelta(days=1), timedelta(hours=1), timedelta(seconds=1), timedelta(microseconds=1)]
    moments = [
        start + draw.randrange(20_000) * units[0] + draw.choice([0, 0, 1]) * draw.choice(units) for _ in range(300)
    ]
    keys = list(range(len(moments)))
    own = pl.DataFrame({"household": keys, "seen": [date(1980, 1, 1)] * len(keys), "debt": [9] * len(keys)})
    theirs = pl.DataFrame({"household": keys, "born": moments})
    for frames in ((own, theirs), (own.lazy(), theirs.lazy()), (own.to_arrow(), theirs.to_arrow())):
        for key, said in enumerate(rows(assess_frame(DAYS, *frames))):
            moment = moments[key]
            whole = (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)
            late = "some" if moment.date() > date(1980, 1, 1) else "nobody"
            assert said == ((None, late) if whole else ("date_with_time born", None)), (seed, key)


def test_moments_of_a_register_under_two_policies() -> None:
    """Such rows are in no move, and the report names the problem."""
    own = pl.DataFrame(OWN).with_columns(seen=pl.Series([MIDNIGHT, AFTERNOON]))
    found = impact(DAYS, DAYS, own, pl.DataFrame(THEIRS))
    assert dict(found.faulty) == {"date_with_time seen": 1}
    assert "“登记日”是一个时刻，不是日期" in str(impact_report(found))


@pytest.mark.parametrize("kind", ["polars", "lazy", "to_arrow", "to_pandas"])
def test_moments_of_mapped_frames(kind: str) -> None:
    """A datetime read by a mapping is a day at midnight; at other times it is unknown and a fault."""
    frames = pl.DataFrame(OWN), pl.DataFrame(THEIRS).with_columns(born=pl.Series([MIDNIGHT, AFTERNOON]))
    given = frames if kind == "polars" else [getattr(frame, kind)() for frame in frames]
    mapped = mapped_frames(mapping_for(DAYS), *given)
    members, faults = (each.collect() if kind == "lazy" else each for each in (mapped.members, mapped.faults[1]))
    assert list(pl.DataFrame(members)["born"]) == [DAY, None]
    assert list(pl.DataFrame(faults)["fault"]) == ["date_with_time born"]


WEIHAI = load_policy("2021_weihai")


def test_moments_of_a_register_in_parquet(tmp_path: Path) -> None:
    """The household is not assessed; the problem names the cell, and shows its value only on request."""
    born = pa.array([AFTERNOON, MIDNIGHT], pa.timestamp("us", "Asia/Shanghai"))
    files = [str(tmp_path / name) for name in ("own.parquet", "theirs.parquet")]
    pq.write_table(pa.table({"户号": ["a", "b"], "家庭居住地": ["城市", "农村"]}), files[0])
    pq.write_table(pa.table({"户号": ["a", "b"], "与申请人关系": ["本人", "本人"], "出生日期": born}), files[1])
    mapping = mapping_for(WEIHAI)
    for shown, word in ((False, "出生日期"), (True, "2003-04-01 08:00:00+08:00")):
        found = read_register(mapping, tables_of(files, mapping), show_values=shown)
        (problem,) = every_problem(found)
        assert (problem.code, problem.place) == ("date_with_time", f"{files[1]} C2")
        assert problem.message("zh") == f"“{word}”是一个时刻，不是日期"
        assert found.sound(found.households).to_list() == [True, False]
        assert found.members.frame["birth_date"].to_list() == [DAY, None]


MAPPED = """\
mapping: 1
policy: days
households: {from: own, key: id, facts: {debt: debt}}
members: {from: theirs, key: id, facts: {born: born}}
"""


@pytest.mark.parametrize("is_mapped", [True, False])
@in_both
def test_moments_of_a_database(database: Database, is_mapped: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """In a view a timestamp is a day at midnight, by the session's zone if it has one; so is the day of the verdict."""
    days = read_policy(TEXT.replace("seen < born", "on < born"))
    key, tables = ("id", ("own", "theirs")) if is_mapped else ("household", ("households", "members"))
    without = [] if is_mapped else ["seen", "home", "ill", "relation"]
    mapping = mapping_for(days, read_mapping(MAPPED)) if is_mapped else None
    view = view_in_sql(
        register(days, on_column="judged", without=without, mapping=mapping), database.dialect, "answers"
    )
    database.run("SET TimeZone = 'Asia/Shanghai'")
    values: dict[str, list[tuple[str, str, str | None]]] = {
        "date": [("2021-03-31", "2021-04-01", None)],
        "timestamp": [
            ("2021-03-31", "2021-04-01", None),
            ("2021-03-31", "2021-03-31 16:00:00", "date_with_time born"),
            ("2021-03-31 00:00:00.000001", "2021-04-01", "date_with_time on"),
        ],
        "timestamptz": [
            ("2021-03-30 16:00:00+00", "2021-03-31 16:00:00+00", None),
            ("2021-03-30 16:00:00+00", "2021-04-01 00:00:00+00", "date_with_time born"),
            ("2021-03-31 00:00:00+00", "2021-04-01 00:00:00+08", "date_with_time on"),
        ],
    }
    for dtype, several in values.items():
        database.run(f"CREATE TABLE {tables[0]} ({key} text, debt integer, judged {dtype})")
        database.run(f"CREATE TABLE {tables[1]} ({key} text, born {dtype})")
        for number, (judged, born, _) in enumerate(several):
            database.run(f"INSERT INTO {tables[0]} VALUES ('{number}', 9, '{judged}')")  # noqa: S608  # the test's own values
            database.run(f"INSERT INTO {tables[1]} VALUES ('{number}', '{born}')")  # noqa: S608  # the test's own values
        database.run(view)
        found = database.rows("SELECT * FROM answers ORDER BY household")
        said = [(row["problem"], row["late"]) for row in found]
        assert said == [(problem, None if problem else "some") for *_, problem in several]
        database.run(f"DROP VIEW answers; DROP TABLE {tables[0]}; DROP TABLE {tables[1]}")


# --- Repeated columns ------------------------------------------------------------------------------------------------


def twice(kind: str, name: str) -> Any:
    """The members with one more column of a name, or with two if the name is new."""
    pandas, arrow = pd.DataFrame(THEIRS), pa.table(THEIRS)
    names = [name] if name in {*THEIRS, " relation ", "关系", "kin"} else [name, name]
    match kind:
        case "pandas":
            return pd.concat([pandas, pd.DataFrame([["child"] * len(names)] * 2, columns=names)], axis=1)
        case "arrow":
            for each in names:
                arrow = arrow.append_column(each, pa.array(["child"] * 2))
            return arrow
        case _:
            return duckdb.from_arrow(arrow).select(", ".join(["*", *(f"'child' AS \"{each}\"" for each in names)]))


def takers(own: Any, theirs: Any) -> Iterator[Callable[[], object]]:
    """Every function that takes frames."""
    yield lambda: assess_frame(DAYS, own, theirs)
    yield lambda: impact(DAYS, DAYS, own, theirs)
    yield lambda: soundness(DAYS, own, theirs)
    yield lambda: mapped_frames(mapping_for(DAYS), own, theirs)


def beside(kind: str) -> Any:
    """The households in the same kind of frame."""
    return {"pandas": pd.DataFrame(OWN), "arrow": pa.table(OWN)}.get(kind, duckdb.from_arrow(pa.table(OWN)))


@pytest.mark.parametrize("kind", ["pandas", "arrow", "duckdb"])
@pytest.mark.parametrize("name", ["relation", "household", "label"])
def test_a_name_that_two_columns_have(kind: str, name: str) -> None:
    """Every function that takes frames names a repeated column, of a fact, the key, or the host."""
    for take in takers(beside(kind), twice(kind, name)):
        with pytest.raises(FactError) as raised:
            take()
        assert [(problem.code, problem.given) for problem in raised.value.problems] == [("column_twice", name)]


def test_names_that_are_one_to_duckdb() -> None:
    """DuckDB reads `debt` for both `debt` and `DEBT`; a mapping that would read the wrong one is refused."""
    own = duckdb.from_arrow(pa.table(OWN)).select('*, 1 AS "DEBT"')
    for take in takers(own, duckdb.from_arrow(pa.table(THEIRS))):
        with pytest.raises(FactError) as raised:
            take()
        assert [(problem.code, problem.given) for problem in raised.value.problems] == [("column_twice", "DEBT")]


@pytest.mark.parametrize("kind", ["pandas", "arrow", "duckdb"])
@pytest.mark.parametrize("name", [" relation ", "关系", "kin"])
def test_a_fact_that_two_columns_hold(kind: str, name: str) -> None:
    """A padded name, a title and a former name are refused beside the fact's name."""
    frames = beside(kind), twice(kind, name)
    for take in takers(*frames) if name.strip() == name else [lambda: assess_frame(DAYS, *frames)]:
        with pytest.raises(FactError) as raised:
            take()
        assert name in {problem.given for problem in raised.value.problems}


def test_names_of_pandas_that_are_no_texts() -> None:
    """A number, None or a pair is not a fact's name; two names with the same text are a repeated column."""
    theirs = pd.DataFrame(THEIRS)
    for name, written in ((1, "1"), (None, "nan"), (("born", "day"), "('born', 'day')")):
        frame = pd.concat([theirs, pd.DataFrame([[1], [1]], columns=pd.Index([name], tupleize_cols=False))], axis=1)
        for take in (assess_frame, lambda *frames: impact(frames[0], *frames)):
            with pytest.raises(FactError) as raised:
                take(DAYS, pd.DataFrame(OWN), frame)
            assert {problem.given for problem in raised.value.problems} == {written}
        assert soundness(DAYS, pd.DataFrame(OWN), frame) == ()
    frame = pd.DataFrame([[1, 2]], columns=pd.Index([1, "1"], dtype=object))
    with pytest.raises(FactError) as raised:
        assess_frame(DAYS, frame, theirs)
    assert [problem.code for problem in raised.value.problems] == ["column_twice"]


def test_one_fact_by_the_words_of_two_policies() -> None:
    """A fact in two columns, one by each policy's name, is refused: the policies would read different data."""
    new = read_policy(TEXT.replace("debt: {title: 债", "owed: {title: 债").replace("debt > 5", "owed > 5"))
    own = pl.DataFrame({**OWN, "owed": [1, 1]})
    with pytest.raises(FactError) as raised:
        impact(read_policy(TEXT), new, own, pl.DataFrame(THEIRS))
    assert [problem.code for problem in raised.value.problems] == ["fact_twice"]


def test_a_column_twice_in_parquet(tmp_path: Path) -> None:
    """A repeated column is named, as in frames."""
    files = [str(tmp_path / name) for name in ("own.parquet", "theirs.parquet")]
    pq.write_table(pa.table({"户号": ["a"]}), files[0])
    pq.write_table(pa.Table.from_arrays([pa.array(["a"])] * 3, names=["户号", "年龄", "年龄"]), files[1])
    with pytest.raises(FactError) as raised:
        tables_of(files, mapping_for(WEIHAI))
    assert [(problem.code, problem.given) for problem in raised.value.problems] == [("column_twice", "年龄")]


# --- Types -----------------------------------------------------------------------------------------------------------


def test_sparse_columns_are_taken() -> None:
    """A sparse pandas column has its shown values; empty entries are unknown."""
    own = pd.DataFrame(OWN).assign(
        debt=pd.arrays.SparseArray([9.5, np.nan]), ill=pd.arrays.SparseArray([True, False]), seen=pd.Series([DAY] * 2)
    )
    frame = pl.from_pandas(assess_frame(DAYS, own, pd.DataFrame(THEIRS)))
    assert frame["category"].to_list() == ["owes", None]
    assert frame["problem"].to_list() == [None, None]


ABSENT: list[Any] = [
    pytest.param(pd.DataFrame, [None, None], id="pandas objects"),
    pytest.param(pd.DataFrame, [pd.NA, pd.NA], id="pandas NA"),
    pytest.param(pd.DataFrame, [float("nan")] * 2, id="pandas nan"),
    pytest.param(pd.DataFrame, pd.Series([pd.NaT] * 2), id="pandas NaT"),
    pytest.param(pl.DataFrame, pl.Series([None, None]), id="polars"),
    pytest.param(pl.LazyFrame, pl.Series([None, None]), id="polars lazy"),
    pytest.param(pa.table, pa.nulls(2), id="arrow"),
    pytest.param(pa.table, pa.nulls(2, pa.list_(pa.int8())), id="arrow of lists"),
]


@pytest.mark.parametrize("name", ["seen", "debt", "home", "ill"])
@pytest.mark.parametrize(("frame", "nothing"), ABSENT)
def test_columns_of_nulls_are_unknown(frame: Callable[..., Any], nothing: Any, name: str) -> None:
    """A column of nulls, of any type or none, makes its fact unknown, or blank in a register."""
    own, theirs = frame({**OWN, name: nothing}), frame(THEIRS)
    assert [problem for problem, _ in rows(assess_frame(DAYS, own, theirs))] == [None, None]
    found = mapped_frames(mapping_for(DAYS), own, theirs).households
    table = pl.DataFrame(found.collect() if isinstance(found, pl.LazyFrame) else found)
    assert table[name].null_count() == 2


@pytest.mark.parametrize("name", ["seen", "debt", "home", "ill"])
def test_columns_of_nulls_in_duckdb(name: str) -> None:
    """A column of nulls without a type in DuckDB makes its fact unknown too."""
    columns = ", ".join(f"NULL AS {each}" if each == name else each for each in OWN)
    own, theirs = duckdb.from_arrow(pa.table(OWN)).select(columns), duckdb.from_arrow(pa.table(THEIRS))
    assert [problem for problem, _ in rows(assess_frame(DAYS, own, theirs))] == [None, None]
    assert mapped_frames(mapping_for(DAYS), own, theirs).households.select(name).fetchall() == [(None,)] * 2


def test_columns_of_nulls_in_parquet(tmp_path: Path) -> None:
    """In parquet a column of nulls without a type, or of another type, is blank in every row."""
    files = [str(tmp_path / name) for name in ("own.parquet", "theirs.parquet")]
    pq.write_table(
        pa.table({"户号": ["a"], "家庭居住地": pa.nulls(1), "自有住房套数": pa.nulls(1, pa.bool_())}), files[0]
    )
    people = {"户号": ["a"], "与申请人关系": ["本人"], "出生日期": pa.nulls(1, pa.float64()), "身份证号": pa.nulls(1)}
    pq.write_table(pa.table(people), files[1])
    mapping = mapping_for(WEIHAI)
    found = read_register(mapping, tables_of(files, mapping))
    assert every_problem(found) == ()
    assert found.households.frame.select("residence", "homes").row(0) == (None, None)
    assert found.members.frame["birth_date"].to_list() == [None]


def test_a_mapping_is_suggested_beside_columns_of_no_text(tmp_path: Path) -> None:
    """Lists, structures and bytes in parquet are ignored by a suggested mapping."""
    files = [str(tmp_path / name) for name in ("own.parquet", "theirs.parquet")]
    several = {"list": pa.array([[1]]), "map": pa.array([{"a": 1}]), "bytes": pa.array([b"\xff"]), "null": pa.nulls(1)}
    pq.write_table(pa.table({"户号": ["a"], "家庭居住地": ["城市"], **several}), files[0])
    pq.write_table(pa.table({"户号": ["a"], "与申请人关系": ["本人"], "出生日期": [AFTERNOON]}), files[1])
    found = CliRunner().invoke(commands, ["register", *files, "-p", "2021_weihai", "--suggest-mapping"])
    assert (found.exit_code, found.exception) == (0, None)
    assert "家庭居住地" in found.stdout


UNREAD: list[Any] = [
    pytest.param(pd.Series([1, "a"], dtype=object), id="mixed"),
    pytest.param(pd.Series([True, 1], dtype=object), id="yes and one"),
    pytest.param(pd.Series([DAY, "2003-04-01"], dtype=object), id="a date and a text"),
    pytest.param(pd.Series([AFTERNOON, "2003-04-01"], dtype=object), id="a moment and a text"),
    pytest.param(pd.Series([2**70, 1], dtype=object), id="too long"),
    pytest.param(pd.Series([1j, 2j]), id="complex"),
    pytest.param(pd.Series([[1], [2]], dtype=object), id="lists"),
    pytest.param(pd.Series(pd.period_range("2003-04", periods=2, freq="M")), id="months"),
    pytest.param(pd.Series(pd.interval_range(0, 2)), id="intervals"),
    pytest.param(pd.Series([timedelta(1)] * 2), id="spans"),
    pytest.param(pa.array([Decimal(1)] * 2, pa.decimal256(60, 2)), id="decimals of 60 digits"),
    pytest.param(pa.array([Decimal(100)] * 2, pa.decimal128(38, -2)), id="decimals of hundreds"),
    pytest.param(pa.array([None, (1, 1, 1)], pa.month_day_nano_interval()), id="arrow intervals"),
    pytest.param(pa.array([{"a": 1}] * 2), id="structures"),
]


@pytest.mark.parametrize("column", UNREAD)
def test_columns_that_no_fact_can_be_read_from(column: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """A column of an unreadable type is a problem as a fact or key, and is ignored as any other column."""
    kind = "pandas" if isinstance(column, pd.Series) else "arrow"
    own, theirs = beside(kind), {"pandas": pd.DataFrame, "arrow": pa.table}[kind](THEIRS)

    def put(frame: Any, name: str) -> Any:
        if kind == "pandas":
            return frame.assign(**{name: column})
        return pa.table({**{each: frame[each] for each in frame.column_names}, name: column})

    for name in ("seen", "home", "ill"):
        for take in (lambda *frames: assess_frame(DAYS, *frames), lambda *frames: impact(DAYS, DAYS, *frames)):
            with pytest.raises(FactError) as raised:
                take(put(own, name), theirs)
            assert ("column_kind", (name,)) in [(problem.code, problem.at) for problem in raised.value.problems]
    for take in (lambda *frames: assess_frame(DAYS, *frames), lambda *frames: soundness(DAYS, *frames)):
        with pytest.raises(FactError):
            take(put(own, "household"), theirs)
    assert [problem for problem, _ in rows(assess_frame(DAYS, put(own, "reference"), put(theirs, "label")))] == [
        None
    ] * 2
    assert capfd.readouterr().err == ""


def test_frames_of_no_rows() -> None:
    """Empty pandas columns, also the key's, have no type and are accepted."""
    nobody = pd.DataFrame(columns=list(THEIRS))
    own = pl.DataFrame(OWN).to_pandas(use_pyarrow_extension_array=True)
    assert [problem for problem, _ in rows(assess_frame(DAYS, own, nobody))] == ["members_missing"] * 2
    assert rows(assess_frame(DAYS, pd.DataFrame(columns=list(OWN)), nobody)) == []


def test_what_pandas_keeps_beside_its_columns() -> None:
    """An index with a duplicate label comes back unchanged, and attributes of the frame are harmless."""
    own = pd.DataFrame(OWN, index=[7, 7])
    own.attrs = {"from": "a host"}
    found = assess_frame(DAYS, own, pd.DataFrame(THEIRS))
    assert list(found.index) == [7, 7]
    assert list(found["category"]) == ["owes", "owes"]


def test_keys_that_are_missing_or_of_two_kinds_are_no_findings() -> None:
    """If the keys are missing or of different types, `soundness` raises the same problem as the assessment."""
    own, theirs = pl.DataFrame(OWN), pl.DataFrame(THEIRS)
    for frames, code in (
        ((own.drop("household"), theirs), "column_missing"),
        ((own.cast({"household": pl.String}), theirs), "key_kinds"),
        ((own, theirs.with_columns(relation=pl.Series([["self"]] * 2))), "column_kind"),
    ):
        with pytest.raises(FactError) as raised:
            soundness(DAYS, *frames)
        assert [problem.code for problem in raised.value.problems] == [code]


def test_an_offset_is_a_zone() -> None:
    """Midnight at +08:00 is a day in pandas too, for every kind of zone object."""
    days = pd.Series([datetime(2003, 4, 1, tzinfo=timezone(timedelta(hours=8)))] * 2, dtype=object)
    for own, theirs, _ in of_pandas(days):
        assert asked(own, theirs) == [[(None, "nobody")] * 2] * 3
