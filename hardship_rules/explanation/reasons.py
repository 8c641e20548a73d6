"""The outcomes, figures, reasons and facts of one assessment in words, and its shown figure as a scale with limits."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.outcomes import Decided, Figure, Reason
from hardship_rules.assessment.questions import Missing
from hardship_rules.assessment.sensitivity import Turn
from hardship_rules.core.expr import Add, Compare, Expr, Name, OverMembers, Provenance, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import Kind
from hardship_rules.core.policy import Decision, Outcome, Parameter, Reading, Term
from hardship_rules.core.problem import KeyPath, Language
from hardship_rules.core.units import kind_of_name
from hardship_rules.documents.document import Extent, Scale
from hardship_rules.explanation.wording import (
    comparison,
    fact_of,
    fact_value,
    figure_text,
    full_name,
    in_order,
    member_names,
    one_line,
    places,
    sides,
    unit_word,
    value_text,
)
from hardship_rules.locale import sentences

SENTENCES: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {lang: FrozenMapping({**sentences("grades", lang), **sentences("explain", lang)}) for lang in ("zh", "en")}
)
"""The sentences of an explanation by language and key."""

MARKS = {True: "√", False: "×", None: "○"}
"""The mark before a clause that holds, fails, or is unknown. All are in GBK, so that a Chinese console prints them."""


class Describer:
    """One assessment in words.

    `say` are the sentences to use, such as `SENTENCES["zh"]`; `names` are the names of the household's members.
    """

    def __init__(self, assessment: Assessment, say: Mapping[str, str]) -> None:
        self.assessment = assessment
        self.policy = assessment.policy
        self.say = say
        self.names = member_names(assessment, say)

    # Outcomes

    def verdict(self, decided: Decided) -> str:
        """The outcome of a decision, or the possible ones."""
        if decided.outcome is not None:
            return decided.outcome.title
        return self.say["undecided"].format(possible=self.titles(decided.possible))

    def headed(self, title: str) -> str:
        """A title, marked as a draft where the policy is one."""
        return self.say["draft"].format(verdict=title) if self.policy.status == "draft" else title

    def decision(self, decided: Decided) -> str:
        """A decision that follows the category, with its outcomes; of an `every` also those that are possible."""
        holding = self.titles(decided.holding)
        undecided = self.titles(tuple(outcome for outcome in decided.possible if outcome not in decided.holding))
        if not undecided:
            value = holding or self.say["nothing"]
        elif decided.decision.every:
            value = self.say["perhaps" if holding else "only_perhaps"].format(holding=holding, possible=undecided)
        else:
            value = self.say["pending_outcome"].format(possible=self.titles(decided.possible))
        return self.say["fact"].format(title=decided.decision.title, value=value)

    def titles(self, outcomes: Iterable[Outcome]) -> str:
        """The titles of outcomes, joined."""
        return self.say["join"].join(outcome.title for outcome in outcomes)

    # Figures

    def figure_title(self, name: str) -> str:
        """The title of a figure; of a parameter with `by`, also the options that apply to this household."""
        definition = self.policy.names[name]
        words = [
            value_text(self.policy, cast(Kind, kind_of_name(self.policy, by)), answer, self.say)
            for by in (definition.by if isinstance(definition, Parameter) else ())
            if not isinstance(answer := self.assessment.figure(by), Figure)
        ]
        if not words:
            return definition.title
        return self.say["figure_by"].format(title=definition.title, by=self.say["join"].join(words))

    def figure(self, name: str) -> tuple[str, str]:
        """The amount of a figure, and its composition."""
        answer = self.assessment.figure(name)
        definition = self.policy.names[name]
        if not isinstance(answer, Figure):
            kind = cast(Kind, kind_of_name(self.policy, name))
            return value_text(self.policy, kind, answer, self.say), ""
        parts = list(self._composition(definition.expr)) if isinstance(definition, Term) else []
        return self.amount(answer), self.say["list"].join(parts)

    def amount(self, figure: Figure) -> str:
        """A figure with the word for its unit; of an unknown one its bounds."""
        text = self.with_unit(figure_text(self.policy, figure, self.say), figure.unit)
        return text if figure.exact is not None else self.say["pending"].format(range=text)

    def with_unit(self, number: str, unit: str) -> str:
        """A number with the word for its unit."""
        return f"{number} {unit_word(self.policy, unit)}".rstrip()

    def _composition(self, expr: Expr) -> Iterator[str]:
        """The non-zero parts of a sum, then the members who are left out."""
        for title, part in self.parts(expr):
            if isinstance(part, Figure) and (part.low, part.high) != (0, 0):
                yield self.say["amount"].format(who=title, amount=figure_text(self.policy, part, self.say))
        for sentence, members in self.left_out(expr):
            names = [full_name(self.assessment, member, self.say) for member in members]
            yield self.say[sentence].format(count=len(names), who=self.say["sentences"].join(names))

    def parts(self, expr: Expr) -> Iterator[tuple[str, object]]:
        """The parts of a sum with their titles: its named terms, or the shares of members who may count."""
        if isinstance(expr, Add):
            for part in expr.parts:
                if isinstance(part, Name):
                    yield self.policy.names[part.name].title, self.assessment.figure(part.name)
        elif isinstance(expr, OverMembers) and expr.what == "sum":
            for name, (counts, share) in zip(self.names, self.assessment.per_member(expr), strict=True):
                if counts is not False:
                    yield name, share

    def left_out(self, expr: Expr) -> Iterator[tuple[str, list[int]]]:
        """For each count in an expression, the members it leaves out, and those it perhaps counts.

        Each group comes with the key of its sentence, `not_counted` or `perhaps_counted`.
        """
        for part in walk(expr):
            if isinstance(part, OverMembers) and part.what == "count":
                truths = [counts for counts, _ in self.assessment.per_member(part)]
                for truth, sentence in ((False, "not_counted"), (None, "perhaps_counted")):
                    if members := [member for member, counts in enumerate(truths) if counts is truth]:
                        yield sentence, members

    def meanings(self) -> Iterator[str]:
        """The readings that define what a fact means (`affects: [facts]`)."""
        for reading in self.policy.readings.values():
            if reading.affects:
                value, basis = reading.kind.options[reading.chosen], self.grade(reading.provenance)
                yield self.say["meaning"].format(title=reading.title, value=value, basis=basis).rstrip()

    # Reasons

    def words(self, reason: Reason) -> str:
        """The clause of a reason in words, with the members concerned."""
        words = self.clause(reason)
        who = self.say["sentences"].join(self.names[number] for number in reason.members)
        return self.say["of_members"].format(words=words, who=who) if who else words

    def clause(self, reason: Reason) -> str:
        """The clause of a reason in words, by whether it holds: its `title` or its `if not`."""
        title = reason.clause.title or reason.clause.line
        if reason.holds is None and reason.role != "open":
            return self.say["either_way"].format(title=title)
        return title if reason.holds is not False else reason.clause.if_not or self.say["fails"].format(title=title)

    def compared(self, reason: Reason) -> str:
        """Both sides of a comparison of numbers, and the difference where both are known; else empty."""
        text = sides(self.policy, reason, self.say)
        if not text or not isinstance(reason.left, Figure) or not isinstance(reason.right, Figure):
            return ""
        if reason.left.exact is None or reason.right.exact is None:
            return text
        left, right = reason.left.exact, reason.right.exact
        sentence = "lower" if left < right else "higher" if left > right else "level"
        _, _, difference = comparison(self.policy, reason.left, reason.right)
        unit = unit_word(self.policy, reason.left.unit)
        return self.say[sentence].format(sides=text, difference=difference, unit=unit).rstrip()

    def basis(self, reason: Reason) -> str:
        """The basis of the clause of a reason, in brackets."""
        return self.grade(reason.clause.provenance)

    def grade(self, provenance: Provenance | None) -> str:
        """The word for a basis, in brackets; empty without provenance."""
        return "" if provenance is None else self.say["basis"].format(basis=self.say[provenance.basis])

    # Facts

    def missing(self) -> Iterator[str]:
        """The missing facts, most useful first; facts of one member that one document proves share a line."""
        lines: dict[tuple[int | None, str], list[str]] = {}
        for missing in self.assessment.missing:
            lines.setdefault((missing.member, missing.evidence), []).append(self._title(missing))
        for (member, evidence), titles in lines.items():
            title = self.of_member(member, self.say["join"].join(titles))
            yield self.say["evidence"].format(title=title, evidence=evidence) if evidence else title

    def ruled_out(self) -> str:
        """The outcomes that no completion of the household reaches, and the unknown facts that were completed."""
        if not self.assessment.ruled_out:
            return ""
        facts = [self.of_member(missing.member, self._title(missing)) for missing in self.assessment.tried]
        titles = self.titles(self.assessment.ruled_out)
        return self.say["ruled_out"].format(facts=self.say["join"].join(facts), titles=titles)

    def _title(self, missing: Missing) -> str:
        return self.say["the_day"] if missing.path == ("on",) else missing.title

    def of_member(self, member: int | None, title: str) -> str:
        """The title of a fact with the name of its member; None is the household."""
        return title if member is None else self.say["of_member"].format(who=self.names[member], title=title)

    def warnings(self, lang: Language) -> Iterator[str]:
        """The warnings about facts, each with the member concerned."""
        for warning in self.assessment.warnings:
            message = warning.message(lang)
            if warning.at[0] == "members":
                message = self.say["fact"].format(title=self.names[cast(int, warning.at[1])], value=message)
            yield message

    def facts(self, paths: tuple[KeyPath, ...]) -> Iterator[str]:
        """Facts with their values; those with the same value and the same members share a line."""
        for titles, value, who in self.grouped_facts(paths):
            yield self.say["fact_of" if who else "fact"].format(title=titles, value=value, who=who)

    def grouped_facts(self, paths: Iterable[KeyPath]) -> Iterator[tuple[str, str, str]]:
        """Facts grouped by value and members: their titles, the value, and the names of the members."""
        members: dict[tuple[str, str], list[int]] = {}
        for path in paths:
            fact = fact_of(self.policy, path)
            answer = value_text(self.policy, fact.kind, fact_value(self.assessment, path), self.say, fact.counted_in)
            members.setdefault((fact.title, answer), []).extend([cast(int, path[1])] if len(path) > 1 else [])
        titles: dict[tuple[str, tuple[int, ...]], list[str]] = {}
        for (title, answer), numbers in members.items():
            titles.setdefault((answer, tuple(numbers)), []).append(title)
        for (answer, whose), group in titles.items():
            names = self.say["join"].join(self.names[number] for number in whose)
            who = self.say["everybody"] if len(whose) == len(self.names) > 1 else names
            yield self.say["join"].join(group), answer, who

    # Sensitivity

    def sensitivity(self, turn: Turn) -> str:
        """The category that results from another option of a reading, or without a clause."""
        basis = "" if turn.provenance is None else self.say[turn.provenance.basis]
        words = {
            "title": self.say["quoted_basis" if basis else "quoted"].format(title=turn.title, basis=basis),
            "category": "" if turn.category is None else turn.category.title,
            "possible": self.titles(turn.possible),
        }
        is_open = "_open" if turn.category is None else ""
        if isinstance(turn.what, Reading):
            option = turn.what.kind.options[cast(str, turn.option)]
            sentence = "other_verified_option" if turn.is_verified else "other_option"
            return self.say[sentence + is_open].format(option=option, **words)
        return self.say["without_clause" + is_open].format(of=self.holder(turn.id), **words)

    def holder(self, clause: str) -> str:
        """The title of the term or outcome that contains a clause; for an outcome's top clause, of its decision."""
        name, *inside = clause.split(".")
        definition = self.policy.names[name]
        return (
            definition.by_id[inside[0]].title if isinstance(definition, Decision) and inside[1:] else definition.title
        )


_Limits = dict[tuple[Exact, Exact], tuple[Figure, str]]
"""Limits by their bounds, each with the title of its clause."""


def scale_of(describe: Describer) -> Scale | None:
    """The shown figure that the category compares most often, among its limits; None where it compares none."""
    limits: dict[str, _Limits] = {name: {} for name in describe.policy.show}
    for reason in describe.assessment.decided.reasons:
        for name, limit in _limits(describe, reason):
            limits[name].setdefault((limit.low, limit.high), (limit, reason.clause.title or reason.clause.line))
    name = max(limits, key=lambda shown: len(limits[shown]), default="")
    number = describe.assessment.figure(name) if name else None
    if not isinstance(number, Figure) or not limits[name]:
        return None
    ordered = sorted(limits[name].values(), key=lambda limit: (limit[0].low, limit[0].high))
    return _scale(describe, name, number, ordered)


def _limits(describe: Describer, reason: Reason) -> Iterator[tuple[str, Figure]]:
    """Each shown term that a reason compares by name, with the other side of the comparison."""
    line = reason.clause.when
    if not isinstance(line, Compare) or not isinstance(reason.left, Figure) or not isinstance(reason.right, Figure):
        return
    for side, limit in ((line.left, reason.right), (line.right, reason.left)):
        if (
            isinstance(side, Name)
            and side.name in describe.policy.show
            and isinstance(describe.policy.names[side.name], Term)
        ):
            yield side.name, limit


def _scale(describe: Describer, name: str, number: Figure, limits: list[tuple[Figure, str]]) -> Scale:
    figures = [number, *(limit for limit, _ in limits)]
    ends = [end for figure in figures for end in (figure.low, figure.high)]
    printed = [f"{end:,f}" for end in in_order(ends, places(describe.policy, number.unit))]
    texts = [
        low if figure.exact is not None else describe.say["range"].format(low=low, high=high)
        for figure, low, high in zip(figures, printed[::2], printed[1::2], strict=True)
    ]
    amount = describe.with_unit(texts[0], number.unit)
    if number.exact is None:
        amount = describe.say["pending"].format(range=amount)
    title = describe.figure_title(name)
    return Scale(
        title=one_line(describe.say["scale"].format(title=title)),
        number=Extent(number.low, number.high, one_line(describe.say["household_at"].format(number=texts[0]))),
        limits=tuple(
            Extent(limit.low, limit.high, one_line(text)) for (limit, _), text in zip(limits, texts[1:], strict=True)
        ),
        about=one_line(describe.say["about"].format(title=title, amount=amount)),
        sentences=tuple(
            one_line(_limit_sentence(describe, number, limit, title, text))
            for (limit, title), text in zip(limits, texts[1:], strict=True)
        ),
    )


def _limit_sentence(describe: Describer, number: Figure, limit: Figure, title: str, text: str) -> str:
    """Whether the household is below or above a limit, and by how much where both are known."""
    difference = ""
    if number.exact is not None and limit.exact is not None:
        sentence = (
            "limit_lower" if number.low < limit.low else "limit_higher" if number.low > limit.low else "limit_level"
        )
        ends = in_order((number.low, limit.low), places(describe.policy, number.unit))
        difference = describe.with_unit(f"{abs(ends[0] - ends[1]):,f}", number.unit)
    else:
        sentence = (
            "limit_below" if number.high < limit.low else "limit_above" if number.low > limit.high else "limit_open"
        )
    return describe.say[sentence].format(title=title, limit=describe.with_unit(text, limit.unit), difference=difference)
