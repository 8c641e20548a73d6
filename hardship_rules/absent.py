"""What stands in for facts that were left out, and what every real household meets."""

from collections.abc import Container, Iterator
from typing import cast

from attrs import frozen

from hardship_rules.evaluate import Scope, is_known, value
from hardship_rules.model import Policy
from hardship_rules.problems import Path
from hardship_rules.ranges import Exact, Range, high, low, span
from hardship_rules.syntax import Choose, Clause, Constant, Expr, Option, OverMembers
from hardship_rules.values import NumberKind, Value


@frozen
class StandIns:
    """The paths of facts worked out from what was given, of constants assumed, and of what came out of its range."""

    derived: dict[Path, None]
    assumed: dict[Path, None]
    outside: list[Path]


def fill(policy: Policy, scope: Scope, given: Container[Path], unknown: Container[Path]) -> StandIns:
    """Put into a scope what the policy says of facts left out; one that was said to be unknown stays so."""
    made = StandIns({}, {}, [])
    for name in policy.fact_order:
        of_member = name in policy.members.facts
        fact = policy.members.facts[name] if of_member else policy.facts[name]
        if fact.if_absent is None:
            continue
        used = policy.uses[name]
        places = enumerate(scope.members) if of_member else [(None, scope)]
        for number, inside in places:
            before: Path = () if number is None else ("members", number)
            path = (*before, name)
            if path in given or path in unknown:
                continue
            found = value(fact.if_absent, inside)
            if isinstance(fact.kind, NumberKind):
                within = _within(fact.kind, cast(Exact | Range, found))
                if within is None:
                    made.outside.append(path)
                    continue
                found = within
            inside.values[name] = found
            if is_known(found):
                worked_out = _follows(used, before, given, made.derived) and not _constant(fact.if_absent, inside)
                (made.derived if worked_out else made.assumed)[path] = None
    return made


def _follows(used: tuple[str, ...], before: Path, given: Container[Path], derived: Container[Path]) -> bool:
    """It rests on the day or on a fact that was given, or on what follows from one."""
    paths = [path for name in used for path in ((name,), (*before, name))]
    return "on" in used or any(path in given or path in derived for path in paths)


def _within(kind: NumberKind, number: Exact | Range) -> Value:
    """A number as far as it lies in its fact's range; None where no part of it does."""
    least, most = cast(Exact, kind.low), cast(Exact, kind.high)
    if not isinstance(number, Range) and least <= number <= most:
        return number
    if high(number) < least or low(number) > most:
        return None
    return span(max(low(number), least), min(high(number), most))


def _constant(expr: Expr, scope: Scope) -> bool:
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
    known = _without(policy, scope, assumed)
    for clause in policy.must:
        if value(clause, known) is False:
            yield from ((clause, path) for path in _broken_by(clause, known))


def _without(policy: Policy, scope: Scope, assumed: Container[Path]) -> Scope:
    def kept(values: dict[str, Value], before: Path) -> dict[str, Value]:
        facts = policy.members.facts if before else policy.facts
        return {name: facts[name].kind.unknown if (*before, name) in assumed else each for name, each in values.items()}

    known = Scope(kept(scope.values, ()))
    known.members = tuple(
        Scope(kept(member.values, ("members", number)), (), known) for number, member in enumerate(scope.members)
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
