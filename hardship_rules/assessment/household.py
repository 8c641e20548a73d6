"""A household: its text as written, its typed facts, and conversions of these facts for another assessment."""

import pathlib
from collections.abc import Mapping
from datetime import date
from typing import cast

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import span
from hardship_rules.core.kinds import ANY_DAY, DateKind, Value, day_number, day_of
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import FactError, KeyPath, Location, Problem
from hardship_rules.engine.compiled import compiled_policy
from hardship_rules.engine.evaluate import Scope, scope_of
from hardship_rules.engine.rows import Rows
from hardship_rules.language import source
from hardship_rules.language.keys import RESERVED_TITLES

RESERVED = {title: name for name, title in RESERVED_TITLES.items()} | {name: name for name in RESERVED_TITLES}
"""The names of the keys of a household that are not facts, by title and by name."""


@frozen
class HouseholdText:
    """The text of a household, parsed strictly: every value as it is written, with its location."""

    name: str
    node: source.Mapping = field(repr=False)

    @property
    def policy(self) -> str | None:
        """The policy that the text names."""
        return self._word("policy")

    @property
    def on(self) -> str | None:
        """The day of the verdict, as written in the text."""
        return self._word("on")

    def _word(self, name: str) -> str | None:
        for key, node in self.node.entries:
            if RESERVED.get(key.text) == name and isinstance(node, source.Scalar) and not node.is_null:
                return node.text
        return None


@frozen
class Member:
    """The facts of one member, and its label in explanations."""

    label: str | None = field(repr=False)
    values: FrozenMapping[str, Value] = field(repr=False)


@frozen
class Household:
    """The typed facts of a household; none of them shows in `repr`.

    `given`, `derived`, `assumed` and `unknown` are paths, counting members from 0: facts that the caller gave, defaults
    computed from these, constant defaults, and facts that the caller stated to be unknown. Any other fact was left out
    and is unknown. `warnings` are about facts that may be typos; they do not affect the result.
    """

    on: date | None
    reference: str | None = field(repr=False)
    values: FrozenMapping[str, Value] = field(repr=False)
    members: tuple[Member, ...]
    given: tuple[KeyPath, ...] = field(repr=False)
    unknown: tuple[KeyPath, ...] = field(repr=False)
    derived: tuple[KeyPath, ...] = field(repr=False)
    assumed: tuple[KeyPath, ...] = field(repr=False)
    warnings: tuple[Problem, ...] = field(default=(), repr=False, eq=False)

    def scope(self, policy: Policy) -> Scope:
        """The values of all names of a policy for these facts."""
        own = {**self.values, "on": day_value(policy, self.on)}
        return scope_of(policy, own, [member.values for member in self.members])

    def rows(self, policy: Policy) -> Rows:
        """These facts as rows of bounds."""
        own = {**self.values, "on": day_value(policy, self.on)}
        return compiled_policy(policy).rows(own, [member.values for member in self.members])


def day_value(policy: Policy, on: date | None) -> Value:
    """A day as a number; if it is not known, any day on which the policy is in force."""
    if on is not None:
        return day_number(on)
    start = ANY_DAY.low if policy.start is None else day_number(policy.start)
    end = ANY_DAY.high if policy.end is None else day_number(policy.end)
    return span(start, end)


def load_household(path: str | pathlib.Path) -> HouseholdText:
    """Read a household from a YAML or JSON file, every value as it is written. Raises `FactError`."""
    if problem := source.no_path(path):
        raise FactError([problem])
    content = source.read_bytes(pathlib.Path(path), str(path))
    text = content if isinstance(content, Problem) else source.decode(content, str(path))
    if isinstance(text, Problem):
        raise FactError([text])
    return read_household(text, str(path))


def read_household(text: str, name: str = "household.yaml") -> HouseholdText:
    """Read a household from YAML or JSON text, every value as it is written. Raises `FactError`."""
    node, problems = source.parse(text, name)
    if isinstance(node, source.Mapping) and not problems:
        return HouseholdText(name, node)
    if not problems:
        is_empty = node is None or (isinstance(node, source.Scalar) and node.is_null)
        typo = source.misplaced(node.text, node.place) if isinstance(node, source.Scalar) and node.plain else None
        problems = [typo or Problem("file_empty" if is_empty else "not_a_household", location=Location(name, 1, 1))]
    raise FactError(problems)


def as_given(
    policy: Policy, household: Household, changed: Mapping[KeyPath, Value] = FrozenMapping()
) -> dict[str, object]:
    """The household as a mapping that `assess` takes: without defaults, and perhaps with other values of some facts."""
    mapping: dict[str, object] = {} if household.reference is None else {"reference": household.reference}
    members: list[dict[str, object]] = [
        {} if member.label is None else {"label": member.label} for member in household.members
    ]
    parts = [mapping, *members]
    values = [household.values, *(member.values for member in household.members)]
    for path in household.unknown:
        parts[_part(path)][cast(str, path[-1])] = None
    for path in dict.fromkeys((*household.given, *changed)):
        name, part = cast(str, path[-1]), _part(path)
        value = changed[path] if path in changed else values[part][name]
        is_day = isinstance(cast(Fact, policy.names[name]).kind, DateKind)
        parts[part][name] = day_of(cast(int, value)) if is_day else value
    mapping["members"] = members
    return mapping


def left_out(policy: Policy, household: Household) -> tuple[KeyPath, ...]:
    """The facts of a household that were left out and have a default."""
    stated = {*household.given, *household.unknown}
    members = range(len(household.members))
    paths: list[KeyPath] = []
    for fact in policy.stand_ins:
        paths += [("members", number, fact.name) for number in members] if fact.of_member else [(fact.name,)]
    return tuple(path for path in paths if path not in stated)


def given_names(household: Household, *more: KeyPath) -> list[set[str]]:
    """The names of the facts that are given: first of the household, then of each member; `more` are given too."""
    names: list[set[str]] = [set() for _ in range(len(household.members) + 1)]
    for path in (*household.given, *more):
        names[_part(path)].add(cast(str, path[-1]))
    return names


def _part(path: KeyPath) -> int:
    """The number of the part that a fact belongs to: 0 for the household, from 1 on for the members."""
    return cast(int, path[1]) + 1 if len(path) > 1 else 0
