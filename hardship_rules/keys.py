"""The keys that a policy file may hold, as data: what each is for and what may stand under it; and the check of it."""

import re
from collections.abc import Mapping as Mapping_
from datetime import date
from fractions import Fraction
from typing import assert_never

from attrs import field, frozen

from hardship_rules.expression import DIGITS, NAME, RESERVED, exact_number, has_too_many_digits
from hardship_rules.frozen import FrozenMapping
from hardship_rules.problems import Path, Problem, nearest
from hardship_rules.ranges import Exact
from hardship_rules.source import Mapping, Node, Scalar, Sequence, misplaced
from hardship_rules.syntax import BASES
from hardship_rules.values import EARLIEST, LATEST

# --- Shapes ------------------------------------------------------------------------------------------------------


@frozen
class Word:
    """One text, of a kind: text, line, number, whole, name, policy, unit, date, truth, basis or option."""

    kind: str = "text"


@frozen
class Items:
    """A list, each item of one shape."""

    of: "Shape"


@frozen
class Entries:
    """A mapping from names of the writer's own to one shape."""

    of: "Shape"
    key: str = "name"


@frozen
class Key:
    """One key of a record: what it is for (in Chinese, for the editor), its shape, and whether it must be there."""

    about: str
    shape: "Shape"
    required: bool = False


def _frozen_keys(keys: Mapping_[str, Key]) -> FrozenMapping[str, Key]:
    return FrozenMapping(keys)


@frozen
class Record:
    """A mapping with keys of the language's own; of each group in `one_of` exactly one must be there."""

    keys: FrozenMapping[str, Key] = field(converter=_frozen_keys)
    one_of: tuple[tuple[str, ...], ...] = ()


@frozen
class Either:
    """One shape where a text stands, another for a list, another for a mapping."""

    word: Word | None = None
    items: Items | None = None
    mapping: "Record | Entries | Ref | None" = None


@frozen
class Ref:
    """A shape of `SHAPES` by name, for those that hold themselves."""

    name: str


@frozen
class Anything:
    """Kept as it is, looked at by nobody yet."""


Shape = Word | Items | Entries | Record | Either | Ref | Anything

# --- The language ------------------------------------------------------------------------------------------------

TEXT, LINE, NUMBER, NAME_, DATE = Word(), Word("line"), Word("number"), Word("name"), Word("date")
CONDITION = Ref("condition")
PROVENANCE = {
    "source": Key("出处：sources 中的一个文件", NAME_),
    "cite": Key("在出处中的位置", TEXT),
    "basis": Key("把握程度：" + ", ".join(f"{name} {title}" for name, title in BASES.items()), Word("basis")),
}
BODY = {
    "that": Key("一行条件", LINE),
    "all": Key("以下各条都成立", Entries(CONDITION)),
    "any": Key("以下各条有一条成立", Entries(CONDITION)),
    "not": Key("以下条件不成立", Ref("negated")),
}
CASES = {
    "choose": Key("依次列出的情形，第一个成立的起作用", Items(Ref("case"))),
    "otherwise": Key("各情形都不成立时的值", LINE),
}
FACT = Record(
    {
        "title": Key("名称", TEXT, required=True),
        "unit": Key("单位；纯数写 1", Word("unit")),
        "one of": Key("选项和各自的名称", Entries(TEXT, "option")),
        "yes or no": Key("是或否", Word("true")),
        "date": Key("日期", Word("true")),
        "from": Key("最小值，默认 0", NUMBER),
        "to": Key("最大值", NUMBER),
        "decimals": Key("小数位数，默认 0", Word("whole")),
        "if absent": Key("未填写时的值", Either(LINE, None, Record(CASES))),
        "counted in": Key("数量的说法，默认用单位的中文写法", TEXT),
        "evidence": Key("证明材料", TEXT),
        "group": Key("表格中的分组", TEXT),
    },
    one_of=(("unit", "one of", "yes or no", "date"),),
)
_VALUES = {
    "value": Key("数值；尚未公布写 not published", Word("value")),
    "values": Key("各选项的数值", Entries(Either(Word("value"), None, Entries(Word("value"), "option")), "option")),
    "from": Key("可能的最小值", NUMBER),
    "to": Key("可能的最大值", NUMBER),
}
PARAMETER = Record(
    {
        "title": Key("名称", TEXT, required=True),
        "unit": Key("单位；纯数写 1", Word("unit"), required=True),
        "by": Key("数值随哪一项（至多两项）而定", Either(NAME_, Items(NAME_))),
        **_VALUES,
        **PROVENANCE,
    }
)
READING = Record(
    {
        "title": Key("名称", TEXT, required=True),
        "question": Key("原文没有说清的问题", TEXT, required=True),
        "one of": Key("可选的答案和各自的名称", Entries(TEXT, "option"), required=True),
        "chosen": Key("选定的答案", Word("option"), required=True),
        "why": Key("为什么这样选", TEXT, required=True),
        "affects": Key("改变含义的事实", Items(NAME_)),
        **PROVENANCE,
    }
)
TERM = Record(
    {
        "title": Key("名称", TEXT, required=True),
        "of": Key("member：每个成员各有一个", Word("member")),
        "unit": Key("单位；纯数写 1", Word("unit")),
        "one of": Key("选项和各自的名称", Entries(TEXT, "option")),
        "value": Key("一行算式", LINE),
        "when": Key("条件", CONDITION),
        **CASES,
        **PROVENANCE,
    },
    one_of=(("value", "when", "choose"), ("unit", "one of", "when")),
)
OUTCOME = Record(
    {
        "outcome": Key("结果的标识", Word("option"), required=True),
        "title": Key("结果的名称", TEXT, required=True),
        "when": Key("成立的条件", CONDITION, required=True),
        **PROVENANCE,
    }
)
DECISION = Record(
    {
        "title": Key("名称", TEXT, required=True),
        "first": Key("依次列出的结果，第一个成立的为准", Items(OUTCOME)),
        "every": Key("列出的结果，成立的都算", Items(OUTCOME)),
        "otherwise": Key("都不成立时的结果", Record({key: OUTCOME.keys[key] for key in OUTCOME.keys if key != "when"})),
        "disjoint": Key("各结果互不重叠", Word("truth")),
        **PROVENANCE,
    },
    one_of=(("first", "every"),),
)
SOURCES = Entries(Record({"title": Key("文件名称", TEXT, required=True), "held": Key("是否持有原文", Word("truth"))}))
NOTES = Entries(Record({"text": Key("说明", TEXT, required=True), **PROVENANCE}))

_SHAPES: dict[str, Shape] = {
    "condition": Either(LINE, None, Ref("clause")),
    "clause": Record(
        {**BODY, "title": Key("名称", TEXT), "if not": Key("不成立时的说法", TEXT), **PROVENANCE},
        one_of=(tuple(BODY),),
    ),
    "negated": Either(LINE, None, Ref("body")),
    "body": Record(BODY, one_of=(tuple(BODY),)),
    "case": Record({"when": Key("情形", CONDITION, required=True), "value": Key("值", LINE, required=True)}),
}
SHAPES = FrozenMapping(_SHAPES)

_HEAD = {
    "language": Key("语言版本，写 1", Word("language"), required=True),
    "policy": Key("本文件的标识", Word("policy"), required=True),
    "series": Key("各年度文件共用的系列标识", Word("policy")),
    "title": Key("标题", TEXT),
    "extends": Key("所依据的文件的标识", Word("policy")),
    "effective": Key("适用日期", Record({"from": Key("第一天", DATE), "to": Key("最后一天", DATE)})),
    "sources": Key("引用的文件", SOURCES),
}
POLICY = Record(
    {
        **{name: key for name, key in _HEAD.items() if name != "extends"},
        "units": Key("计量单位和中文写法", Entries(TEXT)),
        "household": Key("家庭的事实", Entries(FACT)),
        "members": Key(
            "家庭成员的事实",
            Record(
                {
                    "called by": Key("用哪些事实称呼成员", Items(NAME_)),
                    "at most": Key("至多几名成员", Word("whole")),
                    "facts": Key("每名成员的事实", Entries(FACT), required=True),
                }
            ),
        ),
        "must": Key("真实家庭必然满足的条件", Entries(CONDITION)),
        "parameters": Key("参数", Entries(PARAMETER)),
        "readings": Key("解读", Entries(READING)),
        "terms": Key("计算项", Entries(TERM)),
        "show": Key("说明开头列出的项目", Items(NAME_)),
        "decisions": Key("决定", Entries(DECISION)),
        "properties": Key("规则应有的性质", Anything()),
        "notes": Key("其他说明", NOTES),
    }
)
OVERLAY = Record(
    {
        **_HEAD,
        "parameters": Key("本年参数", Entries(Record({**_VALUES, **PROVENANCE}))),
        "readings": Key(
            "本年解读",
            Entries(Record({"chosen": READING.keys["chosen"], "why": READING.keys["why"], **PROVENANCE})),
        ),
        "notes": Key("其他说明", NOTES),
    }
)

# --- Keys of a household that are never facts, with their titles ---

RESERVED_TITLES = FrozenMapping(
    {"policy": "政策", "on": "认定日期", "reference": "编号", "members": "家庭成员", "label": "称呼"}
)

# --- The check of it ---------------------------------------------------------------------------------------------

TRUTHS = FrozenMapping({"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False})
NOT_PUBLISHED = "not published"
_POLICY_NAME = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff]+(?:-[A-Za-z0-9_\u4e00-\u9fff]+)*")
_OPTION = re.compile(rf"{NAME.pattern}|[0-9]+(?: and more)?")
_UNIT = re.compile(rf"1|{NAME.pattern}(?:\s*[*/]\s*{NAME.pattern})*")


def conform(node: Node, shape: Shape, path: Path = ()) -> list[Problem]:
    """Every way in which a node is not of a shape."""
    match shape:
        case Anything():
            return []
        case Ref(name):
            return conform(node, SHAPES[name], path)
        case Either(word, items, mapping):
            fitting = {Scalar: word, Sequence: items, Mapping: mapping}[type(node)]
            if fitting is not None:
                return conform(node, fitting, path)
            return [_unfit(node, path, next(part for part in (mapping, items, word) if part is not None))]
        case Word():
            return conform_word(node, shape, path) if isinstance(node, Scalar) else [_unfit(node, path, shape)]
        case Items(of):
            if not isinstance(node, Sequence):
                return [_unfit(node, path, shape)]
            return [problem for i, item in enumerate(node.items) for problem in conform(item, of, (*path, i))]
        case Entries(of, kind):
            if not isinstance(node, Mapping):
                return [_unfit(node, path, shape)]
            problems = []
            for key, value in node.entries:
                problems += conform_word(key, Word(kind), path) + conform(value, of, (*path, key.text))
            return problems
        case Record():
            return _conform_record(node, shape, path) if isinstance(node, Mapping) else [_unfit(node, path, shape)]
        case _:
            assert_never(shape)


def _conform_record(node: Mapping, shape: Record, path: Path) -> list[Problem]:
    problems = []
    for key, value in node.entries:
        known = shape.keys.get(key.text)
        if known is not None:
            problems += conform(value, known.shape, (*path, key.text))
        elif found := misplaced(key.text, key.place, path):
            problems.append(found)
        else:
            values = {"known": ", ".join(shape.keys), **nearest(key.text, shape.keys)}
            problems.append(Problem("unknown_key", (*path, key.text), given=key.text, values=values, location=key.at))
    present = {key.text for key, _ in node.entries}
    for name, known in shape.keys.items():
        if known.required and name not in present:
            problems.append(Problem("missing_key", path, location=node.at, given=name, values={"about": known.about}))
    for group in shape.one_of:
        if len(present & set(group)) != 1:
            code = "none_of_keys" if not present & set(group) else "several_of_keys"
            written = ", ".join(name for name in group if name in present)
            problems.append(Problem(code, path, location=node.at, given=written, values={"known": ", ".join(group)}))
    return problems


def _unfit(node: Node, path: Path, shape: Shape) -> Problem:
    """A text where a mapping belongs, and so on; a full-width colon or a missing space is the commonest reason."""
    if isinstance(node, Scalar) and not isinstance(shape, Word):
        if node.is_null:
            return Problem("blank", path, location=node.at)
        if node.plain and (found := misplaced(node.text, node.place, path)) and found.given in "：｛［":
            return found
        if node.plain and (match := re.search(r":(?=\S)", node.text)):
            return Problem("space_after_colon", path, location=node.place(match.start()), given=node.text)
    code = (
        "list_expected"
        if isinstance(shape, Items)
        else "text_expected"
        if isinstance(shape, Word)
        else "mapping_expected"
    )
    return Problem(code, path, location=node.at, given=node.text if isinstance(node, Scalar) else "")


def conform_word(scalar: Scalar, shape: Word, path: Path) -> list[Problem]:
    """What is wrong with one text, for what it is meant to be."""
    text, kind = scalar.text, shape.kind

    def wrong(code: str, offset: int = 0, given: str = text, **values: str) -> list[Problem]:
        return [Problem(code, path, location=scalar.place(offset), given=given, values=values)]

    if scalar.is_null and kind != "option":
        return wrong("blank")
    if kind in ("text", "line"):
        return []
    if kind != "basis" and scalar.plain and (found := misplaced(text, scalar.place, path)):
        return [found]
    if " #" not in text and "#" in text:
        return wrong("space_before_comment", text.index("#"))
    if kind == "value" and text == NOT_PUBLISHED:
        return []
    if kind in ("number", "value"):
        return [] if number_of(text) is not None else wrong(number_problem(text), most=str(DIGITS))
    if kind == "name" and text in RESERVED:
        return wrong("reserved_name")
    if kind in ("true", "member") and text != kind and not (kind == "true" and TRUTHS.get(text)):
        return wrong("only_word", expected=kind)
    if kind == "language" and text != "1":
        return wrong("language_newer" if text.isdecimal() and int(text[:9]) > 1 else "language")
    if kind == "date":
        return [] if date_of(text) is not None else wrong("date")
    if kind == "basis" and text not in BASES:
        return wrong("unknown_basis", 0, text, known=", ".join(BASES), **nearest(text, BASES))
    if kind == "truth" and text not in TRUTHS:
        return wrong("truth")
    if kind == "whole" and not re.fullmatch("[0-9]{1,4}", text):
        return wrong("whole")
    pattern = {"name": NAME, "policy": _POLICY_NAME, "option": _OPTION, "unit": _UNIT}.get(kind)
    if pattern is not None and not pattern.fullmatch(text):
        return wrong({"unit": "unit", "policy": "policy_name"}.get(kind, "name"))
    return []


def number_of(text: str) -> Exact | None:
    """The number of a text such as 787, 0.8 or 80 %, else None."""
    if text.endswith("%"):
        value = exact_number(text[:-1].rstrip())
        return None if value is None else Fraction(value, 100)
    return exact_number(text)


def number_problem(text: str) -> str:
    """Why a text is not a number: the code of the commonest mistakes."""
    if "," in text or "，" in text:
        return "comma_in_number"
    return "number_too_long" if has_too_many_digits(text) else "number"


def date_of(text: str) -> date | None:
    """The day of a text such as 2021-03-31, else None."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None
