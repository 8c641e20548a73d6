"""The short explanation of an assessment as data: one screen for an officer, independent of its layout."""

from collections.abc import Iterator
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.outcomes import Decided, Figure
from hardship_rules.core.policy import Decision, Outcome
from hardship_rules.core.problem import Language
from hardship_rules.explanation._brief_break_points import BreakPointTable
from hardship_rules.explanation._brief_checks import Checks
from hardship_rules.explanation._brief_distances import Distances
from hardship_rules.explanation._brief_figures import BriefFigure, BriefFigures
from hardship_rules.explanation._brief_verdict import FirstSentence
from hardship_rules.explanation._brief_words import SENTENCES, BriefWords, Entry
from hardship_rules.explanation.wording import one_line

__all__ = ["SENTENCES", "Brief", "BriefFigure", "Entry", "brief_of"]


@frozen
class Brief:
    """An assessment in a few sentences, in the order in which an officer reads them; a part without content is empty.

    `why` is the reason of the verdict, or what is missing. `banner` and `sentence` are the verdict and the reason for
    a page: an undecided verdict has the number of missing facts in the banner. `heads` and `rows` are the table of
    break points. `classes` are the titles of all categories, which are never broken over two lines.
    """

    lang: Language
    tone: str
    is_decided: bool
    verdict: str = field(converter=one_line)
    headline: str = field(converter=one_line)
    why: str = field(converter=one_line)
    banner: str = field(converter=one_line)
    sentence: str = field(converter=one_line)
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[BriefFigure, ...]
    distance: tuple[Entry, ...]
    decisions: tuple[Entry, ...]
    check: tuple[Entry, ...]
    disclaimer: str
    classes: tuple[str, ...] = ()


def brief_of(assessment: Assessment, lang: Language = "zh") -> Brief:
    """The brief of an assessment in one language."""
    words = BriefWords(assessment, lang)
    say, describe, policy = words.say, words.describe, assessment.policy
    category, on = assessment.category, assessment.household.on
    figures = BriefFigures(words)
    first = FirstSentence(words, figures)
    break_points = BreakPointTable(words)
    distances = Distances(words)
    day = say["no_date"] if on is None else say["on"].format(on=on)
    heads, rows = break_points.table()
    why = first.missing() if category is None else first.why()
    return Brief(
        lang=lang,
        tone="open" if category is None else category.tone,
        is_decided=category is not None,
        verdict=describe.headed(say["open"] if category is None else category.title),
        headline=say["headline"].format(policy=policy.title, on=day),
        why=why,
        banner=describe.headed(first.counted_open() if category is None else category.title),
        sentence=first.asked_first() if category is None else why,
        heads=heads,
        rows=rows,
        figures=tuple(figures.figures(but=first.named_limits)),
        distance=(*distances.distances(), *distances.ruled_out()),
        decisions=tuple(_decisions(words, but=break_points.decisions)),
        check=tuple(Checks(words, distances).entries()),
        disclaimer=say["disclaimer"],
        classes=tuple(one_line(outcome.title) for outcome in policy.category.by_id.values()),
    )


def _decisions(words: BriefWords, but: tuple[Decision, ...]) -> Iterator[Entry]:
    """The decisions after the category with their outcomes, except those shown with the break points."""
    for decided in words.assessment.decisions.values():
        decision = decided.decision
        if decision is words.policy.category or decision in but:
            continue
        items = tuple(_outcomes(words, decided))
        if items:
            is_open = decision.every and not decided.holding
            title = words.say["perhaps"].format(title=decision.title) if is_open else decision.title
            yield Entry(title, items, words.say["join"])


def _outcomes(words: BriefWords, decided: Decided) -> Iterator[str]:
    """The outcomes of a decision, each with its amount, or with the mark that it is only possible."""
    say, every = words.say, decided.decision.every
    if not every and decided.outcome is None:
        yield say["pending_outcome"].format(possible=words.describe.titles(decided.possible))
        return
    for outcome in decided.possible:
        if outcome not in decided.holding:
            yield say["perhaps"].format(title=outcome.title) if decided.holding else outcome.title
        elif every and (amount := _amount(words, decided, outcome)) is not None:
            yield say["with_amount"].format(title=outcome.title, amount=amount)
        else:
            yield outcome.title


def _amount(words: BriefWords, decided: Decided, outcome: Outcome) -> str | None:
    """The figure that makes an outcome hold, where the deciding clause compares it with 0."""
    for reason in decided.reasons:
        sides = reason.left, reason.right
        if (
            reason.outcome == outcome.id
            and reason.role == "decided"
            and all(isinstance(side, Figure) for side in sides)
        ):
            left, right = cast(tuple[Figure, Figure], sides)
            if left.exact is not None and right.exact == 0:
                return words.describe.amount(left)
    return None
