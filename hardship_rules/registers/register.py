"""A register of households read from its files, with every problem of it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import narwhals as nw
from attrs import evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import FactError, Location, Problem, nearest
from hardship_rules.engine.tables import anything, left_out_column, stated_column
from hardship_rules.explanation.forms import allowed
from hardship_rules.frames.given import WITH_TIME
from hardship_rules.frames.libraries import pl
from hardship_rules.language.mapping import Column, RegisterMapping, Table
from hardship_rules.registers._cells import Cells
from hardship_rules.registers._csv import read_csv, read_parquet
from hardship_rules.registers._mapped import mapped, with_steps
from hardship_rules.registers._soundness import Finding, Place, soundness
from hardship_rules.registers._table import Cell, Grid, RawTable, below_headers, without_totals
from hardship_rules.registers._workbook import Workbook, open_workbook, read_sheet
from hardship_rules.registers.headers import Headers, headers_of, recogniser

SHEETS = {False: ("家庭", "households"), True: ("成员", "家庭成员", "members")}
"""The sheets of households, and of members, where no mapping names them."""

_NUMBER = re.compile(r"[-+0-9.,%\s]+|.*[0-9]{4}-[0-9]{2}-[0-9]{2}.*")  # no header
_ENOUGH = 2  # headers that are known make a row of headers
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")


@frozen(eq=False)
class Tables:
    """A register's two tables, and of each csv the encoding that it was found to be in."""

    households: RawTable
    members: RawTable
    encodings: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def tables_of(files: Sequence[str], mapping: RegisterMapping, *, guess: bool = False) -> Tables:
    """The tables of a register; raises `FactError` with every reason why they cannot be read.

    With `guess` their headers need not be known: where hardly any is, they are the first row of texts in most of the
    columns, and where no sheets are called as they should be, the first two are taken.
    """
    paths = list(map(Path, files))
    if len(paths) == 1 and paths[0].suffix.lower() in _WORKBOOKS:
        workbook = open_workbook(paths[0])
        if isinstance(workbook, Problem):
            raise FactError([workbook])
        found = [_sheet(workbook, table, guess=guess) for table in (mapping.households, mapping.members)]
        workbook.book.close()
        return _both(found, ())
    kinds = {path.suffix.lower() for path in paths}
    if len(paths) != 2 or not kinds <= {".csv", ".txt", ".parquet"}:
        at = Location(files[0], 1, 1)
        raise FactError([Problem("register_files", location=at, given="、".join(files))])
    encodings: list[tuple[str, str]] = []
    tables = (mapping.households, mapping.members)
    found = [_file(path, table, encodings, guess=guess) for path, table in zip(paths, tables, strict=True)]
    return _both(found, tuple(encodings))


def _both(found: list[RawTable | Problem], encodings: tuple[tuple[str, str], ...]) -> Tables:
    households, members = found
    if isinstance(households, Problem) or isinstance(members, Problem):
        raise FactError(each for each in found if isinstance(each, Problem))
    return Tables(households, members, encodings)


def _sheet(workbook: Workbook, table: Table, *, guess: bool) -> RawTable | Problem:
    wanted = SHEETS[table.of_members] if table.source is None else (table.source,)
    name = next((each for each in wanted if each in workbook.sheets), None)
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
    return grid if isinstance(grid, Problem) else _below(grid, table, guess=guess)


def _file(path: Path, table: Table, encodings: list[tuple[str, str]], *, guess: bool) -> RawTable | Problem:
    if path.suffix.lower() == ".parquet":
        table_read = read_parquet(path)
        if isinstance(table_read, Problem):
            return table_read
        return without_totals(table_read, recogniser(table), table.keys)
    found = read_csv(path)
    if isinstance(found, Problem):
        return found
    encodings.append((str(path), found.encoding))
    return _below(found.grid, table, guess=guess)


def _below(grid: Grid, table: Table, *, guess: bool) -> RawTable | Problem:
    recognised = recogniser(table)
    found = below_headers(grid, recognised, table.keys)
    known = 0 if isinstance(found, Problem) else sum(map(recognised, found.headers))
    if guess and known < _ENOUGH:
        return below_headers(grid, lambda text: not _NUMBER.fullmatch(text), table.keys)
    return found


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


_WARNINGS = frozenset({"person_not_told"})
_OF_EACH = frozenset({"member_of_no_household", "household_without_worker"})  # each row is one by itself


@frozen(eq=False)
class Register:
    """A register, read: `problems` are those of households by their keys, `astray` those of rows that are nobody's.

    `warnings` change nothing; the rows that were left out, and those hidden, are among them.
    """

    policy: Policy = field(repr=False)
    mapping: RegisterMapping = field(repr=False)
    households: Part
    members: Part
    problems: FrozenMapping[str, tuple[Problem, ...]] = field(repr=False)
    astray: tuple[Problem, ...] = field(repr=False)
    warnings: tuple[Problem, ...] = field(repr=False)

    @property
    def blanks(self) -> tuple[str, ...]:
        """The facts that are blank in some rows, not in all, and in whose place something then stands."""
        return tuple(name for name, everywhere in self._blank.items() if not everywhere)

    @property
    def absent(self) -> tuple[str, ...]:
        """The facts that nobody has, and in whose place something stands."""
        there = {*self.households.headers.columns, *self.members.headers.columns}
        names = [fact.name for fact in self.policy.stand_ins]
        return tuple(name for name in names if name not in there or self._blank.get(name))

    @property
    def not_there(self) -> tuple[str, ...]:
        """The facts that nobody has, and in whose place nothing stands: they are unknown."""
        there = {*self.households.headers.columns, *self.members.headers.columns}
        facts = (*self.policy.facts.values(), *self.policy.members.facts.values())
        return tuple(fact.name for fact in facts if fact.name not in there and fact.if_absent is None)

    @property
    def _blank(self) -> dict[str, bool]:
        """The facts that something stands in for and that are blank in some rows, and whether they are in all."""
        if self.mapping.blank == "unknown":
            return {}
        blank = dict(self.households.blank) | dict(self.members.blank)
        return {fact.name: bool(blank[fact.name].all()) for fact in self.policy.stand_ins if fact.name in blank}

    @property
    def nobodys(self) -> tuple[Cell, ...]:
        """The members' rows that are of no household there is, and may be of any."""
        keys = _owners(self.members)
        known = keys.is_in(self.households.frame[KEY].drop_nulls().implode()).fill_null(value=False)
        return tuple(self.members.place(row) for row in (~known).arg_true())

    def sound(self, part: Part) -> pl.Series:
        """The rows of a part that belong to households with which nothing is wrong."""
        keys = part.frame[KEY]
        wrong = pl.Series(list(self.problems), dtype=pl.String)
        return keys.is_not_null() & ~keys.is_in(wrong.implode())

    def frame(self, part: Part) -> pl.DataFrame:
        """The sound rows of a part as `assess_frame` takes them under the policy `with_left_out`."""
        columns = [part.frame[KEY]]
        for name, column in part.headers.columns.items():
            values = part.frame[name]
            if name in self.blanks:
                rows = part.blank[name]
                stated = pl.select(pl.when(~rows).then(values).otherwise(pl.lit(anything(column.fact)))).to_series()
                columns += [stated.alias(stated_column(name)), rows.alias(left_out_column(name))]
            elif name not in self.absent:
                columns.append(values)
        return pl.DataFrame(columns).filter(self.sound(part))


def read_register(mapping: RegisterMapping, tables: Tables, *, show_values: bool = False) -> Register:
    """A register's facts and all that is wrong with it; raises `FactError` with all that is wrong with its headers.

    The problems tell what stands in a cell only with `show_values`.
    """
    parts: list[Part] = []
    headers: list[Problem] = []
    for raw, table in ((tables.households, mapping.households), (tables.members, mapping.members)):
        try:
            parts.append(read_part(mapping.policy, raw, table, show_values=show_values))
        except FactError as error:
            headers += error.problems
    if headers:
        raise FactError(headers)
    problems: dict[str, list[Problem]] = {}
    astray: list[Problem] = []
    warnings: list[Problem] = []
    own, theirs = parts
    for part, keys in ((own, own.frame[KEY]), (theirs, _owners(theirs))):
        for row, wrong in part.problems.items():
            key = keys[row] if row >= 0 else None
            (astray if key is None else problems.setdefault(key, [])).extend(wrong)
    known = set(own.frame[KEY])
    for finding in _findings(mapping.policy, own, theirs):
        told = _told(finding, own, theirs)
        if finding.code in _WARNINGS:
            warnings.append(told)
            continue
        keys_told = [str(key) for key in finding.keys if key in known]
        for key in keys_told:
            problems.setdefault(key, []).append(told)
        if not keys_told:
            astray.append(told)
    warnings += [problem for part in parts for problem in _remarks(part)]
    return Register(
        mapping.policy,
        mapping,
        own,
        theirs,
        FrozenMapping((key, tuple(some)) for key, some in problems.items()),
        tuple(astray),
        tuple(warnings),
    )


def _remarks(part: Part) -> Iterator[Problem]:
    """The rows that were left out, and the rows and columns that are hidden and count all the same."""
    raw, headers = part.raw, part.headers
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


def _owners(members: Part) -> pl.Series:
    """The key by which each member's row is judged: one without a key may well be of the household above it."""
    return members.frame[KEY].forward_fill()


def _findings(policy: Policy, own: Part, theirs: Part) -> Iterator[Finding]:
    """What is not sound; a row without a key has been told of already."""
    called_by = [name for name in policy.members.called_by[:1] if name in theirs.frame.columns]
    members = theirs.frame.select(KEY, *called_by)
    identifier = None if theirs.persons is None else "identifier"
    if theirs.persons is not None:
        members = members.with_columns(theirs.persons.alias("identifier"))
    for finding in soundness(policy, own.frame.select(KEY), members, KEY, identifier):
        if finding.code in _OF_EACH:
            for place in finding.places:
                key = (theirs if place.of_members else own).frame[KEY][place.row]
                yield from () if key is None else (Finding(finding.code, (place,), (key,)),)
        else:
            yield finding


def _told(finding: Finding, own: Part, theirs: Part) -> Problem:
    """A finding with its rows as they stand in the sheets."""
    places = {place: _place(place, own, theirs).short for place in finding.places}
    problem = finding.problem(places)
    return Problem(
        problem.code, (KEY,), values=problem.values, severity="warning" if finding.code in _WARNINGS else "error",
        location=_place(finding.places[0], own, theirs),
    )  # fmt: skip


def _place(place: Place, own: Part, theirs: Part) -> Cell:
    return (theirs if place.of_members else own).place(place.row)


def every_problem(register: Register) -> tuple[Problem, ...]:
    """All that is wrong, once each, in the order of the sheets."""
    found: Iterable[Problem] = (each for some in register.problems.values() for each in some)
    theirs = register.members.raw

    def place(problem: Problem) -> tuple[bool, int, int]:
        at = problem.location
        of_members = isinstance(at, Cell) and (at.file, at.sheet) == (theirs.file, theirs.sheet)
        return (of_members, 0, 0) if at is None else (of_members, at.line, at.column)

    return tuple(sorted(dict.fromkeys([*found, *register.astray]), key=place))
