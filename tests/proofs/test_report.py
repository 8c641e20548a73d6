"""A report of proofs as a document for programs."""

import json

from trial import FAULTS, with_edits

from hardship_rules import assess, read_policy
from hardship_rules.proofs.report import proofs_json, verify


def test_every_claim_has_its_answer() -> None:
    """A proof has its number of members, a found household can be assessed, and a pair differs as the property says."""
    fault = next(fault for fault in FAULTS if fault.name == "wrong sign: cost is added")
    policy = read_policy(with_edits(fault.edits))
    report = verify(policy, members=2, seconds=60)
    document = json.loads(proofs_json(report))
    assert document["format"] == "hardship-rules/verify/2"
    assert document["policy"]["fingerprint"] == policy.fingerprint
    assert document["findings"] == len(report.findings)
    assert len(document["claims"]) == len(report.claims)
    assert {claim["members"] for claim in document["claims"] if claim["answer"] == "proof"} == {2}
    for claim in document["claims"]:
        if claim["answer"] == "household":
            assert assess(policy.with_readings(claim["readings"]), claim["household"]).household
    (cost,) = [claim for claim in document["claims"] if claim["id"] == "cost"]
    first, second = (assess(policy, cost[each]).category for each in ("household", "other"))
    assert first is not None
    assert second is not None
    order = list(policy.category.by_id)
    assert order.index(first.id) < order.index(second.id)
