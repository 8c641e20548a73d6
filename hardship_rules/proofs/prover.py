"""The prover: puts a question about all households to Z3 and answers with a proof, a counterexample, or neither."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Literal, cast

from attrs import evolve, field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.core.expr import Clause, Compare, Expr, Not, Option, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Fact, Policy, exprs_of
from hardship_rules.engine.evaluate import Scope, value
from hardship_rules.proofs._encode import Encoding
from hardship_rules.proofs._households import (
    Facts,
    Households,
    decode_household,
    decode_readings,
    is_true_in,
    number_in,
    symbolic_households,
)
from hardship_rules.proofs.solver import NotSettled, Solver
from hardship_rules.proofs.terms import (
    Cases,
    Space,
    Symbol,
    Truth,
    Whole,
    z3,
)

MEMBERS = 5
SECONDS = 10.0
Wanted = Literal["true", "false", "below", "at", "above"]


@frozen
class Proof:
    """It is proved that no household of up to `members` members satisfies the question."""

    members: int


@frozen
class Shown:
    """A complete household that satisfies the question: a counterexample or an example. `assess` confirmed it.

    `policy` is the policy asked about, with `readings` changed and a number filled in for each unpublished parameter
    value. `repr` hides the facts; `facts` can be assessed, and pasted as a case.
    """

    policy: Policy = field(repr=False)
    facts: Facts = field(repr=False, hash=False)
    readings: FrozenMapping[str, str]
    other: Facts | None = field(default=None, repr=False, hash=False)  # the second household of a comparison
    against: Policy | None = field(default=None, repr=False)  # the policy of the second household

    @property
    def assessment(self) -> Assessment:
        """The household's assessment under `policy`."""
        return assess(self.policy, self.facts)


Answer = Proof | Shown | NotSettled


class DisagreementError(AssertionError):
    """The proof and `assess` differ about one household, which is a bug of this library; `what` names the clause."""

    def __init__(self, what: str, proof: object, assessed: object) -> None:
        super().__init__(f"{what}: the proof has {proof}, assess has {assessed}")
        self.what = what


def witness(
    policy: Policy,
    expr: Expr,
    truth: Wanted | bool,  # noqa: FBT001  # the value to look for, no flag
    members: int = MEMBERS,
    seconds: float = SECONDS,
) -> Answer:
    """A household for which a condition of the policy has a given value.

    `expr` is a condition of `policy` (a `Clause`, a `Compare` ...). If it is about a member, one member has to satisfy
    it. `truth` is True or False, or for a comparison of two numbers the position of its left side: `"below"`, `"at"`
    or `"above"` the right side.

    The answer is a `Shown`, a `Proof` that no household of up to `members` members exists, or a `NotSettled`. To ask
    many questions, create one `Prover(policy, members)` and call `witness_of(prover, expr, truth, seconds)`.
    """
    return witness_of(Prover(policy, members), expr, truth, seconds)


def witness_of(
    prover: "Prover",
    expr: Expr,
    truth: Wanted | bool,  # noqa: FBT001  # the value to look for, no flag
    seconds: float = SECONDS,
) -> Answer:
    """`witness` with an existing prover."""
    condition = expr
    if truth in ("below", "at", "above"):
        compare = expr
        while isinstance(compare, Clause):
            compare = compare.when
        if not isinstance(compare, Compare) or isinstance(compare.right, Option):
            raise TypeError(expr)
        sign: Literal["<", "==", ">"] = "<" if truth == "below" else "==" if truth == "at" else ">"
        condition = Compare(compare.left, sign, compare.right, compare.at)
    elif truth in (False, "false"):
        condition = Not(expr, expr.at)
    return prover.find([prover.encoding.truth(condition)], seconds)


class Prover:
    """Answers questions about the households of a policy with up to `members` members. Not thread-safe.

    With `any_readings`, a model may choose the readings; without, they are as the policy chooses them. With
    `no_losses`, no amount of a household is negative, which is easier to read.
    """

    def __init__(
        self, policy: Policy, members: int = MEMBERS, *, any_readings: bool = False, no_losses: bool = False
    ) -> None:
        self.policy = policy
        self.members = min(members, policy.members.at_most)
        self.space = Space()
        self.households = symbolic_households(self.space, policy, self.members, any_readings=any_readings)
        self.solver = Solver(self.space)
        if no_losses:
            for symbol in self._that_may_be_losses():
                self.space.know(variable_of(symbol) >= 0)
        self.encoding = self.keep(self.households)
        self._variants: dict[tuple[tuple[str, str], ...], Policy] = {}

    def outcome(self, decision: str, outcome: str) -> Truth:
        """The condition that a decision has an outcome."""
        return self.encoding.outcome(decision, outcome)

    def find(self, conditions: Iterable[Truth], seconds: float, other: Encoding | None = None) -> Answer:
        """A household that meets all conditions, or the proof that there is none.

        Definitions made for the question are dropped afterwards. `other` encodes the second household of a comparison.
        """
        try:
            model = self.solver.model(conditions, seconds)
        finally:
            self.encoding.forget()
        if isinstance(model, NotSettled):
            return model
        return Proof(self.members) if model is None else self.replay(model, other)

    def forget(self) -> None:
        """Drop what a question has defined."""
        self.space.forget()
        self.encoding.forget()

    def _that_may_be_losses(self) -> Iterator[Symbol]:
        """The amounts that may be negative."""
        facts, member_facts = self.policy.facts, self.policy.members.facts
        for definitions, holders in ((facts, (self.households.facts,)), (member_facts, self.households.members)):
            for name, fact in definitions.items():
                if may_be_loss(fact):
                    yield from (symbols[name] for symbols in holders)

    def keep(self, households: Households) -> Encoding:
        """What a policy decides for households that meet its `must`, for all later questions."""
        encoding = Encoding(households)
        for truth in encoding.must():
            self.space.know(truth)
        self.solver.keep()
        return encoding

    def replay(self, model: z3.ModelRef, other: Encoding | None = None) -> Shown:
        """The household of a model; raises `DisagreementError` unless `assess` gives the same outcomes for it."""
        changed = decode_readings(self.households, model)
        policy = self._variant(changed)
        policy = with_numbers_of(policy, self.encoding, model)
        facts = decode_household(self.households, model)
        check_agreement(policy, facts, self.encoding, model)
        if other is None:
            return Shown(policy, facts, FrozenMapping(changed))
        second = decode_household(other.of, model)
        against = policy if other.policy is self.policy else with_numbers_of(other.policy, other, model)
        check_agreement(against, second, other, model)
        return Shown(policy, facts, FrozenMapping(changed), second, against)

    def _variant(self, readings: dict[str, str]) -> Policy:
        """The policy with other readings; once for each choice, as a policy is compiled at its first assessment."""
        key = tuple(readings.items())
        if key not in self._variants:
            self._variants[key] = self.policy.with_readings(readings) if readings else self.policy
        return self._variants[key]


def may_be_loss(fact: Fact) -> bool:
    """Whether a fact is a number that may be negative."""
    return isinstance(fact.kind, NumberKind) and cast(Exact, fact.kind.low) < 0


def variable_of(symbol: Symbol) -> Whole:
    """The variable of a numeric fact."""
    ((_, variable),) = cast(Cases, symbol)
    return variable


def with_numbers_of(policy: Policy, encoding: Encoding, model: z3.ModelRef) -> Policy:
    """The policy with the numbers of a model in place of unpublished ones."""
    parameters = {}
    for name, parameter in policy.parameters.items():
        values = dict(parameter.values)
        for key in [key for key, number in values.items() if number is None]:
            values[key] = Fraction(number_in(model, encoding.of.unpublished[name, key]), encoding.of.scale(name))
        parameters[name] = evolve(parameter, values=FrozenMapping(values))
    return policy if parameters == policy.parameters else evolve(policy, parameters=FrozenMapping(parameters))


def check_agreement(policy: Policy, facts: Facts, encoding: Encoding, model: z3.ModelRef) -> None:
    """Raise `DisagreementError` unless each decision of a model is that of `assess`."""
    assessment = assess(policy, facts)
    for name, proved in encoding.outcomes_in(model).items():
        assessed = [outcome.id for outcome in assessment.decisions[name].holding]
        if sorted(proved) != sorted(assessed):
            _raise_for_first_clause(policy, assessment.household.scope(policy), encoding, model)
            raise DisagreementError(name, proved, assessed)


def _raise_for_first_clause(policy: Policy, scope: Scope, encoding: Encoding, model: z3.ModelRef) -> None:
    """Raise `DisagreementError` for the first clause, in evaluation order, in which a model and `assess` differ."""
    for name in policy.order:
        exprs = exprs_of(policy.names[name])
        clauses = [part for expr in exprs for part in walk(expr) if isinstance(part, Clause)]
        for clause in reversed(clauses):
            step = encoding.lowered.clause(clause.id)
            of_members = name in policy.of_members
            scopes = zip(scope.members, encoding.by_member(step), strict=False)
            for evaluated, truth in scopes if of_members else [(scope, encoding.value(step))]:
                proved, assessed = is_true_in(model, truth), value(clause, evaluated)
                if proved is not assessed:
                    raise DisagreementError(clause.id, proved, assessed)
