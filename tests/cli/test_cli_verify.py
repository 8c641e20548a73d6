"""`hardship-rules verify`: exit status, progress on standard error, JSON, files, and the extra to install."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from trial import FAULTS, HARD, TRIAL, with_edits

from hardship_rules.cli import commands


def run(*arguments: str) -> Result:
    """Run the command line as a user does."""
    return CliRunner().invoke(commands, ["verify", *arguments])


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    """The sound policy as a file."""
    path = tmp_path / "trial.yaml"
    path.write_text(TRIAL, encoding="utf-8")
    return path


def test_a_sound_policy_ends_well(trial: Path) -> None:
    """A sound policy exits with 0, the report on standard output, progress on standard error."""
    done = run(str(trial), "--members", "2")
    assert done.exit_code == 0
    assert done.stdout.endswith("没有发现问题。\n")
    assert "条款……" in done.stderr
    assert "……" not in done.stdout


def test_never_over_the_policy(trial: Path) -> None:
    """The policy's file is never overwritten, under any path."""
    done = run(str(trial), "--members", "1", "-o", str(trial.parent / "." / trial.name))
    assert done.exit_code == 1
    assert "错误[output_is_read]" in done.stderr
    assert trial.read_text(encoding="utf-8") == TRIAL


def test_a_finding_is_exit_1(tmp_path: Path) -> None:
    """A planted fault is a finding, with exit status 1."""
    path = tmp_path / "trial.yaml"
    path.write_text(with_edits(FAULTS[-1].edits), encoding="utf-8")
    assert run(str(path), "--members", "2").exit_code == 1


def test_a_change_of_category_is_a_finding(trial: Path, tmp_path: Path) -> None:
    """With `--against`, a changed category exits with 1, and no change with 0."""
    other = tmp_path / "other" / "trial.yaml"
    other.parent.mkdir()
    other.write_text(TRIAL.replace("town: 787", "town: 900"), encoding="utf-8")
    done = run(str(other), "--against", str(trial), "--members", "2")
    assert done.exit_code == 1
    assert "relative → deep    有家庭这样改变" in done.stdout
    assert "旧政策：relative；新政策：deep" in done.stdout
    assert run(str(trial), "--against", str(trial), "--members", "2").exit_code == 0


def test_json_and_a_file(trial: Path, tmp_path: Path) -> None:
    """`--format json -o FILE` writes the whole document, and nothing to standard output."""
    path = tmp_path / "report.json"
    done = run(str(trial), "--members", "2", "--format", "json", "-o", str(path))
    assert done.exit_code == 0
    assert done.stdout == ""
    assert json.loads(path.read_text(encoding="utf-8"))["members"] == 2


def test_what_is_not_settled_is_no_finding(tmp_path: Path) -> None:
    """A policy that is too hard ends within the given time, with its open questions listed at the end."""
    path = tmp_path / "hard.yaml"
    path.write_text(HARD, encoding="utf-8")
    done = run(str(path), "--seconds", "0.5")
    assert done.exit_code == 0
    assert "--seconds" in done.stdout


def test_an_open_policy_and_a_wrong_one_are_told() -> None:
    """A measure without its numbers and a missing policy are problems: exit status 1, on standard error."""
    for name, code in (("shandong_2020_58", "policy_open"), ("nowhere", "policy_unknown")):
        done = run(name)
        assert done.exit_code == 1
        assert "错误[" in done.stderr
        assert code in done.stderr or "nowhere" in done.stderr
    assert json.loads(run("nowhere", "--format", "json").stdout)["problems"]


def test_what_to_install_is_said(trial: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without z3 the command names the extra to install; the other commands do not need it."""
    import hardship_rules  # noqa: PLC0415  # one of its packages is removed

    for name in list(sys.modules):
        if name == "z3" or name.startswith("hardship_rules.proofs"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(hardship_rules, "proofs", raising=False)
    monkeypatch.setitem(sys.modules, "z3", None)
    done = run(str(trial))
    assert done.exit_code == 1
    assert "pip install 'hardship-rules[verify]'" in done.stderr
