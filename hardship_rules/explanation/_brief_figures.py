"""The figures of a brief: the shown figures with their amounts, parts and formulas."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property
from typing import cast

from attrs import field, frozen

from hardship_rules.assessment.outcomes import Figure, unit_name
from hardship_rules.core.expr import (
    Add,
    Choose,
    Clause,
    Compare,
    Constant,
    Divide,
    Expr,
    Multiply,
    Name,
    Negate,
    OverMembers,
    walk,
)
from hardship_rules.core.interval import Exact, Range, high, low
from hardship_rules.core.kinds import NumberKind, Value
from hardship_rules.core.policy import Parameter, Policy, Term, names_behind, per_policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.evaluate import Scope, value
from hardship_rules.explanation._brief_words import BriefPart, multiple_text
from hardship_rules.explanation.wording import fact_of, full_name, number_text, one_line, one_line_each, places


@frozen
class BriefFigure:
    """A figure with its title, its amount, and the parts or the formula that it is computed from."""

    title: str = field(converter=one_line)
    amount: str = field(converter=one_line)
    parts: tuple[str, ...] = field(converter=one_line_each)


class BriefFigures(BriefPart):
    """The shown figures of one assessment."""

    def figures(self, but: frozenset[str]) -> Iterator[BriefFigure]:
        """The figures of the policy's `show`, except those named in `but` and zeros for which no fact was given."""
        for name in self.policy.show:
            figure = self.assessment.figure(name)
            if name in but:
                continue
            title = self.describe.figure_title(name)
            if not isinstance(figure, Figure):
                yield BriefFigure(title, self.describe.figure(name)[0], ())
            elif figure.exact != 0 or self.is_given(name):
                if name in _subtracted(self.policy):
                    title = self.say["minus"].format(title=title)
                yield BriefFigure(title, self.amount(name, figure), self.parts(name))

    def is_given(self, name: str) -> bool:
        """Whether a figure is a parameter, or is computed from a given fact of its unit that is not 0."""
        used = names_behind(self.policy, name)
        if isinstance(self.policy.names[name], Parameter):
            return True
        unit = self.words.unit(name).split("/", maxsplit=1)[0]
        return any(
            path[-1] in used and self.counted_in(path) == unit and self.words.fact_value(path) != 0
            for path in self.words.given_numbers
        )

    def counted_in(self, path: KeyPath) -> str:
        """The numerator of a number's unit: yuan, of yuan/year."""
        kind = cast(NumberKind, fact_of(self.policy, path).kind)
        return unit_name(kind.unit).split("/", maxsplit=1)[0]

    # Amounts and their bounds

    def amount(self, name: str, figure: Figure) -> str:
        """A figure, or its bounds as far as they follow from the facts and not from the bounds of a fact."""
        if figure.exact is not None:
            return self.describe.amount(figure)
        decimals = places(self.policy, figure.unit)
        halved = cast(Exact, self.halved[name])
        at_least, at_most = (
            self.describe.with_unit(number_text(number, decimals), figure.unit) if number == with_halved else None
            for number, with_halved in ((figure.low, low(halved)), (figure.high, high(halved)))
        )
        if self.uses_unpublished(name):
            return self.say["not_published" if isinstance(self.policy.names[name], Parameter) else "pending"]
        if at_least is not None and at_most is not None:
            return self.say["between"].format(low=number_text(figure.low, decimals), high=at_most)
        if at_most is not None:
            return self.say["none_above"].format(high=at_most)
        return (
            self.say["pending"] if at_least is None or figure.low == 0 else self.say["none_below"].format(low=at_least)
        )

    def uses_unpublished(self, name: str) -> bool:
        """Whether a figure is computed from a parameter that is not published, so that its bounds say nothing."""
        scope = self.assessment.outcomes.scope
        return any(
            isinstance(definition := self.policy.names.get(used), Parameter)
            and isinstance(scope[used], Range)
            and (not definition.values or None in definition.values.values())
            for used in names_behind(self.policy, name)
        )

    @cached_property
    def halved(self) -> Scope:
        """The household with the range of each unknown number halved.

        A bound of a figure that changes with it comes from the bound of a fact.
        """
        policy, household = self.policy, self.assessment.household
        known = {*household.given, *household.derived, *household.assumed}
        changed: dict[KeyPath, Value] = {}
        members = ((("members", number), member.values) for number, member in enumerate(household.members))
        for before, values in (((), household.values), *members):
            for name, number in values.items():
                path = (*before, name)
                if (
                    path not in known
                    and isinstance(number, Range)
                    and isinstance(fact_of(policy, path).kind, NumberKind)
                ):
                    changed[path] = Range(Fraction(number.low) / 2, Fraction(number.high) / 2)
        altered = self.assessment.outcomes.altered
        return altered.compiled.scope(altered.with_values(changed)[0])

    # Parts and formulas

    def parts(self, name: str) -> Iterator[str]:
        """The parts of a sum, or the formula with its numbers, then the members who are left out.

        Of a parameter, the multiples that the category compares with.
        """
        term = self.policy.names[name]
        if not isinstance(term, Term):
            yield from self.multiples(name)
            return
        expr = term.expr
        if isinstance(expr, Add) or (isinstance(expr, OverMembers) and expr.what == "sum"):
            for title, part in self.describe.parts(expr):
                yield from self.part(title, part)
        elif formula := self.formula(name):
            yield formula
        for sentence, members in self.describe.left_out(expr):
            names = [self.full_name(member) for member in members]
            yield self.say[sentence].format(count=len(names), who=self.say["join"].join(names))

    def part(self, title: str, part: object) -> Iterator[str]:
        """A part of a sum; nothing where it is zero."""
        if isinstance(part, Figure):
            if part.exact is None:
                yield self.say["not_given"].format(title=title)
            elif part.exact != 0:
                amount = number_text(part.exact, places(self.policy, part.unit))
                yield self.say["share"].format(who=title, amount=amount)

    def full_name(self, member: int) -> str:
        """The full name of a member, all but its first word in brackets: 子女（24 岁）."""
        name = full_name(self.assessment, member, self.describe.say)
        first, _, others = name.partition(self.describe.say["list"])
        return self.say["with_words"].format(title=first, words=others) if others else name

    def multiples(self, name: str) -> Iterator[str]:
        """The multiples of a parameter that the category compares with."""
        conditions = [outcome.when for outcome in self.policy.category.outcomes]
        clauses = (part for when in conditions for part in walk(cast(Clause, when)) if isinstance(part, Clause))
        texts: dict[str, None] = {}
        for clause in clauses:
            right = clause.when.right if isinstance(clause.when, Compare) else None
            if isinstance(right, Multiply) and any(_is_name(part, name) for part in right.parts):
                others = [self.words.number(part) for part in right.parts if not _is_name(part, name)]
                limit = value(right, self.assessment.outcomes.scope)
                if len(others) == 1 and others[0] is not None and isinstance(limit, int | Fraction):
                    unit = self.words.unit(name)
                    amount = self.describe.with_unit(number_text(limit, places(self.policy, unit)), unit)
                    text = self.say["limits"].format(
                        times=multiple_text(Fraction(others[0])), limit=amount, basis=self.words.grade(clause)
                    )
                    texts[text.rstrip()] = None
        yield from texts

    def formula(self, name: str) -> str:
        """The formula of a figure with its numbers; empty where one of them cannot be printed exactly."""
        expr, scope = cast(Term, self.policy.names[name]).expr, self.assessment.outcomes.scope
        figure = scope[name]
        while (inner := self.resolved(expr, scope)) is not None:
            expr = inner
        text = _formula(expr, lambda used: self.printed(used, scope), top=True) or ""
        if self.words.lang == "zh":  # full-width brackets need no space
            text = text.replace(" (", "（").replace("(", "（").replace(") ", "）").replace(")", "）")
        return text if value(expr, scope) == figure else ""

    def resolved(self, expr: Expr, scope: Scope) -> Expr | None:
        """The expression of a named term, or the value of the case that holds; None for any other expression."""
        if isinstance(expr, Name) and isinstance(term := self.policy.names[expr.name], Term) and not term.of_member:
            return term.expr
        if isinstance(expr, Choose):
            return next((result for when, result in expr.cases if value(when, scope) is True), expr.otherwise)
        return None

    def printed(self, name: str, scope: Scope) -> str | None:
        """The number of a name; None where it cannot be printed exactly."""
        number = scope[name]
        if isinstance(number, bool) or not isinstance(number, int | Fraction):
            return None
        text = number_text(number, places(self.policy, self.words.unit(name)))
        return text if Fraction(text.replace(",", "")) == number else None


@per_policy
def _subtracted(policy: Policy) -> frozenset[str]:
    """The shown figures that are subtracted in another term."""
    terms = (policy.names[name] for name in policy.order)
    parts = (part for term in terms if isinstance(term, Term) for part in walk(term.expr))
    names = {part.part.name for part in parts if isinstance(part, Negate) and isinstance(part.part, Name)}
    return frozenset(names & set(policy.show))


def _is_name(expr: Expr, name: str) -> bool:
    return isinstance(expr, Name) and expr.name == name


def _formula(expr: Expr, printed: Callable[[str], str | None], *, top: bool = False) -> str | None:
    """Arithmetic with numbers in place of names; None for any other expression, and for a lone number at the `top`."""
    match expr:
        case Name(name):
            return None if top else printed(name)
        case Constant(number) if not isinstance(number, bool) and not top:
            return multiple_text(Fraction(number)) if Fraction(number).denominator == 1 else None
        case Add(parts):
            first, *others = parts
            texts = [_formula(first, printed)]
            for part in others:
                sign, inner = ("-", part.part) if isinstance(part, Negate) else ("+", part)
                text = _bracketed(inner, printed)
                texts.append(None if text is None else f" {sign} {text}")
            return None if None in texts else "".join(cast(list[str], texts))
        case Multiply(parts):
            factors = [_bracketed(part, printed) for part in parts]
            return None if None in factors else " × ".join(cast(list[str], factors))
        case Divide(over, by):
            dividend, divisor = _bracketed(over, printed, is_dividend=True), _bracketed(by, printed)
            return None if dividend is None or divisor is None else f"{dividend} ÷ {divisor}"
        case _:
            return None


def _bracketed(expr: Expr, printed: Callable[[str], str | None], *, is_dividend: bool = False) -> str | None:
    """An operand, in brackets where it is computed; a product or quotient as the dividend needs none."""
    text = _formula(expr, printed)
    is_bare = isinstance(expr, Name | Constant) or (is_dividend and isinstance(expr, Divide | Multiply))
    return text if is_bare or text is None else f"({text})"
