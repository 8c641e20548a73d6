"""The kind of a name, the unit of an expression, and whether it is whole, in a checked policy."""

from collections.abc import Sequence

from hardship_rules.core.expr import (
    Add,
    Choose,
    Constant,
    Divide,
    Elapsed,
    Expr,
    Extreme,
    Multiply,
    Name,
    Negate,
    OverMembers,
    Round,
)
from hardship_rules.core.kinds import DATE, PURE, ChoiceKind, Kind, NumberKind, Unit
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Term


def kind_of_name(policy: Policy, name: str) -> Kind | None:
    """The kind of a name by its definition; None for a decision with `every`, which has several outcomes."""
    if name == "on":
        return DATE
    definition = policy.names[name]
    if isinstance(definition, Decision):
        return None if definition.every else ChoiceKind(definition.options)
    return definition.kind


def is_whole(expr: Expr, policy: Policy) -> bool:
    """Whether a number is an integer for every household."""
    match expr:
        case Name(name):
            definition = policy.names[name]
            match definition:
                case Parameter(values=values):
                    return all(isinstance(number, int) for number in values.values())
                case Term(expr=inner):
                    return is_whole(inner, policy)
                case Fact(kind=NumberKind(decimals=decimals)):
                    return decimals == 0
                case _:
                    return False
        case Constant(number):
            return isinstance(number, int)
        case Add(parts) | Multiply(parts) | Extreme(_, parts):
            return all(is_whole(part, policy) for part in parts)
        case Negate(part) | Round(_, _, part) | OverMembers("sum", part) if part is not None:
            return is_whole(part, policy)
        case Choose(cases, otherwise):
            results = [result for _, result in cases] + ([] if otherwise is None else [otherwise])
            return all(is_whole(part, policy) for part in results)
        case _:
            return isinstance(expr, Elapsed | OverMembers)


def unit_of(expr: Expr, policy: Policy) -> Unit | None:
    """The unit of a number; None for a bare number, and for other kinds."""
    match expr:
        case Name(name):
            kind = kind_of_name(policy, name)
            return kind.unit if isinstance(kind, NumberKind) else None
        case Add(parts) | Extreme(_, parts):
            return next((unit for part in parts if (unit := unit_of(part, policy)) is not None), None)
        case Multiply(parts):
            return product([unit_of(part, policy) for part in parts])
        case Divide(over, by):
            return times(unit_of(over, policy) or PURE, unit_of(by, policy) or PURE, -1)
        case Negate(part) | Round(_, part):
            return unit_of(part, policy)
        case Elapsed(unit):
            return ((unit, 1),)
        case OverMembers("count"):
            return (("person", 1),)
        case OverMembers(_, part) if part is not None:
            return unit_of(part, policy)
        case Choose(cases, otherwise):
            results = [result for _, result in cases] + ([] if otherwise is None else [otherwise])
            return next((unit for part in results if (unit := unit_of(part, policy)) is not None), None)
        case _:
            return None


def times(a: Unit, b: Unit, power: int = 1) -> Unit:
    """The unit a · b^power."""
    powers = dict(a)
    for base, exponent in b:
        powers[base] = powers.get(base, 0) + power * exponent
    return tuple(sorted((base, exponent) for base, exponent in powers.items() if exponent))


def product(units: Sequence[Unit | None]) -> Unit | None:
    """The unit of a product, where a bare number counts as pure; None if every number is bare."""
    if all(unit is None for unit in units):
        return None
    result = PURE
    for unit in units:
        result = times(result, unit or PURE)
    return result
