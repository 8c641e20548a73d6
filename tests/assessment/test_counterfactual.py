"""Changes of facts that move one total are reported for the total, but only if this is true of all of them."""

from typing import Any

from hardship_rules import Change, Policy, load_household, load_policy, read_policy, what_would_change
from hardship_rules.assessment.counterfactual import totals
from hardship_rules.core.problem import path_text

WEIHAI = load_policy("2021_weihai")
EXAMPLE = load_household("examples/household.yaml")

POLICY = """
language: 1
policy: totals
units: {yuan: 元}
household:
  gift: {title: 赠与, unit: yuan, to: 100, decimals: 2}
members:
  at most: 3
  facts:
    pay: {title: 工资, unit: yuan, to: 100, decimals: 2}
    half: {title: 减半收入, unit: yuan, to: 100, decimals: 2}
terms:
  pays: {title: 工资合计, unit: yuan, basis: definition, value: sum(pay)}
  income: {title: 收入合计, unit: yuan, basis: definition, value: pays + gift + sum(half) / 2}
show: [%s]
decisions:
  category:
    title: 类别
    basis: definition
    first:
      - {outcome: x, title: 子, when: "%s"}
    otherwise: {outcome: y, title: 丑}
"""
GIVEN = {"gift": 0, "members": [{"pay": 10, "half": 0}, {"pay": 20, "half": 0}]}


def policy(when: str, show: str = "income") -> Policy:
    """A policy with a total of two members' pay and half of something else."""
    return read_policy(POLICY % (show, when))


def told(of: Policy) -> dict[tuple[str, str], list[str]]:
    """The paths that are reported under each total and change."""
    return {
        (total.term.name, str(total.by)): [path_text(change.path) for change in total.changes]
        for total in what_would_change(of, GIVEN).totals
    }


def test_example() -> None:
    """The example needs 4,732 more income or 4,732 less cost, through any member who has it."""
    found = {total.term.name: total for total in what_would_change(WEIHAI, EXAMPLE).totals}
    assert {name: (total.by, total.category and total.category.id) for name, total in found.items()} == {
        "income": (4732, "relative"),
        "rigid": (-4732, "relative"),
    }
    assert len(found["income"].changes) == 3 * 5  # three counted members, five kinds of income
    assert {change.by for change in found["income"].changes} == {4732}


def test_what_moves_it_as_much() -> None:
    """Only facts that move the total by one yuan per yuan belong to it, so not the one that counts half."""
    paths = ["gift", "members[1].pay", "members[2].pay"]
    assert told(policy("income > 50")) == {("income", "2001/100"): paths}  # 50.01 less 30


def test_the_first_total_shown() -> None:
    """A change belongs to the first of the totals shown that moves with it."""
    both = told(policy("income > 50", "pays, income"))
    assert both == {("pays", "2001/100"): ["members[1].pay", "members[2].pay"], ("income", "2001/100"): ["gift"]}
    assert told(policy("income > 50", "")) == {}


def test_not_where_they_differ() -> None:
    """If one fact needs less than the others, no amount is true of the total, and each fact is reported alone."""
    when = "{any: {a: {that: income > 50}, b: {that: gift > 1}}}"
    text = (POLICY % ("income", "")).replace('when: ""', f"when: {when}")
    changes = what_would_change(read_policy(text), GIVEN)
    assert changes.totals == ()
    assert changes.alone == changes.changes
    assert {str(change.by) for change in changes.changes} == {
        "101/100",
        "2001/100",
        "4001/100",
    }  # at half weight: 20.005 more


def test_up_and_down_are_two() -> None:
    """An increase and a decrease of a total are reported apart."""
    when = "{any: {a: {that: income > 50}, b: {that: income < 25}}}"
    text = (POLICY % ("income", "")).replace('when: ""', f"when: {when}")
    found = told(read_policy(text))
    assert set(found) == {("income", "2001/100"), ("income", "-501/100")}
    assert found["income", "-501/100"] == ["members[1].pay", "members[2].pay"]  # there is no gift to reduce


def test_alone() -> None:
    """Every change is reported either under a total or alone."""
    changes = what_would_change(WEIHAI, EXAMPLE)
    together = [change for total in changes.totals for change in total.changes]
    assert sorted(map(id, (*together, *changes.alone))) == sorted(map(id, changes.changes))
    assert totals(changes.assessment, changes.changes) == changes.totals


def test_no_amount_shows() -> None:
    """The `repr` of a change shows neither the old value nor the new one."""
    marked: dict[str, Any] = {"gift": "17.31", "members": [{"pay": "28.93", "half": 0}]}
    changes = what_would_change(policy("income > 61.87"), marked)
    assert changes.changes
    for text in (repr(changes), repr(changes.totals), *map(repr, changes.changes)):
        assert not any(mark in text for mark in ("17", "28.9", "2893", "61", "6188", "15.64", "1564"))


def test_a_change_says_how_much() -> None:
    """A change of a number has an amount; a change of a boolean has none."""
    changes: dict[str, Change] = {path_text(each.path): each for each in what_would_change(WEIHAI, EXAMPLE).changes}
    assert changes["members[1].wage"].by == 4732
    assert changes["unit_has_union"].by is None
    assert changes["unit_has_union"].category is not None
    assert changes["homes"].category is None  # the floor area is unknown
