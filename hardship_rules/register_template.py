"""The workbook of a register still to be filled in: its columns, what may stand in each, and how to fill it in."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from hardship_rules.conversion import factor_of, units_of
from hardship_rules.filling import absent, allowed
from hardship_rules.mapping import IDENTIFIER, UNKNOWN_WORDS
from hardship_rules.model import Fact, Policy
from hardship_rules.ranges import Exact
from hardship_rules.values import EARLIEST, LATEST, ChoiceKind, DateKind, NumberKind, YesNoKind

HOUSEHOLDS, MEMBERS, ABOUT, OPTIONS = "家庭", "成员", "说明", "选项"
KEY, LABEL, UNKNOWN = "户号", "称呼", UNKNOWN_WORDS[-1]
ROWS = 5000
"""The rows in which drop-downs and checks stand."""

_NEEDED, _OPTIONAL, _KEYS = "FFF2CC", "E7EEF5", "D9D9D9"
_WIDTHS = (8, 34, 56, 18, 44, 24)  # of the columns of the explanations
_COMMENTS = {
    KEY: "本单位自己的编号。同一户在“家庭”“成员”两个工作表中户号相同；不要用身份证号码。",
    LABEL: "怎样称呼这名成员，如“长女”。可不填，不影响结果。",
    IDENTIFIER: "只用来查对有没有重复建档，不写入结果。可不填。本列是文本格式，否则18位号码的末几位会丢失。",
}
_HOW = (
    "“家庭”表每户一行，“成员”表每名成员一行；职工本人也要列入成员。第一行是列名，不要改动；不用的列可以删去。",
    "黄色的列应当填写；蓝色的列可以空着，空着时怎样取值见下表“不填时”一栏，没有适用的规则就是未知。",
    "空格不等于零。已经知道是弄不清的，填“未知”。",
    "金额只写数字，不写单位；单位在列名的括号里。列名的括号里可以改成别的单位，如（万元）。",
    "不要合并单元格，不要留合计行。身份证号一列保持文本格式。",
    "下表“示例”一栏是虚构的，只说明写法；不要抄到表里。",
    "填好后：hardship-rules register {file} -p {policy} --on 认定日期 -o 结果.xlsx",
)


def register_template(policy: Policy, path: Path, name: str) -> None:
    """Write the workbook, to be called `name`: households, members, how it is to be filled in, and the options."""
    book = openpyxl.Workbook()
    households = cast(Any, book.active)
    households.title = HOUSEHOLDS
    members, about, options = (book.create_sheet(name) for name in (MEMBERS, ABOUT, OPTIONS))
    options.sheet_properties.tabColor = _KEYS
    _sheet(policy, households, [KEY], list(policy.facts.values()), options)
    _sheet(policy, members, [KEY, LABEL, IDENTIFIER], list(policy.members.facts.values()), options)
    _about(policy, about, name)
    book.save(path)


def header_of(policy: Policy, fact: Fact) -> str:
    """A fact's column: its title, with the unit where the reader of headers takes it."""
    if isinstance(fact.kind, NumberKind):
        unit = units_of(policy, fact)
        if unit and factor_of(policy, fact, unit) == 1:
            return f"{fact.title}（{unit}）"
    return fact.title


def _sheet(policy: Policy, sheet: Any, keys: list[str], facts: list[Fact], options: Any) -> None:
    for number, key in enumerate(keys, 1):
        _head(sheet, number, key, _KEYS, _COMMENTS[key])
        sheet.column_dimensions[get_column_letter(number)].number_format = "@"
    for number, fact in enumerate(facts, len(keys) + 1):
        left_out = absent(policy, fact)
        told = [
            allowed(policy, fact),
            f"凭{fact.evidence}" if fact.evidence else "",
            left_out,
            f"不清楚的填“{UNKNOWN}”",
        ]
        _head(sheet, number, header_of(policy, fact), _OPTIONAL if left_out else _NEEDED, "\n".join(filter(None, told)))
        letter = get_column_letter(number)
        if isinstance(fact.kind, DateKind):
            sheet.column_dimensions[letter].number_format = "yyyy-mm-dd"
        check = _check(policy, fact, options)
        check.add(f"{letter}2:{letter}{ROWS}")
        sheet.add_data_validation(check)
    sheet.freeze_panes = f"{get_column_letter(len(keys) + 1)}2"
    sheet.row_dimensions[1].height = 48


def _head(sheet: Any, number: int, title: str, colour: str, comment: str) -> None:
    cell = sheet.cell(1, number, title)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=colour)
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    cell.comment = Comment(
        comment, "hardship-rules", width=300, height=20 + 20 * (len(comment) // 20 + comment.count("\n") + 1)
    )
    sheet.column_dimensions[get_column_letter(number)].width = max(11, min(24, 2 * len(title) + 2))


def _check(policy: Policy, fact: Fact, options: Any) -> DataValidation:
    """What may stand in a fact's cells; of a number and a day a warning only, since the word for unknown may, too."""
    match fact.kind:
        case ChoiceKind(titles):
            check = DataValidation(
                "list", formula1=_listed(options, fact, [*titles.values(), UNKNOWN]), allow_blank=True
            )
        case YesNoKind():
            check = DataValidation("list", formula1=f'"是,否,{UNKNOWN}"', allow_blank=True)
        case NumberKind(low=low, high=high, decimals=decimals):
            ends = (_plain(cast(Exact, low)), _plain(cast(Exact, high)))
            check = _between("decimal" if decimals else "whole", ends)
        case DateKind():
            first = max(EARLIEST, date(1900, 1, 1))  # the first that spreadsheets know
            check = _between("date", (_day(first), _day(LATEST)))
    check.errorStyle = "stop" if isinstance(fact.kind, ChoiceKind | YesNoKind) else "warning"
    check.errorTitle, check.error = fact.title[:32], f"可填：{allowed(policy, fact)}；不清楚的填“{UNKNOWN}”。"[:255]
    check.showErrorMessage = True
    return check


def _between(kind: Literal["decimal", "whole", "date"], ends: tuple[str, str]) -> DataValidation:
    return DataValidation(kind, operator="between", formula1=ends[0], formula2=ends[1], allow_blank=True)


def _day(day: date) -> str:
    return f"DATE({day.year},{day.month},{day.day})"


def _plain(number: Exact) -> str:
    return str(number) if isinstance(number, int) else str(float(number))


def _listed(options: Any, fact: Fact, titles: list[str]) -> str:
    """The cells in which a fact's options stand, one below the other."""
    number = 1 if options.cell(1, 1).value is None else options.max_column + 1
    for row, text in enumerate([fact.title, *titles], 1):
        options.cell(row, number, text).font = Font(bold=row == 1)
    letter = get_column_letter(number)
    options.column_dimensions[letter].width = 24
    return f"{OPTIONS}!${letter}$2:${letter}${len(titles) + 1}"


def _about(policy: Policy, sheet: Any, file: str) -> None:
    """How to fill it in, and every fact with what may stand there, what proves it, and an example."""
    sheet.cell(1, 1, f"{policy.title}：登记簿填写说明").font = Font(bold=True, size=14)
    for number, text in enumerate(_HOW, 2):
        sheet.cell(number, 1, f"{number - 1}. {text.format(file=file, policy=policy.name)}")
    start = len(_HOW) + 3
    for row, cells in enumerate([("表", "列名", "可填", "证明材料", "不填时", "示例（虚构）"), *_rows(policy)], start):
        lines = 1
        for number, text in enumerate(cells, 1):
            cell = sheet.cell(row, number, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            lines = max(lines, 1 + (2 * len(text) - 1) // _WIDTHS[number - 1])
            if row == start:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_OPTIONAL)
        sheet.row_dimensions[row].height = 15 * lines
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr = 0, PageSetupProperties(fitToPage=True)


def _rows(policy: Policy) -> Iterator[tuple[str, ...]]:
    yield HOUSEHOLDS, KEY, "本单位自己的编号", "", "", "A001"
    for table, facts in ((HOUSEHOLDS, policy.facts), (MEMBERS, policy.members.facts)):
        if table == MEMBERS:
            yield MEMBERS, KEY, "所属家庭的户号", "", "", "A001"
        for fact in facts.values():
            left_out = absent(policy, fact)
            yield (
                table,
                header_of(policy, fact),
                allowed(policy, fact),
                fact.evidence,
                left_out,
                "" if left_out else _example(fact),
            )


def _example(fact: Fact) -> str:
    match fact.kind:
        case ChoiceKind(options):
            return next(iter(options.values()))
        case YesNoKind():
            return "否"
        case NumberKind(low=low, high=high, decimals=decimals):
            some = next(
                (each for each in ((1200, 1) if decimals else (1,)) if cast(Exact, low) <= each <= cast(Exact, high)),
                low,
            )
            return f"{some}.50" if decimals and some == 1200 else str(some)
        case DateKind():
            return "1990-05-01"
