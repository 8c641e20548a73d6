"""The short explanation's statements about other verdicts are true on both sides of each bound, by `assess`."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, cast

import pytest
from bundled import POLICIES
from framing import drawn
from hypothesis import strategies as st
from sampling import examples

from hardship_rules import Assessment, FactError, Policy, assess, explain, read_policy
from hardship_rules.core.kinds import DateKind, NumberKind, day_of
from hardship_rules.core.policy import Fact
from hardship_rules.core.problem import KeyPath
from hardship_rules.documents.text import width
from hardship_rules.explanation.brief import Brief, brief_of
from hardship_rules.testing.strategies import households, partial_households, policies
from hardship_rules.testing.strategies._paths import Facts, copied, fact_paths, holding

AMOUNT = r"(-?[\d,]+(?:\.\d+)?)"


def changed(policy: Policy, household: Facts, path: KeyPath, value: object) -> Assessment | None:
    """The household with one fact changed; None if that household is invalid."""
    other: dict[str, Any] = copied(household)
    holding(other, path)[cast(str, path[-1])] = value
    try:
        return assess(policy, other)
    except FactError:
        return None


def titles(assessment: Assessment | None) -> str:
    """The printed form of the possible categories."""
    return "" if assessment is None else "、".join(each.title for each in assessment.possible)


def unit(fact: Fact) -> Fraction:
    """The smallest step of a number."""
    return Fraction(1, 10 ** cast(NumberKind, fact.kind).decimals)


def numbers_of(policy: Policy, household: Facts) -> Iterator[tuple[KeyPath, Fact, Fraction]]:
    """The numbers that a household gives."""
    for path, fact in fact_paths(policy, household):
        now = holding(household, path).get(cast(str, path[-1]))
        if isinstance(fact.kind, NumberKind) and now is not None:
            yield path, fact, Fraction(str(now))


def moved_by(policy: Policy, household: Facts, by: Fraction) -> Iterator[tuple[str, str]]:
    """The different category after changing a number by an amount, and the category after one step less."""
    for path, fact, now in numbers_of(policy, household):
        step = unit(fact) if by > 0 else -unit(fact)
        yield (
            titles(changed(policy, household, path, now + by)),
            titles(changed(policy, household, path, now + by - step)),
        )


def hold_the_distances(policy: Policy, household: Facts, brief: Brief, verdict: str) -> None:
    """Each named change gives the named category; one step less does not."""
    for entry in brief.distance:
        for way, amount in re.findall(rf"(再多|少) {AMOUNT}", "".join(entry.items)):
            by = Fraction(amount.replace(",", "")) * (1 if way == "再多" else -1)
            assert (entry.label, verdict) in set(moved_by(policy, household, by)), brief


def hold_the_nearest(policy: Policy, household: Facts, assessment: Assessment, brief: Brief) -> None:
    """The nearest default has a break point that gives the named category; one step less does not."""
    nearest, text = assessment.nearest_assumed, "".join(item for entry in brief.check for item in entry.items)
    if nearest is None:
        assert "最要紧的是" not in text
        return
    assert cast(str, nearest.path[-1]) not in holding(household, nearest.path), text
    said = re.search(rf"(满|降到) {AMOUNT} ?\S*?即(?:转为)?(\S+)", text)
    if not isinstance(nearest.fact.kind, NumberKind):
        day = isinstance(nearest.fact.kind, DateKind)
        new = day_of(cast(int, nearest.new)) if day else nearest.new
        assert titles(changed(policy, household, nearest.path, new)) == titles_of(nearest.possible), text
        return
    assert said is not None, text
    value, step = Fraction(said[2].replace(",", "")), unit(nearest.fact) * (1 if said[1] == "满" else -1)
    after = changed(policy, household, nearest.path, value)
    assert after is not None
    expected = "待定" if after.category is None else after.category.title
    assert expected.startswith(said[3][:4]) or said[3].startswith(expected), text
    assert titles(after) != titles(assessment), text
    assert titles(changed(policy, household, nearest.path, value - step)) == titles(assessment), text


def titles_of(outcomes: tuple[Any, ...]) -> str:
    """The printed form of the categories."""
    return "、".join(each.title for each in outcomes)


def hold_the_rows(policy: Policy, household: Facts, assessment: Assessment, text: str) -> None:
    """Each row of the table of break points is true at its bounds, and false beyond them."""
    rows = re.findall(
        rf"^  (?:(不超过|超过|不低于) {AMOUNT}|{AMOUNT}[^\d\s]* ?至 {AMOUNT}|{AMOUNT})(?: ?[^\d\s]+)?  +(\S+)",
        text,
        re.MULTILINE,
    )
    missing = [each.path for each in assessment.missing]
    if len(missing) != 1:
        return
    fact = dict(fact_paths(policy, household)).get(missing[0])
    if fact is None or not isinstance(fact.kind, NumberKind):
        return
    kind = fact.kind
    for sign, bound, low, high, alone, category in rows:
        number = [Fraction(each.replace(",", "")) for each in (bound, low, high, alone) if each]
        first = {"超过": number[0] + unit(fact)}.get(sign, number[0])
        ends = [first, number[-1] if sign in ("", "不超过") else Fraction(cast(int, kind.high))]
        if sign == "不超过":
            ends[0] = Fraction(cast(int, kind.low))
        for value in (*ends, (ends[0] + ends[1]) / 2 // unit(fact) * unit(fact)):
            after = changed(policy, household, missing[0], value)
            assert after is None or titles(after) == category, (text, value)
    limits = {f"{int(cast(int, each)):,}" for each in (kind.low, kind.high)} - {"0"}
    assert not [row for row in rows if limits & set(row)], text


def hold(policy: Policy, household: Facts) -> None:
    """Check every statement about other verdicts for one household."""
    assessment = assess(policy, household)
    text, brief = explain(assessment), brief_of(assessment)
    assert len(text.splitlines()) <= 25, text
    assert max(map(width, text.splitlines())) <= 80, text
    if assessment.category is None:
        hold_the_rows(policy, household, assessment, text)
    else:
        hold_the_distances(policy, household, brief, titles(assessment))
        hold_the_nearest(policy, household, assessment, brief)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_bundled_policies(policy: Policy) -> None:
    """The statements are true for every bundled policy."""
    number = examples(4, 40)
    for household in drawn(households(policy), number) + drawn(partial_households(policy), number):
        hold(policy, household)


def test_drawn_policies() -> None:
    """The statements are true for random policies."""
    for text in drawn(policies(), examples(15, 150)):
        policy = read_policy(text)
        for household in drawn(st.one_of(households(policy), partial_households(policy)), 3):
            hold(policy, household)
