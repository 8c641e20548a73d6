"""Questions about all households: an example, a proof, or not settled in time."""

from time import monotonic

import pytest
from trial import HARD, TRIAL, with_edits

from hardship_rules import FactError, Figure, assess, load_household, load_policy, read_policy
from hardship_rules.core.expr import Clause, Compare, walk
from hardship_rules.core.policy import exprs_of
from hardship_rules.proofs.partial import possible
from hardship_rules.proofs.prover import Proof, Prover, Shown, witness, witness_of
from hardship_rules.proofs.solver import NotSettled

POLICY = read_policy(TRIAL)


def clause(wanted: str) -> Clause:
    """The clause of that id."""
    parts = (part for name in POLICY.order for expr in exprs_of(POLICY.names[name]) for part in walk(expr))
    return next(part for part in parts if isinstance(part, Clause) and part.id == wanted)


@pytest.mark.parametrize(("where", "sign"), [("below", -1), ("at", 0), ("above", 1)])
def test_a_household_below_at_and_above_a_line(where: str, sign: int) -> None:
    """The left side of a comparison is below, at or above the line, as requested."""
    answer = witness(POLICY, clause("category.deep.below"), where, 3)  # type: ignore[arg-type]  # one of the three
    assert isinstance(answer, Shown)
    terms = assess(POLICY, answer.facts).terms
    net, line = terms["net"], terms["line"]
    assert isinstance(net, Figure)
    assert isinstance(line, Figure)
    assert (net.low > line.high) - (net.high < line.low) == sign


@pytest.mark.parametrize("truth", [True, False])
def test_a_member_makes_a_clause_hold_or_not(truth: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A clause over members has the requested truth for some existing member."""
    answer = witness(POLICY, clause("counts.minor.young"), truth, 3)
    assert isinstance(answer, Shown)
    assert any((member["age"] < 18) is truth for member in answer.facts["members"])


def test_what_no_household_does_is_proved() -> None:
    """It is proved that an unchosen reading holds in no household, and that a choice has no side below."""
    prover = Prover(POLICY, 3)
    assert witness_of(prover, clause("category.deep.equal.granted"), truth=True) == Proof(3)
    with pytest.raises(TypeError):
        witness_of(prover, clause("category.deep.equal.granted"), truth="below")


def test_no_more_members_than_the_policy_allows() -> None:
    """Households have at most the requested number of members, and at most the policy's."""
    assert witness(POLICY, clause("category.deep.equal.granted"), truth=True, members=64) == Proof(4)


def test_what_was_asked_leaves_nothing_behind() -> None:
    """A prover answers the same after other questions."""
    prover = Prover(POLICY, 3)
    before = len(prover.space.known)
    below = clause("category.deep.below")
    assert isinstance(witness_of(prover, below, "at"), Shown)
    assert isinstance(witness_of(prover, clause("category.deep.equal.granted"), truth=True), Proof)
    assert isinstance(witness_of(prover, below, "at"), Shown)
    assert len(prover.space.known) == before


def test_possible_is_exact() -> None:
    """The possible outcomes of a partial household are exactly those of its completions; each has an example."""
    policy = load_policy("2021_weihai")
    household = load_household("examples/partial.yaml")
    answers = possible(policy, household)
    shown = {outcome: answer for outcome, answer in answers.items() if isinstance(answer, Shown)}
    assert set(shown) <= {outcome.id for outcome in assess(policy, household).possible}
    assert {outcome for outcome, answer in answers.items() if isinstance(answer, Proof)} == set(answers) - set(shown)
    for outcome, answer in shown.items():
        category = assess(policy, answer.facts).category
        assert category is not None
        assert category.id == outcome


def test_possible_sees_what_ranges_do_not() -> None:
    """An unknown income minus itself is zero, which intervals alone do not show."""
    policy = read_policy(with_edits((("(income - spent) / people", "(income - income) / people"),)))
    household = {"on": "2021-05-01", "place": "town", "union": True, "fraud": False, "members": [{"kind": "self"}]}
    assert {outcome.id for outcome in assess(policy, household).possible} == {"deep", "relative", "none"}
    answers = possible(policy, household)
    assert {outcome for outcome, answer in answers.items() if isinstance(answer, Shown)} == {"deep"}


def test_possible_refuses_what_assess_refuses() -> None:
    """A household with an unknown fact's name is a `FactError`."""
    with pytest.raises(FactError):
        possible(POLICY, {"nothing": 1, "members": [{}]})


def test_what_is_not_published_may_be_anything_in_its_range() -> None:
    """A household that depends on an unpublished number is shown with the number, and assessed with it."""
    policy = load_policy("2025_weihai")
    prover = Prover(policy, 2)
    assert None in policy.parameters["dibao"].values.values()
    answer = prover.find([prover.outcome("category", "deep")], 20)
    assert isinstance(answer, Shown)
    assert None not in answer.policy.parameters["dibao"].values.values()
    assert answer.assessment.category is not None


def test_what_is_too_hard_is_not_settled_in_time() -> None:
    """A question too hard for the solver ends at its time limit."""
    prover = Prover(read_policy(HARD), 1)
    began = monotonic()
    answer = prover.find([prover.outcome("category", "cube")], 0.5)
    assert isinstance(answer, NotSettled)
    assert monotonic() - began < 5


def test_nothing_of_a_household_shows() -> None:
    """The `repr` of a found household shows no fact."""
    answer = witness(POLICY, clause("category.deep.below"), "below", 2)
    assert isinstance(answer, Shown)
    assert "wage" not in repr(answer)
    assert isinstance(clause("category.deep.below").when, Compare)


FINER = """
language: 1
policy: finer
units: {yuan: 元}
household:
  loan: {title: loan, unit: yuan, to: 100, if absent: 12.5}
  debt: {title: debt, unit: yuan, to: 100}
members: {facts: {c: {title: c, yes or no: true}}}
decisions:
  category:
    title: t
    first: [{outcome: holds, title: h, when: loan + debt > 20, basis: assumption}]
    otherwise: {outcome: none, title: n}
"""


def test_a_default_finer_than_its_fact() -> None:
    """12.5 yuan from a default can be left out, though not written: both categories are reached by some debt."""
    answers = possible(read_policy(FINER), {"debt": None, "members": [{"c": True}]})
    for outcome, is_above in (("holds", True), ("none", False)):
        shown = answers[outcome]
        assert isinstance(shown, Shown)
        assert "loan" not in shown.facts
        assert (shown.facts["debt"] + 12.5 > 20) is is_above
        assert shown.facts["debt"] == int(shown.facts["debt"])
        assert shown.assessment.category is not None
        assert shown.assessment.category.id == outcome
    (holds, none) = possible(read_policy(FINER), {"debt": 8, "members": [{"c": True}]}).values()
    assert isinstance(holds, Shown)  # 20.5
    assert isinstance(none, Proof)
    third = read_policy(FINER.replace("if absent: 12.5", "if absent: debt / 3"))  # 15 + 5 is not above 20, 15.5 is
    for debt, reached in ((15, "none"), (16, "holds")):
        answers = possible(third, {"debt": debt, "members": [{"c": True}]})
        assert [outcome for outcome, answer in answers.items() if isinstance(answer, Shown)] == [reached]
        assert {type(answer) for outcome, answer in answers.items() if outcome != reached} == {Proof}


def test_a_default_that_rests_on_an_unknown_fact() -> None:
    """Twice the unknown debt is above the debt, so that a loan left out is never less than it."""
    text = FINER.replace("if absent: 12.5", "if absent: 'min(100, debt * 2)'").replace(
        "loan + debt > 20", "loan < debt"
    )
    answers = possible(read_policy(text), {"members": [{"c": True}]})
    assert isinstance(answers["holds"], Proof)
    assert isinstance(answers["none"], Shown)
    stated = possible(read_policy(text), {"loan": None, "members": [{"c": True}]})
    assert isinstance(stated["holds"], Shown)
