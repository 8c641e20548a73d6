"""Measure a register of parquet files assessed in parts, against a lazy scan: time, and peak memory."""

import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import polars as pl
from registers import FIGURES, ON, by_hand, register

from hardship_rules import load_policy
from hardship_rules.frames.run import assess_frame

PART = 1_000_000


def write(folder: str, households: int) -> None:
    """Write a register of that many households as two parquet files, sorted by household."""
    for part in range(households // PART):
        for name, frame in zip(("households", "members"), register(PART, seed=part), strict=True):
            shifted = frame.with_columns(pl.col("household") + part * PART)
            shifted.write_parquet(Path(folder, f"{name}-{part:03}.parquet"))
    for name in ("households", "members"):
        pl.scan_parquet(Path(folder, f"{name}-*.parquet")).sink_parquet(Path(folder, f"{name}.parquet"))
        for each in Path(folder).glob(f"{name}-*.parquet"):
            each.unlink()


def _scans(folder: str) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    return pl.scan_parquet(Path(folder, "households.parquet")), pl.scan_parquet(Path(folder, "members.parquet"))


def hand(folder: str) -> None:
    """The hand-written measure, streamed."""
    by_hand(*_scans(folder)).sink_parquet(Path(folder, "hand.parquet"))


def lazily(folder: str) -> None:
    """A lazy scan, streamed, with the same columns."""
    found = assess_frame(load_policy("2021_weihai"), *_scans(folder), on=ON, columns=FIGURES, known="all")
    found.sink_parquet(Path(folder, "lazily.parquet"))


def in_parts(folder: str) -> None:
    """In parts, as in `examples/register_in_parts.py`, with the same columns."""
    frames, number = _scans(folder), pl.col("household")
    most = frames[0].select(number.max()).collect().item()
    for part, start in enumerate(range(0, most + 1, PART)):
        inside = number.is_between(start, start + PART, closed="left")
        own, theirs = (frame.filter(inside).collect(engine="streaming") for frame in frames)
        found = assess_frame(load_policy("2021_weihai"), own, theirs, on=ON, columns=FIGURES)
        found.write_parquet(Path(folder, f"part-{part:03}.parquet"))


def measured(work: Callable[[str], None], folder: str) -> tuple[float, float]:
    """The time of one run in its own process, and its peak memory in MB."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (work, folder))


def _measured(work: Callable[[str], None], folder: str) -> tuple[float, float]:
    start = time.perf_counter()
    work(folder)
    seconds = time.perf_counter() - start
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123  # a file of the kernel
        return seconds, next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def main(number: int) -> None:
    """Print the time and peak memory of each way."""
    with tempfile.TemporaryDirectory() as folder:
        write(folder, number)
        base = 0.0
        for work in (hand, in_parts, lazily):
            seconds, peak = measured(work, folder)
            base = base or seconds
            print(f"{work.__name__:9} {seconds:7.1f} s  {seconds / base:5.2f}  peak {peak:7.0f} MB", flush=True)
        one = pl.scan_parquet(Path(folder, "hand.parquet")).select("household", "category")
        other = pl.scan_parquet(Path(folder, "part-*.parquet")).select("household", now="category")
        both = one.join(other, on="household", how="full").collect(engine="streaming")
        assert both["category"].equals(both["now"], check_names=False)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10 * PART)
