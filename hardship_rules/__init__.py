"""Decide, and explain, whether a worker's household counts as a hardship household (困难职工家庭)."""

from hardship_rules.api import assess, next_question
from hardship_rules.asking import Missing
from hardship_rules.assessment import Assessment, Trace
from hardship_rules.change import Change, Total
from hardship_rules.compare import compare
from hardship_rules.comparison import Comparison
from hardship_rules.decided import Decided, Figure, Reason
from hardship_rules.development import Development, changes
from hardship_rules.explain import explain
from hardship_rules.household import HouseholdText
from hardship_rules.household_text import load_household, read_household
from hardship_rules.model import Outcome, Policy
from hardship_rules.nearest import what_would_change
from hardship_rules.notice import notice
from hardship_rules.parting import NotKnown, Parting, Side, Standing
from hardship_rules.policies import load_policy, read_policy
from hardship_rules.problems import FactError, Location, PolicyError, Problem
from hardship_rules.record import record
from hardship_rules.replay import Replay, replay
from hardship_rules.syntax import Provenance
from hardship_rules.then_and_now import Due, FactChange, MemberChange
from hardship_rules.turning import Turn, turns_on
from hardship_rules.version import __version__
from hardship_rules.would_change import Changes

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
