"""Defaults of facts that were left out, and the conditions (`must`) that every real household meets."""

from collections.abc import Container, Iterator, Sequence
from typing import cast

from attrs import frozen

from hardship_rules.core.expr import Choose, Clause, Constant, Expr, Option, OverMembers
from hardship_rules.core.interval import Exact, Range, high, low, span
from hardship_rules.core.kinds import NumberKind, Value
from hardship_rules.core.policy import Fact, Policy, per_policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.evaluate import Meaning, Scope, is_known, meaning, meanings, value


@frozen
class Defaults:
    """The facts that were left out and have a default, by kind of default.

    `derived` were computed from given facts, `assumed` are constants, and those of `outside` are outside their range.
    """

    derived: dict[KeyPath, None]
    assumed: dict[KeyPath, None]
    outside: list[KeyPath]


def fill_defaults(
    policy: Policy, scope: Scope, given: Sequence[Container[str]], unknown: Sequence[Container[str]]
) -> Defaults:
    """Put the defaults of facts that were left out into a scope.

    `given` and `unknown` are the names of the facts that are given and stated to be unknown: first those of the
    household, then those of each member. Neither get a default.
    """
    defaults = Defaults({}, {}, [])
    for fact, means, constant in _defaults(policy):
        name = fact.name
        for number, inside in enumerate(scope.members, 1) if fact.of_member else ((0, scope),):
            if name in given[number] or name in unknown[number]:
                continue
            path: KeyPath = ("members", number - 1, name) if number else (name,)
            if constant is not None:
                inside.values[name] = constant
                defaults.assumed[path] = None
                continue
            default = means(inside)
            if isinstance(fact.kind, NumberKind):
                within = _within(fact.kind, cast(Exact | Range, default))
                if within is None:
                    defaults.outside.append(path)
                    continue
                default = within
            inside.values[name] = default
            if is_known(default):
                inputs = policy.uses[name]
                has_input = "on" in inputs or any(
                    used in given[0] or used in given[number] or {(used,), (*path[:-1], used)} & defaults.derived.keys()
                    for used in inputs
                )
                is_derived = has_input and not _is_constant(fact.if_absent, inside)
                (defaults.derived if is_derived else defaults.assumed)[path] = None
    return defaults


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
    """A number limited to the range of its fact; None where it is outside."""
    least, most = cast(Exact, kind.low), cast(Exact, kind.high)
    if not isinstance(number, Range) and least <= number <= most:
        return number
    if high(number) < least or low(number) > most:
        return None
    return span(max(low(number), least), min(high(number), most))


def _is_constant(expr: Expr | None, scope: Scope) -> bool:
    """Whether a default is a constant in every case that may hold."""
    if not isinstance(expr, Choose):
        return isinstance(expr, Constant | Option)
    for when, result in expr.cases:
        truth = value(when, scope)
        if truth is not False and not isinstance(result, Constant | Option):
            return False
        if truth is True:
            return True
    return isinstance(expr.otherwise, Constant | Option)


def broken(policy: Policy, scope: Scope, assumed: Container[KeyPath]) -> Iterator[tuple[Clause, KeyPath]]:
    """The conditions of `must` that a household certainly breaks, each with the path of the member who breaks it.

    `assumed` are the facts with constant defaults. They count as unknown, since a default must not make a household
    impossible.
    """
    if all(value(clause, scope) is not False for clause in policy.must):
        return  # with fewer known facts none is broken either
    without_assumed = without_facts(policy, scope, assumed)
    for clause in policy.must:
        if value(clause, without_assumed) is False:
            yield from ((clause, path) for path in _broken_by(clause, without_assumed))


def without_facts(policy: Policy, scope: Scope, paths: Container[KeyPath]) -> Scope:
    """The facts of a scope; those at some paths are unknown."""

    def known_values(values: dict[str, Value], before: KeyPath) -> dict[str, Value]:
        facts = policy.members.facts if before else policy.facts
        return {
            name: facts[name].kind.unknown if (*before, name) in paths else answer for name, answer in values.items()
        }

    known = Scope(known_values(scope.values, ()), known=scope.known)
    known.members = tuple(
        Scope(known_values(member.values, ("members", number)), (), known, known=scope.known)
        for number, member in enumerate(scope.members)
    )
    return known


def _broken_by(clause: Clause, scope: Scope) -> Iterator[KeyPath]:
    """The paths of the members who break a condition on each of them; of another condition, that of all members."""
    condition = clause.when
    if isinstance(condition, OverMembers) and condition.what == "each" and condition.where is not None:
        for number, member in enumerate(scope.members):
            if value(condition.where, member) is False:
                yield ("members", number)
    else:
        yield ("members",)
