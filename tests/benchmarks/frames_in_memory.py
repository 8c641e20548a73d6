"""Measures frames in memory beside the measure written by hand in Polars: time, peak memory, and that both agree."""

import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from statistics import median
from typing import cast

import polars as pl
from registers import FIGURES, ON, by_hand, register

from hardship_rules import load_policy
from hardship_rules.frames import assess_frame

POLICY = load_policy("2021_weihai")
SHARES = (0.0, 0.1, 0.5)


def ours(households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """All the columns of `assess_frame`."""
    found: pl.DataFrame = assess_frame(POLICY, households, members, on=ON)
    return found


def figures_only(households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The columns that the one by hand has as well."""
    found: pl.DataFrame = assess_frame(POLICY, households, members, on=ON, columns=FIGURES)
    return found


def hand(households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The measure by hand."""
    return by_hand(households.lazy(), members.lazy()).collect()


def peak(work: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame], number: int) -> float:
    """How far one run, in a process of its own, raises the peak of memory, in MB."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (work, number))


def _peak(work: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame], number: int) -> float:
    households, members = register(number)
    work(*register(100))  # what is loaded once
    with open("/proc/self/clear_refs", "w", encoding="ascii") as refs:  # noqa: PTH123
        refs.write("5")
    before = _high_water()
    work(households, members)
    return _high_water() - before


def _high_water() -> float:
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def timed(
    work: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame], frames: tuple[pl.DataFrame, pl.DataFrame]
) -> float:
    """How long one run takes."""
    start = time.perf_counter()
    work(*frames)
    return time.perf_counter() - start


def _hold_together(by_hand: pl.DataFrame, assessed: pl.DataFrame) -> None:
    """Both say the same of complete rows; what is shown rounded may differ in the last bit of a float."""
    one, other = by_hand.sort("household"), assessed.select("household", *FIGURES).sort("household")
    assert one.drop(FIGURES[-1]).equals(other.drop(FIGURES[-1]))
    assert cast(float, (one[FIGURES[-1]] - other[FIGURES[-1]]).abs().max()) < 1e-6


def main(number: int) -> None:
    """Print the medians of three runs taken in turns, over those of the one by hand on complete rows."""
    ways = (hand, figures_only, ours)
    base = None
    for share in SHARES:
        frames = register(number, share)
        complete = ours(*frames)
        if not share:
            _hold_together(hand(*frames), complete)
        for way in ways:
            way(*frames)
        runs = [[timed(way, frames) for way in ways] for _ in range(3)]
        times = [median(column) for column in zip(*runs, strict=True)]
        base = times[0] if base is None else base
        undecided = f"{cast(float, complete['category'].is_null().mean()):.1%}"
        for way, seconds in zip(ways, times, strict=True):
            ratio = f"{seconds:6.2f} s  {seconds / base:5.2f}"
            print(f"{share:4.0%} incomplete  {way.__name__:13} {ratio}  undecided {undecided}", flush=True)
    for way in ways:
        print(f"peak memory   {way.__name__:13} {peak(way, number):7.0f} MB", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
