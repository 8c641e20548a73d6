"""The keys that a policy file may hold, as data: what each is for and what may stand under it."""

from collections.abc import Mapping as Mapping_

from attrs import field, frozen

from hardship_rules.core.expr import BASES, TONES
from hardship_rules.core.frozen import FrozenMapping

# --- Shapes ------------------------------------------------------------------------------------------------------


@frozen
class Word:
    """One text, of a kind: text, line, number, whole, name, policy, unit, date, truth, basis, option and the like."""

    kind: str = "text"


@frozen
class Items:
    """A list, each item of one shape."""

    of: "Shape"


@frozen
class Key:
    """One key of a record: what it is for (in Chinese, for the editor), its shape, and whether it must be there."""

    about: str
    shape: "Shape"
    required: bool = False


def _frozen_keys(keys: Mapping_[str, Key]) -> FrozenMapping[str, Key]:
    return FrozenMapping(keys)


@frozen
class Entries:
    """A mapping from names of the writer's own to one shape; `own` are keys of the language's own among them."""

    of: "Shape"
    key: str = "name"
    own: FrozenMapping[str, Key] = field(converter=_frozen_keys, default=FrozenMapping())


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
FORMERLY = {
    "formerly": Key(
        "以前的写法，可列几个：旧文件仍这样写的，照样接受并给出提示；不能再作别的用", Either(TEXT, Items(TEXT))
    )
}
USUAL = {
    "usual": Key(
        "通常的范围：超出的给出提示，请核对是否笔误，不影响结论；家庭填 0 的不提示",
        Record({"from": Key("通常不小于", NUMBER), "to": Key("通常不大于", NUMBER)}),
    )
}
OPTIONS = Entries(Either(TEXT, None, Record({"title": Key("选项的名称", TEXT, required=True), **FORMERLY})), "option")
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
        "one of": Key("选项和各自的名称", OPTIONS),
        "yes or no": Key("是或否", Word("true")),
        "date": Key("日期", Word("true")),
        "from": Key("最小值，默认 0", NUMBER),
        "to": Key("最大值", NUMBER),
        "decimals": Key("小数位数，默认 0", Word("whole")),
        **USUAL,
        "if absent": Key("未填写时的值", Either(LINE, None, Record(CASES))),
        "counted in": Key("数量的说法，默认用单位的中文写法", TEXT),
        "evidence": Key("证明材料", TEXT),
        "group": Key("表格中的分组", TEXT),
        **FORMERLY,
    },
    one_of=(("unit", "one of", "yes or no", "date"),),
)
_VALUES = {
    "value": Key("数值；尚未公布写 not published", Word("value")),
    "values": Key("各选项的数值", Entries(Either(Word("value"), None, Entries(Word("value"), "option")), "option")),
    "from": Key("可能的最小值", NUMBER),
    "to": Key("可能的最大值", NUMBER),
    **USUAL,
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
        "tone": Key(f"结论在网页和屏幕上的颜色和记号：{', '.join(TONES)}，默认 plain；不影响结论", Word("tone")),
        **FORMERLY,
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
_GETS = {
    "gets": Key("结果，一个或几个", Either(Word("option"), Items(Word("option"))), required=True),
    "of": Key("哪个决定的结果，默认第一个决定", NAME_),
    "when": Key("家庭的条件", CONDITION, required=True),
}
PROPERTY = Record(
    {
        "title": Key("性质，写成一句话", TEXT, required=True),
        "raising": Key(
            "其他不变，只有这些事实增加时，决定不会变动",
            Record(
                {
                    "facts": Key("增加的事实，一项或几项，每项可增可不增", Either(NAME_, Items(NAME_)), required=True),
                    "never moves": Key("哪个决定", NAME_, required=True),
                    "to": Key("earlier 更靠前的结果，later 更靠后的，another 任何另一个", Word("moves"), required=True),
                    "where": Key("只看符合此条件的家庭，增加前后都符合", CONDITION),
                }
            ),
        ),
        "never": Key("符合条件的家庭不会得到这些结果", Record(_GETS)),
        "only": Key("只有符合条件的家庭才会得到这些结果", Record(_GETS)),
        **PROVENANCE,
    },
    one_of=(("raising", "never", "only"),),
)
REPLY_WITHIN = "reply within"  # no name that a note may have: there is a space in it
NOTES = Entries(
    Record({"text": Key("说明", TEXT, required=True), **PROVENANCE}),
    own={
        REPLY_WITHIN: Key(
            "请申请人在收到通知后几日内提交",
            Record({"days": Key("日数，1 至 366，自收到通知之日起算", Word("whole"), required=True), **PROVENANCE}),
        )
    },
)

_SHAPES: dict[str, Shape] = {
    "condition": Either(LINE, None, Ref("clause")),
    "clause": Record(
        {**BODY, "title": Key("名称", TEXT), "if not": Key("不成立时的说法", TEXT), **FORMERLY, **PROVENANCE},
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
    "status": Key("draft：草案，尚未批准；批准时由 approve 命令去掉", Word("draft")),
    "approved": Key(
        "批准记录，由 approve 命令写入，不要手写；批准后内容有改动的，要重新批准",
        Record(
            {
                "by": Key("批准的单位", TEXT, required=True),
                "date": Key("批准日期", DATE, required=True),
                "fingerprint": Key("所批准内容的指纹", Word("fingerprint"), required=True),
                "base": Key("批准时所依据的政策的指纹", Word("fingerprint")),
            }
        ),
    ),
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
        "properties": Key("规则应有的性质", Entries(PROPERTY)),
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

# --- Keys of a household that are never facts, with their titles -------------------------------------------------

RESERVED_TITLES = FrozenMapping(
    {"policy": "政策", "on": "认定日期", "reference": "编号", "members": "家庭成员", "label": "称呼"}
)
