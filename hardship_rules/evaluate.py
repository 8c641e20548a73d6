"""What a policy means: the value of each expression for the facts of a household, known or not."""

from collections.abc import Iterable
from typing import assert_never, cast

from attrs import define

from hardship_rules.model import (
    EARLIEST,
    LATEST,
    Add,
    AllOf,
    AnyOf,
    ChoiceKind,
    Choose,
    Clause,
    Compare,
    Constant,
    DateKind,
    Decision,
    Divide,
    Elapsed,
    Expr,
    Extreme,
    Fact,
    Kind,
    Multiply,
    Name,
    Negate,
    Not,
    NumberKind,
    OneOf,
    Option,
    OverMembers,
    Parameter,
    Policy,
    Reading,
    Round,
    Term,
    Value,
    YesNoKind,
    day_number,
)
from hardship_rules.ranges import (
    Exact,
    Number,
    Range,
    Truth,
    add,
    divide,
    equal,
    greatest,
    high,
    hull,
    least,
    less,
    low,
    multiply,
    negate,
    rounded,
    span,
)

_DAYS = {"year": 372, "month": 31}
FAR = 10**30  # further than any number that a policy may hold


@define(eq=False)
class Scope:
    """The values of names: the household's, and for each member its own over those. `certain`: the member is there."""

    values: dict[str, Value]
    members: "tuple[Scope, ...]" = ()
    outer: "Scope | None" = None
    certain: bool = True

    def __getitem__(self, name: str) -> Value:
        if name in self.values:
            return self.values[name]
        return cast(Scope, self.outer)[name]


def unknown(kind: Kind) -> Value:
    """The value of a fact of which nothing is known."""
    match kind:
        case NumberKind(_, low_, high_):
            return span(cast(Exact, low_), cast(Exact, high_))
        case ChoiceKind(options):
            return _options(frozenset(options))
        case YesNoKind():
            return None
        case DateKind():
            return Range(day_number(EARLIEST), day_number(LATEST))
        case _:
            assert_never(kind)


def is_known(value: Value) -> bool:
    """It is one number, one option, yes or no."""
    return value is not None and not isinstance(value, Range | frozenset)


def _options(options: frozenset[str]) -> str | frozenset[str]:
    return next(iter(options)) if len(options) == 1 else options


def join(a: Value, b: Value) -> Value:
    """Everything that either can be."""
    if isinstance(a, str | frozenset):
        return _options(_set(a) | _set(b))
    if a is None or b is None or isinstance(a, bool):
        return a if a is b else None
    return hull(cast(Number, a), cast(Number, b))


def _set(options: Value) -> frozenset[str]:
    return frozenset((options,)) if isinstance(options, str) else cast(frozenset[str], options)


def opposite(truth: Truth) -> Truth:
    """Not."""
    return None if truth is None else not truth


def value(expr: Expr, scope: Scope) -> Value:
    """The value of an expression in a scope."""
    match expr:
        case Name(name):
            return scope[name]
        case Option(option):
            return option
        case Constant(constant):
            return constant
        case Compare(left, sign, right):
            return _compare(value(left, scope), sign, value(right, scope))
        case Clause(when=when):
            return value(when, scope)
        case AllOf(clauses):
            return _all(value(clause, scope) for clause in clauses)
        case AnyOf(clauses):
            return opposite(_all(opposite(_truth(clause, scope)) for clause in clauses))
        case Not(part):
            return opposite(_truth(part, scope))
        case Add(parts):
            total = _number(parts[0], scope)
            for part in parts[1:]:
                total = add(total, _number(part, scope))
            return total
        case Multiply(parts):
            product = _number(parts[0], scope)
            for part in parts[1:]:
                product = multiply(product, _number(part, scope))
            return product
        case Divide(over, by):
            return divide(_number(over, scope), _number(by, scope))
        case OneOf(part, options):
            return _one_of(_set(value(part, scope)), frozenset(cast(Option, option).option for option in options))
        case OverMembers(what, part, where):
            return _over_members(what, part, where, scope)
        case Choose(cases, otherwise):
            return _choose(cases, otherwise, scope)
        case Negate(part):
            return negate(_number(part, scope))
        case Extreme(which, parts):
            chosen = _number(parts[0], scope)
            for part in parts[1:]:
                other = _number(part, scope)
                chosen = least(chosen, other) if which == "min" else greatest(chosen, other)
            return chosen
        case Round(direction, part, step):
            return rounded(_number(part, scope), cast(Exact, value(step, scope)), direction)
        case Elapsed(unit, start, end):
            days = add(_number(end, scope), negate(_number(start, scope)))
            return rounded(divide(days, _DAYS[unit]), 1, "down")
        case _:
            assert_never(expr)


def _number(expr: Expr, scope: Scope) -> Number:
    return cast(Number, value(expr, scope))


def _truth(expr: Expr, scope: Scope) -> Truth:
    return cast(Truth, value(expr, scope))


def _all(truths: Iterable[Value]) -> Truth:
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def _compare(left: Value, sign: str, right: Value) -> Truth:
    if left is None or right is None:
        return None
    if isinstance(left, str | frozenset):
        same = _same(_set(left), _set(right))
        return same if sign == "==" else opposite(same)
    a, b = cast(Number, left), cast(Number, right)
    match sign:
        case "<":
            return less(a, b)
        case ">":
            return less(b, a)
        case ">=":
            return opposite(less(a, b))
        case "<=":
            return opposite(less(b, a))
        case "==":
            return equal(a, b)
        case _:
            return opposite(equal(a, b))


def _same(a: frozenset[str], b: frozenset[str]) -> Truth:
    return (True if len(a) == len(b) == 1 else None) if a & b else False


def _one_of(part: frozenset[str], options: frozenset[str]) -> Truth:
    return True if part <= options else None if part & options else False


def _choose(cases: tuple[tuple[Expr, Expr], ...], otherwise: Expr | None, scope: Scope) -> Value:
    found: list[Value] = []
    for when, result in cases:
        truth = value(when, scope)
        if truth is False:
            continue
        found.append(value(result, scope))
        if truth is True:
            break
    else:
        found.append(value(cast(Expr, otherwise), scope))
    chosen = found[0]
    for other in found[1:]:
        chosen = join(chosen, other)
    return chosen


def _over_members(what: str, part: Expr | None, where: Expr | None, scope: Scope) -> Value:
    household = scope if scope.outer is None else scope.outer
    if what in ("some", "each"):
        wanted = what == "each"
        truths = (_truth(cast(Expr, where), member) for member in household.members)
        sure = zip(truths, household.members, strict=True)
        held = [truth if member.certain or (truth is wanted) else None for truth, member in sure]
        return _all(held) if wanted else opposite(_all(map(opposite, held)))
    total: Number = 0
    for member in household.members:
        counts: Value = True if where is None else value(where, member)
        if counts is False:
            continue
        amount: Number = 1 if part is None else _number(part, member)
        total = add(total, amount if counts and member.certain else hull(0, amount))
    return total


def parameter(definition: Parameter, scope: Scope) -> Value:
    """The number of a parameter for what it goes by: a range where that, or the number itself, is not known."""
    if not definition.values:
        return _published(definition, None)
    found: list[Value] = [
        _published(definition, number)
        for keyed, number in definition.values.items()
        if all(
            _may_be(scope[name], key, last)
            for name, key, last in zip(definition.by, keyed, definition.last, strict=True)
        )
    ]
    chosen = found[0]
    for other in found[1:]:
        chosen = join(chosen, other)
    return chosen


def _published(definition: Parameter, number: Exact | None) -> Number:
    kind = definition.kind
    if number is not None:
        return number
    return span(-FAR if kind.low is None else kind.low, FAR if kind.high is None else kind.high)


def _may_be(goes_by: Value, key: str | int, last: int | None) -> bool:
    if isinstance(key, str):
        return key in _set(goes_by)
    number = cast(Number, goes_by)
    return low(number) <= key <= high(number) or (key == last and high(number) >= key)


def outcomes(decision: Decision, scope: Scope) -> tuple[Truth, ...]:
    """Whether each outcome holds; of a `first`, up to the one that certainly does."""
    found: list[Truth] = []
    for outcome in decision.outcomes:
        found.append(_truth(cast(Clause, outcome.when), scope))
        if found[-1] and not decision.every:
            break
    return tuple(found)


def possible(decision: Decision, truths: tuple[Truth, ...]) -> tuple[str, ...]:
    """The outcomes that a decision can still come to: those that hold or may."""
    may = [outcome.id for outcome, truth in zip(decision.outcomes, truths, strict=False) if truth is not False]
    if not decision.every and decision.otherwise is not None and True not in truths:
        may.append(decision.otherwise.id)
    return tuple(may)


def evaluate(policy: Policy, scope: Scope) -> dict[str, tuple[Truth, ...]]:
    """Work out every parameter, term and decision into the scope of a household's facts; the decisions' outcomes."""
    decided: dict[str, tuple[Truth, ...]] = {}
    for name in policy.order:
        truths = work_out(policy, name, scope, scope.members)
        if truths is not None:
            decided[name] = truths
    return decided


def work_out(policy: Policy, name: str, scope: Scope, members: Iterable[Scope]) -> tuple[Truth, ...] | None:
    """Put the value of one parameter, term or decision into the scopes that have it; a decision's outcomes."""
    definition = policy.names[name]
    scopes = members if name in policy.of_members else (scope,)
    match definition:
        case Term(expr=expr):
            for each in scopes:
                each.values[name] = value(expr, each)
        case Parameter():
            for each in scopes:
                each.values[name] = parameter(definition, each)
        case Decision():
            truths = outcomes(definition, scope)
            if not definition.every:
                scope.values[name] = _options(frozenset(possible(definition, truths)))
            return truths
        case Fact() | Reading():
            raise TypeError(name)
    return None


def constants(policy: Policy) -> dict[str, Value]:
    """What stands before any household: the readings' chosen options and the parameters that go by nothing."""
    values: dict[str, Value] = {name: reading.chosen for name, reading in policy.readings.items()}
    for name, each in policy.parameters.items():
        if not each.by:
            values[name] = _published(each, each.values.get(()))
    return values
