"""The command line as its users see it: output, streams, and exit status."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import HOUSEHOLD, PARTIAL, run
from places import ROOT
from small_policy import CASES as SMALL_CASES
from small_policy import files

CASES = str(ROOT / "tests" / "cases")

WRONG = """
policy: 2021_weihai
homes: 1,500
residence: 城镇
members:
  - {relation: spouse, wage: -3}
"""


def _read(terminal: int) -> bytes:
    """The next output of a terminal; empty after the other end is closed, which Linux reports as an error."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    """A household's file with four mistakes."""
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    return str(path)


class TestAssess:
    """`hardship-rules assess`."""

    def test_verdict(self) -> None:
        """A household is assessed under the policy that its file names."""
        done = run("assess", HOUSEHOLD)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().startswith("深度困难职工家庭 ")

    def test_undecided_is_an_answer(self) -> None:
        """An undecided household exits with 0."""
        done = run("assess", PARTIAL)
        assert done.returncode == 0
        assert done.stdout.decode().startswith("待定 ")
        assert run("assess", "--full", PARTIAL).stdout.decode().startswith("待定：")

    def test_standard_input(self) -> None:
        """`-` reads a household, YAML or JSON, from standard input."""
        document = {"policy": "2021_weihai", "unit_has_union": False, "members": [{"relation": "self"}]}
        for given in (json.dumps(document), json.dumps(document, ensure_ascii=False, indent=2)):
            done = run("assess", "-", given=given)
            assert done.stdout.decode().startswith("不属于认定范围")

    def test_policy_by_path_series_and_name(self) -> None:
        """`-p` takes a name, a path, or a series with a day."""
        path = str(ROOT / "policies" / "2021_weihai.yaml")
        for policy in (["-p", "2021_weihai"], ["-p", path], ["-p", "weihai"], ["-p", "weihai", "--on", "2021-03-31"]):
            done = run("assess", *policy, HOUSEHOLD)
            assert done.stdout.decode().startswith("深度困难职工家庭 "), done.stderr.decode()

    def test_json(self) -> None:
        """`--format json` prints the documented form, with the same bytes each time."""
        done = run("assess", "--format", "json", HOUSEHOLD)
        document = json.loads(done.stdout)
        assert (document["format"], document["category"]["id"]) == ("hardship-rules/assessment/2", "deep")
        assert run("assess", "--format", "json", HOUSEHOLD, PYTHONHASHSEED="7").stdout == done.stdout

    def test_detail_of_json(self) -> None:
        """`--detail` chooses how much is written; `--full` is the trace, and `json/1` the form before, with a note."""
        documents = {}
        for words in ("--detail verdict", "--detail reasons", "--detail trace", "--full", "--full --detail trace"):
            documents[words] = json.loads(run("assess", "--format", "json", *words.split(), HOUSEHOLD).stdout)
        plain = json.loads(run("assess", "--format", "json", HOUSEHOLD).stdout)
        assert documents["--detail reasons"] == plain
        assert documents["--full"] == documents["--detail trace"] == documents["--full --detail trace"]
        assert [documents[words]["detail"] for words in ("--detail verdict", "--full")] == ["verdict", "trace"]
        done = run("assess", "--format", "json/1", HOUSEHOLD)
        assert json.loads(done.stdout)["format"] == "hardship-rules/assessment/1"
        assert done.stderr.decode() == "--format json/1 用到 0.4 版为止：改用 --format json --detail trace。\n"
        refused = run("assess", "--format", "json/1", "-", given="homes: 1,5")
        assert json.loads(refused.stdout)["format"] == "hardship-rules/problems/1"

    def test_detail_of_other_forms(self) -> None:
        """Other forms are `short` or `full`; a detail of another form, and two that differ, are wrong use."""
        assert run("assess", "--detail", "full", HOUSEHOLD).stdout == run("assess", "--full", HOUSEHOLD).stdout
        assert run("assess", "--detail", "short", HOUSEHOLD).stdout == run("assess", HOUSEHOLD).stdout
        for words, known in (
            (["--detail", "verdict"], "short、full"),
            (["--format", "json", "--detail", "full"], "verdict、reasons、trace"),
            (["--format", "json", "--detail", "verdict", "--full"], "--detail trace"),
            (["--format", "record", "--detail", "full"], "record"),
            (["--notice", "--detail", "full"], "--notice"),
        ):
            done = run("assess", *words, HOUSEHOLD)
            assert done.returncode == 2, words
            assert known in done.stderr.decode()

    def test_other_readers(self, tmp_path: Path) -> None:
        """Options choose Markdown, one HTML page or English; `-o` writes a whole page."""
        assert run("assess", "--format", "markdown", HOUSEHOLD).stdout.decode().startswith("# 深度困难职工家庭\n")
        english = run("assess", "--lang", "en", PARTIAL)
        assert english.stdout.decode().startswith("Undecided ")
        made = tmp_path / "page.html"
        done = run("assess", "--format", "html", "--lang", "en", "-o", str(made), HOUSEHOLD)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        page = made.read_text(encoding="utf-8")
        assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
        assert page.endswith("</html>\n")

    def test_notice(self) -> None:
        """`--notice` writes the letter as text or as a page, with a note that the union checks it first."""
        done = run("assess", "--notice", HOUSEHOLD)
        assert done.stdout.decode().startswith(" " * 23 + "关于提交困难职工家庭认定材料的通知\n")
        assert done.stderr.decode() == "通知由程序拟写，不替代工会认定决定：请核对，填好空白处，盖章后再发出。\n"
        page = run("assess", "--notice", "--format", "html", PARTIAL).stdout.decode()
        assert "<h1>关于补充困难职工家庭申报材料的通知</h1>" in page

    @pytest.mark.parametrize(
        "wrong",
        [
            ["--notice", "--format", "json"],
            ["--notice", "--lang", "en"],
            ["--notice", "--turns-on"],
            ["--notice", "--engine", "durable-rules"],
            ["--engine", "durable-rules", "--format", "html"],
            ["--format", "html", PARTIAL],
        ],
    )
    def test_options_that_do_not_go_together(self, wrong: list[str]) -> None:
        """Options that do not go together are wrong use, reported as such; nothing is printed instead."""
        done = run("assess", *wrong, HOUSEHOLD)
        assert (done.returncode, done.stdout) == (2, b"")
        assert wrong[0] in done.stderr.decode()

    @pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of Unix")
    @pytest.mark.parametrize(
        ("arguments", "environment", "coloured"),
        [
            (["--full"], {"NO_COLOR": ""}, True),
            ([], {"NO_COLOR": ""}, True),
            (["--full"], {"NO_COLOR": "1"}, False),
            ([], {"NO_COLOR": "", "TERM": "dumb"}, False),
            (["--format", "markdown"], {"NO_COLOR": ""}, False),
            (["--notice"], {"NO_COLOR": ""}, False),
        ],
    )
    def test_colour_in_a_terminal(self, arguments: list[str], environment: dict[str, str], *, coloured: bool) -> None:
        """In a terminal the text is coloured unless `NO_COLOR` is set or it has no colours; the words are the same."""
        import pty  # noqa: PLC0415  # not on Windows

        master, slave = pty.openpty()
        try:
            command = [sys.executable, "-m", "hardship_rules", "assess", *arguments, HOUSEHOLD]
            where = {**os.environ, "PYTHONUTF8": "1", "TERM": "xterm", **environment}
            with subprocess.Popen(command, stdout=slave, env=where) as started:  # noqa: S603  # this program
                os.close(slave)
                found = b""
                while chunk := _read(master):
                    found += chunk
            assert started.returncode == 0
        finally:
            os.close(master)
        assert (b"\x1b[" in found) is coloured
        if coloured and arguments:
            assert "\x1b[32m√\x1b[0m 人均月纯收入低于低保标准" in found.decode()
            assert "\x1b[31m×\x1b[0m 不属于认定范围" in found.decode()
        elif coloured:
            assert found.decode().startswith("\x1b[31m\x1b[1m深度困难职工家庭\x1b[0m  ")
        plain = re.sub(r"\x1b\[\d+m", "", found.decode().replace("\r\n", "\n"))
        assert plain == run("assess", *arguments, HOUSEHOLD).stdout.decode()
        assert b"\x1b" not in run("assess", *arguments, HOUSEHOLD, **environment).stdout

    def test_every_problem_with_its_place(self, wrong: str) -> None:
        """Problems go to standard error, all at once, with place, code, sentence and fix; exit status 1."""
        done = run("assess", wrong)
        assert (done.returncode, done.stdout) == (1, b"")
        lines = done.stderr.decode().splitlines()
        assert [line.split(" ")[0] for line in lines if not line.startswith(" ")] == [
            f"{wrong}:3:8:",
            f"{wrong}:4:12:",
            f"{wrong}:6:30:",
        ]
        assert "错误[comma_in_number]" in lines[0]
        assert "1500" in lines[1]

    def test_problems_in_english_and_as_json(self, wrong: str) -> None:
        """Problems are available in English and as JSON."""
        assert "error[comma_in_number]" in run("assess", "--lang", "en", wrong).stderr.decode()
        done = run("assess", "--format", "json", wrong)
        document = json.loads(done.stdout)
        assert document["format"] == "hardship-rules/problems/1"
        first = document["problems"][0]
        assert (first["code"], first["line"], first["column"], first["path"]) == ("comma_in_number", 3, 8, "homes")
        assert done.returncode == 1

    def test_other_files_are_answered(self, wrong: str) -> None:
        """With one bad file of several, the others are answered, and the exit status is 1."""
        done = run("assess", wrong, HOUSEHOLD, str(ROOT / "nowhere.yaml"))
        assert done.returncode == 1
        assert "深度困难职工家庭" in done.stdout.decode()
        assert "nowhere.yaml" in done.stderr.decode()

    def test_output_whole_or_not_at_all(self, tmp_path: Path, wrong: str) -> None:
        """`-o` writes the whole answer in UTF-8; with a problem, or into a missing folder, it writes nothing."""
        made = tmp_path / "answer.txt"
        assert run("assess", HOUSEHOLD, "-o", str(made)).returncode == 0
        assert made.read_text(encoding="utf-8").startswith("深度困难职工家庭 ")
        not_made = tmp_path / "none.txt"
        assert run("assess", wrong, HOUSEHOLD, "-o", str(not_made)).returncode == 1
        assert not not_made.exists()
        done = run("assess", HOUSEHOLD, "-o", str(tmp_path / "no" / "folder.txt"))
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr
        assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.txt", "wrong.yaml"]

    def test_full_width_colons_throughout(self) -> None:
        """If every colon of a file is full-width, the problem names the character, at its line."""
        done = run("assess", "-", given="认定日期：2021-03-31\n家庭居住地：城市\n")
        assert "标准输入:1:" in done.stderr.decode()
        assert "错误[full_width]" in done.stderr.decode()

    def test_no_default_policy(self) -> None:
        """A household that names no policy, without `-p`, is a problem with a hint what to write."""
        done = run("assess", "-", given="members: [{relation: self}]")
        assert done.returncode == 1
        assert "policy_not_named" in done.stderr.decode()

    def test_policy_that_is_not_there(self) -> None:
        """A missing policy, or a missing year of a series, is reported at the household that names it."""
        for policy, code in (("nowhere", "policy_missing"), ("weihai\non: 2022-05-01", "no_policy_on_date")):
            done = run("assess", "-", given=f"policy: {policy}\nmembers: [{{relation: self}}]")
            assert done.returncode == 1
            assert done.stderr.decode().startswith(f"标准输入:1:1: 错误[{code}]")

    @pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252"])
    def test_consoles_that_cannot_print_chinese(self, encoding: str, wrong: str) -> None:
        """A console for GBK or ASCII only gets an answer and problems, and no traceback."""
        for arguments in (
            ["assess", HOUSEHOLD],
            ["assess", wrong],
            ["assess", "--format", "json", HOUSEHOLD],
            ["--help"],
        ):
            done = run(*arguments, PYTHONUTF8="0", PYTHONIOENCODING=encoding)
            assert b"Traceback" not in done.stderr
            assert done.stdout + done.stderr
        if encoding == "gbk":
            done = run("assess", "--full", HOUSEHOLD, PYTHONUTF8="0", PYTHONIOENCODING="gbk")
            assert "√ 人均月纯收入低于低保标准    655.56 < 787.00" in done.stdout.decode("gbk")

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\x00\x01\x02",
            b"\xff\xfe\x00",
            "policy: 2021_weihai\n成员：[]".encode(),
            "就业状况: 在职".encode("gbk"),
            b"[" * 100_000,
            b"{" * 100_000,
            b"a: &x [*x]",
            b"- 1",
            b"3",
            b"policy: [2021_weihai]",
            b"policy: 2021_weihai\nmembers: {a: 1}",
            b"policy: 2021_weihai\non: 31.3.2021",
            b"policy: 2021_weihai\nmembers: [[], 3, {relation: [self]}]",
            b"policy: ../../etc/passwd\nmembers: [{relation: self}]",
            b"policy: '\\0'\n",
        ],
    )
    def test_never_a_traceback(self, content: bytes) -> None:
        """Any input gives a verdict or a problem with a place."""
        done = run("assess", "-", given=content)
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr
        assert "错误[" in done.stderr.decode()

    def test_what_would_change(self) -> None:
        """`--what-would-change` adds the changes after the explanation, and a key to the JSON."""
        before, _ = run("assess", HOUSEHOLD).stdout.decode().split("全部理由", maxsplit=1)
        done = run("assess", "--what-would-change", HOUSEHOLD)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().startswith(before)
        assert "\n  家庭年可支配收入再增加 4,732.00 元，即转为相对困难职工家庭\n" in done.stdout.decode()
        document = json.loads(run("assess", "--what-would-change", "--format", "json", HOUSEHOLD).stdout)
        assert document["would_change"]["totals"][0]["by"]["exact"] == "4732"
        assert "would_change" not in json.loads(run("assess", "--format", "json", HOUSEHOLD).stdout)
        both = json.loads(run("assess", "--what-would-change", "--turns-on", "--format", "json", HOUSEHOLD).stdout)
        assert {"would_change", "turns_on"} <= set(both)
        assert run("assess", "--what-would-change", PARTIAL).stdout.decode().endswith("还需先补充：本人医疗自负费用\n")

    def test_limits_of_the_search(self) -> None:
        """`--fact` limits the search to facts, by name, title or path, and `--until` its time."""
        words = ("assess", "--what-would-change", "--format", "json")
        facts = ("--fact", "家庭居住地", "--fact", "members[2].wage")
        found = json.loads(run(*words, *facts, "--until", "600", HOUSEHOLD).stdout)["would_change"]
        assert {change["path"] for change in found["changes"]} == {"residence", "members[2].wage"}
        assert (found["totals"], found["unsettled"]) == ([], [])
        text = run("assess", "--what-would-change", "--fact", "residence", HOUSEHOLD).stdout.decode()
        assert text.endswith("改变，类别即随之改变\n  家庭居住地改为“农村”，即转为相对困难职工家庭\n")
        done = run("assess", "--what-would-change", "--fact", "resident", HOUSEHOLD)
        assert done.returncode == 1
        assert (
            "resident: 错误[sought_unknown]: 没有 `resident` 这项事实可供查找\n    是否指 `residence`？"
            in done.stderr.decode()
        )
        for wrong in (["--fact", "wage"], ["--until", "1"], ["--what-would-change", "--until", "0"]):
            assert run("assess", *wrong, HOUSEHOLD).returncode == 2
        assert run("assess", "--what-would-change", "--until", "nan", HOUSEHOLD).returncode == 2

    def test_not_both_engines_and_changes(self) -> None:
        """The changes cannot be combined with the second engine."""
        done = run("assess", "--what-would-change", "--engine", "durable-rules", HOUSEHOLD)
        assert done.returncode == 2
        assert "--what-would-change" in done.stderr.decode()


class TestChanges:
    """`hardship-rules changes`."""

    def test_before_and_now(self, tmp_path: Path) -> None:
        """Each file is assessed by its own policy and day, or by a series; exit status 0; `-o` writes a file."""
        now = tmp_path / "now.yaml"
        text = Path(HOUSEHOLD).read_text(encoding="utf-8").replace("2021_weihai", "2023_weihai")
        now.write_text(text.replace("2021-03-31", "2023-03-31").replace("30000", "62000"), encoding="utf-8")
        done = run("changes", HOUSEHOLD, str(now))
        assert (done.returncode, done.stderr) == (0, b"")
        lines = done.stdout.decode().splitlines()
        assert lines[0] == "困难职工家庭类别：深度困难职工家庭 → 相对困难职工家庭"  # (68,000 - 12,400) / 36 = 1,544.44
        assert "  本人的年工资性收入：30,000.00 元 → 62,000.00 元" in lines
        out = tmp_path / "changes.txt"
        assert run("changes", "-p", "weihai", HOUSEHOLD, str(now), "-o", str(out)).stdout == b""
        assert out.read_text(encoding="utf-8").splitlines() == lines

    def test_problems_of_both(self, tmp_path: Path) -> None:
        """The problems of both files are reported at once, as text or JSON, and nothing else; exit status 1."""
        paths = [tmp_path / "before.yaml", tmp_path / "now.yaml"]
        for path in paths:
            path.write_text("homes: 1,5\nmembers: [{relation: self}]\n", encoding="utf-8")
        done = run("changes", "-p", "2021_weihai", *map(str, paths))
        assert (done.returncode, done.stdout) == (1, b"")
        assert all(str(path) in done.stderr.decode() for path in paths)
        done = run("changes", "-p", "2021_weihai", *map(str, paths), "--format", "json")
        assert done.returncode == 1
        assert len({each["file"] for each in json.loads(done.stdout)["problems"]}) == 2


class TestCompare:
    """`hardship-rules compare`."""

    def test_two_years(self) -> None:
        """Two verdicts are shown side by side, with a note on a day outside a policy's window; exit status 0."""
        done = run("compare", "2021_weihai", "2023_weihai", HOUSEHOLD)
        assert (done.returncode, done.stderr) == (0, b"")
        lines = done.stdout.decode().splitlines()
        assert lines[0] == "甲：威海市2021年困难职工家庭认定（2021_weihai），认定日期 2021-03-31"
        assert "这里假定它在 2021-03-31 也适用" in lines[1]
        assert "结论相同" in lines

    def test_days(self) -> None:
        """`--on` replaces the household's day; given twice, it sets a day for each, which selects a series' file."""
        done = run("compare", "--on", "2021-03-31", "--on", "2023-05-01", "weihai", "weihai", HOUSEHOLD)
        first, second, *_ = done.stdout.decode().splitlines()
        assert first.endswith("（2021_weihai），认定日期 2021-03-31")
        assert second.endswith("（2023_weihai），认定日期 2023-05-01")
        once = run("compare", "--on", "2023-05-01", "2021_weihai", "weihai", HOUSEHOLD).stdout.decode()
        assert "这里假定它在 2023-05-01 也适用" in once.splitlines()[0]
        days = ["--on", "2021-03-31"] * 3
        assert run("compare", *days, "weihai", "weihai", HOUSEHOLD).returncode == 2

    def test_readings(self) -> None:
        """`--reading` makes the second policy a variant; an unknown one is a problem, a missing option wrong use."""
        same = ["compare", "2021_weihai", "2021_weihai"]
        done = run(*same, "--reading", "rounding=yuan", HOUSEHOLD)
        assert "  解读：人均月纯收入的取整    不取整              取整到元" in done.stdout.decode()
        refused = run(*same, "--reading", "rounding=euro", HOUSEHOLD)
        assert (refused.returncode, refused.stdout) == (1, b"")
        assert "错误[unknown_option]" in refused.stderr.decode()
        assert run(*same, "--reading", "rounding", HOUSEHOLD).returncode == 2

    def test_json_and_english(self) -> None:
        """Output and problems are available in English and as JSON."""
        done = run("compare", "--format", "json", "2021_weihai", "2023_weihai", HOUSEHOLD)
        assert json.loads(done.stdout)["format"] == "hardship-rules/comparison/1"
        done = run("compare", "--lang", "en", "2021_weihai", "2023_weihai", HOUSEHOLD)
        assert "The verdicts are the same" in done.stdout.decode()
        done = run("compare", "--format", "json", "2021_weihai", "2023_weihai", "-", given="homes: 1,5")
        assert done.returncode == 1
        assert json.loads(done.stdout)["format"] == "hardship-rules/problems/1"

    def test_other_files_are_answered(self, wrong: str, tmp_path: Path) -> None:
        """With one bad file of several, the others are answered, the exit status is 1, and no file is written."""
        made = tmp_path / "made.txt"
        done = run("compare", "2021_weihai", "2023_weihai", wrong, HOUSEHOLD)
        assert done.returncode == 1
        assert "结论相同" in done.stdout.decode()
        lines = [line for line in done.stderr.decode().splitlines() if not line.startswith(" ")]
        assert [line.split(" ")[1] for line in lines] == [
            "错误[comma_in_number]:",
            "错误[unknown_fact_option]:",
            "错误[fact_outside]:",
        ]
        assert run("compare", "2021_weihai", "2023_weihai", wrong, HOUSEHOLD, "-o", str(made)).returncode == 1
        assert not made.exists()
        assert run("compare", "2021_weihai", "2023_weihai", HOUSEHOLD, "-o", str(made)).returncode == 0
        assert "结论相同" in made.read_text(encoding="utf-8")

    @pytest.mark.parametrize("content", [b"", b"\x00", b"- 1", b"members: 3", b"on: [3]\nmembers: [{}]", b"a: 1\na: 2"])
    def test_never_a_traceback(self, content: bytes) -> None:
        """Any input gives a comparison or a problem with a place."""
        done = run("compare", "2021_weihai", "example_huzhou", "-", given=content)
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr
        assert "错误[" in done.stderr.decode()


class TestCheck:
    """`hardship-rules check`."""

    def test_sound(self) -> None:
        """A sound policy is summarised, its values beside the measure's; a measure without its numbers is open."""
        done = run("check", "2021_weihai", "shandong_2020_58")
        assert done.returncode == 0
        year, measure = done.stdout.decode().split("shandong_2020_58: 没有问题：")
        assert year.splitlines()[0] == "2021_weihai: 没有问题：威海市2021年困难职工家庭认定"
        assert "    低保标准（城市）：787 元/月/人（办法：未定）〔通知〕" in year.splitlines()
        assert "指纹：v1:" in year
        assert "尚无数值的参数：`dibao` 低保标准" in measure

    def test_problems(self, tmp_path: Path) -> None:
        """Every problem of a file is printed; the other files are still checked."""
        path = tmp_path / "bad.yaml"
        path.write_text(
            "language: 1\npolicy: bad\nextends: shandong_2020_58\nparameters:\n  dibo: {values: {urban: 1}}\n"
        )
        done = run("check", str(path), "2021_weihai")
        assert done.returncode == 1
        assert f"{path}:5:3: 错误[unknown_parameter]" in done.stdout.decode()
        assert "2021_weihai: 没有问题" in done.stdout.decode()

    def test_days_of_another_year(self, tmp_path: Path) -> None:
        """Days that another year of the series covers are reported with the file's other problems."""
        path = tmp_path / "2026_weihai.yaml"
        head = "language: 1\npolicy: 2026_weihai\nseries: weihai\nextends: shandong_2020_58\n"
        path.write_text(head + "effective: {from: 2025-12-31, to: 2026-12-31}\n", encoding="utf-8")
        done = run("check", str(path))
        assert done.returncode == 1
        told = done.stdout.decode().splitlines()
        assert told[0].startswith(f"{path}:5:12: 错误[policies_overlap]: 适用日期 2025-12-31 – 2026-12-31 ")
        assert "2025_weihai（2025-01-01 – 2025-12-31）" in told[0]
        path.write_text(path.read_text("utf-8") + "readings: {rounding: {chosen: jiao}}\n", encoding="utf-8")
        codes = re.findall(r"错误\[(\w+)\]", run("check", str(path)).stdout.decode())
        assert codes == ["policies_overlap", "missing_key"]
        path.write_text(head + "effective: {from: 2026-01-01, to: 2026-12-31}\n", encoding="utf-8")
        assert run("check", str(path)).returncode == 0

    def test_json(self) -> None:
        """The JSON has the problems, none for a sound policy, and the summary beside them."""
        document = json.loads(run("check", "--format", "json", "2021_weihai").stdout)
        assert (document["format"], document["problems"]) == ("hardship-rules/problems/1", [])
        assert document["policy"]["parameters"]["dibao"]["values"][1] == {
            "for": ["rural"],
            "value": "588",
            "base": None,
        }

    def test_schemas(self, tmp_path: Path) -> None:
        """The schemas are printed, or written whole; an unreadable policy gives a problem and no file."""
        for arguments in (["--policy-schema"], ["--facts-schema", "2021_weihai"]):
            path = tmp_path / "schema.json"
            printed = run("check", *arguments)
            done = run("check", *arguments, "-o", str(path))
            assert (printed.returncode, done.returncode, done.stdout, done.stderr) == (0, 0, b"", b"")
            assert path.read_bytes() == printed.stdout
            assert json.loads(printed.stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        done = run("check", "--facts-schema", "nowhere", "-o", str(tmp_path / "none.json"))
        assert done.returncode == 1
        assert "policy_missing" in done.stdout.decode()
        assert [each.name for each in tmp_path.iterdir()] == ["schema.json"]

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--facts-schema"],
            ["--facts-schema", "2021_weihai", "shandong_2020_58"],
            ["--policy-schema", "2021_weihai"],
            ["--policy-schema", "--facts-schema", "2021_weihai"],
            ["2021_weihai", "-o", "answer.txt"],
        ],
    )
    def test_schemas_wrongly_asked_for(self, arguments: list[str]) -> None:
        """It is wrong use if the wanted schema or its policy is not clear."""
        assert run("check", *arguments).returncode == 2


class TestShow:
    """`hardship-rules show`."""

    def test_forms(self) -> None:
        """The default form is text; each form begins with the policy's title in its own markup."""
        title = "威海市2021年困难职工家庭认定"
        beginnings = {"text": f"{title}\n====", "markdown": f"# {title}\n", "html": "<!DOCTYPE html>\n"}
        for form, beginning in beginnings.items():
            done = run("show", "--format", form, "2021_weihai")
            assert (done.returncode, done.stderr) == (0, b"")
            assert done.stdout.decode().startswith(beginning)
        assert run("show", "2021_weihai").stdout == run("show", "--format", "text", "2021_weihai").stdout

    def test_checklist(self) -> None:
        """`--checklist` has the columns to fill in, titled with the number of the text that is not held."""
        shown = run("show", "--checklist", "2021_weihai").stdout.decode()
        assert shown.startswith("对照表：威海市2021年困难职工家庭认定\n")
        for head in ("58号第__条", "一致 / 不一致", "备注", "category.deep.income.below_standard"):
            assert head in shown

    def test_durable(self) -> None:
        """The ruleset is printed as one JSON object."""
        assert len(json.loads(run("show", "--format", "durable", "2021_weihai").stdout)) == 1

    def test_output_whole_or_not_at_all(self, tmp_path: Path) -> None:
        """`-o` writes the document in UTF-8 and prints nothing; into a missing folder it writes nothing."""
        made = tmp_path / "政策.html"
        done = run("show", "--format", "html", "-o", str(made), "2021_weihai")
        assert (done.returncode, done.stdout) == (0, b"")
        assert made.read_text(encoding="utf-8").endswith("</html>\n")
        done = run("show", "-o", str(tmp_path / "no" / "policy.txt"), "2021_weihai")
        assert done.returncode == 1
        assert "错误[file_not_written]" in done.stderr.decode()
        assert [path.name for path in tmp_path.iterdir()] == ["政策.html"]

    def test_problems(self, tmp_path: Path) -> None:
        """A policy with problems is not shown: they go to standard error, and no file is written."""
        path = tmp_path / "bad.yaml"
        path.write_text("language: 1\npolicy: bad\nextends: nowhere\n", encoding="utf-8")
        done = run("show", "-o", str(tmp_path / "policy.txt"), str(path))
        assert (done.returncode, done.stdout) == (1, b"")
        assert "错误[" in done.stderr.decode()
        assert not (tmp_path / "policy.txt").exists()

    def test_folders(self, tmp_path: Path) -> None:
        """`--policies` names the folders in which a policy is looked for by name."""
        parameter = "parameters: {a: {title: 甲, unit: 1, value: 1, basis: assumption}}\n"
        policy = f"language: 1\npolicy: mine\ntitle: 自定\n{parameter}"
        (tmp_path / "mine.yaml").write_text(policy, encoding="utf-8")
        done = run("show", "--policies", str(tmp_path), "mine")
        assert done.stdout.decode().startswith("自定\n====\n")

    def test_a_chinese_console_prints_all_of_it(self) -> None:
        """Every character of both documents is in GBK, so that nothing is printed as an escape."""
        for arguments in (["show", "2021_weihai"], ["show", "--checklist", "2021_weihai"]):
            done = run(*arguments, PYTHONUTF8="0", PYTHONIOENCODING="gbk")
            assert "\\u" not in done.stdout.decode("gbk")
            assert done.stdout.decode("gbk") == run(*arguments).stdout.decode()


class TestTest:
    """`hardship-rules test`."""

    def test_cases_hold(self) -> None:
        """The worked cases of the measure pass."""
        done = run("test", CASES)
        assert done.returncode == 0, done.stdout.decode()
        assert "未通过 0 例" in done.stdout.decode()

    def test_a_failing_case(self, tmp_path: Path) -> None:
        """A failed case is reported at its place with expected and actual value and the reason; exit status 1."""
        path = tmp_path / "cases.yaml"
        path.write_text(
            "policy: 2021_weihai\ncases:\n  - title: 没有工会\n"
            "    household: {unit_has_union: no, members: [{relation: self}]}\n"
            "    expect: {category: deep}\n    because: 写错了\n",
            encoding="utf-8",
        )
        done = run("test", str(tmp_path))
        assert done.returncode == 1
        assert done.stdout.decode().splitlines() == [
            f"{path}:3:12: 未通过：没有工会",
            "    category：应为 deep，得到 out_of_scope",
            "    依据：写错了",
            "通过 0 例，未通过 1 例",
        ]

    def test_no_cases(self, tmp_path: Path) -> None:
        """A folder without cases fails."""
        assert run("test", str(tmp_path)).returncode == 1

    def test_an_unconfirmed_case(self, tmp_path: Path) -> None:
        """An unconfirmed case is counted apart, neither as passed nor as failed; a changed result is reported."""
        other = (
            "  - {title: 对的, confirmed: no, household: {place: town, members: [{}], money: 1}, "
            "expect: {category: poor}, because: 搜索得出}\n"
        )
        path = files(tmp_path, SMALL_CASES + other + other.replace("对的", "错的").replace("poor", "none"))
        done = run("test", str(path), "--policies", str(tmp_path))
        assert done.returncode == 0
        assert done.stdout.decode().splitlines() == [
            f"{path}:9:13: 未核对，结果已与写入时不同：错的",
            "    category：应为 none，得到 poor",
            "通过 1 例，未通过 0 例，未核对 2 例",
        ]

    def test_coverage(self, tmp_path: Path) -> None:
        """The untested items are listed below the counts; the exit status depends only on the cases."""
        done = run("test", "--coverage", str(files(tmp_path)), "--policies", str(tmp_path))
        assert (done.returncode, done.stderr) == (0, b"")
        lines = done.stdout.decode().splitlines()
        assert lines[:3] == ["通过 1 例，未通过 0 例", "", "小例（small）：43 处，算例检验了 16 处"]
        assert "  没有算例检验：25 处" in lines

    def test_coverage_json(self, tmp_path: Path) -> None:
        """The JSON has every case and every missing item."""
        path = files(tmp_path)
        done = run("test", "--coverage", "--format", "json", str(path), "--policies", str(tmp_path))
        data = json.loads(done.stdout)
        assert (done.returncode, data["problems"]) == (0, [])
        assert (data["passed"], data["failed"], data["unconfirmed"]) == (1, 0, 0)
        assert [(case["title"], case["holds"], case["confirmed"]) for case in data["cases"]] == [
            ("恰为限额的成年人", True, True)
        ]
        (of_small,) = data["coverage"]
        assert (of_small["policy"], len(of_small["missing"])) == ("small", 25)

    def test_write_missing(self, tmp_path: Path) -> None:
        """Missing cases are written as passing, unconfirmed ones; an item proved impossible is not missing."""
        path, made = files(tmp_path), tmp_path / "made.yaml"
        done = run("test", str(path), "--policies", str(tmp_path), "--write-missing", str(made))
        assert done.returncode == 0, done.stderr.decode()
        assert "  已证明没有家庭能达到，不算缺：7 处" in done.stdout.decode().splitlines()
        count = made.read_text(encoding="utf-8").count("confirmed: false\n")
        assert done.stderr.decode() == f"{made}：写入 {count} 例，都未核对\n"
        again = run("test", str(path), str(made), "--policies", str(tmp_path))
        assert again.stdout.decode() == f"通过 1 例，未通过 0 例，未核对 {count} 例\n"

    def test_never_over_a_file(self, tmp_path: Path) -> None:
        """An existing file is kept, and nothing is searched for."""
        path = files(tmp_path)
        before = path.read_bytes()
        done = run("test", str(path), "--policies", str(tmp_path), "--write-missing", str(path))
        assert (done.returncode, done.stdout) == (1, b"")
        assert "错误[cases_file_exists]" in done.stderr.decode()
        assert path.read_bytes() == before

    def test_cannot_be_written(self, tmp_path: Path) -> None:
        """If the file cannot be written, that is reported, with exit status 1."""
        made = tmp_path / "nowhere" / "made.yaml"
        done = run("test", str(files(tmp_path)), "--policies", str(tmp_path), "--write-missing", str(made))
        assert done.returncode == 1
        assert "错误[file_not_written]" in done.stderr.decode()

    def test_for_one_policy(self, tmp_path: Path) -> None:
        """For cases of several policies `-p` says which missing ones to write; it must name one of the policies."""
        years = str(ROOT / "tests" / "cases" / "years.yaml")
        made = str(tmp_path / "made.yaml")
        several = run("test", years, "--write-missing", made)
        assert several.returncode == 2
        assert "2023_weihai、2021_weihai、2024_weihai、2025_weihai" in several.stderr.decode()
        other = run("test", years, "--coverage", "-p", "2022_weihai")
        assert other.returncode == 2
        assert "2022_weihai" in other.stderr.decode()
        one = run("test", years, "--coverage", "-p", "2024_weihai")
        assert [line for line in one.stdout.decode().splitlines() if line.startswith("威海市")] == [
            "威海市2024年困难职工家庭认定（2024_weihai）：413 处，算例检验了 162 处"
        ]
        assert run("test", years, "-p", "2024_weihai").returncode == 2

    def test_without_the_prover(self, tmp_path: Path) -> None:
        """Without z3 the output says what to install, and coverage is still measured."""
        path = files(tmp_path)
        code = "import sys; sys.modules['z3'] = None; from hardship_rules.__main__ import main; main()"
        command = [sys.executable, "-c", code, "test", "--coverage", str(path), "--policies", str(tmp_path)]
        measured = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # this program
        assert measured.returncode == 0, measured.stderr.decode()
        made = tmp_path / "made.yaml"
        done = subprocess.run([*command, "--write-missing", str(made)], capture_output=True, check=False)  # noqa: S603  # this program
        assert done.returncode == 1
        assert "pip install 'hardship-rules[verify]'" in done.stderr.decode()
        assert not made.exists()


class TestTemplate:
    """`hardship-rules template`."""

    def test_printed_and_written(self, tmp_path: Path) -> None:
        """Without `-o` it prints the same text that `-o` writes, and the text can be assessed as it is."""
        path = tmp_path / "household.yaml"
        printed = run("template", "2021_weihai")
        done = run("template", "2021_weihai", "-o", str(path))
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert path.read_bytes() == printed.stdout
        assert run("assess", str(path)).stdout.decode().startswith("待定 ")

    def test_a_file_that_is_there_is_kept(self, tmp_path: Path) -> None:
        """An existing file is not overwritten; the error names `--force`, which does it."""
        path = tmp_path / "household.yaml"
        path.write_text("填好的", encoding="utf-8")
        done = run("template", "2021_weihai", "-o", str(path))
        assert done.returncode == 1
        assert done.stderr.decode().startswith(f"{path}:1:1: 错误[file_exists]: ")
        assert "--force" in done.stderr.decode()
        assert path.read_text(encoding="utf-8") == "填好的"
        assert run("template", "2021_weihai", "--force", "-o", str(path)).returncode == 0
        assert path.read_text(encoding="utf-8").startswith("# 威海市2021年")

    def test_whole_or_not_at_all(self, tmp_path: Path) -> None:
        """An unreadable policy or a missing folder leaves no file behind."""
        assert run("template", "nowhere", "-o", str(tmp_path / "a.yaml")).returncode == 1
        done = run("template", "2021_weihai", "-o", str(tmp_path / "no" / "a.yaml"))
        assert done.returncode == 1
        assert "file_not_written" in done.stderr.decode()
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("encoding", ["gbk", "ascii"])
    def test_consoles(self, encoding: str) -> None:
        """A console for GBK or ASCII only gets the text without a traceback."""
        done = run("template", "2021_weihai", PYTHONUTF8="0", PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (0, b"")
        if encoding == "gbk":
            assert "\n# ── 申请人 ──" in done.stdout.decode("gbk").replace("\r", "")


@pytest.mark.parametrize(
    "words",
    [
        "assess {household} -o {household}",
        "assess {household} -p {policy} -o {policy}",
        "assess {household} -p {policy} -o {base}",
        "changes {partial} {household} -o {household}",
        "compare {policy} 2023_weihai {household} -o {household}",
        "compare 2023_weihai {policy} {household} --on 2021-03-31 -o {link}",
        "template 2021_weihai --policies {folder} --force -o {policy}",
        "show {policy} -o {policy}",
        "show {policy} --format sql --dialect duckdb --mapping {mapping} -o {mapping}",
        "check --facts-schema {policy} -o {policy}",
    ],
)
def test_what_is_read_is_never_written_over(tmp_path: Path, words: str) -> None:
    """Every command refuses to overwrite its input, also if a policy extends the file or a link leads to it."""
    of = {name: tmp_path / f"{name}.yaml" for name in ("household", "partial", "mapping", "link")}
    of |= {"policy": tmp_path / "2021_weihai.yaml", "base": tmp_path / "shandong_2020_58.yaml", "folder": tmp_path}
    for name, file in (("household", HOUSEHOLD), ("partial", PARTIAL)):
        of[name].write_bytes(Path(file).read_bytes())
    for name in ("base", "policy"):
        of[name].write_bytes((ROOT / "policies" / of[name].name).read_bytes())
    of["mapping"].write_text("mapping: 1\nhouseholds: {key: id}\nmembers: {key: id}\n", "utf-8")
    of["link"].symlink_to(of["policy"])
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    done = run(*words.format(**of).split())
    assert done.returncode == 1
    assert "错误[output_is_read]" in done.stderr.decode()
    assert words.format(**of).split()[-1] in done.stderr.decode()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["assess"],
        ["assess", "--format", "pdf", HOUSEHOLD],
        ["check"],
        ["show"],
        ["show", "--checklist", "--format", "durable", "2021_weihai"],
        ["nothing"],
    ],
)
def test_wrong_use(arguments: list[str]) -> None:
    """Wrong use exits with 2 and prints the usage."""
    done = run(*arguments)
    assert done.returncode == 2
    assert b"Usage" in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["approve", "assess", "check", "compare", "new", "show", "template", "test"])
def test_help(command: str) -> None:
    """Every command has help."""
    done = run(command, "--help")
    assert done.returncode == 0
    assert "FILE" in done.stdout.decode() or "POLICY" in done.stdout.decode() or "CASES" in done.stdout.decode()


def test_without_click() -> None:
    """Without click the command line says what to install."""
    code = "import sys; sys.modules['click'] = None; from hardship_rules.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)  # noqa: S603  # this program
    assert done.returncode == 1
    assert b"hardship-rules[cli]" in done.stderr
    assert b"Traceback" not in done.stderr
