"""Plans of questions: the unknown facts that would settle a condition, fewest expected questions first."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from hardship_rules.core.kinds import Value
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.interval import Run, options_of
from hardship_rules.engine.program import PARAMETER, Step, Table

_ARITHMETIC = frozenset({"add", "mul", "div", "min", "max"})


class Plan(NamedTuple):
    """The facts, days and unpublished parameters that leave a step open, in the order in which to ask for them.

    `cost` is the expected number of questions and `chance` the probability that the condition then holds. Answers are
    taken as equally likely, and a comparison of numbers as an even chance: this sets the order, never a verdict.
    """

    paths: tuple[KeyPath, ...]
    cost: float
    chance: float


NOTHING = Plan((), 0.0, 0.0)
_HOLDS = Plan((), 0.0, 1.0)


class Plans:
    """The plans of a program's steps for the facts of one household, each computed once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.members = range(len(run.members))
        self._computed: dict[tuple[int, int | None], Plan] = {}

    def of(self, number: int, member: int | None = None) -> Plan:
        """The plan of a step, of the household or of a member."""
        step = self.run.steps[number]
        key = number, None if step.space == "household" else member
        plan = self._computed.get(key)
        if plan is None:
            settled = self.run.settled(number, member)
            plan = self._of(step, member) if settled is None else _HOLDS if settled else NOTHING
            self._computed[key] = plan
        return plan

    def _of(self, step: Step, member: int | None) -> Plan:
        match step.op:
            case "input":
                name = cast(str, step.data)
                return Plan(((name,) if step.space == "household" else ("members", cast(int, member), name),), 1.0, 0.5)
            case "name":
                inner = self.run.steps[step.args[0]]
                return self._parameter(step, inner, member) if inner.op == "table" else self.of(step.args[0], member)
            case "and" | "or":
                return _any_part([self.of(arg, member) for arg in step.args], settles=step.op == "or")
            case "not":
                plan = self.of(step.args[0], member)
                return Plan(plan.paths, plan.cost, 1 - plan.chance)
            case "in":
                possible = options_of(self.run.value(step.args[0], member))
                wanted = possible.intersection(cast(tuple[str, ...], step.data))
                return _all_parts([self.of(step.args[0], member)], len(wanted) / len(possible))
            case "eq":
                chance = _chance_of_equal(*(self.run.value(arg, member) for arg in step.args))
                return _all_parts(self._parts(step.args, member), chance)
            case "any":
                return _any_part([self.of(step.args[0], number) for number in self.members], settles=True)
            case "sum":
                return _all_parts([self.of(step.args[0], number) for number in self.members])
            case "select":
                return self._select(*(self.of(arg, member) for arg in step.args))
            case _:
                return _all_parts(self._parts(step.args, member))

    def _parameter(self, step: Step, table: Step, member: int | None) -> Plan:
        """The plan of a parameter: its keys, and whether it is published."""
        plans = [self.of(arg, member) for arg in table.args]
        if any(number is None for _, number in cast(Table, table.data).rows):
            plans.append(Plan((("parameters", cast(str, step.data).removeprefix(PARAMETER)),), 1.0, 0.5))
        return _all_parts(plans)

    def _parts(self, args: Iterable[int], member: int | None) -> list[Plan]:
        """The plans of what numbers are computed from, each once, in the order of the facts in the policy."""
        found: dict[int, Plan] = {}
        pending = list(args)
        while pending:
            number = pending.pop()
            step = self.run.steps[number]
            if step.op in _ARITHMETIC and self.run.settled(number, member) is None:
                pending += step.args
            elif number not in found:
                found[number] = self.of(number, member)
        return sorted((plan for plan in found.values() if plan.paths), key=self._position)

    def _position(self, plan: Plan) -> int:
        """The place of the first fact of a plan in the policy; parameters come last."""
        return self.run.order_of_inputs.get(cast(str, plan.paths[0][-1]), len(self.run.steps))

    @staticmethod
    def _select(when: Plan, then: Plan, otherwise: Plan) -> Plan:
        """A condition, then the result that follows."""
        if not when.paths:
            return then if when.chance else otherwise
        cost = when.cost + when.chance * then.cost + (1 - when.chance) * otherwise.cost
        return Plan(_paths((when, then, otherwise)), cost, 0.5)


def _chance_of_equal(left: Value, right: Value) -> float:
    """The probability that two choices are equal; one half for numbers and days."""
    if not isinstance(left, str | frozenset):
        return 0.5
    left_options, right_options = options_of(left), options_of(right)
    return len(left_options & right_options) / (len(left_options) * len(right_options))


def _all_parts(plans: Sequence[Plan], chance: float = 0.5) -> Plan:
    """The plan of a step that needs all of its parts."""
    return Plan(_paths(plans), sum(plan.cost for plan in plans), chance)


def _any_part(plans: list[Plan], *, settles: bool) -> Plan:
    """The plan of an `all` or `any`, which one part may settle: the part most likely to do so per question is first."""

    def settling(plan: Plan) -> float:
        return plan.chance if settles else 1 - plan.chance

    open_ = sorted((plan for plan in plans if plan.paths), key=lambda plan: plan.cost / max(settling(plan), 0.001))
    cost, unsettled = 0.0, 1.0  # `unsettled` is the probability that no part so far settles it
    for plan in open_:
        cost += unsettled * plan.cost
        unsettled *= 1 - settling(plan)
    return Plan(_paths(open_), cost, 1 - unsettled if settles else unsettled)


def _paths(plans: Iterable[Plan]) -> tuple[KeyPath, ...]:
    return tuple(dict.fromkeys(path for plan in plans for path in plan.paths))
