"""A search for changes that is limited to some facts, and in time."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import count

import pytest

from hardship_rules import Changes, FactError, load_household, load_policy, read_policy, what_would_change
from hardship_rules.comparison import nearest
from hardship_rules.core.problem import KeyPath, path_text

WEIHAI = load_policy("2021_weihai")
EXAMPLE = load_household("examples/household.yaml")
ALL = what_would_change(WEIHAI, EXAMPLE)
SMALL = read_policy(
    """
language: 1
policy: small
title: 小政策
units: {yuan: 元}
household:
  rent: {title: 房租, unit: yuan, to: 1000}
  begun: {title: 开始日期, date: true}
  ill: {title: 患病, yes or no: true}
members: {at most: 3, facts: {wage: {title: 工资, unit: yuan, to: 1000}, old: {title: 年老, yes or no: true}}}
terms: {income: {title: 收入, unit: yuan, value: sum(wage) - rent, basis: assumption}}
show: [income]
decisions:
  category:
    title: 类别
    first: [{outcome: low, title: 低, when: {that: income < 500}, basis: assumption}]
    otherwise: {outcome: none, title: 无, basis: assumption}
"""
)
HOUSEHOLD = {
    "rent": 100,
    "begun": "2021-03-31",
    "ill": True,
    "members": [{"wage": 300, "old": False}, {"wage": 290, "old": True}],
}
"""An income of 490 in seven known facts, one of them a date: each wage 10 higher, or the rent 10 lower, gives 500."""


def changed(changes: Changes) -> list[tuple[str, object]]:
    """The changed facts with the amounts of their changes."""
    return [(path_text(change.path), change.by) for change in changes.changes]


def searched(*facts: str | KeyPath) -> list[tuple[str, object]]:
    """The changes found in some facts of the small household."""
    return changed(what_would_change(SMALL, HOUSEHOLD, facts=facts))


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (["wage"], [("members[1].wage", 10), ("members[2].wage", 10)]),
        (["工资"], [("members[1].wage", 10), ("members[2].wage", 10)]),
        ([" rent ", "old"], [("rent", -10)]),
        ([("rent",)], [("rent", -10)]),
        ([("members", 1, "wage")], [("members[2].wage", 10)]),
        (["members[2].wage"], [("members[2].wage", 10)]),
        (["members[2].工资", ("members", 1, "wage")], [("members[2].wage", 10)]),
        (["members[1].wage", "rent"], [("rent", -10), ("members[1].wage", 10)]),
        (["ill"], []),
        ([], []),
    ],
)
def test_facts(facts: list[str | KeyPath], found: list[tuple[str, object]]) -> None:
    """Names and titles mean the fact of every member, paths one member, counted from 0, or from 1 in text."""
    assert searched(*facts) == found


def test_one_name_and_any_iterable() -> None:
    """One name needs no list, and facts may come from an iterator."""
    assert changed(what_would_change(SMALL, HOUSEHOLD, facts="rent")) == [("rent", -10)]
    assert changed(what_would_change(SMALL, HOUSEHOLD, facts=iter(["rent"]))) == [("rent", -10)]


def test_some_facts_of_the_measure() -> None:
    """The changes of some facts are those of the whole search, and no others."""
    wanted = {"residence", "wage", "homes"}
    limited = what_would_change(WEIHAI, EXAMPLE, facts=wanted)
    assert changed(limited) == [
        (path_text(change.path), change.by) for change in ALL.changes if change.path[-1] in wanted
    ]
    assert len(limited.changes) >= 4
    assert limited.unsettled == ()


def test_no_totals() -> None:
    """A search that left facts out claims nothing about a total, since another part may need a smaller change."""
    assert [total.term.name for total in what_would_change(SMALL, HOUSEHOLD).totals] == ["income"]
    limited = what_would_change(SMALL, HOUSEHOLD, facts=["wage"])
    assert (limited.totals, limited.alone) == ((), limited.changes)
    assert limited.sentences()[0].endswith("工资再增加 10 元，即转为无")
    assert "收入" not in "".join(limited.sentences())


def problems(*facts: object, of: object = HOUSEHOLD) -> list[str]:
    """The problems of an attempt to search some facts, in both languages."""
    with pytest.raises(FactError) as caught:
        what_would_change(SMALL, of, facts=facts)  # type: ignore[arg-type]  # wrong on purpose
    return [problem.line(lang) for problem in caught.value.problems for lang in ("zh", "en")]


def test_unknown_facts() -> None:
    """Every unknown fact, member and date is a problem that names the closest fact or what to write."""
    lines = problems("wages", ("members", 2, "wage"), "begun")
    another_day = "要看另一日期的结论，改写家庭材料中的日期后再审核"
    assert lines[0::2] == [
        "wages: 错误[sought_unknown]: 没有 `wages` 这项事实可供查找\n    是否指 `wage`？",
        "members[3].wage: 错误[sought_member]: 没有第 3 位成员，家庭共 2 人\n    成员从 1 数起",
        f"begun: 错误[sought_date]: “开始日期”是日期，不在查找范围内\n    {another_day}",
    ]
    assert [line.split("]: ")[1].splitlines() for line in lines[1::2]] == [
        ["there is no fact `wages` to search", "    Did you mean `wage`?"],
        ["there is no member 3; the household has 2", "    Members are counted from 1"],
        [
            "开始日期 is a date, and dates are not searched",
            "    For the verdict on another date, change the date in the household and assess it again",
        ],
    ]
    assert "members[1].wage" in problems("xyz")[0]


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ("members[0].wage", "sought_member"),
        ("members[3].wage", "sought_member"),
        (("members", -1, "wage"), "sought_member"),
        ("members[1].rent", "sought_unknown"),
        (("wage",), "sought_unknown"),
        (("members", 0), "sought_unknown"),
        ((), "sought_unknown"),
        ("", "sought_unknown"),
        ("\ud800", "sought_unknown"),
        ("a" * 10_000, "sought_unknown"),
        (None, "sought_unknown"),
        (7, "sought_unknown"),
    ],
)
def test_what_is_no_fact(fact: object, code: str) -> None:
    """Anything else in place of a fact is one problem in words, also for an undecided household."""
    households: tuple[object, ...] = (HOUSEHOLD, {"members": [{}, {}]})
    for household in households:
        lines = problems(fact, of=household)
        assert len(lines) == 2
        assert all(f"[{code}]: " in line for line in lines)


def test_no_iterable() -> None:
    """A number in place of facts is a problem as well."""
    with pytest.raises(FactError):
        what_would_change(SMALL, HOUSEHOLD, facts=7)  # type: ignore[arg-type]  # wrong on purpose


Clock = Callable[[Iterable[float]], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the times that the search reads, one after the other."""

    def times(given: Iterable[float]) -> None:
        readings = iter(given)
        monkeypatch.setattr(nearest, "monotonic", lambda: next(readings))

    return times


def test_until(clock: Clock) -> None:
    """The clock is read at the start and before each fact; when the time is over, the others are not searched."""
    clock(count(50))  # 50 at the start, 51 before the rent, 52 before the date, 53 before the illness
    changes = what_would_change(SMALL, HOUSEHOLD, until=3)
    assert changed(changes) == [("rent", -10)]
    assert [path_text(path) for path in changes.unsettled] == [
        "ill",
        "members[1].wage",
        "members[1].old",
        "members[2].wage",
        "members[2].old",
    ]
    assert changes.totals == ()


def test_a_date_is_never_left_over(clock: Clock) -> None:
    """Dates are not searched anyway, so none is unsettled; the end of the time is over."""
    clock([0, 0.5, 1.5, 9])
    changes = what_would_change(SMALL, HOUSEHOLD, until=timedelta(seconds=1.5))
    assert [path[-1] for path in changes.unsettled] == ["ill", "wage", "old", "wage", "old"]


def test_time_enough(clock: Clock) -> None:
    """Within the time, and without a limit, the whole search is made; without a limit no clock is read."""
    clock([0] * 20)
    in_time = what_would_change(SMALL, HOUSEHOLD, until=0.001)
    clock([])
    assert in_time == what_would_change(SMALL, HOUSEHOLD)
    assert in_time.totals


def test_facts_and_time(clock: Clock) -> None:
    """Only facts that were to be searched are unsettled."""
    clock([0, 1, 9])
    changes = what_would_change(SMALL, HOUSEHOLD, facts=["wage"], until=5)
    assert changed(changes) == [("members[1].wage", 10)]
    assert changes.unsettled == (("members", 1, "wage"),)


@pytest.mark.parametrize("until", [0, -1, float("nan"), timedelta(0), timedelta(seconds=-1), True, "2", "二", [], 1j])
def test_what_is_no_time(until: object) -> None:
    """A time limit is a positive number of seconds or a positive `timedelta`."""
    with pytest.raises(ValueError, match=r"^until is a number of seconds above 0, or a timedelta$"):
        what_would_change(SMALL, HOUSEHOLD, until=until)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("until", [10**400, float("inf"), timedelta.max])
def test_a_very_long_time(until: float | timedelta) -> None:
    """A limit beyond any clock is none."""
    assert what_would_change(SMALL, HOUSEHOLD, until=until) == what_would_change(SMALL, HOUSEHOLD)


def test_what_was_not_searched_is_said(clock: Clock) -> None:
    """The last sentence names what was not searched, by title and member, in text, page and JSON."""
    clock(count())
    changes = what_would_change(SMALL, HOUSEHOLD, until=3)
    last = changes.sentences()[-1]
    assert last == "未在时限内查完：患病；第1人、第2人工资；第1人、第2人年老"
    assert (
        changes.sentences("en")[-1]
        == "Not searched within the time limit: 患病; 工资 (person 1, person 2); 年老 (person 1, person 2)"
    )
    assert changes.explain().splitlines()[-1] == last
    assert last in changes.explain(format="markdown")
    assert json.loads(changes.explain(format="json"))["would_change"]["unsettled"][:2] == ["ill", "members[1].wage"]
    with pytest.warns(DeprecationWarning, match="json/1"):
        assert json.loads(changes.explain(format="json/1"))["would_change"]["unsettled"][0] == "ill"


def test_nothing_is_claimed_of_what_was_not_searched(clock: Clock) -> None:
    """Where some facts were searched in vain, only these are said not to change the category."""
    in_vain = what_would_change(SMALL, HOUSEHOLD, facts=["ill"])
    assert in_vain.sentences() == ("所查的已知事实中，没有哪一项单独改变会使类别改变",)
    assert in_vain.explain().splitlines()[-1] == in_vain.sentences()[0]
    assert in_vain.sentences("en")[0].startswith("Of the known facts that were searched, none")
    clock([0, 1, 9])
    cut = what_would_change(SMALL, HOUSEHOLD, facts=["ill", "rent"], until=0.5)
    assert cut.changes == ()
    assert cut.sentences()[0] == in_vain.sentences()[0]
    assert cut.sentences()[1] == "未在时限内查完：房租；患病"
    assert cut.explain().splitlines()[-2:] == list(cut.sentences())


def test_an_undecided_household(clock: Clock) -> None:
    """Of an undecided household nothing is searched, and nothing is left over."""
    clock(count())
    changes = what_would_change(SMALL, {"members": [{}]}, facts=["wage"], until=1)
    assert (changes.changes, changes.unsettled) == ((), ())
    assert changes.sentences()[0].startswith("类别待定")
