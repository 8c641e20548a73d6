"""A mapping suggested for a register, from the headers of its columns and some of their values."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from unicodedata import normalize

from attrs import Factory, define, field, frozen

from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.explanation.forms import yaml_scalar
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
from hardship_rules.locale import sentences
from hardship_rules.registers._cells import normalized_number
from hardship_rules.registers._headers import NO_FACTS, WITH_UNIT, bare

_WORDS = sentences("suggest_mapping")
_SPACES = " \t\r\n\u00a0\u3000\u200b\ufeff"

# What headers and values are recognised by
_IDENTITY_NUMBER = re.compile(r"[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]")
_DIGITS_IN_ROW, _NUMBER_OF_PERSON = re.compile("[0-9]{6}"), re.compile("[0-9]{11}")
_OF_NAMES = re.compile("姓名|名字|称呼")
_OF_KEYS = re.compile("(户|档案|家庭|困难职工).*(号|编号|编码)")
_IDENTIFIERS = (IDENTIFIER, "身份证号码", "公民身份号码", "证件号码", "证件号")
_OF_BIRTH = "出生"

_MOST_CODES = 12  # a column with more different values has no codes
_LONGEST, _LONGEST_WITH_DIGITS = 6, 3  # characters of a code
_FEWEST_PERSONS, _DISTINCT = 5, 0.8  # a column with this share of distinct values, in enough rows, is of persons
_SIMILAR = 0.6  # of 1: how alike a header and a title must be to be suggested
_CANDIDATES = 4  # facts suggested for a column
_LONGEST_TITLE = 200  # characters of a title that YAML takes as a key


@frozen
class ColumnSample:
    """A column's header and its texts in some rows, without blank ones; `place` is counted from 1."""

    header: str
    place: int
    texts: tuple[str, ...] = field(repr=False)
    has_no_header: bool = False  # the text in its place may identify a person, and is not repeated

    @cached_property
    def counts(self) -> Counter[str]:
        """The number of rows with each text."""
        return Counter(self.texts)

    @property
    def plain(self) -> str:
        """The header without spaces, in half-width forms."""
        return normalize("NFKC", bare(self.header))

    @cached_property
    def identity_numbers(self) -> int:
        """The number of texts that are identity numbers of 18 digits with a possible date of birth."""
        return sum(1 for text in self.texts if _IDENTITY_NUMBER.fullmatch(normalized_number(text)))

    @property
    def is_of_persons(self) -> bool:
        """Whether the texts may identify persons: names, numbers, or a different text in nearly every row."""
        distinct = len(self.texts) >= _FEWEST_PERSONS and len(self.counts) >= _DISTINCT * len(self.texts)
        return bool(distinct or self.identity_numbers or _OF_NAMES.search(self.plain))


@frozen
class TableSample:
    """Some rows of a table, and the name of its sheet, if any."""

    source: str | None
    columns: tuple[ColumnSample, ...]

    def of_persons(self, but: ColumnSample) -> frozenset[str]:
        """The texts of all columns that may identify persons, other than one column."""
        return frozenset(
            text for column in self.columns if column != but and column.is_of_persons for text in column.counts
        )


def table_sample(columns: Mapping[str, Sequence[str | None]], source: str | None = None) -> TableSample:
    """A sample of a table, from some rows of text under each header.

    A header with a long row of digits is a value. One as long as a person's or telephone number means that the whole
    row of headers is a row of values.
    """
    samples = []
    no_headers = any(_NUMBER_OF_PERSON.search(normalize("NFKC", header)) for header in columns)
    for place, (header, cells) in enumerate(columns.items(), 1):
        texts = (cell.strip(_SPACES) for cell in cells if cell is not None)
        no_header = no_headers or _DIGITS_IN_ROW.search(normalize("NFKC", header)) is not None
        samples.append(ColumnSample(header, place, tuple(filter(None, texts)), no_header))
    return TableSample(source, tuple(samples))


@frozen
class Match:
    """A column recognised as a fact's, with the unit in its header; `by_values` if only by its values."""

    column: ColumnSample
    fact: Fact
    unit: str = ""
    by_values: bool = False


@frozen
class Doubt:
    """A column that may be one of some facts, and the reason for doubt."""

    column: ColumnSample
    reason: str
    facts: tuple[Fact, ...]


@define
class Recognition:
    """The columns of a table by how surely they are recognised."""

    matches: list[Match] = Factory(list)
    doubts: list[Doubt] = Factory(list)
    unused: list[ColumnSample] = Factory(list)


def suggest_mapping(policy: Policy, households: TableSample, members: TableSample) -> str:
    """The text of a valid mapping file, with doubts as comments; it contains no text that may identify a person."""
    return "\n".join(_lines(policy, households, members)) + "\n"


def _lines(policy: Policy, households: TableSample, members: TableSample) -> Iterator[str]:
    yield _WORDS["title"].format(title=one_line(policy.title))
    yield _WORDS["how"]
    yield "mapping: 1"
    yield f"policy: {yaml_scalar(policy.name)}"
    yield _WORDS["blank"]
    yield "# blank: unknown"
    mapping = mapping_for(policy)
    for table, sample, other in ((mapping.households, households, members), (mapping.members, members, households)):
        yield "members:" if table.of_members else "households:"
        if sample.source is not None:
            yield f"  from: {yaml_scalar(sample.source)}"
        key, candidates = _key(table, sample, other)
        yield _without_key(table, candidates) if key is None else f"  key: {_header(key, table.keys)}"
        identifier = _identifier(sample) if table.of_members else None
        if table.of_members:
            yield from _identifier_lines(sample, identifier)
        rest = [column for column in sample.columns if column not in (key, identifier) and column.plain not in NO_FACTS]
        recognition = recognised_columns(policy, table, rest)
        facts = list(_fact_lines(policy, table, (sample, other), recognition, identifier))
        has_facts = any(not line.lstrip().startswith("#") for line in facts)
        yield "  facts:" if has_facts else f"  # facts:{_WORDS['uncomment_too']}"
        yield from facts


def _key(table: Table, sample: TableSample, other: TableSample) -> tuple[ColumnSample | None, list[ColumnSample]]:
    """The column of the key, and the columns that may be it: in both tables, and unique in the households'.

    A candidate whose header says that it numbers households or files is the key, if it is the only one.
    """
    with_header = [column for column in sample.columns if not column.has_no_header]
    named = [column for word in table.keys for column in with_header if column.plain == word]
    households = other if table.of_members else sample
    unique = {column.plain for column in households.columns if column.texts and len(column.counts) == len(column.texts)}
    in_other = {column.plain for column in other.columns}
    candidates = [column for column in with_header if column.plain in unique & in_other]
    numbering = [column for column in candidates if _OF_KEYS.fullmatch(column.plain)]
    return (named[0] if named else numbering[0] if len(numbering) == 1 else None), candidates


def _without_key(table: Table, candidates: list[ColumnSample]) -> str:
    names = _WORDS["join"].join(word for word in table.keys if not word.isascii())
    reason = _WORDS["key_candidates"].format(columns=_listed(candidates)) if candidates else _WORDS["key_needed"]
    return _WORDS["no_key"].format(names=names, reason=reason)


def _header(column: ColumnSample, words: tuple[str, ...]) -> str:
    """A header, with a comment to check it unless it is one of the usual words."""
    return f"{yaml_scalar(column.header)}{'' if column.plain in words else _WORDS['check']}"


def _identifier(sample: TableSample) -> ColumnSample | None:
    """The column that identifies a member: by its header, or as the only one with nothing but identity numbers."""
    named = [column for word in _IDENTIFIERS for column in sample.columns if column.plain == word]
    by_values = _of_identity_numbers(sample)
    return named[0] if named else by_values[0] if len(by_values) == 1 else None


def _of_identity_numbers(sample: TableSample) -> list[ColumnSample]:
    with_header = (column for column in sample.columns if not column.has_no_header)
    return [column for column in with_header if column.texts and column.identity_numbers == len(column.texts)]


def _identifier_lines(sample: TableSample, identifier: ColumnSample | None) -> Iterator[str]:
    if identifier is not None:
        yield f"  identifier: {_header(identifier, _IDENTIFIERS)}"
    elif candidates := _of_identity_numbers(sample):
        yield _WORDS["identifiers"].format(columns=_listed(candidates))
        yield from (f"  # identifier: {yaml_scalar(column.header)}" for column in candidates)


def recognised_columns(policy: Policy, table: Table, columns: Sequence[ColumnSample]) -> Recognition:
    """The facts of columns: by header, else by values; otherwise the facts that they may be."""
    recognition, others = Recognition(), list[ColumnSample]()
    facts = {normalize("NFKC", bare(word)): column.fact for word, column in table.spelled.items()}
    for column in columns:
        with_unit = WITH_UNIT.fullmatch(column.plain)
        if column.has_no_header:
            recognition.unused.append(column)
        elif (fact := facts.get(column.plain)) is not None:
            recognition.matches.append(Match(column, fact))
        elif with_unit is None or (fact := facts.get(with_unit[1])) is None:
            others.append(column)
        else:
            _recognise_unit(policy, recognition, column, fact, with_unit[2])
    _doubt_repeated(recognition)
    named = {match.fact for match in recognition.matches}
    named |= {fact for doubt in recognition.doubts for fact in doubt.facts}
    _recognise_values(
        policy, recognition, others, [fact for fact in dict.fromkeys(facts.values()) if fact not in named]
    )
    for column in others:
        similar = _similar(column.plain, facts)
        if similar:
            recognition.doubts.append(Doubt(column, _WORDS["similar_header"], similar))
        else:
            recognition.unused.append(column)
    return recognition


def _recognise_unit(policy: Policy, recognition: Recognition, column: ColumnSample, fact: Fact, unit: str) -> None:
    """Recognise a header with a fact and brackets: a match if they contain a unit of the fact, else a doubt."""
    is_number = isinstance(fact.kind, NumberKind)
    factor = factor_of(policy, fact, unit) if is_number else None
    if factor is not None:
        recognition.matches.append(Match(column, fact, "" if factor == 1 else unit))
        return
    wanted = units_of(policy, fact) if is_number else ""
    reason = "other_unit" if wanted else "no_unit" if is_number else "unclear_brackets"
    recognition.doubts.append(Doubt(column, _WORDS[reason].format(unit=unit, wanted=wanted), (fact,)))


def _doubt_repeated(recognition: Recognition) -> None:
    """Turn the matches of a fact with several columns into doubts: only one of them can be right."""
    counts = Counter(match.fact.name for match in recognition.matches)
    for match in [match for match in recognition.matches if counts[match.fact.name] > 1]:
        recognition.matches.remove(match)
        recognition.doubts.append(Doubt(match.column, _WORDS["several_columns"], (match.fact,)))


def _recognise_values(
    policy: Policy, recognition: Recognition, others: list[ColumnSample], facts: Sequence[Fact]
) -> None:
    """Recognise columns by their values, and remove them from `others`.

    A match needs more than values: 城市 and 农村 may be the residence or the registration. One choice alone must have
    such options, no other column may have them, and the header must be part of the choice's title.
    """
    words = {fact.name: words_of(policy, fact).keys() - set(UNKNOWN_WORDS) for fact in facts}
    fitting = {column: _fitting(column, facts, words) for column in others}
    columns_of = Counter(fact.name for candidates in fitting.values() for fact in candidates)
    for column, candidates in fitting.items():
        if not candidates:
            continue
        others.remove(column)
        first = candidates[0]
        similar = _similar(column.plain, {fact.title: fact for fact in candidates})
        alone = len(candidates) == 1 and columns_of[first.name] == 1 and isinstance(first.kind, ChoiceKind)
        if alone and len(column.plain) > 1 and column.plain in first.title:
            recognition.matches.append(Match(column, first, by_values=True))
        elif similar:
            recognition.doubts.append(Doubt(column, _WORDS["values_and_header"], similar))
        elif len(candidates) <= _CANDIDATES:
            recognition.doubts.append(Doubt(column, _WORDS["values_only"], tuple(candidates)))
        else:
            recognition.unused.append(column)


def _fitting(column: ColumnSample, facts: Sequence[Fact], words: Mapping[str, set[str]]) -> list[Fact]:
    """The choices and booleans with all values of a column among their words; it must have two values or more."""
    values = column.counts.keys() - set(UNKNOWN_WORDS)
    kinds = (ChoiceKind, BooleanKind)
    return [fact for fact in facts if len(values) > 1 and isinstance(fact.kind, kinds) and values <= words[fact.name]]


def _similar(header: str, facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """The facts whose names are similar to a header, contain it or are part of it; the most similar first."""
    close = get_close_matches(header, facts, n=_CANDIDATES, cutoff=_SIMILAR)
    inside = [word for word in facts if len(header) > 1 and len(word) > 1 and (header in word or word in header)]
    return tuple(dict.fromkeys(facts[word] for word in (*close, *inside)))[:_CANDIDATES]


def _fact_lines(
    policy: Policy,
    table: Table,
    samples: Sequence[TableSample],
    recognition: Recognition,
    identifier: ColumnSample | None,
) -> Iterator[str]:
    """The facts in the policy's order, then the doubts, the facts without a column, and the unused columns.

    `samples` are the table's own, then the other one.
    """
    facts = policy.members.facts if table.of_members else policy.facts
    matches = {match.fact.name: match for match in recognition.matches}
    birth = _date_of_birth(facts) if identifier is not None else None
    for name, fact in facts.items():
        if name in matches:
            yield from _match_lines(policy, table, samples, matches[name])
        if identifier is not None and fact == birth:
            yield from _birth_lines(table, fact, identifier, has_column=name in matches)
    for doubt in recognition.doubts:
        yield _WORDS["doubt"].format(column=_name(doubt.column), reason=one_line(doubt.reason))
        yield from (f"    # {_fact_name(table, fact)}: {yaml_scalar(doubt.column.header)}" for fact in doubt.facts)
    used = {*matches, *({birth.name} if birth is not None else ())}
    if missing := [one_line(fact.title) for name, fact in facts.items() if name not in used]:
        yield _WORDS["no_column"].format(facts=_WORDS["join"].join(missing))
    columns = samples[0].columns
    if columns and all(column.has_no_header for column in columns):
        yield _WORDS["no_headers"]
    elif recognition.unused:
        yield _WORDS["unused"].format(columns=_listed(recognition.unused))


def _match_lines(policy: Policy, table: Table, samples: Sequence[TableSample], match: Match) -> Iterator[str]:
    """The entry of a fact, with the codes in its column whose meaning is not known."""
    fact, column = match.fact, match.column
    codes, others = tuple[str, ...](), 0
    if not isinstance(fact.kind, DateKind):
        personal = frozenset[str]().union(*(sample.of_persons(column) for sample in samples))
        is_number = isinstance(fact.kind, NumberKind)
        codes, others = codes_in(column, words_of(policy, fact), personal, is_number=is_number)
    check = _WORDS["check"] if match.by_values else ""
    if not codes and not others and not match.unit:
        yield f"    {_fact_name(table, fact)}: {yaml_scalar(column.header)}{check}"
        return
    yield f"    {_fact_name(table, fact)}:"
    yield f"      column: {yaml_scalar(column.header)}{check}"
    if match.unit:
        yield f"      unit: {yaml_scalar(match.unit)}"
    if codes:
        yield _WORDS["codes"].format(values=_values(fact))
        yield "      # codes:"
        yield from (f"      #   {yaml_scalar(code)}:" for code in codes)
    if others:
        yield _WORDS["other_values"].format(count=others, values=_values(fact))


def codes_in(
    column: ColumnSample, known: Collection[str], personal: Collection[str], *, is_number: bool
) -> tuple[tuple[str, ...], int]:
    """The codes of a column that are not known, in order, and the number of other unknown texts, which stay hidden.

    A code is short, one of few, occurs in several rows, and is no text that may identify a person (`personal`). In a
    column of numbers it has no digit.
    """
    strange = [text for text in column.counts if text not in known and not (is_number and re.search(r"\d", text))]
    if len(strange) > _MOST_CODES or _OF_NAMES.search(column.plain) or column.identity_numbers:
        return (), len(strange)
    codes = sorted(text for text in strange if column.counts[text] > 1 and _is_short(text) and text not in personal)
    return tuple(codes), len(strange) - len(codes)


def _is_short(text: str) -> bool:
    return text.isprintable() and len(text) <= (_LONGEST_WITH_DIGITS if re.search(r"\d", text) else _LONGEST)


def _birth_lines(table: Table, fact: Fact, identifier: ColumnSample, *, has_column: bool) -> Iterator[str]:
    """The date of birth read from the identity number; as a comment if it has a column, or some number is no such."""
    entry = f"{_fact_name(table, fact)}: {{column: {yaml_scalar(identifier.header)}, read: {IDENTITY_NUMBER}}}"
    others = len(identifier.texts) - identifier.identity_numbers
    if has_column:
        yield _WORDS["birth_instead"]
    elif not identifier.texts:
        yield _WORDS["birth_unseen"].format(column=_name(identifier))
    elif others:
        yield _WORDS["birth_unread"].format(column=_name(identifier), count=others)
    else:
        yield f"    {entry}"
        return
    yield f"    # {entry}"


def _date_of_birth(facts: Mapping[str, Fact]) -> Fact | None:
    dates = [fact for fact in facts.values() if isinstance(fact.kind, DateKind)]
    of_birth = [fact for fact in dates if fact.name == "birth_date" or _OF_BIRTH in fact.title]
    return of_birth[0] if len(of_birth) == 1 else None


def _values(fact: Fact) -> str:
    """The possible values of a fact, in words."""
    match fact.kind:
        case ChoiceKind(options):
            return _WORDS["join"].join(map(one_line, options.values()))
        case BooleanKind():
            return _WORDS["yes_or_no"]
        case NumberKind():
            return _WORDS["number"]
        case DateKind():
            return _WORDS["date"]


def _fact_name(table: Table, fact: Fact) -> str:
    """A fact's title; its name if the title is a word of another fact, or no key for YAML."""
    column = table.spelled.get(fact.title)
    is_unique = column is not None and column.fact == fact
    is_key = fact.title == one_line(fact.title) and len(fact.title) <= _LONGEST_TITLE
    return yaml_scalar(fact.title if is_unique and is_key else fact.name)


def _listed(columns: list[ColumnSample]) -> str:
    return _WORDS["join"].join(_WORDS["quoted"].format(name=_name(column)) for column in columns)


def _name(column: ColumnSample) -> str:
    return _WORDS["column"].format(place=column.place) if column.has_no_header else one_line(column.header)
