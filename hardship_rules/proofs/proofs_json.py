"""A report of proofs as a document for programs."""

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from hardship_rules.core.model import Policy
from hardship_rules.explanation.wording import exact_text
from hardship_rules.proofs.answers import NotSettled, Proof, Shown
from hardship_rules.proofs.proofs import Report
from hardship_rules.proofs.questions import Claim

FORMAT = "hardship-rules/verify/1"


def proofs_json(report: Report) -> str:
    """The report: every claim with its verdict and its answer; a household is by names, its amounts as exact text."""
    whole = {
        "format": FORMAT,
        "policy": _policy(report.policy),
        "against": None if report.against is None else _policy(report.against),
        "members": report.members,
        "limit": report.limit,
        "findings": len(report.findings),
        "claims": [_claim(claim) for claim in report.claims],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _policy(policy: Policy) -> dict[str, str]:
    return {"id": policy.name, "title": policy.title, "fingerprint": policy.fingerprint}


def _claim(claim: Claim) -> dict[str, object]:
    said: dict[str, object] = {
        "section": claim.section,
        "id": claim.id,
        "title": claim.title,
        "verdict": claim.verdict,
        "finding": claim.finding,
    }
    match claim.answer:
        case Proof(members):
            return {**said, "answer": "proof", "members": members}
        case NotSettled(seconds):
            return {**said, "answer": "not_settled", "seconds": seconds, "tried": claim.tried}
        case Shown() as shown:
            other = None if shown.other is None else _plain(shown.other)
            readings = dict(shown.readings)
            return {
                **said,
                "answer": "household",
                "readings": readings,
                "household": _plain(shown.facts),
                "other": other,
            }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | str) else exact_text(Fraction(value))
