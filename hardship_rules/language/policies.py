"""A policy is read from its file or text, with what it extends, and checked."""

import os
from datetime import date

from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import PolicyError, Problem
from hardship_rules.language import source
from hardship_rules.language.check import check
from hardship_rules.language.load import load
from hardship_rules.language.resolve import Folders, Text, day_asked, extended, find, resolve, searched


def load_policy(
    name: str | os.PathLike[str], on: date | str | None = None, folders: Folders = (), *, approved_only: bool = False
) -> Policy:
    """The policy of that name or path, or the one of that series in force on a day.

    A name is looked for in `folders`, one or several, then among the policies that come with the library. With
    `approved_only` a policy that is not approved as it stands is refused. Raises `PolicyError` with every problem.
    """
    day, places = day_asked(on), searched(folders)
    policy = _checked(find(name, day, places), places)
    if approved_only and policy.status != "approved":
        raise PolicyError([_unapproved(policy)])
    return policy


def _unapproved(policy: Policy) -> Problem:
    """Why a policy is not approved: nobody did, or it was another content."""
    approval = policy.approval
    if approval is None or policy.is_draft:
        return Problem("not_approved", ("approved",), policy.name, location=policy.at)
    values = {"by": approval.by, "day": str(approval.day)}
    return Problem("approval_other", ("approved",), policy.name, values, location=approval.at)


def load_base(name: str | os.PathLike[str], folders: Folders = ()) -> Policy | None:
    """The policy that a sound one extends, as it stands without it: to be compared, not to be applied.

    None where it extends none, or one that means something only with what is put into it.
    """
    places = searched(folders)
    text = extended(find(name, None, places), places)
    try:
        return None if text is None else load(resolve(text, places))
    except PolicyError:
        return None


def read_policy(text: str, name: str = "policy.yaml", folders: Folders = ()) -> Policy:
    """The policy of a text; `name` is what problems call it. Raises `PolicyError` with every problem."""
    if problem := source.no_text(text, name):
        raise PolicyError([problem])
    return _checked(Text(text, name, None), searched(folders))


def _checked(text: Text, folders: Folders) -> Policy:
    with source.uncollected(text.text):
        return check(load(resolve(text, folders)))
