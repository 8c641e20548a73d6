"""The locations of the repository's files."""

from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
