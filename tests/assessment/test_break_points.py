"""Break points are exact: they divide a fact's range where a decision changes, and give the nearest assumed fact."""

from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import ROOT

from hardship_rules import Assessment, assess, load_household, load_policy, read_policy
from hardship_rules.assessment.break_points import BreakPoints
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, NumberKind, Value, day_of
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.testing.strategies import households, policies
from hardship_rules.testing.strategies._paths import Facts, copied, fact_paths, holding

EXAMPLES = ROOT / "examples"
WEIHAI = load_policy("2021_weihai")


@pytest.fixture(scope="module")
def partial() -> Assessment:
    """The household with one missing receipt."""
    return assess(WEIHAI, load_household(EXAMPLES / "partial.yaml"))


@pytest.fixture(scope="module")
def family() -> Assessment:
    """The household of README."""
    return assess(WEIHAI, load_household(EXAMPLES / "household.yaml"))


def categories(points: BreakPoints | None) -> list[tuple[Value, Value, list[str]]]:
    """The spans of a fact, each with its possible categories."""
    assert points is not None
    return [(each.low, each.high, [outcome.id for outcome in each.possible]) for each in points.spans]


class TestWorkedByHand:
    """Amounts computed by hand."""

    def test_the_one_missing_fact(self, partial: Assessment) -> None:
        """31,200 - x over 24 is below 588 from x > 17,088 on, and below 1,176 from x > 2,976 on."""
        points = partial.break_points()
        assert points is not None
        assert points.path == ("members", 0, "medical_self_paid")
        assert categories(points) == [
            (0, 2976, ["none"]),
            (Fraction(297601, 100), 17088, ["relative"]),
            (Fraction(1708801, 100), 100000000, ["deep"]),
        ]
        assert points.unsettled == ()

    def test_every_other_decision(self, partial: Assessment) -> None:
        """Each span gives the resulting filing, and names the decisions that differ."""
        points = partial.break_points()
        assert points is not None
        filing = [[outcome.id for outcome in each.outcomes.decisions["filing"].holding] for each in points.spans]
        assert filing == [["out_of_hardship"], ["continued"], ["category_changed"]]
        assert points.changing == ("category", "filing", "materials")

    def test_a_fact_that_is_known(self, family: Assessment) -> None:
        """12 x 3 x 787 is 28,332; with 12,400 spent and 6,000 of the spouse the worker's wage may be 34,731.99."""
        assert categories(family.break_points(("members", 0, "wage"))) == [
            (0, Fraction(3473199, 100), ["deep"]),
            (34732, Fraction(6306399, 100), ["relative"]),
            (63064, 100000000, ["none"]),
        ]

    def test_an_age_and_a_day(self, family: Assessment) -> None:
        """A child of 15 counts; from 16 on it may have a wage of its own, which leaves the category open."""
        spans = categories(family.break_points(("members", 2, "age")))
        assert [(low, high) for low, high, _ in spans] == [(0, 15), (16, 130)]
        days = family.break_points(("members", 2, "birth_date"))  # age 15: born from 2005-04-01 to 2006-03-31
        assert days is not None
        assert [(str(day_of(cast(int, each.low))), str(day_of(cast(int, each.high)))) for each in days.spans] == [
            ("2005-04-01", "2006-03-31")
        ]

    def test_a_choice_has_a_row_an_option(self, family: Assessment) -> None:
        """At 655.56 a month a household is below the urban 787, but not below the rural 588."""
        spans = categories(family.break_points("residence"))
        assert spans == [("urban", "urban", ["deep"]), ("rural", "rural", ["relative"])]

    def test_several_missing_facts(self) -> None:
        """With several missing facts there is no single missing fact."""
        facts = {"on": "2021-03-31", "members": [{"relation": "self"}]}
        assert assess(WEIHAI, facts).break_points() is None

    def test_nothing_is_missing(self, family: Assessment) -> None:
        """With no missing fact there is none to report."""
        assert family.break_points() is None

    @pytest.mark.parametrize("path", ["net_income_per_person", ("members", 9, "wage"), ("members", 0, "homes"), "wage"])
    def test_no_such_fact(self, family: Assessment, path: KeyPath | str) -> None:
        """A path without a fact is an error of the caller."""
        with pytest.raises(KeyError):
            family.break_points(path)


class TestNearestAssumed:
    """The assumed fact that is nearest to changing the category."""

    def test_by_hand(self, family: Assessment) -> None:
        """4,732 yuan a year are missing to the line, so 394.34 a month: 394.33 x 12 is 4,731.96, below it."""
        nearest = family.nearest_assumed
        assert nearest is not None
        assert nearest.path == ("members", 2, "monthly_wage")
        assert (nearest.assumed, nearest.before, nearest.new) == (0, Fraction(39433, 100), Fraction(39434, 100))
        assert nearest.category is not None
        assert nearest.category.id == "relative"

    def test_undecided(self, partial: Assessment) -> None:
        """The distance to another verdict is not computed for an undecided household."""
        assert partial.nearest_assumed is None


def given_value(policy: Policy, path: KeyPath, value: Value) -> object:
    """A value as a household gives it."""
    fact = policy.members.facts[cast(str, path[-1])] if len(path) > 1 else policy.facts[cast(str, path[-1])]
    return day_of(cast(int, value)) if isinstance(fact.kind, DateKind) else value


def come_to(policy: Policy, household: Facts, path: KeyPath, value: Value) -> list[tuple[list[str], list[str]]]:
    """The result of every decision with one value of a fact, by an ordinary assessment."""
    changed: dict[str, Any] = copied(household)
    holding(changed, path)[cast(str, path[-1])] = given_value(policy, path, value)
    decisions = assess(policy, changed).decisions.values()
    return [([each.id for each in one.holding], [each.id for each in one.possible]) for one in decisions]


@settings(max_examples=40, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck))
@given(policies(), st.data())
def test_generated_policies(text: str, data: st.DataObject) -> None:
    """Values drawn inside a span give its result, neighbouring spans differ, and the spans cover the whole range."""
    policy = read_policy(text)
    household = data.draw(households(policy))
    path, fact = data.draw(st.sampled_from(list(fact_paths(policy, household))))
    points = assess(policy, household).break_points(path)
    assert points is not None
    said = [
        [
            ([each.id for each in one.holding], [each.id for each in one.possible])
            for one in span.outcomes.decisions.values()
        ]
        for span in points.spans
    ]
    assert all(one != other for one, other in pairwise(said)) or isinstance(fact.kind, ChoiceKind | BooleanKind)
    for span, outcomes in zip(points.spans, said, strict=True):
        values = [span.low, span.high]
        if isinstance(fact.kind, NumberKind):
            units = 10**fact.kind.decimals
            low, high = (int(cast(Fraction, each) * units) for each in values)
            values += [Fraction(data.draw(st.integers(low, high)), units) for _ in range(4)]
        for value in values:
            assert come_to(policy, household, path, value) == outcomes
    if isinstance(fact.kind, NumberKind) and not points.unsettled:
        assert points.spans[0].low == fact.kind.low
        assert points.spans[-1].high == fact.kind.high
