"""The algebra over columns: each step of a program as bounds over the rows of a frame."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, cast

from attrs import frozen

from hardship_rules.engine.algebra import Algebra
from hardship_rules.engine.program import BoolKind, IntKind, OptionKind, Step, Table
from hardship_rules.engine.row_causes import both, either, opposite
from hardship_rules.frames import bounds
from hardship_rules.frames._values import (
    Choices,
    Numbers,
    Truths,
    Values,
    certain,
    choices,
    is_known,
    junction,
    known_number,
    negation,
    one_of,
    option,
    same,
)
from hardship_rules.frames.bounds import Bound, Number, Rows, ends, least_of, most_of, pick, pick_rows


@frozen(eq=False)
class ColumnAlgebra(Algebra):
    """Bounds over the rows of the two frames.

    `inputs` are the values of facts that have a column, and of the day. `total` gives the column of households with the
    sum of a number over their members. `kept` gives a bound a column of its own, since it is used several times.
    """

    inputs: Mapping[str, Values]
    total: Callable[[Number], Number]
    kept: Callable[[Step, Bound], Any]

    def const(self, step: Step) -> Values:
        """A constant."""
        if isinstance(step.kind, IntKind):
            return known_number(cast(int, step.data))
        return (
            certain(cast(bool, step.data)) if isinstance(step.kind, BoolKind) else option(cast(str | None, step.data))
        )

    def input(self, step: Step) -> Values:
        """A fact; one without a column is unknown."""
        found = self.inputs.get(cast(str, step.data))
        return unknown(step) if found is None else found

    def add(self, _: Step, *parts: Numbers) -> Numbers:
        """The sum of the bounds."""
        return _monotone(lambda numbers: reduce(bounds.added, numbers), parts)

    def mul(self, step: Step, *parts: Numbers) -> Numbers:
        """The product; where neither is known, the least and the greatest of those of the bounds."""
        return reduce(lambda a, b: self._product(step, a, b), parts)

    def _product(self, step: Step, a: Numbers, b: Numbers) -> Numbers:
        if is_known(a) and is_known(b):
            return known_number(bounds.multiplied(a.low, b.low))
        if is_known(b):
            a, b = b, a
        if ends(a.low)[0] >= 0 and ends(b.low)[0] >= 0:
            return Numbers(bounds.multiplied(a.low, b.low), bounds.multiplied(a.high, b.high))
        if is_known(a) and ends(a.low)[0] >= 0:
            return Numbers(bounds.multiplied(a.low, b.low), bounds.multiplied(a.low, b.high))
        if is_known(a) and ends(a.low)[1] <= 0:
            return Numbers(bounds.multiplied(a.low, b.high), bounds.multiplied(a.low, b.low))
        a, b = self._kept(step, a), self._kept(step, b)
        corners = [self.kept(step, bounds.multiplied(x, y)) for x in (a.low, a.high) for y in (b.low, b.high)]
        return Numbers(least_of(corners), most_of(corners))

    def div(self, step: Step, over: Numbers, by: Numbers) -> Numbers:
        """The rounded quotient; of an unknown divisor, the least and the greatest with either bound."""
        if is_known(by):
            return _monotone(lambda numbers: self._quotient(step, numbers[0], by.low), (over,))
        over, by = self._kept(step, over), self._kept(step, by)
        lows, highs = (
            [self._quotient(step, end, divisor) for divisor in (by.low, by.high)] for end in (over.low, over.high)
        )
        return Numbers(least_of(lows), most_of(highs))

    def _quotient(self, step: Step, over: Number, by: Number) -> Number:
        """A quotient rounded down, toward zero, away from zero, or to the nearest."""
        if step.data == "floor":
            return bounds.floored(over, by)
        low, high = ends(over)
        if low >= 0:
            return _of_size(step, over, by)
        if high <= 0:
            return bounds.negative(_of_size(step, bounds.negative(over), by))
        over, by = self.kept(step, over), self.kept(step, by)
        below_zero = bounds.below(over, 0)
        size = most_of([over, bounds.negative(over)])
        quotient = self.kept(step, _of_size(step, size, by))
        return pick(below_zero, bounds.negative(quotient), quotient)

    def min(self, _: Step, *parts: Numbers) -> Numbers:
        """The least of the bounds."""
        return _monotone(least_of, parts)

    def max(self, _: Step, *parts: Numbers) -> Numbers:
        """The greatest of the bounds."""
        return _monotone(most_of, parts)

    def lt(self, _: Step, left: Numbers, right: Numbers) -> Truths:
        """Certainly below where the greatest is below the least."""
        low = bounds.below(left.high, right.low)
        known = is_known(left) and is_known(right)
        return certain(low) if known else Truths(low, bounds.below(left.low, right.high))

    def eq(self, step: Step, left: Values, right: Values) -> Truths:
        """Certainly the same where both are known and the same."""
        if isinstance(left, Choices):
            return same(left, cast(Choices, right))
        if isinstance(left, Truths):
            other = cast(Truths, right)
            both_hold = junction((left, other), settles=False)
            return junction((both_hold, junction(map(negation, (left, other)), settles=False)), settles=True)
        other_number = cast(Numbers, right)
        if is_known(left) and is_known(right):
            return certain(bounds.equal(left.low, other_number.low))
        a, b = self._kept(step, left), self._kept(step, other_number)
        apart = either(bounds.below(a.high, b.low), bounds.below(b.high, a.low))
        return Truths(both(bounds.equal(a.low, b.high), bounds.equal(a.high, b.low)), opposite(apart))

    def in_(self, step: Step, part: Choices) -> Truths:
        """Whether a choice is one of some options; each that is looked at has a column, as other steps may use it."""
        names = cast(tuple[str, ...], step.data)
        looked_at = {name for name in part.can if not part.known or name in names}
        can = {name: self.kept(step, rows) if name in looked_at else rows for name, rows in part.can.items()}
        return one_of(choices(can, known=part.known), names)

    def and_(self, _: Step, *parts: Truths) -> Truths:
        """All of some conditions."""
        return junction(parts, settles=False)

    def or_(self, _: Step, *parts: Truths) -> Truths:
        """Any of some conditions."""
        return junction(parts, settles=True)

    def not_(self, _: Step, part: Truths) -> Truths:
        """The opposite."""
        return negation(part)

    def select(self, step: Step, when: Truths, then: Values, otherwise: Values) -> Values:
        """One value where the condition holds, another where it fails; both where that is not known."""
        if when.low is True or when.high is False:
            return then if when.low is True else otherwise
        known = is_known(when) and is_known(then) and is_known(otherwise)
        if not is_known(when):
            when = Truths(self.kept(step, when.low), self.kept(step, when.high))
        if isinstance(then, Choices):
            return Choices(((when, then.can), *cast(Choices, otherwise).cases), known)
        if isinstance(then, Truths):
            return _either_truth(when, then, cast(Truths, otherwise), known=known)
        return _either_number(when, then, cast(Numbers, otherwise), known=known)

    def table(self, step: Step, *keys: Values) -> Numbers:
        """The number of the row that the keys choose; of several that they may, everything between."""
        table = cast(Table, step.data)
        unpublished = (table.unknown.low, table.unknown.high)
        cases: dict[tuple[int, int], Truths] = {}
        for row, number in table.rows:
            matches = (_matches(key, at, last) for key, at, last in zip(keys, row, table.last, strict=True))
            when = junction(matches, settles=False)
            found = unpublished if number is None else (number, number)
            cases[found] = junction((cases[found], when), settles=True) if found in cases else when
        cases = {number: when for number, when in cases.items() if when.high is not False}
        return _joined(cases) if cases else Numbers(*unpublished)

    def sum(self, _: Step, part: Numbers) -> Numbers:
        """The sums of the bounds over the members."""
        return _monotone(lambda numbers: self.total(numbers[0]), (part,))

    def any(self, _: Step, part: Truths) -> Truths:
        """Where the bounds hold for more than no member."""
        low = self._some(part.low)
        return certain(low) if is_known(part) else Truths(low, self._some(part.high))

    def _some(self, rows: Rows) -> Rows:
        return rows if isinstance(rows, bool) else bounds.below(0, self.total(pick(rows, 1, 0)))

    def _kept(self, step: Step, number: Numbers) -> Numbers:
        """A number whose bounds are columns of their own."""
        low = self.kept(step, number.low)
        return Numbers(low, low if is_known(number) else self.kept(step, number.high))


def _monotone(operation: Callable[[Sequence[Number]], Number], parts: Sequence[Numbers]) -> Numbers:
    """An operation that rises with each of its arguments: of their low bounds, and of their high ones."""
    low = operation([part.low for part in parts])
    return known_number(low) if all(map(is_known, parts)) else Numbers(low, operation([part.high for part in parts]))


def unknown(step: Step) -> Values:
    """The value of a fact that is unknown in every row."""
    kind = step.kind
    if isinstance(kind, OptionKind):
        return choices(dict.fromkeys(kind.options, True), known=len(kind.options) == 1)
    return Numbers(kind.low, kind.high) if isinstance(kind, IntKind) else Truths(low=False, high=True)


def _of_size(step: Step, over: Number, by: Number) -> Number:
    """The rounded quotient of a number that is not negative; the size of one that is."""
    if step.data == "half_up":
        return bounds.floored(bounds.added(bounds.multiplied(2, over), by), bounds.multiplied(2, by))
    if step.data == "up":
        return bounds.floored(bounds.added(bounds.added(over, by), -1), by)
    return bounds.floored(over, by)


def _either_truth(when: Truths, then: Truths, otherwise: Truths, *, known: bool) -> Truths:
    if known:
        return certain(pick_rows(when.low, then.low, otherwise.low))
    low = both(either(opposite(when.high), then.low), either(when.low, otherwise.low))
    return Truths(low, either(both(when.high, then.high), both(opposite(when.low), otherwise.high)))


def _either_number(when: Truths, then: Numbers, otherwise: Numbers, *, known: bool) -> Numbers:
    if known:
        return known_number(pick(when.low, then.low, otherwise.low))
    low = _least(when, then.low, otherwise.low)
    return Numbers(low, _most(when, then.high, otherwise.high))


def _least(when: Truths, then: Number, otherwise: Number) -> Number:
    """The least of two numbers, each in the rows in which it is possible."""
    if ends(then)[0] >= ends(otherwise)[1]:
        return pick(when.low, then, otherwise)
    if ends(then)[1] <= ends(otherwise)[0]:
        return pick(when.high, then, otherwise)
    above = max(ends(then)[1], ends(otherwise)[1])
    return least_of([pick(when.high, then, above), pick(when.low, above, otherwise)])


def _most(when: Truths, then: Number, otherwise: Number) -> Number:
    """The greatest of two numbers, each in the rows in which it is possible."""
    if ends(then)[0] >= ends(otherwise)[1]:
        return pick(when.high, then, otherwise)
    if ends(then)[1] <= ends(otherwise)[0]:
        return pick(when.low, then, otherwise)
    below = min(ends(then)[0], ends(otherwise)[0])
    return most_of([pick(when.high, then, below), pick(when.low, below, otherwise)])


def _matches(key: Values, at: str | int, last: int | None) -> Truths:
    """Where the value that a table goes by is one of its keys."""
    if isinstance(key, Choices):
        return one_of(key, (str(at),))
    low, high = cast(Numbers, key).low, cast(Numbers, key).high
    number = cast(int, at)
    if at == last:
        least = opposite(bounds.below(low, number))
        return certain(least) if is_known(key) else Truths(least, opposite(bounds.below(high, number)))
    if is_known(key):
        return certain(bounds.equal(low, number))
    apart = either(bounds.below(high, number), bounds.below(number, low))
    return Truths(both(bounds.equal(low, number), bounds.equal(high, number)), opposite(apart))


def _joined(cases: Mapping[tuple[int, int], Truths]) -> Numbers:
    """In each row all the numbers whose case may hold; in every row one of them does."""
    least = _first_that_may([(low, when) for (low, _), when in cases.items()], from_highest=False)
    if all(is_known(when) for when in cases.values()) and all(low == high for low, high in cases):
        return known_number(least)
    return Numbers(least, _first_that_may([(high, when) for (_, high), when in cases.items()], from_highest=True))


def _first_that_may(cases: Iterable[tuple[int, Truths]], *, from_highest: bool) -> Number:
    """The lowest number, or the highest one, whose case may hold."""
    last, *others = sorted(cases, key=lambda case: case[0], reverse=not from_highest)
    found: Number = last[0]
    for number, when in others:
        found = pick(when.high, number, found)
    return found
