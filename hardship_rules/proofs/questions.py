"""The questions asked of every policy: unreached outcomes, overlaps, dead clauses, properties, readings."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from typing import cast

from attrs import evolve

from hardship_rules.core.expr import Clause
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Decision, Policy, Property, Term, require_policy
from hardship_rules.core.variants import removable_clauses, without_clause
from hardship_rules.proofs._encode import Encoding, decision_differs
from hardship_rules.proofs.claims import Claim, shrunk, verdict_of
from hardship_rules.proofs.properties import condition_value, find_violation, violates
from hardship_rules.proofs.prover import Answer, Proof, Prover, Shown
from hardship_rules.proofs.shrink import (
    Facts,
    Raised,
    raised_between,
    with_raised,
)
from hardship_rules.proofs.solver import NotSettled
from hardship_rules.proofs.terms import Truth, any_of

Ask = Callable[[Prover, float], Answer]
"""A question to a prover, with the seconds that it may take."""

Trial = Callable[[Policy, Property, float], tuple[int, tuple[Facts, Raised] | None]]
"""Tries a property on random households for some seconds: the number that passed, or the smallest counterexample."""

FEW = 2
"""So many members are tried first: households of few members are found faster and are easier to read."""


class Questions:
    """The questions about one policy. Each section may take `seconds` of solver work."""

    def __init__(self, policy: Policy, members: int, seconds: float, trial: Trial | None = None) -> None:
        require_policy(policy)
        self.policy = policy
        self.members = min(members, policy.members.at_most)
        self.seconds = seconds
        self._trial = trial
        self._provers: dict[tuple[int, bool], Prover] = {}
        self._spent_before = 0.0  # in earlier sections

    def start_section(self) -> None:
        """Give the next section its seconds."""
        self._spent_before = self._spent

    def outcomes(self) -> Iterator[Claim]:
        """For each outcome, whether some household reaches it."""
        for name, decision in self.policy.decisions.items():
            for outcome in decision.by_id:
                answer = self._ask_under_any_readings(partial(_find_outcome, name, outcome))
                verdict = verdict_of(answer, "reached", "reached_as_read", "unreached")
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
                answer = self.ask_for_readable(ask) if decision.disjoint else self._ask(ask)
                first, second = (decision.outcomes[place] for place in pair)
                verdict = verdict_of(answer, "overlap", "overlap", "apart")
                finding = verdict == "overlap" and decision.disjoint
                if finding:
                    verdict = "overlap_forbidden"
                title = f"{decision.title}：{first.title}、{second.title}"
                claim = Claim("overlaps", f"{name}.{first.id}+{second.id}", title, verdict, answer, finding)
                conditions = [cast(Clause, outcome.when) for outcome in (first, second)]
                yield shrunk(claim, partial(_meets_all, self.policy, conditions))

    def clauses(self) -> Iterator[Claim]:
        """For each clause, whether dropping it changes a decision for some household, under any readings."""
        for definition, clause in removable_clauses(self.policy):
            answer = self._ask_under_any_readings(partial(_find_difference_without, definition.name, clause.id))
            verdict = verdict_of(answer, "matters", "matters_as_read", "never_matters")
            if verdict == "never_matters" and clause.id in self.policy.switches:
                verdict = "says_reading"  # it tells the reader of an explanation which reading is chosen
            title = f"{definition.title}：{clause.title or clause.line or clause.id}"
            yield Claim("clauses", clause.id, title, verdict, answer, verdict == "never_matters")

    def properties(self) -> Iterator[Claim]:
        """For each property, whether every household satisfies it."""
        for prop in self.policy.properties.values():
            answer = self.ask_for_readable(partial(_find_violation, prop))
            count, counterexample = (0, None)
            if self._trial is not None and isinstance(answer, NotSettled):
                count, counterexample = self._trial(self.policy, prop, self._seconds_left)
            if counterexample is not None:
                facts, raised = counterexample
                second = with_raised(facts, raised) if raised else None
                answer = Shown(self.policy, facts, FrozenMapping(), second, self.policy)
            verdict = verdict_of(answer, "broken", "broken", "kept")
            if count and verdict == "not_settled":
                verdict = "tried"
            claim = Claim("properties", prop.name, prop.title, verdict, answer, verdict == "broken", count)
            if isinstance(answer, Shown) and answer.other is not None:
                claim = evolve(claim, raised=raised_between(answer.facts, answer.other))
            yield shrunk(claim, partial(violates, self.policy, prop))

    def readings(self) -> Iterator[Claim]:
        """For each reading, whether another option changes a decision for some household."""
        for name, reading in self.policy.readings.items():
            if reading.affects:
                yield Claim("readings", name, reading.title, "of_facts", Proof(self.members))
                continue
            answer = self._ask_under_any_readings(partial(_find_difference_by_reading, name))
            verdict = verdict_of(answer, "matters", "matters_as_read", "reading_never_matters")
            yield Claim("readings", name, reading.title, verdict, answer)

    @property
    def _seconds_left(self) -> float:
        """The seconds for one question: at most a quarter of a section's, so that others get their turn."""
        left = self.seconds - (self._spent - self._spent_before)
        return max(0.0, min(left, self.seconds / 4))

    @property
    def _spent(self) -> float:
        return sum(prover.spent for prover in self._provers.values())

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

    def ask_for_readable(self, ask: Ask) -> Answer:
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


# --- Whether a household still is a counterexample ---------------------------------------------------------------


def _meets_all(policy: Policy, conditions: list[Clause], facts: Facts, _: Raised) -> bool:
    """Whether a household meets all of some conditions."""
    return all(condition_value(policy, condition, facts) for condition in conditions)
