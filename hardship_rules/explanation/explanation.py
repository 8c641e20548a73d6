"""The full explanation of an assessment as data, independent of its layout.

Every text is made one line, so that no text of a file or a fact can forge another line or send codes to a terminal.
"""

from collections.abc import Iterator

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.outcomes import Decided, Reason
from hardship_rules.assessment.sensitivity import turns_on
from hardship_rules.core.expr import VERIFIED
from hardship_rules.core.interval import Truth
from hardship_rules.core.policy import Outcome
from hardship_rules.core.problem import Language
from hardship_rules.documents.document import Scale
from hardship_rules.engine.causes import rests_on
from hardship_rules.explanation.reasons import SENTENCES, Describer, scale_of
from hardship_rules.explanation.wording import one_line, one_line_each, sides


@frozen
class ShownFigure:
    """A figure of the policy's `show`: its title, its amount with the unit, and its composition."""

    title: str = field(converter=one_line)
    amount: str = field(converter=one_line)
    composition: str = field(converter=one_line)


@frozen
class Ground:
    """A clause with whether it holds, in words, and the comparison and basis that support it.

    Clauses without a comparison that ruled out the same outcomes are one ground.
    """

    holds: Truth
    words: str = field(converter=one_line)
    compared: str = field(converter=one_line)
    basis: str = field(converter=one_line)


@frozen
class Ruling:
    """A decision with its outcome in words.

    `grounds` decided it or leave it open; `against` ruled out the other outcomes; `not_reached` names the outcomes
    after the deciding one.
    """

    title: str = field(converter=one_line)
    sentence: str = field(converter=one_line)
    grounds: tuple[Ground, ...]
    against: tuple[Ground, ...]
    not_reached: str = field(converter=one_line)


@frozen
class Explanation:
    """An assessment in words, part by part; a part without content is empty.

    `tone` is that of the category, or `open`; `classes` are the titles of all categories; `later` are the decisions
    after the category; `derived` and `assumed` are the facts that were computed and those that took a default.
    """

    lang: Language
    tone: str
    classes: tuple[str, ...] = field(converter=one_line_each)
    verdict: str = field(converter=one_line)
    headline: str = field(converter=one_line)
    figures: tuple[ShownFigure, ...]
    meanings: tuple[str, ...] = field(converter=one_line_each)
    warnings: tuple[str, ...] = field(converter=one_line_each)
    scale: Scale | None
    category: Ruling
    later: tuple[Ruling, ...]
    ruled_out: str = field(converter=one_line)
    missing: tuple[str, ...] = field(converter=one_line_each)
    derived: tuple[str, ...] = field(converter=one_line_each)
    assumed: tuple[str, ...] = field(converter=one_line_each)
    sensitivity: tuple[str, ...] = field(converter=one_line_each)
    not_sensitive: str = field(converter=one_line)
    unverified: str = field(converter=one_line)
    disclaimer: str = field(converter=one_line)


def explanation_of(assessment: Assessment, lang: Language) -> Explanation:
    """The explanation of an assessment in one language."""
    say = SENTENCES[lang]
    describe = Describer(assessment, say)
    policy, household = assessment.policy, assessment.household
    on = say["no_date"] if household.on is None else say["on"].format(on=household.on)
    turns = turns_on(assessment)
    return Explanation(
        lang=lang,
        tone="open" if assessment.category is None else assessment.category.tone,
        classes=tuple(policy.category.options.values()),
        verdict=describe.headed(describe.verdict(assessment.decided)),
        headline=say["headline"].format(policy=policy.title, on=on),
        figures=tuple(ShownFigure(describe.figure_title(name), *describe.figure(name)) for name in policy.show),
        meanings=tuple(describe.meanings()),
        warnings=tuple(describe.warnings(lang)),
        scale=scale_of(describe),
        category=ruling_of(describe, assessment.decided),
        later=tuple(
            ruling_of(describe, decided)
            for decided in assessment.decisions.values()
            if decided.decision is not policy.category
        ),
        ruled_out=describe.ruled_out(),
        missing=tuple(describe.missing()),
        derived=tuple(describe.facts(household.derived)),
        assumed=tuple(describe.facts(household.assumed)),
        sensitivity=tuple(map(describe.sensitivity, turns)),
        not_sensitive=say["not_sensitive"] if all(turn.is_verified for turn in turns) else "",
        unverified=_unverified_sentence(describe),
        disclaimer=say["disclaimer"],
    )


def ruling_of(describe: Describer, decided: Decided) -> Ruling:
    """A decision of an assessment with its grounds, in words."""
    reasons = (reason for reason in decided.reasons if reason.role != "stopped")
    grounds = (
        Ground(reason.holds, describe.words(reason), describe.compared(reason), describe.basis(reason))
        for reason in reasons
    )
    reached = {reason.outcome for reason in decided.reasons}
    impossible = (outcome for outcome in decided.decision.outcomes if outcome not in decided.possible)
    not_reached = [outcome for outcome in impossible if outcome.id not in reached]
    return Ruling(
        title=decided.decision.title,
        sentence=describe.decision(decided),
        grounds=tuple(dict.fromkeys(grounds)),
        against=tuple(_against(describe, decided)),
        not_reached=describe.say["not_reached"].format(titles=describe.titles(not_reached)) if not_reached else "",
    )


def _against(describe: Describer, decided: Decided) -> Iterator[Ground]:
    """The grounds that ruled out outcomes; outcomes ruled out by the same clauses share theirs."""
    reasons_of: dict[str, tuple[Reason, ...]] = {}
    for reason in decided.reasons:
        if reason.role == "stopped":
            reasons_of[reason.outcome] = (*reasons_of.get(reason.outcome, ()), reason)
    groups: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in decided.decision.outcomes:
        if outcome.id in reasons_of:
            clauses = tuple(reason.clause.line + describe.words(reason) for reason in reasons_of[outcome.id])
            groups.setdefault(clauses, []).append(outcome)
    for outcomes in groups.values():
        titles, reasons = describe.titles(outcomes), reasons_of[outcomes[0].id]
        uncompared = [describe.words(reason) for reason in reasons if not sides(describe.policy, reason, describe.say)]
        if uncompared:
            words = describe.say["sentences"].join(dict.fromkeys(uncompared))
            yield Ground(False, describe.say["stopped"].format(title=titles, why=words), "", "")  # noqa: FBT003  # `holds`
        for reason in reasons:
            if compared := describe.compared(reason):
                words = describe.say["stopped"].format(title=titles, why=describe.words(reason))
                yield Ground(reason.holds, words, compared, describe.basis(reason))


def _unverified_sentence(describe: Describer) -> str:
    items = unverified(describe)
    if not items:
        return describe.say["verified"]
    return describe.say["unverified"].format(count=len(items), items=describe.say["join"].join(items))


def unverified(describe: Describer) -> tuple[str, ...]:
    """The grounds of the category whose basis is neither the rule itself nor a notice, each with its basis."""
    items: dict[str, str] = {}
    decided = describe.assessment.decided
    is_otherwise = decided.outcome is not None and decided.outcome.when is None
    for reason in decided.reasons:
        if (reason.role == "stopped") is not is_otherwise:
            continue
        for title, provenance in rests_on(describe.policy, reason.clause):
            if provenance.basis not in VERIFIED:
                items[title] = describe.say["item"].format(title=title, basis=describe.say[provenance.basis])
    return tuple(items.values())
