"""Which fact each column of a register is, by its header or its values, or which it could be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from unicodedata import normalize

from attrs import Factory, define, frozen

from hardship_rules.core.model import Fact, Policy
from hardship_rules.core.values import ChoiceKind, NumberKind, YesNoKind
from hardship_rules.language.conversion import factor_of, units_of
from hardship_rules.language.mapping import UNKNOWN_WORDS, Table, words_of
from hardship_rules.registers.headers import WITH_UNIT, bare
from hardship_rules.registers.seen import ColumnSeen

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
