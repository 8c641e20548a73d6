"""The review of a new policy beside an older one: differences, warnings, proofs and worked cases."""

from collections.abc import Callable, Iterable
from functools import partial

from attrs import evolve, frozen

from hardship_rules.authoring._diff import Difference, diff
from hardship_rules.authoring._lint import PolicyWithBase, lint
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import PolicyError, Problem
from hardship_rules.proofs.claims import Claim
from hardship_rules.proofs.report import Report, kept_and_changed
from hardship_rules.testing.cases import Case, Mismatch
from hardship_rules.testing.trial import try_property

READINGS = "readings"  # the mismatch of a case whose readings the other policy does not have
_OUTSIDE = "on_outside"


@frozen
class CaseResult:
    """A case of the older policy with its mismatches under that policy and under the newer one."""

    case: Case
    before: tuple[Mismatch, ...]
    after: tuple[Mismatch, ...]

    @property
    def changes_category(self) -> bool:
        """Whether the category or the possible ones changed, or only one of the policies gives a verdict."""
        return any(mismatch.what in ("category", "possible", "refused", READINGS) for mismatch in self.after)


@frozen
class CaseResults:
    """The results of the older policy's cases, and the mismatches of the newer policy's own cases."""

    results: tuple[CaseResult, ...]
    own: tuple[tuple[Case, tuple[Mismatch, ...]], ...]
    about_days: int  # cases that only test the days of the older policy; not run under the newer

    @property
    def changed(self) -> tuple[CaseResult, ...]:
        """The cases that pass under the older policy only."""
        return tuple(result for result in self.results if result.after and not result.before)

    @property
    def failed_before(self) -> tuple[CaseResult, ...]:
        """The cases that fail under their own policy, and so show nothing about the change."""
        return tuple(result for result in self.results if result.before)


def run_cases(cases: Iterable[Case], old: Policy, new: Policy) -> CaseResults:
    """Run the cases of both policies, those of the older under both, as if in force on the day of each case.

    A case belongs to the policy that it names. Where both have one name, as a corrected file has, all cases belong to
    the older.
    """
    results, own, about_days = [], [], 0
    before, after = (evolve(policy, start=None, end=None) for policy in (old, new))
    for case in cases:
        if case.base.name == old.name:
            if case.refusals == (_OUTSIDE,):
                about_days += 1
            else:
                results.append(CaseResult(case, _run(case, before), _run(case, after)))
        elif case.base.name == new.name:
            own.append((case, _run(case, new)))
    return CaseResults(tuple(results), tuple(own), about_days)


def _run(case: Case, policy: Policy) -> tuple[Mismatch, ...]:
    try:
        return case.under(policy).run()
    except PolicyError as error:
        readings = ", ".join(f"{name}={option}" for name, option in case.readings.items())
        return (Mismatch(READINGS, readings, error.report()),)


@frozen
class Review:
    """A new policy beside an older one; `cases` is None where none were given."""

    old: Policy
    new: Policy
    bases: tuple[Policy | None, Policy | None]  # the policies that they extend
    differences: tuple[Difference, ...]
    warnings: tuple[Problem, ...]
    report: Report
    cases: CaseResults | None

    @property
    def properties(self) -> tuple[Claim, ...]:
        """The claims on the properties of the new policy."""
        return tuple(claim for claim in self.report.claims if claim.section == "properties")

    @property
    def changes(self) -> tuple[Claim, ...] | None:
        """The claims on changes from one category to another; None where the old policy has no categories."""
        if self.report.against is None:
            return None
        return tuple(claim for claim in self.report.claims if claim.section == "changes")


def review(
    old: PolicyWithBase,
    new: PolicyWithBase,
    cases: Iterable[Case] | None = None,
    prove: Callable[[Policy, Policy | None], Report] | None = None,
) -> Review:
    """Review a policy beside an older one, each with the policy that it extends.

    The new policy must be complete. The older may still be open, like the measure that a first year's file extends;
    categories are not compared then. `prove` sets the number of members and the time limit of the proofs.
    """
    (old_policy, old_base), (policy, base) = old, new
    is_first_year = base is not None and base.name == old_policy.name
    old_decides = bool(old_policy.decisions) and not old_policy.is_open
    report = (prove or partial(kept_and_changed, trial=try_property))(policy, old_policy if old_decides else None)
    return Review(
        old_policy,
        policy,
        (old_base, base),
        diff(old_policy, policy, (base if is_first_year else old_base, base)),
        lint(policy, base, old),
        report,
        None if cases is None else run_cases(cases, old_policy, policy),
    )
