"""Testing a policy: worked cases, their coverage, a search for missing cases, random households and policies.

Cases and coverage need no extra; the rest needs `verify`.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.testing._coverage import Coverage, coverage, coverage_data, coverage_text
    from hardship_rules.testing.cases import Case, Mismatch, read_cases
    from hardship_rules.testing.missing import Search, search
    from hardship_rules.testing.strategies._households import households, partial_households
    from hardship_rules.testing.strategies._policies import policies
    from hardship_rules.testing.trial import try_property

__all__ = [
    "Case",
    "Coverage",
    "Mismatch",
    "Search",
    "coverage",
    "coverage_data",
    "coverage_text",
    "households",
    "partial_households",
    "policies",
    "read_cases",
    "search",
    "try_property",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Case": "cases",
        "Coverage": "_coverage",
        "Mismatch": "cases",
        "Search": "missing",
        "coverage": "_coverage",
        "coverage_data": "_coverage",
        "coverage_text": "_coverage",
        "households": "strategies._households",
        "partial_households": "strategies._households",
        "policies": "strategies._policies",
        "read_cases": "cases",
        "search": "missing",
        "try_property": "trial",
    },
)
