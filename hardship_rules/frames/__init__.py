"""Assess households in data frames: Polars, pandas, PyArrow, DuckDB and Spark (extra `frames`).

`assess_frame` gives a frame of verdicts, row by row those of `assess`.
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
