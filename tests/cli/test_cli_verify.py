"""`hardship-rules verify`: exit status, progress on standard error, JSON, files, and the extra to install."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_change import LINE
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


@pytest.fixture
def expected(tmp_path: Path) -> Callable[..., tuple[str, ...]]:
    """Writes a file of expectations and a changed policy; the arguments for the command."""

    def written(lines: str, before: str, after: str) -> tuple[str, ...]:
        (tmp_path / "old.yaml").write_text(LINE, encoding="utf-8")
        new, expect = tmp_path / "new.yaml", tmp_path / "期望.yaml"
        new.write_text(LINE.replace(before, after), encoding="utf-8")
        expect.write_text(f"expect:\n{lines}", encoding="utf-8")
        return str(new), "--against", str(tmp_path / "old.yaml"), "--expect", str(expect), "--members", "1"

    return written


def test_an_expected_change_ends_well(expected: Callable[..., tuple[str, ...]]) -> None:
    """Categories change, as expected: exit status 0; without the expectations the same changes exit with 1."""
    arguments = expected("  - nobody loses\n  - rises: dibao\n", "town: 300", "town: 310")
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    assert "√ 没有家庭失去认定    〔已证明〕" in done.stdout
    assert done.stdout.endswith("2 项期望都已证明。\n")
    assert run(*arguments[:3], "--members", "1").exit_code == 1
    assert run(*arguments, "--lang", "en").stdout.endswith("2 expectations, all proved.\n")


def test_a_broken_expectation_is_exit_1(expected: Callable[..., tuple[str, ...]]) -> None:
    """An expectation that does not hold exits with 1, even where no category changes."""
    assert run(*expected("  - nobody loses\n", "town: 300", "town: 290")).exit_code == 1
    done = run(*expected("  - rises: dibao\n", "title: 收入,", "title: 月收入,"))
    assert done.exit_code == 1
    assert "1 项期望中，1 项没有证明。" in done.stdout


def test_another_finding_is_exit_1(expected: Callable[..., tuple[str, ...]]) -> None:
    """A finding in another section exits with 1, though every expectation is proved."""
    never = "when: {that: money < multiple * dibao}"
    dead = "when: {any: {below: {that: money < multiple * dibao}, deep: {that: money < dibao}}}"
    done = run(*expected("  - nobody loses\n  - only: []\n", never, dead))
    assert "2 项期望都已证明。" in done.stdout
    assert done.exit_code == 1


def test_expectations_as_json(expected: Callable[..., tuple[str, ...]]) -> None:
    """The JSON has the expectations beside the claims; without a file it has no such key."""
    arguments = expected("  - nobody loses\n", "town: 300", "town: 310")
    data = json.loads(run(*arguments, "--format", "json").stdout)
    assert [each["verdict"] for each in data["expectations"]] == ["proved"]
    assert "expectations" not in json.loads(run(*arguments[:3], "--members", "1", "--format", "json").stdout)


def test_mistakes_in_the_expectations_are_reported(expected: Callable[..., tuple[str, ...]]) -> None:
    """A mistake in the file is reported at its place before anything is proved; a file alone is wrong use."""
    arguments = expected("  - nobody looses\n", "town: 300", "town: 310")
    done = run(*arguments)
    assert done.exit_code == 1
    assert "期望.yaml:2:5: 错误[expectation_unknown]" in done.stderr
    assert not done.stdout
    assert run(arguments[0], "--expect", arguments[4]).exit_code == 2
    assert run(*arguments[:4], "nowhere.yaml").exit_code == 1


def test_never_over_the_expectations(expected: Callable[..., tuple[str, ...]]) -> None:
    """The file of expectations is never overwritten."""
    arguments = expected("  - nobody loses\n", "town: 300", "town: 310")
    done = run(*arguments, "-o", arguments[4])
    assert done.exit_code == 1
    assert "output_is_read" in done.stderr


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
