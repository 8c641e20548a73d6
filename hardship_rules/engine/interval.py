"""The interval algebra: every step of a program for facts that are known, unknown, or partly known; the reference."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import cast

from hardship_rules.core.interval import (
    Number,
    Truth,
    add,
    equal,
    greatest,
    high,
    hull,
    least,
    less,
    low,
    multiply,
    span,
)
from hardship_rules.core.kinds import Value
from hardship_rules.engine._builder import rounded
from hardship_rules.engine.program import IntKind, OptionKind, Program, Rounding, Step, Table

Facts = Mapping[str, Value]


class Run:
    """The steps of a program for one household, each computed when it is first asked for.

    `household` and `members` hold whole numbers: each fact times its scale. A fact that is not there is unknown.
    """

    def __init__(self, program: Program, household: Facts, members: Sequence[Facts]) -> None:
        self.program = program
        self.household = household
        self.members = members
        self._own: list[object] = [_OPEN] * len(program.steps)
        self._of_members: list[list[object]] = [[_OPEN] * len(program.steps) for _ in members]

    def value(self, step: int, member: int | None = None) -> Value:
        """The value of a step: of the household, or of one member."""
        found = self.program.steps[step]
        if found.space == "household":
            if self._own[step] is _OPEN:
                self._own[step] = self._compute(found, None)
            return cast(Value, self._own[step])
        values = self._of_members[cast(int, member)]
        if values[step] is _OPEN:
            values[step] = self._compute(found, member)
        return cast(Value, values[step])

    def _compute(self, step: Step, member: int | None) -> Value:
        args, data = step.args, step.data
        match step.op:
            case "const":
                return frozenset() if data is None else cast(Value, data)
            case "input":
                facts = self.household if member is None else self.members[member]
                name = cast(str, data)
                return facts[name] if name in facts else unknown(step)
            case "name":
                return self.value(args[0], member)
            case "sum":
                amounts = [cast(Number, self.value(args[0], number)) for number in range(len(self.members))]
                return reduce(add, amounts, cast(Number, 0))
            case "any":
                return _any([cast(Truth, self.value(args[0], number)) for number in range(len(self.members))])
            case "select":
                return self._select(args, member)
            case "and" | "or":
                settles = step.op == "or"
                result: Truth = not settles
                for arg in args:
                    truth = self.value(arg, member)
                    if truth is settles:
                        return settles
                    result = None if truth is None else result
                return result
            case _:
                return _operation(step, [self.value(arg, member) for arg in args])

    def _select(self, args: Sequence[int], member: int | None) -> Value:
        truth = self.value(args[0], member)
        if truth is not None:
            return self.value(args[1] if truth else args[2], member)
        return joined(self.value(args[1], member), self.value(args[2], member))


_OPEN = object()


def unknown(step: Step) -> Value:
    """Everything that a fact can be."""
    kind = step.kind
    if isinstance(kind, OptionKind):
        return kind.options[0] if len(kind.options) == 1 else frozenset(kind.options)
    return span(kind.low, kind.high) if isinstance(kind, IntKind) else None


def joined(a: Value, b: Value) -> Value:
    """Everything that either can be."""
    if isinstance(a, str | frozenset):
        options = _options(a) | _options(b)
        return next(iter(options)) if len(options) == 1 else options
    if a is None or b is None or isinstance(a, bool):
        return a if a is b else None
    return hull(a, cast(Number, b))


def _options(value: Value) -> frozenset[str]:
    return frozenset((value,)) if isinstance(value, str) else cast(frozenset[str], value)


def _any(truths: Sequence[Truth]) -> Truth:
    return True if True in truths else None if None in truths else False


def _operation(step: Step, values: list[Value]) -> Value:
    numbers = cast(list[Number], values)
    match step.op:
        case "add":
            return reduce(add, numbers)
        case "mul":
            return reduce(multiply, numbers)
        case "div":
            return _quotient(numbers[0], numbers[1], cast(Rounding, step.data))
        case "min":
            return reduce(least, numbers)
        case "max":
            return reduce(greatest, numbers)
        case "lt":
            return less(numbers[0], numbers[1])
        case "eq":
            first, second = values
            if first is None or second is None or isinstance(first, bool):
                return None if first is None or second is None else first is second
            if isinstance(first, str | frozenset):
                a, b = _options(first), _options(second)
                return a == b if len(a) == len(b) == 1 else None if a & b else False
            return equal(first, cast(Number, second))
        case "in":
            options, names = _options(values[0]), frozenset(cast(tuple[str, ...], step.data))
            return True if options <= names else None if options & names else False
        case "not":
            return None if values[0] is None else not values[0]
        case "table":
            return _row(cast(Table, step.data), values)
        case _:
            raise TypeError(step.op)


def _quotient(over: Number, by: Number, rounding: Rounding) -> Number:
    ends = [rounded(x, y, rounding) for x in {low(over), high(over)} for y in {low(by), high(by)}]
    return span(min(ends), max(ends))


def _row(table: Table, keys: Sequence[Value]) -> Number:
    """The number of the row that the keys choose; of several that they may, everything between."""
    unknown_number = span(table.unknown.low, table.unknown.high)
    found = [
        unknown_number if number is None else number
        for row, number in table.rows
        if all(_may_be(key, wanted, last) for key, wanted, last in zip(keys, row, table.last, strict=True))
    ]
    return reduce(hull, found) if found else unknown_number


def _may_be(key: Value, wanted: str | int, last: int | None) -> bool:
    if isinstance(wanted, str):
        return wanted in _options(key)
    number = cast(Number, key)
    return low(number) <= wanted <= high(number) or (wanted == last and high(number) >= wanted)
