"""Trying unknown choices in combination rules out only unreachable outcomes; more known facts never widen them."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardship_rules import Assessment, assess, explain, load_policy, read_policy
from hardship_rules.assessment.sensitivity import turns_on
from hardship_rules.engine.evaluate import possible
from hardship_rules.testing.strategies import households, policies
from hardship_rules.testing.strategies._paths import Facts

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HEAD = """
language: 1
policy: p
units: {yuan: 元, person: 人}
household:
  x: {title: 甲, one of: {one: 一, two: 二, three: 三}}
  y: {title: 乙, yes or no: true}
  later: {title: 丁, yes or no: true, if absent: {choose: [{when: x == one, value: false}]}}
  money: {title: 钱, unit: yuan, to: 100}
members:
  facts:
    role: {title: 身份, one of: {self: 本人, child: 子女}}
    abroad: {title: 留学, yes or no: true}
must:
  one: {that: count(role == self) == 1, title: 有且只有一名本人}
"""


def assessed(outcomes: str, facts: Facts, terms: str = "", after: str = "", head: str = HEAD) -> Assessment:
    """A household under a small policy with these outcomes, else `none`."""
    decision = f"decisions:\n  category:\n    title: 类别\n    first:\n{outcomes}"
    text = f"{head}{terms}\n{decision}    otherwise: {{outcome: none, title: 无}}\n{after}"
    return assess(read_policy(text), {"members": [{"role": "self"}], **facts})


def ids(assessment: Assessment) -> list[str]:
    """The ids of the possible outcomes."""
    return [outcome.id for outcome in assessment.possible]


EITHER = """
      - outcome: first
        title: 第一类
        basis: definition
        when: {any: {a: {that: x == one, title: 甲为一}, b: {that: x != one, title: 甲不为一}}}
"""
NEXT = """
  next:
    title: 下一步
    first: [{outcome: go, title: 办, basis: definition, when: category == first}]
    otherwise: {outcome: stay, title: 不办}
"""


def test_what_holds_one_way_or_the_other_is_decided() -> None:
    """`x == one or x != one` holds for every x: both clauses decide the category, and nothing is missing."""
    assessment = assessed(EITHER, {})
    assert ids(assessment) == ["first"]
    assert assessment.category == assessment.decided.outcome
    assert assessment.missing == ()
    assert assessment.decided.decided_by == ("category.first.a", "category.first.b")
    assert [(reason.role, reason.holds) for reason in assessment.reasons] == [("decided", None), ("decided", None)]
    assert [str(each) for each in assessment.tried] == ["x"]
    assert [outcome.id for outcome in assessment.ruled_out] == ["none"]


def test_the_explanation_says_what_was_tried() -> None:
    """The text states no unknown clause as true; it says which fact was tried and what it ruled out."""
    text = explain(assessed(EITHER, {}), detail="full")
    assert text.startswith("第一类 ")
    assert "○ 甲为一（尚不确定）" in text
    assert "甲未填明，逐一试过各种可能，都不会认定为：无" in text
    assert "还需补充" not in text


def test_other_decisions_go_by_what_is_left() -> None:
    """A later decision that refers to the category sees the remaining outcome."""
    decided = assessed(EITHER, {}, after=NEXT).decisions["next"]
    assert decided.outcome is not None
    assert decided.outcome.id == "go"


def test_what_it_turns_on_is_tried_alike() -> None:
    """The sensitivity to an unverified clause compares verdicts that are both narrowed by trying combinations."""
    uncertain = EITHER.replace("title: 甲为一}", "title: 甲为一, basis: assumption}")
    (turn,) = turns_on(assessed(uncertain, {}))
    assert [outcome.id for outcome in turn.possible] == ["first", "none"]  # without a, x == one gives none
    more = uncertain.replace("b: {", "c: {that: y, basis: assumption}, d: {that: not y}, b: {")
    assert turns_on(assessed(more, {})) == ()  # without a, c or d holds in every case; without c, a or b does


def test_a_choice_that_two_terms_go_by() -> None:
    """100 for x in one term and 100 for x in the other never differ, though their ranges overlap."""
    choose = "choose: [{when: x == one, value: 100}]\n    otherwise: 0\n    basis: definition\n"
    terms = (
        f"terms:\n  a:\n    title: 一\n    unit: yuan\n    {choose}  b:\n    title: 二\n    unit: yuan\n    {choose}"
    )
    apart = "      - {outcome: apart, title: 不同, basis: definition, when: a != b}\n"
    assert ids(assessed(apart, {}, terms)) == ["none"]


def test_musts_leave_combinations_out() -> None:
    """If one member is the worker the other is the child, so that some combinations are impossible."""
    child = '      - {outcome: gone, title: 留学, basis: definition, when: "some(abroad)"}\n'
    child += '      - {outcome: alone, title: 独居, basis: definition, when: "each(role == self)"}\n'
    members = [{"role": "self", "abroad": False}, {"abroad": False}]
    assert ids(assessed(child, {"members": members})) == ["none"]
    assert ids(assessed(child, {"members": [{"abroad": False}]})) == ["alone"]


def test_what_a_must_settles_is_not_asked_for() -> None:
    """The only member must be the worker: only y is open, though no outcome is ruled out by that."""
    child = "      - {outcome: child, title: 有子女, basis: definition, when: WHEN}\n"
    child = child.replace("WHEN", '{any: {a: {that: "some(role == child)"}, b: {that: y}}}')
    assessment = assessed(child, {"members": [{}]})
    assert ids(assessment) == ["child", "none"]
    assert [str(each) for each in assessment.missing] == ["y"]
    two = assessed(child, {"members": [{}, {}]})  # one of the two is a child
    assert ids(two) == ["child"]


@pytest.mark.parametrize(("facts", "left"), [(6, ["none"]), (7, ["apart", "none"])])
def test_at_most_64_combinations(facts: int, left: list[str]) -> None:
    """Six booleans that two sums share are tried in their 64 combinations; with seven, ranges give the outcomes."""
    names = [f"f{number}" for number in range(facts)]
    given_ = "".join(f"  {name}: {{title: {name}, yes or no: true}}\n" for name in names)
    head = HEAD.replace("  money:", f"{given_}  money:")
    one = "unit: yuan, basis: definition, choose: [{when: NAME, value: 1}], otherwise: 0"
    terms = "terms:\n" + "".join(f"  t{name}: {{title: t{name}, {one.replace('NAME', name)}}}\n" for name in names)
    sums = " + ".join(f"t{name}" for name in names)
    apart = f'      - {{outcome: apart, title: 不同, basis: definition, when: "{sums} != {sums}"}}\n'
    assessment = assessed(apart, {}, terms, head=head)
    assert ids(assessment) == left
    assert len(assessment.outcomes.completions.households) == (64 if facts == 6 else 0)


def test_a_fact_left_out_may_be_given_first() -> None:
    """`later` cannot hold if x is one, but it can if it is given before x, so it stays possible."""
    when = "{all: {a: {that: x == one}, b: {that: later}}}"
    both = f"      - {{outcome: both, title: 皆是, basis: definition, when: {when}}}\n"
    assert ids(assessed(both, {})) == ["both", "none"]
    assert ids(assessed(both, {"later": True})) == ["both", "none"]
    assert ids(assessed(both, {"later": True, "x": "one"})) == ["both"]
    assert ids(assessed(both, {"x": "one"})) == ["none"]


def test_nothing_is_tried_before_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither `assess` nor reading the result of a household that ranges decide tries any combination."""

    def never(*_: object) -> Any:
        raise AssertionError

    monkeypatch.setattr("hardship_rules.assessment._completions._Search.visit", never)
    assessment = assessed(EITHER, {})
    decided = assessed(EITHER, {"x": "one"})
    assert ids(decided) == ["first"]
    assert explain(decided, detail="full")
    with pytest.raises(AssertionError):
        _ = assessment.possible


def test_a_household_that_cannot_be_keeps_what_ranges_say() -> None:
    """One member cannot be both worker and child: with no valid completion, the outcomes from ranges stay possible."""
    head = HEAD.replace("must:", "must:\n  child: {that: count(role == child) == 1, title: 有一名子女}")
    assert ids(assessed(EITHER.replace("x != one", "x == two"), {"members": [{}]}, head=head)) == ["first", "none"]


@few
@given(policies(), st.data())
def test_never_too_small_and_never_wider(text: str, data: st.DataObject) -> None:
    """The fewer facts are known, the larger `possible` is, and it always holds the complete household's category."""
    policy = read_policy(text)
    complete = data.draw(households(policy))
    whole = assess(policy, complete).category
    assert whole is not None
    slots = [(-1, name) for name in policy.facts]
    slots += [(number, name) for number, member in enumerate(complete["members"]) for name in member]
    facts: Facts = {**complete, "members": [dict(member) for member in complete["members"]]}
    seen = {whole.id}
    for number, name in data.draw(st.permutations(slots))[:8]:
        (facts if number < 0 else facts["members"][number])[name] = None
        found = set(ids(assess(policy, facts)))
        assert seen <= found
        seen = found


def test_it_gains_where_only_choices_are_unknown() -> None:
    """With a member of unknown relation, ranges leave the exclusion of children possible; combinations rule it out."""
    nothing = dict.fromkeys(("business_income", "property_income", "transfer_income", "other_income"), 0)
    worker = {**nothing, "age": 40, "education": "bachelor", "wage": 20000, "medical_self_paid": 0, "tuition": 0}
    facts: Facts = {
        "unit_has_union": True,
        "employment": "in_service",
        "residence": "urban",
        "controls_company": False,
        "homes": 1,
        "motor_vehicle": False,
        "refuses_verification": False,
        "members": [{**worker, "full_time": False, "self_paid_study_abroad": True, "private_school_fee": 0}],
    }
    policy = load_policy("2021_weihai")
    assessment = assess(policy, facts, "2021-03-31")
    by_ranges = possible(policy.category, assessment.outcomes.result.truths)
    assert by_ranges[0] == "excluded"
    # the only member is the worker: 20,000 / 12 is 1,666.67, not below 1,574
    assert ids(assessment) == ["none"]
