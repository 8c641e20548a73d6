"""The kinds of value: numbers with units, choices, booleans, and dates as integers."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import cast

from attrs import frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Number, Range, span

_FAR = 10**30  # no number of a policy is farther from zero: it has at most 30 digits

Unit = tuple[tuple[str, int], ...]
PURE: Unit = ()

Value = Number | bool | str | frozenset[str] | None
"""The value of an expression: a number or date, maybe as an interval; a boolean, None if unknown; an option, or the
set of possible options."""


@frozen
class NumberKind:
    """A number with a unit, bounds, and for a fact the most decimal places."""

    unit: Unit | None  # None: a bare number, which takes the unit of the other operand
    low: Exact | None = None
    high: Exact | None = None
    decimals: int = 0

    @cached_property
    def unknown(self) -> Number:
        """The value of an unknown fact: the interval of its bounds."""
        return span(-_FAR if self.low is None else self.low, _FAR if self.high is None else self.high)

    def holds(self, given: object) -> bool:
        """Whether a value is a whole number within the bounds, with nothing to parse."""
        return type(given) is int and cast(Exact, self.low) <= given <= cast(Exact, self.high)


@frozen
class ChoiceKind:
    """One of several options; `options` has the title of each."""

    options: FrozenMapping[str, str]

    @cached_property
    def unknown(self) -> str | frozenset[str]:
        """The set of all options; a single option is known."""
        return next(iter(self.options)) if len(self.options) == 1 else frozenset(self.options)

    def holds(self, given: object) -> bool:
        """Whether a value is the name of an option, with nothing to parse."""
        return type(given) is str and given in self.options


@frozen
class BooleanKind:
    """A boolean."""

    @property
    def unknown(self) -> None:
        """None, the unknown boolean."""

    def holds(self, given: object) -> bool:
        """Whether a value is a boolean, with nothing to parse."""
        return given is True or given is False


@frozen
class DateKind:
    """A day as an integer in calendar order (see `day_number`).

    The difference of two days over 372 or 31, rounded down, is the number of full years or months between them.
    """

    @property
    def unknown(self) -> Number:
        """The interval of all days."""
        return ANY_DAY

    def holds(self, given: object) -> bool:  # noqa: ARG002  # the signature of the other kinds
        """Never: a day is given as a date or as text, which must be converted."""
        return False


Kind = NumberKind | ChoiceKind | BooleanKind | DateKind

BOOLEAN = BooleanKind()
DATE = DateKind()
EARLIEST = date(1800, 1, 1)
LATEST = date(2200, 12, 31)


def day_number(day: date) -> int:
    """A day as an integer, as if every month had 31 days: 372·year + 31·(month - 1) + (day - 1)."""
    return 372 * day.year + 31 * (day.month - 1) + (day.day - 1)


def day_of(number: int) -> date:
    """The day of an integer that `day_number` returned."""
    return date(number // 372, number % 372 // 31 + 1, number % 31 + 1)


ANY_DAY = Range(day_number(EARLIEST), day_number(LATEST))


def unit_text(unit: Unit, words: Mapping[str, str]) -> str:
    """A unit in words, such as 元/月/人; empty for a pure number."""
    over = "·".join(words.get(base, base) for base, power in unit for _ in range(power))
    under = "".join(f"/{words.get(base, base)}" for base, power in unit for _ in range(-power))
    return over + under if over or not under else f"1{under}"


def parse_date(text: str) -> date | None:
    """The day of a text such as `2021-03-31`; None if it is no day from 1800 to 2200."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def decimal_text(number: Exact) -> str:
    """A number in decimal notation with thousands separators."""
    fraction = Fraction(number)
    return f"{Decimal(fraction.numerator) / Decimal(fraction.denominator):,f}"
