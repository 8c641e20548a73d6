"""A mapping proposed for a register's columns: what is certain is written, what is not is a comment with its reason."""

import re
from collections.abc import Iterator, Mapping, Sequence

from hardship_rules.core.model import Fact, Policy
from hardship_rules.core.values import ChoiceKind, DateKind, NumberKind, YesNoKind
from hardship_rules.explanation.template import written
from hardship_rules.explanation.wording import one_line
from hardship_rules.language.mapping import IDENTIFIER, IDENTITY_NUMBER, Table, mapping_for, words_of
from hardship_rules.registers.headers import ASIDE
from hardship_rules.registers.recognised import Match, Recognised, recognised_columns
from hardship_rules.registers.seen import ColumnSeen, TableSeen, codes_in

_IDENTIFIERS = (IDENTIFIER, "身份证号码", "公民身份号码", "证件号码", "证件号")
_OF_KEYS = re.compile("(户|档案|家庭|困难职工).*(号|编号|编码)")
_HEAD = (
    "# 列对照草案：{title}。按表头和部分行的内容提出，请逐行核对。",
    "# 写着“待定”的由填写人决定：采用的，去掉下面一行行首的“# ”；没有决定的保持原样，那一列不用。",
)
_TOO = "    # 采用下面任何一项时，这一行行首的“# ”也要去掉"
_CHECK = "    # 表头不全同，按取值认出，请核对"


def suggest_mapping(policy: Policy, households: TableSeen, members: TableSeen) -> str:
    """The text of a mapping file that is read as it stands; nothing that may be a person's own is in it."""
    return "\n".join(_lines(policy, households, members)) + "\n"


def _lines(policy: Policy, households: TableSeen, members: TableSeen) -> Iterator[str]:
    yield from (line.format(title=one_line(policy.title)) for line in _HEAD)
    yield "mapping: 1"
    yield f"policy: {written(policy.name)}"
    yield "# 空格按没有填写处理；空格的意思若是“已知是未知”，去掉下面一行行首的“# ”。"
    yield "# blank: unknown"
    mapping = mapping_for(policy)
    both = ((mapping.households, households, members), (mapping.members, members, households))
    for table, own, other in both:
        yield "members:" if table.of_members else "households:"
        if own.source is not None:
            yield f"  from: {written(own.source)}"
        key, candidates = _key(table, own, other)
        yield _without_key(table, candidates) if key is None else f"  key: {_marked(key, table.keys)}"
        identifier = _identifier(own) if table.of_members else None
        if table.of_members:
            yield from _of_identifier(own, identifier)
        left = [each for each in own.columns if each not in (key, identifier) and each.plain not in ASIDE]
        found = recognised_columns(policy, table, left)
        facts = list(_facts(policy, table, (own, other), found, identifier))
        yield "  facts:" if any(not line.lstrip().startswith("#") for line in facts) else f"  # facts:{_TOO}"
        yield from facts


def _key(table: Table, own: TableSeen, other: TableSeen) -> tuple[ColumnSeen | None, list[ColumnSeen]]:
    """The column of the key, and those that could be it: in both tables, and no household's the same as another's.

    One alone that is called a number of a household or a file is taken, whatever the word.
    """
    headed = [each for each in own.columns if not each.has_no_header]
    named = [each for word in table.keys for each in headed if each.plain == word]
    households = other if table.of_members else own
    apart = {each.plain for each in households.columns if each.texts and len(each.counts) == len(each.texts)}
    there = {each.plain for each in other.columns}
    candidates = [each for each in headed if each.plain in apart & there]
    called = [each for each in candidates if _OF_KEYS.fullmatch(each.plain)]
    return (named[0] if named else called[0] if len(called) == 1 else None), candidates


def _without_key(table: Table, candidates: list[ColumnSeen]) -> str:
    wanted = "、".join(word for word in table.keys if not word.isascii())
    reason = f"可能是{_list(candidates)}：两表都有，在家庭表中不重复" if candidates else "请写明户号在哪一列"
    return f"  key: 户号    # 待定：没有名为{wanted}的列；{reason}"


def _marked(column: ColumnSeen, words: tuple[str, ...]) -> str:
    """A header, to be looked at once more where it is not one of the words for it."""
    return f"{written(column.header)}{'' if column.plain in words else _CHECK}"


def _identifier(own: TableSeen) -> ColumnSeen | None:
    """The column of who a member is, by its header, or because identity numbers stand there alone, and nowhere else."""
    named = [each for word in _IDENTIFIERS for each in own.columns if each.plain == word]
    by_values = _of_numbers(own)
    return named[0] if named else by_values[0] if len(by_values) == 1 else None


def _of_numbers(own: TableSeen) -> list[ColumnSeen]:
    found = (each for each in own.columns if not each.has_no_header)
    return [each for each in found if each.texts and each.identity_numbers == len(each.texts)]


def _of_identifier(own: TableSeen, identifier: ColumnSeen | None) -> Iterator[str]:
    if identifier is not None:
        yield f"  identifier: {_marked(identifier, _IDENTIFIERS)}"
        return
    if several := _of_numbers(own):
        yield f"  # 待定：{_list(several)}都是身份证号，采用成员本人的一列："
        yield from (f"  # identifier: {written(each.header)}" for each in several)


def _facts(
    policy: Policy, table: Table, seen: Sequence[TableSeen], found: Recognised, identifier: ColumnSeen | None
) -> Iterator[str]:
    """The facts in the policy's order, then the columns in doubt, and what has no column or no use.

    `seen` has the table itself, then the other one.
    """
    facts = policy.members.facts if table.of_members else policy.facts
    matches = {each.fact.name: each for each in found.matches}
    born = _day_of_birth(facts) if identifier is not None else None
    for name, fact in facts.items():
        if name in matches:
            yield from _match(policy, table, seen, matches[name])
        if identifier is not None and fact == born:
            yield from _birth(table, fact, identifier, there=name in matches)
    for doubt in found.doubts:
        yield f"    # 待定：“{_called(doubt.column)}”列，{one_line(doubt.reason)}。可能是："
        yield from (f"    # {_name(table, fact)}: {written(doubt.column.header)}" for fact in doubt.facts)
    used = {*matches, *({born.name} if born is not None else ())}
    if missing := [one_line(fact.title) for name, fact in facts.items() if name not in used]:
        yield f"    # 没有认出列的事实，按没有填写处理：{'、'.join(missing)}"
    own = seen[0].columns
    if own and all(each.has_no_header for each in own):
        yield "    # 待定：没有找到表头，表头的位置像是某一行的内容；请先在表中加上一行表头。"
    elif found.unused:
        yield f"    # 没有用到的列：{_list(found.unused)}"


def _match(policy: Policy, table: Table, seen: Sequence[TableSeen], match: Match) -> Iterator[str]:
    """The entry of a fact, with the codes in its column that nobody has said the meaning of."""
    fact, column = match.fact, match.column
    codes, others = tuple[str, ...](), 0
    if not isinstance(fact.kind, DateKind):
        is_number = isinstance(fact.kind, NumberKind)
        known = words_of(policy, fact)
        personal = frozenset[str]().union(*(each.of_persons(column) for each in seen))
        codes, others = codes_in(column, known, personal, numbers=is_number)
    check = _CHECK if match.by_values else ""
    if not codes and not others and not match.unit:
        yield f"    {_name(table, fact)}: {written(column.header)}{check}"
        return
    yield f"    {_name(table, fact)}:"
    yield f"      column: {written(column.header)}{check}"
    if match.unit:
        yield f"      unit: {written(match.unit)}"
    if codes:
        yield f"      # 待定：这一列还有以下代码，在冒号后写明各是什么：{_meanings(fact)}；不清楚的写 unknown。"
        yield "      # codes:"
        yield from (f"      #   {written(code)}:" for code in codes)
    if others:
        yield f"      # 这一列另有 {others} 种不是{_meanings(fact)}的内容，可能涉及个人，没有列出，请对照原表。"


def _birth(table: Table, fact: Fact, identifier: ColumnSeen, *, there: bool) -> Iterator[str]:
    """The day of birth from the identity number, where nothing else stands there."""
    entry = f"{_name(table, fact)}: {{column: {written(identifier.header)}, read: {IDENTITY_NUMBER}}}"
    others = len(identifier.texts) - identifier.identity_numbers
    if there:
        yield "    # 也可以改从身份证号读出，号码不保留；采用时去掉上面的一行："
    elif not identifier.texts:
        yield f"    # 待定：没有见到“{_called(identifier)}”列的内容；都是 18 位身份证号的，可以从中读出，号码不保留："
    elif others:
        yield f"    # 待定：“{_called(identifier)}”列有 {others} 格不是 18 位身份证号，这些行读不出："
    else:
        yield f"    {entry}"
        return
    yield f"    # {entry}"


def _day_of_birth(facts: Mapping[str, Fact]) -> Fact | None:
    days = [fact for fact in facts.values() if isinstance(fact.kind, DateKind)]
    of_birth = [fact for fact in days if fact.name == "birth_date" or "出生" in fact.title]
    return of_birth[0] if len(of_birth) == 1 else None


def _meanings(fact: Fact) -> str:
    match fact.kind:
        case ChoiceKind(options):
            return "、".join(map(one_line, options.values()))
        case YesNoKind():
            return "是、否"
        case NumberKind():
            return "数"
        case DateKind():
            return "日期"


def _name(table: Table, fact: Fact) -> str:
    """A fact by its title, or by its name where the title is another's word or YAML would not take it."""
    column = table.spelled.get(fact.title)
    own = column is not None and column.fact == fact and fact.title == one_line(fact.title) and len(fact.title) <= 200
    return written(fact.title if own else fact.name)


def _list(columns: list[ColumnSeen]) -> str:
    return "、".join(f"“{_called(each)}”" for each in columns)


def _called(column: ColumnSeen) -> str:
    return f"第 {column.place} 列" if column.has_no_header else one_line(column.header)
