"""A policy rewritten without one clause: what leaving out a clause means, independent of the steps of its program."""

from collections.abc import Iterator
from typing import TypeVar, cast

from attrs import evolve

from hardship_rules.core.expr import AllOf, AnyOf, Choose, Clause, Expr, Not
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Decision, Policy, Term

Part = TypeVar("Part", Term, Decision)


def policy_without(policy: Policy, definition: Term | Decision, clause: str) -> Policy:
    """The policy without one clause of a term or decision; the clause must not be the whole definition."""
    if isinstance(definition, Decision):
        return evolve(policy, decisions=_replaced(policy.decisions, _decision_without(definition, clause)))
    expr = cast(Expr, _without(definition.expr, clause))
    return evolve(policy, terms=_replaced(policy.terms, evolve(definition, expr=expr)))


def _replaced(parts: FrozenMapping[str, Part], part: Part) -> FrozenMapping[str, Part]:
    return FrozenMapping({**parts, part.name: part})


def _decision_without(decision: Decision, clause: str) -> Decision:
    whens = (_without(cast(Clause, outcome.when), clause) for outcome in decision.outcomes)
    outcomes = zip(decision.outcomes, cast(Iterator[Clause | None], whens), strict=True)
    return evolve(
        decision, outcomes=tuple(evolve(outcome, when=when) for outcome, when in outcomes if when is not None)
    )


def _without(expr: Expr, clause: str) -> Expr | None:
    """An expression without the clause of an id; None if nothing remains.

    An empty `all` is true and an empty `any` false; a `not` around one of them is removed too.
    """
    match expr:
        case Clause():
            when = None if expr.id == clause else _without(expr.when, clause)
            return None if when is None else evolve(expr, when=when)
        case AllOf() | AnyOf():
            clauses = (cast(Clause | None, _without(inner, clause)) for inner in expr.clauses)
            return evolve(expr, clauses=tuple(inner for inner in clauses if inner is not None))
        case Not():
            part = _without(expr.part, clause)
            emptied = isinstance(part, AllOf | AnyOf) and not part.clauses
            return None if part is None or emptied else evolve(expr, part=part)
        case Choose():
            cases = ((_without(when, clause), result) for when, result in expr.cases)
            return evolve(expr, cases=tuple((when, result) for when, result in cases if when is not None))
        case _:
            return expr
