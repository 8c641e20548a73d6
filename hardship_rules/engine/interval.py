"""The interval algebra: every step of a program for facts that are known, unknown, or partly known; the reference."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, reduce
from typing import cast

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import (
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
    span,
)
from hardship_rules.core.kinds import Value
from hardship_rules.engine._builder import Builder, rounded
from hardship_rules.engine.program import IntKind, OptionKind, Program, Quotient, Rounding, Step, Table

Facts = Mapping[str, Value]
_NOTHING: Mapping[int, Value] = FrozenMapping()
_COMPOUND = frozenset({"add", "select", "min", "max", "name"})  # numbers that have parts of their own


class Run:
    """The steps of a program for one household, each computed when it is first asked for.

    `household` and `members` hold whole numbers: each fact times its scale. A fact that is not there is unknown.
    `fixed` has the values of steps that are set.

    With `any_members`, the one member given is any of a household: sums and conditions hold for every number of them.
    """

    def __init__(
        self,
        program: Program | Builder,
        household: Facts,
        members: Sequence[Facts],
        *,
        fixed: Mapping[int, Value] = _NOTHING,
        any_members: bool = False,
    ) -> None:
        self.steps: Sequence[Step] = program.steps
        self.household = household
        self.members = members
        self.at_most = program.at_most if any_members else 1
        self._own: dict[int, Value] = dict(fixed)
        self._of_members: list[dict[int, Value]] = [dict(fixed) for _ in members]

    @cached_property
    def order_of_inputs(self) -> Mapping[str, int]:
        """The place of each input: facts as in the policy, then the day."""
        return input_order(self.steps)

    def value(self, step: int, member: int | None = None) -> Value:
        """The value of a step: of the household, or of one member."""
        found = self.steps[step]
        values = self._own if found.space == "household" else self._of_members[cast(int, member)]
        if step not in values:
            values[step] = self._compute(found, step, None if found.space == "household" else member)
        return values[step]

    def settled(self, step: int, member: int | None = None) -> bool | None:
        """None for a step that is not known; else whether it is a condition that holds."""
        value = self.value(step, member)
        return value is True if is_known(value) else None

    def figure(self, quotient: Quotient, member: int | None = None) -> Value:
        """The value of a step over its denominator."""
        by = quotient.by
        if not by.factors:
            value = self.value(quotient.step, member)
            return value if by.number == 1 else divide(cast(Number, value), by.number)
        number = self._over(quotient.step, Counter(dict(by.factors)), member)
        return number if by.number == 1 else divide(number, by.number)

    def _over(self, step: int, by: Counter[int], member: int | None) -> Number:
        """The value of a step over powers of others.

        Where those are not known, each counts once in each part of a sum: `a / p + b` is not `(a + b * p) / p`, whose
        bounds are wider.
        """
        if step in by:
            return divide(1, self._product(by - Counter((step,)), member))
        number = cast(Number, self.value(step, member))
        if not by:
            return number
        divisors = self._product(by, member)
        whole = divide(number, divisors)
        if not isinstance(divisors, Range) or not isinstance(number, Range):
            return whole
        apart = self._apart(self.steps[step], step, by, member)
        return whole if apart is None else span(max(low(whole), low(apart)), min(high(whole), high(apart)))

    def _apart(self, step: Step, number: int, by: Counter[int], member: int | None) -> Number | None:
        """The parts of a step over their own denominators; None where it has no parts."""
        args = step.args
        match step.op:
            case "name":
                return self._over(args[0], by, member)
            case "select":
                truth = self.value(args[0], member)
                if truth is not None:
                    return self._over(args[1] if truth else args[2], by, member)
                return hull(self._over(args[1], by, member), self._over(args[2], by, member))
            case "min" | "max":
                return reduce(least if step.op == "min" else greatest, (self._over(arg, by, member) for arg in args))
            case "add":
                together, each = (self._sum(args, by, member, apart=apart) for apart in (False, True))
                return span(max(low(together), low(each)), min(high(together), high(each)))
            case "mul" | "input":
                return self._sum((number,), by, member)
            case _:
                return None

    def _sum(self, parts: Iterable[int], by: Counter[int], member: int | None, *, apart: bool = False) -> Number:
        """A sum over powers of steps; what is left with the same denominator is added up first.

        With `apart`, a part that has parts of its own is divided before it is added.
        """
        sums: dict[tuple[tuple[int, int], ...], Number] = {}
        for part in parts:
            factors = Counter(self.steps[part].args if self.steps[part].op == "mul" else (part,))
            shared = factors & by
            rest, others = by - shared, factors - shared
            compound = [each for each in others if self.steps[each].op in _COMPOUND] if rest else []
            if len(compound) == 1 and (apart or compound[0] != part):
                others[compound[0]] -= 1
                product = multiply(self._product(others, member), self._over(compound[0], rest, member))
                rest = Counter()
            else:
                product = self._product(others, member)
            key = tuple(sorted(rest.items()))
            sums[key] = add(sums.get(key, 0), product)
        return reduce(add, (divide(total, self._product(dict(rest), member)) for rest, total in sums.items()))

    def _product(self, powers: Mapping[int, int], member: int | None) -> Number:
        numbers = [cast(Number, self.value(step, member)) for step, power in powers.items() for _ in range(power)]
        return reduce(multiply, numbers, cast(Number, 1))

    def _compute(self, step: Step, number: int, member: int | None) -> Value:  # noqa: ARG002  # for other sources of values
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
                total = reduce(add, amounts, cast(Number, 0))
                return total if self.at_most == 1 else _repeated(total, self.at_most)
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


def input_order(steps: Sequence[Step]) -> dict[str, int]:
    """The places of the inputs among some steps."""
    return {cast(str, step.data): number for number, step in enumerate(steps) if step.op == "input"}


def _repeated(number: Number, at_most: int) -> Number:
    """The sum of an amount over one member or more."""
    return span(low(number) * (at_most if low(number) < 0 else 1), high(number) * (at_most if high(number) > 0 else 1))


def unknown(step: Step) -> Value:
    """Everything that a fact can be."""
    kind = step.kind
    if isinstance(kind, OptionKind):
        return kind.options[0] if len(kind.options) == 1 else frozenset(kind.options)
    return span(kind.low, kind.high) if isinstance(kind, IntKind) else None


def joined(a: Value, b: Value) -> Value:
    """Everything that either can be."""
    if isinstance(a, str | frozenset):
        return choice_value(options_of(a) | options_of(b))
    if a is None or b is None or isinstance(a, bool):
        return a if a is b else None
    return hull(a, cast(Number, b))


def is_known(value: Value) -> bool:
    """Whether a value is one number, one option, or one boolean."""
    return value is not None and not isinstance(value, Range | frozenset)


def choice_value(options: frozenset[str]) -> str | frozenset[str]:
    """The value of a choice that may be any of some options: the option itself if there is one."""
    return next(iter(options)) if len(options) == 1 else options


def options_of(value: Value) -> frozenset[str]:
    """The options that a choice's value may be."""
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
                a, b = options_of(first), options_of(second)
                return a == b if len(a) == len(b) == 1 else None if a & b else False
            return equal(first, cast(Number, second))
        case "in":
            options, names = options_of(values[0]), frozenset(cast(tuple[str, ...], step.data))
            return False if not options & names else True if options <= names else None
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
        return wanted in options_of(key)
    number = cast(Number, key)
    return low(number) <= wanted <= high(number) or (wanted == last and high(number) >= wanted)
