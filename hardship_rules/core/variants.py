"""The clauses of a policy that can be left out, and what a definition without one of them amounts to."""

from collections.abc import Iterator
from typing import cast

from attrs import frozen

from hardship_rules.core.expr import AllOf, AnyOf, Choose, Clause, Expr, Not, parts_of, walk
from hardship_rules.core.policy import Decision, Policy, Term, exprs_of


def removable_clauses(policy: Policy) -> Iterator[tuple[Term | Decision, Clause]]:
    """The clauses that can be removed from definitions that a decision uses, each with its definition."""
    used = set(policy.decisions)
    for name in reversed(policy.order):
        if name in used:
            used.update(policy.uses[name])
    for name in policy.order:
        definition = policy.names[name]
        if name in used and isinstance(definition, Term | Decision):
            for expr in exprs_of(definition):
                for clause in _removable(expr):
                    yield definition, clause


def _removable(expr: Expr) -> Iterator[Clause]:
    """The clauses inside an expression that can be removed one by one."""
    for part in walk(expr):
        if isinstance(part, Clause) and part is not expr and not _is_only_clause(expr, part):
            yield part


def _is_only_clause(expr: Expr, clause: Clause) -> bool:
    """Whether it is the only clause of an `all` or `any`; the enclosing clause is removed instead."""
    return any(isinstance(part, AllOf | AnyOf) and part.clauses == (clause,) for part in walk(expr))


def provisions(expr: Expr, *, is_whole: bool = False) -> Iterator[Clause]:
    """The clauses that are complete provisions: an outcome, a child of an `any`, a case of a `choose`.

    A part of an `all` is none, as it means nothing without the other parts: half of an exclusion is no exclusion.
    """
    match expr:
        case Clause():
            if is_whole:
                yield expr
            yield from provisions(expr.when)
        case AnyOf():
            for clause in expr.clauses:
                yield from provisions(clause, is_whole=True)
        case Choose():
            for when, result in expr.cases:
                yield from (*provisions(when, is_whole=True), *provisions(result))
            if expr.otherwise is not None:
                yield from provisions(expr.otherwise)
        case _:
            for part in parts_of(expr):
                yield from provisions(part)


def without_clause(definition: Term | Decision, clause: str) -> tuple[str, bool] | None:
    """What a definition without one clause amounts to: the id of a clause in it, and the value that it then always has.

    A removed part of an `all` is true, of an `any` false, and so are a case and an outcome. None where the definition
    stays as it is.
    """
    for expr in exprs_of(definition):
        found = _fixed(expr, clause)
        if found is _GONE:
            return cast(Clause, expr).id, False
        if isinstance(found, _Fixed):
            return found.id, found.value
    return None


@frozen
class _Fixed:
    """A clause whose value is fixed; `is_empty` where it was the only one of its `all` or `any`."""

    id: str
    value: bool
    is_empty: bool = False


_GONE = object()


def _fixed(expr: Expr, clause: str) -> object:
    """What removing a clause fixes inside an expression; `_GONE` where nothing of it is left, None for nothing."""
    match expr:
        case Clause():
            return _GONE if expr.id == clause else _fixed(expr.when, clause)
        case AllOf() | AnyOf():
            for inner in expr.clauses:
                found = _fixed(inner, clause)
                if found is _GONE:
                    return _Fixed(inner.id, isinstance(expr, AllOf), is_empty=len(expr.clauses) == 1)
                if found is not None:
                    return found
        case Not():
            found = _fixed(expr.part, clause)
            return _GONE if isinstance(found, _Fixed) and found.is_empty else found
        case Choose():
            for when, _ in expr.cases:
                found = _fixed(when, clause)
                if found is _GONE:
                    return _Fixed(cast(Clause, when).id, value=False)
                if found is not None:
                    return found
        case _:
            pass
    return None
