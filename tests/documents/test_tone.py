"""The tone of an outcome: colour and mark of its banner, without effect on the verdict."""

import itertools

import pytest

from hardship_rules import PolicyError, assess, explain, load_policy, read_policy
from hardship_rules.language.find import RESOLVED

TEXT = """
language: 1
policy: small
title: 小政策
units: {{yuan: 元}}
household:
  tone: {{title: 声调, unit: yuan, to: 9}}
decisions:
  category:
    title: 类别
    first:
      - outcome: low
        title: 低{low}
        when: {{all: {{tone: {{that: tone < 5, title: 低于五}}}}}}
        basis: assumption
    otherwise: {{outcome: none, title: 无{none}, basis: assumption}}
  papers:
    title: 材料
    every: [{{outcome: form, title: 表{form}, when: tone < 5, basis: assumption}}]
"""


def small(low: str = "", none: str = "", form: str = "") -> str:
    """The text of a policy whose outcomes have these tones."""
    return TEXT.format(
        low=f"\n        tone: {low}" if low else "",
        none=f", tone: {none}" if none else "",
        form=f", tone: {form}" if form else "",
    )


PLAIN = read_policy(small())
EVERY_WAY = list(itertools.product(["", "urgent"], ["", "special"], ["", "plain"]))


@pytest.mark.parametrize(("low", "none", "form"), EVERY_WAY)
def test_no_part_of_the_fingerprint(low: str, none: str, form: str) -> None:
    """Tones change neither the fingerprint, nor the resolved text, nor the JSON of a verdict."""
    policy = read_policy(small(low, none, form))
    assert policy.fingerprint == PLAIN.fingerprint
    assert policy.resolved == PLAIN.resolved
    assert explain(assess(policy, {"tone": 1, "members": [{}]}), format="json") == explain(
        assess(PLAIN, {"tone": 1, "members": [{}]}), format="json"
    )
    assert policy.category.outcomes[0].tone == (low or "plain")
    assert policy.category.outcomes == PLAIN.category.outcomes


def test_a_fact_and_a_clause_may_be_called_tone() -> None:
    """`tone` is not reserved: a fact and a clause may have that name."""
    assert '"tone":{"that":"tone < 5","title":"低于五"}' in PLAIN.resolved
    assert '"tone":{"title":"声调"' in PLAIN.resolved
    assert read_policy(small().replace("tone: {that: tone < 5", "tone: {that: tone < 6")).resolved != PLAIN.resolved


def test_a_resolved_text_may_say_one() -> None:
    """A resolved policy with a tone is read as the same policy."""
    spelled = PLAIN.resolved.replace('"outcome":"low"', '"outcome":"low","tone":"urgent"')
    policy = read_policy(spelled, f"small{RESOLVED}")
    assert (policy.category.outcomes[0].tone, policy.fingerprint) == ("urgent", PLAIN.fingerprint)


def test_another_word_is_refused() -> None:
    """An unknown tone is reported at its location, with the known ones."""
    with pytest.raises(PolicyError) as caught:
        read_policy(small("urgnt", "red"))
    problems = [(each.code, each.given, each.values.get("known")) for each in caught.value.problems]
    known = "urgent, elevated, special, plain"
    assert problems == [("unknown_tone", "urgnt", known), ("unknown_tone", "red", known)]


def test_tones_of_the_bundled_measures() -> None:
    """The three kinds of hardship have their own tones; every other outcome has the plain one."""
    own = {"deep": "urgent", "relative": "elevated", "accidental": "special"}
    for name in ("2021_weihai", "2025_weihai", "example_huzhou"):
        for decision in load_policy(name).decisions.values():
            for outcome in decision.by_id.values():
                is_category = decision.name == load_policy(name).category.name
                assert outcome.tone == (own.get(outcome.id, "plain") if is_category else "plain")
