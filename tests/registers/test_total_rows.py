"""Rows that are not households: totals, notes and signatures, and rows that only look like them."""

import csv
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import openpyxl
import polars as pl
import pytest

from hardship_rules import load_policy
from hardship_rules.language.mapping import mapping_for, read_mapping
from hardship_rules.registers._total_rows import NonDataRow, non_data_rows
from hardship_rules.registers.register import Register, every_problem, read_register, tables_of

WEIHAI = load_policy("2021_weihai")
OWN = ["户号", "家庭居住地", "自有住房套数"]
THEIRS = ["序号", "户号", "与申请人关系", "月工资", "称呼"]  # the key is not the first column
HOUSEHOLDS: list[list[Any]] = [["A1", "城市", 1], ["合计1", "农村", 2]]
MEMBERS: list[list[Any]] = [
    ["1", "A1", "本人", 2500, None],
    ["2", "A1", "配偶", 0, "合计"],
    ["3", "合计1", "本人", 1000, None],
]

Row = tuple[str | None, ...]


def left_out(*rows: Row, key: int | None = 1) -> dict[int, tuple[str, str]]:
    """The omitted rows of a table of four columns, with facts in the last two."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abcd", pl.String), orient="row")
    return {row.number: (row.code, row.label) for row in non_data_rows(frame, key, [2, 3])}


@pytest.mark.parametrize(
    "row",
    [
        ("合计", None, None, "12"),
        (None, "合 计", None, None),
        (None, "总　计：", "城市", "3"),  # the key is the word
        ("小计:", " ", "城市", "12 户"),  # the word is first
        ("环翠区", None, "小计", "1,234.50"),  # an area is no fact
        (None, None, "12", "\u200b合\n计\ufeff"),
        ("Total", None, None, "3"),
        ("本页小计", None, None, None),
        (None, "（合计）", "城市", "3"),
        (None, "【总 计】：", None, "3"),
        ("合计（户）", None, None, "3"),
    ],
)
def test_rows_of_totals(row: Row) -> None:
    """A cell with only the word marks a total, ignoring spaces and colons, in a row without any other key."""
    assert [code for code, _ in left_out(("1", "A1", "城市", "1"), row).values()] == ["row_total"]


@pytest.mark.parametrize(
    "row",
    [
        (None, "合计1", None, None),
        (None, "合计（1）", None, None),
        (None, "-合计1", None, None),
        ("合计", "A1", None, None),
        ("1", "A1", "合计", "合计"),
        ("1", None, "城市", "合计"),  # may be a household whose key is missing
        ("1", None, "合计数", "3"),
        (None, None, "会计", "3"),
        (None, "备注", "城市", "1"),
        (None, None, "说明：低保", "1"),  # a fact beside it
        ("填表人：", "A1", "城市", "1"),
        (None, "张三（乙）", None, None),
        (None, None, "本人", None),
    ],
)
def test_rows_that_may_be_households(row: Row) -> None:
    """A word in part of a cell, a key, or a fact in the row keeps the row in the table."""
    assert left_out(row, ("2", "A2", "城市", "1")) == {}


@pytest.mark.parametrize(
    ("row", "label"),
    [
        (("说明：收入按年填写", None, None, None), "说明"),
        ((None, "备 注:见附件", None, None), "备注"),
        (("【填表说明】一户一行", None, None, None), "填表说明"),
        (("注1：含奖金", None, None, None), "注"),
        (("填表人：张三", None, "审核人：李四", "2021年3月31日"), "填表人、审核人"),
        (("填表人：", None, "张三", None), "填表人"),
        (("填报单位负责人（签字）：", None, None, "联系电话：0631"), "填报单位负责人、联系电话"),
        (("张三（签字）", None, None, "　年　月　日"), "签章"),
        (("单位（盖章）：", None, None, None), "单位"),
        (("镇（街道）工会统计负责人：", None, "报出日期：2021年4月", None), "负责人、日期"),
        (("张三电话：", None, "139", None), "电话"),
        (("第 1 页，共 3 页", None, None, None), "第1页,共3页"),
        (("制表：王五", None, "复核：", "赵六"), "制表、复核"),
        (("填表人：", "张三", "审核人：", "李四"), "填表人、审核人"),  # below the table
    ],
)
def test_notes_and_signatures(row: Row, label: str) -> None:
    """In a note or signature every cell is a label or follows one; only the labels are reported."""
    assert left_out(("1", "A1", "城市", "1"), row) == {1: ("row_note", label)}


def test_how_a_note_goes_on() -> None:
    """Numbered lines and sentences below a note belong to it; without a note they may be households."""
    rows = [("1", "A1", "城市", "1"), ("说明：1、按年填写", None, None, None)]
    more: list[Row] = [
        ("2、不含税", None, None, None),
        (None, "（三）工资取税前。", None, None),
        ("④ 盖章", None, None, None),
    ]
    assert sorted(left_out(*rows, *more)) == [1, 2, 3, 4]
    assert left_out(rows[0], *more) == {}
    assert left_out(*rows, ("2", "A2", None, None), *more) == {1: ("row_note", "说明")}
    assert sorted(left_out(*rows, ("A7", None, None, None), *more)) == [1]


@pytest.mark.parametrize(
    "row",
    [
        (None, "说明：数据来自民政部门", "不含农村", "截至3月"),
        (None, "（说明：1", "本表", "一式两份）"),
        (None, "备注：无", "1", None),
        (None, "填表人 张三", None, None),
        ("审核人李四", None, None, None),
        (None, "填表人", "张三", None),
        ("制表人", "张三", "审核人　李四", None),
    ],
)
def test_notes_split_at_commas_and_signatures_without_a_colon(row: Row) -> None:
    """A note split at its commas by csv is omitted whole, and so is a signature without a colon."""
    good: Row = ("1", "A1", "城市", "1")
    assert set(left_out(good, row)) == {1}


@pytest.mark.parametrize(
    "row",
    [
        ("说明：低保", "A1", "城市", "1"),
        ("审核人", "A1", "城市", "1"),
        (None, "审核人1", None, None),
        (None, "工会会员张三丰的家庭", None, None),
        (None, "审核人", "城市", "1"),
        (None, "张三", None, None),
    ],
)
def test_keys_that_are_like_signatures(row: Row) -> None:
    """A row with its own key is a household, with any text beside the key."""
    assert left_out(("1", "A1", "城市", "1"), row) == {}


@pytest.mark.parametrize("day", ["2021年3月31日", "2021-03-31", "2021 年  3 月 31 日", "   年  月  日"])
def test_a_day_below_a_signature(day: str) -> None:
    """A day alone in the row below a signature belongs to it; without a signature it may be a key."""
    good: Row = ("1", "A1", "城市", "1")
    assert set(left_out(good, (None, "填表人：张三", None, None), (None, day, None, None))) == {1, 2}
    assert set(left_out(good, (None, "填表人：张三", None, None), (day, None, None, None))) == {1, 2}
    assert left_out(good, (None, day, None, None)) == {}
    assert set(left_out(good, (None, "填表人：张三", None, None), (None, day, "城市", "1"))) == {1}


def test_without_a_column_of_keys() -> None:
    """If no key column is known, a total is a row that begins with the word."""
    rows: list[Row] = [("1", "A1", "城市", "合计"), (None, "合计", None, "3"), ("填表人：张三", None, None, None)]
    assert sorted(left_out(*rows, key=None)) == [1, 2]


def test_a_key_that_could_not_be_read() -> None:
    """A row with an unreadable key may be a household."""
    frame = pl.DataFrame([("合计", None)], schema={"a": pl.String, "b": pl.String}, orient="row")
    assert non_data_rows(frame, 1, [], {0}) == ()
    assert non_data_rows(frame, 1, []) == (NonDataRow(0, "row_total", "合计"),)


def files(folder: Path, own: list[list[Any]], theirs: list[list[Any]], kind: str) -> list[str]:
    """The two tables as register files of a given kind."""
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, rows in (("家庭", own), ("成员", theirs)):
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(folder / "a.xlsx")
        return [str(folder / "a.xlsx")]
    paths = [folder / f"{name}.{kind}" for name in ("own", "theirs")]
    for path, rows in zip(paths, (own, theirs), strict=True):
        if kind == "csv":
            with path.open("w", encoding="gb18030", newline="") as stream:
                csv.writer(stream).writerows(rows)
        else:
            texts = [[None if value is None else str(value) for value in row] for row in rows[1:]]
            pl.DataFrame(texts, schema=dict.fromkeys(rows[0], pl.String), orient="row").write_parquet(path)
    return list(map(str, paths))


def read(paths: list[str]) -> Register:
    """The register of some files."""
    text = "mapping: 1\nhouseholds: {key: 户号}\nmembers: {key: 户号}\n"
    mapping = mapping_for(WEIHAI, read_mapping(text))
    return read_register(mapping, tables_of(paths, mapping))


def remarks(register: Register) -> list[tuple[str, str, int]]:
    """The code, file or sheet, and row of each remark."""
    places = [(each.code, each.location) for each in register.warnings]
    return [(code, getattr(at, "sheet", "") or Path(at.file).stem, at.line) for code, at in places if at is not None]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "parquet"])
def test_they_change_nothing(tmp_path: Path, kind: str) -> None:
    """Totals, notes and signatures anywhere in both tables do not change the register."""
    seed = SystemRandom().randrange(10**9)
    chance = Random(seed)  # noqa: S311  # not for security
    more_own: list[list[Any]] = [
        ["合　计", None, 3],
        ["小计：", "2户", 3],
        ["填表人：张三", None, "审核人：李四"],
        [None, "总计", 3],
    ]
    more: list[list[Any]] = [
        ["合计", None, None, 3500, None],
        [None, "小 计", "3", 3500, None],
        ["说明：按月填", *[None] * 4],
    ]
    own, theirs = [list(row) for row in HOUSEHOLDS], [list(row) for row in MEMBERS]
    for rows, others in ((own, more_own), (theirs, more)):
        for row in others:
            rows.insert(chance.randint(0, len(rows)), row)
    plain_folder = tmp_path / "plain"
    plain_folder.mkdir()
    without = read(files(plain_folder, [OWN, *HOUSEHOLDS], [THEIRS, *MEMBERS], kind))
    register = read(files(tmp_path, [OWN, *own], [THEIRS, *theirs], kind))
    assert every_problem(register) == every_problem(without) == (), seed
    for part, other in ((register.households, without.households), (register.members, without.members)):
        assert part.frame.equals(other.frame), seed
    assert register.orphans == (), seed
    first = 1 if kind == "parquet" else 2
    names = ("家庭", "成员") if kind == "xlsx" else ("own", "theirs")
    wanted = {
        (name, number)
        for name, rows, others in ((names[0], own, more_own), (names[1], theirs, more))
        for number, row in enumerate(rows, first)
        if row in others
    }
    assert {(name, row) for _, name, row in remarks(register)} == wanted, seed
    assert {code for code, _, _ in remarks(register)} == {"row_total", "row_note"}, seed


def test_totals_and_notes_that_are_merged(tmp_path: Path) -> None:
    """Totals and notes in merged cells, and texts beside the table, are omitted whole."""
    own = [*HOUSEHOLDS, ["合计", None, 3], [None, None, 4], ["说明：长", None, None], [None] * 3, [None] * 3]
    (file,) = files(tmp_path, [OWN, *own], [THEIRS, *MEMBERS], "xlsx")
    book: Any = openpyxl.load_workbook(file)
    sheet = book["家庭"]
    sheet.merge_cells("A4:B5")
    sheet.merge_cells("A6:C8")
    sheet["H9"] = "填表人：张三"
    book["成员"]["A5"], book["成员"]["D5"] = "合计", "=SUM(D2:D4)"  # never calculated
    book.save(file)
    register = read([file])
    assert (every_problem(register), register.households.headers.unused) == ((), ())
    assert remarks(register) == [
        ("row_total", "家庭", 4),
        ("row_total", "家庭", 5),
        ("row_note", "家庭", 6),
        ("row_note", "家庭", 9),
        ("row_total", "成员", 5),
    ]


def test_a_total_beside_a_merged_key_is_judged(tmp_path: Path) -> None:
    """A row within a household's merged key has that key, and is its member."""
    rows = [THEIRS, *MEMBERS[:2], [None, None, "小计", 2500, None], MEMBERS[2]]
    (file,) = files(tmp_path, [OWN, *HOUSEHOLDS], rows, "xlsx")
    book: Any = openpyxl.load_workbook(file)
    book["成员"].merge_cells("B2:B4")
    book.save(file)
    register = read([file])
    assert {each.code for each in register.problems["A1"]} == {"cell_option"}
    assert register.warnings == ()


def test_a_typed_column_of_keys(tmp_path: Path) -> None:
    """In parquet a total has a null key among numbers."""
    own, theirs = tmp_path / "own.parquet", tmp_path / "theirs.parquet"
    pl.DataFrame({"户号": [1, None], "家庭居住地": ["城市", "合计"], "自有住房套数": [1, 1]}).write_parquet(own)
    pl.DataFrame({"户号": [1], "与申请人关系": ["本人"]}).write_parquet(theirs)
    register = read([str(own), str(theirs)])
    assert every_problem(register) == ()
    assert register.households.frame.height == 1
    assert remarks(register) == [("row_total", "own", 2)]
