"""Tables read from csv, in UTF-8 or GB18030, and from parquet."""

import csv
import errno
import io
import re
import stat
from pathlib import Path

from attrs import frozen

from hardship_rules.core.problem import Location, Problem
from hardship_rules.frames.given import empty_columns_as_text
from hardship_rules.frames.libraries import pl
from hardship_rules.language.source import unreadable
from hardship_rules.registers._table import HEADER_WITHIN, Cell, Grid, RawTable

LARGEST = 2_000_000_000
"""The most bytes of a csv."""

_COLUMNS = 16_384  # of a spreadsheet
_CR_ALONE = re.compile(rb"\r(?!\n)")
_QUOTED_OR_END = re.compile(rb'(?:(?<=[,\r\n])|\A)"[^"]*(?:""[^"]*)*"|\r\n?')
_BLANK = "^[\\s\u00a0\u3000\ufeff]*$"


@frozen(eq=False)
class Csv:
    """The rows of a csv, and its encoding."""

    grid: Grid
    encoding: str


def read_csv(path: Path) -> Csv | Problem:
    """The texts of a csv; a blank cell is null."""
    name = str(path)
    place = Location(name, 1, 1)
    if problem := not_a_file(path):
        return problem
    try:
        if path.stat().st_size > LARGEST:
            return Problem("register_too_large", location=place, values={"most": f"{LARGEST:,}"})
        content = path.read_bytes()
    except OSError as error:
        return unreadable(name, error)
    decoded = _as_utf8(content)
    if decoded is None:
        return Problem("csv_encoding", location=place)
    content, encoding = decoded
    if not content.strip():
        return Problem("file_empty", location=place)
    titles, content = _split_titles(_with_unix_ends(content))
    if content.partition(b"\n")[0].count(b",") >= _COLUMNS:
        at = Location(name, len(titles) + 1, 1)
        return Problem("csv_too_wide", location=at, values={"most": f"{_COLUMNS:,}"})
    try:
        frame = pl.read_csv(io.BytesIO(content), has_header=False, infer_schema=False)
    except pl.exceptions.ComputeError:
        return _structure_problem(content, name, len(titles))
    above = pl.DataFrame({frame.columns[0]: titles}, schema={frame.columns[0]: pl.String})
    frame = pl.concat([above, frame], how="diagonal")
    if _is_separator("\t", frame):
        return Problem("csv_by_tabs", location=place)
    if _is_separator(";", frame):
        return Problem("csv_by_semicolons", location=place)
    blank = pl.all().str.contains(_BLANK)
    return Csv(Grid(name, "", frame.with_columns(pl.when(~blank).then(pl.all()))), encoding)


def read_parquet(path: Path) -> RawTable | Problem:
    """The table of a parquet file; its columns keep their types."""
    name = str(path)
    if problem := not_a_file(path):
        return problem
    try:
        frame = pl.read_parquet(path, glob=False)
    except OSError as error:
        return unreadable(name, error)
    except pl.exceptions.DuplicateError as error:
        quoted = re.search("'(.*)'", str(error))
        return Problem("column_twice", location=Cell(name, 1, 1), given=quoted[1] if quoted else "?")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return Problem("file_unreadable", location=Location(name, 1, 1), given=name, values={"reason": "parquet"})
    if frame.is_empty():
        return Problem("sheet_without_rows", given=name, location=Cell(name, 1, 1))
    frame = empty_columns_as_text(frame)
    headers = tuple(frame.columns)
    rows = pl.Series("row", range(1, frame.height + 1), dtype=pl.Int64)
    return RawTable(name, "", headers, tuple(range(1, len(headers) + 1)), 0, frame, rows)


def not_a_file(path: Path) -> Problem | None:
    """Why a path is not a file that can be read, if so: a device has no end, and a pipe cannot be rewound."""
    name = str(path)
    place = Location(name, 1, 1)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return Problem("file_is_folder", location=place, given=name)
        if not stat.S_ISREG(mode):
            return unreadable(name, OSError(errno.ESPIPE, ""))
        path.open("rb").close()  # raises what the system has against it, such as a missing permission
    except FileNotFoundError:
        return Problem("file_missing", location=place, given=name)
    except OSError as error:
        return unreadable(name, error)
    return None


def _as_utf8(content: bytes) -> tuple[bytes, str] | None:
    """The content in UTF-8, and its original encoding; None if that is neither UTF-8 nor GB18030."""
    without_bom = content.removeprefix(b"\xef\xbb\xbf")
    try:
        without_bom.decode()
    except UnicodeDecodeError:
        try:
            return without_bom.decode("gb18030").encode(), "GB18030"
        except (UnicodeDecodeError, UnicodeEncodeError):
            return None
    return without_bom, "UTF-8"


def _with_unix_ends(content: bytes) -> bytes:
    """The content with line feeds as line ends, if some are a carriage return alone; in a quoted cell that is text."""
    if not _CR_ALONE.search(content):
        return content
    return _QUOTED_OR_END.sub(lambda match: b"\n" if match[0].startswith(b"\r") else match[0], content)


def _split_titles(content: bytes) -> tuple[list[str], bytes]:
    """The first lines with at most one cell, such as a title or Excel's `sep=,`, and the content below them.

    If no wider line follows within `HEADER_WITHIN` lines, they are the table itself.
    """
    lines = io.BytesIO(content)
    titles: list[str] = []
    for _ in range(HEADER_WITHIN):
        start = lines.tell()
        text = lines.readline().decode()
        is_open = text.count('"') % 2 == 1  # a quoted cell continues in the next line
        try:
            row = next(csv.reader([text]), [])
        except csv.Error:  # reported when the table is read
            return titles, content[start:]
        if is_open or (len(row) > 1 and text.strip().lower() != "sep=,"):
            return titles, content[start:]
        titles.append(row[0] if row else "")
    return [], content


def _is_separator(sign: str, frame: pl.DataFrame) -> bool:
    """Whether a sign splits one of the first rows into more cells than commas do."""
    first = frame.to_series().head(HEADER_WITHIN)
    return bool((first.str.count_matches(sign, literal=True) >= frame.width).any())


def _structure_problem(content: bytes, name: str, above: int) -> Problem:
    """The first row of a csv with more cells than its first row, or with an unbalanced quote."""
    lines = io.StringIO(content.decode(), newline="").readlines()
    rows = csv.reader(lines, strict=True)
    wide = start = 0
    try:
        for number, row in enumerate(rows, above + 1):
            wide = wide or len(row)
            if len(row) > wide:
                values = {"wide": str(wide), "own": str(len(row))}
                return Problem("csv_ragged", location=Location(name, number, 1), values=values)
            if '"' in "".join(row) and '""' not in "".join(lines[start : rows.line_num]):
                break
            start = rows.line_num
    except csv.Error:
        pass
    return Problem("csv_broken", location=Location(name, above + min(start, len(lines) - 1) + 1, 1))
