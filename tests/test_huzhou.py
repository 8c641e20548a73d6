"""The example of another union: its classes do not overlap, and it claims only known rules."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given, settings

from hardship_rules import assess, load_policy
from hardship_rules.assessment.facts import read_facts
from hardship_rules.engine.evaluate import value
from hardship_rules.testing.strategies import households
from hardship_rules.testing.strategies._values import plain

HUZHOU = load_policy("example_huzhou")
FEN = Fraction(1, 100)


def holding(facts: Mapping[str, object]) -> list[str]:
    """Every outcome whose condition holds, also after the deciding one."""
    scope = read_facts(HUZHOU, facts).scope(HUZHOU)
    return [
        outcome.id
        for outcome in HUZHOU.category.outcomes
        if outcome.when is not None and value(outcome.when, scope) is True
    ]


def worker(per_year: Fraction, cause: str) -> dict[str, object]:
    """A worker alone, with that yearly income."""
    return {"cause": cause, "members": [{"relation": "self", "income": plain(per_year), "cost": 0}]}


@pytest.mark.parametrize("cause", ["none", "disaster", "accident", "illness"])
@pytest.mark.parametrize("beside", [-FEN, Fraction(0), FEN])
@pytest.mark.parametrize(
    ("times", "up_to", "above"),
    [(Fraction(1), "deep", "relative"), (Fraction(2), "relative", "accidental"), (Fraction(5, 2), "accidental", None)],
)
def test_the_lines(times: Fraction, up_to: str, above: str | None, beside: Fraction, cause: str) -> None:
    """1,105 yuan a month, twice and two and a half times that: each line belongs only to the class below it.

    The third class needs an accidental cause; without one it is empty.
    """
    expected = above if beside > 0 else up_to
    if expected == "accidental" and cause == "none":
        expected = None
    facts = worker(times * 1105 * 12 + beside, cause)
    assert holding(facts) == ([] if expected is None else [expected])
    category = assess(HUZHOU, facts).category
    assert category is not None
    assert category.id == (expected or "none")


@settings(max_examples=150, deadline=None)
@given(households(HUZHOU))
def test_at_most_one_class(facts: Mapping[str, object]) -> None:
    """No household is in two classes, as the policy's property states."""
    assert HUZHOU.category.disjoint
    assert len(holding(facts)) <= 1


def test_nothing_more_is_claimed_than_is_known() -> None:
    """Only the standard, the lines and the classes are Huzhou's; the counting of income and people is assumed."""
    assert set(HUZHOU.sources) == {"huzhou"}
    grades = {name: part.provenance and part.provenance.basis for name, part in HUZHOU.parameters.items()}
    assert grades == {
        "dibao": "analogue",
        "relative_multiple": "analogue",
        "accidental_multiple": "analogue",
        "months_per_year": "definition",
    }
    assert {part.provenance and part.provenance.basis for part in HUZHOU.terms.values()} == {"assumption"}
    assert {part.provenance and part.provenance.basis for part in HUZHOU.category.outcomes} == {"analogue"}
