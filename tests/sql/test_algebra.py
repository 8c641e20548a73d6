"""Steps in PostgreSQL and DuckDB have the bounds of the interval algebra, row by row."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, cast

import pytest
from databases import Database
from framing import drawn
from hypothesis import strategies as st
from in_both import database, in_both, server
from sampling import examples

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number, high, low, span
from hardship_rules.core.kinds import Value as Meant
from hardship_rules.engine._builder import Builder
from hardship_rules.engine.algebra import operate
from hardship_rules.engine.interval import Run, options_of
from hardship_rules.engine.program import BOOL, IntKind, OptionKind, Table
from hardship_rules.sql import trees
from hardship_rules.sql.algebra import SqlAlgebra
from hardship_rules.sql.dialects import DIALECTS
from hardship_rules.sql.facts import number_of
from hardship_rules.sql.labels import Label
from hardship_rules.sql.printing import printed
from hardship_rules.sql.steps import Names, TableSteps
from hardship_rules.sql.trees import Item, Tree
from hardship_rules.sql.values import Choice, Numbers, Truth, Value, in_column, one_of, trees_of

__all__ = ["database", "server"]  # fixtures

OPTIONS = ("red", "green", "blue")
NUMBERS = {"x": IntKind(-5, 9), "y": IntKind(0, 7), "z": IntKind(1, 4)}
Made = tuple[Builder, list[int]]
"""A program, and its steps that are looked at."""


def inputs(build: Builder) -> dict[str, list[int]]:
    """Three numbers, one of any sign, one from zero and one above it, two conditions and two choices."""
    return {
        "numbers": [build.input(name, kind, "household") for name, kind in NUMBERS.items()],
        "conditions": [build.input(name, BOOL, "household") for name in "pq"],
        "choices": [build.input(name, OptionKind(OPTIONS), "household") for name in "cd"],
    }


@st.composite
def programs(draw: st.DrawFn, *, published: bool, steps: int = 12) -> Made:
    """Steps of every operation of the household, each over some of the steps before; all tables may be `published`."""
    build = Builder(3)
    of = inputs(build)

    def number() -> int:
        return draw(st.sampled_from(of["numbers"]))

    def condition() -> int:
        return draw(st.sampled_from(of["conditions"]))

    def choice() -> int:
        return draw(st.sampled_from(of["choices"]))

    def several(one: Callable[[], int]) -> list[int]:
        return [one() for _ in range(draw(st.integers(2, 3)))]

    def table() -> int:
        last = draw(st.sampled_from([None, 3]))
        rows = [
            ((option, key), draw(st.sampled_from([-4, 2, 9] if published else [None, -4, 2, 9])))
            for option in OPTIONS
            for key in (0, 1, 2, 3)
        ]
        whole = build.extreme("min", [build.extreme("max", [number(), build.number(0)]), build.number(3)])
        return build.table((choice(), whole), Table(tuple(rows), (None, last), IntKind(-4, 9)))

    makers: dict[str, Callable[[], int]] = {
        "add": lambda: build.add(several(number)),
        "mul": lambda: build.mul([number(), draw(st.sampled_from([number(), build.number(draw(st.integers(-3, 3)))]))]),
        "div": lambda: build.div(
            number(),
            draw(st.sampled_from([of["numbers"][2], build.number(draw(st.integers(2, 5)))])),
            draw(st.sampled_from(["floor", "down", "half_up", "up"])),
        ),
        "min": lambda: build.extreme("min", several(number)),
        "max": lambda: build.extreme("max", [*several(number), build.number(draw(st.integers(-3, 3)))]),
        "select": lambda: build.select(condition(), number(), number()),
        "table": table,
        "lt": lambda: build.less(number(), draw(st.sampled_from([number(), build.number(2)]))),
        "eq": lambda: build.equal(number(), draw(st.sampled_from([number(), build.number(2)]))),
        "same": lambda: build.equal(choice(), choice()),
        "alike": lambda: build.equal(condition(), condition()),
        "in": lambda: build.among(choice(), draw(st.lists(st.sampled_from(OPTIONS), min_size=1, max_size=2))),
        "and": lambda: build.junction("and", several(condition)),
        "or": lambda: build.junction("or", several(condition)),
        "not": lambda: build.negation(condition()),
        "select condition": lambda: build.select(condition(), condition(), condition()),
        "select option": lambda: build.select(
            condition(), choice(), draw(st.sampled_from([choice(), build.option("red")]))
        ),
    }
    for _ in range(steps):
        found = makers[draw(st.sampled_from(list(makers)))]()
        kind = build.kind(found)
        if isinstance(kind, IntKind) and max(abs(kind.low), abs(kind.high)) > 10**6:
            continue  # its products would soon leave 64 bits
        of["numbers" if isinstance(kind, IntKind) else "conditions" if kind == BOOL else "choices"].append(found)
    return build, list(dict.fromkeys(step for some in of.values() for step in some))


# --- Rows --------------------------------------------------------------------------------------------------------


def labelled(name: str) -> Label:
    """The label of a step of its own."""
    return Label(name, "", "", name)


def some_rows(random: Random, number: int, *, known: bool) -> list[dict[str, Meant]]:
    """Inputs that are known, or else unknown or partly known in some rows."""

    def sometimes(share: float) -> bool:
        return not known and random.random() < share

    rows = []
    for _ in range(number):
        row: dict[str, Meant] = {name: None if sometimes(0.3) else random.choice([True, False]) for name in "pq"}
        row["x"] = span(-5, 9) if sometimes(0.3) else random.randint(-5, 9)
        for name in "yz":
            ends = sorted(random.randint(NUMBERS[name].low, NUMBERS[name].high) for _ in range(2))
            row[name] = span(*ends) if sometimes(0.6) else ends[0]
        row["c"] = frozenset(OPTIONS) if sometimes(0.3) else random.choice(OPTIONS)
        among = random.sample(OPTIONS, random.randint(1, 3))
        row["d"] = frozenset(among) if len(among) > 1 and not known else among[0]
        rows.append(row)
    return rows


def cells(number: int, row: Mapping[str, Meant]) -> dict[str, Any]:
    """A row of the table: a null for a fact that is unknown, bounds for a number, and each option that may be."""
    among = options_of(row["d"])
    return {
        "n": number,
        "p": row["p"],
        "q": row["q"],
        "x": row["x"] if isinstance(row["x"], int) else None,
        **{f"{name}_{end.__name__}": end(cast(Number, row[name])) for name in "yz" for end in (low, high)},
        "c": row["c"] if isinstance(row["c"], str) else None,
        **{option: False if option not in among else True if len(among) == 1 else None for option in OPTIONS},
    }


TYPES = {**dict.fromkeys(("n", "x", "y_low", "y_high", "z_low", "z_high"), "bigint"), "c": "text"}
TYPES |= dict.fromkeys(("p", "q", *OPTIONS), "boolean")


def columns(*, known: bool) -> dict[str, Value]:
    """The inputs as columns; `known` if none of them is null, or has two bounds that differ."""
    x = trees.column("t", "x")
    found: dict[str, Value] = {"x": number_of(x, NUMBERS["x"].low, NUMBERS["x"].high, known=known)}
    for name in "yz":
        least, greatest = (trees.column("t", f"{name}_{end}") for end in ("low", "high"))
        found[name] = Numbers(least, least if known else greatest, NUMBERS[name])
    found |= {name: Truth(trees.column("t", name), known) for name in "pq"}
    found["c"] = in_column(trees.column("t", "c"), OPTIONS, known=known)
    found["d"] = Choice(FrozenMapping((option, Truth(trees.column("t", option), known)) for option in OPTIONS))
    return found


def columns_of(value: Value) -> list[Tree]:
    """The columns that a value is compared by."""
    if isinstance(value, Numbers):
        return [trees.number(value.low), trees.number(value.high)]
    if isinstance(value, Truth):
        return [value.tree]
    return [one_of(value, [option]).tree for option in OPTIONS]


def cells_of(meant: Meant) -> list[Any]:
    """What these columns are for a value of the interval algebra."""
    if isinstance(meant, str | frozenset):
        among = options_of(meant)
        return [False if option not in among else True if len(among) == 1 else None for option in OPTIONS]
    return [meant] if meant is None or isinstance(meant, bool) else [low(meant), high(meant)]


@pytest.mark.agreement
@in_both
@pytest.mark.parametrize("known", [False, True], ids=["unknown", "known"])
def test_random_steps_have_the_bounds_of_intervals(database: Database, known: bool) -> None:  # noqa: FBT001  # a table
    """Every operation, nested, over known and unknown inputs below and above zero, has the interval's value.

    What is known in every row stays so: its bounds are one tree.
    """
    dialect = DIALECTS[database.dialect]
    rows = some_rows(Random(), 60, known=known)  # noqa: S311  # no secret
    listed = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
    database.run(f"CREATE TABLE t ({listed})")
    database.fill("t", [cells(number, row) for number, row in enumerate(rows)])
    inputs = columns(known=known)
    for build, steps in drawn(programs(published=known), examples(25, 250)):
        table, values = TableSteps(Names(("t",))), dict[int, Value]()
        algebra = SqlAlgebra(lambda step: inputs[str(step.data)], dialect.divide)
        for number, step in enumerate(build.steps):
            value = operate(algebra, step, [values[argument] for argument in step.args])
            values[number] = table.put(labelled(f"s{number}"), "", value, "") if any(trees_of(value)) else value
        assert not known or all(value.known for value in values.values())
        made = [(number, tree) for number in steps for tree in columns_of(values[number])]
        laterals = (
            trees.lateral(trees.select(step.items, fenced=dialect.is_fenced), step.table) for step in table.steps
        )
        items = [Item("n", trees.column("t", "n")), *(Item(f"x{place}", tree) for place, (_, tree) in enumerate(made))]
        for found in database.rows(printed(trees.select(items, trees.table("t"), laterals), dialect)):
            run = Run(build, rows[found.pop("n")], [])
            wanted = [(number, cell) for number in steps for cell in cells_of(run.value(number))]
            for (number, cell), value in zip(wanted, found.values(), strict=True):
                assert value == cell, (build.steps[number], list(map(str, trees_of(values[number]))))
