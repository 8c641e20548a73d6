"""The values of a policy's names and expressions for the facts of a household, known or not.

They are read from the steps of the policy's program by the interval algebra.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Lock
from typing import Any, cast

from hardship_rules.core.expr import Clause, Expr
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number, Range, Truth
from hardship_rules.core.kinds import Value
from hardship_rules.core.policy import Decision, Outcome, Policy, per_policy
from hardship_rules.engine._lower import Lowering
from hardship_rules.engine.clauses import Condition
from hardship_rules.engine.interval import Facts, Run, choice_value
from hardship_rules.engine.program import OptionKind, Program, Quotient

RECOGNISED = "in_hardship"
"""The term of a policy that is true of the categories that recognise a household."""
_NO_VALUES: Facts = FrozenMapping()
_NOT_FIXED: Mapping[int, Value] = FrozenMapping()
_MOST_KNOWN = 20_000  # expressions of one policy whose steps are remembered


class Lowered:
    """A policy with the step of each of its names and expressions; further expressions are lowered when asked for.

    `switches` are those of `Lowering`.
    """

    def __init__(self, policy: Policy, switches: Collection[str] | None = None) -> None:
        self.policy = policy
        self.lowering = Lowering(policy, switches)
        self._lock = Lock()
        self._names: dict[str, Quotient] = {}
        self._clauses: dict[str, Quotient] = {}
        self._known: dict[int, tuple[Expr, Quotient]] = {}  # by identity, which is valid while the expression is kept
        self._structures: dict[str, Condition] = {}

    def program(self) -> Program:
        """The program, lowered completely; once only."""
        program = self.lowering.program()
        self._clauses = {id_: Quotient(step) for id_, step in {**program.clauses, **program.must}.items()}
        return program

    def named(self, name: str) -> Quotient:
        """The number, condition or choice of a name."""
        if name not in self._names:
            with self._lock:
                self._names[name] = self.lowering.named(name)
        return self._names[name]

    def quotient(self, expr: Expr) -> Quotient:
        """The number, condition or choice of an expression."""
        if type(expr) is Clause and expr.id in self._clauses:
            return self._clauses[expr.id]
        known = self._known.get(id(expr))
        if known is None:
            with self._lock:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                known = self._known[id(expr)] = expr, self.lowering.quotient(expr)
        return known[1]

    def clause(self, id_: str) -> int:
        """The step of a clause of the policy."""
        return self._clauses[id_].step

    def structure(self, clause: Clause) -> Condition:
        """A clause of the policy, and the conditions that it is made of."""
        if clause.id not in self._structures:
            with self._lock:
                self._structures[clause.id] = self.lowering.structure(clause)
        return self._structures[clause.id]

    def scope(self, own: Facts, members: Iterable[Facts], fixed: Mapping[int, Value] = _NOT_FIXED) -> "Scope":
        """The scope of a household: the values of facts and of the day; `fixed` are those of steps that are set."""
        household, of_members = dict(own), [dict(member) for member in members]
        build = self.lowering.build
        run = Run(
            build,
            self._scaled(household),
            [self._scaled(member) for member in of_members],
            fixed=fixed,
        )
        scope = self.scope_of_run(run, household, of_members)
        scope.fixed = fixed
        return scope

    def scope_of_run(self, run: Run, own: Facts, members: Iterable[Facts]) -> "Scope":
        """The scope of a run of the program, with the facts that it is of."""
        scope = Scope(self, run, own, None, None)
        scope.members = tuple(Scope(self, run, facts, number, scope) for number, facts in enumerate(members))
        return scope

    def any_household(self, *, chosen: bool, fixed: Mapping[int, Value] = _NOT_FIXED) -> "Scope":
        """A household with no known facts, under the chosen readings or under any; its one member is any one.

        `fixed` are the values of steps that are set.
        """
        lowering = self.lowering
        fixed = dict(fixed)
        if not chosen:
            for name in self.policy.readings:
                step = lowering.names[name]
                fixed[step] = choice_value(frozenset(cast(OptionKind, lowering.build.kind(step)).options))
        run = Run(lowering.build, {}, [{}], fixed=fixed, any_members=True)
        scope = Scope(self, run, {}, None, None)
        scope.members = (Scope(self, run, {}, 0, scope),)
        return scope

    def _scaled(self, facts: Facts) -> dict[str, Value]:
        """The facts as whole numbers."""
        scales = self.lowering.scales
        return {
            name: answer if name not in scales or answer is None else _times(cast(Number, answer), scales[name].number)
            for name, answer in facts.items()
        }


def _times(number: Number, scale: int) -> Number:
    if scale == 1:
        return number
    return Range(number.low * scale, number.high * scale) if isinstance(number, Range) else number * scale


class Scope:
    """The values of names for a household or for one of its members, whose `outer` scope is the household's.

    `facts` are the values that it was made of, in the policy's units. A scope can be pickled.
    """

    __slots__ = ("facts", "fixed", "lowered", "member", "members", "outer", "run")

    def __init__(self, lowered: Lowered, run: Run, facts: Facts, member: int | None, outer: "Scope | None") -> None:
        self.lowered = lowered
        self.run = run
        self.facts = facts
        self.member = member
        self.outer = outer
        self.members: tuple[Scope, ...] = ()
        self.fixed: Mapping[int, Value] = _NOT_FIXED

    def __getitem__(self, name: str) -> Value:
        """The value of a fact, parameter, reading, term or decision, or of the day."""
        return self.run.figure(self.lowered.named(name), self.member)

    def value(self, expr: Expr) -> Value:
        """The value of an expression over the policy's names."""
        return self.run.figure(self.lowered.quotient(expr), self.member)

    def __reduce__(self) -> tuple[Callable[..., "Scope"], tuple[Any, ...]]:
        if self.outer is not None:
            return _member_of, (self.outer, self.member)
        members = [dict(member.facts) for member in self.members]
        return _scope_of, (self.lowered.policy, dict(self.facts), members, dict(self.fixed))


def _scope_of(policy: Policy, own: Facts, members: Iterable[Facts], fixed: Mapping[int, Value]) -> Scope:
    return lowered(policy).scope(own, members, fixed)


def _member_of(scope: Scope, number: int) -> Scope:
    return scope.members[number]


@per_policy
def _lowered(policy: Policy) -> tuple[Lowered, Program]:
    lowered = Lowered(policy)
    return lowered, lowered.program()


def lowered(policy: Policy) -> Lowered:
    """The steps of a policy's names and expressions."""
    return _lowered(policy)[0]


def program_of(policy: Policy) -> Program:
    """The open program of a policy, lowered once."""
    return _lowered(policy)[1]


def scope_of(policy: Policy, own: Facts, members: Iterable[Facts], fixed: Facts = _NO_VALUES) -> Scope:
    """The scope of a household: the values of its facts and of the day; a fact that is not there is unknown.

    `fixed` are the values of names that are set.
    """
    steps = lowered(policy)
    return steps.scope(own, members, {steps.named(name).step: answer for name, answer in fixed.items()})


def any_household(policy: Policy, *, chosen: bool = False) -> Scope:
    """A household with no known facts, under the chosen readings or under any; its one member is any one."""
    return lowered(policy).any_household(chosen=chosen)


def value(expr: Expr, scope: Scope) -> Value:
    """The value of an expression in a scope."""
    return scope.value(expr)


def truths(decision: Decision, scope: Scope) -> tuple[Truth, ...]:
    """Whether each outcome holds; of a `first` decision, up to the first one that certainly does."""
    found: list[Truth] = []
    for outcome in decision.outcomes:
        found.append(cast(Truth, scope.value(cast(Clause, outcome.when))))
        if found[-1] and not decision.every:
            break
    return tuple(found)


def possible(decision: Decision, truths: tuple[Truth, ...]) -> tuple[str, ...]:
    """The ids of the outcomes that hold or may hold, with `otherwise` if no outcome certainly holds."""
    may = [outcome.id for outcome, truth in zip(decision.outcomes, truths, strict=False) if truth is not False]
    if not decision.every and decision.otherwise is not None and True not in truths:
        may.append(decision.otherwise.id)
    return tuple(may)


def recognising(policy: Policy) -> tuple[Outcome, ...]:
    """The categories that recognise a household: by the term `in_hardship`, or without it all of the `first` list."""
    category, term = policy.category, policy.terms.get(RECOGNISED)
    if term is None:
        return category.outcomes
    return tuple(
        outcome
        for outcome in category.outcomes
        if scope_of(policy, {}, [], {category.name: outcome.id})[term.name] is True
    )
