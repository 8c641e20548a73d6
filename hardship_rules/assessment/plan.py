"""What to ask to settle an expression, and in which order: first what settles it for the fewest questions."""

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
from hardship_rules.core.problem import Path
from hardship_rules.engine.evaluate import Scope, is_known, options_of, value


@frozen
class Plan:
    """The facts, days and unpublished parameters that leave an expression open, in the order in which to ask for them.

    `cost` is how many questions that takes and `chance` how often the expression then holds, where each answer is as
    likely as any other and a comparison of numbers holds half the time: for the order only, never for a verdict.
    """

    paths: tuple[Path, ...]
    cost: float
    chance: float


NOTHING = Plan((), 0.0, 0.0)


@frozen
class Plans:
    """The plans of a policy's expressions for one household, each made once."""

    policy: Policy
    kept: dict[tuple[int, int | None], tuple[Expr, Plan]] = Factory(dict)  # an expression lives as long as its id

    def of(self, expr: Expr, scope: Scope, member: int | None = None) -> Plan:
        """The plan of an expression in the scope of the household or of a member."""
        key = id(expr), member
        if key not in self.kept:
            found = value(expr, scope)
            plan = Plan((), 0.0, float(found is True)) if is_known(found) else self._of(expr, scope, member)
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
                    each = [self.of(cast(Expr, where), inside, number) for number, inside in members]
                    return _one_of(each, settles=what == "some")
                return _each_of([self._counted(part, where, inside, number) for number, inside in members])
            case Choose(cases, otherwise):
                each_case = [(self.of(when, scope, member), result) for when, result in cases]
                return self._first_of(each_case, cast(Expr, otherwise), scope, member)
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
                plans = [self._named(Name(each, expr.at), scope, member) for each in by if not is_known(scope[each])]
                published = None not in values.values()
                return _each_of(plans if published else [*plans, Plan((("parameters", name),), 1.0, 0.5)])
            case Reading():
                return NOTHING

    def _counted(self, part: Expr | None, where: Expr | None, member: Scope, number: int) -> Plan:
        """Whether a member counts, and then what it brings."""
        counts = Plan((), 0.0, 1.0) if where is None else self.of(where, member, number)
        if part is None or (where is not None and value(where, member) is False):
            return counts
        brings = self.of(part, member, number)
        return Plan(_together([counts, brings]), counts.cost + counts.chance * brings.cost, 0.5)

    def _first_of(self, cases: list[tuple[Plan, Expr]], otherwise: Expr, scope: Scope, member: int | None) -> Plan:
        """Which case it is, and then what that is."""
        asked: list[Plan] = []
        cost, still = 0.0, 1.0
        for when, result in [*cases, (Plan((), 0.0, 1.0), otherwise)]:
            if not when.paths and not when.chance:
                continue
            then = self.of(result, scope, member)
            asked += [when, then]
            cost += still * (when.cost + when.chance * then.cost)
            still *= 1 - when.chance
            if not when.paths:
                break
        return Plan(_together(asked), cost, 0.5)


def _alike(left: Value, right: Value) -> float:
    """How often two choices are the same; of numbers and days, one half."""
    if not isinstance(left, str | frozenset):
        return 0.5
    mine, other = options_of(left), options_of(right)
    return len(mine & other) / (len(mine) * len(other))


def _each_of(plans: list[Plan], chance: float = 0.5) -> Plan:
    """All of them have to be known."""
    return Plan(_together(plans), sum(plan.cost for plan in plans), chance)


def _one_of(plans: list[Plan], *, settles: bool) -> Plan:
    """One of them may settle it: first the one that does so most often for its questions."""

    def often(plan: Plan) -> float:
        return plan.chance if settles else 1 - plan.chance

    open_ = sorted((plan for plan in plans if plan.paths), key=lambda plan: plan.cost / max(often(plan), 0.001))
    cost, still = 0.0, 1.0
    for plan in open_:
        cost += still * plan.cost
        still *= 1 - often(plan)
    return Plan(_together(open_), cost, 1 - still if settles else still)


def _together(plans: Iterable[Plan]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(path for plan in plans for path in plan.paths))
