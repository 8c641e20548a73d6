"""Finding a record's policy: embedded, given by the caller, in a folder, or bundled."""

import json
from pathlib import Path

import pytest
from bundled import POLICIES
from recordings import HOUSEHOLD, SETTLED, SETTLED_RECORD, WEIHAI, own_text
from sealed import sealed

from hardship_rules import Policy, PolicyError, assess, load_policy, read_policy, record
from hardship_rules.assessment._completions import trial_order as tried_in_order
from hardship_rules.records._policies import policy_of
from hardship_rules.records._reader import read_record

GRANTED = WEIHAI.with_readings({"equal_to_standard": "granted"})


def own(urban: str = "700") -> Policy:
    """A union's own policy with the name of a bundled one."""
    return read_policy(own_text(urban))


def test_bundled() -> None:
    """A bundled policy with the record's fingerprint is found without further input."""
    assert policy_of(read_record(SETTLED_RECORD)) == WEIHAI


def test_bundled_in_other_readings() -> None:
    """A variant of a bundled policy by the record's readings is found as well."""
    found = policy_of(read_record(record(assess(GRANTED, HOUSEHOLD))))
    assert found.fingerprint == GRANTED.fingerprint != WEIHAI.fingerprint


def test_embedded() -> None:
    """An embedded policy is used if no other one is found."""
    found = policy_of(read_record(record(assess(own(), HOUSEHOLD), embed=True)))
    assert found.fingerprint == own().fingerprint


def test_at_hand() -> None:
    """A policy of the caller is used before any other."""
    mine = own()
    assert policy_of(read_record(record(assess(mine, HOUSEHOLD))), [WEIHAI, mine]) is mine


def test_resolved_text_in_a_folder(tmp_path: Path) -> None:
    """A resolved text is found by its hash, under any file name, among records and other files."""
    (tmp_path / "留存.json").write_text(own().resolved + "\n", encoding="utf-8")
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "c.record.json").write_text(SETTLED_RECORD, encoding="utf-8")
    found = policy_of(read_record(record(assess(own(), HOUSEHOLD))), folders=[tmp_path])
    assert found.fingerprint == own().fingerprint


def test_policy_file_in_a_folder(tmp_path: Path) -> None:
    """A policy file is found by the name in it, under any file name."""
    (tmp_path / "第一版.yaml").write_text(own_text("699"), encoding="utf-8")
    (tmp_path / "第二版.yaml").write_text(own_text(), encoding="utf-8")
    (tmp_path / "不好.yaml").write_text("policy: 2021_weihai\nlanguage: 7\n", encoding="utf-8")
    found = policy_of(read_record(record(assess(own(), HOUSEHOLD))), folders=[tmp_path])
    assert found.fingerprint == own().fingerprint


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_the_kept_text_narrows_alike(policy: Policy, tmp_path: Path) -> None:
    """The order of tried facts does not depend on the order of a file's keys."""
    (tmp_path / "kept.json").write_text(policy.resolved, encoding="utf-8")
    kept = load_policy(tmp_path / "kept.json")
    assert list(kept.facts) != list(policy.facts) or len(policy.facts) < 2
    assert tried_in_order(kept) == tried_in_order(policy)


def problem(text: str, *folders: Path) -> tuple[str, str]:
    """The code and the text of the problem with a record whose policy is not found."""
    with pytest.raises(PolicyError) as caught:
        policy_of(read_record(text, "a.record.json"), folders=folders)
    (found,) = caught.value.problems
    assert str(found.location) == "a.record.json:1:1"
    return found.code, found.message() + found.help()


def test_a_policy_that_was_changed(tmp_path: Path) -> None:
    """If policies with the record's name have other fingerprints, the problem lists them."""
    (tmp_path / "mine.yaml").write_text(own_text("699"), encoding="utf-8")
    code, sentence = problem(record(assess(own(), HOUSEHOLD)), tmp_path)
    assert code == "record_policy_changed"
    for policy in (own("699"), WEIHAI):
        assert policy.fingerprint[:11] in sentence
    assert own().fingerprint in sentence
    assert "--policies" in sentence


def test_a_policy_that_is_not_there() -> None:
    """If no policy has the record's name, the problem says which file to keep and where."""
    mine = read_policy(own_text().replace("2021_weihai", "nowhere"))
    code, sentence = problem(record(assess(mine, HOUSEHOLD)))
    assert code == "record_policy_missing"
    assert "`nowhere`" in sentence
    assert mine.fingerprint in sentence
    assert "show --format resolved" in sentence


def test_an_embedded_policy_of_another_fingerprint() -> None:
    """A record with an embedded policy of another fingerprint is refused as changed, sealed or not."""
    document = json.loads(SETTLED_RECORD)
    document["resolved"] = json.loads(own().resolved)
    assert problem(sealed(document))[0] == "record_edited"


@pytest.mark.parametrize(
    "resolved", [[], "x", {}, {"language": "1"}, {"language": "2", "policy": "a"}, {"language": 1}]
)
def test_an_embedded_policy_that_is_none(resolved: object) -> None:
    """An embedded value that is not a policy is a problem, not a traceback."""
    document = {**json.loads(SETTLED_RECORD), "resolved": resolved}
    with pytest.raises(PolicyError):
        policy_of(read_record(sealed(document)))


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """A file whose policy name is a list, or that is not a mapping, is skipped."""
    (tmp_path / "a.yaml").write_text("policy: [2021_weihai]\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("- 2021_weihai\n", encoding="utf-8")
    assert policy_of(read_record(SETTLED_RECORD), folders=[tmp_path]) == SETTLED.policy
