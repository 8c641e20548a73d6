"""A counterexample of a proof as tables: the household's facts, and its verdicts under two policies."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from hardship_rules.assessment.assessment import assess
from hardship_rules.comparison.policies import Parting, compare, figure_rows, reason_words
from hardship_rules.core.expr import names_in
from hardship_rules.core.policy import Policy, Property
from hardship_rules.core.problem import FactError, KeyPath
from hardship_rules.documents.document import Block, Paragraph, Table
from hardship_rules.explanation.reasons import MARKS, SENTENCES, Describer
from hardship_rules.explanation.wording import fact_of, fact_value, value_text
from hardship_rules.locale import sentences
from hardship_rules.proofs.claims import Claim
from hardship_rules.proofs.prover import Shown
from hardship_rules.proofs.shrink import Facts
from hardship_rules.proofs.text import assumed_numbers, left_out_titles, removed_facts, verdict_words

WORDS = sentences("counterexample")
PROOFS = sentences("proofs")
_SAY = SENTENCES["zh"]


def change_tables(claims: Sequence[Claim], old: Policy, new: Policy) -> Iterator[Block]:
    """The facts of a household that shows some changes, and what each policy decides; empty where there is none."""
    shown = claims[0].answer
    if not isinstance(shown, Shown) or shown.against is None or shown.other is None:
        return
    yield from _written_facts(claims[0], shown)
    verdicts = [
        [
            new.decisions[name].title if name else PROOFS["refusal"],
            verdict_words(shown.against, shown.other, name, PROOFS),
            verdict_words(shown.policy, shown.facts, name, PROOFS),
        ]
        for name in dict.fromkeys(claim.decision for claim in claims)
    ]
    heads = (WORDS["item"], WORDS["old"], WORDS["new"])
    try:
        comparison = compare(shown.against, shown.policy, shown.facts)
    except FactError:  # one of the policies refuses the household, or a fact has another kind in each
        yield Table(WORDS["verdicts"], heads, tuple(map(tuple, verdicts)), (30, 35, 35))
        return
    texts = [Describer(side.assessment, _SAY) for side in comparison.sides]
    verdicts += [row for row in figure_rows(texts) if row[1] != row[2]]
    if comparison.parting is not None:
        verdicts.append(_parting_row(comparison.parting, texts))
    yield Table(WORDS["verdicts"], heads, tuple(map(tuple, verdicts)), (30, 35, 35))
    if titles := dict.fromkeys(fact.title for side in comparison.sides for fact in side.not_known):
        yield Paragraph(WORDS["not_known"].format(titles=_SAY["join"].join(titles)), aside=True)
    unfilled = compare(old, new, shown.facts).sides  # without numbers in place of unpublished ones
    for whose, policy, side, filled in zip(("old", "new"), (old, new), unfilled, comparison.sides, strict=True):
        if side.assessment.category is None and (values := assumed_numbers(policy, filled.policy)):
            words = {"whose": WORDS[whose], "values": _SAY["join"].join(values)}
            yield Paragraph(WORDS["put_in"].format(**words), aside=True)


def _written_facts(claim: Claim, shown: Shown) -> Iterator[Block]:
    """The household as it is written: its facts, those it must leave out, and those only the older policy is given."""
    try:
        assessment, facts = shown.assessment, shown.facts
    except FactError:  # the newer policy refuses it, so the older one judges it
        facts = cast(Facts, shown.other)
        assessment = assess(cast(Policy, shown.against), facts)
    rows = _facts(Describer(assessment, _SAY), facts)
    yield Table(WORDS["facts"], (WORDS["fact"], WORDS["value"]), tuple(rows), (60, 40))
    if claim.left_out:
        left_out = PROOFS["join"].join(left_out_titles(claim, PROOFS))
        yield Paragraph(PROOFS["left_out"].format(facts=left_out), aside=True)
    if assessment.policy is shown.policy and (removed := removed_facts(shown)):
        yield Paragraph(PROOFS["removed"].format(facts=PROOFS["join"].join(removed)), aside=True)


def _parting_row(parting: Parting, texts: list[Describer]) -> list[str]:
    """The first clause at which the verdicts differ, with its reasons under each policy."""
    clause = next(standing.clause for standing in (parting.first, parting.second) if standing is not None)
    title = WORDS["by_order"] if parting.by_order else f"{WORDS['parts']}\n{clause.title or clause.line}"
    cells = [
        WORDS["no_clause"]
        if standing is None
        else "\n".join(
            f"{MARKS[reason.holds]} {_SAY['list'].join(reason_words(text, reason))}" for reason in standing.reasons
        )
        for standing, text in zip((parting.first, parting.second), texts, strict=True)
    ]
    return [title, *cells]


def property_tables(claim: Claim, rule: Property) -> Iterator[Block]:
    """The household or the pair of households that breaks a property; empty where the claim has none."""
    shown = claim.answer
    if not isinstance(shown, Shown):
        return
    text = Describer(shown.assessment, _SAY)
    decision = shown.policy.decisions[rule.decision]
    if not claim.raised or shown.other is None:
        rows = [*_facts(text, shown.facts), *_figures(text, rule)]
        rows.append((decision.title, text.titles(text.assessment.decisions[rule.decision].holding)))
        yield Table(WORDS["facts"], (WORDS["fact"], WORDS["value"]), tuple(rows), (60, 40))
        return
    other = Describer(Shown(shown.policy, shown.other, shown.readings).assessment, _SAY)
    raised = [(_title(text, path), _value(text, path), _value(other, path)) for path in claim.raised]
    same = [(*row, row[-1]) for row in _facts(text, shown.facts, frozenset(claim.raised))]
    verdicts = [household.titles(household.assessment.decisions[rule.decision].holding) for household in (text, other)]
    heads = (WORDS["fact"], WORDS["first"], WORDS["second"])
    yield Table(WORDS["pair"], heads, (*raised, *same, (decision.title, *verdicts)), (40, 30, 30))


def _figures(text: Describer, rule: Property) -> Iterator[tuple[str, str]]:
    """The figures of a household that a property's condition uses."""
    for name in () if rule.when is None else dict.fromkeys(names_in(rule.when)):
        if name in (*text.policy.terms, *text.policy.parameters) and name not in text.policy.of_members:
            yield text.figure_title(name), text.figure(name)[0]


def _facts(
    text: Describer, facts: Mapping[str, Any], but: frozenset[KeyPath] = frozenset()
) -> Iterator[tuple[str, str]]:
    """The known facts of a household other than those of `but`; facts with equal values share a row."""
    called = text.policy.members.called_by[:1]
    paths: list[KeyPath] = [(name,) for name in facts if name in text.policy.facts]
    paths += [
        ("members", number, name)
        for number, member in enumerate(facts["members"])
        for name in member
        if name not in called
    ]
    if "on" in facts:
        yield _SAY["the_day"], str(facts["on"])
    yield WORDS["members"], _SAY["join"].join(text.names)
    for titles, value, who in text.grouped_facts([path for path in paths if path not in but]):
        yield _SAY["of_member"].format(who=who, title=titles) if who else titles, value


def _title(text: Describer, path: KeyPath) -> str:
    title = fact_of(text.policy, path).title
    return title if path[0] != "members" else _SAY["of_member"].format(who=text.names[int(path[1])], title=title)


def _value(text: Describer, path: KeyPath) -> str:
    fact = fact_of(text.policy, path)
    return value_text(text.policy, fact.kind, fact_value(text.assessment, path), _SAY, fact.counted_in)
