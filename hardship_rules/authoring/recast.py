"""The worked cases of one policy under another: which come out otherwise, and in what."""

from collections.abc import Iterable

from attrs import evolve, frozen

from hardship_rules.core.model import Policy
from hardship_rules.core.problems import PolicyError
from hardship_rules.testing.cases import Case, Mismatch

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
