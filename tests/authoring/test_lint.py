"""Warnings about a valid policy, alone and compared with the previous one."""

from pathlib import Path

import pytest
from years import LAST, MEASURE, THIS, files_in

from hardship_rules import PolicyError, Problem
from hardship_rules.authoring._lint import lint_file


def warned(path: Path, against: Path | None = None) -> list[tuple[str, str]]:
    """The code and the given value of each warning about the year 2025 in a folder."""
    found = lint_file(path / "2025_city.yaml", (), against)
    assert all(problem.severity == "warning" and problem.location is not None for problem in found)
    return [(problem.code, problem.given) for problem in found]


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """A text with one passage replaced, which must occur exactly once."""
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def only(path: Path) -> Problem:
    """The one warning about the year 2025 of a folder."""
    (problem,) = lint_file(path / "2025_city.yaml")
    return problem


def test_a_year_like_the_one_before_is_not_warned_of(tmp_path: Path) -> None:
    """From 1,000 to 1,100 is a tenth more: no warning; a newly published value has no earlier one to compare with."""
    assert warned(files_in(tmp_path)) == []


@pytest.mark.parametrize(
    ("town", "found"),
    [
        ("1000", ("value_as_before", "1000")),
        ("1200", None),  # a fifth more is not above a fifth
        ("1200.01", ("value_jump", "1200.01")),
        ("800", None),
        ("799", ("value_jump", "799")),
        ("10000", ("value_slip", "10000")),
        ("11000", ("value_slip", "11000")),  # one zero too many in this year's number
        ("100", ("value_slip", "100")),
        ("10", ("value_slip", "10")),
        ("100000", ("value_slip", "100000")),
        ("2500", ("value_jump", "2500")),
    ],
)
def test_values_beside_those_before(tmp_path: Path, town: str, found: tuple[str, str] | None) -> None:
    """A change above a fifth, a factor of about ten or a hundred, and last year's number are reported."""
    path = files_in(tmp_path, this=changed(THIS, ("town: 1100", f"town: {town}")))
    assert [each for each in warned(path) if each[0] != "value_unusual"] == ([] if found is None else [found])


def test_the_sentence_says_where_and_how_much(tmp_path: Path) -> None:
    """A jump is reported at the value's location, with the option, both numbers and the change."""
    problem = only(files_in(tmp_path, this=changed(THIS, ("town: 1100", "town: 1500"))))
    assert problem.message() == "标准（城市）为 1500，`2024_city` 为 1000，变动 +50.0 %"
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == (10, 23)


def test_unusual_values(tmp_path: Path) -> None:
    """A value outside the measure's usual range is reported, even without an earlier year."""
    path = files_in(tmp_path, last="", this=changed(THIS, ("village: 900", "village: 90")))
    assert warned(path) == [("value_unusual", "90")]
    assert only(path).message() == "标准（农村）为 90，通常在 200 至 3,000 元/月之间"


def test_a_source_without_its_place(tmp_path: Path) -> None:
    """A reading that names its source without a place is reported; an assumption needs neither."""
    this = changed(
        THIS,
        ("why: 通知写明, source: sheet, cite: 第二条, basis: notice", "why: 从宽, source: sheet, basis: assumption"),
    )
    assert warned(files_in(tmp_path, this=this)) == [("cite_missing", "equal")]
    this = changed(this, ("source: sheet, basis: a", "basis: a"))
    assert warned(files_in(tmp_path, this=this)) == []


def test_days_without_a_file(tmp_path: Path) -> None:
    """A year that begins later than the day after the previous year's end leaves a gap; the next day leaves none."""
    path = files_in(tmp_path, this=changed(THIS, ("from: 2025-01-01", "from: 2025-01-02")))
    assert warned(path) == [("window_hole", "2025-01-02")]


def test_days_with_two_files(tmp_path: Path) -> None:
    """Days that are also covered by a file in another folder are reported."""
    (tmp_path / "old").mkdir()
    old = files_in(tmp_path / "old") / "2024_city.yaml"
    (tmp_path / "new").mkdir()
    path = files_in(tmp_path / "new", last="", this=changed(THIS, ("from: 2025-01-01", "from: 2024-12-31")))
    assert warned(path, old) == [("window_overlap", "2024-12-31")]


MORE = """
  poor: {title: 贫困, yes or no: true}
  old: {title: 年老, yes or no: true, if absent: false}
  spare: {title: 其他, yes or no: true}
"""


def test_what_callers_do_not_send(tmp_path: Path) -> None:
    """A new or newly required fact that the category needs is reported; one with a default is not."""
    measure = changed(
        MEASURE,
        ("yes or no: true, if absent: false}", "yes or no: true}"),
        ("ill: {that: ill}", "ill: {that: ill}, poor: {that: poor}, old: {that: old}"),
        ("members:", f"{MORE}members:"),
    )
    (tmp_path / "old").mkdir()
    old = files_in(tmp_path / "old") / "2024_city.yaml"
    (tmp_path / "new").mkdir()
    path = files_in(tmp_path / "new", measure=measure, last="")
    assert warned(path, old) == [
        ("base_differs", "measure"),
        ("fact_needed", "ill"),
        ("fact_needed", "poor"),
        ("name_unused", "spare"),
    ]


def test_what_disappeared(tmp_path: Path) -> None:
    """Removed facts, options, outcomes and clauses are reported; for a removed outcome its clauses are not listed."""
    measure = changed(
        MEASURE,
        ("  ill: {title: 患病, yes or no: true, if absent: false}\n", ""),
        (", ill: {that: ill}", ""),
        ("outcome: relative", "outcome: close"),
        ("one of: {town: 城市, village: 农村}", "one of: {town: 城市, rural: 农村}"),
    )
    (tmp_path / "old").mkdir()
    real = f"{MEASURE}must: {{real: {{that: each(age >= 0), title: 真实}}}}\n"
    old = files_in(tmp_path / "old", measure=real) / "2024_city.yaml"
    (tmp_path / "new").mkdir()
    path = files_in(tmp_path / "new", measure=measure, last="", this=changed(THIS, ("village: 900", "rural: 900")))
    gone = [each for each in warned(path, old) if each[0] != "base_differs"]
    assert sorted(gone) == [
        ("clause_gone", "category.deep.ill"),
        ("fact_gone", "ill"),
        ("option_gone", "village"),
        ("outcome_gone", "category.relative"),
    ]


def test_what_was_renamed_did_not_disappear(tmp_path: Path) -> None:
    """With `formerly` nothing is reported as removed, and a renamed fact is not new."""
    measure = changed(
        MEASURE,
        (
            "ill: {title: 患病, yes or no: true, if absent: false}",
            "sick: {title: 患病, yes or no: true, formerly: ill}",
        ),
        ("ill: {that: ill}", "sick: {that: sick, formerly: ill}"),
        ("outcome: relative,", "outcome: close, formerly: relative,"),
        ("one of: {town: 城市, village: 农村}", "one of: {town: 城市, rural: {title: 农村, formerly: village}}"),
    )
    (tmp_path / "old").mkdir()
    old_measure = changed(MEASURE, ("患病, yes or no: true, if absent: false", "患病, yes or no: true"))
    old = files_in(tmp_path / "old", measure=old_measure) / "2024_city.yaml"
    (tmp_path / "new").mkdir()
    path = files_in(tmp_path / "new", measure=measure, last="", this=changed(THIS, ("village: 900", "rural: 900")))
    assert warned(path, old) == [("base_differs", "measure")]


def test_a_corrected_version_of_the_same_file(tmp_path: Path) -> None:
    """Compared with another version of the same file, neither its days nor unchanged values are reported."""
    (tmp_path / "old").mkdir()
    old = files_in(tmp_path / "old") / "2025_city.yaml"
    (tmp_path / "new").mkdir()
    assert warned(files_in(tmp_path / "new"), old) == []


def test_the_year_before_may_be_unsound(tmp_path: Path) -> None:
    """An unreadable previous year is skipped, unless it was requested: then its problems are reported."""
    path = files_in(tmp_path, last=changed(LAST, ("town: 1000", "town: 一千")))
    assert warned(path) == []
    with pytest.raises(PolicyError) as refused:
        warned(path, path / "2024_city.yaml")
    assert [problem.code for problem in refused.value.problems] == ["number"]
