"""Read a household: typed facts with their defaults and warnings, or every problem in it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any, assert_never, cast
from unicodedata import decomposition, normalize

from attrs import define, field, frozen

from hardship_rules.assessment.defaults import Defaults, broken, defaults_of, outside_of
from hardship_rules.assessment.household import RESERVED, Household, HouseholdText, Member, day_value
from hardship_rules.assessment.unusual import unusual
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.hosts import NATIVE_TYPES, is_collection, items_of, pairs_of, plain_value, read_day, shown
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import (
    BooleanKind,
    ChoiceKind,
    DateKind,
    NumberKind,
    Value,
    day_number,
    decimal_text,
)
from hardship_rules.core.policy import Fact, Policy, day_problem, per_policy, require_policy
from hardship_rules.core.problem import MOST_PROBLEMS, SURROGATE, FactError, KeyPath, Location, Problem, nearest
from hardship_rules.engine.compile import FALSE, TRUE
from hardship_rules.engine.compiled import Filled, compiled_policy
from hardship_rules.engine.rows import Place, Rows
from hardship_rules.language import source
from hardship_rules.language.grammar import DIGITS, exact_number
from hardship_rules.language.shape import BOOLEANS, number_problem

Given = Mapping[str, object] | HouseholdText


# Nodes are recognised by `type`: `isinstance` asks the object itself, and an object of the caller may raise.
_NODES = (source.Scalar, source.Sequence, source.Mapping)
_Entry = tuple[object, Location | None]  # a value as given, and the location of its key in a text


@define
class _Part:
    """The facts of the household or of one member while they are read: the values that are given, and their row."""

    values: dict[str, Value]
    row: list[Any]
    unknown: dict[str, None]
    reserved: dict[str, _Entry]


@frozen
class ReadFacts:
    """The facts of a household as they were read; the household is made from them when asked for.

    The values given and the names stated to be unknown are first those of the household, then those of each member.
    """

    _policy: Policy = field(repr=False)
    _on: date | None = field(repr=False)
    _reference: str | None = field(repr=False)
    _given: tuple[FrozenMapping[str, Value], ...] = field(repr=False)
    _unknown: tuple[tuple[str, ...], ...] = field(repr=False)
    _labels: tuple[str | None, ...] = field(repr=False)
    _rows: Rows = field(repr=False)
    _filled: Filled = field(repr=False)
    _warnings: tuple[Problem, ...] = field(repr=False)
    _locations: FrozenMapping[KeyPath, Location] = field(repr=False)

    def assumed(self) -> tuple[KeyPath, ...]:
        """The facts with a constant default."""
        return self._defaults().assumed

    def _defaults(self) -> Defaults:
        return defaults_of(compiled_policy(self._policy), self._filled, self._given)

    def household(self) -> Household:
        """The typed facts with their defaults and warnings."""
        policy, rows = self._policy, self._rows
        defaults = self._defaults()
        own, *members = self._given
        own_table, member_table = _tables(policy)
        return Household(
            on=self._on,
            reference=self._reference,
            values=_all_values(own, rows.own, own_table),
            members=tuple(
                Member(label, _all_values(given, row, member_table))
                for label, given, row in zip(self._labels, members, rows.members, strict=True)
            ),
            given=_paths(self._given),
            unknown=_paths(self._unknown),
            derived=defaults.derived,
            assumed=defaults.assumed,
            warnings=(*self._warnings, *unusual(policy, rows, self._given, self._locations)),
        )


_KeyAndValue = tuple[object, object, Location | None]  # with the location of the key in a text
_Entries = list[_KeyAndValue]


def _entries(node: object) -> _Entries | None:
    """The keys and values of a mapping, from a text or from the caller; None for anything else."""
    if type(node) is source.Mapping:
        return [(key.text, inner, key.at) for key, inner in node.entries]
    if type(node) is dict:
        return [(key, given, None) for key, given in node.items()]
    pairs = pairs_of(node)
    return None if pairs is None else [(key, given, None) for key, given in pairs]


def read_facts(policy: Policy, household: Given, on: date | str | None = None) -> Household:
    """The typed facts of a household. Raises `FactError` with every problem."""
    return read_rows(policy, household, on)[0].household()


def read_rows(
    policy: Policy, household: Given, on: date | str | None = None
) -> tuple[ReadFacts, Rows, tuple[Any, ...]]:
    """The facts of a household as they were read, as rows of bounds, and the run of the policy for these.

    Raises `FactError` with every problem.
    """
    require_policy(policy)
    return _Reader(policy).household(household, on)


@frozen
class _Table:
    """The facts of the household, or of a member, by every way to write them.

    `spellings` has the fact or reserved key of each name, title and former name. `plain` has, for the names and titles
    of today, what reads a value that needs no parsing: the name, its place, and, of a number, its range and scale, of a
    choice, the name and bit of each option by name and title. `row` is the row before any fact is given, `unknown`
    has the values of unknown facts, and `defaults` are the places of those that have a default.
    """

    spellings: Mapping[str, Fact | str]
    plain: Mapping[str, tuple[str, int, int, Any, Any, int]]
    places: Mapping[str, Place]
    row: list[Any]
    unknown: Mapping[str, Value]
    defaults: tuple[Place, ...]


_WHOLE = 2**53  # up to here every whole number is a float
_NUMBER, _CHOICE, _CONDITION, _PARSED = range(4)


@per_policy
def _tables(policy: Policy) -> tuple[_Table, _Table]:
    """The tables of the household and of a member."""
    compiled = compiled_policy(policy)
    household = {key: name for key, name in RESERVED.items() if name != "label"}
    member = {key: name for key, name in RESERVED.items() if name == "label"}
    return (
        _table(policy, household, ("household",), policy.facts, compiled.own),
        _table(policy, member, ("members", "facts"), policy.members.facts, compiled.of_members),
    )


def _table(
    policy: Policy, reserved: Mapping[str, str], of: KeyPath, facts: Mapping[str, Fact], places: Mapping[str, Place]
) -> _Table:
    spellings: dict[str, Fact | str] = dict(reserved)
    spellings.update({old: facts[former.new] for old, former in policy.formerly.get(of, {}).items()})
    spellings.update({fact.title: fact for fact in facts.values()})
    spellings.update(facts.items())
    row: list[Any] = [bound for place in places.values() for bound in place.unknown]
    defaults = [places[fact.name] for fact in policy.stand_ins if fact.name in facts]
    for place in defaults:
        row[place.start : place.start + place.width] = [None] * place.width
    formerly = policy.formerly.get(of, {})
    plain = {
        key: _plain(fact, places[fact.name])
        for key, fact in spellings.items()
        if isinstance(fact, Fact) and key not in formerly
    }
    unknown = {name: fact.kind.unknown for name, fact in facts.items()}
    return _Table(spellings, plain, places, row, unknown, tuple(defaults))


def _plain(fact: Fact, place: Place) -> tuple[str, int, int, Any, Any, int]:
    match fact.kind:
        case NumberKind(low=least, high=most):
            return fact.name, _NUMBER, place.start, least, most, place.scale
        case ChoiceKind(options=options):
            by_name = {title: (name, place.options[name]) for name, title in options.items()}
            return (
                fact.name,
                _CHOICE,
                place.start,
                by_name | {name: (name, place.options[name]) for name in options},
                None,
                1,
            )
        case BooleanKind():
            return fact.name, _CONDITION, place.start, None, None, 1
        case DateKind():
            return fact.name, _PARSED, place.start, None, None, 1
        case _:
            assert_never(fact.kind)


class _Reader:
    """Reads one household; collects its problems and warnings."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.compiled = compiled_policy(policy)
        self.tables = _tables(policy)
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.locations: dict[KeyPath, Location] = {}  # of the household, its members and facts

    def problem(self, code: str, path: KeyPath, location: Location | None, given: object = "", **values: str) -> None:
        self.report(Problem(code, path, given=shown(given), values=values, location=location))

    def report(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) > MOST_PROBLEMS:
            raise FactError(self.problems)

    # The household and its members

    def household(self, household: Given, on: date | str | None) -> tuple[ReadFacts, Rows, tuple[Any, ...]]:
        policy, compiled = self.policy, self.compiled
        node: object = household.node if type(household) is HouseholdText else household
        top = Location(household.name, 1, 1) if type(household) is HouseholdText else None
        if top is not None:
            self.locations[()] = top
        if type(node) is not dict and _entries(node) is None:
            self.problem("household_not_mapping", (), None, type(node).__name__)
            raise FactError(self.problems)
        own = self.part(node, ())
        day = self.day(own.reserved.get("on"), on)
        self.named_policy(own.reserved.get("policy"))
        members = self.members(own.reserved.get("members"), top)
        labels = [self.label(number, member) for number, member in enumerate(members)]
        if self.problems:
            raise FactError(self.problems)
        compiled.own["on"].put(own.row, day_value(policy, day))
        rows = Rows(own.row, [member.row for member in members])
        parts = (own, *members)
        filled = compiled.fill(rows)
        run = compiled.run(rows.own, rows.members)
        if filled.outside:
            for path in outside_of(compiled, filled):
                self.report_outside(path)
        elif compiled.result(run).is_broken:
            defaults = defaults_of(compiled, filled, [part.values for part in parts])
            for clause, path in broken(policy, compiled, rows, defaults):
                self.problem("must_broken", path, self.locations.get(path, top), clause.title or clause.line)
        reference = self.text(own.reserved.get("reference"), ("reference",))
        if self.problems:
            raise FactError(self.problems)
        kept = Rows(tuple(rows.own), tuple(map(tuple, rows.members)))
        facts = ReadFacts(
            policy,
            day,
            reference,
            tuple(FrozenMapping(part.values) for part in parts),
            tuple(tuple(part.unknown) for part in parts),
            tuple(labels),
            kept,
            Filled(tuple(filled.known), tuple(filled.outside)),
            tuple(self.warnings),
            FrozenMapping(self.locations),
        )
        return facts, kept, run

    def part(self, node: object, before: KeyPath) -> _Part:
        """The facts and reserved keys of the household or of a member, given as a mapping."""
        table = self.tables[bool(before)]
        part = _Part({}, table.row.copy(), {}, {})
        values, row, plain = part.values, part.row, table.plain
        if type(node) is not dict:
            for key, given, location in cast(_Entries, _entries(node)):
                self.entry((key, given, location), before, part, node)
            return part
        for key, given in node.items():
            known = plain.get(key) if type(key) is str else None
            if known is not None:
                name, kind, start, low, high, scale = known
                if name not in values and name not in part.unknown:
                    if kind == _NUMBER:
                        if type(given) is int and low <= given <= high:
                            values[name] = given
                            row[start] = row[start + 1] = given * scale
                            continue
                        if type(given) is float and given - given == 0:  # neither infinite nor no number
                            scaled = round(given * scale)
                            # where the quotient is the float again, it is the number that the float's text shows
                            if scaled / scale == given and -_WHOLE < scaled < _WHOLE and low <= given <= high:
                                values[name] = scaled // scale if scaled % scale == 0 else Fraction(scaled, scale)
                                row[start] = row[start + 1] = scaled
                                continue
                    elif kind == _CHOICE:
                        option = low.get(given) if type(given) is str else None
                        if option is not None:
                            values[name], row[start] = option
                            continue
                    elif kind == _CONDITION and (given is True or given is False):
                        values[name] = given
                        row[start] = TRUE if given else FALSE
                        continue
            self.entry((key, given, None), before, part, node)
        return part

    def entry(self, entry: _KeyAndValue, before: KeyPath, part: _Part, node: object) -> None:
        """Read one key of the household or of a member with its value."""
        key, given, location = entry
        table = self.tables[bool(before)]
        facts = self.policy.members.facts if before else self.policy.facts
        formerly = self.policy.formerly.get(("members", "facts") if before else ("household",), {})
        if type(key) is not str:
            text = plain_value(key)
            if not isinstance(text, str):
                self.problem("fact_key", before, None, shown(key, repr))
                return
            key = text  # a plain `str` in place of a subclass
        known = table.spellings.get(key) or table.spellings.get(key.strip())
        if known is None:
            names = [*facts, *(spelling for spelling in table.spellings if spelling not in facts)]
            self.problem("unknown_fact", before, location, key.strip(), **nearest(key.strip(), names))
            return
        name = known if isinstance(known, str) else known.name
        if key.strip() in formerly:
            now = {"now": name, "title": facts[name].title}
            path = (*before, name)
            self.warnings.append(Problem("fact_renamed", path, key.strip(), now, "warning", location))
        if location is not None:
            self.locations[*before, name] = location
        if name in part.values or name in part.reserved or name in part.unknown:
            keys = (other for other, *_ in cast(_Entries, _entries(node)))
            texts = (str.__str__(other).strip() for other in keys if isinstance(other, str))
            other = next(text for text in texts if table.spellings.get(text) is known)
            self.problem("fact_twice", (*before, name), location, key.strip(), other=other)
        elif isinstance(known, str):
            part.reserved[name] = given, location
        else:
            self.fact(known, given, location, before, part)
            place = table.places[name]
            place.put(part.row, part.values.get(name, known.kind.unknown))

    def members(self, entry: _Entry | None, top: Location | None) -> list[_Part]:
        given, location = (None, top) if entry is None else entry
        most = self.policy.members.at_most
        listed: Sequence[object] | int | None = ()
        if type(given) is source.Sequence:
            listed = given.items
        elif type(given) is source.Scalar:
            listed = () if given.is_null else None
        elif given is not None:
            listed = items_of(given, most)
            if listed is None and plain_value(given) is None:
                listed = ()
        if listed is None:
            self.problem("members_not_list", ("members",), location)
            return []
        count = listed if isinstance(listed, int) else len(listed)
        if isinstance(listed, int) or not 0 < count <= most:
            code = "members_too_many" if count else "members_missing"
            self.problem(code, ("members",), location, count, most=str(most))
            return []
        parts = []
        if location is not None:
            self.locations["members",] = location
        for number, item in enumerate(listed):
            path: KeyPath = ("members", number)
            place = cast(source.Node, item).at if type(item) in _NODES else None
            if place is not None:
                self.locations[path] = place
            if type(item) is not dict and _entries(item) is None:
                self.problem("member_not_mapping", path, place)
            else:
                parts.append(self.part(item, path))
        return parts

    def label(self, number: int, member: _Part) -> str | None:
        return self.text(member.reserved.get("label"), ("members", number, "label"))

    def report_outside(self, path: KeyPath) -> None:
        """Report a default that the given facts put outside the range of its fact."""
        facts = self.policy.members.facts if path[0] == "members" else self.policy.facts
        fact = facts[cast(str, path[-1])]
        kind = cast(NumberKind, fact.kind)
        ends = {"least": decimal_text(cast(Exact, kind.low)), "most": decimal_text(cast(Exact, kind.high))}
        values = {"title": fact.title, **ends}
        self.problem("derived_outside", path, self.locations.get(path[:-1]), "", **values)

    # Reserved keys

    def text(self, entry: _Entry | None, path: KeyPath) -> str | None:
        given, location = (None, None) if entry is None else entry
        if given is None:
            return None
        if type(given) is source.Scalar:
            value: object = None if given.is_null else given.text
        elif type(given) in _NODES:
            value = given
        else:
            value = plain_value(given)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            self.problem("text_only", path, location)
            return None
        try:
            text = str(value)
        except ValueError:  # a whole number too long for Python to write
            self.problem("text_only", path, location)
            return None
        if SURROGATE.search(text):
            self.problem("lone_surrogate", path, location, text)
            return None
        return text

    def named_policy(self, entry: _Entry | None) -> None:
        name = self.text(entry, ("policy",))
        if entry is not None and name not in (None, self.policy.name, self.policy.series):
            self.problem("policy_differs", ("policy",), entry[1], name, policy=self.policy.name)

    def day(self, entry: _Entry | None, on: date | str | None) -> date | None:
        """The day of the verdict, from the household, the caller, or both; it has to be in the policy's window."""
        entries: list[_Entry] = [] if entry is None or entry[0] is None else [entry]
        entries += [] if on is None else [(on, None)]
        days = []
        for given, location in entries:
            if type(given) is source.Scalar:
                given = None if given.is_null else given.text  # noqa: PLW2901  # as written in the text
            if plain_value(given) is None:
                continue
            day = read_day(given)
            if isinstance(day, str):
                self.problem(day, ("on",), location, given)
            else:
                days.append((day, location))
        if len(days) == 2 and days[0][0] != days[1][0]:
            self.problem("on_differs", ("on",), days[0][1], days[0][0], other=str(days[1][0]))
        for day, location in days[:1]:
            if (problem := day_problem(self.policy, day, location)) is not None:
                self.report(problem)
            return day
        return None

    # One fact

    def fact(self, fact: Fact, given: object, location: Location | None, before: KeyPath, part: _Part) -> None:
        """Read one fact into its part: a value of its kind, stated to be unknown, or a problem."""
        path = (*before, fact.name)
        if type(given) is source.Scalar:
            location = given.at if given.text else location
            given = None if given.is_null else given.text
        elif type(given) in _NODES:
            location = cast(source.Node, given).at
        elif type(given) not in NATIVE_TYPES:
            given = plain_value(given)
        if isinstance(given, str):
            given = given.strip()
        if given is None:
            part.unknown[fact.name] = None
            return
        if type(given) not in NATIVE_TYPES and (type(given) in _NODES or is_collection(given)):
            self.problem("fact_not_one_value", path, location, title=fact.title)
            part.values[fact.name] = fact.kind.unknown
            return
        match fact.kind:
            case NumberKind():
                typed: Value = self.number(fact.kind, given, path, location, fact.title)
            case ChoiceKind(options):
                typed = _option(given, options)
                formerly = self.policy.formerly.get((fact.name, "one of"), {})
                former = formerly.get(given) if isinstance(given, str) else None
                if typed is None and former is not None:
                    typed = former.new
                    now = {"title": fact.title, "now": options[former.new]}
                    self.warnings.append(Problem("option_renamed", path, former.old, now, "warning", location))
                if typed is None:
                    known = [*options.values(), *options]
                    values = {"title": fact.title, "known": ", ".join(options.values()), **nearest(shown(given), known)}
                    self.problem("unknown_fact_option", path, location, given, **values)
            case BooleanKind():
                typed = given if isinstance(given, bool) else BOOLEANS.get(given) if isinstance(given, str) else None
                if typed is None:
                    self.problem("fact_yes_no", path, location, given, title=fact.title)
            case DateKind():
                day = read_day(given)
                typed = None if isinstance(day, str) else day_number(day)
                if isinstance(day, str):
                    self.problem(day, path, location, given)
        part.values[fact.name] = fact.kind.unknown if typed is None else typed

    def number(
        self, kind: NumberKind, given: object, path: KeyPath, location: Location | None, title: str
    ) -> Exact | None:
        """An exact number from an int, a Decimal, a Fraction, a text, or a float by its shortest repr."""
        number = _exact(given)
        least, most = cast(Exact, kind.low), cast(Exact, kind.high)
        if number is None:
            code = number_problem(given) if isinstance(given, str) else "number"
            text = given if isinstance(given, str) else ""
            wide = next((sign for sign in text if decomposition(sign).startswith("<wide>")), None)  # not for ²
            if code == "number" and wide is not None:
                self.problem("full_width", path, location, wide, meant=normalize("NFKC", wide))
            else:
                code = "fact_number" if code == "number" else code
                self.problem(code, path, location, given, title=title, most=str(DIGITS))
        elif not least <= number <= most:
            self.problem(
                "fact_outside", path, location, given, title=title, least=decimal_text(least), most=decimal_text(most)
            )
        elif not isinstance(number, int) and 10**kind.decimals % number.denominator:
            self.problem("fact_decimals", path, location, given, title=title, decimals=str(kind.decimals))
        else:
            return number
        return None


def _paths(names: Iterable[Iterable[str]]) -> tuple[KeyPath, ...]:
    """The paths of facts, from their names in the household and in each member."""
    own, *members = names
    return (
        *((name,) for name in own),
        *(("members", number, name) for number, member in enumerate(members) for name in member),
    )


def _all_values(given: Mapping[str, Value], row: Sequence[Any], table: _Table) -> FrozenMapping[str, Value]:
    """Every fact of the household or of a member with its value; that of a default is in the row."""
    values = {**table.unknown, **given}
    for place in table.defaults:
        if place.name not in given:
            values[place.name] = place.value(row)
    return FrozenMapping(values)


def _option(given: object, options: Mapping[str, str]) -> str | None:
    if not isinstance(given, str):
        return None
    if given in options:
        return given
    return next((name for name, title in options.items() if title == given), None)


def _exact(given: object) -> Exact | None:
    """The exact number of a value of a built-in type; None where it is no finite number of a sensible size."""
    if type(given) is int:
        return given
    if isinstance(given, str):
        return exact_number(given)
    if isinstance(given, float):
        if not isfinite(given):
            return None
        given = Decimal(repr(given))
    if isinstance(given, Decimal):
        if not given.is_finite() or given.adjusted() > DIGITS or cast(int, given.as_tuple().exponent) < -DIGITS:
            return None
        given = Fraction(*given.as_integer_ratio())
    if isinstance(given, Fraction):
        return given.numerator if given.denominator == 1 else given
    return None
