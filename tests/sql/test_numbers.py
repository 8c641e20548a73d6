"""Arithmetic and comparison in SQL equal interval arithmetic row by row, for all small numbers and intervals."""

from collections.abc import Callable
from functools import reduce
from itertools import product

import pytest
from databases import Database
from framing import drawn
from hypothesis import strategies as st
from in_both import database, in_both, server
from sampling import examples

from hardship_rules.core import interval as ranges
from hardship_rules.core.interval import Number, Truth, span
from hardship_rules.sql import _numbers as sql_numbers
from hardship_rules.sql._text import Sql, column
from hardship_rules.sql._values import Numbers, sql
from hardship_rules.sql.steps import DIALECTS

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
    """The values of SQL expressions for each pair of numbers, in order."""
    database.run("CREATE TABLE t (n integer, a_low bigint, a_high bigint, b_low bigint, b_high bigint)")
    ends = [(*(end(each) for each in pair for end in (ranges.low, ranges.high)),) for pair in pairs]
    names = ("n", "a_low", "a_high", "b_low", "b_high")
    database.fill("t", [dict(zip(names, (n, *each), strict=True)) for n, each in enumerate(ends)])
    found: list[list[object]] = [[] for _ in pairs]
    for some in batched(pieces, 100):  # a query has a maximum number of columns
        said = ", ".join(f"{piece} AS x{n}" for n, piece in enumerate(some))
        rows = database.rows(f"SELECT n, {said} FROM t ORDER BY n")  # noqa: S608  # the test's own names and expressions
        for sofar, row in zip(found, rows, strict=True):
            sofar.extend(list(row.values())[1:])
    return found


def batched(pieces: list[str], number: int) -> list[list[str]]:
    """Batches of a given size."""
    return [pieces[start : start + number] for start in range(0, len(pieces), number)]


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
    """The bounds of results are right, for known numbers and intervals, negative and positive."""
    made, meant, positive = NUMBERS[case]
    pairs = [pair for pair in PAIRS if pair[1] in POSITIVE] if positive else PAIRS
    number = made(DIALECTS[database.dialect].divide)
    found = asked(database, [str(number.low), str(number.high)], pairs)
    assert found == [[ranges.low(meant(a, b)), ranges.high(meant(a, b))] for a, b in pairs]


@in_both
def test_what_is_known_stays_known(database: Database) -> None:
    """A number known in every row has one bound, and its arithmetic is written once."""
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


# --- Nested expressions -----------------------------------------------------------------------------------------------

LONG_LOW, LONG_HIGH = (Sql(f"COALESCE(a_{end}, b_{end}, a_{end}, b_{end})") for end in ("low", "high"))
LONG_A = Numbers(LONG_LOW, LONG_HIGH, A.within)
Meant = Callable[[Number, Number], Number]
Worked = tuple[Callable[[str], Numbers], Meant]
"""A number in SQL, given the database's division, and its meaning for two numbers."""
LEAVES: list[Worked] = [
    (lambda _: A, lambda a, _: a),
    (lambda _: B, lambda _, b: b),
    (lambda _: LONG_A, lambda a, _: a),
    *((lambda _, n=n: sql_numbers.constant(n), lambda _a, _b, n=n: n) for n in (-2, -1, 3)),
]


def summed(parts: list[Worked]) -> Worked:
    """The sum of some numbers."""
    return (
        lambda divide: sql_numbers.add([made(divide) for made, _ in parts]),
        lambda a, b: reduce(ranges.add, (meant(a, b) for _, meant in parts)),
    )


def times(parts: tuple[Worked, Worked]) -> Worked:
    """The product of two numbers."""
    (one, meant_by_one), (other, meant_by_other) = parts
    return (
        lambda divide: sql_numbers.multiply([one(divide), other(divide)]),
        lambda a, b: ranges.multiply(meant_by_one(a, b), meant_by_other(a, b)),
    )


def turned(part: Worked) -> Worked:
    """The negation of a number."""
    return lambda divide: sql_numbers.negate(part[0](divide)), lambda a, b: ranges.negate(part[1](a, b))


def divided(part: Worked) -> Worked:
    """The floor of a third of a number."""
    return (
        lambda divide: sql_numbers.floor(part[0](divide), sql_numbers.constant(3), divide),
        lambda a, b: floored(part[1](a, b), 3),
    )


@st.composite
def worked(draw: st.DrawFn, depth: int = 3) -> Worked:
    """Sums, products, negations and floors of a few numbers, nested in each other."""
    form = draw(st.sampled_from(["leaf", "sum", "minus", "product", "floor"] if depth else ["leaf"]))
    inner = worked(depth - 1)
    match form:
        case "sum":
            return summed(draw(st.lists(inner, min_size=2, max_size=5)))
        case "minus":
            return turned(draw(inner))
        case "product":
            return times((draw(inner), draw(inner)))
        case "floor":
            return divided(draw(inner))
        case _:
            return draw(st.sampled_from(LEAVES))


@pytest.mark.agreement
@in_both
def test_brackets_stand_where_they_must(database: Database) -> None:
    """Nested expressions keep their meaning as text, on one line or several."""
    some = drawn(worked(), examples(100, 1000))
    numbers = [made(DIALECTS[database.dialect].divide) for made, _ in some]
    pairs = [(a, b) for a, b in product((-4, -1, 0, 3, span(-2, 1), span(1, 4)), (-3, 2, span(-1, 2)))]
    found = asked(database, [str(end) for number in numbers for end in (number.low, number.high)], pairs)
    for (a, b), row in zip(pairs, found, strict=True):
        ends = zip(numbers, some, row[::2], row[1::2], strict=True)
        wrong = [
            f"{number.low} to {number.high} is {low} to {high} of {a} and {b}"
            for number, (_, meant), low, high in ends
            if (low, high) != (ranges.low(meant(a, b)), ranges.high(meant(a, b)))
        ]
        assert wrong == []


LONG = [Sql(f"COALESCE({name}, b_low, b_low, b_low)") for name in ("a_low", "a_high", "b_low", "b_high")]


@in_both
@pytest.mark.parametrize(
    ("make", "meant"),
    [
        (lambda a, many: sql_numbers.add([a, sql_numbers.negate(many)]), lambda a, many: a - many),
        (lambda a, many: sql_numbers.add([sql_numbers.negate(many), a]), lambda a, many: a - many),
        (lambda a, many: sql_numbers.negate(sql_numbers.add([a, sql_numbers.negate(many)])), lambda a, many: many - a),
        (
            lambda a, many: sql_numbers.add(
                [many, sql_numbers.negate(sql_numbers.add([a, sql_numbers.negate(sql_numbers.add([many, a]))]))]
            ),
            lambda a, many: many - (a - (many + a)),
        ),
        (lambda a, many: sql_numbers.multiply([sql_numbers.negate(many), a]), lambda a, many: -many * a),
        (lambda a, many: sql_numbers.multiply([a, sql_numbers.negate(many)]), lambda a, many: -many * a),
        (lambda a, many: sql_numbers.negate(sql_numbers.multiply([a, many])), lambda a, many: -many * a),
        (lambda _, many: sql_numbers.negate(sql_numbers.negate(many)), lambda _, many: many),
    ],
)
def test_a_minus_before_several_lines(
    database: Database,
    make: Callable[[Numbers, Numbers], Numbers],
    meant: Callable[[int, int], int],
) -> None:
    """A minus applies to a whole sum, also on several lines."""
    long = [Numbers(piece, piece, span(-4, 4)) for piece in LONG]
    many, a = sql_numbers.add(long), Numbers(column("a_low"), column("a_low"), span(-4, 4))
    made = make(a, many)
    assert "\n" in str(many.low)
    pairs: list[tuple[Number, Number]] = [
        (span(1, 2), span(-3, 4)),
        (span(-4, -1), span(0, 3)),
        (span(2, 3), span(1, 2)),
    ]
    found = asked(database, [str(made.low)], pairs)
    assert found == [[meant(1, 1 + 2 - 3 + 4)], [meant(-4, -4 - 1 + 0 + 3)], [meant(2, 2 + 3 + 1 + 2)]]


@in_both
def test_a_quotient_in_a_product(database: Database) -> None:
    """A number times a floored quotient is no floored product: 3 * (4 // 3) is 3, and 3 * 4 // 3 is 4."""
    divide = DIALECTS[database.dialect].divide
    by, above = (Numbers(column(end), column(end), span(0, 4)) for end in ("b_low", "a_low"))
    thirds = sql_numbers.floor(above, sql_numbers.constant(3), divide)
    some = [
        sql_numbers.multiply([by, thirds]),
        sql_numbers.multiply([thirds, by]),
        sql_numbers.multiply([sql_numbers.constant(3), thirds]),
        sql_numbers.negate(sql_numbers.multiply([by, thirds])),
    ]
    assert asked(database, [str(each.low) for each in some], [(4, 3), (2, 4)]) == [[3, 3, 3, -3], [0, 0, 0, 0]]


def opposite(truth: Truth) -> Truth:
    """The negation of a truth value."""
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
    """A comparison is true, false or unknown as for intervals, for every sign, and for a constant operand."""
    beside = [sql_numbers.compared(A, sign, B) for sign in SIGNS]
    constant = [sql_numbers.compared(A, sign, sql_numbers.constant(1)) for sign in SIGNS]
    found = asked(database, [str(sql(each)) for each in (*beside, *constant)], PAIRS)
    assert found == [
        [*(tell(a, b) for tell in SIGNS.values()), *(tell(a, 1) for tell in SIGNS.values())] for a, b in PAIRS
    ]
