"""A household with other values of some facts, and with the defaults that follow from these."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from attrs import evolve, field, frozen

from hardship_rules.assessment._completions import Trials
from hardship_rules.assessment.defaults import Defaults, defaults_of
from hardship_rules.assessment.household import Household, given_names, left_out
from hardship_rules.assessment.unusual import unusual
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import Value
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.compile import Bounds
from hardship_rules.engine.compiled import Filled, Result, WithoutMember, compiled_policy
from hardship_rules.engine.rows import Rows


class AlteredHousehold:
    """A household in which facts change, as rows of bounds; other facts that were left out get their defaults again."""

    def __init__(self, policy: Policy, household: Household, rows: Rows) -> None:
        self.policy = policy
        self.household = household
        self.compiled = compiled_policy(policy)
        self.left_out = left_out(policy, household)
        self._original = rows
        self._given = rows.copy()
        self.compiled.leave_out(self._given, self.left_out)
        self._filled = self._given.copy()
        self.compiled.fill(self._filled)
        self._has_choices: bool | None = None
        self._without: dict[int, WithoutMember | None] = {}
        self._in_defaults = self.compiled.in_defaults if self.left_out else FrozenMapping[str, bool]()

    def __reduce__(self) -> tuple[type["AlteredHousehold"], tuple[Policy, Household, Rows]]:
        """What a pickled one is made of again: compiled functions cannot be pickled."""
        return AlteredHousehold, (self.policy, self.household, self._original)

    def rows(self, path: KeyPath, value: Value) -> Rows | None:
        """The rows with another value of one fact; None where a default is then out of range."""
        return self.rows_between(path, self.compiled.place(path).bounds(value))

    def rows_between(self, path: KeyPath, bounds: Bounds) -> Rows | None:
        """The rows with other bounds of one fact; None where a default is then out of range."""
        name = cast(str, path[-1])
        place = self.compiled.place(path)
        at = slice(place.start, place.start + place.width)
        if name not in self._in_defaults:
            rows = self._filled.changed(path)
            rows.row(path)[at] = bounds
            return rows
        if not self._in_defaults[name]:
            rows = self._given.copy()
            rows.row(path)[at] = bounds
            return None if self.compiled.fill(rows).outside else rows
        number = cast(int, path[1])
        row = [*self._given.members[number]]
        row[at] = bounds
        members = [*self._filled.members]
        members[number] = row
        filled = self.compiled.fill(Rows(self._filled.own, [row]))
        return None if filled.outside else Rows(self._filled.own, members)

    def run(self, path: KeyPath, rows: Rows) -> tuple[Any, ...]:
        """The run for rows that `rows` gave for a value of the fact at a path."""
        if len(path) > 1 and self._in_defaults.get(cast(str, path[-1]), True):
            number = cast(int, path[1])
            if number not in self._without:
                self._without[number] = self.compiled.without_member(self._filled, number)
            others = self._without[number]
            if others is not None:
                return others.run(rows.members[number])
        return cast(tuple[Any, ...], self.compiled.run(rows.own, rows.members))

    def decide(self, path: KeyPath, rows: Rows) -> Result:
        """The category and every `must` for rows that `rows` gave for a value of the fact at a path."""
        return self.compiled.result(self.run(path, rows))

    def with_values(self, values: Mapping[KeyPath, Value]) -> tuple[Rows, Filled]:
        """The rows with other values of several facts, and the defaults that were filled in."""
        rows = self._given.copy()
        for path, value in values.items():
            self.compiled.put(rows, path, value)
        return rows, self.compiled.fill(rows)

    def leaves_no_choice(self, path: KeyPath) -> bool:
        """Whether every choice and boolean is known for every value of a fact."""
        if self._has_choices is None:
            self._has_choices = any(True for _ in Trials(self.policy, ()).unknown(self._filled))
        return not self._has_choices and path[-1] not in self._in_defaults

    def replaced(self, *paths: KeyPath) -> frozenset[KeyPath]:
        """The facts that were left out and have a default, without those at some paths."""
        return frozenset(self.left_out).difference(paths)

    def assumed(self, values: Mapping[KeyPath, Value]) -> tuple[KeyPath, ...]:
        """The facts with a constant default where others have these values."""
        return self.defaults(self.with_values(values)[1], *values).assumed

    def defaults(self, filled: Filled, *paths: KeyPath) -> Defaults:
        """The defaults by kind where the facts at some paths are given."""
        return defaults_of(self.compiled, filled, given_names(self.household, *paths))


@frozen
class AlteredFacts:
    """A household with other values of some facts, as reading it would give it; made when it is asked for."""

    _altered: AlteredHousehold = field(repr=False)
    _values: Mapping[KeyPath, Value] = field(repr=False)

    def assumed(self) -> tuple[KeyPath, ...]:
        """The facts with a constant default."""
        return self._altered.assumed(self._values)

    def household(self) -> Household:
        """The typed facts with their defaults and warnings."""
        altered, values = self._altered, self._values
        household, compiled = altered.household, altered.compiled
        rows, filled = altered.with_values(values)
        defaults = altered.defaults(filled, *values)
        parts: list[dict[str, Value]] = [dict(household.values), *(dict(each.values) for each in household.members)]
        for path in (*altered.left_out, *values):
            part = parts[0 if len(path) == 1 else cast(int, path[1]) + 1]
            part[cast(str, path[-1])] = values[path] if path in values else compiled.value(rows, path)
        members = (
            evolve(member, values=FrozenMapping(part))
            for member, part in zip(household.members, parts[1:], strict=True)
        )
        return evolve(
            household,
            values=FrozenMapping(parts[0]),
            members=tuple(members),
            given=tuple(_in_parts(dict.fromkeys((*household.given, *values)))),
            unknown=tuple(path for path in household.unknown if path not in values),
            derived=defaults.derived,
            assumed=defaults.assumed,
            warnings=tuple(unusual(altered.policy, rows, given_names(household, *values), {})),
        )


def _in_parts(paths: Iterable[KeyPath]) -> list[KeyPath]:
    """Paths in the order of the household and of its members."""
    return sorted(paths, key=lambda path: -1 if len(path) == 1 else cast(int, path[1]))
