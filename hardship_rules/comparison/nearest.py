"""The nearest changes of facts that would change the category."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from time import monotonic
from typing import assert_never, cast

from attrs import frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.break_points import lines_from
from hardship_rules.assessment.counterfactual import Change, Total, totals
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.assessment.outcomes import Figure, Outcomes, unit_name
from hardship_rules.assessment.value_search import ValueSearch
from hardship_rules.core.hosts import shown
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, NumberKind, Value
from hardship_rules.core.policy import Fact, Outcome, Policy
from hardship_rules.core.problem import FactError, KeyPath, Language, Problem, nearest, path_text
from hardship_rules.documents.document import Block, Item, Listing, Paragraph, Section
from hardship_rules.engine.interval import is_known
from hardship_rules.explanation import reasons
from hardship_rules.explanation.formats import FORMER_JSON, explain, explain_json, known_detail, render_explanation
from hardship_rules.explanation.json import outcome_json, value_json
from hardship_rules.explanation.wording import member_names, one_line, value_text
from hardship_rules.locale import sentences

_MEMBER_PATH = re.compile(r"members\[([0-9]{1,9})\]\.(.+)", re.ASCII | re.DOTALL)


@frozen
class Changes:
    """An assessment and the changes of single facts that would change its category; empty while it is undecided.

    `facts` are the paths to which the search was limited, None where it was not. `unsettled` are the paths that were
    not searched before the time limit.
    """

    assessment: Assessment
    changes: tuple[Change, ...]
    facts: tuple[KeyPath, ...] | None = None
    unsettled: tuple[KeyPath, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every known fact was searched."""
        return self.facts is None and not self.unsettled

    @cached_property
    def totals(self) -> tuple[Total, ...]:
        """The changes that can be made to a total of the household.

        There are none where not every fact was searched: another part of the total may need a smaller change.
        """
        return totals(self.assessment, self.changes) if self.is_complete else ()

    @property
    def alone(self) -> tuple[Change, ...]:
        """The changes that belong to no total."""
        in_totals = {(change.path, change.new) for total in self.totals for change in total.changes}
        return tuple(change for change in self.changes if (change.path, change.new) not in in_totals)

    def sentences(self, lang: Language = "zh") -> tuple[str, ...]:
        """One sentence for each change, totals first; equal changes of several members share a sentence.

        The last one names what was not searched before the time limit.
        """
        words = _Words(self, lang)
        return (*(sentence.text for sentence in words.sentences()), *words.unsettled())

    def explain(
        self,
        *,
        format: str = "text",  # noqa: A002  # as `explain` has it
        lang: Language = "zh",
        detail: str | None = None,
        turns: bool = False,
    ) -> str:
        """The explanation of the assessment, in any format of `explain`, with the changes.

        They come at the end of the text, and before the folded part of a page or of Markdown.
        """
        if format in ("json", FORMER_JSON):
            written = _json(self)
            if format == FORMER_JSON and not self.unsettled:
                del written["unsettled"]
            detail = known_detail(format, detail)
            return explain_json(self.assessment, format, detail, {"would_change": written}, turns=turns)
        if format in ("markdown", "html"):
            detail = known_detail(format, detail)
            return render_explanation(self.assessment, format, lang, detail, _Words(self, lang).blocks())
        return (
            explain(self.assessment, format=format, lang=lang, detail=detail)
            + "\n"
            + "\n".join(_Words(self, lang).lines())
            + "\n"
        )


def what_would_change(
    policy: Policy,
    household: Mapping[str, object] | HouseholdText,
    on: date | str | None = None,
    *,
    facts: Iterable[str | KeyPath] | None = None,
    until: float | timedelta | None = None,
) -> Changes:
    """Find the nearest changes of single known facts that would change a household's category (counterfactuals).

    For a number, the smallest increase and the smallest decrease, to the fact's smallest unit; for a boolean or a
    choice, every other option that gives a different category. Each change is confirmed by assessing the household with
    it, and one unit less still gives the same category. Values outside a fact's range or against a `must` are not
    considered. Defaults of other facts follow the change. Dates are not changed. An undecided household has no changes;
    `missing` says why.

    `facts` limits the search to some facts: names or titles, of a member's fact that of every member; or paths,
    `("members", 0, "wage")` counting members from 0. As text a path counts them from 1: `members[1].wage`. `until` is a
    time limit from now on, in seconds above 0 or a `timedelta`. After it no further fact is searched; those left are
    `Changes.unsettled`. The search of one fact is not interrupted.

        what_would_change(policy, household, facts=["wage"], until=2).unsettled

    Raises what `assess` raises, `FactError` for unknown facts and dates in `facts`, and `ValueError` for another
    `until`.
    """
    clock = _Clock(until)
    assessment = assess(policy, household, on)
    wanted = None if facts is None else _paths_of(assessment, facts)
    if assessment.category is None:
        return Changes(assessment, (), wanted)
    search = _Search(assessment, ValueSearch(assessment.outcomes))
    searched = [part for part in search.known_facts() if wanted is None or part[0] in wanted]
    changes: list[Change] = []
    for number, part in enumerate(searched):
        if clock.is_over():
            left = tuple(path for path, fact, _ in searched[number:] if not isinstance(fact.kind, DateKind))
            return Changes(assessment, tuple(changes), wanted, left)
        changes += search.changes(*part)
    return Changes(assessment, tuple(changes), wanted)


class _Clock:
    """A time limit that starts now, in seconds or as a `timedelta`; None is no limit."""

    def __init__(self, until: float | timedelta | None) -> None:
        limit = until.total_seconds() if isinstance(until, timedelta) else until
        given: object = limit
        if limit is not None and (isinstance(given, bool) or not isinstance(given, int | float) or not limit > 0):
            raise ValueError("until is a number of seconds above 0, or a timedelta")
        self.limit = limit
        self.start = 0.0 if limit is None else monotonic()

    def is_over(self) -> bool:
        """Whether the time is over."""
        return self.limit is not None and monotonic() - self.start >= self.limit


def _paths_of(assessment: Assessment, facts: Iterable[str | KeyPath]) -> tuple[KeyPath, ...]:
    """The paths of the facts to search. Raises `FactError` for unknown facts and members, and for dates."""
    paths: dict[KeyPath, None] = {}
    problems: list[Problem] = []
    given: object = facts
    for asked in facts if isinstance(given, Iterable) and not isinstance(given, str) else (given,):
        of_asked = _paths_of_one(assessment, asked)
        if isinstance(of_asked, Problem):
            problems.append(of_asked)
        else:
            paths |= dict.fromkeys(of_asked)
    if problems:
        raise FactError(problems)
    return tuple(paths)


def _paths_of_one(assessment: Assessment, asked: object) -> list[KeyPath] | Problem:
    """The paths of one name, title or path, or the problem with it."""
    policy, count = assessment.policy, len(assessment.household.members)
    members: Iterable[int] = range(count)
    sections: tuple[Mapping[str, Fact], ...] = (policy.facts, policy.members.facts)
    at: KeyPath = ()
    match asked:
        case str() if member_path := _MEMBER_PATH.fullmatch(asked.strip()):
            number, word, sections = int(member_path[1]) - 1, member_path[2], (policy.members.facts,)
            members, at = [number], ("members", number, word)
        case str():
            word = asked.strip()
            at = (word,)
        case (str(word),):
            sections, at = (policy.facts,), (word,)
        case ("members", int(number), str(word)):
            sections, members, at = (policy.members.facts,), [number], ("members", number, word)
        case _:
            word, sections = shown(asked), ()
    found = {name: fact for facts in sections for name, fact in facts.items() if word in (name, fact.title)}
    if not found:
        known = [word for facts in sections for name, fact in facts.items() for word in (name, fact.title)]
        example = next(iter(policy.members.facts), "")
        return Problem("sought_unknown", at, word, {"example": example, **nearest(word, known)})
    of_members = [fact for fact in found.values() if fact.of_member]
    outside = [number for number in members if of_members and not 0 <= number < count]
    if outside:
        return Problem("sought_member", at, str(outside[0] + 1), {"count": str(count)})
    dates = [fact for fact in found.values() if isinstance(fact.kind, DateKind)]
    if dates:
        return Problem("sought_date", at, word, {"title": dates[0].title})
    own: list[KeyPath] = [(name,) for name, fact in found.items() if not fact.of_member]
    return [*own, *(("members", number, fact.name) for number in members for fact in of_members)]


@frozen
class _Search:
    """The search for the changes of one decided household."""

    assessment: Assessment
    search: ValueSearch

    def changes(self, path: KeyPath, fact: Fact, now: Value) -> Iterator[Change]:
        """The nearest value of a number in both directions, or every other option, with a different category."""
        match fact.kind:
            case NumberKind() as kind:
                nearest_values = (self.search.nearest_given(path, line) for line in lines_from(kind, cast(Exact, now)))
                values: list[tuple[Value, Outcomes]] = [(new, after) for new, _, after in filter(None, nearest_values)]
            case ChoiceKind(options):
                values = list(self.options(path, [option for option in options if option != now]))
            case BooleanKind():
                values = list(self.options(path, [not now]))
            case DateKind():
                values = []
            case _:
                assert_never(fact.kind)
        yield from (Change(path, fact, now, new, Assessment(after)) for new, after in values)

    def known_facts(self) -> Iterator[tuple[KeyPath, Fact, Value]]:
        """The known facts with their values, the household's own first."""
        policy, household = self.assessment.policy, self.assessment.household
        members = ((("members", number), member.values) for number, member in enumerate(household.members))
        for before, values in (((), household.values), *members):
            for name, fact in (policy.members.facts if before else policy.facts).items():
                if is_known(values[name]):
                    yield (*before, name), fact, values[name]

    def options(self, path: KeyPath, options: Iterable[Value]) -> Iterator[tuple[Value, Outcomes]]:
        """The options that give a different category."""
        for option in options:
            after = self.search.changed(path, option)
            if after is not None:
                yield option, after


# --- In words ----------------------------------------------------------------------------------------------------


@frozen
class _Sentence:
    """A sentence about a change; `what` is the changed fact, `leaves_open` whether the category is then undecided."""

    text: str
    what: str = ""
    leaves_open: bool = False
    is_number: bool = False


class _Words:
    """The sentences of some changes."""

    def __init__(self, changes: Changes, lang: Language) -> None:
        if lang not in reasons.SENTENCES:
            raise ValueError(f"lang is one of {', '.join(reasons.SENTENCES)}")
        self.changes = changes
        self.assessment = changes.assessment
        self.say = sentences("nearest", lang)
        self.names = member_names(self.assessment, reasons.SENTENCES[lang])

    def lines(self) -> Iterator[str]:
        """The sentences under their headings."""
        for heading, texts in self.parts():
            yield from (heading, *(f"  {text}" for text in texts))

    def blocks(self) -> Iterator[Block]:
        """The same as a section of a document."""
        inside: list[Block] = []
        for heading, texts in self.parts():
            inside.append(Paragraph(one_line(heading)))
            if texts:
                inside.append(Listing(tuple(Item(one_line(text)) for text in texts)))
        yield Section(self.say["title"], tuple(inside))

    def parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Headings with their sentences; options that leave the category open are only named by their fact."""
        all_sentences = list(self.sentences())
        if not self.changes.changes:
            yield from ((text, ()) for text in (*(sentence.text for sentence in all_sentences), *self.unsettled()))
            return
        closed = tuple(sentence.text for sentence in all_sentences if not sentence.leaves_open)
        open_ = tuple(sentence.text for sentence in all_sentences if sentence.leaves_open and sentence.is_number)
        for heading, texts in (("heading", closed), ("heading_open", open_)):
            if texts:
                yield self.say[heading], texts
        facts = dict.fromkeys(
            sentence.what for sentence in all_sentences if sentence.leaves_open and not sentence.is_number
        )
        if facts:
            yield self.say["others_open"].format(whats=self.say["join"].join(facts)), ()
        yield from ((text, ()) for text in self.unsettled())

    def unsettled(self) -> Iterator[str]:
        """The sentence that names what was not searched before the time limit, if there is any."""
        paths: dict[str, list[KeyPath]] = {}
        for path in self.changes.unsettled:
            paths.setdefault(str(path[-1]), []).append(path)
        if paths:
            policy = self.assessment.policy
            whats = (self.what(of_fact, policy.names[name].title) for name, of_fact in paths.items())
            yield self.say["unsettled"].format(whats=self.say["join_facts"].join(whats))

    def sentences(self) -> Iterator[_Sentence]:
        """One sentence for each change, or the one that says why there are none."""
        if self.assessment.category is None:
            missing = (self.what([missing.path], missing.title) for missing in self.assessment.missing)
            yield _Sentence(self.say["undecided"].format(missing=self.say["join"].join(missing)))
        elif self.changes.is_complete and not self.changes.changes:
            yield _Sentence(self.say["nothing"])
        elif not self.changes.changes:
            yield _Sentence(self.say["nothing_searched"])
        for total in self.changes.totals:
            yield self.number(total.changes[0], total.term.title)
        yield from self.alone()

    def alone(self) -> Iterator[_Sentence]:
        """The changes outside totals; options with the same result, and equal changes of members, share a sentence."""
        options: dict[tuple[KeyPath, tuple[Outcome, ...]], list[Change]] = {}
        for change in self.changes.alone:
            key = (change.path if change.by is None else (*change.path, change.by > 0), change.possible)
            options.setdefault(key, []).append(change)
        equal: dict[tuple[object, ...], list[list[Change]]] = {}
        for changes in options.values():
            first = changes[0]
            new_values = tuple(change.new if change.by is None else change.by for change in changes)
            equal.setdefault((first.fact, new_values, first.possible), []).append(changes)
        for group in equal.values():
            changes = group[0]
            first = changes[0]
            what = self.what([members[0].path for members in group], first.fact.title)
            yield self.number(first, what) if first.by is not None else self.option(changes, what)

    def number(self, change: Change, what: str) -> _Sentence:
        fact, by = change.fact, cast(Exact, change.by)
        amount = value_text(self.assessment.policy, fact.kind, max(by, -by), self.say, fact.counted_in)
        return self.sentence("more" if by > 0 else "less", change, what, amount=amount)

    def option(self, changes: list[Change], what: str) -> _Sentence:
        policy, kind = self.assessment.policy, changes[0].fact.kind
        values = (value_text(policy, kind, change.new, self.say) for change in changes)
        options = [self.say["option"].format(option=value) for value in values]
        *some, last = options
        either = self.say["or"].format(some=self.say["join"].join(some), last=last) if some else last
        return self.sentence("other", changes[0], what, options=either)

    def sentence(self, how: str, change: Change, what: str, **words: str) -> _Sentence:
        is_open, is_number = change.category is None, change.by is not None
        categories = self.say["join"].join(outcome.title for outcome in change.possible)
        text = self.say[how + "_open" if is_open else how].format(what=what, categories=categories, **words)
        return _Sentence(text, what, is_open, is_number)

    def what(self, paths: list[KeyPath], title: str) -> str:
        """A fact's title with its members."""
        who = self.say["join"].join(self.names[cast(int, path[1])] for path in paths if path[0] == "members")
        return self.say["of_member"].format(who=who, title=title) if who else title


# --- As JSON -----------------------------------------------------------------------------------------------------


def _json(changes: Changes) -> dict[str, object]:
    """The totals and the changes as JSON; paths count members from 1."""
    return {
        "totals": [
            {
                "term": total.term.name,
                "title": total.term.title,
                "by": _by_json(total.changes[0]),
                **_result_json(total.possible, total.category),
                "paths": [path_text(change.path) for change in total.changes],
            }
            for total in changes.totals
        ],
        "changes": [
            {
                "path": path_text(change.path),
                "title": change.fact.title,
                "from": _value_json(change, change.old),
                "to": _value_json(change, change.new),
                "by": _by_json(change),
                **_result_json(change.possible, change.category),
            }
            for change in changes.changes
        ],
        "unsettled": [path_text(path) for path in changes.unsettled],
    }


def _result_json(possible: Iterable[Outcome], category: Outcome | None) -> dict[str, object]:
    return {"category": outcome_json(category), "possible": [outcome_json(outcome) for outcome in possible]}


def _by_json(change: Change) -> object:
    return None if change.by is None else _value_json(change, change.by)


def _value_json(change: Change, value: Value) -> object:
    kind = change.fact.kind
    if isinstance(kind, NumberKind):
        number = cast(Exact, value)
        return value_json(change.after, kind, Figure(number, number, unit_name(kind.unit)))
    return value_json(change.after, kind, value)
