"""Households as variables: facts within their ranges, valid calendar days, and decoding from a model."""

from datetime import date, timedelta
from typing import cast

import pytest
import z3
from trial import TRIAL

from hardship_rules import read_policy
from hardship_rules.core.kinds import day_number
from hardship_rules.proofs._households import decode_household, decode_readings, symbolic_households
from hardship_rules.proofs._written import both_policies
from hardship_rules.proofs.terms import Cases, Choice, Space, is_option

DAYS = """
language: 1
policy: days
household: {day: {title: day, date: true}}
members: {facts: {kind: {title: kind, one of: {self: self}}}}
decisions:
  category:
    title: c
    first: [{outcome: before, title: b, basis: assumption, when: {that: day < on}}]
    otherwise: {outcome: none, title: n}
"""


@pytest.mark.parametrize("year", [1900, 2000, 2023, 2024])
def test_a_day_is_one_of_the_calendar(year: int) -> None:
    """Around each month's end, exactly the valid day numbers are allowed."""
    space = Space()
    of = symbolic_households(space, read_policy(DAYS), 1)
    ((_, variable),) = cast(Cases, of.facts["day"])
    solver = z3.Solver(ctx=space.context)
    solver.add(*space.known)
    real = {
        day_number(date(year, 1, 1) + timedelta(days=each)) for each in range(365 + (year % 4 == 0 and year != 1900))
    }
    for month in range(12):
        for day in range(26, 31):
            number = 372 * year + 31 * month + day
            assert (str(solver.check(variable == number)) == "sat") is (number in real)


def test_a_household_of_a_model_is_complete_and_real() -> None:
    """A decoded household has every fact, and a day on which the policy is in force."""
    policy = read_policy(TRIAL)
    space = Space()
    of = symbolic_households(space, policy, 3, any_readings=True)
    solver = z3.Solver(ctx=space.context)
    solver.add(*space.known, *of.present)
    assert str(solver.check()) == "sat"
    facts = decode_household(of, solver.model())
    assert set(facts) == {"on", "members", *policy.facts}
    assert [set(member) for member in facts["members"]] == [set(policy.members.facts)] * 3
    assert facts["on"].year == 2021
    solver.add(is_option(cast(Choice, of.readings["equal"]), "granted"))
    assert str(solver.check()) == "sat"
    assert decode_readings(of, solver.model()) == {"equal": "granted"}
    solver.add(is_option(cast(Choice, of.readings["equal"]), "refused"))
    assert str(solver.check()) == "unsat"


def test_another_policy_knows_the_same_households() -> None:
    """A fact with different decimals in two policies is the same number in both."""
    one = read_policy(TRIAL)
    other = read_policy(
        TRIAL.replace("{title: wage, unit: yuan, to: 100000, decimals: 2}", "{title: wage, unit: yuan, to: 100000}")
    )
    space = Space()
    both = both_policies(space, other, one)
    written = both.written(1)
    before, now = (both.side(written, new=new) for new in (False, True))
    assert before.encoding.of.facts["union"] is now.encoding.of.facts["union"]
    solver = z3.Solver(ctx=space.context)
    solver.add(*space.known)
    yuan, fen = (cast(Cases, side.encoding.of.members[0]["wage"])[0][1] for side in (before, now))
    assert str(solver.check(fen == 150, before.judges)) == "unsat"
    assert str(solver.check(fen == 150, now.judges)) == "sat"
    assert str(solver.check(fen == 1500, yuan == 15, before.judges)) == "sat"
    assert str(solver.check(fen == 1500, yuan != 15)) == "unsat"
