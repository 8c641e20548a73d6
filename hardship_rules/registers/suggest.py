"""A mapping suggested for a register from its headers and cells."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from unicodedata import normalize

from attrs import Factory, define, field, frozen

from hardship_rules.core.kinds import ChoiceKind, DateKind, NumberKind, YesNoKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.explanation.forms import written
from hardship_rules.explanation.wording import one_line
from hardship_rules.language.mapping import (
    IDENTIFIER,
    IDENTITY_NUMBER,
    UNKNOWN_WORDS,
    Table,
    factor_of,
    mapping_for,
    units_of,
    words_of,
)
from hardship_rules.registers._cells import compared_number
from hardship_rules.registers.headers import ASIDE, WITH_UNIT, bare

_IDENTITY_NUMBER = re.compile(r"[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]")
_LONG, _NUMBER_OF_PERSON = re.compile("[0-9]{6}"), re.compile("[0-9]{11}")
_OF_NAMES = re.compile("姓名|名字|称呼")
_SPACES = " \t\r\n\u00a0\u3000\u200b\ufeff"
_MANY = 12  # different values, from which on they are no codes
_LONGEST, _LONGEST_WITH_DIGITS = 6, 3  # characters of a code
_ITS_OWN = 0.8  # of the values are different where each row has its own


@frozen
class ColumnSeen:
    """A column's header and the texts in some of its rows, blank ones left out; `place` counts from 1."""

    header: str
    place: int
    texts: tuple[str, ...] = field(repr=False)
    has_no_header: bool = False  # what stands in its place may be a person's, and is not repeated

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text stands there."""
        return Counter(self.texts)

    @property
    def plain(self) -> str:
        """The header without spaces, its full-width forms as the plain ones."""
        return normalize("NFKC", bare(self.header))

    @cached_property
    def identity_numbers(self) -> int:
        """How many of the texts are identity numbers of 18 digits with a day in them."""
        return sum(1 for text in self.texts if _IDENTITY_NUMBER.fullmatch(compared_number(text)))

    @property
    def is_of_persons(self) -> bool:
        """What stands there may be a person's own: names, numbers, whatever is different in nearly each row."""
        apart = len(self.texts) >= 5 and len(self.counts) >= _ITS_OWN * len(self.texts)
        return bool(apart or self.identity_numbers or _OF_NAMES.search(self.plain))


@frozen
class TableSeen:
    """A table's columns as they were seen, and the sheet or file they are of."""

    source: str | None
    columns: tuple[ColumnSeen, ...]

    def of_persons(self, but: ColumnSeen) -> frozenset[str]:
        """The texts that may be a person's own, by the columns that they stand in."""
        return frozenset(
            text for column in self.columns if column != but and column.is_of_persons for text in column.counts
        )


def table_seen(columns: Mapping[str, Sequence[str | None]], source: str | None = None) -> TableSeen:
    """A table as it was seen: some rows of text under each header.

    A long row of digits is no header; one as long as a person's or a telephone's number is a row that has none.
    """
    found = []
    no_headers = any(_NUMBER_OF_PERSON.search(normalize("NFKC", header)) for header in columns)
    for place, (header, cells) in enumerate(columns.items(), 1):
        texts = (cell.strip(_SPACES) for cell in cells if cell is not None)
        no_header = no_headers or _LONG.search(normalize("NFKC", header)) is not None
        found.append(ColumnSeen(header, place, tuple(filter(None, texts)), no_header))
    return TableSeen(source, tuple(found))


def codes_in(
    column: ColumnSeen, known: Collection[str], personal: Collection[str], *, numbers: bool
) -> tuple[tuple[str, ...], int]:
    """The codes of a column that are not known, in order; and how many other texts there are that are not told.

    A code is short, one of few, stands in more than one row, and nowhere where what is a person's own stands; in a
    column of numbers it has no digit.
    """
    strange = [text for text in column.counts if text not in known and not (numbers and re.search(r"\d", text))]
    if len(strange) > _MANY or _OF_NAMES.search(column.plain) or column.identity_numbers:
        return (), len(strange)
    codes = sorted(text for text in strange if column.counts[text] > 1 and _is_short(text) and text not in personal)
    return tuple(codes), len(strange) - len(codes)


def _is_short(text: str) -> bool:
    return text.isprintable() and len(text) <= (_LONGEST_WITH_DIGITS if re.search(r"\d", text) else _LONGEST)


_NEAR = 0.6  # how alike a header and a title are, of 1, to be worth a look
_CANDIDATES = 4


@frozen
class Match:
    """A column that is a fact's, with the unit that its header says; `by_values` where the header is another one."""

    column: ColumnSeen
    fact: Fact
    unit: str = ""
    by_values: bool = False


@frozen
class Doubt:
    """A column that could be one of some facts, and why that is not certain."""

    column: ColumnSeen
    reason: str
    facts: tuple[Fact, ...]


@define
class Recognised:
    """What the columns of a table are."""

    matches: list[Match] = Factory(list)
    doubts: list[Doubt] = Factory(list)
    unused: list[ColumnSeen] = Factory(list)


def recognised_columns(policy: Policy, table: Table, columns: Sequence[ColumnSeen]) -> Recognised:
    """What each column is: by its header, else by its values; else what it could be by either."""
    found, others = Recognised(), list[ColumnSeen]()
    facts = {normalize("NFKC", bare(word)): each.fact for word, each in table.spelled.items()}
    for column in columns:
        parted = WITH_UNIT.fullmatch(column.plain)
        if column.has_no_header:
            found.unused.append(column)
        elif (fact := facts.get(column.plain)) is not None:
            found.matches.append(Match(column, fact))
        elif parted is None or (fact := facts.get(parted[1])) is None:
            others.append(column)
        else:
            found = _with_unit(policy, found, column, fact, parted[2])
    _once(found)
    every = tuple({fact.name: fact for fact in facts.values()}.values())
    named = {each.fact for each in found.matches} | {fact for each in found.doubts for fact in each.facts}
    _by_values(policy, found, others, [fact for fact in every if fact not in named])
    for column in others:
        near = _alike(column.plain, facts)
        if near:
            found.doubts.append(Doubt(column, "表头与事实的名称相近", near))
        else:
            found.unused.append(column)
    return found


def _with_unit(policy: Policy, found: Recognised, column: ColumnSeen, fact: Fact, unit: str) -> Recognised:
    """A header with something in brackets: the unit of a number, or nobody knows what."""
    factor = factor_of(policy, fact, unit) if isinstance(fact.kind, NumberKind) else None
    if factor is not None:
        found.matches.append(Match(column, fact, "" if factor == 1 else unit))
    elif isinstance(fact.kind, NumberKind):
        wanted = units_of(policy, fact)
        reason = f"“{unit}”不是这项事实的单位（{wanted}）" if wanted else f"这项事实没有单位，“{unit}”不清楚是什么"
        found.doubts.append(Doubt(column, reason, (fact,)))
    else:
        found.doubts.append(Doubt(column, f"括号里的“{unit}”不清楚是什么", (fact,)))
    return found


def _once(found: Recognised) -> None:
    """A fact is in one column: where several are called so, none is taken."""
    claims = Counter(each.fact.name for each in found.matches)
    for each in [each for each in found.matches if claims[each.fact.name] > 1]:
        found.matches.remove(each)
        found.doubts.append(Doubt(each.column, "不止一列是这项事实，只能取一列", (each.fact,)))


def _by_values(policy: Policy, found: Recognised, others: list[ColumnSeen], facts: Sequence[Fact]) -> None:
    """Columns that could hold facts by what stands there.

    That is certain only where one choice alone has such options, no other column has them, and the header is part of
    its title: 城市 and 农村 may say of a mother where she lives, and of a registration what it is.
    """
    words = {fact.name: words_of(policy, fact).keys() - set(UNKNOWN_WORDS) for fact in facts}
    fit: Mapping[ColumnSeen, list[Fact]] = {column: _fitting(column, facts, words) for column in others}
    wanted = Counter(fact.name for each in fit.values() for fact in each)
    for column, could_be in fit.items():
        if not could_be:
            continue
        others.remove(column)
        first = could_be[0]
        near = _alike(column.plain, {fact.title: fact for fact in could_be})
        alone = len(could_be) == 1 and wanted[first.name] == 1 and isinstance(first.kind, ChoiceKind)
        if alone and len(column.plain) > 1 and column.plain in first.title:
            found.matches.append(Match(column, first, by_values=True))
        elif near:
            found.doubts.append(Doubt(column, "取值相符，表头与名称相近", near))
        elif len(could_be) <= _CANDIDATES:
            found.doubts.append(Doubt(column, "取值相符，表头不同", tuple(could_be)))
        else:
            found.unused.append(column)


def _fitting(column: ColumnSeen, facts: Sequence[Fact], words: Mapping[str, set[str]]) -> list[Fact]:
    """The choices and yes-or-noes that a column could be by what stands in it: two of the words at least."""
    stands = column.counts.keys() - set(UNKNOWN_WORDS)
    kinds = (ChoiceKind, YesNoKind)
    return [fact for fact in facts if len(stands) > 1 and isinstance(fact.kind, kinds) and stands <= words[fact.name]]


def _alike(header: str, facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """The facts whose names are like a header, or hold it, or are held by it; the likest first."""
    close = get_close_matches(header, facts, n=_CANDIDATES, cutoff=_NEAR)
    inside = [word for word in facts if len(header) > 1 and len(word) > 1 and (header in word or word in header)]
    return tuple(dict.fromkeys(facts[word] for word in (*close, *inside)))[:_CANDIDATES]


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
