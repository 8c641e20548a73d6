"""The nearest change of each fact: by hand at the thresholds, and against a search of every number."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import ROOT
from sampling import examples

from hardship_rules import FactError, Policy, assess, load_household, load_policy, read_policy, what_would_change
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Fact
from hardship_rules.core.problem import KeyPath as FactPath
from hardship_rules.core.problem import path_text
from hardship_rules.testing.strategies import households, policies
from hardship_rules.testing.strategies._paths import Facts
from hardship_rules.testing.strategies._values import plain

WEIHAI = load_policy("2021_weihai")
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ADULT: Facts = {"age": 40, "education": "none", "wage": 0, "business_income": 0, "property_income": 0}
WORKER: Facts = {**ADULT, "relation": "self", "transfer_income": 0, "other_income": 0, "medical_self_paid": 0}
HOUSEHOLD: Facts = {
    "on": "2021-03-31",
    "unit_has_union": True,
    "employment": "in_service",
    "residence": "urban",
    "controls_company": False,
    "homes": 1,
    "floor_area_above_local_average": True,
    "motor_vehicle": False,
    "refuses_verification": False,
}


def household(worker: Facts | None = None, **facts: object) -> Facts:
    """One worker who lives alone, with some facts changed."""
    return {**HOUSEHOLD, **facts, "members": [{**WORKER, **(worker or {})}]}


def numbers(facts: Facts, policy: Policy = WEIHAI) -> dict[tuple[str, bool], tuple[str, list[str]]]:
    """The change of each number and direction (up: true), as text, with the categories that it gives."""
    return {
        (path_text(change.path), change.by > 0): (
            str(plain(change.by)),
            [outcome.id for outcome in change.possible],
        )
        for change in what_would_change(policy, facts).changes
        if change.by is not None
    }


def options(facts: Facts, policy: Policy = WEIHAI) -> dict[tuple[str, object], list[str]]:
    """The options of each boolean and choice that change the category, with the new categories."""
    return {
        (path_text(change.path), change.new): [outcome.id for outcome in change.possible]
        for change in what_would_change(policy, facts).changes
        if change.by is None
    }


WAGE = "members[1].wage"


# --- By hand: one worker, 787 a month, so 9,444 and twice that, 18,888, a year --------------------------------------


@pytest.mark.parametrize(
    ("wage", "up", "down"),
    [
        ("9443.99", ("0.01", ["relative"]), None),  # below 9,444 by one fen
        ("9444", ("9444", ["none"]), ("-0.01", ["deep"])),  # 787 is not below 787
        ("9444.01", ("9443.99", ["none"]), ("-0.02", ["deep"])),
        ("18887.99", ("0.01", ["none"]), ("-9444", ["deep"])),  # 9,443.99 is the first that is deep
        ("18888", None, ("-0.01", ["relative"])),
        ("0", ("9444", ["relative"]), None),
    ],
)
def test_at_the_lines(wage: str, up: object, down: object) -> None:
    """On both sides of both lines the change is exact to the fen; without a line there is none."""
    found = numbers(household({"wage": wage}))
    assert found.get((WAGE, True)) == up
    assert found.get((WAGE, False)) == down


def test_several_people() -> None:
    """(36,000 - 12,400) / 36 is 655.56; 787 x 36 + 12,400 is 40,732: 4,732 more income, or as much less cost."""
    found = numbers(cast(Facts, load_household(ROOT / "examples" / "household.yaml")))
    assert found[WAGE, True] == ("4732", ["relative"])
    assert found["members[2].medical_self_paid", False] == ("-4732", ["relative"])
    assert ("members[1].medical_self_paid", False) not in found  # 1,400 cannot be 4,732 less
    assert found["members[3].monthly_wage", True] == ("394.34", ["relative"])  # 4,732 / 12 is 394.33 and a third


@pytest.mark.parametrize(
    ("rounding", "up"),
    [
        ("none", "444"),  # below 787 x 12
        ("fen", "443.94"),  # 786.995 rounds to 787.00: from 12 x 786.995 = 9,443.94 on
        ("yuan", "438"),  # 786.5 rounds to 787: from 12 x 786.5 = 9,438 on
    ],
)
def test_roundings(rounding: str, up: str) -> None:
    """A figure that is rounded before it is compared reaches the line as soon as it is rounded up to it."""
    variant = WEIHAI.with_readings({"rounding": rounding})
    assert numbers(household({"wage": 9000}), variant)[WAGE, True] == (up, ["relative"])


def test_equality_granted() -> None:
    """If equality is granted, deep extends by one fen."""
    variant = WEIHAI.with_readings({"equal_to_standard": "granted"})
    assert numbers(household({"wage": 9000}), variant)[WAGE, True] == ("444.01", ["relative"])


SUDDEN: Facts = {"sudden_cause": "illness", "sudden_loss": 30000, "sudden_compensation": 0}


def test_a_line_that_moves_with_the_income() -> None:
    """30,000 against 80 % of 40,000: 2,000.01 more loss, or 2,500.01 less income, whose 80 % is below 30,000."""
    found = numbers(household({"wage": 40000}, **SUDDEN))
    assert found["sudden_loss", True] == ("2000.01", ["accidental"])
    assert found[WAGE, False] == ("-2500.01", ["accidental"])
    assert ("sudden_compensation", True) not in found  # a higher compensation only reduces the loss


def test_a_difference_that_is_never_below_zero() -> None:
    """max(0, 30,000 - compensation) is above 80 % of 36,000 = 28,800 until 1,200 are compensated."""
    found = numbers(household({"wage": 36000}, **SUDDEN))
    assert found["sudden_compensation", True] == ("1200", ["none"])
    assert found["sudden_loss", False] == ("-1200", ["none"])


def test_a_later_outcome_catches_it() -> None:
    """Above twice the standard a great loss still makes a household accidental: 20,000 is above 80 % of 18,888."""
    loss = {**SUDDEN, "sudden_loss": 20000}
    assert numbers(household({"wage": 18000}, **loss))[WAGE, True] == ("888", ["accidental"])
    assert numbers(household({"wage": 18000}))[WAGE, True] == ("888", ["none"])


def test_an_earlier_outcome_catches_it() -> None:
    """A second home above the average area excludes; without that area more homes have no effect."""
    assert numbers(household())["homes", True] == ("1", ["excluded"])
    assert ("homes", True) not in numbers(household(floor_area_above_local_average=False))
    assert numbers(household(homes=3))["homes", False] == ("-2", ["deep"])


# --- Facts that are tied, omitted or unknown -------------------------------------------------------------------------


def test_a_must_is_not_broken() -> None:
    """With both wages given, neither can change by more than the 12 yuan that the measure allows."""
    found = numbers(household({"wage": 9000, "monthly_wage": 750}))
    assert (WAGE, True) not in found
    assert ("members[1].monthly_wage", True) not in found
    assert found["members[1].business_income", True] == ("444", ["relative"])
    found = numbers(household({"wage": "9443.99", "monthly_wage": 787}))
    assert found[WAGE, True] == ("0.01", ["relative"])


def test_what_stands_in_follows() -> None:
    """If only the monthly wage is given, it is the one to change; the yearly wage follows and does not change alone."""
    worker = {**WORKER, "monthly_wage": 700}
    del worker["wage"]
    found = numbers({**HOUSEHOLD, "members": [worker]})
    assert found["members[1].monthly_wage", True] == ("87", ["relative"])
    assert (WAGE, True) not in found


def test_age_and_date_of_birth() -> None:
    """A child of 17 counts and one of 18 does not; with a given date of birth the age cannot be changed."""
    child = {**WORKER, "relation": "child", "age": 17, "education": "none", "dependent": False}
    facts = {**HOUSEHOLD, "members": [{**WORKER, "wage": 18000}, child]}  # 750 for two, 1,500 alone
    assert numbers(facts)["members[2].age", True] == ("1", ["relative"])
    born = {**child, "birth_date": "2003-06-01"}  # 17 years old on 2021-03-31
    tied = numbers({**HOUSEHOLD, "members": [{**WORKER, "wage": 18000}, born]})
    assert ("members[2].age", True) not in tied


def test_a_constant_that_stood_in() -> None:
    """Omitted costs default to zero and can be higher; 12,000 less 2,556.01 is 9,443.99."""
    assert numbers(household({"wage": 12000}))["members[1].disability_cost", True] == ("2556.01", ["deep"])


def test_undecided() -> None:
    """For an undecided household no change is computed, and the assessment names the missing facts."""
    changes = what_would_change(WEIHAI, household({"wage": None}))
    assert changes.changes == ()
    assert [str(each) for each in changes.assessment.missing] == [WAGE]


def test_into_the_open() -> None:
    """A change that makes other facts necessary gives no category, but names the possible ones."""
    found = options(household({"wage": 30000}))
    assert found["sudden_cause", "illness"] == ["accidental", "none"]  # the loss is unknown
    changes = what_would_change(WEIHAI, household({"wage": 30000})).changes
    assert {change.category for change in changes if len(change.possible) > 1} == {None}


def test_decided_with_facts_unknown() -> None:
    """For a household decided with unknown facts, a change names the categories then possible."""
    facts = household({"wage": None}, unit_has_union=False)
    assert options(facts) == {("unit_has_union", True): ["deep", "relative", "none"]}
    assert numbers(facts) == {}


def test_options() -> None:
    """Every other option of a choice or boolean that gives another category is reported, and no others."""
    found = options(household({"wage": 8400}))  # 700: below the urban 787, above the rural 588
    assert found["residence", "rural"] == ["relative"]
    assert found["unit_has_union", False] == ["out_of_scope"]
    assert found["employment", "retired"] == ["out_of_scope"]
    assert found["controls_company", True] == ["excluded"]
    assert ("floor_area_above_local_average", False) not in found  # with one home this fact is not needed
    assert ("members[1].relation", "spouse") not in found  # a household without its worker is invalid
    assert options(household({"wage": 6000}))  # 500: below both standards
    assert ("residence", "rural") not in options(household({"wage": 6000}))


SMALL = """
language: 1
policy: small
units: {yuan: 元}
household:
  a: {title: 甲, unit: yuan, from: -20, to: 20, decimals: 1}
  b: {title: 乙, unit: yuan, to: 20, if absent: a}
  c: {title: 丙, unit: yuan, to: 20, if absent: a / 3}
members:
  at most: 1
  facts: {here: {title: 在, yes or no: true}}
must: {%s}
decisions:
  category:
    title: 类别
    basis: definition
    first:
      - {outcome: x, title: 子, when: "%s"}
    otherwise: {outcome: y, title: 丑}
"""


def small(when: str, must: str = "m: {that: a >= -20}") -> Policy:
    """A policy with three numbers and one condition."""
    return read_policy(SMALL % (must, when))


@pytest.mark.parametrize(
    ("when", "up", "down"),
    [
        ("a > 3", "2.1", None),  # 3.1
        ("a > 20", None, None),  # beyond its range
        ("min(a, 3) >= 3", "2", None),
        ("min(a, 3) > 3", None, None),  # the cap is below the line
        ("a == 4.5", "3.5", None),
        ("a != 1", "0.1", "-0.1"),
        ("2 * a + 1 <= 0.9", None, "-1.1"),  # -0.1: 2a is below -0.1 from -0.05 on
        ("round_up(a, 2) > 2", "1.1", None),  # 2.1 is rounded to 4
        ("max(a, -a) > 5", "4.1", "-6.1"),
        ("a - a > 0", None, None),  # a range does not see that it is always 0
        ("a + b > 4", "1.1", None),  # b defaults to a: a alone moves both
    ],
)
def test_forms_of_a_line(when: str, up: str | None, down: str | None) -> None:
    """Caps, roundings, equality and two dependent sides, for a = 1 in tenths."""
    given = {"a": 1, "members": [{}]} if "b" in when else {"a": 1, "b": 0, "c": 0, "members": [{}]}
    found = numbers(cast(Facts, given), small(when))
    assert found.get(("a", True), (None,))[0] == up
    assert found.get(("a", False), (None,))[0] == down


def test_no_step_is_no_change() -> None:
    """A computed value between two steps of a fact's smallest unit has no change of its own."""
    found = numbers({"a": 1, "members": [{}]}, small("c > 3"))  # c is a third
    assert ("c", True) not in found
    assert found["a", True] == ("8.1", ["x"])  # 9.1 / 3 is above 3


def test_not_across_a_gap() -> None:
    """If one unit less violates a `must`, the change is left out, since the neighbouring value cannot be checked."""
    gap = "m: {any: {low: {that: a <= 1}, high: {that: a >= 2}}, title: 缺口}"
    given = {"a": 1, "b": 0, "c": 0, "members": [{}]}
    assert numbers(cast(Facts, given), small("a > 1.5", gap)) == {}
    assert numbers(cast(Facts, given), small("a > 2", gap))["a", True] == ("1.1", ["x"])


def test_constants_that_stood_in_break_no_must() -> None:
    """A `must` is not compared with a range in which a constant default may apply."""
    text = (SMALL % ("m: {that: b <= 5}", "a > 3")).replace(
        "if absent: a}", "if absent: {choose: [{when: a > 2, value: 9}], otherwise: 7}}"
    )
    found = numbers(cast(Facts, {"a": 1, "c": 0, "members": [{}]}), read_policy(text))
    assert found["a", True] == ("2.1", ["x"])


# --- Compared with trying every number -------------------------------------------------------------------------------


def tight(text: str) -> str:
    """A generated policy in which every number has at most 41 steps."""
    text = text.replace("from: -1000, to: 1000, decimals: 2", "from: -20, to: 20")
    text = text.replace("to: 1000, decimals: 2", "to: 12").replace("to: 500}", "to: 12}")
    text = text.replace("to: 1, decimals: 2", "to: 2").replace("from: -2, to: 2, decimals: 1", "from: -2, to: 2")
    text = re.sub(r"from: -\d+, to: \d\d+, decimals: 1", "from: -4, to: 4", text)
    return re.sub(
        r"must:\n  one: .*\n", "must:\n  one: {that: count(kind == self) == 1}\n  few: {that: loan != 3}\n", text
    )


def amounts(facts: Mapping[str, Fact]) -> dict[str, NumberKind]:
    """The kinds of the numeric facts."""
    return {name: fact.kind for name, fact in facts.items() if isinstance(fact.kind, NumberKind)}


@st.composite
def tight_households(draw: st.DrawFn, policy: Policy) -> Facts:
    """A household of such a policy."""
    born = st.sampled_from(["2012-05-31", "2012-06-01", "2004-02-29", "1980-01-01"])
    kinds = ["self", *draw(st.lists(st.sampled_from(["child", "other"]), max_size=1))]

    def numbers_of(facts: Mapping[str, Fact]) -> Facts:
        ends = {name: (cast(int, kind.low), cast(int, kind.high)) for name, kind in amounts(facts).items()}
        return {
            name: draw(st.integers(low, high).filter(lambda number: number != 3)) for name, (low, high) in ends.items()
        }

    members = [
        {"kind": kind, "born": draw(born), "well": draw(st.booleans()), **numbers_of(policy.members.facts)}
        for kind in kinds
    ]
    place = draw(st.sampled_from(["town", "village"]))
    own = {"on": "2030-06-01", "place": place, "own": draw(st.booleans())}
    return {**own, **numbers_of(policy.facts), "members": members}


def category(policy: Policy, facts: Facts) -> str | None:
    """The category; None if there is no such household."""
    try:
        found = assess(policy, facts).category
    except FactError:
        return None
    assert found is not None
    return found.id


def holder(facts: Facts, path: FactPath) -> Facts:
    """The mapping that holds the fact of a path."""
    return facts if len(path) == 1 else cast(Facts, facts["members"][path[1]])


def changed(facts: Facts, path: FactPath, new: object) -> Facts:
    """The household with one fact changed."""
    copied = {**facts, "members": [dict(member) for member in facts["members"]]}
    holder(copied, path)[cast(str, path[-1])] = new
    return copied


def by_trying(policy: Policy, facts: Facts) -> dict[tuple[str, bool], tuple[str, list[str]]]:
    """The same as `numbers`, by trying one number after another."""
    now, found = category(policy, facts), {}
    paths: list[FactPath] = [(name,) for name in amounts(policy.facts)]
    theirs = amounts(policy.members.facts)
    paths += [("members", number, name) for number in range(len(facts["members"])) for name in theirs]
    for path in paths:
        name = cast(str, path[-1])
        kind = cast(NumberKind, cast(Fact, policy.names[name]).kind)
        start = cast(int, holder(facts, path)[name])
        for step, end in ((1, cast(int, kind.high)), (-1, cast(int, kind.low))):
            last = now
            for number in range(start + step, end + step, step):
                came = category(policy, changed(facts, path, number))
                if came is not None and came != now:
                    if last == now:
                        found[path_text(path), step > 0] = (str(number - start), [came])
                    break
                last = came
    return found


@settings(max_examples=examples(100, 1000), deadline=None, suppress_health_check=list(HealthCheck))
@given(policies(), st.data())
def test_every_number_tried(text: str, data: st.DataObject) -> None:
    """With caps, roundings, products and gaps, the nearest change is the first that a search finds."""
    policy = read_policy(tight(text))
    facts = data.draw(tight_households(policy))
    assert numbers(facts, policy) == by_trying(policy, facts)


# --- Generated households of the measure ----------------------------------------------------------------------------


def possible(facts: Facts) -> list[str] | None:
    """The possible categories; None if there is no such household."""
    try:
        return [outcome.id for outcome in assess(WEIHAI, facts).possible]
    except FactError:
        return None


def between(start: Exact, end: Exact, units: int, draw: Any) -> Iterator[int | Decimal]:
    """A few numbers between two others, both excluded."""
    first, last = sorted((int(start * units), int(end * units)))
    if last - first > 1:
        yield from (plain(Fraction(draw(st.integers(first + 1, last - 1)), units)) for _ in range(2))


@few
@given(households(WEIHAI), st.data())
def test_changes_of_the_measure(facts: Facts, data: st.DataObject) -> None:
    """Each change gives the reported category; one unit less, and values in between, keep the old one."""
    now = possible(facts)
    for change in what_would_change(WEIHAI, facts).changes:
        new = change.new if change.by is None else plain(cast(Exact, change.new))
        assert possible(changed(facts, change.path, new)) == [outcome.id for outcome in change.possible] != now
        if change.by is not None:
            units = 10 ** cast(NumberKind, change.fact.kind).decimals
            less = cast(Exact, change.new) - Fraction(1 if change.by > 0 else -1, units)
            assert possible(changed(facts, change.path, plain(less))) == now
            for number in between(cast(Exact, change.old), cast(Exact, change.new), units, data.draw):
                assert possible(changed(facts, change.path, number)) in (now, None)


@few
@given(households(WEIHAI), st.data())
def test_nothing_is_left_out(facts: Facts, data: st.DataObject) -> None:
    """If no change of a number is reported in a direction, no number drawn there changes the category."""
    now, told = possible(facts), numbers(facts)
    for number, member in enumerate(facts["members"]):
        for name, fact in WEIHAI.members.facts.items():
            path = ("members", number, name)
            if not isinstance(fact.kind, NumberKind) or member.get(name) is None:
                continue
            start, units = Fraction(str(member[name])), 10**fact.kind.decimals
            for up, end in ((True, cast(Exact, fact.kind.high)), (False, cast(Exact, fact.kind.low))):
                if (path_text(path), up) not in told:
                    for each in between(start, end, units, data.draw):
                        assert possible(changed(facts, path, each)) in (now, None)
