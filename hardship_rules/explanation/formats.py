"""An assessment in words for whoever reads it, or as JSON for the program that keeps it."""

from collections.abc import Callable, Iterable, Mapping

from hardship_rules.assessment.assessment import Assessment, refuse_no_assessment
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.problem import Language
from hardship_rules.documents.document import Block, Document
from hardship_rules.documents.html import as_html
from hardship_rules.documents.markdown import as_markdown
from hardship_rules.explanation.brief import brief_of
from hardship_rules.explanation.brief_text import brief_text
from hardship_rules.explanation.explanation import explanation_of
from hardship_rules.explanation.json import as_json, turns_json
from hardship_rules.explanation.layout import document_of, text_of
from hardship_rules.explanation.reasons import SENTENCES

DOCUMENTS: Mapping[str, Callable[[Document], str]] = FrozenMapping({"markdown": as_markdown, "html": as_html})
FORMATS = ("text", *DOCUMENTS, "json")
DETAILS = ("short", "full")
_TITLE = 30  # characters of a policy's title at the foot of a sheet


def explain(
    assessment: Assessment,
    *,
    format: str = "text",  # noqa: A002  # the public face's word
    lang: Language = "zh",
    detail: str = "short",
    turns: bool = False,
) -> str:
    """The assessment in words, in Chinese or English: as `text`, as `markdown`, as one `html` page; or as `json`.

    The `short` text is one screen: the verdict and why, or from which amount on it is another, the figures, how far
    other verdicts are, and what to check. The `full` text has every reason, default and ground. A page begins with the
    short one and has the rest folded, which the `full` page has open, so that it is printed; Markdown has both. JSON is
    a versioned document for programs, the same in every language and detail; it says what the verdict turns on where
    `turns` asks for that, since finding out takes longer than the rest.

    Raises `ValueError` for a format, language or detail that there is not.
    """
    refuse_no_assessment(assessment)
    if format not in FORMATS:
        raise ValueError(f"format is one of {', '.join(FORMATS)}")
    if lang not in SENTENCES:
        raise ValueError(f"lang is one of {', '.join(SENTENCES)}")
    if detail not in DETAILS:
        raise ValueError(f"detail is one of {', '.join(DETAILS)}")
    if format == "json":
        return as_json(assessment, {"turns_on": turns_json(assessment)} if turns else {})
    if format == "text" and detail == "short":
        return brief_text(brief_of(assessment, lang))
    if format == "text":
        return text_of(explanation_of(assessment, lang))
    return document(assessment, format, lang, detail)


def document(assessment: Assessment, form: str, lang: Language, detail: str, after: Iterable[Block] = ()) -> str:
    """The explanation as Markdown or as a page, with more blocks at the end of its first screen."""
    told = explanation_of(assessment, lang)
    foot = f"{assessment.policy.title[:_TITLE]} {assessment.policy.fingerprint[3:11]}  {told.disclaimer}"
    page = document_of(told, brief_of(assessment, lang), after, is_open=detail == "full", foot=foot)
    return DOCUMENTS[form](page)
