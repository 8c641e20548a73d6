"""The questions asked of every policy: unreached outcomes, overlaps, dead clauses, properties, readings, changes."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from time import monotonic
from typing import Literal, cast

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.expr import Clause
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Decision, Policy, Property, Term, require_policy
from hardship_rules.core.variants import removable_clauses, without_clause
from hardship_rules.proofs._encode import Encoding, decision_differs
from hardship_rules.proofs._households import same_households_under
from hardship_rules.proofs.properties import condition_value, find_violation, violates
from hardship_rules.proofs.prover import Answer, NotSettled, Proof, Prover, Shown
from hardship_rules.proofs.shrink import (
    Facts,
    IsCounterexample,
    Raised,
    raised_between,
    shrink_counterexample,
    with_raised,
)
from hardship_rules.proofs.terms import Truth, any_of

Section = Literal["outcomes", "overlaps", "clauses", "properties", "readings", "changes"]
SECTIONS: tuple[Section, ...] = ("outcomes", "overlaps", "clauses", "properties", "readings", "changes")

Ask = Callable[[Prover, float], Answer]
"""A question to a prover, with the seconds that it may take."""

Trial = Callable[[Policy, Property, float], tuple[int, tuple[Facts, Raised] | None]]
"""Tries a property on random households for some seconds: the number that passed, or the smallest counterexample."""

FEW = 2
"""So many members are tried first: households of few members are found faster and are easier to read."""


@frozen
class Claim:
    """One question with its answer; `verdict` is the meaning of the answer in one word."""

    section: Section
    id: str
    title: str
    verdict: str
    answer: Answer
    finding: bool = False
    tried: int = 0  # random households that passed, where nothing is proved
    raised: Raised = field(factory=dict, repr=False, hash=False)


class Questions:
    """The questions about one policy. Each section may take `seconds`."""

    def __init__(self, policy: Policy, members: int, seconds: float, trial: Trial | None = None) -> None:
        require_policy(policy)
        self.policy = policy
        self.members = min(members, policy.members.at_most)
        self.seconds = seconds
        self._trial = trial
        self._until = monotonic() + seconds
        self._provers: dict[tuple[int, bool], Prover] = {}

    def start_section(self) -> None:
        """Give the next section its seconds."""
        self._until = monotonic() + self.seconds

    def outcomes(self) -> Iterator[Claim]:
        """For each outcome, whether some household reaches it."""
        for name, decision in self.policy.decisions.items():
            for outcome in decision.by_id:
                answer = self._ask_under_any_readings(partial(_find_outcome, name, outcome))
                verdict = _verdict(answer, "reached", "reached_as_read", "unreached")
                is_otherwise = decision.otherwise is not None and outcome == decision.otherwise.id
                if verdict == "unreached" and is_otherwise:
                    verdict = "covered"
                title = f"{decision.title}：{decision.by_id[outcome].title}"
                yield Claim("outcomes", f"{name}.{outcome}", title, verdict, answer, verdict == "unreached")

    def overlaps(self) -> Iterator[Claim]:
        """For each pair of outcomes of a decision, whether both can hold; a finding if the decision is `disjoint`."""
        for name, decision in self.policy.decisions.items():
            if decision.every and not decision.disjoint:
                continue
            for pair in combinations(range(len(decision.outcomes)), 2):
                ask = partial(_find_overlap, name, pair)
                answer = self._ask_for_readable(ask) if decision.disjoint else self._ask(ask)
                first, second = (decision.outcomes[place] for place in pair)
                verdict = _verdict(answer, "overlap", "overlap", "apart")
                finding = verdict == "overlap" and decision.disjoint
                if finding:
                    verdict = "overlap_forbidden"
                title = f"{decision.title}：{first.title}、{second.title}"
                claim = Claim("overlaps", f"{name}.{first.id}+{second.id}", title, verdict, answer, finding)
                conditions = [cast(Clause, outcome.when) for outcome in (first, second)]
                yield _shrunk(claim, partial(_meets_all, self.policy, conditions))

    def clauses(self) -> Iterator[Claim]:
        """For each clause, whether dropping it changes a decision for some household, under any readings."""
        for definition, clause in removable_clauses(self.policy):
            answer = self._ask_under_any_readings(partial(_find_difference_without, definition.name, clause.id))
            verdict = _verdict(answer, "matters", "matters_as_read", "never_matters")
            if verdict == "never_matters" and clause.id in self.policy.switches:
                verdict = "says_reading"  # it tells the reader of an explanation which reading is chosen
            title = f"{definition.title}：{clause.title or clause.line or clause.id}"
            yield Claim("clauses", clause.id, title, verdict, answer, verdict == "never_matters")

    def properties(self) -> Iterator[Claim]:
        """For each property, whether every household satisfies it."""
        for prop in self.policy.properties.values():
            answer = self._ask_for_readable(partial(_find_violation, prop))
            count, counterexample = (0, None)
            if self._trial is not None and isinstance(answer, NotSettled):
                count, counterexample = self._trial(self.policy, prop, self._seconds_left)
            if counterexample is not None:
                facts, raised = counterexample
                second = with_raised(facts, raised) if raised else None
                answer = Shown(self.policy, facts, FrozenMapping(), second, self.policy)
            verdict = _verdict(answer, "broken", "broken", "kept")
            if count and verdict == "not_settled":
                verdict = "tried"
            claim = Claim("properties", prop.name, prop.title, verdict, answer, verdict == "broken", count)
            if isinstance(answer, Shown) and answer.other is not None:
                claim = evolve(claim, raised=raised_between(answer.facts, answer.other))
            yield _shrunk(claim, partial(violates, self.policy, prop))

    def readings(self) -> Iterator[Claim]:
        """For each reading, whether another option changes a decision for some household."""
        for name, reading in self.policy.readings.items():
            if reading.affects:
                yield Claim("readings", name, reading.title, "of_facts", Proof(self.members))
                continue
            answer = self._ask_under_any_readings(partial(_find_difference_by_reading, name))
            verdict = _verdict(answer, "matters", "matters_as_read", "reading_never_matters")
            yield Claim("readings", name, reading.title, verdict, answer)

    def category_changes(self, old: Policy) -> Iterator[Claim]:
        """For each pair of categories, whether a household moves from one to the other, from an old policy to this.

        The old policy is applied to the days on which this one is in force.
        """
        old = evolve(old, start=self.policy.start, end=self.policy.end)
        encodings: dict[Prover, Encoding] = {}
        for was in old.category.by_id:
            for becomes in self.policy.category.by_id:
                if was == becomes:
                    continue
                answer = self._ask_for_readable(partial(_find_change, old, encodings, was, becomes))
                verdict = _verdict(answer, "changed", "changed", "unchanged")
                title = f"{old.category.by_id[was].title} → {self.policy.category.by_id[becomes].title}"
                claim = Claim("changes", f"{was}→{becomes}", title, verdict, answer, verdict == "changed")
                yield _shrunk(claim, partial(_has_categories, answer, was, becomes))

    @property
    def _seconds_left(self) -> float:
        """The seconds for one question: at most a quarter of a section's, so that others get their turn."""
        return max(0.0, min(self._until - monotonic(), self.seconds / 4))

    def _prover(self, members: int, *, any_readings: bool = False) -> Prover:
        """The prover for so many members, made once."""
        key = (members, any_readings)
        if key not in self._provers:
            self._provers[key] = Prover(self.policy, members, any_readings=any_readings)
        return self._provers[key]

    def _ask(self, ask: Ask, *, any_readings: bool = False) -> Answer:
        """The answer to a question, first with few members, then with all."""
        for members in dict.fromkeys((min(FEW, self.members), self.members)):
            if self._seconds_left <= 0:
                return NotSettled(self.seconds)
            answer = ask(self._prover(members, any_readings=any_readings), self._seconds_left)
            if isinstance(answer, Shown):
                return answer
        return answer

    def _ask_for_readable(self, ask: Ask) -> Answer:
        """The answer to a question, with a readable household if there is one: few members, no negative amounts."""
        for members in dict.fromkeys((1, min(FEW, self.members))):
            if self._seconds_left > 0:
                answer = self._prover(members).without_losses(ask, self._seconds_left)
                if isinstance(answer, Shown):
                    return answer
        return self._ask(ask)

    def _ask_under_any_readings(self, ask: Ask) -> Answer:
        """The answer to a question, first under the chosen readings with few members, then under any readings."""
        if self._seconds_left > 0:
            answer = ask(self._prover(min(FEW, self.members)), self._seconds_left)
            if isinstance(answer, Shown):
                return answer
        return self._ask(ask, any_readings=bool(self.policy.readings))


def _verdict(answer: Answer, shown: str, shown_as_read: str, proved: str) -> str:
    """The word for an answer; `shown_as_read` is for a household that needs other readings than those chosen."""
    match answer:
        case Shown():
            return shown_as_read if answer.readings else shown
        case Proof():
            return proved
        case NotSettled():
            return "not_settled"


def _shrunk(claim: Claim, is_counterexample: IsCounterexample) -> Claim:
    """The claim with its household made as small as possible."""
    answer = claim.answer
    if not claim.finding or not isinstance(answer, Shown):
        return claim
    facts, raised = shrink_counterexample(answer.policy, answer.facts, claim.raised, is_counterexample)
    second = with_raised(facts, raised) if raised else answer.other and facts  # without raised facts, both are one
    return evolve(claim, answer=evolve(answer, facts=facts, other=second), raised=raised)


# --- Questions to one prover -------------------------------------------------------------------------------------


def _find_outcome(decision: str, outcome: str, prover: Prover, seconds: float) -> Answer:
    return prover.find([prover.outcome(decision, outcome)], seconds)


def _find_overlap(decision: str, pair: tuple[int, int], prover: Prover, seconds: float) -> Answer:
    return prover.find([prover.encoding.outcomes(decision)[place] for place in pair], seconds)


def _find_violation(prop: Property, prover: Prover, seconds: float) -> Answer:
    return find_violation(prover, prop, seconds)


def _find_difference_without(name: str, clause: str, prover: Prover, seconds: float) -> Answer:
    """A household for which a decision changes when a clause is dropped from a definition."""
    definition = cast(Term | Decision, prover.policy.names[name])
    left = without_clause(definition, clause)
    if left is None:
        return Proof(prover.members)
    changed, holds = left
    without = prover.encoding.with_clause(changed, holds=holds)
    return prover.find([_differs(prover.encoding, without)], seconds)


def _find_difference_by_reading(name: str, prover: Prover, seconds: float) -> Answer:
    """A household for which another option of a reading changes a decision, all other readings being equal."""
    reading = prover.policy.readings[name]
    chosen = Encoding(prover.households.with_reading(name, reading.chosen))
    others = (
        Encoding(prover.households.with_reading(name, option))
        for option in reading.kind.options
        if option != reading.chosen
    )
    return prover.find([any_of(_differs(chosen, other) for other in others)], seconds)


def _differs(first: Encoding, second: Encoding) -> Truth:
    """Two encodings of a policy differ in a decision."""
    return any_of(decision_differs(first, second, name) for name in first.policy.decisions)


def _find_change(  # noqa: PLR0913, PLR0917  # the first four are bound, the last two are those of every question
    old: Policy, encodings: dict[Prover, Encoding], was: str, becomes: str, prover: Prover, seconds: float
) -> Answer:
    """A household with one category by an old policy and another by the prover's; encodings of the old are reused."""
    if prover not in encodings:
        encodings[prover] = prover.keep(same_households_under(prover.households, old))
    old_encoding = encodings[prover]
    conditions = [
        old_encoding.outcome(old.category.name, was),
        prover.outcome(prover.policy.category.name, becomes),
    ]
    return prover.find(conditions, seconds, old_encoding)


# --- Whether a household still is a counterexample ---------------------------------------------------------------


def _meets_all(policy: Policy, conditions: list[Clause], facts: Facts, _: Raised) -> bool:
    """Whether a household meets all of some conditions."""
    return all(condition_value(policy, condition, facts) for condition in conditions)


def _has_categories(answer: Answer, was: str, becomes: str, facts: Facts, _: Raised) -> bool:
    """Whether a household has one category by the old policy of an answer and another by the new."""
    shown = cast(Shown, answer)
    old = cast(Policy, shown.against)
    old_facts = {
        **{name: value for name, value in facts.items() if name in old.facts or name == "on"},
        "members": [
            {name: value for name, value in member.items() if name in old.members.facts} for member in facts["members"]
        ],
    }
    before, after = assess(old, old_facts).category, assess(shown.policy, facts).category
    return before is not None and after is not None and (before.id, after.id) == (was, becomes)
