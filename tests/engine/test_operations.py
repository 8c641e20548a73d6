"""Each operation of a program, for every small number: its bounds are the hull of what its arguments can be."""

from collections.abc import Callable, Iterator
from itertools import combinations_with_replacement, product
from typing import Any

import pytest

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Range
from hardship_rules.core.kinds import Value
from hardship_rules.engine._builder import Builder
from hardship_rules.engine.compile import compile_program
from hardship_rules.engine.interval import Run
from hardship_rules.engine.program import BOOL, IntKind, OptionKind, Program, Rounding, Table

A, B, C = IntKind(-4, 4), IntKind(-3, 5), IntKind(1, 4)
POSITIVE = IntKind(0, 7)
OPTIONS = OptionKind(("p", "q", "r"))


def program_of(build: Builder, **clauses: int) -> Program:
    """A program of some steps and nothing else."""
    empty: FrozenMapping[str, Any] = FrozenMapping()
    return Program("", empty, tuple(build.steps), empty, FrozenMapping(clauses), empty, empty, empty, empty, empty, 3)


def spans(kind: Any) -> list[Value]:
    """Everything that an input may be known as."""
    if isinstance(kind, IntKind):
        numbers = range(kind.low, kind.high + 1)
        return [a if a == b else Range(a, b) for a, b in combinations_with_replacement(numbers, 2)]
    if kind is BOOL:
        return [True, False, None]
    options = kind.options
    sets = [frozenset(o for n, o in enumerate(options) if bits >> n & 1) for bits in range(1, 2 ** len(options))]
    return [next(iter(each)) if len(each) == 1 else each for each in sets]


def all_of(value: Value) -> list[Any]:
    """Every single value that one can be."""
    if isinstance(value, Range):
        return list(range(int(value.low), int(value.high) + 1))
    if value is None:
        return [True, False]
    return sorted(value) if isinstance(value, frozenset) else [value]


def hull(values: list[Any]) -> Value:
    """The values of all completions as one value."""
    if isinstance(values[0], bool):
        return values[0] if len(set(values)) == 1 else None
    if isinstance(values[0], str):
        return values[0] if len(set(values)) == 1 else frozenset(values)
    return values[0] if min(values) == max(values) else Range(min(values), max(values))


def bounds(value: Any, compiled: Any) -> tuple[Any, ...]:
    """A value as compiled bounds have it."""
    if value is None or isinstance(value, bool):
        return (3 if value is None else 1 if value else 2,)
    if isinstance(value, str | frozenset):
        return (sum(compiled.masks[option] for option in ({value} if isinstance(value, str) else value)),)
    return (value.low, value.high) if isinstance(value, Range) else (value, value)


def away(over: int, by: int, rounding: Rounding) -> int:
    """A quotient rounded by its remainder."""
    whole, rest = divmod(abs(over), by)
    if rounding == "floor":
        return over // by
    up = {"down": False, "half_up": 2 * rest >= by, "up": rest > 0}[rounding]
    return (whole + up) * (1 if over >= 0 else -1)


def operations() -> Iterator[tuple[str, list[Any], Callable[..., int], Callable[..., Any]]]:
    """Name, kinds of arguments, how a step is built, and what it comes to for single values."""
    yield "add", [A, B], lambda b, x, y: b.add([x, y]), lambda x, y: x + y
    yield "mul", [A, B], lambda b, x, y: b.mul([x, y]), lambda x, y: x * y
    yield "mul one side", [POSITIVE, B], lambda b, x, y: b.mul([x, y]), lambda x, y: x * y
    yield "mul other side", [B, POSITIVE], lambda b, x, y: b.mul([x, y]), lambda x, y: x * y
    yield "mul positive", [POSITIVE, C], lambda b, x, y: b.mul([x, y]), lambda x, y: x * y
    yield "mul by -3", [A], lambda b, x: b.mul([b.number(-3), x]), lambda x: -3 * x
    yield "mul by 2", [A], lambda b, x: b.mul([b.number(2), x]), lambda x: 2 * x
    yield "min", [A, B], lambda b, x, y: b.extreme("min", [x, y]), min
    yield "max", [A, B], lambda b, x, y: b.extreme("max", [x, y]), max
    yield "lt", [A, B], lambda b, x, y: b.less(x, y), lambda x, y: x < y
    yield "eq", [A, B], lambda b, x, y: b.equal(x, y), lambda x, y: x == y
    yield "eq options", [OPTIONS, OPTIONS], None, lambda x, y: x == y  # type: ignore[misc]  # built below
    yield "eq conditions", [BOOL, BOOL], lambda b, x, y: b.equal(x, y), lambda x, y: x == y
    yield "in", [OPTIONS], lambda b, x: b.among(x, ["p", "r"]), lambda x: x in ("p", "r")
    yield "not", [BOOL], lambda b, x: b.negation(x), lambda x: not x
    for op, settle in (("and", all), ("or", any)):
        yield (
            op,
            [BOOL, BOOL, BOOL],
            lambda b, *parts, op=op: b.junction(op, parts),
            lambda *parts, settle=settle: settle(parts),
        )
    yield "select", [BOOL, C, POSITIVE], lambda b, w, x, y: b.select(w, x, y), lambda w, x, y: x if w else y
    yield "select condition", [BOOL, BOOL, BOOL], lambda b, w, x, y: b.select(w, x, y), lambda w, x, y: x if w else y
    yield (
        "select option",
        [BOOL, OPTIONS],
        lambda b, w, x: b.select(w, x, b.option("s")),
        lambda w, x: x if w else "s",
    )
    for rounding in ("floor", "down", "half_up", "up"):
        for kind in (A, POSITIVE):
            yield (
                f"div {rounding} {kind.low}",
                [kind, C],
                lambda b, x, y, rounding=rounding: b.div(x, y, rounding),
                lambda x, y, rounding=rounding: away(x, y, rounding),
            )
            yield (
                f"div {rounding} {kind.low} by 4",
                [kind],
                lambda b, x, rounding=rounding: b.div(x, b.number(4), rounding),
                lambda x, rounding=rounding: away(x, 4, rounding),
            )


EACH = list(operations())


@pytest.mark.parametrize(("name", "kinds", "make", "single"), EACH, ids=[each[0] for each in EACH])
def test_an_operation_is_all_that_its_arguments_can_be(name: str, kinds: list[Any], make: Any, single: Any) -> None:
    """Intervals and compiled bounds are the hull of every completion; a step's own bounds hold them."""
    build = Builder(3)
    inputs = [build.input(f"x{number}", kind, "household") for number, kind in enumerate(kinds)]
    step = build.equal(*inputs) if name == "eq options" else make(build, *inputs)
    program = program_of(build, root=step)
    compiled = compile_program(program, [step])
    for given in product(*map(spans, kinds)):
        completions = [single(*each) for each in product(*map(all_of, given))]
        value = Run(program, {f"x{number}": each for number, each in enumerate(given)}, []).value(step)
        assert value == hull(completions), given
        own = [end for name in compiled.own for end in bounds(given[int(name[1:])], compiled)]
        assert compiled.run(own, []) == bounds(value, compiled), given
        kind = program.steps[step].kind
        if isinstance(kind, IntKind):
            assert kind.low <= min(completions)
            assert max(completions) <= kind.high


def test_a_constant_is_computed_when_it_is_built() -> None:
    """An operation over constants is a constant, of the value that it would come to."""
    build = Builder(3)
    number = build.number
    assert build.add([number(2), number(-5)]) == number(-3)
    assert build.mul([number(2), number(-5)]) == number(-10)
    assert build.div(number(-5), number(2), "half_up") == number(-3)
    assert build.extreme("min", [number(2), number(-5)]) == number(-5)
    assert build.less(number(2), number(3)) == build.truth(value=True)
    assert build.equal(number(2), number(3)) == build.truth(value=False)
    assert build.among(build.option("p"), ["q"]) == build.truth(value=False)
    assert build.negation(build.truth(value=True)) == build.truth(value=False)
    assert build.select(build.truth(value=True), number(1), number(2)) == number(1)
    x = build.input("x", BOOL, "household")
    assert build.junction("and", [x, build.truth(value=True)]) == x
    assert build.junction("or", [x, build.truth(value=True)]) == build.truth(value=True)
    assert build.negation(build.negation(x)) == x
    assert build.select(x, build.truth(value=False), build.truth(value=True)) == build.negation(x)


def test_true_is_no_number() -> None:
    """Equality of steps includes the kind: true and 1 are two steps."""
    build = Builder(3)
    assert build.number(1) != build.truth(value=True)
    assert build.number(0) != build.truth(value=False)


ROWS = Table(
    ((("p", 1), 10), (("p", 2), 20), (("p", 3), None), (("q", 1), 5), (("q", 2), 7), (("q", 3), 9)),
    (None, 3),
    IntKind(0, 100),
)


def test_a_table_is_all_rows_that_its_keys_may_choose() -> None:
    """By an option and a number, of which 3 also means more; a row that is not published is anything in its range."""
    build = Builder(3)
    keys = (build.input("x0", OptionKind(("p", "q")), "household"), build.input("x1", IntKind(1, 6), "household"))
    step = build.table(keys, ROWS)
    program = program_of(build, root=step)
    compiled = compile_program(program, [step])
    numbers = {(option, number): row for (option, number), row in ROWS.rows}
    for option, number in product(spans(OptionKind(("p", "q"))), spans(IntKind(1, 6))):
        chosen = [numbers[one, min(other, 3)] for one, other in product(all_of(option), all_of(number))]
        ends = [end for row in chosen for end in ((0, 100) if row is None else (row, row))]
        value = Run(program, {"x0": option, "x1": number}, []).value(step)
        assert value == hull([min(ends), max(ends)])
        own = [*bounds(option, compiled), *bounds(number, compiled)]
        assert compiled.run(own, []) == (min(ends), max(ends))


def test_sums_and_any_over_members() -> None:
    """A sum of up to three members, each who may or may not count, and whether any meets a condition."""
    build = Builder(3)
    amount, counts = build.input("amount", A, "member"), build.input("counts", BOOL, "member")
    total = build.sum(build.select(counts, amount, build.number(0)))
    some = build.any(counts)
    program = program_of(build, total=total, some=some)
    compiled = compile_program(program, [total, some])
    amounts: list[Value] = [-4, 4, Range(-2, 3)]
    truths: list[Value] = [True, False, None]
    one: list[dict[str, Value]] = [{"amount": value, "counts": truth} for value in amounts for truth in truths]
    for members in (group for size in (1, 2, 3) for group in product(one, repeat=size)):
        sums = [
            [value if truth else 0 for value in all_of(each["amount"]) for truth in all_of(each["counts"])]
            for each in members
        ]
        low, high = sum(map(min, sums)), sum(map(max, sums))
        counting = [each["counts"] for each in members]
        holds = True if True in counting else None if None in counting else False
        run = Run(program, {}, members)
        assert run.value(total) == hull([low, high])
        assert run.value(some) is holds
        assert build.bounds(total).low <= low <= high <= build.bounds(total).high
        theirs = [[end for name in compiled.of_members for end in bounds(each[name], compiled)] for each in members]
        assert compiled.run([], theirs) == (low, high, *bounds(holds, compiled))
