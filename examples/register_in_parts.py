"""A register larger than memory: two parquet files are assessed so many households at a time, into a folder of others.

    python examples/register_in_parts.py households.parquet members.parquet assessed 2021_weihai 2021-03-31

Both have a column `household` of whole numbers. Sorted by it, each file is read once; else once for each part.
"""

import sys
from pathlib import Path

import polars as pl

from hardship_rules import load_policy
from hardship_rules.frames.run import assess_frame


def assess_files(files: tuple[str, str], out: str, policy: str, on: str, step: int = 1_000_000) -> None:
    """Assess every household, and write a file for each part."""
    frames = [pl.scan_parquet(file) for file in files]
    number = pl.col("household")
    least, most = frames[0].select(least=number.min(), most=number.max()).collect().row(0)
    Path(out).mkdir()
    for part, start in enumerate(range(least, most + 1, step)):
        inside = number.is_between(start, start + step, closed="left")
        if not part:
            inside |= number.is_null()  # a household without a number is told of too
        own, theirs = (frame.filter(inside).collect(engine="streaming") for frame in frames)
        assess_frame(load_policy(policy), own, theirs, on=on).write_parquet(Path(out, f"{part:05}.parquet"))


if __name__ == "__main__":
    own, theirs, folder, name, day = sys.argv[1:]
    assess_files((own, theirs), folder, name, day)
