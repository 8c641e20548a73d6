"""A mapping proposed for a register: what leaves no doubt is filled in, the rest stands as comments to be decided."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import narwhals as nw
import polars as pl
from attrs import frozen

from hardship_rules.filling import allowed
from hardship_rules.headers import headers_of
from hardship_rules.identity_number import days_of_birth
from hardship_rules.mapping import KEYS, Column, Table, mapping_for, words_of
from hardship_rules.model import Fact, Policy
from hardship_rules.raw_table import RawTable
from hardship_rules.template import written
from hardship_rules.text_cells import Steps, narrow, trimmed
from hardship_rules.values import ChoiceKind, DateKind, YesNoKind

_KEY = re.compile("(户|档案|家庭|困难职工).*(号|编号|编码)$")
_MOST_CODES = 20
_ALIKE = 0.5
_HEAD = (
    "# 由 hardship-rules register --suggest-mapping 按表头和内容拟出，用前请逐行核对。",
    "# 没有 # 的行，列名与事实的名称相同。行首有 # 的行拿不准：确认后去掉 #，不对的删去。",
    "mapping: 1",
)


@frozen
class _Line:
    """A line of the proposal, `certain` or to be decided, with a remark."""

    text: str
    certain: bool
    remark: str = ""

    def __str__(self) -> str:
        remark = f"    # {self.remark}" if self.remark else ""
        return f"    {'' if self.certain else '# '}{self.text}{remark}"


def suggestion(policy: Policy, households: RawTable, members: RawTable) -> str:
    """The text of a mapping for two tables of a register."""
    plain = mapping_for(policy)
    lines = [*_HEAD, f"policy: {written(policy.name)}"]
    for raw, table, other in ((households, plain.households, members), (members, plain.members, households)):
        lines += ["members:" if table.of_members else "households:"]
        lines += [f"  from: {written(raw.sheet)}"] if raw.sheet else []
        lines += list(_table(policy, raw, table, other))
    return "\n".join(lines) + "\n"


def _table(policy: Policy, raw: RawTable, table: Table, other: RawTable) -> Iterator[str]:
    key = _key(raw, other)
    yield f"  key: {written(key)}" if key else "  key:    # 哪一列是户号？两个表都要有"
    persons = [header for header in raw.headers if header != key and _is_identity(raw.frame[header])]
    if table.of_members and persons:
        yield f"  identifier: {written(persons[0])}    # 只用于查重，不写出"
    found = headers_of(policy, table, raw.headers)
    lines = [_line(policy, column, raw.frame[column.name]) for column in found.columns.values()]
    left = [
        each for each in raw.headers if each not in {key, *persons, *(column.name for column in found.columns.values())}
    ]
    if table.of_members and persons:
        lines += _birth(policy, persons[0], set(found.columns))
    facts = [fact for fact in _facts(policy, table) if fact.name not in found.columns]
    unused = []
    for header in left:
        fact, alike = max(
            ((fact, _alike(header, fact)) for fact in facts), key=lambda pair: pair[1], default=(None, 0.0)
        )
        if fact is None or alike < _ALIKE:
            unused.append(header)
        else:
            lines.append(_guess(policy, fact, header, raw.frame[header]))
    if any(line.certain for line in lines):
        yield "  facts:"
    elif lines:
        yield "  # facts:"
    yield from map(str, lines)
    if unused:
        yield f"    # 没有对应的列：{'、'.join(unused)}"


def _facts(policy: Policy, table: Table) -> Sequence[Fact]:
    return tuple((policy.members.facts if table.of_members else policy.facts).values())


def _key(raw: RawTable, other: RawTable) -> str:
    """The column of the key where only one can be: it is in both tables, and called as such a column is."""
    both = [header for header in raw.headers if header in other.headers]
    named = [header for header in both if header in KEYS] or [header for header in both if _KEY.search(header)]
    return named[0] if len(named) == 1 else ""


def _is_identity(column: pl.Series) -> bool:
    """Nine in ten of what stands there are identity numbers that check."""
    if column.dtype != pl.String or column.is_null().all():
        return False
    steps = Steps("identity")
    text = narrow(trimmed(nw.col(column.name), steps), steps)
    cells = days_of_birth(text, steps)
    table = nw.from_native(column.drop_nulls().to_frame().lazy())
    for step in steps.made:
        table = table.with_columns(step)
    found = table.select(cells.value.alias("day")).collect()
    return found["day"].null_count() <= len(found) // 10


def _line(policy: Policy, column: Column, values: pl.Series) -> _Line:
    """A column that is called as its fact: certain, unless something else stands in it than the fact's own words."""
    entry = f"{written(column.fact.title)}: {written(column.name)}"
    odd = _odd(policy, column.fact, values)
    if not odd and column.factor == 1:
        return _Line(entry, certain=True)
    if not odd:
        unit = column.name[column.name.replace("(", "（").rindex("（") + 1 : -1]
        text = f"{written(column.fact.title)}: {{column: {written(column.name)}, unit: {written(unit)}}}"
        return _Line(text, certain=True)
    codes = ", ".join(f"{written(word)}: " for word in odd)
    text = f"{written(column.fact.title)}: {{column: {written(column.name)}, codes: {{{codes}}}}}"
    return _Line(text, certain=False, remark=f"各代码是什么？可填：{allowed(policy, column.fact)}")


def _guess(policy: Policy, fact: Fact, header: str, values: pl.Series) -> _Line:
    """A column whose name is like a fact's: to be decided."""
    odd = _odd(policy, fact, values)
    inside = f", codes: {{{', '.join(f'{written(word)}: ' for word in odd)}}}" if odd else ""
    text = f"{written(fact.title)}: {{column: {written(header)}{inside}}}"
    return _Line(text, certain=False, remark=f"“{header}”是否“{fact.title}”（{allowed(policy, fact)}）？")


def _birth(policy: Policy, header: str, found: set[str]) -> Iterator[_Line]:
    """The day of birth from the identity number, where the policy has one date that an identity card proves."""
    dates = [
        fact for fact in policy.members.facts.values() if isinstance(fact.kind, DateKind) and fact.name not in found
    ]
    for fact in dates:
        text = f"{written(fact.title)}: {{column: {written(header)}, read: identity number}}"
        certain = len(dates) == 1 and "身份证" in fact.evidence
        yield _Line(text, certain, "" if certain else "是否从身份证号中读取？")


def _odd(policy: Policy, fact: Fact, values: pl.Series) -> list[str]:
    """What stands in the column of a choice or a yes-or-no and is none of its own words; at most so many."""
    if not isinstance(fact.kind, ChoiceKind | YesNoKind) or values.dtype == pl.Boolean:
        return []
    known = words_of(policy, fact)
    texts = values.drop_nulls().cast(pl.String).str.strip_chars().unique(maintain_order=True)
    return [text for text in texts if text not in known][:_MOST_CODES]


def _alike(header: str, fact: Fact) -> float:
    """How alike a header and a fact's title are, from 0 to 1; one that is all inside the other is alike."""
    if header in fact.title or fact.title in header:
        return 0.9
    return SequenceMatcher(None, header, fact.title).ratio()
