"""A register of households read from its files, with all of its problems."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from attrs import evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Location, Problem, nearest
from hardship_rules.engine.defaults import any_value, left_out_column, stated_column
from hardship_rules.explanation.forms import allowed_values
from hardship_rules.frames.given import WITH_TIME
from hardship_rules.frames.libraries import nw, pl
from hardship_rules.language.mapping import Column, RegisterMapping, Table
from hardship_rules.locale import sentences
from hardship_rules.registers._cells import Cells
from hardship_rules.registers._csv import read_csv, read_parquet
from hardship_rules.registers._headers import Headers, headers_of, recogniser
from hardship_rules.registers._mapped import KEY, mapped, with_steps
from hardship_rules.registers._soundness import MOST_LISTED, Finding, soundness
from hardship_rules.registers._table import Cell, Grid, RawTable, below_headers, without_non_data_rows
from hardship_rules.registers._workbook import Workbook, open_workbook, read_sheet

SHEETS = {False: ("家庭", "households"), True: ("成员", "家庭成员", "members")}
"""The names of the sheets of households, and of members, if no mapping names them."""

_WORDS = sentences("register")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_NOT_A_HEADER = re.compile(r"[-+0-9.,%\s]+|.*[0-9]{4}-[0-9]{2}-[0-9]{2}.*")
_ENOUGH = 2  # known headers that make a row of headers
_ASCII = "^[ -~]*$"
_PERSON = "identifier"
_WARNINGS = frozenset({"person_not_told"})
_PER_ROW = frozenset({"member_of_no_household", "household_without_worker"})  # each row is a finding of its own


@frozen(eq=False)
class Tables:
    """A register's two tables, and the encoding of each csv by its file name."""

    households: RawTable
    members: RawTable
    encodings: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@frozen(eq=False)
class FactTable:
    """One table of a register as facts: `frame` has the household's key and each fact for each row of the raw table.

    A cell that is blank, unknown or faulty is null. `blank` has the blank rows of each fact that is blank in some row,
    `persons` the identifiers of the members. `problems` are by row; those outside of any row are under -1.
    """

    raw: RawTable
    headers: Headers
    frame: pl.DataFrame = field(repr=False)
    blank: FrozenMapping[str, pl.Series] = field(repr=False)
    persons: pl.Series | None = field(repr=False)
    problems: FrozenMapping[int, tuple[Problem, ...]] = field(repr=False)

    def place(self, row: int, fact: str | None = None) -> Cell:
        """The cell of a fact in a row; of the key if the fact has no column."""
        column = None if fact is None else self.headers.columns.get(fact)
        return self.raw.cell(row, self.headers.key if column is None else column.name)


@frozen(eq=False)
class Register:
    """A register as read: `problems` are those of households by their keys, `astray` those of no known household.

    `warnings` change nothing; they include the rows that were left out, and those hidden.
    """

    policy: Policy = field(repr=False)
    mapping: RegisterMapping = field(repr=False)
    households: FactTable
    members: FactTable
    problems: FrozenMapping[str, tuple[Problem, ...]] = field(repr=False)
    astray: tuple[Problem, ...] = field(repr=False)
    warnings: tuple[Problem, ...] = field(repr=False)

    @property
    def partly_blank(self) -> tuple[str, ...]:
        """The facts with a default that are blank in some rows, not in all."""
        return tuple(name for name, in_all in self._blank.items() if not in_all)

    @property
    def absent(self) -> tuple[str, ...]:
        """The facts with a default that have no column, or are blank in all rows."""
        with_column = self._facts_with_column
        names = [fact.name for fact in self.policy.stand_ins]
        return tuple(name for name in names if name not in with_column or self._blank.get(name))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The facts without a column and without a default."""
        with_column = self._facts_with_column
        facts = (*self.policy.facts.values(), *self.policy.members.facts.values())
        return tuple(fact.name for fact in facts if fact.name not in with_column and fact.if_absent is None)

    @property
    def _facts_with_column(self) -> set[str]:
        return {*self.households.headers.columns, *self.members.headers.columns}

    @property
    def _blank(self) -> dict[str, bool]:
        """The facts with a default that are blank in some rows, and whether in all."""
        if self.mapping.blank == "unknown":
            return {}
        blank = dict(self.households.blank) | dict(self.members.blank)
        return {fact.name: bool(blank[fact.name].all()) for fact in self.policy.stand_ins if fact.name in blank}

    @property
    def orphans(self) -> tuple[Cell, ...]:
        """The rows of members without a known household; each may belong to any."""
        keys = _keys_of_members(self.members)
        known = keys.is_in(self.households.frame[KEY].drop_nulls().implode()).fill_null(value=False)
        return tuple(self.members.place(row) for row in (~known).arg_true())

    @property
    def doubt(self) -> str | None:
        """The caveat on every verdict if there are orphans: a household may lack one of them."""
        orphans = self.orphans
        if not orphans:
            return None
        return _WORDS["orphans"].format(
            count=len(orphans), places="; ".join(place.short for place in orphans[:MOST_LISTED])
        )

    def sound(self, table: FactTable) -> pl.Series:
        """Whether each row of a table belongs to a household without problems."""
        keys = table.frame[KEY]
        wrong = pl.Series(list(self.problems), dtype=pl.String)
        return keys.is_not_null() & ~keys.is_in(wrong.implode())

    def frame(self, table: FactTable) -> pl.DataFrame:
        """The sound rows of a table for `assess_frame`, under the policy `with_left_out` of `partly_blank`."""
        columns = [table.frame[KEY]]
        partly_blank, absent = self.partly_blank, self.absent
        for name, column in table.headers.columns.items():
            values = table.frame[name]
            if name in partly_blank:
                rows = table.blank[name]
                stated = pl.select(pl.when(~rows).then(values).otherwise(pl.lit(any_value(column.fact)))).to_series()
                columns += [stated.alias(stated_column(name)), rows.alias(left_out_column(name))]
            elif name not in absent:
                columns.append(values)
        return pl.DataFrame(columns).filter(self.sound(table))


def tables_of(files: Sequence[str], mapping: RegisterMapping, *, guess: bool = False) -> Tables:
    """The tables of a register: a workbook, or two files of csv or parquet, households first.

    With `guess`, headers need not be known: if hardly any is, they are the first row with texts in most columns. Nor
    need the names of sheets: the first two are taken. Raises `FactError` with every reason why a table cannot be read.
    """
    paths = list(map(Path, files))
    if len(paths) == 1 and paths[0].suffix.lower() in _WORKBOOKS:
        workbook = open_workbook(paths[0])
        if isinstance(workbook, Problem):
            raise FactError([workbook])
        sheets = [_table_of_sheet(workbook, table, guess=guess) for table in (mapping.households, mapping.members)]
        workbook.book.close()
        return _tables(sheets, ())
    kinds = {path.suffix.lower() for path in paths}
    if len(paths) != 2 or not kinds <= {".csv", ".txt", ".parquet"}:
        at = Location(files[0], 1, 1)
        raise FactError([Problem("register_files", location=at, given="、".join(files))])
    encodings: list[tuple[str, str]] = []
    pairs = zip(paths, (mapping.households, mapping.members), strict=True)
    return _tables([_table_of_file(path, table, encodings, guess=guess) for path, table in pairs], tuple(encodings))


def _tables(raw_tables: list[RawTable | Problem], encodings: tuple[tuple[str, str], ...]) -> Tables:
    households, members = raw_tables
    if isinstance(households, Problem) or isinstance(members, Problem):
        raise FactError(problem for problem in raw_tables if isinstance(problem, Problem))
    return Tables(households, members, encodings)


def _table_of_sheet(workbook: Workbook, table: Table, *, guess: bool) -> RawTable | Problem:
    wanted = SHEETS[table.of_members] if table.source is None else (table.source,)
    name = next((name for name in wanted if name in workbook.sheets), None)
    file = str(workbook.path)
    if name is None and guess and len(workbook.sheets) > table.of_members:
        name = workbook.sheets[table.of_members]
    if name is None:
        values = {"known": "、".join(workbook.sheets), **nearest(wanted[0], workbook.sheets)}
        at = Location(file, 1, 1) if table.at is None else table.at
        return Problem("sheet_missing", location=at, given=wanted[0], values=values)
    if name in workbook.hidden:
        return Problem("sheet_hidden", location=Cell(file, 1, 1, name), given=name)
    grid = read_sheet(workbook, name)
    return grid if isinstance(grid, Problem) else _table_of_grid(grid, table, guess=guess)


def _table_of_file(path: Path, table: Table, encodings: list[tuple[str, str]], *, guess: bool) -> RawTable | Problem:
    if path.suffix.lower() == ".parquet":
        raw = read_parquet(path)
        return raw if isinstance(raw, Problem) else without_non_data_rows(raw, recogniser(table), table.keys)
    csv = read_csv(path)
    if isinstance(csv, Problem):
        return csv
    encodings.append((str(path), csv.encoding))
    return _table_of_grid(csv.grid, table, guess=guess)


def _table_of_grid(grid: Grid, table: Table, *, guess: bool) -> RawTable | Problem:
    recognised = recogniser(table)
    raw = below_headers(grid, recognised, table.keys)
    known = 0 if isinstance(raw, Problem) else sum(map(recognised, raw.headers))
    if guess and known < _ENOUGH:
        return below_headers(grid, lambda text: not _NOT_A_HEADER.fullmatch(text), table.keys)
    return raw


def read_register(mapping: RegisterMapping, tables: Tables, *, show_values: bool = False) -> Register:
    """A register's facts and its problems; raises `FactError` with every problem of its headers.

    The problems have the contents of cells only with `show_values`.
    """
    fact_tables: list[FactTable] = []
    header_problems: list[Problem] = []
    for raw, table in ((tables.households, mapping.households), (tables.members, mapping.members)):
        try:
            fact_tables.append(_fact_table(mapping.policy, raw, table, show_values=show_values))
        except FactError as error:
            header_problems += error.problems
    if header_problems:
        raise FactError(header_problems)
    households, members = fact_tables
    problems: dict[str, list[Problem]] = {}
    astray: list[Problem] = []
    warnings: list[Problem] = []
    for facts, keys in ((households, households.frame[KEY]), (members, _keys_of_members(members))):
        for row, row_problems in facts.problems.items():
            key = keys[row] if row >= 0 else None
            (astray if key is None else problems.setdefault(key, [])).extend(row_problems)
    known = set(households.frame[KEY])
    for finding in _findings(mapping.policy, households, members):
        problem = _problem(finding, households, members)
        if finding.code in _WARNINGS:
            warnings.append(problem)
            continue
        known_keys = [str(key) for key in finding.keys if key in known]
        for key in known_keys:
            problems.setdefault(key, []).append(problem)
        if not known_keys:
            astray.append(problem)
    warnings += [warning for facts in fact_tables for warning in _remarks(facts)]
    return Register(
        mapping.policy,
        mapping,
        households,
        members,
        FrozenMapping((key, tuple(of_household)) for key, of_household in problems.items()),
        tuple(astray),
        tuple(warnings),
    )


def every_problem(register: Register) -> tuple[Problem, ...]:
    """All problems of a register, once each, in the order of its tables."""
    of_households: Iterable[Problem] = (problem for listed in register.problems.values() for problem in listed)
    members = register.members.raw

    def place(problem: Problem) -> tuple[bool, int, int]:
        at = problem.location
        of_members = isinstance(at, Cell) and (at.file, at.sheet) == (members.file, members.sheet)
        return (of_members, 0, 0) if at is None else (of_members, at.line, at.column)

    return tuple(sorted(dict.fromkeys([*of_households, *register.astray]), key=place))


def _fact_table(policy: Policy, raw: RawTable, table: Table, *, show_values: bool) -> FactTable:
    """The facts of a table, one column after another; raises `FactError` with every problem of its headers."""
    headers = headers_of(policy, table, raw.headers)
    header_problems = [_at_header(raw, problem) for problem in headers.problems]
    header_problems += [
        problem for _, listed in _unread(raw, set(raw.headers), among_headers=True) for problem in listed
    ]
    if header_problems:
        raise FactError(header_problems)
    used = {column.name for column in headers.columns.values()} | {headers.key, headers.identifier or headers.key}
    texts = [name for name in used if raw.frame.schema[name] == pl.String]
    in_ascii = [name for name in texts if raw.frame[name].str.contains(_ASCII).all()]
    try:
        columns = mapped(nw.from_native(raw.frame.lazy()), headers, in_ascii)
    except FactError as error:
        raise FactError(_at_header(raw, problem) for problem in error.problems) from None
    cells = {KEY: (headers.key, columns.key)}  # each with its header; `fact ` keeps the names of facts apart
    cells |= {} if columns.identifier is None else {_PERSON: (str(headers.identifier), columns.identifier)}
    cells |= {f"fact {name}": (headers.columns[name].name, of_fact) for name, of_fact in columns.facts.items()}
    problems = dict(_unread(raw, {header for header, _ in cells.values()}))
    values: dict[str, pl.Series] = {}
    blank: dict[str, pl.Series] = {}
    for name, (header, of_column) in cells.items():
        computed = _computed(raw.frame.select(header), of_column)
        values[name] = computed["value"]
        fact = name.removeprefix("fact ")
        is_fact = name != fact
        if is_fact and computed["blank"].any():
            blank[fact] = computed["blank"]
        column = headers.columns.get(fact) if is_fact else None
        for code in of_column.faults:
            for row in computed[code].fill_null(value=False).arg_true():
                if any(problem.at == (header,) for problem in problems.get(row, ())):
                    continue  # a cell has one problem at most
                without_value = header if code == WITH_TIME else ""  # the sentence of that code names what has a time
                given = str(raw.frame[header][row] or "") if show_values else without_value
                expected = _expected(policy, header, column)
                problem = Problem(code, (header,), given, expected, location=raw.cell(row, header))
                problems[row] = (*problems.get(row, ()), problem)
    frame = pl.DataFrame([values[name].alias(name.removeprefix("fact ")) for name in values if name != _PERSON])
    return FactTable(raw, headers, frame, FrozenMapping(blank), values.get(_PERSON), FrozenMapping(problems))


def _at_header(raw: RawTable, problem: Problem) -> Problem:
    """A problem of a header, at that header's cell unless its place is in the mapping."""
    if problem.location is not None:
        return problem
    return evolve(problem, location=raw.header_cell(str(problem.at[0]) if problem.at else ""))


def _unread(
    raw: RawTable, headers: set[str], *, among_headers: bool = False
) -> Iterator[tuple[int, tuple[Problem, ...]]]:
    """The problems of cells that could not be read, by the rows of the table; those of headers, or those below."""
    header_at = {column: header for header, column in zip(raw.headers, raw.columns, strict=True) if header in headers}
    rows = {int(row): number for number, row in enumerate(raw.rows)} if raw.faults else {}
    problems: dict[int, list[Problem]] = {}
    for fault in raw.faults:
        if (header := header_at.get(fault.column)) is not None and (fault.row <= raw.header_row) is among_headers:
            place = evolve(raw.header_cell(header), line=fault.row)
            problems.setdefault(rows.get(fault.row, -1), []).append(
                Problem(fault.code, (header,), values={"column": header}, location=place)
            )
    return ((row, tuple(row_problems)) for row, row_problems in problems.items())


def _computed(column: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """The values, the blank rows and the rows of each fault of a column."""
    faults = (rows.alias(code) for code, rows in cells.faults.items())
    staged = with_steps(nw.from_native(column.lazy()), [cells])
    computed = staged.select(cells.value.alias("value"), cells.blank.alias("blank"), *faults).collect().to_native()
    assert isinstance(computed, pl.DataFrame)  # noqa: S101  # Polars in, Polars out
    return computed


def _expected(policy: Policy, header: str, column: Column | None) -> Mapping[str, str]:
    """The values of a cell's problem: the column, and what it may contain."""
    if column is None:
        return {"column": header}
    wanted = allowed_values(policy, column.fact)
    words = [word for word, meaning in column.words.items() if meaning is not None]
    titles = set(column.fact.kind.options) if isinstance(column.fact.kind, ChoiceKind) else set()
    codes = [word for word in words if word not in titles and word not in wanted.split(" / ")]
    if codes and isinstance(column.fact.kind, ChoiceKind):
        wanted = _WORDS["codes"].format(wanted=wanted, codes=" / ".join(codes))
    if column.factor != 1:
        wanted = _WORDS["factor"].format(wanted=wanted, factor=_factor(Fraction(column.factor)))
    return {"column": header, "wanted": wanted}


def _factor(factor: Fraction) -> str:
    return f"{factor.numerator:,}" if factor.denominator == 1 else f"{factor.numerator:,}/{factor.denominator:,}"


def _keys_of_members(members: FactTable) -> pl.Series:
    """The key of each member's household; a row without one counts for the household above it."""
    return members.frame[KEY].forward_fill()


def _findings(policy: Policy, households: FactTable, members: FactTable) -> Iterator[Finding]:
    """The findings of `soundness`, other than on rows without a key: these have a problem already."""
    called_by = [name for name in policy.members.called_by[:1] if name in members.frame.columns]
    people = members.frame.select(KEY, *called_by)
    identifier = None if members.persons is None else _PERSON
    if members.persons is not None:
        people = people.with_columns(members.persons.alias(_PERSON))
    for finding in soundness(policy, households.frame.select(KEY), people, KEY, identifier):
        if finding.code in _PER_ROW:
            for place in finding.places:
                key = (members if place.of_members else households).frame[KEY][place.row]
                yield from () if key is None else (Finding(finding.code, (place,), (key,)),)
        else:
            yield finding


def _problem(finding: Finding, households: FactTable, members: FactTable) -> Problem:
    """A finding as a problem, with its rows by their places in the sheets."""
    cells = {place: (members if place.of_members else households).place(place.row) for place in finding.places}
    problem = finding.problem({place: cell.short for place, cell in cells.items()})
    problem = evolve(problem, at=(KEY,), location=cells[finding.places[0]])
    return evolve(problem, severity="warning") if finding.code in _WARNINGS else problem


def _remarks(table: FactTable) -> Iterator[Problem]:
    """A warning for each row that was left out, and for each hidden row or column, which counts all the same."""
    raw, headers = table.raw, table.headers
    used = {headers.key, headers.identifier, *(column.name for column in headers.columns.values())}
    place = raw.header_cell(headers.key)
    for remark in raw.remarks:
        if remark.row:
            values, at = {"label": remark.label}, evolve(place, line=remark.row)
        else:
            header = raw.headers[raw.columns.index(remark.column)]
            if header not in used:
                continue
            values, at = {"column": header}, raw.header_cell(header)
        yield Problem(remark.code, values=values, severity="warning", location=at)
