"""Measure frames in memory against the measure written by hand in Polars: time, peak memory, and equal results."""

import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from random import Random
from statistics import median
from typing import cast

import polars as pl
from registers import FIGURES, ON, by_hand, register

from hardship_rules import load_policy
from hardship_rules.frames.run import assess_frame

POLICY = load_policy("2021_weihai")
SHARES = (0.0, 0.1, 0.5)
RUNS = 12
Frames = tuple[pl.DataFrame, pl.DataFrame]
Way = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def ours(households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """All the columns of `assess_frame`."""
    found: pl.DataFrame = assess_frame(POLICY, households, members, on=ON)
    return found


def figures_only(households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The columns that the hand-written version has as well."""
    found: pl.DataFrame = assess_frame(POLICY, households, members, on=ON, columns=FIGURES)
    return found


def hand(households: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The hand-written measure."""
    return by_hand(households.lazy(), members.lazy()).collect()


def peak(work: Way, number: int) -> float:
    """The increase of peak memory by one run in its own process, in MB."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (work, number))


def _peak(work: Way, number: int) -> float:
    households, members = register(number)
    work(*register(100))  # one-time loading
    with open("/proc/self/clear_refs", "w", encoding="ascii") as refs:  # noqa: PTH123  # a file of the kernel
        refs.write("5")
    before = _high_water()
    work(households, members)
    return _high_water() - before


def _high_water() -> float:
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123  # a file of the kernel
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def timed(work: Way, frames: Frames) -> float:
    """The time of one run."""
    start = time.perf_counter()
    work(*frames)
    return time.perf_counter() - start


def _hold_together(by_hand: pl.DataFrame, assessed: pl.DataFrame) -> None:
    """Both give the same verdicts for complete rows; rounded figures may differ in the last bit of a float."""
    one, other = by_hand.sort("household"), assessed.select("household", *FIGURES).sort("household")
    assert one.drop(FIGURES[-1]).equals(other.drop(FIGURES[-1]))
    assert cast(float, (one[FIGURES[-1]] - other[FIGURES[-1]]).abs().max()) < 1e-6


def turn(runs: list[tuple[Way, Frames]], seed: int) -> list[float]:
    """The time of each run, in random order, since earlier runs affect the memory."""
    times = dict.fromkeys(range(len(runs)), 0.0)
    for place in Random(seed).sample(range(len(runs)), len(runs)):  # noqa: S311  # not for security
        times[place] = timed(*runs[place])
    return list(times.values())


def shuffled(frames: Frames) -> Frames:
    """The same rows, with no household's rows together."""
    return frames[0], frames[1].sample(fraction=1, shuffle=True, seed=1)


def main(number: int) -> None:
    """Print the medians of alternating runs, each relative to the hand-written version on complete rows."""
    ways = (hand, figures_only, ours)
    whole = register(number)
    registers = {f"{share:.0%} incomplete": register(number, share) for share in SHARES}
    registers["members shuffled"] = shuffled(whole)
    _hold_together(hand(*whole), ours(*whole))
    for name, frames in registers.items():
        undecided = f"{cast(float, ours(*frames)['category'].is_null().mean()):.1%}"
        turns = [turn([(hand, whole), *((way, frames) for way in ways)], seed) for seed in range(RUNS)]
        for place, way in enumerate(ways, start=1):
            ratios = sorted(seconds[place] / seconds[0] for seconds in turns)
            seconds = median(each[place] for each in turns)
            ratio = f"{seconds:6.2f} s  {median(ratios):5.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
            print(f"{name:16}  {way.__name__:13} {ratio}  undecided {undecided}", flush=True)
    for way in ways:
        print(f"peak memory       {way.__name__:13} {peak(way, number):7.0f} MB", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
