"""Closed, full or broken streams, full disks and stopped runs: one line of report, and no half-written file."""

import json
import os
import random
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from places import ROOT
from registering import OWN, WORKER, register
from reviews import PROPERTIES
from small_policy import files
from trial import TRIAL
from years import MEASURE, files_in

from hardship_rules import FactError, load_household
from hardship_rules.core.files import scratch, write_whole
from hardship_rules.core.problem import Problem, reason_of
from hardship_rules.registers._csv import read_csv, read_parquet
from hardship_rules.registers._workbook import open_workbook

HOUSEHOLD = str(ROOT / "examples" / "household.yaml")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the shell's redirections are of Unix")


def shell(
    redirections: str, *words: str, given: bytes = b"", before: str = "", **environment: str
) -> "subprocess.CompletedProcess[bytes]":
    """Run the command line with streams redirected by a shell."""
    return subprocess.run(  # noqa: S603  # this program, with the test's own arguments
        ["/bin/sh", "-c", f'{before} exec "$0" "$@" {redirections}', sys.executable, "-m", "hardship_rules", *words],
        input=given,
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
    )


def broken(*words: str) -> tuple[int, str]:
    """Run the command line with a standard output whose reader is closed; return exit status and standard error."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "hardship_rules", *words]
    try:
        done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False, timeout=120)  # noqa: S603  # as above
    finally:
        os.close(writer)
    return done.returncode, done.stderr.decode()


def is_one_line(text: str, code: str) -> bool:
    """There is exactly one line of output, with the code."""
    return text.count("\n") == 1 and f"[{code}]" in text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the input files of the commands."""
    folder = tmp_path_factory.mktemp("streams")
    files(folder)
    files_in(folder, measure=MEASURE + PROPERTIES)
    (folder / "trial.yaml").write_text(TRIAL, encoding="utf-8")
    rows = [(dict(OWN, 户号=f"A{number}"), dict(WORKER, 户号=f"A{number}")) for number in range(60)]
    register(folder / "register.xlsx", [own for own, _ in rows], [member for _, member in rows])
    done = shell("", "assess", "--format", "record", HOUSEHOLD)
    (folder / "one.record.json").write_bytes(done.stdout)
    return folder


COMMANDS = {
    "approve": "approve {folder}/2025_city.yaml --by 总工会 --date 2025-01-15",
    "assess": "assess {household}",
    "changes": "changes {household} {household}",
    "check": "check 2021_weihai",
    "compare": "compare 2021_weihai 2023_weihai {household} --on 2021-03-31",
    "new": "new city 2026 --policies {folder}",
    "register": "register {folder}/register.xlsx -p 2021_weihai --on 2021-03-31 --force -o {folder}/result.csv",
    "replay": "replay {folder}/one.record.json",
    "review": "review {folder}/2024_city.yaml {folder}/2025_city.yaml --members 1 --seconds 0.1",
    "show": "show 2021_weihai",
    "template": "template 2021_weihai",
    "test": "test {folder}/cases/one.yaml --policies {folder}",
    "verify": "verify {folder}/trial.yaml --members 1 --seconds 0.1",
}
QUICK = ("assess", "check", "show", "template", "replay")


def words_of(command: str, folder: Path) -> list[str]:
    """The words of a command line."""
    return COMMANDS[command].format(folder=folder, household=HOUSEHOLD).split()


class TestStandardOutput:
    """A failed write to standard output is reported in one line, and the exit status is 1."""

    @pytest.mark.parametrize("command", COMMANDS)
    def test_full(self, folder: Path, command: str) -> None:
        """On a full disk, every command reports that its results were not all written."""
        done = shell("> /dev/full", *words_of(command, folder))
        lines = done.stderr.decode().splitlines()
        assert done.returncode == 1
        assert lines[-1] == "stdout: 错误[stdout_not_written]: 结果没有全部输出：磁盘已满"
        assert "Traceback" not in done.stderr.decode()
        assert "Exception ignored" not in done.stderr.decode()
        if command == "register":
            assert (folder / "result.csv").read_bytes().count(b"\n") >= 61  # the file was written before

    @pytest.mark.parametrize("command", ["any", "assess"])
    def test_closed(self, folder: Path, command: str) -> None:
        """A closed output is reported, with or without Python's own buffer."""
        command = random.choice(QUICK) if command == "any" else command  # noqa: S311  # the choice is in the message
        done = shell(">&-", *words_of(command, folder), PYTHONUNBUFFERED="" if command == "assess" else "1")
        assert done.returncode == 1, command
        assert is_one_line(done.stderr.decode(), "stdout_not_written"), command

    @pytest.mark.parametrize("command", ["any", "assess"])
    def test_reader_gone(self, folder: Path, command: str) -> None:
        """A closed reader of a pipe is reported in the requested language."""
        command = random.choice(QUICK) if command == "any" else command  # noqa: S311  # the choice is in the message
        words = [*words_of(command, folder), *(["--lang", "en"] if command == "assess" else [])]
        status, said = broken(*words)
        assert status == 1, command
        assert is_one_line(said, "stdout_not_written"), command
        assert ("the program that reads it has ended" in said) is (command == "assess")

    def test_help(self) -> None:
        """Help reports a failed write too."""
        done = shell("> /dev/full", "assess", "--help")
        assert (done.returncode, is_one_line(done.stderr.decode(), "stdout_not_written")) == (1, True)

    def test_a_closed_output_that_is_not_needed(self, tmp_path: Path) -> None:
        """Output with `-o` needs no standard output, and no message ever goes to the file."""
        path, plain = tmp_path / "answer.txt", tmp_path / "plain.txt"
        done = shell("<&- >&- 2>&-", "assess", HOUSEHOLD, "-o", str(path))
        assert done.returncode == 0
        assert shell("", "assess", HOUSEHOLD, "-o", str(plain)).returncode == 0
        assert path.read_bytes() == plain.read_bytes() != b""

    def test_a_disk_that_fills_up_while_python_does_not_buffer(self, tmp_path: Path) -> None:
        """A partial write of results is a failure."""
        path = tmp_path / "page.html"
        words = ["assess", "--format", "html", HOUSEHOLD]
        done = shell(f"> {path}", *words, before="ulimit -f 4;", PYTHONUNBUFFERED="1")
        assert path.stat().st_size == 4 * 512
        assert done.returncode == 1
        assert is_one_line(done.stderr.decode(), "stdout_not_written")

    def test_any_character_is_printed(self) -> None:
        """A stream that claims to support ASCII only does not stop the results."""
        plain = shell("", "assess", HOUSEHOLD)
        done = shell("", "assess", HOUSEHOLD, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
        assert (done.returncode, done.stdout, done.stderr) == (0, plain.stdout, b"")


class TestStandardError:
    """With a broken standard error the work is still done, and the exit status says that reports were lost."""

    @pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full"])
    def test_reports_are_lost(self, folder: Path, redirection: str) -> None:
        """The register is written whole, its totals are printed, and the exit status is 1."""
        (folder / "result.csv").unlink(missing_ok=True)
        done = shell(redirection, *words_of("register", folder))
        assert done.returncode == 1
        assert "家庭（户）：60" in done.stdout.decode()
        assert (folder / "result.csv").read_bytes().count(b"\n") >= 61

    def test_nothing_to_report(self) -> None:
        """A closed standard error is ignored if there is nothing to report."""
        done = shell("2>&-", "assess", HOUSEHOLD)
        assert done.returncode == 0
        assert done.stdout

    def test_nowhere_to_say_anything(self) -> None:
        """Without any stream the exit status is still 1."""
        assert shell("<&- >&- 2>&-", "assess", HOUSEHOLD).returncode == 1


class TestStandardInput:
    """An unreadable standard input is a problem like any other."""

    @pytest.mark.parametrize("words", ["assess -", "replay -", "compare 2021_weihai 2023_weihai -"])
    def test_closed(self, words: str) -> None:
        """It is reported in one line, and nothing is printed."""
        done = shell("<&-", *words.split())
        assert (done.returncode, done.stdout) == (1, b"")
        assert is_one_line(done.stderr.decode(), "stdin_unreadable")

    def test_the_others_are_answered(self) -> None:
        """The household in a file is still assessed; the JSON has the problem."""
        done = shell("<&-", "changes", "-", HOUSEHOLD, "--format", "json")
        assert [each["code"] for each in json.loads(done.stdout)["problems"]] == ["stdin_unreadable"]
        done = shell("<&-", "assess", "-", HOUSEHOLD)
        assert (done.returncode, "深度困难职工家庭" in done.stdout.decode()) == (1, True)

    @pytest.mark.parametrize("given", [bytes(range(256)), b"\x00" * 2_000_000])
    def test_no_text(self, given: bytes) -> None:
        """Bytes that are not text, or too many of them, are a problem, not a traceback."""
        done = shell("", "assess", "-", given=given)
        assert (done.returncode, done.stdout) == (1, b"")
        assert "错误[" in done.stderr.decode()
        assert "Traceback" not in done.stderr.decode()


FORMS = {
    "xlsx": "register {folder}/register.xlsx -p 2021_weihai --on 2021-03-31 --force -o {file}",
    "parquet": "register {folder}/register.xlsx -p 2021_weihai --on 2021-03-31 --force --explain -o {file}",
    "csv": "register {folder}/register.xlsx -p 2021_weihai --on 2021-03-31 --force -o {file}",
    "html": "assess {household} --format html -o {file}",
}


class TestNoRoom:
    """On a full disk the old file stays whole and nothing is left beside it."""

    @pytest.mark.parametrize("form", FORMS)
    def test_the_old_file_stays(self, folder: Path, tmp_path: Path, form: str) -> None:
        """Every form has one problem, which names the file and the reason."""
        path, spools = tmp_path / "out" / f"old.{form}", tmp_path / "spools"
        path.parent.mkdir()
        spools.mkdir()
        path.write_text("old", encoding="utf-8")
        words = FORMS[form].format(folder=folder, household=HOUSEHOLD, file=path).split()
        done = shell("", *words, before="ulimit -f 4;", TMPDIR=str(spools))
        said = done.stderr.decode()
        assert done.returncode == 1
        assert said.count("错误[") == 1
        assert f"{path}:1:1: 错误[file_not_written]: 无法写入文件：超过了允许的文件大小\n" in said
        assert "Traceback" not in said
        assert [each.name for each in path.parent.iterdir()] == [path.name]
        assert path.read_text(encoding="utf-8") == "old"
        assert list(spools.iterdir()) == []

    def test_a_device_that_is_full(self) -> None:
        """A device is written to, and its error is reported in the requested language."""
        done = shell("", "template", "2021_weihai", "--force", "--lang", "en", "-o", "/dev/full")
        assert done.returncode == 1
        assert "error[file_not_written]: the file cannot be written: the disk is full\n" in done.stderr.decode()

    def test_records_and_policies(self, folder: Path, tmp_path: Path) -> None:
        """Records in a folder, next year's file and an approval are written whole or not at all."""
        policy = tmp_path / "2025_city.yaml"
        for name in ("measure.yaml", "2024_city.yaml", "2025_city.yaml"):
            (tmp_path / name).write_bytes((folder / name).read_bytes())
        before = {path: path.read_bytes() for path in tmp_path.iterdir()}
        for words in (
            f"assess {HOUSEHOLD} --format record -o {tmp_path}",
            f"new city 2026 -o {tmp_path}/2026_city.yaml",
            f"approve {policy} --by 总工会 --date 2025-01-15",
        ):
            done = shell(
                "", *words.split(), before="ulimit -f 0;" if "approve" in words or "new" in words else "ulimit -f 4;"
            )
            assert done.returncode == 1, words
            assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before, words

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("nowhere/answer.txt", "没有这个文件夹"),
            ("file/answer.txt", "没有这个文件夹"),
            ("/proc/answer.txt", "没有这个文件夹"),
            ("长" * 100, "文件名太长"),
        ],
    )
    def test_places_where_no_file_can_be(self, tmp_path: Path, name: str, reason: str) -> None:
        """A missing folder, a file in place of one, and an invalid name are reported with the reason."""
        (tmp_path / "file").write_text("", encoding="utf-8")
        with pytest.raises(OSError, match=r"answer\.txt|长长") as refused:
            write_whole(tmp_path / name, lambda stream: stream.write(b""))
        problem = Problem("file_not_written", values={"reason": reason_of(refused.value)})
        assert problem.message() == f"无法写入文件：{reason}"
        assert problem.help() not in ("", Problem("file_not_written", values={"reason": "?"}).help())
        assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


PATCHED = """
import os, signal, sys, time
name, number = sys.argv[1].split("=")
del sys.argv[1]
def stopped(*_, **__):
    if number == "wait":
        print("waiting", flush=True)
        time.sleep(60)
    os.kill(os.getpid(), int(number))
    time.sleep(60)
setattr(os, name, stopped)
from hardship_rules.__main__ import main
main()
"""


def stopped(name: str, number: int, *words: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the command line until it calls a system function, which sends it a signal."""
    command = [sys.executable, "-c", PATCHED, f"{name}={number}", *words]
    return subprocess.run(command, capture_output=True, check=False, timeout=120)  # noqa: S603  # this program


class TestStopped:
    """A stopped run leaves no partial file; the next run removes the remains of a killed one."""

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_by_a_signal(self, tmp_path: Path, number: signal.Signals) -> None:
        """The exit status is 128 plus the signal's number, one line reports it, and the old file is kept."""
        path = tmp_path / "answer.txt"
        path.write_text("old", encoding="utf-8")
        done = stopped("fsync", number, "assess", HOUSEHOLD, "-o", str(path))
        assert done.returncode == 128 + number
        assert is_one_line(done.stderr.decode(), "interrupted")
        assert [each.name for each in tmp_path.iterdir()] == ["answer.txt"]
        assert path.read_text(encoding="utf-8") == "old"

    def test_killed(self, folder: Path, tmp_path: Path) -> None:
        """The next run removes the remains of a killed run, also of a workbook in progress."""
        path, spools = tmp_path / "out" / "result.xlsx", tmp_path / "spools"
        path.parent.mkdir()
        spools.mkdir()
        words = FORMS["xlsx"].format(folder=folder, file=path).split()
        code = PATCHED.replace("setattr(os, name, stopped)", "import zipfile; zipfile.ZipFile.write = stopped")
        for program in (code, PATCHED):
            command = [sys.executable, "-c", program, f"replace={int(signal.SIGKILL)}", *words]
            env = {**os.environ, "TMPDIR": str(spools)}
            done = subprocess.run(command, capture_output=True, check=False, timeout=120, env=env)  # noqa: S603  # this program
            assert done.returncode == -signal.SIGKILL
            if program == code:
                assert len(list(spools.iterdir())) >= 1
        assert [each.name.startswith(".") for each in path.parent.iterdir()] == [True]
        done = shell("", *words, TMPDIR=str(spools))
        assert done.returncode == 0
        assert [each.name for each in path.parent.iterdir()] == ["result.xlsx"]
        assert list(spools.iterdir()) == []


class TestWholeFile:
    """`write_whole`, which every command and the register use."""

    @pytest.fixture(autouse=True)
    def mask(self) -> Iterator[None]:
        """Fix the permissions of new files, whoever runs the tests."""
        before = os.umask(0o022)
        yield
        os.umask(before)

    def test_a_run_that_goes_on_keeps_its_file(self, tmp_path: Path) -> None:
        """Two runs that write one file at the same time do not remove each other's data: the last one wins."""
        path = tmp_path / "answer.txt"

        def slowly(stream: BytesIO) -> None:
            stream.write(b"first")
            write_whole(path, lambda inner: inner.write(b"second"))
            assert path.read_bytes() == b"second"
            assert len(list(tmp_path.iterdir())) == 2

        write_whole(path, slowly)  # type: ignore[arg-type]  # accepts any stream of bytes
        assert path.read_bytes() == b"first"
        assert [each.name for each in tmp_path.iterdir()] == ["answer.txt"]

    @pytest.mark.parametrize("wrong", [OSError(28, "no space"), KeyboardInterrupt(), RuntimeError()])
    @pytest.mark.parametrize("old", [None, b"old"])
    def test_nothing_is_left_of_what_fails(self, tmp_path: Path, wrong: BaseException, old: bytes | None) -> None:
        """After any failure of a write, the file is unchanged and alone."""
        path = tmp_path / "answer.txt"
        if old is not None:
            path.write_bytes(old)

        def fail(_: object) -> None:
            raise wrong

        with pytest.raises(type(wrong)):
            write_whole(path, fail)
        assert [each.read_bytes() for each in tmp_path.iterdir()] == ([] if old is None else [old])

    @pytest.mark.parametrize("name", ["fsync", "replace"])
    def test_a_disk_that_is_full_at_the_end(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        """If the system refuses only the last step, the old file is whole and alone as well."""
        path = tmp_path / "answer.txt"
        path.write_bytes(b"old")

        def refuse(*_: object) -> None:
            raise OSError(28, "no space")

        monkeypatch.setattr(os, name, refuse)
        with pytest.raises(OSError, match="no space"):
            write_whole(path, lambda stream: stream.write(b"new"))
        assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"old"]

    def test_rights_are_kept(self, tmp_path: Path) -> None:
        """A new file has the usual permissions; an overwritten file keeps its own, through links too."""
        new, link = tmp_path / "new", tmp_path / "link"
        write_whole(new, lambda stream: stream.write(b"1"))
        assert stat.S_IMODE(new.stat().st_mode) == 0o644
        new.chmod(0o640)
        link.symlink_to(new)
        modes: list[int] = []

        def look(stream: BytesIO) -> None:
            stream.write(b"2")
            modes.append(stat.S_IMODE(os.fstat(stream.fileno()).st_mode))

        write_whole(link, look)  # type: ignore[arg-type]  # accepts any stream of bytes
        assert modes == [0o600]  # a partial file is no more readable than the whole one
        assert (link.is_symlink(), new.read_bytes(), stat.S_IMODE(new.stat().st_mode)) == (True, b"2", 0o640)

    def test_a_link_to_what_is_not_there_yet(self, tmp_path: Path) -> None:
        """A dangling link is kept, and leads to the new file."""
        (tmp_path / "link").symlink_to(tmp_path / "new")
        write_whole(tmp_path / "link", lambda stream: stream.write(b"1"))
        assert ((tmp_path / "link").is_symlink(), (tmp_path / "new").read_bytes()) == (True, b"1")

    def test_scratch(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Scratch files do not collide, are private to the user, and are deleted afterwards."""
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        with scratch(Path("a.xlsx")) as first, scratch(Path("a.xlsx")) as second:
            assert first != second
            assert {stat.S_IMODE(each.stat().st_mode) for each in (first, second)} == {0o600}
            assert sorted(tmp_path.iterdir()) == sorted([first, second])
        assert list(tmp_path.iterdir()) == []

    def test_as_a_user_without_rights(self, tmp_path: Path) -> None:
        """A read-only folder and a read-only file are left unchanged."""
        folder, path = tmp_path / "closed", tmp_path / "open"
        folder.mkdir()
        path.mkdir()
        protected = path / "protected"
        protected.write_bytes(b"old")
        protected.chmod(0o444)
        path.chmod(0o777)
        folder.chmod(0o555)
        code = (
            "import os, sys; from pathlib import Path; from hardship_rules.core.files import write_whole\n"
            "sys.path_importer_cache.clear()\n"
            "if os.getuid() == 0: os.chdir(sys.argv[1]); os.setgid(65534); os.setuid(65534)\n"
            "else: os.chdir(sys.argv[1])\n"
            "for name in ('closed/new', 'open/protected'):\n"
            "    try: write_whole(Path(name), lambda stream: stream.write(b'new'))\n"
            "    except PermissionError: print('refused')\n"
        )
        command = [sys.executable, "-c", code, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # this library
        assert (done.stdout, done.stderr) == ("refused\n" * 2, "")
        assert protected.read_bytes() == b"old"
        assert list(folder.iterdir()) == []
        assert list(path.iterdir()) == [protected]


class TestReading:
    """An endless input, or one that is not a regular file, is refused before it fills the memory."""

    def test_a_household_without_end(self) -> None:
        """A text is read up to its limit."""
        with pytest.raises(FactError) as refused:
            load_household("/dev/zero")
        assert [problem.code for problem in refused.value.problems] == ["file_too_large"]

    @pytest.mark.parametrize("read", [read_csv, read_parquet, open_workbook])
    def test_a_register_that_is_no_file(self, tmp_path: Path, read: Callable[[Path], object]) -> None:
        """A device, a pipe and a folder are refused without reading; so is a missing file."""
        (tmp_path / "zero").symlink_to("/dev/zero")
        (tmp_path / "folder").mkdir()
        os.mkfifo(tmp_path / "pipe")
        codes = {"zero": "file_unreadable", "pipe": "file_unreadable", "folder": "file_is_folder", "no": "file_missing"}
        for name, code in codes.items():
            problem = read(tmp_path / name)
            assert isinstance(problem, Problem)
            assert problem.code == code
            assert (name in ("zero", "pipe")) is ("这不是普通的文件" in problem.message())
