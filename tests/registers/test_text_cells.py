"""Texts of a register as numbers, days and options; the expected values are computed by hand."""

from datetime import date
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from hardship_rules.registers._cells import Steps, days_of, digits_of, half_width, meanings_of, trimmed

TEXT = nw.col("a")


def worked(texts: list[str | None], steps: Steps, **expressions: nw.Expr) -> list[tuple[Any, ...]]:
    """The values of expressions in each row, after the steps."""
    table = nw.from_native(pl.DataFrame({"a": texts}, schema={"a": pl.String}).lazy())
    for step in steps.columns:
        table = table.with_columns(step)
    return [*table.select(**expressions).collect().to_native().rows()]


@pytest.mark.parametrize(
    ("text", "hundredths", "longer"),
    [
        ("36000", 3_600_000, False),
        (" 36,000.50\u00a0", 3_600_050, False),
        ("１２，３４５．６", 1_234_560, False),
        ("\u3000-5\t", -500, False),
        ("+7.10", 710, False),
        ("0.5000", 50, False),  # trailing zeros are ignored
        ("0.125", 12, True),
        ("999999999999", 99_999_999_999_900, False),
    ],
)
def test_numbers(text: str, hundredths: int, longer: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Separators, full-width digits, any spaces and signs are read; too many decimals are reported."""
    steps = Steps("a")
    digits = digits_of(half_width(trimmed(TEXT, steps), steps), 2, steps)
    assert worked([text], steps, w=digits.whole, n=digits.is_number, o=digits.longer) == [(hundredths, True, longer)]


@pytest.mark.parametrize(
    "text",
    [
        "一千",
        "1²",
        "٣",
        "𝟑",
        "⑤",
        "1_000",
        "Ⅷ",
        "12,34",
        "1,2345",
        "1e5",
        "1.1E+17",
        "12元",
        "1.2.3",
        "--1",
        "十",
        "1 000",
        "80%",
    ],
)
def test_no_numbers(text: str) -> None:
    """An ambiguous text, or one with a unit after it, is not a number."""
    steps = Steps("a")
    digits = digits_of(half_width(trimmed(TEXT, steps), steps), 2, steps)
    assert worked([text], steps, w=digits.whole, n=digits.is_number) == [(None, False)]


def test_too_long_a_number_is_none() -> None:
    """A number beyond 64 bits is a number without a value."""
    steps = Steps("a")
    digits = digits_of(half_width(trimmed(TEXT, steps), steps), 2, steps)
    assert worked(["123456789012345678901"], steps, w=digits.whole, n=digits.is_number) == [(None, True)]


@pytest.mark.parametrize(
    "text",
    [
        "2008-03-05",
        "2008-3-5",
        "2008年3月5日",
        "2008.3.5",
        "2008/03/05",
        "20080305",
        "２００８－３－５",
        "2008-03-05 00:00:00",
        "2008-3-5 0:00",
        "2008-03-05T00:00:00.000Z",
        "2008-03-05 00:00:00+08",
        "2008-03-05 00:00:00-05:30",
        "2008-03-05 00:00:00 UTC",
    ],
)
def test_days(text: str) -> None:
    """A day is read in each usual notation."""
    steps = Steps("a")
    cells = days_of(half_width(trimmed(TEXT, steps), steps), steps)
    assert worked([text], steps, day=cells.value, fault=cells.faults["cell_date"]) == [(date(2008, 3, 5), False)]


@pytest.mark.parametrize(
    "text",
    [
        "2008年3月",
        "2008-02-30",
        "1900-02-29",
        "2008-13-01",
        "39512",
        "5.3.2008",
        "08-3-5",
        "2008-3.5",
        "1799-12-31",
        "18991231",
        "0",
        "-36000",
        "２００８²３",
        "٢٠٠٨-٠٣-٠٥",
        "2008-03-0⑤",
    ],
)
def test_no_days(text: str) -> None:
    """An invalid day, one without its day of the month, and a spreadsheet's serial number are refused."""
    steps = Steps("a")
    cells = days_of(half_width(trimmed(TEXT, steps), steps), steps)
    assert worked([text], steps, day=cells.value, fault=cells.faults["cell_date"]) == [(None, True)]


@pytest.mark.parametrize("text", ["2008-03-05 08:30:00", "2008年3月5日 0:01", "2008-03-04T16:00:00Z", "2008-3-5 24:00"])
def test_moments(text: str) -> None:
    """A datetime that is not midnight in its own zone is reported as such, and not as an invalid day."""
    steps = Steps("a")
    cells = days_of(half_width(trimmed(TEXT, steps), steps), steps)
    codes = {code: cells.faults[code] for code in ("date_with_time", "cell_date")}
    assert worked([text], steps, day=cells.value, **codes) == [(None, True, False)]


def test_leap_years() -> None:
    """29 February exists in years divisible by four, of the hundreds only in those divisible by 400."""
    steps = Steps("a")
    cells = days_of(half_width(trimmed(TEXT, steps), steps), steps)
    found = worked(["2000-02-29", "2004-02-29", "2003-02-29", "2100-02-29"], steps, day=cells.value)
    assert found == [(date(2000, 2, 29),), (date(2004, 2, 29),), (None,), (None,)]


def test_blank_is_null() -> None:
    """An empty or blank text is null and no fault."""
    steps = Steps("a")
    assert worked([None, "", " \u3000\u00a0"], steps, text=trimmed(TEXT, steps)) == [(None,)] * 3


def test_words() -> None:
    """A listed word has its assigned meaning; one listed as unknown is null and counts as listed."""
    steps = Steps("a")
    found, listed = meanings_of(TEXT, {"城市": "urban", "1": "urban", "未知": None}, nw.String(), steps)
    assert worked(["城市", "1", "未知", "县城"], steps, found=found, listed=listed) == [
        ("urban", True),
        ("urban", True),
        (None, True),
        (None, False),
    ]
