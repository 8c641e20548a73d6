"""The reasons of a verdict in words, and the limits beside the figure."""

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
from hardship_rules.core.problem import Language, Path
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
MARKS = {True: "√", False: "×", None: "○"}


class Telling:
    """One assessment, told in the sentences of one catalogue."""

    def __init__(self, assessment: Assessment, say: Mapping[str, str]) -> None:
        self.assessment = assessment
        self.policy = assessment.policy
        self.say = say
        self.names = member_names(assessment, say)

    # Outcomes

    def verdict(self, decided: Decided) -> str:
        """The category, or what it may be."""
        if decided.outcome is not None:
            return decided.outcome.title
        return self.say["undecided"].format(possible=self.titles(decided.possible))

    def headed(self, title: str) -> str:
        """What an explanation or a letter begins with; by a draft it says so."""
        return self.say["draft"].format(verdict=title) if self.policy.status == "draft" else title

    def warnings(self, lang: Language) -> Iterator[str]:
        """What in the facts given may be a slip, each with the member whose it is."""
        for warning in self.assessment.warnings:
            said = warning.message(lang)
            of_member = warning.at[0] == "members"
            who = self.names[cast(int, warning.at[1])] if of_member else ""
            yield self.say["fact"].format(title=who, value=said) if of_member else said

    def later(self, decided: Decided) -> str:
        """What a decision after the category came to; of an `every` what holds, and what still may."""
        holding = self.titles(decided.holding)
        perhaps = self.titles(tuple(outcome for outcome in decided.possible if outcome not in decided.holding))
        if not perhaps:
            value = holding or self.say["nothing"]
        elif decided.decision.every:
            value = self.say["perhaps" if holding else "only_perhaps"].format(holding=holding, possible=perhaps)
        else:
            value = self.say["pending_outcome"].format(possible=self.titles(decided.possible))
        return self.say["fact"].format(title=decided.decision.title, value=value)

    def titles(self, outcomes: Iterable[Outcome]) -> str:
        """The titles of outcomes, listed."""
        return self.say["join"].join(outcome.title for outcome in outcomes)

    # Figures

    def figure_title(self, name: str) -> str:
        """What a figure is called, with the options that a parameter goes by here."""
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
        """How much it is, and what it is made up of."""
        answer = self.assessment.figure(name)
        definition = self.policy.names[name]
        if not isinstance(answer, Figure):
            kind = cast(Kind, kind_of_name(self.policy, name))
            return value_text(self.policy, kind, answer, self.say), ""
        made_of = list(self._made_of(definition.expr)) if isinstance(definition, Term) else []
        return self.amount(answer), self.say["list"].join(made_of)

    def amount(self, figure: Figure) -> str:
        """A figure with the word for its unit, or that it is undecided and what it lies between."""
        text = self.counted(figure_text(self.policy, figure, self.say), figure.unit)
        return text if figure.exact is not None else self.say["pending"].format(range=text)

    def counted(self, number: str, unit: str) -> str:
        """A number with the word for its unit."""
        return f"{number} {unit_word(self.policy, unit)}".rstrip()

    def _made_of(self, expr: Expr) -> Iterator[str]:
        """The heads of a sum, or what each member brings, and who is not counted."""
        if isinstance(expr, Add):
            for part in expr.parts:
                if isinstance(part, Name):
                    yield from self._share(self.policy.names[part.name].title, self.assessment.figure(part.name))
        elif isinstance(expr, OverMembers) and expr.what == "sum":
            for who, (counts, brings) in zip(self.names, self.assessment.per_member(expr), strict=True):
                if counts is not False:
                    yield from self._share(who, brings)
        for part in walk(expr):
            if isinstance(part, OverMembers) and part.what == "count":
                yield from self._left_out(part)

    def _share(self, who: str, brings: object) -> Iterator[str]:
        if isinstance(brings, Figure) and (brings.low, brings.high) != (0, 0):
            yield self.say["amount"].format(who=who, amount=figure_text(self.policy, brings, self.say))

    def _left_out(self, count: OverMembers) -> Iterator[str]:
        truths = [counts for counts, _ in self.assessment.per_member(count)]
        for truth, sentence in ((False, "not_counted"), (None, "perhaps_counted")):
            who = [full_name(self.assessment, number, self.say) for number, each in enumerate(truths) if each is truth]
            if who:
                yield self.say[sentence].format(count=len(who), who=self.say["sentences"].join(who))

    def meanings(self) -> Iterator[str]:
        """The readings that say what the facts themselves mean."""
        for reading in self.policy.readings.values():
            if reading.affects:
                value, basis = reading.kind.options[reading.chosen], self.grade(reading.provenance)
                yield self.say["meaning"].format(title=reading.title, value=value, basis=basis).rstrip()

    # Reasons

    def words(self, reason: Reason) -> str:
        """The clause in the words for what it came to, with the members concerned."""
        words = self.clause(reason)
        who = self.say["sentences"].join(self.names[number] for number in reason.members)
        return self.say["of_members"].format(words=words, who=who) if who else words

    def clause(self, reason: Reason) -> str:
        """The clause in the words for what it came to."""
        title = reason.clause.title or reason.clause.line
        if reason.holds is None and reason.role != "open":
            return self.say["either_way"].format(title=title)
        return title if reason.holds is not False else reason.clause.if_not or self.say["fails"].format(title=title)

    def compared(self, reason: Reason) -> str:
        """Both sides of a reason's comparison, and their distance where both are known."""
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
        """How well the clause of a reason is known, in brackets."""
        return self.grade(reason.clause.provenance)

    def grade(self, provenance: Provenance | None) -> str:
        """How well something is known, in brackets."""
        return "" if provenance is None else self.say["basis"].format(basis=self.say[provenance.basis])

    # Facts

    def missing(self) -> Iterator[str]:
        """What to ask for, in that order: what one document of one member proves on one line."""
        lines: dict[tuple[int | None, str], list[str]] = {}
        for missing in self.assessment.missing:
            lines.setdefault((missing.member, missing.evidence), []).append(self._title(missing))
        for (member, evidence), titles in lines.items():
            title = self._of(member, self.say["join"].join(titles))
            yield self.say["evidence"].format(title=title, evidence=evidence) if evidence else title

    def ruled_out(self) -> str:
        """What was ruled out by trying everything that unknown facts can be, and which facts those are."""
        if not self.assessment.ruled_out:
            return ""
        facts = [self._of(each.member, self._title(each)) for each in self.assessment.tried]
        titles = self.titles(self.assessment.ruled_out)
        return self.say["ruled_out"].format(facts=self.say["join"].join(facts), titles=titles)

    def _title(self, missing: Missing) -> str:
        return self.say["the_day"] if missing.path == ("on",) else missing.title

    def _of(self, member: int | None, title: str) -> str:
        return title if member is None else self.say["of_member"].format(who=self.names[member], title=title)

    def facts(self, paths: tuple[Path, ...]) -> Iterator[str]:
        """The facts that have one value for the same members on one line."""
        for titles, value, who in self.facts_together(paths):
            yield self.say["fact_of" if who else "fact"].format(title=titles, value=value, who=who)

    def facts_together(self, paths: Iterable[Path]) -> Iterator[tuple[str, str, str]]:
        """The titles of the facts that have one value for the same members, that value, and who these are."""
        members: dict[tuple[str, str], list[int]] = {}
        for path in paths:
            fact = fact_of(self.policy, path)
            answer = value_text(self.policy, fact.kind, fact_value(self.assessment, path), self.say, fact.counted_in)
            members.setdefault((fact.title, answer), []).extend([cast(int, path[1])] if len(path) > 1 else [])
        titles: dict[tuple[str, tuple[int, ...]], list[str]] = {}
        for (title, answer), numbers in members.items():
            titles.setdefault((answer, tuple(numbers)), []).append(title)
        for (answer, whose), together in titles.items():
            names = self.say["join"].join(self.names[number] for number in whose)
            who = self.say["everybody"] if len(whose) == len(self.names) > 1 else names
            yield self.say["join"].join(together), answer, who

    # What the verdict turns on

    def turn(self, turn: Turn) -> str:
        """What would result of a reading in another option, or without a clause."""
        provenance, words = turn.provenance, {"title": turn.title}
        basis = "" if provenance is None else self.say[provenance.basis]
        told = {
            "title": self.say["quoted_basis" if basis else "quoted"].format(**words, basis=basis),
            "category": "" if turn.category is None else turn.category.title,
            "possible": self.titles(turn.possible),
        }
        is_open = "_open" if turn.category is None else ""
        if isinstance(turn.what, Reading):
            option = turn.what.kind.options[cast(str, turn.option)]
            sentence = "turn_verified_option" if turn.is_verified else "turn_option"
            return self.say[sentence + is_open].format(option=option, **told)
        return self.say["turn_without" + is_open].format(of=self.holder(turn.id), **told)

    def holder(self, clause: str) -> str:
        """The title of the term or outcome that a clause stands in; of an outcome's own clause, of the decision."""
        name, *inside = clause.split(".")
        definition = self.policy.names[name]
        return (
            definition.by_id[inside[0]].title if isinstance(definition, Decision) and inside[1:] else definition.title
        )


_Found = dict[tuple[Exact, Exact], tuple[Figure, str]]


def scale_of(tell: Telling) -> Scale | None:
    """The figure that most comparisons are about, of those that an explanation begins with; None where none is."""
    limits: dict[str, _Found] = {name: {} for name in tell.policy.show}
    for reason in tell.assessment.decided.reasons:
        for name, limit in _compared(tell, reason):
            found = limits[name]
            found.setdefault((limit.low, limit.high), (limit, reason.clause.title or reason.clause.line))
    name = max(limits, key=lambda each: len(limits[each]), default="")
    number = tell.assessment.figure(name) if name else None
    if not isinstance(number, Figure) or not limits[name]:
        return None
    ordered = sorted(limits[name].values(), key=lambda limit: (limit[0].low, limit[0].high))
    return _scale(tell, name, number, ordered)


def _compared(tell: Telling, reason: Reason) -> Iterator[tuple[str, Figure]]:
    """The shown term that a reason compares by its name, and what it is compared with."""
    line = reason.clause.when
    if not isinstance(line, Compare) or not isinstance(reason.left, Figure) or not isinstance(reason.right, Figure):
        return
    for side, limit in ((line.left, reason.right), (line.right, reason.left)):
        if isinstance(side, Name) and side.name in tell.policy.show and isinstance(tell.policy.names[side.name], Term):
            yield side.name, limit


def _scale(tell: Telling, name: str, number: Figure, limits: list[tuple[Figure, str]]) -> Scale:
    figures = [number, *(limit for limit, _ in limits)]
    ends = [end for figure in figures for end in (figure.low, figure.high)]
    shown = [f"{each:,f}" for each in in_order(ends, places(tell.policy, number.unit))]
    texts = [
        low if figure.exact is not None else tell.say["range"].format(low=low, high=high)
        for figure, low, high in zip(figures, shown[::2], shown[1::2], strict=True)
    ]
    amount = tell.counted(texts[0], number.unit)
    amount = amount if number.exact is not None else tell.say["pending"].format(range=amount)
    title = tell.figure_title(name)
    return Scale(
        title=one_line(tell.say["scale"].format(title=title)),
        number=Extent(number.low, number.high, one_line(tell.say["household_at"].format(number=texts[0]))),
        limits=tuple(
            Extent(limit.low, limit.high, one_line(text)) for (limit, _), text in zip(limits, texts[1:], strict=True)
        ),
        about=one_line(tell.say["about"].format(title=title, amount=amount)),
        sentences=tuple(
            one_line(_sentence(tell, number, limit, title, text))
            for (limit, title), text in zip(limits, texts[1:], strict=True)
        ),
    )


def _sentence(tell: Telling, number: Figure, limit: Figure, title: str, text: str) -> str:
    """Which side of a limit the household is on, and how far where both are known."""
    difference = ""
    if number.exact is not None and limit.exact is not None:
        how = "limit_lower" if number.low < limit.low else "limit_higher" if number.low > limit.low else "limit_level"
        ends = in_order((number.low, limit.low), places(tell.policy, number.unit))
        difference = tell.counted(f"{abs(ends[0] - ends[1]):,f}", number.unit)
    else:
        how = "limit_below" if number.high < limit.low else "limit_above" if number.low > limit.high else "limit_open"
    return tell.say[how].format(title=title, limit=tell.counted(text, limit.unit), difference=difference)
