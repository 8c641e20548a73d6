"""The history of a household: its facts and verdicts at two times, and what is due now."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal, cast

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.household import Household, HouseholdText, Member, as_given
from hardship_rules.assessment.outcomes import Figure, unit_name
from hardship_rules.comparison.policies import compare
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number, high, low
from hardship_rules.core.kinds import DateKind, NumberKind, Value
from hardship_rules.core.policy import Decision, Fact, Outcome, Policy
from hardship_rules.core.problem import FactError, KeyPath, Language, path_text
from hardship_rules.documents.document import Banner, Block, Document, Item, Listing, Paragraph, Section
from hardship_rules.engine.interval import is_known
from hardship_rules.explanation import reasons
from hardship_rules.explanation.formats import RENDERERS
from hardship_rules.explanation.json import outcome_json, policy_json, value_json
from hardship_rules.explanation.reasons import Describer
from hardship_rules.explanation.wording import full_name, one_line, value_text
from hardship_rules.locale import sentences

FORMAT = "hardship-rules/development/1"
Given = Mapping[str, object] | HouseholdText | Assessment
_Values = FrozenMapping[str, Value]

_SENTENCES: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {lang: FrozenMapping({**words, **sentences("history", lang)}) for lang, words in reasons.SENTENCES.items()}
)


@frozen
class FactChange:
    """A fact with two different values; `path` is where it is now."""

    path: KeyPath
    fact: Fact
    old: Value = field(repr=False)
    new: Value = field(repr=False)


@frozen
class MemberChange:
    """A member who left, by the earlier number, or joined, by the number now; both count from 0."""

    what: Literal["left", "joined"]
    number: int


@frozen
class Due:
    """An outcome that holds now, of a decision other than the category; `new` where it did not hold before."""

    decision: Decision
    outcome: Outcome
    new: bool


Cause = Literal["policy", "day"] | FactChange | MemberChange
"""A possible cause of a changed category: the policy, the day, a fact, or a member."""


@frozen
class Development:
    """A household assessed at two times; its `repr` shows no facts."""

    before: Assessment
    now: Assessment

    @cached_property
    def _matched(self) -> dict[int, int]:
        return match_members(self.before, self.now)

    @cached_property
    def facts(self) -> tuple[FactChange, ...]:
        """The changed facts of the household, and of the members who are in it at both times."""
        return tuple(fact_changes(self.before, self.now, self._matched))

    @property
    def members(self) -> tuple[MemberChange, ...]:
        """The members who left and who joined."""
        earlier, current = (range(len(assessment.household.members)) for assessment in (self.before, self.now))
        those_who_left = (number for number in earlier if number not in self._matched.values())
        those_who_joined = (number for number in current if number not in self._matched)
        return (
            *(MemberChange("left", number) for number in those_who_left),
            *(MemberChange("joined", number) for number in those_who_joined),
        )

    @property
    def otherwise(self) -> tuple[Cause, ...]:
        """Everything that is different: the policy, the day, members and facts."""
        different: list[Cause] = []
        if self.before.policy.fingerprint != self.now.policy.fingerprint:
            different.append("policy")
        if self.before.household.on != self.now.household.on:
            different.append("day")
        return (*different, *self.members, *self.facts)

    @property
    def reassess(self) -> bool:
        """Whether the earlier verdict is out of date: the policy, a member, or a fact that the category uses changed.

        A later day is not enough; an age that changed with it is.
        """
        order = set(self.now.policy.category_order)
        used = order.union(*(self.now.policy.uses[name] for name in order))
        return any(
            cause.fact.name in used if isinstance(cause, FactChange) else cause != "day" for cause in self.otherwise
        )

    @property
    def category_changed(self) -> bool | None:
        """Whether the category changed; None where that is not settled."""
        before, now = (set(_possible(assessment)) for assessment in (self.before, self.now))
        return before != now if len(before) == len(now) == 1 else None if before & now else True

    @cached_property
    def due(self) -> tuple[Due, ...]:
        """The outcomes that hold now of every decision other than the category, such as what happens to the file."""
        return tuple(due(self.before, self.now))

    @cached_property
    def because(self) -> tuple[Cause, ...]:
        """The single causes of a changed category: undoing one of them gives the earlier category.

        Empty where only several of them together changed it.
        """
        return tuple(single_causes(self.before, self.now, self.otherwise)) if self.category_changed else ()

    def explain(self, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # as `explain` has it
        """The changes and what is due, in words (`text`, `markdown`, an `html` page), or as JSON for programs.

        Raises `ValueError` for an unknown format or language.
        """
        if lang not in _SENTENCES:
            raise ValueError(f"lang is one of {', '.join(_SENTENCES)}")
        if format == "json":
            return json.dumps(_json(self), ensure_ascii=False, separators=(",", ":")) + "\n"
        words = _Words(self, _SENTENCES[lang])
        if format == "text":
            return "\n".join(words.lines()) + "\n"
        if format in RENDERERS:
            return RENDERERS[format](words.document(lang))
        raise ValueError("format is one of text, markdown, html, json")


def changes(policy: Policy, before: Given, now: Given, earlier: Policy | None = None) -> Development:
    """The history of a household between two times.

    `before` and `now` are households with their day, or assessments. `earlier` is the policy of `before`, where it is
    not `policy`. Raises what `assess` raises.
    """
    return Development(
        before if isinstance(before, Assessment) else assess(earlier or policy, before),
        now if isinstance(now, Assessment) else assess(policy, now),
    )


# --- What changed, and why ---------------------------------------------------------------------------------------


def match_members(before: Assessment, now: Assessment) -> dict[int, int]:
    """The earlier number of each member, by the number now; members without a certain match are left out.

    Members match by label. Members without labels match if all their facts are equal; else if all dates and the first
    `called by` fact are equal; else if that fact is equal and no known dates differ.
    """
    facts = before.policy.members.facts
    first = before.policy.members.called_by[:1]
    dates = [name for name, fact in facts.items() if isinstance(fact.kind, DateKind)]

    def known(member: Member, names: Iterable[str]) -> tuple[Value, ...] | None:
        values = tuple(member.values[name] for name in names)
        return values if values and member.label is None and all(map(is_known, values)) else None

    matched: dict[int, int] = {}
    marks: tuple[Callable[[Member], object], ...] = (
        lambda member: member.label,
        lambda member: None if member.label is not None else tuple(member.values.items()),
        lambda member: known(member, (*first, *dates)),
        lambda member: known(member, first),
    )
    for mark in marks:
        earlier, current = (_by_mark(household, mark) for household in (before.household, now.household))
        for key, numbers in current.items():
            unmatched_now = [number for number in numbers if number not in matched]
            unmatched_before = [number for number in earlier.get(key, ()) if number not in matched.values()]
            if len(unmatched_now) == len(unmatched_before) == 1:
                old_number, new_number = unmatched_before[0], unmatched_now[0]
                old, new = before.household.members[old_number], now.household.members[new_number]
                if not any(_differ(old.values[name], new.values[name]) for name in dates):
                    matched[new_number] = old_number
    return matched


def _differ(a: Value, b: Value) -> bool:
    """Whether two values are known and different."""
    return is_known(a) and is_known(b) and a != b


def _by_mark(household: Household, mark: Callable[[Member], object]) -> dict[object, list[int]]:
    """The numbers of the members by a mark; members whose mark is None are left out."""
    numbers: dict[object, list[int]] = {}
    for number, member in enumerate(household.members):
        key = mark(member)
        if key is not None:
            numbers.setdefault(key, []).append(number)
    return numbers


def fact_changes(before: Assessment, now: Assessment, matched: Mapping[int, int]) -> Iterator[FactChange]:
    """The changed facts that both policies have, the household's own first.

    A derived fact is left out where a changed fact that it is derived from was known before.
    """
    pairs: list[tuple[KeyPath, _Values, _Values]] = [((), before.household.values, now.household.values)]
    pairs += [
        (("members", number), before.household.members[earlier].values, now.household.members[number].values)
        for number, earlier in sorted(matched.items())
    ]
    policy = now.policy
    for start, old, new in pairs:
        changed = [name for name in new if name in old and old[name] != new[name]]
        for name in changed:
            changed_inputs = [used for used in changed if used in policy.uses[name] and is_known(old[used])]
            if not changed_inputs or (*start, name) not in now.household.derived:
                yield FactChange((*start, name), cast(Fact, policy.names[name]), old[name], new[name])


def due(before: Assessment, now: Assessment) -> Iterator[Due]:
    """The outcomes that hold now of every decision other than the category."""
    for name, decided in now.decisions.items():
        if decided.decision is not now.policy.category:
            earlier = before.decisions.get(name)
            held = {outcome.id for outcome in earlier.holding} if earlier else set()
            yield from (Due(decided.decision, outcome, outcome.id not in held) for outcome in decided.holding)


def single_causes(before: Assessment, now: Assessment, causes: Iterable[Cause]) -> Iterator[Cause]:
    """The causes that give the earlier category when one of them alone is undone."""
    categories = _possible(before)
    for cause in causes:
        if isinstance(cause, FactChange) and not is_known(cause.old):
            continue
        try:
            if categories == _possible(_undone(before, now, cause)):
                yield cause
        except FactError:  # no such household exists
            continue


def _undone(before: Assessment, now: Assessment, cause: Cause) -> Assessment:
    """The household as it is now, with one cause undone."""
    policy, household = now.policy, now.household
    if cause == "policy":
        given = as_given(policy, household)
        return compare(before.policy, policy, given, household.on).sides[0].assessment
    always = evolve(policy, start=None, end=None)  # the earlier day may be outside the policy's window
    if cause == "day":
        return assess(always, as_given(policy, household), before.household.on)
    if isinstance(cause, FactChange):
        given = as_given(policy, household, {cause.path: cause.old})
        if cause.path in household.derived:  # the facts that it is derived from would contradict it
            facts = (
                given if len(cause.path) == 1 else cast(list[dict[str, object]], given["members"])[int(cause.path[1])]
            )
            for name in policy.uses[cause.fact.name]:
                facts.pop(name, None)
        return assess(always, given, household.on)
    given = as_given(policy, household)
    members = cast(list[dict[str, object]], given["members"])
    if cause.what == "joined":
        del members[cause.number]
    else:
        earlier = cast(list[dict[str, object]], as_given(before.policy, before.household)["members"])[cause.number]
        members.append({name: value for name, value in earlier.items() if name in (*policy.members.facts, "label")})
    return assess(always, given, household.on)


def _possible(assessment: Assessment) -> list[str]:
    return [outcome.id for outcome in assessment.possible]


# --- In words ----------------------------------------------------------------------------------------------------


class _Words:
    """One development as lines of text, and as a document."""

    def __init__(self, development: Development, say: Mapping[str, str]) -> None:
        self.development = development
        self.say = say
        self.before, self.now = (Describer(assessment, say) for assessment in (development.before, development.now))

    def verdict(self) -> str:
        """The category before and now."""
        before, now = (text.verdict(text.assessment.decided) for text in (self.before, self.now))
        title, same = self.now.policy.category.title, self.development.category_changed is False
        words = self.say["category_same" if same else "category"].format(title=title, before=before, now=now)
        return self.now.headed(words)

    def policies_and_days(self) -> str:
        """The policy and the day, before and now."""
        policies = {"before": self.before.policy.title, "now": self.now.policy.title}
        days = {"before_on": self.day(self.before), "now_on": self.day(self.now)}
        return self.say["verdicts"].format(**policies, **days)

    def reassess(self) -> str:
        sentence = "reassess" if self.development.reassess else "no_matter"
        return self.say[sentence if self.development.otherwise else "nothing_new"]

    def document(self, lang: Language) -> Document:
        """The same, the verdict first."""
        whole = tuple(map(one_line, self.now.policy.category.options.values()))
        return Document(one_line(self.verdict()), tuple(self.blocks()), "zh-CN" if lang == "zh" else lang, whole=whole)

    def blocks(self) -> Iterator[Block]:
        category = self.development.now.category
        tone = "open" if category is None else category.tone
        yield Banner(tone, one_line(self.policies_and_days().strip()), one_line(self.verdict()), self.reassess())
        if self.development.otherwise:
            hints = [self.say["not_told_apart"].strip()] if self.may_be_unmatched else []
            yield self.listed("differences", map(self.cause, self.development.otherwise), hints)
        if self.development.because:
            yield self.listed("causes", map(self.cause, self.development.because), [self.say["because"]])
        elif self.development.category_changed:
            yield Section(self.say["causes"], (Paragraph(self.say["because_together"]),))
        if due := tuple(self.due()):
            yield Section(self.say["dues"], tuple(Paragraph(one_line(line)) for line in due))
        if missing := list(self.now.missing()):
            yield self.listed("missing", missing, ())
        yield Paragraph(self.say["disclaimer"], aside=True)

    def listed(self, title: str, lines: Iterable[str], before: Iterable[str]) -> Section:
        items = tuple(Item(one_line(line)) for line in lines)
        return Section(self.say[title], (*map(Paragraph, before), Listing(items)))

    def lines(self) -> Iterator[str]:
        yield self.verdict()
        yield self.policies_and_days()
        yield ""
        yield self.reassess()
        yield from (f"  {self.cause(cause)}" for cause in self.development.otherwise)
        if self.may_be_unmatched:
            yield self.say["not_told_apart"]
        if self.development.category_changed:
            yield self.say["because" if self.development.because else "because_together"]
            yield from (f"  {self.cause(cause)}" for cause in self.development.because)
        yield ""
        yield from self.due()
        if missing := list(self.now.missing()):
            yield self.say["missing"]
            yield from (f"  {fact}" for fact in missing)
        yield self.say["disclaimer"]

    @property
    def may_be_unmatched(self) -> bool:
        """Whether one member both left and joined, and may be the same person."""
        return len({change.what for change in self.development.members}) > 1

    def due(self) -> Iterator[str]:
        """Each decision other than the category with its outcomes, new ones marked."""
        new = {(due.decision.name, due.outcome.id) for due in self.development.due if due.new}
        for name, decided in self.development.now.decisions.items():
            if decided.decision is self.now.policy.category:
                continue
            titles = [
                (self.say["new"].format(title=outcome.title) if (name, outcome.id) in new else outcome.title)
                + self.now.grade(outcome.provenance)
                for outcome in decided.holding
            ]
            if titles or len(decided.possible) == len(decided.holding):
                outcomes = self.say["join"].join(titles) or self.say["nothing"]
                yield self.say["due"].format(title=decided.decision.title, outcomes=outcomes)
            else:
                possible = self.now.titles(decided.possible)
                yield self.say["due_open"].format(title=decided.decision.title, possible=possible)

    def cause(self, cause: Cause) -> str:
        if cause == "policy":
            return self.say["policy"].format(old=self.before.policy.title, new=self.now.policy.title)
        if cause == "day":
            return self.say["day"].format(old=self.day(self.before), new=self.day(self.now))
        if isinstance(cause, MemberChange):
            whose = self.development.now if cause.what == "joined" else self.development.before
            return self.say[cause.what].format(who=full_name(whose, cause.number, self.say))
        fact, policy = cause.fact, self.now.policy
        old, new = (value_text(policy, fact.kind, value, self.say, fact.counted_in) for value in (cause.old, cause.new))
        who = self.now.names[cast(int, cause.path[1])] if cause.path[0] == "members" else ""
        what = self.say["of_member"].format(who=who, title=fact.title) if who else fact.title
        return self.say["changed"].format(what=what, old=old, new=new)

    def day(self, text: Describer) -> str:
        on = text.assessment.household.on
        return self.say["no_day"] if on is None else on.isoformat()


# --- As JSON -----------------------------------------------------------------------------------------------------


def _json(development: Development) -> dict[str, object]:
    """The documented JSON form."""
    now = development.now
    return {
        "format": FORMAT,
        "reference": now.household.reference,
        "reassess": development.reassess,
        "category_changed": development.category_changed,
        "sides": [_side_json(assessment) for assessment in (development.before, now)],
        "otherwise": [_cause_json(now, cause) for cause in development.otherwise],
        "because": [_cause_json(now, cause) for cause in development.because],
        "due": [
            {"decision": due.decision.name, "outcome": outcome_json(due.outcome), "new": due.new}
            for due in development.due
        ],
        "missing": [{"path": path_text(missing.path), "title": missing.title} for missing in now.missing],
    }


def _side_json(assessment: Assessment) -> dict[str, object]:
    on = assessment.household.on
    return {
        "policy": policy_json(assessment.policy),
        "on": None if on is None else on.isoformat(),
        "category": outcome_json(assessment.category),
        "possible": [outcome_json(outcome) for outcome in assessment.possible],
    }


def _cause_json(now: Assessment, cause: Cause) -> dict[str, object]:
    """One cause; members are counted from 1."""
    if isinstance(cause, FactChange):
        old, new = (_value_json(now, cause, value) for value in (cause.old, cause.new))
        return {"is": "fact", "path": path_text(cause.path), "title": cause.fact.title, "from": old, "to": new}
    if isinstance(cause, MemberChange):
        return {"is": cause.what, "member": cause.number + 1}
    return {"is": cause}


def _value_json(assessment: Assessment, change: FactChange, value: Value) -> object:
    kind = change.fact.kind
    if isinstance(kind, NumberKind):
        number = cast(Number, value)
        return value_json(assessment, kind, Figure(low(number), high(number), unit_name(kind.unit)))
    return value_json(assessment, kind, value)
