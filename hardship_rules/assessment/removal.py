"""Which clauses of an expression could change its answer if they were taken away, found in one walk over it."""

from collections.abc import Iterator
from typing import Literal, cast

from hardship_rules.core.model import Decision, Term, exprs_of
from hardship_rules.core.ranges import Truth
from hardship_rules.core.syntax import AllOf, AnyOf, Choose, Clause, Expr, Not, walk
from hardship_rules.engine.meaning import Scope, value

_Left = Truth | Literal["gone", "any"]
"""The answer without a clause; gone where that was all there was, any where it is not computed here."""


def removable(definition: Term | Decision, scope: Scope) -> frozenset[str]:
    """The ids of the clauses without which a definition may have another answer.

    Of any other, the answer is the same with it and without it, however the unknown facts turn out. The scope is that
    of the household, with the values of all that the definition uses.
    """
    return frozenset(_of_definition(definition, scope, turns_out=True))


def altering(definition: Term | Decision, scope: Scope) -> frozenset[str]:
    """The ids of the clauses without which a definition may have another answer for just what is known in the scope.

    Of any other, what is unknown in the scope stays so: the unknown facts may still turn out otherwise without it.
    """
    return frozenset(_of_definition(definition, scope, turns_out=False))


def _of_definition(definition: Term | Decision, scope: Scope, *, turns_out: bool) -> Iterator[str]:
    if isinstance(definition, Term):
        scopes = scope.members if definition.of_member else (scope,)
        for each in scopes:
            yield from (id_ for id_, _ in _without(definition.expr, each, turns_out=turns_out))
        return
    for when in exprs_of(definition):
        answer = value(when, scope)
        for id_, left in _without(when, scope, turns_out=turns_out):
            if left != "gone" or answer is not False:  # an outcome that does not hold may as well be gone
                yield id_
        if answer is True and not definition.every:  # no outcome after it is reached
            break


def _without(expr: Expr, scope: Scope, *, turns_out: bool) -> Iterator[tuple[str, _Left]]:
    """The clauses whose removal may matter to an expression, each with its answer then."""
    match expr:
        case Clause():
            yield expr.id, "gone"
            yield from _without(expr.when, scope, turns_out=turns_out)
        case AllOf() | AnyOf():
            yield from _among(expr, scope, turns_out=turns_out)
        case Not(AllOf() | AnyOf() as part) if len(part.clauses) == 1:
            yield from ((inner.id, "any") for inner in walk(part) if isinstance(inner, Clause))  # it may go with them
        case Not():
            for id_, left in _without(expr.part, scope, turns_out=turns_out):
                yield id_, left if left is None or isinstance(left, str) else not left
        case Choose():
            for when, _ in expr.cases:
                answer = value(when, scope)
                for id_, left in _without(when, scope, turns_out=turns_out):
                    if left != "gone" or answer is not False:
                        yield id_, "any"
                if answer is True:  # no case after it is reached
                    break
        case _:
            pass


def _among(expr: AllOf | AnyOf, scope: Scope, *, turns_out: bool) -> Iterator[tuple[str, _Left]]:
    """Those inside an `all` or `any`: what the others come to is counted, not evaluated again for each."""
    neutral = isinstance(expr, AllOf)  # a clause that holds says nothing in an `all`, one that does not in an `any`
    answers = [cast(Truth, value(clause, scope)) for clause in expr.clauses]
    decisive, unknown = answers.count(not neutral), answers.count(None)
    now = not neutral if decisive else None if unknown else neutral
    for clause, answer in zip(expr.clauses, answers, strict=True):
        others = decisive - (answer is (not neutral)), unknown - (answer is None)
        if others[0]:
            continue
        for id_, left in _without(clause, scope, turns_out=turns_out):
            then: _Left
            if left is (not neutral):
                then = left
            elif left == "any":
                then = "any"
            else:  # a clause that is gone says as little as one that is neutral
                then = None if others[1] or left is None else neutral
            if then is not now or (then is None and turns_out and not (left == "gone" and answer is neutral)):
                yield id_, then
