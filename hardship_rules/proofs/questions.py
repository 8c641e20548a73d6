"""What is asked of every policy: dead outcomes and clauses, overlaps, properties, readings, what has changed."""

from collections.abc import Callable, Iterator
from itertools import combinations
from time import monotonic
from typing import Literal, cast

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.expr import Clause
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Decision, Policy, Property, Term, refuse_no_policy
from hardship_rules.core.variants import clauses_of, policy_without
from hardship_rules.engine.lower import whole
from hardship_rules.proofs._encode import Encoding, decision_differs
from hardship_rules.proofs._households import beside
from hardship_rules.proofs.properties import breaks, broken, truth_of
from hardship_rules.proofs.prover import Answer, NotSettled, Proof, Prover, Shown
from hardship_rules.proofs.shrink import Facts, Raised, raised_between, smallest, with_raised
from hardship_rules.proofs.terms import any_of

FEW = 2  # members, with which a household is looked for first: what they show is shown
Section = Literal["outcomes", "overlaps", "clauses", "properties", "readings", "changes"]
Trial = Callable[[Policy, Property, float], tuple[int, tuple[Facts, Raised] | None]]
"""Tries a property on drawn households for so many seconds: how many kept it, or the smallest that did not."""
SECTIONS: tuple[Section, ...] = ("outcomes", "overlaps", "clauses", "properties", "readings", "changes")


@frozen
class Claim:
    """One thing that was asked, and the answer: `verdict` says in one word what the answer means."""

    section: Section
    id: str
    title: str
    verdict: str
    answer: Answer
    finding: bool = False
    tried: int = 0  # households that were only tried
    raised: Raised = field(factory=dict, repr=False, hash=False)


class Questions:
    """The questions about one policy; each section of them has so many seconds."""

    def __init__(self, policy: Policy, members: int, seconds: float, trial: Trial | None = None) -> None:
        refuse_no_policy(policy)
        self.policy = policy
        self.members = min(members, policy.members.at_most)
        self.seconds = seconds
        self.trial = trial
        self.until = monotonic() + seconds
        self.provers: dict[tuple[int, bool], Prover] = {}

    def begin(self) -> None:
        """A section begins."""
        self.until = monotonic() + self.seconds

    @property
    def left(self) -> float:
        """The seconds for one question: at most a quarter of a section's, so that a hard one leaves time to others."""
        return max(0.0, min(self.until - monotonic(), self.seconds / 4))

    def prover(self, members: int, *, any_readings: bool = False) -> Prover:
        """The prover of so many members, made once."""
        key = (members, any_readings)
        if key not in self.provers:
            self.provers[key] = Prover(self.policy, members, any_readings=any_readings)
        return self.provers[key]

    def shown_small(self, ask: Callable[[Prover, float], Answer]) -> Answer:
        """A question whose household is to be read: of one member and of few, without losses, before all."""
        for members in dict.fromkeys((1, min(FEW, self.members))):
            if self.left > 0 and isinstance(answer := self.prover(members).plainly(ask, self.left), Shown):
                return answer
        return self.asked(ask)

    def asked(self, ask: Callable[[Prover, float], Answer], *, any_readings: bool = False) -> Answer:
        """A question of few members, and where they do not show it, of all."""
        for members in dict.fromkeys((min(FEW, self.members), self.members)):
            if self.left <= 0:
                return NotSettled(self.seconds)
            answer = ask(self.prover(members, any_readings=any_readings), self.left)
            if isinstance(answer, Shown):
                return answer
        return answer

    def as_read_or_not(self, ask: Callable[[Prover, float], Answer]) -> Answer:
        """A question under the readings chosen by few members, then under any readings."""
        if self.left > 0 and isinstance(answer := ask(self.prover(min(FEW, self.members)), self.left), Shown):
            return answer
        return self.asked(ask, any_readings=bool(self.policy.readings))

    # Outcomes

    def outcomes(self) -> Iterator[Claim]:
        """Of each outcome whether any household comes to it."""
        for name, decision in self.policy.decisions.items():
            for outcome in decision.by_id:
                answer = self.as_read_or_not(
                    lambda prover, seconds, name=name, outcome=outcome: prover.find(  # type: ignore[misc]  # defaults hold the loop's values
                        [prover.outcome(name, outcome)], seconds
                    )
                )
                verdict = _verdict(answer, "reached", "reached_as_read", "unreached")
                last = decision.otherwise is not None and outcome == decision.otherwise.id
                if verdict == "unreached" and last:
                    verdict = "covered"
                title = f"{decision.title}：{decision.by_id[outcome].title}"
                yield Claim("outcomes", f"{name}.{outcome}", title, verdict, answer, verdict == "unreached")

    # Overlaps

    def overlaps(self) -> Iterator[Claim]:
        """Of each two outcomes of a decision whether both hold of one household: a finding where it is `disjoint`."""
        for name, decision in self.policy.decisions.items():
            if decision.every and not decision.disjoint:
                continue
            for one, other in combinations(range(len(decision.outcomes)), 2):
                answer = (self.shown_small if decision.disjoint else self.asked)(
                    lambda prover, seconds, name=name, pair=(one, other): prover.find(  # type: ignore[misc]  # defaults hold the loop's values
                        [prover.encoding.outcomes[name][each] for each in pair], seconds
                    )
                )
                both = [decision.outcomes[each] for each in (one, other)]
                verdict = _verdict(answer, "overlap", "overlap", "apart")
                finding = verdict == "overlap" and decision.disjoint
                if finding:
                    verdict = "overlap_forbidden"
                title = f"{decision.title}：{both[0].title}、{both[1].title}"
                found = Claim("overlaps", f"{name}.{both[0].id}+{both[1].id}", title, verdict, answer, finding)
                yield self.small(found, lambda facts, _, found=found: _holds_both(self.policy, found, facts))  # type: ignore[misc]  # defaults hold the loop's values

    # Clauses

    def clauses(self) -> Iterator[Claim]:
        """Of each clause whether the decisions would ever be otherwise without it, under any readings."""
        for definition, clause in clauses_of(self.policy):
            answer = self.as_read_or_not(
                lambda prover, seconds, definition=definition, clause=clause: _without_clause(  # type: ignore[misc]  # defaults hold the loop's values
                    prover, definition.name, clause.id, seconds
                )
            )
            verdict = _verdict(answer, "matters", "matters_as_read", "never_matters")
            if verdict == "never_matters" and clause.id in self.policy.switches:
                verdict = "says_reading"  # it tells the reader of the explanation which reading is chosen
            title = f"{definition.title}：{clause.title or clause.line or clause.id}"
            yield Claim("clauses", clause.id, title, verdict, answer, verdict == "never_matters")

    # Properties

    def properties(self) -> Iterator[Claim]:
        """Of each property whether it is kept by every household."""
        for each in self.policy.properties.values():
            answer = self.shown_small(lambda prover, seconds, each=each: broken(prover, each, seconds))  # type: ignore[misc]  # defaults hold the loop's values
            count, found = (0, None)
            if self.trial is not None and isinstance(answer, NotSettled):
                count, found = self.trial(self.policy, each, self.left)
            if found is not None:
                facts, raised = found
                second = with_raised(facts, raised) if raised else None
                answer = Shown(self.policy, facts, FrozenMapping(), second, self.policy)
            verdict = _verdict(answer, "broken", "broken", "kept")
            if count and verdict == "not_settled":
                verdict = "tried"
            claim = Claim("properties", each.name, each.title, verdict, answer, verdict == "broken", count)
            if isinstance(answer, Shown) and answer.other is not None:
                claim = evolve(claim, raised=raised_between(answer.facts, answer.other))
            yield self.small(claim, lambda facts, raised, each=each: breaks(self.policy, each, facts, raised))  # type: ignore[misc]  # defaults hold the loop's values

    # Readings

    def readings(self) -> Iterator[Claim]:
        """Of each reading whether another option would ever change a decision."""
        for name, reading in self.policy.readings.items():
            if reading.affects:
                yield Claim("readings", name, reading.title, "of_facts", Proof(self.members))
                continue
            answer = self.as_read_or_not(
                lambda prover, seconds, name=name: _other_reading(prover, name, seconds)  # type: ignore[misc]  # defaults hold the loop's values
            )
            verdict = _verdict(answer, "matters", "matters_as_read", "reading_never_matters")
            yield Claim("readings", name, reading.title, verdict, answer)

    # Changes

    def changes(self, old: Policy) -> Iterator[Claim]:
        """Of each two categories whether a household has the one by the old policy and the other by this one.

        The old policy is asked as if it were in force on the days of this one.
        """
        old = evolve(old, start=self.policy.start, end=self.policy.end)
        before, now = old.category, self.policy.category
        provers: dict[Prover, Encoding] = {}

        def changed(prover: Prover, seconds: float, was: str, becomes: str) -> Answer:
            if prover not in provers:
                provers[prover] = _beside(prover, old)
            other = provers[prover]
            wanted = [other.outcome(before.name, was), prover.outcome(now.name, becomes)]
            return prover.find(wanted, seconds, other)

        for was in before.by_id:
            for becomes in now.by_id:
                if was == becomes:
                    continue
                answer = self.shown_small(lambda prover, seconds, pair=(was, becomes): changed(prover, seconds, *pair))  # type: ignore[misc]  # defaults hold the loop's values
                verdict = _verdict(answer, "changed", "changed", "unchanged")
                title = f"{before.by_id[was].title} → {now.by_id[becomes].title}"
                claim = Claim("changes", f"{was}→{becomes}", title, verdict, answer, verdict == "changed")
                yield self.small(
                    claim,
                    lambda facts, _, claim=claim, pair=(was, becomes): _both(claim, facts) == pair,  # type: ignore[misc]  # defaults hold the loop's values
                )

    # What is shown

    def small(self, claim: Claim, is_so: Callable[[Facts, Raised], bool]) -> Claim:
        """The same finding with as small a household as shows it."""
        answer = claim.answer
        if not claim.finding or not isinstance(answer, Shown):
            return claim
        shown = answer.policy
        facts, raised = smallest(shown, answer.facts, claim.raised, is_so)
        second = with_raised(facts, raised) if raised else answer.other and facts
        return evolve(claim, answer=evolve(answer, facts=facts, other=second), raised=raised)


def _verdict(answer: Answer, shown: str, shown_as_read: str, proved: str) -> str:
    match answer:
        case Shown():
            return shown_as_read if answer.readings else shown
        case Proof():
            return proved
        case NotSettled():
            return "not_settled"


def _differs(prover: Prover, other: Encoding, seconds: float) -> Answer:
    return prover.find(
        [any_of(decision_differs(prover.encoding, other, name) for name in prover.policy.decisions)], seconds
    )


def _without_clause(prover: Prover, name: str, clause: str, seconds: float) -> Answer:
    definition = cast(Term | Decision, prover.made.policy.names[name])
    variant = evolve(prover.made, policy=policy_without(prover.made.policy, definition, clause))
    return _differs(prover, Encoding(prover.policy, variant, prover.of, prover.encoding), seconds)


def _other_reading(prover: Prover, name: str, seconds: float) -> Answer:
    """Whether the chosen option and some other one make a difference, the other readings being what the prover has."""
    reading = prover.policy.readings[name]
    answer: Answer = Proof(prover.members)
    chosen = Encoding(prover.policy, prover.made, prover.of.with_reading(name, reading.chosen), prover.encoding)
    kept = list(prover.space.known)
    for option in reading.kind.options:
        if option == reading.chosen:
            continue
        prover.space.known[:] = kept
        other = Encoding(prover.policy, prover.made, prover.of.with_reading(name, option), prover.encoding)
        differs = any_of(decision_differs(chosen, other, each) for each in prover.policy.decisions)
        answer = prover.find([differs], seconds)
        if not isinstance(answer, Proof):
            return answer
    return answer


def _holds_both(policy: Policy, claim: Claim, facts: Facts) -> bool:
    decision, _, pair = claim.id.partition(".")
    return all(
        truth_of(policy, cast(Clause, policy.decisions[decision].by_id[each].when), facts) for each in pair.split("+")
    )


def _beside(prover: Prover, old: Policy) -> Encoding:
    """An old policy over the same households; kept with the prover for as long as it lasts."""
    made = whole(old)
    other = Encoding(old, made, beside(prover.of, prover.made, made), prover.encoding)
    for clause in made.policy.must:
        prover.space.know(other.truth(clause))
    prover.keep()
    return other


def _both(claim: Claim, facts: Facts) -> tuple[str, str] | None:
    """The categories of a household by the old policy and by the new."""
    answer = cast(Shown, claim.answer)
    old = cast(Policy, answer.against)
    known = {
        **{name: each for name, each in facts.items() if name in old.facts or name == "on"},
        "members": [
            {name: each for name, each in member.items() if name in old.members.facts} for member in facts["members"]
        ],
    }
    was, becomes = assess(old, known).category, assess(answer.policy, facts).category
    return None if was is None or becomes is None else (was.id, becomes.id)
