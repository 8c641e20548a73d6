"""The prover: questions about all households to Z3, answered with a proof, a household, or neither in time."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from time import monotonic
from typing import Literal, cast

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.assessment.facts import read_facts
from hardship_rules.assessment.household import HouseholdText
from hardship_rules.core.expr import Clause, Compare, Expr, Name, Not, Option, OverMembers, parts_of, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Number, high, low
from hardship_rules.core.kinds import NumberKind, Value, day_number
from hardship_rules.core.policy import Policy, exprs_of
from hardship_rules.engine.evaluate import Scope, evaluate, options_of, value
from hardship_rules.engine.lower import condition_over, whole
from hardship_rules.proofs._encode import Encoding
from hardship_rules.proofs._households import Facts, decoded, decoded_readings, holds, households, number
from hardship_rules.proofs.terms import (
    Cases,
    Choice,
    Space,
    Symbol,
    Truth,
    Whole,
    all_of,
    any_of,
    is_option,
    opposite,
    z3,
)


@frozen
class Proof:
    """No household of up to so many members is so: proved, not tried."""

    members: int


@frozen
class Shown:
    """A household that is so, complete, with the policy that it is shown by; `assess` came to the same.

    The policy is the one asked about, or that with other `readings`, or with a number put in for each parameter
    that is not published. No fact shows in `repr`; `facts` can be assessed, and pasted as a case.
    """

    policy: Policy = field(repr=False)
    facts: Facts = field(repr=False, hash=False)
    readings: FrozenMapping[str, str]
    other: Facts | None = field(default=None, repr=False, hash=False)  # where two are compared: the second household
    against: Policy | None = field(default=None, repr=False)  # and the policy that it is shown by, where it is another

    @property
    def assessment(self) -> Assessment:
        """What the policy says of it."""
        return assess(self.policy, self.facts)


@frozen
class NotSettled:
    """Neither proved nor refuted in that many seconds."""

    seconds: float


Answer = Proof | Shown | NotSettled


class DisagreementError(AssertionError):
    """The proof and `assess` say different things of one household: a fault of the library. It names the clause."""

    def __init__(self, what: str, proof: object, assessed: object) -> None:
        super().__init__(f"{what}: the proof has {proof}, assess has {assessed}")
        self.what = what


MEMBERS = 5
SECONDS = 10.0
Wanted = Literal["true", "false", "below", "at", "above"]


class Prover:
    """The households of a policy, up to so many members, and questions about them.

    With `any_readings` the readings are part of what is asked for; else they are as chosen. Not for several threads.
    """

    def __init__(self, policy: Policy, members: int = MEMBERS, *, any_readings: bool = False) -> None:
        self.policy = policy
        self.made = whole(policy)
        self.members = min(members, policy.members.at_most)
        self.space = Space()
        self.of = households(self.space, self.made, self.members, any_readings=any_readings)
        self.encoding = Encoding(policy, self.made, self.of)
        for clause in self.made.policy.must:
            self.space.know(self.encoding.truth(clause))
        self.solver = z3.Solver(ctx=self.space.context)
        self.solver.add(*self.space.known)
        self.base = len(self.space.known)
        self.plain: Truth = True  # what is wanted of households where others need not be looked at

    def plainly(self, ask: Callable[["Prover", float], Answer], seconds: float) -> Answer:
        """A question of households without losses only: they are easier to read where they show something."""
        self.plain = all_of(
            _variable(symbols[name]) >= 0
            for facts, holders in (
                (self.made.policy.facts, (self.of.facts,)),
                (self.made.policy.members.facts, self.of.members),
            )
            for name, fact in facts.items()
            if isinstance(fact.kind, NumberKind) and cast(Exact, fact.kind.low) < 0
            for symbols in holders
        )
        try:
            return ask(self, seconds)
        finally:
            self.plain = True

    def find(self, wanted: Iterable[Truth], seconds: float, other: Encoding | None = None) -> Answer:
        """A household in which everything wanted holds, or the proof that there is none.

        What was made for the question is forgotten afterwards. `other` are households beside these, to be shown too.
        """
        wish = all_of((*wanted, self.plain))
        if wish is False:
            self.forget()
            return Proof(self.members)
        began = monotonic()
        self.solver.push()
        try:
            self.solver.add(*self.space.known[self.base :], *([] if wish is True else [wish]))
            self.solver.set("timeout", max(1, int(seconds * 1000)))
            try:
                result = self.solver.check()
            except z3.Z3Exception:
                result = z3.unknown
            if result == z3.unknown:
                return NotSettled(round(monotonic() - began, 1))
            if result == z3.unsat:
                return Proof(self.members)
            return self.replayed(self.solver.model(), other)
        finally:
            self.solver.pop()
            self.forget()

    def forget(self) -> None:
        """Leave out the definitions that only a question needed."""
        del self.space.known[self.base :]

    def keep(self) -> None:
        """Keep the definitions made since, for every later question."""
        self.solver.add(*self.space.known[self.base :])
        self.base = len(self.space.known)

    # The household of a model

    def replayed(self, model: z3.ModelRef, other: Encoding | None) -> Shown:
        """The household of a model, after `assess` came to the same of it."""
        readings = decoded_readings(self.of, model)
        changed = {name: option for name, option in readings.items() if option != self.policy.readings[name].chosen}
        policy = self.policy.with_readings(changed) if changed else self.policy
        policy = _published(policy, self.encoding, model)
        facts = decoded(self.of, self.made, model)
        _agrees(policy, facts, self.encoding, model)
        if other is None:
            return Shown(policy, facts, FrozenMapping(changed))
        second = decoded(other.of, other.made, model)
        against = policy if other.made is self.made else _published(other.original, other, model)
        _agrees(against, second, other, model)
        return Shown(policy, facts, FrozenMapping(changed), second, against)

    # Conditions of the policy as asked about

    def condition(self, expr: Expr, encoding: Encoding | None = None) -> Truth:
        """A condition in the policy's own numbers: of the household, or of some member who is there."""
        encoding = encoding or self.encoding
        condition = condition_over(self.policy, self.made, expr)
        if not free_names(expr) & self.policy.of_members:
            return encoding.truth(condition)
        return any_of(all_of((member.present, encoding.truth(condition, member))) for member in encoding.scope.members)

    def outcome(self, decision: str, outcome: str) -> Truth:
        """A decision comes to an outcome."""
        return self.encoding.outcome(decision, outcome)


# --- Replaying ---------------------------------------------------------------------------------------------------


def _published(policy: Policy, encoding: Encoding, model: z3.ModelRef) -> Policy:
    """The policy with the numbers of a model for what is not published."""
    parameters = {}
    for name, parameter in policy.parameters.items():
        values = dict(parameter.values)
        for key in [key for key, each in values.items() if each is None]:
            symbol = cast(Cases, encoding.of.unpublished[f"{name}/{'/'.join(map(str, key))}"])
            values[key] = Fraction(number(symbol, model), encoding.made.denominators[name].number)
        parameters[name] = evolve(parameter, values=FrozenMapping(values))
    return policy if parameters == policy.parameters else evolve(policy, parameters=FrozenMapping(parameters))


def _agrees(policy: Policy, facts: Facts, encoding: Encoding, model: z3.ModelRef) -> None:
    """Each decision comes to the same; where one does not, the first clause that differs is named."""
    assessment = assess(policy, facts)
    for name, decided in assessment.decisions.items():
        proof = [outcome for outcome in decided.decision.by_id if holds(encoding.outcome(name, outcome), model)]
        came = [outcome.id for outcome in decided.holding]
        if sorted(proof) != sorted(came):
            _blame(policy, assessment.household.scope(policy), encoding, model)
            raise DisagreementError(name, proof, came)


def _blame(policy: Policy, scope: Scope, encoding: Encoding, model: z3.ModelRef) -> None:
    """Raise for the first clause, in the order in which they are worked out, that is not the same in both."""
    evaluate(policy, scope)
    for name in policy.order:
        pairs = zip(exprs_of(policy.names[name]), exprs_of(encoding.policy.names[name]), strict=True)
        clauses = [pair for one, other in pairs for pair in zip(_clauses(one), _clauses(other), strict=True)]
        of_member = name in policy.of_members
        places = zip(scope.members, encoding.scope.members, strict=False) if of_member else [(scope, encoding.scope)]
        for evaluated, proved in places:
            for one, other in reversed(clauses):
                proof, came = holds(encoding.truth(other, proved), model), value(one, evaluated)
                if proof is not came:
                    raise DisagreementError(one.id, proof, came)


def _variable(symbol: Symbol) -> Whole:
    """The one variable that a fact that is a number is."""
    ((_, variable),) = cast(Cases, symbol)
    return variable


def _clauses(expr: Expr) -> list[Clause]:
    return [part for part in walk(expr) if isinstance(part, Clause)]


def free_names(expr: Expr) -> frozenset[str]:
    """The names that an expression takes from where it stands: in a sum over the members they are each member's."""
    if isinstance(expr, OverMembers):
        return frozenset()
    own = frozenset((expr.name,)) if isinstance(expr, Name) else frozenset()
    return own.union(*(free_names(part) for part in parts_of(expr)))


def witness(
    policy: Policy,
    expr: Expr,
    truth: Wanted | bool,  # noqa: FBT001  # what shall be so, no flag
    members: int = MEMBERS,
    seconds: float = SECONDS,
) -> Answer:
    """A household in which a clause or comparison of the policy comes out so.

    `expr` is any condition of `policy` (a `Clause`, a `Compare` …); where it is of a member, some member makes it so.
    `truth` is whether it shall hold (True, False), or for a comparison of two numbers where its left side shall stand:
    `"below"`, `"at"` or `"above"` the right. The answer is a `Shown`, complete and already replayed through `assess`,
    a `Proof` that no household of up to `members` members does it, or a `NotSettled`. For many questions make one
    `Prover(policy, members)` and call `witness_of(prover, expr, truth, seconds)`.
    """
    return witness_of(Prover(policy, members), expr, truth, seconds)


def witness_of(
    prover: Prover,
    expr: Expr,
    truth: Wanted | bool,  # noqa: FBT001  # what shall be so, no flag
    seconds: float = SECONDS,
) -> Answer:
    """`witness`, of a prover that is there already."""
    asked = expr
    if truth in ("below", "at", "above"):
        compare = expr
        while isinstance(compare, Clause):
            compare = compare.when
        if not isinstance(compare, Compare) or isinstance(compare.right, Option):
            raise TypeError(expr)
        sign: Literal["<", "==", ">"] = "<" if truth == "below" else "==" if truth == "at" else ">"
        asked = Compare(compare.left, sign, compare.right, compare.at)
    elif truth in (False, "false"):
        asked = Not(expr, expr.at)
    return prover.find([prover.condition(asked)], seconds)


# --- What a partial household can still become -------------------------------------------------------------------


def possible(
    policy: Policy, household: Mapping[str, object] | HouseholdText, seconds: float = SECONDS
) -> FrozenMapping[str, Answer]:
    """Of each category whether a household, of which not everything is known, can still become it.

    Exact, where `Assessment.possible` may name too many: each outcome has a completed household (`Shown`), or the
    proof that no completion reaches it. Raises `FactError` as `assess` does.
    """
    given = read_facts(policy, household)
    prover = Prover(policy, len(given.members))
    prover.space.know(all_of(prover.of.present))
    known = [_within(prover, name, prover.of.facts[name], found) for name, found in given.values.items()]
    for symbols, member in zip(prover.of.members, given.members, strict=True):
        known += [_within(prover, name, symbols[name], found) for name, found in member.values.items()]
    if given.on is not None:
        known.append(_within(prover, "on", prover.of.facts["on"], day_number(given.on)))
    wanted = [*known, *prover.of.present]
    decision = policy.category
    return FrozenMapping(
        (outcome, prover.find([*wanted, prover.outcome(decision.name, outcome)], seconds)) for outcome in decision.by_id
    )


def _within(prover: Prover, name: str, symbol: Symbol, found: Value) -> Truth:
    """A fact is what is known of it."""
    if name in prover.made.scales or isinstance(symbol, tuple):
        variable = _variable(symbol)
        scale = prover.made.scales.get(name, 1)
        least, most = (Fraction(end(cast(Number, found))) * scale for end in (low, high))
        return z3.And(
            variable >= -(-least.numerator // least.denominator), variable <= most.numerator // most.denominator
        )
    if isinstance(symbol, Mapping):
        return any_of(is_option(cast(Choice, symbol), option) for option in options_of(found))
    return True if found is None else symbol if found else opposite(symbol)
