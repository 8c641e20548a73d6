"""Rows and columns that a workbook hides, groups or strikes through are read, and reported by number."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle
from workbooks import changed, read, saved

from hardship_rules import load_policy
from hardship_rules.language.mapping import mapping_for, read_mapping
from hardship_rules.registers.register import Register, every_problem, read_register, tables_of

WEIHAI = load_policy("2021_weihai")
STRUCK = b"<si><r><t>x</t></r><r><rPr><sz/><strike/></rPr><t>y</t></r></si>"
TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def sheet_with(change: Callable[[Any], None]) -> Callable[[Any], None]:
    """A sheet of five rows, with changes."""

    def fill(sheet: Any) -> None:
        for row in (["户号", "年龄", "备注"], ["A1", 40, None], ["A2", 41, "乙"], ["A3", 42, None], ["A4", 43, None]):
            sheet.append(row)
        change(sheet)

    return fill


def remarks(path: Path) -> set[tuple[str, int, int]]:
    """The code, row and column of every remark on a workbook's sheet."""
    return {(each.code, each.row, each.column) for each in read(path).remarks}


def strike(sheet: Any, *cells: str) -> None:
    """Strike through some cells."""
    for cell in cells:
        sheet[cell].font = Font(strike=True)


def test_what_is_hidden_grouped_and_struck_through(tmp_path: Path) -> None:
    """Every row is reported by its own number; a format of empty cells, or a disabled one, strikes nothing through."""

    def change(sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.row_dimensions[3].outlineLevel = 2
        sheet.row_dimensions[4].height = 0.5
        sheet.row_dimensions[1].height = 0
        strike(sheet, "B5", "C2")
        sheet["B3"].font = Font(strike=False, bold=True)
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[9].hidden = True

    assert remarks(saved(tmp_path / "a.xlsx", sheet_with(change))) == {
        ("row_hidden", 2, 0),
        ("row_grouped", 3, 0),
        ("row_hidden", 4, 0),
        ("row_hidden", 1, 0),
        ("row_hidden", 9, 0),
        ("row_struck", 5, 0),
        ("column_hidden", 0, 2),
    }


def test_filtered_and_collapsed_rows_are_hidden(tmp_path: Path) -> None:
    """A filter, and a collapsed group, hide their rows."""

    def change(sheet: Any) -> None:
        sheet.auto_filter.ref = "A1:C5"
        sheet.auto_filter.add_filter_column(1, ["40"])
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions.group(4, 5, outline_level=1, hidden=True)

    assert remarks(saved(tmp_path / "a.xlsx", sheet_with(change))) == {("row_hidden", row, 0) for row in (3, 4, 5)}


def test_letters_that_are_struck_through(tmp_path: Path) -> None:
    """Part of a text may be struck through, in the cell itself; a conditional format's font strikes nothing."""

    def change(sheet: Any) -> None:
        sheet["C3"] = CellRichText(TextBlock(InlineFont(strike=True), "900"), "1200")
        sheet["C4"] = CellRichText(TextBlock(InlineFont(strike=False, b=True), "甲"), "乙")
        style = DifferentialStyle(font=Font(strike=True))
        sheet.conditional_formatting.add("A1:B5", Rule(type="cellIs", dxf=style, operator="lessThan", formula=["0"]))

    path = saved(tmp_path / "a.xlsx", sheet_with(change))
    assert remarks(path) == {("row_struck", 3, 0)}
    inner = b'<x14:dxf xmlns:x14="urn:x14"><font><strike/></font></x14:dxf>'
    extended = b'<extLst><ext uri="{78C0D931}">' + inner + b"</ext></extLst></worksheet>"
    changed(path, lambda content: content.replace(b"</worksheet>", extended))
    assert remarks(path) == {("row_struck", 3, 0)}


def test_shared_texts_that_are_struck_through(tmp_path: Path) -> None:
    """A shared text, stored outside the sheet, may be struck through."""
    path = saved(tmp_path / "a.xlsx", sheet_with(lambda _: None))
    texts = b"<si><t>x</t></si>", b'<si><r><rPr><strike val="0"/></rPr><t>x</t></r></si>', STRUCK
    shared = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + b"".join(texts) + b"</sst>"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", shared)
    changed(path, lambda content: content.replace(b"</Types>", TYPE + b"</Types>"), "[Content_Types].xml")
    numbers = iter((b"0", b"1", b"2", b"0", b"1", b"0", b"2", b"0"))  # of A1, B1, C1, A2, A3, C3, A4, A5
    inline = rb'<c r="(\w+)" t="(?:s|inlineStr)">.*?</c>'

    def change(content: bytes) -> bytes:
        return re.sub(inline, lambda cell: b'<c r="%s" t="s"><v>%s</v></c>' % (cell[1], next(numbers)), content)

    changed(path, change)
    assert remarks(path) == {("row_struck", 1, 0), ("row_struck", 4, 0)}


def with_prefixes(content: bytes) -> bytes:
    """The sheet with the prefix of its namespace before every name."""
    return re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", content).replace(b"xmlns=", b"xmlns:x=")


def in_words(content: bytes) -> bytes:
    """The sheet as LibreOffice writes it: with explicit default attributes on every row."""
    content = content.replace(b'hidden="1"', b'hidden="true"')
    more = b'<row customFormat="false" ht="12.8" hidden="false" outlineLevel="0" collapsed="false" '
    return re.sub(rb'<row (?=r="[345]")', more, content)


def without_numbers(content: bytes) -> bytes:
    """The sheet with rows that have no row numbers."""
    return re.sub(rb'<row r="\d+"', b"<row", content)


@pytest.mark.parametrize("change", [with_prefixes, in_words, without_numbers])
def test_whoever_wrote_the_workbook(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    """Other programs' spellings of the same workbook give the same remarks."""

    def fill(sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True
        strike(sheet, "A3")

    path = saved(tmp_path / "a.xlsx", sheet_with(fill))
    changed(path, change)
    assert remarks(path) == {("row_hidden", 2, 0), ("row_struck", 3, 0)}


def test_rows_that_are_hidden_unless_they_have_a_height(tmp_path: Path) -> None:
    """A sheet may hide all rows by default, except those with a height."""
    path = saved(tmp_path / "a.xlsx", sheet_with(lambda sheet: setattr(sheet.row_dimensions[3], "height", 15)))
    changed(path, lambda content: content.replace(b"<sheetFormatPr ", b'<sheetFormatPr zeroHeight="1" '))
    assert remarks(path) == {("row_hidden", row, 0) for row in (1, 2, 4, 5)}


def register(path: Path, change: Callable[[Any], None]) -> Register:
    """A register of one household with two members and an unused column."""
    book: Any = openpyxl.Workbook()
    own, theirs = book.worksheets[0], book.create_sheet("成员")
    own.title = "家庭"
    households: list[list[Any]] = [["户号", "家庭居住地", "电话"], ["A1", "城市", "1"], ["合计", None, None]]
    members: list[list[Any]] = [["户号", "与申请人关系", "月工资"], ["A1", "本人", 1000], ["A1", "配偶", 900]]
    for sheet, rows in ((own, households), (theirs, members)):
        for row in rows:
            sheet.append(row)
    change(book)
    book.save(path)
    text = "mapping: 1\nhouseholds: {key: 户号}\nmembers: {key: 户号}\n"
    mapping = mapping_for(WEIHAI, read_mapping(text))
    return read_register(mapping, tables_of([str(path)], mapping))


def test_they_are_judged_and_reported(tmp_path: Path) -> None:
    """A hidden member counts and gives a warning at its row; an unused column and a total give none."""

    def change(book: Any) -> None:
        book["成员"].row_dimensions[3].hidden = True
        book["成员"].column_dimensions["C"].hidden = True
        book["家庭"].column_dimensions["C"].hidden = True
        book["家庭"].row_dimensions[3].hidden = True
        book["家庭"].row_dimensions[7].hidden = True
        strike(book["家庭"], "B2")

    found = register(tmp_path / "a.xlsx", change)
    assert every_problem(found) == ()
    assert found.members.frame["monthly_wage"].to_list() == [1000.0, 900.0]
    assert {(each.code, getattr(each.location, "short", "")) for each in found.warnings} == {
        ("row_total", "家庭!A3"),
        ("row_struck", "家庭!A2"),
        ("row_hidden", "成员!A3"),
        ("column_hidden", "成员!C1"),
    }
    assert {each.severity for each in found.warnings} == {"warning"}
