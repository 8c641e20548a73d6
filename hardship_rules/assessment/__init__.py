"""From a household's facts to a verdict: category, decisions, reasons, missing facts, and sensitivity.

`assess` applies a policy to a household. An `Assessment` computes each of its answers when it is first read.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.assessment.assessment import Assessment, assess, next_question
    from hardship_rules.assessment.break_points import BreakPoints, Span
    from hardship_rules.assessment.counterfactual import Change, Total
    from hardship_rules.assessment.household import Household, HouseholdText, load_household, read_household
    from hardship_rules.assessment.outcomes import Decided, Figure, Reason
    from hardship_rules.assessment.questions import Missing
    from hardship_rules.assessment.sensitivity import Turn, turns_on
    from hardship_rules.assessment.trace import Trace
    from hardship_rules.assessment.value_search import NearestAssumed, ValueSearch

__all__ = [
    "Assessment",
    "BreakPoints",
    "Change",
    "Decided",
    "Figure",
    "Household",
    "HouseholdText",
    "Missing",
    "NearestAssumed",
    "Reason",
    "Span",
    "Total",
    "Trace",
    "Turn",
    "ValueSearch",
    "assess",
    "load_household",
    "next_question",
    "read_household",
    "turns_on",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Assessment": "assessment",
        "BreakPoints": "break_points",
        "Change": "counterfactual",
        "Decided": "outcomes",
        "Figure": "outcomes",
        "Household": "household",
        "HouseholdText": "household",
        "Missing": "questions",
        "NearestAssumed": "value_search",
        "Reason": "outcomes",
        "Span": "break_points",
        "Total": "counterfactual",
        "Trace": "trace",
        "Turn": "sensitivity",
        "ValueSearch": "value_search",
        "assess": "assessment",
        "load_household": "household",
        "next_question": "assessment",
        "read_household": "household",
        "turns_on": "sensitivity",
    },
)
