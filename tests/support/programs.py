"""Programs of policies, and households to run them on."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from framing import drawn
from hypothesis import strategies as st

from hardship_rules import FactError, Policy, load_policy, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household
from hardship_rules.core.interval import Number, Range, divide, multiply
from hardship_rules.core.kinds import Value
from hardship_rules.engine._lower import lower, specialise
from hardship_rules.engine.evaluate import Scope, evaluate
from hardship_rules.engine.interval import Run
from hardship_rules.engine.program import Program
from hardship_rules.testing import households, partial_households, policies

WEIHAI = load_policy("2021_weihai")


ON = date(2021, 3, 31)


def chosen(policy: Policy) -> Program:
    """The program of a policy with its readings folded."""
    return specialise(lower(policy), {name: reading.chosen for name, reading in policy.readings.items()})


def scaled(program: Program, values: Mapping[str, Value]) -> dict[str, Value]:
    """The facts of a household or member in whole numbers."""

    def times(value: Value, number: int) -> Value:
        if isinstance(value, Range):
            return Range(value.low * number, value.high * number)
        assert isinstance(value, int | Fraction)
        return value * number

    return {
        name: times(value, program.scales[name].number) if name in program.scales else value
        for name, value in values.items()
    }


def run_of(policy: Policy, program: Program, household: Household) -> Run:
    """A program for a household's facts."""
    own = scaled(program, household.values) | {"on": household.scope(policy).values["on"]}
    return Run(program, own, [scaled(program, member.values) for member in household.members])


def figure(run: Run, program: Program, name: str, member: int | None) -> Number:
    """The number of a term in its unit."""
    by: Number = program.scales[name].number
    for step, power in program.scales[name].factors:
        for _ in range(power):
            by = multiply(by, run.value(step, member))  # type: ignore[arg-type]  # a number
    return divide(run.value(program.names[name], member), by)  # type: ignore[arg-type]  # a number


def truths(policy: Policy, run: Run, program: Program) -> dict[str, Value]:
    """What each outcome of each decision comes to."""
    ids = [f"{name}.{each.id}" for name, decision in policy.decisions.items() for each in decision.outcomes]
    return {id_: run.value(program.clauses[id_]) for id_ in ids}


def evaluated(policy: Policy, household: Household) -> tuple[dict[str, Value], Scope]:
    """The same by the evaluation of the policy's own expressions, and the values of its terms."""
    scope = household.scope(policy)
    found: dict[str, Value] = {}
    for name, of_outcomes in evaluate(policy, scope).items():
        for outcome, truth in zip(policy.decisions[name].outcomes, of_outcomes, strict=False):
            found[f"{name}.{outcome.id}"] = truth
    return found, scope


def sample(number: int) -> list[tuple[Policy, list[Household]]]:
    """Drawn policies, each with households that are known, and some that are known in part."""
    found = []
    for text in drawn(policies(), number):
        policy = read_policy(text)
        given = drawn(st.one_of(households(policy), partial_households(policy)), 6)
        found.append((policy, [household for each in given if (household := read(policy, each)) is not None]))
    return found


def read(policy: Policy, given: Any, on: date | None = None) -> Household | None:
    """The household of some facts, where there is one."""
    try:
        return read_facts(policy, given, on)
    except FactError:
        return None


def is_known(*parts: Mapping[str, Value]) -> bool:
    """Every fact is one number, one option, true or false."""
    return not any(isinstance(value, Range | frozenset) or value is None for part in parts for value in part.values())


def weihai_households(number: int) -> list[Household]:
    """Households of the measure of which everything is known."""
    given = drawn(households(WEIHAI), number)
    return [found for each in given if (found := read(WEIHAI, each, None if "on" in each else ON)) is not None]
