"""Rows of a table that are not data: totals, notes and signatures."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal
from unicodedata import normalize

from attrs import frozen

from hardship_rules.frames.libraries import pl
from hardship_rules.registers._cells import SPACE

TOTALS = frozenset(
    ("合计", "总计", "小计", "共计", "累计", "总合计", "本页合计", "本页小计", "本页总计", "合計", "總計", "小計")
) | frozenset(("total", "grandtotal", "subtotal"))
"""The words for a total: the text of a whole cell, in lower case, without spaces, brackets around it or a unit."""

_DOERS = "填表|填报|填写|制表|编制|编报|统计|经办|审核|审批|审查|复核|核对|核实|校对|批准|签发|报送|上报|录入|调查"
_DOERS = f"(?:{_DOERS}|联系|负责|分管|主管|工会|制单|申报)"
_OFFICE = "(?:填表|填报|报送|上报|申报|基层|本)?(?:单位|部门|工会)?"
_NOTES = "(?:填表|填报|填写|编制|编报|制表|情况|有关|其他|补充)?说明|备注|附注|注释|注意事项|注意|注|notes?|remarks?"
_SIGNATURES = (
    f"{_OFFICE}{_DOERS}(?:人员?|员|单位|部门|日期|时间|电话|领导|主席|意见|名称)?(?:签字|签名|签章|盖章)?"
    "|主席|副主席|主任|科长|领导|单位|单位名称|单位公章|公章|盖章|签字|签名|签章|日期|时间|电话|手机|联系方式"
    "|preparedby|filledinby|checkedby|reviewedby|approvedby|signature|date|phone|contact"
)
_ENDINGS = "负责人|经办人|联系人|领导|主席|主任|书记|意见|说明|日期|时间|电话|单位|部门|工会|签字|签名|签章|盖章|公章"
_IN_BRACKETS = r"(?:\([^()]*\))?"
_BEFORE = r"[※*★▲●◆#(【\[]*"
_LABEL = re.compile(
    rf"{_BEFORE}{_IN_BRACKETS}(?P<label>{_NOTES}|{_SIGNATURES})[0-9一二三四五]?{_IN_BRACKETS}(?::|】|\])"
    rf"|[^0-9:：]{{0,16}}?(?P<ending>{_ENDINGS}){_IN_BRACKETS}:"
    r"|(?P<page>第[0-9]*页(?:.?共[0-9]*页)?|共[0-9]+页)$",
    re.IGNORECASE,
)
_TO_SIGN = re.compile(r"[^0-9:]{0,12}\((?:签字|签名|签章|盖章|公章)\)")
_DAY_OF_SIGNING = re.compile(
    r"(?:[0-9]{4})?年(?:[0-9]{1,2})?月(?:[0-9]{1,2})?日|[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}"
)
_NUMBERED = re.compile(r"(?:\(?[0-9]{1,2}[).、](?=[^0-9])|\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+、).+")
_COUNT = re.compile(
    r"共?[-+]?[0-9][0-9,]{0,13}(?:\.[0-9]+)?(?:%|元|万元|户|人|名|家|个|套|辆|份|岁|月|年)?|[-—–―/\\*×·…]+"
)
_UNMARKED = re.compile(f"(?P<label>(?:{_DOERS})(?:人员?|员))[\u4e00-\u9fff·]{{0,4}}")  # 填表人 张三
_BEGUN = re.compile(rf"{_BEFORE}{_IN_BRACKETS}(?P<label>{_NOTES})[0-9一二三四五]?{_IN_BRACKETS}:.", re.IGNORECASE)
_LIKELY = rf"(?i)[计計:：章签页】\]］]|total|(?:{_DOERS})[{SPACE}]*[人员]"  # each such row has a cell with one of these
_AROUND_TOTALS = re.compile(r"^[(\[【〔<《*※—–-]+|(?:\((?:元|万元|户|人|名|家|个)\))?[:)\]】〕>》*※—–-]*$")
_SPACES = re.compile(f"[{SPACE}]+")
_CIRCLED = re.compile("[①-⑳]")

RowCode = Literal["row_total", "row_note"]


@frozen
class NonDataRow:
    """A row that is not data: its number in the table, counted from 0, the code of its problem, and its label.

    The label of a note is one of the words above, never the text that follows it.
    """

    number: int
    code: RowCode
    label: str


def plain(text: str) -> str:
    """A text without spaces of any kind, in half-width forms."""
    numbered = _CIRCLED.sub(lambda match: f"({ord(match[0]) - ord('①') + 1})", text)
    return _SPACES.sub("", normalize("NFKC", numbered))


def is_total(text: str) -> bool:
    """Whether the text of a cell marks its row as a total."""
    return _AROUND_TOTALS.sub("", plain(text)).lower() in TOTALS


def non_data_rows(
    cells: pl.DataFrame, key: int | None, facts: Collection[int], faulty_keys: Collection[int] = ()
) -> tuple[NonDataRow, ...]:
    """The rows below the headers that are totals, notes or signatures.

    `key` is the column of the households' key, if there is one, `facts` are those of facts, all counted from 0.
    `faulty_keys` are the rows whose key could not be read.
    """
    schema = cells.schema  # polars builds it on each access
    columns = [name for name, kind in schema.items() if kind in {pl.String, pl.Categorical, pl.Enum}]
    if not columns or not cells.height:
        return ()
    likely = pl.any_horizontal(pl.col(name).cast(pl.String).str.contains(_LIKELY) for name in columns)
    if key is not None:  # a row with a household's key is data
        keys = pl.col(cells.columns[key]).cast(pl.String)
        likely &= keys.is_null() | keys.str.contains(f"{_LIKELY}|^[{SPACE}]*$")
    is_likely = cells.select(likely.fill_null(value=False)).to_series()
    rows: dict[int, NonDataRow] = {}
    for number, values in zip(is_likely.arg_true(), cells.filter(is_likely).iter_rows(), strict=True):
        if number in faulty_keys:
            continue
        texts = _texts(values)
        if (label := _total(texts, key, facts)) is not None:
            rows[number] = NonDataRow(number, "row_total", label)
        elif (label := _note(texts, key)) is not None:
            rows[number] = NonDataRow(number, "row_note", label)
    rows.update((row.number, row) for row in _footer(cells, key, rows))
    return tuple(rows[number] for number in sorted(rows))


def _texts(values: Sequence[object]) -> dict[int, str]:
    """The texts of a row by their columns, counted from 0."""
    texts = ((place, plain(str(value))) for place, value in enumerate(values) if value is not None)
    return {place: text for place, text in texts if text}


def _total(texts: Mapping[int, str], key: int | None, facts: Collection[int]) -> str | None:
    """The label of a row of totals; None for any other row.

    In a row without a key the label comes first, or all facts beside it are numbers: a member whose key is missing
    may have 合计 among the remarks.
    """
    places = [place for place, text in texts.items() if is_total(text)]
    if not places:
        return None
    first = next(iter(texts))
    key_text = texts.get(key) if key is not None else None
    if key_text is not None:
        return key_text.rstrip(":") if is_total(key_text) else None
    others = (place for place in texts if place in facts and place not in places)
    if first in places or (key is not None and all(_COUNT.fullmatch(texts[place]) for place in others)):
        return texts[places[0]].rstrip(":")
    return None


def _note(texts: Mapping[int, str], key: int | None, *, below: bool = False) -> str | None:
    """The labels of the notes and signatures in a row; None if the row has a key or any other text.

    A key that begins like a note is a note, with all cells beside it.
    In a footer (`below`) a signature may be in the key's column, with its label in the column before.
    """
    first = next(iter(texts), None)
    note = None if first is None or first != key else _BEGUN.match(texts[first])
    if note is not None:  # the cells beside it belong to the note: a csv splits it at commas
        return note["label"]
    labels: list[str] = []
    is_open = False  # the cell before is a label without a text
    for place, text in texts.items():
        label = label_of(text)
        if label is not None:
            labels.append(label)
            match = _LABEL.match(text)
            is_open = label == text or (match is not None and match.end() == len(text) and match["page"] is None)
        elif place == key and not (below and is_open):
            return None
        elif is_open or (labels and _DAY_OF_SIGNING.fullmatch(text)):
            is_open = False
        else:
            return None
    return "、".join(dict.fromkeys(labels)) or None


def label_of(text: str) -> str | None:
    """The label at the start of a plain text, such as 填表人."""
    match = _LABEL.match(text)
    if match is None:
        match = _UNMARKED.fullmatch(text)
        return "签章" if _TO_SIGN.fullmatch(text) else None if match is None else match["label"]
    return match["label"] or match["ending"] or match["page"]


def _footer(cells: pl.DataFrame, key: int | None, rows: Mapping[int, NonDataRow]) -> Iterator[NonDataRow]:
    """The other rows below the table: signatures, and rows that continue a note."""
    block: list[tuple[int, dict[int, str]]] = []
    filled = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    for number in reversed(filled.arg_true().to_list()):  # there may be very many empty rows
        texts = _texts(cells.row(number))
        if number not in rows and texts and not _continues_note(texts) and _note(texts, key, below=True) is None:
            break
        block.append((number, texts))
    note: str | None = None
    for number, texts in reversed(block):
        if number in rows:
            note = rows[number].label if rows[number].code == "row_note" else note
        elif (label := _note(texts, key, below=True)) is not None:
            yield NonDataRow(number, "row_note", label)
        elif texts and note is not None:
            yield NonDataRow(number, "row_note", note)
        elif texts:
            note = None


def _continues_note(texts: Mapping[int, str]) -> bool:
    """Whether a row has a numbered line, a sentence or a date only, as the lines of a note and of a signature do."""
    (text, *others) = texts.values()
    is_line = _NUMBERED.fullmatch(text) is not None or text.endswith(("。", ";"))
    return not others and (is_line or _DAY_OF_SIGNING.fullmatch(text) is not None)
