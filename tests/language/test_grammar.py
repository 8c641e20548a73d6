"""One line of text: precedence, errors with their columns, and limits."""

from fractions import Fraction
from typing import cast

import pytest
from attrs import evolve

from hardship_rules.core.expr import (
    Add,
    Compare,
    Constant,
    Divide,
    Elapsed,
    Expr,
    Multiply,
    Name,
    Negate,
    Not,
    OneOf,
    OverMembers,
    Round,
)
from hardship_rules.core.problem import Location, Problem
from hardship_rules.language.grammar import exact_number, parse_line
from hardship_rules.language.source import Scalar

AT = Location("f", 1, 1)


def n(name: str) -> Name:
    """A name expression."""
    return Name(name, AT)


def c(value: int | str) -> Constant:
    """A constant, from an integer or a fraction."""
    number = Fraction(value)
    return Constant(number.numerator if number.denominator == 1 else number, AT)


def read(text: str) -> Expr:
    """The expression of a line without a problem."""
    expr = parse_line(Scalar(text, AT))
    assert not isinstance(expr, Problem), expr.line()
    return expr


def refused(text: str) -> str:
    """The `column code` of a line's problem."""
    problem = parse_line(Scalar(text, AT))
    assert isinstance(problem, Problem)
    assert problem.location is not None
    return f"{problem.location.column} {problem.code}"


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("a + b * c", Add((n("a"), Multiply((n("b"), n("c")), AT)), AT)),
        ("(a + b) * c", Multiply((Add((n("a"), n("b")), AT), n("c")), AT)),
        ("a - b - c", Add((n("a"), Negate(n("b"), AT), Negate(n("c"), AT)), AT)),
        ("a - (b - c)", Add((n("a"), Negate(Add((n("b"), Negate(n("c"), AT)), AT), AT)), AT)),
        ("a / b / c", Divide(n("a"), Multiply((n("b"), n("c")), AT), AT)),
        ("a / b * c", Divide(Multiply((n("a"), n("c")), AT), n("b"), AT)),
        ("-a", Negate(n("a"), AT)),
        ("-2", c(-2)),
        ("--2", c(2)),
        ("80 %", c("4/5")),
        ("80% * a", Multiply((c("4/5"), n("a")), AT)),
        ("0.10", c("1/10")),
        ("a + 1 < b", Compare(Add((n("a"), c(1)), AT), "<", n("b"), AT)),
        ("a in (b, c)", OneOf(n("a"), (n("b"), n("c")), AT)),
        ("not a", Not(n("a"), AT)),
        ("true", Constant(value=True, at=AT)),
        ("sum(a where b < 1)", OverMembers("sum", n("a"), Compare(n("b"), "<", c(1), AT), AT)),
        ("count(not a)", OverMembers("count", None, Not(n("a"), AT), AT)),
        ("round_half_up(a, 0.01)", Round("half_up", n("a"), c("1/100"), AT)),
        ("full_years(出生, on)", Elapsed("year", n("出生"), n("on"), AT)),
    ],
)
def test_a_line_is_grouped_as_arithmetic_is(text: str, expr: Expr) -> None:
    """Products bind before sums, sums before comparisons, left to right; a percentage is a hundredth."""
    assert read(text) == expr


def test_long_sums_and_products_stay_flat() -> None:
    """Hundreds of summands or factors are one node, not nested ones."""
    assert len(cast(Add, read(" + ".join(["a"] * 250))).parts) == 250
    assert len(cast(Multiply, read("*".join(["a"] * 500))).parts) == 500


def test_spaces_mean_nothing() -> None:
    """Spaces between tokens are optional."""
    assert read("a+b*(c)<d") == read("  a  +  b * ( c )  <  d ")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "1 line_ends"),
        ("a +", "4 line_ends"),
        ("a b", "3 line_goes_on"),
        ("a * / b", "5 value_expected"),
        ("(a", "3 line_ends"),
        ("a)", "2 line_goes_on"),
        ("a = b", "3 single_equals"),
        ("a < b < c", "7 second_comparison"),
        ("a < b and c", "7 and_or"),
        ("a or b", "3 and_or"),
        ("not (a)", "5 name_expected"),
        ("not sum", "5 name_expected"),
        ("a in b", "6 sign_expected"),
        ("a in (1)", "7 name_expected"),
        ("a + 1,500", "6 comma_in_number"),
        ("min(a b)", "7 sign_expected"),
        ("sum(a", "6 line_ends"),
        ("foo(a)", "1 unknown_function"),
        ("a + 1_000", "5 number"),
        ("1e400", "1 number"),
        ("12abc", "1 number"),
        ("1.", "1 number"),
        ("a ; b", "3 line_character"),
        ("a　+ b", "2 odd_space"),
        ("a ＋ b", "3 full_width"),
        ("a > ７", "5 full_width"),
        ("a ≤ b", "3 line_sign"),
        ("a#b", "2 space_before_comment"),
        ("in", "1 name_expected"),
        ("a ** 2", "4 value_expected"),
        ("a.b", "2 line_character"),
        ("'a' == b", "1 line_character"),
    ],
)
def test_the_first_fault_is_told_at_its_column(text: str, found: str) -> None:
    """An error is reported at the column where it begins."""
    assert refused(text) == found


def test_a_column_counts_from_where_the_line_stands_in_the_file() -> None:
    """The location is that of the file, quotes counted; in a folded text it is the text's beginning."""
    place = Location("p.yaml", 7, 20)
    for inset, column in ((0, 24), (1, 25), (-1, 20)):
        problem = cast(Problem, parse_line(Scalar("a + @", place, inset=inset)))
        assert problem.location == Location("p.yaml", 7, column)


def test_the_nearest_function_is_offered() -> None:
    """A misspelt function gets the nearest known one."""
    assert cast(Problem, parse_line(Scalar("conut(a)", AT))).values["nearest"] == "count"


@pytest.mark.parametrize(
    ("sound", "unsound", "found"),
    [
        ("a" + " " * 999, "a" + " " * 1000, "1 line_too_long"),
        ("9" * 30, "9" * 31, "1 number_too_long"),
        ("9" * 15 + "." + "9" * 15, "9" * 15 + "." + "9" * 16, "1 number_too_long"),
        ("(" * 32 + "a" + ")" * 32, "(" * 33 + "a" + ")" * 33, "34 brackets_too_deep"),
        ("max(" * 32 + "a" + ")" * 32, "max(" * 33 + "a" + ")" * 33, "133 brackets_too_deep"),
    ],
)
def test_the_bounds_of_a_line_hold_exactly(sound: str, unsound: str, found: str) -> None:
    """1,000 characters, numbers of 30 digits and 32 levels of brackets are accepted; one more is refused."""
    assert not isinstance(parse_line(Scalar(sound, AT)), Problem)
    assert refused(unsound) == found


def test_a_long_row_of_signs_is_no_recursion() -> None:
    """A thousand minus signs are read without a recursion error, as two."""
    assert read("-" * 998 + "a") == Negate(Negate(n("a"), AT), AT)
    assert read("-" * 997 + "a") == Negate(n("a"), AT)
    assert read("-" * 998 + "5") == c(5)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("787", 787),
        ("-0.50", Fraction(-1, 2)),
        ("007", 7),
        ("1.0", 1),
        ("1e3", None),
        ("1_0", None),
        ("+1", None),
        (".5", None),
        ("1.", None),
        ("--1", None),
        ("", None),
        ("٣", None),
        ("1 ", None),
        ("1\n", None),
        ("NaN", None),
    ],
)
def test_a_number_is_digits_and_a_point(text: str, number: Fraction | int | None) -> None:
    """A number has only ASCII digits, one decimal point and a minus, and is exact."""
    assert exact_number(text) == number


def test_places_do_not_tell_expressions_apart() -> None:
    """Equal lines are equal expressions at any location."""
    assert evolve(n("a"), at=Location("g", 9, 9)) == n("a")
