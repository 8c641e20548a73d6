"""The trace of an expression: its value, and the values of everything that it was computed from."""

from functools import cached_property

from attrs import field, frozen

from hardship_rules.core.expr import Expr, Name, OverMembers, parts_of
from hardship_rules.core.kinds import Value
from hardship_rules.core.policy import Policy, Term
from hardship_rules.engine.evaluate import Scope, value


@frozen
class Trace:
    """An expression with its value; the traces of its parts are made when they are read."""

    expr: Expr
    member: int | None
    policy: Policy = field(repr=False, eq=False)
    scope: Scope = field(repr=False, eq=False)

    @cached_property
    def value(self) -> Value:
        """The value of the expression."""
        return value(self.expr, self.scope)

    @cached_property
    def parts(self) -> "tuple[Trace, ...]":
        """The traces of its parts: of a term its definition, of a sum over members those of each member."""
        expr = self.expr
        if isinstance(expr, OverMembers):
            household = self.scope.outer or self.scope
            return tuple(
                Trace(part, number, self.policy, member)
                for number, member in enumerate(household.members)
                for part in parts_of(expr)
            )
        if isinstance(expr, Name):
            definition = self.policy.names.get(expr.name)
            if isinstance(definition, Term):
                scope = self.scope if definition.of_member else self.scope.outer or self.scope
                return (Trace(definition.expr, self.member if definition.of_member else None, self.policy, scope),)
            return ()
        return tuple(Trace(part, self.member, self.policy, self.scope) for part in parts_of(expr))
