"""One table of a register becomes its facts' columns, and everything that is wrong with its cells, at its place."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import narwhals as nw
import polars as pl
from attrs import evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Policy
from hardship_rules.core.problems import FactError, Problem
from hardship_rules.core.values import ChoiceKind
from hardship_rules.explanation.filling import allowed
from hardship_rules.frames.frame_given import WITH_TIME
from hardship_rules.language.mapping import Column, Table
from hardship_rules.registers.headers import Headers, headers_of
from hardship_rules.registers.mapped import mapped, with_steps
from hardship_rules.registers.raw_table import Cell, RawTable
from hardship_rules.registers.text_cells import Cells

KEY = "household"
"""The column of a household's key in frames that are made of a register."""

_ASCII = "^[ -~]*$"
_PERSON = "identifier"


@frozen(eq=False)
class Part:
    """One table of a register, read: for each row of the raw one the household's key and each fact, null where unknown.

    `blank` has of each fact that is not everywhere the rows in which nothing stands; `persons` is the column of who a
    person is. `problems` are by rows; those of a row that is none are under -1.
    """

    raw: RawTable
    headers: Headers
    frame: pl.DataFrame = field(repr=False)
    blank: FrozenMapping[str, pl.Series] = field(repr=False)
    persons: pl.Series | None = field(repr=False)
    problems: FrozenMapping[int, tuple[Problem, ...]] = field(repr=False)

    def place(self, row: int, fact: str | None = None) -> Cell:
        """The place of a fact in a row, or of the row's key."""
        column = None if fact is None else self.headers.columns.get(fact)
        return self.raw.cell(row, self.headers.key if column is None else column.name)


def read_part(policy: Policy, raw: RawTable, table: Table, *, show_values: bool) -> Part:
    """The facts of a table, worked out a column at a time; raises `FactError` with all that its headers have wrong."""
    headers = headers_of(policy, table, raw.headers)
    wrong = [_at_header(raw, problem) for problem in headers.problems]
    wrong += [problem for _, some in _spotted(raw, set(raw.headers), among_headers=True) for problem in some]
    if wrong:
        raise FactError(wrong)
    columns = {column.name for column in headers.columns.values()} | {headers.key, headers.identifier or headers.key}
    texts = [name for name in columns if raw.frame.schema[name] == pl.String]
    plain = [name for name in texts if raw.frame[name].str.contains(_ASCII).all()]
    try:
        facts = mapped(nw.from_native(raw.frame.lazy()), headers, plain)
    except FactError as error:
        raise FactError(_at_header(raw, problem) for problem in error.problems) from None
    cells = {KEY: (headers.key, facts.key)}
    cells |= {} if facts.identifier is None else {_PERSON: (str(headers.identifier), facts.identifier)}
    cells |= {f"fact {name}": (headers.columns[name].name, each) for name, each in facts.facts.items()}
    problems = dict(_spotted(raw, {header for header, _ in cells.values()}))
    found: dict[str, pl.Series] = {}
    blank: dict[str, pl.Series] = {}
    for name, (header, each) in cells.items():
        worked = _worked(raw.frame.select(header), each)
        found[name] = worked["value"]
        fact = name.removeprefix("fact ")
        if name != fact and worked["blank"].any():
            blank[fact] = worked["blank"]
        column = headers.columns.get(fact) if name != fact else None
        for code in each.faults:
            for row in worked[code].fill_null(value=False).arg_true():
                if any(known.at == (header,) for known in problems.get(row, ())):
                    continue  # one thing wrong with a cell is enough
                unseen = header if code == WITH_TIME else ""  # whose sentence says what it is that has a time
                given = str(raw.frame[header][row] or "") if show_values else unseen
                problem = Problem(
                    code, (header,), given, _values(policy, header, column), location=raw.cell(row, header)
                )
                problems[row] = (*problems.get(row, ()), problem)
    named = [(name, found[name]) for name in found if name != _PERSON]
    frame = pl.DataFrame([series.alias(name.removeprefix("fact ")) for name, series in named])
    return Part(raw, headers, frame, FrozenMapping(blank), found.get(_PERSON), FrozenMapping(problems))


def _at_header(raw: RawTable, problem: Problem) -> Problem:
    """A problem with a header at that header's cell, unless it stands in the mapping."""
    if problem.location is not None:
        return problem
    return evolve(problem, location=raw.header_cell(str(problem.at[0]) if problem.at else ""))


def _spotted(
    raw: RawTable, headers: set[str], *, among_headers: bool = False
) -> Iterator[tuple[int, tuple[Problem, ...]]]:
    """What was found wrong with cells of some columns when they were read, by the rows of the table."""
    header_at = {column: header for header, column in zip(raw.headers, raw.columns, strict=True) if header in headers}
    rows = {int(row): number for number, row in enumerate(raw.rows)} if raw.spots else {}
    found: dict[int, list[Problem]] = {}
    for spot in raw.spots:
        if (header := header_at.get(spot.column)) is not None and (spot.row <= raw.header_row) is among_headers:
            place = evolve(raw.header_cell(header), line=spot.row)
            found.setdefault(rows.get(spot.row, -1), []).append(
                Problem(spot.code, (header,), values={"column": header}, location=place)
            )
    return ((row, tuple(problems)) for row, problems in found.items())


def _worked(column: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """What the cells of a column come to: their values, where they are blank, and where each fault is."""
    faults = (rows.alias(code) for code, rows in cells.faults.items())
    staged = with_steps(nw.from_native(column.lazy()), [cells])
    found = staged.select(cells.value.alias("value"), cells.blank.alias("blank"), *faults).collect().to_native()
    assert isinstance(found, pl.DataFrame)  # noqa: S101  # Polars in, Polars out
    return found


def _values(policy: Policy, header: str, column: Column | None) -> Mapping[str, str]:
    """What a problem with a cell tells: the column, and what was expected in it."""
    if column is None:
        return {"column": header}
    wanted = allowed(policy, column.fact)
    own = [word for word, meaning in column.words.items() if meaning is not None]
    titles = set(column.fact.kind.options) if isinstance(column.fact.kind, ChoiceKind) else set()
    codes = [word for word in own if word not in titles and word not in wanted.split(" / ")]
    if codes and isinstance(column.fact.kind, ChoiceKind):
        wanted = f"{wanted}；代码 {' / '.join(codes)}"
    if column.factor != 1:
        wanted = f"{wanted}（按表中的单位乘以 {_factor(Fraction(column.factor))} 以后）"
    return {"column": header, "wanted": wanted}


def _factor(factor: Fraction) -> str:
    return f"{factor.numerator:,}" if factor.denominator == 1 else f"{factor.numerator:,}/{factor.denominator:,}"
