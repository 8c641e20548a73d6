"""A register under a policy: every problem at its cell, and a table with the verdict of `assess` for each household."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from framing import answer, drawn
from identity_numbers import FORMS
from identity_numbers import GOOD as NUMBER
from identity_numbers import number as identity_number
from registering import tables

from hardship_rules import Assessment, FactError, PolicyError, load_policy, read_policy
from hardship_rules.language.mapping import RegisterMapping, mapping_for, read_mapping
from hardship_rules.registers._table import Cell
from hardship_rules.registers._verdicts import WORDS, rows_of, verdicts
from hardship_rules.registers.register import Register, every_problem, read_register, tables_of
from hardship_rules.testing.strategies import partial_households

WEIHAI = load_policy("2021_weihai")
ON = "2021-03-31"
OWN = ["户号", "家庭居住地", "自有住房套数", "拥有或经常使用机动车辆"]
THEIRS = ["户号", "与申请人关系", "出生日期", "月工资", "医疗自负费用（万元）"]
GOOD = [["A1", "城市", 1, "否"], ["A2", "农村", "２", "是"]]
GOOD_ROW = ["城市", 1, "否"]
MEMBERS: list[list[Any]] = [
    ["A1", "本人", "1980年2月29日", " 2,500.00 ", "0.94"],
    ["A1", "配偶", "19810301", 0, "未知"],
    ["A2", "本人", "1975.1.2", None, 0],
]


def workbook(path: Path, own: Any, theirs: Any, **sheets: Any) -> list[str]:
    """A workbook with the two sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in {"家庭": own, "成员": theirs, **sheets}.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return [str(path)]


def read(files: list[str], mapping: RegisterMapping | None = None, **options: Any) -> Register:
    """The register of some files."""
    mapping = mapping or mapping_for(WEIHAI)
    return read_register(mapping, tables_of(files, mapping), **options)


def told(problems: Any) -> set[tuple[str, str]]:
    """The codes of problems with their locations."""
    return {(each.code, each.location.short if isinstance(each.location, Cell) else "") for each in problems}


def refused(files: list[str], mapping: RegisterMapping | None = None) -> set[tuple[str, str]]:
    """The code with which a register is refused."""
    with pytest.raises(FactError) as caught:
        read(files, mapping)
    return told(caught.value.problems)


def test_a_register_is_read(tmp_path: Path) -> None:
    """Titles and units in headers, numbers and days as staff write them, blank and unknown cells are read."""
    title = [["威海市登记簿"], []]  # there may be rows above the headers, and blank rows between the others
    register = read(workbook(tmp_path / "a.xlsx", [*title, OWN, GOOD[0], [], GOOD[1]], [THEIRS, *MEMBERS]))
    assert every_problem(register) == ()
    assert register.households.frame.rows() == [("A1", "urban", 1, False), ("A2", "rural", 2, True)]
    wages = register.members.frame.select("monthly_wage", "medical_self_paid").rows()
    assert wages == [(2500.0, 9400.0), (0.0, None), (None, 0.0)]
    assert [str(day) for day in register.members.frame["birth_date"]] == ["1980-02-29", "1981-03-01", "1975-01-02"]
    assert register.members.blank["monthly_wage"].to_list() == [False, False, True]
    assert register.households.place(1).short == "家庭!A6"


def test_every_problem_of_a_register_at_its_cell(tmp_path: Path) -> None:
    """Problems of cells, keys and persons are reported together, by sheet, row and column."""
    own = [*GOOD, ["A2", "城市", 1, "否"], ["A4", "县城", -1, "有"], ["A5", "城市", 1.5, "否"], [None, "城市", 1, "否"]]
    theirs = [
        *MEMBERS,
        ["A4", "本人", "1980-02-30", "三千", 1],
        ["A5", "配偶", None, 12.345, 0.0000001],
        ["A9", "本人", None, 1, 1],
        ["A1", "子女", None, "1e5", 99999],
    ]
    register = read(workbook(tmp_path / "a.xlsx", [OWN, *own], [THEIRS, *theirs]))
    assert told(every_problem(register)) == {
        ("household_twice", "家庭!A3"),
        ("cell_option", "家庭!B5"),
        ("cell_outside", "家庭!C5"),
        ("cell_yes_no", "家庭!D5"),
        ("cell_decimals", "家庭!C6"),
        ("household_without_worker", "家庭!A6"),
        ("cell_key", "家庭!A7"),
        ("cell_date", "成员!C5"),
        ("cell_number", "成员!D5"),
        ("cell_decimals", "成员!D6"),
        ("cell_decimals", "成员!E6"),
        ("member_of_no_household", "成员!A7"),
        ("cell_number", "成员!D8"),
        ("cell_outside", "成员!E8"),
    }
    assert set(register.problems) == {"A1", "A2", "A4", "A5"}
    assert all(not each.given for each in every_problem(register))


def test_numbers_in_a_column_of_days(tmp_path: Path) -> None:
    """A number shown or written as a day is that day; any other number, and one before 1900, is a problem."""
    # each number with its format, and the day that it shows
    cells: list[tuple[Any, str, str | None]] = [
        (37712, 'yyyy"年"m"月"d"日"', "2003-04-01"),
        (37712.0, "m/d/yyyy", "2003-04-01"),
        (20030401, "General", "2003-04-01"),
        (37712, "General", None),
        (37712.5, "yyyy-mm-dd", None),
        (37712, "[h]:mm", None),
        (1980, "General", None),
        (0, "yyyy-mm-dd", None),
        (0.5, "yyyy-mm-dd", None),
        (60, "yyyy-mm-dd", None),
        (-5, "yyyy-mm-dd", None),
        (-36000, "yyyy-mm-dd", None),
        (-5, "General", None),
        (18991231, "General", None),
        (2958466, "yyyy-mm-dd", None),
    ]
    members = [["A1", "本人" if not row else "子女", value, 0, 0] for row, (value, _, _) in enumerate(cells)]
    files = workbook(tmp_path / "a.xlsx", [OWN, GOOD[0]], [THEIRS, *members])
    book = openpyxl.load_workbook(files[0])
    for row, (_, form, _) in enumerate(cells, 2):
        book["成员"].cell(row, 3).number_format = form
    book.save(files[0])
    register = read(files)
    days = [None if day is None else str(day) for day in register.members.frame["birth_date"]]
    assert days == [day for _, _, day in cells]
    wrong = {f"成员!C{row}" for row, (_, _, day) in enumerate(cells, 2) if day is None}
    assert {place for _, place in told(every_problem(register))} == wrong
    assert {code for code, _ in told(every_problem(register))} == {"cell_date", "cell_error", "date_with_time"}


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("above", ["", "登记簿{end}{end}"])
def test_csv_of_any_line_end(tmp_path: Path, end: str, above: str) -> None:
    """Both csv files are read with any line ends, and a problem has its line."""
    files = []
    wrong: list[Any] = ["A2", "子女", "2003²0401", "0", "0"]
    both: dict[str, Any] = {"h": [OWN, *GOOD], "m": [THEIRS, *MEMBERS, wrong]}
    for name, rows in both.items():
        path = tmp_path / f"{name}.csv"
        lines = [",".join(f'"{cell or ""}"' for cell in row) for row in rows]
        path.write_bytes((above + "".join(line + "{end}" for line in lines)).replace("{end}", end).encode("gb18030"))
        files.append(str(path))
    register = read(files)
    assert register.households.frame.rows() == [("A1", "urban", 1, False), ("A2", "rural", 2, True)]
    (problem,) = every_problem(register)
    line = 5 + above.count("{end}")
    assert isinstance(problem.location, Cell)
    assert (problem.code, problem.location.short) == ("cell_date", f"{files[1]} C{line}")


@pytest.mark.parametrize("form", FORMS)
def test_persons_and_keys_in_every_form(tmp_path: Path, form: str) -> None:
    """Repeated persons and members' households are found in any notation of the number."""
    own: list[list[Any]] = [OWN, [NUMBER, *GOOD_ROW], ["B", *GOOD_ROW]]
    theirs: list[list[Any]] = [
        ["户号", "与申请人关系", "身份证号", "出生日期"],
        [FORMS[form], "本人", identity_number("11010119800101000"), "1980-01-01"],
        [FORMS[form], "子女", FORMS[form], "2003-04-01"],
        ["'B", "本人", NUMBER, "2003-04-01"],
    ]
    files = []
    for name, rows in {"h": own, "m": theirs}.items():
        path = tmp_path / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        files.append(str(path))
    register = read(files)
    assert register.members.frame["household"].to_list() == [NUMBER, NUMBER, "B"]
    assert {each.code for each in every_problem(register)} == {"worker_elsewhere"}
    assert set(register.problems) == {NUMBER, "B"}


def test_values_are_told_only_when_asked(tmp_path: Path) -> None:
    """A problem shows the content of a cell only with `show_values`."""
    files = workbook(tmp_path / "a.xlsx", [OWN, *GOOD], [THEIRS, ["A1", "本人", None, "三千", 1], *MEMBERS[1:]])
    assert [each.given for each in every_problem(read(files))] == [""]
    shown = every_problem(read(files, show_values=True))
    assert [each.given for each in shown] == ["三千"]
    assert "三千" not in repr(shown)


@pytest.mark.parametrize(
    ("own", "theirs", "found"),
    [
        ([[*OWN, "住房"]], [THEIRS], {("header_unknown", "家庭!E1")}),
        ([[*OWN, "月工资"]], [THEIRS], {("header_unknown", "家庭!E1")}),
        ([[*OWN, "自有住房\n套数"]], [THEIRS], {("header_twice", "家庭!C1")}),
        ([[*OWN, "homes"]], [THEIRS], {("header_fact_twice", "家庭!E1")}),
        ([OWN[1:]], [THEIRS], {("header_of_key", "家庭!A1")}),
        ([OWN], [[*THEIRS, "学费（美元）"]], {("header_unknown", "成员!F1")}),
        ([["甲", "乙"]], [THEIRS], {("header_not_found", "家庭!A1")}),
    ],
)
def test_headers_that_are_not_right(tmp_path: Path, own: Any, theirs: Any, found: Any) -> None:
    """Unknown, repeated and missing headers are reported before any row is read."""
    assert refused(workbook(tmp_path / "a.xlsx", [*own, ["A1"] * len(own[0])], [*theirs, *MEMBERS])) == found


def test_sheets_that_are_not_right(tmp_path: Path) -> None:
    """A missing, empty or hidden sheet, and one with headers only, are reported."""
    path = tmp_path / "a.xlsx"
    assert refused(workbook(path, [OWN], [])) == {("sheet_without_rows", "家庭!A1"), ("sheet_empty", "成员!A1")}
    book = openpyxl.load_workbook(workbook(path, [OWN, *GOOD], [THEIRS, *MEMBERS])[0])
    book["家庭"].sheet_state, book["成员"].title = "hidden", "人员"
    book.create_sheet("别的")
    book.save(path)
    assert refused([str(path)]) == {("sheet_hidden", "家庭!A1"), ("sheet_missing", "")}
    assert refused([str(path), str(path)]) == {("register_files", "")}


def test_merged_cells(tmp_path: Path) -> None:
    """A merged key applies to each of its members' rows; other merged cells are problems."""
    files = workbook(tmp_path / "a.xlsx", [OWN, *GOOD], [THEIRS, MEMBERS[0], [None, *MEMBERS[1][1:]], MEMBERS[2]])
    book = openpyxl.load_workbook(files[0])
    book["成员"].merge_cells("A2:A3")
    book.save(files[0])
    register = read(files)
    assert (every_problem(register), register.members.frame["household"].to_list()) == ((), ["A1", "A1", "A2"])
    book["成员"].merge_cells("D2:D3")
    book["家庭"].merge_cells("B1:C1")
    book.save(files[0])
    assert refused(files) == {("cell_merged", "家庭!B1"), ("header_unknown", "家庭!C1")}
    book["家庭"].unmerge_cells("B1:C1")
    book["家庭"]["C1"] = OWN[2]
    book.save(files[0])
    register = read(files)
    assert told(every_problem(register)) == {("cell_merged", "成员!D2"), ("cell_merged", "成员!D3")}


def test_every_cell_that_a_merged_one_covers_is_told(tmp_path: Path) -> None:
    """A merged cell is a problem for exactly the households and columns that it covers."""
    own: list[list[Any]] = [[*OWN, "电话"], ["A1", "城市", 1, "否", 1], ["A2", "农村", 1, "是", 1]]
    theirs = [[*THEIRS[:3], "电话", *THEIRS[3:]], *([*row[:3], None, *row[3:]] for row in MEMBERS)]
    files = workbook(tmp_path / "a.xlsx", [["威海市登记簿"], *own], theirs)
    book = openpyxl.load_workbook(files[0])
    book["家庭"].merge_cells("A1:E1")  # a merged title is no problem
    book["家庭"].merge_cells("C3:C4")  # two households
    book["家庭"].merge_cells("E3:F9")  # unused columns
    book["成员"].merge_cells("D3:E3")  # begins in an unused column
    book.save(files[0])
    text = "mapping: 1\nhouseholds: {key: 户号}\nmembers: {key: 户号}\n"
    register = read(files, mapping_for(WEIHAI, read_mapping(text)))
    assert {key: told(some) for key, some in register.problems.items()} == {
        "A1": {("cell_merged", "家庭!C3"), ("cell_merged", "成员!E3")},
        "A2": {("cell_merged", "家庭!C4")},
    }
    assert register.astray == ()


MAPPING = """\
mapping: 1
households: {from: 困难户, key: 档案号, facts: {residence: {column: 户籍, codes: {1: urban, 2: rural, 9: unknown}}}}
members:
  from: 人员
  key: 档案号
  identifier: 证件
  facts:
    relation: 关系
    birth_date: {column: 证件, read: identity number}
    wage: {column: 工资, unit: 元/月}
    monthly_wage: 工资
"""


def test_a_mapping_is_followed(tmp_path: Path) -> None:
    """Sheets, columns, codes, units and identity numbers follow the mapping; other columns are unused."""
    book = openpyxl.Workbook()
    own, theirs = book.worksheets[0], book.create_sheet("人员")
    own.title = "困难户"
    for row in (["档案号", "户籍", "电话"], ["D1", 1, "x"], ["D2", 9, "y"], ["D3", 3, "z"]):
        own.append(row)
    for row in (
        ["档案号", "关系", "证件", "工资"],
        ["D1", "本人", "11010519491231002X", 2500],
        ["D2", "本人", 110105194912310020, 1],
        ["D3", "本人", "11010519491231002x", 0],
    ):
        theirs.append(row)
    book.save(tmp_path / "a.xlsx")
    register = read([str(tmp_path / "a.xlsx")], mapping_for(WEIHAI, read_mapping(MAPPING)))
    assert register.households.headers.unused == ("电话",)
    assert register.households.frame["residence"].to_list() == ["urban", None, None]
    assert register.members.frame.row(0)[1:] == (
        "self",
        pl.date(1949, 12, 31).pipe(lambda day: pl.select(day).item()),
        30000.0,
        2500.0,
    )
    assert told(every_problem(register)) == {
        ("cell_option", "家庭!B4".replace("家庭", "困难户")),
        ("cell_powers", "人员!C3"),
        ("person_worker_of_two", "人员!A2"),
    }
    everything = repr(register) + "".join(each.line("zh") + each.line("en") for each in every_problem(register))
    assert "0519491231" not in everything


def test_one_number_in_two_widths_is_one_person(tmp_path: Path) -> None:
    """A number in full-width digits is the same person as the number in ASCII digits."""
    book = openpyxl.Workbook()
    own, theirs = book.worksheets[0], book.create_sheet("人员")
    own.title = "困难户"
    for row in (["档案号", "户籍"], ["D1", 1], ["D2", 2]):
        own.append(row)
    for row in (["档案号", "关系", "证件", "工资"], ["D1", "本人", "11010519491231002X", 1]):
        theirs.append(row)
    theirs.append(["D2", "本人", "１１０１０５１９４９１２３１００２Ｘ", 1])
    book.save(tmp_path / "a.xlsx")
    register = read([str(tmp_path / "a.xlsx")], mapping_for(WEIHAI, read_mapping(MAPPING)))
    assert told(every_problem(register)) == {("person_worker_of_two", "人员!A2")}


def test_a_unit_of_a_header_holds_against_the_mapping(tmp_path: Path) -> None:
    """A header with another unit than the mapping is a problem; a header without a period is not."""
    files = workbook(tmp_path / "a.xlsx", [OWN, *GOOD], [["户号", "与申请人关系", "工资（万元）"], ["A1", "本人", 1]])
    text = (
        "mapping: 1\nhouseholds: {key: 户号}\nmembers: {key: 户号, facts: {wage: {column: 工资（万元）, unit: %s}}}\n"
    )
    assert refused(files, mapping_for(WEIHAI, read_mapping(text % "元/月"))) == {("header_unit", "成员!C1")}
    frame = read(files, mapping_for(WEIHAI, read_mapping(text % "万元/月"))).members.frame
    assert frame["wage"].to_list() == [120_000.0]


@cache
def sample() -> tuple[dict[str, Any], ...]:
    """Households with omitted facts, and with explicitly unknown facts."""
    return tuple({**each, "on": None} for each in drawn(partial_households(WEIHAI), 40) if each.get("members"))


@cache
def expected() -> tuple[Assessment | FactError, ...]:
    """The results of `assess` for them."""
    return tuple(answer(WEIHAI, {**each, "on": ON}, None) for each in sample())


@pytest.mark.parametrize("kind", ["xlsx", "utf-8-sig", "gb18030", "parquet"])
def test_the_table_says_what_assess_says(tmp_path: Path, kind: str) -> None:
    """Category, filing and missing facts of generated households equal those of `assess`, for any kind of file."""
    own, theirs = tables(WEIHAI, sample())
    if kind == "xlsx":
        files = workbook(tmp_path / "a.xlsx", [own.columns, *own.rows()], [theirs.columns, *theirs.rows()])
    else:
        files = [str(tmp_path / f"{name}.{'parquet' if kind == 'parquet' else 'csv'}") for name in ("own", "theirs")]
        for frame, file in zip((own, theirs), files, strict=True):
            if kind == "parquet":
                frame.write_parquet(file)
            else:
                with Path(file).open("w", encoding=kind, newline="") as stream:
                    csv.writer(stream).writerows([frame.columns, *frame.rows()])
    register = read(files)
    assert {each.code for each in every_problem(register)} <= {"household_without_worker", "household_of_workers"}
    found = rows_of(verdicts(register, ON, every=True, progress=lambda *_: None), reasons=True).frame.to_dicts()
    assert len(found) == len(sample())
    undecided = 0
    for row, said in zip(found, expected(), strict=True):
        if isinstance(said, FactError):
            assert row["困难职工家庭类别"] == WORDS["refused"]
            assert row[WORDS["problem"]]
            continue
        assert (row[WORDS["problem"]], row["困难职工家庭类别"]) == (
            None,
            said.category.title if said.category else "待定",
        )
        possible = "、".join(outcome.title for outcome in said.possible)
        assert row[WORDS["possible"]] == (None if said.category else possible)
        filing = said.decisions["filing"].outcome
        assert row["建档处理"] == (filing.title if filing else "待定")
        missing = [each.title for each in said.missing]
        assert (row[WORDS["missing"]] or "").startswith(missing[0] if missing else "")
        assert bool(row[WORDS["missing"]]) is bool(missing)
        materials = [outcome.title for outcome in said.decisions["materials"].holding]
        assert (row["应交材料"] or "").split("；")[0] == "、".join(materials) or not materials
        undecided += said.category is None
    assert 5 < undecided < len(sample()) - 5


def test_what_only_trying_decides(tmp_path: Path) -> None:
    """A household that only combinations decide has its category, and nothing more is possible."""
    policy = read_policy("""
language: 1
policy: either
household: {x: {title: 甲乙, one of: {one: 甲, two: 乙}}}
members: {facts: {y: {title: 有无, yes or no: true}}}
decisions:
  category:
    title: 类别
    first:
      - outcome: first
        title: 第一
        basis: definition
        when: {any: {a: {that: x == one, title: 是甲}, b: {that: x != one, title: 不是甲}}}
    otherwise: {outcome: none, title: 都不是, basis: definition}
""")
    files = workbook(
        tmp_path / "a.xlsx",
        [["户号", "甲乙"], ["A", "未知"], ["B", "甲"]],
        [["户号", "有无"], ["A", "是"], ["B", "是"]],
    )
    register = read(files, mapping_for(policy))
    found = verdicts(register, None, progress=lambda *_: None)
    assert found.frame["category"].to_list() == [None, "first"]
    rows = rows_of(found).frame.select("类别", WORDS["possible"], WORDS["clauses"]).rows()
    assert rows == [("第一", None, "是甲；不是甲"), ("第一", None, "是甲")]


def test_blank_may_mean_unknown(tmp_path: Path) -> None:
    """If the mapping declares blank as unknown, a blank cell has no default."""
    files = workbook(
        tmp_path / "a.xlsx",
        [OWN, *GOOD],
        [
            [*THEIRS, "工会帮扶金"],
            *([*row, None] for row in MEMBERS),
        ],
    )
    text = "mapping: 1\nblank: {}\nhouseholds: {{key: 户号}}\nmembers: {{key: 户号}}\n"
    absent = [
        read(files, mapping_for(WEIHAI, read_mapping(text.format(blank)))).absent for blank in ("left out", "unknown")
    ]
    assert ["union_aid" in names for names in absent] == [True, False]


def test_a_range_that_is_too_wide_is_refused(tmp_path: Path) -> None:
    """A fact whose numbers cannot be stored exactly is refused for any register."""
    policy = read_policy("""
language: 1
policy: wide
units: {yuan: 元, person: 人}
household: {much: {title: 数, unit: yuan, to: 10000000000000000, decimals: 2}}
members: {facts: {one: {title: 一, yes or no: true}}}
decisions:
  c:
    title: 类
    basis: definition
    first: [{outcome: a, title: 甲, when: {that: much > 5}}]
    otherwise: {outcome: b, title: 乙}
""")
    files = workbook(tmp_path / "a.xlsx", [["户号", "数"], ["A", 1]], [["户号", "一"], ["A", "是"]])
    with pytest.raises(PolicyError) as caught:
        read(files, mapping_for(policy))
    assert [each.code for each in caught.value.problems] == ["register_range"]
