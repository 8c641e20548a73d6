"""The examples and the README work as described."""

import json
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from http.client import HTTPConnection
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from places import ROOT

from hardship_rules import (
    FactError,
    Location,
    Problem,
    assess,
    explain,
    load_household,
    load_policy,
    read_policy,
)
from hardship_rules.language.find import overlaps

README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "policies" / "README.md").read_text(encoding="utf-8")
POLICY = load_policy("2021_weihai")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, flags=re.MULTILINE | re.DOTALL)


def test_household() -> None:
    """The family of README is in deep hardship by hand: (36,000 - 12,400) / 12 / 3 = 655.56 < 787."""
    assessment = assess(POLICY, load_household(ROOT / "examples" / "household.yaml"))
    assert assessment.category is not None
    assert assessment.category.id == "deep"
    assert assessment.missing == ()
    assert str(assessment.terms["net_income_per_person"].exact) == "5900/9"  # type: ignore[union-attr]  # the term is a figure


def test_partial() -> None:
    """Without the receipts: (31,200 - x) / 24 is 588 at x = 17,088, and below 1,176 only from x = 2,976.01 on."""
    assessment = assess(POLICY, load_household(ROOT / "examples" / "partial.yaml"))
    assert [outcome.id for outcome in assessment.possible] == ["deep", "relative", "none"]
    assert [str(missing) for missing in assessment.missing] == ["members[1].medical_self_paid"]


def test_readme_shows_the_real_output() -> None:
    """The output that the README shows under its first command is the real one."""
    first = blocks(README, "console")[0]
    command, shown = first.split("\n", maxsplit=1)
    arguments = shlex.split(command.split("&&")[-1].replace(".venv/bin/hardship-rules", ""))
    done = subprocess.run(  # noqa: S603  # README's own command
        [sys.executable, "-m", "hardship_rules", *arguments], cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout.decode().rstrip() == shown.rstrip()


def test_readme_shows_the_real_year() -> None:
    """The year's file shown in the README is the bundled one."""
    assert (ROOT / "policies" / "2021_weihai.yaml").read_text(encoding="utf-8") in blocks(README, "yaml")


@pytest.mark.parametrize("block", blocks(README, "python"))
def test_readme_code_runs(block: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The README's code runs unchanged, from the repository's folder, and prints something."""
    monkeypatch.chdir(ROOT)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102  # README's own code
    assert capsys.readouterr().out


def test_readme_names_the_interface() -> None:
    """The README's commands exist in the program, and so does every public name of its ten lines."""
    for command in ("assess", "check", "replay", "show", "test"):
        assert f"`hardship-rules {command}" in README


def test_the_guides_commands_work(tmp_path: Path) -> None:
    """The guide's commands with `show` run, and write the named files."""
    commands = [line for block in blocks(GUIDE, "console") for line in block.splitlines() if " show " in line]
    commands = [line for line in commands if " resolved " not in line]
    assert len(commands) == 3
    for command in commands:
        arguments = shlex.split(command.removeprefix("$ hardship-rules"))
        subprocess.run(  # noqa: S603  # the guide's own command
            [sys.executable, "-m", "hardship_rules", *arguments], cwd=tmp_path, capture_output=True, check=True
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["对照表.html", "政策.html"]
    assert "58号第__条" in (tmp_path / "对照表.html").read_text(encoding="utf-8")


def test_the_guides_records_can_be_replayed(tmp_path: Path) -> None:
    """The guide's commands for records run: record and text are kept, and replay the same."""
    (block,) = [block for block in blocks(GUIDE, "console") if " replay " in block]
    (tmp_path / "家庭.yaml").write_bytes((ROOT / "examples" / "household.yaml").read_bytes())
    (tmp_path / "记录").mkdir()
    for command in re.findall(r"hardship-rules (.*)", block):
        subprocess.run(  # noqa: S603  # the guide's own command
            [sys.executable, "-m", "hardship_rules", *shlex.split(command)], cwd=tmp_path, check=True
        )
    assert sorted(path.name for path in (tmp_path / "记录").iterdir()) == ["2021_weihai.json", "家庭.record.json"]


def test_the_guides_expectations_are_proved(tmp_path: Path) -> None:
    """The guide's file of expectations and its command: every expectation of 2024 is proved, here for two members."""
    (expected,) = [block for block in blocks(GUIDE, "yaml") if block.startswith("expect:")]
    (tmp_path / "期望.yaml").write_text(expected, encoding="utf-8")
    (command,) = re.findall(r"hardship-rules (verify .* --expect .*)", GUIDE)
    done = subprocess.run(  # noqa: S603  # the guide's own command
        [sys.executable, "-m", "hardship_rules", *shlex.split(command), "--members", "2"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.stdout.decode().endswith("\n3 项期望都已证明。\n")
    assert done.returncode == 0


def walk(folder: Path) -> Iterator[tuple[str, str, str]]:
    """The commands of the guide's year, run one after another in a folder, each with its output and expected text.

    Between them the blanks are filled in as the guide says.
    """
    year = GUIDE[GUIDE.index("## 换一年的标准") : GUIDE.index("## 改一个解读")]
    for language, block in re.findall(r"^```(console|yaml)\n(.*?)^```$", year, flags=re.MULTILINE | re.DOTALL):
        if language == "yaml" and block.startswith("sources:"):
            path = folder / "2026_weihai.yaml"
            path.write_text(filled(path.read_text(encoding="utf-8"), block), encoding="utf-8")
        for step in re.split(r"^\$ hardship-rules ", block, flags=re.MULTILINE)[1:] if language == "console" else ():
            command, _, shown = step.partition("\n")
            done = subprocess.run(  # noqa: S603  # the guide's own command
                [sys.executable, "-m", "hardship_rules", *shlex.split(command)],
                cwd=folder,
                capture_output=True,
                check=False,
            )
            yield command, done.stdout.decode() + done.stderr.decode(), shown


def filled(draft: str, change: str) -> str:
    """The draft with the sections that the guide adds, and its readings confirmed."""
    sections = {
        text.split(":")[0]: text for text in re.split(r"^(?=\S)", draft + change, flags=re.MULTILINE) if text.strip()
    }
    sections["readings"] = re.sub(r"^    basis: .*$", "    basis: notice", sections["readings"], flags=re.MULTILINE)
    return "".join(text for name, text in sections.items() if not name.startswith("# 上一份"))


def as_shown(shown: str) -> str:
    """The pattern of an output in the guide: `…` alone on a line matches any lines, inside a line any text."""
    lines = [
        r"(?:.*\n)*" if line.strip() == "…" else re.escape(line).replace("…", ".*") + "\n"
        for line in shown.splitlines()
    ]
    return "".join(lines)


@pytest.fixture(scope="module")
def officers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an officer after the guide's year, which begins with the bundled files."""
    folder = tmp_path_factory.mktemp("policies")
    for path in (ROOT / "policies").glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    steps = list(walk(folder))
    assert [command.split()[0] for command, _, _ in steps] == [
        *("new", "check", "check", "check", "template", "assess", "review", "review", "approve", "check")
    ]
    for command, printed, shown in steps:
        assert re.fullmatch(as_shown(shown), printed), f"{command}\n{printed}"
    return folder


class TestGuide:
    """The guide for staff: the text that it dictates is accepted, with the stated results."""

    def draft(self, officers: Path) -> str:
        """The file of 2026 at the end of the guide's year."""
        return (officers / "2026_weihai.yaml").read_text(encoding="utf-8")

    def test_the_year_is_approved(self, officers: Path) -> None:
        """By the guide alone an officer gets from last year's folder to an approved file with this year's numbers."""
        policy = load_policy("weihai", date(2026, 12, 31), [officers], approved_only=True)
        assert policy.name == "2026_weihai"
        assert policy.parameters["dibao"].values["urban",] == 1106
        assert policy.readings["standard_for_rural"].chosen == "urban"
        assert policy.approval is not None
        assert policy.approval.by == "某市总工会"
        assert load_policy("weihai", date(2025, 12, 31), [officers]).name == "2025_weihai"
        assert overlaps(officers / "2026_weihai.yaml") == ()

    def test_a_nought_too_many(self, officers: Path, tmp_path: Path) -> None:
        """The warnings in the guide are those of its typo, at its location in the draft."""
        for path in officers.glob("*.yaml"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
        path = tmp_path / "2026_weihai.yaml"
        draft = re.sub(r"^approved:(?:.*\n)(?:  .*\n){4}", "status: draft\n", self.draft(officers), flags=re.MULTILINE)
        path.write_text(draft.replace("urban: 1106", "urban: 11060"), encoding="utf-8")
        done = subprocess.run(  # noqa: S603  # this program
            [sys.executable, "-m", "hardship_rules", "check", path.name], cwd=tmp_path, capture_output=True, check=True
        )
        assert done.stdout.decode().startswith(blocks(GUIDE, "text")[0])

    def test_every_warning_is_in_the_table(self) -> None:
        """The guide's table has exactly the warnings that a policy may get."""
        modules = sorted((ROOT / "hardship_rules" / "authoring").glob("_lint*.py"))
        lint = "".join(path.read_text(encoding="utf-8") for path in modules)
        table = GUIDE[GUIDE.index("| 提示 | 含义 |") : GUIDE.index("不指明时，")]
        codes = {*re.findall(r'\bwarning\(\s*"(\w+)"', lint), *re.findall(r'"(\w+_below_zero)"', lint)}
        codes |= {"outcome_gone", "clause_gone", "clause_repeated", "case_repeated"}
        codes |= {"comparison_true", "comparison_false"}
        assert set(re.findall(r"`(\w+_\w+)`", table)) == codes

    def test_not_published(self, officers: Path) -> None:
        """An unpublished standard leaves the affected households undecided, and is named."""
        values = blocks(GUIDE, "yaml")[1].rstrip()
        text = re.sub(r"^    values:\n(?:      .*\n)+", f"{values}\n", self.draft(officers), flags=re.MULTILINE)
        policy = read_policy(text)
        facts = {
            "residence": "urban",
            "unit_has_union": True,
            "employment": "in_service",
            "controls_company": False,
            "homes": 0,
            "motor_vehicle": False,
            "refuses_verification": False,
        }
        money = dict.fromkeys(("business_income", "property_income", "transfer_income", "other_income"), 0)
        worker = {"relation": "self", "wage": 12000, **money, "medical_self_paid": 0, "education": "none"}
        assessment = assess(policy, {**facts, "members": [worker]})
        assert assessment.category is None
        assert [str(missing) for missing in assessment.missing] == ["parameters.dibao"]
        own = policy.with_readings({"standard_for_rural": "own"})
        rural = assess(own, {**facts, "residence": "rural", "members": [worker]})
        assert rural.category is not None
        assert rural.category.id == "relative"  # 930 <= 12,000 / 12 = 1,000 < 1,860

    def test_reading(self, officers: Path) -> None:
        """The reading that the guide changes is changed, beside last year's, and the approval is void."""
        flipped = blocks(GUIDE, "yaml")[2].removeprefix("readings:\n")
        policy = read_policy(self.draft(officers).replace("readings:\n", f"readings:\n{flipped}"))
        assert policy.readings["equal_to_standard"].chosen == "granted"
        assert policy.readings["new_form_covered"].chosen == "yes"
        assert policy.status == "draft"

    def test_renaming(self) -> None:
        """The two lines in the guide are valid in a policy, and the former names are known."""
        fact, clause = blocks(GUIDE, "text")[1].splitlines()
        policy = read_policy(
            "language: 1\npolicy: renamed\nunits: {yuan: 元}\nhousehold:\n"
            f"  {fact}\n  income: {{title: 收入, unit: yuan, to: 99}}\n"
            "decisions: {category: {title: 类别, basis: assumption, otherwise: {outcome: none, title: 无},\n"
            f"  first: [{{outcome: poor, title: 困难, when: {{all: {{{clause}}}}}}}]}}}}\n"
        )
        assert [former.old for former in policy.formers] == ["place", "城市", "category.poor.small"]

    def test_the_task_finds_what_check_prints(self, tmp_path: Path) -> None:
        """The editor's task parses file, line, column, code and sentence of printed problems and warnings."""
        (task,) = json.loads((ROOT / "policies" / ".vscode" / "tasks.json").read_text(encoding="utf-8"))["tasks"]
        assert [task["command"], *task["args"]] == ["hardship-rules", "check", "${file}"]
        path = tmp_path / "a b：c.yaml"
        problems = [
            Problem("blank", given="policy", location=Location(str(path), 2, 8)),
            Problem(
                "value_as_before",
                severity="warning",
                given="1",
                values={"title": "标准", "old": "x"},
                location=Location("C:\\政策\\2026.yaml", 17, 7),
            ),
        ]
        for problem, matcher in zip(problems, task["problemMatcher"], strict=True):
            pattern = matcher["pattern"]
            assert matcher["severity"] == problem.severity
            match = re.match(pattern["regexp"], problem.line().splitlines()[0])
            assert match is not None
            assert problem.location is not None
            assert [match[pattern[key]] for key in ("file", "line", "column", "code", "message")] == [
                problem.location.file,
                str(problem.location.line),
                str(problem.location.column),
                problem.code,
                problem.message(),
            ]

    def test_every_file_is_listed(self) -> None:
        """The table of files has exactly the bundled policies."""
        listed = set(re.findall(r"^\| `(\S+\.yaml)`", GUIDE, flags=re.MULTILINE))
        assert listed == {path.name for path in (ROOT / "policies").glob("*.yaml")}


class Quiet(WSGIRequestHandler):
    """A request handler without a log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Log nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The running service of the example."""
    spec = spec_from_file_location("service", ROOT / "examples" / "service.py")
    assert spec is not None
    assert spec.loader is not None
    example = module_from_spec(spec)
    spec.loader.exec_module(example)
    with make_server("127.0.0.1", 0, example.service, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def post(port: int, content: bytes, method: str = "POST") -> tuple[int, dict[str, object]]:
    """Send a request; return its status and answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, "/", content)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


class TestService:
    """The example of a host, called over the network."""

    def test_answers(self, port: int) -> None:
        """A household gets the library's document."""
        household = {"unit_has_union": False, "members": [{"relation": "self"}]}
        status, answer = post(port, json.dumps(household).encode())
        assert status == 200
        assert answer == json.loads(explain(assess(POLICY, household), format="json"))

    @pytest.mark.parametrize(
        "household",
        [
            {"reference": "\ud800", "members": [{}]},
            {"members": [{"label": "\udfff"}]},
            {"members": [{"wage": "\ud800"}]},
            {"\ud800": 1, "members": [{"\ud800": 1}]},
            {"on": "\ud800", "policy": "\ud800", "members": [{"relation": "\ud800", "birth_date": "\ud800"}]},
            {"members": [{"wage": float("nan"), "birth_date": "2003-03-31T16:00:00Z"}]},
            {"members": [{"wage": "9" * 5000, "dependent": 10**300, "label": 1.5}]},
            {"members": [{"label": [["\ud800"]]}]},
        ],
    )
    def test_texts_that_cannot_be_sent(self, port: int, household: dict[str, object]) -> None:
        """A lone surrogate, possible in JSON, is a problem with an ordinary answer."""
        status, answer = post(port, json.dumps(household).encode())
        assert status == 422
        assert answer["problems"]

    def test_control_characters(self, port: int) -> None:
        """A reference with a control character is answered."""
        status, answer = post(port, json.dumps({"reference": "a\x00\x1b", "members": [{}]}).encode())
        assert (status, answer["reference"]) == (200, "a\x00\x1b")

    def test_problems(self, port: int) -> None:
        """An invalid household gets every problem in the library's words."""
        household = {"unit_has_union": "maybe", "members": [{"relation": "self", "wage": -1}]}
        status, answer = post(port, json.dumps(household).encode())
        with pytest.raises(FactError) as refused:
            assess(POLICY, household)
        assert status == 422
        expected = [
            {"at": each.place, "message": each.message(), "help": each.help()} for each in refused.value.problems
        ]
        assert answer["problems"] == expected

    @pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
    def test_not_json(self, port: int, content: bytes) -> None:
        """A text that is not JSON gets 400."""
        assert post(port, content)[0] == 400

    @pytest.mark.parametrize(
        "content",
        [
            b'{"on": "2021-03-31", "members": [{"relation": "self", "wage": 1, "wage": 90000}]}',
            b'{"on": "2021-03-31", "on": "2021-04-01", "members": [{"relation": "self"}]}',
            b'{"members": [], "members": [{"relation": "self"}]}',
        ],
    )
    def test_a_key_twice(self, port: int, content: bytes) -> None:
        """A repeated key is refused; neither value is taken."""
        status, answer = post(port, content)
        assert status == 400
        assert str(answer["error"]).endswith("is written twice")

    def test_numbers_are_exact(self, port: int) -> None:
        """A number with more decimals than a float holds is not rounded, but refused for too many decimals."""
        status, answer = post(port, b'{"members": [{"relation": "self", "wage": 1000.000000000000000001}]}')
        assert status == 422
        assert "1000.000000000000000001" in json.dumps(answer)

    def test_too_large(self, port: int) -> None:
        """A request that is too large is refused as such, not as broken JSON."""
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", "1000001")
        connection.endheaders()  # the answer comes before the rest is sent
        response = connection.getresponse()
        assert (response.status, json.loads(response.read())) == (413, {"error": "more than 1000000 bytes"})
        connection.close()

    @pytest.mark.parametrize("content", [b"[]", b"3", b"null"])
    def test_not_a_household(self, port: int, content: bytes) -> None:
        """JSON that is not a mapping gets 422."""
        assert post(port, content)[0] == 422

    def test_only_post(self, port: int) -> None:
        """Another method than POST gets 405."""
        assert post(port, b"", method="GET")[0] == 405
