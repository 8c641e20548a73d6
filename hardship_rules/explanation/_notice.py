"""The letter with which the union answers an application: what is missing, why it is returned, what to hand in."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import cast

from hardship_rules.assessment.assessment import Assessment, refuse_no_assessment
from hardship_rules.assessment.outcomes import Figure, Reason
from hardship_rules.assessment.questions import Missing
from hardship_rules.core.expr import (
    BASES,
    AllOf,
    Clause,
    Compare,
    Constant,
    Expr,
    Name,
    Option,
    OverMembers,
    Provenance,
    names_in,
)
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import YES_NO, ChoiceKind, NumberKind
from hardship_rules.core.policy import Fact, Outcome, Policy, Term
from hardship_rules.core.problem import Language
from hardship_rules.core.units import kind_of_name
from hardship_rules.documents.document import Block, Document, Item, Listing, Paragraph, Section, numeral
from hardship_rules.documents.html import as_html
from hardship_rules.documents.markdown import as_markdown
from hardship_rules.documents.text import as_text
from hardship_rules.engine.evaluate import Scope, value
from hardship_rules.explanation.reasons import SENTENCES as TELLING
from hardship_rules.explanation.reasons import Telling
from hardship_rules.explanation.wording import comparison, one_line
from hardship_rules.language.keys import REPLY_WITHIN
from hardship_rules.locale import sentences

SENTENCES = sentences("notice")

# What a policy calls what only a letter asks for
RECOGNISED = "in_hardship"  # the condition of which categories recognise a household; without it, all but `otherwise`
MATERIALS = "materials"  # the decision that lists what is to be handed in
OBJECTION = "objection"  # the note that says where to object

_DAY = ("on",)
_PAIR = 2  # numbers that follow each other and are still listed one by one
_APPLICANT = re.compile(r"[^非不（(]*(?:申请人|本人)(?:[（(].*)?")  # not 申请人的配偶
_OWN_FILE = re.compile(r"\\|://|[^\s.]\.[A-Za-z][A-Za-z0-9]{0,4}(?![A-Za-z0-9])")  # regulation.md is in no document
_REMARK = re.compile(rf"[（(〔【\[](?:解读|{'|'.join(BASES.values())})[）)〕】\]]")

_RENDERERS: Mapping[str, Callable[[Document], str]] = FrozenMapping(
    {"text": as_text, "markdown": as_markdown, "html": as_html}
)


def notice(assessment: Assessment, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # the public face's word
    """The letter that answers an application, in Chinese, as `text`, `markdown` or one `html` page.

    An undecided household is told which documents and facts are missing, one that is refused the reasons, one that is
    recognised what to hand in; each where to object, in the words of the policy's note `objection`.

    The letter passes through the primary union and others' hands, so it holds no more of the household than its
    reasons need: no name, label or age, no relation but which member is the applicant (the others are numbered as in
    the application), no fact's value, and amounts only where the deciding clause compares the household's figure with
    a limit that is public; a limit that is itself computed from the household's money is not shown. The host's own
    `reference` is: let it be no identity number.

    It cites the documents that its reasons rest on, with the place in them, never the policy's file, and says nothing
    of how well each is known; where that is only assumed, it cites nothing. The days within which to reply are those
    of the policy's note `reply within`, counted from the day on which the letter is received; without it there is a
    blank. To whom the letter goes, the union's name, the seal and the day are left to be written in, and the union
    checks the letter before it goes out.

    Raises `ValueError` for a format or language that there is not.
    """
    refuse_no_assessment(assessment)
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
        self.applicant = applicant(assessment)

    def document(self) -> Document:
        category = self.assessment.category
        if category is None:
            state = "undecided" if self.asked else "waiting"
            parts = self.missing()
        elif category in self.recognising:
            state, parts = "recognised", self.recognised()
        else:
            state, parts = "refused", self.reasons()
        title = self.tell.headed(SENTENCES[f"title_{state}"])
        blocks = (*self.head(state), *self.numbered(parts), *self.foot())
        return Document(title, blocks, kind="letter")

    def say(self, sentence: str, **values: object) -> str:
        return one_line(SENTENCES[sentence].format(**values))

    def head(self, state: str) -> Iterator[Block]:
        household, category = self.assessment.household, self.assessment.category
        if household.reference is not None:
            yield Paragraph(self.say("reference", reference=household.reference), signed=True)
        yield Paragraph(SENTENCES["to"], flush=True)
        day, on = SENTENCES["no_date"], household.on
        if on is not None:
            day = self.say("day", year=on.year, month=on.month, day=on.day)
        title = "" if category is None else _plain(category.title)
        yield Paragraph(self.say(state, on=day, category=title))

    def numbered(self, parts: Iterable[Block]) -> Iterator[Block]:
        """The parts, the sections among them with their number."""
        number = 0
        for part in parts:
            if isinstance(part, Section):
                number += 1
                title = self.say("section", number=numeral(number), title=part.title)
                yield Section(title, part.blocks)
            else:
                yield part

    def foot(self) -> Iterator[Block]:
        note = self.policy.notes.get(OBJECTION)
        yield Paragraph(SENTENCES["objection"] if note is None else one_line(note.text))
        yield from (Paragraph(SENTENCES["seal"], signed=True), Paragraph(SENTENCES["date"], signed=True))

    def listed(self, heading: str, lines: Iterable[str], *after: Block) -> Iterator[Block]:
        items = tuple(map(Item, dict.fromkeys(lines)))
        if items or after:
            yield Section(SENTENCES[heading], (*((Listing(items),) if items else ()), *after))

    def reply(self, within: str, by: str) -> Block:
        """Within how many days to reply, counted from the day on which the letter is received; else a blank."""
        note = self.policy.notes.get(REPLY_WITHIN)
        return Paragraph(SENTENCES[by] if note is None else self.say(within, days=note.days))

    # What is missing

    @cached_property
    def asked(self) -> tuple[Missing, ...]:
        """The facts that the applicant can be asked for: no standard, and no day, which the union sets."""
        return tuple(
            missing for missing in self.assessment.missing if missing.path[0] != "parameters" and missing.path != _DAY
        )

    def missing(self) -> Iterator[Block]:
        """The documents that are missing, each with what it proves; facts without one; standards not published."""
        papers = dict.fromkeys(missing.evidence for missing in self.asked if missing.evidence)
        proved = {paper: [missing for missing in self.asked if missing.evidence == paper] for paper in papers}
        yield from self.listed(
            "papers", (self.say("paper", evidence=paper, facts=self.proved(proved[paper])) for paper in papers)
        )
        yield from self.listed("facts", self.facts(missing for missing in self.asked if not missing.evidence))
        if any(missing.member not in {None, self.applicant} for missing in self.asked):
            yield Paragraph(SENTENCES["numbering"], aside=True)
        if self.asked:
            yield self.reply("again_within", "again_by")
        unpublished = [missing.title for missing in self.assessment.missing if missing.path[0] == "parameters"]
        if unpublished:
            yield Paragraph(self.say("unpublished", titles=SENTENCES["join"].join(unpublished)))
        if any(missing.path == _DAY for missing in self.assessment.missing):
            yield Paragraph(SENTENCES["undated"])

    def proved(self, missing: Iterable[Missing]) -> str:
        """The titles of facts in one sentence: the household's first."""
        missing = tuple(missing)
        own = SENTENCES["join"].join(self.title(each) for each in missing if each.member is None)
        theirs = self.facts(each for each in missing if each.member is not None)
        return SENTENCES["sentences"].join(filter(None, (own, *theirs)))

    def facts(self, missing: Iterable[Missing]) -> list[str]:
        """The titles of facts, those of one member together, and members who lack the same together."""
        whose: dict[int | None, list[str]] = {}
        for each in missing:
            whose.setdefault(each.member, []).append(self.title(each))
        members: dict[tuple[str, ...], list[int]] = {}
        for member, titles in whose.items():
            if member is not None:
                members.setdefault(tuple(titles), []).append(member)
        theirs = (
            self.say("of_member", who=self.called(numbers), title=SENTENCES["join"].join(titles))
            for titles, numbers in members.items()
        )
        return [*whose.get(None, ()), *theirs]

    def called(self, members: list[int]) -> str:
        """Members: the applicant as such, others by their numbers, those that follow each other from first to last."""
        others = sorted(member + 1 for member in members if member != self.applicant)
        runs: list[list[int]] = []
        for number in others:
            if runs and runs[-1][-1] == number - 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        numbers = (
            self.say("run", first=run[0], last=run[-1]) if len(run) > _PAIR else SENTENCES["join"].join(map(str, run))
            for run in runs
        )
        words = [SENTENCES["applicant"]] if len(others) < len(members) else []
        words += [self.say("members", numbers=SENTENCES["join"].join(numbers))] if others else []
        return SENTENCES["join"].join(words)

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
            reasons = [reason for reason in decided.reasons if reason.role == "decided"]
            yield from self.listed("reasons", map(self.reason, reasons), *self.documents(reasons))
            return
        titles = {outcome.id: _plain(outcome.title) for outcome in self.recognising}
        reasons = [reason for reason in decided.reasons if reason.role == "stopped" and reason.outcome in titles]
        stopped = (
            self.say("reason_of", outcome=titles[reason.outcome], words=self.reason(reason)) for reason in reasons
        )
        yield from self.listed("reasons", stopped, *self.documents(reasons))

    def reason(self, reason: Reason) -> str:
        """A clause in the words for what it came to, with the household's figure where the limit is public.

        Of a limit of nothing the words say enough.
        """
        words = _plain(self.tell.clause(reason))
        sides = self.sides(reason)
        if sides is None or sides[1].exact == 0:
            return words
        number, limit, _ = sides
        texts = [self.tell.counted(text, number.unit) for text in comparison(self.policy, number, limit)[:2]]
        return self.say("reason_limit", words=words, number=texts[0], limit=texts[1])

    def sides(self, reason: Reason) -> tuple[Figure, Figure, Expr] | None:
        """The household's figure, and the limit with what it is computed from, where one is public; else None."""
        line, left, right = reason.clause.when, reason.left, reason.right
        if not isinstance(line, Compare) or not isinstance(left, Figure) or not isinstance(right, Figure):
            return None
        turned = self.is_public(line.left)
        if turned is self.is_public(line.right) or left.exact is None or right.exact is None:
            return None
        return (right, left, line.left) if turned else (left, right, line.right)

    def is_public(self, expr: Expr) -> bool:
        """It is worked out from no number that the household gives."""
        definitions = map(self.policy.names.get, self.names(expr))
        return not any(
            isinstance(definition, Fact) and isinstance(definition.kind, NumberKind) for definition in definitions
        )

    def names(self, expr: Expr) -> set[str]:
        """Every name that it is computed from."""
        names, seen = list(names_in(expr)), set[str]()
        while names:
            name = names.pop()
            if name not in seen:
                seen.add(name)
                names += self.policy.uses.get(name, ())
        return seen

    def documents(self, reasons: Iterable[Reason]) -> Iterator[Block]:
        """The documents that reasons rest on, each with the places in it; none where that is only assumed.

        What a rule or notice says it says of the applicant; what another union retells, or does itself, is a model.
        """
        places: dict[str, dict[str, dict[str, None]]] = {"stated": {}, "retold": {}}
        for provenance in (known for reason in reasons for known in self.provenances(reason)):
            if provenance.source is not None and provenance.basis not in {"assumption", "definition"}:
                kind = "stated" if provenance.basis in {"rule", "notice"} else "retold"
                title = one_line(self.policy.sources[provenance.source].title)
                cited = places[kind].setdefault(title, {})
                if provenance.cite and not _OWN_FILE.search(provenance.cite):
                    cited[one_line(provenance.cite)] = None
        kinds = (
            self.say(kind, documents=SENTENCES["join"].join(self.document_words(*each) for each in cited.items()))
            for kind, cited in places.items()
            if cited
        )
        if words := SENTENCES["list"].join(kinds):
            yield Paragraph(self.say("documents", documents=words))

    def document_words(self, title: str, places: Iterable[str]) -> str:
        """A document, and where in it: 《通知》第二条, 《通知》（附件）."""
        place = SENTENCES["join"].join(places)
        if not place:
            return title
        return self.say("article" if place.startswith("第") else "place", title=title, place=place)

    def provenances(self, reason: Reason) -> Iterator[Provenance]:
        """Whence a reason is: its clause, and the parameters of its limit where the letter tells it."""
        sides = self.sides(reason)
        limits = () if sides is None else self.names(sides[2])
        parameters = (parameter for name, parameter in self.policy.parameters.items() if name in limits)
        known = (*(parameter.provenance for parameter in parameters), reason.clause.provenance)
        yield from filter(None, known)

    def recognised(self) -> Iterator[Block]:
        yield from self.reasons()
        reply = self.reply("within", "by")
        decided = self.assessment.decisions.get(MATERIALS)
        if decided is None:
            yield from (Paragraph(SENTENCES["unlisted"]), reply)
            return
        perhaps = [_plain(outcome.title) for outcome in decided.possible if outcome not in decided.holding]
        after = [Paragraph(self.say("perhaps", titles=SENTENCES["join"].join(perhaps)))] if perhaps else []
        if not decided.holding and not perhaps:
            yield Paragraph(SENTENCES["nothing"])
            return
        yield from self.listed("materials", (_plain(outcome.title) for outcome in decided.holding), *after, reply)


def _plain(text: str) -> str:
    """A text of the policy's without its remarks on how well it is known."""
    return one_line(_REMARK.sub("", text))


def applicant(assessment: Assessment) -> int | None:
    """The member whom the policy counts as the applicant, counted from 0; None where it does not say who that is.

    That is whoever meets the condition of a `must` which one member meets, where its words say that it is about the
    applicant: `count(relation == self) == 1`.
    """
    policy = assessment.policy
    members = set()
    for count in _counts_of_one(policy):
        truths = [holds for holds, _ in assessment.per_member(count)]
        if count.where is not None and _is_of_applicant(policy, count.where) and truths.count(True) == 1:
            members.add(truths.index(True))
    return members.pop() if len(members) == 1 else None


def _counts_of_one(policy: Policy) -> Iterator[OverMembers]:
    """The counts of members that every household has exactly one of."""
    exprs: list[Expr] = [*policy.must]
    while exprs:
        expr = exprs.pop()
        match expr:
            case Clause(when=when):
                exprs.append(when)
            case AllOf(clauses=clauses):
                exprs += clauses
            case Compare(left=left, sign="==", right=right):
                for count, number in ((left, right), (right, left)):
                    if isinstance(count, OverMembers) and count.what == "count" and _is_one(policy, number):
                        yield count


def _is_one(policy: Policy, expr: Expr) -> bool:
    parameter = policy.parameters.get(expr.name) if isinstance(expr, Name) else None
    return (isinstance(expr, Constant) and expr.value == 1) or (parameter is not None and parameter.values.get(()) == 1)


def _is_of_applicant(policy: Policy, where: Expr) -> bool:
    """A condition on members says in its words, or by the name of its option, that it is about the applicant."""
    match where:
        case Name(name=name):
            words = name, policy.names[name].title
        case (
            Compare(left=Name(name=name), sign="==", right=Option(option=option))
            | Compare(left=Option(option=option), sign="==", right=Name(name=name))
        ):
            kind = kind_of_name(policy, name)
            words = option, kind.options[option] if isinstance(kind, ChoiceKind) else ""
        case _:
            return False
    return words[0] in {"self", "applicant"} or _APPLICANT.fullmatch(words[1]) is not None
