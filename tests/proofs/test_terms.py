"""Conditions, choices and numbers of all households: constants are folded, and the meaning is unchanged."""

from itertools import product
from typing import Any

import pytest
import z3

from hardship_rules.proofs.terms import MANY, Space, all_of, any_of, constant, opposite, same


def only(space: Space, truth: Any) -> bool:
    """Whether a condition holds in every model."""
    solver = z3.Solver(ctx=space.context)
    solver.add(*space.known, z3.Not(z3.BoolVal(truth, space.context) if isinstance(truth, bool) else truth))
    return str(solver.check()) == "unsat"


def test_constants_fold_away() -> None:
    """A known value is no term of Z3."""
    flag = Space().flag("a")
    assert all_of((True, True)) is True
    assert all_of((flag, False)) is False
    assert any_of((flag, True)) is True
    assert any_of(()) is False
    assert all_of((flag, True, flag)) is flag
    assert opposite(truth=True) is False
    assert same(flag, b=True) is flag
    assert same(flag, flag) is True


@pytest.mark.parametrize(("over", "by"), list(product((-7, -6, -1, 0, 1, 6, 7), (1, 2, 3))))
def test_a_floor_rounds_down(over: int, by: int) -> None:
    """The floor of an unknown number over a positive one equals Python's floor."""
    space = Space()
    number = space.whole("a")
    space.know(number == over)
    assert only(space, space.compared(space.floor(constant(number), constant(by)), "==", constant(over // by)))


def test_a_count_is_how_many_hold() -> None:
    """With one certain condition of three, the count is one more than that of the other two."""
    space = Space()
    a, b = space.flag("a"), space.flag("b")
    count = space.counted([a, True, b, False])
    for one, other in product((True, False), repeat=2):
        holds = all_of((same(a, one), same(b, other)))
        right = space.compared(count, "==", constant(1 + one + other))
        assert only(space, any_of((opposite(holds), right)))


def test_no_case_is_two_ways_at_once() -> None:
    """Numbers with the same conditions are combined case by case, not pairwise."""
    space = Space()
    flags = tuple(space.choice("a", "xyz").values())
    number = space.cases(flags, [constant(each) for each in (1, 2, 3)])
    assert [value for _, value in space.worked_out([number, number], lambda a, b: a * b)] == [1, 4, 9]


def test_many_cases_become_one_name() -> None:
    """A number with too many cases gets a variable, and keeps its value."""
    space = Space()
    parts = [
        space.cases((flag := space.flag(str(bit)), opposite(flag)), [constant(1 << bit), constant(0)])
        for bit in range(9)
    ]
    total = space.worked_out(parts, lambda *numbers: sum(numbers))
    assert len(total) <= MANY
    assert only(space, space.compared(total, "<=", constant((1 << 9) - 1)))
    assert not only(space, space.compared(total, "<", constant((1 << 9) - 1)))
