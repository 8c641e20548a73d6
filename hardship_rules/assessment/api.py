"""A policy is applied to a household on a day."""

from collections.abc import Mapping
from datetime import date

from hardship_rules.assessment.asking import Missing
from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.assessment.outcomes import outcomes_of
from hardship_rules.core.model import Policy, refuse_no_policy
from hardship_rules.core.problems import PolicyError, Problem


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
