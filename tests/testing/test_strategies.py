"""Random households and policies have the promised properties, and shrink to short examples."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from hardship_rules import Policy, assess, load_policy, read_policy
from hardship_rules.testing.strategies import households, partial_households, policies
from hardship_rules.testing.strategies._paths import Facts, unknown_paths

WEIHAI = load_policy("2021_weihai")
HUZHOU = load_policy("example_huzhou")
YEAR_2025 = load_policy("2025_weihai").with_readings({"standard_for_rural": "own"})  # which has no published number
BOTH = pytest.mark.parametrize("policy", [WEIHAI, HUZHOU], ids=lambda policy: policy.name)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
found = settings(
    max_examples=2000,
    deadline=None,
    database=None,
    derandomize=True,  # shrinking, and whether 2000 examples hit a line, depend on the first draws
    suppress_health_check=list(HealthCheck),
)


def category(policy: Policy, household: Facts) -> str | None:
    """The category of a household; None if it is undecided."""
    outcome = assess(policy, household).category
    return None if outcome is None else outcome.id


def amounts(household: Facts) -> Iterator[Any]:
    """Every number that a household gives."""
    for holder in (household, *household["members"]):
        yield from (each for each in holder.values() if not isinstance(each, bool | str | list | date))


FINE = """
language: 1
policy: fine
units: {yuan: 元}
members: {at most: 1, facts: {rent: {title: rent, unit: yuan, to: 50, decimals: 1}}}
decisions:
  category:
    title: category
    first: [{outcome: yes, title: 是, basis: assumption, when: {that: some(rent < 7.25)}}]
    otherwise: {outcome: none, title: none}
"""


class TestHouseholds:
    """`households` draws complete and valid households."""

    @BOTH
    @few
    @given(data=st.data())
    def test_complete(self, policy: Policy, data: st.DataObject) -> None:
        """`assess` accepts each household: no `must` is violated, no fact is unknown, and the category is decided."""
        household = data.draw(households(policy))
        assert unknown_paths(policy, household) == []
        assert category(policy, household) is not None

    def test_a_threshold_may_be_finer_than_the_fact(self) -> None:
        """For a threshold of 7.25 a fact with one decimal is drawn as 7.2, 7.1 or 7.3."""
        policy = read_policy(FINE)
        drawn = set[object]()

        @settings(found, max_examples=200)
        @given(households(policy))
        def draw(household: Facts) -> None:
            drawn.update(amounts(household))

        draw()
        assert {Decimal("7.1"), Decimal("7.2"), Decimal("7.3")} <= drawn

    @few
    @given(data=st.data())
    def test_a_number_that_is_not_published(self, data: st.DataObject) -> None:
        """A complete household is undecided if it depends on an unpublished number."""
        household = data.draw(households(YEAR_2025))
        assert unknown_paths(YEAR_2025, household) == []
        assert category(YEAR_2025, household) is not None or household["residence"] == "rural"

    @pytest.mark.parametrize("beside", [-1, 0, 1])
    def test_crowd_the_thresholds(self, beside: int) -> None:
        """Households exactly on a line, and one fen of yearly income beside it, are found quickly."""

        def on_the_line(household: Facts) -> bool:
            figures = assess(HUZHOU, household).terms
            left = figures["household_income"].exact - figures["household_cost"].exact  # type: ignore[union-attr,operator]  # both are figures
            line = 12 * 1105 * figures["people"].exact  # type: ignore[union-attr,operator]  # both are figures
            return bool(100 * (left - line) == beside)

        assert find(households(HUZHOU), on_the_line, settings=found)

    def test_a_deep_household_shrinks_to_the_simplest(self) -> None:
        """The simplest household in deep hardship is a worker alone, aged thirty, without amounts, on the first day."""
        household = find(households(WEIHAI), lambda each: category(WEIHAI, each) == "deep", settings=found)
        (worker,) = household["members"]
        assert worker["relation"] == "self"
        assert household["on"] == date(2021, 1, 1)
        assert worker["birth_date"] == date(1991, 1, 1)
        assert set(amounts(household)) == {0}

    @pytest.mark.parametrize("wanted", ["excluded", "relative", "none"])
    def test_every_category_of_a_large_measure_shrinks_to_one_worker(self, wanted: str) -> None:
        """Although the measure has tens of facts, one worker is left, with at most one number."""
        household = find(households(WEIHAI), lambda each: category(WEIHAI, each) == wanted, settings=found)
        (worker,) = household["members"]
        assert worker["relation"] == "self"
        assert len([each for each in amounts(household) if each]) <= 1

    def test_a_household_over_the_line_shrinks_to_one_amount(self) -> None:
        """If some income is needed, one worker with one non-zero amount is left."""
        household = find(households(HUZHOU), lambda each: category(HUZHOU, each) == "accidental", settings=found)
        (worker,) = household["members"]
        assert worker["relation"] == "self"
        assert household["cause"] != "none"
        assert sorted(amounts(household))[:-1] == [0]
        assert 2 * 12 * 1105 < worker["income"] <= 2.5 * 12 * 1105


class TestPartialHouseholds:
    """`partial_households` draws households with unknown facts."""

    @BOTH
    @few
    @given(data=st.data())
    def test_assess_takes_them(self, policy: Policy, data: st.DataObject) -> None:
        """The given facts violate no `must`, so that every household has possible outcomes."""
        assert assess(policy, data.draw(partial_households(policy))).possible

    @pytest.mark.parametrize(
        "sought",
        [
            lambda each: category(HUZHOU, each) is None,
            lambda each: "on" not in each,
            lambda each: each.get("cause", "") is None,
            lambda each: "cause" not in each,
            lambda each: {} in each["members"],
        ],
        ids=["undecided", "no day", "said to be unknown", "left out", "a member of whom nothing is known"],
    )
    def test_every_way_of_not_knowing(self, sought: Callable[[Facts], bool]) -> None:
        """Facts, the day or a whole member may be missing, or facts null; each case shrinks to one member."""
        assert len(find(partial_households(HUZHOU), sought, settings=found)["members"]) == 1


class TestPolicies:
    """`policies` gives texts of sound policies."""

    @few
    @given(policies())
    def test_sound(self, text: str) -> None:
        """`read_policy` accepts every text."""
        assert read_policy(text).name == "generated"

    @few
    @given(policies().map(read_policy).flatmap(lambda policy: st.tuples(st.just(policy), households(policy))))
    def test_with_their_households(self, both: tuple[Policy, Facts]) -> None:
        """Households can be drawn for the policies, as for any other."""
        assert category(*both) is not None

    def test_shrink_to_a_short_text(self) -> None:
        """The simplest policy has one term, and conditions of one fact."""
        text = find(policies(), lambda _: True, settings=found)
        assert 'value: "loan"' in text
        assert text.count('{that: "own"}') == 3


@pytest.mark.parametrize(
    "needs_it",
    [
        "import hardship_rules.testing.strategies",
        "from hardship_rules.testing import households",
        "from hardship_rules.testing import partial_households",
        "from hardship_rules.testing import policies",
    ],
)
def test_without_hypothesis_the_error_says_what_to_install(needs_it: str) -> None:
    """The strategies need hypothesis; cases and coverage do not."""
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from hardship_rules.testing import coverage, read_cases\n"
        f"try:\n    {needs_it}\n"
        "except ModuleNotFoundError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # this program
    assert done.stdout == "hardship_rules.testing.strategies needs hypothesis: pip install 'hardship-rules[verify]'\n"
