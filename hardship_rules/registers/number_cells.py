"""Numbers of a register's column, in its own unit, become a fact's numbers exactly, or the faults of their rows."""

from fractions import Fraction
from typing import cast

import narwhals as nw
from attrs import evolve

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.problems import PolicyError, Problem
from hardship_rules.core.ranges import Exact
from hardship_rules.core.values import PURE, NumberKind
from hardship_rules.frames.column_bounds import quotient
from hardship_rules.language.mapping import Column
from hardship_rules.registers.text_cells import Cells, Digits, Steps, digits_of

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
