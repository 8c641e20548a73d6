"""A register's workbook still to be filled in: a row a household, a row a member, and a sheet that says how."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import groupby
from typing import cast

from hardship_rules.core.extras import not_installed

try:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.header_footer import HeaderFooterItem
    from openpyxl.worksheet.properties import PageSetupProperties
    from openpyxl.worksheet.worksheet import Worksheet
except ModuleNotFoundError as error:
    raise not_installed(error, "register") from None

from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind, DateKind, NumberKind, YesNoKind
from hardship_rules.core.policy import Policy
from hardship_rules.documents.text import width, wrapped
from hardship_rules.explanation.forms import allowed, window
from hardship_rules.explanation.wording import exact_text, one_line
from hardship_rules.language.mapping import IDENTIFIER
from hardship_rules.registers._invented import invented
from hardship_rules.registers._sheet import KEY, UNKNOWN, Need, SheetColumn, left_out, option_words, sheet_columns

HEADER_ROW = 3
_LAST_ROW = 1_048_576  # that a sheet can have
_LONGEST_LIST = 250  # of 255 characters that a formula may have for a list
_FILLS: dict[Need, str] = {"应填": "FFD966", "视情况填": "FFF2CC", "可不填": "EDEDED"}
_BAND = ("DDEBF7", "C9DDF0")  # of groups, in turn
_SIDE = Side("thin", "808080")
_LINE = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_TOP = Alignment(wrap_text=True, vertical="top")
_A3, _A4 = 8, 9  # as page setups number them
_TITLE = 32  # characters that a message's title may have
_POINTS = 16  # the height of a line
_WIDTHS = (26, 10, 36, 14, 38, 16, 16)  # of the explanation's columns
_SENTENCES = (
    f"从第 {HEADER_ROW + 1} 行起填写：“家庭”表每户一行，“成员”表每名成员一行，本人也是成员；两表用同一{KEY}对应。",
    "有下拉列表的从列表中选。金额填数字，不写“元”，单位见表头上方；没有这项收入或支出的填 0。",
    f"还没有问到的留空：留空不等于零，也不等于否。已知是弄不清的，写“{UNKNOWN}”。",
    f"{KEY}和{IDENTIFIER}两列是文本格式，请不要改成数值，否则 18 位号码的末几位会丢失。",
    "不要改动表头的文字，不要合并单元格；可以增加行，也可以删去不用的列（该列各户都按没有填写处理）。",
    "指针移到表头上，可以看到单位、可填内容、证明材料和不填时怎样取值；打印时见下面两张表。",
)
_NEEDS: dict[Need, str] = {
    "应填": "不填时是未知，可能因此待定。",
    "视情况填": "不填时由其他各项得出；得不出的仍是未知。",
    "可不填": "不填时按说明取值。",
}


def register_template(policy: Policy, file: str = "登记表.xlsx") -> bytes:
    """The workbook of an empty register, as a union fills it in and `register` reads it from that file."""
    book = Workbook()
    book.remove(cast(Worksheet, book.active))
    sheets = {False: book.create_sheet("家庭"), True: book.create_sheet("成员")}
    how, lists = _how(book.create_sheet("说明"), policy, file), book.create_sheet("选项")
    examples = invented(policy)
    for of_members, sheet in sheets.items():
        columns = sheet_columns(policy, of_members=of_members)
        _fill(sheet, columns, lists)
        given = examples[1] if of_members else [examples[0]]
        _tell(how, policy, sheet.title, columns, given)
    if lists["A1"].value is None:
        book.remove(lists)
    lists.sheet_state = "hidden"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Worksheet, columns: Sequence[SheetColumn], lists: Worksheet) -> None:
    """The headers of a sheet that is read, and under each what may stand there."""
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = _width(column)
        sheet.column_dimensions[letter].number_format = column.number_format
        header = _put(sheet, HEADER_ROW, number, column.header, fill=_FILLS[column.need], bold=True)
        header.comment = _note(column.note)
        _put(
            sheet, HEADER_ROW - 1, number, "\n".join(filter(None, (column.need, column.unit))), fill=_FILLS[column.need]
        )
        if (rule := _rule(column, f"{letter}{HEADER_ROW + 1}", lists)) is not None:
            rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{_LAST_ROW}")
            sheet.add_data_validation(rule)
    sheet.row_dimensions[HEADER_ROW - 1].height = 2 * _POINTS
    number = 1
    for count, (group, inside) in enumerate(groupby(columns, lambda column: column.group)):
        for first, _ in enumerate(list(inside)):
            _put(sheet, 1, number, group if first == 0 else "", fill=_BAND[count % 2], bold=True)
            number += 1
    last = get_column_letter(len(columns))
    keys = sum(column.fact is None for column in columns)
    sheet.freeze_panes = f"{get_column_letter(keys + 1)}{HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{last}{_LAST_ROW}"
    sheet.row_dimensions[HEADER_ROW].height = _POINTS * max(
        len(wrapped(column.header, int(_width(column)) - 2)) for column in columns
    )
    sheet.row_dimensions[HEADER_ROW].height += _POINTS  # for the arrow of the filter
    _paged(sheet, _A3)
    sheet.print_title_rows = f"1:{HEADER_ROW}"


def _rule(column: SheetColumn, first: str, lists: Worksheet) -> DataValidation | None:
    """What Excel lets stand in a column, whose first cell is named."""
    if not column.choices and not column.formula:
        return None
    if column.choices:
        rule = DataValidation(type="list", formula1=_listed(column.choices, lists), allow_blank=True)
    else:
        rule = DataValidation(type="custom", formula1=column.formula.format(first), allow_blank=True)
    rule.errorStyle = "warning" if column.fact is None else "stop"
    rule.showErrorMessage = True
    rule.errorTitle, rule.error = column.header[:_TITLE], column.refused
    return rule


def _listed(choices: Sequence[str], lists: Worksheet) -> str:
    """A drop-down list: in the rule itself, or, where that cannot hold it, in a column of the sheet of lists."""
    written = ",".join(choices)
    if len(written) <= _LONGEST_LIST and not any(sign in choice for choice in choices for sign in ',"'):
        return f'"{written}"'
    number = 1 if lists["A1"].value is None else lists.max_column + 1
    for row, choice in enumerate(choices, 1):
        _put(lists, row, number, choice)
    letter = get_column_letter(number)
    return f"'{lists.title}'!${letter}$1:${letter}${len(choices)}"


def _put(  # noqa: PLR0913  # a place, a text, and how it looks
    sheet: Worksheet, row: int, column: int, text: str, *, fill: str = "", bold: bool = False, framed: bool = True
) -> Cell:
    """A text in a cell, never a formula."""
    cell = cast(Cell, sheet.cell(row, column))
    if text:
        cell.value = text
        cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = _TOP
    cell.font = Font(bold=bold)
    if framed:
        cell.border = _LINE
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    return cell


def _note(text: str) -> Comment:
    lines = sum(len(wrapped(line, 40)) for line in text.split("\n"))
    return Comment(text, "填写说明", height=20 * lines + 16, width=320)


def _width(column: SheetColumn) -> int:
    """Wide enough for what may stand there, the headers in a few lines."""
    if column.fact is None:
        return 22 if column.header == IDENTIFIER else 14
    least = 14 if column.formula else max(map(width, column.choices)) + 4
    return min(max(least, (width(column.header) + 2) // 2 + 2, 12), 24)


def _paged(sheet: Worksheet, paper: int) -> None:
    """Printed lengthwise, as wide as the paper, its pages numbered."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    cast(HeaderFooterItem, sheet.oddFooter).center.text = f"{sheet.title}　第 &P 页，共 &N 页"


def _how(sheet: Worksheet, policy: Policy, file: str) -> Worksheet:
    """The sheet that says how the others are filled in; a table of the columns of each follows."""
    for number, columns in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = columns
    _say(sheet, f"{one_line(policy.title)}：登记表填写说明", bold=True)
    _say(sheet, f"政策 {policy.name}；适用日期：{window(policy)}；指纹 {policy.fingerprint}")
    for number, sentence in enumerate(_SENTENCES, 1):
        _say(sheet, f"{number}. {sentence}")
    command = f"hardship-rules register {file} -p {policy.name} --on 认定日期 -o 结果.xlsx"
    _say(sheet, f"{len(_SENTENCES) + 1}. 填好后运行：{command}")
    _say(sheet, "表头的颜色：")
    for each, meaning in _NEEDS.items():
        row = sheet.max_row + 1
        _put(sheet, row, 1, each, fill=_FILLS[each], bold=True)
        _merged(sheet, row, 2, meaning)
    _paged(sheet, _A4)
    return sheet


def _tell(
    sheet: Worksheet, policy: Policy, title: str, columns: Sequence[SheetColumn], given: Sequence[Mapping[str, object]]
) -> None:
    """What each column of a sheet takes, with an invented example beside it."""
    examples = ["示例"] if len(given) == 1 else [f"示例：第 {number} 名" for number in range(1, len(given) + 1)]
    _say(sheet, "")
    _say(sheet, f"“{title}”表的各列。示例是虚构的；这里竖着写，一列示例是“{title}”表中的一行", bold=True)
    rows = [(("项目", "填否", "可填内容", "证明材料", "不填时", *examples), _BAND[0])]
    for column in columns:
        fact = column.fact
        told = (column.note, "", "") if fact is None else (allowed(policy, fact), fact.evidence, left_out(policy, fact))
        shown = [_shown(column, part) for part in given]
        rows.append(((column.header, column.need, *map(one_line, told), *shown), _FILLS[column.need]))
    for texts, fill in rows:
        row = sheet.max_row + 1
        for number, text in enumerate(texts, 1):
            head = fill == _BAND[0]
            _put(sheet, row, number, text, fill=fill if head or number <= 2 else "", bold=head or number == 1)
        lines = max(len(wrapped(text, _WIDTHS[number] - 4)) for number, text in enumerate(texts))
        sheet.row_dimensions[row].height = _POINTS * lines


def _shown(column: SheetColumn, given: Mapping[str, object]) -> str:
    """What stands in a cell of the example."""
    if column.fact is None:
        return "A001" if column.header == KEY else "（略）"
    if column.fact.name not in given:
        return "（不填）"
    value = given[column.fact.name]
    match column.fact.kind:
        case ChoiceKind(options):
            return option_words(column.fact)[list(options).index(str(value))]
        case YesNoKind():
            return "是" if value else "否"
        case NumberKind():
            return exact_text(cast(Exact, value))
        case DateKind():
            return str(value)


def _say(sheet: Worksheet, text: str, *, bold: bool = False) -> None:
    """A paragraph over the sheet's whole width."""
    _merged(sheet, 1 if sheet["A1"].value is None else sheet.max_row + 1, 1, text, bold=bold)


def _merged(sheet: Worksheet, row: int, first: int, text: str, *, bold: bool = False) -> None:
    _put(sheet, row, first, text, bold=bold, framed=False)
    sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=len(_WIDTHS))
    sheet.row_dimensions[row].height = _POINTS * len(wrapped(text, sum(_WIDTHS[first - 1 :]) - 4))
