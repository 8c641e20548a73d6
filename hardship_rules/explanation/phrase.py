"""Expressions of a policy in words, with titles instead of names."""

from collections.abc import Iterable
from fractions import Fraction
from typing import assert_never

from attrs import evolve

from hardship_rules.assessment.outcomes import decimal
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
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, Kind, NumberKind, Unit
from hardship_rules.core.policy import Fact, Parameter, Policy, Reading, Term
from hardship_rules.core.problem import Language
from hardship_rules.core.units import kind_of_name, unit_of
from hardship_rules.locale import sentences

WORDS: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping({"zh": FrozenMapping(sentences("phrase"))})


def phrase(policy: Policy, expr: Expr, kind: Kind | None = None, *, lang: Language = "zh") -> str:
    """An expression in words.

    `kind` is the kind of its value: it gives an option its title and a number its unit.
    """
    return _Phrase(policy, WORDS[lang]).words(expr, kind)


def case_texts(policy: Policy, choose: Choose, kind: Kind, *, lang: Language = "zh") -> tuple[str, ...]:
    """The cases of a `choose` in words, each with its value, and last the `otherwise`."""
    return _Phrase(policy, WORDS[lang]).cases(choose, kind)


def default_text(policy: Policy, fact: Fact, *, lang: Language = "zh") -> str:
    """The default of a fact (its `if absent`) in words; empty where it has none."""
    expr, say = fact.if_absent, WORDS[lang]
    if expr is None:
        return ""
    if isinstance(expr, Choose):
        if isinstance(expr.otherwise, Name) and expr.otherwise.name == fact.name:
            expr = evolve(expr, otherwise=None)  # a fact that defaults to itself stays unknown
        return say["cases"].join(case_texts(policy, expr, fact.kind, lang=lang))
    words = phrase(policy, expr, fact.kind, lang=lang)
    return say["default_number" if words[0].isdigit() else "default"].format(words=words)


def combination(expr: Expr, *, lang: Language = "zh") -> tuple[str, tuple[Clause, ...]] | None:
    """The combination of an `all` or `any`, perhaps negated, in words, with its clauses; else None."""
    negated = False
    while isinstance(expr, Not):
        expr, negated = expr.part, not negated
    if not isinstance(expr, AllOf | AnyOf):
        return None
    words = "all_of" if isinstance(expr, AllOf) else "any_of"
    return WORDS[lang][f"not_{words}" if negated else words], expr.clauses


def amount(policy: Policy, number: Exact | None, unit: Unit, *, full: bool = True, lang: Language = "zh") -> str:
    """A number of a policy with its unit: 787 元/月/人; without `full` 787 元; a pure share in percent: 80%.

    None is a number that is not published.
    """
    if number is None:
        return WORDS[lang]["not_published"]
    if not unit and number < 1 and (number * 100) % 1 == 0 and number > 0:
        return f"{_exact_decimals(number * 100)}%"
    over = "·".join(policy.units[base] for base, power in unit for _ in range(power))
    under = "".join(f"/{policy.units[base]}" for base, power in unit for _ in range(-power)) if full else ""
    return f"{_exact_decimals(number)} {over}{under}".rstrip()


def _exact_decimals(number: Exact) -> str:
    """A number with its exact decimals, without trailing zeros."""
    exact, places = Fraction(number), 0
    while (exact * 10**places).denominator != 1:
        places += 1
    return f"{decimal(exact, places):,f}"


_LOOSE, _SUM, _PRODUCT, _TIGHT = range(4)  # precedence of operators, from the loosest to the tightest


def _precedence(expr: Expr) -> int:
    """The precedence of an expression's words beside + - × ÷."""
    match expr:
        case Name() | Constant() | Option():
            return _TIGHT
        case Multiply() | Divide():
            return _PRODUCT
        case Add() | Negate():
            return _SUM
        case _:
            return _LOOSE


def _unit(kind: Kind | None) -> Unit:
    return (kind.unit or ()) if isinstance(kind, NumberKind) else ()


class _Phrase:
    """Puts the expressions of one policy into words of one language."""

    def __init__(self, policy: Policy, say: FrozenMapping[str, str]) -> None:
        self.policy = policy
        self.say = say

    def words(self, expr: Expr, kind: Kind | None = None) -> str:
        say = self.say
        match expr:
            case Name():
                return self.name(expr)
            case Clause():
                return self.words(expr.when, kind)
            case Compare():
                return self.compare(expr)
            case Option():
                title = kind.options.get(expr.option, expr.option) if isinstance(kind, ChoiceKind) else expr.option
                return say["quoted"].format(words=title)
            case AllOf():
                return say["all"].join(self.clause(clause) for clause in expr.clauses)
            case AnyOf():
                return say["any"].join(self.clause(clause) for clause in expr.clauses)
            case Constant():
                if isinstance(expr.value, bool):
                    return say["true" if expr.value else "false"]
                return amount(self.policy, expr.value, _unit(kind), full=False)
            case Not():
                return self.negation(expr.part)
            case Add():
                total = self.operand(expr.parts[0], _SUM)
                for part in expr.parts[1:]:
                    if isinstance(part, Negate):
                        total = say["subtract"].format(words=total, part=self.operand(part.part, _PRODUCT))
                    else:
                        total = say["add"].format(words=total, part=self.operand(part, _PRODUCT))
                return total
            case Multiply():
                product = self.operand(expr.parts[0], _PRODUCT)
                for part in expr.parts[1:]:
                    product = say["multiply"].format(words=product, part=self.operand(part, _TIGHT))
                return product
            case Divide():
                quotient = self.operand(expr.over, _PRODUCT)
                for part in expr.by.parts if isinstance(expr.by, Multiply) else (expr.by,):
                    quotient = say["divide"].format(over=quotient, by=self.operand(part, _TIGHT))
                return quotient
            case OneOf():
                return self.one_of(expr, "one_of")
            case OverMembers():
                return self.over_members(expr, expr.what)
            case Choose():
                return say["cases"].join(self.cases(expr, kind))
            case Negate():
                return say["negate"].format(part=self.operand(expr.part, _PRODUCT))
            case Extreme():
                return self.extreme(expr)
            case Round():
                step = self.side(expr.step, expr.part)
                return say[expr.direction].format(part=self.operand(expr.part, _TIGHT), step=step)
            case Elapsed():
                return say[expr.unit].format(start=self.words(expr.start), end=self.words(expr.end))
            case _:
                assert_never(expr)

    def either(self, words: Iterable[str]) -> str:
        """Several words joined by commas, the last by `or`."""
        *most, last = words
        return self.say["or"].format(most=self.say["join"].join(most), last=last) if most else last

    def operand(self, expr: Expr, precedence: int) -> str:
        """An operand, in brackets where its precedence is lower than the operator's."""
        words = self.words(expr)
        return words if _precedence(expr) >= precedence else self.say["brackets"].format(words=words)

    def clause(self, clause: Clause) -> str:
        words = self.words(clause)
        return self.say["brackets"].format(words=words) if isinstance(clause.when, AllOf | AnyOf) else words

    def kind(self, expr: Expr) -> Kind | None:
        """The kind of one side of a comparison; None for an option and for a computed number."""
        if isinstance(expr, Name):
            return kind_of_name(self.policy, expr.name)
        is_condition = isinstance(expr, Not | Compare | OneOf | AllOf | AnyOf) or (
            isinstance(expr, OverMembers) and expr.what in ("some", "each")
        )
        return BooleanKind() if is_condition or (isinstance(expr, Constant) and isinstance(expr.value, bool)) else None

    def name(self, expr: Name) -> str:
        """The title of a name: of a boolean as a statement, of a parameter with its single value."""
        if expr.name == "on":
            return self.say["on"]
        definition = self.policy.names[expr.name]
        if isinstance(self.kind(expr), BooleanKind):
            return self.say["term" if isinstance(definition, Term) else "fact"].format(title=definition.title)
        if isinstance(definition, Parameter) and () in definition.values:
            value = amount(self.policy, definition.values[()], definition.kind.unit or (), full=False)
            return self.say["valued"].format(title=definition.title, value=value)
        return definition.title

    def choice(self, expr: Expr, kind: Kind | None) -> str:
        words = self.words(expr, kind)
        return words if isinstance(expr, Option) else self.say["quoted"].format(words=words)

    def compare(self, expr: Compare) -> str:
        left, right = (expr.right, expr.left) if isinstance(expr.left, Option) else (expr.left, expr.right)
        kind = self.kind(left) or self.kind(right)
        if isinstance(kind, ChoiceKind):
            if isinstance(left, Name) and isinstance(right, Option):
                definition = self.policy.names[left.name]
                if isinstance(definition, Reading):
                    return self.reading(definition, expr.sign, right.option)
            return self.say[f"choice{expr.sign}"].format(left=self.choice(left, kind), right=self.choice(right, kind))
        if isinstance(kind, BooleanKind | DateKind):
            template = f"{'day' if isinstance(kind, DateKind) else 'truth'}{expr.sign}"
            return self.say[template].format(left=self.words(left), right=self.words(right))
        number = self.say[f"number{expr.sign}"]
        return number.format(left=self.side(left, right), right=self.side(right, left, before=" ")).strip()

    def side(self, expr: Expr, other: Expr, before: str = "") -> str:
        """One side of a comparison of numbers; a literal takes the unit of the other side."""
        if isinstance(expr, Constant) and not isinstance(expr.value, bool):
            return before + self.words(expr, NumberKind(unit_of(other, self.policy)))
        return self.words(expr)

    def extreme(self, expr: Extreme) -> str:
        """A `min` or `max`; of one expression and one literal, the expression with its bound."""
        bounds = [part for part in expr.parts if isinstance(part, Constant)]
        others = [part for part in expr.parts if not isinstance(part, Constant)]
        if len(bounds) == len(others) == 1:
            template = self.say["at_least" if expr.which == "max" else "at_most"]
            return template.format(part=self.operand(others[0], _LOOSE), bound=self.side(bounds[0], others[0]))
        return self.say[expr.which].format(parts=self.say["join"].join(map(self.words, expr.parts)))

    def reading(self, reading: Reading, sign: str, option: str) -> str:
        quoted = self.say["quoted"].format(words=reading.kind.options[option])
        words = self.say[f"reading{sign}"].format(title=reading.title, option=quoted)
        if reading.chosen == option:
            return self.say["chosen"].format(words=words)
        return self.say["not_chosen"].format(words=words, chosen=reading.kind.options[reading.chosen])

    def one_of(self, expr: OneOf, template: str) -> str:
        kind = self.kind(expr.part)
        options = self.either(self.words(option, kind) for option in expr.options)
        return self.say[template].format(part=self.choice(expr.part, kind), options=options)

    def negation(self, part: Expr) -> str:
        match part:
            case Name(name):
                definition = self.policy.names[name]
                template = "not_term" if isinstance(definition, Term) else "not_fact"
                return self.say[template].format(title=definition.title)
            case OneOf():
                return self.one_of(part, "not_one_of")
            case OverMembers(what="some" | "each"):
                return self.over_members(part, f"not_{part.what}")
            case _:
                return self.say["not"].format(words=self.words(part))

    def over_members(self, expr: OverMembers, template: str) -> str:
        words = {}
        if expr.part is not None:
            words["part"] = self.operand(expr.part, _TIGHT)
        if expr.where is not None:
            words["where"] = self.words(expr.where)
            if expr.what in ("sum", "count"):
                template = f"{template}_where"
                if isinstance(expr.where, Name) and expr.where.name in self.policy.terms:
                    title = self.policy.names[expr.where.name].title
                    words["where"] = self.say["where_term"].format(title=title)
        return self.say[template].format(**words)

    def value(self, expr: Expr, kind: Kind | None) -> str:
        """The value of a case: a literal number with the unit of the choice, an option by its title."""
        if isinstance(expr, Constant) and not isinstance(expr.value, bool):
            return " " + self.words(expr, kind)
        return self.choice(expr, kind) if isinstance(kind, ChoiceKind) else self.words(expr, kind)

    def cases(self, expr: Choose, kind: Kind | None) -> tuple[str, ...]:
        cases = [
            self.say["case"].format(when=self.words(when), value=self.value(value, kind)) for when, value in expr.cases
        ]
        if expr.otherwise is None:
            return (*cases, self.say["unknown"])
        return (*cases, self.say["otherwise"].format(value=self.value(expr.otherwise, kind)))
