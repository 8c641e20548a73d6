"""The rows of a table in which each clause decides an outcome: `causes` for all rows at the same time."""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import Any, TypeVar, cast

from attrs import frozen

from hardship_rules.core.expr import AllOf, AnyOf, Clause, Expr, Name, Not, parts_of
from hardship_rules.core.policy import Policy, Term
from hardship_rules.engine.causes import is_structure

Rows = Any  # a boolean column: an expression with &, | and ~, or a bool for all rows alike
_Rows = TypeVar("_Rows")


def both(a: _Rows, b: _Rows) -> _Rows:
    """The rows in both."""
    if a is False or b is False:
        return cast(_Rows, False)  # noqa: FBT003  # no row
    return b if a is True else a if b is True or a is b else cast(Rows, a) & b


def either(a: _Rows, b: _Rows) -> _Rows:
    """The rows in either."""
    if a is True or b is True:
        return cast(_Rows, True)  # noqa: FBT003  # every row
    return b if a is False else a if b is False or a is b else cast(Rows, a) | b


def opposite(a: _Rows) -> _Rows:
    """All other rows."""
    return cast(_Rows, not a if isinstance(a, bool) else ~cast(Rows, a))


def any_of(several: Iterable[_Rows]) -> _Rows:
    """The rows in at least one of several columns."""
    return reduce(either, several, cast(_Rows, False))  # noqa: FBT003  # of none


Causes = Iterator[tuple[str, Rows]]
"""The ids of clauses, each with the rows in which it is a cause."""


@frozen
class RowCauses:
    """The causes of a policy's conditions by row, from the columns of their values."""

    policy: Policy
    switches: frozenset[str]  # the ids of clauses of readings and parameters only
    truth_of: Callable[[Expr], Rows]  # the column of a condition's values

    def deciding(self, clause: Clause, *, held: bool) -> dict[str, Rows]:
        """The innermost clauses that make a clause hold (or fail), each with the rows in which it does so.

        In each row they are those of `causes.innermost`: switches only where there is no other cause.
        """
        causes = list(self.causes(clause, held=held, awake=True))
        if self.has_switch(clause) and not self.always(clause, held=held):
            asleep = opposite(any_of(where for _, where in causes))
            causes += [(name, both(asleep, where)) for name, where in self.causes(clause, held=held, awake=False)]
        rows: dict[str, Rows] = {}
        for name, where in causes:
            rows[name] = either(rows.get(name, False), where)
        return {name: where for name, where in rows.items() if where is not False}

    def causes(self, expr: Expr, *, held: bool, awake: bool) -> Causes:
        """The causes of an expression's value; with `awake`, none of branches that a switch turns off."""
        match expr:
            case Clause():
                inner = list(self.causes(expr.when, held=held, awake=awake))
                yield from inner
                sometimes = self.has_switch(expr.when) and not self.always(expr.when, held=held)
                if not is_structure(expr.when) and (not inner or sometimes):
                    yield expr.id, opposite(any_of(where for _, where in inner))
            case AllOf() | AnyOf():
                yield from self.of_several(expr, held=held, awake=awake)
            case Not():
                yield from self.causes(expr.part, held=not held, awake=awake)
            case Name() if isinstance(term := self.policy.names.get(expr.name), Term) and not term.of_member:
                yield from self.causes(term.expr, held=held, awake=awake)
            case _:
                return

    def always(self, expr: Expr, *, held: bool) -> bool:
        """Whether the expression has an active cause in every row."""
        match expr:
            case Clause():
                return not is_structure(expr.when) or self.always(expr.when, held=held)
            case AllOf() | AnyOf() if held is isinstance(expr, AllOf):
                others = [clause for clause in expr.clauses if clause.id not in self.switches]
                return any(self.always(clause, held=held) for clause in others or expr.clauses)
            case AllOf() | AnyOf():
                alike = [clause for clause in expr.clauses if _is(self.truth_of(clause), held=held) is not False]
                asleep = not held and any(clause.id in self.switches for clause in alike)
                return not asleep and all(self.always(clause, held=held) for clause in alike)
            case Not():
                return self.always(expr.part, held=not held)
            case Name() if isinstance(term := self.policy.names.get(expr.name), Term) and not term.of_member:
                return self.always(term.expr, held=held)
            case _:
                return False

    def has_switch(self, expr: Expr) -> bool:
        """Whether an expression has a switch in it: only then may it have no active cause inside."""
        if isinstance(expr, Clause) and expr.id in self.switches:
            return True
        term = self.policy.names.get(expr.name) if isinstance(expr, Name) else None
        if isinstance(term, Term):
            return not term.of_member and self.has_switch(term.expr)
        return any(self.has_switch(part) for part in parts_of(expr))

    def of_several(self, expr: AllOf | AnyOf, *, held: bool, awake: bool) -> Causes:
        """The causes of an `all` or `any`: those of its clauses that have its value."""
        together = held is isinstance(expr, AllOf)  # then every clause has that value
        alike = {clause: True if together else _is(self.truth_of(clause), held=held) for clause in expr.clauses}
        switches = [clause for clause in alike if clause.id in self.switches and alike[clause] is True]
        nothing_else = opposite(any_of(alike[clause] for clause in alike if clause.id not in self.switches))
        if awake and switches and not held and isinstance(expr, AllOf):
            yield from ((clause.id, nothing_else) for clause in switches)
            return
        for clause, where in alike.items():
            here = both(where, nothing_else) if awake and clause.id in self.switches else where
            if here is not False:
                yield from ((name, both(here, inner)) for name, inner in self.causes(clause, held=held, awake=awake))


def _is(truth: Rows, *, held: bool) -> Rows:
    """The rows in which a condition certainly holds, or certainly fails."""
    return truth.low if held else opposite(truth.high)
