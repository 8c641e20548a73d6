"""The view and the tables of a policy, as the command line writes them."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the program with some arguments."""
    command = [sys.executable, "-m", "hardship_rules", "show", "--format", "sql", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # the program itself


def test_from_an_empty_database_to_verdicts(tmp_path: Path) -> None:
    """The written tables and view run in a database unchanged, under the requested names."""
    tables = run("--tables", "--without", "wage", "2021_weihai")
    file = tmp_path / "view.sql"
    written = run("--dialect", "duckdb", "--without", "wage", "--view", "判定", "-o", str(file), "2021_weihai")
    assert (tables.returncode, written.returncode, written.stdout) == (0, 0, "")
    with duckdb.connect() as connection:
        connection.execute(tables.stdout)
        connection.execute(file.read_text(encoding="utf-8"))
        connection.execute("INSERT INTO households (household) VALUES ('a')")
        found = connection.execute('SELECT household, problem, stand_ins FROM "判定"').fetchall()
    assert found == [("a", "members_missing", "wage")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2021_weihai"], "--format sql 要用 --dialect 说明哪种数据库：postgres、duckdb。"),
        (["--dialect", "duckdb", "--on", "2021-03-31", "--on-column", "day", "2021_weihai"], "只能给出一个"),
        (["--format", "text", "--dialect", "duckdb", "2021_weihai"], "只与 --format sql 同用"),
        (["--checklist", "--dialect", "duckdb", "2021_weihai"], "--checklist 不能与 --format sql 同用"),
    ],
)
def test_options_that_do_not_go_together(arguments: list[str], said: str) -> None:
    """Options that do not go together are wrong use, reported in a sentence."""
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--without", "wgae"], "unknown_column"),
        (["--known", "homse"], "unknown_column"),
        (["--on", "2022-01-01"], "on_outside"),
        (["--on", "yesterday"], "date"),
    ],
)
def test_what_cannot_be_written_is_told(arguments: list[str], code: str, tmp_path: Path) -> None:
    """An unknown column and an invalid day are reported with a hint, and nothing is written."""
    file = tmp_path / "view.sql"
    done = run("--dialect", "postgres", *arguments, "-o", str(file), "2021_weihai")
    assert done.returncode == 1
    assert f"[{code}]" in done.stderr
    assert not file.exists()


def test_without_the_library_of_sql() -> None:
    """Without sqlglot the output says which extra to install; other forms are still written."""
    code = "import sys; sys.modules['sqlglot'] = None; from hardship_rules.__main__ import main; main()"
    command = [sys.executable, "-c", code, "show", "2021_weihai"]
    view = ["--format", "sql", "--dialect", "duckdb"]
    refused, shown = (
        subprocess.run([*command, *form], capture_output=True, text=True, check=False)  # noqa: S603  # the program itself
        for form in (view, [])
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "pip install 'hardship-rules[sql]'" in refused.stderr
    assert (shown.returncode, shown.stderr) == (0, "")


MAPPING = """\
mapping: 1
households: {from: 家庭, key: 档案号, facts: {residence: {column: 户籍, codes: {1: urban, 2: rural}}}}
members: {from: 成员, key: 档案号, facts: {birth_date: {column: 证号, read: identity number}}}
"""


def test_a_mapping_is_the_first_query(tmp_path: Path) -> None:
    """With a mapping the view reads the register's own tables; a mismatch with the policy is reported at its place."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    done = run("--dialect", "duckdb", "--mapping", str(mapping), "2021_weihai")
    assert done.returncode == 0
    with duckdb.connect() as connection:
        connection.execute('CREATE TABLE "家庭" ("档案号" integer, "户籍" integer)')
        connection.execute('CREATE TABLE "成员" ("档案号" integer, "证号" text)')
        connection.execute(done.stdout)
        connection.execute('INSERT INTO "家庭" VALUES (7, 3)')
        found = connection.execute("SELECT household, problem FROM hardship_2021_weihai").fetchall()
    assert found == [(7, "members_missing")]
    mapping.write_text(MAPPING.replace("urban", "town"), encoding="utf-8")
    done = run("--dialect", "duckdb", "--mapping", str(mapping), "2021_weihai")
    assert (done.returncode, done.stdout) == (1, "")
    assert "mapping.yaml:2:" in done.stderr
    assert run("--tables", "--mapping", str(mapping), "2021_weihai").returncode == 2
