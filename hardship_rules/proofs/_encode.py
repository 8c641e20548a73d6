"""The steps of a policy's program as terms of Z3: their values for every household up to a number of members."""

from collections.abc import Mapping, Sequence
from typing import cast

from hardship_rules.core.expr import Clause, Expr
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy, per_policy
from hardship_rules.engine.algebra import Algebra, operate
from hardship_rules.engine.evaluate import program_of
from hardship_rules.engine.program import PARAMETER, READING, IntKind, Rounding, Step, Table
from hardship_rules.proofs._households import Households
from hardship_rules.proofs.terms import (
    Cases,
    Choice,
    Symbol,
    Truth,
    all_of,
    any_of,
    constant,
    extreme,
    is_option,
    multiplied,
    opposite,
    same,
)

Value = Symbol | tuple[Symbol, ...]
"""The value of a step: a symbol, or for a step of members the symbol of each."""
_NOT_FIXED: Mapping[int, Value] = FrozenMapping()


class Encoding(Algebra):
    """The steps of a policy's program for its households, as an algebra of terms of Z3.

    A truth, a choice or a number by cases is the value of a step of the household; a step of members has a tuple of
    them. Encodings in one space share the symbols of equal steps over equal symbols: two policies, two households, or
    a policy with and without a clause differ only where they have to. `fixed` are the values of steps that are set.
    """

    def __init__(self, of: Households, fixed: Mapping[int, Value] = _NOT_FIXED) -> None:
        self.of = of
        self.space = of.space
        self.lowered = of.lowered
        self.policy: Policy = of.lowered.policy
        self._steps: Sequence[Step] = of.lowered.lowering.build.steps
        self._values: dict[int, Value] = dict(fixed)
        live, self._terms = _named_steps(self.policy)
        for number in live:
            self.value(number)

    # What the policy decides

    def outcome(self, decision: str, outcome: str) -> Truth:
        """A decision comes to an outcome."""
        definition = self.policy.decisions[decision]
        if definition.every:
            return self.truth(cast(Clause, definition.by_id[outcome].when))
        return is_option(cast(Choice, self.value(self.lowered.named(decision).step)), outcome)

    def outcomes(self, decision: str) -> tuple[Truth, ...]:
        """Whether the condition of each outcome of a decision holds, except `otherwise`."""
        return tuple(self.truth(cast(Clause, outcome.when)) for outcome in self.policy.decisions[decision].outcomes)

    def truth(self, condition: Expr) -> Truth:
        """A condition of the policy; one about a member holds where some member of the household meets it."""
        step = self.lowered.quotient(condition).step
        value = self.value(step)
        return value if self._steps[step].space == "household" else self._for_some(cast(tuple[Truth, ...], value))

    def with_clause(self, id_: str, *, holds: bool) -> "Encoding":
        """The same households where a clause has a fixed value."""
        step = self.lowered.clause(id_)
        of_members = self._steps[step].space == "member"
        return Encoding(self.of, {step: (holds,) * len(self.of.members) if of_members else holds})

    def must(self) -> list[Truth]:
        """What every household meets."""
        return [self.truth(clause) for clause in self.policy.must]

    def value(self, number: int) -> Value:
        """The value of a step."""
        if number not in self._values:
            self._values[number] = self._compute(number)
        return self._values[number]

    def by_member(self, number: int) -> tuple[Symbol, ...]:
        """The value of a step for each member; one of the household is the same for all of them."""
        value = self.value(number)
        is_of_members = self._steps[number].space == "member"
        return cast(tuple[Symbol, ...], value) if is_of_members else (value,) * len(self.of.members)

    def _compute(self, number: int) -> Value:
        step = self._steps[number]
        if step.op == "input":
            return self.input(step)
        if step.op in ("sum", "any"):
            part = self.by_member(step.args[0])
            return self._shared(number, (part,), (*part, *self.of.present))
        if step.space == "member":
            rows = zip(*map(self.by_member, step.args), strict=True)
            return tuple(self._shared(number, row, row) for row in rows)
        args = tuple(map(self.value, step.args))
        return self._shared(number, args, args)

    def _shared(self, number: int, args: Sequence[Value], symbols: Sequence[Symbol]) -> Symbol:
        """The value of a step for those of its arguments; it is one symbol for all steps that are the same.

        `symbols` are those in the arguments.
        """
        step = self._steps[number]
        if step.op == "name":
            return self.name(step, *args)
        value = self.space.once((step.op, type(step.kind), step.data), symbols, lambda: operate(self, step, args))
        term = self._terms.get(number)
        if term is None:
            return value
        return self.space.once(("term", term), (value,), lambda: self.space.named(term, cast(Cases, value)))

    # The operations

    def const(self, step: Step) -> Symbol:
        """A number in a single case, a truth, or a choice of one option or none."""
        if isinstance(step.data, str):
            return self.space.option(step.data)
        return {} if step.data is None else step.data if isinstance(step.data, bool) else constant(cast(int, step.data))

    def input(self, step: Step) -> Value:
        """The variable of a fact, or of the day."""
        name = cast(str, step.data)
        return self.of.facts[name] if step.space == "household" else tuple(member[name] for member in self.of.members)

    def name(self, step: Step, part: Value) -> Value:
        """A reading as these households have it, and a parameter with its own numbers that are not published."""
        name = cast(str, step.data)
        if name.startswith(READING):
            return self.of.readings.get(name.removeprefix(READING), part)
        table = self._steps[step.args[0]].data
        return self._number(name.removeprefix(PARAMETER), table, part) if isinstance(table, Table) else part

    def _number(self, parameter: str, table: Table, rows: Value) -> Value:
        """The number of a parameter, from the conditions of the rows of its table."""
        numbers = [
            self.of.unpublished[parameter, key] if number is None else constant(number) for key, number in table.rows
        ]
        unpublished = [number for number, (_, published) in zip(numbers, table.rows, strict=True) if published is None]
        return self.space.once(
            "parameter", (rows, *unpublished), lambda: self.space.cases(cast(tuple[Truth, ...], rows), numbers)
        )

    def add(self, _: Step, *parts: Cases) -> Cases:
        """The sum, case by case."""
        return self.space.computed(parts, lambda *numbers: sum(numbers))

    def mul(self, _: Step, *parts: Cases) -> Cases:
        """The product, case by case."""
        return self.space.computed(parts, multiplied)

    def div(self, step: Step, over: Cases, by: Cases) -> Cases:
        """The rounded quotient: a variable of its own, unless every case is a constant."""
        may_be_negative = cast(IntKind, self._steps[step.args[0]].kind).low < 0
        return self.space.quotient(over, by, cast(Rounding, step.data), may_be_negative=may_be_negative)

    def min(self, _: Step, *parts: Cases) -> Cases:
        """The least, case by case."""
        return self.space.computed(parts, lambda *numbers: extreme("min", numbers))

    def max(self, _: Step, *parts: Cases) -> Cases:
        """The greatest, case by case."""
        return self.space.computed(parts, lambda *numbers: extreme("max", numbers))

    def lt(self, _: Step, left: Cases, right: Cases) -> Truth:
        """Whether one number is below another."""
        return self.space.compared(left, "<", right)

    def eq(self, _: Step, left: Symbol, right: Symbol) -> Truth:
        """Whether two numbers, two choices or two conditions are the same."""
        if isinstance(left, tuple):
            return self.space.compared(left, "==", cast(Cases, right))
        if isinstance(left, Mapping):
            return any_of(all_of((truth, is_option(cast(Choice, right), option))) for option, truth in left.items())
        return same(left, right)

    def in_(self, step: Step, part: Choice) -> Truth:
        """Whether a choice is one of some options."""
        return any_of(is_option(part, option) for option in cast(tuple[str, ...], step.data))

    def and_(self, _: Step, *parts: Truth) -> Truth:
        """Whether all of some conditions hold."""
        return all_of(parts)

    def or_(self, _: Step, *parts: Truth) -> Truth:
        """Whether any of some conditions holds."""
        return any_of(parts)

    def not_(self, _: Step, part: Truth) -> Truth:
        """Whether a condition fails."""
        return opposite(part)

    def select(self, _: Step, when: Truth, then: Symbol, otherwise: Symbol) -> Symbol:
        """A number in the cases of both, a choice with the options of both, or a condition."""
        fails = opposite(when)
        if isinstance(then, tuple):
            return self.space.cases((when, fails), [then, cast(Cases, otherwise)])
        if isinstance(then, Mapping):
            options = dict.fromkeys((*then, *cast(Choice, otherwise)))
            return {
                option: _one_of(when, is_option(then, option), fails, is_option(cast(Choice, otherwise), option))
                for option in options
            }
        return _one_of(when, then, fails, otherwise)

    def table(self, step: Step, *keys: Symbol) -> tuple[Truth, ...]:
        """For each row of a parameter, whether it is the one; the parameter, which is its name, has the number."""
        table = cast(Table, step.data)
        return tuple(
            all_of(self._goes_by(*way) for way in zip(keys, row, table.last, strict=True)) for row, _ in table.rows
        )

    def _goes_by(self, value: Symbol, key: str | int, last: int | None) -> Truth:
        if isinstance(key, str):
            return is_option(cast(Choice, value), key)
        return self.space.compared(cast(Cases, value), ">=" if key == last else "==", constant(key))

    def sum(self, _: Step, part: tuple[Cases, ...]) -> Cases:
        """The sum over the members of the household."""
        return self.space.summed(zip(self.of.present, part, strict=True))

    def any(self, _: Step, part: tuple[Truth, ...]) -> Truth:
        """Whether a condition holds for a member of the household."""
        return self._for_some(part)

    def _for_some(self, truths: tuple[Truth, ...]) -> Truth:
        return any_of(all_of(pair) for pair in zip(self.of.present, truths, strict=True))


def _one_of(when: Truth, then: Truth, fails: Truth, otherwise: Truth) -> Truth:
    return any_of((all_of((when, then)), all_of((fails, otherwise))))


@per_policy
def _named_steps(policy: Policy) -> tuple[tuple[int, ...], FrozenMapping[int, str]]:
    """The steps that the names and clauses of a policy need, and the terms that are numbers, by step."""
    program = program_of(policy)
    roots = (*program.names.values(), *program.clauses.values(), *program.must.values())
    terms = ((program.names[name], name) for name in policy.terms)
    return program.live(roots), FrozenMapping(
        (step, name) for step, name in terms if isinstance(program.steps[step].kind, IntKind)
    )


def decision_differs(a: Encoding, b: Encoding, decision: str) -> Truth:
    """A decision does not come to the same in two encodings; of a `disjoint` one, any of its outcomes alone."""
    mine, theirs = _outcomes(a, decision), _outcomes(b, decision)
    return any_of(
        opposite(same(mine.get(outcome, False), theirs.get(outcome, False))) for outcome in sorted({*mine, *theirs})
    )


def _outcomes(encoding: Encoding, decision: str) -> dict[str, Truth]:
    definition = encoding.policy.decisions[decision]
    if definition.disjoint:
        return dict(zip((outcome.id for outcome in definition.outcomes), encoding.outcomes(decision), strict=True))
    return {outcome: encoding.outcome(decision, outcome) for outcome in definition.by_id}
