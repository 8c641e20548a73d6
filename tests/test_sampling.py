"""Random tests draw new examples in every run, also in CI; a failed run reports its seed."""

import os
import re
import subprocess
import sys
from pathlib import Path

from places import ROOT

FAILING = """
from framing import drawn
from hypothesis import given, settings, strategies as st

NUMBERS = st.integers(0, 10**12)

def test_drawn():
    print("drawn", drawn(NUMBERS, 8))
    raise AssertionError

@given(NUMBERS)
@settings(max_examples=3)
def test_given(number):
    print("given", number)

def test_given_was_run():
    test_given()
    raise AssertionError
"""


def run(folder: Path, *options: str, **environment: str) -> tuple[list[str], str]:
    """The examples of a run with two failing tests, and the seed that it reports."""
    (folder / "test_failing.py").write_text(FAILING, encoding="utf-8")
    paths = os.pathsep.join(str(each) for each in (ROOT / "tests", ROOT / "tests" / "support", ROOT))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-p", "no:cacheprovider", *options, "."]
    said = subprocess.run(  # noqa: S603  # pytest itself
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    (seed,) = re.findall(r"seed (\d+): pytest --hypothesis-seed=\1$", said, re.MULTILINE)
    return re.findall(r"^(?:drawn|given) .*", said, re.MULTILINE), seed


def test_every_run_draws_otherwise(tmp_path: Path) -> None:
    """Two runs draw different examples, also in CI, and the reported seed repeats a run's examples."""
    first, seed = run(tmp_path, CI="1")
    assert len(first) > 3
    other, _ = run(tmp_path, CI="1")
    assert [each for each in first if each in other and each != "given 0"] == []
    assert run(tmp_path, f"--hypothesis-seed={seed}") == (first, seed)


def test_what_is_drawn_alike_says_why() -> None:
    """A test with fixed examples has a comment with the reason."""
    files = [file for folder in ("hardship_rules", "tests") for file in sorted((ROOT / folder).rglob("*.py"))]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    fixed = [line for line in lines if re.search(r"\bderandomize\s*=\s*True", line)]
    assert len(fixed) == 2  # a demonstration of a proof, and a shrinking test
    assert all("  # " in line for line in fixed)
