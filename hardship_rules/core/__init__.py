"""The data model of a policy: expressions, facts, terms, decisions, kinds of value, units, and problems.

Nothing here parses a policy or evaluates an expression. Values are immutable; every other package works on `Policy`.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.core.expr import Clause, Expr, Provenance
    from hardship_rules.core.frozen import FrozenMapping
    from hardship_rules.core.interval import Range
    from hardship_rules.core.kinds import ChoiceKind, NumberKind
    from hardship_rules.core.policy import Decision, Fact, Outcome, Parameter, Policy, Reading, Term
    from hardship_rules.core.problem import FactError, Language, Location, PolicyError, Problem
    from hardship_rules.core.version import __version__

__all__ = [
    "ChoiceKind",
    "Clause",
    "Decision",
    "Expr",
    "Fact",
    "FactError",
    "FrozenMapping",
    "Language",
    "Location",
    "NumberKind",
    "Outcome",
    "Parameter",
    "Policy",
    "PolicyError",
    "Problem",
    "Provenance",
    "Range",
    "Reading",
    "Term",
    "__version__",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "ChoiceKind": "kinds",
        "Clause": "expr",
        "Decision": "policy",
        "Expr": "expr",
        "Fact": "policy",
        "FactError": "problem",
        "FrozenMapping": "frozen",
        "Language": "problem",
        "Location": "problem",
        "NumberKind": "kinds",
        "Outcome": "policy",
        "Parameter": "policy",
        "Policy": "policy",
        "PolicyError": "problem",
        "Problem": "problem",
        "Provenance": "expr",
        "Range": "interval",
        "Reading": "policy",
        "Term": "policy",
        "__version__": "version",
    },
)
