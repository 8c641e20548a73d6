"""Texts of a column become numbers and days, exactly, on every kind of frame; what is none is told apart."""

from collections.abc import Mapping
from typing import Any, cast

import narwhals as nw
from attrs import Factory, define, evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.values import EARLIEST, LATEST
from hardship_rules.frames.frame_given import WITH_TIME
from hardship_rules.language.mapping import SPACES, UNSEEN, WIDE, signs

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
