"""The version is the same everywhere."""

import tomllib

from places import ROOT

import hardship_rules


def test_the_package_and_the_library_have_one_version() -> None:
    """The version in records equals the installed version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert hardship_rules.__version__ == project["version"]
