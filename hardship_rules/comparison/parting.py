"""A household under each of two policies, and the first clause at which their verdicts part."""

from collections.abc import Iterator
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment, Trace
from hardship_rules.assessment.outcomes import Reason, reason_of
from hardship_rules.core.expr import AllOf, AnyOf, Clause, Name, Not
from hardship_rules.core.interval import Truth
from hardship_rules.core.policy import Policy
from hardship_rules.core.problem import Path
from hardship_rules.engine.causes import innermost

Pair = tuple[Trace | None, Trace | None]


@frozen
class NotKnown:
    """Something said of a household for which a policy has no fact, or no such option."""

    path: Path
    title: str
    option: str | None = field(repr=False)


@frozen
class Side:
    """A household under one of two policies; `in_force` is false where the day lies outside that policy's own days."""

    policy: Policy
    assessment: Assessment
    in_force: bool
    not_known: tuple[NotKnown, ...]


@frozen
class Standing:
    """A clause as one policy has it: whether it holds for the household, and the innermost clauses that make it so."""

    clause: Clause
    holds: Truth
    reasons: tuple[Reason, ...]


@frozen
class Parting:
    """The first clause at which two verdicts part, in either policy; None where that policy has no such clause.

    `by_order`: all clauses hold alike, and the two policies ask for their outcomes in another order; the clauses are
    then those of the outcomes that decide.
    """

    first: Standing | None
    second: Standing | None
    by_order: bool = False


def are_same(first: Assessment, second: Assessment) -> bool:
    """Both come to the same category, or leave the same ones open."""
    return [outcome.id for outcome in first.possible] == [outcome.id for outcome in second.possible]


def parting(first: Assessment, second: Assessment) -> Parting | None:
    """Where two verdicts part; None where they are the same, or differ though every clause holds alike."""
    if are_same(first, second):
        return None
    outcomes, others = _traces(first), _traces(second)
    for name in dict.fromkeys((*outcomes, *others)):
        pair = (outcomes.get(name), others.get(name))
        if _truth(pair[0]) is not _truth(pair[1]):
            inner, other = _inmost(pair)
            return Parting(_standing(first, name, inner), _standing(second, name, other))
    standings = [_deciding(each, traces) for each, traces in ((first, outcomes), (second, others))]
    return None if None in standings else Parting(standings[0], standings[1], by_order=True)


def _traces(assessment: Assessment) -> dict[str, Trace]:
    """What each outcome of the category holds by, those after the deciding one too."""
    decision = assessment.policy.category
    return {outcome.id: assessment.trace(f"{decision.name}.{outcome.id}") for outcome in decision.outcomes}


def _deciding(assessment: Assessment, traces: dict[str, Trace]) -> Standing | None:
    """The outcome that decides; None where none does, or `otherwise`."""
    outcome = assessment.category
    return None if outcome is None else _standing(assessment, outcome.id, traces.get(outcome.id))


def _truth(trace: Trace | None) -> Truth:
    """Whether a clause holds; what a policy does not have holds for nobody."""
    return False if trace is None else cast(Truth, trace.value)


def _inmost(pair: Pair) -> Pair:
    """Of two clauses that differ the first inside them that do, as far in as both are made of the same clauses."""
    first, second = pair
    if first is None or second is None:
        return pair
    inside, others = ({cast(Clause, each.expr).id: each for each in _clauses(trace)} for trace in (first, second))
    if not inside.keys() & others.keys():
        return pair
    differing = [
        (inside.get(name), others.get(name))
        for name in dict.fromkeys((*inside, *others))
        if name not in inside or name not in others or inside[name].value is not others[name].value
    ]
    differing.sort(key=lambda each: None in each)  # a clause that both have comes before one that only one has
    return _inmost(differing[0]) if differing else pair


def _clauses(trace: Trace) -> Iterator[Trace]:
    """The clauses directly inside a clause, through the named conditions that it rests on."""
    for part in trace.parts:
        if isinstance(part.expr, Clause):
            yield part
        elif isinstance(part.expr, AllOf | AnyOf | Not | Name):
            yield from _clauses(part)


def _standing(assessment: Assessment, outcome: str, trace: Trace | None) -> Standing | None:
    if trace is None:
        return None
    policy, decision = assessment.policy, assessment.policy.category
    clause, holds = cast(Clause, trace.expr), cast(Truth, trace.value)
    causes = innermost(policy, clause, trace.scope)
    of = decision.by_id[outcome]
    return Standing(clause, holds, tuple(reason_of(policy, decision, of, holds, cause) for cause in causes))
