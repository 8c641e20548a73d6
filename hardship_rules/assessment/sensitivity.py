"""What a verdict depends on: the readings and provisions that would change the category."""

from collections.abc import Collection, Iterator
from typing import Literal, TypeVar, cast

from attrs import field, frozen

from hardship_rules.assessment._completions import narrowed, witnesses
from hardship_rules.assessment.assessment import Assessment, refuse_no_assessment
from hardship_rules.assessment.defaults import broken
from hardship_rules.assessment.household import Household, refilled
from hardship_rules.core.expr import VERIFIED, AllOf, AnyOf, Choose, Clause, Expr, Not, Provenance, parts_of, walk
from hardship_rules.core.interval import Truth
from hardship_rules.core.policy import Decision, Outcome, Policy, Reading, Term, exprs_of, per_policy
from hardship_rules.core.problem import Path
from hardship_rules.core.variants import policy_without
from hardship_rules.engine.evaluate import Scope, evaluate, value

_Left = Truth | Literal["gone", "any"]
"""The answer without a clause; gone where that was all there was, any where it is not computed here."""


def removable(definition: Term | Decision, scope: Scope) -> frozenset[str]:
    """The ids of the clauses without which a definition may have another answer.

    Of any other, the answer is the same with it and without it, however the unknown facts turn out. The scope is that
    of the household, with the values of all that the definition uses.
    """
    return frozenset(_of_definition(definition, scope, turns_out=True))


def altering(definition: Term | Decision, scope: Scope) -> frozenset[str]:
    """The ids of the clauses without which a definition may have another answer for just what is known in the scope.

    Of any other, what is unknown in the scope stays so: the unknown facts may still turn out otherwise without it.
    """
    return frozenset(_of_definition(definition, scope, turns_out=False))


def _of_definition(definition: Term | Decision, scope: Scope, *, turns_out: bool) -> Iterator[str]:
    if isinstance(definition, Term):
        scopes = scope.members if definition.of_member else (scope,)
        for each in scopes:
            yield from (id_ for id_, _ in _without(definition.expr, each, turns_out=turns_out))
        return
    for when in exprs_of(definition):
        answer = value(when, scope)
        for id_, left in _without(when, scope, turns_out=turns_out):
            if left != "gone" or answer is not False:  # an outcome that does not hold may as well be gone
                yield id_
        if answer is True and not definition.every:  # no outcome after it is reached
            break


def _without(expr: Expr, scope: Scope, *, turns_out: bool) -> Iterator[tuple[str, _Left]]:
    """The clauses whose removal may matter to an expression, each with its answer then."""
    match expr:
        case Clause():
            yield expr.id, "gone"
            yield from _without(expr.when, scope, turns_out=turns_out)
        case AllOf() | AnyOf():
            yield from _among(expr, scope, turns_out=turns_out)
        case Not(AllOf() | AnyOf() as part) if len(part.clauses) == 1:
            yield from ((inner.id, "any") for inner in walk(part) if isinstance(inner, Clause))  # it may go with them
        case Not():
            for id_, left in _without(expr.part, scope, turns_out=turns_out):
                yield id_, left if left is None or isinstance(left, str) else not left
        case Choose():
            for when, _ in expr.cases:
                answer = value(when, scope)
                for id_, left in _without(when, scope, turns_out=turns_out):
                    if left != "gone" or answer is not False:
                        yield id_, "any"
                if answer is True:  # no case after it is reached
                    break
        case _:
            pass


def _among(expr: AllOf | AnyOf, scope: Scope, *, turns_out: bool) -> Iterator[tuple[str, _Left]]:
    """Those inside an `all` or `any`: what the others come to is counted, not evaluated again for each."""
    neutral = isinstance(expr, AllOf)  # a clause that holds says nothing in an `all`, one that does not in an `any`
    answers = [cast(Truth, value(clause, scope)) for clause in expr.clauses]
    decisive, unknown = answers.count(not neutral), answers.count(None)
    now = not neutral if decisive else None if unknown else neutral
    for clause, answer in zip(expr.clauses, answers, strict=True):
        others = decisive - (answer is (not neutral)), unknown - (answer is None)
        if others[0]:
            continue
        for id_, left in _without(clause, scope, turns_out=turns_out):
            then: _Left
            if left is (not neutral):
                then = left
            elif left == "any":
                then = "any"
            else:  # a clause that is gone says as little as one that is neutral
                then = None if others[1] or left is None else neutral
            if then is not now or (then is None and turns_out and not (left == "gone" and answer is neutral)):
                yield id_, then


UNCERTAIN = frozenset({"analogue", "assumption"})  # what a clause's basis is, for the clause to be tried
Part = TypeVar("Part", Term, Decision)


@frozen
class Turn:
    """A reading in another option, or a provision removed, and the categories that would then be possible."""

    what: Reading | Clause = field(repr=lambda what: what.id if isinstance(what, Clause) else what.name)
    option: str | None  # the reading's other option; None where a provision is removed
    possible: tuple[Outcome, ...] = field(repr=lambda outcomes: ", ".join(outcome.id for outcome in outcomes))

    @property
    def category(self) -> Outcome | None:
        """The category that would result; None where it would be undecided."""
        return self.possible[0] if len(self.possible) == 1 else None

    @property
    def id(self) -> str:
        """The reading's name or the clause's id."""
        return self.what.id if isinstance(self.what, Clause) else self.what.name

    @property
    def title(self) -> str:
        """What the reading or clause is called."""
        return self.what.title or self.id

    @property
    def provenance(self) -> Provenance | None:
        """Where the reading or clause comes from."""
        return self.what.provenance

    @property
    def is_verified(self) -> bool:
        """Rule or notice says what is chosen."""
        return self.provenance is not None and self.provenance.basis in VERIFIED


def turns_on(assessment: Assessment) -> tuple[Turn, ...]:
    """The readings and unverified provisions on which the category rests, each by itself.

    Each reading is set to each other option, each provision of basis analogue or assumption is removed, one at a time,
    and the household is evaluated again; of an undecided household the possible categories are compared. A provision
    is a whole: an outcome, a child of an `any` (a kind of member, one exclusion among several) or a case of a
    `choose`, never a part of an `all`. A clause that looks only at readings is not removed: its reading is tried. A
    reading that says what facts mean is not tried: the facts would have to be asked again.
    """
    refuse_no_assessment(assessment)
    policy, household = assessment.policy, assessment.household
    assumed = frozenset(household.assumed)
    now = [outcome.id for outcome in assessment.possible]
    turns = []
    variants: tuple[tuple[Reading | Clause, str | None, Policy], ...] = (
        *_by_reading(policy),
        *_by_clause(policy, household),
    )
    for what, option, variant in variants:
        filled = _refilled(variant, household) if isinstance(what, Reading) else (household.scope(policy), assumed)
        if filled is None:
            continue
        scope, stood_in = filled
        decision = variant.category
        truths = evaluate(variant, scope, policy.category_order)[decision.name]
        ids = narrowed(variant, scope, truths, stood_in).possible
        if list(ids) != now:
            turns.append(Turn(what, option, tuple(decision.by_id[name] for name in ids)))
    return tuple(turns)


def _refilled(variant: Policy, household: Household) -> tuple[Scope, Collection[Path]] | None:
    """The facts that were given, with what stands in for the others under a variant; None where it is impossible.

    The paths are those of the constants that stood in.
    """
    scope, made = refilled(variant, household)
    return None if made.outside or any(broken(variant, scope, made.assumed)) else (scope, made.assumed)


# Variants of a policy


def _by_reading(policy: Policy) -> Iterator[tuple[Reading, str, Policy]]:
    for name, reading in policy.readings.items():
        for option in reading.kind.options:
            if option != reading.chosen and not reading.affects:
                yield reading, option, _with_reading(policy, name, option)


def _by_clause(policy: Policy, household: Household) -> Iterator[tuple[Clause, None, Policy]]:
    """The policy without each clause whose removal may matter to the household."""
    scope = household.scope(policy)
    found = witnesses(policy, scope, frozenset(household.assumed))
    for definition, clauses in _uncertain_clauses(policy):
        matter = removable(definition, scope)
        if found is not None:
            matter &= frozenset[str]().union(*(altering(definition, each) for each in (scope, *found)))
        for clause in clauses:
            if clause.id in matter:
                yield clause, None, _without_clause(policy, definition.name, clause.id)


@per_policy
def _with_reading(policy: Policy, name: str, option: str) -> Policy:
    return policy.with_readings({name: option})


@per_policy
def _without_clause(policy: Policy, definition: str, clause: str) -> Policy:
    return policy_without(policy, cast(Term | Decision, policy.names[definition]), clause)


def _uncertain_clauses(policy: Policy) -> Iterator[tuple[Term | Decision, list[Clause]]]:
    """What the category is computed from, with the provisions that can be removed."""
    for name in policy.category_order:
        definition = policy.names[name]
        if isinstance(definition, Term | Decision) and (clauses := _uncertain(policy, definition)):
            yield definition, clauses


def _uncertain(policy: Policy, definition: Term | Decision) -> list[Clause]:
    """The unverified provisions of a definition: a term's whole condition goes with those that name it."""
    return [
        clause
        for expr in exprs_of(definition)
        for clause in provisions(expr, is_whole=isinstance(definition, Decision))
        if clause.provenance is not None
        and clause.provenance.basis in UNCERTAIN
        and clause.id not in {definition.name, *policy.switches}
    ]


def provisions(expr: Expr, *, is_whole: bool = False) -> Iterator[Clause]:
    """The clauses that say something by themselves: an outcome, a child of an `any`, a case of a `choose`.

    Never a part of an `all`, which means nothing without the other parts: half of an exclusion is no exclusion.
    """
    match expr:
        case Clause():
            if is_whole:
                yield expr
            yield from provisions(expr.when)
        case AnyOf():
            for clause in expr.clauses:
                yield from provisions(clause, is_whole=True)
        case Choose():
            for when, result in expr.cases:
                yield from (*provisions(when, is_whole=True), *provisions(result))
            if expr.otherwise is not None:
                yield from provisions(expr.otherwise)
        case _:
            for part in parts_of(expr):
                yield from provisions(part)
