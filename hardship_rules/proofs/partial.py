"""The categories that completions of one partial household reach, by proof."""

from collections.abc import Iterator, Mapping

from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import Household, HouseholdText
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import Value, day_number
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.proofs._pair import Found, PairProver
from hardship_rules.proofs._written import Cells, FactOfBoth, number_of
from hardship_rules.proofs.prover import SECONDS, Answer, Shown
from hardship_rules.proofs.terms import Truth, opposite


def possible(
    policy: Policy, household: Mapping[str, object] | HouseholdText, seconds: float = SECONDS
) -> FrozenMapping[str, Answer]:
    """For each category, whether some completion of a partial household reaches it.

    This is exact, while `Assessment.possible` may name too many. Each outcome has a completed household (`Shown`) or
    the proof that no completion reaches it; a fact that is left out and has a default stays left out. Each question may
    take `seconds` of solver work. Raises `FactError` as `assess` does.
    """
    given = read_facts(policy, household)
    prover = PairProver(policy, policy, len(given.members))
    side = prover.now
    conditions = [side.judges, *prover.written.present, *_as_given(prover, given)]

    def answer(outcome: str) -> Answer:
        reached = side.encoding.outcome(policy.category.name, outcome)
        found = prover.ask([*conditions, reached], seconds, known=side.known)
        if not isinstance(found, Found):
            return found
        return Shown(found.new, found.shown().facts, FrozenMapping())

    return FrozenMapping((outcome, answer(outcome)) for outcome in policy.category.by_id)


def _as_given(prover: PairProver, given: Household) -> Iterator[Truth]:
    """The conditions that each fact is stated, unknown or left out as it is in a household."""
    both, written = prover.both, prover.written
    if given.on is not None:
        yield number_of(written.on) == day_number(given.on)
    holders: list[tuple[KeyPath, tuple[FactOfBoth, ...], Cells, Mapping[str, Value]]] = [
        ((), both.own, written.own, given.values)
    ]
    holders += [
        (("members", number), both.of_member, cells, member.values)
        for number, (cells, member) in enumerate(zip(written.members, given.members, strict=True))
    ]
    for path, facts, cells, values in holders:
        for fact in facts:
            cell, own = cells[fact.key], (*path, fact.key)
            is_stated = own in given.given
            if fact.may_be_left_out:
                yield opposite(cell.left_out) if is_stated or own in given.unknown else cell.left_out
            if is_stated:
                yield fact.has_value(cell.value, values[fact.key])
