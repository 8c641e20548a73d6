"""The place of a clause in its definition: what has to hold or fail beside it, and what it is made of."""

from collections.abc import Iterator
from typing import Literal, cast

from hardship_rules.core.expr import AllOf, AnyOf, Choose, Clause, Expr, Not, walk
from hardship_rules.core.policy import Decision, Term, exprs_of

Signed = tuple[str, bool]
"""A clause, outcome or constraint by id, and whether it holds."""


def conjuncts(expr: Expr, holds: bool = True) -> Iterator[Signed]:  # noqa: FBT001, FBT002  # the sign, no flag
    """The signed clauses that have to hold at once for an expression to hold, or to fail."""
    match expr:
        case Clause(when=(AllOf() | AnyOf() | Not()) as when):
            inner = list(conjuncts(when, holds))
            yield from inner or [(expr.id, holds)]
        case Clause():
            yield expr.id, holds
        case AllOf() | AnyOf() if isinstance(expr, AllOf) is holds:
            for clause in expr.clauses:
                yield from conjuncts(clause, holds)
        case Not():
            yield from conjuncts(expr.part, not holds)
        case _:
            return


def context(definition: Term | Decision, clause: str) -> Iterator[Signed]:
    """Where a clause makes a difference in its definition, the nearest first.

    The other parts of an `all` hold, those of an `any` fail, and so do earlier cases and earlier outcomes.
    """
    before: list[Signed] = []
    for expr in exprs_of(definition):
        path = _path(expr, clause)
        if path is not None:
            yield from reversed(path)
            yield from reversed(before)
            return
        if isinstance(definition, Decision) and not definition.every:
            before.append((cast(Clause, expr).id, False))


def _path(expr: Expr, clause: str) -> list[Signed] | None:
    """The signed clauses on the way from an expression to a clause inside it; None where it is not inside."""
    match expr:
        case Clause():
            return [] if expr.id == clause else _path(expr.when, clause)
        case AllOf() | AnyOf():
            for inner in expr.clauses:
                path = _path(inner, clause)
                if path is not None:
                    beside = [(other.id, isinstance(expr, AllOf)) for other in expr.clauses if other is not inner]
                    return [*beside, *path]
        case Not():
            return _path(expr.part, clause)
        case Choose():
            before: list[Signed] = []
            for when, _ in expr.cases:
                path = _path(when, clause)
                if path is not None:
                    return [*before, *path]
                before.append((cast(Clause, when).id, False))
        case _:
            pass
    return None


def branches(clause: Clause, id_: str) -> Iterator[str]:
    """The branches of a clause inside another that is an `any`."""
    for part in walk(clause):
        if isinstance(part, Clause) and part.id == id_ and isinstance(part.when, AnyOf):
            yield from (branch.id for branch in part.when.clauses)


def other_branches(definition: Term | Decision, clause: str) -> Iterator[str]:
    """The other branches of the `any` that a clause is a branch of."""
    for expr in exprs_of(definition):
        for part in walk(expr):
            if isinstance(part, AnyOf) and any(branch.id == clause for branch in part.clauses):
                yield from (branch.id for branch in part.clauses if branch.id != clause)


def clause_in(definition: Term | Decision, id_: str) -> Clause:
    """The clause of an id in a definition."""
    parts = (part for expr in exprs_of(definition) for part in walk(expr))
    return next(part for part in parts if isinstance(part, Clause) and part.id == id_)


def enclosing_clauses(definition: Term | Decision, clauses: set[str]) -> set[str]:
    """The clauses of a definition to remove, where all clauses of an `all` or `any` are the clause around them."""
    removed: set[str] = set()
    for expr in exprs_of(definition):
        for part in reversed(list(walk(expr))):
            if not isinstance(part, Clause):
                continue
            inner = part.when
            while isinstance(inner, Not):
                inner = inner.part
            parts = {clause.id for clause in inner.clauses} if isinstance(inner, AllOf | AnyOf) else set()
            if part.id in clauses or (parts and parts <= removed):
                removed = removed - parts | {part.id}
    return removed


def listed_clauses(clause: Clause) -> tuple[Literal["and", "or"], tuple[Clause, ...]]:
    """The clauses that a clause lists, and how it joins them; none for one line or a `not`."""
    match clause.when:
        case AllOf(clauses):
            return "and", clauses
        case AnyOf(clauses):
            return "or", clauses
        case _:
            return "or", ()
