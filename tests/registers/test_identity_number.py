"""Identity numbers: the check digit of ISO 7064 MOD 11-2, and the day of birth; all numbers are invented."""

import random
from datetime import date
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest
from attrs import evolve
from identity_numbers import FORMS, GOOD, OTHERS, number

from hardship_rules.language.characters import QUOTES, SPACES, UNSEEN
from hardship_rules.registers._cells import (
    Cells,
    Steps,
    days_of_birth,
    half_width,
    key_cells,
    normalized_number,
    trimmed,
)
from hardship_rules.registers._mapped import with_steps


def read(text: str) -> tuple[date | None, bool, bool]:
    """The day of birth, whether the number is wrong, and whether a spreadsheet truncated it."""
    steps = Steps("a")
    cells = days_of_birth(half_width(trimmed(nw.col("a"), steps), steps), steps)
    table = nw.from_native(pl.DataFrame({"a": [text]}).lazy())
    for step in steps.columns:
        table = table.with_columns(step)
    made = table.select(d=cells.value, w=cells.faults["cell_identity_number"], p=cells.faults["cell_powers"])
    day, wrong, powers = made.collect().to_native().row(0)
    return day, wrong, powers


def test_the_standards_example() -> None:
    """The standard's own example, 11010519491231002X, is valid."""
    assert number("11010519491231002") == "11010519491231002X"
    assert read("11010519491231002X") == (date(1949, 12, 31), False, False)
    assert read(" １１０１０５１９４９１２３１００２ｘ".replace("ｘ", "x")) == (date(1949, 12, 31), False, False)


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_digit_is_found(place: int) -> None:
    """Any single wrong digit is detected, at any place."""
    good = number("37100219800229123")
    other = "7" if good[place] != "7" else "3"
    assert read(good) == (date(1980, 2, 29), False, False)
    assert read(good[:place] + other + good[place + 1 :])[:2] == (None, True)


def test_days_that_there_were_not() -> None:
    """A number with a valid check digit but an invalid day is wrong."""
    assert read(number("37100219810229123")) == (None, True, False)


@pytest.mark.parametrize("text", ["371002800229123", "3710021980022912", "37100219800229123A", "身份证"])
def test_other_texts_are_wrong(text: str) -> None:
    """Fifteen digits, too few digits, and other letters are wrong."""
    assert read(text) == (None, True, False)


def test_what_a_spreadsheet_has_cut_off_is_told_apart() -> None:
    """A number with an exponent has lost its last digits, and is reported as truncated."""
    assert read("3.71002198002291E+17") == (None, False, True)


@pytest.mark.parametrize("text", ["3.71002E17", "3,71002e+17", "371002198002291200.0", "'3.7E+17"])
def test_digits_that_a_spreadsheet_or_a_float_has_lost(text: str) -> None:
    """A number in scientific notation, and a float, have lost the last digits, also in keys."""
    assert read(text) == (None, False, True)
    assert key(text)[1]


def key(text: str, *, plain: bool = False) -> tuple[str | None, bool]:
    """A text read as a key, and whether a spreadsheet truncated it."""
    cells = key_cells("a", nw.String(), required=True, is_ascii=plain)
    assert isinstance(cells, Cells)
    table = with_steps(nw.from_native(pl.DataFrame({"a": [text]}).lazy()), [cells])
    value, powers = table.select(v=cells.value, p=cells.faults["cell_powers"]).collect().to_native().row(0)
    return value, powers


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_number(form: str) -> None:
    """Any notation of a number is read, gives the same key, and compares as equal."""
    text = FORMS[form]
    assert read(text) == (date(2003, 4, 1), False, False)
    assert key(text, plain=text.isascii()) == (GOOD, False)
    assert normalized_number(text) == GOOD


@pytest.mark.parametrize("form", OTHERS)
def test_what_only_looks_like_a_number(form: str) -> None:
    """Digits and letters of other scripts that only look alike are not accepted."""
    text = OTHERS[form]
    assert read(text) == (None, True, False)
    assert key(text)[0] == text
    assert normalized_number(text) != GOOD


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("'12", "12"),
        ('="0012"', "0012"),
        ("１２", "12"),
        ("=cmd|x", "=cmd|x"),
        ("＝“A1”", "A1"),
        ("A\u200b1\u00ad", "A1"),
        ("“A 1”", "A 1"),
        ("1 2", "1 2"),
        ("威环－０１２", "威环－０１２"),
        ("a1x", "a1x"),
        ("²", "²"),
        ("'", None),
        ('=""', None),
        ("\u00ad", None),
    ],
)
def test_keys(text: str, bare: str | None) -> None:
    """A key loses a spreadsheet's quoting, and its digits become plain; anything else stays."""
    assert key(text) == (bare, False)


def test_databases_read_every_form_alike() -> None:
    """DuckDB reads and refuses the same numbers as Polars."""
    texts = [*FORMS.values(), *OTHERS.values()]
    connection = duckdb.connect()
    table: nw.LazyFrame[Any] = nw.from_native(connection.from_arrow(pl.DataFrame({"a": texts}).to_arrow()))
    steps = Steps("a")
    born = days_of_birth(half_width(trimmed(nw.col("a"), steps), steps), steps)
    keys = key_cells("a", nw.String(), required=True)
    assert isinstance(keys, Cells)
    table = with_steps(table, [evolve(born, steps=tuple(steps.columns)), keys])
    found = table.select(d=born.value, k=keys.value).collect("polars").to_native()
    assert found["d"].to_list() == [date(2003, 4, 1)] * len(FORMS) + [None] * len(OTHERS)
    assert found["k"].to_list() == [GOOD] * len(FORMS) + [*OTHERS.values()]


def test_drawn_forms_of_a_number() -> None:
    """Invisible characters and quotes change nothing, in every way of reading a number."""
    seed = random.SystemRandom().randrange(2**32)
    draw = random.Random(seed)  # noqa: S311  # not for security
    unseen = [chr(sign) for ends in (*SPACES, *UNSEEN, *QUOTES) for sign in ends] + list(" \t\r\n")

    def drawn() -> str:
        signs = ((sign, chr(ord(sign) + 0xFEE0), sign.lower()) for sign in GOOD)
        body = "".join(draw.choice(unseen) * draw.randrange(2) + draw.choice(forms) for forms in signs)
        return draw.choice(["", "=", "＝", '="', " ="]) + body + draw.choice(["", '"', "\ufe0f"])

    texts = [drawn() for _ in range(300)]
    steps = Steps("a")
    born = days_of_birth(half_width(trimmed(nw.col("a"), steps), steps), steps)
    keys = key_cells("a", nw.String(), required=True)
    assert isinstance(keys, Cells)
    table = with_steps(
        nw.from_native(pl.DataFrame({"a": texts}).lazy()), [evolve(born, steps=tuple(steps.columns)), keys]
    )
    found = table.select(d=born.value, k=keys.value).collect().to_native()
    wrong = [text for text, row in zip(texts, found.rows(), strict=True) if row != (date(2003, 4, 1), GOOD)]
    wrong += [text for text in texts if normalized_number(text) != GOOD]
    assert wrong == [], seed
