"""The command line, run in this process."""

import os
import subprocess
import sys

from places import ROOT

HOUSEHOLD = str(ROOT / "examples" / "household.yaml")


PARTIAL = str(ROOT / "examples" / "partial.yaml")


def run(*arguments: str, given: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a separate process."""
    return subprocess.run(  # noqa: S603  # this program, with the test's own arguments
        [sys.executable, "-W", "error", "-m", "hardship_rules", *arguments],
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
    )
