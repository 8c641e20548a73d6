"""What an expression of a policy over whole numbers means over the rows of a frame."""

from collections.abc import Callable, Iterable, Mapping
from typing import assert_never, cast

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
)
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, Kind, Value
from hardship_rules.core.policy import Decision, Parameter
from hardship_rules.engine.row_causes import both, opposite
from hardship_rules.frames import _numbers as numbers
from hardship_rules.frames import _values as columns
from hardship_rules.frames._cases import choose, joined
from hardship_rules.frames._values import Choices, Numbers, Truths, Values
from hardship_rules.frames.bounds import Bound

Of = Callable[[str], Values]
Sums = Mapping[OverMembers, Values]
Clauses = Mapping[int, Values]


def values_over_columns(expr: Expr, of: Of, sums: Sums, known: Clauses) -> Values:
    """The values of an expression: `of` are those of the names in it, `sums` those of what it says of all members.

    `known` are those of clauses, by their identity, that have columns already.
    """

    def number(part: Expr) -> Numbers:
        return cast(Numbers, values_over_columns(part, of, sums, known))

    def truth(part: Expr) -> Truths:
        return cast(Truths, values_over_columns(part, of, sums, known))

    match expr:
        case Name(name):
            return of(name)
        case Clause(when=when):
            if id(expr) in known:
                return known[id(expr)]
            return values_over_columns(when, of, sums, known)
        case Compare(left, sign, right):
            return _compared(
                values_over_columns(left, of, sums, known), sign, values_over_columns(right, of, sums, known)
            )
        case Option(name):
            return columns.option(name)
        case AllOf(clauses):
            return columns.junction(map(truth, clauses), settles=False)
        case AnyOf(clauses):
            return columns.junction(map(truth, clauses), settles=True)
        case Constant(value):
            return columns.certain(value) if isinstance(value, bool) else numbers.constant(value)
        case Not(part):
            return columns.negation(truth(part))
        case Add(parts):
            return _folded(numbers.add, map(number, parts))
        case Multiply(parts):
            return _folded(numbers.multiply, map(number, parts))
        case OneOf(part, options):
            choices = cast(Choices, values_over_columns(part, of, sums, known))
            return columns.one_of(choices, (cast(Option, each).option for each in options))
        case OverMembers():
            return sums[expr]
        case Choose(cases, otherwise):
            chosen = [(truth(when), values_over_columns(result, of, sums, known)) for when, result in cases]
            return choose(chosen, values_over_columns(cast(Expr, otherwise), of, sums, known))
        case Negate(part):
            return numbers.negate(number(part))
        case Extreme(which, parts):
            return numbers.extreme(which, map(number, parts))
        case Round(part=Divide(over, by)):
            return numbers.floor(number(over), number(by))
        case Round() | Divide() | Elapsed():
            raise TypeError(expr)  # over whole numbers nothing is left of them but a floor
        case _:
            assert_never(expr)


def _folded(operation: Callable[[Numbers, Numbers], Numbers], parts: Iterable[Numbers]) -> Numbers:
    first, *rest = parts
    for part in rest:
        first = operation(first, part)
    return first


def _compared(left: Values, sign: str, right: Values) -> Truths:
    if isinstance(left, Choices):
        truth = columns.same(left, cast(Choices, right))
    elif isinstance(left, Truths):
        other = cast(Truths, right)
        truth = columns.junction(
            (
                columns.junction((left, other), settles=False),
                columns.junction((columns.negation(left), columns.negation(other)), settles=False),
            ),
            settles=True,
        )
    else:
        a, b = left, cast(Numbers, right)
        if sign in ("==", "!="):
            truth = numbers.equal(a, b)
        else:
            truth = numbers.less(b, a) if sign in (">", "<=") else numbers.less(a, b)
    return columns.negation(truth) if sign in (">=", "<=", "!=") else truth


def parameter_over_columns(definition: Parameter, of: Of) -> Numbers:
    """The values of a parameter for what it goes by."""
    found: dict[Number, Truths] = {}
    for keyed, value in definition.values.items():
        matching = [
            _matches(of(name), key, last) for name, key, last in zip(definition.by, keyed, definition.last, strict=True)
        ]
        number = definition.kind.unknown if value is None else value
        when = columns.junction(matching, settles=False)
        found[number] = columns.junction((found[number], when), settles=True) if number in found else when
    return joined(found)


def _matches(goes_by: Values, key: str | int, last: int | None) -> Truths:
    if isinstance(goes_by, Choices):
        return columns.one_of(goes_by, (str(key),))
    number, at = cast(Numbers, goes_by), numbers.constant(cast(int, key))
    return columns.negation(numbers.less(number, at)) if key == last else numbers.equal(number, at)


def possible_over_columns(decision: Decision, outcomes: Iterable[Truths]) -> Choices:
    """The outcomes that the first of some to hold can be."""
    reached: Bound = True
    can: dict[str, Bound] = {}
    known = True
    for outcome, truth in zip(decision.outcomes, outcomes, strict=True):
        can[outcome.id] = both(reached, truth.high)
        reached = both(reached, opposite(truth.low))
        known = known and columns.is_known(truth)
    if decision.otherwise is not None:
        can[decision.otherwise.id] = reached
    return Choices(FrozenMapping(can), known=known)


def nothing_known_of(kind: Kind) -> Values:
    """The values of which nothing is known in any row."""
    return _same_everywhere(kind, kind.unknown)


def _same_everywhere(kind: Kind, value: Value) -> Values:
    if isinstance(kind, BooleanKind):
        return Truths(low=False, high=True)
    if isinstance(kind, ChoiceKind):
        return Choices(FrozenMapping(dict.fromkeys(kind.options, True)), known=len(kind.options) == 1)
    return numbers.constant(cast(Number, value))
