"""What stands in for facts that were left out, and what every real household meets."""

from collections.abc import Container, Iterator, Sequence
from typing import cast

from attrs import frozen

from hardship_rules.core.expr import Choose, Clause, Constant, Expr, Option, OverMembers
from hardship_rules.core.interval import Exact, Range, high, low, span
from hardship_rules.core.kinds import NumberKind, Value
from hardship_rules.core.policy import Fact, Policy, per_policy
from hardship_rules.core.problem import Path
from hardship_rules.engine.evaluate import Meaning, Scope, is_known, meaning, meanings, value


@frozen
class StandIns:
    """The paths of facts worked out from what was given, of constants assumed, and of what came out of its range."""

    derived: dict[Path, None]
    assumed: dict[Path, None]
    outside: list[Path]


def fill(policy: Policy, scope: Scope, given: Sequence[Container[str]], unknown: Sequence[Container[str]]) -> StandIns:
    """Put into a scope what the policy says of facts left out; one that was said to be unknown stays so.

    `given` and `unknown` are the names of the facts given and said to be unknown: the household's, then each member's.
    """
    made = StandIns({}, {}, [])
    for fact, means, constant in _defaults(policy):
        name = fact.name
        for number, inside in enumerate(scope.members, 1) if fact.of_member else ((0, scope),):
            if name in given[number] or name in unknown[number]:
                continue
            path: Path = ("members", number - 1, name) if number else (name,)
            if constant is not None:
                inside.values[name] = constant
                made.assumed[path] = None
                continue
            found = means(inside)
            if isinstance(fact.kind, NumberKind):
                within = _within(fact.kind, cast(Exact | Range, found))
                if within is None:
                    made.outside.append(path)
                    continue
                found = within
            inside.values[name] = found
            if is_known(found):
                used = policy.uses[name]
                follows = "on" in used or any(
                    each in given[0] or each in given[number] or {(each,), (*path[:-1], each)} & made.derived.keys()
                    for each in used
                )
                (made.derived if follows and not _constant(fact.if_absent, inside) else made.assumed)[path] = None
    return made


@per_policy
def _defaults(policy: Policy) -> tuple[tuple[Fact, Meaning, Value], ...]:
    """The facts that have a default, each with the meaning of its default, and its value where that is a constant."""
    defaults = []
    for fact in policy.stand_ins:
        expr = cast(Expr, fact.if_absent)
        constant = value(expr, Scope({})) if isinstance(expr, Constant | Option) else None
        if isinstance(fact.kind, NumberKind) and constant is not None:
            constant = _within(fact.kind, cast(Exact, constant))
        defaults.append((fact, meaning(expr, meanings(policy)), constant))
    return tuple(defaults)


def _within(kind: NumberKind, number: Exact | Range) -> Value:
    """A number as far as it lies in its fact's range; None where no part of it does."""
    least, most = cast(Exact, kind.low), cast(Exact, kind.high)
    if not isinstance(number, Range) and least <= number <= most:
        return number
    if high(number) < least or low(number) > most:
        return None
    return span(max(low(number), least), min(high(number), most))


def _constant(expr: Expr | None, scope: Scope) -> bool:
    """What stands in is a constant, whichever of the cases that may hold does."""
    if not isinstance(expr, Choose):
        return isinstance(expr, Constant | Option)
    for when, result in expr.cases:
        truth = value(when, scope)
        if truth is not False and not isinstance(result, Constant | Option):
            return False
        if truth is True:
            return True
    return isinstance(expr.otherwise, Constant | Option)


def broken(policy: Policy, scope: Scope, assumed: Container[Path]) -> Iterator[tuple[Clause, Path]]:
    """What every real household meets and this one certainly does not, with the member who breaks it.

    Constants that stood in are not held against it: they never make a household impossible.
    """
    if all(value(clause, scope) is not False for clause in policy.must):
        return  # with less known, none of them would be broken either
    known = without(policy, scope, assumed)
    for clause in policy.must:
        if value(clause, known) is False:
            yield from ((clause, path) for path in _broken_by(clause, known))


def without(policy: Policy, scope: Scope, assumed: Container[Path]) -> Scope:
    """The facts with some of them unknown."""

    def kept(values: dict[str, Value], before: Path) -> dict[str, Value]:
        facts = policy.members.facts if before else policy.facts
        return {name: facts[name].kind.unknown if (*before, name) in assumed else each for name, each in values.items()}

    known = Scope(kept(scope.values, ()), known=scope.known)
    known.members = tuple(
        Scope(kept(member.values, ("members", number)), (), known, known=scope.known)
        for number, member in enumerate(scope.members)
    )
    return known


def _broken_by(clause: Clause, scope: Scope) -> Iterator[Path]:
    """The members who break a condition on each of them, else the household."""
    condition = clause.when
    if isinstance(condition, OverMembers) and condition.what == "each" and condition.where is not None:
        for number, member in enumerate(scope.members):
            if value(condition.where, member) is False:
                yield ("members", number)
    else:
        yield ("members",)
