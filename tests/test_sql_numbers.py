"""Arithmetic and comparison in SQL: row by row what ranges come to, on every small number and range."""

from collections.abc import Callable
from itertools import product

import pytest
from databases import Database
from in_both import database, in_both, server

from hardship_rules import ranges, sql_numbers
from hardship_rules.ranges import Number, Truth, span
from hardship_rules.sql_steps import DIALECTS
from hardship_rules.sql_text import column
from hardship_rules.sql_values import Numbers, sql

__all__ = ["database", "server"]  # fixtures

SMALL = [span(low, high) for low, high in product(range(-4, 5), repeat=2) if low <= high]
POSITIVE = [span(low, high) for low, high in product(range(1, 4), repeat=2) if low <= high]
PAIRS = list(product(SMALL, [*SMALL[::3], *POSITIVE]))
A = Numbers(column("a_low"), column("a_high"), span(-4, 4))
B = Numbers(column("b_low"), column("b_high"), span(-4, 4))
ABOVE = Numbers(column("b_low"), column("b_high"), span(1, 4))
ONE = sql_numbers.constant(1)
KNOWN = Numbers(A.low, A.low, span(-4, 4))


def asked(database: Database, pieces: list[str], pairs: list[tuple[Number, Number]]) -> list[list[object]]:
    """What pieces come to for each pair of numbers, in their order."""
    database.run("CREATE TABLE t (n integer, a_low bigint, a_high bigint, b_low bigint, b_high bigint)")
    ends = [(*(end(each) for each in pair for end in (ranges.low, ranges.high)),) for pair in pairs]
    names = ("n", "a_low", "a_high", "b_low", "b_high")
    database.fill("t", [dict(zip(names, (n, *each), strict=True)) for n, each in enumerate(ends)])
    said = ", ".join(f"{piece} AS x{n}" for n, piece in enumerate(pieces))
    return [list(row.values())[1:] for row in database.rows(f"SELECT n, {said} FROM t ORDER BY n")]  # noqa: S608  # the test's own names and lines


def floored(a: Number, b: Number) -> Number:
    """The floor of a quotient."""
    return ranges.rounded(ranges.divide(a, b), 1, "floor")


NUMBERS: list[tuple[Callable[[str], Numbers], Callable[[Number, Number], Number], bool]] = [
    (lambda _: sql_numbers.add([A, B, sql_numbers.constant(-3)]), lambda a, b: ranges.add(ranges.add(a, b), -3), False),
    (lambda _: sql_numbers.negate(A), lambda a, _: ranges.negate(a), False),
    (lambda _: sql_numbers.multiply([A, B]), ranges.multiply, False),
    (lambda _: sql_numbers.multiply([A, sql_numbers.constant(-2)]), lambda a, _: ranges.multiply(a, -2), False),
    (lambda _: sql_numbers.extreme("min", [A, B]), ranges.least, False),
    (lambda _: sql_numbers.extreme("max", [A, B, ONE]), lambda a, b: ranges.greatest(1, ranges.greatest(a, b)), False),
    (lambda divide: sql_numbers.floor(A, sql_numbers.constant(3), divide), lambda a, _: floored(a, 3), False),
    (lambda divide: sql_numbers.floor(A, ABOVE, divide), floored, True),
]


@in_both
@pytest.mark.parametrize("case", range(len(NUMBERS)))
def test_numbers_are_those_of_ranges(database: Database, case: int) -> None:
    """The least and the most of what is worked out, of known numbers and of ranges, below zero and above."""
    made, meant, positive = NUMBERS[case]
    pairs = [pair for pair in PAIRS if pair[1] in POSITIVE] if positive else PAIRS
    number = made(DIALECTS[database.dialect].divide)
    found = asked(database, [str(number.low), str(number.high)], pairs)
    assert found == [[ranges.low(meant(a, b)), ranges.high(meant(a, b))] for a, b in pairs]


@in_both
def test_what_is_known_stays_known(database: Database) -> None:
    """A number that is known in every row has one end, and the arithmetic of known ones is written once."""
    divide = DIALECTS[database.dialect].divide
    some = [
        sql_numbers.add([KNOWN, sql_numbers.constant(2)]),
        sql_numbers.negate(KNOWN),
        sql_numbers.floor(KNOWN, sql_numbers.constant(3), divide),
        sql_numbers.multiply([KNOWN, KNOWN]),
    ]
    assert all(each.low is each.high for each in some)
    known = [pair for pair in PAIRS if isinstance(pair[0], int)]
    found = asked(database, [str(each.low) for each in some], known)
    assert found == [[a + 2, -a, a // 3, a * a] for a, _ in known if isinstance(a, int)]


def opposite(truth: Truth) -> Truth:
    """The truth of the negation."""
    return None if truth is None else not truth


SIGNS: dict[str, Callable[[Number, Number], Truth]] = {
    "<": ranges.less,
    ">": lambda a, b: ranges.less(b, a),
    ">=": lambda a, b: opposite(ranges.less(a, b)),
    "<=": lambda a, b: opposite(ranges.less(b, a)),
    "==": ranges.equal,
    "!=": lambda a, b: opposite(ranges.equal(a, b)),
}


@in_both
def test_comparisons_are_those_of_ranges(database: Database) -> None:
    """True, false and open exactly where they are so of ranges, for every sign, and for a constant beside."""
    beside = [sql_numbers.compared(A, sign, B) for sign in SIGNS]
    constant = [sql_numbers.compared(A, sign, sql_numbers.constant(1)) for sign in SIGNS]
    found = asked(database, [str(sql(each)) for each in (*beside, *constant)], PAIRS)
    assert found == [
        [*(tell(a, b) for tell in SIGNS.values()), *(tell(a, 1) for tell in SIGNS.values())] for a, b in PAIRS
    ]
