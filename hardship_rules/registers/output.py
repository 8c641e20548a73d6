"""What is written of a register: the report of its problems, the table of its verdicts, and the totals."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

from attrs import evolve, frozen

from hardship_rules.core.extras import not_installed

try:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet._writer import ALL_TEMP_FILES, WorksheetWriter
    from openpyxl.worksheet.properties import PageSetupProperties
except ModuleNotFoundError as error:
    raise not_installed(error, "register") from None

from hardship_rules.core.files import scratch, write_whole
from hardship_rules.core.problem import Language, Location, Problem
from hardship_rules.core.version import __version__
from hardship_rules.frames.libraries import pl
from hardship_rules.locale import sentences
from hardship_rules.registers._table import Cell, letters
from hardship_rules.registers._verdicts import Rows
from hardship_rules.registers.register import Register

SUFFIXES = (".xlsx", ".csv", ".parquet")
"""The suffixes of the files that `save` writes."""

_REPORT = {lang: sentences("register_report", lang) for lang in ("zh", "en")}
_WORDS = sentences("register_output")
_MOST = 200  # places listed of one problem
_OF_ROWS = "row_"  # the beginning of the codes of remarks on a whole row
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60  # characters of a column


@frozen
class Totals:
    """What a register was assessed by, and for each decision the number of households by outcome.

    `lists` are facts under their headings, `notes` caveats, `remarks` the rows that were left out or are hidden.
    """

    about: tuple[tuple[str, str], ...]
    counted: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    def text(self) -> str:
        """The totals as they are printed."""
        *notes, disclaimer = self.notes
        lines = [*notes, *(_WORDS["line"].format(title=title, text=text) for title, text in self.about)]
        for title, counts in self.counted:
            numbers = [_WORDS["count"].format(title=outcome, count=count) for outcome, count in counts if count]
            lines.append(_WORDS["line"].format(title=title, text=_WORDS["counts"].join(numbers) or "0"))
        lines += [
            _WORDS["line"].format(title=heading, text=_WORDS["join"].join(titles)) for heading, titles in self.lists
        ]
        return "\n".join([*lines, *self.remarks, disclaimer]) + "\n"

    def data(self) -> dict[str, object]:
        """The totals for programs: the number of households by outcome, for each decision."""
        return {
            "about": dict(self.about),
            "totals": [
                {"title": title, "outcomes": [{"title": name, "households": count} for name, count in counts]}
                for title, counts in self.counted
            ],
            "facts": {heading: list(titles) for heading, titles in self.lists},
            "notes": list(self.notes),
            "remarks": list(self.remarks),
        }


def report(problems: Iterable[Problem], lang: Language, *, show_values: bool = False) -> str:
    """All problems in the order of the sheets; those of one sentence in one column are one entry."""
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        at = problem.location
        column = (at.file, at.sheet, at.column) if isinstance(at, Cell) else (at,)
        message = None if _is_of_one_row(problem) else problem.message(lang)  # which names that row
        sentence = (problem.severity, problem.code, message, problem.help(lang))
        groups.setdefault((column, sentence), []).append(problem)
    return "\n".join(line for group in groups.values() for line in _entry(group, lang, show_values=show_values))


def remarks_of(problems: Iterable[Problem]) -> tuple[str, ...]:
    """The remarks on whole rows and hidden columns, in Chinese, one for each kind: …合计行…第 12、40 行."""
    groups: dict[tuple[str, str], list[int]] = {}
    for problem in problems:
        at = problem.location
        if isinstance(at, Cell) and problem.code.startswith((_OF_ROWS, "column_hidden")):
            rows = groups.setdefault((at.sheet or at.file, problem.message("zh")), [])
            rows += [at.line] if problem.code.startswith(_OF_ROWS) else []
    remarks = []
    for (sheet, sentence), rows in groups.items():
        ranges = row_ranges(rows)
        listed = _WORDS["join"].join(ranges[:_MOST]) + (_WORDS["more"] if len(ranges) > _MOST else "")
        places = _WORDS["rows_listed"].format(count=len(rows), rows=listed) if rows else ""
        remarks.append(_WORDS["line"].format(title=sheet, text=sentence) + places)
    return tuple(remarks)


def row_ranges(rows: Iterable[int]) -> list[str]:
    """Row numbers in order, with consecutive ones as a range: 7-9."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    return [f"{first}" if first == last else f"{first}-{last}" for first, last in ranges]


def _entry(group: list[Problem], lang: Language, *, show_values: bool) -> Iterator[str]:
    """The lines on problems with one sentence: the first of them, and the places of all."""
    words = _REPORT[lang]
    group = sorted(group, key=lambda problem: problem.location or Location("", 0, 0))

    def listed(places: list[str]) -> str:
        return words["join"].join(places[:_MOST]) + (words["more"] if len(places) > _MOST else "")

    if len(group) > 1 and _is_of_one_row(group[0]):
        values = {**group[0].values, "count": f"{len(group):,}", "places": listed(list(_cell_ranges(group)))}
        yield evolve(group[0], values=values).line(lang)
        return
    yield group[0].line(lang)
    sentence = words["places"]
    if group[0].code.startswith(_OF_ROWS):
        sentence = words["rows"]
        places = row_ranges(problem.location.line for problem in group if problem.location is not None)
    elif show_values and any(problem.given for problem in group):
        places = [
            f"{_name(problem)} {words['given'].format(given=problem.given)}" if problem.given else _name(problem)
            for problem in group
        ]
    elif len(group) > 1:
        places = list(_cell_ranges(group))
    else:
        return
    yield sentence.format(count=len(group), places=listed(places))


def _is_of_one_row(problem: Problem) -> bool:
    """Whether a problem's sentence counts and names rows, and so far has one; others can be added to it."""
    return problem.values.get("count") == "1" and "places" in problem.values


def _name(problem: Problem) -> str:
    return problem.location.name if isinstance(problem.location, Cell) else problem.place


def _cell_ranges(group: list[Problem]) -> Iterator[str]:
    """The cells of one column, with consecutive ones as a range: C5:C9."""
    column = letters(group[0].location.column) if group[0].location is not None else ""
    for rows in row_ranges(problem.location.line for problem in group if problem.location is not None):
        yield ":".join(f"{column}{row}" for row in rows.split("-"))


def totals_of(register: Register, rows: Rows, on: str | None) -> Totals:
    """The totals of a register's verdicts, and what they were assessed by."""
    policy = register.policy
    about = {
        "policy": policy.title,
        "on": on or _WORDS["no_date"],
        "fingerprint": policy.fingerprint,
        "version": f"hardship-rules {__version__}",
        "households": f"{register.households.frame.height:,}",
        "members": f"{register.members.frame.height:,}",
        "blank": _WORDS[register.mapping.blank.replace(" ", "_")],
    }
    facts = {"absent": register.absent, "not_there": register.unknown}
    notes = [_WORDS["draft"]] if policy.status == "draft" else []
    notes += [] if (doubt := register.doubt) is None else [doubt]
    return Totals(
        tuple((_WORDS[key], text) for key, text in about.items()),
        rows.counted,
        tuple(
            (_WORDS[key], tuple(policy.names[name].title for name in names)) for key, names in facts.items() if names
        ),
        (*notes, _WORDS["disclaimer"]),
        remarks_of(register.warnings),
    )


def save(path: Path, rows: Rows, totals: Totals) -> None:
    """Write the table in the format of the path's suffix, whole or not at all; only a workbook contains the totals.

    Raises `OSError`.
    """
    match path.suffix.lower():
        case ".xlsx":
            content = BytesIO()  # Python would report a zip file that cannot be closed on standard error
            with _spool(path) as first, _spool(path) as second:
                _write_workbook(content, rows.frame, totals, (first, second))
            write_whole(path, lambda stream: stream.write(content.getbuffer()))
        case ".csv":
            write_whole(path, lambda stream: _write_csv(stream, rows.frame))
        case _:
            content = BytesIO()  # Polars has its own errors for a full disk
            rows.frame.write_parquet(content)
            write_whole(path, lambda stream: stream.write(content.getbuffer()))


def _write_csv(stream: BinaryIO, frame: pl.DataFrame) -> None:
    texts = TextIOWrapper(stream, encoding="utf-8-sig", errors="backslashreplace", newline="")
    writer = csv.writer(texts)
    writer.writerow(frame.columns)
    writer.writerows(map(_as_texts, frame.iter_rows()))
    texts.detach()


def _as_texts(row: tuple[Any, ...]) -> Iterator[Any]:
    """A row of csv; an apostrophe precedes a text that a spreadsheet would read as a formula."""
    for value in row:
        is_formula = isinstance(value, str) and value.startswith(_BEGINS_FORMULA)
        yield f"'{value}" if is_formula else value


@contextmanager
def _spool(path: Path) -> Iterator[str]:
    """A temporary file for a sheet until the workbook is saved; openpyxl's own would outlive a killed process."""
    with scratch(path) as part:
        ALL_TEMP_FILES.append(name := str(part))
        try:
            yield name
        finally:
            if name in ALL_TEMP_FILES:  # not saved; openpyxl would remove it at exit
                ALL_TEMP_FILES.remove(name)


def _begin(sheet: Any, spool: str) -> None:
    """Begin the rows of a sheet, after its widths and panes are set."""
    sheet._writer = WorksheetWriter(sheet, spool)  # noqa: SLF001  # openpyxl has no public way to choose the file
    sheet._writer.write_top()  # noqa: SLF001  # as openpyxl does when it creates the writer


def _write_workbook(stream: BinaryIO, frame: pl.DataFrame, totals: Totals, spools: tuple[str, str]) -> None:
    """Write the workbook, with its sheets in the two files until it is saved."""
    book = openpyxl.Workbook(write_only=True)
    try:
        _add_sheets(book, frame, totals, spools)
        book.save(stream)
    except BaseException:
        _end(book)
        raise


def _end(book: Any) -> None:
    """Close the sheets of a workbook that cannot be saved: Python would report them on standard error."""
    for sheet in book.worksheets:
        for rows in (sheet._rows, getattr(sheet._writer, "xf", None)):  # noqa: SLF001  # as `_begin` set them
            if rows is not None:
                with suppress(OSError, ValueError):  # ValueError: an earlier attempt to close failed
                    rows.close()


def _add_sheets(book: openpyxl.Workbook, frame: pl.DataFrame, totals: Totals, spools: tuple[str, str]) -> None:
    sheet = book.create_sheet(_WORDS["rows"])
    sheet.freeze_panes = "B2"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.auto_filter.ref = f"A1:{get_column_letter(frame.width)}{frame.height + 1}"
    for number, column in enumerate(frame.get_columns(), 1):
        longest = max(
            [len(column.name), *(len(str(value).split("\n")[0]) for value in column.head(200) if value is not None)]
        )
        sheet.column_dimensions[get_column_letter(number)].width = min(_WIDEST, 3 + 2 * longest)
    _begin(sheet, spools[0])
    sheet.append([_head(sheet, name) for name in frame.columns])
    for row in frame.iter_rows():
        sheet.append([_cell(sheet, value) for value in row])
    sheet = book.create_sheet(_WORDS["totals"])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 36, 76
    _begin(sheet, spools[1])
    for note in totals.notes:
        sheet.append([_head(sheet, note)])
    for name, value in totals.about:
        sheet.append([_cell(sheet, name), _cell(sheet, value)])
    for title, counts in totals.counted:
        sheet.append([])
        sheet.append([_head(sheet, title)])
        for name, count in counts:
            sheet.append([_cell(sheet, name), count])
    remarks = ((_WORDS["remarks"], totals.remarks),) if totals.remarks else ()
    for heading, titles in (*totals.lists, *remarks):
        sheet.append([])
        sheet.append([_head(sheet, heading)])
        for title in titles:
            sheet.append([_cell(sheet, title)])


def _head(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    cell.font, cell.alignment = Font(bold=True), Alignment(vertical="center", wrap_text=True)
    cell.fill = PatternFill("solid", fgColor="E7EEF5")
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """A value as a cell; a text is never a formula."""
    if not isinstance(value, str):
        return value
    value = ILLEGAL_CHARACTERS_RE.sub("", value)
    if not value.startswith(_BEGINS_FORMULA) and "\n" not in value:
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(_BEGINS_FORMULA)
    cell.alignment = Alignment(vertical="top", wrap_text="\n" in value)
    return cell
