"""The version is said in one voice."""

import tomllib
from pathlib import Path

import hardship_rules


def test_the_package_and_the_library_have_one_version() -> None:
    """What records name as the library's version is what is installed."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
    assert hardship_rules.__version__ == project["version"]
