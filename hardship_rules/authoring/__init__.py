"""A policy's life in the office: reading copy, checklist, diff, lint, next year's file, review and approval."""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.authoring._approval import approve
    from hardship_rules.authoring._checklist import checklist
    from hardship_rules.authoring._diff import Difference, diff
    from hardship_rules.authoring._lint import PolicyWithBase, lint, lint_file
    from hardship_rules.authoring._new_year import new_year, window
    from hardship_rules.authoring._reading_copy import reading_copy
    from hardship_rules.authoring._review import Review, review
    from hardship_rules.authoring._review_document import review_document
    from hardship_rules.authoring._statements import Statement, statements
    from hardship_rules.authoring._summary import summary, summary_data

__all__ = [
    "Difference",
    "PolicyWithBase",
    "Review",
    "Statement",
    "approve",
    "checklist",
    "diff",
    "lint",
    "lint_file",
    "new_year",
    "reading_copy",
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
        "Difference": "_diff",
        "PolicyWithBase": "_lint",
        "Review": "_review",
        "Statement": "_statements",
        "approve": "_approval",
        "checklist": "_checklist",
        "diff": "_diff",
        "lint": "_lint",
        "lint_file": "_lint",
        "new_year": "_new_year",
        "reading_copy": "_reading_copy",
        "review": "_review",
        "review_document": "_review_document",
        "statements": "_statements",
        "summary": "_summary",
        "summary_data": "_summary",
        "window": "_new_year",
    },
)
