"""`explain`: an assessment in the format of a name, `text`, `markdown`, `html` or `json`."""

import warnings
from collections.abc import Callable, Iterable, Mapping

from hardship_rules.assessment.assessment import Assessment, require_assessment
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.problem import Language
from hardship_rules.documents.document import Block, Document
from hardship_rules.documents.html import as_html
from hardship_rules.documents.markdown import as_markdown
from hardship_rules.explanation.brief import brief_of
from hardship_rules.explanation.brief_text import brief_text
from hardship_rules.explanation.explanation import explanation_of
from hardship_rules.explanation.json import JSON_DETAILS, as_former_json, as_json, sensitivity_json
from hardship_rules.explanation.layout import explanation_document, explanation_text
from hardship_rules.explanation.reasons import SENTENCES

RENDERERS: Mapping[str, Callable[[Document], str]] = FrozenMapping({"markdown": as_markdown, "html": as_html})
"""The formats that are rendered from a document."""

FORMATS = ("text", *RENDERERS, "json")
FORMER_JSON = "json/1"
"""The name of the JSON before details, which is written until version 0.4."""
DETAILS: Mapping[str, tuple[str, ...]] = FrozenMapping(
    {
        **dict.fromkeys(("text", *RENDERERS, FORMER_JSON), ("short", "full")),
        "json": JSON_DETAILS,
    }
)
"""The details of each format."""
_LONGEST_TITLE = 30  # characters of a policy's title at the foot of a sheet


def explain(
    assessment: Assessment,
    *,
    format: str = "text",  # noqa: A002  # the public face's word
    lang: Language = "zh",
    detail: str | None = None,
    turns: bool = False,
) -> str:
    """An assessment in words, in Chinese or English.

    `format` is `text`, `markdown`, `html` (one page that needs no other file) or `json`.

    With `detail="short"` the text is one screen: the verdict and its reason, or what is missing; the figures; the
    changes that would give another verdict; what to check. With `detail="full"` it has every reason, default and
    ground. A page begins with the short form and has the rest folded, or open with `full` so that it is printed.
    Markdown always has both.

    JSON is a versioned form for programs, the same in every language. With `detail="verdict"` it has the decisions,
    what is missing and the figures shown; with `"reasons"`, the default, also the reasons, terms and defaults; with
    `"trace"` also every expression with its values. With `turns=True` it includes the sensitivity of the verdict under
    `turns_on`, which takes longer to compute than the rest. `format="json/1"` is the form before details; it warns,
    and works until version 0.4.

        explain(assessment, format="json", detail="verdict")

    Raises `ValueError` for an unknown format, language or detail.
    """
    require_assessment(assessment)
    if lang not in SENTENCES:
        raise ValueError(f"lang is one of {', '.join(SENTENCES)}")
    detail = known_detail(format, detail)
    if format in ("json", FORMER_JSON):
        return explain_json(assessment, format, detail, turns=turns)
    if format == "text" and detail == "short":
        return brief_text(brief_of(assessment, lang))
    if format == "text":
        return explanation_text(explanation_of(assessment, lang))
    return render_explanation(assessment, format, lang, detail)


def known_detail(form: str, detail: str | None) -> str:
    """The detail of a format, by default `reasons` of JSON and `short` of any other.

    Raises `ValueError` for an unknown format, and for a detail that the format does not have.
    """
    if form not in (*FORMATS, FORMER_JSON):
        raise ValueError(f"format is one of {', '.join(FORMATS)}")
    if detail is None:
        return "reasons" if form == "json" else "short"
    if detail not in DETAILS[form]:
        raise ValueError(f"detail is one of {', '.join(DETAILS[form])} where format is {form}")
    return detail


def explain_json(
    assessment: Assessment,
    form: str,
    detail: str,
    beside: Mapping[str, object] = FrozenMapping(),
    *,
    turns: bool = False,
) -> str:
    """The assessment as `json` or `json/1`, with the keys of `beside` at its end.

    For `json/1` it warns at the caller of the function that calls this one.
    """
    beside = {**({"turns_on": sensitivity_json(assessment)} if turns else {}), **beside}
    if form == FORMER_JSON:
        warnings.warn(
            'format="json/1" works until version 0.4: use format="json" with detail="trace"',
            DeprecationWarning,
            stacklevel=3,
        )
        return as_former_json(assessment, beside)
    return as_json(assessment, beside, detail=detail)


def render_explanation(
    assessment: Assessment, form: str, lang: Language, detail: str, after: Iterable[Block] = ()
) -> str:
    """The explanation as Markdown or HTML; the blocks `after` follow its first screen."""
    explanation = explanation_of(assessment, lang)
    foot = f"{assessment.policy.title[:_LONGEST_TITLE]} {assessment.policy.fingerprint[3:11]}  {explanation.disclaimer}"
    brief = brief_of(assessment, lang)
    return RENDERERS[form](explanation_document(explanation, brief, after, is_open=detail == "full", foot=foot))
