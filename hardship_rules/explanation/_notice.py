"""The letter that answers an application: what is missing, why it is refused, or what to hand in."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import cast

from hardship_rules.assessment.assessment import Assessment, require_assessment
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
from hardship_rules.core.kinds import BOOLEAN, ChoiceKind, NumberKind
from hardship_rules.core.policy import Fact, Outcome, Policy, names_behind
from hardship_rules.core.problem import Language
from hardship_rules.core.units import kind_of_name
from hardship_rules.documents.document import Block, Document, Item, Listing, Paragraph, Section, numeral
from hardship_rules.documents.text import as_text
from hardship_rules.engine.evaluate import recognising
from hardship_rules.explanation.formats import RENDERERS
from hardship_rules.explanation.reasons import SENTENCES as REASON_SENTENCES
from hardship_rules.explanation.reasons import Describer
from hardship_rules.explanation.wording import comparison, one_line
from hardship_rules.language.keys import REPLY_WITHIN
from hardship_rules.locale import sentences

SENTENCES = sentences("notice")

# Names in a policy that only the letter uses
MATERIALS = "materials"  # the decision that lists the documents to hand in
OBJECTION = "objection"  # the note that says where to object

_DAY = ("on",)
_PAIR = 2  # consecutive numbers: a longer run is printed as a range
_APPLICANT = re.compile(r"[^非不（(]*(?:申请人|本人)(?:[（(].*)?")  # not 申请人的配偶
_OWN_FILE = re.compile(r"\\|://|[^\s.]\.[A-Za-z][A-Za-z0-9]{0,4}(?![A-Za-z0-9])")  # such as regulation.md
_REMARK = re.compile(rf"[（(〔【\[](?:解读|{'|'.join(BASES.values())})[）)〕】\]]")

_RENDERERS: Mapping[str, Callable[[Document], str]] = FrozenMapping({"text": as_text, **RENDERERS})


def notice(assessment: Assessment, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # the public face's word
    """The letter that answers an application, in Chinese, as `text`, `markdown` or one `html` page.

    The letter for an undecided household lists the missing documents and facts, for a refused one the reasons, for a
    recognised one the documents to hand in. Each says where to object, by the policy's note `objection`.

    The letter passes through many hands, so it has no more about the household than its reasons need. It has no name,
    label, age or value of a fact, and no relation but that of the applicant; other members are numbered as in the
    application. It has an amount only where the deciding clause compares it with a public limit, one that is not
    computed from the household's own money. It has the host's `reference`, which must not be an identity number.

    It cites the documents behind its reasons with the place in them, never the policy file and never a basis; for an
    assumption it cites nothing. The days to reply are those of the policy's note `reply within`, from the day on which
    the letter is received. The addressee, the union's name, the seal and the date are left blank, also the days to
    reply without that note. The union checks the letter before it is sent.

    Raises `ValueError` for an unknown format or language.
    """
    require_assessment(assessment)
    if format not in _RENDERERS:
        raise ValueError(f"format is one of {', '.join(_RENDERERS)}")
    if lang != "zh":
        raise ValueError("lang is zh: a notice is a letter in Chinese")
    return _RENDERERS[format](_Letter(assessment).document())


class _Letter:
    """The blocks of one letter."""

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.policy = assessment.policy
        self.describe = Describer(assessment, REASON_SENTENCES["zh"])
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
        title = self.describe.headed(SENTENCES[f"title_{state}"])
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
        """The parts, each section with its number before its title."""
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
        """The days to reply by the sentence `within`; without such a note the sentence `by`, which has a blank."""
        note = self.policy.notes.get(REPLY_WITHIN)
        return Paragraph(SENTENCES[by] if note is None else self.say(within, days=note.days))

    # What is missing

    @cached_property
    def asked(self) -> tuple[Missing, ...]:
        """The missing facts that the applicant can supply, without parameters and the day of the verdict."""
        return tuple(
            missing for missing in self.assessment.missing if missing.path[0] != "parameters" and missing.path != _DAY
        )

    def missing(self) -> Iterator[Block]:
        """The missing documents with the facts they prove, the facts without a document, the unpublished standards."""
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
        """The titles of facts in one sentence, those of the household first."""
        missing = tuple(missing)
        household = SENTENCES["join"].join(self.title(fact) for fact in missing if fact.member is None)
        members = self.facts(fact for fact in missing if fact.member is not None)
        return SENTENCES["sentences"].join(filter(None, (household, *members)))

    def facts(self, missing: Iterable[Missing]) -> list[str]:
        """The titles of facts, grouped by member; members with the same missing facts share an entry."""
        titles_of: dict[int | None, list[str]] = {}
        for fact in missing:
            titles_of.setdefault(fact.member, []).append(self.title(fact))
        groups: dict[tuple[str, ...], list[int]] = {}
        for member, titles in titles_of.items():
            if member is not None:
                groups.setdefault(tuple(titles), []).append(member)
        of_members = (
            self.say("of_member", who=self.called(members), title=SENTENCES["join"].join(titles))
            for titles, members in groups.items()
        )
        return [*titles_of.get(None, ()), *of_members]

    def called(self, members: list[int]) -> str:
        """The applicant by that word, other members by their numbers, with consecutive numbers as a range."""
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
        """The title of a fact, marked where it is boolean."""
        fact = self.policy.names.get(str(missing.path[-1]))
        is_boolean = isinstance(fact, Fact) and fact.kind == BOOLEAN
        return self.say("yes_or_no", title=missing.title) if is_boolean else one_line(missing.title)

    # Reasons, and what to hand in

    def reasons(self) -> Iterator[Block]:
        """The clauses that decided the category; for `otherwise`, those that ruled out the recognising ones."""
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
        """A clause in words, with the household's figure and the limit where that is public and not 0."""
        words = _plain(self.describe.clause(reason))
        sides = self.sides(reason)
        if sides is None or sides[1].exact == 0:
            return words
        number, limit, _ = sides
        texts = [self.describe.with_unit(text, number.unit) for text in comparison(self.policy, number, limit)[:2]]
        return self.say("reason_limit", words=words, number=texts[0], limit=texts[1])

    def sides(self, reason: Reason) -> tuple[Figure, Figure, Expr] | None:
        """The household's figure, the limit, and the limit's expression, where exactly one side is public."""
        line, left, right = reason.clause.when, reason.left, reason.right
        if not isinstance(line, Compare) or not isinstance(left, Figure) or not isinstance(right, Figure):
            return None
        is_reversed = self.is_public(line.left)
        if is_reversed is self.is_public(line.right) or left.exact is None or right.exact is None:
            return None
        return (right, left, line.left) if is_reversed else (left, right, line.right)

    def is_public(self, expr: Expr) -> bool:
        """Whether an expression is computed without any number of the household."""
        definitions = map(self.policy.names.get, names_behind(self.policy, *names_in(expr)))
        return not any(
            isinstance(definition, Fact) and isinstance(definition.kind, NumberKind) for definition in definitions
        )

    def documents(self, reasons: Iterable[Reason]) -> Iterator[Block]:
        """The documents behind reasons, each with the places in it.

        The letter is based on a rule or notice; another union's page is only cited for comparison, and an assumption
        not at all.
        """
        places: dict[str, dict[str, dict[str, None]]] = {"based_on": {}, "compare": {}}  # by use and title
        for provenance in (provenance for reason in reasons for provenance in self.provenances(reason)):
            if provenance.source is not None and provenance.basis not in {"assumption", "definition"}:
                kind = "based_on" if provenance.basis in {"rule", "notice"} else "compare"
                title = one_line(self.policy.sources[provenance.source].title)
                cited = places[kind].setdefault(title, {})
                if provenance.cite and not _OWN_FILE.search(provenance.cite):
                    cited[one_line(provenance.cite)] = None
        clauses = []
        for kind, documents in places.items():
            if documents:
                words = (self.document_words(title, articles) for title, articles in documents.items())
                clauses.append(self.say(kind, documents=SENTENCES["join"].join(words)))
        if clauses:
            yield Paragraph(self.say("documents", documents=SENTENCES["list"].join(clauses)))

    def document_words(self, title: str, places: Iterable[str]) -> str:
        """A document with the places in it: 《通知》第二条, 《通知》（附件）."""
        place = SENTENCES["join"].join(places)
        if not place:
            return title
        return self.say("article" if place.startswith("第") else "place", title=title, place=place)

    def provenances(self, reason: Reason) -> Iterator[Provenance]:
        """The provenance of a reason: of its clause, and of the parameters of the limit that the letter shows."""
        sides = self.sides(reason)
        limits = () if sides is None else names_behind(self.policy, *names_in(sides[2]))
        parameters = (parameter for name, parameter in self.policy.parameters.items() if name in limits)
        provenances = (*(parameter.provenance for parameter in parameters), reason.clause.provenance)
        yield from filter(None, provenances)

    def recognised(self) -> Iterator[Block]:
        yield from self.reasons()
        reply = self.reply("within", "by")
        decided = self.assessment.decisions.get(MATERIALS)
        if decided is None:
            yield from (Paragraph(SENTENCES["unlisted"]), reply)
            return
        undecided = [_plain(outcome.title) for outcome in decided.possible if outcome not in decided.holding]
        after = [Paragraph(self.say("perhaps", titles=SENTENCES["join"].join(undecided)))] if undecided else []
        if not decided.holding and not undecided:
            yield Paragraph(SENTENCES["nothing"])
            return
        yield from self.listed("materials", (_plain(outcome.title) for outcome in decided.holding), *after, reply)


def _plain(text: str) -> str:
    """A text of the policy without its remarks on the basis."""
    return one_line(_REMARK.sub("", text))


def applicant(assessment: Assessment) -> int | None:
    """The number of the applicant among the members, from 0; None where the policy does not say who it is.

    It is the member who meets the condition that a `must` wants of exactly one member, such as
    `count(relation == self) == 1`, if the words of the condition are about the applicant.
    """
    policy = assessment.policy
    members = set()
    for count in _counts_of_one(policy):
        truths = [holds for holds, _ in assessment.per_member(count)]
        if count.where is not None and _is_of_applicant(policy, count.where) and truths.count(True) == 1:
            members.add(truths.index(True))
    return members.pop() if len(members) == 1 else None


def _counts_of_one(policy: Policy) -> Iterator[OverMembers]:
    """The counts of members that `must` requires to be 1."""
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
    """Whether a condition on members is about the applicant, by its title or the name of its option."""
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
