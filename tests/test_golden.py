"""The golden records of a release: later releases give the same, or list the changed verdicts in CHANGELOG."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from jsonschema import Draft202012Validator
from places import ROOT
from sealed import sealed

from hardship_rules import assess, load_household, load_policy, record, replay
from hardship_rules.records._diff import diff
from hardship_rules.records._reader import Verdict, read_record
from hardship_rules.records._replay import Replay
from hardship_rules.records._shape import record_schema

GOLDEN = ROOT / "tests" / "golden"
KEPT = GOLDEN / "policies"
RECORDS = sorted(GOLDEN.glob("*.record.json"))
WORKED = {
    "2021_accidental_changed": ("accidental", "category_changed"),
    "2021_deep": ("deep", "new_file"),
    "2021_excluded_withdrawn": ("excluded", "withdrawn"),
    "2021_none_out_of_hardship": ("none", "out_of_hardship"),
    "2021_out_of_scope": ("out_of_scope", "refused"),
    "2021_relative_continued": ("relative", "continued"),
    "2021_undecided_receipts": (None, "new_file"),
    "2021_undecided_rural": (None, "new_file"),
    "2023_disqualified": ("deep", "disqualified"),
    "2023_equal_to_standard": ("relative", "new_file"),
    "2024_new_form_deep": ("deep", "new_file"),
    "2024_undecided_member": (None, None),
    "2025_undecided_nothing_known": (None, None),
    "2025_village_migrant_relative": ("relative", "new_file"),
    "huzhou_accidental": ("accidental", None),
}
"""Category and filing of each household, computed by hand in the first line of its file; None if undecided."""


def name(path: Path) -> str:
    """The name of a household, also used by its record."""
    return path.name.split(".")[0]


def listed(changelog: str) -> frozenset[str]:
    """The records that CHANGELOG lists under "Verdicts that change", in any release."""
    sections = re.findall(r"^### Verdicts that change\n(.*?)(?=^#{1,3} |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return frozenset(re.findall(r"[\w-]+\.record\.json", "".join(sections)))


CHANGED = listed((ROOT / "CHANGELOG.md").read_text("utf-8"))


def replayed(path: Path) -> Replay:
    """The replay of a golden record under the kept policy."""
    return replay(path.read_text("utf-8"), name=path.name, folders=[KEPT])


def test_every_household_has_its_record() -> None:
    """Households, records and verdicts computed by hand correspond one to one."""
    assert {name(path) for path in RECORDS} == set(WORKED) == {name(path) for path in GOLDEN.glob("households/*.yaml")}


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_a_golden_record_says_what_was_worked_out(path: Path) -> None:
    """Category and filing of each record equal those computed by hand."""
    document = json.loads(path.read_text("utf-8"))
    decisions = (document["decisions"].get(decision) for decision in ("category", "filing"))
    came = tuple(None if each is None or each["outcome"] is None else each["outcome"]["id"] for each in decisions)
    assert came == WORKED[name(path)]
    Draft202012Validator(record_schema()).validate(document)


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_a_golden_record_replays(path: Path) -> None:
    """With the same fingerprint and facts a record replays the same, unless CHANGELOG lists it."""
    assert replayed(path).same or path.name in CHANGED


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_the_bundled_policy_still_gives_its_verdict(path: Path) -> None:
    """The current policy of that name gives the household the same verdict, unless CHANGELOG lists the record."""
    was = read_record(path.read_text("utf-8"))
    household = load_household(GOLDEN / "households" / f"{name(path)}.yaml")
    now = read_record(record(assess(load_policy(was.policy), household)))
    verdicts = [each for each in diff(was, now) if isinstance(each.recorded or each.found, Verdict)]
    assert "different" not in {each.sameness for each in verdicts} or path.name in CHANGED


def bare(text: str) -> list[str]:
    """The lines of a record without the library's version and the checksum that covers it."""
    return [line for line in text.splitlines() if not line.startswith(('"library"', '"checksum"'))]


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_the_bytes_stay(path: Path) -> None:
    """Under an unchanged policy a new record has the same bytes, unless an open part has become narrower."""
    text = path.read_text("utf-8")
    policy = load_policy(read_record(text).policy)
    if policy.fingerprint == read_record(text).fingerprint and replayed(path).sameness == "same":
        household = load_household(GOLDEN / "households" / f"{name(path)}.yaml")
        assert bare(record(assess(policy, household))) == bare(text)


def in_any_order(part: Any) -> Any:
    """A part of a record with every list sorted, since a resolved policy loses the order of its mappings."""
    if isinstance(part, dict):
        return {key: in_any_order(inner) for key, inner in part.items() if key not in ("library", "checksum")}
    if isinstance(part, list):
        return sorted(map(in_any_order, part), key=lambda inner: json.dumps(inner, sort_keys=True))
    return part


@pytest.mark.parametrize("path", RECORDS, ids=name)
def test_the_content_stays(path: Path) -> None:
    """Under the kept policy a new record has the same content, unless an open part has become narrower."""
    text = path.read_text("utf-8")
    was = read_record(text)
    policy = load_policy(KEPT / f"{was.policy}.json")
    assert policy.fingerprint == was.fingerprint
    if replayed(path).sameness == "same":
        household = load_household(GOLDEN / "households" / f"{name(path)}.yaml")
        assert in_any_order(json.loads(record(assess(policy, household)))) == in_any_order(json.loads(text))


@pytest.mark.parametrize("path", sorted(KEPT.glob("*.json")), ids=lambda path: path.stem)
def test_kept_policies_are_policies(path: Path) -> None:
    """Each kept text is, to the byte, the text of a policy with its fingerprint."""
    policy = load_policy(path)
    assert policy.name == path.stem
    assert policy.resolved + "\n" == path.read_text("utf-8")


def test_a_change_must_be_listed() -> None:
    """A record that does not replay is found, and only its name under the right heading excuses it."""
    document: dict[str, Any] = json.loads((GOLDEN / "2021_deep.record.json").read_text("utf-8"))
    document["decisions"]["category"]["possible"] = [{"id": "none", "title": "不符合"}]
    document["decisions"]["category"]["holding"] = document["decisions"]["category"]["possible"]
    assert not replay(sealed(document), folders=[KEPT]).same
    log = "# Changes\n\n## 0.2.0\n\n### Fixed\n\na.record.json\n\n### Verdicts that change\n\n- `b.record.json`\n\n"
    log += "### Other\n\nc.record.json\n\n## 0.1.0\n\n### Verdicts that change\n\nd-1.record.json\n"
    assert listed(log) == {"b.record.json", "d-1.record.json"}


def test_they_are_made_as_documented(tmp_path: Path) -> None:
    """The commands in the folder's README make a record for every household, and replay the existing ones."""
    readme = (GOLDEN / "README.md").read_text("utf-8")
    commands = [line.removeprefix("$ ") for line in readme.splitlines() if line.startswith("$ hardship-rules")]
    assess_, replay_ = (shlex.split(command)[1:] for command in commands)
    assert assess_[:5] == ["assess", "--format", "record", "-o", "tests/golden"]
    assert assess_[5:] == ["tests/golden/households/*.yaml"]
    households = sorted(map(str, GOLDEN.glob("households/*.yaml")))
    done = run("assess", "--format", "record", "-o", str(tmp_path), *households)
    assert (done.returncode, done.stderr) == (0, b"")
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in RECORDS}
    assert replay_[:3] == ["replay", "--policies", "tests/golden/policies"]
    done = run("replay", "--policies", str(KEPT), *map(str, RECORDS))
    assert done.returncode == 0 or CHANGED, done.stdout.decode()
