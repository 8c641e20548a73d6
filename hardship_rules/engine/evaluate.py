"""What a policy means: its parameters, terms and decisions worked out for the facts of a household, known or not."""

from collections.abc import Iterable
from functools import reduce
from typing import cast

from hardship_rules.core.model import Decision, Fact, Parameter, Policy, Reading, Term
from hardship_rules.core.ranges import Number, Truth, high, low
from hardship_rules.core.syntax import Clause
from hardship_rules.core.values import DATE, Value
from hardship_rules.engine.meaning import Scope, join, meaning, narrowed, options_of, value


def parameter(definition: Parameter, scope: Scope) -> Value:
    """The number of a parameter for what it goes by: a range where that, or the number itself, is not known."""
    if not definition.values:
        return definition.kind.unknown
    found: list[Value] = [
        definition.kind.unknown if number is None else number
        for keyed, number in definition.values.items()
        if all(
            _may_be(scope[name], key, last)
            for name, key, last in zip(definition.by, keyed, definition.last, strict=True)
        )
    ]
    return reduce(join, found)


def _may_be(goes_by: Value, key: str | int, last: int | None) -> bool:
    if isinstance(key, str):
        return key in options_of(goes_by)
    number = cast(Number, goes_by)
    return low(number) <= key <= high(number) or (key == last and high(number) >= key)


def outcomes(decision: Decision, scope: Scope) -> tuple[Truth, ...]:
    """Whether each outcome holds; of a `first`, up to the one that certainly does."""
    found: list[Truth] = []
    for outcome in decision.outcomes:
        found.append(cast(Truth, value(cast(Clause, outcome.when), scope)))
        if found[-1] and not decision.every:
            break
    return tuple(found)


def possible(decision: Decision, truths: tuple[Truth, ...]) -> tuple[str, ...]:
    """The outcomes that a decision can still come to: those that hold or may."""
    may = [outcome.id for outcome, truth in zip(decision.outcomes, truths, strict=False) if truth is not False]
    if not decision.every and decision.otherwise is not None and True not in truths:
        may.append(decision.otherwise.id)
    return tuple(may)


def evaluate(policy: Policy, scope: Scope, names: Iterable[str] | None = None) -> dict[str, tuple[Truth, ...]]:
    """Work out parameters, terms and decisions into the scope of a household's facts; the decisions' outcomes.

    `names` are those to work out, each after what it uses; all of the policy's where it is left out.
    """
    decided: dict[str, tuple[Truth, ...]] = {}
    for name in policy.order if names is None else names:
        truths = work_out(policy, name, scope, scope.members)
        if truths is not None:
            decided[name] = truths
    return decided


def work_out(policy: Policy, name: str, scope: Scope, members: Iterable[Scope]) -> tuple[Truth, ...] | None:
    """Put the value of one parameter, term or decision into the scopes that have it; a decision's outcomes."""
    definition = policy.names[name]
    scopes = members if name in policy.of_members else (scope,)
    match definition:
        case Term():
            means = meaning(definition.expr, scope.known)
            for each in scopes:
                each.values[name] = means(each)
        case Parameter():
            for each in scopes:
                each.values[name] = parameter(definition, each)
        case Decision():
            truths = outcomes(definition, scope)
            if not definition.every:
                scope.values[name] = narrowed(frozenset(possible(definition, truths)))
            return truths
        case Fact() | Reading():
            raise TypeError(name)
    return None


def nothing_known(policy: Policy) -> Scope:
    """The household of which nothing is known, under any readings: one member there, all the others maybe there."""
    values: dict[str, Value] = {name: fact.kind.unknown for name, fact in policy.facts.items()}
    values |= dict(policy.constants)
    values |= {name: reading.kind.unknown for name, reading in policy.readings.items()}
    values["on"] = DATE.unknown
    scope = Scope(values)
    own: dict[str, Value] = {name: fact.kind.unknown for name, fact in policy.members.facts.items()}
    first = Scope(own, (), scope)
    others = Scope(own, (), scope, certain=False)
    scope.members = (first, *[others] * (policy.members.at_most - 1))
    return scope
