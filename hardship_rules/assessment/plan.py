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
    computed: dict[tuple[int, int | None], tuple[Expr, Plan]] = Factory(dict)  # the expression keeps its id valid

    def of(self, expr: Expr, scope: Scope, member: int | None = None) -> Plan:
        """The plan of an expression in the scope of the household or of a member."""
        key = id(expr), member
        if key not in self.computed:
            answer = value(expr, scope)
            plan = Plan((), 0.0, float(answer is True)) if is_known(answer) else self._of(expr, scope, member)
            self.computed[key] = expr, plan
        return self.computed[key][1]

    def _of(self, expr: Expr, scope: Scope, member: int | None) -> Plan:
        match expr:
            case Name():
                return self._named(expr, scope, member)
            case Clause(when=part):
                return self.of(part, scope, member)
            case Compare(left, sign, right):
                chance = _chance_of_equal(value(left, scope), value(right, scope))
                return _all_parts(self._parts(expr, scope, member), 1 - chance if sign == "!=" else chance)
            case Option() | Constant():
                return NOTHING
            case AllOf():
                return _any_part(self._parts(expr, scope, member), settles=False)
            case AnyOf():
                return _any_part(self._parts(expr, scope, member), settles=True)
            case Not(part):
                plan = self.of(part, scope, member)
                return Plan(plan.paths, plan.cost, 1 - plan.chance)
            case OneOf(part, options):
                possible = options_of(value(part, scope))
                wanted = {cast(Option, option).option for option in options}
                return _all_parts([self.of(part, scope, member)], len(possible & wanted) / len(possible))
            case OverMembers(what, part, where):
                members = list(enumerate((scope.outer or scope).members))
                if what in ("some", "each"):
                    plans = [self.of(cast(Expr, where), inside, number) for number, inside in members]
                    return _any_part(plans, settles=what == "some")
                return _all_parts([self._counted(part, where, inside, number) for number, inside in members])
            case Choose(cases, otherwise):
                planned = [(self.of(when, scope, member), result) for when, result in cases]
                return self._first_of(planned, cast(Expr, otherwise), scope, member)
            case Add() | Multiply() | Divide() | Negate() | Extreme() | Round() | Elapsed():
                return _all_parts(self._parts(expr, scope, member))
            case _:
                assert_never(expr)

    def _parts(self, expr: Expr, scope: Scope, member: int | None) -> list[Plan]:
        return [self.of(part, scope, member) for part in parts_of(expr)]

    def _named(self, expr: Name, scope: Scope, member: int | None) -> Plan:
        name = expr.name
        if name == "on":
            return Plan(((name,),), 1.0, 0.5)
        of_member = name in self.policy.of_members
        holder = scope if of_member or scope.outer is None else scope.outer
        holding_member = member if of_member else None
        match self.policy.names[name]:
            case Fact():
                path: KeyPath = (name,) if holding_member is None else ("members", holding_member, name)
                return Plan((path,), 1.0, 0.5)
            case Term(expr=definition):
                return self.of(definition, holder, holding_member)
            case Decision(outcomes=outcomes):
                return _all_parts([self.of(cast(Clause, outcome.when), holder) for outcome in outcomes])
            case Parameter(by=by, values=values):
                plans = [self._named(Name(key, expr.at), scope, member) for key in by if not is_known(scope[key])]
                is_published = None not in values.values()
                return _all_parts(plans if is_published else [*plans, Plan((("parameters", name),), 1.0, 0.5)])
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
        cost, reached = 0.0, 1.0  # `reached` is the probability that the case matters
        for when, result in [*cases, (Plan((), 0.0, 1.0), otherwise)]:
            if not when.paths and not when.chance:
                continue
            then = self.of(result, scope, member)
            plans += [when, then]
            cost += reached * (when.cost + when.chance * then.cost)
            reached *= 1 - when.chance
            if not when.paths:
                break
        return Plan(_paths(plans), cost, 0.5)


def _chance_of_equal(left: Value, right: Value) -> float:
    """The probability that two choices are equal; one half for numbers and days."""
    if not isinstance(left, str | frozenset):
        return 0.5
    left_options, right_options = options_of(left), options_of(right)
    return len(left_options & right_options) / (len(left_options) * len(right_options))


def _all_parts(plans: list[Plan], chance: float = 0.5) -> Plan:
    """The plan of an expression that needs all of its parts."""
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
