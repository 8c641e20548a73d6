"""Which clauses of an expression could change its answer if they were taken away, found in one walk over it."""

from collections.abc import Iterator
from typing import Literal, cast

from hardship_rules.meaning import Scope, value
from hardship_rules.model import Decision, Term, exprs_of
from hardship_rules.ranges import Truth
from hardship_rules.syntax import AllOf, AnyOf, Choose, Clause, Expr, Not, walk

_Left = Truth | Literal["gone"]
"""The answer without a clause; gone where that was all there was."""


def removable(definition: Term | Decision, scope: Scope) -> frozenset[str]:
    """The ids of the clauses without which a definition may have another answer.

    Of any other, the answer is the same with it and without it, however the unknown facts turn out. The scope is that
    of the household, with the values of all that the definition uses.
    """
    scopes = scope.members if isinstance(definition, Term) and definition.of_member else (scope,)
    return frozenset(id_ for expr in exprs_of(definition) for each in scopes for id_, _ in _without(expr, each))


def _without(expr: Expr, scope: Scope) -> Iterator[tuple[str, _Left]]:
    """The clauses whose removal may matter to an expression, each with its answer then."""
    match expr:
        case Clause():
            yield expr.id, "gone"
            yield from _without(expr.when, scope)
        case AllOf() | AnyOf():
            yield from _among(expr, scope)
        case Not(AllOf() | AnyOf() as part) if len(part.clauses) == 1:
            yield from ((inner.id, None) for inner in walk(part) if isinstance(inner, Clause))  # it may go with them
        case Not():
            for id_, left in _without(expr.part, scope):
                yield id_, left if left is None or left == "gone" else not left
        case Choose():
            yield from ((id_, None) for when, _ in expr.cases for id_, _ in _without(when, scope))
        case _:
            pass


def _among(expr: AllOf | AnyOf, scope: Scope) -> Iterator[tuple[str, _Left]]:
    """Those inside an `all` or `any`: what the others come to is counted, not evaluated again for each."""
    neutral = isinstance(expr, AllOf)  # a clause that holds says nothing in an `all`, one that does not in an `any`
    answers = [cast(Truth, value(clause, scope)) for clause in expr.clauses]
    decisive, unknown = answers.count(not neutral), answers.count(None)
    now = not neutral if decisive else None if unknown else neutral
    for clause, answer in zip(expr.clauses, answers, strict=True):
        others = decisive - (answer is (not neutral)), unknown - (answer is None)
        for id_, left in _without(clause, scope):
            if left == "gone" and answer is neutral:
                continue
            settles = others[0] or left is (not neutral)
            then = not neutral if settles else None if others[1] or left is None else neutral
            if then is None or then is not now:
                yield id_, then
