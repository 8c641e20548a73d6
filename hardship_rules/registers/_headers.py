"""Which column of a register's table holds which fact, by its headers and the mapping."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attrs import evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import MOST_PROBLEMS, Problem, nearest
from hardship_rules.language.mapping import Column, Table, definitions_of, factor_of

NO_FACTS = frozenset({"label", "称呼", "reference", "编号"})
"""Headers that a register may have beside those of facts; they are neither read nor reported."""

WITH_UNIT = re.compile(r"(.+?)\s*[（(]([^（()）]+)[）)]")
"""A bare header that ends with a unit in brackets."""


@frozen
class Headers:
    """The columns of a table by their headers as written; `columns` has those of facts, by the names of the facts."""

    key: str
    identifier: str | None
    columns: FrozenMapping[str, Column]
    unused: tuple[str, ...]
    problems: tuple[Problem, ...] = field(default=(), repr=False)

    @property
    def unread(self) -> list[str]:
        """The unused headers that a report lists: all but those of `NO_FACTS`."""
        return [header for header in self.unused if header not in NO_FACTS]


def headers_of(policy: Policy, table: Table, headers: Sequence[str]) -> Headers:
    """The columns of a table by its headers, with a problem for each header that does not fit.

    A column that the mapping names is read as the mapping says. Any other is recognised by the name or title of its
    fact; the header of a number may end with its unit: 月工资（万元）.
    """
    by_name = {bare(header): header for header in headers if bare(header)}
    problems = [Problem("header_twice", (header,), header) for header in _repeated(headers)]
    key = next((by_name[bare(name)] for name in table.keys if bare(name) in by_name), "")
    if not key:
        wanted = table.keys[0] if table.closed is False else "、".join(table.keys)
        problems.append(Problem("header_of_key", (), wanted, nearest(wanted, by_name)))
    used = {key}
    columns: dict[str, Column] = {}
    for name, column in table.columns.items():
        if (header := by_name.get(bare(column.name))) is None:
            values = {"title": column.fact.title, **nearest(bare(column.name), by_name)}
            problems.append(Problem("header_missing", (), column.name, values, location=column.at))
        else:
            used.add(header)
            columns[name] = evolve(column, name=header)
            if not _has_unit_of(policy, column, header):
                problems.append(Problem("header_unit", (header,), header, {"title": column.fact.title}))
    identifier = None
    if table.identifier is not None:
        identifier = by_name.get(bare(table.identifier))
        used.add(identifier or "")
        if identifier is None and not table.closed:
            near = nearest(bare(table.identifier), by_name)
            problems.append(Problem("header_of_identifier", (), table.identifier, near, location=table.at))
    unused = []
    spellings = {bare(name): column for name, column in table.spelled.items()}
    for header in dict.fromkeys(headers):
        if len(problems) > MOST_PROBLEMS:
            break
        if header in used or not bare(header):
            continue
        named = _named_column(policy, spellings, header)
        if named is not None and named.fact.name not in columns:
            columns[named.fact.name] = named
        elif named is not None and named.fact.name not in table.columns:
            values = {"other": columns[named.fact.name].name}
            problems.append(Problem("header_fact_twice", (header,), header, values))
        elif not table.closed or bare(header) in NO_FACTS:
            unused.append(header)
        else:
            problems.append(Problem("header_unknown", (header,), header, nearest(bare(header), table.spelled)))
    return Headers(key, identifier, FrozenMapping(columns), tuple(unused), tuple(problems))


def bare(header: str) -> str:
    """A header without spaces and line ends."""
    return re.sub(r"[\s\u200b\ufeff]+", "", header)


def recogniser(table: Table) -> Callable[[str], bool]:
    """A predicate for the headers that the table is expected to have."""
    names = {*table.keys, *(column.name for column in table.columns.values()), *table.spelled}
    known = {bare(name) for name in names}

    def is_known(header: str) -> bool:
        match = WITH_UNIT.fullmatch(bare(header))
        return bare(header) in known or (match is not None and match[1] in known)

    return is_known


def _named_column(policy: Policy, spellings: Mapping[str, Column], header: str) -> Column | None:
    """The column of the fact that a header names, in the unit that the header ends with."""
    if (column := spellings.get(bare(header))) is not None:
        return evolve(column, name=header)
    match = WITH_UNIT.fullmatch(bare(header))
    column = None if match is None else spellings.get(match[1])
    if match is None or column is None or not isinstance(column.fact.kind, NumberKind):
        return None
    factor = factor_of(policy, column.fact, match[2])
    return None if factor is None else evolve(column, name=header, factor=factor)


def _has_unit_of(policy: Policy, column: Column, header: str) -> bool:
    """Whether the unit at the end of a header, if any, is the one that the mapping gives for the column.

    A unit without a period, such as 万元, may be by the month or by the year.
    """
    match = WITH_UNIT.fullmatch(bare(header))
    if match is None or not isinstance(column.fact.kind, NumberKind):
        return True
    factor = factor_of(policy, column.fact, match[2])
    if factor is None or factor == column.factor:
        return True
    return "/" not in match[2] and Fraction(column.factor) / Fraction(factor) in definitions_of(policy)


def _repeated(headers: Sequence[str]) -> list[str]:
    counts = Counter(map(bare, headers))
    return [header for header, count in counts.items() if header and count > 1]
