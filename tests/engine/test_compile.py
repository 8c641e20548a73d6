"""Compiled bounds are those of the interval algebra, for every step and every household."""

import re
from typing import Any

import pytest
from framing import drawn
from hypothesis import strategies as st
from programs import ON, WEIHAI, chosen, read, run_of, sample
from sampling import count, examples

from hardship_rules import Policy
from hardship_rules.assessment.household import Household
from hardship_rules.core.interval import high, low
from hardship_rules.core.kinds import Value
from hardship_rules.engine._lower import lower
from hardship_rules.engine.compile import Compiled, compile_program
from hardship_rules.engine.interval import Run
from hardship_rules.engine.program import BoolKind, IntKind, Kind, Program
from hardship_rules.testing import households, partial_households

OPEN, FOLDED = lower(WEIHAI), chosen(WEIHAI)


def bounds(value: Any, kind: Kind, compiled: Compiled) -> tuple[Any, ...]:
    """A value of the interval algebra as compiled bounds have it."""
    if isinstance(kind, IntKind):
        return (low(value), high(value))
    if isinstance(kind, BoolKind):
        return (3 if value is None else 1 if value else 2,)
    options = {value} if isinstance(value, str) else value
    return (sum(compiled.masks[option] for option in options),)


def inputs(program: Program, compiled: Compiled, run: Run, member: int | None) -> list[Any]:
    """The facts of the household or a member, as compiled bounds take them."""
    step_of = {step.data: number for number, step in enumerate(program.steps) if step.op == "input"}
    found: list[Any] = []
    for name in compiled.own if member is None else compiled.of_members:
        step = step_of[name]
        found += bounds(run.value(step, member), program.steps[step].kind, compiled)
    return found


def compiled_of(program: Program) -> Compiled:
    """The function for every step of the household."""
    roots = [number for number in program.live() if program.steps[number].space == "household"]
    return compile_program(program, roots)


def hold_to_intervals(policy: Policy, program: Program, compiled: Compiled, household: Household) -> None:
    """Every step of the household has the bounds that the interval algebra gives it."""
    run = run_of(policy, program, household)
    members = [inputs(program, compiled, run, number) for number in range(len(household.members))]
    given: list[Any] = []
    for root in compiled.roots:
        value: Value = run.value(root)
        given += bounds(value, program.steps[root].kind, compiled)
    assert list(compiled.run(inputs(program, compiled, run, None), members)) == given


@pytest.mark.agreement
def test_compiled_bounds_are_the_intervals() -> None:
    """For drawn policies, open and folded, and households known, or known in part."""
    for policy, given in sample(examples(20, 300)):
        for program in (lower(policy), chosen(policy)):
            compiled = compiled_of(program)
            for household in given:
                hold_to_intervals(policy, program, compiled, household)
                count(compiled_households=1)


@pytest.mark.agreement
def test_the_measure_is_compiled_alike() -> None:
    """For the measure's households of all sizes, known or known in part."""
    for program in (OPEN, FOLDED):
        compiled = compiled_of(program)
        for each in drawn(st.one_of(households(WEIHAI), partial_households(WEIHAI)), examples(25, 500)):
            household = read(WEIHAI, each, None if "on" in each else ON)
            if household is not None:
                hold_to_intervals(WEIHAI, program, compiled, household)


def test_nothing_of_a_policy_is_in_the_source() -> None:
    """The source of the function holds names of steps, numbers, and a few words of Python: no text of a policy."""
    for policy, _ in sample(examples(10, 100)):
        source = compiled_of(lower(policy)).source
        words = set(re.findall(r"[^\W\d_]\w*", source))
        words = {word for word in words if not re.fullmatch(r"(all_)?[lhvt]\d+", word)}
        assert words <= {
            "def", "run", "own", "members", "number", "member", "enumerate", "for", "in", "if", "elif", "else", "and",
            "not", "min", "max", "return", "append", "all", "rounded", "floor", "down", "half_up", "up",
        }  # fmt: skip
        assert not re.search("[^\x00-\x7f]", source)


def test_only_what_is_asked_for_is_computed() -> None:
    """A function for the category alone is shorter than one for everything, and takes fewer facts."""
    ids = [f"category.{outcome.id}" for outcome in WEIHAI.category.outcomes]
    category = compile_program(FOLDED, [FOLDED.clauses[id_] for id_ in ids])
    everything = compiled_of(FOLDED)
    assert len(category.source) < len(everything.source)
    assert {*category.own} < {*everything.own}
    assert {*category.of_members} < {*everything.of_members}
