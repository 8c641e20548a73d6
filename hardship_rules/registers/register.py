"""A register under a policy: its households and members as frames, and everything that is wrong with any of them."""

from collections.abc import Iterable, Iterator

from attrs import evolve, field, frozen

from hardship_rules.core.arrays import pl
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Policy
from hardship_rules.core.problems import FactError, Problem
from hardship_rules.engine.left_out import anything, left_out_column, stated_column
from hardship_rules.language.mapping import RegisterMapping
from hardship_rules.registers.raw_table import Cell
from hardship_rules.registers.register_files import Tables
from hardship_rules.registers.register_part import KEY, Part, read_part
from hardship_rules.registers.soundness import Finding, Place, soundness

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
