"""A policy's life in the office: reading copy, checklist, diff, lint, a new year, review and approval."""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.authoring._checklist import checklist
    from hardship_rules.authoring._differences import Difference, differences
    from hardship_rules.authoring._new_year import new_year, window
    from hardship_rules.authoring._review import Review, review
    from hardship_rules.authoring._review_document import review_document
    from hardship_rules.authoring._statements import Statement, statements
    from hardship_rules.authoring._summary import summary, summary_data
    from hardship_rules.authoring.approval import approve
    from hardship_rules.authoring.lint import guard, guarded
    from hardship_rules.authoring.reading_copy import proofread

__all__ = [
    "Difference",
    "Review",
    "Statement",
    "approve",
    "checklist",
    "differences",
    "guard",
    "guarded",
    "new_year",
    "proofread",
    "review",
    "review_document",
    "statements",
    "summary",
    "summary_data",
    "window",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Difference": "_differences",
        "Review": "_review",
        "Statement": "_statements",
        "approve": "approval",
        "checklist": "_checklist",
        "differences": "_differences",
        "guard": "lint",
        "guarded": "lint",
        "new_year": "_new_year",
        "proofread": "reading_copy",
        "review": "_review",
        "review_document": "_review_document",
        "statements": "_statements",
        "summary": "_summary",
        "summary_data": "_summary",
        "window": "_new_year",
    },
)
