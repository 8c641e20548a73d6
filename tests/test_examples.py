"""The examples and README do what they say."""

import json
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from hardship_rules import FactError, PolicyError, assess, explain, load_household, load_policy, read_policy

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
    for command in ("assess", "check", "test"):
        assert f"`hardship-rules {command}" in README


class TestGuide:
    """The guide for staff: what it tells them to write is accepted, and gives what it says."""

    def year(self) -> str:
        """The year's file after the guide's second step."""
        change = blocks(GUIDE, "yaml")[0]
        change = re.sub(r"^ {3}", "", change, flags=re.MULTILINE)
        return f"language: 1\nseries: weihai\nextends: shandong_2020_58\n{change}"

    def test_next_year(self) -> None:
        """The five changes make next year's policy, with its new numbers."""
        policy = read_policy(self.year(), "2023_weihai.yaml")
        assert (policy.name, str(policy.start)) == ("2023_weihai", "2023-01-01")
        assert dict(policy.parameters["dibao"].values) == {("urban",): 1001, ("rural",): 800}

    def test_not_published(self) -> None:
        """A standard that is not published yet leaves those whom it concerns undecided, and is named."""
        text = re.sub(r"^ +values: .*$", blocks(GUIDE, "yaml")[1].rstrip(), self.year(), flags=re.MULTILINE)
        policy = read_policy(text)
        facts = {
            "residence": "rural",
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
        urban = assess(policy, {**facts, "residence": "urban", "members": [worker]})
        assert urban.category is not None
        assert urban.category.id == "deep"  # 12,000 / 12 = 1,000 < 1,062

    def test_reading(self) -> None:
        """The reading that the guide flips is flipped."""
        policy = read_policy(self.year() + blocks(GUIDE, "yaml")[2])
        assert policy.readings["equal_to_standard"].chosen == "granted"

    def test_without_provenance(self) -> None:
        """Without its provenance the change is refused, as the guide says."""
        text = re.sub(r"^ +(source|cite|basis): .*\n", "", self.year(), flags=re.MULTILINE)
        with pytest.raises(PolicyError) as refused:
            read_policy(text)
        assert [problem.code for problem in refused.value.problems] == ["provenance_again"]


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
