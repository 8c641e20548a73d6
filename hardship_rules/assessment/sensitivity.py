"""Sensitivity of a verdict: the readings and unverified provisions that would change the category."""

from collections.abc import Collection, Iterator
from typing import Literal, cast

from attrs import field, frozen

from hardship_rules.assessment._completions import completions, witnesses
from hardship_rules.assessment.assessment import Assessment, require_assessment
from hardship_rules.assessment.defaults import broken
from hardship_rules.assessment.household import Household, with_defaults
from hardship_rules.core.expr import VERIFIED, AllOf, AnyOf, Choose, Clause, Expr, Not, Provenance, parts_of, walk
from hardship_rules.core.interval import Truth
from hardship_rules.core.policy import Decision, Outcome, Policy, Reading, Term, exprs_of, per_policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.core.variants import policy_without
from hardship_rules.engine.evaluate import Scope, evaluate, value

UNCERTAIN = frozenset({"analogue", "assumption"})  # the bases of the clauses whose removal is tried


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
        """The name of the reading or the id of the clause."""
        return self.what.id if isinstance(self.what, Clause) else self.what.name

    @property
    def title(self) -> str:
        """The title of the reading or clause."""
        return self.what.title or self.id

    @property
    def provenance(self) -> Provenance | None:
        """The source of the reading or clause."""
        return self.what.provenance

    @property
    def is_verified(self) -> bool:
        """Whether a rule, a notice or a definition states it."""
        return self.provenance is not None and self.provenance.basis in VERIFIED


def turns_on(assessment: Assessment) -> tuple[Turn, ...]:
    """The readings and unverified provisions that alone change the category, or the categories that are possible.

    Each reading is set to each other option, and each provision of basis analogue or assumption is removed, one at a
    time. A provision is an outcome, a child of an `any` (a kind of member, one exclusion among several) or a case of a
    `choose`, never a part of an `all`. A clause of readings only is not removed, as its reading is changed. A reading
    that says what facts mean is not changed, as the facts would have to be asked again.
    """
    require_assessment(assessment)
    policy, household = assessment.policy, assessment.household
    assumed = frozenset(household.assumed)
    now = [outcome.id for outcome in assessment.possible]
    turns = []
    variants: tuple[tuple[Reading | Clause, str | None, Policy], ...] = (
        *_by_reading(policy),
        *_by_clause(policy, household),
    )
    for what, option, variant in variants:
        facts = _refilled(variant, household) if isinstance(what, Reading) else (household.scope(policy), assumed)
        if facts is None:
            continue
        scope, constants = facts
        decision = variant.category
        truths = evaluate(variant, scope, policy.category_order)[decision.name]
        ids = completions(variant, scope, truths, constants).possible
        if list(ids) != now:
            turns.append(Turn(what, option, tuple(decision.by_id[name] for name in ids)))
    return tuple(turns)


def _refilled(variant: Policy, household: Household) -> tuple[Scope, Collection[KeyPath]] | None:
    """The given facts with the defaults of a variant, and its constant defaults; None for no real household."""
    scope, defaults = with_defaults(variant, household)
    return None if defaults.outside or any(broken(variant, scope, defaults.assumed)) else (scope, defaults.assumed)


# --- Variants of a policy ---


def _by_reading(policy: Policy) -> Iterator[tuple[Reading, str, Policy]]:
    for name, reading in policy.readings.items():
        for option in reading.kind.options:
            if option != reading.chosen and not reading.affects:
                yield reading, option, _with_reading(policy, name, option)


def _by_clause(policy: Policy, household: Household) -> Iterator[tuple[Clause, None, Policy]]:
    """The policy without each clause whose removal may matter to the household."""
    scope = household.scope(policy)
    reaching = witnesses(policy, scope, frozenset(household.assumed))
    for definition, clauses in _uncertain_clauses(policy):
        matter = removable(definition, scope)
        if reaching is not None:
            matter &= frozenset[str]().union(*(altering(definition, witness) for witness in (scope, *reaching)))
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
    """The terms and decisions of the category that have removable provisions, each with these."""
    for name in policy.category_order:
        definition = policy.names[name]
        if isinstance(definition, Term | Decision) and (clauses := _uncertain(policy, definition)):
            yield definition, clauses


def _uncertain(policy: Policy, definition: Term | Decision) -> list[Clause]:
    """The unverified provisions of a definition; not the whole condition of a term, which its users remove."""
    return [
        clause
        for expr in exprs_of(definition)
        for clause in provisions(expr, is_whole=isinstance(definition, Decision))
        if clause.provenance is not None
        and clause.provenance.basis in UNCERTAIN
        and clause.id not in {definition.name, *policy.switches}
    ]


def provisions(expr: Expr, *, is_whole: bool = False) -> Iterator[Clause]:
    """The clauses that are complete provisions: an outcome, a child of an `any`, a case of a `choose`.

    A part of an `all` is none, as it means nothing without the other parts: half of an exclusion is no exclusion.
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


# --- Clauses whose removal may matter, determined without removing each of them ---

_Without = Truth | Literal["gone", "any"]
"""A condition's value without one of its clauses: "gone" if nothing remains of it, "any" if it is not computed here."""


def removable(definition: Term | Decision, scope: Scope) -> frozenset[str]:
    """The ids of the clauses whose removal may change the value of a definition.

    The removal of any other clause leaves the value the same in every completion of the household. `scope` is that of
    the household, with the values of all names that the definition uses.
    """
    return frozenset(_removable(definition, scope, completed=True))


def altering(definition: Term | Decision, scope: Scope) -> frozenset[str]:
    """The ids of the clauses whose removal may change the value of a definition for the known facts of a scope.

    The removal of any other clause leaves an unknown value unknown, though it may matter in some completion.
    """
    return frozenset(_removable(definition, scope, completed=False))


def _removable(definition: Term | Decision, scope: Scope, *, completed: bool) -> Iterator[str]:
    if isinstance(definition, Term):
        scopes = scope.members if definition.of_member else (scope,)
        for holder in scopes:
            yield from (id_ for id_, _ in _without(definition.expr, holder, completed=completed))
        return
    for when in exprs_of(definition):
        answer = value(when, scope)
        for id_, rest in _without(when, scope, completed=completed):
            if rest != "gone" or answer is not False:  # an outcome that does not hold makes no difference
                yield id_
        if answer is True and not definition.every:  # no outcome after it is reached
            break


def _without(expr: Expr, scope: Scope, *, completed: bool) -> Iterator[tuple[str, _Without]]:
    """The clauses whose removal may change an expression, each with the value without it."""
    match expr:
        case Clause():
            yield expr.id, "gone"
            yield from _without(expr.when, scope, completed=completed)
        case AllOf() | AnyOf():
            yield from _among(expr, scope, completed=completed)
        case Not(AllOf() | AnyOf() as part) if len(part.clauses) == 1:
            # the whole `not` may go with a clause
            yield from ((inner.id, "any") for inner in walk(part) if isinstance(inner, Clause))
        case Not():
            for id_, rest in _without(expr.part, scope, completed=completed):
                yield id_, rest if rest is None or isinstance(rest, str) else not rest
        case Choose():
            for when, _ in expr.cases:
                answer = value(when, scope)
                for id_, rest in _without(when, scope, completed=completed):
                    if rest != "gone" or answer is not False:
                        yield id_, "any"
                if answer is True:  # no case after it is reached
                    break
        case _:
            pass


def _among(expr: AllOf | AnyOf, scope: Scope, *, completed: bool) -> Iterator[tuple[str, _Without]]:
    """`_without` for an `all` or `any`; the values of its clauses are counted once, not evaluated for each removal."""
    neutral = isinstance(expr, AllOf)  # the value that settles nothing: true in an `all`, false in an `any`
    answers = [cast(Truth, value(clause, scope)) for clause in expr.clauses]
    decisive, unknown = answers.count(not neutral), answers.count(None)
    now = not neutral if decisive else None if unknown else neutral
    for clause, answer in zip(expr.clauses, answers, strict=True):
        other_decisive, other_unknown = decisive - (answer is (not neutral)), unknown - (answer is None)
        if other_decisive:
            continue
        for id_, rest in _without(clause, scope, completed=completed):
            then: _Without
            if rest is (not neutral):
                then = rest
            elif rest == "any":
                then = "any"
            else:  # a removed clause is like a neutral one
                then = None if other_unknown or rest is None else neutral
            if then is not now or (then is None and completed and not (rest == "gone" and answer is neutral)):
                yield id_, then
