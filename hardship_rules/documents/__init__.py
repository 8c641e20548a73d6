"""Documents of sections, tables and drawings, as text, Markdown or HTML with one style sheet; knows no policy."""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.documents.document import Document, Item, Listing, Pairs, Paragraph, Section, Table
    from hardship_rules.documents.html import as_html
    from hardship_rules.documents.markdown import as_markdown
    from hardship_rules.documents.text import as_text

__all__ = [
    "Document",
    "Item",
    "Listing",
    "Pairs",
    "Paragraph",
    "Section",
    "Table",
    "as_html",
    "as_markdown",
    "as_text",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Document": "document",
        "Item": "document",
        "Listing": "document",
        "Pairs": "document",
        "Paragraph": "document",
        "Section": "document",
        "Table": "document",
        "as_html": "html",
        "as_markdown": "markdown",
        "as_text": "text",
    },
)
