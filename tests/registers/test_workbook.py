"""Workbooks as spreadsheets save them: the texts of cells, and refusals with their locations."""

import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from workbooks import changed, read, saved

from hardship_rules.core.problem import Problem
from hardship_rules.registers._table import CellFault, MergedArea
from hardship_rules.registers._workbook import Workbook, open_workbook, read_sheet, text_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (36000, "36000"),
        (36000.0, "36000"),
        (1234.5, "1234.5"),
        (3702.2999999999997, "3702.3"),  # 1234.1 * 3 as a float; a spreadsheet shows 15 digits
        (1e-7, "0.0000001"),
        (110101199003077758, "1.101011990030778E+17"),
        (123456789012345, "123456789012345"),
        (True, "TRUE"),
        (datetime(2008, 3, 5), "2008-03-05"),  # noqa: DTZ001  # as spreadsheets store it
        (datetime(2008, 3, 5, 8, 30), "2008-03-05 08:30:00"),  # noqa: DTZ001  # a workbook's times have no zone
        (date(2008, 3, 5), "2008-03-05"),
        ("  ", None),
        (None, None),
        ("未知", "未知"),
    ],
)
def test_values_as_texts(value: object, text: str | None) -> None:
    """Numbers are read as shown, days as days; a number in scientific notation has lost digits."""
    assert text_of(value) == text


def test_a_sheet_is_read(tmp_path: Path) -> None:
    """Unreadable cells are reported with their locations; the others are their texts."""

    def fill(sheet: Any) -> None:
        sheet.append(["户号", "年龄", "合并"])
        sheet.append(["A1", "=1+1", None])
        sheet.append([None, "#N/A", 0.8])
        sheet["C3"].number_format = "0%"
        sheet.merge_cells("A2:A3")

    grid = read(saved(tmp_path / "a.xlsx", fill))
    assert grid.cells.rows() == [("户号", "年龄", "合并"), ("A1", None, None), (None, None, "0.8")]
    assert grid.faults == (CellFault(2, 2, "cell_formula"), CellFault(3, 2, "cell_error"))
    assert grid.merged == (MergedArea(1, 2, 1, 3),)


def test_a_formula_counts_as_what_it_last_came_to(tmp_path: Path) -> None:
    """A formula has its saved value; an empty text is blank."""
    path = saved(tmp_path / "a.xlsx", lambda sheet: sheet.append(["=1+1", '=""', 5]))
    changed(path, lambda content: re.sub(rb"</f><v ?/?>(</v>)?", b"</f><v>2</v>", content, count=1))
    changed(path, lambda content: content.replace(b'<c r="B1"', b'<c r="B1" t="str"'))
    grid = read(path)
    assert (grid.cells.rows(), grid.faults) == ([("2", None, "5")], ())


def with_prefixes(content: bytes) -> bytes:
    """A sheet whose names have a namespace prefix, and whose attributes have other quotes."""
    content = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", content).replace(b"xmlns=", b"xmlns:x=")
    return re.sub(rb'ref="(.*?)"', rb"ref = '\1'", content)


def of_two_reads(content: bytes) -> bytes:
    """A sheet whose second merged cell crosses the first megabyte."""
    half = content.rindex(b"<mergeCell ") + 8
    return content.replace(b"<sheetData>", b" " * ((1 << 20) - half) + b"<sheetData>")


@pytest.mark.parametrize("change", [with_prefixes, of_two_reads])
def test_formulas_and_merged_cells_of_every_writer_are_seen(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    """A sheet is parsed as XML, for any spelling and length."""

    def fill(sheet: Any) -> None:
        sheet.append(["户号", "=1+1"])
        sheet.append(["A1", 1])
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:B2")

    path = saved(tmp_path / "a.xlsx", fill)
    changed(path, change)
    grid = read(path)
    assert grid.faults == (CellFault(1, 2, "cell_formula"),)
    assert set(grid.merged) == {MergedArea(1, 1, 1, 2), MergedArea(2, 1, 2, 2)}


def test_what_is_only_formatted_takes_no_room(tmp_path: Path) -> None:
    """A sheet ends with its last non-empty cell, and empty columns in between are blank."""

    def fill(sheet: Any) -> None:
        sheet.append(["户号", None, "年龄"])
        sheet.append(["A1"])
        sheet.append([None, None, "#N/A"])
        sheet["XFD2"].number_format = sheet["A1048576"].number_format = "0%"
        sheet.merge_cells("H9:J10")

    def further(sheet: Any) -> None:
        fill(sheet)
        sheet["XFD2"] = "x"

    grid = read(saved(tmp_path / "a.xlsx", fill))
    assert grid.cells.rows() == [("户号", None, "年龄"), ("A1", None, None), (None, None, None)]
    grid = read(saved(tmp_path / "a.xlsx", further))
    assert grid.cells.shape == (3, 16384)
    assert grid.cells.estimated_size() < 16384


@pytest.mark.parametrize("last", ["A4", "A1048576"])
def test_a_merged_key_reaches_as_far_as_it_is_merged(tmp_path: Path, last: str) -> None:
    """Rows with only a merged key are rows, also at the end of a sheet."""

    def fill(sheet: Any) -> None:
        sheet.append(["户号", "年龄"])
        sheet.append(["A1", 40])
        sheet.merge_cells("A2:A4")
        sheet[last].number_format = "0%"

    assert read(saved(tmp_path / "a.xlsx", fill)).cells.height == 4


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xls", bytes.fromhex("D0CF11E0A1B11AE1") + b"0" * 100, "workbook_old"),
        ("a.xlsx", bytes.fromhex("D0CF11E0A1B11AE1") + b"0" * 100, "workbook_locked"),
        ("a.xlsx", b"PK\x03\x04 cut", "workbook_broken"),
        ("a.xlsx", "户号,年龄".encode(), "workbook_broken"),
        ("a.xlsx", b"", "workbook_broken"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """Old workbooks, those with a password, and other files are refused with a sentence."""
    (tmp_path / name).write_bytes(content)
    found = open_workbook(tmp_path / name)
    assert isinstance(found, Problem)
    assert found.code == code


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (rb"(PK\x01\x02.{4}).{2}", rb"\g<1>" + b"\x01\x00"),  # a part with a password raises RuntimeError
        (rb"(PK\x01\x02.{6}).{2}", rb"\g<1>" + b"\x63\x00"),  # an unknown compression raises NotImplementedError
        (rb"(PK\x03\x04.{22}\x0f.{18}).{9}", rb"\g<1>" + b"\xff" * 9),  # a damaged part raises zlib.error
    ],
)
def test_what_is_damaged(tmp_path: Path, there: bytes, instead: bytes) -> None:
    """A damaged workbook is reported as unreadable, for any error of openpyxl."""
    path = saved(tmp_path / "a.xlsx", lambda sheet: sheet.append(["户号"]))
    content = re.sub(there, instead, path.read_bytes(), flags=re.DOTALL)
    assert content != path.read_bytes()
    path.write_bytes(content)
    found = open_workbook(path)
    assert isinstance(found, Problem)
    assert found.code == "workbook_broken"


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b'"inlineStr"><is><t>A</t></is>', b'"s"><v>9</v>'),  # a missing shared text raises IndexError
        (b"</sheetData>", b""),
    ],
)
def test_a_sheet_that_is_damaged(tmp_path: Path, there: bytes, instead: bytes) -> None:
    """Damage found only while reading the sheet is reported too."""
    path = saved(tmp_path / "a.xlsx", lambda sheet: sheet.append(["A"]))
    changed(path, lambda content: content.replace(there, instead))
    workbook = open_workbook(path)
    assert isinstance(workbook, Workbook)
    found = read_sheet(workbook, "家庭")
    workbook.book.close()
    assert isinstance(found, Problem)
    assert found.code == "workbook_broken"


def test_a_workbook_in_the_strict_form(tmp_path: Path) -> None:
    """The strict form, with other namespace addresses, is refused with its own problem."""
    path = saved(tmp_path / "a.xlsx", lambda sheet: sheet.append(["户号"]))
    for part in ("_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        changed(
            path, lambda content: re.sub(rb"http://schemas.openxml[^/]*", b"http://purl.oclc.org/ooxml", content), part
        )
    found = open_workbook(path)
    assert isinstance(found, Problem)
    assert found.code == "workbook_strict"


def test_folders_and_what_is_not_there(tmp_path: Path) -> None:
    """A folder and a missing file have their own problems."""
    (tmp_path / "a.xlsx").mkdir()
    found = [open_workbook(tmp_path / name) for name in ("a.xlsx", "b.xlsx")]
    assert [each.code for each in found if isinstance(each, Problem)] == ["file_is_folder", "file_missing"]


def test_what_unpacks_to_too_much_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unpacks to a large one is refused before it is unpacked."""
    path = saved(tmp_path / "a.xlsx", lambda sheet: sheet.append(["a" * 1000] * 100))
    monkeypatch.setattr("hardship_rules.registers._workbook.LARGEST", 3000)
    found = open_workbook(path)
    assert isinstance(found, Problem)
    assert found.code == "register_too_large"


def test_hidden_sheets_are_known(tmp_path: Path) -> None:
    """Hidden sheets are reported; warnings of openpyxl are suppressed."""

    def fill(sheet: Any) -> None:
        sheet.append(["户号"])
        sheet.parent.create_sheet("旧").sheet_state = "hidden"

    with warnings.catch_warnings(action="error"):
        found = open_workbook(saved(tmp_path / "a.xlsx", fill))
    assert isinstance(found, Workbook)
    assert (found.sheets, found.hidden) == (("家庭", "旧"), frozenset({"旧"}))
    found.book.close()


def shown(
    path: Path, numbers: Mapping[str, float], formats: Mapping[str, str], *, of_1904: bool = False
) -> list[str | None]:
    """The texts of numbers, each in a cell with a format."""

    def fill(sheet: Any) -> None:
        for cell, number in numbers.items():
            sheet[cell] = number
            sheet[cell].number_format = formats.get(cell, "yyyy-mm-dd")
        if of_1904:
            sheet.parent.epoch = datetime(1904, 1, 1)  # noqa: DTZ001  # a workbook's days have no zone

    grid = read(saved(path, fill))
    assert all(fault.code == "cell_error" for fault in grid.faults)
    wrong = {(fault.row, fault.column) for fault in grid.faults}
    texts = [*grid.cells.iter_rows()]
    return ["error" if (row, 1) in wrong else texts[row - 1][0] for row in range(1, len(numbers) + 1)]


EAST_ASIAN = [*range(27, 37), *range(50, 59)]  # ECMA-376 18.8.30


@pytest.mark.parametrize("number", EAST_ASIAN)
def test_formats_that_excel_keeps_by_number_alone_show_days(tmp_path: Path, number: int) -> None:
    """A whole number in an East Asian date format is its day, though the file has no code for it; a time stays one."""
    serial = (date(2003, 4, 1) - date(1899, 12, 30)).days

    def fill(sheet: Any) -> None:
        for value in (serial, serial + 0.5):
            sheet.append([value])
            sheet.cell(sheet.max_row, 1).number_format = "yyyy-mm-dd"

    def change(content: bytes) -> bytes:
        content = re.sub(rb"<numFmts.*?</numFmts>", b"", content, flags=re.DOTALL)
        return re.sub(rb'numFmtId="(14|164)"', f'numFmtId="{number}"'.encode(), content)

    path = saved(tmp_path / "a.xlsx", fill)
    changed(path, change, "xl/styles.xml")
    assert [text for (text,) in read(path).cells.iter_rows()] == ["2003-04-01", "2003-04-01 12:00:00"]


def test_a_number_that_is_shown_as_a_day(tmp_path: Path) -> None:
    """A number shown as a day from 1900 to 9999 is that day; others are no days.

    29 February 1900 exists in spreadsheets only, and a number below 1 is a time.
    """
    days = {1: "1900-01-01", 59: "1900-02-28", 60: "1900-02-29", 61: "1900-03-01", 37712: "2003-04-01"}
    others = {0: "00:00:00", 0.5: "12:00:00", -1: "error", -36000: "error", 0.9999999999: "1900-01-01"}
    wanted = {**days, **others, 59.9999999999: "1900-02-29", 2958465: "9999-12-31", 2958466: "error", 1e300: "error"}
    numbers = {f"A{row}": number for row, number in enumerate(wanted, 1)}
    assert shown(tmp_path / "a.xlsx", numbers, {}) == list(wanted.values())


def test_a_number_that_is_shown_as_a_day_of_1904(tmp_path: Path) -> None:
    """In workbooks that count from 1904 a number is the day shown."""
    wanted = {-1: "error", 0: "00:00:00", 1: "1904-01-02", 59: "1904-02-29", 60: "1904-03-01", 36250: "2003-04-01"}
    numbers = {f"A{row}": number for row, number in enumerate(wanted, 1)}
    assert shown(tmp_path / "a.xlsx", numbers, {}, of_1904=True) == list(wanted.values())


@pytest.mark.parametrize(
    ("form", "text"),
    [
        *((form, "2003-04-01") for form in ('yyyy"年"m"月"d"日";@', "[$-804]yyyy-mm-dd", "yyyy/m/d;@", "[$-F800]dddd")),
        *((form, "2003-04-01") for form in ('[DBNum1][$-804]yyyy"年"m"月"d"日"', '[$-404]e"年"m"月"d"日"', "mm-dd")),
        *((form, "37712") for form in ("General", '0"d"', "0.00", "[Red]0.0", r"0\d", '"日"0', "G/通用格式", "@")),
        *((form, "37712") for form in ("_ ¥* #,##0.00_ ;[Red]-#,##0.00", "[DBNum2][$-804]General", "0.00E+00")),
        ("[h]:mm", "37712 days, 0:00:00"),
    ],
)
def test_formats_of_days_and_of_numbers(tmp_path: Path, form: str, text: str) -> None:
    """A number is a day if its format shows one, and otherwise a number or a duration."""
    assert str(timedelta(37712)) == "37712 days, 0:00:00"
    assert shown(tmp_path / "a.xlsx", {"A1": 37712}, {"A1": form}) == [text]


def test_a_workbook_without_styles(tmp_path: Path) -> None:
    """A workbook without styles has plain numbers."""
    path = saved(tmp_path / "a.xlsx", lambda sheet: sheet.append(["户号", 37712]))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != "xl/styles.xml"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, re.sub(rb"<(Override|Relationship) [^>]*styles[^>]*/>", b"", content))
    assert read(path).cells.rows() == [("户号", "37712")]


def test_a_day_that_a_formula_came_to(tmp_path: Path) -> None:
    """A formula's number is a day if it is shown as one, like any other number."""

    def fill(sheet: Any) -> None:
        sheet.append(["=A2", "=B2"])
        sheet["A1"].number_format = "yyyy-mm-dd"

    path = saved(tmp_path / "a.xlsx", fill)
    changed(path, lambda content: re.sub(rb"</f><v ?/?>(</v>)?", b"</f><v>37712</v>", content))
    grid = read(path)
    assert (grid.cells.rows(), grid.faults) == ([("2003-04-01", "37712")], ())
