"""The categories that completions of one partial household reach, by proof."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import cast

from attrs import evolve

from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household, HouseholdText
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Number, Range, high, low
from hardship_rules.core.kinds import NumberKind, Value, day_number
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.engine.interval import options_of
from hardship_rules.proofs._households import Facts, Symbols
from hardship_rules.proofs.prover import SECONDS, Answer, Prover, Shown, variable_of
from hardship_rules.proofs.solver import NotSettled
from hardship_rules.proofs.terms import Choice, Symbol, Truth, any_of, is_option, opposite, z3


def possible(
    policy: Policy, household: Mapping[str, object] | HouseholdText, seconds: float = SECONDS
) -> FrozenMapping[str, Answer]:
    """For each category, whether some completion of a partial household reaches it.

    This is exact, while `Assessment.possible` may name too many. Each outcome has a completed household (`Shown`) or
    the proof that no completion reaches it. Raises `FactError` as `assess` does.
    """
    given = read_facts(policy, household)
    decimals = _finer_decimals(policy, given)
    outcomes = policy.category.by_id
    if None in decimals.values():  # a third of a yuan has no decimals
        return FrozenMapping(dict.fromkeys(outcomes, NotSettled(0.0)))
    prover = Prover(_with_decimals(policy, cast(dict[str, int], decimals)), len(given.members))
    households = prover.households
    conditions: list[Truth] = [*households.present]
    own = (households.facts, given.values)
    of_members = zip(households.members, (member.values for member in given.members), strict=True)
    for symbols, values in (own, *of_members):
        for name, known in values.items():
            conditions.append(_is_within(prover, name, symbols[name], known))
            conditions.append(_is_in_units(policy, prover, name, symbols, known))
    if given.on is not None:
        conditions.append(_is_within(prover, "on", households.facts["on"], day_number(given.on)))
    answers = {
        outcome: prover.find([*conditions, prover.outcome(policy.category.name, outcome)], seconds)
        for outcome in outcomes
    }
    return FrozenMapping(
        (outcome, _as_written(answer, policy, decimals) if isinstance(answer, Shown) else answer)
        for outcome, answer in answers.items()
    )


def _finer_decimals(policy: Policy, given: Household) -> dict[str, int | None]:
    """The facts whose default is finer than they are, with the decimals that it needs; None where none are enough."""
    decimals: dict[str, int | None] = {}
    for values in (given.values, *(member.values for member in given.members)):
        for name, known in values.items():
            kind = cast(Fact, policy.names[name]).kind
            if isinstance(kind, NumberKind) and not isinstance(known, Range):
                needed = _decimals_of(Fraction(cast(Exact, known)))
                if needed is None or needed > kind.decimals:
                    before = decimals.get(name, 0)
                    decimals[name] = None if needed is None or before is None else max(needed, before)
    return decimals


def _decimals_of(number: Fraction) -> int | None:
    """The decimals of a number; None where it has no end."""
    return next((places for places in range(64) if (number * 10**places).denominator == 1), None)


def _with_decimals(policy: Policy, decimals: Mapping[str, int]) -> Policy:
    """The policy in which some numbers have other decimals."""

    def changed(facts: FrozenMapping[str, Fact]) -> FrozenMapping[str, Fact]:
        finer = {
            name: evolve(facts[name], kind=evolve(cast(NumberKind, facts[name].kind), decimals=places))
            for name, places in decimals.items()
            if name in facts
        }
        return FrozenMapping({**facts, **finer})

    members = evolve(policy.members, facts=changed(policy.members.facts))
    return evolve(policy, facts=changed(policy.facts), members=members) if decimals else policy


def _is_in_units(policy: Policy, prover: Prover, name: str, symbols: Symbols, known: Value) -> Truth:
    """The condition that an unknown number has the decimals of its fact, where the prover's have more."""
    kind = cast(Fact, policy.names[name]).kind
    if not isinstance(kind, NumberKind) or not isinstance(known, Range):
        return True
    more = prover.households.scale(name) // 10**kind.decimals
    return True if more == 1 else variable_of(symbols[name]) % more == 0


def _as_written(shown: Shown, policy: Policy, left_out: Collection[str]) -> Shown:
    """A household in which facts are left out that have a default finer than they are: it cannot be written."""

    def written(facts: Facts) -> Facts:
        return {
            name: value
            for name, value in facts.items()
            if name not in left_out or _decimals_of(Fraction(value)) in range(_decimals(policy, name) + 1)
        }

    if not left_out:
        return shown
    facts = written({name: value for name, value in shown.facts.items() if name not in ("on", "members")})
    members = [written(member) for member in shown.facts["members"]]
    own = evolve(shown.policy, facts=policy.facts, members=policy.members)
    return evolve(shown, policy=own, facts={"on": shown.facts["on"], **facts, "members": members})


def _decimals(policy: Policy, name: str) -> int:
    return cast(NumberKind, cast(Fact, policy.names[name]).kind).decimals


def _is_within(prover: Prover, name: str, symbol: Symbol, known: Value) -> Truth:
    """The condition that a fact agrees with what is known of it."""
    if isinstance(symbol, tuple):
        variable = variable_of(symbol)
        least, most = (Fraction(end(cast(Number, known))) * prover.households.scale(name) for end in (low, high))
        return z3.And(
            variable >= -(-least.numerator // least.denominator), variable <= most.numerator // most.denominator
        )
    if isinstance(symbol, Mapping):
        return any_of(is_option(cast(Choice, symbol), option) for option in options_of(known))
    return True if known is None else symbol if known else opposite(symbol)
