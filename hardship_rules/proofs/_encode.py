"""What a policy over whole numbers means as terms of Z3: for every household with so many members at once."""

from collections.abc import Iterable, Mapping
from typing import assert_never, cast

from attrs import field, frozen

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
)
from hardship_rules.core.kinds import NumberKind
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Reading, Term
from hardship_rules.engine.whole import WholePolicy
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
    z3,
)


@frozen(eq=False)
class Scope:
    """The values of names: the household's, or a member's over those."""

    values: dict[str, Symbol]
    outer: "Scope | None" = None
    present: Truth = True
    members: list["Scope"] = field(factory=list)

    def __getitem__(self, name: str) -> Symbol:
        if name in self.values or self.outer is None:
            return self.values[name]
        return self.outer.values[name]


class Encoding:
    """A policy's terms and decisions for every household; what another has in common with it is not made again."""

    def __init__(self, original: Policy, made: WholePolicy, of: Households, other: "Encoding | None" = None) -> None:
        self.original = original
        self.made = made
        self.policy: Policy = made.policy
        self.of = of
        self.space = of.space
        self.scope = Scope({**of.facts, **of.readings})
        self.scope.members.extend(
            Scope(dict(facts), self.scope, present) for facts, present in zip(of.members, of.present, strict=True)
        )
        self.outcomes: dict[str, tuple[Truth, ...]] = {}
        shared = set() if other is None else self._shared(other)
        for name, parameter in self.policy.parameters.items():
            if not parameter.by:
                self.work_out(name, other if name in shared else None)
        for name in self.policy.order:
            if name not in self.scope.values or name in self.policy.of_members:
                self.work_out(name, other if name in shared else None)

    def _shared(self, other: "Encoding") -> set[str]:
        """The names that mean the same in both: defined alike, of facts and names that are the same."""
        mine, theirs = self.of, other.of
        found = {name for name, symbol in mine.facts.items() if theirs.facts.get(name) is symbol}
        found |= {name for name, symbol in mine.readings.items() if theirs.readings.get(name) == symbol}
        if mine.members and len(mine.members) == len(theirs.members):
            pairs = list(zip(mine.members, theirs.members, strict=True))
            found |= {name for name in mine.members[0] if all(a[name] is b.get(name) for a, b in pairs)}
        constants = [name for name, parameter in self.policy.parameters.items() if not parameter.by]
        for name in dict.fromkeys((*constants, *self.policy.order)):
            definition, known = self.policy.names[name], other.policy.names.get(name)
            if (definition is known or definition == known) and set(self.policy.uses[name]) <= found:
                found.add(name)
        return found

    def work_out(self, name: str, other: "Encoding | None") -> None:
        """Put what one name means into the scopes that have it."""
        if other is not None and name in self.policy.of_members:
            for mine, theirs in zip(self.scope.members, other.scope.members, strict=True):
                mine.values[name] = theirs.values[name]
            return
        if other is not None:
            if name in other.scope.values:
                self.scope.values[name] = other.scope.values[name]
            if name in other.outcomes:
                self.outcomes[name] = other.outcomes[name]
            return
        definition = self.policy.names[name]
        scopes = self.scope.members if name in self.policy.of_members else [self.scope]
        match definition:
            case Term(kind=NumberKind()):
                for scope in scopes:
                    scope.values[name] = self.space.named(name, self.number(definition.expr, scope))
            case Term():
                for scope in scopes:
                    scope.values[name] = self.meaning(definition.expr, scope)
            case Parameter():
                for scope in scopes:
                    scope.values[name] = self.parameter(definition, scope)
            case Decision():
                self.decide(definition)
            case Fact() | Reading():
                raise TypeError(name)

    def parameter(self, definition: Parameter, scope: Scope) -> Cases:
        """A parameter's number for each thing that it goes by."""
        truths, numbers = [], []
        for keyed, amount in definition.values.items():
            ways = zip(definition.by, keyed, definition.last, strict=True)
            truths.append(all_of(self._goes_by(scope[name], key, last) for name, key, last in ways))
            unpublished = f"{definition.name}/{'/'.join(map(str, keyed))}"
            numbers.append(
                cast(Cases, self.of.unpublished[unpublished]) if amount is None else constant(cast(int, amount))
            )
        return self.space.cases(tuple(truths), numbers)

    def _goes_by(self, value: Symbol, key: str | int, last: int | None) -> Truth:
        if isinstance(key, str):
            return is_option(cast(Choice, value), key)
        return self.space.compared(cast(Cases, value), ">=" if key == last else "==", constant(key))

    def decide(self, decision: Decision) -> None:
        """Which outcomes hold; of a `first`, the first of them is the decision's value."""
        truths = [self.truth(cast(Clause, outcome.when), self.scope) for outcome in decision.outcomes]
        if decision.every:
            self.outcomes[decision.name] = tuple(truths)
            return
        value: dict[str, Truth] = {}
        undecided: Truth = True
        for outcome, truth in zip(decision.outcomes, truths, strict=True):
            value[outcome.id] = all_of((undecided, truth))
            undecided = all_of((undecided, opposite(truth)))
        if decision.otherwise is not None:
            value[decision.otherwise.id] = undecided
        self.scope.values[decision.name] = value
        self.outcomes[decision.name] = tuple(truths)

    def outcome(self, decision: str, outcome: str) -> Truth:
        """A decision comes to an outcome."""
        definition = self.policy.decisions[decision]
        if definition.every:
            return self.outcomes[decision][[each.id for each in definition.outcomes].index(outcome)]
        return is_option(cast(Choice, self.scope.values[decision]), outcome)

    def truth(self, expr: Expr, scope: Scope | None = None) -> Truth:
        """A condition of the household, or of a member in its scope."""
        return self.meaning(expr, scope or self.scope)

    def number(self, expr: Expr, scope: Scope) -> Cases:
        """A number."""
        return cast(Cases, self.meaning(expr, scope))

    def meaning(self, expr: Expr, scope: Scope) -> Symbol:
        """What an expression means in a scope."""
        space = self.space
        match expr:
            case Name(name):
                return scope[name]
            case Clause(when=when):
                return self.meaning(when, scope)
            case Compare(left, sign, right):
                return self.comparison(self.meaning(left, scope), sign, self.meaning(right, scope))
            case Option(option):
                return {option: True}
            case AllOf(clauses):
                return all_of(self.truth(clause, scope) for clause in clauses)
            case AnyOf(clauses):
                return any_of(self.truth(clause, scope) for clause in clauses)
            case Constant(value):
                return value if isinstance(value, bool) else constant(cast(int, value))
            case Not(part):
                return opposite(self.truth(part, scope))
            case Add(parts):
                return space.worked_out([self.number(part, scope) for part in parts], lambda *numbers: sum(numbers))
            case Multiply(parts):
                return space.worked_out([self.number(part, scope) for part in parts], multiplied)
            case Round("floor", Divide(over, by), Constant(1)):
                return space.floor(self.number(over, scope), self.number(by, scope))
            case OneOf(part, options):
                chosen = cast(Choice, self.meaning(part, scope))
                return any_of(is_option(chosen, cast(Option, option).option) for option in options)
            case OverMembers(what, part, where):
                return self.over_members(what, part, where)
            case Choose(cases, otherwise):
                return self.chosen(cases, cast(Expr, otherwise), scope)
            case Negate(part):
                return space.worked_out([self.number(part, scope)], lambda number: -number)
            case Extreme(which, parts):
                numbers = [self.number(part, scope) for part in parts]
                return space.worked_out(numbers, lambda *each: extreme(which, each))
            case Divide() | Round() | Elapsed():
                raise TypeError(expr)  # over whole numbers there is no division but the one above
            case _:
                assert_never(expr)

    def comparison(self, left: Symbol, sign: str, right: Symbol) -> Truth:
        """Two numbers, choices or yes-or-nos, and what is said of them."""
        if isinstance(left, tuple):
            return self.space.compared(left, sign, cast(Cases, right))
        if isinstance(left, Mapping):
            alike = any_of(all_of((truth, is_option(cast(Choice, right), option))) for option, truth in left.items())
        else:
            alike = same(left, right)
        return alike if sign == "==" else opposite(alike)

    def chosen(self, cases: Iterable[tuple[Expr, Expr]], otherwise: Expr, scope: Scope) -> Symbol:
        """The value of the first case that holds."""
        truths, values = [], []
        undecided: Truth = True
        for when, result in cases:
            truth = self.truth(when, scope)
            truths.append(all_of((undecided, truth)))
            values.append(self.meaning(result, scope))
            undecided = all_of((undecided, opposite(truth)))
        truths.append(undecided)
        values.append(self.meaning(otherwise, scope))
        if isinstance(values[0], tuple):
            return self.space.cases(tuple(truths), [cast(Cases, value) for value in values])
        if isinstance(values[0], Mapping):
            options = dict.fromkeys(option for value in values for option in cast(Choice, value))
            pairs = list(zip(truths, values, strict=True))
            return {
                option: any_of(all_of((truth, is_option(cast(Choice, value), option))) for truth, value in pairs)
                for option in options
            }
        return any_of(all_of(pair) for pair in zip(truths, values, strict=True))

    def over_members(self, what: str, part: Expr | None, where: Expr | None) -> Symbol:
        """A sum or count over the members, or whether some or each of them is so."""
        members = self.scope.members
        if what == "each":
            return all_of(
                any_of((opposite(member.present), self.truth(cast(Expr, where), member))) for member in members
            )
        taken = [all_of((member.present, True if where is None else self.truth(where, member))) for member in members]
        if what == "some":
            return any_of(taken)
        if part is None:
            return self.space.counted(taken)
        amounts = [self.space.term(self.number(part, member)) for member in members]
        if all(isinstance(amount, int) and amount == amounts[0] for amount in amounts):
            return self.space.worked_out([self.space.counted(taken)], lambda number: multiplied(amounts[0], number))
        zero = z3.IntVal(0, self.space.context)
        brought = [
            amount if truth is True else 0 if truth is False else z3.If(truth, amount, zero)
            for truth, amount in zip(taken, amounts, strict=True)
        ]
        return constant(sum(brought))


def decision_differs(a: Encoding, b: Encoding, decision: str) -> Truth:
    """A decision does not come to the same in two encodings; of a `disjoint` one, any of its outcomes by itself."""
    mine, theirs = _outcomes(a, decision), _outcomes(b, decision)
    return any_of(
        opposite(same(mine.get(outcome, False), theirs.get(outcome, False))) for outcome in sorted({*mine, *theirs})
    )


def _outcomes(encoding: Encoding, decision: str) -> dict[str, Truth]:
    definition = encoding.policy.decisions[decision]
    if definition.disjoint:
        ids = (outcome.id for outcome in definition.outcomes)
        return dict(zip(ids, encoding.outcomes[decision], strict=True))
    return {outcome: encoding.outcome(decision, outcome) for outcome in definition.by_id}
