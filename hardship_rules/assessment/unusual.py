"""Warnings about numbers outside their usual range, which may be typos."""

from collections.abc import Container, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import cast

from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind, decimal_text, unit_text
from hardship_rules.core.policy import Fact, Policy, Usual, per_policy
from hardship_rules.core.problem import KeyPath, Location, Problem
from hardship_rules.engine.compiled import compiled_policy
from hardship_rules.engine.rows import Place, Rows

_Usual = tuple[tuple[str, int, Exact, Exact], ...]
"""Facts with a usual range: name, place in the row, and the ends of the range in smallest units."""


def unusual(
    policy: Policy, rows: Rows, given: Sequence[Container[str]], locations: Mapping[KeyPath, Location]
) -> Iterator[Problem]:
    """A warning for each given number outside its usual range; zero, which means that there is none, is always usual.

    `given` are the names of the facts given of the household, then of each member.
    """
    of_household, of_members = _with_usual_range(policy)
    for number, row in enumerate((rows.own, *rows.members)):
        for name, start, least, most in of_members if number else of_household:
            scaled = row[start]
            if scaled and not least <= scaled <= most and name in given[number] and scaled == row[start + 1]:
                fact = cast(Fact, policy.names[name])
                kind = cast(NumberKind, fact.kind)
                path: KeyPath = ("members", number - 1, name) if number else (name,)
                values = {"title": fact.title, **usual_range(policy, cast(Usual, fact.usual), kind)}
                amount = decimal_text(Fraction(scaled) / 10**kind.decimals)
                yield Problem("fact_unusual", path, amount, values, "warning", locations.get(path))


def usual_range(policy: Policy, usual: Usual, kind: object) -> dict[str, str]:
    """A usual range as values of a problem: its least, its most, and their unit."""
    unit = unit_text(kind.unit or (), policy.units) if isinstance(kind, NumberKind) else ""
    least, most = ("…" if end is None else decimal_text(end) for end in (usual.low, usual.high))
    return {"least": least, "most": most, "unit": unit}


@per_policy
def _with_usual_range(policy: Policy) -> tuple[_Usual, _Usual]:
    """The facts of the household, and of each member, that have a usual range."""
    compiled = compiled_policy(policy)

    def with_range(facts: Mapping[str, Fact], places: Mapping[str, Place]) -> _Usual:
        found = []
        for name, fact in facts.items():
            if fact.usual is not None:
                kind, place = cast(NumberKind, fact.kind), places[name]
                least = kind.low if fact.usual.low is None else fact.usual.low
                most = kind.high if fact.usual.high is None else fact.usual.high
                found.append((name, place.start, cast(Exact, least) * place.scale, cast(Exact, most) * place.scale))
        return tuple(found)

    return with_range(policy.facts, compiled.own), with_range(policy.members.facts, compiled.of_members)
