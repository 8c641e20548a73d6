"""Where a rounding, or the full years or months between two days, can go below zero."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import cast

from attrs import frozen

from hardship_rules.core.expr import (
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
    OverMembers,
    Round,
    parts_of,
)
from hardship_rules.core.interval import Exact, Number, Range, low, multiply
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Definition, Policy, Term, exprs_of
from hardship_rules.core.problem import KeyPath, Location
from hardship_rules.engine.evaluate import Scope, any_household, value

_Factors = dict[Expr, Exact]
"""A sum: its parts with their factors."""


@frozen
class Rounding:
    """A rounding, or the full years or months between two days, and the definition that it is in."""

    path: KeyPath
    title: str
    expr: Round | Elapsed


def roundings_below_zero(policy: Policy) -> tuple[Rounding, ...]:
    """The roundings that can go below zero in some household under the policy's readings, in the policy's order.

    Households that a `must` excludes do not count, nor do branches that no chosen reading reaches.
    """
    return tuple(_below_zero(policy))


def _below_zero(policy: Policy) -> Iterator[Rounding]:
    required = tuple(factors for clause in policy.must for factors in _required(clause))
    signs = _Signs(policy, any_household(policy, chosen=True).members[0], required)
    exprs: list[tuple[KeyPath, str, Expr]] = [
        (tuple(clause.id.split(".")), clause.title, clause) for clause in policy.must
    ]
    sections: tuple[tuple[KeyPath, Mapping[str, Definition]], ...] = (
        (("household",), policy.facts),
        (("members", "facts"), policy.members.facts),
        (("terms",), policy.terms),
        (("decisions",), policy.decisions),
    )
    for section, definitions in sections:
        exprs += [
            ((*section, name), definition.title, expr)
            for name, definition in definitions.items()
            for expr in exprs_of(definition)
        ]
    exprs += [(("properties", rule.name), rule.title, rule.when) for rule in policy.properties.values() if rule.when]
    for path, title, expr in exprs:
        for part in _live(expr, signs.scope):
            if isinstance(part, Round | Elapsed) and not signs.never_below_zero(_rounded_part(part)):
                yield Rounding(path, title, part)


def _rounded_part(expr: Round | Elapsed) -> Expr:
    """The number that is rounded; of two days, the days from the first to the second."""
    if isinstance(expr, Round):
        return expr.part
    return Add((expr.end, Negate(expr.start, expr.at)), expr.at)


class _Signs:
    """Which numbers of a policy are never below zero: by range, by construction, or by a `must`."""

    def __init__(self, policy: Policy, scope: Scope, required: tuple[_Factors, ...] = ()) -> None:
        self.policy = policy
        self.scope = scope
        self.required = [factors for factors in required if all(map(self.is_number, factors))]  # never below zero
        self.terms: dict[str, bool] = {}

    def never_below_zero(self, expr: Expr) -> bool:
        """Whether a number is provably zero or more in every household."""
        if low(cast(Number, value(expr, self.scope))) >= 0:
            return True
        if any(self.is_above(_factors(expr), required) for required in self.required):
            return True
        match expr:
            case Extreme("max", parts):
                has_opposites = any(_factors(a) == _factors(b, -1) for a, b in combinations(parts, 2))  # max(x, -x)
                return any(map(self.never_below_zero, parts)) or has_opposites
            case Extreme(parts=parts) | Add(parts) | Multiply(parts):
                return all(map(self.never_below_zero, parts))
            case Divide(part) | Round(part=part):
                return self.never_below_zero(part)
            case OverMembers("sum", part) if part is not None:
                return self.never_below_zero(part)
            case Name(name):
                return self.is_term_never_below_zero(name)
            case _:
                return False

    def is_number(self, expr: Expr) -> bool:
        """Whether an expression is a number or a day."""
        answer = value(expr, self.scope)
        return isinstance(answer, int | Fraction | Range) and not isinstance(answer, bool)

    def is_above(self, factors: _Factors, required: _Factors) -> bool:
        """Whether a sum is never below another one, by the ranges of the parts in which they differ."""
        if not factors.keys() & required.keys():
            return False
        difference = {part: factors.get(part, 0) - required.get(part, 0) for part in (*factors, *required)}
        values = {part: cast(Number, value(part, self.scope)) for part, factor in difference.items() if factor}
        return sum(low(multiply(number, difference[part])) for part, number in values.items()) >= 0

    def is_term_never_below_zero(self, name: str) -> bool:
        """Whether a term is never below zero."""
        definition = self.policy.names.get(name)
        if not isinstance(definition, Term) or not isinstance(definition.kind, NumberKind):
            return False
        if name not in self.terms:
            self.terms[name] = self.never_below_zero(definition.expr)
        return self.terms[name]


_ONE = Constant(1, Location("", 1, 1))


def _factors(expr: Expr, times: Exact = 1) -> _Factors:
    """The factor of each part of a sum; constants count as multiples of 1."""
    factors: _Factors = {}
    match expr:
        case Add(parts):
            for part in parts:
                for inner, factor in _factors(part, times).items():
                    factors[inner] = factors.get(inner, 0) + factor
        case Negate(part):
            factors = _factors(part, -times)
        case Constant(number):
            factors[_ONE] = number * times
        case _:
            factors[expr] = times
    return {part: factor for part, factor in factors.items() if factor}


def _difference(more: Expr, less: Expr) -> _Factors:
    return _factors(Add((more, Negate(less, less.at)), more.at))


def _required(expr: Expr) -> Iterator[_Factors]:
    """The sums that a condition keeps at zero or above; conditions on each member included."""
    match expr:
        case Clause(when=when) | OverMembers("each", where=when) if when is not None:
            yield from _required(when)
        case AllOf(clauses):
            for clause in clauses:
                yield from _required(clause)
        case Compare(left, sign, right):
            if sign in ("<", "<=", "=="):
                yield _difference(right, left)
            if sign in (">", ">=", "=="):
                yield _difference(left, right)
        case _:
            return


_CONDITIONS = Clause | Compare | AllOf | AnyOf | Not | OneOf


def _live(expr: Expr, scope: Scope) -> Iterator[Expr]:
    """An expression and its parts, without conditions of a known value and branches that are never reached."""
    is_condition = isinstance(expr, _CONDITIONS) or (isinstance(expr, OverMembers) and expr.what in ("some", "each"))
    if is_condition and value(expr, scope) is not None:
        return
    yield expr
    parts: tuple[Expr, ...] = ()
    if isinstance(expr, Choose):
        for when, result in expr.cases:
            holds = value(when, scope)
            if holds is not False:
                yield from _live(when, scope)
                yield from _live(result, scope)
            if holds is True:
                return
        parts = () if expr.otherwise is None else (expr.otherwise,)
    elif not isinstance(expr, OverMembers) or expr.where is None or value(expr.where, scope) is not False:
        parts = parts_of(expr)
    for part in parts:
        yield from _live(part, scope)
