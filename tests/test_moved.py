"""Old import paths still work, and warn once with the new ones."""

import subprocess
import sys

import pytest

TAUGHT = {
    "answers": ("Shown", "hardship_rules.proofs"),
    "as_html": ("as_html", "hardship_rules.documents"),
    "cases": ("read_cases", "hardship_rules.testing"),
    "coverage": ("coverage", "hardship_rules.testing"),
    "impact": ("impact", "hardship_rules.registers"),
    "impact_report": ("impact_report", "hardship_rules.registers"),
    "mapped": ("mapped_frames", "hardship_rules.registers"),
    "mapping": ("read_mapping", "hardship_rules.registers"),
    "missing_cases": ("search", "hardship_rules.testing"),
    "soundness": ("soundness", "hardship_rules.registers"),
    "strategies": ("households", "hardship_rules.testing"),
    "verify": ("possible", "hardship_rules.proofs"),
}
"""The imports in the documentation of 0.2: the old module, a name in it, and its new package."""


def run(command: str) -> str:
    """The output of a separate program, warnings included."""
    done = subprocess.run(  # noqa: S603  # this program
        [sys.executable, "-W", "default", "-c", command], capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("old", TAUGHT)
def test_an_old_path_warns_once_and_names_the_new(old: str) -> None:
    """The old module's name is the new package's object; the warning is once per importing line."""
    name, new = TAUGHT[old]
    printed = run(
        f"from hardship_rules.{old} import {name} as before\n"
        f"import hardship_rules.{old}\n"
        f"from hardship_rules.{old} import {name}\n"
        f"from {new} import {name} as now\n"
        "print(before is now is hardship_rules." + old + "." + name + ")"
    )
    assert printed.startswith("True\n")
    assert printed.count("DeprecationWarning") == 1
    assert f"<string>:1: DeprecationWarning: hardship_rules.{old} has moved: import its names from {new}" in printed


@pytest.mark.parametrize("same", ["frames", "durable", "proofs"])
def test_a_path_that_stayed_does_not_warn(same: str) -> None:
    """Modules that became packages of the same name are imported without a warning."""
    name = {"frames": "assess_frame", "durable": "assess", "proofs": "verify"}[same]
    assert run(f"from hardship_rules.{same} import {name}; print({name}.__name__)") == f"{name}\n"


def test_what_never_was_is_not_found() -> None:
    """Any other module gets Python's usual error."""
    with pytest.raises(ModuleNotFoundError, match=r"hardship_rules\.casess"):
        __import__("hardship_rules.casess")
