"""Households for unexercised items are found by proof, and written as cases to confirm by hand."""

from pathlib import Path

import pytest
from small_policy import NEVER, files

from hardship_rules import load_policy
from hardship_rules.testing._coverage import Coverage, coverage, items
from hardship_rules.testing.cases import read_cases
from hardship_rules.testing.missing import Search, cases_text, search


def brief(found: tuple[object, ...]) -> set[tuple[str, str, str]]:
    """Items in a short form, to list by hand."""
    return {(item.what, item.id, item.side) for item in found}  # type: ignore[attr-defined]  # items of coverage


@pytest.fixture(scope="module", name="folder")
def with_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small policy and its one case."""
    folder = tmp_path_factory.mktemp("small")
    files(folder)
    return folder


@pytest.fixture(scope="module", name="found")
def what_is_found(folder: Path) -> Search:
    """The search for every item that the one case does not exercise."""
    (before,) = coverage(read_cases(folder / "cases" / "one.yaml", [folder]))
    return search(before)


def test_what_is_proved_out_of_reach(found: Search) -> None:
    """An item that no household exercises is proved unreachable, and no longer missing."""
    assert brief(found.coverage.unreachable) == NEVER
    assert not brief(found.coverage.missing) & NEVER
    assert found.not_settled == ()


def test_one_household_for_several(found: Search) -> None:
    """The cases together exercise every missing item, each once; there are fewer cases than items."""
    exercised = [item for case in found.found for item in case.items]
    assert sorted(map(str, exercised)) == sorted(map(str, found.coverage.missing))
    assert len(found.found) < len(exercised)


def test_readings_only_where_needed(found: Search) -> None:
    """A case has a reading only if the item is disabled without it."""
    for case in found.found:
        idle = any(id_.startswith("category.poor.equal") and side != "no" for _, id_, side in brief(case.items))
        idle |= ("clause", "category.poor.equal.same", "no") in brief(case.items)
        assert dict(case.readings) == ({"equal": "yes"} if idle else {})


def test_no_other_readings() -> None:
    """Of the measure's nineteen readings a case has only the one that enables its item."""
    policy = load_policy("2021_weihai")
    id_ = "file_older_than_one_year.exactly_where_counted.exactly"
    missing = tuple(each for each in items(policy) if each.id == id_ and each.side == "above")
    (case,) = search(Coverage(policy, (), (), (), missing)).found
    assert dict(case.readings) == {"exactly_one_year": "yes"}
    assert case.facts["file_age_months"] > 12
    assert len(case.facts["members"]) == 1


def test_facts_that_matter(found: Search) -> None:
    """A case has only the relevant facts: for a house, the household has no location."""
    case = next(case for case in found.found if ("option", "place", "village") in brief(case.items))
    assert "owner" not in case.facts
    assert len(case.facts["members"]) == 1


class TestWritten:
    """The written file of cases."""

    @pytest.fixture(name="after")
    def read_back(self, folder: Path, found: Search) -> tuple[Coverage, str]:
        """The coverage after writing the file beside the one case, and the file's text."""
        text = cases_text(found.coverage.policy, found.found)
        path = folder / "cases" / "missing.yaml"
        path.write_text(text, encoding="utf-8")
        cases = read_cases(path, [folder])
        assert [case.run() for case in cases] == [()] * len(found.found)
        assert not any(case.confirmed for case in cases)
        (after,) = coverage([*read_cases(folder / "cases" / "one.yaml", [folder]), *cases])
        return after, text

    def test_read_back(self, after: tuple[Coverage, str]) -> None:
        """The file is read as passing, unconfirmed cases; with them only unreachable items are left."""
        assert brief(after[0].missing) == NEVER - brief(after[0].unreachable)

    def test_for_staff(self, after: tuple[Coverage, str]) -> None:
        """The file explains itself, and that each case must be confirmed by hand; each title names its items."""
        text = after[1]
        assert text.startswith("# 以下算例由程序搜索得出")
        assert "  - title: 结果“困难”" in text
        assert text.count("confirmed: false\n") == text.count("  - title: ")
        assert text.count("手工核对，并改写为怎样算出") == text.count("  - title: ")
        assert "存款:" in text
        assert "身份: 子女" in text
