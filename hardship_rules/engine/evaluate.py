"""The values of lines, terms and decisions for the facts of a household, known or not."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import assert_never, cast

from attrs import define, frozen

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
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import (
    Exact,
    Number,
    Range,
    Truth,
    add,
    divide,
    equal,
    greatest,
    high,
    hull,
    least,
    less,
    low,
    multiply,
    negate,
    rounded,
    span,
)
from hardship_rules.core.kinds import DATE, Value
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Reading, Term, exprs_of, per_policy

_DAYS = {"year": 372, "month": 31}

Meaning = Callable[["Scope"], Value]
"""An expression as a function: its value in a scope."""
Known = Mapping[int, Meaning]
"""The meanings of expressions, by the identity of the expression."""
_NOTHING: Known = FrozenMapping()


@define(eq=False)
class Scope:
    """The values of names: of the household, or of a member, whose `outer` scope is the household's.

    `certain` is False for a member who may not exist. `known` are the meanings of a policy's expressions, which the
    policy keeps alive.
    """

    values: dict[str, Value]
    members: "tuple[Scope, ...]" = ()
    outer: "Scope | None" = None
    certain: bool = True
    known: Known = _NOTHING

    def __getstate__(self) -> tuple[object, ...]:
        """All but the meanings, which cannot be pickled; without them each is made when it is needed."""
        return self.values, self.members, self.outer, self.certain

    def __setstate__(self, state: tuple[object, ...]) -> None:
        self.values, self.members, self.outer, self.certain = state  # type: ignore[assignment]  # as `__getstate__` gave them
        self.known = _NOTHING

    def __getitem__(self, name: str) -> Value:
        values = self.values
        return values[name] if name in values else cast(Scope, self.outer).values[name]


def is_known(value: Value) -> bool:
    """Whether a value is one number, one option, or one boolean."""
    return value is not None and not isinstance(value, Range | frozenset)


def choice_value(options: frozenset[str]) -> str | frozenset[str]:
    """The value of a choice that may be any of some options: the option itself if there is one."""
    return next(iter(options)) if len(options) == 1 else options


def join(a: Value, b: Value) -> Value:
    """The smallest value that includes two values."""
    if isinstance(a, str | frozenset):
        return choice_value(options_of(a) | options_of(b))
    if a is None or b is None or isinstance(a, bool):
        return a if a is b else None
    return hull(a, cast(Number, b))


def options_of(options: Value) -> frozenset[str]:
    """The options that a choice's value may be."""
    return frozenset((options,)) if isinstance(options, str) else cast(frozenset[str], options)


def value(expr: Expr, scope: Scope) -> Value:
    """The value of an expression in a scope."""
    means = scope.known.get(id(expr))
    return (meaning(expr, scope.known) if means is None else means)(scope)


@per_policy
def meanings(policy: Policy) -> Known:
    """The meaning of every expression of a policy by its identity."""
    known: dict[int, Meaning] = {}

    def learn(expr: Expr) -> None:
        for part in parts_of(expr):
            learn(part)
        known[id(expr)] = meaning(expr, known, policy.constants)

    for clause in policy.must:
        learn(clause)
    for definition in policy.names.values():
        for expr in exprs_of(definition):
            learn(expr)
    return known


def meaning(expr: Expr, known: Known, constants: Mapping[str, Value] = FrozenMapping()) -> Meaning:
    """The meaning of an expression, made of the known meanings of its parts.

    An expression of constants alone is evaluated once, here.
    """
    if id(expr) in known:
        return known[id(expr)]
    if isinstance(expr, Name) and expr.name in constants:
        return _Always(constants[expr.name])
    parts = {id(part): meaning(part, known, constants) for part in parts_of(expr)}
    means = _meaning(expr, lambda part: parts[id(part)])
    if parts and all(isinstance(part, _Always) for part in parts.values()) and not isinstance(expr, OverMembers):
        return _Always(means(Scope({})))
    return means


def _meaning(expr: Expr, of: Callable[[Expr], Meaning]) -> Meaning:
    match expr:
        case Name():
            return _named(expr.name)
        case Clause():
            return of(expr.when)
        case Compare():
            return _comparison(expr, of(expr.left), of(expr.right))
        case Option():
            return _Always(expr.option)
        case AllOf():
            return _junction([of(clause) for clause in expr.clauses], settles=False)
        case AnyOf():
            return _junction([of(clause) for clause in expr.clauses], settles=True)
        case Constant():
            return _Always(expr.value)
        case Not():
            return _negation(of(expr.part))
        case Add():
            return _folded(add, [of(part) for part in expr.parts])
        case Multiply():
            return _folded(multiply, [of(part) for part in expr.parts])
        case Divide():
            return _folded(divide, [of(expr.over), of(expr.by)])
        case OneOf():
            return _membership(of(expr.part), frozenset(cast(Option, option).option for option in expr.options))
        case OverMembers():
            where = None if expr.where is None else of(expr.where)
            return _over_members(expr.what, None if expr.part is None else of(expr.part), where)
        case Choose():
            cases = [(of(when), of(result)) for when, result in expr.cases]
            return _choice(cases, None if expr.otherwise is None else of(expr.otherwise))
        case Negate():
            part = of(expr.part)
            return lambda scope: negate(cast(Number, part(scope)))
        case Extreme():
            return _folded(least if expr.which == "min" else greatest, [of(part) for part in expr.parts])
        case Round():
            direction, part, step = expr.direction, of(expr.part), of(expr.step)
            return lambda scope: rounded(cast(Number, part(scope)), cast(Exact, step(scope)), direction)
        case Elapsed():
            return _elapsed(of(expr.start), of(expr.end), _DAYS[expr.unit])
        case _:
            assert_never(expr)


def _named(name: str) -> Meaning:
    def named(scope: Scope) -> Value:
        values = scope.values
        return values[name] if name in values else cast(Scope, scope.outer).values[name]

    return named


@frozen
class _Always:
    """The meaning of a constant."""

    constant: Value

    def __call__(self, _: Scope) -> Value:
        return self.constant


def _negation(part: Meaning) -> Meaning:
    return lambda scope: _opposite(cast(Truth, part(scope)))


def _opposite(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _junction(parts: list[Meaning], *, settles: bool) -> Meaning:
    """The meaning of `all` (settled by a false condition) or of `any` (settled by a true one)."""
    if any(isinstance(part, _Always) and part.constant is settles for part in parts):
        return _Always(settles)
    parts = [part for part in parts if not isinstance(part, _Always) or part.constant is None]

    def junction(scope: Scope) -> Truth:
        result: Truth = not settles
        for part in parts:
            truth = part(scope)
            if truth is settles:
                return settles
            if truth is None:
                result = None
        return result

    return junction


def _folded(operation: Callable[[Number, Number], Number], parts: list[Meaning]) -> Meaning:
    first, *rest = cast(list[Callable[[Scope], Number]], parts)
    if len(rest) == 1:
        second = rest[0]
        return lambda scope: operation(first(scope), second(scope))

    def folded(scope: Scope) -> Number:
        total = first(scope)
        for part in rest:
            total = operation(total, part(scope))
        return total

    return folded


def _comparison(expr: Compare, left: Meaning, right: Meaning) -> Meaning:
    sign = expr.sign
    if isinstance(expr.right, Option):
        option, same = expr.right.option, sign == "=="

        def is_option(scope: Scope) -> Truth:
            choice = left(scope)
            if type(choice) is str:
                return (choice == option) is same
            return _same(choice, option) if same else _opposite(_same(choice, option))

        return is_option
    compare, swapped, negated = _COMPARISONS[sign]

    def comparison(scope: Scope) -> Truth:
        a, b = left(scope), right(scope)
        if a is None or b is None:
            return None
        if isinstance(a, str | frozenset):
            truth = _same(a, b)
        else:
            truth = compare(cast(Number, b), a) if swapped else compare(a, cast(Number, b))
        return _opposite(truth) if negated else truth

    return comparison


_COMPARISONS: dict[str, tuple[Callable[[Number, Number], Truth], bool, bool]] = {
    "<": (less, False, False),
    ">": (less, True, False),
    ">=": (less, False, True),
    "<=": (less, True, True),
    "==": (equal, False, False),
    "!=": (equal, False, True),
}  # the function for a sign, whether its sides are swapped, and whether its answer is negated


def _same(a: Value, b: Value) -> Truth:
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return None if options_of(a) & options_of(b) else False


def _membership(part: Meaning, names: frozenset[str]) -> Meaning:
    def membership(scope: Scope) -> Truth:
        choice = part(scope)
        if isinstance(choice, str):
            return choice in names
        options = cast(frozenset[str], choice)
        return True if options <= names else None if options & names else False

    return membership


def _elapsed(start: Meaning, end: Meaning, length: int) -> Meaning:
    def elapsed(scope: Scope) -> Number:
        first, last = cast(Number, start(scope)), cast(Number, end(scope))
        return span(_full(low(last) - high(first), length), _full(high(last) - low(first), length))

    return elapsed


def _full(days: Exact, length: int) -> Exact:
    return days // length if days >= 0 else -(-days // length)


def _choice(cases: list[tuple[Meaning, Meaning]], otherwise: Meaning | None) -> Meaning:
    """The result of the first case that certainly holds, joined with the results of earlier cases that may hold."""
    cases = [(when, result) for when, result in cases if not isinstance(when, _Always) or when.constant is not False]
    if not cases:
        return cast(Meaning, otherwise)

    def choice(scope: Scope) -> Value:
        results: list[Value] = []
        for when, result in cases:
            truth = when(scope)
            if truth is False:
                continue
            results.append(result(scope))
            if truth is True:
                break
        else:
            results.append(cast(Meaning, otherwise)(scope))
        return results[0] if len(results) == 1 else reduce(join, results)

    return choice


def _over_members(what: str, part: Meaning | None, where: Meaning | None) -> Meaning:
    """The meaning of `some`, `each`, `sum` or `count`; a member who may not count widens a sum."""
    settles = what == "some"  # the value that settles it, of a member who certainly exists

    def holds(scope: Scope) -> Truth:
        result: Truth = not settles
        for member in (scope.outer or scope).members:
            truth = cast(Meaning, where)(member)
            if truth is settles and member.certain:
                return settles
            if truth is None or truth is settles:
                result = None
        return result

    def total(scope: Scope) -> Number:
        whole: Number = 0
        for member in (scope.outer or scope).members:
            truth = True if where is None else where(member)
            if truth is not False:
                amount = 1 if part is None else cast(Number, part(member))
                whole = add(whole, amount if truth and member.certain else hull(0, amount))
        return whole

    return holds if what in ("some", "each") else total


def parameter(definition: Parameter, scope: Scope) -> Value:
    """The number of a parameter for the values of its keys: a range if these or the number are not known."""
    if not definition.values:
        return definition.kind.unknown
    numbers: list[Value] = [
        definition.kind.unknown if number is None else number
        for keyed, number in definition.values.items()
        if all(
            _may_be(scope[name], key, last)
            for name, key, last in zip(definition.by, keyed, definition.last, strict=True)
        )
    ]
    return reduce(join, numbers)


def _may_be(given: Value, key: str | int, last: int | None) -> bool:
    """Whether a key applies to a value that may be unknown; the key `last` applies to all numbers above it too."""
    if isinstance(key, str):
        return key in options_of(given)
    number = cast(Number, given)
    return low(number) <= key <= high(number) or (key == last and high(number) >= key)


def outcomes(decision: Decision, scope: Scope) -> tuple[Truth, ...]:
    """Whether each outcome holds; of a `first` decision, up to the first one that certainly does."""
    truths: list[Truth] = []
    for outcome in decision.outcomes:
        truths.append(cast(Truth, value(cast(Clause, outcome.when), scope)))
        if truths[-1] and not decision.every:
            break
    return tuple(truths)


def possible(decision: Decision, truths: tuple[Truth, ...]) -> tuple[str, ...]:
    """The ids of the outcomes that hold or may hold, with `otherwise` if no outcome certainly holds."""
    may = [outcome.id for outcome, truth in zip(decision.outcomes, truths, strict=False) if truth is not False]
    if not decision.every and decision.otherwise is not None and True not in truths:
        may.append(decision.otherwise.id)
    return tuple(may)


def evaluate(policy: Policy, scope: Scope, names: Iterable[str] | None = None) -> dict[str, tuple[Truth, ...]]:
    """Evaluate parameters, terms and decisions into the scope of a household's facts.

    `names` are those to evaluate, each after what it uses; without it, all of the policy's. Returns whether each
    outcome holds, by decision.
    """
    decided: dict[str, tuple[Truth, ...]] = {}
    for name in policy.order if names is None else names:
        truths = evaluate_definition(policy, name, scope, scope.members)
        if truths is not None:
            decided[name] = truths
    return decided


def evaluate_definition(policy: Policy, name: str, scope: Scope, members: Iterable[Scope]) -> tuple[Truth, ...] | None:
    """Evaluate one parameter, term or decision into its scopes; returns whether each outcome of a decision holds."""
    definition = policy.names[name]
    scopes = members if name in policy.of_members else (scope,)
    match definition:
        case Term():
            means = meaning(definition.expr, scope.known)
            for holder in scopes:
                holder.values[name] = means(holder)
        case Parameter():
            for holder in scopes:
                holder.values[name] = parameter(definition, holder)
        case Decision():
            truths = outcomes(definition, scope)
            if not definition.every:
                scope.values[name] = choice_value(frozenset(possible(definition, truths)))
            return truths
        case Fact() | Reading():
            raise TypeError(name)
    return None


def nothing_known(policy: Policy) -> Scope:
    """A household with no known facts, under any readings: its first member exists, all others may."""
    values: dict[str, Value] = {name: fact.kind.unknown for name, fact in policy.facts.items()}
    values |= dict(policy.constants)
    values |= {name: reading.kind.unknown for name, reading in policy.readings.items()}
    values["on"] = DATE.unknown
    scope = Scope(values)
    own: dict[str, Value] = {name: fact.kind.unknown for name, fact in policy.members.facts.items()}
    first = Scope(own, (), scope)
    others = Scope(own, (), scope, certain=False)
    scope.members = (first, *[others] * (policy.members.at_most - 1))
    return scope
