"""Whether a household keeps a property of its policy: asked of all households at once, and of one by `assess`."""

from typing import cast

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.expr import Expr
from hardship_rules.core.policy import Decision, Policy, Property
from hardship_rules.engine.evaluate import evaluate, value
from hardship_rules.proofs._encode import Encoding
from hardship_rules.proofs.prover import Answer, DisagreementError, Prover, Shown
from hardship_rules.proofs.shrink import Facts, Raised, raised_between, with_raised
from hardship_rules.proofs.terms import Cases, Truth, all_of, any_of, opposite


def broken(prover: Prover, each: Property, seconds: float) -> Answer:
    """A household that does not keep a property, with the one beside it where two are compared."""
    when: Truth = True if each.when is None else prover.condition(each.when)
    if each.kind != "raising":
        gets = any_of(prover.outcome(each.decision, outcome) for outcome in each.outcomes)
        return prover.find([gets, when if each.kind == "never" else opposite(when)], seconds)
    other = Encoding(prover.policy, prover.made, prover.of.with_others(prover.made, each.facts), prover.encoding)
    wanted = [when, *(other.truth(clause) for clause in prover.made.policy.must)]
    if each.when is not None:
        wanted.append(prover.condition(each.when, other))
    for fact in each.facts:
        for mine, theirs in (
            (prover.of.facts, other.of.facts),
            *zip(prover.of.members, other.of.members, strict=True),
        ):
            if fact in mine:
                ((_, less),), ((_, more),) = cast(Cases, mine[fact]), cast(Cases, theirs[fact])
                wanted.append(less <= more)
    decision = prover.policy.decisions[each.decision]
    moves = any_of(
        all_of((prover.outcome(each.decision, was), other.outcome(each.decision, becomes)))
        for was in decision.by_id
        for becomes in decision.by_id
        if moved(decision, each.to, was, becomes)
    )
    answer = prover.find([*wanted, moves], seconds, other)
    if isinstance(answer, Shown) and not breaks(
        answer.policy, each, answer.facts, raised_between(answer.facts, cast(Facts, answer.other))
    ):
        raise DisagreementError(f"properties.{each.name}", proof=False, assessed=True)
    return answer


def moved(decision: Decision, to: str, was: str, becomes: str) -> bool:
    """From one outcome to another is a move that way."""
    order = list(decision.by_id)
    a, b = order.index(was), order.index(becomes)
    return {"earlier": b < a, "later": b > a, "another": a != b}[to]


def breaks(policy: Policy, each: Property, facts: Facts, raised: Raised) -> bool:
    """By `assess`, a household does not keep a property."""
    assessed = assess(policy, facts)
    decided = assessed.decisions[each.decision]
    if each.kind != "raising":
        holds = each.when is None or truth_of(policy, each.when, facts)
        return any(outcome.id in each.outcomes for outcome in decided.holding) and holds is (each.kind == "never")
    other = with_raised(facts, raised)
    was, becomes = decided.outcome, assess(policy, other).decisions[each.decision].outcome
    if was is None or becomes is None:
        return False
    if each.when is not None and not (truth_of(policy, each.when, facts) and truth_of(policy, each.when, other)):
        return False
    return moved(decided.decision, each.to, was.id, becomes.id)


def truth_of(policy: Policy, condition: Expr, facts: Facts) -> bool | None:
    """What a condition of the household comes to; None where that is not known."""
    assessment = assess(policy, facts)
    scope = assessment.household.scope(policy)
    evaluate(policy, scope)
    return cast(bool | None, value(condition, scope))
