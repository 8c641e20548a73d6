"""Decide, and explain, whether a worker's household counts as a hardship household (困难职工家庭)."""

from hardship_rules.assessment.assessment import Assessment, Trace, assess, next_question
from hardship_rules.assessment.counterfactual import Change, Total
from hardship_rules.assessment.household import HouseholdText, load_household, read_household
from hardship_rules.assessment.outcomes import Decided, Figure, Reason
from hardship_rules.assessment.questions import Missing
from hardship_rules.assessment.sensitivity import Turn, turns_on
from hardship_rules.comparison.compare import compare
from hardship_rules.comparison.comparison import Comparison
from hardship_rules.comparison.history import Development, Due, FactChange, MemberChange, changes
from hardship_rules.comparison.nearest import Changes, what_would_change
from hardship_rules.comparison.parting import NotKnown, Parting, Side, Standing
from hardship_rules.core.expr import Provenance
from hardship_rules.core.policy import Outcome, Policy
from hardship_rules.core.problem import FactError, Location, PolicyError, Problem
from hardship_rules.core.version import __version__
from hardship_rules.explanation.formats import explain
from hardship_rules.explanation.notice import notice
from hardship_rules.language.policies import load_policy, read_policy
from hardship_rules.records.record import record
from hardship_rules.records.replay import Replay, replay

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
