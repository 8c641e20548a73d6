"""Lowering of a policy to whole numbers: smallest units, cross-multiplied, with floor as the only division."""

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import gcd, lcm, prod
from typing import assert_never, cast

from attrs import evolve, field, frozen

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
    Option,
    OverMembers,
    Round,
    parts_of,
)
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Range, high, low
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, NumberKind, Value
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Term, exprs_of
from hardship_rules.core.problem import Location
from hardship_rules.engine.evaluate import Scope, any_household, value
from hardship_rules.engine.evaluate import scope_of as scope_of_facts
from hardship_rules.engine.signs import rounded_part, signs_of

_DAYS = {"year": 372, "month": 31}
_NOWHERE = Location("", 1, 1)


@frozen
class Denominator:
    """The denominator of a whole number: a positive number times powers of positive expressions of the household."""

    number: int = 1
    factors: tuple[tuple[Expr, int], ...] = ()

    def times(self, other: "Denominator") -> "Denominator":
        """The product."""
        powers = Counter(dict(self.factors))
        powers.update(dict(other.factors))
        return Denominator(self.number * other.number, tuple(powers.items()))

    def common(self, other: "Denominator") -> "Denominator":
        """The least common multiple."""
        powers = Counter(dict(self.factors)) | Counter(dict(other.factors))
        return Denominator(lcm(self.number, other.number), tuple(powers.items()))

    def raise_(self, part: Expr, own: "Denominator") -> Expr:
        """The numerator over this denominator of a part whose own denominator divides it."""
        factors: list[Expr] = [part]
        missing = Counter(dict(self.factors))
        missing.subtract(dict(own.factors))
        for factor, power in missing.items():
            factors += [factor] * power
        return _product(self.number // own.number, factors)


@frozen
class WholePolicy:
    """A policy over whole numbers: each of its numbers is that of the original times its denominator.

    `policy` has the same names, clauses and order; facts and parameters count in their smallest units. It needs only
    sums, products, comparisons and floors of whole numbers.
    """

    policy: Policy
    scales: FrozenMapping[str, int]  # of facts: a value times this is whole
    denominators: FrozenMapping[str, Denominator] = field(repr=False)  # of terms and parameters

    def exact(self, name: str, scope: Scope) -> Exact | None:
        """The exact number of a term or parameter, from the whole number in a scope; None where it is not known."""
        over = scope[name]
        by = value(self.denominators[name].raise_(Constant(1, _NOWHERE), Denominator()), scope)
        if not isinstance(over, int) or not isinstance(by, int):
            return None
        return Fraction(over, by)


def whole(policy: Policy) -> WholePolicy:
    """A policy lowered to whole numbers."""
    return _Whole(policy).policy_over_whole_numbers()


def condition_over(policy: Policy, made: WholePolicy, condition: Expr) -> Expr:
    """A further condition of a policy, lowered to the whole numbers of `made`."""
    converter = _Whole(policy)
    converter.denominators = dict(made.denominators)
    return converter.condition(condition)


def scope_of(made: WholePolicy, scope: Scope) -> Scope:
    """The facts of a scope in their smallest units, as the policy over whole numbers takes them."""

    def scaled(facts: Mapping[str, Value]) -> dict[str, Value]:
        return {
            name: _scaled(answer, made.scales[name]) if name in made.scales else answer
            for name, answer in facts.items()
        }

    return scope_of_facts(made.policy, scaled(scope.facts), [scaled(member.facts) for member in scope.members])


def largest(made: WholePolicy) -> FrozenMapping[str, int]:
    """The largest magnitude that any number inside each parameter, term and decision can reach."""
    scope = any_household(made.policy)
    magnitudes = {}
    for name in made.policy.order:
        inside = scope.members[0] if name in made.policy.of_members else scope
        definition = made.policy.names[name]
        own = _magnitude(inside[name]) if isinstance(definition, Parameter | Term) else 0
        magnitudes[name] = max([own, *(_reached(expr, inside) for expr in exprs_of(definition))])
    return FrozenMapping(magnitudes)


def _reached(expr: Expr, scope: Scope) -> int:
    """The largest magnitude of an expression and its intermediate results, in any order of evaluation."""
    inside = scope.members[0] if isinstance(expr, OverMembers) else scope
    parts = parts_of(expr)
    own: int = _magnitude(value(expr, scope))
    if isinstance(expr, Add):
        own = sum(_magnitude(value(part, scope)) for part in parts)
    if isinstance(expr, Multiply):
        own = prod(max(1, _magnitude(value(part, scope))) for part in parts)
    return max([own, *(_reached(part, inside) for part in parts)])


def _magnitude(answer: Value) -> int:
    if answer is None or isinstance(answer, str | frozenset):
        return 0
    return int(max(Fraction(low(answer)), -Fraction(low(answer)), Fraction(high(answer)), -Fraction(high(answer))))


class _Whole:
    """The conversion of one policy, definition by definition in its order."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        facts = {**policy.facts, **policy.members.facts}
        self.scales = {
            name: 10**fact.kind.decimals for name, fact in facts.items() if isinstance(fact.kind, NumberKind)
        }
        self.denominators = {name: Denominator(_scale(each)) for name, each in policy.parameters.items()}

    def policy_over_whole_numbers(self) -> WholePolicy:
        policy = self.policy
        terms = {}
        for name in policy.order:
            if isinstance(term := policy.names[name], Term):
                terms[name] = self.term(term)
        made = evolve(
            policy,
            facts=FrozenMapping((name, self.fact(fact)) for name, fact in policy.facts.items()),
            members=evolve(
                policy.members,
                facts=FrozenMapping((name, self.fact(fact)) for name, fact in policy.members.facts.items()),
            ),
            must=tuple(cast(Clause, self.condition(clause)) for clause in policy.must),
            parameters=FrozenMapping((name, self.parameter(each)) for name, each in policy.parameters.items()),
            terms=FrozenMapping((name, terms[name]) for name in policy.terms),
            decisions=FrozenMapping((name, self.decision(each)) for name, each in policy.decisions.items()),
        )
        return WholePolicy(made, FrozenMapping(self.scales), FrozenMapping(self.denominators))

    def fact(self, fact: Fact) -> Fact:
        if isinstance(fact.kind, NumberKind):
            scale = self.scales[fact.name]
            kind = NumberKind(fact.kind.unit, cast(int, fact.kind.low) * scale, cast(int, fact.kind.high) * scale)
            fact = evolve(fact, kind=kind)
        return evolve(fact, if_absent=None)

    def parameter(self, parameter: Parameter) -> Parameter:
        scale = self.denominators[parameter.name].number
        numbers = {key: None if number is None else int(number * scale) for key, number in parameter.values.items()}
        least, most = (None if end is None else int(end * scale) for end in (parameter.kind.low, parameter.kind.high))
        return evolve(parameter, values=FrozenMapping(numbers), kind=NumberKind(parameter.kind.unit, least, most))

    def term(self, term: Term) -> Term:
        if isinstance(term.kind, NumberKind):
            over, self.denominators[term.name] = self.number(term.expr)
            return evolve(term, expr=over)
        return evolve(term, expr=self.condition(term.expr))

    def decision(self, decision: Decision) -> Decision:
        outcomes = (
            evolve(outcome, when=cast(Clause, self.condition(cast(Clause, outcome.when))))
            for outcome in decision.outcomes
        )
        return evolve(decision, outcomes=tuple(outcomes))

    def is_number(self, expr: Expr) -> bool:
        """Whether an expression is a number or a day, not a choice or a boolean."""
        if isinstance(expr, Name) and expr.name != "on":
            definition = self.policy.names[expr.name]
            return not isinstance(definition, Decision) and not isinstance(definition.kind, ChoiceKind | BooleanKind)
        return not isinstance(expr, Option) and not (isinstance(expr, Constant) and isinstance(expr.value, bool))

    # Conditions and choices: only the numbers that they compare change

    def condition(self, expr: Expr) -> Expr:
        match expr:
            case Name() | Option() | Constant() | OneOf():
                return expr
            case Clause(when=when):
                return evolve(expr, when=self.condition(when))
            case AllOf(clauses, at):
                return AllOf(tuple(cast(Clause, self.condition(clause)) for clause in clauses), at)
            case AnyOf(clauses, at):
                return AnyOf(tuple(cast(Clause, self.condition(clause)) for clause in clauses), at)
            case Not(part, at):
                return Not(self.condition(part), at)
            case Compare(left, sign, right, at):
                if not self.is_number(left):
                    return expr
                (over, other), _ = self.together((left, right))
                return Compare(over, sign, other, at)
            case OverMembers(what, None, where, at):
                return OverMembers(what, None, None if where is None else self.condition(where), at)
            case Choose(cases, otherwise, at):
                chosen = tuple((self.condition(when), result) for when, result in cases)
                return Choose(chosen, otherwise, at)
            case _:
                raise TypeError(expr)

    # Numbers: a whole number and its denominator

    def number(self, expr: Expr) -> tuple[Expr, Denominator]:
        match expr:
            case Name(name):
                return self.named(expr, name)
            case Constant(constant):
                fraction = Fraction(constant)
                return Constant(fraction.numerator, expr.at), Denominator(fraction.denominator)
            case Add(parts, at):
                raised, by = self.together(parts)
                return Add(raised, at), by
            case Multiply(parts):
                numbers = [self.number(part) for part in parts]
                by = Denominator()
                for _, own in numbers:
                    by = by.times(own)
                return _product(1, [over for over, _ in numbers]), by
            case Divide(over, by):
                return self.quotient(over, by)
            case OverMembers(what, part, where, at):
                condition = None if where is None else self.condition(where)
                inner, by = (None, Denominator()) if part is None else self.number(part)
                return OverMembers(what, inner, condition, at), by
            case Choose(cases, otherwise, at):
                results = [result for _, result in cases] + ([] if otherwise is None else [otherwise])
                raised, by = self.together(tuple(results))
                whens = [self.condition(when) for when, _ in cases]
                last = None if otherwise is None else raised[-1]
                return Choose(tuple(zip(whens, raised, strict=False)), last, at), by
            case Negate(part, at):
                over, by = self.number(part)
                return Negate(over, at), by
            case Extreme(which, parts, at):
                raised, by = self.together(parts)
                return Extreme(which, raised, at), by
            case Round(direction, part, step):
                return self.rounded(direction, part, step)
            case Elapsed(unit, at=at):
                days = rounded_part(expr)
                return self.from_zero(days, days, lambda over: _floor(over, Constant(_DAYS[unit], at))), Denominator()
            case Option() | Clause() | AllOf() | AnyOf() | Compare() | OneOf() | Not():
                raise TypeError(expr)
            case _:
                assert_never(expr)

    def named(self, expr: Name, name: str) -> tuple[Expr, Denominator]:
        if name in self.scales:
            return expr, Denominator(self.scales[name])
        definition = None if name == "on" else self.policy.names[name]
        if isinstance(definition, Parameter) and definition.values.get(()) is not None:
            return self.number(Constant(cast(Exact, definition.values[()]), expr.at))
        return expr, self.denominators.get(name, Denominator())

    def together(self, parts: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], Denominator]:
        """Several numbers over their common denominator."""
        numbers = [self.number(part) for part in parts]
        by = Denominator()
        for _, own in numbers:
            by = by.common(own)
        return tuple(by.raise_(over, own) for over, own in numbers), by

    def quotient(self, over: Expr, by: Expr) -> tuple[Expr, Denominator]:
        (above, own), (below, other) = self.number(over), self.number(by)
        shared = gcd(own.number, other.number)
        above = Denominator(other.number // shared, other.factors).raise_(above, Denominator())
        return above, Denominator(own.number // shared, own.factors).times(_as_denominator(below))

    def rounded(self, direction: str, part: Expr, step: Expr) -> tuple[Expr, Denominator]:
        over, own = self.number(part)
        constant, of_step = self.number(step)
        steps = cast(int, cast(Constant, constant).value)
        by = own.raise_(Constant(steps, step.at), Denominator())  # over · q / (own · p), for a step of p / q
        over = _product(of_step.number, [over])
        match direction:
            case "floor":
                whole_steps = _floor(over, by)
            case "down":
                whole_steps = self.from_zero(part, over, lambda over: _floor(over, by))
            case "half_up":
                nearest = _nearest
                if own.factors and not signs_of(self.policy).never_below_zero(part):
                    nearest = _nearest_over_unknown
                whole_steps = self.from_zero(part, over, lambda over: nearest(over, by))
            case _:
                whole_steps = self.from_zero(part, over, lambda over: _opposite(_floor(_opposite(over), by)))
        return _product(steps, [whole_steps]), of_step

    def from_zero(self, part: Expr, over: Expr, steps: Callable[[Expr], Expr]) -> Expr:
        """The steps from zero to a number; `over` is a positive multiple of it, and `steps` gives them above zero.

        For a number of unknown sign, the parts above and below zero are rounded apart. Each is monotone in the number,
        so that the bounds of an unknown number stay exact.
        """
        signs = signs_of(self.policy)
        if signs.never_below_zero(part):
            return steps(over)
        if signs.never_below_zero(Negate(part, part.at)):
            return _opposite(steps(_opposite(over)))
        zero = Constant(0, over.at)
        above, below = (Extreme("max", (side, zero), over.at) for side in (over, _opposite(over)))
        return Add((steps(above), _opposite(steps(below))), over.at)


def _scale(parameter: Parameter) -> int:
    numbers = [*parameter.values.values(), parameter.kind.low, parameter.kind.high]
    return lcm(*(Fraction(number).denominator for number in numbers if number is not None))


def _scaled(answer: Value, scale: int) -> Value:
    if isinstance(answer, Range):
        return Range(answer.low * scale, answer.high * scale)
    return int(cast(Exact, answer) * scale)


def _product(number: int, parts: list[Expr]) -> Expr:
    """The product of a number and some expressions, flat, with its constants multiplied together."""
    flat: list[Expr] = []
    for part in parts:
        flat += part.parts if isinstance(part, Multiply) else [part]
    at = parts[0].at if parts else _NOWHERE
    others: list[Expr] = [part for part in flat if not isinstance(part, Constant)]
    for part in flat:
        number *= cast(int, part.value) if isinstance(part, Constant) else 1
    if number != 1 or not others:
        others.insert(0, Constant(number, at))
    return others[0] if len(others) == 1 else Multiply(tuple(others), at)


def _as_denominator(positive: Expr) -> Denominator:
    """A positive whole number as a denominator, with its constant factor apart if that is positive."""
    if isinstance(positive, Constant):
        return Denominator(cast(int, positive.value))
    if isinstance(positive, Multiply) and isinstance(first := positive.parts[0], Constant) and first.value > 0:
        return Denominator(cast(int, first.value), ((_product(1, list(positive.parts[1:])), 1),))
    return Denominator(1, ((positive, 1),))


def _floor(over: Expr, by: Expr) -> Expr:
    """The floor of a whole number over a positive one: the only division."""
    return Round("floor", Divide(over, by, over.at), Constant(1, over.at), over.at)


def _nearest(over: Expr, by: Expr) -> Expr:
    """The whole number nearest to a quotient of numbers not below zero; halves go up."""
    return _floor(Add((_product(2, [over]), by), over.at), _product(2, [by]))


def _nearest_over_unknown(over: Expr, by: Expr) -> Expr:
    """`_nearest` with the divisor used once, so that its bounds stay exact where the divisor is not known."""
    halves = _floor(_product(2, [over]), by)
    return _floor(Add((halves, Constant(1, over.at)), over.at), Constant(2, over.at))


def _opposite(number: Expr) -> Expr:
    return number.part if isinstance(number, Negate) else Negate(number, number.at)
