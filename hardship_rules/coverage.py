"""Coverage of a policy by its cases: which outcomes, clauses, options and thresholds no household of them exercises."""

from collections.abc import Iterable, Iterator
from typing import Literal, cast

from attrs import field, frozen

from hardship_rules.api import assess
from hardship_rules.assessment import Assessment
from hardship_rules.cases import Case
from hardship_rules.check import nothing_known
from hardship_rules.evaluate import evaluate
from hardship_rules.frozen import FrozenMapping
from hardship_rules.kinds import is_number
from hardship_rules.meaning import value
from hardship_rules.model import Decision, Fact, Policy, Term
from hardship_rules.problems import FactError, Location
from hardship_rules.syntax import (
    AllOf,
    AnyOf,
    Choose,
    Clause,
    Compare,
    Expr,
    Name,
    Not,
    Option,
    OverMembers,
    parts_of,
)
from hardship_rules.values import ChoiceKind, YesNoKind

What = Literal["outcome", "clause", "option", "threshold"]
BELOW, AT, ABOVE = "below", "at", "above"
_SIGNS: FrozenMapping[str, Literal["<", "==", ">"]] = FrozenMapping({BELOW: "<", AT: "==", ABOVE: ">"})
_NOWHERE = Location("", 1, 1)
_OF_SOME_MEMBER = None  # a step on the way to an expression: from here on it is about a member

_Way = tuple[Expr | None, ...]
"""What must hold for an expression to be looked at, outermost first."""


@frozen
class Item:
    """Something that a household exercises when `when` certainly holds of it.

    `name` is the outcome (`category.deep`), clause, fact, or the clause or definition that a comparison stands in;
    `side` is yes or no for a clause and a yes-or-no fact, an option, or below, at or above; `line` tells apart what
    is compared.
    """

    what: What
    name: str
    side: str
    title: str
    line: str = ""
    when: Expr = field(eq=False, repr=False, kw_only=True)


@frozen
class Coverage:
    """What the cases of one policy exercise. `confirmed` are the items that some confirmed case exercises.

    `unconfirmed` are those that only unconfirmed cases do, `unreachable` those that no household can; the rest is
    `missing`.
    """

    policy: Policy
    confirmed: tuple[Item, ...]
    unconfirmed: tuple[Item, ...]
    unreachable: tuple[Item, ...]
    missing: tuple[Item, ...]


def coverage(cases: Iterable[Case]) -> tuple[Coverage, ...]:
    """The coverage of each policy that some of the cases are for; a policy under other readings is the same policy."""
    seen: dict[str, tuple[Policy, set[Item], set[Item]]] = {}
    for case in cases:
        _, confirmed, others = seen.setdefault(case.policy.name, (case.policy, set(), set()))
        try:
            found = exercised(assess(case.policy, case.household, case.on))
        except FactError:  # a case of what is refused is of no household
            continue
        (confirmed if case.confirmed else others).update(found)
    return tuple(_coverage(policy, confirmed, others) for policy, confirmed, others in seen.values())


def _coverage(policy: Policy, confirmed: set[Item], others: set[Item]) -> Coverage:
    every = items(policy)
    left = [item for item in every if item not in confirmed]
    unknown = nothing_known(policy)
    evaluate(policy, unknown)
    never = {item for item in left if value(item.when, unknown) is False}
    return Coverage(
        policy,
        confirmed=tuple(item for item in every if item in confirmed),
        unconfirmed=tuple(item for item in left if item in others),
        unreachable=tuple(item for item in left if item in never),
        missing=tuple(item for item in left if item not in others and item not in never),
    )


def exercised(assessment: Assessment) -> frozenset[Item]:
    """What a household exercises."""
    policy = assessment.policy
    first = policy.category.outcomes[0]
    scope = assessment.trace(f"{policy.category.name}.{first.id}").scope
    return frozenset(item for item in items(policy) if value(item.when, scope) is True)


def items(policy: Policy) -> tuple[Item, ...]:
    """Everything that the cases of a policy can exercise, in its order."""
    if "items" not in policy.kept:
        policy.kept["items"] = tuple(dict.fromkeys(_items(policy)))
    return cast(tuple[Item, ...], policy.kept["items"])


def _items(policy: Policy) -> Iterator[Item]:
    for decision in policy.decisions.values():
        yield from _outcomes(decision)
    for facts, way in ((policy.facts, ()), (policy.members.facts, (_OF_SOME_MEMBER,))):
        for fact in facts.values():
            yield from _options(fact, way)
    for term in policy.terms.values():
        yield from _inside(policy, term.expr, (_OF_SOME_MEMBER,) if term.of_member else (), term)
    for decision in policy.decisions.values():
        before: _Way = ()
        for outcome in decision.outcomes:
            when = cast(Clause, outcome.when)
            yield from _inside(policy, when, before, decision)
            if not decision.every:  # those after an outcome that holds are not reached
                before = (*before, Not(when, _NOWHERE))


def _outcomes(decision: Decision) -> Iterator[Item]:
    for outcome in decision.by_id.values():
        holds: Expr = Compare(Name(decision.name, _NOWHERE), "==", Option(outcome.id, _NOWHERE), _NOWHERE)
        when = cast(Clause, outcome.when) if decision.every else holds
        yield Item("outcome", f"{decision.name}.{outcome.id}", "yes", outcome.title, when=when)


def _options(fact: Fact, way: _Way) -> Iterator[Item]:
    name = Name(fact.name, _NOWHERE)
    if isinstance(fact.kind, ChoiceKind):
        for option in fact.kind.options:
            when = Compare(name, "==", Option(option, _NOWHERE), _NOWHERE)
            yield Item("option", fact.name, option, fact.title, when=_reached(way, when))
    if isinstance(fact.kind, YesNoKind):
        yield Item("option", fact.name, "yes", fact.title, when=_reached(way, name))
        yield Item("option", fact.name, "no", fact.title, when=_reached(way, Not(name, _NOWHERE)))


def _inside(policy: Policy, expr: Expr, way: _Way, at: Term | Decision | Clause) -> Iterator[Item]:
    """The clauses and comparisons inside an expression, each with the way on which it is looked at."""
    if isinstance(expr, Clause):
        at = expr
        if expr.id not in policy.switches:
            yield Item("clause", expr.id, "yes", expr.title, when=_reached(way, expr))
            yield Item("clause", expr.id, "no", expr.title, when=_reached(way, Not(expr, _NOWHERE)))
    if isinstance(expr, Compare) and is_number(policy, expr.left):
        name = at.id if isinstance(at, Clause) else at.name
        for side, sign in _SIGNS.items():
            when = _reached(way, Compare(expr.left, sign, expr.right, _NOWHERE))
            yield Item("threshold", name, side, at.title, str(expr.at), when=when)
    for part, steps in _parts(policy, expr):
        yield from _inside(policy, part, (*way, *steps), at)


def _parts(policy: Policy, expr: Expr) -> Iterator[tuple[Expr, _Way]]:
    """What stands directly inside an expression, with what must hold besides for it to be looked at."""
    match expr:
        case AllOf(clauses) | AnyOf(clauses):
            switches = [clause for clause in clauses if clause.id in policy.switches]
            for clause in clauses:  # one that a reading makes idle is not looked at
                others = [switch for switch in switches if switch is not clause]
                yield clause, tuple(_open(expr, switch) for switch in others)
        case OverMembers():
            yield from ((part, (_OF_SOME_MEMBER,)) for part in parts_of(expr))
        case Choose(cases, otherwise):
            before: _Way = ()
            for when, result in cases:
                yield when, before
                yield result, (*before, when)
                before = (*before, Not(when, _NOWHERE))
            if otherwise is not None:
                yield otherwise, before
        case _:
            yield from ((part, ()) for part in parts_of(expr))


def _open(junction: AllOf | AnyOf, switch: Clause) -> Expr:
    """The switch does not settle the clauses that it stands among."""
    return switch if isinstance(junction, AllOf) else Not(switch, _NOWHERE)


def _reached(way: _Way, expr: Expr) -> Expr:
    """The expression is looked at and holds; from where it is about a member, it does for some one."""
    held = [expr]
    for step in reversed(way):
        held = [OverMembers("some", None, _all(held), _NOWHERE)] if step is _OF_SOME_MEMBER else [step, *held]
    return _all(held)


def _all(parts: list[Expr]) -> Expr:
    if len(parts) == 1:
        return parts[0]
    return AllOf(tuple(Clause("", "", "", None, part, "", _NOWHERE) for part in parts), _NOWHERE)
