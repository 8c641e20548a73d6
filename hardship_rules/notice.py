"""The letter with which the union answers an application: what is missing, why it is returned, what to hand in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

from hardship_rules.as_html import as_html
from hardship_rules.as_markdown import as_markdown
from hardship_rules.as_text import as_text
from hardship_rules.asking import Missing
from hardship_rules.assessment import Assessment
from hardship_rules.decided import Figure, Reason
from hardship_rules.document import Block, Document, Item, Listing, Paragraph, Section
from hardship_rules.frozen import FrozenMapping
from hardship_rules.meaning import Scope, value
from hardship_rules.model import Fact, Outcome, Policy, Term
from hardship_rules.notice_zh import SENTENCES
from hardship_rules.problems import Language
from hardship_rules.syntax import Compare, Expr, names_in
from hardship_rules.telling import SENTENCES as TELLING
from hardship_rules.telling import Telling
from hardship_rules.values import YES_NO, NumberKind
from hardship_rules.wording import comparison, one_line

# What a policy calls what only a letter asks for
RECOGNISED = "in_hardship"  # the condition of which categories recognise a household; without it, all but `otherwise`
MATERIALS = "materials"  # the decision that lists what is to be handed in
OBJECTION = "objection"  # the note that says where to object

_RENDERERS: Mapping[str, Callable[[Document], str]] = FrozenMapping(
    {"text": as_text, "markdown": as_markdown, "html": as_html}
)


def notice(assessment: Assessment, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # the public face's word
    """The letter that answers an application, in Chinese, as `text`, `markdown` or one `html` page.

    An undecided household is told which documents and facts are missing, one that is refused the reasons, one that is
    recognised what to hand in; each where to object, in the words of the policy's note `objection`.

    The letter passes through the primary union and others' hands, so it holds no more of the household than its
    reasons need: no name, label, relation or age (members are numbered as in the application), no fact's value, and
    amounts only where the deciding clause holds the household's figure against a limit that is public; a limit that is
    itself worked out from the household's money is not told. The host's own `reference` is: let it be no identity
    number. To whom it goes, the union's name, the seal and the day are left to be written in.

    Raises `ValueError` for a format or language that there is not.
    """
    if format not in _RENDERERS:
        raise ValueError(f"format is one of {', '.join(_RENDERERS)}")
    if lang != "zh":
        raise ValueError("lang is zh: a notice is a letter in Chinese")
    return _RENDERERS[format](_Letter(assessment).document())


def recognising(policy: Policy) -> tuple[Outcome, ...]:
    """The categories that recognise a household."""
    category, term = policy.category, policy.terms.get(RECOGNISED)
    if not isinstance(term, Term):
        return category.outcomes
    return tuple(
        outcome for outcome in category.outcomes if value(term.expr, Scope({category.name: outcome.id})) is True
    )


class _Letter:
    """The parts of one letter."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.policy = assessment.policy
        self.tell = Telling(assessment, TELLING["zh"])
        self.recognising = recognising(self.policy)

    def document(self) -> Document:
        category, missing = self.assessment.category, self.assessment.missing
        if category is None:
            state = "waiting" if all(each.path[0] == "parameters" for each in missing) else "undecided"
            parts = self.missing()
        elif category in self.recognising:
            state, parts = "recognised", self.recognised()
        else:
            state, parts = "refused", self.reasons()
        return Document(self.tell.headed(SENTENCES[f"title_{state}"]), (*self.head(state), *parts, *self.foot()))

    def say(self, sentence: str, **values: object) -> str:
        return one_line(SENTENCES[sentence].format(**values))

    def head(self, state: str) -> Iterator[Block]:
        household, category = self.assessment.household, self.assessment.category
        if household.reference is not None:
            yield Paragraph(self.say("reference", reference=household.reference))
        yield Paragraph(SENTENCES["to"])
        on = household.on or SENTENCES["no_date"]
        title = "" if category is None else category.title
        yield Paragraph(self.say(state, policy=self.policy.title, on=on, category=title))

    def foot(self) -> Iterator[Block]:
        note = self.policy.notes.get(OBJECTION)
        yield Paragraph(SENTENCES["objection"] if note is None else one_line(note.text))
        yield from (Paragraph(SENTENCES["seal"], signed=True), Paragraph(SENTENCES["date"], signed=True))
        yield Paragraph(SENTENCES["draft"], aside=True)

    def listed(self, heading: str, lines: Iterable[str], *after: Block) -> Iterator[Block]:
        items = tuple(map(Item, dict.fromkeys(lines)))
        if items or after:
            yield Section(SENTENCES[heading], (*((Listing(items),) if items else ()), *after))

    # What is missing

    def missing(self) -> Iterator[Block]:
        """The documents that are missing, each with what it proves; facts without one; standards not published."""
        join = SENTENCES["join"].join
        asked = [each for each in self.assessment.missing if each.path[0] != "parameters"]
        papers = dict.fromkeys(each.evidence for each in asked if each.evidence)
        proved = {paper: self.facts(each for each in asked if each.evidence == paper) for paper in papers}
        yield from self.listed(
            "papers", (self.say("paper", evidence=each, facts=join(proved[each])) for each in papers)
        )
        yield from self.listed("facts", self.facts(each for each in asked if not each.evidence))
        if any(each.member is not None for each in asked):
            yield Paragraph(SENTENCES["numbering"], aside=True)
        unpublished = [each.title for each in self.assessment.missing if each.path[0] == "parameters"]
        if unpublished:
            yield Paragraph(self.say("unpublished", titles=join(unpublished)))

    def facts(self, missing: Iterable[Missing]) -> list[str]:
        """The titles of facts, those of one member together."""
        whose: dict[int | None, list[str]] = {}
        for each in missing:
            whose.setdefault(each.member, []).append(self.title(each))
        told = []
        for member, titles in whose.items():
            if member is None:
                told += titles
            else:
                told.append(self.say("of_member", number=member + 1, title=SENTENCES["join"].join(titles)))
        return told

    def title(self, missing: Missing) -> str:
        """What a fact is called; of one that is no more than yes or no, that it is."""
        fact = self.policy.names.get(str(missing.path[-1]))
        is_yes_or_no = isinstance(fact, Fact) and fact.kind == YES_NO
        return self.say("yes_or_no", title=missing.title) if is_yes_or_no else one_line(missing.title)

    # Reasons, and what to hand in

    def reasons(self) -> Iterator[Block]:
        """The clauses that made the category what it is; for `otherwise`, what stopped each that recognises."""
        decided, category = self.assessment.decided, cast(Outcome, self.assessment.category)
        if category.when is not None:
            found = (self.reason(each) for each in decided.reasons if each.role == "decided")
            yield from self.listed("reasons", found)
            return
        titles = {outcome.id: outcome.title for outcome in self.recognising}
        stopped = (
            self.say("reason_of", outcome=titles[each.outcome], words=self.reason(each))
            for each in decided.reasons
            if each.role == "stopped" and each.outcome in titles
        )
        yield from self.listed("reasons", stopped)

    def reason(self, reason: Reason) -> str:
        """A clause in the words for what it came to, with the household's figure where the limit is public.

        Of a limit of nothing the words say enough.
        """
        words = self.tell.clause(reason)
        line, left, right = reason.clause.when, reason.left, reason.right
        if not isinstance(line, Compare) or not isinstance(left, Figure) or not isinstance(right, Figure):
            return one_line(words)
        turned = self.is_public(line.left)
        number, limit = (right, left) if turned else (left, right)
        is_told = turned is not self.is_public(line.right) and number.exact is not None and limit.exact is not None
        if not is_told or limit.exact == 0:
            return one_line(words)
        texts = [self.tell.counted(text, number.unit) for text in comparison(self.policy, number, limit)[:2]]
        return self.say("reason_limit", words=words, number=texts[0], limit=texts[1])

    def is_public(self, expr: Expr) -> bool:
        """It is worked out from no number that the household gives."""
        names, seen = list(names_in(expr)), set[str]()
        while names:
            name = names.pop()
            definition = self.policy.names.get(name)
            if isinstance(definition, Fact) and isinstance(definition.kind, NumberKind):
                return False
            if name not in seen:
                seen.add(name)
                names += self.policy.uses.get(name, ())
        return True

    def recognised(self) -> Iterator[Block]:
        yield from self.reasons()
        decided = self.assessment.decisions.get(MATERIALS)
        if decided is None:
            yield Paragraph(SENTENCES["unlisted"])
            return
        perhaps = [one_line(outcome.title) for outcome in decided.possible if outcome not in decided.holding]
        join = SENTENCES["join"].join
        after = [Paragraph(self.say("perhaps", titles=join(perhaps)))] if perhaps else []
        if not decided.holding and not perhaps:
            after = [Paragraph(SENTENCES["nothing"])]
        yield from self.listed("materials", (one_line(outcome.title) for outcome in decided.holding), *after)
