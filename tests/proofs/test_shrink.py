"""A counterexample is shrunk while it remains a counterexample."""

from datetime import date
from fractions import Fraction

from trial import TRIAL

from hardship_rules import assess, load_policy, read_policy
from hardship_rules.proofs.shrink import Facts, Raised, raised_between, shrink_counterexample, with_raised

POLICY = read_policy(TRIAL)
MEMBERS = [
    {"kind": "self", "age": 40, "abroad": True, "wage": Fraction(123456, 100), "cost": Fraction(1, 100)},
    {"kind": "other", "age": 7, "abroad": False, "wage": 9, "cost": 3},
]
FACTS = {"on": date(2021, 5, 1), "place": "town", "union": True, "fraud": False, "members": MEMBERS}


def is_relative(facts: Facts, _: Raised) -> bool:
    """The category is `relative`."""
    category = assess(POLICY, facts).category
    return category is not None and category.id == "relative"


def test_members_facts_and_digits_that_do_not_matter_go() -> None:
    """An irrelevant member is dropped, and the wage is rounded within the category: 787 to 1574 by hand."""
    small, _ = shrink_counterexample(POLICY, FACTS, {}, is_relative)
    assert small["members"] == [{"kind": "self", "abroad": True, "wage": 1000, "cost": 0}] or is_relative(small, {})
    assert len(small["members"]) == 1
    assert small["members"][0]["wage"] == 1000
    assert "age" not in small["members"][0]


def test_an_amount_is_rounded_up_where_down_is_another_category() -> None:
    """787.01 is just above 787, so it is rounded up: 1,000 is the roundest amount below 1,574."""
    alone = {**FACTS, "members": [{**MEMBERS[0], "wage": Fraction(78701, 100), "cost": 0}]}
    small, _ = shrink_counterexample(POLICY, alone, {}, is_relative)
    assert small["members"][0]["wage"] == 1000


def test_the_first_day_of_the_policy_is_taken() -> None:
    """An irrelevant day becomes the first on which the policy is in force."""
    policy = load_policy("2021_weihai")
    facts: Facts = {"on": date(2021, 9, 29), "unit_has_union": False, "members": [{"relation": "self"}]}
    small, _ = shrink_counterexample(policy, facts, {}, lambda each, _: assess(policy, each).category is not None)
    assert small["on"] == date(2021, 1, 1)


def test_what_is_raised_is_kept_and_made_small() -> None:
    """If one of two raised facts is enough, the other is dropped."""
    raised: Raised = {("members", 0, "wage"): 5000, ("members", 0, "cost"): 1}

    def leaves(facts: Facts, raised: Raised) -> bool:
        after = assess(POLICY, with_raised(facts, raised)).category
        return is_relative(facts, {}) and after is not None and after.id == "none"

    small, kept = shrink_counterexample(POLICY, FACTS, raised, leaves)
    assert list(kept) == [("members", 0, "wage")]
    assert leaves(small, kept)
    assert raised_between(small, with_raised(small, kept)) == kept
