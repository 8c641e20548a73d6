"""A policy is lowered to its program: smallest units, cross-multiplied comparisons, no division but a rounded one."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm, prod
from typing import Literal, assert_never, cast

from attrs import frozen

from hardship_rules.core import kinds
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
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, high, low
from hardship_rules.core.policy import Decision, Fact, Parameter, Policy, Reading, Term
from hardship_rules.core.problem import PolicyError, Problem, nearest
from hardship_rules.core.units import unit_of
from hardship_rules.engine._builder import Builder
from hardship_rules.engine.clauses import Comparison, Condition
from hardship_rules.engine.program import (
    BOOL,
    CLAUSE,
    DECISION,
    PARAMETER,
    READING,
    BoolKind,
    Denominator,
    IntKind,
    Kind,
    Op,
    OptionKind,
    Program,
    Quotient,
    Rounding,
    Step,
    Table,
)

_DAYS = {"year": 372, "month": 31}
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_MOST_CASES = 16  # of one number; one with more is compared over one denominator

Leaf = tuple[int, Denominator]
"""A whole number and what it is to be divided by."""


@frozen
class Either:
    """A number that is one of two, by a condition."""

    when: int
    then: "Cases"
    otherwise: "Cases"


@frozen
class Extremes:
    """The least or the greatest of some numbers."""

    which: Literal["min", "max"]
    parts: "tuple[Cases, ...]"


Cases = Leaf | Either | Extremes


def lower(policy: Policy) -> Program:
    """The open program of a policy: its readings are steps that can be changed."""
    return Lowering(policy).program()


def specialise(program: Program, readings: Mapping[str, str]) -> Program:
    """The program in which some readings have the options given, folded: what they rule out is gone.

    Clauses and parameters stay steps of their own, however constant they are. Raises `PolicyError` for a reading or an
    option that there is not, and for a reading that is folded already.
    """
    options = {
        str(step.data).removeprefix(READING): cast(OptionKind, step.kind).options
        for step in program.steps
        if step.op == "name" and str(step.data).startswith(READING)
    }
    open_readings = [name for name in options if name not in program.readings]
    problems = []
    for name, option in readings.items():
        if name not in open_readings:
            values = {**nearest(name, open_readings), "known": ", ".join(open_readings)}
            problems.append(Problem("unknown_reading", ("readings", name), name, values))
        elif option not in options[name]:
            values = {**nearest(option, options[name]), "known": ", ".join(options[name])}
            problems.append(Problem("unknown_option", ("readings", name), option, values))
    if problems:
        raise PolicyError(problems)
    return _Folding(program, readings).program()


class Lowering:
    """The lowering of one policy, definition by definition in its order.

    `program` lowers all of it. Afterwards `quotient` gives the step of any expression over the policy's names, and
    `structure` the clauses that a condition is made of.

    `switches` are the ids of the clauses of readings and parameters only; those of the policy, if left out.
    """

    def __init__(self, policy: Policy, switches: Collection[str] | None = None) -> None:
        self.policy = policy
        self.switches = policy.switches if switches is None else switches
        self.build = Builder(policy.members.at_most)
        self.names: dict[str, int] = {}
        self.clauses: dict[str, int] = {}
        self.scales: dict[str, Denominator] = {}
        self.sides: dict[str, tuple[Quotient, Quotient]] = {}
        self.members: dict[str, int] = {}
        self.by_cases: dict[str, Cases] = {}
        self.is_complete = False  # then further clauses are no part of the program
        for name, reading in policy.readings.items():
            self.names[name] = self.reading(reading)
        for name in policy.names:
            if isinstance(fact := policy.names[name], Fact) and isinstance(fact.kind, kinds.NumberKind):
                self.scales[name] = Denominator(10**fact.kind.decimals)

    def program(self) -> Program:
        """Lower everything; once only. The program begins with the inputs of every fact and of the day."""
        policy = self.policy
        for name in (*policy.facts, *policy.members.facts, "on"):
            self.name(name)
        defaults = {}
        for name in policy.fact_order:
            if isinstance(fact := policy.names[name], Fact) and fact.if_absent is not None:
                defaults[name] = self.default(fact, fact.if_absent)
        must = {clause.id: self.condition(clause) for clause in policy.must}
        for name in policy.order:
            if name not in self.names:
                self.define(name)
        self.is_complete = True
        return Program(
            policy.fingerprint,
            FrozenMapping(),
            tuple(self.build.steps),
            FrozenMapping(self.names),
            FrozenMapping(self.clauses),
            FrozenMapping(must),
            FrozenMapping(defaults),
            FrozenMapping(self.scales),
            FrozenMapping(self.sides),
            FrozenMapping(self.members),
            policy.members.at_most,
        )

    # Definitions

    def define(self, name: str) -> None:
        """Lower a parameter, term or decision; what it uses is lowered before."""
        match definition := self.policy.names[name]:
            case Parameter():
                self.names[name] = self.parameter(definition)
            case Term():
                self.names[name] = self.term(definition)
            case Decision():
                self.decision(definition)
            case Fact() | Reading():
                raise TypeError(name)
            case _:
                assert_never(definition)

    def reading(self, reading: Reading) -> int:
        options = OptionKind(tuple(reading.kind.options))
        return self.build.named(self.build.option(reading.chosen), f"{READING}{reading.name}", options)

    def parameter(self, parameter: Parameter) -> int:
        numbers = [*parameter.values.values(), parameter.kind.low, parameter.kind.high]
        scale = lcm(*(Fraction(number).denominator for number in numbers if number is not None))
        rows = tuple((key, None if number is None else int(number * scale)) for key, number in parameter.values.items())
        unknown = parameter.kind.unknown
        bounds = IntKind(int(low(unknown) * scale), int(high(unknown) * scale))
        keys = tuple(self.name(key) for key in parameter.by)
        table = self.build.table(keys, Table(rows, parameter.last, bounds))
        self.scales[parameter.name] = Denominator(scale)
        return self.build.named(table, f"{PARAMETER}{parameter.name}")

    def term(self, term: Term) -> int:
        if isinstance(term.kind, kinds.NumberKind):
            step, self.scales[term.name] = self.number(term.expr)
            cases = self.cases(term.expr)
            if not _is_leaf(cases):
                self.by_cases[term.name] = cases
            return step
        return self.value(term.expr)

    def decision(self, decision: Decision) -> None:
        outcomes = [(outcome.id, self.condition(cast(Clause, outcome.when))) for outcome in decision.outcomes]
        if decision.every:
            return
        chosen = self.build.option(None if decision.otherwise is None else decision.otherwise.id)
        for name, when in reversed(outcomes):
            chosen = self.build.select(when, self.build.option(name), chosen)
        self.names[decision.name] = self.build.named(chosen, f"{DECISION}{decision.name}")

    def default_cases(self, fact: Fact) -> tuple[tuple[tuple[int, bool], ...], bool]:
        """The cases of a default, each with whether its result is a constant, and whether the last result is one."""
        expr = fact.if_absent
        if not isinstance(expr, Choose):
            return (), isinstance(expr, Constant | Option)
        cases = ((self.condition(when), isinstance(result, Constant | Option)) for when, result in expr.cases)
        return tuple(cases), isinstance(expr.otherwise, Constant | Option)

    def default(self, fact: Fact, expr: Expr) -> Quotient:
        """What replaces a fact in the fact's own unit; it may come to a part of its smallest unit."""
        if not isinstance(fact.kind, kinds.NumberKind):
            return Quotient(self.value(expr))
        step, by = self.number(expr)
        scale = self.scales[fact.name].number
        shared = gcd(scale, by.number)
        return Quotient(
            self.build.mul([self.build.number(scale // shared), step]), Denominator(by.number // shared, by.factors)
        )

    # Names

    def name(self, name: str) -> int:
        """The step of a fact, reading, parameter, term or decision, or of the day."""
        if name in self.names:
            return self.names[name]
        if name == "on":
            return self.build.input("on", _any_day(), "household")
        definition = self.policy.names[name]
        if not isinstance(definition, Fact):  # a default or `must` uses it before its turn
            self.define(name)
            return self.names[name]
        return self.build.input(name, self.fact_kind(definition), "member" if definition.of_member else "household")

    def fact_kind(self, fact: Fact) -> Kind:
        match fact.kind:
            case kinds.NumberKind(low=low, high=high):
                scale = self.scales[fact.name].number
                return IntKind(int(cast(Exact, low) * scale), int(cast(Exact, high) * scale))
            case kinds.ChoiceKind(options=options):
                return OptionKind(tuple(options))
            case kinds.BooleanKind():
                return BOOL
            case kinds.DateKind():
                return _any_day()
            case _:
                assert_never(fact.kind)

    def is_number(self, expr: Expr) -> bool:
        """A number or a day, not a choice or a condition."""
        match expr:
            case Name(name="on"):
                return True
            case Name(name=name):
                definition = self.policy.names[name]
                return not isinstance(definition, Decision) and not isinstance(
                    definition.kind, kinds.ChoiceKind | kinds.BooleanKind
                )
            case Constant(value=value):
                return not isinstance(value, bool)
            case Option() | Clause() | AllOf() | AnyOf() | Not() | Compare() | OneOf():
                return False
            case OverMembers(what=what):
                return what in ("sum", "count")
            case Choose(cases, otherwise):
                return self.is_number(cases[0][1] if cases else cast(Expr, otherwise))
            case Add() | Multiply() | Divide() | Negate() | Extreme() | Round() | Elapsed():
                return True
            case _:
                assert_never(expr)

    def named(self, name: str) -> Quotient:
        """The number, condition or choice of a name, lowered before."""
        return Quotient(self.name(name), self.scales.get(name, Denominator()))

    def quotient(self, expr: Expr) -> Quotient:
        """The number, condition or choice of an expression."""
        return Quotient(*self.number(expr)) if self.is_number(expr) else Quotient(self.value(expr))

    # Conditions and choices

    def condition(self, expr: Expr) -> int:
        """The step of a condition."""
        build = self.build
        match expr:
            case Clause(id=id_, when=when):
                if id_ in self.clauses:
                    return self.clauses[id_]
                if self.is_complete:
                    return self.condition(when)
                self.clauses[id_] = build.named(self.line_of(id_, when), f"{CLAUSE}{id_}")
                return self.clauses[id_]
            case AllOf(clauses):
                return build.junction("and", [self.condition(clause) for clause in clauses])
            case AnyOf(clauses):
                return build.junction("or", [self.condition(clause) for clause in clauses])
            case Not(part):
                return build.negation(self.condition(part))
            case Compare(left, sign, right):
                if self.is_number(left):
                    return self.compared_cases(self.cases(left), sign, self.cases(right))
                same = build.equal(self.value(left), self.value(right))
                return same if sign == "==" else build.negation(same)
            case OneOf(part, options):
                return build.among(self.value(part), [cast(Option, option).option for option in options])
            case OverMembers(what, _, where):
                holds = self.condition(cast(Expr, where))
                return build.any(holds) if what == "some" else build.negation(build.any(build.negation(holds)))
            case Choose() | Name() | Constant():
                return self.value(expr)
            case _:
                raise TypeError(expr)

    def structure(self, expr: Expr) -> Condition:
        """A condition and the conditions that it is made of, down to those of single lines."""
        step = self.condition(expr)
        match expr:
            case Clause(when=when):
                is_switch = expr.id in self.switches
                return Condition("clause", step, (self.structure(when),), expr, is_switch=is_switch)
            case AllOf(clauses) | AnyOf(clauses):
                parts = tuple(map(self.structure, clauses))
                has_switch = any(part.is_switch for part in parts)
                return Condition("all" if isinstance(expr, AllOf) else "any", step, parts, has_switch=has_switch)
            case Not(part):
                return Condition("not", step, (self.structure(part),))
            case Name(name) if isinstance(term := self.policy.names.get(name), Term) and not term.of_member:
                return Condition("term", step, (self.structure(term.expr),))
            case Compare(left, sign, right):
                quotients = (self.quotient(left), self.quotient(right))
                unit = (unit_of(left, self.policy) or unit_of(right, self.policy)) if self.is_number(left) else None
                return Condition("line", step, compares=Comparison(sign, *quotients, unit))
            case OverMembers(what, _, where) if what in ("some", "each"):
                return Condition("line", step, members=(what == "some", self.condition(cast(Expr, where))))
            case _:
                return Condition("line", step)

    def line_of(self, id_: str, when: Expr) -> int:
        """The condition of a clause; what it compares, or asks of each member, is kept beside it."""
        step = self.condition(when)
        if isinstance(when, Compare) and self.is_number(when.left):
            left, right = (Quotient(*self.number(side)) for side in (when.left, when.right))
            self.sides[id_] = (left, right)
        elif isinstance(when, Compare):
            self.sides[id_] = (Quotient(self.value(when.left)), Quotient(self.value(when.right)))
        elif isinstance(when, OverMembers) and when.where is not None:
            self.members[id_] = self.condition(when.where)
        return step

    def gathered(self, left: int, right: int, by: Denominator) -> tuple[int, int]:
        """Both sides of a comparison, what is multiplied by the same denominator gathered on one of them.

        `a / p + b < c` is `a < (c - b) * p`, not `a + b * p < c * p`: where `p` is unknown, its bounds count once.
        """
        factors = {factor for factor, _ in by.factors}
        parts: dict[tuple[int, ...], list[list[int]]] = {}
        for side, sign in ((left, -1), (right, 1)):
            for term in self.terms(side):
                over = tuple(sorted(part for part in term if part in factors))
                rest = [part for part in term if part not in factors]
                parts.setdefault(over, []).append([self.build.number(sign), *rest])
        if all(len(terms) == 1 for over, terms in parts.items() if over):
            return left, right
        sums = [
            self.build.mul([self.build.add([self.build.mul(term) for term in terms]), *over])
            for over, terms in parts.items()
        ]
        return self.build.number(0), self.build.add(sums)

    def terms(self, side: int) -> list[list[int]]:
        """The products of a sum, each as its factors."""
        steps = self.build.steps
        products = steps[side].args if steps[side].op == "add" else (side,)
        return [list(steps[part].args) if steps[part].op == "mul" else [part] for part in products]

    def compared(self, left: int, right: int, sign: str) -> int:
        """The step of a comparison of two numbers."""
        build = self.build
        match sign:
            case "<":
                return build.less(left, right)
            case ">":
                return build.less(right, left)
            case ">=":
                return build.negation(build.less(left, right))
            case "<=":
                return build.negation(build.less(right, left))
            case "==":
                return build.equal(left, right)
            case _:
                return build.negation(build.equal(left, right))

    def value(self, expr: Expr) -> int:
        """The step of a condition or choice; of a number where it has no denominator."""
        match expr:
            case Name(name):
                return self.name(name)
            case Option(option):
                return self.build.option(option)
            case Constant(bool() as truth):
                return self.build.truth(truth)
            case Choose(cases, otherwise):
                # A default without `otherwise` leaves the fact open where no case holds.
                chosen = self.build.option(None) if otherwise is None else self.value(otherwise)
                for when, result in reversed(cases):
                    chosen = self.build.select(self.condition(when), self.value(result), chosen)
                return chosen
            case _:
                return self.condition(expr)

    # Numbers: a step and its denominator

    def number(self, expr: Expr) -> tuple[int, Denominator]:
        """The whole number of an expression, and what it is to be divided by."""
        build = self.build
        match expr:
            case Name(name):
                step = self.name(name)
                return step, self.scales.get(name, Denominator())
            case Constant(value):
                fraction = Fraction(value)
                return build.number(fraction.numerator), Denominator(fraction.denominator)
            case Add(parts):
                raised, by = self.together(parts)
                return build.add(raised), by
            case Negate(part):
                step, by = self.number(part)
                return build.mul([build.number(-1), step]), by
            case Multiply(parts):
                by, steps = Denominator(), []
                for part in parts:
                    step, own = self.number(part)
                    steps.append(step)
                    by = _times(by, own)
                return build.mul(steps), by
            case Divide(over, divisor):
                return self.divided(self.number(over), self.number(divisor))
            case Extreme(which, parts):
                raised, by = self.together(parts)
                return build.extreme(which, raised), by
            case Round(direction, part, of):
                return self.collapsed(_map(self.cases(part), lambda leaf: self.rounded(direction, leaf, of)))
            case Elapsed(unit, start, end):
                (first, last), _ = self.together((start, end))
                days = build.add([build.mul([build.number(-1), first]), last])
                return build.div(days, build.number(_DAYS[unit]), "down"), Denominator()
            case OverMembers(_, part, where):
                step, by = (build.number(1), Denominator()) if part is None else self.number(part)
                if where is not None:
                    step = build.select(self.condition(where), step, build.number(0))
                return build.sum(step), by
            case Choose(cases, otherwise):
                results = [result for _, result in cases] + ([] if otherwise is None else [otherwise])
                raised, by = self.together(results)
                chosen = raised[-1]
                for (when, _), result in reversed(list(zip(cases, raised, strict=False))):
                    chosen = build.select(self.condition(when), result, chosen)
                return chosen, by
            case Option() | Clause() | AllOf() | AnyOf() | Compare() | OneOf() | Not():
                raise TypeError(expr)
            case _:
                assert_never(expr)

    def together(self, exprs: Iterable[Expr]) -> tuple[list[int], Denominator]:
        """Several numbers over one denominator."""
        return self.level([self.number(expr) for expr in exprs])

    def level(self, numbers: Sequence[tuple[int, Denominator]]) -> tuple[list[int], Denominator]:
        """Several numbers over one denominator, from each over its own."""
        by = Denominator()
        for _, own in numbers:
            by = _common(by, own)
        return [self.raised(step, own, by) for step, own in numbers], by

    def raised(self, step: int, own: Denominator, by: Denominator) -> int:
        """A number over its own denominator, over another one that its own divides."""
        missing = Counter(dict(by.factors))
        missing.subtract(dict(own.factors))
        factors = [factor for factor, power in missing.items() for _ in range(power)]
        return self.build.mul([self.build.number(by.number // own.number), step, *factors])

    def divided(self, over: tuple[int, Denominator], divisor: tuple[int, Denominator]) -> tuple[int, Denominator]:
        """A number over a positive one."""
        (above, own), (below, other) = over, divisor
        shared = gcd(own.number, other.number)
        above = self.raised(above, Denominator(), Denominator(other.number // shared, other.factors))
        return above, _times(Denominator(own.number // shared, own.factors), self.as_denominator(below))

    def as_denominator(self, positive: int) -> Denominator:
        """A positive whole number as a denominator, its constant apart."""
        number = self.build.constant_of(positive)
        if number is not None:
            return Denominator(number)
        step = self.build.steps[positive]
        if step.op == "mul":
            first = self.build.constant_of(step.args[0])
            if first is not None and first > 0:
                return Denominator(first, ((self.build.mul(step.args[1:]), 1),))
        return Denominator(1, ((positive, 1),))

    def rounded(self, direction: Rounding, part: Leaf, of: Expr) -> Leaf:
        """A number rounded to a multiple of a step p / q: the rounded quotient times p, over q."""
        build = self.build
        over, own = part
        size = Fraction(of.value if isinstance(of, Constant) else self.constant_parameter(of))
        by = self.raised(build.number(size.numerator), Denominator(), own)
        steps = build.div(build.mul([build.number(size.denominator), over]), by, direction)
        return build.mul([build.number(size.numerator), steps]), Denominator(size.denominator)

    # Numbers by cases

    def cases(self, expr: Expr) -> Cases:
        """A number by the cases in which it has different divisors that may not be known.

        Over one denominator, a case without a divisor would be multiplied by it, and lose bounds: of `a` where a
        condition holds, else `a / p`, the first is `a`, not `a * p / p`.
        """
        leaf = self.number(expr)
        if not leaf[1].factors:
            return leaf
        found = self._cases(expr, leaf)
        return found if _count(found) <= _MOST_CASES else leaf

    def _cases(self, expr: Expr, leaf: Leaf) -> Cases:
        match expr:
            case Name(name):
                return self.by_cases.get(name, leaf)
            case Add(parts):
                return self._sum([self.cases(part) for part in parts], leaf)
            case Negate(part):
                return self._scaled(self.cases(part), -1, leaf)
            case Multiply(parts):
                return self._product([self.cases(part) for part in parts], leaf)
            case Divide(over, divisor):
                above = self.cases(over)
                return leaf if _is_leaf(above) else _map(above, lambda each: self.divided(each, self.number(divisor)))
            case Extreme(which, parts):
                among = tuple(self.cases(part) for part in parts)
                return Extremes(which, among) if _differ(among) else leaf
            case Choose(cases, otherwise):
                results = tuple(self.cases(result) for _, result in cases)
                last = None if otherwise is None else self.cases(otherwise)
                if last is None or not _differ((*results, last)):
                    return leaf
                for (when, _), result in reversed(list(zip(cases, results, strict=True))):
                    last = Either(self.condition(when), result, last)
                return last
            case _:
                return leaf

    def _sum(self, parts: Sequence[Cases], leaf: Leaf) -> Cases:
        """A sum with parts by cases: the sum in each case."""
        if all(map(_is_leaf, parts)):
            return leaf
        total = parts[0]
        for part in parts[1:]:
            total = _both(total, part, self._added)
            if _count(total) > _MOST_CASES:
                return leaf
        return total

    def _added(self, a: Leaf, b: Leaf) -> Leaf:
        raised, by = self.level((a, b))
        return self.build.add(raised), by

    def _product(self, parts: Sequence[Cases], leaf: Leaf) -> Cases:
        """A product of a number by cases and constants."""
        several = [part for part in parts if not _is_leaf(part)]
        constants = [self.constant_leaf(part) for part in parts if _is_leaf(part)]
        if len(several) != 1 or None in constants:
            return leaf
        return self._scaled(several[0], prod(cast(list[Fraction], constants)), leaf)

    def constant_leaf(self, part: Cases) -> Fraction | None:
        """The number of a constant."""
        step, by = cast(Leaf, part)
        number = self.build.constant_of(step)
        return None if number is None or by.factors else Fraction(number, by.number)

    def _scaled(self, part: Cases, number: Fraction | int, leaf: Leaf) -> Cases:
        """A number by cases times a constant; below zero the least becomes the greatest."""
        if _is_leaf(part) or number == 0:
            return leaf
        factor = Fraction(number)

        def times(each: Leaf) -> Leaf:
            step, by = each
            return self.build.mul([self.build.number(factor.numerator), step]), _times(
                by, Denominator(factor.denominator)
            )

        return _map(part, times, flipped=factor < 0)

    def collapsed(self, cases: Cases) -> Leaf:
        """A number by cases over one denominator."""
        match cases:
            case Either(when, then, otherwise):
                (first, second), by = self.level((self.collapsed(then), self.collapsed(otherwise)))
                return self.build.select(when, first, second), by
            case Extremes(which, parts):
                raised, by = self.level([self.collapsed(part) for part in parts])
                return self.build.extreme(which, raised), by
            case _:
                return cases

    def compared_cases(self, left: Cases, sign: str, right: Cases) -> int:
        """The step of a comparison of two numbers by cases."""
        build = self.build
        match left:
            case Either(when, then, otherwise):
                return build.select(
                    when, self.compared_cases(then, sign, right), self.compared_cases(otherwise, sign, right)
                )
            case Extremes(which, parts):
                if sign == "!=":
                    return build.negation(self.compared_cases(left, "==", right))
                if sign == "==":
                    ends = (">=", "<=") if which == "min" else ("<=", ">=")
                    every = build.junction("and", [self.compared_cases(part, ends[0], right) for part in parts])
                    some = build.junction("or", [self.compared_cases(part, ends[1], right) for part in parts])
                    return build.junction("and", [every, some])
                op: Op = "or" if (which == "min") is sign.startswith("<") else "and"
                return build.junction(op, [self.compared_cases(part, sign, right) for part in parts])
            case _ if not _is_leaf(right):
                return self.compared_cases(right, _FLIPPED[sign], left)
            case _:
                (first, second), by = self.level((left, cast(Leaf, right)))
                return self.compared(*self.gathered(first, second, by), sign)

    def constant_parameter(self, expr: Expr) -> Exact:
        parameter = cast(Parameter, self.policy.names[cast(Name, expr).name])
        return cast(Exact, parameter.values[()])


def _is_leaf(cases: Cases) -> bool:
    """Whether a number has no cases."""
    return isinstance(cases, tuple)


def _leaves(cases: Cases) -> Iterator[Leaf]:
    match cases:
        case Either(_, then, otherwise):
            yield from (*_leaves(then), *_leaves(otherwise))
        case Extremes(_, parts):
            for part in parts:
                yield from _leaves(part)
        case _:
            yield cases


def _count(cases: Cases) -> int:
    return sum(1 for _ in _leaves(cases))


def _differ(several: Iterable[Cases]) -> bool:
    """Whether some numbers have different divisors that may not be known."""
    return len({frozenset(by.factors) for cases in several for _, by in _leaves(cases)}) > 1


def _map(cases: Cases, change: Callable[[Leaf], Leaf], *, flipped: bool = False) -> Cases:
    """A number by cases in which each is changed; `flipped` where the greatest becomes the least."""
    match cases:
        case Either(when, then, otherwise):
            return Either(when, _map(then, change, flipped=flipped), _map(otherwise, change, flipped=flipped))
        case Extremes(which, parts):
            opposite: Literal["min", "max"] = "max" if which == "min" else "min"
            among = tuple(_map(part, change, flipped=flipped) for part in parts)
            return Extremes(opposite if flipped else which, among)
        case _:
            return change(cases)


def _both(a: Cases, b: Cases, combine: Callable[[Leaf, Leaf], Leaf]) -> Cases:
    """Two numbers by cases combined in each of them, by an operation that rises with both."""
    if _is_leaf(a):
        return _map(b, lambda each: combine(cast(Leaf, a), each))
    match a:
        case Either(when, then, otherwise):
            return Either(when, _both(then, b, combine), _both(otherwise, b, combine))
        case Extremes(which, parts):
            return Extremes(which, tuple(_both(part, b, combine) for part in parts))
        case _:
            raise TypeError(a)


def _any_day() -> IntKind:
    return IntKind(cast(int, kinds.ANY_DAY.low), cast(int, kinds.ANY_DAY.high))


def _times(a: Denominator, b: Denominator) -> Denominator:
    powers = Counter(dict(a.factors))
    powers.update(dict(b.factors))
    return Denominator(a.number * b.number, tuple(powers.items()))


def _common(a: Denominator, b: Denominator) -> Denominator:
    """The least denominator that both divide."""
    return Denominator(lcm(a.number, b.number), tuple((Counter(dict(a.factors)) | Counter(dict(b.factors))).items()))


class _Folding:
    """A program built again with some names constant."""

    def __init__(self, source: Program, readings: Mapping[str, str]) -> None:
        self.source = source
        self.readings = readings
        self.build = Builder(source.at_most)

    def program(self) -> Program:
        source = self.source
        new, of_name = [0] * len(source.steps), [0] * len(source.steps)
        for number, step in enumerate(source.steps):
            of_name[number] = new[number] = self.step(step, [new[arg] for arg in step.args])
            inner = self.build.steps[new[number]]
            is_open = isinstance(inner.data, str) and inner.data.startswith(READING) and not self.is_fixed(inner.data)
            if inner.op == "name" and self.build.steps[inner.args[0]].op == "const" and not is_open:
                new[number] = inner.args[0]  # what uses it is folded further; the name keeps its step

        def moved(quotient: Quotient) -> Quotient:
            return Quotient(new[quotient.step], over(quotient.by))

        def over(by: Denominator) -> Denominator:
            return Denominator(by.number, tuple((new[step], power) for step, power in by.factors))

        def steps(table: Mapping[str, int]) -> FrozenMapping[str, int]:
            return FrozenMapping((name, of_name[step]) for name, step in table.items())

        return Program(
            source.fingerprint,
            FrozenMapping({**source.readings, **self.readings}),
            tuple(self.build.steps),
            steps(source.names),
            steps(source.clauses),
            steps(source.must),
            FrozenMapping((name, moved(quotient)) for name, quotient in source.defaults.items()),
            FrozenMapping((name, over(by)) for name, by in source.scales.items()),
            FrozenMapping((name, (moved(left), moved(right))) for name, (left, right) in source.sides.items()),
            steps(source.members),
            source.at_most,
        )

    def is_fixed(self, name: str) -> bool:
        """Whether the step of that name is a reading that is folded."""
        return name.removeprefix(READING) in {**self.source.readings, **self.readings}

    def step(self, step: Step, args: list[int]) -> int:
        """A step built again over the new steps of its arguments."""
        build, data = self.build, step.data
        match step.op:
            case "const":
                return self.constant(step)
            case "input":
                return build.input(cast(str, data), step.kind, step.space)
            case "name":
                name = cast(str, data)
                if not name.startswith(READING):
                    return build.named(args[0], name)
                fixed = self.readings.get(name.removeprefix(READING))
                return build.named(args[0] if fixed is None else build.option(fixed), name, step.kind)
            case "add":
                return build.add(args)
            case "mul":
                return build.mul(args)
            case "div":
                return build.div(args[0], args[1], cast(Rounding, data))
            case "min" | "max":
                return build.extreme(step.op, args)
            case "lt":
                return build.less(args[0], args[1])
            case "eq":
                return build.equal(args[0], args[1])
            case "in":
                return build.among(args[0], cast(tuple[str, ...], data))
            case "and" | "or":
                return build.junction(step.op, args)
            case "not":
                return build.negation(args[0])
            case "select":
                return build.select(args[0], args[1], args[2])
            case "table":
                return build.table(tuple(args), cast(Table, data))
            case "sum":
                return build.sum(args[0])
            case "any":
                return build.any(args[0])
            case _:
                assert_never(step.op)

    def constant(self, step: Step) -> int:
        """A constant of the kind of a step."""
        if isinstance(step.kind, OptionKind):
            return self.build.option(cast(str | None, step.data))
        if isinstance(step.kind, BoolKind):
            return self.build.truth(cast(bool, step.data))
        return self.build.number(cast(int, step.data))
