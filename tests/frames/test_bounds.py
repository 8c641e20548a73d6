"""Bounds over rows: quotients are exact on every engine, as close to a whole number as possible."""

from random import Random
from typing import cast

import duckdb
import narwhals as nw
import polars as pl
import pytest
from sparked import spark

from hardship_rules.frames.bounds import Column, floored

MOST = 2**51


def pairs(most: int) -> list[tuple[int, int]]:
    """Dividends of either sign up to a number, on and beside multiples of their divisors."""
    draw = Random(1)  # noqa: S311  # not for security
    found = []
    for _ in range(3_000):
        by = draw.choice([draw.randrange(1, 2 ** draw.randrange(1, most.bit_length() - 1)), 1, 2, 49, 50, 103, 372])
        times = (most - 2) // by
        times = draw.choice([times, draw.randrange(1, times + 1)])
        found += [(sign * times * by + beside, by) for sign in (-1, 1) for beside in (-1, 0, 1)]
    return found


@pytest.mark.parametrize("most", [MOST, 2**54, 2**62])
def test_floored(most: int) -> None:
    """Each engine gives Python's floor quotients, with one divisor per row or one for all."""
    given = pairs(most)
    frame = pl.DataFrame(given, schema={"a": pl.Int64, "by": pl.Int64}, orient="row").with_row_index("row")
    frame = frame.cast({"row": pl.Int64})
    of_all = (49, 98, 103, 107, 372, 1)
    a = Column(nw.col("a"), 0, 1 - most, most - 1)
    columns = {"each": floored(a, Column(nw.col("by"), 0, 1, most - 1))}
    columns |= {f"by_{by}": floored(a, by) for by in of_all}
    expected = {"each": [a // by for a, by in given]} | {f"by_{by}": [a // by for a, _ in given] for by in of_all}
    shown = (nw.col("row"), *(cast(Column, column).expr.alias(name) for name, column in columns.items()))
    with spark() as session:
        for lazy in (frame.lazy(), duckdb.from_arrow(frame.to_arrow()), session.createDataFrame(frame.to_arrow())):
            found = nw.from_native(lazy).select(*shown).collect().to_polars().sort("row")
            for name, wanted in expected.items():
                assert found[name].to_list() == wanted
