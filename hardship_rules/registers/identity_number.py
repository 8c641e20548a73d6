"""Numbers of persons: how they are compared, and of 18 digits, by GB 11643, if the last checks and the day of birth."""

import re
from typing import TYPE_CHECKING, TypeVar

import narwhals as nw

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.language.mapping import QUOTES, UNSEEN, WIDE, signs
from hardship_rules.registers.text_cells import IN_POWERS, SPACE, Cells, Steps, day_of

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
