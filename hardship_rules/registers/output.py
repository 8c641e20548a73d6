"""What is written of a register: its verdicts, totals and report."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

from attrs import evolve, frozen

from hardship_rules.core.extras import not_installed
from hardship_rules.core.files import scratch, write_whole
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.problem import Language, Location, Problem
from hardship_rules.core.version import __version__
from hardship_rules.frames.libraries import pl
from hardship_rules.registers._table import Cell, letters
from hardship_rules.registers.register import Register
from hardship_rules.registers.verdicts import Rows, doubt_of

_WORDS = FrozenMapping(
    {
        "zh": (
            "    共 {count:,} 处：{places}",
            "    共 {count:,} 行：第 {places} 行",
            "……（全部位置见 --format json）",
            "、",
            "填的是 `{given}`",
        ),
        "en": (
            "    {count:,} places: {places}",
            "    {count:,} rows: {places}",
            " … (all of them: --format json)",
            ", ",
            "`{given}` stands there",
        ),
    }
)
_MOST = 200  # places that are listed of one kind
_OF_ROWS = "row_"  # begins the code of what is said of a whole row


def report(problems: Iterable[Problem], lang: Language, *, show_values: bool = False) -> str:
    """All problems in the order of the sheets; those with the same sentence, in other rows of a column, together."""
    together: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        at = problem.location
        where = (at.file, at.sheet, at.column) if isinstance(at, Cell) else (at,)
        said = None if _is_of_one_row(problem) else problem.message(lang)  # which names that row
        sentence = (problem.severity, problem.code, said, problem.help(lang))
        together.setdefault((where, sentence), []).append(problem)
    return "\n".join(line for some in together.values() for line in _lines(some, lang, show_values=show_values))


def rows_told(problems: Iterable[Problem]) -> tuple[str, ...]:
    """What is reported of whole rows and of hidden columns, a line for each kind, in Chinese: …合计行…第 12、40 行."""
    together: dict[tuple[str, str], list[int]] = {}
    for problem in problems:
        at = problem.location
        if isinstance(at, Cell) and problem.code.startswith((_OF_ROWS, "column_hidden")):
            rows = together.setdefault((at.sheet or at.file, problem.message("zh")), [])
            rows += [at.line] if problem.code.startswith(_OF_ROWS) else []
    told = []
    for (sheet, sentence), rows in together.items():
        listed = row_ranges(rows)
        more = "……" if len(listed) > _MOST else ""
        places = f"，共 {len(rows):,} 行：第 {'、'.join(listed[:_MOST])}{more} 行" if rows else ""
        told.append(f"{sheet}：{sentence}{places}")
    return tuple(told)


def row_ranges(rows: Iterable[int]) -> list[str]:
    """The numbers of rows in order, those below one another as 7-9."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    return [f"{first}" if first == last else f"{first}-{last}" for first, last in ranges]


def _lines(some: list[Problem], lang: Language, *, show_values: bool) -> Iterator[str]:
    places_told, rows_listed, more, join, given = _WORDS[lang]
    some = sorted(some, key=lambda each: each.location or Location("", 0, 0))
    if len(some) > 1 and _is_of_one_row(some[0]):
        ranges = list(_ranges(some))
        places = join.join(ranges[:_MOST]) + (more if len(ranges) > _MOST else "")
        yield evolve(some[0], values={**some[0].values, "count": f"{len(some):,}", "places": places}).line(lang)
        return
    yield some[0].line(lang)
    of_rows = some[0].code.startswith(_OF_ROWS)
    if of_rows:
        listed = row_ranges(each.location.line for each in some if each.location is not None)
    elif show_values and any(each.given for each in some):
        listed = [f"{_name(each)} {given.format(given=each.given)}" if each.given else _name(each) for each in some]
    elif len(some) > 1:
        listed = list(_ranges(some))
    else:
        return
    places = join.join(listed[:_MOST]) + (more if len(listed) > _MOST else "")
    yield (rows_listed if of_rows else places_told).format(count=len(some), places=places)


def _is_of_one_row(problem: Problem) -> bool:
    """Its sentence counts rows and names them, and it is of one row alone: others may be counted in it."""
    return problem.values.get("count") == "1" and "places" in problem.values


def _name(problem: Problem) -> str:
    return problem.location.name if isinstance(problem.location, Cell) else problem.place


def _ranges(some: list[Problem]) -> Iterator[str]:
    """The cells of one column, those below one another as C5:C9."""
    column = letters(some[0].location.column) if some[0].location is not None else ""
    for rows in row_ranges(each.location.line for each in some if each.location is not None):
        yield ":".join(f"{column}{row}" for row in rows.split("-"))


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


SUFFIXES = (".xlsx", ".csv", ".parquet")
WORDS = FrozenMapping(
    {
        "rows": "结果",
        "totals": "合计",
        "policy": "政策",
        "draft": "【草案】政策尚未批准，结果不能用来认定",
        "on": "认定日期",
        "no_date": "未给出",
        "fingerprint": "政策指纹",
        "version": "程序版本",
        "households": "家庭（户）",
        "members": "成员（人）",
        "absent": "表中没有、各户均按规则取值的事实",
        "not_there": "表中没有、按未知处理的事实",
        "remarks": "没有计入的行，和隐藏、划去等照常计入的内容",
        "blank": "空格的含义",
        "left out": "没有填写：有规则的按规则取值",
        "unknown": "已知是未知",
        "disclaimer": "辅助审核意见，不替代工会认定决定。本表含家庭情况，按档案保管。",
    }
)
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60


@frozen
class Totals:
    """What stands above the totals, and of each decision how many households come to what.

    `remarks` are the rows that were left out, and those that were hidden.
    """

    about: tuple[tuple[str, str], ...]
    counted: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    def text(self) -> str:
        """The totals as they are printed."""
        lines = [*self.notes[:-1], *(f"{name}：{value}" for name, value in self.about)]
        for title, counts in self.counted:
            told = "，".join(f"{name} {count:,}" for name, count in counts if count)
            lines.append(f"{title}：{told or '0'}")
        lines += [f"{heading}：{'、'.join(titles)}" for heading, titles in self.lists]
        return "\n".join([*lines, *self.remarks, self.notes[-1]]) + "\n"

    def data(self) -> dict[str, object]:
        """The totals as a program reads them: the number of households of each outcome, of each decision."""
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


def totals_of(register: Register, rows: Rows, on: str | None) -> Totals:
    """The totals of a register, and by what it was assessed."""
    policy = register.policy
    lists = {"absent": register.absent, "not_there": register.not_there}
    about = {
        "policy": policy.title,
        "on": on or WORDS["no_date"],
        "fingerprint": policy.fingerprint,
        "version": f"hardship-rules {__version__}",
        "households": f"{register.households.frame.height:,}",
        "members": f"{register.members.frame.height:,}",
        "blank": WORDS[register.mapping.blank],
    }
    notes = [WORDS["draft"]] if policy.status == "draft" else []
    notes += [] if (doubt := doubt_of(register)) is None else [doubt]
    listed = {WORDS[key]: tuple(policy.names[name].title for name in names) for key, names in lists.items() if names}
    said = tuple((WORDS[key], value) for key, value in about.items())
    remarks = rows_told(register.warnings)
    return Totals(said, rows.counted, tuple(listed.items()), (*notes, WORDS["disclaimer"]), remarks)


def save(path: Path, rows: Rows, totals: Totals) -> None:
    """Write the table by the path's suffix, whole or not at all; only a workbook has the totals in it.

    Raises `OSError`.
    """
    match path.suffix.lower():
        case ".xlsx":
            content = BytesIO()  # of a zip that cannot be closed Python itself would complain on standard error
            with _spool(path) as first, _spool(path) as second:
                _workbook(content, rows.frame, totals, (first, second))
            write_whole(path, lambda stream: stream.write(content.getbuffer()))
        case ".csv":
            write_whole(path, lambda stream: _csv(stream, rows.frame))
        case _:
            content = BytesIO()  # Polars has its own errors for a disk that is full
            rows.frame.write_parquet(content)
            write_whole(path, lambda stream: stream.write(content.getbuffer()))


def _csv(stream: BinaryIO, frame: pl.DataFrame) -> None:
    texts = TextIOWrapper(stream, encoding="utf-8-sig", errors="backslashreplace", newline="")
    writer = csv.writer(texts)
    writer.writerow(frame.columns)
    writer.writerows(map(_as_texts, frame.iter_rows()))
    texts.detach()


def _as_texts(row: tuple[Any, ...]) -> Iterator[Any]:
    """A row of csv; a text that a spreadsheet would take for a formula stands behind an apostrophe."""
    for value in row:
        is_formula = isinstance(value, str) and value.startswith(_BEGINS_FORMULA)
        yield f"'{value}" if is_formula else value


@contextmanager
def _spool(path: Path) -> Iterator[str]:
    """A file in which openpyxl keeps a sheet until the workbook is saved; its own would outlive a killed run."""
    with scratch(path) as part:
        ALL_TEMP_FILES.append(name := str(part))
        try:
            yield name
        finally:
            if name in ALL_TEMP_FILES:  # it is not saved, and not openpyxl's to remove at the end of the program
                ALL_TEMP_FILES.remove(name)


def _begin(sheet: Any, spool: str) -> None:
    """Begin the rows of a sheet, whose widths and panes are set."""
    sheet._writer = WorksheetWriter(sheet, spool)  # noqa: SLF001  # openpyxl has no other way to say which file
    sheet._writer.write_top()  # noqa: SLF001  # as openpyxl does where it makes the writer


def _workbook(stream: BinaryIO, frame: pl.DataFrame, totals: Totals, spools: tuple[str, str]) -> None:
    """Write the workbook, its sheets in the two files until it is saved."""
    book = openpyxl.Workbook(write_only=True)
    try:
        _sheets(book, frame, totals, spools)
        book.save(stream)
    except BaseException:
        _end(book)
        raise


def _end(book: Any) -> None:
    """End the rows of sheets that cannot be saved: left to Python, they would complain on standard error."""
    for sheet in book.worksheets:
        for rows in (sheet._rows, getattr(sheet._writer, "xf", None)):  # noqa: SLF001  # as `_begin` set them
            if rows is not None:
                with suppress(OSError, ValueError):  # the second of a file that could not be closed before
                    rows.close()


def _sheets(book: openpyxl.Workbook, frame: pl.DataFrame, totals: Totals, spools: tuple[str, str]) -> None:
    sheet = book.create_sheet(WORDS["rows"])
    sheet.freeze_panes = "B2"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.auto_filter.ref = f"A1:{get_column_letter(frame.width)}{frame.height + 1}"
    for number, column in enumerate(frame.get_columns(), 1):
        longest = max(
            [len(column.name), *(len(str(each).split("\n")[0]) for each in column.head(200) if each is not None)]
        )
        sheet.column_dimensions[get_column_letter(number)].width = min(_WIDEST, 3 + 2 * longest)
    _begin(sheet, spools[0])
    sheet.append([_head(sheet, name) for name in frame.columns])
    for row in frame.iter_rows():
        sheet.append([_cell(sheet, value) for value in row])
    sheet = book.create_sheet(WORDS["totals"])
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
    remarks = ((WORDS["remarks"], totals.remarks),) if totals.remarks else ()
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
    """A value as a cell; a text is always one, whatever it begins with."""
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
