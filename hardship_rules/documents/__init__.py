"""Documents of sections, lists, tables and drawings, as text, Markdown or HTML with one style sheet.

The content is the caller's; nothing here depends on a policy.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.documents.document import (
        Banner,
        Block,
        Document,
        Extent,
        Flow,
        Flows,
        Fold,
        Item,
        Listing,
        Pair,
        Pairs,
        Paragraph,
        Scale,
        Section,
        Table,
    )
    from hardship_rules.documents.html import as_html
    from hardship_rules.documents.markdown import as_markdown
    from hardship_rules.documents.text import as_text

__all__ = [
    "Banner",
    "Block",
    "Document",
    "Extent",
    "Flow",
    "Flows",
    "Fold",
    "Item",
    "Listing",
    "Pair",
    "Pairs",
    "Paragraph",
    "Scale",
    "Section",
    "Table",
    "as_html",
    "as_markdown",
    "as_text",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Banner": "document",
        "Block": "document",
        "Document": "document",
        "Extent": "document",
        "Flow": "document",
        "Flows": "document",
        "Fold": "document",
        "Item": "document",
        "Listing": "document",
        "Pair": "document",
        "Pairs": "document",
        "Paragraph": "document",
        "Scale": "document",
        "Section": "document",
        "Table": "document",
        "as_html": "html",
        "as_markdown": "markdown",
        "as_text": "text",
    },
)
