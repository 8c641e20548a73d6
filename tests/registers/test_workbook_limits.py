"""Workbooks that no spreadsheet wrote: a value beyond the limits is refused at once, with its location."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from timing import seconds
from workbooks import changed, saved

from hardship_rules.core.problem import Problem
from hardship_rules.registers._table import Grid
from hardship_rules.registers._workbook import Workbook, open_workbook, read_sheet
from hardship_rules.registers._workbook_limits import LARGEST_STYLES, LimitError, check_parts

SHEET = "xl/worksheets/sheet1.xml"


def read(path: Path) -> Grid | Problem:
    """The sheet 家庭, or the problem with it, within a second of processor time."""
    found: list[Grid | Problem] = []

    def work() -> None:
        workbook = open_workbook(path)
        found.append(read_sheet(workbook, "家庭") if isinstance(workbook, Workbook) else workbook)
        if isinstance(workbook, Workbook):
            workbook.book.close()

    assert seconds(work, enough=1) < 1
    return found[0]


def with_rows(path: Path, rows: str, after: str = "") -> Path:
    """A workbook whose sheet has these rows, followed by this XML."""
    saved(path, lambda sheet: sheet.append(["户号"]))
    data = f"<sheetData>{rows}</sheetData>{after}".encode()
    changed(path, lambda content: re.sub(rb"<sheetData>.*</sheetData>", lambda _: data, content, flags=re.DOTALL))
    return path


ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ('<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>', "A1 sheet_row_number 999999999999"),
        (ROW + '<row r="1048577"/>', "A1 sheet_row_number 1048577"),
        ('<row r="0"/>', "A1 sheet_row_number 0"),
        ('<row r="-3"/>', "A1 sheet_row_number -3"),
        ('<row r="x"/>', "A1 sheet_row_number x"),
        ('<row r=""/>', "A1 sheet_row_number "),
        ('<row r="1e9"/>', "A1 sheet_row_number 1e9"),
        (ROW + ROW, "A1 sheet_row_number 1"),
        ('<row r="3"/><row r="2"/>', "A3 sheet_row_number 2"),
        ('<row r="1048576"/><row/>', "A1048576 sheet_row_number 1048577"),
        ('<row r="1"><c r="XFE1"/></row>', "A1 sheet_cell_place XFE1"),
        ('<row r="1"><c r="ZZZZZ1"/></row>', "A1 sheet_cell_place ZZZZZ1"),
        ('<row r="1"><c r="A99999999999"/></row>', "A1 sheet_cell_place A99999999999"),
        ('<row r="1"><c r="A2"/></row>', "A1 sheet_cell_place A2"),
        ('<row r="1"><c r="B1"/><c r="A1"/></row>', "B1 sheet_cell_place A1"),
        ('<row r="1"><c r="B1"/><c r="B1"/></row>', "B1 sheet_cell_place B1"),
        ('<row r="1"><c r="1"/></row>', "A1 sheet_cell_place 1"),
        ('<row r="1"><c r="XFD1"/><c/></row>', "XFD1 sheet_cell_place "),
        (
            "".join(f'<row r="{row}"><c r="XFD{row}"/></row>' for row in range(1, 1500)),
            "XFD1221 sheet_area 家庭",  # 20,000,000 / 16,384 is 1,220.7
        ),
        (
            f'<row r="1">{"<c><v>1</v></c>" * 50}</row><row r="1048576"/>',
            "A1048576 sheet_area 家庭",
        ),
    ],
)
def test_rows_and_cells_that_no_sheet_has_are_refused(tmp_path: Path, rows: str, refused: str) -> None:
    """A row or column number that is too large, missing or out of order is refused at once, at its location."""
    problem = cast(Problem, read(with_rows(tmp_path / "a.xlsx", rows)))
    place = str(problem.location).removeprefix(f"{tmp_path / 'a.xlsx'} 家庭!")
    assert f"{place} {problem.code} {problem.given}" == refused
    assert problem.line("zh") != problem.line("en")


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", [("1", "2"), ("3", None)]),
        ('<row r="2.0"><c r="b2"><v>1</v></c></row>', [(None, None), (None, "1")]),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"/></row>', [("1",)]),
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', [(*[None] * 16_383, "1")]),
    ],
)
def test_rows_and_cells_within_bounds_are_read(tmp_path: Path, rows: str, texts: list[tuple[str | None]]) -> None:
    """Rows and cells may omit their numbers; the last possible row and column are read."""
    grid = read(with_rows(tmp_path / "a.xlsx", rows))
    assert isinstance(grid, Grid)
    assert grid.cells.rows() == texts


def test_a_sheet_may_say_that_it_is_larger_than_it_is(tmp_path: Path) -> None:
    """The size that a sheet states for itself has no effect."""
    path = with_rows(tmp_path / "a.xlsx", ROW)
    changed(path, lambda content: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', content))
    grid = read(path)
    assert isinstance(grid, Grid)
    assert grid.cells.rows() == [("1",)]


def test_merged_areas_count_as_far_as_the_sheet_is_filled_in(tmp_path: Path) -> None:
    """A merged area over all possible cells counts up to the sheet's end; many on top of each other are refused."""
    area = '<mergeCell ref="A1:XFD1048576"/>'
    rows = "".join(f'<row r="{row}"><c><v>1</v></c><c><v>2</v></c></row>' for row in range(1, 1001))
    grid = read(with_rows(tmp_path / "a.xlsx", rows, f"<mergeCells>{area}</mergeCells>"))
    assert isinstance(grid, Grid)
    problem = cast(Problem, read(with_rows(tmp_path / "b.xlsx", rows, f"<mergeCells>{area * 2501}</mergeCells>")))
    assert problem.code == "sheet_merged"  # 2,501 times 2,000 cells


def test_a_part_that_unpacks_to_more_than_300_mb_is_refused(tmp_path: Path) -> None:
    """A sheet, or the shared texts, is refused by the size that the archive states, before it is unpacked."""
    for part in (SHEET, "xl/styles.xml"):
        path = with_rows(tmp_path / "a.xlsx", ROW)
        _declared(path, part, 300_000_001)
        assert cast(Problem, read(path)).code == "register_too_large"


def test_a_size_that_is_a_lie_is_refused(tmp_path: Path) -> None:
    """A sheet that unpacks to more than the stated size is damaged, and the excess is not unpacked."""
    path = with_rows(tmp_path / "a.xlsx", ROW + " " * 100_000)
    _declared(path, SHEET, 500)
    assert cast(Problem, read(path)).code == "workbook_broken"


def _declared(path: Path, part: str, size: int) -> None:
    """Write another size for a part into the directory of an archive."""
    content = path.read_bytes()
    start = content.rindex(part.encode()) - 46  # in the directory, which follows the parts
    assert content[start : start + 4] == b"PK\x01\x02"
    path.write_bytes(content[: start + 24] + size.to_bytes(4, "little") + content[start + 28 :])


@pytest.mark.parametrize("part", [SHEET, "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml", "_rels/.rels"])
def test_declarations_of_a_document_type_are_refused(tmp_path: Path, part: str) -> None:
    """A document type declaration is refused, since nested entities expand without end; no spreadsheet has one."""
    path = with_rows(tmp_path / "a.xlsx", ROW)
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!-- {"-x" * 2000} --><!DOCTYPE a [<!ENTITY a0 "1">{entities}]>'.encode()

    def declared(content: bytes) -> bytes:
        start = content.index(b"?>") + 2 if content.startswith(b"<?xml") else 0
        return content[:start] + doctype + content[start:]

    changed(path, cast(Callable[[bytes], bytes], declared), part)
    assert cast(Problem, read(path)).code == "workbook_doctype"


def test_rows_without_cells_below_a_table_are_no_part_of_it(tmp_path: Path) -> None:
    """Twenty thousand rows with only a height are read within the second, and do not belong to the table."""
    rows = "".join(f'<row r="{row}" s="1" ht="20"/>' for row in range(2, 20_000))
    grid = read(with_rows(tmp_path / "a.xlsx", ROW + rows))
    assert isinstance(grid, Grid)
    assert grid.cells.height == 1


def test_styles_that_no_one_has_made_are_refused_at_once(tmp_path: Path) -> None:
    """Styles of more than 15 MB are refused before they are read, under any part name."""
    content = f'<styleSheet xmlns="a">{" " * LARGEST_STYLES}</styleSheet>'
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/other.xml", content)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive, pytest.raises(LimitError) as error:
        check_parts(archive, "a.xlsx")
    assert (error.value.problem.code, error.value.problem.values["most"]) == ("register_too_large", "15,000,000")


def test_what_unpacks_to_hundreds_of_times_its_size_is_refused_at_once(tmp_path: Path) -> None:
    """A sheet of 25 MB compressed to some 25 kB is refused; one of many plain rows is read."""
    problem = cast(Problem, read(with_rows(tmp_path / "a.xlsx", ROW + " " * 25_000_000)))
    assert problem.code == "workbook_packed"
    assert problem.given == SHEET
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        cells = "".join(f'<c r="{column}1" s="1" t="s"><v>0</v></c>' for column in "ABCDEFGHIJKLMNOPQRST")
        rows = "".join(f'<row r="{row}">{cells.replace("1", str(row))}</row>' for row in range(1, 40_001))
        archive.writestr(SHEET, f"<worksheet>{rows}</worksheet>")
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        assert archive.getinfo(SHEET).file_size > 20_000_000
        check_parts(archive, "b.xlsx")
