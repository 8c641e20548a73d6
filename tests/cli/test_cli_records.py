"""Records on the command line: written with one file per household, and replayed."""

import json
from pathlib import Path

import pytest
from command_line import HOUSEHOLD, PARTIAL, run
from places import ROOT

from hardship_rules import assess, load_household, load_policy, record

WEIHAI = load_policy("2021_weihai")
RECORD = record(assess(WEIHAI, load_household(HOUSEHOLD)))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A record in a folder."""
    path = tmp_path / "household.record.json"
    path.write_text(RECORD, encoding="utf-8")
    return path


class TestAssess:
    """`hardship-rules assess --format record`."""

    def test_printed(self) -> None:
        """Without `-o` the record of the one household is printed as the library makes it."""
        done = run("assess", "--format", "record", HOUSEHOLD)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode() == RECORD

    def test_into_a_file(self, tmp_path: Path) -> None:
        """`-o FILE` writes the record to that file, in UTF-8."""
        path = tmp_path / "a.json"
        assert run("assess", "--format", "record", "-o", str(path), HOUSEHOLD).returncode == 0
        assert path.read_text(encoding="utf-8") == RECORD

    def test_several_into_a_folder(self, tmp_path: Path) -> None:
        """Several households get one file each in the folder that `-o` names, under their own file names."""
        done = run("assess", "--format", "record", "-o", str(tmp_path), HOUSEHOLD, PARTIAL)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert {path.name for path in tmp_path.iterdir()} == {"household.record.json", "partial.record.json"}
        assert (tmp_path / "household.record.json").read_text(encoding="utf-8") == RECORD

    def test_the_others_are_written(self, tmp_path: Path) -> None:
        """A household with a mistake has no record; the others are written, and the exit status is 1."""
        wrong = tmp_path / "wrong.yaml"
        wrong.write_text("政策: 2021_weihai\n自有住房套数: 1,500\n", encoding="utf-8")
        folder = tmp_path / "records"
        folder.mkdir()
        done = run("assess", "--format", "record", "-o", str(folder), str(wrong), HOUSEHOLD)
        assert done.returncode == 1
        assert "错误[comma_in_number]" in done.stderr.decode()
        assert [path.name for path in folder.iterdir()] == ["household.record.json"]

    def test_a_record_that_is_there_is_kept(self, kept: Path) -> None:
        """A record is never overwritten, as it may hold an officer's decision; the others are still written."""
        kept.write_text("有经办意见", encoding="utf-8")
        done = run("assess", "--format", "record", "-o", str(kept.parent), HOUSEHOLD, PARTIAL)
        assert done.returncode == 1
        assert done.stderr.decode().startswith(f"{kept}:1:1: 错误[record_exists]: ")
        assert kept.read_text(encoding="utf-8") == "有经办意见"
        assert (kept.parent / "partial.record.json").exists()
        done = run("assess", "--format", "record", "-o", str(kept), HOUSEHOLD)
        assert done.returncode == 1
        assert kept.read_text(encoding="utf-8") == "有经办意见"

    def test_standard_input(self, tmp_path: Path) -> None:
        """A household from standard input has its record too."""
        text = Path(HOUSEHOLD).read_text(encoding="utf-8")
        assert run("assess", "--format", "record", "-o", str(tmp_path), "-", given=text).returncode == 0
        assert (tmp_path / "stdin.record.json").read_text(encoding="utf-8") == RECORD

    def test_embedded(self) -> None:
        """`--embed` puts the policy into the record."""
        done = run("assess", "--format", "record", "--embed", HOUSEHOLD)
        assert json.loads(done.stdout)["resolved"] == json.loads(WEIHAI.resolved)

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        """An unwritable location is a problem, and nothing is left behind."""
        done = run("assess", "--format", "record", "-o", str(tmp_path / "no" / "a.json"), HOUSEHOLD)
        assert done.returncode == 1
        assert "file_not_written" in done.stderr.decode()
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["assess", "--format", "record", HOUSEHOLD, PARTIAL],
        ["assess", "--format", "record", "-o", "a.json", HOUSEHOLD, PARTIAL],
        ["assess", "--format", "record", "-o", str(ROOT / "tests"), HOUSEHOLD, HOUSEHOLD],
        ["assess", "--embed", HOUSEHOLD],
        ["assess", "--what-would-change", "--format", "record", HOUSEHOLD],
        ["assess", "-o", str(ROOT / "tests"), HOUSEHOLD],
        ["replay"],
        ["replay", "--schema", HOUSEHOLD],
        ["show", "--checklist", "--format", "resolved", "2021_weihai"],
    ],
)
def test_wrong_use(arguments: list[str]) -> None:
    """Options that do not go together exit with 2, give the reason, and write nothing."""
    done = run(*arguments)
    assert done.returncode == 2
    assert b"Usage" in done.stderr
    assert not (ROOT / "tests" / "household.record.json").exists()


class TestReplay:
    """`hardship-rules replay`."""

    def test_the_same(self, kept: Path) -> None:
        """A record that replays the same is reported as such, with exit status 0, from standard input too."""
        done = run("replay", str(kept))
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().startswith(f"{kept}: 一致：深度困难职工家庭（")
        done = run("replay", "-", given=RECORD)
        assert done.returncode == 0
        assert done.stdout.decode().startswith("标准输入: 一致：")

    def test_bad_records(self, kept: Path) -> None:
        """Each bad record has a problem on standard error; the good one is answered; exit status 1."""
        bad = {
            "cut.json": (RECORD[:3000], "json_cut"),
            "edited.json": (RECORD.replace("36000", "26000").replace("30000", "20000"), "record_edited"),
            "newer.json": (RECORD.replace("record/1", "record/2"), "record_newer"),
            "other.json": ("{}", "not_a_record"),
        }
        for name, (text, _) in bad.items():
            (kept.parent / name).write_text(text, encoding="utf-8")
        missing = kept.parent / "missing.json"
        files = [kept.parent / name for name in bad] + [missing]
        done = run("replay", *map(str, files), str(kept))
        assert done.returncode == 1
        assert done.stdout.decode().count("一致") == 1
        errors = done.stderr.decode()
        assert "Traceback" not in errors
        for name, code in [*((name, code) for name, (_, code) in bad.items()), ("missing.json", "file_missing")]:
            assert any(f"{name}:" in line and f"[{code}]" in line for line in errors.splitlines()), name

    def test_a_policy_from_a_folder(self, tmp_path: Path) -> None:
        """A record by a policy that is not bundled is a problem without the folder that holds the policy."""
        source = tmp_path / "mine.yaml"
        text = "language: 1\npolicy: mine\ntitle: 自定\nextends: shandong_2020_58\n"
        text += "parameters: {dibao: {values: {urban: 700, rural: 500}, basis: assumption}}\n"
        source.write_text(text, encoding="utf-8")
        household = tmp_path / "h.json"
        household.write_text('{"unit_has_union": false, "members": [{"relation": "self"}]}', encoding="utf-8")
        folder = tmp_path / "kept"
        folder.mkdir()
        kept = folder / "h.record.json"
        assert run("assess", "-p", str(source), "--format", "record", "-o", str(kept), str(household)).returncode == 0
        assert run("show", "--format", "resolved", "-o", str(folder / "mine.json"), str(source)).returncode == 0
        source.unlink()
        done = run("replay", str(kept))
        assert done.returncode == 1
        assert "错误[record_policy_missing]" in done.stderr.decode()
        done = run("replay", "--policies", str(folder), str(kept))
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().startswith(f"{kept}: 一致：不属于认定范围")
        shown = run("show", str(folder / "mine.json"))
        assert shown.stdout.decode().startswith("自定\n")

    def test_under_another_policy(self, kept: Path) -> None:
        """`-p` adds another policy's verdict and the first difference; a series gives the file of the record's day."""
        done = run("replay", "-p", "weihai", str(kept))
        assert done.returncode == 0
        assert "2021_weihai" in done.stdout.decode()
        text = "language: 1\npolicy: mine\ntitle: 自定\nextends: shandong_2020_58\n"
        text += "parameters: {dibao: {values: {urban: 600, rural: 500}, basis: assumption}}\n"
        source = kept.parent / "mine.yaml"
        source.write_text(text, encoding="utf-8")
        done = run("replay", "-p", str(source), str(kept))
        assert done.returncode == 1
        assert "category.deep.income.below_standard" in done.stdout.decode()
        assert "655.56 < 787.00" in done.stdout.decode()
        assert "655.56 < 600.00" in done.stdout.decode()
        assert run("replay", "-p", "nowhere", str(kept)).returncode == 1

    def test_json(self, kept: Path) -> None:
        """The JSON output is one object a line, for problems too."""
        (kept.parent / "cut.json").write_text(RECORD[:3000], encoding="utf-8")
        done = run("replay", "--format", "json", str(kept), str(kept.parent / "cut.json"))
        replayed, problems = map(json.loads, done.stdout.decode().splitlines())
        assert (replayed["format"], replayed["record"], replayed["same"]) == (
            "hardship-rules/replay/1",
            str(kept),
            True,
        )
        assert (problems["format"], problems["problems"][0]["code"]) == ("hardship-rules/problems/1", "json_cut")
        assert done.returncode == 1

    def test_written_whole_or_not_at_all(self, kept: Path) -> None:
        """`-o` writes the answer; with a problem it writes nothing."""
        path = kept.parent / "answer.txt"
        assert run("replay", "-o", str(path), str(kept)).returncode == 0
        assert path.read_text(encoding="utf-8").startswith(f"{kept}: 一致")
        path.unlink()
        assert run("replay", "-o", str(path), str(kept), "nowhere.json").returncode == 1
        assert not path.exists()

    def test_schema(self) -> None:
        """`--schema` prints the shipped schema."""
        done = run("replay", "--schema")
        assert done.returncode == 0
        assert done.stdout == (ROOT / "policies" / "record.schema.json").read_bytes()

    def test_help(self) -> None:
        """The command has help."""
        assert "RECORD" in run("replay", "--help").stdout.decode()

    @pytest.mark.parametrize("encoding", ["gbk", "ascii"])
    def test_consoles(self, kept: Path, encoding: str) -> None:
        """A console for GBK or ASCII only gets the answer too."""
        done = run("replay", str(kept), PYTHONUTF8="0", PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (0, b"")


def test_resolved_text() -> None:
    """`show --format resolved` prints the text that the fingerprint is computed from."""
    done = run("show", "--format", "resolved", "2021_weihai")
    assert (done.returncode, done.stdout.decode()) == (0, WEIHAI.resolved + "\n")
