"""The first case that holds in SQL: row by row the result of the evaluator, for known and unknown conditions."""

from collections.abc import Iterable
from itertools import product
from typing import Any

from databases import Database
from in_both import database, in_both, server

from hardship_rules import read_policy
from hardship_rules.core.expr import Choose, Constant, Name, OneOf, Option
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import high, low, span
from hardship_rules.core.kinds import Value
from hardship_rules.core.problem import Location
from hardship_rules.engine.evaluate import Scope, scope_of
from hardship_rules.engine.evaluate import value as meant
from hardship_rules.sql import _cases as sql_cases
from hardship_rules.sql import _numbers as sql_numbers
from hardship_rules.sql import _values as sql_values
from hardship_rules.sql._text import column
from hardship_rules.sql._values import Choice, Numbers, Truth

__all__ = ["database", "server"]  # fixtures

AT = Location("", 1, 1)
BOUNDS = ("xl", "xh", "yl", "yh", "zl", "zh")
ENDS = (("l", low), ("h", high))
TRUTHS = (True, False, None)
RANGES = [span(a, b) for a, b in ((0, 0), (2, 2), (1, 3), (-1, 0))]
YES, NO = Constant(value=True, at=AT), Constant(value=False, at=AT)
CONSTANTS = Choose(((Name("p", AT), YES), (Name("q", AT), Name("y", AT))), NO, AT)
CHOOSE = Choose(((Name("p", AT), Name("x", AT)), (Name("q", AT), Name("y", AT))), Name("z", AT), AT)

POLICY = """
language: 1
policy: cases
household:
  p: {title: p, yes or no: true}
  q: {title: q, yes or no: true}
  x: {title: x, KIND}
  y: {title: y, KIND}
  z: {title: z, KIND}
members: {facts: {}}
"""
OVER_NUMBERS = read_policy(POLICY.replace("KIND", "unit: 1, from: -1, to: 3"))
OVER_TRUTHS = read_policy(POLICY.replace("KIND", "yes or no: true"))


def scope_over(of: str, values: Iterable[Value]) -> Scope:
    """The scope of p, q, x, y and z, of which the last three are numbers or truths."""
    return scope_of(OVER_NUMBERS if of == "numbers" else OVER_TRUTHS, dict(zip("pqxyz", values, strict=True)), [{}])


def columns_of(rows: list[dict[str, Any]], database: Database, types: dict[str, str]) -> None:
    """A table with these rows."""
    listed = ", ".join(f"{called} {kind}" for called, kind in types.items())
    database.run(f"CREATE TABLE t (n integer, {listed})")
    database.fill("t", [{"n": n, **row} for n, row in enumerate(rows)])


def asked(database: Database, pieces: list[str]) -> list[list[Any]]:
    """The values of SQL expressions in each row."""
    said = ", ".join(f"{piece} AS x{n}" for n, piece in enumerate(pieces))
    return [list(row.values())[1:] for row in database.rows(f"SELECT n, {said} FROM t ORDER BY n")]  # noqa: S608  # the test's own names and expressions


@in_both
def test_numbers_of_the_first_case(database: Database) -> None:
    """The bounds are those of the cases that may apply, for two conditions that are true, false or unknown."""
    tried = list(product(TRUTHS, TRUTHS, RANGES, RANGES, RANGES))
    rows = [
        {
            "p": p,
            "q": q,
            **{f"{n}{end}": f(v) for n, v in zip("xyz", xyz, strict=True) for end, f in ENDS},
        }
        for p, q, *xyz in tried
    ]
    columns_of(
        rows,
        database,
        {"p": "boolean", "q": "boolean", **dict.fromkeys(BOUNDS, "bigint")},
    )
    x, y, z = (Numbers(column(f"{each}l"), column(f"{each}h"), span(-1, 3)) for each in "xyz")
    chosen = sql_cases.choose([(Truth(column("p")), x), (Truth(column("q")), y)], z)
    assert isinstance(chosen, Numbers)
    found = asked(database, [str(chosen.low), str(chosen.high)])
    for (p, q, *xyz), said in zip(tried, found, strict=True):
        whole = meant(CHOOSE, scope_over("numbers", (p, q, *xyz)))
        assert said == [low(whole), high(whole)]  # type: ignore[arg-type]  # a number, not None


@in_both
def test_truths_and_options_of_the_first_case(database: Database) -> None:
    """Booleans and options from columns are null exactly if the evaluator leaves them open."""
    tried = list(product(TRUTHS, repeat=5))
    columns_of([dict(zip("pqxyz", each, strict=True)) for each in tried], database, dict.fromkeys("pqxyz", "boolean"))
    p, q, x, y, z = (Truth(column(each)) for each in "pqxyz")
    truth = sql_cases.choose([(p, x), (q, y)], z)
    with_constant = sql_cases.choose([(p, sql_values.certain(truth=True)), (q, y)], sql_values.certain(truth=False))
    option = sql_cases.choose([(p, sql_values.option("a")), (q, sql_values.option("b"))], sql_values.option("c"))
    assert isinstance(truth, Truth)
    assert isinstance(with_constant, Truth)
    assert isinstance(option, Choice)
    either = sql_values.one_of(option, ["a", "b"])
    one = sql_values.one_of(option, ["c"])
    found = asked(database, [str(sql_values.sql(each)) for each in (truth, with_constant, either, one)])
    for each, said in zip(tried, found, strict=True):
        scope = scope_over("truths", each)
        first = Choose(((Name("p", AT), Option("a", AT)), (Name("q", AT), Option("b", AT))), Option("c", AT), AT)
        assert said[0] is meant(CHOOSE, scope)
        assert said[1] is meant(CONSTANTS, scope)
        assert said[2] is meant(OneOf(first, (Option("a", AT), Option("b", AT)), AT), scope)
        assert said[3] is meant(OneOf(first, (Option("c", AT),), AT), scope)


@in_both
def test_one_number_of_a_table(database: Database) -> None:
    """A table's number for an unknown option has the bounds of the numbers that may apply."""
    worth = {"a": 7, "b": 3, "c": 5}
    tried = list(product(TRUTHS, repeat=3))
    columns_of([dict(zip("abc", each, strict=True)) for each in tried], database, dict.fromkeys("abc", "boolean"))
    choice = Choice(FrozenMapping({each: Truth(column(each)) for each in worth}))
    number = sql_cases.joined({value: sql_values.one_of(choice, [each]) for each, value in worth.items()})
    found = asked(database, [str(number.low), str(number.high)])
    for each, said in zip(tried, found, strict=True):
        may = [worth[name] for name, truth in zip("abc", each, strict=True) if truth is not False]
        if may and sum(truth is True for truth in each) < 2:
            assert said == [min(may), max(may)]
    assert sql_numbers.constant(3).low == 3
