"""The examples and README do what they say."""

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

from hardship_rules import FactError, PolicyError, assess, explain, load_household, load_policy, read_policy
from hardship_rules.find import overlaps
from hardship_rules.summary import summary

ROOT = Path(__file__).parent.parent
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
    assert str(assessment.terms["net_income_per_person"].exact) == "5900/9"  # type: ignore[union-attr]  # a figure


def test_partial() -> None:
    """Without the receipts: (31,200 - x) / 24 is 588 at x = 17,088, and below 1,176 only from x = 2,976.01 on."""
    assessment = assess(POLICY, load_household(ROOT / "examples" / "partial.yaml"))
    assert [outcome.id for outcome in assessment.possible] == ["deep", "relative", "none"]
    assert [str(missing) for missing in assessment.missing] == ["members[1].medical_self_paid"]


def test_readme_shows_the_real_output() -> None:
    """What README prints under its first command is what the command prints."""
    first = blocks(README, "console")[0]
    command, shown = first.split("\n", maxsplit=1)
    arguments = shlex.split(command.split("&&")[-1].replace(".venv/bin/hardship-rules", ""))
    done = subprocess.run(  # noqa: S603  # README's own command
        [sys.executable, "-m", "hardship_rules", *arguments], cwd=ROOT, capture_output=True, check=True
    )
    assert done.stdout.decode().rstrip() == shown.rstrip()


def test_readme_shows_the_real_year() -> None:
    """The year's file on README's screen is the bundled one."""
    assert (ROOT / "policies" / "2021_weihai.yaml").read_text(encoding="utf-8") in blocks(README, "yaml")


@pytest.mark.parametrize("block", blocks(README, "python"))
def test_readme_code_runs(block: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """README's code runs as it stands, from the repository's folder, and prints something."""
    monkeypatch.chdir(ROOT)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102  # README's own code
    assert capsys.readouterr().out


def test_readme_names_the_interface() -> None:
    """README's commands are the program's, and every public name of the ten lines exists."""
    for command in ("assess", "check", "replay", "show", "test"):
        assert f"`hardship-rules {command}" in README


def test_the_guides_commands_work(tmp_path: Path) -> None:
    """What the guide for staff prints of `show` runs, and the files that it names are written."""
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
    """What the guide for staff prints of records runs: record and text are kept, and replay the same."""
    (block,) = [block for block in blocks(GUIDE, "console") if " replay " in block]
    (tmp_path / "家庭.yaml").write_bytes((ROOT / "examples" / "household.yaml").read_bytes())
    (tmp_path / "记录").mkdir()
    for command in re.findall(r"hardship-rules (.*)", block):
        subprocess.run(  # noqa: S603  # the guide's own command
            [sys.executable, "-m", "hardship_rules", *shlex.split(command)], cwd=tmp_path, check=True
        )
    assert sorted(path.name for path in (tmp_path / "记录").iterdir()) == ["2021_weihai.json", "家庭.record.json"]


class TestGuide:
    """The guide for staff: what it tells them to write is accepted, and gives what it says."""

    def change(self) -> str:
        """What the guide's second step writes."""
        return re.sub(r"^ {3}", "", blocks(GUIDE, "yaml")[0], flags=re.MULTILINE)

    def year(self, change: str) -> str:
        """The copy of last year's file with the sections that are changed, and without last year's notes."""
        last = (ROOT / "policies" / "2025_weihai.yaml").read_text(encoding="utf-8")
        sections = {
            text.split(":")[0]: text for text in re.split(r"^(?=\S)", last + change, flags=re.MULTILINE) if text
        }
        del sections["notes"]
        return "".join(sections.values())

    def test_next_year(self) -> None:
        """The five changes make next year's policy, with its new numbers and last year's readings."""
        policy = read_policy(self.year(self.change()), "2026_weihai.yaml")
        assert (policy.name, policy.series, policy.title) == ("2026_weihai", "weihai", "威海市2026年困难职工家庭认定")
        assert (str(policy.start), str(policy.end)) == ("2026-01-01", "2026-12-31")
        assert dict(policy.parameters["dibao"].values) == {("urban",): 1234, ("rural",): 987}
        assert policy.readings == load_policy("2025_weihai").readings

    def test_its_numbers_are_said_to_be_invented(self) -> None:
        """Nobody takes the guide's numbers for those of 2026, of which nothing is known."""
        assert "都是为说明写法虚构的" in GUIDE
        assert all("（虚构）" in line for line in self.change().splitlines() if "values:" in line or "cite:" in line)

    def test_its_day_is_found(self, tmp_path: Path) -> None:
        """The file of next year stands beside the bundled ones: its days have it, and it overlaps with none of them."""
        path = tmp_path / "2026_weihai.yaml"
        path.write_text(self.year(self.change()), encoding="utf-8")
        assert load_policy("weihai", date(2026, 12, 31), [tmp_path]).name == "2026_weihai"
        assert load_policy("weihai", date(2025, 12, 31), [tmp_path]).name == "2025_weihai"
        assert overlaps(path) == ()

    def test_what_check_says(self) -> None:
        """What the guide shows of `check` is what it says of that file; `…` is what the guide leaves out."""
        said = summary("2026_weihai.yaml", read_policy(self.year(self.change())), load_policy("shandong_2020_58"))
        shown = re.sub(r"^ {3}", "", blocks(GUIDE, "text")[0], flags=re.MULTILINE)
        pattern = re.escape(shown.rstrip()).replace("\\ \\ \\ \\ …\\\n", "(?: {4}.*\n)*").replace("…", ".*")
        assert re.fullmatch(pattern, said), said

    def test_not_published(self) -> None:
        """A standard that is not published yet leaves those whom it concerns undecided, and is named."""
        values = blocks(GUIDE, "yaml")[1].rstrip()
        text = re.sub(r"^ +values: .*$", values, self.year(self.change()), flags=re.MULTILINE)
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
        assert rural.category.id == "relative"  # 987 <= 12,000 / 12 = 1,000 < 1,974

    def test_reading(self) -> None:
        """The reading that the guide flips is flipped, beside those of last year."""
        flipped = blocks(GUIDE, "yaml")[2].removeprefix("readings:\n")
        policy = read_policy(self.year(self.change()).replace("readings:\n", f"readings:\n{flipped}"))
        assert policy.readings["equal_to_standard"].chosen == "granted"
        assert policy.readings["new_form_covered"].chosen == "yes"

    def test_without_provenance(self) -> None:
        """Without its provenance the change is refused, as the guide says."""
        change = re.sub(r"^ +(source|cite|basis): .*\n", "", self.change(), flags=re.MULTILINE)
        with pytest.raises(PolicyError) as refused:
            read_policy(self.year(change))
        assert [problem.code for problem in refused.value.problems] == ["provenance_again"]

    def test_every_file_is_listed(self) -> None:
        """The table of files has each policy that comes with the library, and no other."""
        listed = set(re.findall(r"^\| `(\S+\.yaml)`", GUIDE, flags=re.MULTILINE))
        assert listed == {path.name for path in (ROOT / "policies").glob("*.yaml")}


class Quiet(WSGIRequestHandler):
    """A request handler that does not write a log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The example's service, started."""
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
    """Send a request; its status and its answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, "/", content)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


class TestService:
    """The example of a host, called over the network."""

    def test_answers(self, port: int) -> None:
        """A household gets the same document as from the library."""
        household = {"unit_has_union": False, "members": [{"relation": "self"}]}
        status, answer = post(port, json.dumps(household).encode())
        assert status == 200
        assert answer == json.loads(explain(assess(POLICY, household), format="json"))

    def test_problems(self, port: int) -> None:
        """A wrong household gets every problem in the library's words."""
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
        """What is no JSON gets 400."""
        assert post(port, content)[0] == 400

    @pytest.mark.parametrize("content", [b"[]", b"3", b"null"])
    def test_not_a_household(self, port: int, content: bytes) -> None:
        """JSON that is no mapping gets 422."""
        assert post(port, content)[0] == 422

    def test_only_post(self, port: int) -> None:
        """Another method gets 405."""
        assert post(port, b"", method="GET")[0] == 405
