"""The break points of the one missing fact: a table of its values with the verdict for each."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from typing import cast

from attrs import evolve

from hardship_rules.assessment.break_points import BreakPoints, Span
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, Kind, NumberKind, Value, day_of
from hardship_rules.core.policy import Decision, Fact
from hardship_rules.explanation._brief_words import BriefPart
from hardship_rules.explanation.wording import one_line_each


class BreakPointTable(BriefPart):
    """The table of break points of one assessment."""

    @cached_property
    def points(self) -> BreakPoints | None:
        return self.assessment.break_points() if self.assessment.category is None else None

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The decision shown beside the category: the first other one that changes at a break point."""
        names = () if self.points is None else self.points.changing
        decisions = (self.policy.decisions[name] for name in names)
        return tuple(decision for decision in decisions if not decision.every and decision is not self.policy.category)[
            :1
        ]

    def table(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """The heads and rows of the table; both empty where not exactly one fact is missing."""
        points = self.points
        if points is None or not points.spans:
            return (), ()
        titles = (decision.title for decision in self.decisions)
        heads = (self.words.fact(points.path, points.fact.title), self.say["outcome"], *titles)
        spans, verdicts = self.merged(points)
        ranges = (self.range(points.fact, spans, number, ends=not points.unsettled) for number in range(len(spans)))
        rows = [(range_, *cells) for range_, cells in zip(ranges, verdicts, strict=True)]
        if points.unsettled:
            rows.append((self.say["unsettled"], *("" for _ in heads[1:])))
        return one_line_each(heads), tuple(map(one_line_each, rows))

    def merged(self, points: BreakPoints) -> tuple[list[Span], list[tuple[str, ...]]]:
        """The spans with their verdicts; adjacent spans with the same verdicts are one."""
        spans: list[Span] = []
        verdicts: list[tuple[str, ...]] = []
        for span in points.spans:
            cells = (
                self.describe.titles(span.possible),
                *(self.describe.titles(span.outcomes.decisions[decision.name].possible) for decision in self.decisions),
            )
            if verdicts and verdicts[-1] == cells and _follows(points.fact.kind, spans[-1].high, span.low):
                spans[-1] = evolve(spans[-1], high=span.high)
            else:
                spans.append(span)
                verdicts.append(cells)
        return spans, verdicts

    def range(self, fact: Fact, spans: Sequence[Span], number: int, *, ends: bool) -> str:
        """The values of a span in words, without the bounds of the fact itself.

        `ends` says that the last span reaches the upper bound of the fact.
        """
        span, kind = spans[number], fact.kind
        low, high = self.words.value(fact, span.low), self.words.value(fact, span.high)
        if isinstance(kind, ChoiceKind | BooleanKind) or span.low == span.high:
            return self.say["exactly"].format(low=low)
        is_day, is_last = isinstance(kind, DateKind), ends and number == len(spans) - 1
        if number == 0 and is_last:
            return self.say["any"]
        if number == 0:
            return self.say["day_at_most" if is_day else "at_most"].format(high=high)
        if is_last:
            before = spans[number - 1].high
            if isinstance(kind, NumberKind) and _follows(kind, before, span.low):
                return self.say["more_than"].format(low=self.words.value(fact, before))
            return self.say["day_from" if is_day else "none_below"].format(low=low)
        sentence = "day_from_to" if is_day else "from_to_bare" if low[-1].isdecimal() else "from_to"
        return self.say[sentence].format(low=low, high=high)


def _follows(kind: Kind, before: Value, value: Value) -> bool:
    """Whether a number or a day is the next possible one after another."""
    if isinstance(kind, NumberKind):
        return cast(Exact, value) - cast(Exact, before) == Fraction(1, 10**kind.decimals)
    return isinstance(kind, DateKind) and day_of(cast(int, value)) - day_of(cast(int, before)) == timedelta(1)
