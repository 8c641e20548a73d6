"""`hardship-rules review`: the sheet in each form, written whole or not at all, and the reasons for a refusal."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from reviews import PROPERTIES, YEAR_CASES
from years import MEASURE, THIS, files_in

from hardship_rules.cli import commands


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with a city's measure and its years, in which the command is run."""
    monkeypatch.chdir(tmp_path)
    return files_in(tmp_path, measure=MEASURE + PROPERTIES)


def run(*arguments: str, command: str = "review") -> Result:
    """Run the command line as a user does."""
    few = ("--members", "2") if command == "review" else ()
    return CliRunner().invoke(commands, [command, *arguments, *few])


YEARS = ("2024_city.yaml", "2025_city.yaml")


def test_it_is_printed(city: Path) -> None:
    """The sheet goes to standard output, progress to standard error; the exit status is 0 for any result."""
    done = run(*YEARS)
    assert done.exit_code == 0
    assert done.stdout.startswith("审批表：某市2025年认定\n")
    assert "性质……" in done.stderr
    assert "……" not in done.stdout
    assert sorted(path.name for path in city.iterdir()) == ["2024_city.yaml", "2025_city.yaml", "measure.yaml"]


@pytest.mark.parametrize(
    ("name", "form", "begins"),
    [
        ("sheet.html", (), "<!DOCTYPE html>"),
        ("sheet.HTM", (), "<!DOCTYPE html>"),
        ("sheet.md", (), "# 审批表"),
        ("sheet", (), "审批表"),
        ("sheet.html", ("--format", "text"), "审批表"),
        ("sheet.txt", ("--format", "html"), "<!DOCTYPE html>"),
    ],
)
def test_a_file_by_its_ending(city: Path, name: str, form: tuple[str, ...], begins: str) -> None:
    """The form follows the file's ending, unless one is named; nothing goes to standard output."""
    done = run(*YEARS, "-o", name, *form)
    assert (done.exit_code, done.stdout) == (0, "")
    assert (city / name).read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize("name", [*YEARS, "measure.yaml"])
def test_never_over_a_policy(city: Path, name: str) -> None:
    """Neither policy nor their common base is overwritten."""
    before = (city / name).read_bytes()
    done = run(*YEARS, "-o", name)
    assert done.exit_code == 1
    assert f"{name}:1:1: 错误[output_is_read]" in done.stderr
    assert (city / name).read_bytes() == before


def test_cases(city: Path) -> None:
    """Cases in files and folders are run under both policies; those with different results are listed."""
    (city / "cases").mkdir()
    (city / "cases" / "one.yaml").write_text(YEAR_CASES, encoding="utf-8")
    done = run(*YEARS, "--cases", "cases", "--policies", ".")
    assert "恰在两年之间  one.yaml:6" in done.stdout
    assert "没有给出算例" in run(*YEARS).stdout


def test_by_name_in_a_folder(
    city: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Policies are found by name in the folders given, as everywhere."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert run("2024_city", "2025_city").exit_code == 1
    assert run("2024_city", "2025_city", "--policies", str(city)).exit_code == 0


def test_a_half_filled_file_gets_every_problem_and_no_sheet(city: Path) -> None:
    """All problems that `check` reports for the new file are reported, and nothing is written."""
    draft = run("city", "2026", "-o", "2026_city.yaml", command="new")
    assert draft.exit_code == 0
    checked = run("2026_city.yaml", command="check").stdout
    done = run("2025_city.yaml", "2026_city.yaml", "-o", "sheet.html")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == checked
    assert done.stderr.count("错误[blank]") > 3
    assert not (city / "sheet.html").exists()


def test_the_problems_of_both_and_of_cases_are_told_at_once(city: Path) -> None:
    """A wrong number in each policy and a wrong case give one report with three locations."""
    for year in YEARS:
        path = city / year
        path.write_text(path.read_text(encoding="utf-8").replace("town: 1", "town: 一1"), encoding="utf-8")
    (city / "cases.yaml").write_text("policy: nowhere\ncases: [{title: 无}]\n", encoding="utf-8")
    done = run(*YEARS, "--cases", "cases.yaml", "-o", "sheet.html")
    assert done.exit_code == 1
    assert {line.split(":")[0] for line in done.stderr.splitlines() if "错误[" in line} == {*YEARS, "cases.yaml"}
    assert not (city / "sheet.html").exists()


def test_two_files_for_one_day(city: Path) -> None:
    """A new file with the days of another one in its series is refused with the problem from `check`."""
    (city / "again.yaml").write_text(THIS.replace("2025_city", "again"), encoding="utf-8")
    done = run("2024_city.yaml", "again.yaml")
    assert done.exit_code == 1
    assert "错误[policies_overlap]" in done.stderr


def test_an_open_policy(city: Path) -> None:
    """An open policy cannot be reviewed, but a first year is compared with the open measure that it extends."""
    opened = MEASURE.replace(", source: letter, cite: 一, basis: notice}", "}")
    (city / "measure.yaml").write_text(opened, encoding="utf-8")
    assert "错误[policy_open]" in run("2025_city.yaml", "measure.yaml").stderr
    done = run("measure.yaml", "2025_city.yaml")
    assert done.exit_code == 0
    assert "没有可比的类别" in done.stdout


def test_it_is_written_whole_or_not_at_all(city: Path) -> None:
    """An unwritable location is reported, and an existing sheet is kept."""
    done = run(*YEARS, "-o", "nowhere/sheet.html")
    assert done.exit_code == 1
    assert "错误[file_not_written]" in done.stderr
    (city / "sheet.html").write_text("before", encoding="utf-8")
    (city / "2025_city.yaml").write_text("language: 1\n", encoding="utf-8")
    assert run(*YEARS, "-o", "sheet.html").exit_code == 1
    assert (city / "sheet.html").read_text(encoding="utf-8") == "before"


def test_wrong_use(city: Path) -> None:
    """Two policies are required; a missing folder of cases is wrong use."""
    assert run("2025_city.yaml").exit_code == 2
    assert run(*YEARS, "--cases", "none").exit_code == 2
    assert run(*YEARS, "--seconds", "0").exit_code == 2
    assert city.exists()


def test_what_to_install_is_said(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without z3 the command names the extra to install, and writes nothing."""
    import hardship_rules  # noqa: PLC0415  # its packages are removed

    for name in list(sys.modules):
        if name == "z3" or name.startswith(tuple(f"hardship_rules.{package}" for package in NEEDING)):
            monkeypatch.delitem(sys.modules, name)
    for package in NEEDING:
        monkeypatch.delattr(hardship_rules, package, raising=False)
    monkeypatch.setitem(sys.modules, "z3", None)
    done = run(*YEARS, "-o", "sheet.html")
    assert done.exit_code == 1
    assert "pip install 'hardship-rules[verify]'" in done.stderr
    assert not (city / "sheet.html").exists()


NEEDING = ("authoring", "proofs", "testing")
