"""Columns of a frame as facts: spellings, ranges, and the problems of rows."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any, cast

import narwhals as nw
from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Number, span
from hardship_rules.core.kinds import ANY_DAY, EARLIEST, LATEST, ChoiceKind, DateKind, NumberKind, YesNoKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import Path, Problem, nearest
from hardship_rules.engine.row_causes import any_of
from hardship_rules.frames import _numbers as numbers
from hardship_rules.frames._values import Choices, Truths, Values, certain
from hardship_rules.frames.bounds import Bound, quotient
from hardship_rules.frames.given import WITH_TIME, has_time

_TEXT = (nw.String, nw.Categorical, nw.Enum)
_WHOLE = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.Int128, nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64)
KNOWN_NULL = "known_null"
"""The fault of a null in a column that was said to hold none."""


@frozen(eq=False)
class Seen:
    """What is known of a column: whether some rows are null, whether options go by other words, which faults it has.

    `apart`: the rows with a null are not reckoned with, since they are worked out apart. `filled`: a null is a fault
    of its row, of which nothing else is said, and something else stands in its place: engines do less without nulls.
    """

    nulls: bool = True
    apart: bool = False
    filled: bool = False
    words: bool = True
    faults: frozenset[str] | None = None  # None: any

    @property
    def unknown(self) -> bool:
        """Some rows are reckoned with in which the fact is not known."""
        return self.nulls and not self.apart


@frozen(eq=False)
class FactColumn:
    """A fact's column. `faults` are the faulty rows by code.

    `sound` is its number in smallest units where no row is faulty, `whole` wherever a row is not: null where it is.
    `words` are what each option may be called beside its name; `ends` tell of a whole column that no row is outside.
    """

    fact: Fact
    column: nw.Expr = field(repr=False)
    sound: nw.Expr = field(repr=False)
    whole: nw.Expr = field(repr=False)
    faults: FrozenMapping[str, nw.Expr] = field(repr=False)
    words: FrozenMapping[str, tuple[str, ...]] = field(factory=FrozenMapping)
    ends: nw.Expr | None = field(default=None, repr=False)

    @property
    def unseen(self) -> Seen:
        """What is known of the column of a frame that is not looked at."""
        known = KNOWN_NULL in self.faults
        return Seen(nulls=not known, filled=known)

    def looks(self) -> dict[str, nw.Expr]:
        """What a look at the whole column is to tell, by what it is called in `seen`."""
        nulls = {"nulls": self.column.null_count()}
        if isinstance(self.fact.kind, ChoiceKind):  # most write their options by name: one look at the texts tells
            return {**nulls, "others": self.others.any()}
        if self.ends is not None:
            return {**nulls, "fact_outside": ~self.ends}
        return nulls | {code: rows.any() for code, rows in self.faults.items()}

    @property
    def others(self) -> nw.Expr:
        """The rows that do not have an option by its name."""
        return ~self.column.is_in(list(self.words))

    def seen(self, looked: Mapping[str, object]) -> Seen:
        """What a look has told."""
        others = bool(looked.get("others"))
        nulls = bool(looked["nulls"])
        found = {**dict.fromkeys(self.faults, others), **looked, KNOWN_NULL: nulls}
        faults = frozenset(code for code in self.faults if found[code])
        return Seen(nulls=nulls or bool(faults), words=others, faults=faults)

    def odd(self, seen: Seen, value: Values) -> Bound:
        """The rows that are to be worked out apart: with a null, or a fault."""
        null: Bound = self.column.is_null() if seen.nulls and seen.apart else False
        if isinstance(value, Choices):
            return any_of((null, (~cast(nw.Expr, any_of(value.can.values()))).fill_null(value=False)))
        return any_of((null, *(rows.fill_null(value=False) for rows in self.codes(seen).values())))

    def codes(self, seen: Seen) -> dict[str, nw.Expr]:
        """The rows of each fault that may be."""
        return {code: rows for code, rows in self.faults.items() if seen.faults is None or code in seen.faults}

    def held(self, seen: Seen) -> nw.Expr:
        """What its values and faults are told from: its number, null in a faulty row, its text or its truth."""
        if isinstance(self.fact.kind, NumberKind | DateKind):
            return self.whole if seen.faults is None or seen.faults else self.sound
        nothing = False if isinstance(self.fact.kind, YesNoKind) else ""
        return self.column.fill_null(nothing) if seen.filled else self.column

    def faulty(self, seen: Seen, held: nw.Expr) -> nw.Expr:
        """The rows with a fault, if it may have any."""
        codes = self.codes(seen)
        if isinstance(self.fact.kind, NumberKind):
            return held.is_null() if KNOWN_NULL in codes else held.is_null() & ~self.column.is_null()
        if isinstance(self.fact.kind, ChoiceKind) and seen.filled:
            return ~held.is_in(_every_word(self.words))
        return any_of(codes.values())

    def values(self, seen: Seen, held: nw.Expr) -> Values:
        """The fact's values, told from a column of what is `held`."""
        kind = self.fact.kind
        match kind:
            case YesNoKind():
                low = held.fill_null(value=False) if seen.unknown else held
                return Truths(low, held.fill_null(value=True)) if seen.unknown else certain(low)
            case ChoiceKind():
                can = {name: self.can_be(name, seen, held) for name in kind.options}
                return Choices(FrozenMapping(can), known=not seen.unknown or len(can) == 1)
            case NumberKind() | DateKind():
                within = range_of(self.fact)
                if not seen.unknown:
                    return numbers.between(held, held, within)
                ends = numbers.constant(within)
                return numbers.between(held.fill_null(ends.low), held.fill_null(ends.high), within)

    def can_be(self, name: str, seen: Seen, text: nw.Expr) -> nw.Expr:
        """The rows in which a choice can be an option."""
        rows = text == name
        for word in self.words[name] if seen.words else ():
            rows = rows | (text == word)
        return rows.fill_null(value=True) if seen.unknown else rows


def _every_word(words: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What options may be called: their names, and the words of each."""
    return [*words, *(word for said in words.values() for word in said)]


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


def fact_column(
    fact: Fact, dtype: nw.dtypes.DType, earlier: Mapping[str, Collection[str]], *, known: bool
) -> FactColumn | Problem:
    """The column of a fact, or that it is of a type that cannot hold one.

    `earlier` are the words that options went by; `known` says that no row is null.
    """
    column = nw.col(fact.name)
    null = {KNOWN_NULL: column.is_null()} if known else {}
    kind = fact.kind
    match kind:
        case YesNoKind() if dtype == nw.Boolean:
            return FactColumn(fact, column, column, column, FrozenMapping(null))
        case ChoiceKind(options) if dtype in _TEXT:
            text = column if dtype == nw.String else column.cast(nw.String())
            words = {name: (title, *earlier.get(name, ())) for name, title in options.items()}
            words = {name: tuple(word for word in said if word not in options) for name, said in words.items()}
            faults = {**null, "unknown_fact_option": ~text.is_in(_every_word(words))}
            return FactColumn(fact, text, text, text, FrozenMapping(faults), FrozenMapping(words))
        case DateKind() if dtype in (nw.Date, nw.Datetime):
            year, month, day = (
                part.cast(nw.Int64()) for part in (column.dt.year(), column.dt.month(), column.dt.day())
            )
            number = year * 372 + month * 31 + (day - 32)
            null = {KNOWN_NULL: year.is_null()} if known else {}  # DuckDB's infinity has no year either
            moment = {WITH_TIME: has_time(column)} if dtype == nw.Datetime else {}
            outside = (year < EARLIEST.year) | (year > LATEST.year)
            return FactColumn(fact, column, number, number, FrozenMapping({**null, **moment, "date": outside}))
        case NumberKind() if dtype in (*_WHOLE, nw.Float32, nw.Float64, nw.Decimal):
            return _number_column(fact, kind, column, dtype, null)
        case _:
            wanted = {
                YesNoKind: "Boolean",
                ChoiceKind: "String",
                DateKind: "Date",
                NumberKind: "Int64, Decimal, Float64",
            }
            values = {"title": fact.title, "wanted": wanted[type(kind)]}
            return Problem("column_kind", (fact.name,), given=str(dtype), values=values)


def _number_column(
    fact: Fact, kind: NumberKind, column: nw.Expr, dtype: nw.dtypes.DType, null: Mapping[str, nw.Expr]
) -> FactColumn:
    scale = 10**kind.decimals
    least, most = Fraction(cast(Exact, kind.low)), Fraction(cast(Exact, kind.high))
    exact = int(least) if least.denominator == 1 else float(least), int(most) if most.denominator == 1 else float(most)
    inside = (column >= exact[0]) & (column <= exact[1])
    held = nw.when(inside).then(column)  # what is outside could leave int64 when it is multiplied
    if dtype in _WHOLE:
        sound, whole = (each.cast(nw.Int64()) for each in (column, held))
        sound, whole = (each * scale if scale > 1 else each for each in (sound, whole))
        ends = (column.min() >= exact[0]) & (column.max() <= exact[1])
        return FactColumn(fact, column, sound, whole, FrozenMapping({**null, "fact_outside": ~inside}), ends=ends)
    if dtype == nw.Decimal:
        sound, whole = ((each * scale).cast(nw.Int64()) for each in (column, held))
        more = held * scale != whole
    else:
        sound, whole = ((each.cast(nw.Float64()) * scale).round(0).cast(nw.Int64()) for each in (column, held))
        more = quotient(whole.cast(nw.Float64()), scale) != held.cast(
            nw.Float64()
        )  # as its shortest decimal notation has it
    whole = nw.when(~more).then(whole)
    return FactColumn(
        fact, column, sound, whole, FrozenMapping({**null, "fact_outside": ~inside, "fact_decimals": more})
    )


Lazy = nw.LazyFrame[Any]
ROW = "_row"
"""The column that numbers the households of a frame in memory."""
ASIDE = frozenset({"reference", "label"})
"""Columns that hosts may keep beside the facts."""


@frozen
class Read:
    """A frame whose columns are named as the facts, and the facts that it has a column of."""

    frame: Lazy
    facts: dict[str, FactColumn]
    numbered: tuple[str, ...] = ()  # the column that numbers its rows, where there is one


def spellings(policy: Policy, of: Path, facts: Mapping[str, Fact]) -> dict[str, str]:
    """What columns may be called, with the fact that each is: earlier words, titles, names."""
    earlier = {word: former.new for word, former in policy.formerly.get(of, {}).items()}
    return earlier | {fact.title: name for name, fact in facts.items()} | {name: name for name in facts}


def days_in(policy: Policy, of: Path) -> set[str]:
    """What the columns of days may be called."""
    facts = policy.facts if of == ("household",) else policy.members.facts
    words = spellings(policy, of, facts).items()
    return {word for word, name in words if isinstance(facts[name].kind, DateKind)}


def read(  # noqa: PLR0913, PLR0917  # a frame, and by what it is read
    policy: Policy, of: Path, facts: Mapping[str, Fact], frame: Lazy, key: str, known: Collection[str]
) -> Read | list[Problem]:
    """A frame as facts, or every column that cannot be read; `known` are the facts of which no row is to be null."""
    spelled = spellings(policy, of, facts)
    problems: list[Problem] = []
    schema = dict(frame.collect_schema())
    if key not in schema:
        problems.append(Problem("column_missing", (key,), given=key))
    found: dict[str, FactColumn] = {}
    called: dict[str, str] = {}
    for column, dtype in schema.items():
        if column in (key, ROW) or column in ASIDE:
            continue
        name = spelled.get(column)
        if name is None:
            problems.append(Problem("unknown_column", (column,), given=column, values=nearest(column, spelled)))
        elif name in called:
            problems.append(Problem("fact_twice", (name,), given=column, values={"other": called[name]}))
        else:
            called[name] = column
            earlier: dict[str, list[str]] = {}
            for word, former in policy.formerly.get((name, "one of"), {}).items():
                earlier.setdefault(former.new, []).append(word)
            made = fact_column(facts[name], dtype, earlier, known=name in known)
            if isinstance(made, Problem):
                problems.append(made)
            else:
                found[name] = made
    if problems:
        return problems
    renamed = {column: name for name, column in called.items() if column != name}
    frame = frame.rename(renamed) if renamed else frame
    numbered = (ROW,) if ROW in schema else ()
    return Read(frame.select(*numbered, key, *found), found, numbered)
