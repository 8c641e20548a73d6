"""A new policy beside the one before it: differences, warnings, proofs and cases."""

from collections.abc import Callable, Iterable
from functools import partial

from attrs import evolve, frozen

from hardship_rules.authoring._differences import Difference, differences
from hardship_rules.authoring.lint import Old, guard
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import PolicyError, Problem
from hardship_rules.proofs.questions import Claim
from hardship_rules.proofs.report import Report, kept_and_changed
from hardship_rules.testing.cases import Case, Mismatch
from hardship_rules.testing.trial import tried

READINGS = "readings"  # what a case differs in whose readings the other policy does not have
_OUTSIDE = "on_outside"


@frozen
class Recast:
    """A case of the older policy, what in it came out otherwise than it says, and what does under the newer."""

    case: Case
    before: tuple[Mismatch, ...]
    after: tuple[Mismatch, ...]

    @property
    def of_category(self) -> bool:
        """The category, or those still possible, are others; or there is no verdict any more, or now there is."""
        return any(each.what in ("category", "possible", "refused", READINGS) for each in self.after)


@frozen
class Cases:
    """The cases of an older policy, run under both, and those of the newer with what came out otherwise in each."""

    recast: tuple[Recast, ...]
    own: tuple[tuple[Case, tuple[Mismatch, ...]], ...]
    about_days: int  # cases that only ask whether a day is one of the older policy's: not run under the newer

    @property
    def changed(self) -> tuple[Recast, ...]:
        """Those that came out as they say, and no longer do."""
        return tuple(each for each in self.recast if each.after and not each.before)

    @property
    def failed_before(self) -> tuple[Recast, ...]:
        """Those that did not come out as they say: nothing is seen by them."""
        return tuple(each for each in self.recast if each.before)


def recast(cases: Iterable[Case], old: Policy, new: Policy) -> Cases:
    """The cases of both policies, those of the older under each of them as if it were in force on the case's day.

    A case is of a policy by that policy's name. Where both are called the same, as a corrected file is, all are of
    the older.
    """
    found, own, about_days = [], [], 0
    before, after = (evolve(policy, start=None, end=None) for policy in (old, new))
    for case in cases:
        if case.base.name == old.name:
            if case.refusals == (_OUTSIDE,):
                about_days += 1
            else:
                found.append(Recast(case, _run(case, before), _run(case, after)))
        elif case.base.name == new.name:
            own.append((case, _run(case, new)))
    return Cases(tuple(found), tuple(own), about_days)


def _run(case: Case, policy: Policy) -> tuple[Mismatch, ...]:
    try:
        return case.under(policy).run()
    except PolicyError as error:
        readings = ", ".join(f"{name}={option}" for name, option in case.readings.items())
        return (Mismatch(READINGS, readings, error.report()),)


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
