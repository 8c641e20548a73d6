"""Matching members between two times, the changed facts, and the single causes of a changed category."""

from datetime import date

import pytest
from two_times import ADULT, HOME, SELF, SPOUSE, Y2021, Y2023

from hardship_rules import Assessment, FactChange, MemberChange, Policy, assess
from hardship_rules.comparison.history import due, fact_changes, match_members, single_causes
from hardship_rules.testing.strategies._paths import Facts


def born(day: str) -> Facts:
    """A child with a date of birth."""
    return {"relation": "child", "birth_date": day}


def assessed(*members: Facts, policy: Policy = Y2021, **own: object) -> Assessment:
    """A household of those members, with some facts changed."""
    return assess(policy, {**HOME, **own, "members": list(members)})


class TestSameMembers:
    """Members are matched by what distinguishes them, without guessing."""

    @pytest.mark.parametrize(
        ("before", "now", "expected"),
        [
            ([SELF, SPOUSE], [SPOUSE, SELF], {0: 1, 1: 0}),  # the only one with this label
            ([SELF, {"relation": "child", "label": "甲"}], [SELF, {"relation": "child", "label": "乙"}], {0: 0}),
            ([{**SELF, "label": "丁"}], [{**SELF, "label": "丁", "wage": 1}], {0: 0}),
            ([{**SELF, "label": "丁"}], [SELF], {}),  # one with a label and one without are not known to be the same
            ([SELF, {"relation": "child"}, {"relation": "child"}], [SELF, {"relation": "child"}], {0: 0}),
            (
                [SELF, {"relation": "child", "age": 5}, {"relation": "child", "age": 9}],
                [SELF, {"relation": "child", "age": 9}, {"relation": "child", "age": 5}],
                {0: 0, 1: 2, 2: 1},  # the new facts include all the old ones
            ),
            (
                [SELF, born("2010-01-01"), born("2012-01-01")],
                [SELF, born("2012-01-01"), born("2020-01-01")],
                {0: 0, 1: 2},  # one matches by the date; the others have different dates of birth
            ),
        ],
    )
    def test_pairs(self, before: list[Facts], now: list[Facts], expected: dict[int, int]) -> None:
        """The number before of each present member."""
        assert match_members(assessed(*before), assessed(*now)) == expected


class TestFactChanges:
    """A changed fact is reported once, with both values."""

    def test_what_follows_is_not_told_again(self) -> None:
        """A yearly wage derived from a changed monthly one is not reported, unless it was given itself before."""
        monthly = {name: each for name, each in SELF.items() if name != "wage"}
        first, second = assessed({**monthly, "monthly_wage": 750}), assessed({**monthly, "monthly_wage": 900})
        (change,) = fact_changes(first, second, {0: 0})
        assert (change.path, change.old, change.new) == (("members", 0, "monthly_wage"), 750, 900)
        names = [change.fact.name for change in fact_changes(assessed(SELF), second, {0: 0})]
        assert names == ["monthly_wage", "wage"]

    def test_an_age_goes_up_by_itself(self) -> None:
        """Two years later a member is two years older: the derived age changes, the birth date does not."""
        born = {**SELF, "birth_date": "1980-05-01"}
        later = assessed(born, policy=Y2023, on="2023-03-31")
        (change,) = fact_changes(assessed(born), later, {0: 0})
        assert (change.fact.name, change.old, change.new) == ("age", 40, 42)

    def test_no_fact_in_repr(self) -> None:
        """The `repr` of a changed fact shows neither value."""
        first, second = assessed(SELF), assessed({**SELF, "wage": 9001})
        assert "900" not in repr(list(fact_changes(first, second, {0: 0})))


class TestBecause:
    """A single cause is put back alone, with all else as it is now; by hand, one person, 787 yuan a month in 2021."""

    def test_a_fact_a_member_a_policy(self) -> None:
        """A worker with 9,000 a year has 750 a month; with a spouse of 9,888 each has 787, which is not below 787."""
        before = assessed(SELF)
        now = assessed(SELF, {**SPOUSE, "wage": 9888})
        causes = [MemberChange("joined", 1)]
        assert list(single_causes(before, now, causes)) == causes
        back = list(single_causes(now, before, [MemberChange("left", 1)]))
        assert back == [MemberChange("left", 1)]

    def test_the_policy(self) -> None:
        """900 a month is above 787 and below the 1,001 of 2023: the cause is the policy, not the day alone."""
        worker = {**SELF, "wage": 10800}
        before, now = assessed(worker), assessed(worker, policy=Y2023, on="2023-03-31")
        assert list(single_causes(before, now, ["policy", "day"])) == ["policy"]

    def test_the_day(self) -> None:
        """An adult child who neither studies nor depends no longer counts: the causes are the day and its age of 17.

        18,000 a year are 750 a month each with the child, 1,500 without.
        """
        child = {**ADULT, "relation": "child", "birth_date": "2003-06-01", "wage": 0, "dependent": False, "tuition": 0}
        worker = {**SELF, "wage": 18000}
        before, now = assessed(worker, child), assessed(worker, child, on="2021-06-01")
        assert [each.id for each in (*before.possible, *now.possible)] == ["deep", "relative"]
        changed = list(fact_changes(before, now, {0: 0, 1: 1}))
        assert [change.fact.name for change in changed] == ["age"]
        assert list(single_causes(before, now, ["day", *changed])) == ["day", *changed]

    def test_several_together(self) -> None:
        """12,000 and 8,000 for two is 833 each; putting back either goes below 787, so each alone is a cause."""
        before = assessed(SELF, SPOUSE)
        now = assessed({**SELF, "wage": 12000}, {**SPOUSE, "wage": 8000})
        changed = list(fact_changes(before, now, {0: 0, 1: 1}))
        assert [(each.path[1], each.new) for each in changed] == [(0, 12000), (1, 8000)]
        assert list(single_causes(before, now, changed)) == changed
        rich = assessed({**SELF, "wage": 40000}, {**SPOUSE, "wage": 40000})  # either one is enough
        assert list(single_causes(before, rich, list(fact_changes(before, rich, {0: 0, 1: 1})))) == []

    def test_what_was_unknown_is_not_put_back(self) -> None:
        """A fact that was unknown before is no cause."""
        before = assessed({name: each for name, each in SELF.items() if name != "wage"})
        changes = list(fact_changes(before, assessed(SELF), {0: 0}))
        assert [type(each) for each in changes] == [FactChange]
        assert list(single_causes(before, assessed(SELF), changes)) == []


def test_due() -> None:
    """The due outcomes of later decisions are marked as new if they did not hold before."""
    before = assessed(SELF)
    now = assessed(SELF, on=date(2021, 12, 1), file="open", file_category="deep", file_age_months=13)
    found = {(each.decision.name, each.outcome.id): each.new for each in due(before, now)}
    assert found["filing", "continued"]
    assert found["record", "recheck_due"]
    assert not found["materials", "forms"]  # requested both times
