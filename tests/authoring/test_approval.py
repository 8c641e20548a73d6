"""An approval is written into the approved file, and is valid only for the approved content."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from years import MEASURE, THIS, files_in

from hardship_rules import PolicyError, load_policy
from hardship_rules.authoring._approval import approve
from hardship_rules.authoring._lint import lint_file

DAY = date(2025, 1, 15)
HEAD = "language: 1\npolicy: 2025_city\nextends: measure"
PARAMETERS = "{standard: {values: {town: 1, village: 1}, basis: assumption}}"


def year(path: Path) -> Path:
    """The file of 2025 in a folder."""
    return files_in(path) / "2025_city.yaml"


def signed(path: Path, by: str = "某市总工会") -> Path:
    """A file with the approval written into it."""
    text, _ = approve(path, by, DAY)
    path.write_bytes(text.encode())
    return path


def refused(path: Path, fingerprint: str | None = None) -> list[str]:
    """The reason why a file cannot be approved."""
    before = path.read_bytes()
    with pytest.raises(PolicyError) as error:
        approve(path, "某市总工会", DAY, (), fingerprint)
    assert path.read_bytes() == before
    return [problem.code for problem in error.value.problems]


def test_who_when_and_what(tmp_path: Path) -> None:
    """The approved file states who approved it, when, and the fingerprints of its own and its base's content."""
    path = year(tmp_path)
    before = load_policy(path)
    assert before.status is None
    policy = load_policy(signed(path))
    assert policy.status == "approved"
    assert policy.approval is not None
    assert (policy.approval.by, policy.approval.day) == ("某市总工会", DAY)
    assert policy.approval.fingerprint == policy.fingerprint == before.fingerprint
    assert policy.approval.base == load_policy(tmp_path / "measure.yaml").fingerprint


@pytest.mark.parametrize("by", ["某市总工会", "总工会: 办公室 # 1", "123", "yes", "'", '"'])
def test_any_office(tmp_path: Path, by: str) -> None:
    """Any name of an office is read back unchanged."""
    approval = load_policy(signed(year(tmp_path), by)).approval
    assert approval is not None
    assert approval.by == by


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize(
    "status",
    ["", "status: draft   # 草案\n", "approved: {by: 甲, date: 2024-01-01, fingerprint: v1:" + "0" * 64 + "}\n\n"],
)
def test_every_other_line_stays(tmp_path: Path, line_end: str, end: str, status: str) -> None:
    """Comments, blank lines, spaces and line ends stay unchanged; an earlier status and approval are replaced."""
    path = year(tmp_path)
    lines = (
        THIS.strip().replace("effective:", "# 起止\neffective:   ").replace("sources:", f"{status}\n# 文件\nsources:")
    )
    path.write_bytes((lines + end).replace("\n", line_end).encode())
    signed(path)
    text = path.read_bytes().decode()
    kept = [line for line in text.replace("\r\n", "\n").split("\n") if "approved:" not in line]
    added = ("  by: ", "  date: ", "  fingerprint: ", "  base: ")
    rest = "\n".join(line for line in kept if not line.startswith(added))
    assert rest.rstrip("\n") == (lines + end).replace(status.rstrip("\n") + "\n" if status else "\0", "").rstrip("\n")
    assert text.count("\n") == text.count(line_end)
    assert load_policy(path).status == "approved"


def test_below_the_last_line(tmp_path: Path) -> None:
    """If the last line has no line end, the approval is added below it, on lines of its own."""
    path = tmp_path / "head.yaml"
    path.write_text("language: 1\npolicy: head", encoding="utf-8")
    assert load_policy(signed(path)).status == "approved"
    assert path.read_text(encoding="utf-8").startswith("language: 1\npolicy: head\napproved: ")


def test_a_byte_order_mark_is_kept_apart(tmp_path: Path) -> None:
    """A file that begins with a byte order mark is approved too."""
    path = year(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_policy(signed(path)).status == "approved"


def test_the_approval_is_outside_the_fingerprint(tmp_path: Path) -> None:
    """Status and approval do not change the fingerprint; comments and layout do not void the approval."""
    path = year(tmp_path)
    plain = load_policy(path).fingerprint
    path.write_text(f"{THIS}status: draft\n", encoding="utf-8")
    draft = load_policy(path)
    assert (draft.fingerprint, draft.status) == (plain, "draft")
    signed(path)
    path.write_text("# 说明\n" + path.read_text(encoding="utf-8") + "# 完\n", encoding="utf-8")
    assert load_policy(path).status == "approved"


@pytest.mark.parametrize(
    ("old", "new"), [("town: 1100", "town: 1101"), ("chosen: yes", "chosen: no"), ("2025年通知", "通知")]
)
def test_a_change_makes_it_a_draft_again(tmp_path: Path, old: str, new: str) -> None:
    """Any change voids the approval until the file is approved again."""
    path = signed(year(tmp_path))
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert load_policy(path).status == "draft"
    assert [problem.code for problem in lint_file(path) if problem.code != "value_jump"] == ["approval_other"]
    assert load_policy(signed(path)).status == "approved"
    assert path.read_text(encoding="utf-8").count("approved:") == 1


def test_the_base_changed_underneath(tmp_path: Path) -> None:
    """A change of the base voids the approval, with its own message, also in next year's check."""
    path = signed(year(tmp_path))
    (tmp_path / "measure.yaml").write_text(MEASURE.replace("患病", "生病"), encoding="utf-8")
    assert load_policy(path).status == "draft"
    assert [problem.code for problem in lint_file(path)] == ["approval_other", "base_changed"]
    after = tmp_path / "2026_city.yaml"
    after.write_text(THIS.replace("2025", "2026").replace("town: 1100", "town: 1150"), encoding="utf-8")
    assert [(each.code, each.given) for each in lint_file(after)] == [
        ("base_differs", "measure"),
        ("value_as_before", "900"),
    ]


def test_a_draft_underneath(tmp_path: Path) -> None:
    """A year over a draft is a draft; approving the year also covers its base, but the base's file stays a draft."""
    path = year(tmp_path)
    (tmp_path / "measure.yaml").write_text(f"{MEASURE}status: draft\n", encoding="utf-8")
    assert load_policy(path).status == "draft"
    assert load_policy(signed(path)).status == "approved"
    assert load_policy(tmp_path / "measure.yaml").status == "draft"


def test_an_approved_base_approves_nothing_else(tmp_path: Path) -> None:
    """The approval of a measure does not approve the years that extend it."""
    path = year(tmp_path)
    measure = tmp_path / "measure.yaml"
    text = MEASURE.replace("by: place,", "value: 900,")
    measure.write_text(text, encoding="utf-8")
    signed(measure)
    assert load_policy(measure).status == "approved"
    path.write_text(THIS.replace("values: {town: 1100, village: 900}", "value: 1000"), encoding="utf-8")
    assert load_policy(path).status is None


def test_what_cannot_be_approved(tmp_path: Path) -> None:
    """A file is refused with problems, open parameters or unexpected content, or if it is already approved."""
    path = year(tmp_path)
    assert refused(tmp_path / "measure.yaml") == ["policy_open"]
    assert refused(path, f"v1:{'0' * 64}") == ["fingerprint_differs"]
    text, _ = approve(path, "某市总工会", DAY, (), load_policy(path).fingerprint)
    path.write_text(text, encoding="utf-8")
    assert refused(path) == ["approved_already"]
    path.write_text(THIS.replace("town: 1100", "town: 一千一百"), encoding="utf-8")
    assert refused(path) == ["number"]
    path.write_text(THIS.replace("from: 2025-01-01", "from: 2024-12-31"), encoding="utf-8")
    assert refused(path) == ["policies_overlap"]


def test_no_room_for_a_line(tmp_path: Path) -> None:
    """A file whose keys do not each begin a line is refused and stays unchanged."""
    path = year(tmp_path)
    for text in (
        f"{{{', '.join(HEAD.splitlines())}, parameters: {PARAMETERS}}}\n",
        THIS.strip().replace("\n", "\n  ").replace("language", "  language", 1),
    ):
        path.write_text(text, encoding="utf-8")
        assert load_policy(path).name == "2025_city"
        assert refused(path) == ["approval_layout"]


def test_only_approved(tmp_path: Path) -> None:
    """A host that accepts only approved policies is refused any other, with the reason."""
    path = year(tmp_path)

    def codes() -> list[str]:
        with pytest.raises(PolicyError) as error:
            load_policy(path, approved_only=True)
        return [problem.code for problem in error.value.problems]

    assert codes() == ["not_approved"]
    path.write_text(f"{THIS}status: draft\n", encoding="utf-8")
    assert codes() == ["not_approved"]
    signed(path)
    assert load_policy(path, approved_only=True).name == "2025_city"
    assert load_policy("city", DAY, (tmp_path,), approved_only=True).name == "2025_city"
    path.write_text(path.read_text(encoding="utf-8").replace("town: 1100", "town: 1101"), encoding="utf-8")
    assert codes() == ["approval_other"]


def test_a_variant_is_not_approved(tmp_path: Path) -> None:
    """A variant by another reading has other content, so it is not approved."""
    policy = load_policy(signed(year(tmp_path)))
    assert policy.with_readings({"equal": "no"}).status == "draft"
    assert policy.with_readings({"equal": "yes"}).status == "approved"


def test_the_bundled_policies_claim_no_approval() -> None:
    """The bundled policies state no approval."""
    for name in ("shandong_2020_58", "2021_weihai", "2023_weihai", "2024_weihai", "2025_weihai", "example_huzhou"):
        assert load_policy(name).status is None


@pytest.mark.parametrize(
    "day", ["2025-01-15", datetime(2025, 1, 15, tzinfo=UTC).replace(tzinfo=None), datetime(2025, 1, 15, tzinfo=UTC)]
)
def test_the_day_as_hosts_have_it(tmp_path: Path, day: Any) -> None:
    """A text, and a datetime at midnight, are accepted as the day."""
    _, policy = approve(year(tmp_path), "某市总工会", day)
    assert policy.approval is not None
    assert policy.approval.day == DAY


@pytest.mark.parametrize(
    ("day", "code"), [(datetime(2025, 1, 15, 9, tzinfo=UTC), "date_with_time"), (None, "date"), ("15.1.2025", "date")]
)
def test_what_is_no_day_of_approval(tmp_path: Path, day: Any, code: str) -> None:
    """A datetime with a time, or a value that is not a day, is a problem of the argument, not of the file."""
    with pytest.raises(PolicyError) as error:
        approve(year(tmp_path), "某市总工会", day)
    (problem,) = error.value.problems
    assert (problem.code, problem.place) == (code, "approved.date")
