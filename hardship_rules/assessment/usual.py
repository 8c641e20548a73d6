"""Which facts given lie outside what is usual: probably a slip of the pen, told and otherwise let alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind, Value, plain, unit_text
from hardship_rules.core.policy import Fact, Policy, Usual, per_policy
from hardship_rules.core.problem import Location, Path, Problem


class Given(Protocol):
    """The facts of the household or of one member as they were given; what was not is unknown."""

    values: dict[str, Value]


def unusual(policy: Policy, parts: Sequence[Given], places: Mapping[Path, Location | None]) -> Iterator[Problem]:
    """A warning for every number given that is not usual; nought says that there is none, and is always usual."""
    of_household, of_members = _looked_at(policy)
    for number, part in enumerate(parts):
        for name, fact, usual in of_members if number else of_household:
            amount = part.values[name]
            if isinstance(amount, Exact) and amount and not usual.holds(amount):
                path = ("members", number - 1, name) if number else (name,)
                values = {"title": fact.title, **ends(policy, usual, fact.kind)}
                yield Problem("fact_unusual", path, plain(amount), values, "warning", places.get(path))


def ends(policy: Policy, usual: Usual, kind: object) -> dict[str, str]:
    """What is usual, as people read it: its least, its most, its unit."""
    unit = unit_text(kind.unit or (), policy.units) if isinstance(kind, NumberKind) else ""
    least, most = ("…" if end is None else plain(end) for end in (usual.low, usual.high))
    return {"least": least, "most": most, "unit": unit}


_Watched = tuple[tuple[str, Fact, Usual], ...]


@per_policy
def _looked_at(policy: Policy) -> tuple[_Watched, _Watched]:
    """The facts of the household, and of each member, that have a usual range."""
    return _with_usual_range(policy.facts), _with_usual_range(policy.members.facts)


def _with_usual_range(facts: Mapping[str, Fact]) -> _Watched:
    return tuple((name, fact, fact.usual) for name, fact in facts.items() if fact.usual is not None)
