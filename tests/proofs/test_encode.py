"""A policy as terms of Z3 agrees with `assess`, on generated policies and on the bundled ones."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sampling import examples
from trial import TRIAL

from hardship_rules import Policy, assess, load_policy, read_policy
from hardship_rules.core.kinds import ChoiceKind, NumberKind
from hardship_rules.core.policy import Term
from hardship_rules.engine.program import Step
from hardship_rules.proofs._encode import Encoding
from hardship_rules.proofs._households import is_true_in, option_in
from hardship_rules.proofs.partial import possible
from hardship_rules.proofs.prover import DisagreementError, Proof, Prover, Shown
from hardship_rules.proofs.solver import NotSettled
from hardship_rules.proofs.terms import Cases, Space, Truth, extreme, multiplied, opposite
from hardship_rules.testing.strategies import households, policies

SLOW = settings(max_examples=examples(15, 150), deadline=None, suppress_health_check=list(HealthCheck))
WEIHAI = load_policy("2021_weihai")


@pytest.mark.agreement
@SLOW
@given(policies(), st.data())
def test_a_household_comes_to_what_assess_says(text: str, data: st.DataObject) -> None:
    """For a complete household exactly the category of `assess` is possible, and the others are proved impossible."""
    policy = read_policy(text)
    household = data.draw(households(policy))
    category = assess(policy, household).category
    assert category is not None
    answers = possible(policy, household, seconds=60)
    assert {outcome for outcome, answer in answers.items() if isinstance(answer, Shown)} == {category.id}
    assert all(isinstance(answer, Shown | Proof) for answer in answers.values())


@pytest.mark.agreement
@SLOW
@given(policies())
def test_every_term_of_a_household_found_is_that_of_assess(text: str) -> None:
    """In a model's household every term has the value that `assess` computes, also terms of members."""
    policy = read_policy(text)
    prover = Prover(policy, 3)
    for outcome in policy.category.by_id:  # products of unknown numbers can be too much work; they show nothing here
        model = prover.solver.model([prover.outcome("category", outcome)], seconds=5.0)
        if model is not None and not isinstance(model, NotSettled):
            _same_terms(policy, prover.encoding, model, prover.replay(model))


def _same_terms(policy: Policy, encoding: Encoding, model: Any, shown: Shown) -> None:
    assessment = shown.assessment
    for name, term in policy.terms.items():
        answers = [member[name] for member in assessment.members] if term.of_member else [assessment.terms[name]]
        quotient = encoding.lowered.named(name)
        values: Any = encoding.by_member(quotient.step) if term.of_member else [encoding.value(quotient.step)]
        by = quotient.by.number
        for step, power in quotient.by.factors:
            by *= whole_in(encoding.space, model, encoding.value(step)) ** power
        for answer, value in zip(answers, values, strict=False):
            match term:
                case Term(kind=NumberKind()):
                    assert answer.exact == Fraction(whole_in(encoding.space, model, value), by)  # type: ignore[union-attr]  # everything is known
                case Term(kind=ChoiceKind()):
                    assert answer == option_in(model, value)
                case _:
                    assert answer is is_true_in(model, value)


def whole_in(space: Space, model: Any, cases: Any) -> int:
    """The whole number of a model in the one case that holds."""
    (whole,) = [number for guard, number in cases if is_true_in(model, space.holds(guard))]
    return whole if isinstance(whole, int) else int(model.eval(whole, model_completion=True).as_long())


@pytest.mark.parametrize("outcome", list(WEIHAI.category.by_id))
def test_the_category_of_a_found_household_is_the_one_asked_for(outcome: str) -> None:
    """`assess` gives a household found for an outcome that outcome."""
    prover = Prover(WEIHAI, 3)
    answer = prover.find([prover.outcome("category", outcome)], 20)
    assert isinstance(answer, Shown)
    category = assess(WEIHAI, answer.facts).category
    assert category is not None
    assert category.id == outcome


def test_a_disagreement_names_the_clause(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the proof confuses `<` with `>=`, the replay names the first differing clause in evaluation order."""
    right = Encoding.lt

    def wrong(encoding: Encoding, step: Step, left: Cases, other: Cases) -> Truth:
        return opposite(right(encoding, step, left, other))

    monkeypatch.setattr(Encoding, "lt", wrong)
    prover = Prover(read_policy(TRIAL), 1)
    with pytest.raises(DisagreementError, match=r"^counts\.minor\.young: the proof has"):
        prover.find([prover.outcome("category", "deep")], 20)


def test_a_number_not_published_is_each_parameters_own() -> None:
    """Two parameters with equal tables and no published number may have different numbers."""
    parameters = "".join(
        f"  {name}: {{title: {name}, unit: yuan, by: place, values: {{town: not published, village: 1}}, "
        "from: 0, to: 9, basis: assumption}\n"
        for name in ("first", "second")
    )
    text = TRIAL.replace("readings:", f"{parameters}readings:", 1).replace(
        "{that: not union}", "{that: first < second}", 1
    )
    prover = Prover(read_policy(text), 1)
    answer = prover.find([prover.outcome("category", "out")], 20)
    assert isinstance(answer, Shown)
    assert answer.facts["place"] == "town"
    first, second = (answer.policy.parameters[name].values["town",] for name in ("first", "second"))
    assert first is not None
    assert second is not None
    assert first < second


@pytest.mark.parametrize(("line", "members"), [("count(true) == 2", 2), ("sum(multiple) == 6", 3)])
def test_a_sum_counts_each_member_once(line: str, members: int) -> None:
    """The sum of a number that all members share is that number for each member."""
    text = TRIAL.replace("{that: not union}", f'{{that: "{line}"}}', 1)
    prover = Prover(read_policy(text), 4)
    answer = prover.find([prover.outcome("category", "out")], 20)
    assert isinstance(answer, Shown)
    assert len(answer.facts["members"]) == members


def test_numbers_that_are_constant_are_folded() -> None:
    """Minimum, maximum and product of constants are constants."""
    assert extreme("min", (3, 1, 2)) == 1
    assert extreme("max", (3, 1, 2)) == 3
    assert multiplied(3, 1, 2) == 6
    assert multiplied(0, 5) == 0
