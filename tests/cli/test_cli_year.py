"""The yearly routine of the staff on the command line: a new file, warnings, an approval."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from years import THIS, files_in


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the command line in a folder; return exit status, standard output, and standard error."""
    done = subprocess.run(  # noqa: S603  # this program, with the test's own arguments
        [sys.executable, "-W", "error", "-m", "hardship_rules", *arguments],
        cwd=folder,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The folder of a city's measure and its years."""
    return files_in(tmp_path)


class TestNew:
    """`hardship-rules new`."""

    def test_the_file_is_written_or_printed(self, city: Path) -> None:
        """The file is printed or written; both come from the last year in that folder."""
        code, printed, said = run(city, "new", "city", "2026")
        assert (code, said) == (0, "")
        assert run(city, "new", "city", "2026", "-o", "2026_city.yaml") == (0, "", "")
        text = (city / "2026_city.yaml").read_text(encoding="utf-8")
        assert "按 2025_city 生成的草案" in text
        assert text == printed
        (city / "any.txt").touch()
        modes = {(city / name).stat().st_mode for name in ("2026_city.yaml", "any.txt")}
        assert len(modes) == 1  # the file has the usual permissions
        assert [path.name for path in city.glob(".*")] == []
        (city / "link.yaml").symlink_to("any.txt")
        assert run(city, "show", "2025_city.yaml", "-o", f"{'长' * 80}.txt")[0] == 0  # the longest possible name
        assert run(city, "show", "2025_city.yaml", "-o", "link.yaml")[0] == 0
        assert (city / "link.yaml").is_symlink()
        assert (city / "any.txt").read_text("utf-8").startswith("某市2025年认定")

    def test_never_over_a_file(self, city: Path) -> None:
        """An existing file stays unchanged."""
        before = (city / "2025_city.yaml").read_bytes()
        code, printed, said = run(city, "new", "city", "2030", "-o", "2025_city.yaml")
        assert (code, printed) == (1, "")
        assert said.startswith("2025_city.yaml:1:1: 错误[year_exists]: 文件 `2025_city.yaml` 已经存在，没有写入")
        assert (city / "2025_city.yaml").read_bytes() == before

    @pytest.mark.parametrize(
        ("series", "year", "code"),
        [
            ("city", "2025", "year_taken"),
            ("city", "2024", "year_first"),
            ("city", "2023", "year_first"),
            ("city", "26", "year_number"),
            ("city", "明年", "year_number"),
            ("citi", "2026", "policy_missing"),
        ],
    )
    def test_no_year_to_make(self, city: Path, series: str, year: str, code: str) -> None:
        """An existing year, one without an earlier year, an invalid year and an unknown series are each reported."""
        status, printed, said = run(city, "new", series, year, "-o", "new.yaml")
        assert (status, printed) == (1, "")
        assert f"错误[{code}]" in said
        assert "Traceback" not in said
        assert not (city / "new.yaml").exists()

    def test_a_whole_measure(self, city: Path) -> None:
        """A measure without a base gives no new year; problems of last year's file are reported."""
        own = "language: 1\npolicy: own\nseries: own\neffective: {from: 2025-01-01, to: 2025-12-31}\n"
        (city / "own.yaml").write_text(own, encoding="utf-8")
        assert "own.yaml:4:12: 错误[year_whole]" in run(city, "new", "own", "2026", "-o", "new.yaml")[2]
        (city / "2025_city.yaml").write_text(THIS.replace("town: 1100", "town: 一千"), encoding="utf-8")
        assert "2025_city.yaml:10:29: 错误[number]" in run(city, "new", "city", "2026", "-o", "new.yaml")[2]


class TestCheck:
    """`hardship-rules check` with warnings."""

    def test_warnings_refuse_nothing_unless_strict(self, city: Path) -> None:
        """A warning is printed at its location before the summary, with exit status 0, or 1 with `--strict`."""
        (city / "2025_city.yaml").write_text(THIS.replace("town: 1100", "town: 1000"), encoding="utf-8")
        code, printed, said = run(city, "check", "2025_city.yaml")
        assert (code, said) == (0, "")
        sentence = "标准（城市）为 1000，与 `2024_city` 相同"
        assert printed.splitlines()[0] == f"2025_city.yaml:10:23: 提示[value_as_before]: {sentence}"
        assert "2025_city.yaml: 没有错误，有 1 处提示：某市2025年认定" in printed.splitlines()
        assert run(city, "check", "--strict", "2025_city.yaml") == (1, printed, "")
        assert run(city, "check", "--strict", "2024_city.yaml")[0] == 0

    def test_against_another(self, city: Path) -> None:
        """`--against` compares with the named file instead of the previous year; a missing file is reported."""
        (city / "2023_city.yaml").write_text(THIS.replace("2025", "2023"), encoding="utf-8")
        assert "提示" not in run(city, "check", "2025_city.yaml")[1]
        told = run(city, "check", "2025_city.yaml", "--against", "2023_city.yaml")[1]
        assert [line.split("[")[1].split("]")[0] for line in told.splitlines() if "提示[" in line] == [
            "window_hole",
            "value_as_before",
            "value_as_before",
        ]
        assert "错误[file_missing]" in run(city, "check", "2025_city.yaml", "--against", "none.yaml")[1]

    def test_json(self, city: Path) -> None:
        """The JSON has the warnings among the problems, with their severity, and the policy's status."""
        (city / "2025_city.yaml").write_text(THIS.replace("town: 1100", "town: 1000"), encoding="utf-8")
        document = json.loads(run(city, "check", "--format", "json", "2025_city.yaml")[1])
        (problem,) = document["problems"]
        assert (problem["code"], problem["severity"], problem["line"]) == ("value_as_before", "warning", 10)
        assert document["policy"]["status"] is None

    @pytest.mark.parametrize("option", [["--strict"], ["--against", "2021_weihai"]])
    def test_not_with_schemas(self, city: Path, option: list[str]) -> None:
        """A schema cannot be compared with a policy."""
        assert run(city, "check", "--policy-schema", *option)[0] == 2
        assert run(city, "check", "--facts-schema", "2021_weihai", *option)[0] == 2


class TestApprove:
    """`hardship-rules approve`."""

    def test_from_draft_to_approved_and_back(self, city: Path) -> None:
        """Explanations begin with 草案 until the file is approved, and again after a change."""
        path = city / "2025_city.yaml"
        path.write_text(f"{THIS}status: draft\n", encoding="utf-8")
        (city / "household.yaml").write_text("place: town\nincome: 500\nill: no\nmembers: [{}]\n", encoding="utf-8")
        assess = ("assess", "-p", "2025_city.yaml", "household.yaml")
        assert run(city, *assess)[1].startswith("【草案】深度 ")
        compared = run(city, "compare", "2024_city.yaml", "2025_city.yaml", "household.yaml")[1].splitlines()
        assert compared[0].startswith("甲：某市2024年认定（2024_city）")
        assert compared[1].startswith("乙：【草案】某市2025年认定（2025_city）")
        path.chmod(0o664)
        code, printed, said = run(city, "approve", "2025_city.yaml", "--by", "某市总工会", "--date", "2025-01-15")
        assert (code, said) == (0, "")
        assert path.stat().st_mode & 0o777 == 0o664  # the readers stay the same
        first, by, fingerprint = printed.splitlines()
        assert (first, by) == ("已写入批准：某市2025年认定", "  批准：某市总工会，2025-01-15")
        assert fingerprint.removeprefix("  指纹：") in path.read_text(encoding="utf-8")
        assert run(city, *assess)[1].startswith("深度 ")
        assert json.loads(run(city, *assess, "--format", "json")[1])["policy"]["status"] == "approved"
        path.write_text(path.read_text(encoding="utf-8").replace("town: 1100", "town: 1101"), encoding="utf-8")
        assert run(city, *assess)[1].startswith("【草案】深度 ")
        assert (
            "状态：草案；某市总工会于 2025-01-15 批准之后内容有改动，须重新批准"
            in run(city, "check", "2025_city.yaml")[1]
        )

    def test_what_is_doubtful_is_told(self, city: Path) -> None:
        """The approver sees the warnings, except those that the approval settles."""
        path = city / "2025_city.yaml"
        path.write_text(THIS.replace("town: 1100", "town: 1500"), encoding="utf-8")
        arguments = ("approve", "2025_city.yaml", "--by", "某市总工会", "--date", "2025-01-15")
        code, _, said = run(city, *arguments)
        assert (code, said.count("提示[")) == (0, 1)
        assert "提示[value_jump]" in said
        path.write_text(path.read_text(encoding="utf-8").replace("town: 1500", "town: 1100"), encoding="utf-8")
        assert run(city, *arguments)[2] == ""

    @pytest.mark.parametrize(
        ("arguments", "status", "says"),
        [
            (["2025_city.yaml", "--by", "甲", "--date", "1月15日"], 1, "错误[date]"),
            (["measure.yaml", "--by", "甲", "--date", "2025-01-15"], 1, "错误[policy_open]"),
            (
                ["2025_city.yaml", "--by", "甲", "--date", "2025-01-15", "--fingerprint", "v1:0"],
                1,
                "错误[fingerprint_differs]",
            ),
            (["2025_city.yaml", "--by", " ", "--date", "2025-01-15"], 2, "--by"),
            (["2025_city.yaml", "--date", "2025-01-15"], 2, "--by"),
            (["none.yaml", "--by", "甲", "--date", "2025-01-15"], 2, "none.yaml"),
        ],
    )
    def test_refused(self, city: Path, arguments: list[str], status: int, says: str) -> None:
        """A refused approval and wrong use are reported, and no file is changed."""
        before = {path: path.read_bytes() for path in city.iterdir()}
        code, printed, said = run(city, "approve", *arguments)
        assert (code, printed) == (status, "")
        assert says in said
        assert {path: path.read_bytes() for path in city.iterdir()} == before


def test_cases_in_earlier_words_are_told(city: Path) -> None:
    """`hardship-rules test` passes a case with a former name, and reports the current one."""
    measure = (city / "measure.yaml").read_text(encoding="utf-8")
    renamed = measure.replace("outcome: deep,", "outcome: deepest, formerly: deep,")
    (city / "measure.yaml").write_text(renamed, encoding="utf-8")
    case = (
        "{title: 低, household: {place: town, income: 5, members: [{}]}, expect: {category: deep}, because: 5 < 1000}"
    )
    (city / "cases.yaml").write_text(f"policy: 2025_city\ncases: [{case}]\n", encoding="utf-8")
    code, printed, _ = run(city, "test", "cases.yaml")
    assert code == 0
    assert printed.splitlines()[0].endswith("提示[id_renamed]: `deep` 是以前的标识，现在是 `deepest`")
    assert printed.splitlines()[-1] == "通过 1 例，未通过 0 例"
