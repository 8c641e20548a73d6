"""The type checker: the kind and unit of each line, with bare words resolved to options."""

from collections.abc import Callable
from functools import partial
from typing import NoReturn, assert_never, cast

from attrs import evolve

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
    names_in,
    walk,
)
from hardship_rules.core.kinds import (
    BOOLEAN,
    DATE,
    PURE,
    BooleanKind,
    ChoiceKind,
    DateKind,
    Kind,
    NumberKind,
    Unit,
    unit_text,
)
from hardship_rules.core.policy import Decision, Parameter, Policy, Term
from hardship_rules.core.problem import MOST_PROBLEMS, KeyPath, Location, PolicyError, Problem, nearest
from hardship_rules.core.units import kind_of_name, product, times

_KIND_CODES = {NumberKind: "kind_number", ChoiceKind: "kind_choice", BooleanKind: "kind_yes_no", DateKind: "kind_date"}


class _Unsound(Exception):
    """The first problem of a line."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class TypeChecker:
    """Checks the lines of one policy; `problems` has at most one for each line.

    `path` and `line` are what is being checked. With `in_member`, names of members are allowed. With `before_terms`,
    for a `must` and an `if absent`, terms, decisions and tables are not allowed, as these are computed later.
    """

    def __init__(self, policy: Policy, of_members: frozenset[str]) -> None:
        self.policy = policy
        self.of_members = of_members
        self.problems: list[Problem] = []
        self.path: KeyPath = ()
        self.line = ""
        self.in_member = False
        self.before_terms = False

    def refuse(self, code: str, at: Location, given: str | None = None, **values: str) -> NoReturn:
        """Stop checking the line, with a problem."""
        given = self.line if given is None else given
        raise _Unsound(Problem(code, self.path, given=given, values=values, location=at))

    # Whole definitions

    def checked(self, expr: Expr, kind: Kind, path: KeyPath, *, in_member: bool, before_terms: bool = False) -> Expr:
        """The expression with resolved options, checked to be of a kind."""
        self.path, self.line, self.in_member, self.before_terms = path, "", in_member, before_terms
        return self.checked_line(expr, lambda: self.fit(expr, kind))

    def checked_line(self, expr: Expr, check: Callable[[], Expr]) -> Expr:
        """The result of the check of one line; a problem is added and leaves the expression unchanged."""
        try:
            return check()
        except _Unsound as unsound:
            self.problems.append(unsound.problem)
            if len(self.problems) > MOST_PROBLEMS:
                raise PolicyError(self.problems) from None
            return expr

    def fit(self, expr: Expr, kind: Kind) -> Expr:
        """The expression as a value of a kind."""
        if isinstance(expr, Choose):
            cases = []
            for when, result in expr.cases:
                cases.append((self.condition(when), self.checked_line(result, partial(self.fit, result, kind))))
            last = expr.otherwise
            otherwise = None if last is None else self.checked_line(last, partial(self.fit, last, kind))
            return Choose(tuple(cases), otherwise, expr.at)
        if isinstance(expr, Clause | AllOf | AnyOf):
            return self.condition(expr)
        if isinstance(kind, ChoiceKind):
            return self.option(expr, kind) or self.choice(expr, kind)
        resolved, own = self.resolve(expr)
        if type(own) is not type(kind):
            self.refuse("kind_differs", expr.at, own=_KIND_CODES[type(own)], wanted=_KIND_CODES[type(kind)])
        if isinstance(kind, NumberKind) and isinstance(own, NumberKind) and own.unit not in (None, kind.unit):
            self.refuse(
                "unit_of_line", expr.at, **self.unit_words(own.unit, kind.unit), **self.factor(own.unit, kind.unit)
            )
        return resolved

    def option(self, expr: Expr, kind: ChoiceKind) -> Option | None:
        """The option of a bare word that is not a name; None for other expressions."""
        if not isinstance(expr, Name) or expr.name == "on" or expr.name in self.policy.names:
            return None
        if expr.name not in kind.options:
            values = {"known": ", ".join(kind.options), **nearest(expr.name, kind.options)}
            self.refuse("unknown_option", expr.at, expr.name, **values)
        return Option(expr.name, expr.at)

    def choice(self, expr: Expr, kind: ChoiceKind) -> Expr:
        """A choice all of whose options belong to a kind."""
        resolved, own = self.resolve(expr)
        if not isinstance(own, ChoiceKind):
            self.refuse("kind_differs", expr.at, own=_KIND_CODES[type(own)], wanted="kind_choice")
        for option in own.options:
            if option not in kind.options:
                self.refuse("option_not_taken", expr.at, option, known=", ".join(kind.options))
        return resolved

    def condition(self, expr: Expr) -> Expr:
        """A condition with each line checked separately."""
        match expr:
            case Clause(when=AllOf(clauses, at)):
                return evolve(expr, when=AllOf(tuple(map(self.clause, clauses)), at))
            case Clause(when=AnyOf(clauses, at)):
                return evolve(expr, when=AnyOf(tuple(map(self.clause, clauses)), at))
            case Clause(when=Not(AllOf() | AnyOf() | Not() as part, at)):
                return evolve(expr, when=Not(self.body(part), at))
            case Clause(when=when):
                self.line = expr.line
                return evolve(expr, when=self.checked_line(when, lambda: self.boolean(when)))
        raise TypeError(expr)

    def clause(self, clause: Clause) -> Clause:
        """A clause with each line checked separately."""
        return cast(Clause, self.condition(clause))

    def body(self, expr: Expr) -> Expr:
        """The part of a `not` with each line checked separately."""
        match expr:
            case AllOf(clauses, at):
                return AllOf(tuple(map(self.clause, clauses)), at)
            case AnyOf(clauses, at):
                return AnyOf(tuple(map(self.clause, clauses)), at)
            case Not(part, at):
                return Not(self.body(part), at)
        return self.checked_line(expr, lambda: self.boolean(expr))

    def boolean(self, expr: Expr) -> Expr:
        """A boolean expression."""
        resolved, own = self.resolve(expr)
        if not isinstance(own, BooleanKind):
            self.refuse("condition_expected", expr.at, own=_KIND_CODES[type(own)])
        return resolved

    # Lines

    def resolve(self, expr: Expr) -> tuple[Expr, Kind]:
        """An expression with resolved options, and its kind."""
        match expr:
            case Name(name):
                return expr, self.name(name, expr.at)
            case Constant(bool()):
                return expr, BOOLEAN
            case Constant():
                return expr, NumberKind(None)
            case Compare(left, sign, right, at):
                return self.compare(left, sign, right, at), BOOLEAN
            case OneOf(part, options, at):
                choice, kind = self.resolve(part)
                if not isinstance(kind, ChoiceKind):
                    self.refuse("in_needs_choice", at)
                return OneOf(choice, tuple(self.listed_option(option, kind) for option in options), at), BOOLEAN
            case Not(part, at):
                return Not(self.boolean(part), at), BOOLEAN
            case Add(parts, at):
                resolved, unit = self.in_one_unit(parts)
                return Add(resolved, at), NumberKind(unit)
            case Extreme(which, parts, at):
                resolved, unit = self.in_one_unit(parts)
                return Extreme(which, resolved, at), NumberKind(unit)
            case Negate(part, at):
                inner, unit = self.number(part)
                return Negate(inner, at), NumberKind(unit)
            case Multiply(parts, at):
                numbers = [self.number(part) for part in parts]
                return Multiply(tuple(part for part, _ in numbers), at), NumberKind(
                    product([unit for _, unit in numbers])
                )
            case Divide(over, by, at):
                (over, over_unit), (by, by_unit) = self.number(over), self.number(by)
                return Divide(over, by, at), NumberKind(times(over_unit or PURE, by_unit or PURE, -1))
            case Round(direction, part, step, at):
                (part, step), unit = self.in_one_unit((part, step))
                self.check_step(step)
                return Round(direction, part, step, at), NumberKind(unit)
            case Elapsed(unit, start, end, at):
                days = tuple(self.day(day) for day in (start, end))
                return Elapsed(unit, days[0], days[1], at), NumberKind(self.declared(unit, at))
            case OverMembers(what, part, where, at):
                return self.over_members(what, part, where, at)
            case Option() | Clause() | AllOf() | AnyOf() | Choose():
                raise TypeError(expr)
            case _:
                assert_never(expr)

    def name(self, name: str, at: Location) -> Kind:
        """The kind of a name, refused if it must not be used here."""
        if name == "on":
            return DATE
        if name not in self.policy.names:
            allowed = [known for known in self.policy.names if self.in_member or known not in self.of_members]
            self.refuse("unknown_name", at, name, **nearest(name, allowed))
        if name in self.of_members and not self.in_member:
            self.refuse("member_name_outside", at, name)
        definition = self.policy.names[name]
        if self.before_terms and (
            isinstance(definition, Term | Decision) or (isinstance(definition, Parameter) and definition.by)
        ):
            self.refuse("facts_only", at, name)
        kind = kind_of_name(self.policy, name)
        if kind is None:
            self.refuse("every_by_name", at, name)
        return kind

    def compare(self, left: Expr, sign: str, right: Expr, at: Location) -> Compare:
        """A comparison of two numbers in one unit, two days, two booleans, or two choices."""
        left, right, left_kind, right_kind = self.sides(left, right)
        if type(left_kind) is not type(right_kind):
            self.refuse("sides_differ", at, own=_KIND_CODES[type(left_kind)], wanted=_KIND_CODES[type(right_kind)])
        if isinstance(left_kind, ChoiceKind | BooleanKind) and sign not in ("==", "!="):
            self.refuse("only_equal", at)
        if isinstance(left_kind, NumberKind) and isinstance(right_kind, NumberKind):
            units = left_kind.unit, right_kind.unit
            if None not in units and units[0] != units[1]:
                self.refuse("unit_mismatch", at, **self.unit_words(*units), **self.factor(*units))
        if (
            isinstance(left_kind, ChoiceKind)
            and isinstance(right_kind, ChoiceKind)
            and not set(left_kind.options) & set(right_kind.options)
        ):
            self.refuse("no_common_option", at)
        return Compare(left, sign, right, at)  # type: ignore[arg-type]  # the sign is the one it was read with

    def sides(self, left: Expr, right: Expr) -> tuple[Expr, Expr, Kind, Kind]:
        """Both sides with their kinds; a bare word on one side is an option of the other."""

        def is_bare_word(expr: Expr) -> bool:
            return isinstance(expr, Name) and expr.name != "on" and expr.name not in self.policy.names

        if is_bare_word(left) and not is_bare_word(right):
            right, left, right_kind, left_kind = self.sides(right, left)
            return left, right, left_kind, right_kind
        left, left_kind = self.resolve(left)
        if isinstance(left_kind, ChoiceKind) and (option := self.option(right, left_kind)) is not None:
            return left, option, left_kind, left_kind
        right, right_kind = self.resolve(right)
        return left, right, left_kind, right_kind

    def listed_option(self, expr: Option | Name, kind: ChoiceKind) -> Option:
        """An option of the list after `in`."""
        option = self.option(expr, kind)
        if option is None:
            self.refuse("option_expected", expr.at, expr.name if isinstance(expr, Name) else None)
        return option

    def number(self, expr: Expr) -> tuple[Expr, Unit | None]:
        """A number and its unit, None for a bare number."""
        resolved, kind = self.resolve(expr)
        if not isinstance(kind, NumberKind):
            self.refuse("number_expected", expr.at, own=_KIND_CODES[type(kind)])
        return resolved, kind.unit

    def in_one_unit(self, parts: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], Unit | None]:
        """Numbers in one unit; bare numbers take the unit of the others."""
        numbers = [self.number(part) for part in parts]
        units = [unit for _, unit in numbers if unit is not None]
        for part, unit in numbers:
            if unit is not None and unit != units[0]:
                words = self.unit_words(units[0], unit)
                self.refuse("unit_mismatch", part.at, **words, **self.factor(units[0], unit))
        return tuple(part for part, _ in numbers), units[0] if units else None

    def day(self, expr: Expr) -> Expr:
        """An expression that is a day."""
        resolved, kind = self.resolve(expr)
        if not isinstance(kind, DateKind):
            self.refuse("date_expected", expr.at, own=_KIND_CODES[type(kind)])
        return resolved

    def check_step(self, step: Expr) -> None:
        """Check the step of a rounding: a positive number, literal or a parameter with one value."""
        number = step.value if isinstance(step, Constant) else None
        if isinstance(step, Name) and isinstance(definition := self.policy.names.get(step.name), Parameter):
            number = definition.values.get(())
        if number is None or number <= 0:
            self.refuse("step_not_positive", step.at)

    def over_members(self, what: str, part: Expr | None, where: Expr | None, at: Location) -> tuple[Expr, Kind]:
        """An aggregate over the members; names inside it are those of a member."""
        if self.in_member:
            self.refuse("members_inside_member", at, what)
        self.in_member = True
        try:
            where = None if where is None else self.boolean(where)
            unit = None
            if part is not None:
                part, unit = self.number(part)
                self.check_divisors_of_sum(part)
        finally:
            self.in_member = False
        kind: Kind = (
            BOOLEAN
            if what in ("some", "each")
            else NumberKind(self.declared("person", at) if what == "count" else unit)
        )
        return OverMembers(what, part, where, at), kind  # type: ignore[arg-type]  # the word is the one it was read with

    def check_divisors_of_sum(self, expr: Expr, seen: frozenset[str] = frozenset()) -> None:
        """Check that all divisors inside a sum are equal for every member, also in the terms that it uses."""
        for part in walk(expr):
            if isinstance(part, Divide) and self.of_members & set(names_in(part.by)):
                self.refuse("divisor_of_member", part.by.at)
            if isinstance(part, Name) and part.name not in seen:
                term = self.policy.terms.get(part.name)
                if term is not None and term.of_member:
                    self.check_divisors_of_sum(term.expr, seen | {part.name})

    # Units

    def declared(self, unit: str, at: Location) -> Unit:
        """A unit that the language uses itself, such as person; the policy must declare it."""
        if unit not in self.policy.units:
            self.refuse("unit_not_declared", at, unit)
        return ((unit, 1),)

    def unit_words(self, own: Unit | None, wanted: Unit | None) -> dict[str, str]:
        """Two units in the policy's words, as values of a problem."""
        words = self.policy.units
        return {"own": unit_text(own or PURE, words) or "1", "wanted": unit_text(wanted or PURE, words) or "1"}

    def factor(self, own: Unit | None, wanted: Unit | None) -> dict[str, str]:
        """The operation that converts one unit to the other by a parameter, such as `/ months_per_year`, if any."""
        excess = times(own or PURE, wanted or PURE, -1)
        for name, parameter in self.policy.parameters.items():
            if excess and parameter.kind.unit == excess:
                return {"nearest_factor": f"/ {name}"}
            if excess and parameter.kind.unit == times(PURE, excess, -1):
                return {"nearest_factor": f"* {name}"}
        return {}
