"""The steps of a policy's program as terms of Z3: their values for every household up to a number of members."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import cast

from hardship_rules.core.expr import Clause, Expr
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.policy import Policy, per_policy
from hardship_rules.engine.algebra import Algebra, operate
from hardship_rules.engine.evaluate import program_of
from hardship_rules.engine.program import PARAMETER, READING, IntKind, Rounding, Step, Table
from hardship_rules.proofs._households import Households
from hardship_rules.proofs.terms import (
    Bits,
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
    z3,
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
        self._outcomes: dict[str, list[Truth]] = {}
        self._none_before: dict[str, list[Truth]] = {}
        self._live, self._terms = _named_steps(self.policy)
        for number in self._live:
            self.value(number)

    # What the policy decides

    def outcome(self, decision: str, outcome: str) -> Truth:
        """A decision comes to an outcome."""
        definition = self.policy.decisions[decision]
        when = definition.by_id[outcome].when
        holds = True if when is None else self.truth(when)
        if definition.every:
            return holds
        return all_of((self.none_before(decision)[list(definition.by_id).index(outcome)], holds))

    def none_before(self, decision: str) -> Sequence[Truth]:
        """For each outcome of a decision, `otherwise` included, whether no outcome before it holds."""
        if decision not in self._none_before:
            none: list[Truth] = [True]
            for holds in self.outcomes(decision):
                none.append(self._neither(none[-1], holds))
            self._none_before[decision] = none
        return self._none_before[decision]

    def _neither(self, none: Truth, holds: Truth) -> Truth:
        return self.space.once("none", (none, holds), lambda: all_of((none, opposite(holds))))

    def outcomes(self, decision: str) -> Sequence[Truth]:
        """Whether the condition of each outcome of a decision holds, except `otherwise`."""
        if decision not in self._outcomes:
            outcomes = self.policy.decisions[decision].outcomes
            self._outcomes[decision] = [self.truth(cast(Clause, outcome.when)) for outcome in outcomes]
        return self._outcomes[decision]

    def outcomes_in(self, model: z3.ModelRef) -> dict[str, list[str]]:
        """The outcomes of each decision in a model."""
        bits, masks = self._bits_of_outcomes
        values = bits.in_model(model)
        return {
            decision: [outcome for outcome, mask in of.items() if mask is not None and values & mask == mask]
            for decision, of in masks.items()
        }

    @cached_property
    def _bits_of_outcomes(self) -> tuple[Bits, dict[str, dict[str, int | None]]]:
        """The outcomes of all decisions as bits, and the mask of each."""
        bits = Bits()
        return bits, {
            decision: {outcome: bits.mask((self.outcome(decision, outcome),)) for outcome in definition.by_id}
            for decision, definition in self.policy.decisions.items()
        }

    def truth(self, condition: Expr) -> Truth:
        """A condition of the policy; one about a member holds where some member of the household meets it."""
        step = self.lowered.quotient(condition).step
        value = self.value(step)
        return value if self._steps[step].space == "household" else self._for_some(cast(tuple[Truth, ...], value))

    def with_clause(self, id_: str, *, holds: bool) -> "Encoding":
        """The same households where a clause has a fixed value."""
        step = self.lowered.clause(id_)
        of_members = self._steps[step].space == "member"
        changed = {step}
        for number in self._live[bisect(self._live, step) :]:
            if not changed.isdisjoint(self._steps[number].args):
                changed.add(number)
        values = {number: self._values[number] for number in self._live if number not in changed}
        return Encoding(self.of, {**values, step: (holds,) * len(self.of.members) if of_members else holds})

    def must(self) -> list[Truth]:
        """What every household meets."""
        return [self.truth(clause) for clause in self.policy.must]

    def value(self, number: int) -> Value:
        """The value of a step."""
        if number in self._values:
            return self._values[number]
        pending, needed = [number], set[int]()
        while pending:
            step = pending.pop()
            if step not in self._values and step not in needed:
                needed.add(step)
                pending += self._steps[step].args
        for step in sorted(needed):
            self._values[step] = self._compute(step)
        return self._values[number]

    def forget(self) -> None:
        """Drop the values of steps that only a question needed: the space has forgotten what they define."""
        self._values = {number: self._values[number] for number in self._live}

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
    """The steps that the clauses of a policy and its names but the decisions need; the terms that are numbers, by step.

    The outcomes of a decision are read from their clauses: as a choice, each step of it would have every outcome.
    """
    program = program_of(policy)
    names = (step for name, step in program.names.items() if name not in policy.decisions)
    roots = (*names, *program.clauses.values(), *program.must.values())
    terms = ((program.names[name], name) for name in policy.terms)
    return program.live(roots), FrozenMapping(
        (step, name) for step, name in terms if isinstance(program.steps[step].kind, IntKind)
    )


def decision_differs(a: Encoding, b: Encoding, decision: str) -> Truth:
    """A decision of one policy does not come to the same in two encodings; of a `disjoint` one, any outcome alone."""
    definition = a.policy.decisions[decision]
    pairs = zip(a.outcomes(decision), b.outcomes(decision), strict=True)
    differ = [mine is not theirs and opposite(same(mine, theirs)) for mine, theirs in pairs]
    if definition.every or definition.disjoint:
        return any_of(differ)
    none_before = zip(a.none_before(decision), b.none_before(decision), strict=True)
    return any_of(
        all_of((*none, differs)) for none, differs in zip(none_before, differ, strict=False) if differs is not False
    )
