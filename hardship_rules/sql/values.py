"""Numbers, conditions and choices over the rows of a database: bounds that are trees, or the same in every row.

A condition is null where it is open: SQL's own AND, OR and NOT then mean what the policy's do. A number has a low and
a high bound, since an aggregate skips nulls.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.engine.program import IntKind
from hardship_rules.sql import trees
from hardship_rules.sql.trees import Bound, Tree


@frozen(eq=False)
class Rows:
    """The rows in which a tree is true; where it is null they are left out. `known` if it is null in none."""

    tree: Tree
    known: bool

    def __and__(self, other: "Rows") -> "Rows":
        return Rows(trees.and_(self.tree, other.tree), self.known and other.known)

    def __or__(self, other: "Rows") -> "Rows":
        return Rows(trees.or_(self.tree, other.tree), self.known and other.known)

    def __invert__(self) -> "Rows":
        return Rows(trees.not_(self.tree) if self.known else trees.is_not(self.tree, what=True), known=True)


@frozen(eq=False)
class Truth:
    """Whether something holds in each row, null where that is open; None if it is open in all of them.

    `known` if it is null in none.
    """

    holds: Tree | bool | None
    known: bool = False

    @property
    def low(self) -> Rows | bool:
        """Where it certainly holds."""
        return Rows(self.holds, self.known) if isinstance(self.holds, Tree) else self.holds is True

    @property
    def high(self) -> Rows | bool:
        """Where it may hold."""
        if not isinstance(self.holds, Tree):
            return self.holds is not False
        return Rows(self.holds if self.known else trees.is_not(self.holds, what=False), known=True)

    @property
    def tree(self) -> Tree:
        """The condition as a tree, also if it is the same in every row."""
        if isinstance(self.holds, Tree):
            return self.holds
        return trees.null("boolean") if self.holds is None else trees.truth(self.holds)


@frozen(eq=False)
class Numbers:
    """A whole number in each row, from `low` to `high`, which are one object if it is known in every row.

    It lies within `within` in every row. `column` is null in the rows in which it may be anything within that.
    """

    low: Bound
    high: Bound
    within: IntKind
    column: Tree | None = None

    @property
    def known(self) -> bool:
        """Whether it is one number in every row."""
        return self.low is self.high


@frozen(eq=False)
class Choice:
    """An option in each row: whether it is each one, null where it may be; `text` if one tree holds its name.

    The text is null where it may be any of them. `exact` if each one is true wherever no other may be.
    """

    can: FrozenMapping[str, Truth]
    text: Tree | None = None
    exact: bool = True

    @property
    def known(self) -> bool:
        """Whether it is one option in every row."""
        return all(truth.known for truth in self.can.values())


Value = Numbers | Truth | Choice
TRUE, FALSE, OPEN = Truth(holds=True, known=True), Truth(holds=False, known=True), Truth(None)


def certain(holds: bool) -> Truth:  # noqa: FBT001  # the value itself
    """A condition that is the same in every row."""
    return TRUE if holds else FALSE


def between(low: Bound, high: Bound, within: IntKind) -> Numbers:
    """A number from its bounds; one that can be one number only is that."""
    if within.low == within.high:
        return constant(within.low)
    if low is not high and isinstance(low, int) and low == high:
        high = low
    return Numbers(low, high, within)


def constant(low: int, high: int | None = None) -> Numbers:
    """The number that it is in every row, or its bounds."""
    high = low if high is None or high == low else high
    return Numbers(low, high, IntKind(low, high))


def option(chosen: str | None) -> Choice:
    """The option that it is in every row, or none."""
    return Choice(FrozenMapping({} if chosen is None else {chosen: TRUE}), exact=chosen is not None)


def unknown_option(options: Sequence[str]) -> Choice:
    """Any of some options."""
    return Choice(FrozenMapping(dict.fromkeys(options, TRUE if len(options) == 1 else OPEN)))


def in_column(text: Tree, options: Iterable[str], *, known: bool) -> Choice:
    """A choice whose option's name is in a column."""
    return Choice(FrozenMapping((each, Truth(trees.among(text, [each]), known)) for each in options), text)


# --- Conditions --------------------------------------------------------------------------------------------------


def negation(part: Truth) -> Truth:
    """Where a condition fails."""
    if isinstance(part.holds, Tree):
        return Truth(trees.not_(part.holds), part.known)
    return part if part.holds is None else certain(not part.holds)


def junction(parts: Iterable[Truth], *, settles: bool) -> Truth:
    """All of some conditions, settled by one that fails, or any of them, settled by one that holds."""
    parts = tuple(parts)
    if any(part.holds is settles for part in parts):
        return certain(settles)
    left = [part for part in parts if part.holds is not (not settles)]
    if not left:
        return certain(not settles)
    if all(part.holds is None for part in left):
        return OPEN
    join = trees.or_ if settles else trees.and_
    return Truth(join(*(part.tree for part in left)), all(part.known for part in left))


def all_of(*parts: Truth) -> Truth:
    """Where all of some conditions hold."""
    return junction(parts, settles=False)


def any_of(*parts: Truth) -> Truth:
    """Where any of some conditions holds."""
    return junction(parts, settles=True)


def three_valued(holds: Truth, fails: Truth) -> Truth:
    """True where one condition holds, false where another does, open elsewhere; both are known."""
    settled = [value for truth, value in ((holds, True), (fails, False)) if truth.holds is True]
    if settled:
        return certain(settled[0])
    whens = [
        (truth.holds, trees.truth(value))
        for truth, value in ((holds, True), (fails, False))
        if isinstance(truth.holds, Tree)
    ]
    return Truth(trees.case(whens)) if whens else OPEN


# --- Choices -----------------------------------------------------------------------------------------------------


def one_of(choice: Choice, names: Iterable[str]) -> Truth:
    """Where a choice is one of some options."""
    names = set(names)
    inside = [each for each in choice.can if each in names]
    outside = [each for each in choice.can if each not in names]
    if not inside or not outside:
        return certain(not outside)
    if choice.text is not None:
        return Truth(trees.among(choice.text, inside), choice.known)
    may = any_of(*(choice.can[each] for each in inside))
    if choice.known or (choice.exact and len(inside) == 1) or may.holds is True:
        return may
    no_other = negation(any_of(*(choice.can[each] for each in outside)))
    if may.holds is None or no_other.holds is None:
        return no_other if may.holds is None else may
    if not isinstance(may.holds, Tree) or not isinstance(no_other.holds, Tree):
        return may if isinstance(may.holds, bool) else no_other
    return Truth(trees.call("COALESCE", may.holds, no_other.holds))


def same(a: Choice, b: Choice) -> Truth:
    """Where two choices are the same."""
    names = [each for each in a.can if each in b.can]
    if a.text is not None and b.text is not None and names:
        return Truth(trees.compare(a.text, "=", b.text), a.known and b.known)
    return any_of(*(all_of(one_of(a, [each]), one_of(b, [each])) for each in names))


# --- What a value is made of -------------------------------------------------------------------------------------


def trees_of(value: Value) -> Iterator[Tree]:
    """The trees of a value, each once."""
    if isinstance(value, Truth):
        parts: list[object] = [value.holds]
    elif isinstance(value, Choice):
        parts = [value.text] if value.text is not None else [truth.holds for truth in value.can.values()]
    else:
        parts = [value.low] if value.known else [value.low, value.high]
    return (part for part in parts if isinstance(part, Tree))


def replaced(value: Value, by: Callable[[str, Tree], Tree]) -> Value:
    """A value with other trees; `by` gets each tree with a name for it."""
    if isinstance(value, Truth):
        return Truth(by("holds", value.holds), value.known) if isinstance(value.holds, Tree) else value
    if isinstance(value, Choice):
        if value.text is not None:
            return in_column(by("option", value.text), value.can, known=value.known)
        can = {
            name: Truth(by(name, truth.holds), truth.known) if isinstance(truth.holds, Tree) else truth
            for name, truth in value.can.items()
        }
        return Choice(FrozenMapping(can), exact=value.exact)
    if value.known:
        low = by("number", value.low) if isinstance(value.low, Tree) else value.low
        return Numbers(low, low, value.within)
    low = by("low", value.low) if isinstance(value.low, Tree) else value.low
    high = by("high", value.high) if isinstance(value.high, Tree) else value.high
    return Numbers(low, high, value.within, value.column if low is value.low else None)
