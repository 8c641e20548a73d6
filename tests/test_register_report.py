"""Problems of a register as they are printed: each kind once, with all of its places."""

from hardship_rules.problems import Location, Problem
from hardship_rules.raw_table import Cell, letters
from hardship_rules.register_report import report


def problem(row: int, column: int = 5, given: str = "") -> Problem:
    """A cell that should hold a number."""
    at = Cell("a.xlsx", row, column, "成员")
    return Problem("cell_number", ("工资",), given, {"column": "工资", "wanted": "0 至 9"}, location=at)


def test_places_are_told_together() -> None:
    """Rows below one another are told as a range, each kind of problem once, and another column by itself."""
    lines = report([problem(9), problem(2), problem(3), problem(4), problem(2, 6)], "zh").splitlines()
    assert lines[0] == "a.xlsx 成员!E2: 错误[cell_number]: “工资”应填数"
    assert lines[2] == "    共 4 处：E2:E4、E9"
    assert lines[3].startswith("a.xlsx 成员!F2: ")
    assert len(lines) == 5


def test_values_where_they_are_asked_for() -> None:
    """Each place then has what stands there."""
    assert "E2 填的是 `x`" in report([problem(2, given="x")], "zh", show_values=True)
    assert "`x` stands there" in report([problem(2, given="x")], "en", show_values=True)
    assert "`x`" not in report([problem(2, given="x")], "zh")


def test_very_many_places_are_cut_off() -> None:
    """Of thousands of scattered places the first are listed, and how many there are."""
    text = report([problem(row) for row in range(2, 2002, 2)], "zh")
    assert "共 1,000 处" in text
    assert "--format json" in text
    assert len(text) < 2000


def test_other_places_are_told_as_they_are() -> None:
    """A problem with a file or a mapping stands by itself."""
    other = Problem("csv_broken", location=Location("a.csv", 1, 1))
    assert report([other], "zh").startswith("a.csv:1:1: 错误[csv_broken]")


def test_letters_of_columns() -> None:
    """Columns are called as spreadsheets call them."""
    assert [letters(number) for number in (1, 26, 27, 52, 53, 703)] == ["A", "Z", "AA", "AZ", "BA", "AAA"]
