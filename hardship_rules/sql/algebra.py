"""The algebra of SQL: every step of a program as bounds over the rows of a table."""

from collections.abc import Callable
from functools import partial, reduce
from typing import cast

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.engine.algebra import Algebra
from hardship_rules.engine.program import IntKind, OptionKind, Rounding, Step, Table
from hardship_rules.sql import numbers, trees
from hardship_rules.sql.trees import Tree
from hardship_rules.sql.values import (
    FALSE,
    OPEN,
    Choice,
    Numbers,
    Truth,
    Value,
    all_of,
    any_of,
    certain,
    constant,
    in_column,
    junction,
    negation,
    one_of,
    option,
    same,
)


class SqlAlgebra(Algebra):
    """The value of a step over the rows of a table: of members, or of households.

    `of_input` gives the value of a fact or of the day, `divide` is the operator that divides whole numbers.
    """

    def __init__(self, of_input: Callable[[Step], Value], divide: numbers.Operator) -> None:
        self.of_input = of_input
        self.divide = divide

    def const(self, step: Step) -> Value:
        """A whole number, a boolean, or an option."""
        if isinstance(step.kind, OptionKind):
            return option(cast(str | None, step.data))
        return constant(cast(int, step.data)) if isinstance(step.kind, IntKind) else certain(cast(bool, step.data))

    def input(self, step: Step) -> Value:
        """A fact, or the day."""
        return self.of_input(step)

    # Numbers

    def add(self, step: Step, *parts: Numbers) -> Numbers:
        """The sum of the bounds."""
        return numbers.monotone(trees.add, parts, _within(step))

    def mul(self, step: Step, *parts: Numbers) -> Numbers:
        """The product of the bounds."""
        if all(part.known for part in parts) or all(part.within.low >= 0 for part in parts):
            return numbers.monotone(trees.multiply, parts, _within(step))
        return reduce(numbers.times, parts)

    def div(self, step: Step, over: Numbers, by: Numbers) -> Numbers:
        """The quotient over a positive number, rounded."""
        return numbers.quotient(over, by, cast(Rounding, step.data), self.divide, _within(step))

    def min(self, step: Step, *parts: Numbers) -> Numbers:
        """The least of the bounds."""
        return numbers.extreme("min", parts, _within(step))

    def max(self, step: Step, *parts: Numbers) -> Numbers:
        """The greatest of the bounds."""
        return numbers.extreme("max", parts, _within(step))

    def sum(self, step: Step, part: Numbers) -> Numbers:
        """The sum over the rows of a household's members."""
        return numbers.monotone(trees.total, (part,), _within(step))

    def table(self, step: Step, *keys: Value) -> Numbers:
        """The number of the row that the keys choose; of several that they may, everything between."""
        table = cast(Table, step.data)
        rows: dict[IntKind, Truth] = {}
        for wanted, number in table.rows:
            matching = map(_matches, keys, wanted, table.last)
            bounds = table.unknown if number is None else IntKind(number, number)
            rows[bounds] = any_of(rows.get(bounds, FALSE), all_of(*matching))
        return numbers.one_of_several(tuple(rows.items()), _within(step))

    # Conditions

    def lt(self, _: Step, left: Numbers, right: Numbers) -> Truth:
        """Whether one number is below another."""
        return numbers.less(left, right)

    def eq(self, _: Step, left: Value, right: Value) -> Truth:
        """Whether two numbers, two options or two conditions are the same."""
        if isinstance(left, Numbers):
            return numbers.equal(left, cast(Numbers, right))
        if isinstance(left, Choice):
            return same(left, cast(Choice, right))
        right = cast(Truth, right)
        for one, other in ((left, right), (right, left)):
            if not isinstance(one.holds, Tree):
                return OPEN if one.holds is None else other if one.holds else negation(other)
        return Truth(trees.compare(left.tree, "=", right.tree), left.known and right.known)

    def in_(self, step: Step, part: Choice) -> Truth:
        """Whether an option is one of some."""
        return one_of(part, cast(tuple[str, ...], step.data))

    def and_(self, _: Step, *parts: Truth) -> Truth:
        """Whether all of some conditions hold."""
        return junction(parts, settles=False)

    def or_(self, _: Step, *parts: Truth) -> Truth:
        """Whether any of some conditions holds."""
        return junction(parts, settles=True)

    def not_(self, _: Step, part: Truth) -> Truth:
        """Whether a condition fails."""
        return negation(part)

    def any(self, _: Step, part: Truth) -> Truth:
        """Whether a condition holds in any row of a household's members; null if the unknown ones decide."""
        if not isinstance(part.holds, Tree):
            return part
        holds = trees.call("BOOL_OR", part.holds)
        if part.known:
            return Truth(holds, known=True)
        all_known = trees.call("BOOL_AND", trees.is_not(part.holds, None))
        return Truth(trees.case([(holds, trees.truth(value=True)), (all_known, trees.truth(value=False))]))

    # One value or another

    def select(self, step: Step, when: Truth, then: Value, otherwise: Value) -> Value:
        """One value where a condition holds, another where it fails, all that both may be where it is open."""
        if isinstance(when.holds, bool):
            return then if when.holds else otherwise
        if isinstance(then, Truth):
            return _either_truth(when, then, cast(Truth, otherwise))
        if isinstance(then, Choice):
            return _either_choice(when, then, cast(Choice, otherwise))
        return numbers.either(when, then, cast(Numbers, otherwise), _within(step))


def _within(step: Step) -> IntKind:
    return cast(IntKind, step.kind)


def _matches(key: Value, wanted: str | int, last: int | None) -> Truth:
    """Whether a key of a table is that of a row."""
    if isinstance(key, Choice):
        return one_of(key, (str(wanted),))
    row, number = constant(cast(int, wanted)), cast(Numbers, key)
    return negation(numbers.less(number, row)) if wanted == last else numbers.equal(number, row)


def _either_truth(when: Truth, then: Truth, otherwise: Truth) -> Truth:
    for one, other, chosen in ((then, otherwise, when), (otherwise, then, negation(when))):
        if isinstance(one.holds, bool):
            if one.holds is other.holds:
                return one
            return junction((chosen if one.holds else negation(chosen), other), settles=one.holds)
    if when.known:
        return Truth(trees.case([(when.tree, then.tree)], otherwise.tree), then.known and otherwise.known)
    if when.holds is None and (then.holds is None or otherwise.holds is None):
        return OPEN
    alike = trees.compare(then.tree, "=", otherwise.tree)
    if when.holds is None:
        return Truth(trees.case([(alike, then.tree)]))
    return Truth(trees.case([(when.tree, then.tree), (negation(when).tree, otherwise.tree), (alike, then.tree)]))


def _either_choice(when: Truth, then: Choice, otherwise: Choice) -> Choice:
    names = dict.fromkeys((*then.can, *otherwise.can))
    texts = [choice.text or _only_option(choice) for choice in (then, otherwise)]
    is_any = all(choice.known or choice.can.keys() == names.keys() for choice in (then, otherwise))
    if when.known and texts[0] is not None and texts[1] is not None and is_any:
        text = trees.case([(when.tree, texts[0])], texts[1])
        return in_column(text, names, known=then.known and otherwise.known)
    truth = partial(_either_truth, when)
    can = ((name, truth(then.can.get(name, FALSE), otherwise.can.get(name, FALSE))) for name in names)
    return Choice(FrozenMapping(can), exact=then.exact and otherwise.exact)


def _only_option(choice: Choice) -> Tree | None:
    """The name of the option that a choice is in every row."""
    return next((trees.text(name) for name, truth in choice.can.items() if truth.holds is True), None)
