"""The cells of a column as facts: numbers, days, options, and identity numbers."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar, cast

import narwhals as nw
from attrs import Factory, define, evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import EARLIEST, LATEST, PURE, ChoiceKind, DateKind, Kind, NumberKind, YesNoKind
from hardship_rules.core.problem import PolicyError, Problem
from hardship_rules.frames.bounds import quotient
from hardship_rules.frames.given import WITH_TIME, has_time
from hardship_rules.language.characters import QUOTES, SPACES, UNSEEN, WIDE, signs
from hardship_rules.language.mapping import UNKNOWN_WORDS, Column

SPACE = f"\\s{signs(SPACES)}{signs(UNSEEN)}"
"""Spaces of any kind, and signs that do not show."""
_EDGES = f"^[{SPACE}]+|[{SPACE}]+$"
_NUMBER = r"^[-+]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?$"
_DAY = "|".join(rf"[0-9]{{4}}{sign}[0-9]{{1,2}}{sign}[0-9]{{1,2}}" for sign in ("-", r"\.", "/"))
_DAY = rf"^({_DAY}|[0-9]{{4}}年[0-9]{{1,2}}月[0-9]{{1,2}}日|(19|[2-9][0-9])[0-9]{{6}})$"  # no number is before 1900
_CLOCK = r"[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
_ZONE = r"( ?([Zz]|UTC|[-+][0-9]{2}(:?[0-9]{2})?))?$"  # as databases and programs write it
_MIDNIGHT = rf"[ T]+0?0:00(:00([.,]0+)?)?{_ZONE}"
_MOMENT = f"{_DAY[:-1]}{_CLOCK}{_ZONE}"
IN_POWERS = r"^([0-9]+([.,][0-9]+)?[Ee]\+?[0-9]+|[0-9]{16,}\.0*)$"
"""A number that was too long for a spreadsheet, 1.1E+17, or a float, 110000000000000000.0: its last digits are lost."""
_DIGITS = 18  # that a whole number of 64 bits holds, whichever they are


@define(eq=False)
class Steps:
    """What is worked out of a column, step by step, each a column of its own that later steps may look at often."""

    name: str
    made: list[nw.Expr] = Factory(list)

    def put(self, expr: nw.Expr) -> nw.Expr:
        """The column that one more step makes."""
        name = f"{self.name} step {len(self.made)}"
        self.made.append(expr.alias(name))
        return nw.col(name)


@frozen(eq=False)
class Cells:
    """What a column's cells come to: a value, null where there is none to be had; and the faulty rows by code."""

    value: nw.Expr = field(repr=False)
    faults: FrozenMapping[str, nw.Expr] = field(repr=False)
    blank: nw.Expr = field(repr=False)  # where nothing stands
    steps: tuple[nw.Expr, ...] = field(default=(), repr=False)  # columns to be made first, one after the other


def trimmed(text: nw.Expr, steps: Steps) -> nw.Expr:
    """Without the spaces of any kind around it; null where nothing is left."""
    bare = steps.put(text.str.replace_all(_EDGES, ""))
    return steps.put(nw.when(bare != "").then(bare))


def narrow(text: nw.Expr, steps: Steps) -> nw.Expr:
    """With the full-width digits and signs of a Chinese keyboard as the plain ones."""
    for wide, plain in WIDE.items():
        text = text.str.replace_all(wide, plain, literal=True)
    return steps.put(text)


@frozen(eq=False)
class Digits:
    """Numbers as whole ones in parts of 10^-`places`; `longer` where one has more places.

    Null where it is no number, or too long for 64 bits.
    """

    whole: nw.Expr = field(repr=False)
    is_number: nw.Expr = field(repr=False)
    longer: nw.Expr = field(repr=False)


def digits_of(text: nw.Expr, places: int, steps: Steps) -> Digits:
    """The numbers of texts such as 1,234.50, trimmed and narrow."""
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


def days_of(text: nw.Expr, steps: Steps) -> Cells:
    """The days of texts such as 2008-3-5, 2008年3月5日 or 20080305, trimmed and narrow."""
    text = steps.put(text.str.replace_all(_MIDNIGHT, ""))
    timed = steps.put(text.str.contains(_MOMENT))
    parted = steps.put(text.str.replace_all("[年月./]", "-").str.replace_all("日", "", literal=True))
    run_on = steps.put(text.str.contains("^[0-9]{8}$"))
    month = nw.when(run_on).then(text.str.slice(4, 2)).otherwise(parted.str.replace_all("^[^-]*-|-[^-]*$", ""))
    day = nw.when(run_on).then(text.str.slice(6, 2)).otherwise(parted.str.replace_all("^.*-", ""))
    cells = day_of((text.str.slice(0, 4), month, day), text.str.contains(_DAY), steps)
    return evolve(cells, faults=FrozenMapping({WITH_TIME: timed, "cell_date": cells.faults["cell_date"] & ~timed}))


def day_of(parts: tuple[nw.Expr, nw.Expr, nw.Expr], well: nw.Expr, steps: Steps) -> Cells:
    """The day of a year, a month and a day as texts of digits, in the rows where they are well made."""
    well = steps.put(well)
    y, m, d = (steps.put(nw.when(well).then(part).otherwise(nw.lit("1")).cast(nw.Int64())) for part in parts)
    leap = ((y % 4 == 0) & (y % 100 != 0)) | (y % 400 == 0)
    of_february = nw.when(leap).then(nw.lit(29)).otherwise(nw.lit(28))
    of_others = nw.when(m.is_in([4, 6, 9, 11])).then(nw.lit(30)).otherwise(nw.lit(31))
    last = steps.put(nw.when(m == 2).then(of_february).otherwise(of_others))
    real = (m >= 1) & (m <= 12) & (d >= 1) & (d <= last) & (y >= EARLIEST.year) & (y <= LATEST.year)
    real = steps.put(well & real)
    written = nw.when(real).then(y * 10_000 + m * 100 + d).otherwise(nw.lit(20_000_101)).cast(nw.String())
    day = steps.put(written.str.to_date("%Y%m%d"))
    return Cells(nw.when(real).then(day), FrozenMapping({"cell_date": ~real}), well.is_null())


def meanings_of(
    text: nw.Expr, meanings: Mapping[str, object], dtype: nw.dtypes.DType, steps: Steps
) -> tuple[nw.Expr, nw.Expr]:
    """What texts mean that are among those listed, as a type, and where they are; a meaning of None is null."""
    listed = steps.put(text.is_in(list(meanings)))
    by_meaning: dict[object, list[str]] = {}
    for word, meaning in meanings.items():
        if meaning is not None:
            by_meaning.setdefault(meaning, []).append(word)
    found = nw.lit(None, dtype=dtype)
    for meaning, words in by_meaning.items():
        found = nw.when(text.is_in(words)).then(nw.lit(cast(Any, meaning))).otherwise(found)
    return steps.put(found), listed


if TYPE_CHECKING:
    import polars as pl

_BESIDE = f"{SPACE}{signs(QUOTES)}"
_IN_NUMBERS = f"^[{_BESIDE}=＝]+|[{_BESIDE}]+"
_FORMULA = f"^[{_BESIDE}]*[=＝][{signs(QUOTES)}][{_BESIDE}]*"  # a key of another kind may begin with =
_AROUND_KEYS = f"{_FORMULA}|^[{_BESIDE}]+|[{_BESIDE}]+$|[{signs(UNSEEN)}]+"
_WIDE = {chr(sign + 0xFEE0): chr(sign) for sign in range(0x21, 0x7F)} | WIDE  # also letters, as passports have
_WIDE_SIGNS = {ord(wide): plain for wide, plain in _WIDE.items()}
_AS_NUMBER, _OF_DIGITS = "^([0-9]{15}|[0-9]{17}[0-9X])$", "^[0-9]+$"
_WELL_MADE = "^[1-9][0-9]{16}[0-9X]$"
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_PLACEHOLDER = "11010119000101000X"  # where there is no number: digits that can be added up


_Texts = TypeVar("_Texts", "nw.Expr", "pl.Expr")


def bare_number(text: _Texts) -> _Texts:
    """Narrow numbers as they are compared: in capitals, without what spreadsheets and people put around and into them.

    Nothing else becomes a digit: neither ² nor the digits of other scripts.
    """
    return text.str.replace_all(_IN_NUMBERS, "").str.to_uppercase()


def compared_numbers(text: "pl.Expr") -> "pl.Expr":
    """What persons are known by, such as a number, as it is compared."""
    return bare_number(text.str.replace_many(_WIDE))


def compared_number(text: str) -> str:
    """As `compared_numbers`, of one text."""
    return re.sub(_IN_NUMBERS, "", text.translate(_WIDE_SIGNS)).upper()


def bare_key(text: nw.Expr, narrowed: nw.Expr, steps: Steps) -> nw.Expr:
    """Keys, trimmed, each without what a spreadsheet puts around a text, and of digits alone in plain ones.

    One that is an identity number is as numbers are compared; `narrowed` is the same text, narrow.
    """
    bare = steps.put(text.str.replace_all(_AROUND_KEYS, ""))
    number = steps.put(bare_number(narrowed))
    digits = steps.put(narrowed.str.replace_all(_AROUND_KEYS, ""))
    is_number, is_digits = (steps.put(a.str.contains(b)) for a, b in ((number, _AS_NUMBER), (digits, _OF_DIGITS)))
    shown = nw.when(is_digits).then(digits).otherwise(nw.when(bare != "").then(bare))
    return steps.put(nw.when(is_number).then(number).otherwise(shown))


def days_of_birth(text: nw.Expr, steps: Steps) -> Cells:
    """The days of birth in texts, trimmed and narrow; the numbers themselves are in nothing that comes back.

    The digits times 2^17 to 2^1, and the last one, X for ten, add up to one more than a multiple of eleven.
    """
    number = steps.put(bare_number(text))
    well = steps.put(number.str.contains(_WELL_MADE))
    digits = steps.put(nw.when(well).then(number).otherwise(nw.lit(_PLACEHOLDER)))
    last = steps.put(digits.str.slice(17, 1))
    total = nw.when(last == "X").then(nw.lit("10")).otherwise(last).cast(nw.Int64())
    for place, weight in enumerate(_WEIGHTS):
        total += digits.str.slice(place, 1).cast(nw.Int64()) * weight
    parts = (number.str.slice(6, 4), number.str.slice(10, 2), number.str.slice(12, 2))
    found = day_of(parts, well & (total % 11 == 1), steps)
    lost = steps.put(number.str.contains(IN_POWERS))
    faults = {"cell_powers": lost, "cell_identity_number": ~lost & found.faults["cell_date"]}
    return Cells(found.value, FrozenMapping(faults), number.is_null())


_HELD = 2**51  # up to here floats divide whole numbers, and hold them, exactly
_WITHIN = 2**63 - 1


def numbers_of_texts(column: Column, text: nw.Expr, steps: Steps) -> Cells:
    """The numbers of texts that are trimmed and narrow; 80 % is a pure number."""
    kind = cast(NumberKind, column.fact.kind)
    places = _places(column, kind)
    if kind.unit != PURE:
        return _numbers(column, kind, places, digits_of(text, places, steps), steps)
    digits = digits_of(steps.put(text.str.replace_all(r"\s*%$", "")), places + 2, steps)
    percent = steps.put(text.str.ends_with("%"))
    whole = nw.when(percent).then((digits.whole - digits.whole % 100) // 100).otherwise(digits.whole)
    longer = digits.longer | (percent & (digits.whole % 100 != 0))
    return _numbers(column, kind, places + 2, evolve(digits, whole=steps.put(whole), longer=longer), steps)


def numbers_of_numbers(column: Column, given: nw.Expr, dtype: nw.dtypes.DType, steps: Steps) -> Cells:
    """The numbers of a column of floats, each by its shortest decimal notation, or of decimals."""
    kind = cast(NumberKind, column.fact.kind)
    places = _places(column, kind)
    most = _most_given(column, kind, places) // 10**places + 1
    near = steps.put(nw.when((given <= most) & (given >= -most)).then(given))  # what is further off could leave 64 bits
    if dtype == nw.Decimal:
        whole = steps.put((near * 10**places).cast(nw.Int64()))
        longer = near * 10**places != whole
    else:
        whole = steps.put((near.cast(nw.Float64()) * 10**places).round(0).cast(nw.Int64()))
        longer = quotient(whole.cast(nw.Float64()), 10**places) != near.cast(nw.Float64())
    return _numbers(column, kind, places, Digits(whole, ~given.is_null(), longer.fill_null(value=False)), steps)


def number_meant(column: Column, number: Exact) -> int:
    """What a code's number is in the fact's smallest units; the mapping has seen that it is one of the fact's."""
    return int(Fraction(number) * Fraction(column.factor) * 10 ** cast(NumberKind, column.fact.kind).decimals)


def number_in_units(column: Column, whole: nw.Expr) -> nw.Expr:
    """A number in smallest units as the column that `assess_frame` takes."""
    decimals = cast(NumberKind, column.fact.kind).decimals
    return quotient(whole.cast(nw.Float64()), 10**decimals) if decimals else whole


def _numbers(column: Column, kind: NumberKind, places: int, digits: Digits, steps: Steps) -> Cells:
    """Whole numbers in parts of 10^-`places` of the column's unit as the fact's."""
    ratio = _ratio(column, kind, places)
    low, high = _ends(kind)
    most = _most_given(column, kind, places)
    near = (digits.whole <= most) & (digits.whole >= -most)
    found = raised = steps.put(nw.when(near).then(digits.whole) * ratio.numerator)
    uneven = digits.longer
    if ratio.denominator > 1:
        over = steps.put(raised % ratio.denominator)
        found = steps.put(((raised - over) / ratio.denominator).round(0).cast(nw.Int64()))
        uneven = uneven | (over != 0)
    uneven = steps.put(uneven.fill_null(value=False))
    inside = steps.put(((found >= low) & (found <= high)).fill_null(value=False))
    faults = {
        "cell_number": ~digits.is_number,
        "cell_outside": digits.is_number & ~inside,
        "cell_decimals": digits.is_number & inside & uneven,
    }
    return Cells(nw.when(inside & ~uneven).then(found), FrozenMapping(faults), ~digits.is_number)


def _places(column: Column, kind: NumberKind) -> int:
    """The most decimal places that a number may have there, so that it has no more than the fact has."""
    by = Fraction(column.factor).numerator
    return kind.decimals + max(_power(by, 2), _power(by, 5))


def _power(number: int, prime: int) -> int:
    power = 0
    while number % prime == 0:
        number, power = number // prime, power + 1
    return power


def _ratio(column: Column, kind: NumberKind, places: int) -> Fraction:
    """What turns a whole number in parts of 10^-`places` of the column's unit into the fact's smallest units."""
    return Fraction(column.factor) * Fraction(10**kind.decimals, 10**places)


def _ends(kind: NumberKind) -> tuple[int, int]:
    scale = 10**kind.decimals
    return int(cast(Exact, kind.low) * scale), int(cast(Exact, kind.high) * scale)


def _most_given(column: Column, kind: NumberKind, places: int) -> int:
    """The furthest from zero that such a number can be; raises `PolicyError` where that is too far to be exact."""
    ratio = _ratio(column, kind, places)
    most = max(map(abs, _ends(kind)))
    given = int(most / ratio)
    if given * ratio.numerator > _WITHIN or max(most, given) > _HELD:
        raise PolicyError([Problem("register_range", (column.fact.name,), column.fact.title)])
    return given


_TEXT = (nw.String, nw.Categorical, nw.Enum)
_WHOLE = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64)
_MEANT = {NumberKind: nw.Int64(), YesNoKind: nw.Boolean(), ChoiceKind: nw.String(), DateKind: nw.Date()}
_BROKEN = (nw.Float32, nw.Float64, nw.Decimal)


def cells_of(column: Column, dtype: nw.dtypes.DType, *, plain: bool = False) -> Cells | Problem:
    """A column's cells, or that its type cannot hold the fact; `plain` where all of its texts are known to be ASCII.

    Raises `PolicyError` for a fact whose numbers are too large to be held exactly.
    """
    given, fact, steps = nw.col(column.name), column.fact, Steps(column.fact.name)
    if _is_typed(fact.kind, dtype) and not column.identity_number:
        if dtype == nw.Datetime:
            timed = steps.put(has_time(given).fill_null(value=False))
            day = nw.when(~timed).then(given.dt.date())
            return Cells(day, FrozenMapping({WITH_TIME: timed}), given.is_null(), tuple(steps.made))
        return Cells(given, FrozenMapping(), given.is_null())
    coded = column.words.keys() != set(UNKNOWN_WORDS)
    if dtype in _BROKEN and isinstance(fact.kind, NumberKind) and not coded:
        cells = numbers_of_numbers(column, given, dtype, steps)
        faults = FrozenMapping((code, ~given.is_null() & rows) for code, rows in cells.faults.items())
        return evolve(cells, value=number_in_units(column, cells.value), faults=faults, steps=tuple(steps.made))
    if dtype not in (_TEXT if column.identity_number else (*_TEXT, *_WHOLE)):
        wanted = "String" if column.identity_number else "String, Int64, Boolean, Date"
        return Problem("column_kind", (fact.name,), str(dtype), {"title": fact.title, "wanted": wanted})
    text = trimmed(given if dtype == nw.String else given.cast(nw.String()), steps)
    meant, listed = meanings_of(text, _meanings(column), _MEANT[type(fact.kind)], steps)
    found = _read(column, text if plain else narrow(text, steps), meant, listed, steps)
    there = steps.put(~text.is_null() & ~listed)
    faults = FrozenMapping((code, there & rows) for code, rows in found.faults.items())
    value = meant
    if isinstance(fact.kind, NumberKind):
        value = nw.when(there).then(found.value)
        value = number_in_units(column, nw.when(listed).then(meant).otherwise(value) if coded else value)
    elif isinstance(fact.kind, DateKind):
        value = nw.when(there).then(found.value)
    return Cells(value, faults, text.is_null(), tuple(steps.made))


def key_cells(header: str, dtype: nw.dtypes.DType, *, needed: bool, plain: bool = False) -> Cells | Problem:
    """The column of the households' key, or of who a person is, as text; `plain` as for `cells_of`."""
    if dtype not in (*_TEXT, *_WHOLE):
        return Problem("column_kind", (header,), str(dtype), {"title": header, "wanted": "String, Int64"})
    steps = Steps(f"{header} {'key' if needed else 'identifier'}")
    text = trimmed(nw.col(header) if dtype == nw.String else nw.col(header).cast(nw.String()), steps)
    if dtype not in _WHOLE:
        text = bare_key(text, text if plain else narrow(text, steps), steps)
    faults = {"cell_powers": text.str.contains(IN_POWERS).fill_null(value=False)}
    if needed:
        faults["cell_key"] = text.is_null()
    return Cells(text, FrozenMapping(faults), text.is_null(), tuple(steps.made))


def _is_typed(kind: Kind, dtype: nw.dtypes.DType) -> bool:
    """A column of that type holds such a fact as it stands."""
    types = {YesNoKind: (nw.Boolean,), DateKind: (nw.Date, nw.Datetime)}
    return dtype in types.get(type(kind), ())


def _read(column: Column, text: nw.Expr, meant: nw.Expr, listed: nw.Expr, steps: Steps) -> Cells:
    """What texts come to that are not listed among the column's words; choices and yes or no are only those listed."""
    match column.fact.kind:
        case NumberKind():
            return numbers_of_texts(column, text, steps)
        case DateKind():
            return days_of_birth(text, steps) if column.identity_number else days_of(text, steps)
        case ChoiceKind():
            return Cells(meant, FrozenMapping({"cell_option": ~listed}), text.is_null())
        case YesNoKind():
            return Cells(meant, FrozenMapping({"cell_yes_no": ~listed}), text.is_null())


def _meanings(column: Column) -> dict[str, object]:
    """What the column's words mean; of a number, in its smallest units."""
    if not isinstance(column.fact.kind, NumberKind):
        return dict(column.words)
    return {
        word: None if meaning is None else number_meant(column, cast(Exact, meaning))
        for word, meaning in column.words.items()
    }
