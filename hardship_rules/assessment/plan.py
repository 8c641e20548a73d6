"""Plans of questions: the unknown facts that would settle an expression, fewest expected questions first."""

from collections.abc import Iterable
from typing import assert_never, cast

from attrs import Factory, frozen

from hardship_rules.core.expr import (
    Add,
    AllOf,
    AnyOf,
    Choose,
    Clause,
    Compare,
    Constant,
    Divide,
    Elapsed,
    Expr,
    Extreme,
    Multiply,
    Name,
    Negate,
    Not,
    OneOf,
    Option,
    OverMembers,
    Round,
    parts_of,
)
from hardship_rules.core.kinds import Value
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Reading, Term
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.evaluate import Scope, is_known, options_of, value


@frozen
class Plan:
    """The facts, days and unpublished parameters that leave an expression open, in the order in which to ask for them.

    `cost` is the expected number of questions and `chance` the probability that the expression then holds. Answers are
    taken as equally likely, and a comparison of numbers as an even chance: this sets the order, never a verdict.
    """

    paths: tuple[KeyPath, ...]
    cost: float
    chance: float


NOTHING = Plan((), 0.0, 0.0)


@frozen
class Plans:
    """The plans of a policy's expressions for one household, each computed once."""

    policy: Policy
    kept: dict[tuple[int, int | None], tuple[Expr, Plan]] = Factory(dict)  # with the expression, to keep its id valid

    def of(self, expr: Expr, scope: Scope, member: int | None = None) -> Plan:
        """The plan of an expression in the scope of the household or of a member."""
        key = id(expr), member
        if key not in self.kept:
            answer = value(expr, scope)
            plan = Plan((), 0.0, float(answer is True)) if is_known(answer) else self._of(expr, scope, member)
            self.kept[key] = expr, plan
        return self.kept[key][1]

    def _of(self, expr: Expr, scope: Scope, member: int | None) -> Plan:
        match expr:
            case Name():
                return self._named(expr, scope, member)
            case Clause(when=part):
                return self.of(part, scope, member)
            case Compare(left, sign, right):
                chance = _alike(value(left, scope), value(right, scope))
                return _each_of(self._parts(expr, scope, member), 1 - chance if sign == "!=" else chance)
            case Option() | Constant():
                return NOTHING
            case AllOf():
                return _one_of(self._parts(expr, scope, member), settles=False)
            case AnyOf():
                return _one_of(self._parts(expr, scope, member), settles=True)
            case Not(part):
                turned = self.of(part, scope, member)
                return Plan(turned.paths, turned.cost, 1 - turned.chance)
            case OneOf(part, options):
                may = options_of(value(part, scope))
                wanted = {cast(Option, option).option for option in options}
                return _each_of([self.of(part, scope, member)], len(may & wanted) / len(may))
            case OverMembers(what, part, where):
                members = list(enumerate((scope.outer or scope).members))
                if what in ("some", "each"):
                    plans = [self.of(cast(Expr, where), inside, number) for number, inside in members]
                    return _one_of(plans, settles=what == "some")
                return _each_of([self._counted(part, where, inside, number) for number, inside in members])
            case Choose(cases, otherwise):
                planned = [(self.of(when, scope, member), result) for when, result in cases]
                return self._first_of(planned, cast(Expr, otherwise), scope, member)
            case Add() | Multiply() | Divide() | Negate() | Extreme() | Round() | Elapsed():
                return _each_of(self._parts(expr, scope, member))
            case _:
                assert_never(expr)

    def _parts(self, expr: Expr, scope: Scope, member: int | None) -> list[Plan]:
        return [self.of(part, scope, member) for part in parts_of(expr)]

    def _named(self, expr: Name, scope: Scope, member: int | None) -> Plan:
        name = expr.name
        if name == "on":
            return Plan(((name,),), 1.0, 0.5)
        of_member = name in self.policy.of_members
        home = scope if of_member or scope.outer is None else scope.outer
        inside = member if of_member else None
        match self.policy.names[name]:
            case Fact():
                return Plan(((name,) if inside is None else ("members", inside, name),), 1.0, 0.5)
            case Term(expr=definition):
                return self.of(definition, home, inside)
            case Decision(outcomes=outcomes):
                return _each_of([self.of(cast(Clause, outcome.when), home) for outcome in outcomes])
            case Parameter(by=by, values=values):
                plans = [self._named(Name(key, expr.at), scope, member) for key in by if not is_known(scope[key])]
                published = None not in values.values()
                return _each_of(plans if published else [*plans, Plan((("parameters", name),), 1.0, 0.5)])
            case Reading():
                return NOTHING

    def _counted(self, part: Expr | None, where: Expr | None, member: Scope, number: int) -> Plan:
        """Whether a member counts, then the value that it adds."""
        counts = Plan((), 0.0, 1.0) if where is None else self.of(where, member, number)
        if part is None or (where is not None and value(where, member) is False):
            return counts
        added = self.of(part, member, number)
        return Plan(_paths([counts, added]), counts.cost + counts.chance * added.cost, 0.5)

    def _first_of(self, cases: list[tuple[Plan, Expr]], otherwise: Expr, scope: Scope, member: int | None) -> Plan:
        """The conditions of the cases in order, each with the result that follows."""
        plans: list[Plan] = []
        cost, still = 0.0, 1.0
        for when, result in [*cases, (Plan((), 0.0, 1.0), otherwise)]:
            if not when.paths and not when.chance:
                continue
            then = self.of(result, scope, member)
            plans += [when, then]
            cost += still * (when.cost + when.chance * then.cost)
            still *= 1 - when.chance
            if not when.paths:
                break
        return Plan(_paths(plans), cost, 0.5)


def _alike(left: Value, right: Value) -> float:
    """The probability that two choices are equal; one half for numbers and days."""
    if not isinstance(left, str | frozenset):
        return 0.5
    mine, other = options_of(left), options_of(right)
    return len(mine & other) / (len(mine) * len(other))


def _each_of(plans: list[Plan], chance: float = 0.5) -> Plan:
    """The plan of an expression that needs all of its parts."""
    return Plan(_paths(plans), sum(plan.cost for plan in plans), chance)


def _one_of(plans: list[Plan], *, settles: bool) -> Plan:
    """The plan of an `all` or `any`, which one part may settle: the most likely per question comes first."""

    def settling(plan: Plan) -> float:
        return plan.chance if settles else 1 - plan.chance

    open_ = sorted((plan for plan in plans if plan.paths), key=lambda plan: plan.cost / max(settling(plan), 0.001))
    cost, still = 0.0, 1.0
    for plan in open_:
        cost += still * plan.cost
        still *= 1 - settling(plan)
    return Plan(_paths(open_), cost, 1 - still if settles else still)


def _paths(plans: Iterable[Plan]) -> tuple[KeyPath, ...]:
    return tuple(dict.fromkeys(path for plan in plans for path in plan.paths))
