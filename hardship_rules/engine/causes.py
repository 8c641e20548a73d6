"""The causes of a condition's value: the innermost clauses that decide it, and the provenance they depend on."""

from collections.abc import Callable
from typing import NamedTuple, cast

from hardship_rules.core.expr import Clause, Provenance, names_in
from hardship_rules.core.interval import Truth
from hardship_rules.core.kinds import Value
from hardship_rules.core.policy import Parameter, Policy, Reading, Term
from hardship_rules.engine.clauses import Condition
from hardship_rules.engine.evaluate import Scope


class Cause(NamedTuple):
    """A clause with its value; `line` is its condition, a single line where it has no clauses inside."""

    clause: Clause
    truth: Truth
    line: Condition


def innermost(clause: Clause, scope: Scope) -> list[Cause]:
    """The innermost clauses that give a clause of the household its value, through the conditions that it names.

    A switch (a clause of readings and parameters only) is a cause only where there is no other. A branch that a switch
    turns off has causes only where no other branch has one.
    """
    condition = scope.lowered.structure(clause)
    truth = cast(Truth, scope.run.value(condition.step))
    value = scope.run.value
    causes = _causes(condition, truth, value, active=True) or _causes(condition, truth, value, active=False)
    return list({cause.clause.id: cause for cause in causes}.values())


def _causes(condition: Condition, truth: Truth, value: Callable[[int], Value], *, active: bool) -> list[Cause]:
    """The causes of a condition's value; with `active`, none of branches that a switch turns off."""
    match condition.op:
        case "clause":
            (line,) = condition.parts
            if line.op == "line":
                return [Cause(cast(Clause, condition.clause), truth, line)]
            inner = _causes(line, truth, value, active=active)
            return inner if inner or line.is_structure else [Cause(cast(Clause, condition.clause), truth, line)]
        case "all" | "any":
            agreeing = condition.parts
            if truth is not (condition.op == "all"):  # of a true `all` and a false `any` every part is so
                agreeing = tuple(part for part in agreeing if value(part.step) is truth)
            if condition.has_switch and active:
                others = tuple(part for part in agreeing if not part.is_switch)
                if len(others) < len(agreeing) and truth is False and condition.op == "all":
                    switches = [part for part in agreeing if part.is_switch]
                    return (
                        [] if others else [Cause(cast(Clause, part.clause), truth, part.parts[0]) for part in switches]
                    )
                agreeing = others or agreeing
            return [cause for part in agreeing for cause in _causes(part, truth, value, active=active)]
        case "not":
            return _causes(condition.parts[0], None if truth is None else not truth, value, active=active)
        case "term":
            return _causes(condition.parts[0], truth, value, active=active)
        case "line":
            return []


def rests_on(policy: Policy, clause: Clause) -> tuple[tuple[str, Provenance], ...]:
    """The title and provenance of a clause and of every term, parameter and reading that it depends on."""
    provenances: dict[str, Provenance] = {}

    def visit(name: str) -> None:
        definition = policy.names.get(name)
        if isinstance(definition, Term | Parameter | Reading) and definition.title not in provenances:
            if definition.provenance is not None:
                provenances[definition.title] = definition.provenance
            for used in names_in(definition.expr) if isinstance(definition, Term) else ():
                visit(used)
            for selector in definition.by if isinstance(definition, Parameter) else ():
                visit(selector)

    if clause.provenance is not None:
        provenances[clause.title or clause.line] = clause.provenance
    for name in names_in(clause.when):
        visit(name)
    return tuple(provenances.items())
