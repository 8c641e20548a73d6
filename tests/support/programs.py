"""Programs of policies, and households to run them on."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

from completing import chance, completion
from framing import drawn
from hypothesis import strategies as st
from independent import Opinion
from rich import rich_household, rich_policies

from hardship_rules import FactError, Policy, load_policy, read_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household, day_value
from hardship_rules.core.interval import Number, Range, divide, multiply
from hardship_rules.core.kinds import Value
from hardship_rules.engine._lower import lower, specialise
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
    own = scaled(program, household.values) | {"on": day_value(policy, household.on)}
    return Run(program, own, [scaled(program, member.values) for member in household.members])


def figure(run: Run, program: Program, name: str, member: int | None) -> Number:
    """The number of a term in its unit, with its denominator as it is."""
    by: Number = program.scales[name].number
    for step, power in program.scales[name].factors:
        for _ in range(power):
            by = multiply(by, run.value(step, member))  # type: ignore[arg-type]  # a number
    return divide(run.value(program.names[name], member), by)  # type: ignore[arg-type]  # a number


def outcome_values(policy: Policy, run: Run, program: Program) -> dict[str, Value]:
    """Whether each outcome of each decision holds, by the program."""
    return {id_: run.value(program.clauses[id_]) for id_ in outcome_ids(policy)}


def outcome_ids(policy: Policy) -> list[str]:
    """The ids of the conditions of all outcomes."""
    return [
        outcome.when.id
        for decision in policy.decisions.values()
        for outcome in decision.outcomes
        if outcome.when is not None
    ]


def outcome_opinions(policy: Policy, opinion: Opinion) -> dict[str, bool]:
    """Whether each outcome of each decision holds, by the second opinion."""
    return {
        outcome.when.id: opinion.value(outcome.when)
        for decision in policy.decisions.values()
        for outcome in decision.outcomes
        if outcome.when is not None
    }


def opinion_of(policy: Policy, household: Household) -> Opinion | None:
    """The second opinion of a household of which everything is known."""
    found = completion(policy, household, Random(0))  # noqa: S311  # nothing is drawn
    return None if found is None or found.is_drawn else found.opinion


def sample(number: int) -> list[tuple[Policy, list[Household]]]:
    """Drawn policies, each with households that are known, and some that are known in part."""
    return [
        (policy, [household for each in given if (household := read(policy, each)) is not None])
        for policy, given in given_sample(number)
    ]


def given_sample(number: int) -> list[tuple[Policy, list[dict[str, Any]]]]:
    """Drawn policies, each with households as hosts give them, some of which may be refused.

    Two of three are those of the library's own strategy; the others have defaults of all kinds.
    """
    found = []
    for text in drawn(policies(), number - number // 3):
        policy = read_policy(text)
        found.append((policy, drawn(st.one_of(households(policy), partial_households(policy)), 6)))
    return found + rich_sample(number // 3)


def rich_sample(number: int) -> list[tuple[Policy, list[dict[str, Any]]]]:
    """Drawn policies whose facts have defaults of all kinds, each with households as hosts give them."""
    source = chance("sample")
    found = []
    for text in drawn(rich_policies(), number):
        policy = read_policy(text)
        found.append((policy, [rich_household(policy, source, known=known) for known in (True, False) * 4]))
    return found


def weihai_sample(number: int) -> list[tuple[Policy, list[dict[str, Any]]]]:
    """The measure, with households as hosts give them, known and known in part."""
    return [(WEIHAI, drawn(st.one_of(households(WEIHAI), partial_households(WEIHAI)), number))]


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
