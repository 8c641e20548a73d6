"""Two verdicts side by side: the nearest change of facts, another policy, another time."""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.comparison._compare import compare
    from hardship_rules.comparison.comparison import Comparison
    from hardship_rules.comparison.history import Development, Due, FactChange, MemberChange, changes
    from hardship_rules.comparison.nearest import Changes, what_would_change
    from hardship_rules.comparison.parting import NotKnown, Parting, Side, Standing

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
        "Comparison": "comparison",
        "Development": "history",
        "Due": "history",
        "FactChange": "history",
        "MemberChange": "history",
        "NotKnown": "parting",
        "Parting": "parting",
        "Side": "parting",
        "Standing": "parting",
        "changes": "history",
        "compare": "_compare",
        "what_would_change": "nearest",
    },
)
