"""Read a household: typed facts with their defaults and warnings, or every problem in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import cast
from unicodedata import decomposition, normalize

from attrs import define

from hardship_rules.assessment.defaults import broken, fill_defaults
from hardship_rules.assessment.household import RESERVED, Household, HouseholdText, Member, scope_of_facts
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
    unit_text,
)
from hardship_rules.core.policy import Fact, Policy, Usual, day_problem, per_policy, require_policy
from hardship_rules.core.problem import MOST_PROBLEMS, SURROGATE, FactError, KeyPath, Location, Problem, nearest
from hardship_rules.language import source
from hardship_rules.language.grammar import DIGITS, exact_number
from hardship_rules.language.shape import BOOLEANS, number_problem

Given = Mapping[str, object] | HouseholdText


def read_facts(policy: Policy, household: Given, on: date | str | None = None) -> Household:
    """The typed facts of a household. Raises `FactError` with every problem."""
    require_policy(policy)
    return _Reader(policy).household(household, on)


# Nodes are recognised by `type`: `isinstance` asks the object itself, and an object of the caller may raise.
_NODES = (source.Scalar, source.Sequence, source.Mapping)
_Entry = tuple[object, Location | None]  # a value as given, and the location of its key in a text


@define
class _Part:
    """The facts of the household or of one member while they are read; `values` has every fact in the end."""

    values: dict[str, Value]
    given: dict[str, None]
    unknown: dict[str, None]
    reserved: dict[str, _Entry]


_Entries = list[tuple[object, object, Location | None]]  # keys and values, with the location of each key in a text


def _entries(node: object) -> _Entries | None:
    """The keys and values of a mapping, from a text or from the caller; None for anything else."""
    if type(node) is source.Mapping:
        return [(key.text, inner, key.at) for key, inner in node.entries]
    if type(node) is dict:
        return [(key, given, None) for key, given in node.items()]
    pairs = pairs_of(node)
    return None if pairs is None else [(key, given, None) for key, given in pairs]


@per_policy
def _spellings(policy: Policy) -> tuple[Mapping[str, Fact | str], Mapping[str, Fact | str]]:
    """The fact or reserved key of each name, title and former name: of the household, and of a member."""
    household: dict[str, Fact | str] = {key: name for key, name in RESERVED.items() if name != "label"}
    member: dict[str, Fact | str] = {key: name for key, name in RESERVED.items() if name == "label"}
    sections = ((household, ("household",), policy.facts), (member, ("members", "facts"), policy.members.facts))
    for spellings, of, facts in sections:
        spellings.update({old: facts[former.new] for old, former in policy.formerly.get(of, {}).items()})
        spellings.update({fact.title: fact for fact in facts.values()})
        spellings.update(facts.items())
    return household, member


class _Reader:
    """Reads one household; collects its problems and warnings."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.locations: dict[KeyPath, Location | None] = {}  # of the household, its members and facts

    def problem(self, code: str, path: KeyPath, location: Location | None, given: object = "", **values: str) -> None:
        self.report(Problem(code, path, given=shown(given), values=values, location=location))

    def report(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) > MOST_PROBLEMS:
            raise FactError(self.problems)

    # The household and its members

    def household(self, household: Given, on: date | str | None) -> Household:
        policy = self.policy
        node: object = household.node if type(household) is HouseholdText else household
        top = Location(household.name, 1, 1) if type(household) is HouseholdText else None
        self.locations[()] = top
        facts = _entries(node)
        if facts is None:
            self.problem("household_not_mapping", (), None, type(node).__name__)
            raise FactError(self.problems)
        own = self.part(facts, ())
        day = self.day(own.reserved.get("on"), on)
        self.named_policy(own.reserved.get("policy"))
        members = self.members(own.reserved.get("members"), top)
        labels = [self.label(number, member) for number, member in enumerate(members)]
        if self.problems:
            raise FactError(self.problems)
        scope = scope_of_facts(policy, day, own.values, [member.values for member in members])
        parts = (own, *members)
        defaults = fill_defaults(policy, scope, [part.given for part in parts], [part.unknown for part in parts])
        for path in defaults.outside:
            self.report_outside(path)
        for clause, path in broken(policy, scope, defaults.assumed) if not defaults.outside else ():
            self.problem("must_broken", path, self.locations.get(path, top), clause.title or clause.line)
        reference = self.text(own.reserved.get("reference"), ("reference",))
        if self.problems:
            raise FactError(self.problems)
        return Household(
            on=day,
            reference=reference,
            values=FrozenMapping((name, scope.values[name]) for name in policy.facts),
            members=tuple(
                Member(label, FrozenMapping(member.values)) for label, member in zip(labels, scope.members, strict=True)
            ),
            given=_paths(part.given for part in parts),
            unknown=_paths(part.unknown for part in parts),
            derived=tuple(defaults.derived),
            assumed=tuple(defaults.assumed),
            warnings=(*self.warnings, *_unusual(policy, parts, self.locations)),
        )

    def part(self, node: _Entries, before: KeyPath) -> _Part:
        """The facts and reserved keys of the household or of a member; facts that are not given are unknown."""
        facts = self.policy.members.facts if before else self.policy.facts
        spellings = _spellings(self.policy)[bool(before)]
        part = _Part({}, {}, {}, {})
        values, reserved, unknown = part.values, part.reserved, part.unknown
        formerly = self.policy.formerly.get(("members", "facts") if before else ("household",), {})
        for key, given, location in node:
            if type(key) is not str:
                text = plain_value(key)
                if not isinstance(text, str):
                    self.problem("fact_key", before, None, shown(key, repr))
                    continue
                key = text  # noqa: PLW2901  # a plain `str` in place of a subclass
            known = spellings.get(key) or spellings.get(key.strip())
            if known is None:
                names = [*facts, *(spelling for spelling in spellings if spelling not in facts)]
                self.problem("unknown_fact", before, location, key.strip(), **nearest(key.strip(), names))
                continue
            name = known if isinstance(known, str) else known.name
            if key.strip() in formerly:
                now = {"now": name, "title": facts[name].title}
                path = (*before, name)
                self.warnings.append(Problem("fact_renamed", path, key.strip(), now, "warning", location))
            if location is not None:
                self.locations[*before, name] = location
            if name in values or name in reserved or name in unknown:
                texts = (str.__str__(other).strip() for other, *_ in node if isinstance(other, str))
                other = next(text for text in texts if spellings.get(text) is known)
                self.problem("fact_twice", (*before, name), location, key.strip(), other=other)
            elif isinstance(known, str):
                reserved[name] = given, location
            elif known.kind.holds(given):
                values[name] = cast(Value, given)
            else:
                self.fact(known, given, location, before, part)
        part.given = dict.fromkeys(values)
        for name, fact in facts.items():
            if name not in values:
                values[name] = fact.kind.unknown
        return part

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
        self.locations["members",] = location
        for number, item in enumerate(listed):
            path: KeyPath = ("members", number)
            place = cast(source.Node, item).at if type(item) in _NODES else None
            self.locations[path] = place
            facts = _entries(item)
            if facts is None:
                self.problem("member_not_mapping", path, place)
            else:
                parts.append(self.part(facts, path))
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


# --- Unusual facts ---

_Usual = tuple[tuple[str, Fact, Usual], ...]


def _unusual(policy: Policy, parts: Sequence[_Part], locations: Mapping[KeyPath, Location | None]) -> Iterator[Problem]:
    """A warning for each number outside its usual range; zero, which means that there is none, is always usual."""
    of_household, of_members = _with_usual_range(policy)
    for number, part in enumerate(parts):
        for name, fact, usual in of_members if number else of_household:
            amount = part.values[name]
            if isinstance(amount, Exact) and amount and not usual.holds(amount):
                path = ("members", number - 1, name) if number else (name,)
                values = {"title": fact.title, **usual_range(policy, usual, fact.kind)}
                yield Problem("fact_unusual", path, decimal_text(amount), values, "warning", locations.get(path))


def usual_range(policy: Policy, usual: Usual, kind: object) -> dict[str, str]:
    """A usual range as values of a problem: its least, its most, and their unit."""
    unit = unit_text(kind.unit or (), policy.units) if isinstance(kind, NumberKind) else ""
    least, most = ("…" if end is None else decimal_text(end) for end in (usual.low, usual.high))
    return {"least": least, "most": most, "unit": unit}


@per_policy
def _with_usual_range(policy: Policy) -> tuple[_Usual, _Usual]:
    """The facts of the household, and of each member, that have a usual range."""

    def with_range(facts: Mapping[str, Fact]) -> _Usual:
        return tuple((name, fact, fact.usual) for name, fact in facts.items() if fact.usual is not None)

    return with_range(policy.facts), with_range(policy.members.facts)
