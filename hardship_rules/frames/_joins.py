"""Joins of households and members: sums over the members of a household, and household columns for each member."""

import operator
from collections.abc import Collection, Mapping
from functools import reduce
from typing import Any, Protocol

from attrs import frozen

from hardship_rules.frames.bounds import Column, Expr, first_of
from hardship_rules.frames.libraries import pl

Frame = Any
"""A lazy frame of Narwhals or of Polars."""
MEMBERS = "_members"
"""The column with the number of members of a household; null if it has none."""
FAULT = "_fault"
"""The column with the number of a member's first fault; in households, with the first fault of their members."""


@frozen
class MemberSum:
    """A column of members to be summed or counted, with the least possible result."""

    column: str
    least: int = 0


@frozen
class Totals:
    """Sums of numeric columns of members and counts of boolean ones, by the names of their new columns.

    With `first`, also the number of members. `faults` are those numbered in the members' `FAULT`, if it is wanted.
    """

    sums: Mapping[str, MemberSum]
    counts: Mapping[str, MemberSum]
    first: bool
    faults: tuple[str, ...] = ()


class Join(Protocol):
    """A way to join the frame of households and the frame of members."""

    def with_totals(self, households: Frame, members: Frame, totals: Totals) -> Frame:
        """The households with totals of their members."""

    def with_own_columns(self, households: Frame, members: Frame, columns: Collection[str]) -> Frame:
        """The members with columns of their households."""


def join_by_position(
    key: str, households: pl.DataFrame, members: pl.DataFrame, at_most: int
) -> "JoinByPosition | None":
    """The join by position, if the rows are ordered for it; `at_most` is the most members that a household may have."""
    own, theirs = households[key], members[key]
    if not len(theirs) or own.dtype != theirs.dtype or theirs.null_count():
        return None
    last = (theirs[1:] != theirs[:-1]).append(pl.Series([True]))
    once = own.is_sorted() or own.n_unique() == len(own)
    return JoinByPosition(last, at_most) if once and theirs.filter(last).equals(own) else None


@frozen
class JoinByKey:
    """Rows with the same key belong together, in any order; `lib` is the library of the frames."""

    key: str
    lib: Any

    def with_totals(self, households: Frame, members: Frame, totals: Totals) -> Frame:
        """The households with totals of their members."""
        col = self.lib.col
        parts = {name: col(total.column) for name, total in totals.sums.items()}
        parts |= {name: col(total.column).cast(self.lib.Int8()) for name, total in totals.counts.items()}
        members = members.filter(~col(self.key).is_null())  # their sums could leave 64 bits, which engines refuse
        return self.joined(households, self.summed(members, parts, totals), totals)

    def summed(self, members: Frame, parts: Mapping[str, Expr], totals: Totals) -> Frame:
        """The sums of some parts of the members of each household, by key; with the number of members if wanted."""
        lib = self.lib
        integer, faults = lib.Int64(), (FAULT,) if totals.first and totals.faults else ()
        aggregates = [lib.col(name).sum().cast(integer) for name in parts]
        aggregates += [lib.len().cast(integer).alias(MEMBERS)] if totals.first else []
        aggregates += [lib.col(name).min() for name in faults]
        # engines are faster where the parts are columns before rows are grouped
        summed = members.select(self.key, *faults, **parts).group_by(self.key).agg(*aggregates)
        if not faults:
            return summed
        texts = [(lib.lit(fault), Column(lib.col(FAULT) == number)) for number, fault in enumerate(totals.faults)]
        return summed.with_columns(first_of(texts, lib.lit(None, dtype=lib.String())).alias(FAULT))

    def joined(self, households: Frame, summed: Frame, totals: Totals) -> Frame:
        """The households with the sums of their members.

        A household without members gets the least of each sum: engines are faster on columns without nulls.
        """
        joined = households.join(summed, on=self.key, how="left")
        numbers = {**totals.sums, **totals.counts}
        least = {name: self.lib.col(name).fill_null(total.least) for name, total in numbers.items()}
        return joined.with_columns(**least) if least else joined

    def with_own_columns(self, households: Frame, members: Frame, columns: Collection[str]) -> Frame:
        """The members with columns of their households."""
        return members.join(households.select(self.key, *columns), on=self.key, how="left")


@frozen(eq=False)
class PackedJoinByKey(JoinByKey):
    """A join by key of Polars frames, in which several counts are one sum.

    `own` are the keys of the households, in their order; a household has `at_most` members.
    """

    own: pl.Series
    at_most: int

    def with_totals(self, households: Frame, members: Frame, totals: Totals) -> Frame:
        """The households with totals of their members, in their order if each has some."""
        words, results = _packed(totals.counts, self.at_most)
        parts = {name: pl.col(total.column) for name, total in totals.sums.items()} | words
        grouped = self.summed(members, parts, totals).filter(pl.col(self.key).is_not_null())
        summed = grouped.with_columns(**results).drop(*words).collect(engine="streaming").sort(self.key)
        order = None if self.own.is_sorted() else self.own.arg_sort()
        keys = self.own if order is None else self.own[order]
        if not keys.equals(summed[self.key]):
            return self.joined(households, summed.lazy(), totals)
        return _side_by_side(households, (summed if order is None else summed[order.arg_sort()]).drop(self.key).lazy())


@frozen(eq=False)
class JoinByPosition:
    """Polars frames in which the members of each household are consecutive, in the order of the households.

    `last` marks the last member of each household; `at_most` is the most members that a household may have.
    """

    last: pl.Series
    at_most: int

    def with_totals(self, households: Frame, members: Frame, totals: Totals) -> Frame:
        """The households with totals of their members.

        Each sum is the increase of a cumulative sum. Where that overflows 64 bits, the difference is still exact.
        """
        words, unpacked = _packed(totals.counts, self.at_most)
        cumulative = {name: pl.col(total.column).fill_null(0).cum_sum() for name, total in totals.sums.items()}
        cumulative |= {MEMBERS: pl.int_range(1, pl.len() + 1)} if totals.first else {}
        results = {name: pl.col(name).cast(pl.Int64) for name in cumulative} | unpacked
        cumulative |= {name: word.cum_sum() for name, word in words.items()}
        at_last = members.select(**cumulative).filter(self.last)
        increases = at_last.select(pl.all() - pl.all().shift(1, fill_value=0)).select(**results)
        return _side_by_side(households, increases) if cumulative else households

    def with_own_columns(self, households: Frame, members: Frame, columns: Collection[str]) -> Frame:
        """The members with columns of their households."""
        ends = pl.int_range(len(self.last), eager=True).filter(self.last)
        selected = households.select(*columns)
        repeated = selected.select(pl.all().repeat_by(ends - ends.shift(1, fill_value=-1))).explode(pl.all())
        return _side_by_side(members, repeated)


def _packed(counts: Mapping[str, MemberSum], at_most: int) -> tuple[dict[str, pl.Expr], dict[str, pl.Expr]]:
    """Whole numbers that hold several booleans each, in bit fields, and the counts extracted from their sums.

    If a household has more members than allowed, the count is wrong, but not below its least.
    """
    bits = at_most.bit_length()
    per_word, names = 63 // bits, list(counts)
    words, results = dict[str, pl.Expr](), dict[str, pl.Expr]()
    for start in range(0, len(names), per_word):
        word = f"{start}"
        ones = {name: pl.lit(1 << bits * place, pl.Int64) for place, name in enumerate(names[start : start + per_word])}
        fields = (pl.when(counts[name].column).then(one).otherwise(0) for name, one in ones.items())
        words[word] = reduce(operator.add, fields)
        for name, one in ones.items():
            results[name] = (pl.col(word) & ((1 << bits) - 1) * one).floordiv(one).clip(counts[name].least)
    return words, results


def _side_by_side(*frames: pl.LazyFrame) -> pl.LazyFrame:
    return pl.concat(frames, how="horizontal")
