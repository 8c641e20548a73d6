"""The gap of a decision: every region of households that its outcomes leave for `otherwise`."""

from collections.abc import Callable, Iterator
from typing import cast

from hardship_rules.core.contexts import Signed
from hardship_rules.core.expr import Clause, walk
from hardship_rules.core.policy import Decision
from hardship_rules.proofs.claims import Gap
from hardship_rules.proofs.properties import condition_value
from hardship_rules.proofs.prover import Answer, Proof, Prover, Shown
from hardship_rules.proofs.solver import NotSettled
from hardship_rules.proofs.terms import Truth, all_of, any_of, opposite

MOST = 32
"""So many regions of a gap are listed."""


def gap(prover: Prover, decision: Decision, seconds: Callable[[], float]) -> Gap:
    """The regions of a gap, each as a minimal set of the decision's clauses that hold or fail.

    Each round takes a household outside the regions found so far. The truths of its clauses, without those that are
    not needed to exclude every outcome, are the next region. `seconds` is the solver work that is left.
    """
    leaves = list(_leaves(decision))
    encoding = prover.encoding
    reached = any_of(encoding.outcomes(decision.name))
    regions: list[tuple[Signed, ...]] = []

    def within(region: tuple[Signed, ...]) -> Truth:
        truths = {leaf.id: encoding.truth(leaf) for leaf in leaves}
        return all_of(truths[id_] if holds else opposite(truths[id_]) for id_, holds in region)

    def find(*conditions: Truth) -> Answer:
        left = seconds()
        return prover.find(conditions, left) if left > 0 else NotSettled(left)

    while True:
        answer = find(opposite(reached), *(opposite(within(region)) for region in regions))
        if not isinstance(answer, Shown):
            return Gap(tuple(regions), False if isinstance(answer, Proof) else None)
        if len(regions) == MOST:
            return Gap(tuple(regions), more=True)
        region = tuple((leaf.id, bool(condition_value(answer.policy, leaf, answer.facts))) for leaf in leaves)
        for signed in region:
            wider = tuple(other for other in region if other != signed)
            if isinstance(find(within(wider), reached), Proof):
                region = wider
        regions.append(region)


def _leaves(decision: Decision) -> Iterator[Clause]:
    """The clauses without clauses inside them, of all outcomes."""
    for outcome in decision.outcomes:
        for part in walk(cast(Clause, outcome.when)):
            if isinstance(part, Clause) and not any(isinstance(inner, Clause) for inner in walk(part.when)):
                yield part
