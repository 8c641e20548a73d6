"""The causes of a condition's value: the innermost clauses that decide it, and the provenance they depend on."""

from typing import cast

from hardship_rules.core.expr import AllOf, AnyOf, Clause, Expr, Name, Not, Provenance, parts_of
from hardship_rules.core.interval import Truth
from hardship_rules.core.policy import Parameter, Policy, Reading, Term
from hardship_rules.engine.evaluate import Scope, value

Cause = tuple[Clause, Truth, Scope]
"""A clause, its value, and the scope in which it has that value."""

_COMPOUND = (AllOf, AnyOf, Not, Name)  # conditions whose causes are inside them


def innermost(policy: Policy, clause: Clause, scope: Scope) -> list[Cause]:
    """The innermost clauses that give a clause its value, through the conditions that it names.

    A switch (a clause of readings and parameters only) is a cause only where there is no other. A branch that a switch
    turns off has causes only where no other branch has one.
    """
    truth = cast(Truth, value(clause, scope))
    active = _causes(policy, clause, truth, scope, active=True)
    causes = active or _causes(policy, clause, truth, scope, active=False)
    return list({cause[0].id: cause for cause in causes}.values())


def _causes(policy: Policy, expr: Expr, truth: Truth, scope: Scope, *, active: bool) -> list[Cause]:
    """The causes of an expression's value; with `active`, none of branches that a switch turns off."""
    match expr:  # patterns do not bind attributes: that is slow
        case Clause():
            if not isinstance(expr.when, _COMPOUND):
                return [(expr, truth, scope)]
            inner = _causes(policy, expr.when, truth, scope, active=active)
            return inner if inner or is_structure(expr.when) else [(expr, truth, scope)]
        case AllOf() | AnyOf():
            all_agree = truth is isinstance(expr, AllOf)  # a true `all` and a false `any`: every clause has that value
            agreeing = [clause for clause in expr.clauses if all_agree or value(clause, scope) is truth]
            switches = [clause for clause in agreeing if clause.id in policy.switches]
            others = [clause for clause in agreeing if clause.id not in policy.switches] if switches else agreeing
            if active and switches and truth is False and isinstance(expr, AllOf):
                return [] if others else [(clause, truth, scope) for clause in switches]
            chosen = others if active and others else agreeing
            return [cause for clause in chosen for cause in _causes(policy, clause, truth, scope, active=active)]
        case Not():
            opposite = None if truth is None else not truth
            return _causes(policy, expr.part, opposite, scope, active=active)
        case Name() if isinstance(term := policy.names.get(expr.name), Term) and not term.of_member:
            return _causes(policy, term.expr, truth, scope.outer or scope, active=active)
        case _:
            return []


def is_structure(expr: Expr) -> bool:
    """Whether a condition is an `all`, an `any`, or the `not` of one, rather than one line."""
    return isinstance(expr, AllOf | AnyOf) or (isinstance(expr, Not) and is_structure(expr.part))


def rests_on(policy: Policy, clause: Clause) -> tuple[tuple[str, Provenance], ...]:
    """The title and provenance of a clause and of every term, parameter and reading that it depends on."""
    provenances: dict[str, Provenance] = {}

    def visit(expr: Expr) -> None:
        if isinstance(expr, Name) and expr.name in policy.names:
            definition = policy.names[expr.name]
            if isinstance(definition, Term | Parameter | Reading) and definition.title not in provenances:
                if definition.provenance is not None:
                    provenances[definition.title] = definition.provenance
                if isinstance(definition, Term):
                    visit(definition.expr)
                for selector in definition.by if isinstance(definition, Parameter) else ():
                    visit(Name(selector, expr.at))
        for part in parts_of(expr):
            visit(part)

    if clause.provenance is not None:
        provenances[clause.title or clause.line] = clause.provenance
    visit(clause.when)
    return tuple(provenances.items())
