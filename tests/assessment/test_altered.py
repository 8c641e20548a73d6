"""A household in which one fact changes is computed in parts; the parts give what computing all of it gives."""

from collections.abc import Iterator
from typing import Any

import pytest
from completing import any_value, chance, facts_of
from programs import WEIHAI, given_sample, weihai_sample
from sampling import count, examples

from hardship_rules import FactError, Policy, assess, read_policy
from hardship_rules.assessment.break_points import lines_from
from hardship_rules.assessment.outcomes import Outcomes
from hardship_rules.assessment.value_search import ValueSearch
from hardship_rules.core.kinds import NumberKind
from hardship_rules.engine.compiled import compiled_policy

Given = dict[str, Any]


def outcomes_of(sample: list[tuple[Policy, list[Given]]]) -> Iterator[tuple[Policy, Outcomes]]:
    """The households of a sample that are read, with their policies."""
    for policy, given in sample:
        for each in given:
            try:
                yield policy, assess(policy, each).outcomes
            except FactError:
                continue


@pytest.mark.agreement
def test_one_member_is_computed_again() -> None:
    """With another value of one fact, the run in parts has the bits and comparisons of the run of everything."""
    source = chance("one member again")
    for policy, outcomes in outcomes_of([*given_sample(examples(9, 90)), *weihai_sample(examples(6, 60))]):
        altered, compiled = outcomes.altered, compiled_policy(policy)
        facts = list(facts_of(policy, len(outcomes.household.members)))
        for path, fact in source.sample(facts, min(len(facts), 6)):
            rows = altered.rows(path, any_value(fact.kind, source))
            if rows is not None:
                found, whole = altered.run(path, rows), compiled.run(rows.own, rows.members)
                assert found == whole[: len(found)]
                count(changed_in_parts=1)


@pytest.mark.agreement
def test_what_does_not_matter_changes_nothing() -> None:
    """No value of a fact that neither category nor `must` nor default depends on gives another result."""
    source = chance("what does not matter")
    for policy, outcomes in outcomes_of([*given_sample(examples(9, 90)), *weihai_sample(examples(6, 60))]):
        compiled = compiled_policy(policy)
        for path, fact in facts_of(policy, len(outcomes.household.members)):
            if path[-1] not in compiled.matters:
                changed = outcomes.changed({path: any_value(fact.kind, source)})
                assert changed is not None
                assert changed.result == outcomes.result
                count(facts_without_effect=1)


@pytest.mark.agreement
def test_parts_of_one_sum_change_alike() -> None:
    """The nearest value of a fact is the same, whether it is searched alone or after others of the same sum."""
    for policy, outcomes in outcomes_of([*given_sample(examples(6, 60)), *weihai_sample(examples(4, 40))]):
        if len(outcomes.possible) > 1:
            continue
        search = ValueSearch(outcomes)
        for path, fact in facts_of(policy, len(outcomes.household.members)):
            now = compiled_policy(policy).value(outcomes.rows, path)
            if not isinstance(fact.kind, NumberKind) or not isinstance(now, int):
                continue
            for line in lines_from(fact.kind, now):
                together, alone = search.nearest_given(path, line), ValueSearch(outcomes).nearest(path, line)
                assert (together and together[:2]) == (alone and alone[:2]), path
                count(nearest_values=1)


def test_the_measure_has_parts_of_one_sum() -> None:
    """Four kinds of income are added up and used for nothing else, and a loss of which another fact is subtracted."""
    incomes = {"business_income", "property_income", "transfer_income", "other_income"}
    assert set(compiled_policy(WEIHAI).alike) == {*incomes, "sudden_loss"}
    assert len({compiled_policy(WEIHAI).alike[name] for name in incomes}) == 1
    assert {"union_aid", "exempt_income"}.isdisjoint(compiled_policy(WEIHAI).matters)


CHAIN = """
language: 1
policy: chain
units: {yuan: 元}
household:
  total: {title: 合计, unit: yuan, to: 1000, if absent: "sum(second)"}
members:
  at most: 3
  facts:
    first: {title: 甲, unit: yuan, to: 100}
    second: {title: 乙, unit: yuan, to: 100, if absent: first}
    third: {title: 丙, unit: yuan, to: 100, if absent: first}
decisions:
  category:
    title: 类别
    first: [{outcome: x, title: 子, basis: definition, when: "total > 10"}]
    otherwise: {outcome: y, title: 丑}
"""


def test_a_default_of_a_default_follows() -> None:
    """The total is a default of the members' second amounts, which are defaults of the first: 4 and 5, then 4 and 7."""
    policy = read_policy(CHAIN)
    outcomes = assess(policy, {"members": [{"first": 4}, {"first": 5}]}).outcomes
    assert outcomes.household.values["total"] == 9
    changed = outcomes.changed({("members", 1, "first"): 7})
    assert changed is not None
    assert changed.household.values["total"] == 11
    assert [outcome.id for outcome in changed.possible] == ["x"]
    assert dict(compiled_policy(policy).in_defaults) == {"first": False, "second": False}
