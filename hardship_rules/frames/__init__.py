"""Households of a data frame, assessed by column expressions: Polars, pandas, PyArrow, DuckDB and Spark.

Extra `frames`. `assess_frame` gives a frame of verdicts, equal to `assess` row by row.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.frames.run import assess_frame

__all__ = [
    "assess_frame",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "assess_frame": "run",
    },
)
