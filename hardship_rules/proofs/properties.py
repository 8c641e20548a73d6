"""Whether households satisfy a property of their policy: by proof for all of them, by `assess` for one."""

from collections.abc import Iterator, Sequence
from typing import cast

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.expr import Expr
from hardship_rules.core.policy import Decision, Policy, Property
from hardship_rules.engine.evaluate import value
from hardship_rules.proofs._encode import Encoding
from hardship_rules.proofs.prover import Answer, DisagreementError, Prover, Shown
from hardship_rules.proofs.shrink import Facts, Raised, raised_between, with_raised
from hardship_rules.proofs.terms import Cases, Truth, all_of, any_of, opposite


def find_violation(prop: Property, prover: Prover, seconds: float) -> Answer:
    """A household that violates a property; for a raising property, with the second household."""
    if prop.kind == "raising":
        return _find_raising_violation(prover, prop, seconds)
    when: Truth = True if prop.when is None else prover.encoding.truth(prop.when)
    has_outcome = any_of(prover.outcome(prop.decision, outcome) for outcome in prop.outcomes)
    return prover.find([has_outcome, when if prop.kind == "never" else opposite(when)], seconds)


def _find_raising_violation(prover: Prover, prop: Property, seconds: float) -> Answer:
    """Two households that differ only in higher amounts of some facts, and whose outcomes move the forbidden way."""
    when: Truth = True if prop.when is None else prover.encoding.truth(prop.when)
    raised_households = prover.households.with_free_facts(prop.facts)
    raised_encoding = Encoding(raised_households)
    conditions = [when, *raised_encoding.must()]
    if prop.when is not None:
        conditions.append(raised_encoding.truth(prop.when))
    for fact in prop.facts:
        for before, after in (
            (prover.households.facts, raised_households.facts),
            *zip(prover.households.members, raised_households.members, strict=True),
        ):
            if fact in before:
                ((_, less),), ((_, more),) = cast(Cases, before[fact]), cast(Cases, after[fact])
                conditions.append(less <= more)
    moves = any_of(_moves(prop, prover.encoding, raised_encoding))
    answer = prover.find([*conditions, moves], seconds, raised_encoding)
    if isinstance(answer, Shown) and not violates(
        answer.policy, prop, answer.facts, raised_between(answer.facts, cast(Facts, answer.other))
    ):
        raise DisagreementError(f"properties.{prop.name}", proof=False, assessed=True)
    return answer


def _moves(prop: Property, before: Encoding, after: Encoding) -> list[Truth]:
    """For each outcome, whether it is the earlier of two outcomes of a move the way of `to`."""
    old, new = ((each, each.none_before(prop.decision)) for each in (before, after))

    def earlier(first: tuple[Encoding, Sequence[Truth]], second: tuple[Encoding, Sequence[Truth]]) -> Iterator[Truth]:
        for number, outcome in enumerate(first[0].policy.decisions[prop.decision].outcomes):
            yield all_of((first[0].outcome(prop.decision, outcome.id), second[1][number + 1]))

    return [
        *(earlier(new, old) if prop.to != "later" else ()),
        *(earlier(old, new) if prop.to != "earlier" else ()),
    ]


def is_move(decision: Decision, to: str, before: str, after: str) -> bool:
    """Whether a change of outcome goes the way of `to`: earlier or later in the decision's order, or another."""
    order = list(decision.by_id)
    old, new = order.index(before), order.index(after)
    return {"earlier": new < old, "later": new > old, "another": old != new}[to]


def violates(policy: Policy, prop: Property, facts: Facts, raised: Raised) -> bool:
    """Whether a household violates a property, by `assess`; unknown outcomes and conditions violate nothing."""
    decided = assess(policy, facts).decisions[prop.decision]
    if prop.kind != "raising":
        holds = prop.when is None or condition_value(policy, prop.when, facts)
        return any(outcome.id in prop.outcomes for outcome in decided.holding) and holds is (prop.kind == "never")
    second = with_raised(facts, raised)
    before, after = decided.outcome, assess(policy, second).decisions[prop.decision].outcome
    if before is None or after is None:
        return False
    if prop.when is not None and not (
        condition_value(policy, prop.when, facts) and condition_value(policy, prop.when, second)
    ):
        return False
    return is_move(decided.decision, prop.to, before.id, after.id)


def condition_value(policy: Policy, condition: Expr, facts: Facts) -> bool | None:
    """The value of a condition for a household; None if unknown."""
    assessment = assess(policy, facts)
    scope = assessment.household.scope(policy)
    return cast(bool | None, value(condition, scope))
