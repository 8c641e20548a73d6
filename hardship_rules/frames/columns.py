"""Columns of a frame as facts: their names, types, values and faults."""

import operator
from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any, cast

from attrs import evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ANY_DAY, EARLIEST, LATEST, BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import KeyPath, Problem, nearest
from hardship_rules.engine.row_causes import any_of, either, opposite
from hardship_rules.frames._values import Choices, Numbers, Truths, Values, certain, choices, known_number
from hardship_rules.frames.bounds import Column, Expr, Rows, quotient
from hardship_rules.frames.given import WITH_TIME, has_time
from hardship_rules.frames.libraries import nw

_TEXT = (nw.String, nw.Categorical, nw.Enum)
_WHOLE = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.Int128, nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64)
ROW = "_row"
"""The column that numbers the households of a frame in memory."""
ASIDE = frozenset({"reference", "label"})
"""Columns that hosts may keep beside the facts."""
KNOWN_NULL = "known_null"
"""The fault of a null in a column that was declared to have none."""


@frozen
class ColumnProfile:
    """What is known of a column in advance, so that less has to be computed.

    `nulls`: some rows may be null. `apart`: those rows are computed apart, so this column can be treated as without
    nulls. `filled`: a null is a fault of its row and is replaced by a value, since engines are faster without nulls.
    `words`: options may be written by other words than their names. `faults`: the faults that are possible.
    """

    nulls: bool = True
    apart: bool = False
    filled: bool = False
    words: bool = True
    faults: frozenset[str] | None = None  # None: all of them

    @property
    def unknown(self) -> bool:
        """Whether the fact may be unknown in rows that are not computed apart."""
        return self.nulls and not self.apart


@frozen(eq=False)
class FactColumn:
    """The column of a fact.

    `sound` is its number in smallest units if no row is faulty; `whole` is null in faulty rows. `faults` are the faulty
    rows by code. `words` are further words for each option. `in_range` is an aggregate:
    whether all numbers are in range.
    """

    fact: Fact
    column: Expr = field(repr=False)
    sound: Expr = field(repr=False)
    whole: Expr = field(repr=False)
    faults: FrozenMapping[str, Expr] = field(repr=False)
    words: FrozenMapping[str, tuple[str, ...]] = field(factory=FrozenMapping)
    in_range: Expr | None = field(default=None, repr=False)

    @property
    def default_profile(self) -> ColumnProfile:
        """The profile of a column that has not been scanned."""
        known = KNOWN_NULL in self.faults
        return ColumnProfile(nulls=not known, filled=known)

    def scans(self) -> dict[str, Expr]:
        """The aggregates from which `profile` is made, by name."""
        nulls = {"nulls": self.column.null_count()}
        if isinstance(self.fact.kind, ChoiceKind):  # most columns have option names: one comparison shows that
            return {**nulls, "others": self.has_other_word.any()}
        if self.in_range is not None:
            return {**nulls, "fact_outside": ~self.in_range}
        return nulls | {code: rows.any() for code, rows in self.faults.items()}

    def profile(self, scanned: Mapping[str, object]) -> ColumnProfile:
        """The profile of a column from its aggregates."""
        has_other_words = bool(scanned.get("others"))
        nulls = bool(scanned["nulls"])
        possible = {**dict.fromkeys(self.faults, has_other_words), **scanned, KNOWN_NULL: nulls}
        faults = frozenset(code for code in self.faults if possible[code])
        return ColumnProfile(nulls=nulls or bool(faults), words=has_other_words, faults=faults)

    @property
    def has_other_word(self) -> Expr:
        """The rows with a text that is not the name of an option."""
        return ~self.column.is_in(list(self.words))

    def rows_apart(self, profile: ColumnProfile, value: Values) -> Rows:
        """The rows that have to be computed apart, because of a null or a fault."""
        null: Rows = Column(self.column.is_null()) if profile.nulls and profile.apart else False
        if isinstance(value, Choices):
            return either(null, _without_nulls(opposite(any_of(value.can.values())), as_=False))
        return any_of((null, *(_without_nulls(Column(rows), as_=False) for rows in self.codes(profile).values())))

    def codes(self, profile: ColumnProfile) -> dict[str, Expr]:
        """The rows of each fault that is possible."""
        return {code: rows for code, rows in self.faults.items() if profile.faults is None or code in profile.faults}

    def source(self, profile: ColumnProfile) -> Column:
        """The column from which values and faults are computed: a number (null if faulty), a text or a boolean."""
        if isinstance(self.fact.kind, NumberKind | DateKind):
            return Column(
                self.whole if profile.faults is None or profile.faults else self.sound, 0, *range_of(self.fact)
            )
        filler = False if isinstance(self.fact.kind, BooleanKind) else ""
        return Column(self.column.fill_null(filler)) if profile.filled else Column(self.column, name=self.fact.name)

    def faulty(self, profile: ColumnProfile, source: Expr) -> Expr:
        """The rows with a fault; only for columns that can have one."""
        codes = self.codes(profile)
        if isinstance(self.fact.kind, NumberKind):
            return source.is_null() if KNOWN_NULL in codes else source.is_null() & ~self.column.is_null()
        if isinstance(self.fact.kind, ChoiceKind) and profile.filled:
            return ~source.is_in(_every_word(self.words))
        return reduce(operator.or_, codes.values())

    def values(self, profile: ColumnProfile, source: Column) -> Values:
        """The values of the fact, computed from its `source`."""
        kind = self.fact.kind
        match kind:
            case BooleanKind():
                if not profile.unknown:
                    return certain(source)
                return Truths(_without_nulls(source, as_=False), _without_nulls(source, as_=True))
            case ChoiceKind():
                can = {name: self._can_be(name, profile, source) for name in kind.options}
                return choices(can, known=not profile.unknown or len(can) == 1)
            case NumberKind() | DateKind():
                if not profile.unknown:
                    return known_number(source)
                return Numbers(
                    *(evolve(source, expr=source.expr.fill_null(end), name=None) for end in (source.low, source.high))
                )

    def _can_be(self, option: str, profile: ColumnProfile, text: Column) -> Rows:
        """The rows in which a choice can be an option."""
        words = (option, *(self.words[option] if profile.words else ()))
        rows = Column(reduce(operator.or_, (text.expr == word for word in words)), text.depth)
        return _without_nulls(rows, as_=True) if profile.unknown else rows


def _without_nulls(rows: Rows, *, as_: bool) -> Rows:
    """Rows in which a null is a boolean."""
    return evolve(rows, expr=rows.expr.fill_null(as_), name=None) if isinstance(rows, Column) else rows


def _every_word(words: Mapping[str, tuple[str, ...]]) -> list[str]:
    """All names and further words of options."""
    return [*words, *(word for further in words.values() for word in further)]


def range_of(fact: Fact) -> tuple[int, int]:
    """The range of a fact's number in smallest units; for a date, of any day."""
    if isinstance(fact.kind, NumberKind):
        scale = 10**fact.kind.decimals
        return int(cast(Exact, fact.kind.low) * scale), int(cast(Exact, fact.kind.high) * scale)
    return cast(int, ANY_DAY.low), cast(int, ANY_DAY.high)


def null_column(fact: Fact) -> nw.Expr:
    """A column of nulls, typed for a fact."""
    types = {BooleanKind: nw.Boolean(), ChoiceKind: nw.String(), DateKind: nw.Date(), NumberKind: nw.Int64()}
    return nw.lit(None, dtype=types[type(fact.kind)])


def fact_column(
    fact: Fact, dtype: nw.dtypes.DType, earlier: Mapping[str, Collection[str]], lib: Any, *, known: bool
) -> FactColumn | Problem:
    """The column of a fact in expressions of a library, or the problem of a type that cannot hold it.

    `earlier` are the former words of its options; `known` declares that no row is null.
    """
    column = lib.col(fact.name)
    null = {KNOWN_NULL: column.is_null()} if known else {}
    kind = fact.kind
    match kind:
        case BooleanKind() if dtype == nw.Boolean:
            return FactColumn(fact, column, column, column, FrozenMapping(null))
        case ChoiceKind(options) if dtype in _TEXT:
            text = column if dtype == nw.String else column.cast(lib.String())
            words = {name: (title, *earlier.get(name, ())) for name, title in options.items()}
            words = {name: tuple(word for word in others if word not in options) for name, others in words.items()}
            faults = {**null, "unknown_fact_option": ~text.is_in(_every_word(words))}
            return FactColumn(fact, text, text, text, FrozenMapping(faults), FrozenMapping(words))
        case DateKind() if dtype in (nw.Date, nw.Datetime):
            year, month, day = (
                part.cast(lib.Int64()) for part in (column.dt.year(), column.dt.month(), column.dt.day())
            )
            number = year * 372 + month * 31 + (day - 32)
            null = {KNOWN_NULL: year.is_null()} if known else {}  # DuckDB's infinity has no year either
            with_time = {WITH_TIME: has_time(column)} if dtype == nw.Datetime else {}
            outside = (year < EARLIEST.year) | (year > LATEST.year)
            return FactColumn(fact, column, number, number, FrozenMapping({**null, **with_time, "date": outside}))
        case NumberKind() if dtype in (*_WHOLE, nw.Float32, nw.Float64, nw.Decimal):
            return _number_column(fact, kind, column, dtype, null, lib)
        case _:
            wanted = {
                BooleanKind: "Boolean",
                ChoiceKind: "String",
                DateKind: "Date",
                NumberKind: "Int64, Decimal, Float64",
            }
            values = {"title": fact.title, "wanted": wanted[type(kind)]}
            return Problem("column_kind", (fact.name,), given=str(dtype), values=values)


def _number_column(  # noqa: PLR0913, PLR0917  # a column, and how it is read
    fact: Fact, kind: NumberKind, column: Expr, dtype: nw.dtypes.DType, null: Mapping[str, Expr], lib: Any
) -> FactColumn:
    """The column of a number; `null` is the fault of its nulls, if they are one."""
    scale = 10**kind.decimals
    least, most = Fraction(cast(Exact, kind.low)), Fraction(cast(Exact, kind.high))
    low = int(least) if least.denominator == 1 else float(least)
    high = int(most) if most.denominator == 1 else float(most)
    inside = (column >= low) & (column <= high)
    bounded = lib.when(inside).then(column)  # a number out of range could overflow int64 when multiplied
    if dtype in _WHOLE:
        sound, whole = (number.cast(lib.Int64()) for number in (column, bounded))
        sound, whole = (number * scale if scale > 1 else number for number in (sound, whole))
        in_range = (column.min() >= low) & (column.max() <= high)
        return FactColumn(
            fact, column, sound, whole, FrozenMapping({**null, "fact_outside": ~inside}), in_range=in_range
        )
    if dtype == nw.Decimal:
        sound, whole = ((number * scale).cast(lib.Int64()) for number in (column, bounded))
        too_fine = bounded * scale != whole
    else:
        sound, whole = ((number.cast(lib.Float64()) * scale).round(0).cast(lib.Int64()) for number in (column, bounded))
        # a float is taken as its shortest decimal notation
        too_fine = quotient(whole.cast(lib.Float64()), scale) != bounded.cast(lib.Float64())
    whole = lib.when(~too_fine).then(whole)
    return FactColumn(
        fact, column, sound, whole, FrozenMapping({**null, "fact_outside": ~inside, "fact_decimals": too_fine})
    )


@frozen(eq=False)
class Reading:
    """How a frame with some schema is read: the names of its columns as facts, and the facts that have a column.

    `beside` are the columns that are no facts: the key, and the number of the row if there is one.
    """

    renamed: FrozenMapping[str, str]
    facts: FrozenMapping[str, FactColumn]
    beside: tuple[str, ...]

    def of(self, frame: Any) -> Any:
        """A frame with its columns renamed to facts."""
        frame = frame.rename(dict(self.renamed)) if self.renamed else frame
        return frame.select(*self.beside, *self.facts)


def spellings(policy: Policy, of: KeyPath, facts: Mapping[str, Fact]) -> dict[str, str]:
    """The names that columns may have, with the fact of each: former words, titles, names."""
    earlier = {word: former.new for word, former in policy.formerly.get(of, {}).items()}
    return earlier | {fact.title: name for name, fact in facts.items()} | {name: name for name in facts}


def facts_of(policy: Policy, of: KeyPath) -> FrozenMapping[str, Fact]:
    """The facts at a path of the policy: those of households, or of members."""
    return policy.facts if of == ("household",) else policy.members.facts


def date_columns(policy: Policy, of: KeyPath) -> set[str]:
    """The names that columns of dates may have."""
    facts = facts_of(policy, of)
    words = spellings(policy, of, facts).items()
    return {word for word, name in words if isinstance(facts[name].kind, DateKind)}


def read_schema(  # noqa: PLR0913, PLR0917  # a schema, and how it is read
    policy: Policy, of: KeyPath, schema: Mapping[str, nw.dtypes.DType], key: str, known: Collection[str], lib: Any
) -> Reading | list[Problem]:
    """How a frame is read by its columns and their types, or the problems of all columns that cannot be read.

    `of` is the path of the facts in the policy; `known` are the facts declared to have no null. `lib` is the library of
    the expressions.
    """
    facts = facts_of(policy, of)
    spelled = spellings(policy, of, facts)
    problems: list[Problem] = []
    if key not in schema:
        problems.append(Problem("column_missing", (key,), given=key))
    fact_columns: dict[str, FactColumn] = {}
    read_from: dict[str, str] = {}
    for column, dtype in schema.items():
        if column in (key, ROW) or column in ASIDE:
            continue
        name = spelled.get(column)
        if name is None:
            problems.append(Problem("unknown_column", (column,), given=column, values=nearest(column, spelled)))
        elif name in read_from:
            problems.append(Problem("fact_twice", (name,), given=column, values={"other": read_from[name]}))
        else:
            read_from[name] = column
            earlier: dict[str, list[str]] = {}
            for word, former in policy.formerly.get((name, "one of"), {}).items():
                earlier.setdefault(former.new, []).append(word)
            fact = fact_column(facts[name], dtype, earlier, lib, known=name in known)
            if isinstance(fact, Problem):
                problems.append(fact)
            else:
                fact_columns[name] = fact
    if problems:
        return problems
    renamed = FrozenMapping((column, name) for name, column in read_from.items() if column != name)
    return Reading(renamed, FrozenMapping(fact_columns), (*((ROW,) if ROW in schema else ()), key))
