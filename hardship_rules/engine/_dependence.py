"""Which facts the steps of a program depend on."""

from collections.abc import Iterable, Sequence
from typing import cast

from hardship_rules.engine._compile_defaults import Default
from hardship_rules.engine.program import Program


def facts_of(program: Program, roots: Iterable[int]) -> frozenset[str]:
    """The facts that some steps depend on."""
    steps = (program.steps[number] for number in program.live(tuple(roots)))
    return frozenset(cast(str, step.data) for step in steps if step.op == "input")


def facts_in_defaults(program: Program, defaults: Sequence[Default]) -> dict[str, bool]:
    """The facts on which the default of another one depends; whether, of a member's, only that member's facts do."""
    users: dict[str, list[tuple[str, bool]]] = {}
    for default in defaults:
        live = [program.steps[number] for number in program.live(default.roots)]
        is_own = program.steps[default.input].space == "member" and not any(step.op in ("sum", "any") for step in live)
        for step in live:
            if step.op == "input" and step.data != default.name:
                use = default.name, is_own and step.space == "member"
                users.setdefault(cast(str, step.data), []).append(use)
    within = dict.fromkeys(users, True)
    has_changed = True
    while has_changed:  # what is computed from a default may be of the whole household
        has_changed = False
        for name, uses in users.items():
            if within[name] and not all(is_own and within.get(user, True) for user, is_own in uses):
                within[name] = False
                has_changed = True
    return within


def alike(program: Program, roots: Sequence[int]) -> dict[str, int]:
    """The facts that some steps use only as parts of one sum, with that sum.

    Facts of one household, or of one member, with the same sum can replace one another.
    """
    users: dict[int, list[int]] = {}
    for number in program.live(tuple(roots)):
        for arg in program.steps[number].args:
            users.setdefault(arg, []).append(number)
    return {
        cast(str, program.steps[arg].data): used[0]
        for arg, used in users.items()
        if program.steps[arg].op == "input" and len(used) == 1 and program.steps[used[0]].op == "add"
    }
