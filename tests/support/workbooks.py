"""Workbooks that tests write, change and read."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import openpyxl

from hardship_rules.registers._table import Grid
from hardship_rules.registers._workbook import Workbook, open_workbook, read_sheet


def saved(path: Path, fill: Callable[[Any], None]) -> Path:
    """A workbook whose one sheet is filled in by a function."""
    book = openpyxl.Workbook()
    sheet = cast(Any, book.active)
    sheet.title = "家庭"
    fill(sheet)
    book.save(path)
    return path


def changed(path: Path, change: Callable[[bytes], bytes], part: str = "xl/worksheets/sheet1.xml") -> None:
    """The workbook with its sheet, or another part, changed to another program's output."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before, parts[part] = parts[part], change(parts[part])
    assert parts[part] != before
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def read(path: Path) -> Grid:
    """The texts of the sheet."""
    workbook = open_workbook(path)
    assert isinstance(workbook, Workbook)
    grid = read_sheet(workbook, "家庭")
    assert isinstance(grid, Grid)
    workbook.book.close()
    return grid
