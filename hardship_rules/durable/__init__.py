"""A policy as a ruleset of durable-rules in a separate process, compared with `assess` (extra `durable`)."""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.durable._ruleset import Ruleset, ruleset
    from hardship_rules.durable.run import DurableAssessment, assess
    from hardship_rules.durable.worker import DurableError, Worker

__all__ = [
    "DurableAssessment",
    "DurableError",
    "Ruleset",
    "Worker",
    "assess",
    "ruleset",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "DurableAssessment": "run",
        "DurableError": "worker",
        "Ruleset": "_ruleset",
        "Worker": "worker",
        "assess": "run",
        "ruleset": "_ruleset",
    },
)
