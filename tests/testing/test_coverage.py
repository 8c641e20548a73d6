"""The items of a policy that cases exercise; those of the bundled measure exercise all of it."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from places import TESTS
from small_policy import CASES, NEGATIVE, POLICY, files

from hardship_rules import assess, read_policy
from hardship_rules.locale import sentences
from hardship_rules.testing._coverage import Coverage, Item, coverage, coverage_data, coverage_text, exercised, items
from hardship_rules.testing.cases import Case, read_cases

SMALL = read_policy(POLICY, "small.yaml")
ADULT = {"place": "town", "owner": False, "money": 10, "members": [{"role": "self", "age": 18}]}
WORKED = [case for path in sorted((TESTS / "cases").glob("*.yaml")) for case in read_cases(path)]

Brief = tuple[str, str, str]


def brief(found: Iterable[Item]) -> set[Brief]:
    """Items in a short form, to list by hand."""
    return {(item.what, item.id, item.side) for item in found}


def sides(what: str, id_: str) -> set[Brief]:
    """A clause with both truths, or a threshold with its three sides."""
    return {(what, id_, side) for side in (("yes", "no") if what == "clause" else ("below", "at", "above"))}


def seen(readings: dict[str, str] | None = None, **facts: Any) -> set[Brief]:
    """The items that the adult's household exercises with some facts changed."""
    policy = SMALL.with_readings(readings or {})
    return brief(exercised(assess(policy, {**ADULT, **facts})))


def test_items() -> None:
    """The items are outcomes, options, clauses except those of readings, and thresholds, also of members."""
    clauses = ["minor", "category.poor", "category.poor.below", "category.poor.equal", "category.poor.equal.same"]
    clauses += ["category.family", "category.never", "category.never.a", "category.never.b"]
    thresholds = ["minor", "category.poor.below", "category.poor.equal.same", "category.never.a", "category.never.b"]
    wanted = {("outcome", f"category.{outcome}", "yes") for outcome in ("poor", "family", "never", "none")}
    wanted |= {("option", "place", "town"), ("option", "place", "village")}
    wanted |= {("option", "owner", "yes"), ("option", "owner", "no")}
    wanted |= {("option", "role", "self"), ("option", "role", "child")}
    wanted = wanted.union(
        *(sides("clause", each) for each in clauses), *(sides("threshold", each) for each in thresholds)
    )
    assert brief(items(SMALL)) == wanted
    assert len(items(SMALL)) == len(wanted) == 43


def test_what_a_household_exercises() -> None:
    """A household exercises the truth of its clauses, the sides of its thresholds, its options and its outcome."""
    assert seen() == {
        ("outcome", "category.none", "yes"),
        ("option", "place", "town"),
        ("option", "owner", "no"),
        ("option", "role", "self"),
        ("clause", "minor", "no"),
        ("threshold", "minor", "at"),
        ("clause", "category.poor", "no"),
        ("clause", "category.poor.below", "no"),
        ("threshold", "category.poor.below", "at"),
        ("clause", "category.poor.equal", "no"),
        ("clause", "category.family", "no"),
        ("clause", "category.never", "no"),
        ("clause", "category.never.a", "no"),
        ("threshold", "category.never.a", "at"),
        ("clause", "category.never.b", "yes"),
        ("threshold", "category.never.b", "above"),
    }


def test_what_a_reading_makes_idle() -> None:
    """A clause disabled by a reading is not exercised; under the other reading it is."""
    same = ("clause", "category.poor.equal.same", "yes")
    assert same not in seen()
    assert {same, ("threshold", "category.poor.equal.same", "at")} <= seen({"equal": "yes"})


def test_what_is_not_reached() -> None:
    """The clauses of outcomes after the deciding one are not exercised."""
    found = seen(money=9)
    assert ("outcome", "category.poor", "yes") in found
    assert not [each for each in found if each[1].startswith(("category.family", "category.never"))]


def test_every_member_counts() -> None:
    """A clause over members is exercised by each of them."""
    found = seen(members=[{"role": "self", "age": 40}, {"role": "child", "age": 17}])
    assert sides("clause", "minor") <= found
    assert {("threshold", "minor", "below"), ("threshold", "minor", "above")} <= found
    assert ("outcome", "category.family", "yes") in found


def test_what_is_not_known_counts_nothing() -> None:
    """An unknown fact exercises no option, no side of a threshold, and no truth of a clause."""
    found = seen(money=None, owner=None)
    assert not {each for each in found if each[1] in ("owner", "category.poor.below")}
    assert ("clause", "minor", "no") in found


class TestCoverage:
    """`coverage` of some cases."""

    def read(self, folder: Path, cases: str) -> Coverage:
        """The coverage of the small policy by a file of cases."""
        (found,) = coverage(read_cases(files(folder, cases), [folder]))
        return found

    def test_apart(self, tmp_path: Path) -> None:
        """Each item is exercised, missing, or certainly unreachable."""
        found = self.read(tmp_path, CASES)
        assert brief(found.confirmed) == seen()
        assert brief(found.unreachable) == NEGATIVE  # the others need a proof
        assert brief(found.missing) == brief(items(SMALL)) - seen() - brief(found.unreachable)

    def test_unconfirmed(self, tmp_path: Path) -> None:
        """An item exercised only by an unconfirmed case is listed separately."""
        other = CASES[CASES.index("  - title") :].replace("money: 10", "money: 11").replace("恰为限额", "多于限额")
        found = self.read(tmp_path, CASES + other + "    confirmed: no\n")
        assert brief(found.confirmed) == seen()
        assert brief(found.unconfirmed) == {
            ("threshold", "category.poor.below", "above"),
            ("threshold", "category.never.a", "above"),
        }

    def test_readings_are_the_same_policy(self, tmp_path: Path) -> None:
        """A case under another reading counts for the base policy."""
        other = CASES[CASES.index("  - title") :].replace("category: none", "category: poor").replace("成年人", "算")
        found = self.read(tmp_path, CASES + other + "    readings: {equal: yes}\n")
        assert brief(found.confirmed) == seen() | seen({"equal": "yes"})
        assert found.policy.readings["equal"].chosen == "no"

    def test_refused_cases(self, tmp_path: Path) -> None:
        """A case with a refused household exercises nothing."""
        refused = CASES.replace("money: 10", "money: -1").replace("category: none", "refused: [fact_outside]")
        assert self.read(tmp_path, refused).confirmed == ()


def of(name: str, cases: list[Case]) -> Coverage:
    """The coverage of a bundled policy."""
    return next(found for found in coverage(cases) if found.policy.name == name)


@pytest.fixture(scope="module", name="found")
def by_all_cases() -> Coverage:
    """The items that all worked cases exercise in the measure."""
    return of("2021_weihai", WORKED)


class TestTheMeasure:
    """The bundled measure as Weihai applies it."""

    def test_everything_is_exercised(self, found: Coverage) -> None:
        """Confirmed cases exercise every reachable outcome, clause, option and threshold."""
        assert found.missing == ()
        assert found.unconfirmed == ()
        assert len(found.confirmed) + len(found.unreachable) == len(items(found.policy))

    def test_what_cannot_be(self, found: Coverage) -> None:
        """The only unreachable items are negative amounts, which no household has."""
        assert brief(found.unreachable) == {
            ("threshold", "accidental_cause.sudden.real_loss", "below"),
            ("threshold", "materials.medical_receipts.cost", "below"),
            ("threshold", "materials.tuition_receipts.cost", "below"),
        }

    def test_a_case_less_is_noticed(self) -> None:
        """Without the one case of 13 months where exactly twelve count, that side of the threshold is missing."""
        fewer = [case for case in WORKED if case.title != "解读为恰满算一年以上时，13个月照样复核"]
        assert len(fewer) == len(WORKED) - 1
        missing = brief(of("2021_weihai", fewer).missing)
        assert missing == {("threshold", "file_older_than_one_year.exactly_where_counted.exactly", "above")}


# --- As text and as data -----------------------------------------------------------------------------------------


def small(folder: Path) -> Coverage:
    """The coverage of the small policy by its one case."""
    (found,) = coverage(read_cases(files(folder), [folder]))
    return found


def lines(folder: Path, text: str) -> list[str]:
    """The lines of a report, without locations."""
    place = rf"^ +({re.escape(str(folder))}/small.yaml:[0-9]+:[0-9]+: )?"
    return [re.sub(place, "", line) for line in text.splitlines()]


def place(line: str, mark: str) -> tuple[int, int]:
    """The line and column of a mark in the policy, as in an editor."""
    number, text = next((number, text) for number, text in enumerate(POLICY.splitlines(), 1) if line in text)
    return number, text.index(line) + line.index(mark) + 1


def test_text_in_chinese(tmp_path: Path) -> None:
    """The report has the count, and each missing item in the titles and words of the policy."""
    text = coverage_text(small(tmp_path))
    found = lines(tmp_path, text)
    assert found[0] == "小例（small）：43 处，算例检验了 16 处"
    assert "已证明没有家庭能达到，不算缺：2 处" in found
    assert "没有算例检验：25 处" in found
    assert "结果“困难”" in found
    assert "“住地”为村" in found
    assert "“有房”为是" in found
    assert "条款“未成年”成立" in found
    assert "条款“恰为限额”成立、不成立" in found
    assert "“未成年”的界线：年龄低于 18、年龄高于 18" in found
    assert "“低于限额”的界线：存款低于限额（10 元）、存款高于限额（10 元）" in found


def test_text_begins_with_the_place(tmp_path: Path) -> None:
    """Each line begins with the item's definition, so that an editor can open it."""
    line, column = place("age < 18", "<")
    assert f"{tmp_path}/small.yaml:{line}:{column}: “未成年”的界线" in coverage_text(small(tmp_path))


def test_text_in_english(tmp_path: Path) -> None:
    """The report is available in English, with the policy's own titles."""
    found = lines(tmp_path, coverage_text(small(tmp_path), "en"))
    assert found[0] == "小例 (small): 43 things to exercise, 16 of them by cases"
    assert "clause “恰为限额”: true, false" in found
    assert "threshold “未成年”: below in `age < 18`, above in `age < 18`" in found


def test_data(tmp_path: Path) -> None:
    """The JSON has counts, and the kind, id, side, title and location of each item."""
    data = coverage_data(small(tmp_path))
    assert (data["policy"], data["all"], data["confirmed"]) == ("small", 43, 16)
    line, column = place("money >= 0", ">")
    assert data["unreachable"][-1] == {  # type: ignore[index]  # the value is a list
        "what": "threshold",
        "id": "category.never.b",
        "side": "below",
        "title": "不欠",
        "line": "money >= 0",
        "at": {"file": f"{tmp_path}/small.yaml", "line": line, "column": column},
    }


def test_both_languages_have_the_same_sentences() -> None:
    """Each sentence exists in Chinese and in English, with the same placeholders."""
    zh, en = sentences("coverage", "zh"), sentences("coverage", "en")
    assert set(zh) == set(en)
    for key, sentence in zh.items():
        assert set(re.findall(r"{(\w+)", sentence)) == set(re.findall(r"{(\w+)", en[key])), key
