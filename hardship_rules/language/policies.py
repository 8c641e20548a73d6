"""Load a policy from a file or text, together with what it extends, and check it."""

import os
from datetime import date

from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import PolicyError, Problem
from hardship_rules.language import source
from hardship_rules.language.check import check
from hardship_rules.language.find import Folders, PolicyText, day_asked, find, folder_paths
from hardship_rules.language.load import load
from hardship_rules.language.resolve import base_of, resolve


def load_policy(
    name: str | os.PathLike[str], on: date | str | None = None, folders: Folders = (), *, approved_only: bool = False
) -> Policy:
    """The policy of that name or path, or the one of that series in force on a day.

    A name is looked up in `folders`, one or several, then among the bundled policies. With `approved_only`, a policy
    is refused unless its present content is approved. Raises `PolicyError` with every problem.
    """
    day, places = day_asked(on), folder_paths(folders)
    policy = _checked(find(name, day, places), places)
    if approved_only and policy.status != "approved":
        raise PolicyError([_unapproved(policy)])
    return policy


def read_policy(text: str, name: str = "policy.yaml", folders: Folders = ()) -> Policy:
    """The policy of a text; `name` is its name in problems. Raises `PolicyError` with every problem."""
    if problem := source.no_text(text, name):
        raise PolicyError([problem])
    return _checked(PolicyText(text, name, None), folder_paths(folders))


def load_base(name: str | os.PathLike[str], folders: Folders = ()) -> Policy | None:
    """The policy that a sound policy extends, unchecked: for comparison, not for assessment.

    None if it extends none, or one that is not complete without its overlay.
    """
    places = folder_paths(folders)
    text = base_of(find(name, None, places), places)
    try:
        return None if text is None else load(resolve(text, places))
    except PolicyError:
        return None


def _checked(text: PolicyText, folders: Folders) -> Policy:
    with source.uncollected(text.text):
        return check(load(resolve(text, folders)))


def _unapproved(policy: Policy) -> Problem:
    """Why a policy is not approved: it never was, or its content changed."""
    approval = policy.approval
    if approval is None or policy.is_draft:
        return Problem("not_approved", ("approved",), policy.name, location=policy.at)
    values = {"by": approval.by, "day": str(approval.day)}
    return Problem("approval_other", ("approved",), policy.name, values, location=approval.at)
