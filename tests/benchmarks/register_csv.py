"""Measure time and peak memory of `hardship-rules register` on an invented csv register of 200,000 households."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from registers import ON, register

from hardship_rules import load_policy
from hardship_rules.core.kinds import BooleanKind, ChoiceKind
from hardship_rules.core.policy import Fact

POLICY = load_policy("2021_weihai")


def as_staff_write(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns under the facts' titles, options and booleans in words."""
    columns = [pl.col("household").alias("户号")]
    for name in frame.columns[1:]:
        fact = POLICY.names[name]
        assert isinstance(fact, Fact)
        column = pl.col(name)
        if isinstance(fact.kind, ChoiceKind):
            column = column.replace_strict(dict(fact.kind.options))
        elif isinstance(fact.kind, BooleanKind):
            column = pl.when(column).then(pl.lit("是")).when(~column).then(pl.lit("否"))
        columns.append(column.alias(fact.title))
    return frame.select(columns)


def main(households: int, incomplete: float, *options: str) -> None:
    """Write such a register, assess it, and print the time."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("households.csv", "members.csv", "out.csv")]
        for frame, file in zip(register(households, incomplete), files, strict=False):
            as_staff_write(frame).write_csv(file)
        size = sum(Path(file).stat().st_size for file in files[:2]) / 1e6
        command = [sys.executable, "-m", "hardship_rules", "register", *files[:2], "-p", "2021_weihai", "--on", ON]
        begun = time.perf_counter()
        done = subprocess.run([*command, "-o", files[2], *options], check=False, capture_output=True)  # noqa: S603  # this program
        seconds = time.perf_counter() - begun
        print(done.stdout.decode(), done.stderr.decode()[-600:])
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
        print(f"{households:,} households, {incomplete:.0%} incomplete, {size:.0f} MB: {seconds:.1f} s, {peak:,.0f} MB")
        assert done.returncode == 0


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:])
