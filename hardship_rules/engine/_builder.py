"""Builds the steps of a program: equal ones are one, constants are computed, and bounds are proved."""

from collections.abc import Iterable
from typing import Any, cast

from hardship_rules.core.interval import Exact
from hardship_rules.engine.program import (
    BOOL,
    Data,
    IntKind,
    Kind,
    Op,
    OptionKind,
    Rounding,
    Space,
    Step,
    Table,
)

_NO_OPTION = OptionKind(())


class Builder:
    """Adds steps: of equal ones the first is taken, what is constant is computed, and bounds are proved."""

    def __init__(self, at_most: int) -> None:
        self.steps: list[Step] = []
        self.at_most = at_most
        self._known: dict[Step, int] = {}

    def kind(self, step: int) -> Kind:
        """The kind of a step."""
        return self.steps[step].kind

    def bounds(self, step: int) -> IntKind:
        """The bounds of a number."""
        return cast(IntKind, self.steps[step].kind)

    def constant_of(self, step: int) -> int | None:
        """The number of a constant step that has no name."""
        found = self.steps[step]
        return found.data if found.op == "const" and type(found.data) is int else None

    def _put(
        self, op: Op, kind: Kind, args: tuple[int, ...] = (), data: Data = None, space: Space | None = None
    ) -> int:
        if space is None:
            space = "member" if any(self.steps[arg].space == "member" for arg in args) else "household"
        step = Step(op, space, kind, args, data)
        if step not in self._known:
            self._known[step] = len(self.steps)
            self.steps.append(step)
        return self._known[step]

    # What has no arguments

    def number(self, value: int) -> int:
        """A whole number."""
        return self._put("const", IntKind(value, value), data=value)

    def truth(self, value: bool) -> int:  # noqa: FBT001  # the value itself
        """True or false."""
        return self._put("const", BOOL, data=value)

    def option(self, value: str | None) -> int:
        """An option, or none."""
        return self._put("const", _NO_OPTION if value is None else OptionKind((value,)), data=value)

    def input(self, name: str, kind: Kind, space: Space) -> int:
        """A fact, or the day."""
        return self._put("input", kind, data=name, space=space)

    def named(self, step: int, name: str, kind: Kind | None = None) -> int:
        """A step under a name of its own, which no other step shares; `kind` where that is wider."""
        return self._put("name", kind or self.kind(step), (step,), name)

    # Numbers

    def add(self, parts: Iterable[int]) -> int:
        """The sum, its constants in one."""
        constant, others = 0, []
        for part in parts:
            inner = self.steps[part]
            for each in inner.args if inner.op == "add" else (part,):
                number = self.constant_of(each)
                constant += number or 0
                others += [each] if number is None else []
        if constant or not others:
            others.append(self.number(constant))
        if len(others) == 1:
            return others[0]
        bounds = [self.bounds(part) for part in others]
        kind = IntKind(sum(each.low for each in bounds), sum(each.high for each in bounds))
        return self._put("add", kind, tuple(others))

    def mul(self, parts: Iterable[int]) -> int:
        """The product, its constants in one, before the others."""
        constant, others = 1, []
        for part in parts:
            inner = self.steps[part]
            for each in inner.args if inner.op == "mul" else (part,):
                number = self.constant_of(each)
                constant *= 1 if number is None else number
                others += [each] if number is None else []
        if constant == 0 or not others:
            return self.number(constant)
        if constant != 1:
            others.insert(0, self.number(constant))
        if len(others) == 1:
            return others[0]
        low = high = 1
        for part in others:
            bounds = self.bounds(part)
            corners = [low * bounds.low, low * bounds.high, high * bounds.low, high * bounds.high]
            low, high = min(corners), max(corners)
        return self._put("mul", IntKind(low, high), tuple(others))

    def div(self, over: int, by: int, rounding: Rounding) -> int:
        """The quotient of a number over a positive one, rounded."""
        above, below = self.constant_of(over), self.constant_of(by)
        if below == 1:
            return over
        if above is not None and below is not None:
            return self.number(rounded(above, below, rounding))
        a, b = self.bounds(over), self.bounds(by)
        divisors = (max(b.low, 1), max(b.high, 1))
        corners = [rounded(x, y, rounding) for x in (a.low, a.high) for y in divisors]
        return self._put("div", IntKind(min(corners), max(corners)), (over, by), rounding)

    def extreme(self, which: str, parts: Iterable[int]) -> int:
        """The least or the greatest."""
        flat = tuple(dict.fromkeys(parts))
        if len(flat) == 1:
            return flat[0]
        choose = min if which == "min" else max
        numbers = [self.constant_of(part) for part in flat]
        if None not in numbers:
            return self.number(choose(cast(list[int], numbers)))
        bounds = [self.bounds(part) for part in flat]
        kind = IntKind(choose(each.low for each in bounds), choose(each.high for each in bounds))
        return self._put("min" if which == "min" else "max", kind, flat)

    def sum(self, part: int) -> int:
        """The sum of a number over the members, of whom there is at least one."""
        bounds = self.bounds(part)
        low = bounds.low * (self.at_most if bounds.low < 0 else 1)
        high = bounds.high * (self.at_most if bounds.high > 0 else 1)
        return self._put("sum", IntKind(low, high), (part,), space="household")

    # Conditions

    def less(self, left: int, right: int) -> int:
        """Whether one number is below another."""
        a, b = self.constant_of(left), self.constant_of(right)
        if a is not None and b is not None:
            return self.truth(a < b)
        return self._put("lt", BOOL, (left, right))

    def equal(self, left: int, right: int) -> int:
        """Whether two numbers, or two options, are the same."""
        a, b = self.steps[left], self.steps[right]
        if a.op == b.op == "const":
            return self.truth(a.data == b.data)
        if isinstance(a.kind, OptionKind):
            for one, other in ((left, b), (right, a)):
                if other.op == "const":
                    return self.among(one, (cast(str, other.data),))
        return self._put("eq", BOOL, (left, right))

    def among(self, part: int, options: Iterable[str]) -> int:
        """Whether an option is one of several."""
        names = tuple(sorted(set(options)))
        found = self.steps[part]
        if found.op == "const":
            return self.truth(found.data in names)
        return self._put("in", BOOL, (part,), names)

    def negation(self, part: int) -> int:
        """The opposite of a condition."""
        found = self.steps[part]
        if found.op == "const":
            return self.truth(not found.data)
        return found.args[0] if found.op == "not" else self._put("not", BOOL, (part,))

    def junction(self, op: Op, parts: Iterable[int]) -> int:
        """Whether all of some conditions hold (`and`), or any of them (`or`)."""
        settles = op == "or"
        left = []
        for part in dict.fromkeys(parts):
            found = self.steps[part]
            if found.op == "const":
                if found.data is settles:
                    return self.truth(settles)
                continue
            left.append(part)
        if not left:
            return self.truth(not settles)
        return left[0] if len(left) == 1 else self._put(op, BOOL, tuple(left))

    def any(self, part: int) -> int:
        """Whether a condition holds for any member."""
        found = self.steps[part]
        if found.op == "const":  # there is at least one
            return self.truth(cast(bool, found.data))
        return self._put("any", BOOL, (part,), space="household")

    # Choices between values

    def select(self, when: int, then: int, otherwise: int) -> int:
        """The value of `then` where a condition holds, else of `otherwise`."""
        condition = self.steps[when]
        if condition.op == "const":
            return then if condition.data else otherwise
        if then == otherwise:
            return then
        a, b = self.kind(then), self.kind(otherwise)
        kind: Kind
        if isinstance(a, IntKind) and isinstance(b, IntKind):
            kind = IntKind(min(a.low, b.low), max(a.high, b.high))
        elif isinstance(a, OptionKind) and isinstance(b, OptionKind):
            kind = OptionKind(tuple(dict.fromkeys((*a.options, *b.options))))
        else:
            kind = BOOL
            if self.steps[then].op == self.steps[otherwise].op == "const":
                return when if self.steps[then].data else self.negation(when)
        return self._put("select", kind, (when, then, otherwise))

    def table(self, keys: tuple[int, ...], table: Table) -> int:
        """The number of a parameter for its keys."""
        if not keys and len(table.rows) == 1 and table.rows[0][1] is not None:
            return self.number(table.rows[0][1])
        bounds = [table.unknown if number is None else IntKind(number, number) for _, number in table.rows]
        kind = IntKind(min(each.low for each in bounds), max(each.high for each in bounds)) if bounds else table.unknown
        return self._put("table", kind, keys, table)


def rounded(over: Exact, by: Exact, rounding: Rounding) -> int:
    """A quotient rounded to a whole number; the divisor is positive."""
    whole: Any = over
    if rounding == "floor":
        return int(whole // by)
    magnitude = abs(whole)
    if rounding == "down":
        steps = magnitude // by
    elif rounding == "half_up":
        steps = (2 * magnitude + by) // (2 * by)
    else:
        steps = -(-magnitude // by)
    return int(steps if over >= 0 else -steps)
