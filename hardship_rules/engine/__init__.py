"""What a policy means: the value of each of its lines for facts that are known, unknown or partly known.

An unknown number is an interval, an unknown choice the set of its possible options. `whole` lowers a policy to whole
numbers, which frames, SQL, durable-rules and proofs run.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.engine.evaluate import Scope, nothing_known, possible, value
    from hardship_rules.engine.lower import WholePolicy, whole
    from hardship_rules.engine.signs import Rounding, roundings_below_zero

__all__ = [
    "Rounding",
    "Scope",
    "WholePolicy",
    "nothing_known",
    "possible",
    "roundings_below_zero",
    "value",
    "whole",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Rounding": "signs",
        "Scope": "evaluate",
        "WholePolicy": "lower",
        "nothing_known": "evaluate",
        "possible": "evaluate",
        "roundings_below_zero": "signs",
        "value": "evaluate",
        "whole": "lower",
    },
)
