"""What an expression of a policy over whole numbers means over the rows of a database."""

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
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, Kind
from hardship_rules.core.policy import Decision, Parameter
from hardship_rules.sql import _cases as sql_cases
from hardship_rules.sql import _numbers as sql_numbers
from hardship_rules.sql import _values as values
from hardship_rules.sql._values import Choice, Numbers, Truth, Value

Of = Callable[[str], Value]
Sums = Mapping[OverMembers, Value]
Clauses = Mapping[int, Value]


def values_in_sql(  # noqa: PLR0913  # what is known already, and how it is to be written
    expr: Expr, of: Of, sums: Sums, known: Clauses, divide: str, *, titles: bool = True
) -> Value:
    """The values of an expression: `of` are those of the names in it, `sums` those of what it says of all members.

    `known` are those of clauses, by their identity, that have columns already; `divide` is the division of integers;
    with `titles` each clause has its own behind it.
    """

    def value(part: Expr) -> Value:
        return values_in_sql(part, of, sums, known, divide, titles=titles)

    def numbers(parts: Iterable[Expr]) -> list[Numbers]:
        return [cast(Numbers, value(part)) for part in parts]

    def truth(part: Expr) -> Truth:
        return cast(Truth, value(part))

    def said(clauses: Iterable[Clause]) -> list[str]:
        return [clause.title if titles and id(clause) not in known else "" for clause in clauses]

    match expr:
        case Name(name):
            return of(name)
        case Clause(when=when):
            return known[id(expr)] if id(expr) in known else value(when)
        case Compare(left, sign, right):
            return _compared(value(left), sign, value(right))
        case Option(name):
            return values.option(name)
        case AllOf(clauses):
            return values.junction(map(truth, clauses), settles=False, titles=said(clauses))
        case AnyOf(clauses):
            return values.junction(map(truth, clauses), settles=True, titles=said(clauses))
        case Constant(number):
            return values.certain(number) if isinstance(number, bool) else sql_numbers.constant(number)
        case Not(part):
            return values.negation(truth(part))
        case Add(parts):
            return sql_numbers.add(numbers(parts))
        case Multiply(parts):
            return sql_numbers.multiply(numbers(parts))
        case OneOf(part, options):
            return values.one_of(cast(Choice, value(part)), (cast(Option, each).option for each in options))
        case OverMembers():
            return sums[expr]
        case Choose(cases, otherwise):
            chosen = [(truth(when), value(result)) for when, result in cases]
            return sql_cases.choose(chosen, value(cast(Expr, otherwise)))
        case Negate(part):
            return sql_numbers.negate(numbers([part])[0])
        case Extreme(which, parts):
            return sql_numbers.extreme(which, numbers(parts))
        case Round(part=Divide(over, by)):
            return sql_numbers.floor(numbers([over])[0], numbers([by])[0], divide)
        case Round() | Divide() | Elapsed():
            raise TypeError(expr)  # over whole numbers nothing is left of them but a floor
        case _:
            assert_never(expr)


def _compared(left: Value, sign: str, right: Value) -> Truth:
    if isinstance(left, Numbers):
        return sql_numbers.compared(left, sign, cast(Numbers, right))
    if isinstance(left, Choice):
        truth = values.same(left, cast(Choice, right))
    else:
        truth = values.alike(left, cast(Truth, right))
    return values.negation(truth) if sign == "!=" else truth


def parameter_in_sql(definition: Parameter, of: Of) -> Numbers:
    """The values of a parameter for what it goes by."""
    found: dict[Number, Truth] = {}
    for keyed, number in definition.values.items():
        matching = [
            _matches(of(name), key, last) for name, key, last in zip(definition.by, keyed, definition.last, strict=True)
        ]
        when = values.junction(matching, settles=False)
        worth = definition.kind.unknown if number is None else number
        found[worth] = values.junction((found[worth], when), settles=True) if worth in found else when
    return sql_cases.joined(found)


def _matches(goes_by: Value, key: str | int, last: int | None) -> Truth:
    if isinstance(goes_by, Choice):
        return values.one_of(goes_by, (str(key),))
    at = sql_numbers.constant(cast(int, key))
    return sql_numbers.compared(cast(Numbers, goes_by), ">=" if key == last else "==", at)


def possible_in_sql(decision: Decision, outcomes: Iterable[Truth]) -> Choice:
    """The outcomes that the first of some to hold can be."""
    before: list[Truth] = []
    can: dict[str, Truth] = {}
    for outcome, truth in zip(decision.outcomes, outcomes, strict=True):
        can[outcome.id] = values.junction((*before, truth), settles=False)
        before.append(values.negation(truth))
    if decision.otherwise is not None:
        can[decision.otherwise.id] = values.junction(before, settles=False)
    return Choice(FrozenMapping(can), exact=decision.otherwise is not None)


def nothing_known_of(kind: Kind) -> Value:
    """The values of which nothing is known in any row."""
    if isinstance(kind, BooleanKind):
        return values.OPEN
    if isinstance(kind, ChoiceKind):
        alone = len(kind.options) == 1
        return Choice(FrozenMapping(dict.fromkeys(kind.options, values.certain(truth=True) if alone else values.OPEN)))
    return sql_numbers.constant(kind.unknown)
