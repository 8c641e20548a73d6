"""Joins of households and members: sums over the members of a household, and household columns for each member."""

import operator
from collections.abc import Collection, Mapping
from functools import reduce
from typing import Protocol

from attrs import frozen

from hardship_rules.frames.bounds import first_of
from hardship_rules.frames.given import LazyFrame
from hardship_rules.frames.libraries import nw, pl

MEMBERS = "_members"
"""The column with the number of members of a household; null if it has none."""
FAULT = "_fault"
"""The column with the number of a member's first fault; in households, with the first fault of their members."""


@frozen
class MemberSum:
    """A column of members to be summed or counted, with the least possible result."""

    column: str
    least: int = 0


MemberSums = Mapping[str, MemberSum]
"""Sums or counts by the names of their new columns."""


class Join(Protocol):
    """A way to join the frame of households and the frame of members."""

    def sums_of_members(
        self, households: LazyFrame, members: LazyFrame, sums: MemberSums, counts: MemberSums, *, first: bool
    ) -> LazyFrame:
        """The households with sums of numeric columns of their members and counts of boolean ones.

        With `first`, also with the number of members.
        """

    def household_columns(self, households: LazyFrame, members: LazyFrame, columns: Collection[str]) -> LazyFrame:
        """The members with columns of their households."""


def join_of(key: str, households: pl.DataFrame, members: pl.DataFrame, at_most: int) -> Join:
    """The join by position if the rows are ordered for it, else by key.

    `at_most` is the most members that a household may have.
    """
    own, theirs = households[key], members[key]
    if not len(theirs) or own.dtype != theirs.dtype or theirs.null_count():
        return JoinByKey(key)
    last = (theirs[1:] != theirs[:-1]).append(pl.Series([True]))
    once = own.is_sorted() or own.n_unique() == len(own)
    if not once or not theirs.filter(last).equals(own):
        return JoinByKey(key)
    return JoinByPosition(last, at_most)


@frozen
class JoinByKey:
    """Rows with the same key belong together, in any order; `faults` are those numbered in the members' `FAULT`."""

    key: str
    faults: tuple[str, ...] = ()

    def sums_of_members(
        self, households: LazyFrame, members: LazyFrame, sums: MemberSums, counts: MemberSums, *, first: bool
    ) -> LazyFrame:
        """The households with sums and counts of their members; with `first`, also their number and first fault.

        A household without members gets the least of each sum: engines are faster on columns without nulls.
        """
        parts = {name: nw.col(member_sum.column) for name, member_sum in sums.items()}
        parts |= {name: nw.col(count.column).cast(nw.Int8()) for name, count in counts.items()}
        totals = [part.sum().cast(nw.Int64()).alias(name) for name, part in parts.items()]
        if first:
            totals.append(nw.len().cast(nw.Int64()).alias(MEMBERS))
            totals += [nw.col(FAULT).min()] if self.faults else []
        summed = members.filter(~nw.col(self.key).is_null()).group_by(self.key).agg(*totals)
        if first and self.faults:
            texts = [(nw.lit(fault), nw.col(FAULT) == number) for number, fault in enumerate(self.faults)]
            summed = summed.with_columns(first_of(texts, nw.lit(None, dtype=nw.String())).alias(FAULT))
        joined = households.join(summed, on=self.key, how="left")
        least = {name: nw.col(name).fill_null(total.least) for name, total in {**sums, **counts}.items()}
        return joined.with_columns(**least) if least else joined

    def household_columns(self, households: LazyFrame, members: LazyFrame, columns: Collection[str]) -> LazyFrame:
        """The members with columns of their households."""
        return members.join(households.select(self.key, *columns), on=self.key, how="left")


@frozen(eq=False)
class JoinByPosition:
    """Polars frames in which the members of each household are consecutive, in the order of the households.

    `last` marks the last member of each household; `at_most` is the most members that a household may have.
    """

    last: pl.Series
    at_most: int

    def sums_of_members(
        self, households: LazyFrame, members: LazyFrame, sums: MemberSums, counts: MemberSums, *, first: bool
    ) -> LazyFrame:
        """The households with sums and counts of their members; with `first`, also the number of members.

        Each sum is the increase of a cumulative sum. Where that overflows 64 bits, the difference is still exact.
        """
        packed, unpacked = self._packed_counts(counts)
        cumulative = {name: pl.col(member_sum.column).fill_null(0).cum_sum() for name, member_sum in sums.items()}
        cumulative |= {MEMBERS: pl.int_range(1, pl.len() + 1)} if first else {}
        results = {name: pl.col(name).cast(pl.Int64) for name in cumulative} | unpacked
        cumulative |= {name: word.cum_sum() for name, word in packed.items()}
        at_last = members.to_native().select(**cumulative).filter(self.last)
        increases = at_last.select(pl.all() - pl.all().shift(1, fill_value=0)).select(**results)
        return _side_by_side(households.to_native(), increases) if cumulative else households

    def _packed_counts(self, counts: MemberSums) -> tuple[dict[str, pl.Expr], dict[str, pl.Expr]]:
        """Whole numbers that hold several booleans each, in bit fields, and the counts extracted from their sums.

        If a household has more members than allowed, the count is wrong, but not below its least.
        """
        bits = self.at_most.bit_length()
        per_word, names = 63 // bits, list(counts)
        words, results = dict[str, pl.Expr](), dict[str, pl.Expr]()
        for start in range(0, len(names), per_word):
            word = f"{start}"
            ones = {
                name: pl.lit(1 << bits * place, pl.Int64) for place, name in enumerate(names[start : start + per_word])
            }
            fields = (pl.when(counts[name].column).then(one).otherwise(0) for name, one in ones.items())
            words[word] = reduce(operator.add, fields)
            for name, one in ones.items():
                results[name] = (pl.col(word) & ((1 << bits) - 1) * one).floordiv(one).clip(counts[name].least)
        return words, results

    def household_columns(self, households: LazyFrame, members: LazyFrame, columns: Collection[str]) -> LazyFrame:
        """The members with columns of their households."""
        ends = pl.int_range(len(self.last), eager=True).filter(self.last)
        selected = households.to_native().select(*columns)
        repeated = selected.select(pl.all().repeat_by(ends - ends.shift(1, fill_value=-1))).explode(pl.all())
        return _side_by_side(members.to_native(), repeated)


def _side_by_side(*frames: pl.LazyFrame) -> LazyFrame:
    return nw.from_native(pl.concat(frames, how="horizontal"))
