"""One household at two times: the facts that changed, the category, and what happens to its file."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal, cast

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.household import Household, HouseholdText, Member, as_given
from hardship_rules.assessment.outcomes import Figure, unit_name
from hardship_rules.comparison._compare import compare
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number, high, low
from hardship_rules.core.kinds import DateKind, NumberKind, Value
from hardship_rules.core.policy import Decision, Fact, Outcome, Policy
from hardship_rules.core.problem import FactError, Language, Path, path_text
from hardship_rules.documents.document import Banner, Block, Document, Item, Listing, Paragraph, Section
from hardship_rules.engine.evaluate import is_known
from hardship_rules.explanation import reasons as telling
from hardship_rules.explanation.formats import RENDERERS
from hardship_rules.explanation.json import outcome_json, policy_json, value_json
from hardship_rules.explanation.reasons import Telling
from hardship_rules.explanation.wording import full_name, one_line, value_text


@frozen
class FactChange:
    """A fact that is otherwise than before: where it stands now, and both values."""

    path: Path
    fact: Fact
    old: Value = field(repr=False)
    new: Value = field(repr=False)


@frozen
class MemberChange:
    """A member who left, numbered as before, or joined, numbered as now, from 0."""

    what: Literal["left", "joined"]
    number: int


@frozen
class Due:
    """An outcome that holds now, of a decision after the category; `new` where it did not hold before."""

    decision: Decision
    outcome: Outcome
    new: bool


Cause = Literal["policy", "day"] | FactChange | MemberChange
"""What may have made it another category: the other policy, the time that has passed, a fact, or a member."""


def same_members(before: Assessment, now: Assessment) -> dict[int, int]:
    """Of each member now who was there before, the number then; nobody is guessed at.

    One is the same who has the same label; of those without, who says all the same, or who is called the same, by the
    first of the facts by which the policy calls members, with the same dates; or else the only one left who is called
    so, if no dates differ.
    """
    facts = before.policy.members.facts
    first = before.policy.members.called_by[:1]
    dates = [name for name, fact in facts.items() if isinstance(fact.kind, DateKind)]

    def called(member: Member, names: Iterable[str]) -> tuple[Value, ...] | None:
        values = tuple(member.values[name] for name in names)
        return values if values and member.label is None and all(map(is_known, values)) else None

    found: dict[int, int] = {}
    marks: tuple[Callable[[Member], object], ...] = (
        lambda member: member.label,
        lambda member: None if member.label is not None else tuple(member.values.items()),
        lambda member: called(member, (*first, *dates)),
        lambda member: called(member, first),
    )
    for mark in marks:
        then, there = (_marked(household, mark) for household in (before.household, now.household))
        left_then = {key: [each for each in then[key] if each not in found.values()] for key in then}
        left_now = {key: [each for each in there[key] if each not in found] for key in there}
        for key, numbers in left_now.items():
            if len(numbers) == len(left_then.get(key, ())) == 1:
                pair = before.household.members[left_then[key][0]], now.household.members[numbers[0]]
                if not any(_differ(*(member.values[name] for member in pair)) for name in dates):
                    found[numbers[0]] = left_then[key][0]
    return found


def _differ(one: Value, other: Value) -> bool:
    return is_known(one) and is_known(other) and one != other


def _marked(household: Household, mark: Callable[[Member], object]) -> dict[object, list[int]]:
    found: dict[object, list[int]] = {}
    for number, member in enumerate(household.members):
        key = mark(member)
        if key is not None:
            found.setdefault(key, []).append(number)
    return found


def fact_changes(before: Assessment, now: Assessment, same: Mapping[int, int]) -> Iterator[FactChange]:
    """The facts that both policies have and that are otherwise, the household's own first.

    What only follows from another that is otherwise, and that was known before, is not told again.
    """
    pairs = [((), before.household.values, now.household.values)] + [
        (("members", number), before.household.members[then].values, now.household.members[number].values)
        for number, then in sorted(same.items())
    ]
    policy = now.policy
    for start, old, new in cast(list[tuple[Path, FrozenMapping[str, Value], FrozenMapping[str, Value]]], pairs):
        otherwise = [name for name in new if name in old and old[name] != new[name]]
        for name in otherwise:
            from_these = [each for each in otherwise if each in policy.uses[name] and is_known(old[each])]
            if not from_these or (*start, name) not in now.household.derived:
                yield FactChange((*start, name), cast(Fact, policy.names[name]), old[name], new[name])


def due(before: Assessment, now: Assessment) -> Iterator[Due]:
    """What each decision after the category comes to now."""
    for name, decided in now.decisions.items():
        if decided.decision is not now.policy.category:
            earlier = before.decisions.get(name)
            held = {outcome.id for outcome in earlier.holding} if earlier else set()
            yield from (Due(decided.decision, each, each.id not in held) for each in decided.holding)


def because(before: Assessment, now: Assessment, causes: Iterable[Cause]) -> Iterator[Cause]:
    """Of what is otherwise all that alone, put back as it was, gives the category that it was."""
    was = _ids(before)
    for cause in causes:
        if isinstance(cause, FactChange) and not is_known(cause.old):
            continue
        try:
            if was == _ids(_put_back(before, now, cause)):
                yield cause
        except FactError:  # with that alone put back there is no such household
            continue


def _put_back(before: Assessment, now: Assessment, cause: Cause) -> Assessment:
    """The household as it is now, with one thing as it was."""
    policy, household = now.policy, now.household
    if cause == "policy":
        given = as_given(policy, household)
        return compare(before.policy, policy, given, household.on).sides[0].assessment
    always = evolve(policy, start=None, end=None)
    if cause == "day":
        return assess(always, as_given(policy, household), before.household.on)
    if isinstance(cause, FactChange):
        given = as_given(policy, household, {cause.path: cause.old})
        if cause.path in household.derived:  # what it followed from would contradict it
            holder = (
                given if len(cause.path) == 1 else cast(list[dict[str, object]], given["members"])[int(cause.path[1])]
            )
            for name in policy.uses[cause.fact.name]:
                holder.pop(name, None)
        return assess(always, given, household.on)
    given = as_given(policy, household)
    members = cast(list[dict[str, object]], given["members"])
    if cause.what == "joined":
        del members[cause.number]
    else:
        then = cast(list[dict[str, object]], as_given(before.policy, before.household)["members"])[cause.number]
        members.append({name: each for name, each in then.items() if name in (*policy.members.facts, "label")})
    return assess(always, given, household.on)


def _ids(assessment: Assessment) -> list[str]:
    return [outcome.id for outcome in assessment.possible]


Given = Mapping[str, object] | HouseholdText | Assessment
FORMAT = "hardship-rules/development/1"

SENTENCES: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {
        "zh": FrozenMapping(
            {
                **telling.SENTENCES["zh"],
                "category": "{title}：{before} → {now}",
                "category_same": "{title}：仍为{now}",
                "verdicts": "  前次 {before}（{before_on}），本次 {now}（{now_on}）",
                "no_day": "未写认定日期",
                "reassess": "下列各项与前次不同，须重新审核；本次结论按现在的情况作出",
                "no_matter": "下列各项与前次不同，认定类别用不到",
                "nothing_new": "与前次没有不同",
                "not_told_apart": "  同称的成员如是同一人，请在两份文件中写明“称呼”或出生日期",
                "because": "单独复原下列任何一项，即回到前次的类别",
                "because_together": "类别改变由几项共同引起：单独复原任何一项，都不回到前次的类别",
                "changed": "{what}：{old} → {new}",
                "differences": "与前次不同的各项",
                "causes": "类别改变的原因",
                "dues": "现在的处理",
                "policy": "政策：{old} → {new}",
                "day": "时间经过：{old} → {new}",
                "joined": "增加家庭成员：{who}",
                "left": "减少家庭成员：{who}",
                "due": "{title}：{outcomes}",
                "new": "{title}（新）",
                "due_open": "{title}：待定，可能为{possible}",
            }
        ),
        "en": FrozenMapping(
            {
                **telling.SENTENCES["en"],
                "category": "{title}: {before} → {now}",
                "category_same": "{title}: still {now}",
                "verdicts": "  before {before} ({before_on}), now {now} ({now_on})",
                "no_day": "no day given",
                "reassess": "These are otherwise than before, so that it is to be assessed anew, as was done here",
                "no_matter": "These are otherwise than before; the category does not use them",
                "nothing_new": "Nothing is otherwise than before",
                "not_told_apart": "  members called the same who are one person need a label or birth date in both",
                "because": "With any one of these alone put back, it is the category before",
                "because_together": "Several things together made it another category: none alone, put back, undoes it",
                "changed": "{what}: {old} → {new}",
                "differences": "What is different",
                "causes": "Why the category changed",
                "dues": "What is due",
                "policy": "policy: {old} → {new}",
                "day": "time passed: {old} → {new}",
                "joined": "a member joined: {who}",
                "left": "a member left: {who}",
                "due": "{title}: {outcomes}",
                "new": "{title} (new)",
                "due_open": "{title}: undecided: {possible}",
            }
        ),
    }
)


def changes(policy: Policy, before: Given, now: Given, earlier: Policy | None = None) -> "Development":
    """How a household has come along: assessed as it was before, and as it is now.

    Each is a household with its day, or an assessment that is there already. `earlier` is the policy of the first,
    where that is another year's. Raises what `assess` raises.
    """
    return Development(
        before if isinstance(before, Assessment) else assess(earlier or policy, before),
        now if isinstance(now, Assessment) else assess(policy, now),
    )


@frozen
class Development:
    """A household at two times, assessed at each; no fact shows in `repr`."""

    before: Assessment
    now: Assessment

    @cached_property
    def _same(self) -> dict[int, int]:
        return same_members(self.before, self.now)

    @cached_property
    def facts(self) -> tuple[FactChange, ...]:
        """The facts that are otherwise, of the household and of the members who are there both times."""
        return tuple(fact_changes(self.before, self.now, self._same))

    @property
    def members(self) -> tuple[MemberChange, ...]:
        """The members who left and who joined."""
        then, there = (range(len(each.household.members)) for each in (self.before, self.now))
        left = (MemberChange("left", number) for number in then if number not in self._same.values())
        return (*left, *(MemberChange("joined", number) for number in there if number not in self._same))

    @property
    def otherwise(self) -> tuple[Cause, ...]:
        """Everything that is otherwise: the policy, the day, members and facts."""
        found: list[Cause] = []
        if self.before.policy.fingerprint != self.now.policy.fingerprint:
            found.append("policy")
        if self.before.household.on != self.now.household.on:
            found.append("day")
        return (*found, *self.members, *self.facts)

    @property
    def reassess(self) -> bool:
        """The verdict before no longer answers: the policy, a member, or a fact that the category uses is otherwise.

        A day that passes is no reason by itself; the ages that it makes otherwise are.
        """
        order = set(self.now.policy.category_order)
        used = order.union(*(self.now.policy.uses[name] for name in order))
        return any(each.fact.name in used if isinstance(each, FactChange) else each != "day" for each in self.otherwise)

    @property
    def category_changed(self) -> bool | None:
        """Whether it is another category now; None where that is not settled."""
        was, is_now = ({outcome.id for outcome in each.possible} for each in (self.before, self.now))
        return was != is_now if len(was) == len(is_now) == 1 else None if was & is_now else True

    @cached_property
    def due(self) -> tuple[Due, ...]:
        """What every decision after the category comes to now: of the file, what is on record, papers to hand in."""
        return tuple(due(self.before, self.now))

    @cached_property
    def because(self) -> tuple[Cause, ...]:
        """What alone made it another category: with that as it was, and all else as now, it is the one before.

        None may be so by itself, where several together did it; and more than one may.
        """
        return tuple(because(self.before, self.now, self.otherwise)) if self.category_changed else ()

    def explain(self, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # as `explain` has it
        """What has changed and what is due, in words (`text`, `markdown`, an `html` page), or as JSON for programs."""
        if lang not in SENTENCES:
            raise ValueError(f"lang is one of {', '.join(SENTENCES)}")
        if format == "text":
            return "\n".join(_Words(self, SENTENCES[lang]).lines()) + "\n"
        if format in RENDERERS:
            words = _Words(self, SENTENCES[lang])
            classes = self.now.policy.category.options.values()
            language, whole = "zh-CN" if lang == "zh" else lang, tuple(map(one_line, classes))
            return RENDERERS[format](Document(one_line(words.verdict()), tuple(words.blocks()), language, whole=whole))
        if format == "json":
            return json.dumps(_document(self), ensure_ascii=False, separators=(",", ":")) + "\n"
        raise ValueError("format is one of text, markdown, html, json")


class _Words:
    """The lines of one development."""

    def __init__(self, development: Development, say: Mapping[str, str]) -> None:
        self.of = development
        self.say = say
        self.then, self.now = (Telling(each, say) for each in (development.before, development.now))

    def verdict(self) -> str:
        """What the category was, and what it is."""
        was, is_now = (each.verdict(each.assessment.decided) for each in (self.then, self.now))
        title, same = self.now.policy.category.title, self.of.category_changed is False
        words = self.say["category_same" if same else "category"].format(title=title, before=was, now=is_now)
        return self.now.headed(words)

    def both(self) -> str:
        """Under which policy and on which day, before and now."""
        policies = [each.policy.title for each in (self.then, self.now)]
        before_on, now_on = (self.day(each.assessment) for each in (self.then, self.now))
        return self.say["verdicts"].format(before=policies[0], before_on=before_on, now=policies[1], now_on=now_on)

    def reassess(self) -> str:
        some = "reassess" if self.of.reassess else "no_matter"
        return self.say[some if self.of.otherwise else "nothing_new"]

    def blocks(self) -> Iterator[Block]:
        """The same as blocks of a document, the verdict first."""
        category = self.of.now.category
        tone = "open" if category is None else category.tone
        yield Banner(tone, one_line(self.both().strip()), one_line(self.verdict()), self.reassess())
        if self.of.otherwise:
            told_apart = [self.say["not_told_apart"].strip()] * (len({each.what for each in self.of.members}) > 1)
            yield self.listed("differences", map(self.cause, self.of.otherwise), told_apart)
        if self.of.because:
            yield self.listed("causes", map(self.cause, self.of.because), [self.say["because"]])
        elif self.of.category_changed:
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
        yield self.both()
        yield ""
        yield self.reassess()
        yield from (f"  {self.cause(each)}" for each in self.of.otherwise)
        if len({each.what for each in self.of.members}) > 1:
            yield self.say["not_told_apart"]
        if self.of.category_changed:
            yield self.say["because" if self.of.because else "because_together"]
            yield from (f"  {self.cause(each)}" for each in self.of.because)
        yield ""
        yield from self.due()
        if missing := list(self.now.missing()):
            yield self.say["missing"]
            yield from (f"  {each}" for each in missing)
        yield self.say["disclaimer"]

    def due(self) -> Iterator[str]:
        """Each decision after the category with what it comes to, what is new marked."""
        new = {(each.decision.name, each.outcome.id) for each in self.of.due if each.new}
        for name, decided in self.of.now.decisions.items():
            if decided.decision is self.now.policy.category:
                continue
            titles = [
                (self.say["new"].format(title=each.title) if (name, each.id) in new else each.title)
                + self.now.grade(each.provenance)
                for each in decided.holding
            ]
            if titles or len(decided.possible) == len(decided.holding):
                outcomes = self.say["join"].join(titles) or self.say["nothing"]
                yield self.say["due"].format(title=decided.decision.title, outcomes=outcomes)
            else:
                possible = self.now.titles(decided.possible)
                yield self.say["due_open"].format(title=decided.decision.title, possible=possible)

    def cause(self, cause: Cause) -> str:
        """One thing that is otherwise."""
        if cause == "policy":
            titles = [each.policy.title for each in (self.then, self.now)]
            return self.say["policy"].format(old=titles[0], new=titles[1])
        if cause == "day":
            days = [self.day(each.assessment) for each in (self.then, self.now)]
            return self.say["day"].format(old=days[0], new=days[1])
        if isinstance(cause, MemberChange):
            whose = self.of.now if cause.what == "joined" else self.of.before
            return self.say[cause.what].format(who=full_name(whose, cause.number, self.say))
        fact, policy = cause.fact, self.now.policy
        old, new = (value_text(policy, fact.kind, each, self.say, fact.counted_in) for each in (cause.old, cause.new))
        who = self.now.names[cast(int, cause.path[1])] if cause.path[0] == "members" else ""
        what = self.say["of_member"].format(who=who, title=fact.title) if who else fact.title
        return self.say["changed"].format(what=what, old=old, new=new)

    def day(self, assessment: Assessment) -> str:
        """The day of a verdict."""
        on = assessment.household.on
        return self.say["no_day"] if on is None else on.isoformat()


def _document(of: Development) -> dict[str, object]:
    """The form that README documents."""
    return {
        "format": FORMAT,
        "reference": of.now.household.reference,
        "reassess": of.reassess,
        "category_changed": of.category_changed,
        "sides": [_side(each) for each in (of.before, of.now)],
        "otherwise": [_cause(of, each) for each in of.otherwise],
        "because": [_cause(of, each) for each in of.because],
        "due": [
            {"decision": each.decision.name, "outcome": outcome_json(each.outcome), "new": each.new} for each in of.due
        ],
        "missing": [{"path": path_text(each.path), "title": each.title} for each in of.now.missing],
    }


def _side(assessment: Assessment) -> dict[str, object]:
    on = assessment.household.on
    return {
        "policy": policy_json(assessment.policy),
        "on": None if on is None else on.isoformat(),
        "category": outcome_json(assessment.category),
        "possible": [outcome_json(outcome) for outcome in assessment.possible],
    }


def _cause(of: Development, cause: Cause) -> dict[str, object]:
    """One thing that is otherwise; members are counted from 1."""
    if isinstance(cause, FactChange):
        old, new = (_value(of.now, cause, each) for each in (cause.old, cause.new))
        return {"is": "fact", "path": path_text(cause.path), "title": cause.fact.title, "from": old, "to": new}
    if isinstance(cause, MemberChange):
        return {"is": cause.what, "member": cause.number + 1}
    return {"is": cause}


def _value(assessment: Assessment, change: FactChange, value: Value) -> object:
    kind = change.fact.kind
    if isinstance(kind, NumberKind):
        number = cast(Number, value)
        return value_json(assessment, kind, Figure(low(number), high(number), unit_name(kind.unit)))
    return value_json(assessment, kind, value)
