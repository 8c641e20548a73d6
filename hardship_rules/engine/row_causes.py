"""The rows of a table in which each clause decided an outcome, as `causes` finds them for one household."""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import Any, TypeVar, cast

from attrs import frozen

from hardship_rules.core.expr import AllOf, AnyOf, Clause, Expr, Name, Not, parts_of
from hardship_rules.core.policy import Policy, Term
from hardship_rules.engine.causes import is_structure

Rows = Any  # a bool, or an expression that has &, | and ~
_Rows = TypeVar("_Rows")


def both(a: _Rows, b: _Rows) -> _Rows:
    """Where both hold."""
    if a is False or b is False:
        return cast(_Rows, False)  # noqa: FBT003  # in no row
    return b if a is True else a if b is True or a is b else cast(Rows, a) & b


def either(a: _Rows, b: _Rows) -> _Rows:
    """Where one of them holds."""
    if a is True or b is True:
        return cast(_Rows, True)  # noqa: FBT003  # in every row
    return b if a is False else a if b is False or a is b else cast(Rows, a) | b


def opposite(a: _Rows) -> _Rows:
    """Where it does not hold."""
    return cast(_Rows, not a if isinstance(a, bool) else ~cast(Rows, a))


def any_of(several: Iterable[_Rows]) -> _Rows:
    """Where one of several holds."""
    return reduce(either, several, cast(_Rows, False))  # noqa: FBT003  # where there are none


Causes = Iterator[tuple[str, Rows]]


@frozen
class Reasons:
    """What tells in which rows which clauses decided: a policy, its switches, and the truth of its conditions."""

    policy: Policy
    switches: frozenset[str]
    truth_of: Callable[[Expr], Rows]

    def deciding(self, clause: Clause, *, held: bool) -> dict[str, Rows]:
        """The innermost clauses that made a clause hold, or fail, each with the rows in which it did, if it does.

        In each row as `why.innermost` has it: switches only where nothing else is a reason.
        """
        causes = list(self.causes(clause, held=held, awake=True))
        if self.has_switch(clause) and not self.always(clause, held=held):
            asleep = opposite(any_of(where for _, where in causes))
            causes += [(name, both(asleep, where)) for name, where in self.causes(clause, held=held, awake=False)]
        found: dict[str, Rows] = {}
        for name, where in causes:
            found[name] = either(found.get(name, False), where)
        return {name: where for name, where in found.items() if where is not False}

    def causes(self, expr: Expr, *, held: bool, awake: bool) -> Causes:
        """The causes of an expression being so, each with the rows in which it is one."""
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
        """Whatever the row, an expression that is so has a cause that is no switch put to sleep."""
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
        """A switch stands in it: only then may it be so without a cause inside it."""
        if isinstance(expr, Clause) and expr.id in self.switches:
            return True
        term = self.policy.names.get(expr.name) if isinstance(expr, Name) else None
        if isinstance(term, Term):
            return not term.of_member and self.has_switch(term.expr)
        return any(self.has_switch(part) for part in parts_of(expr))

    def of_several(self, expr: AllOf | AnyOf, *, held: bool, awake: bool) -> Causes:
        """The causes of all or any of some clauses being so: those that are so too."""
        together = held is isinstance(expr, AllOf)  # then every clause of it is what it is
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
    return truth.low if held else opposite(truth.high)
