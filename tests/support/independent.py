"""The values of a policy for a household with known facts, by fractions and one match: a second opinion."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any

from hardship_rules import Policy
from hardship_rules.core import expr as e
from hardship_rules.core.policy import Decision, Fact, Parameter, Reading, Term

Values = Mapping[str, Any]


class UnknownFact(Exception):
    """A value needs a fact that is not known, or a number that is not published."""


class Opinion:
    """The values of a household's terms and decisions, by name; numbers are fractions in the policy's units.

    It raises `UnknownFact` where a value needs a fact that it does not have.
    """

    def __init__(self, policy: Policy, own: Values, members: Sequence[Values]) -> None:
        self.policy, self.own, self.members = policy, own, members
        self.known: dict[tuple[str, int | None], Any] = {}

    def name(self, name: str, member: Values | None = None) -> Any:
        """The value of a name, for a member where it is the member's."""
        if member is not None and name in member:
            return member[name]
        if name in self.own:
            return self.own[name]
        key = name, None if member is None else id(member)
        if key not in self.known:
            self.known[key] = self._named(name, member)
        return self.known[key]

    def _named(self, name: str, member: Values | None) -> Any:
        match self.policy.names.get(name):
            case Reading(chosen=chosen):
                return chosen
            case Term(expr=expr):
                return self.value(expr, member)
            case Decision() as decision:
                holding = (each.id for each in decision.outcomes if self.value(each.when, member))
                return next(holding, None if decision.otherwise is None else decision.otherwise.id)
            case Parameter(by=by, values=values, last=last):
                keys = [self.name(key, member) for key in by]
                capped = (key if end is None else min(int(key), end) for key, end in zip(keys, last, strict=True))
                number = values[tuple(capped)]
                if number is None:
                    raise UnknownFact(name)
                return number
            case Fact() | None:  # a fact, or the day
                raise UnknownFact(name)

    def value(self, expr: e.Expr | None, member: Values | None = None) -> Any:  # a case a node
        """The value of an expression."""

        def of(part: e.Expr | None) -> Any:
            return self.value(part, member)

        match expr:
            case e.Name(name):
                return self.name(name, member)
            case e.Option(option):
                return option
            case e.Constant(constant):
                return constant if isinstance(constant, bool) else Fraction(constant)
            case e.Clause(when=part):
                return of(part)
            case e.AllOf(parts):
                return all(of(part) for part in parts)
            case e.AnyOf(parts):
                return any(of(part) for part in parts)
            case e.Not(part):
                return not of(part)
            case e.Add(parts):
                return sum((of(part) for part in parts), Fraction(0))
            case e.Negate(part):
                return -of(part)
            case e.Multiply(parts):
                product = Fraction(1)
                for part in parts:
                    product *= of(part)
                return product
            case e.Divide(over, by):
                return Fraction(of(over)) / of(by)
            case e.Extreme(which, parts):
                return (min if which == "min" else max)(of(part) for part in parts)
            case e.Round(direction, part, size):
                steps = abs(Fraction(of(part)) / of(size))
                whole = {"down": floor(steps), "half_up": floor(steps + Fraction(1, 2)), "up": -floor(-steps)}[
                    direction
                ]
                return whole * of(size) * (1 if of(part) >= 0 else -1)
            case e.Elapsed(unit, start, end):
                days = of(end) - of(start)
                return Fraction(abs(days) // (372 if unit == "year" else 31) * (1 if days >= 0 else -1))
            case e.OverMembers(what, part, where):
                counted = [each for each in self.members if where is None or self.value(where, each)]
                if what in ("some", "each"):
                    return bool(counted) if what == "some" else len(counted) == len(self.members)
                return sum((1 if part is None else self.value(part, each) for each in counted), Fraction(0))
            case e.Compare(left, sign, right):
                a, b = of(left), of(right)
                same = a == b
                return (
                    {"==": same, "!=": not same}[sign]
                    if sign in ("==", "!=")
                    else {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]
                )
            case e.OneOf(part, options):
                return of(part) in {option.option for option in options if isinstance(option, e.Option)}
            case e.Choose(cases, otherwise):
                results = (result for when, result in cases if of(when))
                return of(next(results, otherwise))
            case _:
                raise TypeError(expr)
