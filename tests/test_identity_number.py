"""Identity numbers: the last digit by ISO 7064 MOD 11-2, and the day of birth; all of them are invented."""

from datetime import date

import narwhals as nw
import polars as pl
import pytest

from hardship_rules.identity_number import days_of_birth
from hardship_rules.text_cells import Steps, narrow, trimmed

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # as GB 11643 prints them
LAST = "10X98765432"  # by the remainder, as it prints them


def number(first: str) -> str:
    """A number that checks, by the standard's own table."""
    return first + LAST[sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11]


def read(text: str) -> tuple[date | None, bool, bool]:
    """The day of birth, whether the number is wrong, and whether a spreadsheet has cut it off."""
    steps = Steps("a")
    cells = days_of_birth(narrow(trimmed(nw.col("a"), steps), steps), steps)
    table = nw.from_native(pl.DataFrame({"a": [text]}).lazy())
    for step in steps.made:
        table = table.with_columns(step)
    made = table.select(d=cells.value, w=cells.faults["cell_identity_number"], p=cells.faults["cell_powers"])
    day, wrong, powers = made.collect().to_native().row(0)
    return day, wrong, powers


def test_the_standards_example() -> None:
    """The number that the standard itself works out, 11010519491231002X, checks."""
    assert number("11010519491231002") == "11010519491231002X"
    assert read("11010519491231002X") == (date(1949, 12, 31), False, False)
    assert read(" １１０１０５１９４９１２３１００２ｘ".replace("ｘ", "x")) == (date(1949, 12, 31), False, False)


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_digit_is_found(place: int) -> None:
    """Any one digit that is another is found, wherever it stands."""
    good = number("37100219800229123")
    other = "7" if good[place] != "7" else "3"
    assert read(good) == (date(1980, 2, 29), False, False)
    assert read(good[:place] + other + good[place + 1 :])[:2] == (None, True)


def test_days_that_there_were_not() -> None:
    """A number that checks but whose day there was not is wrong."""
    assert read(number("37100219810229123")) == (None, True, False)


@pytest.mark.parametrize("text", ["371002800229123", "3710021980022912", "37100219800229123A", "身份证"])
def test_other_texts_are_wrong(text: str) -> None:
    """Fifteen digits, too few, and other letters are no number."""
    assert read(text) == (None, True, False)


def test_what_a_spreadsheet_has_cut_off_is_told_apart() -> None:
    """A number in powers of ten has lost its last digits, whatever they were."""
    assert read("3.71002198002291E+17") == (None, False, True)
