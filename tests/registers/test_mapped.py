"""A register's frames read by its mapping, in several libraries, with the faulty rows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest
from identity_numbers import FORMS, GOOD, OTHERS
from sparked import spark

from hardship_rules import FactError, load_policy
from hardship_rules.frames.run import assess_frame
from hardship_rules.language.mapping import mapping_for, read_mapping
from hardship_rules.registers._mapped import mapped_frames

WEIHAI = load_policy("2021_weihai")
MAPPING = mapping_for(
    WEIHAI,
    read_mapping("""\
mapping: 1
households:
  key: 档案号
  facts:
    unit_has_union: {column: 有工会, codes: {1: yes, 0: no}}
    employment: {column: 就业, codes: {1: in_service, 5: retired}}
members:
  key: 档案号
  facts:
    relation: 关系
    wage: {column: 工资, unit: 万元/年, codes: {-1: unknown}}
    age: {column: 年龄}
"""),
)
HOUSEHOLDS = pl.DataFrame({"档案号": [1, 2, 3], "有工会": [1, 0, 1], "就业": [1, 1, 5], "电话": ["a", "b", "c"]})
MEMBERS = pl.DataFrame(
    {
        "档案号": [1, 2, 3],
        "关系": ["本人", "本人", "户主"],
        "工资": ["2.5", "-1", "0.000001"],
        "年龄": [40.0, 41.5, None],
    }
)


def kinds() -> list[tuple[str, Any]]:
    """The libraries in which a host may have the same frames."""
    connection = duckdb.connect()
    return [
        ("polars", lambda frame: frame),
        ("lazy", lambda frame: frame.lazy()),
        ("arrow", lambda frame: frame.to_arrow()),
        ("pandas", lambda frame: frame.to_pandas()),
        ("pandas of arrow", lambda frame: frame.to_pandas(use_pyarrow_extension_array=True)),
        ("duckdb", lambda frame: connection.from_arrow(frame.to_arrow())),
    ]


def rows(frame: Any, order: str) -> list[tuple[Any, ...]]:
    """The ordered rows of a frame in any library."""
    if isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.to_arrow_table()
    if type(frame).__module__.startswith("pyspark"):
        frame = frame.toArrow()
    if type(frame).__module__.startswith("pandas"):
        frame = pl.from_pandas(frame)
    collected = frame.collect() if isinstance(frame, pl.LazyFrame) else pl.DataFrame(frame)
    return collected.sort(order).rows()


def holds(kind: str, given: Any, columns: Sequence[str] | None = None) -> None:
    """Check the result for the frames of one library."""
    made = mapped_frames(MAPPING, given(HOUSEHOLDS), given(MEMBERS))
    assert type(made.households) is type(given(HOUSEHOLDS)), kind
    assert rows(made.households, "household") == [
        ("1", True, "in_service"),
        ("2", False, "in_service"),
        ("3", True, "retired"),
    ]
    members = rows(made.members, "household")
    assert [row[:2] for row in members] == [("1", "self"), ("2", "self"), ("3", None)]
    assert [row[2:4] for row in members] == [(25_000.0, False), (None, False), (0.01, False)]
    assert [rows(each, "household") for each in made.faults] == [
        [],
        [("2", "cell_decimals 年龄"), ("3", "cell_option 关系")],
    ]
    assert made.unused == (("电话",), ())
    found = assess_frame(made.policy, made.households, made.members, on="2021-03-31", columns=columns)
    assert {row[:2] for row in rows(found, "household")} >= {("2", "out_of_scope"), ("3", "out_of_scope")}


def numbers_hold(kind: str, given: Any) -> None:
    """Check identity numbers as keyboards and spreadsheets write them, and texts that only look like them."""
    mapping = """\
mapping: 1
households: {key: 户号}
members: {key: 证号, identifier: 证号, facts: {birth_date: {column: 证号, read: identity number}}}
"""
    texts = [*FORMS.values(), *OTHERS.values(), "3.70284200304E+17"]
    households, members = pl.DataFrame({"户号": [GOOD]}), pl.DataFrame({"证号": texts})
    made = mapped_frames(mapping_for(WEIHAI, read_mapping(mapping)), given(households), given(members))
    found = rows(made.members, "household")
    assert [row for row in found if row[0] == GOOD] == [(GOOD, date(2003, 4, 1))] * len(FORMS), kind
    assert {row[1] for row in found if row[0] != GOOD} == {None}, kind
    faults = {code for _, code in rows(made.faults[1], "household")}
    assert faults == {"cell_identity_number 证号", "cell_powers 证号"}, kind
    assert len(rows(made.faults[1], "household")) == len(OTHERS) + 1, kind


@pytest.mark.parametrize(("kind", "given"), kinds())
def test_identity_numbers_in_frames(kind: str, given: Any) -> None:
    """Every library reads the same numbers, and refuses the same texts."""
    numbers_hold(kind, given)


@pytest.mark.parametrize(("kind", "given"), kinds())
def test_frames_by_a_mapping(kind: str, given: Any) -> None:
    """Codes, units and floats are exact, in the same kind of frame; each faulty row is reported with its column."""
    holds(kind, given)


def test_spark_by_a_mapping() -> None:
    """The same holds in a real Spark session."""
    with spark() as session:
        holds("spark", lambda frame: session.createDataFrame(frame.to_arrow()), ["category"])
        numbers_hold("spark", lambda frame: session.createDataFrame(frame.to_arrow()))


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Decimal(10, 2)])
def test_a_null_among_floats_is_blank(dtype: Any) -> None:
    """A null among floats is blank, and no fault of its cell."""
    members = MEMBERS.with_columns(关系=pl.lit("本人"), 年龄=pl.Series([40, None, 3]).cast(dtype))
    made = mapped_frames(MAPPING, HOUSEHOLDS, members)
    assert [rows(each, "household") for each in made.faults] == [[], []]


def test_columns_that_cannot_hold_their_fact() -> None:
    """Missing columns, and columns of unreadable types, are reported for both frames at once."""
    members = MEMBERS.with_columns(pl.lit(1.5).alias("关系"))
    with pytest.raises(FactError) as caught:
        mapped_frames(MAPPING, HOUSEHOLDS.drop("就业"), members)
    assert [each.code for each in caught.value.problems] == ["header_missing", "column_kind"]
