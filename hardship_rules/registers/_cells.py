"""The cells of a column as facts: numbers, dates, options, and identity numbers.

Everything is an expression over the column, so that it runs on any engine; nothing is computed here.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeVar, cast

from attrs import Factory, define, evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import EARLIEST, LATEST, PURE, BooleanKind, ChoiceKind, DateKind, Kind, NumberKind
from hardship_rules.core.problem import PolicyError, Problem
from hardship_rules.frames.bounds import quotient
from hardship_rules.frames.given import WITH_TIME, has_time
from hardship_rules.frames.libraries import nw, pl
from hardship_rules.language.characters import QUOTES, SPACES, UNSEEN, WIDE, character_class
from hardship_rules.language.mapping import UNKNOWN_WORDS, Column

SPACE = f"\\s{character_class(SPACES)}{character_class(UNSEEN)}"
"""Spaces of any kind and invisible characters, as the inside of a regular expression's class."""

_EDGES = f"^[{SPACE}]+|[{SPACE}]+$"
_INEXACT = r"^([0-9]+([.,][0-9]+)?[Ee]\+?[0-9]+|[0-9]{16,}\.0*)$"
"""A number too long for a spreadsheet, 1.1E+17, or for a float, 110000000000000000.0: its last digits are lost."""

# Numbers
_NUMBER = r"^[-+]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?$"
_DIGITS = 18  # every number of so many digits fits into 64 bits
_EXACT_IN_FLOAT = 2**51  # floats hold whole numbers up to here exactly, and divide them exactly
_WITHIN = 2**63 - 1

# Dates
_DAY = "|".join(rf"[0-9]{{4}}{sign}[0-9]{{1,2}}{sign}[0-9]{{1,2}}" for sign in ("-", r"\.", "/"))
_DAY = rf"^({_DAY}|[0-9]{{4}}年[0-9]{{1,2}}月[0-9]{{1,2}}日|(19|[2-9][0-9])[0-9]{{6}})$"  # 8 digits: from 1900 on
_CLOCK = r"[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
_ZONE = r"( ?([Zz]|UTC|[-+][0-9]{2}(:?[0-9]{2})?))?$"  # as databases and programs write it
_MIDNIGHT = rf"[ T]+0?0:00(:00([.,]0+)?)?{_ZONE}"
_MOMENT = f"{_DAY[:-1]}{_CLOCK}{_ZONE}"

# Identity numbers and keys
_AROUND = f"{SPACE}{character_class(QUOTES)}"
_IN_NUMBERS = f"^[{_AROUND}=＝]+|[{_AROUND}]+"
_FORMULA = f"^[{_AROUND}]*[=＝][{character_class(QUOTES)}][{_AROUND}]*"  # without a quote, = is part of a key
_AROUND_KEYS = f"{_FORMULA}|^[{_AROUND}]+|[{_AROUND}]+$|[{character_class(UNSEEN)}]+"
_WIDE = {chr(sign + 0xFEE0): chr(sign) for sign in range(0x21, 0x7F)} | WIDE  # also letters, as passports have
_WIDE_SIGNS = {ord(wide): plain for wide, plain in _WIDE.items()}
_AS_NUMBER, _OF_DIGITS = "^([0-9]{15}|[0-9]{17}[0-9X])$", "^[0-9]+$"
_WELL_FORMED = "^[1-9][0-9]{16}[0-9X]$"
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_PLACEHOLDER = "11010119000101000X"  # in place of a text that is no number, so that its digits can be summed

# Types of columns
_TEXT = (nw.String, nw.Categorical, nw.Enum)
_WHOLE = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64)
_FRACTIONAL = (nw.Float32, nw.Float64, nw.Decimal)
_DTYPES = {NumberKind: nw.Int64(), BooleanKind: nw.Boolean(), ChoiceKind: nw.String(), DateKind: nw.Date()}

_Texts = TypeVar("_Texts", nw.Expr, pl.Expr)


@define(eq=False)
class Steps:
    """Intermediate columns, each computed once and after those before it, that later expressions refer to."""

    name: str
    columns: list[nw.Expr] = Factory(list)

    def put(self, expr: nw.Expr) -> nw.Expr:
        """Make an expression a column of its own; the result refers to it."""
        name = f"{self.name} step {len(self.columns)}"
        self.columns.append(expr.alias(name))
        return nw.col(name)


@frozen(eq=False)
class Cells:
    """The values of a column's cells, null for a blank or faulty one; and the faulty rows by problem code."""

    value: nw.Expr = field(repr=False)
    faults: FrozenMapping[str, nw.Expr] = field(repr=False)
    blank: nw.Expr = field(repr=False)
    steps: tuple[nw.Expr, ...] = field(default=(), repr=False)  # columns to add first, one after the other


def cells_of(column: Column, dtype: nw.dtypes.DType, *, is_ascii: bool = False) -> Cells | Problem:
    """A column's cells, or the problem that its type cannot hold the fact.

    `is_ascii` says that all of its texts are ASCII. Raises `PolicyError` if the fact's numbers are too large to be
    held exactly.
    """
    given, fact, steps = nw.col(column.name), column.fact, Steps(column.fact.name)
    if _holds(dtype, fact.kind) and not column.identity_number:
        if dtype == nw.Datetime:
            timed = steps.put(has_time(given).fill_null(value=False))
            day = nw.when(~timed).then(given.dt.date())
            return Cells(day, FrozenMapping({WITH_TIME: timed}), given.is_null(), tuple(steps.columns))
        return Cells(given, FrozenMapping(), given.is_null())
    has_codes = column.words.keys() != set(UNKNOWN_WORDS)
    if dtype in _FRACTIONAL and isinstance(fact.kind, NumberKind) and not has_codes:
        cells = _numbers_of_numbers(column, given, dtype, steps)
        faults = FrozenMapping((code, ~given.is_null() & rows) for code, rows in cells.faults.items())
        value = _in_units(column, cells.value)
        return evolve(cells, value=value, faults=faults, steps=tuple(steps.columns))
    if dtype not in (_TEXT if column.identity_number else (*_TEXT, *_WHOLE)):
        wanted = "String" if column.identity_number else "String, Int64, Boolean, Date"
        return Problem("column_kind", (fact.name,), str(dtype), {"title": fact.title, "wanted": wanted})
    text = trimmed(given if dtype == nw.String else given.cast(nw.String()), steps)
    meaning, is_word = meanings_of(text, _meanings(column), _DTYPES[type(fact.kind)], steps)
    cells = _parsed(column, text if is_ascii else half_width(text, steps), meaning, is_word, steps)
    is_parsed = steps.put(~text.is_null() & ~is_word)
    faults = FrozenMapping((code, is_parsed & rows) for code, rows in cells.faults.items())
    value = meaning
    if isinstance(fact.kind, NumberKind):
        value = nw.when(is_parsed).then(cells.value)
        value = _in_units(column, nw.when(is_word).then(meaning).otherwise(value) if has_codes else value)
    elif isinstance(fact.kind, DateKind):
        value = nw.when(is_parsed).then(cells.value)
    return Cells(value, faults, text.is_null(), tuple(steps.columns))


def key_cells(header: str, dtype: nw.dtypes.DType, *, required: bool, is_ascii: bool = False) -> Cells | Problem:
    """The column of the households' key, or of the members' identifier, as text; `is_ascii` as for `cells_of`."""
    if dtype not in (*_TEXT, *_WHOLE):
        return Problem("column_kind", (header,), str(dtype), {"title": header, "wanted": "String, Int64"})
    steps = Steps(f"{header} {'key' if required else 'identifier'}")
    text = trimmed(nw.col(header) if dtype == nw.String else nw.col(header).cast(nw.String()), steps)
    if dtype not in _WHOLE:
        text = _normalized_key(text, text if is_ascii else half_width(text, steps), steps)
    faults = {"cell_powers": text.str.contains(_INEXACT).fill_null(value=False)}
    if required:
        faults["cell_key"] = text.is_null()
    return Cells(text, FrozenMapping(faults), text.is_null(), tuple(steps.columns))


def _holds(dtype: nw.dtypes.DType, kind: Kind) -> bool:
    """Whether a column of the type holds facts of the kind without any parsing."""
    types = {BooleanKind: (nw.Boolean,), DateKind: (nw.Date, nw.Datetime)}
    return dtype in types.get(type(kind), ())


def _parsed(column: Column, text: nw.Expr, meaning: nw.Expr, is_word: nw.Expr, steps: Steps) -> Cells:
    """The cells of texts that are not among the column's words; choices and booleans have no others."""
    match column.fact.kind:
        case NumberKind():
            return _numbers_of_texts(column, text, steps)
        case DateKind():
            return days_of_birth(text, steps) if column.identity_number else days_of(text, steps)
        case ChoiceKind():
            return Cells(meaning, FrozenMapping({"cell_option": ~is_word}), text.is_null())
        case BooleanKind():
            return Cells(meaning, FrozenMapping({"cell_yes_no": ~is_word}), text.is_null())


def _meanings(column: Column) -> dict[str, object]:
    """The meanings of the column's words; numbers are in the fact's smallest units."""
    if not isinstance(column.fact.kind, NumberKind):
        return dict(column.words)
    scale = Fraction(column.factor) * 10**column.fact.kind.decimals  # the mapping was checked to give whole numbers
    return {
        word: None if meaning is None else int(Fraction(cast(Exact, meaning)) * scale)
        for word, meaning in column.words.items()
    }


# Texts


def trimmed(text: nw.Expr, steps: Steps) -> nw.Expr:
    """The text without spaces of any kind around it; null if nothing is left."""
    bare = steps.put(text.str.replace_all(_EDGES, ""))
    return steps.put(nw.when(bare != "").then(bare))


def half_width(text: nw.Expr, steps: Steps) -> nw.Expr:
    """The text with the full-width digits and signs of a Chinese keyboard as ASCII."""
    for wide, plain in WIDE.items():
        text = text.str.replace_all(wide, plain, literal=True)
    return steps.put(text)


def meanings_of(
    text: nw.Expr, meanings: Mapping[str, object], dtype: nw.dtypes.DType, steps: Steps
) -> tuple[nw.Expr, nw.Expr]:
    """The meanings of the texts that are words, and which texts are; a meaning of None is null."""
    is_word = steps.put(text.is_in(list(meanings)))
    by_meaning: dict[object, list[str]] = {}
    for word, meaning in meanings.items():
        if meaning is not None:
            by_meaning.setdefault(meaning, []).append(word)
    value = nw.lit(None, dtype=dtype)
    for meaning, words in by_meaning.items():
        value = nw.when(text.is_in(words)).then(nw.lit(cast(Any, meaning))).otherwise(value)
    return steps.put(value), is_word


# Numbers


@frozen(eq=False)
class Digits:
    """Numbers as whole multiples of 10^-`places`; `longer` marks those with more decimal places.

    `whole` is null for a text that is no number, or too long for 64 bits.
    """

    whole: nw.Expr = field(repr=False)
    is_number: nw.Expr = field(repr=False)
    longer: nw.Expr = field(repr=False)


def digits_of(text: nw.Expr, places: int, steps: Steps) -> Digits:
    """The numbers of texts such as 1,234.50, trimmed and half-width."""
    is_number = steps.put(text.str.contains(_NUMBER))
    bare = steps.put(text.str.replace_all(",", "", literal=True))
    before = steps.put(bare.str.replace_all(r"^[-+]|\..*$", ""))
    after = steps.put(bare.str.replace_all(r"^[^.]*\.?|0+$", ""))
    fits = steps.put(is_number & (before.str.len_chars() <= _DIGITS - places))
    digits = before
    if places:
        digits = nw.concat_str(before, nw.concat_str(after, nw.lit("0" * places)).str.slice(0, places))
    magnitude = steps.put(nw.when(fits).then(digits).otherwise(nw.lit("0")).cast(nw.Int64()))
    signed = nw.when(bare.str.starts_with("-")).then(-magnitude).otherwise(magnitude)
    return Digits(steps.put(nw.when(fits).then(signed)), is_number, is_number & (after.str.len_chars() > places))


def _numbers_of_texts(column: Column, text: nw.Expr, steps: Steps) -> Cells:
    """The numbers of trimmed, half-width texts; a pure number may be a percentage such as 80 %."""
    kind = cast(NumberKind, column.fact.kind)
    places = _places(column, kind)
    if kind.unit != PURE:
        return _numbers(column, kind, places, digits_of(text, places, steps), steps)
    digits = digits_of(steps.put(text.str.replace_all(r"\s*%$", "")), places + 2, steps)
    percent = steps.put(text.str.ends_with("%"))
    whole = nw.when(percent).then((digits.whole - digits.whole % 100) // 100).otherwise(digits.whole)
    longer = digits.longer | (percent & (digits.whole % 100 != 0))
    return _numbers(column, kind, places + 2, evolve(digits, whole=steps.put(whole), longer=longer), steps)


def _numbers_of_numbers(column: Column, given: nw.Expr, dtype: nw.dtypes.DType, steps: Steps) -> Cells:
    """The numbers of a column of floats, each by its shortest decimal notation, or of decimals."""
    kind = cast(NumberKind, column.fact.kind)
    places = _places(column, kind)
    most = _largest_given(column, kind, places) // 10**places + 1
    near = steps.put(nw.when((given <= most) & (given >= -most)).then(given))  # larger ones could leave 64 bits
    if dtype == nw.Decimal:
        whole = steps.put((near * 10**places).cast(nw.Int64()))
        longer = near * 10**places != whole
    else:
        whole = steps.put((near.cast(nw.Float64()) * 10**places).round(0).cast(nw.Int64()))
        longer = quotient(whole.cast(nw.Float64()), 10**places) != near.cast(nw.Float64())
    return _numbers(column, kind, places, Digits(whole, ~given.is_null(), longer.fill_null(value=False)), steps)


def _numbers(column: Column, kind: NumberKind, places: int, digits: Digits, steps: Steps) -> Cells:
    """Whole multiples of 10^-`places` of the column's unit as the fact's smallest units."""
    ratio = _ratio(column, kind, places)
    low, high = _ends(kind)
    most = _largest_given(column, kind, places)
    near = (digits.whole <= most) & (digits.whole >= -most)
    number = scaled = steps.put(nw.when(near).then(digits.whole) * ratio.numerator)
    uneven = digits.longer
    if ratio.denominator > 1:
        rest = steps.put(scaled % ratio.denominator)
        number = steps.put(((scaled - rest) / ratio.denominator).round(0).cast(nw.Int64()))
        uneven = uneven | (rest != 0)
    uneven = steps.put(uneven.fill_null(value=False))
    inside = steps.put(((number >= low) & (number <= high)).fill_null(value=False))
    faults = {
        "cell_number": ~digits.is_number,
        "cell_outside": digits.is_number & ~inside,
        "cell_decimals": digits.is_number & inside & uneven,
    }
    return Cells(nw.when(inside & ~uneven).then(number), FrozenMapping(faults), ~digits.is_number)


def _in_units(column: Column, whole: nw.Expr) -> nw.Expr:
    """A number in smallest units as the column that `assess_frame` takes."""
    decimals = cast(NumberKind, column.fact.kind).decimals
    return quotient(whole.cast(nw.Float64()), 10**decimals) if decimals else whole


def _places(column: Column, kind: NumberKind) -> int:
    """The most decimal places of a number in the column's unit that can be a number of the fact's decimals."""
    numerator = Fraction(column.factor).numerator
    return kind.decimals + max(_power(numerator, 2), _power(numerator, 5))


def _power(number: int, prime: int) -> int:
    """The exponent of a prime in a number."""
    power = 0
    while number % prime == 0:
        number, power = number // prime, power + 1
    return power


def _ratio(column: Column, kind: NumberKind, places: int) -> Fraction:
    """The factor from 10^-`places` of the column's unit to the fact's smallest units."""
    return Fraction(column.factor) * Fraction(10**kind.decimals, 10**places)


def _ends(kind: NumberKind) -> tuple[int, int]:
    """The lowest and highest number of the fact, in its smallest units."""
    scale = 10**kind.decimals
    return int(cast(Exact, kind.low) * scale), int(cast(Exact, kind.high) * scale)


def _largest_given(column: Column, kind: NumberKind, places: int) -> int:
    """The largest magnitude of a number given; raises `PolicyError` if it is too large to be exact."""
    ratio = _ratio(column, kind, places)
    most = max(map(abs, _ends(kind)))
    given = int(most / ratio)
    if given * ratio.numerator > _WITHIN or max(most, given) > _EXACT_IN_FLOAT:
        raise PolicyError([Problem("register_range", (column.fact.name,), column.fact.title)])
    return given


# Dates


def days_of(text: nw.Expr, steps: Steps) -> Cells:
    """The days of texts such as 2008-3-5, 2008年3月5日 or 20080305, trimmed and half-width."""
    text = steps.put(text.str.replace_all(_MIDNIGHT, ""))
    timed = steps.put(text.str.contains(_MOMENT))
    parted = steps.put(text.str.replace_all("[年月./]", "-").str.replace_all("日", "", literal=True))
    run_on = steps.put(text.str.contains("^[0-9]{8}$"))
    month = nw.when(run_on).then(text.str.slice(4, 2)).otherwise(parted.str.replace_all("^[^-]*-|-[^-]*$", ""))
    day = nw.when(run_on).then(text.str.slice(6, 2)).otherwise(parted.str.replace_all("^.*-", ""))
    cells = _day_of((text.str.slice(0, 4), month, day), text.str.contains(_DAY), steps)
    return evolve(cells, faults=FrozenMapping({WITH_TIME: timed, "cell_date": cells.faults["cell_date"] & ~timed}))


def _day_of(parts: tuple[nw.Expr, nw.Expr, nw.Expr], well_formed: nw.Expr, steps: Steps) -> Cells:
    """The day of a year, a month and a day as texts of digits, in the rows where they are well formed."""
    well_formed = steps.put(well_formed)
    y, m, d = (steps.put(nw.when(well_formed).then(part).otherwise(nw.lit("1")).cast(nw.Int64())) for part in parts)
    leap = ((y % 4 == 0) & (y % 100 != 0)) | (y % 400 == 0)
    of_february = nw.when(leap).then(nw.lit(29)).otherwise(nw.lit(28))
    of_others = nw.when(m.is_in([4, 6, 9, 11])).then(nw.lit(30)).otherwise(nw.lit(31))
    last = steps.put(nw.when(m == 2).then(of_february).otherwise(of_others))
    exists = (m >= 1) & (m <= 12) & (d >= 1) & (d <= last) & (y >= EARLIEST.year) & (y <= LATEST.year)
    exists = steps.put(well_formed & exists)
    written = nw.when(exists).then(y * 10_000 + m * 100 + d).otherwise(nw.lit(20_000_101)).cast(nw.String())
    day = steps.put(written.str.to_date("%Y%m%d"))
    return Cells(nw.when(exists).then(day), FrozenMapping({"cell_date": ~exists}), well_formed.is_null())


# Identity numbers, and keys


def _normalized_number(text: _Texts) -> _Texts:
    """Half-width identity numbers in a form to compare: in capitals, without spaces, quotes and a leading =.

    No other sign becomes a digit: neither ² nor the digits of other scripts.
    """
    return text.str.replace_all(_IN_NUMBERS, "").str.to_uppercase()


def normalized_numbers(text: pl.Expr) -> pl.Expr:
    """Identifiers of persons, such as identity numbers, in a form to compare."""
    return _normalized_number(text.str.replace_many(_WIDE))


def normalized_number(text: str) -> str:
    """Like `normalized_numbers`, of one text."""
    return re.sub(_IN_NUMBERS, "", text.translate(_WIDE_SIGNS)).upper()


def _normalized_key(text: nw.Expr, narrow: nw.Expr, steps: Steps) -> nw.Expr:
    """Trimmed keys in a form to compare, without what spreadsheets put around a text; digits are half-width.

    A key that is an identity number is compared as one. `narrow` is the same text, half-width.
    """
    bare = steps.put(text.str.replace_all(_AROUND_KEYS, ""))
    number = steps.put(_normalized_number(narrow))
    digits = steps.put(narrow.str.replace_all(_AROUND_KEYS, ""))
    is_number, is_digits = (steps.put(a.str.contains(b)) for a, b in ((number, _AS_NUMBER), (digits, _OF_DIGITS)))
    other = nw.when(is_digits).then(digits).otherwise(nw.when(bare != "").then(bare))
    return steps.put(nw.when(is_number).then(number).otherwise(other))


def days_of_birth(text: nw.Expr, steps: Steps) -> Cells:
    """The dates of birth in identity numbers (GB 11643), trimmed and half-width; the numbers are not in the result.

    The digits times 2^17 to 2^1, and the last one, X for ten, add up to one more than a multiple of eleven.
    """
    number = steps.put(_normalized_number(text))
    well_formed = steps.put(number.str.contains(_WELL_FORMED))
    digits = steps.put(nw.when(well_formed).then(number).otherwise(nw.lit(_PLACEHOLDER)))
    last = steps.put(digits.str.slice(17, 1))
    total = nw.when(last == "X").then(nw.lit("10")).otherwise(last).cast(nw.Int64())
    for place, weight in enumerate(_WEIGHTS):
        total += digits.str.slice(place, 1).cast(nw.Int64()) * weight
    parts = (number.str.slice(6, 4), number.str.slice(10, 2), number.str.slice(12, 2))
    cells = _day_of(parts, well_formed & (total % 11 == 1), steps)
    inexact = steps.put(number.str.contains(_INEXACT))
    faults = {"cell_powers": inexact, "cell_identity_number": ~inexact & cells.faults["cell_date"]}
    return Cells(cells.value, FrozenMapping(faults), number.is_null())
