"""Registers in files of text or columns: csv in UTF-8 or GB18030, told apart, and parquet."""

import csv
import io
from pathlib import Path

import polars as pl
from attrs import frozen

from hardship_rules.problems import Location, Problem
from hardship_rules.raw_table import Cell, Grid, RawTable

LARGEST = 2_000_000_000
"""The bytes of a csv that are read at most."""

_BLANK = "^[\\s\u00a0\u3000\ufeff]*$"


@frozen(eq=False)
class Csv:
    """The rows of a csv, and the encoding that it is in."""

    grid: Grid
    encoding: str


def read_csv(path: Path) -> Csv | Problem:
    """The texts of a csv as they stand; a blank cell is null."""
    name = str(path)
    place = Location(name, 1, 1)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            return Problem("register_too_large", location=place, values={"most": f"{LARGEST:,}"})
        content = path.read_bytes()
    except OSError as error:
        return _unreadable(name, error)
    found = _utf8(content)
    if found is None:
        return Problem("csv_encoding", location=place)
    content, encoding = found
    if not content.strip():
        return Problem("file_empty", location=place)
    try:
        frame = pl.read_csv(io.BytesIO(content), has_header=False, infer_schema=False)
    except pl.exceptions.ComputeError:
        return _ragged(content, name)
    blank = pl.all().str.contains(_BLANK)
    return Csv(Grid(name, "", frame.with_columns(pl.when(~blank).then(pl.all()))), encoding)


def read_parquet(path: Path) -> RawTable | Problem:
    """The table of a parquet file, its columns in their own types."""
    name = str(path)
    try:
        path.stat()  # what keeps it from being read, in the system's own words
        frame = pl.read_parquet(path, glob=False)
    except OSError as error:
        return _unreadable(name, error)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return Problem("file_unreadable", location=Location(name, 1, 1), given=name, values={"reason": "parquet"})
    if frame.is_empty():
        return Problem("sheet_without_rows", given=name, location=Cell(name, 1, 1))
    headers = tuple(frame.columns)
    rows = pl.Series("row", range(1, frame.height + 1), dtype=pl.Int64)
    return RawTable(name, "", headers, tuple(range(1, len(headers) + 1)), 0, frame, rows)


def _unreadable(name: str, error: OSError) -> Problem:
    """Why a file cannot be read at all."""
    code = "file_missing" if isinstance(error, FileNotFoundError) else "file_unreadable"
    return Problem(code, location=Location(name, 1, 1), given=name, values={"reason": error.strerror or "?"})


def _utf8(content: bytes) -> tuple[bytes, str] | None:
    """The content in UTF-8, and what it was in; None where it is neither UTF-8 nor GB18030."""
    bare = content.removeprefix(b"\xef\xbb\xbf")
    try:
        bare.decode()
    except UnicodeDecodeError:
        try:
            return bare.decode("gb18030").encode(), "GB18030"
        except (UnicodeDecodeError, UnicodeEncodeError):
            return None
    return bare, "UTF-8"


def _ragged(content: bytes, name: str) -> Problem:
    """The first row of a csv that has more cells than the first one, or what else cannot be read."""
    wide = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(content.decode(), newline="")), 1):
            wide = wide or len(row)
            if len(row) > wide:
                values = {"wide": str(wide), "own": str(len(row))}
                return Problem("csv_ragged", location=Location(name, number, 1), values=values)
    except csv.Error:
        pass
    return Problem("csv_broken", location=Location(name, 1, 1))
