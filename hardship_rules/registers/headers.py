"""The headers of a register's table are held against its mapping: which column holds which fact, and what is amiss."""

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attrs import evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import MOST, Problem, nearest
from hardship_rules.language.mapping import Column, Table, definitions_of, factor_of

ASIDE = frozenset({"label", "称呼", "reference", "编号"})
"""The headers that a register may have beside its facts."""

WITH_UNIT = re.compile(r"(.+?)\s*[（(]([^（()）]+)[）)]")
"""A header with a unit in brackets behind it, once it is bare."""


@frozen
class Headers:
    """What a table's columns are, by the headers as they stand there: `columns` has those of facts by their names."""

    key: str
    identifier: str | None
    columns: FrozenMapping[str, Column]
    unused: tuple[str, ...]
    problems: tuple[Problem, ...] = field(default=(), repr=False)


def headers_of(policy: Policy, table: Table, headers: Sequence[str]) -> Headers:
    """What the headers of a table are.

    A column that the mapping names is taken as it says, any other by the name or title of its fact, a number's also
    with the unit that it is in: 月工资（万元）.
    """
    spelled = {bare(header): header for header in headers if bare(header)}
    problems = [Problem("header_twice", (each,), each) for each in _twice(headers)]
    key = next((spelled[bare(name)] for name in table.keys if bare(name) in spelled), "")
    if not key:
        wanted = table.keys[0] if table.closed is False else "、".join(table.keys)
        problems.append(Problem("header_of_key", (), wanted, nearest(wanted, spelled)))
    used = {key}
    found: dict[str, Column] = {}
    for name, column in table.columns.items():
        if (header := spelled.get(bare(column.name))) is None:
            values = {"title": column.fact.title, **nearest(bare(column.name), spelled)}
            problems.append(Problem("header_missing", (), column.name, values, location=column.at))
        else:
            used.add(header)
            found[name] = evolve(column, name=header)
            if not _agrees(policy, column, header):
                problems.append(Problem("header_unit", (header,), header, {"title": column.fact.title}))
    identifier = None
    if table.identifier is not None:
        identifier = spelled.get(bare(table.identifier))
        used.add(identifier or "")
        if identifier is None and not table.closed:
            near = nearest(bare(table.identifier), spelled)
            problems.append(Problem("header_of_identifier", (), table.identifier, near, location=table.at))
    unused = []
    spellings = {bare(name): column for name, column in table.spelled.items()}
    for header in dict.fromkeys(headers):
        if len(problems) > MOST:
            break
        if header in used or not bare(header):
            continue
        own = _of_itself(policy, spellings, header)
        if own is not None and own.fact.name not in found:
            found[own.fact.name] = own
        elif own is not None and own.fact.name not in table.columns:
            values = {"other": found[own.fact.name].name}
            problems.append(Problem("header_fact_twice", (header,), header, values))
        elif not table.closed or bare(header) in ASIDE:
            unused.append(header)
        else:
            problems.append(Problem("header_unknown", (header,), header, nearest(bare(header), table.spelled)))
    return Headers(key, identifier, FrozenMapping(found), tuple(unused), tuple(problems))


def bare(header: str) -> str:
    """A header without the spaces and line ends in it."""
    return re.sub(r"[\s\u200b\ufeff]+", "", header)


def recogniser(table: Table) -> Callable[[str], bool]:
    """Whether a header is one that the table is expected to have."""
    names = {*table.keys, *(column.name for column in table.columns.values()), *table.spelled}
    known = {bare(name) for name in names}

    def is_known(header: str) -> bool:
        match = WITH_UNIT.fullmatch(bare(header))
        return bare(header) in known or (match is not None and match[1] in known)

    return is_known


def _of_itself(policy: Policy, spelled: Mapping[str, Column], header: str) -> Column | None:
    """The column of the fact that a header names, with the unit that stands behind it."""
    if (column := spelled.get(bare(header))) is not None:
        return evolve(column, name=header)
    match = WITH_UNIT.fullmatch(bare(header))
    column = None if match is None else spelled.get(match[1])
    if match is None or column is None or not isinstance(column.fact.kind, NumberKind):
        return None
    factor = factor_of(policy, column.fact, match[2])
    return None if factor is None else evolve(column, name=header, factor=factor)


def _agrees(policy: Policy, column: Column, header: str) -> bool:
    """A unit that stands behind a header is the one that the mapping has the column in.

    One that does not say how often, 万元, may be by the month or the year.
    """
    match = WITH_UNIT.fullmatch(bare(header))
    if match is None or not isinstance(column.fact.kind, NumberKind):
        return True
    factor = factor_of(policy, column.fact, match[2])
    if factor is None or factor == column.factor:
        return True
    return "/" not in match[2] and Fraction(column.factor) / Fraction(factor) in definitions_of(policy)


def _twice(headers: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    for header in headers:
        seen[bare(header)] = seen.get(bare(header), 0) + 1
    return [header for header, count in seen.items() if header and count > 1]
