"""A household as it is given: its text, its facts, and the facts again for another assessment."""

import pathlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.defaults import StandIns, fill
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import span
from hardship_rules.core.kinds import ANY_DAY, DateKind, Value, day_number, day_of
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError, Location, Path, Problem
from hardship_rules.engine.evaluate import Scope, meanings
from hardship_rules.language import source
from hardship_rules.language.keys import RESERVED_TITLES

RESERVED = {title: name for name, title in RESERVED_TITLES.items()} | {name: name for name in RESERVED_TITLES}
"""The keys of a household that are never facts, by title and by name."""


@frozen
class HouseholdText:
    """A household's text, read strictly: every value is still as it was written, with its place."""

    name: str
    node: source.Mapping = field(repr=False)

    @property
    def policy(self) -> str | None:
        """The policy that the text says it is for."""
        return self._word("policy")

    @property
    def on(self) -> str | None:
        """The day that the text says the verdict is about, as written."""
        return self._word("on")

    def _word(self, name: str) -> str | None:
        for key, node in self.node.entries:
            if RESERVED.get(key.text) == name and isinstance(node, source.Scalar) and not node.is_null:
                return node.text
        return None


@frozen
class Member:
    """One member: the label that explanations call it by, and its facts."""

    label: str | None = field(repr=False)
    values: FrozenMapping[str, Value] = field(repr=False)


@frozen
class Household:
    """A household's facts in the kinds of a policy; none of them shows in `repr`.

    `given`, `derived` and `assumed` are paths, counting members from 0: what the caller said, what was worked out
    from that, and what a constant of the policy stood in for; `unknown` are those that the caller said are not known.
    The rest was left out and is unknown as well. `warnings` are what its writer may want to look at again: they change
    nothing.
    """

    on: date | None
    reference: str | None = field(repr=False)
    values: FrozenMapping[str, Value] = field(repr=False)
    members: tuple[Member, ...]
    given: tuple[Path, ...] = field(repr=False)
    unknown: tuple[Path, ...] = field(repr=False)
    derived: tuple[Path, ...] = field(repr=False)
    assumed: tuple[Path, ...] = field(repr=False)
    warnings: tuple[Problem, ...] = field(default=(), repr=False, eq=False)

    def scope(self, policy: Policy) -> Scope:
        """The facts with the policy's constants, ready to be evaluated."""
        return scope_of_facts(policy, self.on, self.values, [member.values for member in self.members])


def scope_of_facts(
    policy: Policy, on: date | None, own: Mapping[str, Value], members: Iterable[Mapping[str, Value]]
) -> Scope:
    """The values of a household's facts on a day with the policy's constants, ready to be evaluated."""
    known = meanings(policy)
    values = dict(own.items())
    values.update(policy.constants.items())
    values["on"] = _unknown_day(policy) if on is None else day_number(on)
    scope = Scope(values, known=known)
    scope.members = tuple(Scope(dict(member.items()), (), scope, known=known) for member in members)
    return scope


def _unknown_day(policy: Policy) -> Value:
    """Some day on which the policy is in force."""
    every = ANY_DAY
    start = every.low if policy.start is None else day_number(policy.start)
    end = every.high if policy.end is None else day_number(policy.end)
    return span(start, end)


def load_household(path: str | pathlib.Path) -> HouseholdText:
    """A household's file, YAML or JSON, every value as it is written. Raises `FactError`."""
    if problem := source.no_path(path):
        raise FactError([problem])
    content = source.read_bytes(pathlib.Path(path), str(path))
    text = content if isinstance(content, Problem) else source.decode(content, str(path))
    if isinstance(text, Problem):
        raise FactError([text])
    return read_household(text, str(path))


def read_household(text: str, name: str = "household.yaml") -> HouseholdText:
    """A household's text, YAML or JSON, every value as it is written. Raises `FactError`."""
    node, problems = source.parse(text, name)
    if isinstance(node, source.Mapping) and not problems:
        return HouseholdText(name, node)
    if not problems:
        empty = node is None or (isinstance(node, source.Scalar) and node.is_null)
        marks = source.misplaced(node.text, node.place) if isinstance(node, source.Scalar) and node.plain else None
        problems = [marks or Problem("file_empty" if empty else "not_a_household", location=Location(name, 1, 1))]
    raise FactError(problems)


def as_given(
    policy: Policy, household: Household, changed: Mapping[Path, Value] = FrozenMapping()
) -> dict[str, object]:
    """The mapping that reads as the same household, stand-ins left out, or with some facts given another value."""
    whole: dict[str, object] = {} if household.reference is None else {"reference": household.reference}
    members: list[dict[str, object]] = [
        {} if member.label is None else {"label": member.label} for member in household.members
    ]
    parts = [whole, *members]
    values = [household.values, *(member.values for member in household.members)]
    for path in household.unknown:
        parts[_part(path)][cast(str, path[-1])] = None
    for path in dict.fromkeys((*household.given, *changed)):
        name, part = cast(str, path[-1]), _part(path)
        found = changed[path] if path in changed else values[part][name]
        is_day = isinstance(cast(Fact, policy.names[name]).kind, DateKind)
        parts[part][name] = day_of(cast(int, found)) if is_day else found
    whole["members"] = members
    return whole


def refilled(
    policy: Policy, household: Household, changed: Mapping[Path, Value] = FrozenMapping()
) -> tuple[Scope, StandIns]:
    """The facts that were given, some perhaps with another value, and what stands in for the others under a policy."""
    given = {*household.given, *changed}

    def kept(values: FrozenMapping[str, Value], before: Path) -> dict[str, Value]:
        facts = policy.members.facts if before else policy.facts
        own = ((name, (*before, name), each) for name, each in values.items())
        return {
            name: changed.get(path, each) if path in given else facts[name].kind.unknown for name, path, each in own
        }

    members = [kept(member.values, ("members", number)) for number, member in enumerate(household.members)]
    scope = scope_of_facts(policy, household.on, kept(household.values, ()), members)
    unknown = (path for path in household.unknown if path not in changed)
    return scope, fill(policy, scope, _by_part(given, len(members)), _by_part(unknown, len(members)))


def _part(path: Path) -> int:
    """Whose fact it is: 0 for the household's own, and from 1 on each member's."""
    return cast(int, path[1]) + 1 if len(path) > 1 else 0


def _by_part(paths: Iterable[Path], members: int) -> list[set[str]]:
    """The names of facts of the household, and of each member."""
    names: list[set[str]] = [set() for _ in range(members + 1)]
    for path in paths:
        names[_part(path)].add(cast(str, path[-1]))
    return names
