"""The printed problems of a register: each kind once, with all of its locations."""

import re
from random import Random, SystemRandom

from hardship_rules.core.problem import Location, Problem
from hardship_rules.registers._table import Cell, letters
from hardship_rules.registers.output import remarks_of, report, row_ranges


def problem(row: int, column: int = 5, given: str = "") -> Problem:
    """A problem: a cell that should have a number."""
    at = Cell("a.xlsx", row, column, "成员")
    return Problem("cell_number", ("工资",), given, {"column": "工资", "wanted": "0 至 9"}, location=at)


def test_places_are_told_together() -> None:
    """Consecutive rows are a range; each kind of problem is listed once per column."""
    lines = report([problem(9), problem(2), problem(3), problem(4), problem(2, 6)], "zh").splitlines()
    assert lines[0] == "a.xlsx 成员!E2: 错误[cell_number]: “工资”应填数"
    assert lines[2] == "    共 4 处：E2:E4、E9"
    assert lines[3].startswith("a.xlsx 成员!F2: ")
    assert len(lines) == 5


def test_values_where_they_are_asked_for() -> None:
    """With `show_values` each location has its content."""
    assert "E2 填的是 `x`" in report([problem(2, given="x")], "zh", show_values=True)
    assert "`x` stands there" in report([problem(2, given="x")], "en", show_values=True)
    assert "`x`" not in report([problem(2, given="x")], "zh")


def test_very_many_places_are_cut_off() -> None:
    """Of thousands of scattered rows the first are listed, with the total number."""
    text = report([problem(row) for row in range(2, 2002, 2)], "zh")
    assert "共 1,000 处" in text
    assert "--format json" in text
    assert len(text) < 2000


def test_other_places_are_told_as_they_are() -> None:
    """A problem of a file or a mapping is a separate entry."""
    other = Problem("csv_broken", location=Location("a.csv", 1, 1))
    assert report([other], "zh").startswith("a.csv:1:1: 错误[csv_broken]")


def test_letters_of_columns() -> None:
    """Columns are named as in spreadsheets."""
    assert [letters(number) for number in (1, 26, 27, 52, 53, 703)] == ["A", "Z", "AA", "AZ", "BA", "AAA"]


def broken(row: int, title: str) -> Problem:
    """A problem: a household that violates a condition."""
    return Problem("must_broken", given=title, location=Cell("a.xlsx", row, 1, "家庭"))


def test_each_sentence_has_its_own_places() -> None:
    """Problems of one code and column with different sentences or hints are listed separately."""
    some = [broken(2, "配偶不超过一名"), broken(3, "有配偶的职工不是离异"), broken(4, "配偶不超过一名")]
    lines = report(some, "zh").splitlines()
    assert [line for line in lines if "must_broken" in line] == [
        "a.xlsx 家庭!A2: 错误[must_broken]: 不符合家庭的基本事实：配偶不超过一名",
        "a.xlsx 家庭!A3: 错误[must_broken]: 不符合家庭的基本事实：有配偶的职工不是离异",
    ]
    assert [line.strip() for line in lines if "共" in line] == ["共 2 处：A2、A4"]
    hints = [Problem("header_unknown", given="x", values={"nearest": near}) for near in ("甲", "乙")]
    assert [near in report(hints, "en") for near in ("甲", "乙")] == [True, True]


def test_every_row_is_under_its_own_sentence() -> None:
    """The rows below a sentence are those with that problem, for any order of problems."""
    seed = SystemRandom().randrange(10**9)
    chance = Random(seed)  # noqa: S311  # not for security
    titles = [f"条件{number}" for number in range(7)]
    rows = {row: set(chance.sample(titles, chance.randint(0, 3))) for row in range(2, 140)}
    some = [broken(row, title) for row, own in rows.items() for title in sorted(own)]
    chance.shuffle(some)
    told: dict[str, set[int]] = {}
    for line in report(some, "zh").splitlines():
        if match := re.search(r"!A(\d+): .*：(条件\d)$", line):
            told[title := match[2]] = {int(match[1])}
        for first, last in re.findall(r"A(\d+)(?::A(\d+))?", line) if "共" in line else ():
            told[title] |= set(range(int(first), int(last or first) + 1))
    assert told == {title: {row for row, own in rows.items() if title in own} for title in titles}, seed


def whole_row(row: int, code: str = "row_hidden") -> Problem:
    """A remark on a whole row."""
    at = Cell("a.xlsx", row, 1, "成员")
    return Problem(code, values={"label": "说明", "column": "工资"}, severity="warning", location=at)


def test_rows_are_reported_by_number() -> None:
    """A remark on a whole row names the row, even a single one, in both languages and in the totals."""
    some = [whole_row(row) for row in (9, 3, 4, 5)]
    assert report(some, "zh").splitlines()[2] == "    共 4 行：第 3-5、9 行"
    assert report(some[:1], "en").splitlines()[2] == "    1 rows: 9"
    others = [whole_row(2, "row_total"), whole_row(1, "column_hidden"), problem(8)]
    assert remarks_of([*some, *others]) == (
        "成员：隐藏的行（也可能是筛选或折叠的），照常计入，共 4 行：第 3-5、9 行",
        "成员：合计行，没有计入，共 1 行：第 2 行",
        "成员：隐藏的列“工资”，照常计入",
    )
    assert row_ranges([]) == []
    (line,) = remarks_of(whole_row(row) for row in range(2, 2002, 2))
    assert "共 1,000 行" in line
    assert len(line) < 1200


def test_rows_that_are_one_problem_each_are_counted_together() -> None:
    """A sentence that counts and names rows is printed once for all of them, with their number."""
    some = []
    for row in (5, 2, 3, 9):
        at = Cell("a.xlsx", row, 1, "成员")
        values = {"count": "1", "places": at.short}
        some.append(Problem("member_of_no_household", values=values, location=at))
    assert report(some, "zh").splitlines() == [
        "a.xlsx 成员!A2: 错误[member_of_no_household]: 有 4 名成员的户号不在家庭表中：A2:A3、A5、A9",
        "    补上这一户，或改正成员的户号",
    ]
    assert "household of 4 members is not among the households: A2:A3, A5, A9" in report(some, "en")
    assert "有 1 名成员的户号不在家庭表中：成员!A5" in report(some[:1], "zh")
