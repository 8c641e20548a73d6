"""The workbook of an empty register: a row a household, a row a member, and a sheet that explains each column."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import groupby
from typing import Literal, cast

from attrs import frozen

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

from hardship_rules.core.expr import names_in
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.documents.text import width, wrapped
from hardship_rules.explanation.forms import allowed_values, default_note, effective_days
from hardship_rules.explanation.wording import exact_text, one_line
from hardship_rules.language.mapping import IDENTIFIER, UNKNOWN_WORDS, units_of
from hardship_rules.locale import sentences
from hardship_rules.registers._example import example_household
from hardship_rules.registers._headers import bare

HEADER_ROW = 3

_WORDS = sentences("register_template")
_KEY = _WORDS["key"]
_UNKNOWN = UNKNOWN_WORDS[-1]
_LAST_ROW = 1_048_576  # of a sheet

# Lengths in characters, where Excel has a limit
_LONGEST_MESSAGE = 200  # of 224
_LONGEST_TITLE = 32
_LONGEST_LIST = 250  # of 255

# Looks
_FILLS = {"required": "FFD966", "conditional": "FFF2CC", "optional": "EDEDED"}
_BANDS = ("DDEBF7", "C9DDF0")  # of groups, in turn
_SIDE = Side("thin", "808080")
_BORDER = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_TOP = Alignment(wrap_text=True, vertical="top")
_A3, _A4 = 8, 9  # as page setups number them
_POINTS = 16  # the height of a line
_WIDTHS = (26, 10, 36, 14, 38, 16, 16)  # of the columns of the explanation

Need = Literal["required", "conditional", "optional"]


@frozen
class SheetColumn:
    """A column of a sheet: its header, its group, whether it must be filled in, and the values that Excel accepts.

    `choices` are offered in a drop-down list; `formula` is true for a valid cell, whose name replaces {}.
    """

    header: str
    group: str
    need: Need
    unit: str
    note: str
    number_format: str
    refusal: str  # the message for any other value
    choices: tuple[str, ...] = ()
    formula: str = ""
    fact: Fact | None = None


def register_template(policy: Policy, file: str = "登记表.xlsx") -> bytes:
    """The workbook of an empty register, for staff to fill in; `file` is its name in the explanation."""
    book = Workbook()
    book.remove(cast(Worksheet, book.active))
    sheets = {False: book.create_sheet(_WORDS["households"]), True: book.create_sheet(_WORDS["members"])}
    explanation = _explanation(book.create_sheet(_WORDS["explanation"]), policy, file)
    lists = book.create_sheet(_WORDS["lists"])
    household, members = example_household(policy)
    for of_members, sheet in sheets.items():
        columns = sheet_columns(policy, of_members=of_members)
        _add_headers(sheet, columns, lists)
        _explain_columns(explanation, policy, sheet.title, columns, members if of_members else [household])
    if lists["A1"].value is None:
        book.remove(lists)
    lists.sheet_state = "hidden"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet_columns(policy: Policy, *, of_members: bool) -> tuple[SheetColumn, ...]:
    """The columns of a sheet: the household's key, the members' identifier, and the facts, by groups."""
    facts = policy.members.facts if of_members else policy.facts
    groups = {fact.group: [each for each in facts.values() if each.group == fact.group] for fact in facts.values()}
    keys = [_key_column(of_members=of_members), *([_identifier_column()] if of_members else [])]
    taken = {bare(column.header) for column in keys}
    columns = []
    for fact in (fact for group in groups.values() for fact in group):
        title = one_line(fact.title)
        header = fact.name if bare(title) in taken else title
        taken.add(bare(header))
        columns.append(_fact_column(policy, fact, header, has_groups=len(groups) > 1))
    return (*keys, *columns)


def _key_column(*, of_members: bool) -> SheetColumn:
    note = _WORDS["key_of_member" if of_members else "key_of_household"]
    return SheetColumn(_KEY, "", "required", "", note, "@", _WORDS["key_needed"].format(key=_KEY))


def _identifier_column() -> SheetColumn:
    note, refusal = _WORDS["identifier"], _WORDS["identifier_length"]
    return SheetColumn(IDENTIFIER, "", "optional", "", note, "@", refusal, formula="LEN(TRIM({}))=18")


def _fact_column(policy: Policy, fact: Fact, header: str, *, has_groups: bool) -> SheetColumn:
    values, need = allowed_values(policy, fact), _need(policy, fact)
    unit = units_of(policy, fact) if isinstance(fact.kind, NumberKind) else ""
    lines = [_WORDS["note"].format(need=_WORDS[need], values=values)]
    lines += [_WORDS["note_unit"].format(unit=unit)] if unit else []
    lines += [_WORDS["note_evidence"].format(evidence=one_line(fact.evidence))] if fact.evidence else []
    lines.append(_WORDS["note_left_out"].format(default=_default(policy, fact)))
    lines.append(_WORDS["note_unknown"].format(unknown=_UNKNOWN))
    number_format, choices, formula = _rule(fact)
    refusal = _WORDS["refusal"].format(values=values, unknown=_UNKNOWN)
    if len(refusal) > _LONGEST_MESSAGE:
        refusal = _WORDS["refusal_short"].format(unknown=_UNKNOWN)
    group = one_line(fact.group) or (_WORDS["other_group"] if has_groups else "")
    return SheetColumn(header, group, need, unit, "\n".join(lines), number_format, refusal, choices, formula, fact)


def _need(policy: Policy, fact: Fact) -> Need:
    """Whether a fact is required: optional if its default is a constant, conditional if it uses other facts."""
    if fact.if_absent is None:
        return "required"
    facts = {*policy.facts, *policy.members.facts}
    return "conditional" if facts & {*names_in(fact.if_absent)} else "optional"


def _default(policy: Policy, fact: Fact) -> str:
    """The value of a fact that is left out, in words."""
    unknown = "default_number" if isinstance(fact.kind, NumberKind) else "default_unknown"
    return default_note(policy, fact) or _WORDS[unknown]


def _rule(fact: Fact) -> tuple[str, tuple[str, ...], str]:
    """The number format of a fact's cells, their choices, and the formula that is true for a valid cell."""
    match fact.kind:
        case ChoiceKind():
            return "@", (*_option_words(fact), _UNKNOWN), ""
        case BooleanKind():
            return "@", (_WORDS["yes"], _WORDS["no"], _UNKNOWN), ""
        case DateKind():
            return "yyyy-mm-dd", (), _or_unknown("{0}>=1,{0}<=DATE(2200,12,31),INT({0})={0}")
        case NumberKind(low=low, high=high, decimals=decimals):
            ends = f"{{0}}>={exact_text(cast(Exact, low))},{{0}}<={exact_text(cast(Exact, high))}"
            shown = f"#,##0.{'0' * decimals}" if decimals else "0"
            return shown, (), _or_unknown(f"{ends},ROUND({{0}},{decimals})={{0}}")


def _option_words(fact: Fact) -> tuple[str, ...]:
    """The options of a choice as a cell has them: by title, or by name if Excel would strip spaces of the title."""
    options = cast(ChoiceKind, fact.kind).options
    return tuple(title if title == one_line(title) else name for name, title in options.items())


def _or_unknown(conditions: str) -> str:
    """Excel evaluates every part of AND and OR, and cannot round a text: hence IF."""
    return f'IF(ISNUMBER({{0}}),AND({conditions}),TRIM({{0}})="{_UNKNOWN}")'


def _add_headers(sheet: Worksheet, columns: Sequence[SheetColumn], lists: Worksheet) -> None:
    """The headers of a sheet to fill in, and the validation of the cells below them."""
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = _width(column)
        sheet.column_dimensions[letter].number_format = column.number_format
        fill = _FILLS[column.need]
        header = _put(sheet, HEADER_ROW, number, column.header, fill=fill, bold=True)
        header.comment = _comment(column.note)
        _put(sheet, HEADER_ROW - 1, number, "\n".join(filter(None, (_WORDS[column.need], column.unit))), fill=fill)
        if (validation := _validation(column, f"{letter}{HEADER_ROW + 1}", lists)) is not None:
            validation.add(f"{letter}{HEADER_ROW + 1}:{letter}{_LAST_ROW}")
            sheet.add_data_validation(validation)
    sheet.row_dimensions[HEADER_ROW - 1].height = 2 * _POINTS
    number = 1
    for count, (group, inside) in enumerate(groupby(columns, lambda column: column.group)):
        for first, _ in enumerate(list(inside)):
            _put(sheet, 1, number, group if first == 0 else "", fill=_BANDS[count % 2], bold=True)
            number += 1
    last = get_column_letter(len(columns))
    keys = sum(column.fact is None for column in columns)
    sheet.freeze_panes = f"{get_column_letter(keys + 1)}{HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{last}{_LAST_ROW}"
    sheet.row_dimensions[HEADER_ROW].height = _POINTS * max(
        len(wrapped(column.header, int(_width(column)) - 2)) for column in columns
    )
    sheet.row_dimensions[HEADER_ROW].height += _POINTS  # for the arrow of the filter
    _set_page(sheet, _A3)
    sheet.print_title_rows = f"1:{HEADER_ROW}"


def _validation(column: SheetColumn, first: str, lists: Worksheet) -> DataValidation | None:
    """The validation of a column's cells; `first` is the name of the first one."""
    if not column.choices and not column.formula:
        return None
    if column.choices:
        validation = DataValidation(type="list", formula1=_list_formula(column.choices, lists), allow_blank=True)
    else:
        validation = DataValidation(type="custom", formula1=column.formula.format(first), allow_blank=True)
    validation.errorStyle = "warning" if column.fact is None else "stop"
    validation.showErrorMessage = True
    validation.errorTitle, validation.error = column.header[:_LONGEST_TITLE], column.refusal
    return validation


def _list_formula(choices: Sequence[str], lists: Worksheet) -> str:
    """A drop-down list: in the formula, or in a column of the sheet of lists if it is too long or has a comma."""
    written = ",".join(choices)
    if len(written) <= _LONGEST_LIST and not any(sign in choice for choice in choices for sign in ',"'):
        return f'"{written}"'
    number = 1 if lists["A1"].value is None else lists.max_column + 1
    for row, choice in enumerate(choices, 1):
        _put(lists, row, number, choice)
    letter = get_column_letter(number)
    return f"'{lists.title}'!${letter}$1:${letter}${len(choices)}"


def _explanation(sheet: Worksheet, policy: Policy, file: str) -> Worksheet:
    """The sheet that explains how to fill in the others; a table for each of them is added to it."""
    for number, columns in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = columns
    _add_paragraph(sheet, _WORDS["title"].format(title=one_line(policy.title)), bold=True)
    about = _WORDS["about"].format(policy=policy.name, window=effective_days(policy), fingerprint=policy.fingerprint)
    _add_paragraph(sheet, about)
    names = {"row": HEADER_ROW + 1, "key": _KEY, "identifier": IDENTIFIER, "unknown": _UNKNOWN}
    steps = [_WORDS[f"step_{number}"].format(**names) for number in range(1, 7)]
    command = f"hardship-rules register {file} -p {policy.name} --on {_WORDS['on']} -o {_WORDS['output']}"
    steps.append(_WORDS["step_run"].format(command=command))
    for number, step in enumerate(steps, 1):
        _add_paragraph(sheet, f"{number}. {step}")
    _add_paragraph(sheet, _WORDS["colours"])
    for need, fill in _FILLS.items():
        row = sheet.max_row + 1
        _put(sheet, row, 1, _WORDS[need], fill=fill, bold=True)
        _put_merged(sheet, row, 2, _WORDS[f"{need}_means"])
    _set_page(sheet, _A4)
    return sheet


def _explain_columns(
    sheet: Worksheet,
    policy: Policy,
    title: str,
    columns: Sequence[SheetColumn],
    examples: Sequence[Mapping[str, object]],
) -> None:
    """Add the table of a sheet's columns to the explanation, with an example beside each."""
    heads = [_WORDS["example"]]
    if len(examples) > 1:
        heads = [_WORDS["example_of"].format(number=number) for number in range(1, len(examples) + 1)]
    _add_paragraph(sheet, "")
    _add_paragraph(sheet, _WORDS["columns"].format(sheet=title), bold=True)
    rows = [((*_WORDS["heads"].split("|"), *heads), _BANDS[0])]
    for column in columns:
        fact = column.fact
        about = (column.note, "", "")
        if fact is not None:
            about = (allowed_values(policy, fact), fact.evidence, _default(policy, fact))
        values = [_example(column, example) for example in examples]
        rows.append(((column.header, _WORDS[column.need], *map(one_line, about), *values), _FILLS[column.need]))
    for texts, fill in rows:
        row = sheet.max_row + 1
        is_head = fill == _BANDS[0]
        for number, text in enumerate(texts, 1):
            _put(sheet, row, number, text, fill=fill if is_head or number <= 2 else "", bold=is_head or number == 1)
        lines = max(len(wrapped(text, _WIDTHS[number] - 4)) for number, text in enumerate(texts))
        sheet.row_dimensions[row].height = _POINTS * lines


def _example(column: SheetColumn, example: Mapping[str, object]) -> str:
    """The text of a cell in the example."""
    fact = column.fact
    if fact is None:
        return "A001" if column.header == _KEY else _WORDS["example_hidden"]
    if fact.name not in example:
        return _WORDS["example_blank"]
    value = example[fact.name]
    match fact.kind:
        case ChoiceKind(options):
            return _option_words(fact)[list(options).index(str(value))]
        case BooleanKind():
            return _WORDS["yes"] if value else _WORDS["no"]
        case NumberKind():
            return exact_text(cast(Exact, value))
        case DateKind():
            return str(value)


def _put(  # noqa: PLR0913  # a place, a text, and its looks
    sheet: Worksheet, row: int, column: int, text: str, *, fill: str = "", bold: bool = False, framed: bool = True
) -> Cell:
    """Put a text into a cell, never as a formula."""
    cell = cast(Cell, sheet.cell(row, column))
    if text:
        cell.value = text
        cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = _TOP
    cell.font = Font(bold=bold)
    if framed:
        cell.border = _BORDER
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    return cell


def _put_merged(sheet: Worksheet, row: int, first: int, text: str, *, bold: bool = False) -> None:
    """Put a text into a row, over all columns from the first one."""
    _put(sheet, row, first, text, bold=bold, framed=False)
    sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=len(_WIDTHS))
    sheet.row_dimensions[row].height = _POINTS * len(wrapped(text, sum(_WIDTHS[first - 1 :]) - 4))


def _add_paragraph(sheet: Worksheet, text: str, *, bold: bool = False) -> None:
    """Add a paragraph over the sheet's whole width."""
    _put_merged(sheet, 1 if sheet["A1"].value is None else sheet.max_row + 1, 1, text, bold=bold)


def _comment(text: str) -> Comment:
    lines = sum(len(wrapped(line, 40)) for line in text.split("\n"))
    return Comment(text, _WORDS["author"], height=20 * lines + 16, width=320)


def _width(column: SheetColumn) -> int:
    """The width of a column: enough for its values, with the header in a few lines."""
    if column.fact is None:
        return 22 if column.header == IDENTIFIER else 14
    of_values = 14 if column.formula else max(map(width, column.choices)) + 4
    return min(max(of_values, (width(column.header) + 2) // 2 + 2, 12), 24)


def _set_page(sheet: Worksheet, paper: int) -> None:
    """Print in landscape, to the width of the paper, with page numbers."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    cast(HeaderFooterItem, sheet.oddFooter).center.text = _WORDS["footer"].format(sheet=sheet.title)
