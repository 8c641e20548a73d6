"""Defaults of facts that were left out, and the conditions (`must`) that every real household meets."""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import cast

from attrs import frozen

from hardship_rules.core.expr import Clause
from hardship_rules.core.interval import Truth
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.compiled import CompiledPolicy, Filled
from hardship_rules.engine.evaluate import Scope
from hardship_rules.engine.rows import Rows


@frozen
class Defaults:
    """The facts that were left out and have a default, by kind of default.

    `derived` were computed from given facts, `assumed` are constants, and those of `outside` are outside their range.
    """

    derived: tuple[KeyPath, ...]
    assumed: tuple[KeyPath, ...]
    outside: tuple[KeyPath, ...]


def defaults_of(compiled: CompiledPolicy, filled: Filled, given: Sequence[Container[str]]) -> Defaults:
    """The defaults that were put into rows; `given` are the facts given of the household, then of each member.

    A default that uses no given fact is assumed, like a constant.
    """
    derived: dict[KeyPath, None] = {}
    assumed: list[KeyPath] = []
    for member, number, is_constant in sorted(filled.known, key=_by_fact):
        name = compiled.defaults[number].name
        path: KeyPath = (name,) if member < 0 else ("members", member, name)
        if not is_constant and _has_input(compiled.policy, path, given[0], given[member + 1], derived):
            derived[path] = None
        else:
            assumed.append(path)
    return Defaults(tuple(derived), tuple(assumed), outside_of(compiled, filled))


def outside_of(compiled: CompiledPolicy, filled: Filled) -> tuple[KeyPath, ...]:
    """The facts whose default is outside their range."""
    names = ((member, compiled.defaults[number].name) for member, number in sorted(filled.outside, key=_by_fact))
    return tuple((name,) if member < 0 else ("members", member, name) for member, name in names)


def _by_fact(default: Sequence[int]) -> tuple[int, int]:
    """The order of defaults: fact by fact, each of all members."""
    return default[1], default[0]


def _has_input(
    policy: Policy, path: KeyPath, own: Container[str], of_member: Container[str], derived: Container[KeyPath]
) -> bool:
    """Whether a default uses the day, a given fact, or one that was computed from these."""
    return any(
        used == "on" or used in own or used in of_member or (used,) in derived or (*path[:-1], used) in derived
        for used in policy.uses[cast(str, path[-1])]
    )


def broken(
    policy: Policy, compiled: CompiledPolicy, rows: Rows, defaults: Defaults
) -> Iterator[tuple[Clause, KeyPath]]:
    """The conditions of `must` that a household certainly breaks, each with the path of the member who breaks it.

    Facts with constant defaults count as unknown, since a default must not make a household impossible; defaults that
    are computed from them follow.
    """
    held = rows.copy()
    compiled.clear(held, defaults.assumed)
    compiled.leave_out(held, defaults.derived)
    compiled.fill(held)
    scope = compiled.scope(held)
    for clause in policy.must:
        if scope.value(clause) is False:
            yield from ((clause, path) for path in _broken_by(clause, scope))


def without_facts(compiled: CompiledPolicy, rows: Rows, paths: Iterable[KeyPath]) -> Scope:
    """The values of all names for rows in which the facts at some paths are unknown."""
    without = rows.copy()
    compiled.clear(without, paths)
    return compiled.scope(without)


def _broken_by(clause: Clause, scope: Scope) -> Iterator[KeyPath]:
    """The paths of the members who break a condition on each of them; of another condition, that of all members."""
    members = scope.lowered.structure(clause).parts[0].members
    if members is None or members[0]:
        yield ("members",)
        return
    truths = (cast(Truth, scope.run.value(members[1], number)) for number in range(len(scope.members)))
    yield from (("members", number) for number, truth in enumerate(truths) if truth is False)
