"""Conditions, choices and numbers of all households: constants are folded, and the meaning is unchanged."""

from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal
from itertools import product
from typing import Any

import pytest
import z3

from hardship_rules.engine.program import Rounding
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


ROUNDINGS: dict[Rounding, str] = {"floor": ROUND_FLOOR, "down": ROUND_DOWN, "half_up": ROUND_HALF_UP, "up": ROUND_UP}


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize(("over", "by"), list(product((-7, -6, -2, -1, 0, 1, 2, 6, 7), (1, 2, 3, 4))))
def test_a_quotient_is_rounded(rounding: Rounding, over: int, by: int) -> None:
    """The quotient of a number, known or not, over a positive one is rounded as by `decimal`."""
    space = Space()
    number = space.whole("a")
    space.know(number == over)
    right = constant(int((Decimal(over) / by).to_integral_value(ROUNDINGS[rounding])))
    for above in (constant(number), constant(over)):
        quotient = space.quotient(above, constant(by), rounding, may_be_negative=over < 0)
        assert only(space, space.compared(quotient, "==", right))


def test_a_sum_is_of_those_that_count() -> None:
    """Of 5, an unknown number and 5, each under its condition, those are added whose condition holds."""
    space = Space()
    a, b, number = space.flag("a"), space.flag("b"), space.whole("c")
    total = space.summed([(a, constant(5)), (b, constant(number)), (True, constant(5)), (False, constant(7))])
    for first, second in product((True, False), repeat=2):
        right = constant(5 + 5 * first + number * second)
        assert only(
            space, any_of((opposite(same(a, first)), opposite(same(b, second)), space.compared(total, "==", right)))
        )
    fives = space.summed([(a, constant(5)), (b, space.cases((a, opposite(a)), [constant(5), constant(0)]))])
    assert only(space, any_of((opposite(a), opposite(b), space.compared(fives, "==", constant(10)))))
    assert only(space, any_of((a, space.compared(fives, "==", constant(0)))))
    assert space.summed([(False, constant(number))]) == constant(0)


def test_the_same_operation_on_the_same_symbols_is_one_symbol() -> None:
    """What a space keeps stays for all questions; what is made later is forgotten, with what is known of it."""
    space = Space()
    number, other = constant(space.whole("a")), constant(space.whole("b"))

    def half(of: Any) -> Any:
        return space.once("half", (of,), lambda: space.quotient(of, constant(2), "down"))

    kept = half(number)
    space.keep()
    assert half(number) is kept
    assert space.recent() == []
    assert half(other) is not kept
    assert half(other) is half(other)
    assert len(space.recent()) == 1
    space.forget()
    assert space.recent() == []
    assert half(number) is kept
    half(other)
    assert len(space.recent()) == 1


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
    assert [value for _, value in space.computed([number, number], lambda a, b: a * b)] == [1, 4, 9]


def test_many_cases_become_one_name() -> None:
    """A number with too many cases gets a variable, and keeps its value."""
    space = Space()
    parts = [
        space.cases((flag := space.flag(str(bit)), opposite(flag)), [constant(1 << bit), constant(0)])
        for bit in range(9)
    ]
    total = space.computed(parts, lambda *numbers: sum(numbers))
    assert len(total) <= MANY
    assert only(space, space.compared(total, "<=", constant((1 << 9) - 1)))
    assert not only(space, space.compared(total, "<", constant((1 << 9) - 1)))
