"""A household that a proof shows, as tables: its facts, and what comes of it under two policies."""

from collections.abc import Iterator, Mapping
from typing import Any

from hardship_rules.comparison import compare
from hardship_rules.comparison.parting import Parting
from hardship_rules.comparison.side_by_side import figure_rows, reason_words
from hardship_rules.core.expr import names_in
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy, Property
from hardship_rules.core.problem import FactError, Path
from hardship_rules.documents.document import Block, Paragraph, Table
from hardship_rules.explanation.reasons import MARKS, SENTENCES, Telling
from hardship_rules.explanation.wording import fact_of, fact_value, value_text
from hardship_rules.proofs.prover import Shown
from hardship_rules.proofs.questions import Claim
from hardship_rules.proofs.text import put_in

WORDS: FrozenMapping[str, str] = FrozenMapping(
    {
        "facts": "举例的家庭；没有列出的事实不影响类别",
        "fact": "事实",
        "value": "填写",
        "members": "家庭成员",
        "verdicts": "这个家庭的结论",
        "item": "项目",
        "old": "旧政策",
        "new": "新政策",
        "parts": "分歧始于",
        "by_order": "各条是否成立没有分歧，先后顺序不同",
        "no_clause": "没有这一条",
        "other_kind": "这个家庭的事实在两份政策里填法不同，各项数额不再并列。",
        "not_known": "旧政策没有下列事实，未予采用：{titles}。",
        "put_in": "{whose}尚未公布的数，这里取为：{values}。",
        "pair": "两个家庭只有前几行不同",
        "first": "家庭一",
        "second": "家庭二",
    }
)
_SAY = SENTENCES["zh"]


def change_tables(claim: Claim, old: Policy, new: Policy) -> Iterator[Block]:
    """The household whose category is another under a newer policy: its facts, both verdicts, and where they part.

    Nothing where no household was found.
    """
    shown = claim.answer
    if not isinstance(shown, Shown) or shown.against is None:
        return
    rows = _facts(Telling(shown.assessment, _SAY), shown.facts)
    yield Table(WORDS["facts"], (WORDS["fact"], WORDS["value"]), tuple(rows), (60, 40))
    try:
        compared = compare(shown.against, shown.policy, shown.facts)
    except FactError:  # a fact that both have is of another kind in each: the household is written otherwise in each
        yield Paragraph(WORDS["other_kind"], aside=True)
        return
    texts = [Telling(side.assessment, _SAY) for side in compared.sides]
    found = [[new.category.title, *(text.verdict(text.assessment.decided) for text in texts)]]
    found += [row for row in figure_rows(texts) if row[1] != row[2]]
    if compared.parting is not None:
        found.append(_parting(compared.parting, texts))
    heads = (WORDS["item"], WORDS["old"], WORDS["new"])
    yield Table(WORDS["verdicts"], heads, tuple(map(tuple, found)), (30, 35, 35))
    if titles := dict.fromkeys(each.title for side in compared.sides for each in side.not_known):
        yield Paragraph(WORDS["not_known"].format(titles=_SAY["join"].join(titles)), aside=True)
    as_they_stand = zip((old, new), compare(old, new, shown.facts).sides, compared.sides, strict=True)
    for whose, (policy, open_, side) in zip(("old", "new"), as_they_stand, strict=True):
        if open_.assessment.category is None and (values := put_in(policy, side.policy)):
            told = {"whose": WORDS[whose], "values": _SAY["join"].join(values)}
            yield Paragraph(WORDS["put_in"].format(**told), aside=True)


def _parting(parting: Parting, texts: list[Telling]) -> list[str]:
    """The first clause that is not alike in both, and how it came out in each."""
    clause = next(each.clause for each in (parting.first, parting.second) if each is not None)
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


def property_tables(claim: Claim, of: Property) -> Iterator[Block]:
    """The household that does not keep a property, or the two beside each other, with what comes of them.

    Nothing where none was found.
    """
    shown = claim.answer
    if not isinstance(shown, Shown):
        return
    tell = Telling(shown.assessment, _SAY)
    decision = shown.policy.decisions[of.decision]
    if not claim.raised or shown.other is None:
        rows = [*_facts(tell, shown.facts), *_figures(tell, of)]
        rows.append((decision.title, tell.titles(tell.assessment.decisions[of.decision].holding)))
        yield Table(WORDS["facts"], (WORDS["fact"], WORDS["value"]), tuple(rows), (60, 40))
        return
    other = Telling(Shown(shown.policy, shown.other, shown.readings).assessment, _SAY)
    raised = [(_title(tell, path), *(_value(each, path) for each in (tell, other))) for path in claim.raised]
    same = [(*row, row[-1]) for row in _facts(tell, shown.facts, frozenset(claim.raised))]
    came = [each.titles(each.assessment.decisions[of.decision].holding) for each in (tell, other)]
    heads = (WORDS["fact"], WORDS["first"], WORDS["second"])
    yield Table(WORDS["pair"], heads, (*raised, *same, (decision.title, *came)), (40, 30, 30))


def _figures(tell: Telling, of: Property) -> Iterator[tuple[str, str]]:
    """What a property's condition looks at, as it is of a household."""
    for name in () if of.when is None else dict.fromkeys(names_in(of.when)):
        if name in (*tell.policy.terms, *tell.policy.parameters) and name not in tell.policy.of_members:
            yield tell.figure_title(name), tell.figure(name)[0]


def _facts(tell: Telling, facts: Mapping[str, Any], but: frozenset[Path] = frozenset()) -> Iterator[tuple[str, str]]:
    """What is known of a household, those together that have one value, but for some facts."""
    called = tell.policy.members.called_by[:1]
    paths: list[Path] = [(name,) for name in facts if name in tell.policy.facts]
    paths += [
        ("members", number, name) for number, each in enumerate(facts["members"]) for name in each if name not in called
    ]
    if "on" in facts:
        yield _SAY["the_day"], str(facts["on"])
    yield WORDS["members"], _SAY["join"].join(tell.names)
    for titles, value, who in tell.facts_together([path for path in paths if path not in but]):
        yield _SAY["of_member"].format(who=who, title=titles) if who else titles, value


def _title(tell: Telling, path: Path) -> str:
    title = fact_of(tell.policy, path).title
    return title if path[0] != "members" else _SAY["of_member"].format(who=tell.names[int(path[1])], title=title)


def _value(tell: Telling, path: Path) -> str:
    fact = fact_of(tell.policy, path)
    return value_text(tell.policy, fact.kind, fact_value(tell.assessment, path), _SAY, fact.counted_in)
