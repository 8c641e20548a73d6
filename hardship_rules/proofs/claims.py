"""Claims of a report of proofs: one question about all households, with its answer and the verdict on it."""

from typing import Literal

from attrs import evolve, field, frozen

from hardship_rules.core.contexts import Signed
from hardship_rules.core.problem import KeyPath
from hardship_rules.proofs.prover import Answer, Proof, Shown
from hardship_rules.proofs.shrink import IsCounterexample, Raised, shrink_counterexample, with_raised
from hardship_rules.proofs.solver import NotSettled

Section = Literal["outcomes", "overlaps", "clauses", "properties", "readings", "changes"]
SECTIONS: tuple[Section, ...] = ("outcomes", "overlaps", "clauses", "properties", "readings", "changes")


@frozen
class Change:
    """A kind of change: a decision from one outcome to another.

    Of a decision with several outcomes at once one side is empty: an outcome no longer holds, or holds now. Of partial
    households (`is_partial`) it is from `decided` to `open` or back. Of no decision it is from `judged` to `refused`.
    """

    decision: str
    was: str
    becomes: str
    is_partial: bool = False


@frozen
class Reason:
    """Why a claim has its verdict: the smallest set of conditions that explains it, and the constraints that it needs.

    `kind` is the sentence of the catalogue that says so.
    """

    kind: str
    by: tuple[Signed, ...] = ()
    must: tuple[str, ...] = ()


@frozen
class Gap:
    """The households that are left for `otherwise`: each region is a set of signed clauses.

    `more` is false where the regions are proved to be all of them, and None where that is not settled.
    """

    regions: tuple[tuple[Signed, ...], ...]
    more: bool | None


@frozen
class Claim:
    """One question with its answer; `verdict` is the meaning of the answer in one word."""

    section: Section
    id: str
    title: str
    verdict: str
    answer: Answer
    finding: bool = False
    tried: int = 0  # random households that passed, where nothing is proved
    raised: Raised = field(factory=dict, repr=False, hash=False)
    reason: Reason | Gap | None = None
    change: Change | None = None  # of a claim about a change between two policies
    left_out: tuple[KeyPath, ...] = field(default=(), repr=False)  # the facts left out whose defaults matter

    @property
    def decision(self) -> str:
        """The decision that changes; empty where a household is refused, and for other claims."""
        return "" if self.change is None else self.change.decision

    @property
    def was(self) -> str:
        """The outcome before a change, or `open`, `decided`, `judged`, `refused`; empty where there was none."""
        return "" if self.change is None else self.change.was

    @property
    def becomes(self) -> str:
        """The outcome after a change, as `was`."""
        return "" if self.change is None else self.change.becomes


def verdict_of(answer: Answer, shown: str, shown_as_read: str, proved: str) -> str:
    """The word for an answer; `shown_as_read` is for a household that needs other readings than those chosen."""
    match answer:
        case Shown():
            return shown_as_read if answer.readings else shown
        case Proof():
            return proved
        case NotSettled():
            return "not_settled"


def shrunk(claim: Claim, is_counterexample: IsCounterexample) -> Claim:
    """The claim with its household made as small as possible."""
    answer = claim.answer
    if not claim.finding or not isinstance(answer, Shown):
        return claim
    facts, raised = shrink_counterexample(answer.policy, answer.facts, claim.raised, is_counterexample)
    second = with_raised(facts, raised) if raised else answer.other and facts  # without raised facts, both are one
    return evolve(claim, answer=evolve(answer, facts=facts, other=second), raised=raised)
