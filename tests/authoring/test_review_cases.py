"""The worked cases of one policy, run under another."""

from pathlib import Path

import pytest
from reviews import CASES
from years import MEASURE, THIS, files_in

from hardship_rules import load_policy
from hardship_rules.authoring._review import CaseResults, run_cases
from hardship_rules.testing.cases import Case, read_cases


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The folder of a city's measure and its years; standards 1000 and 1100, doubled 2000 and 2200."""
    return files_in(tmp_path)


def cases_of(folder: Path, text: str) -> tuple[Case, ...]:
    """The cases of a text beside the policies of a folder."""
    path = folder / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    return read_cases(path)


def run(folder: Path, text: str, new: str = "2025_city") -> CaseResults:
    """The cases of a text, those of 2024 under another policy of the folder."""
    old, newer = (load_policy(folder / f"{name}.yaml") for name in ("2024_city", new))
    return run_cases(cases_of(folder, text), old, newer)


def test_which_come_out_otherwise(city: Path) -> None:
    """By hand: 1050 is below 1100 only, 2100 below 2200 only; the other cases give the same result in both years."""
    found = run(city, CASES.format(policy="2024_city", on="2024-05-05"))
    assert [each.case.title for each in found.changed] == ["恰在两年之间", "倍数之间", "改选解读", "没有核对过"]
    assert [(each.expected, each.got) for each in found.changed[0].after] == [("relative", "deep")]
    assert [(each.expected, each.got) for each in found.changed[1].after] == [("none", "relative")]
    assert [each.case.title for each in found.failed_before] == ["写错的算例"]
    assert found.about_days == 1  # the newer policy is not in force on any day of the older
    assert len(found.results) == 8
    assert found.own == ()


def test_the_cases_of_the_newer_and_of_others(city: Path) -> None:
    """The newer policy's cases run unchanged, on their own days; cases of a third policy are ignored."""
    found = run(city, CASES.format(policy="2025_city", on="2025-05-05").replace("2023-05-05", "2024-05-05"))
    assert found.results == ()
    assert [(case.title, bool(mismatches)) for case, mismatches in found.own][:2] == [
        ("恰在两年之间", True),  # 1050 < 1100
        ("高于两年", False),
    ]
    assert [case.title for case, mismatches in found.own if case.title == "不在当年" and not mismatches]
    (city / "2023_city.yaml").write_text(THIS.replace("2025", "2023"), encoding="utf-8")
    assert run(city, CASES.format(policy="2023_city", on="2023-05-05")) == CaseResults((), (), 0)


def test_a_reading_that_is_gone(city: Path) -> None:
    """A case under a reading that the newer policy lacks is reported as different, without a guess."""
    other = MEASURE.replace("policy: measure", "policy: other").replace("equal:", "level:")
    values = "values: {town: 1000, village: 900}, "
    (city / "other.yaml").write_text(other.replace("by: place,", f"by: place, {values}"), encoding="utf-8")
    found = run(city, CASES.format(policy="2024_city", on="2024-05-05"), "other")
    (gone,) = [each for each in found.changed if each.case.title == "改选解读"]
    assert [(each.what, each.expected) for each in gone.after] == [("readings", "equal=no")]
    assert gone.changes_category


def test_a_corrected_file_has_one_name(city: Path, tmp_path: Path) -> None:
    """If both policies have the same name, the cases of that name run under both."""
    changed = tmp_path / "changed"
    changed.mkdir()
    files_in(changed)
    path = changed / "2024_city.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("town: 1000", "town: 1060"), encoding="utf-8")
    old, new = load_policy(city / "2024_city.yaml"), load_policy(path)
    found = run_cases(cases_of(city, CASES.format(policy="2024_city", on="2024-05-05")), old, new)
    assert {each.case.title for each in found.changed} >= {"恰在两年之间"}
    assert found.own == ()
