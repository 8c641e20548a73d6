"""Bounds over rows: quotients come out exactly, on every engine, as near to a whole number as they may lie."""

from random import Random

import narwhals as nw
import polars as pl
import pytest
from sparked import spark

from hardship_rules.column_bounds import floored

MOST = 2**51


def pairs() -> list[tuple[int, int]]:
    """Dividends up to 2^51 on and beside multiples of what they are divided by, of either sign."""
    draw = Random(1)  # noqa: S311  # no secret
    found = []
    for _ in range(3_000):
        by = draw.randrange(1, 2 ** draw.randrange(1, 51))
        most = (MOST - 2) // by
        times = draw.choice([most, draw.randrange(1, most + 1)])
        found += [(sign * times * by + beside, by) for sign in (-1, 1) for beside in (-1, 0, 1)]
    return found


def test_floored() -> None:
    """As Python has it in whole numbers: in Polars, DuckDB and Spark, by a remainder above 2^51 as well."""
    frame = (
        pl.DataFrame(pairs(), schema={"a": pl.Int64, "by": pl.Int64}, orient="row").with_row_index("row").cast(pl.Int64)
    )
    expected = [a // by for a, by in pairs()]
    for most in (MOST - 1, MOST):
        shown = nw.col("row"), floored(nw.col("a"), nw.col("by"), most).alias("floor")  # type: ignore[union-attr]  # of columns
        for lazy in (frame.lazy(), pytest.importorskip("duckdb").sql("SELECT * FROM frame")):
            found = nw.from_native(lazy).select(*shown).collect().to_polars().sort("row")
            assert found["floor"].to_list() == expected
        with spark() as session:
            given = session.createDataFrame(frame.to_arrow())
            found = nw.from_native(given).select(*shown).collect().to_polars().sort("row")
            assert found["floor"].to_list() == expected
