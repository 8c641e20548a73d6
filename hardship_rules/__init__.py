"""Decide, and explain, whether a worker's household counts as a hardship household (困难职工家庭)."""

import sys
from typing import TYPE_CHECKING

from hardship_rules._moved import Finder
from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.assessment.assessment import Assessment, assess, next_question
    from hardship_rules.assessment.counterfactual import Change, Total
    from hardship_rules.assessment.household import HouseholdText, load_household, read_household
    from hardship_rules.assessment.outcomes import Decided, Figure, Reason
    from hardship_rules.assessment.questions import Missing
    from hardship_rules.assessment.sensitivity import Turn, turns_on
    from hardship_rules.assessment.trace import Trace
    from hardship_rules.comparison.history import Development, Due, FactChange, MemberChange, changes
    from hardship_rules.comparison.nearest import Changes, what_would_change
    from hardship_rules.comparison.policies import Comparison, NotKnown, Parting, Side, Standing, compare
    from hardship_rules.core.expr import Provenance
    from hardship_rules.core.policy import Outcome, Policy
    from hardship_rules.core.problem import FactError, Location, PolicyError, Problem
    from hardship_rules.core.version import __version__
    from hardship_rules.explanation import notice
    from hardship_rules.explanation.formats import explain
    from hardship_rules.language.policies import load_policy, read_policy
    from hardship_rules.records import Replay, record, replay

__all__ = [
    "Assessment",
    "Change",
    "Changes",
    "Comparison",
    "Decided",
    "Development",
    "Due",
    "FactChange",
    "FactError",
    "Figure",
    "HouseholdText",
    "Location",
    "MemberChange",
    "Missing",
    "NotKnown",
    "Outcome",
    "Parting",
    "Policy",
    "PolicyError",
    "Problem",
    "Provenance",
    "Reason",
    "Replay",
    "Side",
    "Standing",
    "Total",
    "Trace",
    "Turn",
    "__version__",
    "assess",
    "changes",
    "compare",
    "explain",
    "load_household",
    "load_policy",
    "next_question",
    "notice",
    "read_household",
    "read_policy",
    "record",
    "replay",
    "turns_on",
    "what_would_change",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Assessment": "assessment.assessment",
        "Change": "assessment.counterfactual",
        "Changes": "comparison.nearest",
        "Comparison": "comparison.policies",
        "Decided": "assessment.outcomes",
        "Development": "comparison.history",
        "Due": "comparison.history",
        "FactChange": "comparison.history",
        "FactError": "core.problem",
        "Figure": "assessment.outcomes",
        "HouseholdText": "assessment.household",
        "Location": "core.problem",
        "MemberChange": "comparison.history",
        "Missing": "assessment.questions",
        "NotKnown": "comparison.policies",
        "Outcome": "core.policy",
        "Parting": "comparison.policies",
        "Policy": "core.policy",
        "PolicyError": "core.problem",
        "Problem": "core.problem",
        "Provenance": "core.expr",
        "Reason": "assessment.outcomes",
        "Replay": "records",
        "Side": "comparison.policies",
        "Standing": "comparison.policies",
        "Total": "assessment.counterfactual",
        "Trace": "assessment.trace",
        "Turn": "assessment.sensitivity",
        "__version__": "core.version",
        "assess": "assessment.assessment",
        "changes": "comparison.history",
        "compare": "comparison.policies",
        "explain": "explanation.formats",
        "load_household": "assessment.household",
        "load_policy": "language.policies",
        "next_question": "assessment.assessment",
        "notice": "explanation",
        "read_household": "assessment.household",
        "read_policy": "language.policies",
        "record": "records",
        "replay": "records",
        "turns_on": "assessment.sensitivity",
        "what_would_change": "comparison.nearest",
    },
)

if not any(finder is Finder for finder in sys.meta_path):
    sys.meta_path.append(Finder)
