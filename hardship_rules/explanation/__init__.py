"""A verdict in words: short or full, as text, page, letter or JSON; and the form that a household fills in.

The sentences are in `locale`; titles and explanations of a policy are used as they are.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.explanation._notice import notice
    from hardship_rules.explanation.brief import Brief, brief_of
    from hardship_rules.explanation.explanation import Explanation, explanation_of
    from hardship_rules.explanation.formats import explain
    from hardship_rules.explanation.forms import facts_schema, template
    from hardship_rules.explanation.json import as_json
    from hardship_rules.explanation.layout import explanation_document

__all__ = [
    "Brief",
    "Explanation",
    "as_json",
    "brief_of",
    "explain",
    "explanation_document",
    "explanation_of",
    "facts_schema",
    "notice",
    "template",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Brief": "brief",
        "Explanation": "explanation",
        "as_json": "json",
        "brief_of": "brief",
        "explanation_document": "layout",
        "explain": "formats",
        "explanation_of": "explanation",
        "facts_schema": "forms",
        "notice": "_notice",
        "template": "forms",
    },
)
