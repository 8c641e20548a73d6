"""The public face: read a policy, read a household, assess the one by the other."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from hardship_rules import source
from hardship_rules.asking import Missing
from hardship_rules.assessment import Assessment
from hardship_rules.check import check
from hardship_rules.extend import extended, resolve
from hardship_rules.facts import read_facts
from hardship_rules.find import Folders, Text, day_asked, find, searched
from hardship_rules.household import HouseholdText
from hardship_rules.load import load
from hardship_rules.model import Policy, refuse_no_policy
from hardship_rules.outcomes import outcomes_of
from hardship_rules.problems import FactError, Location, PolicyError, Problem


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


def load_household(path: str | Path) -> HouseholdText:
    """A household's file, YAML or JSON, every value as it is written. Raises `FactError`."""
    if problem := source.no_path(path):
        raise FactError([problem])
    content = source.read_bytes(Path(path), str(path))
    text = content if isinstance(content, Problem) else source.decode(content, str(path))
    if isinstance(text, Problem):
        raise FactError([text])
    return read_household(text, str(path))


def read_household(text: str, name: str = "household.yaml") -> HouseholdText:
    """A household's text, YAML or JSON, every value as it is written. Raises `FactError`."""
    node, problems = source.parse(text, name)
    if isinstance(node, source.Mapping) and not problems:
        return HouseholdText(name, node)
    if not problems:
        empty = node is None or (isinstance(node, source.Scalar) and node.is_null)
        marks = source.misplaced(node.text, node.place) if isinstance(node, source.Scalar) and node.plain else None
        problems = [marks or Problem("file_empty" if empty else "not_a_household", location=Location(name, 1, 1))]
    raise FactError(problems)


def assess(policy: Policy, household: Mapping[str, object] | HouseholdText, on: date | str | None = None) -> Assessment:
    """Apply a policy to a household on a day.

    The household is a mapping of facts by name or title, or what `load_household` gives; `members` is a list of
    such mappings; a row of a table is one, and values may be those of NumPy, pandas, Polars or PyArrow. What is not
    given is unknown. Raises `FactError` with every problem of the household, and `PolicyError` for a policy that cannot
    decide: one with open parameters, or with no decision.
    """
    refuse_no_policy(policy)
    if policy.is_open:
        open_ = ", ".join(f"`{name}` {each.title}" for name, each in policy.parameters.items() if not each.values)
        raise PolicyError([Problem("policy_open", given=policy.name, values={"parameters": open_})])
    if not policy.decisions:
        raise PolicyError([Problem("policy_without_decision", given=policy.name)])
    return Assessment(outcomes_of(policy, read_facts(policy, household, on)))


def next_question(
    policy: Policy, household: Mapping[str, object] | HouseholdText, on: date | str | None = None
) -> Missing | None:
    """The one fact to ask now, so that the category is settled in few questions; None where it is settled.

    It is the first of what `assess` finds missing. What the household says is unknown, and a parameter that is not
    published, are named only where nothing else is left to ask. Raises what `assess` raises.
    """
    return next(iter(assess(policy, household, on).missing), None)
