"""A verdict in words: reasons, figures and distances, on one screen or in full, as a letter, a page or JSON.

The sentences are in `locale`; a policy's own titles and explanations are used as they are.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.explanation._notice import notice
    from hardship_rules.explanation.formats import explain
    from hardship_rules.explanation.forms import facts_schema, template
    from hardship_rules.explanation.json import as_json

__all__ = [
    "as_json",
    "explain",
    "facts_schema",
    "notice",
    "template",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "as_json": "json",
        "explain": "formats",
        "facts_schema": "forms",
        "notice": "_notice",
        "template": "forms",
    },
)
