"""What a question about all households is answered with: a proof, a household, or how long it was tried."""

from attrs import field, frozen

from hardship_rules.assessment.api import assess
from hardship_rules.assessment.assessment import Assessment
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Policy
from hardship_rules.proofs.every_household import Facts


@frozen
class Proof:
    """No household of up to so many members is so: proved, not tried."""

    members: int


@frozen
class Shown:
    """A household that is so, complete, with the policy that it is shown by; `assess` came to the same.

    The policy is the one asked about, or that with other `readings`, or with a number put in for each parameter
    that is not published. No fact shows in `repr`; `facts` can be assessed, and pasted as a case.
    """

    policy: Policy = field(repr=False)
    facts: Facts = field(repr=False, hash=False)
    readings: FrozenMapping[str, str]
    other: Facts | None = field(default=None, repr=False, hash=False)  # where two are compared: the second household
    against: Policy | None = field(default=None, repr=False)  # and the policy that it is shown by, where it is another

    @property
    def assessment(self) -> Assessment:
        """What the policy says of it."""
        return assess(self.policy, self.facts)


@frozen
class NotSettled:
    """Neither proved nor refuted in that many seconds."""

    seconds: float


Answer = Proof | Shown | NotSettled


class DisagreementError(AssertionError):
    """The proof and `assess` say different things of one household: a fault of the library. It names the clause."""

    def __init__(self, what: str, proof: object, assessed: object) -> None:
        super().__init__(f"{what}: the proof has {proof}, assess has {assessed}")
        self.what = what
