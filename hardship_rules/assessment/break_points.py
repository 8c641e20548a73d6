"""From which value of one fact on a decision changes: the fact's whole range, divided where it does."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

from attrs import define, evolve, field, frozen

from hardship_rules.assessment.absent import broken, without
from hardship_rules.assessment.given import refilled
from hardship_rules.assessment.lines import Line, Piece, crossings, divided, left_out, line_of
from hardship_rules.assessment.outcomes import Outcomes
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Fact, Outcome
from hardship_rules.core.problems import Path
from hardship_rules.core.values import ChoiceKind, Value
from hardship_rules.engine.evaluate import evaluate
from hardship_rules.engine.meaning import Scope, value

LOOKS = 500  # pieces of a fact's range that are looked at before the rest is left unsettled


@frozen
class Span:
    """The values of one fact from `low` to `high`, both included, for which every decision is the same.

    Of a choice or a boolean both are the same option. `outcomes` are those of the household with `low`.
    """

    low: Value = field(repr=False)
    high: Value = field(repr=False)
    outcomes: Outcomes = field(repr=False)

    @property
    def category(self) -> Outcome | None:
        """The category; None where other facts are needed as well."""
        return self.outcomes.category

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """The possible categories."""
        return self.outcomes.possible


@frozen
class BreakPoints:
    """The range of one fact in spans, in ascending order; of a choice or a boolean one for each option.

    Neighbouring spans differ in some decision, and both ends of each were assessed. Values that no household can have
    (they break a `must`) are in no span. `unsettled` are ranges that were not settled within 500 looks: nothing is
    known of them. Where other facts are missing as well, what a span leaves possible may be less for some of its
    values.
    """

    path: Path
    fact: Fact
    spans: tuple[Span, ...]
    unsettled: tuple[tuple[Value, Value], ...] = field(default=(), repr=False)

    @property
    def changing(self) -> tuple[str, ...]:
        """The names of the decisions that are not the same in all spans, in the policy's order."""
        profiles = [each.outcomes.profile for each in self.spans]
        decisions = self.spans[0].outcomes.policy.decisions if self.spans else ()
        return tuple(name for number, name in enumerate(decisions) if len({each[number] for each in profiles}) > 1)


def break_points_of(outcomes: Outcomes, path: Path) -> BreakPoints:
    """The break points of the fact at a path. Raises `KeyError` where there is none."""
    fact = _fact_at(outcomes, path)
    line = line_of(fact)
    if line is not None:
        return _Search(outcomes, path, fact, line).break_points()
    options: tuple[Value, ...] = tuple(fact.kind.options) if isinstance(fact.kind, ChoiceKind) else (True, False)
    afters = ((option, outcomes.changed({path: option})) for option in options)
    return BreakPoints(path, fact, tuple(Span(option, option, after) for option, after in afters if after is not None))


def _fact_at(outcomes: Outcomes, path: Path) -> Fact:
    policy, members = outcomes.policy, outcomes.household.members
    match path:
        case (str(name),) if name in policy.facts:
            return policy.facts[name]
        case ("members", int(number), str(name)) if 0 <= number < len(members) and name in policy.members.facts:
            return policy.members.facts[name]
        case _:
            raise KeyError(path)


@define(slots=False)
class _Search:
    """The search for the break points of a number or a day."""

    outcomes: Outcomes
    path: Path
    fact: Fact
    line: Line

    def break_points(self) -> BreakPoints:
        settled: list[tuple[Piece, Outcomes]] = []
        pieces = [(0, self.line.steps)]
        for _ in range(LOOKS):
            if not pieces:
                break
            piece = pieces.pop()
            whole = self.between(piece)
            if whole is None:
                continue
            ends = [self.outcomes.changed({self.path: self.line.at(step)}) for step in dict.fromkeys(piece)]
            if len(ends) == 1 or all(end is not None and self.alike(end, whole) for end in ends):
                if ends[0] is not None:
                    _append(settled, piece, ends[0])
            else:
                pieces += reversed(divided(piece, self.crossings(piece)))
        at = self.line.at
        return BreakPoints(
            self.path,
            self.fact,
            tuple(Span(at(least), at(most), after) for (least, most), after in settled),
            tuple((at(least), at(most)) for least, most in reversed(pieces)),
        )

    @cached_property
    def defaults(self) -> frozenset[Path]:
        """The other facts that were left out and that some default may replace."""
        return left_out(self.outcomes) - {self.path}

    def between(self, piece: Piece) -> Outcomes | None:
        """The household where the fact is only known to lie in a piece; None where that is certainly no household."""
        policy, household = self.outcomes.policy, self.outcomes.household
        scope, made = refilled(policy, household, FrozenMapping({self.path: self.line.between(piece)}))
        truths = evaluate(policy, scope, policy.category_order)[policy.category.name]
        if made.outside or any(broken(policy, scope, self.defaults)):
            return None
        members = tuple(
            evolve(member, values=_facts(member.values, inside))
            for member, inside in zip(household.members, scope.members, strict=True)
        )
        values = _facts(household.values, scope)
        known = evolve(household, values=values, members=members, assumed=tuple(self.defaults))
        return Outcomes(policy, known, scope, truths)

    def alike(self, end: Outcomes, whole: Outcomes) -> bool:
        """Whether an end of a piece comes to what the whole piece comes to, so that every value between does.

        Each `must` has to come out alike too, so that there is a household with every value.
        """
        return end.profile == whole.profile and list(self.musts(end)) == list(self.musts(whole))

    def musts(self, outcomes: Outcomes) -> Iterator[Value]:
        policy = outcomes.policy
        known = without(policy, outcomes.household.scope(policy), self.defaults)
        return (value(clause, known) for clause in policy.must)

    def crossings(self, piece: Piece) -> set[Fraction]:
        """Where in a piece decisions may change."""
        policy = self.outcomes.policy
        whole, first, last = (self.evaluated(part) for part in (piece, (piece[0],) * 2, (piece[1],) * 2))
        return crossings(policy, policy.decisions.values(), whole, first, last)

    def evaluated(self, piece: Piece) -> Scope:
        policy = self.outcomes.policy
        scope, _ = refilled(policy, self.outcomes.household, FrozenMapping({self.path: self.line.between(piece)}))
        evaluate(policy, scope)
        return scope


def _append(settled: list[tuple[Piece, Outcomes]], piece: Piece, after: Outcomes) -> None:
    """Append a piece, or lengthen the one before it where that touches it and comes to the same."""
    least, most = piece
    if settled and settled[-1][0][1] == least - 1 and settled[-1][1].profile == after.profile:
        (least, _), after = settled.pop()
    settled.append(((least, most), after))


def _facts(values: FrozenMapping[str, Value], scope: Scope) -> FrozenMapping[str, Value]:
    return FrozenMapping({name: scope.values[name] for name in values})
