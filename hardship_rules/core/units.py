"""What is known of a name or an expression of a sound policy: its kind, its unit, and whether it is whole."""

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
    """The kind that a name was given where it was defined; None for a decision that has every outcome that holds."""
    if name == "on":
        return DATE
    definition = policy.names[name]
    if isinstance(definition, Decision):
        return None if definition.every else ChoiceKind(definition.options)
    return definition.kind


def is_whole(expr: Expr, policy: Policy) -> bool:
    """A number of a sound policy that is certainly whole."""
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
    """The unit of a number in a sound policy; None for a bare one, and for what is no number."""
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
    """One unit times a power of another."""
    powers = dict(a)
    for base, own in b:
        powers[base] = powers.get(base, 0) + power * own
    return tuple(sorted((base, own) for base, own in powers.items() if own))


def product(units: Sequence[Unit | None]) -> Unit | None:
    """The unit of a product, in which a bare number is pure; None where every number is bare."""
    if all(unit is None for unit in units):
        return None
    whole = PURE
    for unit in units:
        whole = times(whole, unit or PURE)
    return whole
