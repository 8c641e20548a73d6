"""The kinds of value: numbers in units, choices, yes-or-no, and days as whole numbers that keep their order."""

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

FAR = 10**30  # further from zero than any number that a policy may hold

Unit = tuple[tuple[str, int], ...]
PURE: Unit = ()

Value = Number | bool | str | frozenset[str] | None
"""What an expression can be: a number or date (maybe a range), a yes-or-no (None: unknown), an option or the options
that it may be."""


@frozen
class NumberKind:
    """A number in a unit; facts and parameters say from where to where it lies, facts to how many decimals."""

    unit: Unit | None  # None: a bare number, which takes the unit of what it stands beside
    low: Exact | None = None
    high: Exact | None = None
    decimals: int = 0

    @cached_property
    def unknown(self) -> Number:
        """The value of a fact of this kind of which nothing is known."""
        return span(-FAR if self.low is None else self.low, FAR if self.high is None else self.high)

    def holds(self, given: object) -> bool:
        """It is a whole number of this kind as it stands, nothing to be read in it."""
        return type(given) is int and cast(Exact, self.low) <= given <= cast(Exact, self.high)


@frozen
class ChoiceKind:
    """One of several options: their names with their titles."""

    options: FrozenMapping[str, str]

    @cached_property
    def unknown(self) -> str | frozenset[str]:
        """Any of the options."""
        return next(iter(self.options)) if len(self.options) == 1 else frozenset(self.options)

    def holds(self, given: object) -> bool:
        """It is the name of an option as it stands."""
        return type(given) is str and given in self.options


@frozen
class YesNoKind:
    """Yes or no."""

    @property
    def unknown(self) -> None:
        """Either."""

    def holds(self, given: object) -> bool:
        """It is yes or no as it stands."""
        return given is True or given is False


@frozen
class DateKind:
    """A day, as a whole number that keeps the order of days; differences over 372 and 31 give full years and months."""

    @property
    def unknown(self) -> Number:
        """Any day."""
        return ANY_DAY

    def holds(self, given: object) -> bool:  # noqa: ARG002  # as the other kinds have it
        """Never: a day is given as a date or as text."""
        return False


Kind = NumberKind | ChoiceKind | YesNoKind | DateKind

YES_NO = YesNoKind()
DATE = DateKind()
EARLIEST = date(1800, 1, 1)
LATEST = date(2200, 12, 31)


def day_number(day: date) -> int:
    """372·year + 31·(month - 1) + (day - 1)."""
    return 372 * day.year + 31 * (day.month - 1) + (day.day - 1)


def day_of(number: int) -> date:
    """The day of a `day_number`."""
    return date(number // 372, number % 372 // 31 + 1, number % 31 + 1)


ANY_DAY = Range(day_number(EARLIEST), day_number(LATEST))


def unit_text(unit: Unit, words: Mapping[str, str]) -> str:
    """A unit in its words: 元/月/人; nothing for a pure number."""
    over = "·".join(words.get(base, base) for base, power in unit for _ in range(power))
    under = "".join(f"/{words.get(base, base)}" for base, power in unit for _ in range(-power))
    return over + under if over or not under else f"1{under}"


def date_of(text: str) -> date | None:
    """The day of a text such as 2021-03-31, else None."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def plain(number: Exact) -> str:
    """A number of a policy or a fact as people write it."""
    fraction = Fraction(number)
    return f"{Decimal(fraction.numerator) / Decimal(fraction.denominator):,f}"
