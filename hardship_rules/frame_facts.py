"""Columns of a frame become facts: numbers in their smallest units, truths and options; or the faults of its rows."""

from collections.abc import Mapping
from fractions import Fraction
from typing import cast

import narwhals as nw
from attrs import field, frozen

from hardship_rules import column_values as columns
from hardship_rules.column_values import Choices, Truths, Values
from hardship_rules.frozen import FrozenMapping
from hardship_rules.model import Fact
from hardship_rules.problems import Problem
from hardship_rules.ranges import Exact, Number, span
from hardship_rules.values import ANY_DAY, EARLIEST, LATEST, ChoiceKind, DateKind, NumberKind, YesNoKind

_TEXT = (nw.String, nw.Categorical, nw.Enum)
_WHOLE = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.Int128, nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64)


@frozen(eq=False)
class Seen:
    """What was found when a column was looked at: some null, some title for an option, and which faults."""

    nulls: bool = True
    titles: bool = True
    faults: frozenset[str] | None = None  # None: any


@frozen(eq=False)
class FactColumn:
    """A fact's column. `faults` are the faulty rows by code.

    `sound` is its number in smallest units where no row is faulty, `whole` wherever a row is not: null where it is.
    """

    fact: Fact
    column: nw.Expr = field(repr=False)
    sound: nw.Expr = field(repr=False)
    whole: nw.Expr = field(repr=False)
    faults: FrozenMapping[str, nw.Expr] = field(repr=False)

    def looks(self) -> dict[str, nw.Expr]:
        """What one look at the whole column is to tell, by what it is called in `seen`."""
        nulls = {"nulls": self.column.null_count() > 0}
        if isinstance(self.fact.kind, ChoiceKind):  # most write their options by name: one look at the texts tells
            return {**nulls, "others": (~self.column.is_in(list(self.fact.kind.options))).any()}
        return nulls | {code: rows.any() for code, rows in self.faults.items()}

    def seen(self, looked: Mapping[str, object]) -> Seen:
        """What a look has told."""
        others = bool(looked.get("others"))
        faults = frozenset(code for code in self.faults if looked.get(code, others))
        return Seen(nulls=bool(looked["nulls"]) or bool(faults), titles=others, faults=faults)

    def values(self, seen: Seen, number: nw.Expr) -> Values:
        """The fact's values; `number` is a column that holds `whole`."""
        kind = self.fact.kind
        match kind:
            case YesNoKind():
                low = self.column.fill_null(value=False) if seen.nulls else self.column
                return Truths(low, self.column.fill_null(value=True)) if seen.nulls else columns.certain(low)
            case ChoiceKind():
                can = {name: self.can_be(name, seen) for name in kind.options}
                return Choices(FrozenMapping(can), known=not seen.nulls or len(can) == 1)
            case NumberKind() | DateKind():
                within = range_of(self.fact)
                if not seen.nulls:
                    return columns.between(number, number, within)
                ends = columns.constant(within)
                return columns.between(number.fill_null(ends.low), number.fill_null(ends.high), within)

    def can_be(self, name: str, seen: Seen) -> nw.Expr:
        """The rows in which a choice can be an option."""
        title = cast(ChoiceKind, self.fact.kind).options[name]
        rows = self.column == name
        if seen.titles and title != name:
            rows = rows | (self.column == title)
        return rows.fill_null(value=True) if seen.nulls else rows


def range_of(fact: Fact) -> Number:
    """What a fact's number lies in, in its smallest units; for a date any day."""
    if isinstance(fact.kind, NumberKind):
        scale = 10**fact.kind.decimals
        return span(int(cast(Exact, fact.kind.low) * scale), int(cast(Exact, fact.kind.high) * scale))
    return ANY_DAY


def null_of(fact: Fact) -> nw.Expr:
    """A column of nothing but nulls for a fact."""
    types = {YesNoKind: nw.Boolean(), ChoiceKind: nw.String(), DateKind: nw.Date(), NumberKind: nw.Int64()}
    return nw.lit(None, dtype=types[type(fact.kind)])


def fact_column(fact: Fact, dtype: nw.dtypes.DType) -> FactColumn | Problem:
    """The column of a fact, or that it is of a type that cannot hold one."""
    column = nw.col(fact.name)
    kind = fact.kind
    match kind:
        case YesNoKind() if dtype == nw.Boolean:
            return FactColumn(fact, column, column, column, FrozenMapping())
        case ChoiceKind(options) if dtype in _TEXT:
            known = [*options, *_other_titles(kind)]
            text = column if dtype == nw.String else column.cast(nw.String())
            return FactColumn(fact, text, text, text, FrozenMapping({"unknown_fact_option": ~text.is_in(known)}))
        case DateKind() if dtype in (nw.Date, nw.Datetime):
            year, month, day = (
                part.cast(nw.Int64()) for part in (column.dt.year(), column.dt.month(), column.dt.day())
            )
            number = year * 372 + month * 31 + (day - 32)
            outside = (year < EARLIEST.year) | (year > LATEST.year)
            return FactColumn(fact, column, number, number, FrozenMapping({"date": outside}))
        case NumberKind() if dtype in (*_WHOLE, nw.Float32, nw.Float64, nw.Decimal):
            return _number_column(fact, kind, column, dtype)
        case _:
            wanted = {
                YesNoKind: "Boolean",
                ChoiceKind: "String",
                DateKind: "Date",
                NumberKind: "Int64, Decimal, Float64",
            }
            values = {"title": fact.title, "wanted": wanted[type(kind)]}
            return Problem("column_kind", (fact.name,), given=str(dtype), values=values)


def _number_column(fact: Fact, kind: NumberKind, column: nw.Expr, dtype: nw.dtypes.DType) -> FactColumn:
    scale = 10**kind.decimals
    least, most = Fraction(cast(Exact, kind.low)), Fraction(cast(Exact, kind.high))
    exact = int(least) if least.denominator == 1 else float(least), int(most) if most.denominator == 1 else float(most)
    inside = (column >= exact[0]) & (column <= exact[1])
    held = nw.when(inside).then(column)  # what is outside could leave int64 when it is multiplied
    if dtype in _WHOLE:
        sound, whole = (each.cast(nw.Int64()) for each in (column, held))
        sound, whole = (each * scale if scale > 1 else each for each in (sound, whole))
        return FactColumn(fact, column, sound, whole, FrozenMapping({"fact_outside": ~inside}))
    if dtype == nw.Decimal:
        sound, whole = ((each * scale).cast(nw.Int64()) for each in (column, held))
        more = held * scale != whole
    else:
        sound, whole = ((each.cast(nw.Float64()) * scale).round(0).cast(nw.Int64()) for each in (column, held))
        more = columns.quotient(whole.cast(nw.Float64()), scale) != held.cast(
            nw.Float64()
        )  # as its shortest decimal notation has it
    whole = nw.when(~more).then(whole)
    return FactColumn(fact, column, sound, whole, FrozenMapping({"fact_outside": ~inside, "fact_decimals": more}))


def _other_titles(kind: ChoiceKind) -> list[str]:
    return [title for title in kind.options.values() if title not in kind.options]
