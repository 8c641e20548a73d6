"""Two verdicts side by side: under two policies, at two times, and after the nearest change of facts."""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.comparison.history import Development, Due, FactChange, MemberChange, changes
    from hardship_rules.comparison.nearest import Changes, what_would_change
    from hardship_rules.comparison.policies import Comparison, NotKnown, Parting, Side, Standing, compare

__all__ = [
    "Changes",
    "Comparison",
    "Development",
    "Due",
    "FactChange",
    "MemberChange",
    "NotKnown",
    "Parting",
    "Side",
    "Standing",
    "changes",
    "compare",
    "what_would_change",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Changes": "nearest",
        "Comparison": "policies",
        "Development": "history",
        "Due": "history",
        "FactChange": "history",
        "MemberChange": "history",
        "NotKnown": "policies",
        "Parting": "policies",
        "Side": "policies",
        "Standing": "policies",
        "changes": "history",
        "compare": "policies",
        "what_would_change": "nearest",
    },
)
