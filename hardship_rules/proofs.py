"""Everything that is asked of a policy about all households, and the report that comes of it."""

from collections.abc import Callable, Iterable
from time import monotonic

from attrs import frozen

from hardship_rules.model import Policy
from hardship_rules.questions import Claim, Questions, Section


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


def verify(
    policy: Policy,
    against: Policy | None = None,
    members: int = 5,
    seconds: float = 30.0,
    said: Callable[[Section, int], None] = lambda _section, _count: None,
) -> Report:
    """Everything that is asked of a policy; with `against`, also what has changed since that one.

    Each section has so many seconds, after which what is left of it is not settled. `said` is told of progress.
    """
    began = monotonic()
    questions = Questions(policy, members, seconds)
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
        questions.begin()
        said(section, 0)
        for count, claim in enumerate(ask(), 1):
            claims.append(claim)
            said(section, count)
    return Report(policy, against, questions.members, seconds, monotonic() - began, tuple(claims))


def changes(old: Policy, new: Policy, members: int = 5, seconds: float = 30.0) -> tuple[Claim, ...]:
    """A household for each kind of change of category from one policy to another, else the proof that there is none."""
    return tuple(Questions(new, members, seconds).changes(old))
