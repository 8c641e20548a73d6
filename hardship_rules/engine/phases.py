"""The phases in which a program is computed over two tables, one of members and one of households."""

from collections.abc import Iterable

from attrs import frozen

from hardship_rules.engine.program import Program

_AGGREGATES = ("sum", "any")


@frozen
class Phase:
    """One phase: steps of the household that its members need, then steps of each member, then their aggregates.

    Each is a tuple of the numbers of steps, in order. `aggregates` are the `sum` and `any` steps.
    """

    before: tuple[int, ...]
    of_members: tuple[int, ...]
    aggregates: tuple[int, ...]


@frozen
class Phases:
    """The phases of a program, and the steps of the household after the last one."""

    phases: tuple[Phase, ...]
    last: tuple[int, ...]


def phases_of(program: Program, roots: Iterable[int]) -> Phases:
    """The phases that compute some steps of the household.

    A step is computed in the first phase in which it can be, but a step of the household only where members need it.
    """
    steps = program.steps
    live = program.live(tuple(roots))
    levels = dict[int, int]()
    for number in live:
        step = steps[number]
        level = max((levels[argument] for argument in step.args), default=0)
        levels[number] = level + (step.op in _AGGREGATES)
    done = set[int]()
    phases = []
    for level in range(max(levels.values(), default=0)):
        of_members = [number for number in live if steps[number].space == "member" and levels[number] == level]
        aggregates = [number for number in live if steps[number].op in _AGGREGATES and levels[number] == level + 1]
        needed = program.live(
            tuple(argument for number in (*of_members, *aggregates) for argument in steps[number].args)
        )
        before = [number for number in needed if steps[number].space == "household" and number not in done]
        done.update(before, aggregates)
        phases.append(Phase(tuple(before), tuple(of_members), tuple(aggregates)))
    last = (number for number in live if steps[number].space == "household" and number not in done)
    return Phases(tuple(phases), tuple(last))
