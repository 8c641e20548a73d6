"""Questions about all households, answered by Z3: dead clauses, overlaps, properties, readings, changes.

An answer is a proof, a counterexample, or that it was not settled in time (extra `verify`).
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.proofs.claims import Claim
    from hardship_rules.proofs.partial import possible
    from hardship_rules.proofs.prover import DisagreementError, Proof, Prover, Shown, witness
    from hardship_rules.proofs.questions import Questions
    from hardship_rules.proofs.report import Report, changes, kept_and_changed, proofs_json, verify
    from hardship_rules.proofs.solver import NotSettled
    from hardship_rules.proofs.text import proofs_text

__all__ = [
    "Claim",
    "DisagreementError",
    "NotSettled",
    "Proof",
    "Prover",
    "Questions",
    "Report",
    "Shown",
    "changes",
    "kept_and_changed",
    "possible",
    "proofs_json",
    "proofs_text",
    "verify",
    "witness",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Claim": "claims",
        "DisagreementError": "prover",
        "NotSettled": "solver",
        "Proof": "prover",
        "Prover": "prover",
        "Questions": "questions",
        "Report": "report",
        "Shown": "prover",
        "changes": "report",
        "kept_and_changed": "report",
        "possible": "partial",
        "proofs_json": "report",
        "proofs_text": "text",
        "verify": "report",
        "witness": "prover",
    },
)
