"""How what is known of members comes to their household, and of a household to its members: by key, or by place."""

import operator
from collections.abc import Collection, Mapping
from functools import reduce
from typing import Any, Protocol

import narwhals as nw
import polars as pl
from attrs import frozen

from hardship_rules.frames.column_bounds import first_of

Lazy = nw.LazyFrame[Any]

MEMBERS = "_members"
"""The column that holds how many members a household has; null where it has none."""
FAULT = "_fault"
"""The column that holds the number of the first fault of a member; of a household's members, which that is."""


@frozen
class Summed:
    """A column of members of which the sum is wanted, or in how many it holds, and the least that this can be."""

    column: str
    least: int = 0


Sums = Mapping[str, Summed]  # by their new names


class Together(Protocol):
    """A way to bring the columns of one frame to the rows of the other."""

    def up(self, households: Lazy, members: Lazy, sums: Sums, counts: Sums, *, first: bool) -> Lazy:
        """The households with sums of numbers of their members and counts of where a truth holds.

        `first`: with how many they are, too.
        """

    def down(self, households: Lazy, members: Lazy, columns: Collection[str]) -> Lazy:
        """The members with columns of their household."""


@frozen
class ByKey:
    """Rows of the same key belong together, wherever they stand; `faults` are those that members have a column of."""

    key: str
    faults: tuple[str, ...] = ()

    def up(self, households: Lazy, members: Lazy, sums: Sums, counts: Sums, *, first: bool) -> Lazy:
        """The households with sums and counts of their members, and at first with their number and first fault.

        Where a household has no members, the least stands for each: engines do less where nothing is null.
        """
        parts = {name: nw.col(each.column) for name, each in sums.items()}
        parts |= {name: nw.col(each.column).cast(nw.Int8()) for name, each in counts.items()}
        totals = [part.sum().cast(nw.Int64()).alias(name) for name, part in parts.items()]
        if first:
            totals.append(nw.len().cast(nw.Int64()).alias(MEMBERS))
            totals += [nw.col(FAULT).min()] if self.faults else []
        summed = members.filter(~nw.col(self.key).is_null()).group_by(self.key).agg(*totals)
        if first and self.faults:
            said = [(nw.lit(fault), nw.col(FAULT) == number) for number, fault in enumerate(self.faults)]
            summed = summed.with_columns(first_of(said, nw.lit(None, dtype=nw.String())).alias(FAULT))
        joined = households.join(summed, on=self.key, how="left")
        least = {name: nw.col(name).fill_null(each.least) for name, each in {**sums, **counts}.items()}
        return joined.with_columns(**least) if least else joined

    def down(self, households: Lazy, members: Lazy, columns: Collection[str]) -> Lazy:
        """The members with columns of their household."""
        return members.join(households.select(self.key, *columns), on=self.key, how="left")


@frozen(eq=False)
class ByPlace:
    """Polars frames in which every household's members stand together, in the order of the households.

    `last` are the rows of members that are the last of their household; `at_most` is how many it may have.
    """

    last: pl.Series
    at_most: int

    def up(self, households: Lazy, members: Lazy, sums: Sums, counts: Sums, *, first: bool) -> Lazy:
        """The households with sums and counts of their members, and at first with their number.

        Each sum is what that of all rows so far has grown by; where that one leaves 64 bits, it returns as exactly.
        """
        words, of_words = self.counted(counts)
        so_far = {name: pl.col(of.column).fill_null(0).cum_sum() for name, of in sums.items()}
        so_far |= {MEMBERS: pl.int_range(1, pl.len() + 1)} if first else {}
        told = {name: pl.col(name).cast(pl.Int64) for name in so_far} | of_words
        so_far |= {name: word.cum_sum() for name, word in words.items()}
        at_last = members.to_native().select(**so_far).filter(self.last)
        grown = at_last.select(pl.all() - pl.all().shift(1, fill_value=0)).select(**told)
        return _beside(households.to_native(), grown) if so_far else households

    def counted(self, counts: Sums) -> tuple[dict[str, pl.Expr], dict[str, pl.Expr]]:
        """Numbers that hold the truths of several counts, each in bits of its own, and the counts out of their sums.

        Of more members than there may be comes no count, yet as much as the least at least.
        """
        bits = self.at_most.bit_length()
        at_once, names = 63 // bits, list(counts)
        words, told = dict[str, pl.Expr](), dict[str, pl.Expr]()
        for start in range(0, len(names), at_once):
            number = f"{start}"
            ones = {
                name: pl.lit(1 << bits * place, pl.Int64) for place, name in enumerate(names[start : start + at_once])
            }
            holding = (pl.when(counts[name].column).then(one).otherwise(0) for name, one in ones.items())
            words[number] = reduce(operator.add, holding)
            for name, one in ones.items():
                told[name] = (pl.col(number) & ((1 << bits) - 1) * one).floordiv(one).clip(counts[name].least)
        return words, told

    def down(self, households: Lazy, members: Lazy, columns: Collection[str]) -> Lazy:
        """The members with columns of their household."""
        ends = pl.int_range(len(self.last), eager=True).filter(self.last)
        theirs = households.to_native().select(*columns)
        repeated = theirs.select(pl.all().repeat_by(ends - ends.shift(1, fill_value=-1))).explode(pl.all())
        return _beside(members.to_native(), repeated)


def _beside(*frames: pl.LazyFrame) -> Lazy:
    return nw.from_native(pl.concat(frames, how="horizontal"))


def together(key: str, households: pl.DataFrame, members: pl.DataFrame, at_most: int) -> Together:
    """By place where the frames stand so; else by key. `at_most` are the members that a household may have."""
    own, theirs = households[key], members[key]
    if not len(theirs) or own.dtype != theirs.dtype or theirs.null_count():
        return ByKey(key)
    last = (theirs[1:] != theirs[:-1]).append(pl.Series([True]))
    once = own.is_sorted() or own.n_unique() == len(own)
    if not once or not theirs.filter(last).equals(own):
        return ByKey(key)
    return ByPlace(last, at_most)
