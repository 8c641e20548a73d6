"""Arguments of a wrong type in place of a policy, text, path or assessment are refused in plain words."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
from command_line import run
from places import ROOT

from hardship_rules import (
    FactError,
    PolicyError,
    assess,
    changes,
    compare,
    explain,
    load_household,
    load_policy,
    next_question,
    notice,
    read_household,
    read_policy,
    record,
    replay,
    turns_on,
    what_would_change,
)
from hardship_rules.frames.run import assess_frame
from hardship_rules.language.mapping import load_mapping, mapping_for, read_mapping
from hardship_rules.proofs.partial import possible
from hardship_rules.proofs.report import verify
from hardship_rules.registers._impact import impact
from hardship_rules.sql.view import register, view_in_sql
from hardship_rules.testing.cases import read_cases

WEIHAI = load_policy("2021_weihai")
HOUSEHOLD = load_household(ROOT / "examples" / "household.yaml")
OWN = pl.DataFrame({"household": ["a"], "residence": ["urban"]})
THEIRS = pl.DataFrame({"household": ["a"], "relation": ["self"]})
Taken = Callable[[Any], object]

POLICIES: dict[str, Taken] = {
    "assess": lambda given: assess(given, HOUSEHOLD),
    "next question": lambda given: next_question(given, HOUSEHOLD),
    "what would change": lambda given: what_would_change(given, HOUSEHOLD),
    "compare, first": lambda given: compare(given, WEIHAI, HOUSEHOLD),
    "compare, second": lambda given: compare(WEIHAI, given, HOUSEHOLD),
    "changes": lambda given: changes(given, HOUSEHOLD, HOUSEHOLD),
    "frames": lambda given: assess_frame(given, OWN, THEIRS, on="2021-03-31"),
    "impact, old": lambda given: impact(given, WEIHAI, OWN, THEIRS, on="2021-03-31"),
    "impact, new": lambda given: impact(WEIHAI, given, OWN, THEIRS, on="2021-03-31"),
    "view": lambda given: register(given, "2021-03-31"),
    "mapping": mapping_for,
    "possible": lambda given: possible(given, HOUSEHOLD),
    "verify": verify,
}
TEXTS: dict[str, Taken] = {
    "policy": read_policy,
    "household": read_household,
    "record": replay,
    "mapping": read_mapping,
    "policy's name": lambda given: read_policy("language: 1", given),
    "household's name": lambda given: read_household("residence: urban", given),
}
PATHS: dict[str, Taken] = {"household": load_household, "cases": read_cases, "mapping": load_mapping}
ASSESSMENTS: dict[str, Taken] = {"explain": explain, "notice": notice, "record": record, "turns on": turns_on}
NOTHING: tuple[object, ...] = (None, 3, [], b"x", 1.5, {})


def refusal(ask: Taken, given: object) -> str:
    """The code of the only problem of a refusal, whose message names the given type."""
    with pytest.raises((FactError, PolicyError)) as refused:
        ask(given)
    (problem,) = refused.value.problems
    for lang in ("zh", "en"):
        assert type(given).__name__ in problem.message(lang)
        assert problem.help(lang)
    return problem.code


@pytest.mark.parametrize("name", POLICIES)
def test_what_is_no_policy(name: str) -> None:
    """Every function that takes a policy refuses a policy's name, and anything else that is not a loaded policy."""
    for given in ("2021_weihai", *NOTHING):
        assert refusal(POLICIES[name], given) == "policy_not_loaded"


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_text(name: str) -> None:
    """Bytes, a path and None are refused as a text."""
    for given in (Path("x"), *NOTHING):
        assert refusal(TEXTS[name], given) == "content_expected"


@pytest.mark.parametrize("name", PATHS)
def test_what_is_no_path(name: str) -> None:
    """None, a number and bytes are refused as a path."""
    for given in NOTHING:
        assert refusal(PATHS[name], given) == "path_expected"


@pytest.mark.parametrize("name", ASSESSMENTS)
def test_what_is_no_assessment(name: str) -> None:
    """A household, a policy or None is refused as an assessment."""
    for given in (HOUSEHOLD, WEIHAI, *NOTHING):
        assert refusal(ASSESSMENTS[name], given) == "assessment_expected"


def test_what_is_no_mapping_of_readings() -> None:
    """Readings are a mapping of names to options; anything else is refused."""
    for given in (None, "equal_to_standard", 3):
        assert refusal(WEIHAI.with_readings, given) == "readings_expected"
    with pytest.raises(PolicyError) as refused:
        WEIHAI.with_readings(cast(Any, {3: 3, "equal_to_standard": ["granted"]}))
    assert {problem.code for problem in refused.value.problems} == {"unknown_reading", "unknown_option"}


def test_what_are_no_names_of_columns() -> None:
    """Column names are one text or several; an unknown dialect is refused."""
    for given in (None, 3, b"x"):
        with pytest.raises(TypeError, match="one name or a list of names is expected, not"):
            register(WEIHAI, "2021-03-31", known=cast(Any, given))
    with pytest.raises(ValueError, match="dialect is one of postgres, duckdb"):
        view_in_sql(register(WEIHAI, "2021-03-31"), "mysql")


MISSING = """
import sys
sys.modules.update(dict.fromkeys({missing!r}))
try:
    from hardship_rules.{package} import {name}
except ModuleNotFoundError as error:
    print(error.name, error)
"""


@pytest.mark.parametrize(
    ("package", "name", "missing", "extra"),
    [
        *(("frames", "assess_frame", missing, "frames") for missing in ("narwhals", "polars")),
        *(("registers", name, "narwhals", "frames") for name in ("impact", "mapped_frames", "soundness")),
        *(
            ("registers", name, "polars", "frames")
            for name in ("impact", "mapped_frames", "read_register", "soundness")
        ),
        *(("registers", name, "openpyxl", "register") for name in ("read_register", "register_template", "save")),
        ("proofs", "verify", "z3", "verify"),
        ("sql", "view_in_sql", "sqlglot", "sql"),
        ("testing", "partial_households", "hypothesis", "verify"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(package: str, name: str, missing: str, extra: str) -> None:
    """If an extra is not installed, importing a name that needs it says which one to install."""
    code = MISSING.format(missing=[missing], package=package, name=name)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)  # noqa: S603  # the test's own line
    assert done.stdout.startswith(missing)
    assert f"pip install 'hardship-rules[{extra}]'" in done.stdout


@pytest.mark.parametrize("missing", ["narwhals", "openpyxl", "polars"])
def test_the_command_line_without_the_extra_of_registers(missing: str, tmp_path: Path) -> None:
    """Commands for one household work without the extra, and those for a register say which extra to install."""
    code = f"import sys; sys.modules[{missing!r}] = None; from hardship_rules.__main__ import main; main()"

    def done(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True)  # noqa: S603  # this program

    assert done("assess", str(ROOT / "examples" / "household.yaml")).returncode == 0
    policy = ("-p", "2021_weihai", "--on", "2021-03-31")
    files = ("households.csv", "members.csv")
    for refused in (
        done("register", *files, *policy, "-o", "none.csv"),
        done("register", *files, *policy, "--suggest-mapping"),
        done("compare", "2021_weihai", "2023_weihai", "--register", "none.xlsx", "--on", "2021-03-31"),
    ):
        assert refused.returncode == 1
        assert missing in refused.stderr
        assert "pip install 'hardship-rules[register]'" in refused.stderr


def test_a_target_that_ends_as_a_folder_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-o 结果/` without such a folder does not write a file called 结果."""
    monkeypatch.chdir(tmp_path)
    file = str(ROOT / "examples" / "household.yaml")
    for command in (("assess", file), ("template", "2021_weihai"), ("show", "2021_weihai")):
        done = run(*command, "-o", "结果/")
        assert done.returncode == 2
        assert "结果/" in done.stderr.decode()
        assert list(tmp_path.iterdir()) == []
