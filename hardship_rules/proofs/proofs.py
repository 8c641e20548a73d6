"""Everything that is asked of a policy about all households, and the report that comes of it."""

from collections.abc import Callable, Collection, Iterable
from time import monotonic

from attrs import frozen

from hardship_rules.core.model import Policy
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
