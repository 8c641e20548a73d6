"""Why a condition is what it is: the innermost clauses that made it so, and what it rests on."""

from typing import cast

from hardship_rules.core.expr import AllOf, AnyOf, Clause, Expr, Name, Not, Provenance, parts_of
from hardship_rules.core.interval import Truth
from hardship_rules.core.policy import Parameter, Policy, Reading, Term
from hardship_rules.engine.evaluate import Scope, value

Cause = tuple[Clause, Truth, Scope]


def innermost(policy: Policy, clause: Clause, scope: Scope) -> list[Cause]:
    """The innermost clauses that made a clause what it is, into the named conditions that it rests on, as they hold.

    A clause that looks only at readings is a switch: it is a reason only where nothing else is, and a branch that
    a switch has put to sleep is passed over unless the switch alone stopped it.
    """
    truth = cast(Truth, value(clause, scope))
    found = _causes(policy, clause, truth, scope, awake=True) or _causes(policy, clause, truth, scope, awake=False)
    return list({cause[0].id: cause for cause in found}.values())


def _causes(policy: Policy, expr: Expr, truth: Truth, scope: Scope, *, awake: bool) -> list[Cause]:
    """The causes of an expression's truth. Attributes are read by hand: patterns that take them apart are slow."""
    match expr:
        case Clause():
            if not isinstance(expr.when, _INTO):
                return [(expr, truth, scope)]
            inner = _causes(policy, expr.when, truth, scope, awake=awake)
            return inner if inner or is_structure(expr.when) else [(expr, truth, scope)]
        case AllOf() | AnyOf():
            together = truth is isinstance(expr, AllOf)  # then every clause of it is what it is
            alike = [clause for clause in expr.clauses if together or value(clause, scope) is truth]
            switches = [clause for clause in alike if clause.id in policy.switches]
            others = [clause for clause in alike if clause.id not in policy.switches] if switches else alike
            if awake and switches and truth is False and isinstance(expr, AllOf):
                return [] if others else [(clause, truth, scope) for clause in switches]
            chosen = others if awake and others else alike
            return [cause for clause in chosen for cause in _causes(policy, clause, truth, scope, awake=awake)]
        case Not():
            opposite = None if truth is None else not truth
            return _causes(policy, expr.part, opposite, scope, awake=awake)
        case Name() if isinstance(term := policy.names.get(expr.name), Term) and not term.of_member:
            return _causes(policy, term.expr, truth, scope.outer or scope, awake=awake)
        case _:
            return []


_INTO = (AllOf, AnyOf, Not, Name)  # what a clause may hold that has causes of its own


def is_structure(expr: Expr) -> bool:
    """Not one line: `all`, `any`, or `not` of one."""
    return isinstance(expr, AllOf | AnyOf) or (isinstance(expr, Not) and is_structure(expr.part))


def rests_on(policy: Policy, clause: Clause) -> tuple[tuple[str, Provenance], ...]:
    """The title and provenance of a clause and of every term, parameter and reading that it is worked out from."""
    found: dict[str, Provenance] = {}

    def visit(expr: Expr) -> None:
        if isinstance(expr, Name) and expr.name in policy.names:
            definition = policy.names[expr.name]
            if isinstance(definition, Term | Parameter | Reading) and definition.title not in found:
                if definition.provenance is not None:
                    found[definition.title] = definition.provenance
                if isinstance(definition, Term):
                    visit(definition.expr)
                for by in definition.by if isinstance(definition, Parameter) else ():
                    visit(Name(by, expr.at))
        for part in parts_of(expr):
            visit(part)

    if clause.provenance is not None:
        found[clause.title or clause.line] = clause.provenance
    visit(clause.when)
    return tuple(found.items())
