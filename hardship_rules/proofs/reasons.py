"""The reasons of findings: the smallest sets of clauses, outcomes and constraints that explain each of them."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import combinations
from typing import cast

from attrs import evolve

from hardship_rules.core.contexts import (
    Signed,
    branches,
    clause_in,
    conjuncts,
    context,
    enclosing_clauses,
    other_branches,
)
from hardship_rules.core.expr import Clause
from hardship_rules.core.policy import Decision, Policy, Term
from hardship_rules.core.variants import removable_clauses, without_clause
from hardship_rules.proofs._encode import Encoding, Value, decision_differs
from hardship_rules.proofs.claims import Claim, Gap, Reason
from hardship_rules.proofs.gaps import gap
from hardship_rules.proofs.prover import Answer, Proof, Prover, Shown
from hardship_rules.proofs.solver import NotSettled
from hardship_rules.proofs.terms import Choice, Truth, all_of, any_of, is_option, opposite

MANY, FEW = 40, 8
"""Of more clauses that never matter, none is compared with each other one, and none is left out together with one."""


def explained(claims: list[Claim], inquiry: "Inquiry", prover: Prover, seconds: Callable[[], float]) -> list[Claim]:
    """The claims of a section, each finding with its reason where one is found in time, and with suggestions."""
    inquiry.seconds = seconds
    never_matter = [claim.id for claim in claims if claim.verdict == "never_matters"]

    def reason(claim: Claim) -> Reason | Gap | None:
        name, _, rest = claim.id.partition(".")
        decision = inquiry.policy.decisions.get(name)
        match claim.verdict:
            case "unreached" if decision:
                return _unreached(inquiry, decision, rest)
            case "gap" if decision:
                return gap(prover, decision, seconds)
            case "reached" if decision:
                return _alike(inquiry, decision, rest)
            case "overlap_forbidden":
                return _included(inquiry, *(f"{name}.{outcome}" for outcome in rest.split("+")))
            case "never_matters":
                others = [other for other in never_matter if other != claim.id]
                return _either(inquiry, claim.id, others) or _redundant(inquiry, claim.id)
        return None

    return [evolve(claim, reason=reason(claim)) for claim in claims]


class Inquiry:
    """Asks whether some household meets some clauses, where its constraints (`must`) are conditions like any other.

    A question is a set of signed clauses: the id of a clause, outcome or constraint, and whether it holds. Clauses of
    members are asked of one and the same member. `seconds` is the solver work that is left.
    """

    def __init__(self, policy: Policy, members: int) -> None:
        self.policy = policy
        self.members = members
        self.seconds: Callable[[], float] = lambda: 0.0
        self.must = tuple((clause.id, True) for clause in policy.must)

    @cached_property
    def prover(self) -> Prover:
        """The prover for all households that have the facts, whether they meet the constraints or not."""
        free = evolve(self.policy, must=())
        return Prover(free, self.members, any_readings=bool(self.policy.readings))

    @cached_property
    def _constraints(self) -> dict[str, Truth]:
        constraints = {clause.id: self.prover.encoding.truth(clause) for clause in self.policy.must}
        self.prover.keep(self.prover.households)  # what these conditions define is needed by all questions
        return constraints

    @property
    def spent(self) -> float:
        """The seconds of solver work so far."""
        return self.prover.solver.spent if "prover" in self.__dict__ else 0.0

    @cached_property
    def definitions(self) -> dict[str, Term | Decision]:
        """The definition of each clause that can be removed."""
        return {clause.id: definition for definition, clause in removable_clauses(self.policy)}

    def find(self, *conditions: Truth) -> Answer:
        """A household that meets all conditions, constraints apart."""
        left = self.seconds()
        return self.prover.find(conditions, left) if left > 0 else NotSettled(left)

    def refutes(self, *signed: Signed) -> bool:
        """Whether it is proved that no household meets all of some signed clauses."""
        return isinstance(self.find(self.truth(signed)), Proof)

    def shows(self, *signed: Signed) -> bool:
        """Whether a household is found that meets all of some signed clauses and the constraints."""
        return isinstance(self.find(self.truth([*signed, *self.must])), Shown)

    def truth(self, signed: Sequence[Signed], other: Encoding | None = None, also: Iterable[Signed] = ()) -> Truth:
        """The condition that signed clauses hold at once; those of `also` as they are in another encoding."""
        constraints = [self._constraints[id_] for id_, _ in signed if id_ in self._constraints]
        own = self.prover.encoding
        encodings = [(own, pair) for pair in signed if pair[0] not in self._constraints]
        encodings += [(cast(Encoding, other), pair) for pair in also]
        rows = [_signed(encoding.value(encoding.lowered.clause(id_)), holds) for encoding, (id_, holds) in encodings]
        if not any(isinstance(row, tuple) for row in rows):
            return all_of([*constraints, *rows])
        members = enumerate(self.prover.households.present)
        return all_of(
            [
                *constraints,
                any_of(
                    all_of((present, *(row[member] if isinstance(row, tuple) else row for row in rows)))
                    for member, present in members
                ),
            ]
        )

    def without(self, clauses: Iterable[str]) -> Encoding:
        """The encoding of the policy without some clauses."""
        own = self.prover.encoding
        fixed: dict[int, Value] = {}
        for definition in {self.definitions[id_].name: self.definitions[id_] for id_ in clauses}.values():
            for id_ in enclosing_clauses(definition, set(clauses)):
                left = without_clause(definition, id_)
                if left is not None:
                    step, holds = own.lowered.clause(left[0]), left[1]
                    fixed[step] = (holds,) * self.prover.members if isinstance(own.value(step), tuple) else holds
        return Encoding(self.prover.households, fixed)

    def differs(self, other: Encoding, decisions: Iterable[str]) -> Answer:
        """A household that meets the constraints, and for which one of some decisions is another in an encoding."""
        own = self.prover.encoding
        return self.find(self.truth(self.must), any_of(decision_differs(own, other, name) for name in decisions))


def smallest(signed: Sequence[Signed], suffices: Callable[..., bool]) -> tuple[Signed, ...]:
    """A smallest part of some signed clauses that suffices, as all of them do.

    It has one or two of them where so few suffice; else none of it can be left out. The first ones are preferred.
    """
    needed = tuple(signed)
    for one in reversed(signed):
        fewer = tuple(other for other in needed if other != one)
        if suffices(*fewer):
            needed = fewer
    for size in range(1, min(3, len(needed))):
        for chosen in combinations(signed, size):
            if suffices(*chosen):
                return chosen
    return needed


def _signed(value: Value, holds: bool) -> Value:  # noqa: FBT001  # the sign of a clause, no flag
    if isinstance(value, tuple):
        return tuple(_signed(part, holds) for part in value)
    return value if holds else opposite(value)


# --- Outcomes ----------------------------------------------------------------------------------------------------


def _unreached(inquiry: Inquiry, decision: Decision, outcome: str) -> Reason | None:
    """Why no household reaches an outcome: its own clauses, earlier outcomes, or constraints."""
    when = cast(Clause, decision.by_id[outcome].when)
    refutes, must = inquiry.refutes, inquiry.must
    own = tuple(conjuncts(when))
    if refutes(*own):
        return _contradiction(inquiry, when)
    listed = [] if decision.every else decision.outcomes[: decision.outcomes.index(decision.by_id[outcome])]
    earlier = tuple((cast(Clause, before.when).id, False) for before in listed)
    for constraints in ((), must):
        if earlier and refutes(*own, *earlier, *constraints):
            taking = smallest(earlier, lambda *some: refutes(*own, *some, *constraints))  # noqa: B023  # called at once
            needed = smallest(constraints, lambda *some: refutes(*own, *taking, *some))  # noqa: B023  # called at once
            return _taken(inquiry, when.id, earlier, taking, tuple(id_ for id_, _ in needed))
        if not constraints and refutes(*own, *must):
            forbidding = smallest(must, lambda *some: refutes(*own, *some))
            return Reason("forbidden", must=tuple(id_ for id_, _ in forbidding))
    return None


def _taken(
    inquiry: Inquiry, outcome: str, earlier: tuple[Signed, ...], taking: tuple[Signed, ...], must: tuple[str, ...]
) -> Reason:
    """How earlier outcomes take all households of an outcome: it is the same as one, narrower than it, or neither."""
    by = tuple((id_, True) for id_, _ in taking)
    kind = "taken"
    if len(by) == 1:
        before = earlier[: earlier.index(taking[0])]
        if inquiry.refutes((outcome, False), *by, *((id_, True) for id_ in must)):
            kind = "taken_same"
        elif inquiry.shows((outcome, False), *by) and inquiry.shows((outcome, True), *before):
            kind = "taken_narrower"
    return Reason(kind, by, must)


def _contradiction(inquiry: Inquiry, clause: Clause) -> Reason:
    """The parts of a clause that cannot hold at once, where it never holds; or its branches, where none of them can."""
    by = smallest(tuple(conjuncts(clause)), inquiry.refutes)
    ways = tuple((id_, True) for id_ in branches(clause, by[0][0])) if len(by) == 1 else ()
    return Reason("no_branch", ways) if ways else Reason("contradiction", by)


def _included(inquiry: Inquiry, first: str, second: str) -> Reason | None:
    """How two outcomes overlap: they are the same, or all households of one meet the other."""
    ways = ((first, second), (second, first))
    inside, outside = (inquiry.refutes((one, True), (other, False), *inquiry.must) for one, other in ways)
    if inside and outside:
        return Reason("same_condition")
    return Reason("within", tuple((id_, True) for id_ in ways[outside])) if inside or outside else None


def _alike(inquiry: Inquiry, decision: Decision, outcome: str) -> Reason | None:
    """The outcome just before, where the two could be one: nothing tells them apart, and one list of clauses is both.

    The category is a result by its title, and so are the outcomes of a decision that nothing uses.
    """
    policy = inquiry.policy
    ids = [listed.id for listed in decision.outcomes]
    is_used = any(decision.name in used for used in policy.uses.values())
    if decision.every or decision is policy.category or not is_used or outcome not in ids[1:]:
        return None
    other = ids[ids.index(outcome) - 1]
    is_told_apart = any(
        prop.kind == "raising" or (outcome in prop.outcomes) is not (other in prop.outcomes)
        for prop in policy.properties.values()
        if prop.decision == decision.name
    )
    if is_told_apart or not _is_one_list(inquiry, decision, ids.index(outcome)):
        return None
    own = inquiry.prover.encoding
    step = own.lowered.named(decision.name).step
    chosen = cast(Choice, own.value(step))
    merged = {**chosen, outcome: False, other: any_of(is_option(chosen, option) for option in (other, outcome))}
    used_by = [name for name in policy.decisions if name != decision.name]
    answer = inquiry.differs(Encoding(inquiry.prover.households, {step: merged}), used_by)
    return Reason("alike", ((f"{decision.name}.{other}", True),)) if isinstance(answer, Proof) else None


def _is_one_list(inquiry: Inquiry, decision: Decision, place: int) -> bool:
    """Whether an outcome or the one before it, with all of its clauses but one at most, is the two together."""
    *before, first, second = (cast(Clause, listed.when) for listed in decision.outcomes[: place + 1])
    missed = [*((clause.id, False) for clause in before), *inquiry.must]
    for whole, part in ((first, second), (second, first)):
        clauses = list(conjuncts(whole))
        for kept in (clauses, *([other for other in clauses if other != one] for one in clauses)):
            is_wide = all(inquiry.refutes((part.id, True), (id_, not holds), *missed) for id_, holds in kept)
            if is_wide and inquiry.refutes(*kept, (first.id, False), (second.id, False), *missed):
                return True
    return False


# --- Clauses -----------------------------------------------------------------------------------------------------


def _either(inquiry: Inquiry, clause: str, others: list[str]) -> Reason | None:
    """The clauses that, like this one, can be removed, but not together with it."""
    decisions = inquiry.policy.decisions
    apart = [other for other in others if not other.startswith(f"{clause}.") and not clause.startswith(f"{other}.")]
    must = inquiry.must
    if len(apart) > MANY:
        return None
    same = [
        other
        for other in apart
        if inquiry.refutes((clause, True), (other, False), *must)
        and inquiry.refutes((clause, False), (other, True), *must)
    ]
    pairs = [[other] for other in apart] if len(apart) <= FEW else []
    for kind, groups in (("same", [same] if same else []), ("either", pairs)):
        for group in groups:
            ids = [id_ for id_ in inquiry.definitions if id_ in (clause, *group)]
            if isinstance(inquiry.differs(inquiry.without(ids), decisions), Shown):
                return Reason(kind, tuple((id_, True) for id_ in ids))
    return None


def _redundant(inquiry: Inquiry, clause: str) -> Reason | None:
    """What settles whether a clause holds, wherever that could make a difference in its definition."""
    definition = inquiry.definitions[clause]
    left = without_clause(definition, clause)
    if left is None:
        return None
    changed, fixed = left
    beside = tuple(context(definition, changed))
    kept, must, refutes = (changed, not fixed), inquiry.must, inquiry.refutes
    if not refutes(kept, *beside, *must):
        is_changed = inquiry.shows(kept, *beside)
        return Reason("inside", ((definition.name, True),)) if is_changed else None
    for constraints in ((), must):
        if refutes(kept, *beside, *constraints):
            by = smallest(beside, lambda *some: refutes(kept, *some, *constraints))  # noqa: B023  # called at once
            needed = smallest(constraints, lambda *some: refutes(kept, *by, *some))  # noqa: B023  # called at once
            break
    names = tuple(id_ for id_, _ in needed)
    if not by and not fixed and not needed:
        return _contradiction(inquiry, clause_in(definition, changed))
    if not by:
        return Reason("always" if fixed else "never", must=names)
    if refutes(*by, *needed):
        return Reason("idle", by, names)
    if merged := _merged(inquiry, definition, clause, changed, by):
        return merged
    if not fixed and not any(holds for _, holds in by):
        return Reason("covered", tuple((id_, True) for id_, _ in by), names)
    return Reason("implied" if fixed else "excluded", by, names)


def _merged(
    inquiry: Inquiry, definition: Term | Decision, clause: str, changed: str, by: tuple[Signed, ...]
) -> Reason | None:
    """The two branches of an `any` that become one when a clause is removed from the first."""
    for id_, holds in by:
        parent = next((whole for whole in other_branches(definition, id_) if changed.startswith(f"{whole}.")), None)
        if not holds and parent is not None:
            condition = inquiry.truth([(id_, True), *inquiry.must], inquiry.without([clause]), [(parent, False)])
            if isinstance(inquiry.find(condition), Proof):
                return Reason("merge", ((parent, True), (id_, True)))
    return None
