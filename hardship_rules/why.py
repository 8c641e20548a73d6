"""Why a condition is what it is: the innermost clauses that made it so, what leaves it open, what it rests on."""

from collections.abc import Iterator
from typing import cast

from hardship_rules.meaning import Scope, is_known, value
from hardship_rules.model import Decision, Fact, Parameter, Policy, Reading, Term
from hardship_rules.problems import Path
from hardship_rules.ranges import Truth
from hardship_rules.syntax import AllOf, AnyOf, Choose, Clause, Expr, Name, Not, OverMembers, Provenance, parts_of

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
            return inner if inner or _is_structure(expr.when) else [(expr, truth, scope)]
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


def _is_structure(expr: Expr) -> bool:
    """Not one line: `all`, `any`, or `not` of one."""
    return isinstance(expr, AllOf | AnyOf) or (isinstance(expr, Not) and _is_structure(expr.part))


def open_paths(policy: Policy, expr: Expr, scope: Scope, member: int | None) -> Iterator[Path]:
    """The facts, days and unpublished parameters that leave an expression open."""
    if is_known(value(expr, scope)):
        return
    match expr:
        case Name("on"):
            yield ("on",)
        case Name(name):
            definition = policy.names[name]
            of_member = name in policy.of_members
            home = scope if of_member or scope.outer is None else scope.outer
            match definition:
                case Fact():
                    yield ("members", member, name) if of_member and member is not None else (name,)
                case Term():
                    yield from open_paths(policy, definition.expr, home, member)
                case Decision(outcomes=outcomes):
                    for outcome in outcomes:
                        yield from open_paths(policy, cast(Clause, outcome.when), home, None)
                case Parameter(by=by):
                    for each in by:
                        yield from open_paths(policy, Name(each, expr.at), scope, member)
                    if None in definition.values.values():
                        yield ("parameters", name)
                case Reading():
                    return
        case OverMembers(_, part, where):
            household = scope if scope.outer is None else scope.outer
            for number, inside in enumerate(household.members):
                counts = True if where is None else value(where, inside)
                if where is not None:
                    yield from open_paths(policy, where, inside, number)
                if part is not None and counts is not False:
                    yield from open_paths(policy, part, inside, number)
        case Choose(cases, otherwise):
            for when, result in cases:
                truth = value(when, scope)
                yield from open_paths(policy, when, scope, member)
                if truth is not False:
                    yield from open_paths(policy, result, scope, member)
                if truth is True:
                    return
            yield from open_paths(policy, cast(Expr, otherwise), scope, member)
        case _:
            for part in parts_of(expr):
                yield from open_paths(policy, part, scope, member)


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
