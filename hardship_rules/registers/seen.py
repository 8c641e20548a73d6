"""What is seen in some rows of a register's column, as far as it may be told: no names, and nothing of a person."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from unicodedata import normalize

from attrs import field, frozen

from hardship_rules.registers.headers import bare
from hardship_rules.registers.identity_number import compared_number

_IDENTITY_NUMBER = re.compile(r"[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]")
_LONG, _NUMBER_OF_PERSON = re.compile("[0-9]{6}"), re.compile("[0-9]{11}")
_OF_NAMES = re.compile("姓名|名字|称呼")
_SPACES = " \t\r\n\u00a0\u3000\u200b\ufeff"
_MANY = 12  # different values, from which on they are no codes
_LONGEST, _LONGEST_WITH_DIGITS = 6, 3  # characters of a code
_ITS_OWN = 0.8  # of the values are different where each row has its own


@frozen
class ColumnSeen:
    """A column's header and the texts in some of its rows, blank ones left out; `place` counts from 1."""

    header: str
    place: int
    texts: tuple[str, ...] = field(repr=False)
    has_no_header: bool = False  # what stands in its place may be a person's, and is not repeated

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text stands there."""
        return Counter(self.texts)

    @property
    def plain(self) -> str:
        """The header without spaces, its full-width forms as the plain ones."""
        return normalize("NFKC", bare(self.header))

    @cached_property
    def identity_numbers(self) -> int:
        """How many of the texts are identity numbers of 18 digits with a day in them."""
        return sum(1 for text in self.texts if _IDENTITY_NUMBER.fullmatch(compared_number(text)))

    @property
    def is_of_persons(self) -> bool:
        """What stands there may be a person's own: names, numbers, whatever is different in nearly each row."""
        apart = len(self.texts) >= 5 and len(self.counts) >= _ITS_OWN * len(self.texts)
        return bool(apart or self.identity_numbers or _OF_NAMES.search(self.plain))


@frozen
class TableSeen:
    """A table's columns as they were seen, and the sheet or file they are of."""

    source: str | None
    columns: tuple[ColumnSeen, ...]

    def of_persons(self, but: ColumnSeen) -> frozenset[str]:
        """The texts that may be a person's own, by the columns that they stand in."""
        return frozenset(
            text for column in self.columns if column != but and column.is_of_persons for text in column.counts
        )


def table_seen(columns: Mapping[str, Sequence[str | None]], source: str | None = None) -> TableSeen:
    """A table as it was seen: some rows of text under each header.

    A long row of digits is no header; one as long as a person's or a telephone's number is a row that has none.
    """
    found = []
    no_headers = any(_NUMBER_OF_PERSON.search(normalize("NFKC", header)) for header in columns)
    for place, (header, cells) in enumerate(columns.items(), 1):
        texts = (cell.strip(_SPACES) for cell in cells if cell is not None)
        no_header = no_headers or _LONG.search(normalize("NFKC", header)) is not None
        found.append(ColumnSeen(header, place, tuple(filter(None, texts)), no_header))
    return TableSeen(source, tuple(found))


def codes_in(
    column: ColumnSeen, known: Collection[str], personal: Collection[str], *, numbers: bool
) -> tuple[tuple[str, ...], int]:
    """The codes of a column that are not known, in order; and how many other texts there are that are not told.

    A code is short, one of few, stands in more than one row, and nowhere where what is a person's own stands; in a
    column of numbers it has no digit.
    """
    strange = [text for text in column.counts if text not in known and not (numbers and re.search(r"\d", text))]
    if len(strange) > _MANY or _OF_NAMES.search(column.plain) or column.identity_numbers:
        return (), len(strange)
    codes = sorted(text for text in strange if column.counts[text] > 1 and _is_short(text) and text not in personal)
    return tuple(codes), len(strange) - len(codes)


def _is_short(text: str) -> bool:
    return text.isprintable() and len(text) <= (_LONGEST_WITH_DIGITS if re.search(r"\d", text) else _LONGEST)
