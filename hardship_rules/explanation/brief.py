"""A verdict on one screen, as data: why, what is missing, the figures, how far other verdicts are, what to check."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from typing import cast

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment
from hardship_rules.assessment.break_points import BreakPoints, Span, lines_from
from hardship_rules.assessment.counterfactual import Change, Total, totals
from hardship_rules.assessment.defaults import without
from hardship_rules.assessment.household import refilled
from hardship_rules.assessment.outcomes import Decided, Figure, Reason, unit_name
from hardship_rules.assessment.plan import Plans
from hardship_rules.assessment.sensitivity import turns_on
from hardship_rules.assessment.value_search import EFFORT, NearestAssumed, NearestValue, nearest_assumed_of
from hardship_rules.core.expr import (
    Add,
    Choose,
    Clause,
    Compare,
    Constant,
    Divide,
    Expr,
    Multiply,
    Name,
    Negate,
    OverMembers,
    walk,
)
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Range, high, low
from hardship_rules.core.kinds import ChoiceKind, DateKind, Kind, NumberKind, Value, YesNoKind, day_of
from hardship_rules.core.policy import Decision, Fact, Outcome, Parameter, Reading, Term
from hardship_rules.core.problem import Language, Path
from hardship_rules.engine.evaluate import Scope, evaluate, value
from hardship_rules.explanation.explanation import unverified
from hardship_rules.explanation.reasons import SENTENCES as TELLING
from hardship_rules.explanation.reasons import Telling
from hardship_rules.explanation.wording import comparison, fact_of, full_name, number_text, one_line, places, value_text
from hardship_rules.locale import sentences

SENTENCES: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {lang: FrozenMapping(sentences("brief", lang)) for lang in ("zh", "en")}
)


def _one_line_each(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(one_line, texts))


_OPPOSITE = FrozenMapping({"<": ">=", "<=": ">", "==": "!=", "!=": "==", ">=": "<", ">": "<="})
_MOST_WORDS = 3  # clauses that are named of each outcome which is ruled out


@frozen
class Entry:
    """A line of a section: a label, and what it lists; `end` follows the last.

    `shorter` are the same items in fewer words, each time fewer, for where there is no room.
    """

    label: str = field(converter=one_line)
    items: tuple[str, ...] = field(converter=_one_line_each)
    join: str = ""
    end: str = ""
    shorter: tuple[tuple[str, ...], ...] = ()


@frozen
class BriefFigure:
    """A figure: what it is, how much, and the parts that it is made of."""

    title: str = field(converter=one_line)
    amount: str = field(converter=one_line)
    parts: tuple[str, ...] = field(converter=_one_line_each)


@frozen
class Brief:
    """What an officer reads first, in the order in which it is read; a part that has nothing to say is empty."""

    lang: Language
    tone: str
    is_decided: bool
    verdict: str = field(converter=one_line)
    headline: str = field(converter=one_line)
    why: str = field(converter=one_line)
    banner: str = field(converter=one_line)  # the verdict with how many facts are missing, where it stands alone
    sentence: str = field(converter=one_line)  # why, or what to ask for first, below that
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[BriefFigure, ...]
    distance: tuple[Entry, ...]
    decisions: tuple[Entry, ...]
    check: tuple[Entry, ...]
    disclaimer: str
    classes: tuple[str, ...] = ()  # titles of categories, which no line is cut in


def brief_of(assessment: Assessment, lang: Language = "zh") -> Brief:
    """The verdict of an assessment on one screen, in one language."""
    return _Brief(assessment, lang).brief()


class _Brief:
    """The parts of one brief."""

    def __init__(self, assessment: Assessment, lang: Language) -> None:
        self.assessment = assessment
        self.policy = assessment.policy
        self.lang = lang
        self.say = SENTENCES[lang]
        self.tell = Telling(assessment, TELLING[lang])

    def brief(self) -> Brief:
        category, on = self.assessment.category, self.assessment.household.on
        day = self.say["no_date"] if on is None else self.say["on"].format(on=on)
        heads, rows = self.break_points()
        return Brief(
            lang=self.lang,
            tone="open" if category is None else category.tone,
            is_decided=category is not None,
            verdict=self.tell.headed(self.say["open"] if category is None else category.title),
            headline=self.say["headline"].format(policy=self.policy.title, on=day),
            why=(why := self.missing() if category is None else self.why()),
            banner=self.tell.headed(self.counted_open() if category is None else category.title),
            sentence=self.asked_first() if category is None else why,
            heads=heads,
            rows=rows,
            figures=tuple(self.figures()),
            distance=(*self.distances(), *self.stopped()),
            decisions=tuple(self.decisions()),
            check=tuple(self.check()),
            disclaimer=self.say["disclaimer"],
            classes=tuple(one_line(outcome.title) for outcome in self.policy.category.by_id.values()),
        )

    # Why, or what is missing

    def why(self) -> str:
        """The comparison that decided, or the clauses."""
        if self.deciding is not None:
            return self.compared(self.deciding)
        reasons = self.deciding_reasons[:3]
        if not reasons:
            return ""
        words = self.say["sentences"].join(dict.fromkeys(map(self.words, reasons)))
        return self.say["because"].format(words=words, basis=self.basis(reasons[0])).rstrip()

    @cached_property
    def deciding_reasons(self) -> tuple[Reason, ...]:
        """What decided the category; of `otherwise` what stopped the others."""
        reasons = self.assessment.decided.reasons
        return tuple(reason for reason in reasons if reason.role == "decided") or reasons

    @cached_property
    def deciding(self) -> Reason | None:
        """The reason that compares a figure which the policy shows, the closest where there are several."""
        compared = [reason for reason in self.deciding_reasons if self.is_of_a_shown_figure(reason)]
        return min(compared, key=lambda reason: abs(cast(Fraction, _distance(reason))), default=None)

    def is_of_a_shown_figure(self, reason: Reason) -> bool:
        """A reason compares a figure that the policy shows with something that is known."""
        line = reason.clause.when
        return (
            isinstance(line, Compare)
            and isinstance(line.left, Name)
            and line.left.name in self.policy.show
            and _distance(reason) is not None
        )

    def compared(self, reason: Reason) -> str:
        """Both sides of a comparison and their distance, in one sentence."""
        line = cast(Compare, reason.clause.when)
        left, right = cast(Figure, reason.left), cast(Figure, reason.right)
        titles = [self.side(side) for side in (line.left, line.right)]
        if None in titles:
            return self.say["because"].format(words=self.words(reason), basis=self.basis(reason)).rstrip()
        amount, limit, difference = (
            self.tell.counted(text, left.unit) for text in comparison(self.policy, left, right)
        )
        distance = cast(Fraction, _distance(reason))
        sentence = "lower" if distance < 0 else "higher" if distance > 0 else "level"
        words = {"left": titles[0], "amount": amount, "right": titles[1], "limit": limit, "difference": difference}
        return self.say[sentence].format(**words, basis=self.basis(reason)).rstrip().replace("） ", "）")

    def side(self, expr: Expr) -> str | None:
        """What a side of a comparison is called: a name, or a number times it."""
        if isinstance(expr, Name):
            return self.tell.figure_title(expr.name)
        if isinstance(expr, Multiply):
            names = [part for part in expr.parts if isinstance(part, Name) and self.unit(part.name) != "1"]
            others = [self.number(part) for part in expr.parts if part not in names]
            if len(names) == 1 and None not in others:
                times = Fraction(1)
                for other in others:
                    times *= cast(Exact, other)
                return self.say["times"].format(title=self.tell.figure_title(names[0].name), times=_plain(times))
        return None

    def unit(self, name: str) -> str:
        figure = self.assessment.figure(name)
        return figure.unit if isinstance(figure, Figure) else ""

    def number(self, expr: Expr) -> Exact | None:
        """The number of a constant, or of a name whose figure is known."""
        if isinstance(expr, Constant) and not isinstance(expr.value, bool):
            return expr.value
        figure = self.assessment.figure(expr.name) if isinstance(expr, Name) else None
        return figure.exact if isinstance(figure, Figure) else None

    def words(self, reason: Reason) -> str:
        """A clause in the words for what it came to, with both sides of its comparison."""
        words = self.tell.words(reason)
        if isinstance(reason.left, Figure) and isinstance(reason.right, Figure) and _distance(reason) is None:
            return self.bounded(words, reason)
        fails = reason.holds is False and bool(reason.sign)  # then the sign is that of what the words say
        compared = self.tell.compared(evolve(reason, sign=_OPPOSITE[reason.sign]) if fails else reason)
        return self.say["colon"].format(title=words, text=compared) if compared else words

    def bounded(self, words: str, reason: Reason) -> str:
        """A clause with what its sides lie between, where they are not known exactly; without, where that is open."""
        line = reason.clause.when
        if not isinstance(line, Compare) or not isinstance(line.left, Name) or not isinstance(line.right, Name):
            return words
        names, figures = (line.left.name, line.right.name), (reason.left, reason.right)
        titles = [self.tell.figure_title(name) for name in names]
        amounts = [self.amount(name, cast(Figure, figure)) for name, figure in zip(names, figures, strict=True)]
        if self.say["pending"] in amounts:
            return words
        return self.say["bounded"].format(
            words=words,
            left=titles[0],
            amount=self.spaced(amounts[0]),
            right=titles[1],
            limit=self.spaced(amounts[1]),
        )

    def spaced(self, text: str) -> str:
        """A text with a space before it where it begins with a number, in Chinese."""
        return f" {text}" if self.lang == "zh" and (text[0].isdecimal() or text[0] == "-") else text

    def after(self, text: str) -> str:
        """A text with a space behind it where it ends in a number, in Chinese."""
        return f"{text} " if self.lang == "zh" and text[-1:].isdecimal() else text

    def basis(self, reason: Reason) -> str:
        return self.grade(reason.clause)

    def grade(self, clause: Clause) -> str:
        """How well a clause is known, where that is not by the rule or a notice."""
        provenance = clause.provenance
        return "" if provenance is None or provenance.basis in ("rule", "notice") else self.tell.grade(provenance)

    def missing(self) -> str:
        """The first thing to ask for, how many there are, and the document that proves it."""
        return self.first_missing("missing_one", "missing_several")

    def asked_first(self) -> str:
        """The first thing to ask for, below a verdict that says how many there are."""
        return self.first_missing("ask_one", "ask_several")

    def counted_open(self) -> str:
        count = len(self.assessment.missing)
        return self.say["open_counted"].format(count=count) if count else self.say["open"]

    def first_missing(self, one: str, several: str) -> str:
        missing = self.assessment.missing
        if not missing:
            return ""
        first = missing[0]
        if first.path[0] == "parameters":
            return self.say["missing_parameter"].format(title=first.title)
        what = self.say["missing_day"] if first.path == ("on",) else self.of(first.path, first.title)
        if first.evidence:
            what = self.say["proved_by"].format(what=what, evidence=first.evidence)
        return self.say[one if len(missing) == 1 else several].format(what=what, count=len(missing))

    def of(self, path: Path, title: str) -> str:
        """A fact with the member whose it is."""
        if path[0] != "members":
            return title
        return self.say["of_member"].format(who=self.tell.names[cast(int, path[1])], title=title)

    # Break points of the one missing fact

    @cached_property
    def points(self) -> BreakPoints | None:
        return self.assessment.break_points() if self.assessment.category is None else None

    @cached_property
    def beside(self) -> tuple[Decision, ...]:
        """The decision beside the category that the break points are shown of: the first that changes."""
        points = self.points
        names = () if points is None else points.changing
        found = (self.policy.decisions[name] for name in names)
        return tuple(each for each in found if not each.every and each is not self.policy.category)[:1]

    def break_points(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        points = self.points
        if points is None or not points.spans:
            return (), ()
        heads = (self.of(points.path, points.fact.title), self.say["outcome"], *(each.title for each in self.beside))
        spans: list[Span] = []
        told: list[tuple[str, ...]] = []
        for span in points.spans:
            cells = (
                self.tell.titles(span.possible),
                *(self.tell.titles(span.outcomes.decisions[decision.name].possible) for decision in self.beside),
            )
            if told and told[-1] == cells and _follows(points.fact.kind, spans[-1].high, span.low):
                spans[-1] = evolve(spans[-1], high=span.high)
            else:
                spans.append(span)
                told.append(cells)
        ranges = (self.range(points.fact, spans, number, ends=not points.unsettled) for number in range(len(spans)))
        rows = [(range_, *cells) for range_, cells in zip(ranges, told, strict=True)]
        if points.unsettled:
            rows.append((self.say["unsettled"], *("" for _ in heads[1:])))
        return tuple(map(one_line, heads)), tuple(tuple(map(one_line, row)) for row in rows)

    def range(self, fact: Fact, spans: Sequence[Span], number: int, *, ends: bool) -> str:
        """The values of a span in words, never with a bound that is only the field's own limit.

        `ends` says that no value is above the last span.
        """
        span, kind = spans[number], fact.kind
        low_, high_ = (self.value(fact, each) for each in (span.low, span.high))
        if isinstance(kind, ChoiceKind | YesNoKind) or span.low == span.high:
            return self.say["exactly"].format(low=low_)
        is_day, is_last = isinstance(kind, DateKind), ends and number == len(spans) - 1
        if number == 0 and is_last:
            return self.say["any"]
        if number == 0:
            return self.say["day_at_most" if is_day else "at_most"].format(high=high_)
        if is_last:
            before = spans[number - 1].high
            if isinstance(kind, NumberKind) and _follows(kind, before, span.low):
                return self.say["more_than"].format(low=self.value(fact, before))
            return self.say["day_from" if is_day else "none_below"].format(low=low_)
        sentence = "day_from_to" if is_day else "from_to_bare" if low_[-1].isdecimal() else "from_to"
        return self.say[sentence].format(low=low_, high=high_)

    def value(self, fact: Fact, value: Value) -> str:
        return value_text(self.policy, fact.kind, value, self.say, fact.counted_in)

    # Figures

    def figures(self) -> Iterator[BriefFigure]:
        for name in self.policy.show:
            figure = self.assessment.figure(name)
            if name in self.limits_named:
                continue
            if not isinstance(figure, Figure):
                yield BriefFigure(self.tell.figure_title(name), self.tell.figure(name)[0], ())
            elif figure.exact != 0 or self.is_given(name):
                title = self.tell.figure_title(name)
                titled = self.say["minus"].format(title=title) if name in self.taken_away else title
                yield BriefFigure(titled, self.amount(name, figure), self.made_of(name))

    @cached_property
    def limits_named(self) -> frozenset[str]:
        """The shown parameters that the first sentence names already."""
        if self.assessment.category is None or not self.deciding:
            return frozenset()
        line = cast(Compare, self.deciding.clause.when)
        names = {part.name for part in walk(line.right) if isinstance(part, Name)}
        return frozenset(name for name in names if isinstance(self.policy.names[name], Parameter))

    @cached_property
    def taken_away(self) -> frozenset[str]:
        """The shown figures that another one is computed from by taking them away."""
        terms = (self.policy.names[name] for name in self.policy.order)
        parts = (part for term in terms if isinstance(term, Term) for part in walk(term.expr))
        names = {part.part.name for part in parts if isinstance(part, Negate) and isinstance(part.part, Name)}
        return frozenset(names & set(self.policy.show))

    def is_given(self, name: str) -> bool:
        """Whether a figure is computed from a fact that was given, other than as 0."""
        found = self.used_by(name)
        if isinstance(self.policy.names[name], Parameter):
            return True
        unit = self.unit(name).split("/", maxsplit=1)[0]
        return any(
            path[-1] in found and self.counted_in(path) == unit and self.fact_value(path) != 0
            for path in self.money_given
        )

    def counted_in(self, path: Path) -> str:
        """What a number is counted in: yuan, of yuan a year."""
        kind = cast(NumberKind, fact_of(self.policy, path).kind)
        return unit_name(kind.unit).split("/", maxsplit=1)[0]

    @cached_property
    def money_given(self) -> tuple[Path, ...]:
        paths = self.assessment.household.given
        return tuple(path for path in paths if isinstance(fact_of(self.policy, path).kind, NumberKind))

    def fact_value(self, path: Path) -> Value:
        household = self.assessment.household
        holder = household.values if len(path) == 1 else household.members[cast(int, path[1])].values
        return holder[cast(str, path[-1])]

    def amount(self, name: str, figure: Figure) -> str:
        """A figure, or what it lies between as far as that says more than the limits of its fields."""
        if figure.exact is not None:
            return self.tell.amount(figure)
        count = places(self.policy, figure.unit)
        narrow = self.narrowed[name]
        at_least, at_most = (
            self.tell.counted(number_text(number, count), figure.unit) if number == other else None
            for number, other in ((figure.low, low(cast(Exact, narrow))), (figure.high, high(cast(Exact, narrow))))
        )
        if self.rests_on_what_is_not_published(name):
            return self.say["not_published" if isinstance(self.policy.names[name], Parameter) else "pending"]
        if at_least is not None and at_most is not None:
            return self.say["between"].format(low=number_text(figure.low, count), high=at_most)
        if at_most is not None:
            return self.say["none_above"].format(high=at_most)
        return (
            self.say["pending"] if at_least is None or figure.low == 0 else self.say["none_below"].format(low=at_least)
        )

    def rests_on_what_is_not_published(self, name: str) -> bool:
        """Whether a figure is computed from a number that is not published: its bounds are those of a field."""
        scope = self.assessment.outcomes.scope
        return any(
            isinstance(definition := self.policy.names.get(used), Parameter)
            and isinstance(scope[used], Range)
            and (not definition.values or None in definition.values.values())
            for used in self.used_by(name)
        )

    def used_by(self, name: str) -> set[str]:
        """A name with everything that it is computed from."""
        wanted, found = [name], set[str]()
        while wanted:
            used = wanted.pop()
            if used not in found:
                found.add(used)
                wanted += self.policy.uses.get(used, ())
        return found

    @cached_property
    def narrowed(self) -> Scope:
        """The household with unknown numbers in half their range: a bound that moves with that is a field's limit."""
        policy, household = self.policy, self.assessment.household
        known = {*household.given, *household.derived, *household.assumed}
        changed: dict[Path, Value] = {}
        whole = ((("members", number), member.values) for number, member in enumerate(household.members))
        for before, values in (((), household.values), *whole):
            for name, number in values.items():
                path = (*before, name)
                if (
                    path not in known
                    and isinstance(number, Range)
                    and isinstance(fact_of(policy, path).kind, NumberKind)
                ):
                    changed[path] = Range(Fraction(number.low) / 2, Fraction(number.high) / 2)
        scope, _ = refilled(policy, household, FrozenMapping(changed))
        evaluate(policy, scope)
        return scope

    def made_of(self, name: str) -> Iterator[str]:
        """The heads of a sum, what each member brings, who is not counted; of other figures the formula in numbers."""
        term = self.policy.names[name]
        if not isinstance(term, Term):
            yield from self.multiples(name)
            return
        expr = term.expr
        if isinstance(expr, Add):
            for part in expr.parts:
                if isinstance(part, Name):
                    yield from self.share(self.policy.names[part.name].title, self.assessment.figure(part.name))
        elif isinstance(expr, OverMembers) and expr.what == "sum":
            for who, (counts, brings) in zip(self.tell.names, self.assessment.per_member(expr), strict=True):
                if counts is not False:
                    yield from self.share(who, brings)
        else:
            yield from filter(None, [self.formula(name)])
        for part in walk(expr):
            if isinstance(part, OverMembers) and part.what == "count":
                truths = [counts for counts, _ in self.assessment.per_member(part)]
                for truth, sentence in ((False, "not_counted"), (None, "perhaps_counted")):
                    numbers = [number for number, each in enumerate(truths) if each is truth]
                    names = [self.full_name(number) for number in numbers]
                    if names:
                        yield self.say[sentence].format(count=len(names), who=self.say["join"].join(names))

    def full_name(self, number: int) -> str:
        """A member by everything that it is called by, all but the first in brackets: 子女（24 岁）."""
        words = TELLING[self.lang]
        name = full_name(self.assessment, number, words)
        first, _, others = name.partition(words["list"])
        return self.say["with_words"].format(title=first, words=others) if others else name

    def multiples(self, name: str) -> Iterator[str]:
        """The multiples of a parameter that the category compares with."""
        wanted = [outcome.when for outcome in self.policy.category.outcomes]
        clauses = (part for when in wanted for part in walk(cast(Clause, when)) if isinstance(part, Clause))
        found: dict[str, None] = {}
        for clause in clauses:
            right = clause.when.right if isinstance(clause.when, Compare) else None
            if isinstance(right, Multiply) and any(
                isinstance(part, Name) and part.name == name for part in right.parts
            ):
                others = [
                    self.number(part) for part in right.parts if not (isinstance(part, Name) and part.name == name)
                ]
                limit = value(right, self.assessment.outcomes.scope)
                if len(others) == 1 and others[0] is not None and isinstance(limit, int | Fraction):
                    text = self.tell.counted(number_text(limit, places(self.policy, self.unit(name))), self.unit(name))
                    basis = self.grade(clause)
                    found[
                        self.say["limits"].format(times=_plain(Fraction(others[0])), limit=text, basis=basis).rstrip()
                    ] = None
        yield from found

    def share(self, who: str, brings: object) -> Iterator[str]:
        if isinstance(brings, Figure):
            if brings.exact is None:
                yield self.say["not_given"].format(title=who)
            elif brings.exact != 0:
                amount = number_text(brings.exact, places(self.policy, brings.unit))
                yield self.say["share"].format(who=who, amount=amount)

    def formula(self, name: str) -> str:
        """The numbers that a figure is computed from, where every one of them is printed exactly."""
        expr, scope = cast(Term, self.policy.names[name]).expr, self.assessment.outcomes.scope
        figure = scope[name]
        while (inner := self.inside(expr, scope)) is not None:
            expr = inner
        text = _formula(expr, lambda each: self.printed(each, scope), top=True) or ""
        if self.lang == "zh":  # full-width brackets bring their own space
            text = text.replace(" (", "（").replace("(", "（").replace(") ", "）").replace(")", "）")
        return text if value(expr, scope) == figure else ""

    def inside(self, expr: Expr, scope: Scope) -> Expr | None:
        """What a name or a choice stands for: the term's expression, the case that holds; None for anything else."""
        if isinstance(expr, Name) and isinstance(term := self.policy.names[expr.name], Term) and not term.of_member:
            return term.expr
        if isinstance(expr, Choose):
            return next((result for when, result in expr.cases if value(when, scope) is True), expr.otherwise)
        return None

    def printed(self, name: str, scope: Scope) -> str | None:
        number = scope[name]
        if isinstance(number, bool) or not isinstance(number, int | Fraction):
            return None
        text = number_text(number, places(self.policy, self.unit(name)))
        return text if Fraction(text.replace(",", "")) == number else None

    # How far other verdicts are, and what is ruled out

    def distances(self) -> Iterator[Entry]:
        """For each category that a total leads to, the changes that give it, the nearest first."""
        if self.assessment.category is None:
            return
        together: dict[tuple[Outcome, ...], list[tuple[Exact, str]]] = {}
        changes = tuple(self.changes())
        is_cut = self.search.is_cut
        grouped = totals(self.assessment, changes)
        for change, what in self.named(changes, grouped):
            by = cast(Exact, change.by)
            amount = self.value(change.fact, max(by, -by))
            words = self.say["higher_by" if by > 0 else "lower_by"].format(what=what, amount=amount)
            together.setdefault(change.possible, []).append((max(by, -by), words))
        for possible, found in sorted(together.items(), key=lambda item: min(item[1])[0]):
            items = tuple(words for _, words in sorted(found, key=lambda each: each[0]))
            end = self.say["gives" if len(possible) == 1 else "may_give"]
            yield Entry(self.tell.titles(possible), items, self.say["or"], end)
        if is_cut:
            yield Entry("", (self.say["distance_cut"],))

    @cached_property
    def search(self) -> NearestValue:
        """The search for other verdicts, for everything that is said of them: it has one limit for all of it."""
        return NearestValue(self.assessment.outcomes, most=EFFORT)

    @cached_property
    def nearest(self) -> NearestAssumed | None:
        """The assumed fact that is nearest to changing the category, where all of them were looked at."""
        if self.assessment.category is None:
            return None
        nearest = nearest_assumed_of(self.assessment.outcomes, self.search)
        return None if self.search.is_cut else nearest

    def changes(self) -> Iterator[Change]:
        """The nearest change of each number that was given, upward and downward, that gives another category."""
        for path in self.money_given:
            fact, now = fact_of(self.policy, path), self.fact_value(path)
            for line in lines_from(cast(NumberKind, fact.kind), cast(Exact, now)):
                found = self.search.nearest(path, line)
                if found is not None:
                    yield Change(path, fact, now, found[0], Assessment(found[2]))

    def named(self, changes: tuple[Change, ...], grouped: tuple[Total, ...]) -> Iterator[tuple[Change, str]]:
        """One change of each total under the total's title; without any total the nearest change of a fact."""
        for total in grouped:
            yield total.changes[0], total.term.title
        if not grouped and changes:
            nearest = min(changes, key=lambda change: abs(cast(Fraction, change.by)))
            yield nearest, self.of(nearest.path, nearest.fact.title)

    def stopped(self) -> Iterator[Entry]:
        """The outcomes that are ruled out other than by the figure in the first sentence, each with what stopped it."""
        decided = self.assessment.decided
        why: dict[str, list[str]] = {}
        for reason in decided.reasons:
            if reason.role == "stopped" and not self.is_of_a_shown_figure(reason):
                why.setdefault(reason.outcome, []).append(self.stopped_by(reason))
        stopped = [each for each in decided.decision.outcomes if each.id in why and each not in decided.possible]
        words = {each: tuple(dict.fromkeys((*self.by_default(each), *why[each.id]))) for each in stopped}
        if words:
            label = "" if self.assessment.category is None else self.say["ruled_out_label"]
            first, *shorter = (
                tuple(one_line(self.with_words(outcome, each, most)) for outcome, each in words.items())
                for most in range(_MOST_WORDS, -1, -1)
            )
            yield Entry(label, first, self.say["sentences"], shorter=tuple(shorter))

    def with_words(self, outcome: Outcome, words: tuple[str, ...], most: int) -> str:
        """An outcome with the first clauses that stopped it, and how many there are."""
        if most == 0:
            return outcome.title
        shown = self.say["sentences"].join(words[:most])
        if len(words) > most:
            shown += self.say["list"] + self.say["more"].format(count=len(words))
        return self.say["with_words"].format(title=outcome.title, words=shown)

    def stopped_by(self, reason: Reason) -> str:
        words = self.tell.words(reason)
        if not isinstance(reason.left, Figure) or reason.left.exact is None:
            return words
        return self.say["with_amount"].format(title=words, amount=self.tell.amount(reason.left))

    def by_default(self, outcome: Outcome) -> Iterator[str]:
        """The first fact left out without whose default the outcome would not be ruled out."""
        clause = cast(Clause, outcome.when)
        if value(clause, self.opened) is False:
            return
        for path in Plans(self.policy).of(clause, self.opened).paths:
            if path in self.assessment.household.assumed:
                fact = fact_of(self.policy, path)
                title, assumed = self.of(path, fact.title), self.value(fact, self.fact_value(path))
                yield self.say["by_default"].format(title=title, value=assumed)
                return

    @cached_property
    def opened(self) -> Scope:
        """The household with everything that a default replaced unknown."""
        household = self.assessment.household
        scope = without(self.policy, household.scope(self.policy), household.assumed)
        evaluate(self.policy, scope)
        return scope

    # What follows from the category

    def decisions(self) -> Iterator[Entry]:
        """The other decisions that come to something; those that the break points show are there."""
        for decided in self.assessment.decisions.values():
            decision = decided.decision
            if decision is self.policy.category or decision in self.beside:
                continue
            items = tuple(self.outcomes(decided))
            if items:
                is_open = decision.every and not decided.holding
                title = self.say["perhaps"].format(title=decision.title) if is_open else decision.title
                yield Entry(title, items, self.say["join"])

    def outcomes(self, decided: Decided) -> Iterator[str]:
        if not decided.decision.every and decided.outcome is None:
            yield self.say["pending_outcome"].format(possible=self.tell.titles(decided.possible))
            return
        for outcome in decided.possible:
            if outcome not in decided.holding:
                yield self.say["perhaps"].format(title=outcome.title) if decided.holding else outcome.title
            else:
                amount = self.amount_of(decided, outcome) if decided.decision.every else None
                yield (
                    outcome.title
                    if amount is None
                    else self.say["with_amount"].format(title=outcome.title, amount=amount)
                )

    def amount_of(self, decided: Decided, outcome: Outcome) -> str | None:
        """The amount for which an outcome holds: where it does because a figure is above 0."""
        for reason in decided.reasons:
            sides = reason.left, reason.right
            if (
                reason.outcome == outcome.id
                and reason.role == "decided"
                and all(isinstance(each, Figure) for each in sides)
            ):
                left, right = cast(tuple[Figure, Figure], sides)
                if left.exact is not None and right.exact == 0:
                    return self.tell.amount(left)
        return None

    # What to check

    def check(self) -> Iterator[Entry]:
        warnings = tuple(self.tell.warnings(self.lang))
        if warnings:
            yield Entry("", warnings, self.say["sentences"])
        if self.assessment.household.assumed:
            yield Entry("", (self.assumed(),))
        yield Entry("", (self.say["then"].join(self.sensitivity()),))

    def assumed(self) -> str:
        """How many facts a default replaced, and the one that is nearest to changing the category."""
        count, nearest = len(self.assessment.household.assumed), self.nearest
        if nearest is None:
            return self.say["nearest_cut" if self.search.is_cut else "assumed"].format(count=count)
        new = self.value(nearest.fact, nearest.new)
        if isinstance(nearest.fact.kind, NumberKind):
            rises = cast(Exact, nearest.new) > cast(Exact, nearest.assumed)
            words = self.after(self.say["reaching" if rises else "falling_to"].format(value=new))
        else:
            words = self.say["being"].format(value=new)
        what, category = self.of(nearest.path, nearest.fact.title), nearest.category
        sentence = "nearest_open" if category is None else "nearest"
        return self.say[sentence].format(count=count, what=what, value=words, category=category and category.title)

    def sensitivity(self) -> Iterator[str]:
        """How many grounds are not verified, and which readings and provisions would change the category."""
        count = len(unverified(self.tell))
        yield self.say["unverified"].format(count=count) if count else self.say["all_verified"]
        turns = turns_on(self.assessment)
        readings = self.policy.readings.values()
        tried = [each for each in readings if not each.affects and len(each.kind.options) > 1]
        changing = [turn for turn in turns if isinstance(turn.what, Reading)]
        parts = []
        if not changing and tried:
            parts.append(self.say["same_readings"].format(count=len(tried)))
        elif changing:
            first = changing[0]
            option = cast(Reading, first.what).kind.options[cast(str, first.option)]
            comes_to = (
                self.say["comes_to_open"].format(possible=self.tell.titles(first.possible))
                if first.category is None
                else self.say["comes_to"].format(category=first.category.title)
            )
            what = self.say["reading"].format(title=first.title, option=option, comes_to=comes_to)
            names = {turn.id for turn in changing}
            sentence = "one_reading" if len(changing) == 1 else "other_readings"
            parts.append(self.say[sentence].format(count=len(tried), changing=len(names), what=what))
        removed = [turn for turn in turns if not isinstance(turn.what, Reading)]
        if removed:
            titles = dict.fromkeys(self.tell.holder(turn.id) for turn in removed)
            parts.append(self.say["provisions"].format(titles=self.say["join"].join(f"“{each}”" for each in titles)))
        if parts:
            yield self.say["sentences"].join(parts)


def _distance(reason: Reason) -> Fraction | None:
    """How far the left side of a reason is above the right; None where that is not known."""
    return None if reason.difference is None else reason.difference.exact


def _follows(kind: Kind, before: Value, value: Value) -> bool:
    """Whether a number or a day is the next one after another."""
    if isinstance(kind, NumberKind):
        return cast(Exact, value) - cast(Exact, before) == Fraction(1, 10**kind.decimals)
    return isinstance(kind, DateKind) and day_of(cast(int, value)) - day_of(cast(int, before)) == timedelta(1)


def _plain(number: Fraction) -> str:
    return number_text(number, 0)


def _formula(expr: Expr, printed: Callable[[str], str | None], *, top: bool = False) -> str | None:
    """Arithmetic over names and numbers with the numbers in their places; None for anything else."""
    match expr:
        case Name(name):
            return None if top else printed(name)
        case Constant(number) if not isinstance(number, bool) and not top:
            return _plain(Fraction(number)) if Fraction(number).denominator == 1 else None
        case Add(parts):
            first, *others = parts
            texts = [_formula(first, printed)]
            for part in others:
                sign, inner = ("-", part.part) if isinstance(part, Negate) else ("+", part)
                text = _bracketed(inner, printed)
                texts.append(None if text is None else f" {sign} {text}")
            return None if None in texts else "".join(cast(list[str], texts))
        case Multiply(parts):
            factors = [_bracketed(part, printed) for part in parts]
            return None if None in factors else " × ".join(cast(list[str], factors))
        case Divide(over, by):
            top_, bottom = _bracketed(over, printed, divides=True), _bracketed(by, printed)
            return None if top_ is None or bottom is None else f"{top_} ÷ {bottom}"
        case _:
            return None


def _bracketed(expr: Expr, printed: Callable[[str], str | None], *, divides: bool = False) -> str | None:
    """An operand, in brackets where it is computed itself; a quotient or product that is divided further needs none."""
    text = _formula(expr, printed)
    bare = isinstance(expr, Name | Constant) or (divides and isinstance(expr, Divide | Multiply))
    return text if bare or text is None else f"({text})"
