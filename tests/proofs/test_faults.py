"""Each planted fault is found with a counterexample; sound policies have no finding."""

import pytest
from trial import FAULTS, OUTCOMES, SOUND, Fault, Figures, with_edits

from hardship_rules import assess, read_policy
from hardship_rules.proofs.prover import Proof, Shown
from hardship_rules.proofs.report import verify


def test_there_are_enough() -> None:
    """There are at least 25 faults and as many sound policies, all different."""
    assert len({with_edits(fault.edits) for fault in FAULTS}) >= 25
    assert len({with_edits(edits) for edits in SOUND}) >= 25


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    """The fault is among the findings, and an independent calculation confirms the counterexample."""
    policy = read_policy(with_edits(fault.edits))
    report = verify(policy, members=3, seconds=60)
    found = {f"{claim.section}/{claim.id}/{claim.verdict}": claim for claim in report.findings}
    assert fault.found in found
    claim = found[fault.found]
    if isinstance(claim.answer, Proof):
        return
    assert isinstance(claim.answer, Shown)
    assert fault.right(Figures(claim.answer.facts))
    if claim.id in ("income", "cost"):
        first, second = claim.answer.facts, claim.answer.other
        assert second is not None
        fact = {"income": "wage", "cost": "cost"}[claim.id]
        pairs = list(zip(first["members"], second["members"], strict=True))
        assert {**first, "members": 0} == {**second, "members": 0}
        assert all({**a, fact: 0} == {**b, fact: 0} for a, b in pairs if fact in a)
        assert any(a.get(fact, 0) < b.get(fact, 0) for a, b in pairs)
        before, after = (assess(policy, facts).category for facts in (first, second))
        assert before is not None
        assert after is not None
        earlier = OUTCOMES.index(after.id) < OUTCOMES.index(before.id)
        assert earlier is (claim.id == "income")


@pytest.mark.parametrize("edits", SOUND, ids=lambda edits: " ".join(new[-20:] for _, new in edits))
def test_what_is_sound_has_no_finding(edits: tuple[tuple[str, str], ...]) -> None:
    """An equivalent policy has no finding, and every claim is settled."""
    report = verify(read_policy(with_edits(edits)), members=3, seconds=60)
    assert not report.findings
    assert "not_settled" not in {claim.verdict for claim in report.claims}
