"""What an explanation says, as data made once, whatever it is laid out as."""

from collections.abc import Iterable, Iterator

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
from hardship_rules.explanation.reasons import SENTENCES, Telling, scale_of
from hardship_rules.explanation.wording import one_line, sides


def _one_line_each(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(one_line, texts))


# Each text is made one line: whatever a file or a fact put into it forges no other line and steers no terminal.


@frozen
class ShownFigure:
    """A figure that an explanation begins with: what it is, how much, and what it is made up of."""

    title: str = field(converter=one_line)
    amount: str = field(converter=one_line)
    made_of: str = field(converter=one_line)


@frozen
class Ground:
    """A clause as it came out, or several that stopped an outcome: words, both sides of a comparison, and the grade."""

    holds: Truth
    words: str = field(converter=one_line)
    compared: str = field(converter=one_line)
    basis: str = field(converter=one_line)


@frozen
class Ruling:
    """What a decision came to, what decided it or leaves it open, what stopped the others, what was not reached."""

    title: str = field(converter=one_line)
    sentence: str = field(converter=one_line)
    grounds: tuple[Ground, ...]
    against: tuple[Ground, ...]
    not_reached: str = field(converter=one_line)


@frozen
class Explanation:
    """An assessment in words, part by part; a part that has nothing to say is empty."""

    lang: Language
    tone: str
    classes: tuple[str, ...] = field(converter=_one_line_each)
    verdict: str = field(converter=one_line)
    headline: str = field(converter=one_line)
    figures: tuple[ShownFigure, ...]
    meanings: tuple[str, ...] = field(converter=_one_line_each)
    warnings: tuple[str, ...] = field(converter=_one_line_each)
    scale: Scale | None
    category: Ruling
    later: tuple[Ruling, ...]
    ruled_out: str = field(converter=one_line)
    missing: tuple[str, ...] = field(converter=_one_line_each)
    derived: tuple[str, ...] = field(converter=_one_line_each)
    assumed: tuple[str, ...] = field(converter=_one_line_each)
    turns: tuple[str, ...] = field(converter=_one_line_each)
    turns_on_nothing: str = field(converter=one_line)
    unverified: str = field(converter=one_line)
    disclaimer: str = field(converter=one_line)


def explanation_of(assessment: Assessment, lang: Language) -> Explanation:
    """The explanation of an assessment in one language."""
    say = SENTENCES[lang]
    tell = Telling(assessment, say)
    policy, household = assessment.policy, assessment.household
    on = say["no_date"] if household.on is None else say["on"].format(on=household.on)
    turns = turns_on(assessment)
    return Explanation(
        lang=lang,
        tone="open" if assessment.category is None else assessment.category.tone,
        classes=tuple(policy.category.options.values()),
        verdict=tell.headed(tell.verdict(assessment.decided)),
        headline=say["headline"].format(policy=policy.title, on=on),
        figures=tuple(ShownFigure(tell.figure_title(name), *tell.figure(name)) for name in policy.show),
        meanings=tuple(tell.meanings()),
        warnings=tuple(tell.warnings(lang)),
        scale=scale_of(tell),
        category=ruling(tell, assessment.decided),
        later=tuple(
            ruling(tell, decided)
            for decided in assessment.decisions.values()
            if decided.decision is not policy.category
        ),
        ruled_out=tell.ruled_out(),
        missing=tuple(tell.missing()),
        derived=tuple(tell.facts(household.derived)),
        assumed=tuple(tell.facts(household.assumed)),
        turns=tuple(map(tell.turn, turns)),
        turns_on_nothing=say["turns_on_nothing"] if all(turn.is_verified for turn in turns) else "",
        unverified=_unverified(tell),
        disclaimer=say["disclaimer"],
    )


def ruling(tell: Telling, decided: Decided) -> Ruling:
    """What a decision came to, in words."""
    first = (reason for reason in decided.reasons if reason.role != "stopped")
    grounds = (Ground(each.holds, tell.words(each), tell.compared(each), tell.basis(each)) for each in first)
    reached = {reason.outcome for reason in decided.reasons}
    stopped = (outcome for outcome in decided.decision.outcomes if outcome not in decided.possible)
    later = [outcome for outcome in stopped if outcome.id not in reached]
    return Ruling(
        title=decided.decision.title,
        sentence=tell.later(decided),
        grounds=tuple(dict.fromkeys(grounds)),
        against=tuple(_stopped(tell, decided)),
        not_reached=tell.say["not_reached"].format(titles=tell.titles(later)) if later else "",
    )


def _stopped(tell: Telling, decided: Decided) -> Iterator[Ground]:
    """One ground for outcomes stopped by the same, and one a clause where numbers were compared."""
    why: dict[str, tuple[Reason, ...]] = {}
    for reason in decided.reasons:
        if reason.role == "stopped":
            why[reason.outcome] = (*why.get(reason.outcome, ()), reason)
    together: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in decided.decision.outcomes:
        if outcome.id in why:
            same = tuple(reason.clause.line + tell.words(reason) for reason in why[outcome.id])
            together.setdefault(same, []).append(outcome)
    for outcomes in together.values():
        titles, reasons = tell.titles(outcomes), why[outcomes[0].id]
        plain = [tell.words(reason) for reason in reasons if not sides(tell.policy, reason, tell.say)]
        if plain:
            words = tell.say["sentences"].join(dict.fromkeys(plain))
            yield Ground(False, tell.say["stopped"].format(title=titles, why=words), "", "")  # noqa: FBT003  # its truth
        for reason in reasons:
            if compared := tell.compared(reason):
                words = tell.say["stopped"].format(title=titles, why=tell.words(reason))
                yield Ground(reason.holds, words, compared, tell.basis(reason))


def _unverified(tell: Telling) -> str:
    found = unverified(tell)
    if not found:
        return tell.say["verified"]
    return tell.say["unverified"].format(count=len(found), items=tell.say["join"].join(found))


def unverified(tell: Telling) -> tuple[str, ...]:
    """Everything that the category rests on and that is neither the rule itself nor a notice."""
    found: dict[str, str] = {}
    decided = tell.assessment.decided
    otherwise = decided.outcome is not None and decided.outcome.when is None
    for reason in decided.reasons:
        if (reason.role == "stopped") is not otherwise:
            continue
        for title, provenance in rests_on(tell.policy, reason.clause):
            if provenance.basis not in VERIFIED:
                found[title] = tell.say["item"].format(title=title, basis=tell.say[provenance.basis])
    return tuple(found.values())
