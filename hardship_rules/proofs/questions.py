"""The questions asked of every policy: unreached outcomes, overlaps, dead clauses, properties, readings."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import combinations
from typing import NamedTuple, TypeVar, cast

from attrs import evolve

from hardship_rules.assessment.assessment import assess
from hardship_rules.core.expr import Clause
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Decision, Policy, Property, Term, require_policy
from hardship_rules.core.variants import removable_clauses, without_clause
from hardship_rules.proofs._encode import Encoding, decision_differs
from hardship_rules.proofs.batch import Batch
from hardship_rules.proofs.claims import Claim, shrunk, verdict_of
from hardship_rules.proofs.properties import condition_value, find_violation, violates
from hardship_rules.proofs.prover import Answer, Proof, Prover, Shown, may_be_loss
from hardship_rules.proofs.reasons import Inquiry, explained
from hardship_rules.proofs.shrink import (
    Facts,
    Raised,
    raised_between,
    with_raised,
)
from hardship_rules.proofs.solver import FAILURES, NotSettled
from hardship_rules.proofs.terms import Truth, any_of

Ask = Callable[[Prover, float], Answer]
"""A question to a prover, with the seconds that it may take."""

Trial = Callable[[Policy, Property, float], tuple[int, tuple[Facts, Raised] | None]]
"""Tries a property on random households for some seconds: the number that passed, or the smallest counterexample."""

FEW = 2
"""So many members are tried first: households of few members are found faster and are easier to read."""
TOGETHER = 200
"""So many questions are put to the solver at once."""
CLAUSES = 16
"""So many clauses are encoded at once: the definitions of each slow down the solver for the others."""

Key = TypeVar("Key", bound=Hashable)


class Domain(NamedTuple):
    """The households that a question is about."""

    members: int
    any_readings: bool = False
    no_losses: bool = False


class Questions:
    """The questions about one policy. Each section may take `seconds` of solver work."""

    def __init__(self, policy: Policy, members: int, seconds: float, trial: Trial | None = None) -> None:
        require_policy(policy)
        self.policy = policy
        self.members = min(members, policy.members.at_most)
        self.seconds = seconds
        self._trial = trial
        self._provers: dict[Domain, Prover] = {}
        self._inquiry = Inquiry(policy, self.members)
        self._spent_before = 0.0  # in earlier sections
        self._spent_by_failed = 0.0
        self._failed = False

    def start_section(self) -> None:
        """Give the next section its seconds."""
        self._spent_before = self._spent
        self._failed = False

    def outcomes(self) -> Iterator[Claim]:
        """For each outcome, whether some household reaches it."""
        keys = [(name, outcome) for name, decision in self.policy.decisions.items() for outcome in decision.by_id]
        answers = self._answers(keys, _has_outcome, self._of_any_readings)
        for (name, outcome), answer in zip(keys, answers, strict=True):
            decision = self.policy.decisions[name]
            verdict = verdict_of(answer, "reached", "reached_as_read", "unreached")
            is_otherwise = decision.otherwise is not None and outcome == decision.otherwise.id
            if verdict == "unreached" and is_otherwise:
                verdict = "covered"
            if verdict == "reached" and is_otherwise and decision.complete:
                verdict = "gap"
            title = f"{decision.title}：{decision.by_id[outcome].title}"
            claim = Claim("outcomes", f"{name}.{outcome}", title, verdict, answer, verdict in ("unreached", "gap"))
            yield shrunk(claim, partial(_comes_to, self.policy, name, outcome))

    def overlaps(self) -> Iterator[Claim]:
        """For each pair of outcomes of a decision, whether both can hold; a finding if the decision is `disjoint`."""
        for name, decision in self.policy.decisions.items():
            if decision.every and not decision.disjoint:
                continue
            pairs = list(combinations(range(len(decision.outcomes)), 2))
            domains = self._readable if decision.disjoint else self._of_chosen_readings
            answers = self._answers(pairs, partial(_has_both, name), domains)
            for pair, answer in zip(pairs, answers, strict=True):
                first, second = (decision.outcomes[place] for place in pair)
                verdict = verdict_of(answer, "overlap", "overlap", "apart")
                finding = decision.disjoint and verdict == "overlap"
                if finding:
                    verdict = "overlap_forbidden"
                title = f"{decision.title}：{first.title}、{second.title}"
                claim = Claim("overlaps", f"{name}.{first.id}+{second.id}", title, verdict, answer, finding)
                conditions = [cast(Clause, outcome.when) for outcome in (first, second)]
                yield shrunk(claim, partial(_meets_all, self.policy, conditions))

    def clauses(self) -> Iterator[Claim]:
        """For each clause, whether dropping it changes a decision for some household, under any readings."""
        clauses = [(definition.name, clause) for definition, clause in removable_clauses(self.policy)]
        for start in range(0, len(clauses), CLAUSES):
            some = clauses[start : start + CLAUSES]
            keys = [(name, clause.id) for name, clause in some]
            answers = self._answers(keys, _differs_without, self._of_any_readings)
            for (name, clause), answer in zip(some, answers, strict=True):
                verdict = verdict_of(answer, "matters", "matters_as_read", "never_matters")
                if verdict == "never_matters" and clause.id in self.policy.switches:
                    verdict = "says_reading"  # it tells the reader of an explanation which reading is chosen
                title = f"{self.policy.names[name].title}：{clause.title or clause.line or clause.id}"
                yield Claim("clauses", clause.id, title, verdict, answer, verdict == "never_matters")

    def properties(self) -> Iterator[Claim]:
        """For each property, whether every household satisfies it."""
        for prop in self.policy.properties.values():
            answer = self.ask_for_readable(partial(find_violation, prop))
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
            (answer,) = self._answers([name], _differs_by_reading, self._of_any_readings)
            verdict = verdict_of(answer, "matters", "matters_as_read", "reading_never_matters")
            yield Claim("readings", name, reading.title, verdict, answer)

    def explained(self, claims: list[Claim]) -> list[Claim]:
        """The claims of a section with the reasons of its findings, in the seconds that are left to the section."""
        prover = self._prover(Domain(self.members))
        return explained(claims, self._inquiry, prover, lambda: self._seconds_left)

    def ask_for_readable(self, ask: Ask) -> Answer:
        """The answer to a question, with a readable household if there is one: few members, no negative amounts."""
        answer: Answer = self._not_settled
        try:
            for domain in self._readable:
                if self._seconds_left <= 0:
                    return self._not_settled
                answer = ask(self._prover(domain), self._seconds_left)
                if isinstance(answer, Shown):
                    break
        except FAILURES:
            self._fail()
            return self._not_settled
        return answer

    def _answers(
        self, keys: Sequence[Key], question: Callable[[Key, Prover], Iterable[Truth]], of: Sequence[Domain]
    ) -> Iterator[Answer]:
        """The answers to many questions, asked of one domain after the other until a household is found.

        A household of the first domain is shown for every question that it satisfies.
        """
        shown: dict[Key, Answer] = {}
        batches: dict[Domain, Batch[Key]] = {}
        answered = 0
        try:
            with ExitStack() as stack:
                for start in range(0, len(keys), TOGETHER):
                    some = keys[start : start + TOGETHER]
                    answers: dict[Key, Answer] = {}
                    for number, domain in enumerate(of):
                        open_ = [key for key in some if key not in shown]
                        if number and domain.any_readings and not of[number - 1].any_readings:
                            # "Only as read otherwise" needs the proof that the chosen readings do not reach it.
                            open_ = [key for key in open_ if isinstance(answers[key], Proof)]
                        if not open_:
                            break
                        if self._seconds_left <= 0:
                            answers = {}
                            break
                        if domain not in batches:
                            prover = self._prover(domain)
                            batches[domain] = stack.enter_context(Batch(prover, partial(_asked, question, prover)))
                        others = keys[start + TOGETHER :] if not number else ()
                        found = batches[domain].settle(
                            open_, [key for key in others if key not in shown], lambda: self._seconds_left
                        )
                        shown |= {key: answer for key, answer in found.items() if isinstance(answer, Shown)}
                        answers |= {key: found[key] for key in open_}
                    for key in some:
                        yield shown.get(key) or answers.get(key, self._not_settled)
                        answered += 1
        except FAILURES:
            self._fail()
        for key in keys[answered:]:
            yield shown.get(key, self._not_settled)

    def _fail(self) -> None:
        """End the section without its memory, so that the next one starts with new provers."""
        self._failed = True
        self._spent_by_failed = self._spent
        self._provers.clear()

    @property
    def _not_settled(self) -> NotSettled:
        return NotSettled(self.seconds if not self._failed else round(self._spent - self._spent_before, 1))

    @property
    def _seconds_left(self) -> float:
        """The seconds for one question: at most a quarter of a section's, so that others get their turn."""
        left = 0.0 if self._failed else self.seconds - (self._spent - self._spent_before)
        return max(0.0, min(left, self.seconds / 4))

    @property
    def _spent(self) -> float:
        provers = sum(prover.solver.spent for prover in self._provers.values())
        return self._spent_by_failed + self._inquiry.spent + provers

    def _prover(self, domain: Domain) -> Prover:
        """The prover for some households, made once."""
        if domain not in self._provers:
            members, any_readings, no_losses = domain
            self._provers[domain] = Prover(self.policy, members, any_readings=any_readings, no_losses=no_losses)
        return self._provers[domain]

    @property
    def _few(self) -> int:
        return min(FEW, self.members)

    @property
    def _of_chosen_readings(self) -> tuple[Domain, ...]:
        return tuple(dict.fromkeys((Domain(self._few), Domain(self.members))))

    @property
    def _of_any_readings(self) -> tuple[Domain, ...]:
        any_readings = bool(self.policy.readings)
        more = (Domain(members, any_readings) for members in (self._few, self.members))
        return tuple(dict.fromkeys((*self._of_chosen_readings, *more)))

    @property
    def _readable(self) -> tuple[Domain, ...]:
        definitions = (*self.policy.facts.values(), *self.policy.members.facts.values())
        no_losses = any(map(may_be_loss, definitions))
        first = (Domain(members, no_losses=no_losses) for members in (1, self._few))
        return tuple(dict.fromkeys((*first, *self._of_chosen_readings)))


# --- Questions to one prover -------------------------------------------------------------------------------------


def _asked(question: Callable[[Key, Prover], Iterable[Truth]], prover: Prover, key: Key) -> Iterable[Truth]:
    return question(key, prover)


def _has_outcome(key: tuple[str, str], prover: Prover) -> Iterable[Truth]:
    return (prover.outcome(*key),)


def _has_both(decision: str, pair: tuple[int, int], prover: Prover) -> Iterable[Truth]:
    outcomes = prover.encoding.outcomes(decision)
    return [outcomes[place] for place in pair]


def _differs_without(key: tuple[str, str], prover: Prover) -> Iterable[Truth]:
    """A decision changes when a clause is dropped from a definition."""
    name, clause = key
    left = without_clause(cast(Term | Decision, prover.policy.names[name]), clause)
    if left is None:
        return (False,)
    changed, holds = left
    return (_differs(prover.encoding, prover.encoding.with_clause(changed, holds=holds)),)


def _differs_by_reading(name: str, prover: Prover) -> Iterable[Truth]:
    """Another option of a reading changes a decision, all other readings being equal."""
    reading = prover.policy.readings[name]
    chosen = Encoding(prover.households.with_reading(name, reading.chosen))
    others = (
        Encoding(prover.households.with_reading(name, option))
        for option in reading.kind.options
        if option != reading.chosen
    )
    return (any_of(_differs(chosen, other) for other in others),)


def _differs(first: Encoding, second: Encoding) -> Truth:
    """Two encodings of a policy differ in a decision."""
    return any_of(decision_differs(first, second, name) for name in first.policy.decisions)


# --- Whether a household still is a counterexample ---------------------------------------------------------------


def _comes_to(policy: Policy, decision: str, outcome: str, facts: Facts, _: Raised) -> bool:
    """Whether a household comes to an outcome."""
    return outcome in (holding.id for holding in assess(policy, facts).decisions[decision].holding)


def _meets_all(policy: Policy, conditions: list[Clause], facts: Facts, _: Raised) -> bool:
    """Whether a household meets all of some conditions."""
    return all(condition_value(policy, condition, facts) for condition in conditions)
