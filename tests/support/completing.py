"""Completions of households drawn at random, and the values of a second opinion for them."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, cast

from attrs import evolve, frozen
from framing import drawn
from hypothesis import strategies as st
from independent import Opinion, UnknownFact

from hardship_rules import Policy
from hardship_rules.assessment.household import Household
from hardship_rules.core.expr import Divide, Expr, Name, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Range
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, Kind, NumberKind, Value, day_number
from hardship_rules.core.policy import Decision, Fact, Term, exprs_of
from hardship_rules.core.problem import KeyPath

EARLY, LATE = date(1930, 1, 1), date(2035, 12, 31)


def chance(label: str) -> random.Random:
    """A source of random numbers, new in every run; `conftest.py` reports the seed that repeats it."""
    return random.Random(f"{label} {drawn(st.binary(min_size=16, max_size=16), 2)[-1].hex()}")  # noqa: S311  # for tests


def any_value(kind: Kind, source: random.Random) -> Any:
    """A value of a kind: a number at an end of its range, near zero, or anywhere."""
    match kind:
        case NumberKind(low=low, high=high, decimals=decimals):
            scale = 10**decimals
            least, most = int(cast(Fraction, low) * scale), int(cast(Fraction, high) * scale)
            near = [number for number in (0, 1, -1, 3 * scale, 12 * scale, 100 * scale) if least <= number <= most]
            return Fraction(source.choice((least, most, *near, source.randint(least, most))), scale)
        case ChoiceKind(options=options):
            return source.choice(list(options))
        case BooleanKind():
            return source.random() < 0.5
        case DateKind():
            return day_number(any_day(EARLY, LATE, source))


def any_day(first: date, last: date, source: random.Random) -> date:
    """A day from one to another."""
    return first + timedelta(days=source.randint(0, (last - first).days))


Stated = dict[KeyPath, Any]
"""The values of the facts that are stated, by their paths; None for one that is stated to be unknown."""


@frozen
class Completion:
    """A household with every fact known, by the second opinion; `is_drawn` where some fact had to be drawn."""

    opinion: Opinion
    is_drawn: bool


def completion(policy: Policy, household: Household, source: random.Random) -> Completion | None:
    """A completion of a household that was read: drawn facts, and the defaults that follow from these.

    None where a default is outside the range of its fact.
    """
    return completed(policy, household.on, stated_of(household), len(household.members), source)


def stated_of(household: Household) -> Stated:
    """The facts of a household that was read, without their defaults."""
    parts = [household.values, *(member.values for member in household.members)]
    stated: Stated = {path: parts[0 if len(path) == 1 else int(path[1]) + 1][str(path[-1])] for path in household.given}
    return stated | dict.fromkeys(household.unknown)


def stated_in(policy: Policy, given: Mapping[str, Any]) -> Stated:
    """The facts of a household as a host gives it, keys by name, with their values in the policy's units."""
    found: Stated = {}
    for number, part in enumerate([given, *given["members"]]):
        for name, value in part.items():
            if name not in ("on", "members"):
                path: KeyPath = (name,) if number == 0 else ("members", number - 1, name)
                found[path] = typed(policy.names[name].kind, value)  # type: ignore[union-attr]  # a fact
    return found


def typed(kind: Kind, value: Any) -> Any:
    """The value of a fact as a host gives it, in the policy's units."""
    if value is None:
        return None
    if isinstance(kind, DateKind):
        return day_number(value)
    return Fraction(value) if isinstance(kind, NumberKind) else value


def completed(
    policy: Policy, on: date | None, stated: Stated, members: int, source: random.Random
) -> Completion | None:
    """A completion of some facts of a household with so many members."""
    is_drawn = on is None
    day = on or any_day(policy.start or EARLY, policy.end or LATE, source)
    own: dict[str, Any] = {"on": day_number(day)}
    rows: list[dict[str, Any]] = [{} for _ in range(members)]
    complete, has_unpublished = published(policy, source)
    for path, fact in facts_of(policy, members):
        row = own if len(path) == 1 else rows[int(path[1])]
        value = stated.get(path)
        if value is None and fact.if_absent is not None and path not in stated:
            value = default_of(fact, Opinion(complete, own, rows), None if len(path) == 1 else row)
            if value is not None and not may_be(value, fact.kind.unknown):
                return None
        if value is None:
            value = any_value(fact.kind, source)
            is_drawn = True
        row[fact.name] = value
    return Completion(Opinion(complete, own, rows), is_drawn or has_unpublished)


def facts_of(policy: Policy, members: int) -> Iterator[tuple[KeyPath, Fact]]:
    """The facts of a household with so many members, each after those that its default uses."""
    for name in policy.fact_order:
        fact = policy.names[name]
        assert isinstance(fact, Fact)
        paths: list[KeyPath] = [("members", number, name) for number in range(members)] if fact.of_member else [(name,)]
        yield from ((path, fact) for path in paths)


def default_of(fact: Fact, opinion: Opinion, member: Mapping[str, Any] | None) -> Any:
    """The default of a fact; None where no case of it holds."""
    try:
        return opinion.value(fact.if_absent, member)
    except UnknownFact as unknown:
        if unknown.args == (fact.name,):
            return None
        raise


@frozen
class Known:
    """What follows from the stated facts of a household alone.

    `opinion` has these and the defaults of which everything that they need is known. Of those, `outside` are out of the
    range of their fact. It raises `UnknownFact` for what needs another fact.
    """

    opinion: Opinion
    defaults: Stated
    outside: set[KeyPath]

    def value(self, expr: Expr, member: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression; every divisor in it counts as needed.

        A case that does not hold may divide by an unknown number: its cases are over one denominator.
        """
        for divisor in divisors_in(self.opinion.policy, expr):
            self.opinion.value(divisor, member)
        return self.opinion.value(expr, member)


def divisors_in(policy: Policy, expr: Expr) -> list[Expr]:
    """The divisors in an expression and in the terms that it uses."""
    found: list[Expr] = []
    seen: set[str] = set()
    pending = [expr]
    while pending:
        for part in walk(pending.pop()):
            if isinstance(part, Divide):
                found.append(part.by)
            elif isinstance(part, Name) and part.name not in seen:
                seen.add(part.name)
                definition = policy.names.get(part.name)
                pending += exprs_of(definition) if isinstance(definition, Term | Decision) else ()
    return found


def known_in(policy: Policy, on: date | None, stated: Stated, members: int) -> Known:
    """What follows from the stated facts of a household with so many members."""
    own: dict[str, Any] = {} if on is None else {"on": day_number(on)}
    rows: list[dict[str, Any]] = [{} for _ in range(members)]
    found: Stated = {}
    outside: set[KeyPath] = set()
    for path, fact in facts_of(policy, members):
        row = own if len(path) == 1 else rows[int(path[1])]
        value = stated.get(path)
        if fact.if_absent is not None and path not in stated:
            known = Known(Opinion(policy, own, rows), {}, set())
            try:
                value = known.value(fact.if_absent, None if len(path) == 1 else row)
            except UnknownFact:
                continue
            if may_be(value, fact.kind.unknown):
                found[path] = value
            else:
                outside.add(path)
                continue
        if value is not None:
            row[fact.name] = value
    return Known(Opinion(policy, own, rows), found, outside)


def published(policy: Policy, source: random.Random) -> tuple[Policy, bool]:
    """The policy with a number for each that is not published, and whether there is one."""
    parameters = {
        name: evolve(
            parameter,
            values=FrozenMapping(
                (key, any_value(parameter.kind, source) if number is None else number)
                for key, number in parameter.values.items()
            ),
        )
        for name, parameter in policy.parameters.items()
        if None in parameter.values.values()
    }
    if not parameters:
        return policy, False
    return evolve(policy, parameters=FrozenMapping({**policy.parameters, **parameters})), True


def may_be(known: Any, value: Value) -> bool:
    """Whether a value that may not be known can be a known one."""
    if value is None:
        return isinstance(known, bool)
    if isinstance(value, Range):
        return bool(value.low <= known <= value.high)
    if isinstance(value, frozenset):
        return known in value
    return known == value and isinstance(known, bool) == isinstance(value, bool)
