"""The report of proofs about a policy, and the report as JSON."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from fractions import Fraction
from time import process_time
from typing import Any

from attrs import frozen

from hardship_rules.core.contexts import Signed
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import path_text
from hardship_rules.explanation.wording import exact_text
from hardship_rules.proofs.claims import SECTIONS, Claim, Gap, Reason, Section
from hardship_rules.proofs.differences import differences
from hardship_rules.proofs.prover import Proof, Shown
from hardship_rules.proofs.questions import Questions, Trial
from hardship_rules.proofs.solver import NotSettled

FORMAT = "hardship-rules/verify/2"

Progress = Callable[[Section, int], None]
"""Called with a section and the number of its questions answered so far."""


@frozen
class Report:
    """All claims about a policy, for households of up to `members` members; `seconds` is its processor time."""

    policy: Policy
    against: Policy | None
    members: int
    limit: float  # seconds for each section
    seconds: float
    claims: tuple[Claim, ...]

    @property
    def findings(self) -> tuple[Claim, ...]:
        """The claims that need attention."""
        return tuple(claim for claim in self.claims if claim.finding)


def verify(  # noqa: PLR0913  # a host may choose each of them
    policy: Policy,
    against: Policy | None = None,
    members: int = 5,
    seconds: float = 30.0,
    *,
    progress: Progress = lambda _section, _count: None,
    trial: Trial | None = None,
) -> Report:
    """Ask all questions about a policy; with `against`, also how categories change since that older policy.

    Each section may take `seconds`; the rest of its claims is then not settled. `progress` is called with the progress.
    `trial` tries properties that are not settled on random households.
    """
    return _report(Questions(policy, members, seconds, trial), against, SECTIONS, progress)


def kept_and_changed(  # noqa: PLR0913  # as `verify`
    policy: Policy,
    against: Policy | None = None,
    members: int = 5,
    seconds: float = 30.0,
    *,
    progress: Progress = lambda _section, _count: None,
    trial: Trial | None = None,
) -> Report:
    """Ask only about properties, and with `against` how categories change since that older policy."""
    return _report(Questions(policy, members, seconds, trial), against, ("properties", "changes"), progress)


def changes(old: Policy, new: Policy, members: int = 5, seconds: float = 30.0) -> tuple[Claim, ...]:
    """For each pair of categories, a household that moves from one to the other, or the proof that none does."""
    return tuple(differences(old, new, members, seconds))


def _report(questions: Questions, against: Policy | None, sections: Collection[Section], progress: Progress) -> Report:
    began = process_time()
    asks: dict[Section, Callable[[], Iterable[Claim]]] = {
        "outcomes": questions.outcomes,
        "overlaps": questions.overlaps,
        "clauses": questions.clauses,
        "properties": questions.properties,
        "readings": questions.readings,
    }
    if against is not None:
        asks["changes"] = lambda: differences(against, questions.policy, questions.members, questions.seconds)
    claims: list[Claim] = []
    for section, ask in asks.items():
        if section not in sections:
            continue
        questions.start_section()
        progress(section, 0)
        asked: list[Claim] = []
        for count, claim in enumerate(ask(), 1):
            asked.append(claim)
            progress(section, count)
        claims += questions.explained(asked)
    return Report(
        questions.policy, against, questions.members, questions.seconds, process_time() - began, tuple(claims)
    )


# --- As JSON -----------------------------------------------------------------------------------------------------


def proofs_json(report: Report, beside: Mapping[str, object] = FrozenMapping()) -> str:
    """The report as JSON: each claim with its verdict and answer; households by name, amounts as exact text.

    `beside` are further keys of the object, at its end.
    """
    data = {
        "format": FORMAT,
        "policy": _policy_data(report.policy),
        "against": None if report.against is None else _policy_data(report.against),
        "members": report.members,
        "limit": report.limit,
        "findings": len(report.findings),
        "claims": [_claim_data(claim) for claim in report.claims],
        **beside,
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _policy_data(policy: Policy) -> dict[str, str]:
    return {"id": policy.name, "title": policy.title, "fingerprint": policy.fingerprint}


def _claim_data(claim: Claim) -> dict[str, object]:
    data: dict[str, object] = {
        "section": claim.section,
        "id": claim.id,
        "title": claim.title,
        "verdict": claim.verdict,
        "finding": claim.finding,
        **_reason_data(claim.reason),
    }
    if claim.change is not None:
        data |= {"decision": claim.decision, "was": claim.was, "becomes": claim.becomes}
    if claim.left_out:
        data["left_out"] = [path_text(path) for path in claim.left_out]
    match claim.answer:
        case Proof(members):
            return {**data, "answer": "proof", "members": members}
        case NotSettled(seconds):
            return {**data, "answer": "not_settled", "seconds": seconds, "tried": claim.tried}
        case Shown() as shown:
            return {
                **data,
                "answer": "household",
                "readings": dict(shown.readings),
                "household": _plain_data(shown.facts),
                "other": None if shown.other is None else _plain_data(shown.other),
            }


def _reason_data(reason: Reason | Gap | None) -> dict[str, object]:
    """The reason of a claim: the clauses that hold or fail, and the constraints; or the regions of a gap."""
    match reason:
        case None:
            return {}
        case Reason(kind, by, must):
            return {"reason": {"kind": kind, "by": [_signed_data(signed) for signed in by], "must": list(must)}}
        case Gap(regions, more):
            listed = [[_signed_data(signed) for signed in region] for region in regions]
            return {"gap": {"regions": listed, "more": more}}


def _signed_data(signed: Signed) -> dict[str, object]:
    return {"id": signed[0], "holds": signed[1]}


def _plain_data(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain_data(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain_data(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | str) else exact_text(Fraction(value))
