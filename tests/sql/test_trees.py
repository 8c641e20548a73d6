"""Trees as text have the values in PostgreSQL and DuckDB that Python computes, however they are nested."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import ceil, floor, trunc
from typing import Any

import pytest
import sqlglot
from databases import Database
from framing import drawn
from hypothesis import strategies as st
from in_both import database, in_both, server
from places import ROOT
from sampling import examples

from hardship_rules.engine.program import IntKind, Rounding
from hardship_rules.sql import trees
from hardship_rules.sql.dialects import DIALECTS
from hardship_rules.sql.numbers import rounded_quotient
from hardship_rules.sql.printing import printed
from hardship_rules.sql.trees import Bound, Item, Sign, Tree

__all__ = ["database", "server"]  # fixtures

Row = dict[str, Any]
Number = tuple[Callable[[str], Bound], Callable[[Row], int]]
"""A whole number in SQL, given the operator of whole division, and its value by Python in a row."""
Condition = tuple[Callable[[str], Tree], Callable[[Row], bool | None]]
NAMES = ("select", "a column with a name that is long enough for lines to be broken")
ROWS: list[Row] = [
    {NAMES[0]: a, NAMES[1]: b, "p": p, "q": q}
    for a, b, p, q in product((-7, 0, 1, 8), (-5, 3), (True, False, None), (True, False, None))
]
BOUNDS = IntKind(-(10**9), 10**9)


def values(database: Database, columns: Sequence[Tree]) -> list[list[Any]]:
    """The values of trees in each row."""
    database.run(f'CREATE TABLE t (n integer, "{NAMES[0]}" bigint, "{NAMES[1]}" bigint, p boolean, q boolean)')
    database.fill("t", [{"n": n, **row} for n, row in enumerate(ROWS)])
    found: list[list[Any]] = [[] for _ in ROWS]
    for start in range(0, len(columns), 50):
        items = [Item("n", trees.column("t", "n"))]
        items += [Item(f"x{number}", tree) for number, tree in enumerate(columns[start : start + 50])]
        text = printed(trees.select(items, trees.table("t")), DIALECTS[database.dialect])
        for row in database.rows(text):
            found[row["n"]].extend(list(row.values())[1:])
    return found


# --- Random trees ------------------------------------------------------------------------------------------------

COMPARED: dict[Sign, Callable[[int, int], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}
ROUNDED: dict[Rounding, Callable[[Fraction], int]] = {
    "floor": floor,
    "down": trunc,
    "half_up": lambda x: floor(x + Fraction(1, 2)) if x >= 0 else ceil(x - Fraction(1, 2)),
    "up": lambda x: ceil(x) if x >= 0 else floor(x),
}


def known_number(draw: st.DrawFn) -> Number:
    """A column or a constant."""
    name = draw(st.sampled_from([*NAMES, None]))
    if name is None:
        constant = draw(st.integers(-3, 3))
        return lambda _: constant, lambda _: constant
    return lambda _: trees.column("t", name), lambda row: row[name]


@st.composite
def numbers(draw: st.DrawFn, depth: int = 3) -> Number:
    """Sums, products, quotients, extremes and cases, nested in each other."""
    form = draw(st.sampled_from(["sum", "product", "minus", "quotient", "least", "greatest", "case"]))
    if not depth or draw(st.integers(0, 5)) == 0:
        return known_number(draw)
    if form == "case":
        condition, then, otherwise = draw(conditions(depth - 1)), draw(numbers(depth - 1)), draw(numbers(depth - 1))
        return (
            lambda by: trees.case([(condition[0](by), trees.number(then[0](by)))], trees.number(otherwise[0](by))),
            lambda row: then[1](row) if condition[1](row) else otherwise[1](row),
        )
    parts = draw(st.lists(numbers(depth - 1), min_size=2, max_size=4))
    one, of_one = parts[0]
    match form:
        case "minus":
            return lambda by: trees.minus(one(by)), lambda row: -of_one(row)
        case "quotient":
            divisor, rounding = draw(st.integers(2, 5)), draw(st.sampled_from(list(ROUNDED)))
            return (
                lambda by: rounded_quotient(one(by), BOUNDS, divisor, rounding, by),
                lambda row: ROUNDED[rounding](Fraction(of_one(row), divisor)),
            )
        case _:
            made, meant = OF_SEVERAL[form]
            return lambda by: made(*(part(by) for part, _ in parts)), lambda row: meant([of(row) for _, of in parts])


def multiplied(parts: Sequence[int]) -> int:
    """The product of some numbers."""
    result = 1
    for part in parts:
        result *= part
    return result


OF_SEVERAL: dict[str, tuple[Callable[..., Bound], Callable[[Sequence[int]], int]]] = {
    "sum": (trees.add, sum),
    "product": (trees.multiply, multiplied),
    "least": (trees.least, min),
    "greatest": (trees.greatest, max),
}


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> Condition:
    """Comparisons, junctions, negations and cases of them, nested in each other, some null."""
    form = draw(st.sampled_from(["all", "any", "not", "compare", "is", "is not", "case", "among", "between"]))
    if not depth or draw(st.integers(0, 5)) == 0:
        name = draw(st.sampled_from("pq"))
        return lambda _: trees.column("t", name), lambda row: row[name]
    if form in ("compare", "among", "between"):
        return compared(draw, form, depth)
    parts = draw(st.lists(conditions(depth - 1), min_size=2, max_size=4))
    one, of_one = parts[0]
    match form:
        case "all" | "any":
            join, settles = (trees.and_, False) if form == "all" else (trees.or_, True)
            return lambda by: join(*(part(by) for part, _ in parts)), lambda row: junction(
                [of(row) for _, of in parts], settles
            )
        case "not":
            return lambda by: trees.not_(one(by)), lambda row: opposite(of_one(row))
        case "case":
            other, of_other = parts[1]
            return (
                lambda by: trees.case([(one(by), trees.truth(value=True)), (other(by), trees.truth(value=False))]),
                lambda row: True if of_one(row) else False if of_other(row) else None,
            )
        case _:
            what = draw(st.sampled_from([True, False, None]))
            if form == "is":
                return lambda by: trees.is_(one(by), what), lambda row: of_one(row) is what
            return lambda by: trees.is_not(one(by), what), lambda row: of_one(row) is not what


def compared(draw: st.DrawFn, form: str, depth: int) -> Condition:
    """A condition on numbers."""
    (one, of_one), (other, of_other) = draw(numbers(depth - 1)), draw(numbers(depth - 1))
    if form == "compare":
        sign = draw(st.sampled_from(list(COMPARED)))
        return (
            lambda by: trees.compare(one(by), sign, other(by)),
            lambda row: COMPARED[sign](of_one(row), of_other(row)),
        )
    if form == "among":
        return lambda by: trees.among_numbers(trees.number(one(by)), (-7, 2, 8)), lambda row: of_one(row) in (-7, 2, 8)
    ends = trees.number(-3), trees.number(4)
    return lambda by: trees.between(trees.number(one(by)), *ends), lambda row: -3 <= of_one(row) <= 4


def junction(parts: Sequence[bool | None], settles: bool) -> bool | None:  # noqa: FBT001  # what settles it
    """All or any of some conditions, null where that is open."""
    return settles if settles in parts else None if None in parts else not settles


def opposite(truth: bool | None) -> bool | None:  # noqa: FBT001  # a condition
    """The opposite of a condition."""
    return None if truth is None else not truth


@pytest.mark.agreement
@in_both
def test_random_trees_have_the_values_of_python(database: Database) -> None:
    """Numbers and conditions of every constructor, nested, below zero and null, agree in every row."""
    divide = DIALECTS[database.dialect].divide
    some: list[tuple[Callable[[str], Any], Callable[[Row], Any]]] = [
        *drawn(numbers(), examples(150, 1500)),
        *drawn(conditions(), examples(150, 1500)),
    ]
    made = [trees.number(make(divide)) for make, _ in some]
    for row, found in zip(ROWS, values(database, made), strict=True):
        for tree, (_, meant), value in zip(made, some, found, strict=True):
            assert value == meant(row), (row, printed(tree, DIALECTS[database.dialect]))


@in_both
def test_a_part_that_stands_twice_counts_twice(database: Database) -> None:
    """The same tree twice in a sum or a product is added or multiplied twice; a minus is taken once."""
    a = trees.column("t", NAMES[0])
    some = [trees.add(a, 1, a), trees.multiply(a, a, 2), trees.add(a, trees.minus(a), a), trees.minus(trees.minus(a))]
    found = values(database, [trees.number(each) for each in some])
    assert found == [[2 * row[NAMES[0]] + 1, 2 * row[NAMES[0]] ** 2, row[NAMES[0]], row[NAMES[0]]] for row in ROWS]


@in_both
@pytest.mark.parametrize("rounding", ROUNDED)
def test_every_rounding_of_small_quotients(database: Database, rounding: Rounding) -> None:
    """A quotient is rounded exactly, above and below zero, on the half and beside it."""
    dialect = DIALECTS[database.dialect]
    database.run("CREATE TABLE t (x bigint, y bigint)")
    database.fill("t", [{"x": x, "y": y} for x in range(-12, 13) for y in range(1, 7)])
    over, by = trees.column("t", "x"), trees.column("t", "y")
    quotient = rounded_quotient(over, BOUNDS, by, rounding, dialect.divide)
    items = [Item("x", over), Item("y", by), Item("found", trees.number(quotient))]
    for row in database.rows(printed(trees.select(items, trees.table("t")), dialect)):
        assert row["found"] == ROUNDED[rounding](Fraction(row["x"], row["y"])), row


# --- Names, texts and single nodes -------------------------------------------------------------------------------


@in_both
def test_names_texts_and_comments_cannot_leave_their_place(database: Database) -> None:
    """Quotes, backslashes, line ends and comment signs stay within a name, a text or a comment."""
    hostile = "a' -- \" */ /* \\ \n b"
    name = "x \" ' -- */ 甲"
    items = [Item(name, trees.text(hostile), f"{hostile} */ FROM nowhere"), Item("n", trees.number(1))]
    (row,) = database.rows(printed(trees.select(items), DIALECTS[database.dialect]))
    assert row == {name: hostile, "n": 1}


@in_both
def test_single_nodes_mean_what_they_are_called(database: Database) -> None:
    """Dates and their parts, casts, patterns, text functions, remainders and typed nulls, in both databases."""
    day = trees.date("2021-02-03")
    some: list[tuple[Tree, object]] = [
        (day, date(2021, 2, 3)),
        *(
            (trees.cast_to(trees.part_of_date(part, day), "bigint"), value)
            for part, value in (("YEAR", 2021), ("MONTH", 2), ("DAY", 3))
        ),
        (trees.between(day, trees.date("2021-02-03"), trees.date("2021-02-04")), True),
        (trees.matches(trees.text("a-12"), "a-[0-9]{2}"), True),
        (trees.not_(trees.matches(trees.text("a-123"), "a-[0-9]{2}")), True),
        (trees.joined(trees.text("a"), trees.text("b"), trees.text("c")), "abc"),
        (trees.among(trees.text("a"), ["b", "a"]), True),
        (trees.not_(trees.among(trees.text("a"), ["b", "a"])), False),
        (trees.case_of(trees.text("a"), [("b", trees.number(1)), ("a", trees.number(2))], None), 2),
        (trees.remainder(trees.number(-7), 3), -1),
        (trees.null("boolean"), None),
        (trees.cast_to(trees.decimal("2.5"), "numeric(4, 1)"), Decimal("2.5")),
        (trees.call("CONCAT_WS", trees.text(";"), trees.text("a"), trees.null("text"), trees.text("b")), "a;b"),
        (trees.wide(trees.case([(trees.truth(value=True), trees.number(2**31 - 1))], trees.number(0))), 2**31 - 1),
    ]
    items = [Item(f"x{number}", tree) for number, (tree, _) in enumerate(some)]
    (row,) = database.rows(printed(trees.select(items), DIALECTS[database.dialect]))
    assert list(row.values()) == [value for _, value in some]


@in_both
def test_totals_are_filtered_sums_and_counts(database: Database) -> None:
    """A case that is else zero is a filter; a group without such a row has zero, not null."""
    database.run("CREATE TABLE t (k text, x bigint, p boolean)")
    rows = [("a", 5, True), ("a", -3, None), ("a", 7, False), ("b", 9, None)]
    database.fill("t", [{"k": k, "x": x, "p": p} for k, x, p in rows])
    key, x, p = (trees.column("t", name) for name in "kxp")
    sometimes = trees.case([(p, x)], trees.number(0))
    some: list[Bound] = [x, sometimes, trees.wide(trees.case([(p, trees.number(1))], trees.number(0))), 3, 0]
    items = [Item("k", key), *(Item(f"x{number}", trees.number(trees.total(part))) for number, part in enumerate(some))]
    found = database.rows(
        printed(trees.grouped(trees.select(items, trees.table("t")), key), DIALECTS[database.dialect])
    )
    assert {row.pop("k"): list(row.values()) for row in found} == {"a": [9, 5, 1, 9, 0], "b": [9, 0, 0, 3, 0]}


def test_a_printed_tree_is_read_back_as_itself() -> None:
    """What is printed is read as a tree that prints as the same one, with its comment: no operand has moved."""
    some = drawn(conditions(), 100)
    for name, dialect in DIALECTS.items():
        for make, _ in some:
            text = printed(trees.select([Item("x", make(dialect.divide), "title")], trees.table("t")), dialect)
            parsed = sqlglot.parse_one(text, read=name)
            again = printed(parsed, dialect)
            assert sqlglot.parse_one(again, read=name) == parsed
            assert "/* title */" in again


def test_only_the_constructors_and_the_printer_know_sqlglot() -> None:
    """No other module imports its nodes, so that brackets and quotes are set in one place."""
    folder = ROOT / "hardship_rules" / "sql"
    using = {path.stem for path in folder.glob("*.py") if "sql.libraries import" in path.read_text("utf-8")}
    assert using == {"trees", "printing"}
    assert [path.stem for path in folder.glob("*.py") if "import sqlglot" in path.read_text("utf-8")] == []
    assert [path.stem for path in folder.glob("*.py") if "from sqlglot" in path.read_text("utf-8")] == ["libraries"]
