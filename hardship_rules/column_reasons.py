"""In which rows of a frame which clauses decided an outcome, as `why` says of one household."""

from collections.abc import Callable, Iterator

from hardship_rules.column_values import Bound, Truths, any_of, both, either, opposite
from hardship_rules.frozen import FrozenMapping
from hardship_rules.model import Policy, Term
from hardship_rules.syntax import AllOf, AnyOf, Clause, Expr, Name, Not

TruthOf = Callable[[Expr], Truths]
Causes = Iterator[tuple[str, Bound]]


def deciding(policy: Policy, clause: Clause, truth_of: TruthOf, *, held: bool) -> FrozenMapping[str, Bound]:
    """The innermost clauses that made a clause hold, or fail, each with the rows in which it did, if the clause does.

    In each row as `why.innermost` has it: switches only where nothing else is a reason.
    """
    awake = list(_causes(policy, clause, truth_of, held=held, awake=True))
    asleep = opposite(any_of(where for _, where in awake))
    causes = [*awake]
    if asleep is not False:
        causes += [(name, both(asleep, where)) for name, where in _causes(policy, clause, truth_of, held=held, awake=False)]
    found: dict[str, Bound] = {}
    for name, where in causes:
        found[name] = either(found.get(name, False), where)
    return FrozenMapping((name, where) for name, where in found.items() if where is not False)


def _causes(policy: Policy, expr: Expr, truth_of: TruthOf, *, held: bool, awake: bool) -> Causes:
    match expr:
        case Clause():
            inner = list(_causes(policy, expr.when, truth_of, held=held, awake=awake))
            yield from inner
            if not _is_structure(expr.when):
                yield expr.id, opposite(any_of(where for _, where in inner))
        case AllOf() | AnyOf():
            together = held is isinstance(expr, AllOf)
            alike = {clause: True if together else _is(truth_of(clause), held=held) for clause in expr.clauses}
            switches = [clause for clause in alike if clause.id in policy.switches and alike[clause] is True]
            others = [clause for clause in alike if clause.id not in policy.switches]
            nothing_else = opposite(any_of(alike[clause] for clause in others))
            stopped = awake and bool(switches) and not held and isinstance(expr, AllOf)
            if stopped:
                yield from ((clause.id, nothing_else) for clause in switches)
                return
            for clause in expr.clauses:
                where = alike[clause]
                if awake and clause.id in policy.switches:
                    where = both(where, nothing_else)
                for name, inner_where in _causes(policy, clause, truth_of, held=held, awake=awake) if where is not False else ():
                    yield name, both(where, inner_where)
        case Not():
            yield from _causes(policy, expr.part, truth_of, held=not held, awake=awake)
        case Name() if isinstance(term := policy.names.get(expr.name), Term) and not term.of_member:
            yield from _causes(policy, term.expr, truth_of, held=held, awake=awake)
        case _:
            return


def _is(truth: Truths, *, held: bool) -> Bound:
    return truth.low if held else opposite(truth.high)


def _is_structure(expr: Expr) -> bool:
    return isinstance(expr, AllOf | AnyOf) or (isinstance(expr, Not) and _is_structure(expr.part))
