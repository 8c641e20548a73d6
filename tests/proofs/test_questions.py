"""The questions asked of every policy: each claim has a verdict, under the chosen readings and under others."""

import pytest
from trial import HARD, TRIAL, with_edits
from without import policy_without

from hardship_rules import assess, load_policy, read_policy
from hardship_rules.core.variants import removable_clauses
from hardship_rules.proofs.prover import Proof, Shown
from hardship_rules.proofs.questions import Questions
from hardship_rules.proofs.report import changes, verify
from hardship_rules.proofs.solver import NotSettled
from hardship_rules.testing.trial import try_property

POLICY = read_policy(TRIAL)
REPORT = verify(POLICY, members=3, seconds=60)
VERDICTS = {f"{claim.section}/{claim.id}": claim.verdict for claim in REPORT.claims}


def test_every_question_is_asked_once() -> None:
    """Each outcome, pair of outcomes, clause, property and reading has exactly one claim."""
    assert len(VERDICTS) == len(REPORT.claims)
    asked = [claim.section for claim in REPORT.claims]
    assert asked.count("outcomes") == len(POLICY.category.by_id)
    assert asked.count("overlaps") == 4 * 3 / 2
    assert asked.count("clauses") == len(list(removable_clauses(POLICY)))
    assert asked.count("properties") == len(POLICY.properties)
    assert asked.count("readings") == 1


def test_a_clause_of_a_reading_not_chosen_matters_only_as_read() -> None:
    """A clause beside `equal == granted` matters under that reading only, which its example has."""
    claim = next(claim for claim in REPORT.claims if claim.id == "category.deep.equal.at")
    assert claim.verdict == "matters_as_read"
    assert isinstance(claim.answer, Shown)
    assert dict(claim.answer.readings) == {"equal": "granted"}
    assert claim.answer.policy.readings["equal"].chosen == "granted"


def test_a_clause_matters_to_the_household_shown() -> None:
    """For a household shown for a clause, `assess` gives other decisions under the policy without the clause."""
    definitions = {clause.id: definition for definition, clause in removable_clauses(POLICY)}
    shown = [claim for claim in REPORT.claims if claim.section == "clauses" and isinstance(claim.answer, Shown)]
    assert len(shown) > 10
    for claim in shown:
        assert isinstance(claim.answer, Shown)
        policy, facts = claim.answer.policy, claim.answer.facts
        without = policy_without(policy, definitions[claim.id], claim.id)
        before, after = (assess(each, facts).category for each in (policy, without))
        assert (before and before.id) != (after and after.id), claim.id


def test_a_reading_that_decides_something_matters() -> None:
    """The reading `equal` changes the category of a household at the line."""
    assert VERDICTS["readings/equal"] == "matters"


def test_a_reading_that_decides_nothing_is_told_and_is_no_finding() -> None:
    """A reading whose options give the same results is listed as such, and is no finding."""
    report = verify(read_policy(with_edits((("net == line", "net == 0 * line - line"),))), members=2, seconds=60)
    (claim,) = [claim for claim in report.claims if claim.section == "readings"]
    assert claim.verdict == "reading_never_matters"
    assert not claim.finding


def test_an_outcome_only_under_another_reading_is_no_finding() -> None:
    """An outcome for the line, where equality is granted, is reachable under that reading."""
    when = "{all: {a: {that: equal == granted}, b: {that: net == line}}}"
    more = f"      - {{outcome: at, title: at, basis: assumption, when: {when}}}\n"
    text = TRIAL.replace("            equal: {all: {granted: {that: equal == granted}, at: {that: net == line}}}\n", "")
    text = text.replace("      - {outcome: relative,", f"{more}      - {{outcome: relative,")
    claims = {claim.id: claim for claim in verify(read_policy(text), members=2, seconds=60).claims}
    assert claims["category.at"].verdict == "reached_as_read"
    assert not claims["category.at"].finding


def test_what_larger_households_reach_needs_no_other_reading() -> None:
    """An outcome of three members is reached as the readings are chosen, though two would do under another reading."""
    edits = (("when: {that: not union}", "when: {any: {a: {that: count(age < 9) > 2}, b: {that: equal == granted}}}"),)
    found = {claim.id: claim for claim in verify(read_policy(with_edits(edits)), members=3, seconds=60).claims}
    assert found["category.out"].verdict == "reached"
    few = {claim.id: claim for claim in verify(read_policy(with_edits(edits)), members=2, seconds=60).claims}
    assert few["category.out"].verdict == "reached_as_read"


def test_where_no_household_is_left_for_otherwise_is_told() -> None:
    """If the outcomes cover every household, `otherwise` is unreachable, which is no finding."""
    report = verify(
        read_policy(with_edits((("net < multiple * line", "net < 1000000 * line"),))), members=2, seconds=60
    )
    claims = {claim.id: claim for claim in report.claims if claim.section == "outcomes"}
    assert claims["category.none"].verdict == "covered"
    assert claims["category.none"].answer == Proof(2)
    assert not claims["category.none"].finding


def test_changes_are_shown_by_a_household_of_each_kind() -> None:
    """Raising the town's threshold from 787 to 900 moves exactly the households between them."""
    new = read_policy(TRIAL.replace("town: 787", "town: 900").replace("2021-", "2022-"))
    found = {claim.id: claim for claim in changes(POLICY, new, members=3, seconds=60)}
    changed = {name for name, claim in found.items() if claim.finding}
    moves = {"category.relative→deep", "category.none→relative"}
    partial = {"category.decided→open", "category.open→decided"}
    assert changed == moves | partial
    for name in changed:
        answer = found[name].answer
        assert isinstance(answer, Shown)
        now = assess(new, answer.facts).category
        before = assess(POLICY, {**answer.facts, "on": "2021-06-01"}).category
        if name in partial:
            assert ("open" if before is None else "decided", "open" if now is None else "decided") == (
                found[name].was,
                found[name].becomes,
            )
            continue
        assert (before and before.id, now and now.id) == (found[name].was, found[name].becomes)
        assert len(answer.facts["members"]) == 1
        assert answer.facts["place"] == "town"
    assert all(isinstance(claim.answer, Proof) for name, claim in found.items() if name not in changed)


@pytest.mark.parametrize("village", ["588", "not published"])
def test_nothing_changes_from_a_policy_to_itself(village: str) -> None:
    """For a policy and itself every kind of change is proved impossible, also where a number is not published."""
    policy, again = (
        read_policy(TRIAL.replace("village: 588}", f"village: {village}}}, from: 500, to: 800")) for _ in range(2)
    )
    assert {claim.verdict for claim in changes(policy, again, members=3, seconds=60)} == {"unchanged"}


def test_numbers_not_published_in_two_policies_may_differ() -> None:
    """Where two policies define a parameter differently, its numbers that are not published may differ."""
    text = TRIAL.replace("village: 588}", "village: not published}, from: 500, to: 800")
    claims = changes(read_policy(text), read_policy(text.replace("town: 787", "town: 780")), members=3, seconds=60)
    found = {claim.id: claim.answer for claim in claims}
    answer = found["category.relative→deep"]  # never in town, where the standard is lowered
    assert isinstance(answer, Shown)
    assert answer.facts["place"] == "village"


def test_what_is_too_hard_leaves_the_rest_of_the_report() -> None:
    """An outcome that is not settled in time leaves every other claim answered."""
    report = verify(read_policy(HARD), members=1, seconds=6, trial=try_property)
    claims = {claim.id: claim for claim in report.claims if claim.section == "outcomes"}
    assert claims["category.cube"].verdict == "not_settled"
    assert isinstance(claims["category.cube"].answer, NotSettled)
    assert claims["category.large"].verdict == "reached"
    assert claims["category.none"].verdict == "reached"
    assert report.seconds < 5 * 6 + 5
    assert not report.findings


def test_a_section_has_its_seconds() -> None:
    """With no time left, every claim is not settled."""
    questions = Questions(POLICY, 3, 0.0)
    assert {claim.verdict for claim in questions.outcomes()} == {"not_settled"}


@pytest.mark.parametrize("name", ["2021_weihai", "2025_weihai", "example_huzhou"])
def test_the_bundled_policies_have_no_finding(name: str) -> None:
    """The bundled policies have no dead outcome or clause, and violate no property."""
    report = verify(load_policy(name), members=3, seconds=60)
    assert [f"{claim.section}/{claim.id}/{claim.verdict}" for claim in report.findings] == []
    assert "not_settled" not in {claim.verdict for claim in report.claims}
