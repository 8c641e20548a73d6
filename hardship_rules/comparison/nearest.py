"""The nearest changes of facts that would change the category."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import assert_never, cast

from attrs import frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.break_points import lines_from
from hardship_rules.assessment.counterfactual import Change, Total, totals
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.assessment.outcomes import Figure, Outcomes, unit_name
from hardship_rules.assessment.value_search import NearestValue
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind, DateKind, NumberKind, Value, YesNoKind
from hardship_rules.core.policy import Fact, Outcome, Policy
from hardship_rules.core.problem import Language, Path, path_text
from hardship_rules.documents.document import Block, Item, Listing, Paragraph, Section
from hardship_rules.engine.evaluate import is_known
from hardship_rules.explanation import reasons as telling
from hardship_rules.explanation.formats import document, explain
from hardship_rules.explanation.json import as_json, outcome_json, turns_json, value_json
from hardship_rules.explanation.wording import member_names, one_line, value_text

SENTENCES: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {
        "zh": FrozenMapping(
            {
                "heading": "其他事实不变，下列任何一项单独改变，类别即随之改变",
                "heading_open": "下列任何一项单独改变，类别即待定，须补充其他事实才能认定",
                "others_open": "下列事实改变后，可能须补充其他事实才能认定：{whats}",
                "title": "哪些变化会改变类别",
                "nothing": "没有哪一项事实单独改变会使类别改变",
                "undecided": "类别待定，尚不能说明哪些变化会使它改变；还需先补充：{missing}",
                "more": "{what}再增加 {amount}，即转为{categories}",
                "less": "{what}减少 {amount}，即转为{categories}",
                "other": "{what}改为{options}，即转为{categories}",
                "more_open": "{what}再增加 {amount}，可能为{categories}",
                "less_open": "{what}减少 {amount}，可能为{categories}",
                "other_open": "{what}改为{options}，可能为{categories}",
                "of_member": "{who}{title}",
                "option": "“{option}”",
                "join": "、",
                "or": "{some}或{last}",
                "nth": "第{number}人",
                "unknown": "未知",
                "yes": "是",
                "no": "否",
            }
        ),
        "en": FrozenMapping(
            {
                "heading": "Any one of these changes, all else as it is, gives another category",
                "heading_open": "Any one of these changes leaves the category open until other facts are given",
                "others_open": "Changes of these may leave the category open until other facts are given: {whats}",
                "title": "What would change the category",
                "nothing": "No change of any single fact gives another category",
                "undecided": "The category is open, so nothing can be said to change it; first give: {missing}",
                "more": "{what} higher by {amount} gives {categories}",
                "less": "{what} lower by {amount} gives {categories}",
                "other": "{what} changed to {options} gives {categories}",
                "more_open": "{what} higher by {amount} may give {categories}",
                "less_open": "{what} lower by {amount} may give {categories}",
                "other_open": "{what} changed to {options} may give {categories}",
                "of_member": "{title} ({who})",
                "option": "“{option}”",
                "join": ", ",
                "or": "{some} or {last}",
                "nth": "member {number}",
                "unknown": "unknown",
                "yes": "yes",
                "no": "no",
            }
        ),
    }
)


@frozen
class Changes:
    """An assessment, and what would change its category; nothing while that is undecided."""

    assessment: Assessment
    changes: tuple[Change, ...]

    @cached_property
    def totals(self) -> tuple[Total, ...]:
        """The changes that are one of a total of the household."""
        return totals(self.assessment, self.changes)

    @property
    def alone(self) -> tuple[Change, ...]:
        """The changes that belong to no total."""
        together = {(change.path, change.new) for total in self.totals for change in total.changes}
        return tuple(change for change in self.changes if (change.path, change.new) not in together)

    def sentences(self, lang: Language = "zh") -> tuple[str, ...]:
        """One sentence for each change, totals first, alike changes of several members in one."""
        return tuple(told.sentence for told in _Words(self, lang).sentences())

    def explain(
        self,
        *,
        format: str = "text",  # noqa: A002  # as `explain` has it
        lang: Language = "zh",
        detail: str = "short",
        turns: bool = False,
    ) -> str:
        """The assessment as `explain` gives it, in any of its forms, with what would change it.

        That stands at the end of the text, in a page and in Markdown before what is folded.
        """
        if format == "json":
            turning = {"turns_on": turns_json(self.assessment)} if turns else {}
            return as_json(self.assessment, {**turning, "would_change": _document(self)})
        if format in ("markdown", "html"):
            return document(self.assessment, format, lang, detail, _Words(self, lang).blocks())
        return (
            explain(self.assessment, format=format, lang=lang, detail=detail)
            + "\n"
            + "\n".join(_Words(self, lang).lines())
            + "\n"
        )


@frozen
class _Told:
    """A sentence, what it says would be changed, and how."""

    sentence: str
    what: str = ""
    leaves_open: bool = False
    is_number: bool = False


class _Words:
    """The sentences of some changes."""

    def __init__(self, changes: Changes, lang: Language) -> None:
        if lang not in SENTENCES:
            raise ValueError(f"lang is one of {', '.join(SENTENCES)}")
        self.changes = changes
        self.assessment = changes.assessment
        self.say = SENTENCES[lang]
        self.names = member_names(self.assessment, telling.SENTENCES[lang])

    def lines(self) -> Iterator[str]:
        """The sentences under their headings."""
        for heading, sentences in self.parts():
            yield from (heading, *(f"  {sentence}" for sentence in sentences))

    def blocks(self) -> Iterator[Block]:
        """The same as a section of a document."""
        inside: list[Block] = []
        for heading, sentences in self.parts():
            inside.append(Paragraph(one_line(heading)))
            if sentences:
                inside.append(Listing(tuple(Item(one_line(sentence)) for sentence in sentences)))
        yield Section(self.say["title"], tuple(inside))

    def parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Headings, each with its sentences; of the options that leave the category open only whose they are."""
        told = list(self.sentences())
        if not self.changes.changes:
            yield from ((each.sentence, ()) for each in told)
            return
        closed = tuple(each.sentence for each in told if not each.leaves_open)
        open_ = tuple(each.sentence for each in told if each.leaves_open and each.is_number)
        for heading, under in (("heading", closed), ("heading_open", open_)):
            if under:
                yield self.say[heading], under
        whats = dict.fromkeys(each.what for each in told if each.leaves_open and not each.is_number)
        if whats:
            yield self.say["others_open"].format(whats=self.say["join"].join(whats)), ()

    def sentences(self) -> Iterator[_Told]:
        """Why there are none, or one for each change."""
        if self.assessment.category is None:
            missing = (self.what([each.path], each.title) for each in self.assessment.missing)
            yield _Told(self.say["undecided"].format(missing=self.say["join"].join(missing)))
        elif not self.changes.changes:
            yield _Told(self.say["nothing"])
        for total in self.changes.totals:
            yield self.number(total.changes[0], total.term.title)
        yield from self.alone()

    def alone(self) -> Iterator[_Told]:
        """The changes of single facts: the options of a choice that lead to the same, and then the members alike."""
        options: dict[tuple[Path, tuple[Outcome, ...]], list[Change]] = {}
        for change in self.changes.alone:
            key = (change.path if change.by is None else (*change.path, change.by > 0), change.possible)
            options.setdefault(key, []).append(change)
        alike: dict[tuple[object, ...], list[list[Change]]] = {}
        for changes in options.values():
            first = changes[0]
            news = tuple(change.new if change.by is None else change.by for change in changes)
            alike.setdefault((first.fact, news, first.possible), []).append(changes)
        for together in alike.values():
            first, *_ = changes = together[0]
            what = self.what([each[0].path for each in together], first.fact.title)
            yield self.number(first, what) if first.by is not None else self.option(changes, what)

    def number(self, change: Change, what: str) -> _Told:
        fact, by = change.fact, cast(Exact, change.by)
        amount = value_text(self.assessment.policy, fact.kind, max(by, -by), self.say, fact.counted_in)
        return self.told("more" if by > 0 else "less", change, what, amount=amount)

    def option(self, changes: list[Change], what: str) -> _Told:
        policy, kind = self.assessment.policy, changes[0].fact.kind
        options = [self.say["option"].format(option=value_text(policy, kind, each.new, self.say)) for each in changes]
        *some, last = options
        either = self.say["or"].format(some=self.say["join"].join(some), last=last) if some else last
        return self.told("other", changes[0], what, options=either)

    def told(self, how: str, change: Change, what: str, **words: str) -> _Told:
        is_open, is_number = change.category is None, change.by is not None
        categories = self.say["join"].join(outcome.title for outcome in change.possible)
        sentence = self.say[how + "_open" if is_open else how].format(what=what, categories=categories, **words)
        return _Told(sentence, what, is_open, is_number)

    def what(self, paths: list[Path], title: str) -> str:
        """A fact's title with the members whose it is."""
        who = self.say["join"].join(self.names[cast(int, path[1])] for path in paths if path[0] == "members")
        return self.say["of_member"].format(who=who, title=title) if who else title


def _document(changes: Changes) -> dict[str, object]:
    """The totals and the changes as JSON; paths count members from 1."""
    return {
        "totals": [
            {
                "term": total.term.name,
                "title": total.term.title,
                "by": _by(total.changes[0]),
                **_leads_to(total.possible, total.category),
                "paths": [path_text(change.path) for change in total.changes],
            }
            for total in changes.totals
        ],
        "changes": [
            {
                "path": path_text(change.path),
                "title": change.fact.title,
                "from": _value(change, change.old),
                "to": _value(change, change.new),
                "by": _by(change),
                **_leads_to(change.possible, change.category),
            }
            for change in changes.changes
        ],
    }


def _leads_to(possible: Iterable[Outcome], category: Outcome | None) -> dict[str, object]:
    return {"category": outcome_json(category), "possible": [outcome_json(outcome) for outcome in possible]}


def _by(change: Change) -> object:
    return None if change.by is None else _value(change, change.by)


def _value(change: Change, value: Value) -> object:
    kind = change.fact.kind
    if isinstance(kind, NumberKind):
        number = cast(Exact, value)
        return value_json(change.after, kind, Figure(number, number, unit_name(kind.unit)))
    return value_json(change.after, kind, value)


def what_would_change(
    policy: Policy, household: Mapping[str, object] | HouseholdText, on: date | str | None = None
) -> Changes:
    """What would change a household's category: of each known fact by itself, the others as they are.

    Of a number it is the least change upward and the least downward, to the fact's smallest unit; of a yes-or-no and
    of a choice, each other option that gives another category. Each is confirmed by assessing the household with that
    change; with one smallest unit less it was assessed too, and its category is still the same. What lies outside a
    fact's range or breaks a `must` is no household and no change. What stands in for facts left out follows. Days are
    not changed. Of an undecided household there is nothing, and `missing` says why. Raises what `assess` raises.
    """
    assessment = assess(policy, household, on)
    decided = assessment.category is not None
    return Changes(
        assessment, tuple(_Changes(assessment, NearestValue(assessment.outcomes)).changes()) if decided else ()
    )


@frozen
class _Changes:
    """The changes of one decided household."""

    assessment: Assessment
    search: NearestValue

    def changes(self) -> Iterator[Change]:
        """The nearest of each number in both directions, and every other option, that give another category."""
        for path, fact, now in self.known_facts():
            match fact.kind:
                case NumberKind() as kind:
                    lines = (self.search.nearest(path, line) for line in lines_from(kind, cast(Exact, now)))
                    found: list[tuple[Value, Outcomes]] = [(new, after) for new, _, after in filter(None, lines)]
                case ChoiceKind(options):
                    found = list(self.others(path, [option for option in options if option != now]))
                case YesNoKind():
                    found = list(self.others(path, [not now]))
                case DateKind():
                    found = []
                case _:
                    assert_never(fact.kind)
            yield from (Change(path, fact, now, new, Assessment(after)) for new, after in found)

    def known_facts(self) -> Iterator[tuple[Path, Fact, Value]]:
        """The facts that are known, the household's own first, with their values."""
        policy, household = self.assessment.policy, self.assessment.household
        whole = ((("members", number), member.values) for number, member in enumerate(household.members))
        for before, values in (((), household.values), *whole):
            for name, fact in (policy.members.facts if before else policy.facts).items():
                if is_known(values[name]):
                    yield (*before, name), fact, values[name]

    def others(self, path: Path, options: Iterable[Value]) -> Iterator[tuple[Value, Outcomes]]:
        """The options that give another category."""
        for option in options:
            after = self.search.changed(path, option)
            if after is not None:
                yield option, after
