"""What a policy means: the value of each expression for the facts of a household, known or not."""

from collections.abc import Iterable
from functools import reduce
from typing import assert_never, cast

from attrs import define

from hardship_rules.model import Decision, Fact, Parameter, Policy, Reading, Term
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
from hardship_rules.syntax import (
    Add,
    AllOf,
    AnyOf,
    Choose,
    Clause,
    Compare,
    Constant,
    Divide,
    Elapsed,
    Expr,
    Extreme,
    Multiply,
    Name,
    Negate,
    Not,
    OneOf,
    Option,
    OverMembers,
    Round,
)
from hardship_rules.values import Value

_DAYS = {"year": 372, "month": 31}


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
    return hull(a, cast(Number, b))


def _set(options: Value) -> frozenset[str]:
    return frozenset((options,)) if isinstance(options, str) else cast(frozenset[str], options)


def opposite(truth: Truth) -> Truth:
    """Not."""
    return None if truth is None else not truth


def value(expr: Expr, scope: Scope) -> Value:
    """The value of an expression in a scope. Attributes are read by hand: patterns that take them apart are slow."""
    match expr:
        case Name():
            return scope[expr.name]
        case Clause():
            return value(expr.when, scope)
        case Compare():
            return _compare(value(expr.left, scope), expr.sign, value(expr.right, scope))
        case Option():
            return expr.option
        case AllOf():
            return _all(expr.clauses, scope)
        case AnyOf():
            return _any(expr.clauses, scope)
        case Constant():
            return expr.value
        case Not():
            return opposite(_truth(expr.part, scope))
        case Add():
            total = _number(expr.parts[0], scope)
            for part in expr.parts[1:]:
                total = add(total, _number(part, scope))
            return total
        case Multiply():
            product = _number(expr.parts[0], scope)
            for part in expr.parts[1:]:
                product = multiply(product, _number(part, scope))
            return product
        case Divide():
            return divide(_number(expr.over, scope), _number(expr.by, scope))
        case OneOf():
            return _one_of(value(expr.part, scope), expr.options)
        case OverMembers():
            return _over_members(expr, scope if scope.outer is None else scope.outer)
        case Choose():
            return _choose(expr, scope)
        case Negate():
            return negate(_number(expr.part, scope))
        case Extreme():
            pick = least if expr.which == "min" else greatest
            chosen = _number(expr.parts[0], scope)
            for part in expr.parts[1:]:
                chosen = pick(chosen, _number(part, scope))
            return chosen
        case Round():
            return rounded(_number(expr.part, scope), cast(Exact, value(expr.step, scope)), expr.direction)
        case Elapsed():
            days = add(_number(expr.end, scope), negate(_number(expr.start, scope)))
            return span(low(days) // _DAYS[expr.unit], high(days) // _DAYS[expr.unit])
        case _:
            assert_never(expr)


def _number(expr: Expr, scope: Scope) -> Number:
    return cast(Number, value(expr, scope))


def _truth(expr: Expr, scope: Scope) -> Truth:
    return cast(Truth, value(expr, scope))


def _all(clauses: Iterable[Expr], scope: Scope) -> Truth:
    result: Truth = True
    for clause in clauses:
        truth = value(clause, scope)
        if truth is False:
            return False
        if truth is None:
            result = None
    return result


def _any(clauses: Iterable[Expr], scope: Scope) -> Truth:
    result: Truth = False
    for clause in clauses:
        truth = value(clause, scope)
        if truth is True:
            return True
        if truth is None:
            result = None
    return result


def _compare(left: Value, sign: str, right: Value) -> Truth:
    if left is None or right is None:
        return None
    if isinstance(left, str | frozenset):
        same = _same(left, right)
        return same if sign == "==" else opposite(same)
    a, b = left, cast(Number, right)
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


def _same(a: Value, b: Value) -> Truth:
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return None if _set(a) & _set(b) else False


def _one_of(part: Value, options: tuple[Option | Name, ...]) -> Truth:
    names = {cast(Option, option).option for option in options}
    if isinstance(part, str):
        return part in names
    may = _set(part)
    return True if may <= names else None if may & names else False


def _choose(expr: Choose, scope: Scope) -> Value:
    """The value of the first case that certainly holds, joined with those of the cases before it that may."""
    found: list[Value] = []
    for when, result in expr.cases:
        truth = value(when, scope)
        if truth is False:
            continue
        found.append(value(result, scope))
        if truth is True:
            break
    else:
        found.append(value(cast(Expr, expr.otherwise), scope))
    return reduce(join, found)


def _over_members(expr: OverMembers, household: Scope) -> Value:
    """A sum or count widens by every member who may or may not count; `some` and `each` are any and all of them."""
    where, part = expr.where, expr.part
    truths = [True if where is None else _truth(where, member) for member in household.members]
    if expr.what in ("some", "each"):
        decides = expr.what == "some"  # the truth that settles it, for a member who is certainly there
        if any(truth is decides and member.certain for truth, member in zip(truths, household.members, strict=True)):
            return decides
        return None if any(truth is not (not decides) for truth in truths) else not decides
    total: Number = 0
    for truth, member in zip(truths, household.members, strict=True):
        if truth is not False:
            amount: Number = 1 if part is None else _number(part, member)
            total = add(total, amount if truth and member.certain else hull(0, amount))
    return total


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
            number = each.values.get(())
            values[name] = each.kind.unknown if number is None else number
    return values
