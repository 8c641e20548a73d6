"""Properties of a policy: how they are read, and whether a household violates them."""

from typing import Any

import pytest
from trial import FAULTS, TRIAL, with_edits

from hardship_rules import PolicyError, load_policy, read_policy
from hardship_rules.proofs.properties import condition_value, is_move, violates
from hardship_rules.proofs.shrink import Facts

POLICY = read_policy(TRIAL)


def household(wage: object, **more: object) -> Facts:
    """A worker with a wage."""
    worker = {"kind": "self", "age": 40, "abroad": False, "wage": wage, "cost": 0}
    return {"on": "2021-05-01", "place": "town", "union": True, "fraud": False, "members": [worker], **more}


def test_a_move_goes_by_the_order_of_the_outcomes() -> None:
    """Earlier, later and another refer to the order of outcomes, `otherwise` last."""
    assert is_move(POLICY.category, "earlier", "none", "deep")
    assert not is_move(POLICY.category, "earlier", "deep", "none")
    assert is_move(POLICY.category, "later", "deep", "none")
    assert is_move(POLICY.category, "another", "deep", "none")
    assert not is_move(POLICY.category, "another", "deep", "deep")


def test_a_household_breaks_what_it_does_not_keep() -> None:
    """With `<=` for `<`, 787 yuan at the line are deep; a yuan more is not; the sound policy has no violation."""
    fault = next(fault for fault in FAULTS if fault.name == "<= for < at the line")
    faulty = read_policy(with_edits(fault.edits))
    each = faulty.properties["at_line"]
    assert violates(faulty, each, household(787), {})
    assert not violates(faulty, each, household(788), {})
    assert not violates(POLICY, each, household(787), {})


def test_raising_compares_two_households() -> None:
    """With the step down at 500, raising a wage from 500 to 501 gives 101: no violation; across the line it is one."""
    fault = next(fault for fault in FAULTS if fault.name == "non-monotone: a step down")
    faulty = read_policy(with_edits(fault.edits).replace("town: 787", "town: 450"))
    each = faulty.properties["income"]
    assert violates(faulty, each, household(500), {("members", 0, "wage"): 501})  # 500 is above 450, 101 below
    assert not violates(faulty, each, household(300), {("members", 0, "wage"): 400})


def test_a_condition_that_is_not_known_breaks_nothing() -> None:
    """A household with an unknown condition violates no property."""
    assert condition_value(POLICY, POLICY.properties["union"].when, {"members": [{}]}) is None  # type: ignore[arg-type]  # it exists
    assert not violates(POLICY, POLICY.properties["union"], {"members": [{}]}, {})


def test_the_measure_has_its_properties() -> None:
    """The measure has at least eight properties, titled in Chinese, and every year's file inherits them."""
    properties = load_policy("2021_weihai").properties
    assert len(properties) >= 8
    assert all(any("\u4e00" <= each <= "\u9fff" for each in one.title) for one in properties.values())
    assert properties == load_policy("2024_weihai").properties


WRONG: dict[str, tuple[str, str]] = {
    "facts: wage,": ("facts: wages,", "unknown_name"),
    "facts: [cost]": ("facts: [kind]", "property_fact"),
    "moves: category, to: earlier": ("moves: categories, to: earlier", "unknown_name"),
    "to: earlier": ("to: harder", "unknown_move"),
    "gets: deep": ("gets: nothing", "unknown_option"),
    "when: {that: not union}}}": ("when: {that: union > 3}}}", "sides_differ"),
    "{title: union, never:": ("{title: union, often:", "unknown_key"),
    "gets: [deep, relative], when: {that: fraud}": ("when: {that: fraud}", "missing_key"),
    "{that: net <= 588}": ("{that: net / (people - people) <= 588}", "divisor_not_positive"),
}


@pytest.mark.parametrize("old", WRONG)
def test_a_wrong_property_is_told_where_it_stands(old: str) -> None:
    """A property of unknown names, or with a wrong condition, is refused at its line."""
    new, code = WRONG[old]
    with pytest.raises(PolicyError) as caught:
        read_policy(TRIAL.replace(old, new, 1))
    assert code in {problem.code for problem in caught.value.problems}
    lines = TRIAL.splitlines()
    line = next(number for number, text in enumerate(lines, 1) if old in text)
    found: Any = next(problem for problem in caught.value.problems if problem.code == code)
    assert found.location.line == line
    assert found.message("zh")


def test_no_order_among_several_outcomes() -> None:
    """A decision with `every` has no order, so no earlier or later."""
    text = TRIAL.replace(
        "properties:",
        "  aid:\n    title: aid\n"
        "    every: [{outcome: food, title: f, basis: assumption, when: {that: union}}]\nproperties:",
    ).replace("facts: wage, never moves: category", "facts: wage, never moves: aid")
    with pytest.raises(PolicyError) as caught:
        read_policy(text)
    assert {problem.code for problem in caught.value.problems} == {"property_every"}
