"""A household: its text as it was read, and its facts in the kinds of a policy."""

from collections.abc import Iterable, Mapping
from datetime import date

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Policy
from hardship_rules.core.problems import Path, Problem
from hardship_rules.core.ranges import span
from hardship_rules.core.values import ANY_DAY, Value, day_number
from hardship_rules.engine.meaning import Scope, meanings
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
