"""A household under two policies: both verdicts, and the first clause at which they differ."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import cast

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.household import RESERVED, HouseholdText
from hardship_rules.assessment.outcomes import Reason, reason_of
from hardship_rules.core.expr import Clause
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.hosts import items_of, pairs_of, plain_value
from hardship_rules.core.interval import Truth
from hardship_rules.core.kinds import ChoiceKind
from hardship_rules.core.policy import Fact, Policy, Reading
from hardship_rules.core.problem import FactError, KeyPath, Language, Problem, path_text
from hardship_rules.core.units import kind_of_name
from hardship_rules.documents.document import Banner, Block, Document, Item, Listing, Paragraph, Section, Table
from hardship_rules.documents.text import pad, width
from hardship_rules.engine.causes import innermost
from hardship_rules.engine.clauses import Condition
from hardship_rules.engine.evaluate import lowered
from hardship_rules.explanation import reasons
from hardship_rules.explanation.formats import RENDERERS
from hardship_rules.explanation.json import outcome_json, policy_json, reason_json, value_json
from hardship_rules.explanation.reasons import MARKS, Describer
from hardship_rules.explanation.wording import one_line
from hardship_rules.language import source
from hardship_rules.locale import sentences

FORMAT = "hardship-rules/comparison/1"
Given = Mapping[str, object] | HouseholdText

_MANY = 1_000  # members: more than any policy allows; `assess` reports a longer list
_OUTSIDE = "on_outside"  # not a mistake here: the policy is applied as if it were in force on that day
_ABSENT = "—"  # the amount of a figure that a policy does not show
_SENTENCES: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {lang: FrozenMapping({**words, **sentences("comparison", lang)}) for lang, words in reasons.SENTENCES.items()}
)


@frozen
class NotKnown:
    """A given fact or option that a policy does not have."""

    path: KeyPath
    title: str
    option: str | None = field(repr=False)


@frozen
class Side:
    """A household under one of two policies; `in_force` is false where the day lies outside the policy's own days."""

    policy: Policy
    assessment: Assessment
    in_force: bool
    not_known: tuple[NotKnown, ...]


@frozen
class Standing:
    """A clause under one policy: whether it holds for the household, and the innermost clauses that decide it."""

    clause: Clause
    holds: Truth
    reasons: tuple[Reason, ...]


@frozen
class Parting:
    """The first clause at which two verdicts differ, under either policy; None where that policy has no such clause.

    `by_order`: every clause has the same value, but the policies list their outcomes in a different order; the clauses
    are then those of the deciding outcomes.
    """

    first: Standing | None
    second: Standing | None
    by_order: bool = False


@frozen
class Comparison:
    """A household under two policies, and the first clause at which their verdicts differ."""

    sides: tuple[Side, Side]
    parting: Parting | None

    @property
    def same(self) -> bool:
        """Whether both give the same category, or leave the same categories open."""
        first, second = self.sides
        return same_category(first.assessment, second.assessment)

    def explain(self, *, format: str = "text", lang: Language = "zh") -> str:  # noqa: A002  # as `explain` has it
        """Both verdicts side by side in words (`text`, `markdown`, an `html` page), or as JSON for programs.

        Raises `ValueError` for an unknown format or language.
        """
        if format == "json":
            return json.dumps(_json(self), ensure_ascii=False, separators=(",", ":")) + "\n"
        if format not in ("text", *RENDERERS):
            raise ValueError("format is one of text, markdown, html, json")
        if lang not in _SENTENCES:
            raise ValueError(f"lang is one of {', '.join(_SENTENCES)}")
        words = _Words(self, _SENTENCES[lang])
        if format == "text":
            return "\n".join(words.lines()) + "\n"
        return RENDERERS[format](words.document(lang))


def compare(
    policy: Policy,
    other: Policy,
    household: Given,
    on: date | str | None = None,
    other_on: date | str | None = None,
) -> Comparison:
    """Compare a household's verdicts under two policies.

    The policy that the household names is disregarded. The day is the household's own, or `on`, or for the second
    policy `other_on`; where a policy is not in force on that day, it is applied as if it were, and `in_force` says so.
    A fact or option that only the other policy has is left out and listed as `not_known`; facts that a policy needs and
    the household does not give are unknown. Raises `FactError` with the problems under either policy, and `PolicyError`
    as `assess` does.
    """
    sides: list[Side] = []
    problems: list[Problem] = []
    for own, foreign, day in ((policy, other, on), (other, policy, other_on or on)):
        try:
            sides.append(_side(own, foreign, household, day))
        except FactError as error:
            problems += error.problems
    if problems:
        unique = {(problem.code, problem.place, problem.given): problem for problem in reversed(problems)}
        raise FactError(unique.values())
    first, second = sides
    return Comparison((first, second), parting(first.assessment, second.assessment))


# --- One household under each policy -----------------------------------------------------------------------------


def _side(policy: Policy, other: Policy, household: Given, on: date | str | None) -> Side:
    """The household under a policy, without the facts and options that only the other policy has."""
    reserved = {"policy"} if on is None else {"policy", "on"}
    left_out: dict[tuple[KeyPath, str], NotKnown | None] = {
        ((), key): None for key, name in RESERVED.items() if name in reserved
    }
    rules = policy
    while True:
        try:
            assessment = assess(rules, _without(household, left_out), on)
        except FactError as error:
            foreign = {
                problem: _foreign(policy, other, problem) for problem in error.problems if problem.code != _OUTSIDE
            }
            mistakes = [problem for problem, keys in foreign.items() if not keys]
            if mistakes:
                raise FactError(mistakes) from None
            if len(foreign) < len(error.problems):
                rules = evolve(policy, start=None, end=None)
            for keys in foreign.values():
                left_out |= keys
        else:
            not_known = dict.fromkeys(entry for entry in left_out.values() if entry is not None)
            return Side(policy, assessment, rules is policy, tuple(not_known))


def _foreign(policy: Policy, other: Policy, problem: Problem) -> dict[tuple[KeyPath, str], NotKnown]:
    """The fact of a problem, by the keys it may be given under; empty where the other policy lacks it too."""
    if problem.code == "unknown_fact":
        fact = _fact(other, problem.at, problem.given)
        if fact is not None:
            return {(problem.at, problem.given): NotKnown((*problem.at, fact.name), fact.title, None)}
    elif problem.code == "unknown_fact_option":
        *before, name = problem.at
        own = cast(Fact, policy.names[cast(str, name)])
        fact = _fact(other, tuple(before), own.name) or _fact(other, tuple(before), own.title)
        if fact is not None and isinstance(fact.kind, ChoiceKind):
            options = fact.kind.options
            option = options.get(problem.given, problem.given)
            if option in options.values():
                not_known = NotKnown(problem.at, own.title, option)
                return {(tuple(before), key): not_known for key in (own.name, own.title)}
    return {}


def _fact(policy: Policy, before: KeyPath, key: str) -> Fact | None:
    """The fact of a household or of a member with that name or title."""
    facts = policy.members.facts if before else policy.facts
    return next((fact for fact in facts.values() if key in (fact.name, fact.title)), None)


def _without(household: Given, left_out: Mapping[tuple[KeyPath, str], object]) -> Given:
    """The household without the facts under some keys."""
    if type(household) is HouseholdText:
        return evolve(household, node=cast(source.Mapping, _without_keys(household.node, (), left_out)))
    return cast(Mapping[str, object], _without_keys(household, (), left_out))


def _without_keys(node: object, before: KeyPath, left_out: Mapping[tuple[KeyPath, str], object]) -> object:
    """A household or member, read from a text or given by a host, without some keys."""
    if type(node) is source.Mapping:
        entries = (
            (key, cast(source.Node, _members_without(key.text, inner, before, left_out)))
            for key, inner in node.entries
            if (before, key.text.strip()) not in left_out
        )
        return evolve(node, entries=tuple(entries))
    pairs = pairs_of(node)
    if pairs is None:
        return node
    texts = [(plain_value(key), key, inner) for key, inner in pairs]
    names = [name for name, *_ in texts if isinstance(name, str)]
    if len(set(names)) < len(texts):  # a key is not a text, or comes twice: `assess` reports it
        return node
    return {
        key: _members_without(name, inner, before, left_out)
        for name, key, inner in texts
        if isinstance(name, str) and (before, name.strip()) not in left_out
    }


def _members_without(key: str, node: object, before: KeyPath, left_out: Mapping[tuple[KeyPath, str], object]) -> object:
    """The value under a key; in the list of members, each member without some keys."""
    if not before and RESERVED.get(key.strip()) == "members":
        if type(node) is source.Sequence:
            items = (_without_keys(member, ("members", number), left_out) for number, member in enumerate(node.items))
            return evolve(node, items=cast(tuple[source.Node, ...], tuple(items)))
        listed = items_of(node, _MANY)
        if isinstance(listed, Sequence):
            return [_without_keys(member, ("members", number), left_out) for number, member in enumerate(listed)]
    return node


# --- Where the verdicts differ -----------------------------------------------------------------------------------


@frozen
class _Standing:
    """A clause of an outcome for one assessment."""

    assessment: Assessment
    condition: Condition

    @property
    def truth(self) -> Truth:
        """Whether the clause holds."""
        return cast(Truth, self.assessment.outcomes.scope.run.value(self.condition.step))

    def clauses(self) -> "dict[str, _Standing]":
        """The clauses directly inside it by their ids, also those of the named conditions that it uses."""
        return {
            cast(Clause, part.clause).id: _Standing(self.assessment, part) for part in self.condition.inner_clauses()
        }


_Pair = tuple[_Standing | None, _Standing | None]


def parting(first: Assessment, second: Assessment) -> Parting | None:
    """Where two verdicts differ; None where they are the same, or differ though every clause has the same value."""
    if same_category(first, second):
        return None
    of_first, of_second = _outcomes(first), _outcomes(second)
    for name in dict.fromkeys((*of_first, *of_second)):
        pair = (of_first.get(name), of_second.get(name))
        if _truth(pair[0]) is not _truth(pair[1]):
            inner_first, inner_second = _innermost_difference(pair)
            return Parting(_standing(name, inner_first), _standing(name, inner_second))
    standings = [_deciding(first, of_first), _deciding(second, of_second)]
    return None if None in standings else Parting(standings[0], standings[1], by_order=True)


def same_category(first: Assessment, second: Assessment) -> bool:
    """Whether two assessments give the same category, or leave the same categories open."""
    return [outcome.id for outcome in first.possible] == [outcome.id for outcome in second.possible]


def _outcomes(assessment: Assessment) -> dict[str, _Standing]:
    """The clause of each outcome of the category, including those after the deciding one."""
    structure = lowered(assessment.policy).structure
    return {
        outcome.id: _Standing(assessment, structure(cast(Clause, outcome.when)))
        for outcome in assessment.policy.category.outcomes
    }


def _deciding(assessment: Assessment, outcomes: Mapping[str, _Standing]) -> Standing | None:
    """The clause of the deciding outcome; None where the category is undecided or `otherwise`."""
    outcome = assessment.category
    return None if outcome is None else _standing(outcome.id, outcomes.get(outcome.id))


def _truth(standing: _Standing | None) -> Truth:
    """Whether a clause holds; false where a policy does not have it."""
    return False if standing is None else standing.truth


def _innermost_difference(pair: _Pair) -> _Pair:
    """The first differing clauses inside two clauses, as far in as both consist of the same clauses."""
    first, second = pair
    if first is None or second is None:
        return pair
    in_first, in_second = first.clauses(), second.clauses()
    if not in_first.keys() & in_second.keys():
        return pair
    differing = [
        (in_first.get(name), in_second.get(name))
        for name in dict.fromkeys((*in_first, *in_second))
        if name not in in_first or name not in in_second or in_first[name].truth is not in_second[name].truth
    ]
    differing.sort(key=lambda clauses: None in clauses)  # clauses of both policies before those of one
    return _innermost_difference(differing[0]) if differing else pair


def _standing(name: str, standing: _Standing | None) -> Standing | None:
    """A clause of an outcome with its value and causes; None where a policy does not have it."""
    if standing is None:
        return None
    assessment, clause = standing.assessment, cast(Clause, standing.condition.clause)
    policy, scope, holds = assessment.policy, assessment.outcomes.scope, standing.truth
    outcome = policy.category.by_id[name]
    reasons = (reason_of(policy.category, outcome, holds, cause, scope) for cause in innermost(clause, scope))
    return Standing(clause, holds, tuple(reasons))


# --- In words ----------------------------------------------------------------------------------------------------


def figure_rows(texts: Sequence[Describer]) -> list[list[str]]:
    """The figures that either of two policies shows: title and amount under each."""
    return [_figure_row(texts, name) for name in dict.fromkeys(name for text in texts for name in text.policy.show)]


def _figure_row(texts: Sequence[Describer], name: str) -> list[str]:
    """A figure under both policies; where the options that it depends on differ, they are beside the amounts."""
    showing = [text if name in text.policy.show else None for text in texts]
    titles = [text.figure_title(name) for text in showing if text is not None]
    cells = [_ABSENT if text is None else text.figure(name)[0] for text in showing]
    if len(set(titles)) == 1:
        return [titles[0], *cells]
    bare_titles = [text.policy.names[name].title for text in showing if text is not None]
    options = [title.removeprefix(bare) for title, bare in zip(titles, bare_titles, strict=True)]
    return [bare_titles[0], *(cell + by for cell, by in zip(cells, options, strict=True))]


def reason_words(text: Describer, reason: Reason) -> list[str]:
    """A reason in words: its clause, both sides of a comparison, and its basis."""
    return [part for part in (text.words(reason), text.compared(reason), text.basis(reason)) if part]


def different_readings(first: Policy, second: Policy) -> list[tuple[Reading, Reading]]:
    """The readings that both policies have and answer differently."""
    both = ((reading, second.readings[name]) for name, reading in first.readings.items() if name in second.readings)
    return [pair for pair in both if pair[0].chosen != pair[1].chosen]


class _Words:
    """One comparison as lines of text, and as a document."""

    def __init__(self, comparison: Comparison, say: Mapping[str, str]) -> None:
        self.comparison = comparison
        self.parting = comparison.parting
        self.say = say
        self.sides = [(say["names"][number], side) for number, side in enumerate(comparison.sides)]
        self.texts = [Describer(side.assessment, say) for side in comparison.sides]

    # The two forms

    def lines(self) -> Iterator[str]:
        for name, side in self.sides:
            yield self.policy(name, side)
        yield ""
        yield from self.table()
        yield ""
        yield from self.difference()
        for name, side in self.sides:
            yield from self.not_known(name, side)
        yield from self.missing()
        yield self.say["disclaimer"]

    def document(self, lang: Language) -> Document:
        """The same, without the ids of policies and clauses."""
        categories = {title: None for side in self.comparison.sides for title in side.policy.category.options.values()}
        language, whole = "zh-CN" if lang == "zh" else lang, tuple(map(one_line, categories))
        return Document(self.say["page"], tuple(self.blocks()), language, whole=whole)

    def blocks(self) -> Iterator[Block]:
        sentence = ""
        if self.parting is not None:
            title = self.clause_title(self.clause(self.parting))
            by_order = self.parting.by_order
            sentence = self.say["differ_by_order"] if by_order else self.say["page_at"].format(title=title)
        yield Banner("plain", self.say["page"], self.verdict(), one_line(sentence))
        yield from (Paragraph(one_line(self.policy(name, side, "page_"))) for name, side in self.sides)
        heads, *rows = self.rows()
        heads[0] = self.say["item"]
        yield Table(self.say["beside"], tuple(heads), tuple(tuple(map(one_line, row)) for row in rows))
        yield Section(self.say["where"], (Listing(tuple(self.grounds())),))
        unused = [*(line for name, side in self.sides for line in self.not_known(name, side)), *self.missing()]
        if unused:
            yield Section(self.say["not_used"], tuple(Paragraph(one_line(line)) for line in unused))
        yield Paragraph(self.say["disclaimer"], aside=True)

    # Policies, verdicts and figures

    def policy(self, name: str, side: Side, form: str = "") -> str:
        policy, on = side.policy, side.assessment.household.on
        sentence = "policy_no_day" if on is None else "policy" if side.in_force else "policy_outside"
        start, end = policy.start or "…", policy.end or "…"
        title = self.say["draft"].format(verdict=policy.title) if policy.status == "draft" else policy.title
        return self.say[form + sentence].format(name=name, title=title, id=policy.name, on=on, start=start, end=end)

    def verdict(self) -> str:
        return self.say["same" if self.comparison.same else "differ"]

    def rows(self) -> list[list[str]]:
        """The category, the figures that either policy shows, and the readings that they answer differently."""
        (_, first), (_, second) = self.sides
        verdicts = [text.verdict(text.assessment.decided) for text in self.texts]
        rows = [["", *(name for name, _ in self.sides)], [first.policy.category.title, *verdicts]]
        rows += figure_rows(self.texts)
        for pair in different_readings(first.policy, second.policy):
            title = self.say["reading"].format(title=pair[0].title)
            rows.append([title, *(reading.kind.options[reading.chosen] for reading in pair)])
        return rows

    def table(self) -> Iterator[str]:
        rows = self.rows()
        widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (pad(cell, columns) for cell, columns in zip(row, widths, strict=True))
            yield ("  " + "    ".join(cells)).rstrip()

    # Where the verdicts differ

    def difference(self) -> Iterator[str]:
        if self.parting is None:
            yield self.verdict()
        else:
            clause = self.clause(self.parting)
            sentence = "differ_by_order" if self.parting.by_order else "differ_at"
            yield self.say[sentence].format(title=self.clause_title(clause), id=clause.id)
        for name, text, causes in self.causes():
            if causes is None:
                yield self.say["no_clause"].format(name=name)
            for reason in causes or ():
                words = "    ".join(reason_words(text, reason))
                yield self.say["standing"].format(name=name, mark=MARKS[reason.holds], words=words)

    def grounds(self) -> Iterator[Item]:
        """The same as items of a list."""
        for name, text, causes in self.causes():
            if causes is None:
                yield Item(one_line(self.say["no_clause"].format(name=name).strip()), mark="—", means="")
            for reason in causes or ():
                words = self.say["clause_of"].format(name=name, words=self.say["list"].join(reason_words(text, reason)))
                mark, means = MARKS[reason.holds], self.say[f"mark_{reason.holds}"]
                yield Item(one_line(words), mark=mark, means=means)

    def causes(self) -> Iterator[tuple[str, Describer, tuple[Reason, ...] | None]]:
        """The reasons of each side at the differing clause, or of its verdict; None where it has no such clause."""
        for number, ((name, side), text) in enumerate(zip(self.sides, self.texts, strict=True)):
            if self.parting is None:
                reasons_of_side = side.assessment.decided.reasons
                yield name, text, tuple(reason for reason in reasons_of_side if reason.role != "stopped")
            else:
                standing = (self.parting.first, self.parting.second)[number]
                yield name, text, None if standing is None else standing.reasons

    def clause(self, parting: Parting) -> Clause:
        return next(standing.clause for standing in (parting.first, parting.second) if standing is not None)

    def clause_title(self, clause: Clause) -> str:
        return clause.title or clause.line or clause.id

    # Facts that were left out or are missing

    def not_known(self, name: str, side: Side) -> Iterator[str]:
        facts = dict.fromkeys(
            fact.title
            if fact.option is None
            else self.say["not_known_option"].format(title=fact.title, option=fact.option)
            for fact in side.not_known
        )
        if facts:
            yield self.say["not_known"].format(name=name, facts=self.say["join"].join(facts))

    def missing(self) -> Iterator[str]:
        for number, (name, side) in enumerate(self.sides):
            if side.assessment.missing:
                facts = self.say["join"].join(self.missing_facts(number))
                yield self.say["still_missing"].format(name=name, facts=facts)

    def missing_facts(self, number: int) -> Iterator[str]:
        """The missing facts of one side, each once with its members."""
        names = self.texts[number].names
        whose: dict[str, list[str]] = {}
        for missing in self.sides[number][1].assessment.missing:
            member = [names[cast(int, missing.path[1])]] if missing.path[0] == "members" else []
            whose.setdefault(missing.title, []).extend(member)
        for title, members in whose.items():
            is_everybody = len(members) == len(names) > 1
            who = self.say["everybody"] if is_everybody else self.say["join"].join(members)
            yield self.say["of_member"].format(who=who, title=title) if members else title


# --- As JSON -----------------------------------------------------------------------------------------------------


def _json(comparison: Comparison) -> dict[str, object]:
    """The documented JSON form."""
    first, second = comparison.sides
    parting = comparison.parting
    return {
        "format": FORMAT,
        "reference": first.assessment.household.reference,
        "same": comparison.same,
        "sides": [_side_json(side) for side in comparison.sides],
        "readings": [
            {"id": reading.name, "title": reading.title, "chosen": [reading.chosen, other.chosen]}
            for reading, other in different_readings(first.policy, second.policy)
        ],
        "parting": None
        if parting is None
        else {
            "by_order": parting.by_order,
            "standings": [_standing_json(first, parting.first), _standing_json(second, parting.second)],
        },
    }


def _side_json(side: Side) -> dict[str, object]:
    policy, assessment = side.policy, side.assessment
    on = assessment.household.on
    return {
        "policy": policy_json(policy),
        "on": None if on is None else on.isoformat(),
        "in_force": side.in_force,
        "category": outcome_json(assessment.category),
        "possible": [outcome_json(outcome) for outcome in assessment.possible],
        "decided_by": list(assessment.decided.decided_by),
        "missing": [{"path": path_text(missing.path), "title": missing.title} for missing in assessment.missing],
        "not_known": [
            {"path": path_text(fact.path), "title": fact.title, "option": fact.option} for fact in side.not_known
        ],
        "terms": {
            name: {
                "title": policy.names[name].title,
                "value": value_json(assessment, kind_of_name(policy, name), assessment.figure(name)),
            }
            for name in policy.show
        },
    }


def _standing_json(side: Side, standing: Standing | None) -> dict[str, object] | None:
    if standing is None:
        return None
    return {
        "clause": standing.clause.id,
        "title": standing.clause.title or standing.clause.line,
        "holds": standing.holds,
        "reasons": [reason_json(side.assessment, reason) for reason in standing.reasons],
    }
