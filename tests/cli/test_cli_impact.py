"""`hardship-rules compare --register`: one report on a register under two policies, or its problems."""

import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from framing import Facts, answer, drawn
from html_page import Page
from registering import tables

from hardship_rules import Assessment, assess, load_policy
from hardship_rules.testing.strategies import households

POLICY = load_policy("2023_weihai")
HOUSEHOLDS = [{name: each[name] for name in each if name != "on"} for each in drawn(households(POLICY), 60)]
ASKED = ["2021_weihai", "2023_weihai", "--on", "2023-03-31"]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command with some arguments."""
    command = [sys.executable, "-m", "hardship_rules", "compare", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # the program itself


def sound() -> list[Facts]:
    """The households that are valid on the day."""
    return [each for each in HOUSEHOLDS if isinstance(answer(POLICY, each, date(2023, 3, 31)), Assessment)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A register as two csv files, whose households are valid on the day."""
    folder = tmp_path_factory.mktemp("register")
    paths = [folder / name for name in ("家庭.csv", "成员.csv")]
    for path, table in zip(paths, tables(POLICY, sound()), strict=True):
        table.write_csv(path)
    return ["--register", str(paths[0]), "--register", str(paths[1])]


def words(page: Path) -> str:
    """The text of a page, without its tags."""
    return Page(page.read_text(encoding="utf-8")).text


def test_report_by_the_ending_of_the_file(files: list[str], tmp_path: Path) -> None:
    """The report is a page if the file's name ends so; nothing is printed; exit status 0."""
    page = tmp_path / "影响.html"
    done = run(*ASKED, *files, "-o", str(page))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "<svg" in page.read_text(encoding="utf-8")
    assert run(*ASKED, *files).stdout.splitlines()[3].startswith("政策变化对登记簿的影响 · ")


def test_the_register_is_never_written_over(files: list[str], tmp_path: Path) -> None:
    """Neither the register nor its mapping is overwritten; the error names the file."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("mapping: 1\nhouseholds: {key: 户号}\nmembers: {key: 户号}\n", encoding="utf-8")
    for file in (files[1], files[3], str(mapping)):
        before = Path(file).read_bytes()
        done = run(*ASKED, *files, "--mapping", str(mapping), "-o", file)
        assert (done.returncode, Path(file).read_bytes()) == (1, before)
        assert f"{file}:1:1: 错误[output_is_read]" in done.stderr


def test_json_counts_what_assess_says(files: list[str]) -> None:
    """The moves add up to the households, and each category of the new policy has the count that `assess` gives."""
    document = json.loads(run(*ASKED, *files, "--format", "json").stdout)
    moves = document["decisions"]["category"]
    assert sum(move["households"] for move in moves) == document["households"]
    keys = pl.read_csv(files[1])["户号"]
    assert document["households"] == len(keys)
    found: Counter[str | None] = Counter()
    for move in moves:
        found[move["now"]] += move["households"]
    assessed = [assess(POLICY, each, "2023-03-31").category for each in sound()]
    assert found == Counter(None if category is None else category.id for category in assessed)


def test_problems_of_a_register(files: list[str], tmp_path: Path) -> None:
    """An unreadable cell is reported and nothing is written; with `--keep-going` its household is left out."""
    broken, page = tmp_path / "家庭.csv", tmp_path / "影响.html"
    table = pl.read_csv(files[1], infer_schema=False)
    table.with_columns(pl.Series("自有住房套数", ["两套", *table["自有住房套数"][1:]])).write_csv(broken)
    asked = [*ASKED, "--register", str(broken), *files[2:], "-o", str(page)]
    done = run(*asked)
    assert done.returncode == 1
    assert not page.exists()
    assert f"{broken} " in done.stderr
    assert "两套" not in done.stderr
    assert "两套" in run(*asked, "--show-values").stderr
    done = run(*asked, "--keep-going")
    assert done.returncode == 1  # a problem was found
    assert f"{broken} " in done.stderr
    assert "另有 1 户的数据有问题" in words(page)


def test_members_of_no_household(files: list[str], tmp_path: Path) -> None:
    """With `--keep-going` the report says that any household may lack one of the members without a household."""
    stray, page = tmp_path / "成员.csv", tmp_path / "影响.html"
    members = pl.read_csv(files[3], infer_schema=False)
    pl.concat([members, members.tail(1).with_columns(户号=pl.lit("无此户"))]).write_csv(stray)
    asked = [*ASKED, *files[:3], str(stray), "--keep-going"]
    assert run(*asked, "-o", str(page)).returncode == 1
    doubt = "有 1 名成员没有户号，或户号不在家庭表中，没有算入任何一户，所判的户可能缺人"
    assert doubt in words(page)
    assert json.loads(run(*asked, "--format", "json").stdout)["doubt"].startswith(doubt)


def test_totals_of_a_register(files: list[str], tmp_path: Path) -> None:
    """A row of totals is in no move and causes no caveat; the report says that it was left out."""
    totals, page = tmp_path / "成员.csv", tmp_path / "影响.html"
    members = pl.read_csv(files[3], infer_schema=False)
    last = pl.DataFrame({"户号": ["合计"]})
    pl.concat([members, last], how="diagonal").write_csv(totals)
    asked = [*ASKED, *files[:3], str(totals)]
    assert run(*asked, "-o", str(page)).returncode == 0
    told = f"{totals}：合计行，没有计入，共 1 行：第 {members.height + 2} 行"
    assert f"{told}。" in words(page)
    before, now = (json.loads(run(*each, "--format", "json").stdout) for each in ([*ASKED, *files], asked))
    assert now == {**before, "remarks": [told]}
    assert (before["remarks"], before["doubt"]) == ([], None)


@pytest.mark.parametrize(
    "arguments",
    [
        ["2021_weihai", "2023_weihai"],
        ["2021_weihai", "2023_weihai", "--register", "a.csv"],
        [*ASKED, "--register", "a.csv", "household.yaml"],
        [*ASKED, "--mapping", "m.yaml", "household.yaml"],
        [*ASKED, "--format", "html", "household.yaml", "other.yaml"],
    ],
)
def test_wrong_use(arguments: list[str]) -> None:
    """No input, two inputs, a register without a day, and options for registers only are wrong use: exit status 2."""
    assert run(*arguments).returncode == 2
