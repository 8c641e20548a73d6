"""A register's sheet as it is to be filled in: what each column is called, takes and refuses."""

from typing import Literal, cast

from attrs import frozen

from hardship_rules.core.expr import names_in
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind, DateKind, NumberKind, YesNoKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.explanation.forms import absent, allowed
from hardship_rules.explanation.wording import exact_text, one_line
from hardship_rules.language.mapping import IDENTIFIER, UNKNOWN_WORDS, units_of
from hardship_rules.registers.headers import bare

KEY = "户号"
UNKNOWN = UNKNOWN_WORDS[-1]

_MOST_TOLD = 200  # of 224 characters that Excel shows

Need = Literal["应填", "视情况填", "可不填"]


@frozen
class SheetColumn:
    """A column: its header, where it belongs, whether it must be filled in, and what Excel lets stand there.

    `choices` are offered in a drop-down list; `formula` holds where a cell, put in for {}, may stand as it is.
    """

    header: str
    group: str
    need: Need
    unit: str
    note: str
    number_format: str
    refused: str  # what is said where something else is written
    choices: tuple[str, ...] = ()
    formula: str = ""
    fact: Fact | None = None


def sheet_columns(policy: Policy, *, of_members: bool) -> tuple[SheetColumn, ...]:
    """The columns of a sheet: the household's key, of members who each is, and the facts, those of a group together."""
    facts = policy.members.facts if of_members else policy.facts
    groups = {fact.group: [each for each in facts.values() if each.group == fact.group] for fact in facts.values()}
    keys = [_key(of_members=of_members), *([_identity()] if of_members else [])]
    taken = {bare(column.header) for column in keys}
    found = []
    for fact in (fact for inside in groups.values() for fact in inside):
        title = one_line(fact.title)
        header = fact.name if bare(title) in taken else title
        taken.add(bare(header))
        found.append(_column(policy, fact, header, shared=len(groups) > 1))
    return (*keys, *found)


def need(policy: Policy, fact: Fact) -> Need:
    """Whether a fact must be answered: not where a constant stands in, and perhaps where other facts do."""
    if fact.if_absent is None:
        return "应填"
    facts = {*policy.facts, *policy.members.facts}
    return "视情况填" if facts & {*names_in(fact.if_absent)} else "可不填"


def option_words(fact: Fact) -> tuple[str, ...]:
    """The options of a choice as they are written in a cell: by title, or by name where spaces would be cut off."""
    options = cast(ChoiceKind, fact.kind).options
    return tuple(title if title == one_line(title) else name for name, title in options.items())


def _key(*, of_members: bool) -> SheetColumn:
    note = (
        "这名成员所在家庭的户号，与“家庭”表中的相同；每名成员一行，职工本人也要有一行。"
        if of_members
        else "每户一行，户号自编，不能重复；“成员”表中的各名成员用同一户号。"
    )
    return SheetColumn(KEY, "", "应填", "", note, "@", "请填写户号。")


def _identity() -> SheetColumn:
    note = "只用于核查同一人是否重复建档，不写入结果。按文本填写，18 位数字不会变成科学记数。没有的留空。"
    told = "身份证号应为 18 位。确是其他证件的号码，选“是”。"
    return SheetColumn(IDENTIFIER, "", "可不填", "", note, "@", told, formula="LEN(TRIM({}))=18")


def _column(policy: Policy, fact: Fact, header: str, *, shared: bool) -> SheetColumn:
    may, wanted = allowed(policy, fact), need(policy, fact)
    unit = units_of(policy, fact) if isinstance(fact.kind, NumberKind) else ""
    lines = [f"{wanted}。可填：{may}。"]
    lines += [f"单位：{unit}。"] if unit else []
    lines += [f"凭{one_line(fact.evidence)}填写。"] if fact.evidence else []
    lines.append(f"{left_out(policy, fact)}。")
    lines.append(f"已知是弄不清的，写“{UNKNOWN}”。")
    number_format, choices, formula = _rule(fact)
    told = f"可填：{may}；弄不清的写“{UNKNOWN}”。"
    if len(told) > _MOST_TOLD:
        told = f"请从列表中选；弄不清的写“{UNKNOWN}”。"
    group = one_line(fact.group) or ("其他" if shared else "")
    return SheetColumn(header, group, wanted, unit, "\n".join(lines), number_format, told, choices, formula, fact)


def left_out(policy: Policy, fact: Fact) -> str:
    """What is taken where a fact is left out."""
    return absent(policy, fact) or ("不填时为未知，不当成零" if isinstance(fact.kind, NumberKind) else "不填时为未知")


def _rule(fact: Fact) -> tuple[str, tuple[str, ...], str]:
    """The format of a fact's cells, the words offered for it, and the formula that a cell must fulfil."""
    match fact.kind:
        case ChoiceKind():
            return "@", (*option_words(fact), UNKNOWN), ""
        case YesNoKind():
            return "@", ("是", "否", UNKNOWN), ""
        case DateKind():
            return "yyyy-mm-dd", (), _or_unknown("{0}>=1,{0}<=DATE(2200,12,31),INT({0})={0}")
        case NumberKind(low=low, high=high, decimals=decimals):
            ends = f"{{0}}>={exact_text(cast(Exact, low))},{{0}}<={exact_text(cast(Exact, high))}"
            shown = f"#,##0.{'0' * decimals}" if decimals else "0"
            return shown, (), _or_unknown(f"{ends},ROUND({{0}},{decimals})={{0}}")


def _or_unknown(conditions: str) -> str:
    """Excel works out every part of AND and OR, and a text cannot be rounded: hence IF."""
    return f'IF(ISNUMBER({{0}}),AND({conditions}),TRIM({{0}})="{UNKNOWN}")'
