"""Registers in files of text or columns: csv in UTF-8 or GB18030, told apart, and parquet."""

import csv
import errno
import io
import re
import stat
from pathlib import Path

from attrs import frozen

from hardship_rules.core.problem import Location, Problem
from hardship_rules.frames.given import blanks_as_texts
from hardship_rules.frames.libraries import pl
from hardship_rules.language.source import unreadable
from hardship_rules.registers._table import HEADER_WITHIN, Cell, Grid, RawTable

LARGEST = 2_000_000_000
"""The bytes of a csv that are read at most."""

_OLD_END = re.compile(rb"\r(?!\n)")
_QUOTED_OR_END = re.compile(rb'(?:(?<=[,\r\n])|\A)"[^"]*(?:""[^"]*)*"|\r\n?')
COLUMNS = 16_384  # that a spreadsheet has

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
    if problem := no_file(path):
        return problem
    try:
        if path.stat().st_size > LARGEST:
            return Problem("register_too_large", location=place, values={"most": f"{LARGEST:,}"})
        content = path.read_bytes()
    except OSError as error:
        return unreadable(name, error)
    found = _utf8(content)
    if found is None:
        return Problem("csv_encoding", location=place)
    content, encoding = found
    if not content.strip():
        return Problem("file_empty", location=place)
    above, content = _above(_lines_ended(content))
    if content.partition(b"\n")[0].count(b",") >= COLUMNS:
        at = Location(name, len(above) + 1, 1)
        return Problem("csv_too_wide", location=at, values={"most": f"{COLUMNS:,}"})
    try:
        frame = pl.read_csv(io.BytesIO(content), has_header=False, infer_schema=False)
    except pl.exceptions.ComputeError:
        return _ragged(content, name, len(above))
    titles = pl.DataFrame({frame.columns[0]: above}, schema={frame.columns[0]: pl.String})
    frame = pl.concat([titles, frame], how="diagonal")
    if _parts("\t", frame):
        return Problem("csv_by_tabs", location=place)
    if _parts(";", frame):
        return Problem("csv_by_semicolons", location=place)
    blank = pl.all().str.contains(_BLANK)
    return Csv(Grid(name, "", frame.with_columns(pl.when(~blank).then(pl.all()))), encoding)


def read_parquet(path: Path) -> RawTable | Problem:
    """The table of a parquet file, its columns in their own types."""
    name = str(path)
    if problem := no_file(path):
        return problem
    try:
        frame = pl.read_parquet(path, glob=False)
    except OSError as error:
        return unreadable(name, error)
    except pl.exceptions.DuplicateError as error:
        twice = re.search("'(.*)'", str(error))
        return Problem("column_twice", location=Cell(name, 1, 1), given=twice[1] if twice else "?")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return Problem("file_unreadable", location=Location(name, 1, 1), given=name, values={"reason": "parquet"})
    if frame.is_empty():
        return Problem("sheet_without_rows", given=name, location=Cell(name, 1, 1))
    frame = blanks_as_texts(frame)
    headers = tuple(frame.columns)
    rows = pl.Series("row", range(1, frame.height + 1), dtype=pl.Int64)
    return RawTable(name, "", headers, tuple(range(1, len(headers) + 1)), 0, frame, rows)


def no_file(path: Path) -> Problem | None:
    """Why a register cannot be read from there at all: a device has no end, and a pipe cannot be gone back in."""
    name = str(path)
    place = Location(name, 1, 1)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return Problem("file_is_folder", location=place, given=name)
        if not stat.S_ISREG(mode):
            return unreadable(name, OSError(errno.ESPIPE, ""))
        path.open("rb").close()  # what keeps it from being read, as the system has it
    except FileNotFoundError:
        return Problem("file_missing", location=place, given=name)
    except OSError as error:
        return unreadable(name, error)
    return None


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


def _lines_ended(content: bytes) -> bytes:
    """The content with one kind of line end, where some are a carriage return alone; in a quoted cell that is text."""
    if not _OLD_END.search(content):
        return content
    return _QUOTED_OR_END.sub(lambda match: b"\n" if match[0].startswith(b"\r") else match[0], content)


def _above(content: bytes) -> tuple[list[str], bytes]:
    """The first lines of one cell or none, such as a title or Excel's `sep=,`, and what stands below them.

    Where nothing wider follows soon, they are the table itself.
    """
    lines = io.BytesIO(content)
    above: list[str] = []
    for _ in range(HEADER_WITHIN):
        start = lines.tell()
        text = lines.readline().decode()
        is_open = text.count('"') % 2 == 1  # a quoted cell goes on in the next line
        try:
            row = next(csv.reader([text]), [])
        except csv.Error:  # it is told where the table is read
            return above, content[start:]
        if is_open or (len(row) > 1 and text.strip().lower() != "sep=,"):
            return above, content[start:]
        above.append(row[0] if row else "")
    return [], content


def _parts(sign: str, frame: pl.DataFrame) -> bool:
    """The sign parts one of the first rows into more cells than commas do."""
    first = frame.to_series().head(HEADER_WITHIN)
    return bool((first.str.count_matches(sign, literal=True) >= frame.width).any())


def _ragged(content: bytes, name: str, above: int) -> Problem:
    """The first row of a csv that has more cells than the first one, or in which a quote lacks its other."""
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
