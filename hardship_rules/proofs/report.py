"""Everything that is asked of a policy about all households, as a report and as JSON."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from fractions import Fraction
from time import monotonic
from typing import Any

from attrs import frozen

from hardship_rules.core.policy import Policy
from hardship_rules.explanation.wording import exact_text
from hardship_rules.proofs.prover import NotSettled, Proof, Shown
from hardship_rules.proofs.questions import SECTIONS, Claim, Questions, Section, Trial

Said = Callable[[Section, int], None]
"""What is told how many questions of a section are answered."""


@frozen
class Report:
    """Everything that was asked of a policy, for households of up to so many members, and the seconds that it took."""

    policy: Policy
    against: Policy | None
    members: int
    limit: float  # seconds for each section
    seconds: float
    claims: tuple[Claim, ...]

    @property
    def findings(self) -> tuple[Claim, ...]:
        """What was found."""
        return tuple(claim for claim in self.claims if claim.finding)


def verify(  # noqa: PLR0913  # each of them is what a host may choose of a proof
    policy: Policy,
    against: Policy | None = None,
    members: int = 5,
    seconds: float = 30.0,
    *,
    said: Said = lambda _section, _count: None,
    trial: Trial | None = None,
) -> Report:
    """Everything that is asked of a policy; with `against`, also what has changed since that one.

    Each section has so many seconds, after which what is left of it is not settled. `said` is told of progress.
    `trial` tries the properties that are not settled on drawn households; without it they stay unsettled.
    """
    return _asked(Questions(policy, members, seconds, trial), against, SECTIONS, said)


def kept_and_changed(  # noqa: PLR0913  # as `verify`
    policy: Policy,
    against: Policy | None = None,
    members: int = 5,
    seconds: float = 30.0,
    *,
    said: Said = lambda _section, _count: None,
    trial: Trial | None = None,
) -> Report:
    """Only whether a policy keeps its properties, and with `against` what has changed since that one."""
    return _asked(Questions(policy, members, seconds, trial), against, ("properties", "changes"), said)


def _asked(questions: Questions, against: Policy | None, sections: Collection[Section], said: Said) -> Report:
    began = monotonic()
    asked: dict[Section, Callable[[], Iterable[Claim]]] = {
        "outcomes": questions.outcomes,
        "overlaps": questions.overlaps,
        "clauses": questions.clauses,
        "properties": questions.properties,
        "readings": questions.readings,
    }
    if against is not None:
        asked["changes"] = lambda: questions.changes(against)
    claims: list[Claim] = []
    for section, ask in asked.items():
        if section not in sections:
            continue
        questions.begin()
        said(section, 0)
        for count, claim in enumerate(ask(), 1):
            claims.append(claim)
            said(section, count)
    return Report(questions.policy, against, questions.members, questions.seconds, monotonic() - began, tuple(claims))


def changes(old: Policy, new: Policy, members: int = 5, seconds: float = 30.0) -> tuple[Claim, ...]:
    """A household for each kind of change of category from one policy to another, else the proof that there is none."""
    return tuple(Questions(new, members, seconds).changes(old))


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
