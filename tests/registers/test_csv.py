"""Csv files in either encoding, and the contents that cannot be read."""

import random
from pathlib import Path

import polars as pl
import pytest

from hardship_rules.core.problem import Problem
from hardship_rules.registers._csv import Csv, read_csv, read_parquet
from hardship_rules.registers._table import RawTable

TEXT = '户号,备注\nA1,"甲,乙"\n\nA2,　\n'


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("gb18030"), "GB18030"),
        (TEXT.replace("\n", "\r\n").encode("gb18030"), "GB18030"),
    ],
)
def test_encodings_are_told_apart(tmp_path: Path, content: bytes, encoding: str) -> None:
    """Each encoding gives the same rows, with blank rows in their places and blank cells as null."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    found = read_csv(path)
    assert isinstance(found, Csv)
    assert found.encoding == encoding
    assert found.grid.cells.rows() == [("户号", "备注"), ("A1", "甲,乙"), (None, None), ("A2", None)]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"\xff\xff\xff", "csv_encoding", 1),
        (b"", "file_empty", 1),
        ("户号,年龄\nA1,2\nA2,1,500\n".encode(), "csv_ragged", 3),
        ("登记簿\n\n户号,年龄\nA1,2\nA2,1,500\n".encode(), "csv_ragged", 5),
        ('户号,年龄\nA1,2\nA2,"1\nA3,4\n'.encode(), "csv_broken", 3),
        ("户号;关系;工资\nA1;本人;1000\n".encode(), "csv_by_semicolons", 1),
        ("登记簿\n户号;关系;工资\nA1;本人;1000,5\n".encode(), "csv_by_semicolons", 1),
        ("户号\t关系\t工资\nA1\t本人\t1,000\n".encode(), "csv_by_tabs", 1),
        ('户号,年龄\nA1,2\nA2,1"\nA3,"4"\nA5,6\n'.encode(), "csv_broken", 3),
        ('\n户号,备注\nA1,"甲\n乙"\nA2,"1\nA3,4\nA4,"5"\n'.encode(), "csv_broken", 5),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, content: bytes, code: str, line: int) -> None:
    """A binary file, an empty file, and a row wider than the headers are refused at their locations."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    found = read_csv(path)
    assert isinstance(found, Problem)
    assert found.location is not None
    assert (found.code, found.location.line) == (code, line)


@pytest.mark.parametrize(
    "above", ["\n", "\r\n \r\n", "登记簿\n", '"登记簿,2021年"\n\n', "sep=,\n", "甲;乙\n二\nSEP=,\r\n"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_lines_above_the_headers(tmp_path: Path, above: str, encoding: str) -> None:
    """Blank lines, a title and Excel's `sep=,` are skipped, and rows keep their numbers."""
    path = tmp_path / "a.csv"
    path.write_bytes(f"{above}{TEXT}".encode(encoding))
    found = read_csv(path)
    assert isinstance(found, Csv)
    lines = above.count("\n")
    assert found.grid.cells.rows()[lines:] == [("户号", "备注"), ("A1", "甲,乙"), (None, None), ("A2", None)]
    assert found.grid.cells.height == lines + 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("above", ["", "登记簿{end}{end}", "sep=,{end}"])
def test_line_ends_of_every_system(tmp_path: Path, end: str, encoding: str, above: str) -> None:
    """Lines end with a carriage return, a line feed or both; in a quoted cell these characters are text."""
    path = tmp_path / "a.csv"
    inside = '"甲\r乙""\r""",x\v\f\u2028\x85y' if encoding != "gb18030" else '"甲\r乙""\r""",xy'
    text = f"{above}户号,备注,三{{end}}A1,{inside}{{end}}{{end}}A2,　,三{{end}}".replace("{end}", end)
    path.write_bytes(text.encode(encoding))
    found = read_csv(path)
    assert isinstance(found, Csv)
    first = ("A1", '甲\r乙"\r"', "x\v\f\u2028\x85y" if encoding != "gb18030" else "xy")
    rows = [("户号", "备注", "三"), first, (None, None, None), ("A2", None, "三")]
    assert found.grid.cells.rows()[above.count("{end}") :] == rows


def test_mixed_line_ends(tmp_path: Path) -> None:
    """Mixed line ends give the same rows, and a wide row is reported at its own line."""
    seed = random.SystemRandom().randrange(2**32)
    draw = random.Random(seed)  # noqa: S311  # not for security
    path = tmp_path / "a.csv"
    rows = [["户号", "备注"], *([f"A{number}", draw.choice(['"a\rb"', '"""\r\n"', "c", ""])] for number in range(40))]
    lines = [",".join(row) for row in rows]
    ends = [draw.choice(["\r", "\n", "\r\n"]) for _ in rows]
    path.write_bytes("".join(line + end for line, end in zip(lines, ends, strict=True)).encode())
    found = read_csv(path)
    assert isinstance(found, Csv), seed
    plain = {'"a\rb"': "a\rb", '"""\r\n"': '"\r\n', "": None}
    assert found.grid.cells.rows() == [(key, plain.get(cell, cell)) for key, cell in rows], seed
    lines = [line.replace("\r", "").replace("\n", "") for line in lines]
    lines[30] += ",1,2"
    path.write_bytes("".join(line + end for line, end in zip(lines, ends, strict=True)).encode())
    wide = read_csv(path)
    assert isinstance(wide, Problem), seed
    assert wide.location is not None
    assert (wide.code, wide.location.line) == ("csv_ragged", 31), seed


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("户号,备注\r\r\nA1,甲\r\r\n", [1, 3]),  # converted twice: spreadsheets show a blank row in between
        ('户号,备注\rA1,="5"\rA2,="6"\r', [1, 2, 3]),  # a quote inside a cell begins no quoted cell
    ],
)
def test_rows_keep_their_numbers(tmp_path: Path, text: str, rows: list[int]) -> None:
    """A row has the number shown in a spreadsheet."""
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    found = read_csv(path)
    assert isinstance(found, Csv)
    assert [number for number, row in enumerate(found.grid.cells.rows(), 1) if row[0]] == rows


def test_a_table_of_one_column(tmp_path: Path) -> None:
    """If no line is wider, the first line is not a title."""
    path = tmp_path / "a.csv"
    path.write_text("户号\nA1\n\nA2\n", "utf-8")
    found = read_csv(path)
    assert isinstance(found, Csv)
    assert found.grid.cells.rows() == [("户号",), ("A1",), (None,), ("A2",)]


def test_too_large_a_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above the size limit is refused without reading it."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 100)
    monkeypatch.setattr("hardship_rules.registers._csv.LARGEST", 99)
    found = read_csv(path)
    assert isinstance(found, Problem)
    assert found.code == "register_too_large"


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_cannot_be_looked_at(tmp_path: Path, ending: str) -> None:
    """A name that is too long, a loop of links and a missing file are problems of the file."""
    loop = tmp_path / f"loop.{ending}"
    loop.symlink_to(loop)
    names = ("a" * 300 + f".{ending}", loop.name, f"none.{ending}")
    found = [(read_csv if ending == "csv" else read_parquet)(tmp_path / name) for name in names]
    assert [isinstance(each, Problem) and each.code for each in found] == [
        "file_unreadable",
        "file_unreadable",
        "file_missing",
    ]


def test_damaged_parquet_is_a_problem(tmp_path: Path) -> None:
    """Parquet with any changed byte is read or refused, although Polars may panic."""
    path = tmp_path / "a.parquet"
    pl.DataFrame({"户号": ["A1"] * 50, "age": [40] * 50}).write_parquet(path)
    content = path.read_bytes()
    for at in range(60, 90):  # the page headers
        path.write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
        found = read_parquet(path)
        assert isinstance(found, RawTable) or (isinstance(found, Problem) and found.code == "file_unreadable")


def test_parquet_without_rows(tmp_path: Path) -> None:
    """A parquet file with headers alone is refused, like such a csv."""
    path = tmp_path / "a.parquet"
    pl.DataFrame({"户号": []}, schema={"户号": pl.String}).write_parquet(path)
    found = read_parquet(path)
    assert isinstance(found, Problem)
    assert found.code == "sheet_without_rows"


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    """A column of numbers keeps its type; other files are refused as parquet."""
    path = tmp_path / "a.parquet"
    pl.DataFrame({"户号": ["A1"], "age": [40]}).write_parquet(path)
    found = read_parquet(path)
    assert isinstance(found, RawTable)
    assert found.frame.schema == {"户号": pl.String, "age": pl.Int64}
    path.write_bytes(b"none")
    broken = read_parquet(path)
    assert isinstance(broken, Problem)
    assert broken.code == "file_unreadable"
