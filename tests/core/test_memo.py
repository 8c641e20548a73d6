"""Results computed once per policy and kept with it."""

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import assert_type

import pytest
from attrs import evolve

from hardship_rules import Policy, load_policy
from hardship_rules.core.policy import per_policy

WEIHAI = load_policy("2021_weihai")
COPIES: list[Callable[[Policy], Policy]] = [
    evolve,
    copy.copy,
    copy.deepcopy,
    lambda policy: pickle.loads(pickle.dumps(policy)),  # noqa: S301  # pickled by this test
]


@per_policy
def computed(policy: Policy, number: int = 0, *, text: str = "") -> list[object]:
    """A new list for every computation."""
    return [policy.name, number, text]


def test_one_result_for_each_policy_and_arguments() -> None:
    """The same arguments give the same object, other arguments another one, and the annotated types stay."""
    assert_type(computed(WEIHAI), list[object])
    assert computed(WEIHAI) is computed(WEIHAI)
    assert computed(WEIHAI, 1) is computed(WEIHAI, 1)
    assert computed(WEIHAI, 1, text="a") is computed(WEIHAI, 1, text="a")
    assert computed(WEIHAI, 1, text="a") == ["2021_weihai", 1, "a"]
    assert computed(WEIHAI, 1, text="b") == ["2021_weihai", 1, "b"]


def test_functions_do_not_share_results() -> None:
    """Two functions of the same name keep separate results."""
    other = per_policy(lambda policy: policy.title)
    another = per_policy(lambda policy: policy.series)
    assert (other(WEIHAI), another(WEIHAI)) == (WEIHAI.title, WEIHAI.series)


@pytest.mark.parametrize("make", COPIES, ids=["evolve", "copy", "deepcopy", "pickle"])
def test_results_are_no_part_of_the_policy(make: Callable[[Policy], Policy]) -> None:
    """A copy is equal to the policy, hashes and prints the same, and computes its own results."""
    result = computed(WEIHAI)
    other = make(WEIHAI)
    assert other == WEIHAI
    assert hash(other) == hash(WEIHAI)
    assert repr(other) == repr(WEIHAI)
    assert computed(other) == result
    assert computed(other) is not result


def test_results_are_not_pickled() -> None:
    """A pickle of the policy is the same before and after results are computed, even unpicklable ones."""
    policy = load_policy("2021_weihai")
    before = pickle.dumps(policy)

    @per_policy
    def unpicklable(policy: Policy) -> Callable[[], str]:
        return lambda: policy.name

    assert unpicklable(policy)() == "2021_weihai"
    assert pickle.dumps(policy) == before


def test_error_is_not_kept() -> None:
    """A function that raises is computed again by the next call."""
    calls: list[str] = []

    @per_policy
    def at_second(policy: Policy) -> str:
        calls.append(policy.name)
        if len(calls) == 1:
            raise KeyError(policy.name)
        return policy.name

    with pytest.raises(KeyError):
        at_second(WEIHAI)
    assert at_second(WEIHAI) == "2021_weihai"
    assert at_second(WEIHAI) == "2021_weihai"
    assert len(calls) == 2


def test_threads_get_one_result() -> None:
    """Eight concurrent threads get the same object."""
    barrier = Barrier(8)

    @per_policy
    def slowly(policy: Policy) -> list[str]:
        barrier.wait()  # all eight threads compute it
        return [policy.name]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: slowly(WEIHAI), range(8)))
    assert all(result is results[0] for result in results)
