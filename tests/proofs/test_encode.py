"""A policy as terms of Z3 agrees with `assess`, on generated policies and on the bundled ones."""

from fractions import Fraction
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sampling import examples
from trial import TRIAL

from hardship_rules import Policy, assess, load_policy, read_policy
from hardship_rules.core.kinds import ChoiceKind, NumberKind
from hardship_rules.core.policy import Term
from hardship_rules.proofs._encode import Encoding
from hardship_rules.proofs._households import is_true_in, option_in
from hardship_rules.proofs.prover import DisagreementError, Proof, Prover, Shown, possible
from hardship_rules.proofs.terms import Cases, Choice, extreme, multiplied
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
    prover.solver.set("timeout", 5_000)  # products of unknown numbers can take any time; they show nothing here
    for outcome in policy.category.by_id:
        prover.solver.push()
        prover.solver.add(prover.outcome("category", outcome))
        if str(prover.solver.check()) == "sat":
            model = prover.solver.model()
            shown = prover.replay(model)
            _same_terms(policy, prover.encoding, model, shown)
        prover.solver.pop()


def _same_terms(policy: Policy, encoding: Encoding, model: Any, shown: Shown) -> None:
    assessment = shown.assessment
    for name, term in policy.terms.items():
        answers = [member[name] for member in assessment.members] if term.of_member else [assessment.terms[name]]
        scopes = encoding.scope.members if term.of_member else [encoding.scope]
        for answer, scope in zip(answers, scopes, strict=False):
            match term:
                case Term(kind=NumberKind()):
                    over = encoding.space.term(cast(Cases, scope[name]))
                    whole = over if isinstance(over, int) else model.eval(over, model_completion=True).as_long()
                    by = encoding.made.denominators[name]
                    if by.factors:
                        continue  # its divisor is itself a term
                    assert answer.exact == Fraction(whole, by.number)  # type: ignore[union-attr]  # everything is known
                case Term(kind=ChoiceKind()):
                    assert answer == option_in(model, cast(Choice, scope[name]))
                case _:
                    assert answer is is_true_in(model, scope[name])


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
    right = Encoding.comparison

    def wrong(encoding: Encoding, left: Any, sign: str, other: Any) -> Any:
        return right(encoding, left, {"<": ">="}.get(sign, sign), other)

    monkeypatch.setattr(Encoding, "comparison", wrong)
    prover = Prover(read_policy(TRIAL), 1)
    with pytest.raises(DisagreementError, match=r"^counts\.minor\.young: the proof has"):
        prover.find([prover.outcome("category", "deep")], 20)


def test_numbers_that_are_constant_are_folded() -> None:
    """Minimum, maximum and product of constants are constants."""
    assert extreme("min", (3, 1, 2)) == 1
    assert extreme("max", (3, 1, 2)) == 3
    assert multiplied(3, 1, 2) == 6
    assert multiplied(0, 5) == 0
