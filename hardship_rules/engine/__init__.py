"""The meaning of a policy: the value of each of its lines for facts that are known, unknown or partly known.

An unknown number is an interval, an unknown choice the set of its possible options. `lower` gives the program of a
policy: flat steps over whole numbers, which `specialise` folds for the readings chosen.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.engine._lower import lower, specialise
    from hardship_rules.engine._program_json import program_json, read_program
    from hardship_rules.engine.evaluate import Scope, any_household, possible, value
    from hardship_rules.engine.program import Program
    from hardship_rules.engine.signs import Rounding, roundings_below_zero

__all__ = [
    "Program",
    "Rounding",
    "Scope",
    "any_household",
    "lower",
    "possible",
    "program_json",
    "read_program",
    "roundings_below_zero",
    "specialise",
    "value",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Program": "program",
        "Rounding": "signs",
        "Scope": "evaluate",
        "any_household": "evaluate",
        "lower": "_lower",
        "possible": "evaluate",
        "program_json": "_program_json",
        "read_program": "_program_json",
        "roundings_below_zero": "signs",
        "specialise": "_lower",
        "value": "evaluate",
    },
)
