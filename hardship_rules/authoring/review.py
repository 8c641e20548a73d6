"""What is put before whoever approves a policy: what it changes, for whom, and what is doubtful in it."""

from collections.abc import Callable, Iterable
from functools import partial

from attrs import frozen

from hardship_rules.authoring.differences import Difference, differences
from hardship_rules.authoring.guard import Old, guard
from hardship_rules.authoring.recast import Cases, recast
from hardship_rules.core.model import Policy
from hardship_rules.core.problems import Problem
from hardship_rules.proofs.proofs import Report, kept_and_changed
from hardship_rules.proofs.questions import Claim
from hardship_rules.testing.cases import Case
from hardship_rules.testing.tried import tried


@frozen
class Review:
    """A policy beside the one before it; `cases` is None where none were given."""

    old: Policy
    new: Policy
    bases: tuple[Policy | None, Policy | None]  # what they extend
    differences: tuple[Difference, ...]
    warnings: tuple[Problem, ...]
    report: Report
    cases: Cases | None

    @property
    def properties(self) -> tuple[Claim, ...]:
        """Of each property of the new policy whether it is kept."""
        return tuple(claim for claim in self.report.claims if claim.section == "properties")

    @property
    def changes(self) -> tuple[Claim, ...] | None:
        """Of each two categories whether a household comes from one to the other; None where the old has none."""
        if self.report.against is None:
            return None
        return tuple(claim for claim in self.report.claims if claim.section == "changes")


def review(
    old: Old,
    new: Old,
    cases: Iterable[Case] | None = None,
    prove: Callable[[Policy, Policy | None], Report] | None = None,
) -> Review:
    """A policy that can assess beside an older one, each with what it extends.

    The older may still be open, as the measure is that a first year's file extends: then no categories are compared.
    `prove` says for how many members, and for how long, is asked.
    """
    (last, last_base), (policy, base) = old, new
    first = base is not None and base.name == last.name
    decides = bool(last.decisions) and not last.is_open
    report = (prove or partial(kept_and_changed, trial=tried))(policy, last if decides else None)
    return Review(
        last,
        policy,
        (last_base, base),
        differences(last, policy, (base if first else last_base, base)),
        guard(policy, base, old),
        report,
        None if cases is None else recast(cases, last, policy),
    )
