"""How what is known of members comes to their household, and of a household to its members: by key, or by place."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

import narwhals as nw
import polars as pl
from attrs import frozen

Lazy = nw.LazyFrame[Any]

MEMBERS = "_members"
"""The column that holds how many members a household has; null where it has none."""
FAULT = "_fault"
"""The column that holds the number of the first fault of a member, and of a household's members."""


class Together(Protocol):
    """A way to bring the columns of one frame to the rows of the other."""

    def sum_of(self, rows: nw.Expr, *, truths: bool) -> nw.Expr:
        """A column of members as it can be summed."""

    def up(self, households: Lazy, members: Lazy, sums: Mapping[str, str], *, first: bool) -> Lazy:
        """The households with sums of columns of their members, by their new names; `first`, with their number too."""

    def down(self, households: Lazy, members: Lazy, columns: Collection[str]) -> Lazy:
        """The members with columns of their household."""


@frozen
class ByKey:
    """Rows of the same key belong together, wherever they stand; `faulty`: the members have a column of faults."""

    key: str
    faulty: bool = False

    def sum_of(self, rows: nw.Expr, *, truths: bool) -> nw.Expr:
        """A column of members as it can be summed."""
        return rows.cast(nw.Int8()) if truths else rows

    def up(self, households: Lazy, members: Lazy, sums: Mapping[str, str], *, first: bool) -> Lazy:
        """The households with sums of columns of their members, and at first with their number and first fault."""
        totals = [nw.col(column).sum().cast(nw.Int64()).alias(name) for name, column in sums.items()]
        if first:
            totals.append(nw.len().cast(nw.Int64()).alias(MEMBERS))
            totals += [nw.col(FAULT).min()] if self.faulty else []
        summed = members.filter(~nw.col(self.key).is_null()).group_by(self.key).agg(*totals)
        return households.join(summed, on=self.key, how="left")

    def down(self, households: Lazy, members: Lazy, columns: Collection[str]) -> Lazy:
        """The members with columns of their household."""
        return members.join(households.select(self.key, *columns), on=self.key, how="left")


@frozen(eq=False)
class ByPlace:
    """Polars frames in which every household's members stand together, in the order of the households.

    `last` are the rows of members that are the last of their household; `counts` how many each household has.
    """

    last: pl.Series
    counts: pl.Series

    def sum_of(self, rows: nw.Expr, *, truths: bool) -> nw.Expr:
        """A column of members as it can be summed: a null would make the sums after it unknown as well."""
        return rows.fill_null(value=False if truths else 0)

    def up(self, households: Lazy, members: Lazy, sums: Mapping[str, str], *, first: bool) -> Lazy:
        """The households with sums of columns of their members, and at first with their number.

        Each sum is what that of all rows so far has grown by; where that one leaves 64 bits, it returns as exactly.
        """
        so_far = [pl.col(column).cum_sum().alias(name) for name, column in sums.items()]
        at_last = members.to_native().select(*so_far).filter(self.last)
        grown = at_last.select((pl.all() - pl.all().shift(1, fill_value=0)).cast(pl.Int64))
        numbers = [pl.LazyFrame({MEMBERS: self.counts})] if first else []
        return _beside(households.to_native(), *([grown] if sums else []), *numbers)

    def down(self, households: Lazy, members: Lazy, columns: Collection[str]) -> Lazy:
        """The members with columns of their household."""
        theirs = households.to_native().select(*columns)
        repeated = theirs.select(pl.all().repeat_by(self.counts)).explode(pl.all())
        return _beside(members.to_native(), repeated)


def _beside(*frames: pl.LazyFrame) -> Lazy:
    return nw.from_native(pl.concat(frames, how="horizontal"))


def together(key: str, households: pl.DataFrame, members: pl.DataFrame) -> Together:
    """By place where the frames stand so; else by key."""
    own, theirs = households[key], members[key]
    if not len(theirs) or own.dtype != theirs.dtype or theirs.null_count():
        return ByKey(key)
    last = (theirs[1:] != theirs[:-1]).append(pl.Series([True]))
    ends = last.arg_true()
    once = own.is_sorted() or own.n_unique() == len(own)
    if len(ends) != len(own) or not once or not theirs.gather(ends).equals(own):
        return ByKey(key)
    return ByPlace(last, (ends.cast(pl.Int64) - ends.cast(pl.Int64).shift(1, fill_value=-1)))
