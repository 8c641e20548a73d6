"""Numbers, truths and choices over the rows of a database: each a piece of SQL, or what it is in every row.

A truth is null where it is open: SQL's own AND, OR and NOT then mean what the policy's do. A number has the least and
the most that it can be, since a null in a sum would be passed over. What is the same in every row is worked out here.
"""

from collections.abc import Iterable

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number
from hardship_rules.sql import _text as sql_text
from hardship_rules.sql._text import Sql, Where

Bound = Sql | int


@frozen(eq=False)
class Truth:
    """Whether something holds in each row, null where that is open: None where it is open in all of them.

    `known` where it is null in none.
    """

    holds: Sql | bool | None
    known: bool = False

    @property
    def low(self) -> Where | bool:
        """Where it certainly holds."""
        return self.holds is True if not isinstance(self.holds, Sql) else sql_text.where(self.holds, known=self.known)

    @property
    def high(self) -> Where | bool:
        """Where it may hold."""
        if not isinstance(self.holds, Sql):
            return self.holds is not False
        if self.known:
            return sql_text.where(self.holds, known=True)
        return sql_text.where(sql_text.is_not(self.holds, "FALSE"), known=True)


@frozen(eq=False)
class Numbers:
    """A whole number in each row, from `low` to `high`, which is one object where it is known in every row.

    `within` is what it lies in whatever the row; `column` a column that is null wherever all of that may be.
    """

    low: Bound
    high: Bound
    within: Number
    column: Sql | None = field(default=None)


@frozen(eq=False)
class Choice:
    """An option in each row: whether it is each one, null where it may be; `text` where one column holds its name.

    The text is null where it may be any of them. `exact` where it is certainly an option if it can be no other.
    """

    can: FrozenMapping[str, Truth]
    text: Sql | None = None
    exact: bool = True

    @property
    def known(self) -> bool:
        """It is one option in every row."""
        return all(truth.known for truth in self.can.values())


Value = Numbers | Truth | Choice


def is_known(value: Value) -> bool:
    """It is one number, truth or option in every row."""
    return value.low is value.high if isinstance(value, Numbers) else value.known


# Truths


def certain(truth: bool) -> Truth:  # noqa: FBT001  # the truth that it is
    """A truth that is the same in every row."""
    return Truth(truth, known=True)


OPEN = Truth(None)


def negation(a: Truth) -> Truth:
    """Where it does not hold."""
    if a.holds is None:
        return a
    return Truth(not a.holds if isinstance(a.holds, bool) else ~a.holds, a.known)


def junction(parts: Iterable[Truth], *, settles: bool, titles: Iterable[str] = ()) -> Truth:
    """All of some truths, settled by one that fails, or any of them, settled by one that holds."""
    parts = tuple(parts)
    titles = tuple(titles) or ("",) * len(parts)
    if any(part.holds is settles for part in parts):
        return certain(settles)
    left = [(part, title) for part, title in zip(parts, titles, strict=True) if part.holds is not (not settles)]
    if not left:
        return certain(not settles)
    if len(left) == 1 or all(part.holds is None for part, _ in left):
        return left[0][0]
    pieces = [sql(part) for part, _ in left]
    return Truth(
        sql_text.joined("OR" if settles else "AND", pieces, [title for _, title in left]),
        all(part.known for part, _ in left),
    )


def sql(truth: Truth) -> Sql:
    """A truth as a piece of SQL, whatever it is."""
    if isinstance(truth.holds, Sql):
        return truth.holds
    return Sql("NULL::boolean" if truth.holds is None else str(truth.holds).upper())


def alike(a: Truth, b: Truth) -> Truth:
    """Where both hold or neither does."""
    for one, other in ((a, b), (b, a)):
        if not isinstance(one.holds, Sql):
            return OPEN if one.holds is None else other if one.holds else negation(other)
    return Truth(sql_text.compared(sql(a), "=", sql(b)), a.known and b.known)


# Choices


def option(chosen: str) -> Choice:
    """The option that it is in every row."""
    return Choice(FrozenMapping({chosen: certain(truth=True)}))


def in_column(text: Sql, options: Iterable[str], *, known: bool) -> Choice:
    """A choice whose option's name a column holds."""
    can = {each: Truth(sql_text.within(text, [each]), known) for each in options}
    return Choice(FrozenMapping(can), text)


def one_of(a: Choice, names: Iterable[str]) -> Truth:
    """Where it is one of some options."""
    names = set(names)
    inside, outside = [each for each in a.can if each in names], [each for each in a.can if each not in names]
    if not inside or not outside:
        return certain(not outside)
    if a.text is not None:
        return Truth(sql_text.within(a.text, inside), a.known)
    may = junction((a.can[each] for each in inside), settles=True)
    if a.known or (a.exact and len(inside) == 1) or may.holds is True:
        return may
    no_other = negation(junction((a.can[each] for each in outside), settles=True))
    if may.holds is None or no_other.holds is None:
        return no_other if may.holds is None else may
    if not isinstance(may.holds, Sql) or not isinstance(no_other.holds, Sql):
        return may if isinstance(may.holds, bool) else no_other
    return Truth(sql_text.called("COALESCE", [may.holds, no_other.holds]))


def same(a: Choice, b: Choice) -> Truth:
    """Where two choices are the same."""
    names = [each for each in a.can if each in b.can]
    if a.text is not None and b.text is not None and names:
        return Truth(sql_text.compared(a.text, "=", b.text), a.known and b.known)
    both = (junction((one_of(a, [each]), one_of(b, [each])), settles=False) for each in names)
    return junction(both, settles=True)
