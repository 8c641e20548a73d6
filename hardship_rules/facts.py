"""A household as it was given becomes typed facts, with what was derived and assumed, or every problem in it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from numbers import Integral, Rational
from typing import cast
from unicodedata import normalize

from attrs import frozen

from hardship_rules import source
from hardship_rules.absent import broken, fill
from hardship_rules.conform import TRUTHS, date_of, number_problem
from hardship_rules.evaluate import Scope, constants
from hardship_rules.expression import DIGITS, exact_number
from hardship_rules.frozen import FrozenMapping
from hardship_rules.household import RESERVED, Household, HouseholdText, Member, unknown_day
from hardship_rules.model import Fact, Policy
from hardship_rules.problems import FactError, Location, Path, Problem, nearest
from hardship_rules.ranges import Exact
from hardship_rules.values import ChoiceKind, DateKind, NumberKind, Value, YesNoKind, day_number

Given = Mapping[str, object] | HouseholdText


def read_facts(policy: Policy, household: Given, on: date | str | None = None) -> Household:
    """The typed facts of a household; raises `FactError` with every problem."""
    reader = _Reader(policy)
    typed = reader.household(household, on)
    if reader.problems:
        raise FactError(reader.problems)
    return typed


@frozen
class _Entry:
    """A value as given, under what key, and where in a text."""

    key: str
    value: object
    location: Location | None


class _Reader:
    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.titles = {fact.title: name for name, fact in policy.facts.items()}
        self.member_titles = {fact.title: name for name, fact in policy.members.facts.items()}
        self.problems: list[Problem] = []
        self.given: dict[Path, None] = {}
        self.closed: set[Path] = set()  # said to be unknown
        self.places: dict[Path, Location | None] = {}  # of the household and its members

    def problem(self, code: str, path: Path, location: Location | None, given: object = "", **values: str) -> None:
        try:
            text = str(given)
        except ValueError:  # a whole number too long for Python to write
            text = "…"
        self.problems.append(Problem(code, path, given=text, values=values, location=location))

    # Keys

    def entries(self, mapping: object, path: Path) -> Iterator[_Entry]:
        if isinstance(mapping, source.Mapping):
            for key, node in mapping.entries:
                yield _Entry(key.text.strip(), node, key.at)
        elif isinstance(mapping, Mapping):
            for key, inner in mapping.items():
                if isinstance(key, str):
                    yield _Entry(key.strip(), inner, None)
                else:
                    self.problem("fact_key", path, None, repr(key))

    def household(self, household: Given, on: date | str | None) -> Household:
        node: object = household.node if isinstance(household, HouseholdText) else household
        top = Location(household.name, 1, 1) if isinstance(household, HouseholdText) else None
        self.places[()] = top
        if not isinstance(node, source.Mapping | Mapping):
            self.problem("household_not_mapping", (), None, type(node).__name__)
            raise FactError(self.problems)
        reserved, values = self.split(node, (), self.policy.facts)
        day = self.day(reserved.get("on"), on)
        self.named_policy(reserved.get("policy"))
        members, labels = self.members(reserved.get("members"), top)
        scope = Scope({**values, **constants(self.policy)})
        scope.values["on"] = unknown_day(self.policy) if day is None else day_number(day)
        scope.members = tuple(Scope(own, (), scope) for own in members)
        if self.problems:
            raise FactError(self.problems)
        made = fill(self.policy, scope, self.given, self.closed)
        for path in made.outside:
            self.outside(path)
        for clause, path in broken(self.policy, scope, made.assumed) if not made.outside else ():
            self.problem("must_broken", path, self.places.get(path, top), clause.title or clause.line)
        return Household(
            on=day,
            reference=self.text(reserved.get("reference"), ("reference",)),
            values=FrozenMapping((name, scope.values[name]) for name in self.policy.facts),
            members=tuple(
                Member(label, FrozenMapping(member.values)) for label, member in zip(labels, scope.members, strict=True)
            ),
            given=tuple(self.given),
            derived=tuple(made.derived),
            assumed=tuple(made.assumed),
        )

    def split(self, node: object, path: Path, facts: Mapping[str, Fact]) -> tuple[dict[str, _Entry], dict[str, Value]]:
        """The reserved keys of a household or member, and its facts, each known or unknown."""
        titles = self.member_titles if path else self.titles
        reserved: dict[str, _Entry] = {}
        values: dict[str, Value] = {}
        first: dict[str, str] = {}
        for entry in self.entries(node, path):
            name = entry.key if entry.key in facts else titles.get(entry.key) or RESERVED.get(entry.key)
            allowed = name == "label" if path else name != "label"
            if name is None or (name not in facts and not allowed):
                known = [
                    *facts,
                    *titles,
                    *(["label"] if path else [key for key in RESERVED if RESERVED[key] != "label"]),
                ]
                self.problem("unknown_fact", path, entry.location, entry.key, **nearest(entry.key, known))
            elif name in first:
                self.problem("fact_twice", (*path, name), entry.location, entry.key, other=first[name])
            elif name in facts:
                values[name] = self.fact(facts[name], entry, (*path, name))
            else:
                reserved[name] = entry
            if name is not None:
                first.setdefault(name, entry.key)
        return reserved, {name: values.get(name, fact.kind.unknown) for name, fact in facts.items()}

    def members(self, entry: _Entry | None, top: Location | None) -> tuple[list[dict[str, Value]], list[str | None]]:
        given = None if entry is None else entry.value
        location = top if entry is None else entry.location
        items: Sequence[object] = ()
        if isinstance(given, source.Sequence):
            items = given.items
        elif isinstance(given, Sequence) and not isinstance(given, str | bytes):
            items = given
        elif given is not None and not (isinstance(given, source.Scalar) and given.is_null):
            self.problem("members_not_list", ("members",), location)
            return [], []
        most = self.policy.members.at_most
        if not items or len(items) > most:
            code = "members_too_many" if items else "members_missing"
            self.problem(code, ("members",), location, len(items), most=str(most))
            return [], []
        values, labels = [], []
        self.places["members",] = location
        for number, item in enumerate(items):
            path: Path = ("members", number)
            self.places[path] = getattr(item, "at", None)
            if not isinstance(item, source.Mapping | Mapping):
                self.problem("member_not_mapping", path, getattr(item, "at", None))
                continue
            reserved, own = self.split(item, path, self.policy.members.facts)
            values.append(own)
            labels.append(self.text(reserved.get("label"), (*path, "label")))
        return values, labels

    def outside(self, path: Path) -> None:
        """What follows from the facts given lies outside the range of the fact that it stands in for."""
        facts = self.policy.members.facts if path[0] == "members" else self.policy.facts
        fact = facts[cast(str, path[-1])]
        kind = cast(NumberKind, fact.kind)
        ends = {"least": _plain(cast(Exact, kind.low)), "most": _plain(cast(Exact, kind.high))}
        values = {"title": fact.title, **ends}
        self.problem("derived_outside", path, self.places.get(path[:-1]), "", **values)

    # Reserved keys

    def text(self, entry: _Entry | None, path: Path) -> str | None:
        if entry is None or entry.value is None:
            return None
        given = entry.value
        if isinstance(given, source.Scalar):
            return None if given.is_null else given.text
        if isinstance(given, str | int) and not isinstance(given, bool):
            return str(given)
        self.problem("text_only", path, entry.location)
        return None

    def named_policy(self, entry: _Entry | None) -> None:
        name = self.text(entry, ("policy",))
        if entry is not None and name not in (None, self.policy.name, self.policy.series):
            self.problem("policy_differs", ("policy",), entry.location, name, policy=self.policy.name)

    def day(self, entry: _Entry | None, on: date | str | None) -> date | None:
        """The day the verdict is about, as the file and the caller say it, inside the policy's window."""
        said = [] if entry is None or entry.value is None else [(entry.value, entry.location)]
        said += [] if on is None else [(on, None)]
        days = []
        for given, location in said:
            if isinstance(given, source.Scalar) and given.is_null:
                continue
            day = _day(given)
            if day is None:
                self.problem("date", ("on",), location, given.text if isinstance(given, source.Scalar) else given)
            else:
                days.append((day, location))
        if len(days) == 2 and days[0][0] != days[1][0]:
            self.problem("on_differs", ("on",), days[0][1], days[0][0], other=str(days[1][0]))
        for day, location in days[:1]:
            start, end = self.policy.start or date.min, self.policy.end or date.max
            if not start <= day <= end:
                window = {"start": str(self.policy.start or "…"), "end": str(self.policy.end or "…")}
                self.problem("on_outside", ("on",), location, day, policy=self.policy.name, **window)
            return day
        return None

    # One fact

    def fact(self, fact: Fact, entry: _Entry, path: Path) -> Value:
        given = entry.value
        location = entry.location
        if isinstance(given, source.Scalar):
            location = given.at if given.text else entry.location
            given = None if given.is_null else given.text
        if isinstance(given, str):
            given = given.strip()
        if given is None:
            self.closed.add(path)
            return fact.kind.unknown
        self.given[path] = None
        if isinstance(given, source.Node | list | dict):
            self.problem("fact_not_one_value", path, getattr(given, "at", location), title=fact.title)
            return fact.kind.unknown
        match fact.kind:
            case NumberKind():
                found: Value = self.number(fact.kind, given, path, location, fact.title)
            case ChoiceKind(options):
                found = _option(given, options)
                if found is None:
                    known = [*options.values(), *options]
                    values = {"title": fact.title, "known": ", ".join(options.values()), **nearest(str(given), known)}
                    self.problem("unknown_fact_option", path, location, given, **values)
            case YesNoKind():
                found = given if isinstance(given, bool) else TRUTHS.get(given) if isinstance(given, str) else None
                if found is None:
                    self.problem("fact_yes_no", path, location, given, title=fact.title)
            case DateKind():
                day = _day(given)
                found = None if day is None else day_number(day)
                if found is None:
                    self.problem("date", path, location, given)
        return fact.kind.unknown if found is None else found

    def number(
        self, kind: NumberKind, given: object, path: Path, location: Location | None, title: str
    ) -> Exact | None:
        """An exact number from a whole number, a Decimal, a fraction, a text, or a float by its shortest repr."""
        number = _exact(given)
        least, most = cast(Exact, kind.low), cast(Exact, kind.high)
        if number is None:
            code = number_problem(given) if isinstance(given, str) else "number"
            wide = next((each for each in str(given) if normalize("NFKC", each) != each), None)
            if code == "number" and wide is not None:
                self.problem("full_width", path, location, wide, meant=normalize("NFKC", wide))
            else:
                code = {"number": "fact_number"}.get(code, code)
                self.problem(code, path, location, given, title=title, most=str(DIGITS))
        elif not least <= number <= most:
            self.problem("fact_outside", path, location, given, title=title, least=_plain(least), most=_plain(most))
        elif not isinstance(number, int) and (number * 10**kind.decimals).denominator != 1:
            self.problem("fact_decimals", path, location, given, title=title, decimals=str(kind.decimals))
        else:
            return number
        return None


def _plain(number: Exact) -> str:
    """A bound as people write it."""
    fraction = Fraction(number)
    return f"{Decimal(fraction.numerator) / Decimal(fraction.denominator):,f}"


def _day(given: object) -> date | None:
    if isinstance(given, source.Scalar):
        given = given.text
    if isinstance(given, str):
        return date_of(given.strip())
    if isinstance(given, date) and not isinstance(given, datetime):
        return date_of(given.isoformat())
    return None


def _option(given: object, options: Mapping[str, str]) -> str | None:
    if not isinstance(given, str):
        return None
    if given in options:
        return given
    return next((name for name, title in options.items() if title == given), None)


def _exact(given: object) -> Exact | None:
    if type(given) is int:
        return given
    if isinstance(given, bool):
        return None
    if isinstance(given, str):
        return exact_number(given)
    if isinstance(given, float):
        if not isfinite(given):
            return None
        given = Decimal(repr(given))
    if isinstance(given, Decimal):
        if not given.is_finite() or given.adjusted() > DIGITS or cast(int, given.as_tuple().exponent) < -DIGITS:
            return None
        given = Fraction(given)
    if isinstance(given, Integral):
        return int(given)
    if isinstance(given, Rational):
        fraction = Fraction(int(given.numerator), int(given.denominator))
        return fraction.numerator if fraction.denominator == 1 else fraction
    return None
