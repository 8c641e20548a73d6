"""The grammar of a line: from its text to an expression, or to a problem at its column."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Literal, NoReturn, cast

from attrs import define

from hardship_rules.core.expr import (
    Add,
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
    OverMembers,
    Round,
)
from hardship_rules.core.interval import Direction, Exact
from hardship_rules.core.problem import Location, Problem, nearest
from hardship_rules.language.source import Scalar, misplaced

LONGEST = 1000  # characters of a line
DIGITS = 30  # of a number
_DEEPEST = 32  # nested brackets

_LETTER = r"A-Za-z_\u3400-\u4dbf\u4e00-\u9fff"
NAME = re.compile(rf"[{_LETTER}][{_LETTER}0-9]*")
_TOKEN = re.compile(
    rf"[ \n]*(?:(?P<number>[0-9][0-9A-Za-z_.]*)|(?P<name>{NAME.pattern})|(?P<sign><=|>=|==|!=|[-+*/<>(),%]))"
)
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")

_OVER_MEMBERS = ("sum", "count", "some", "each")
_EXTREMES = ("min", "max")
_ROUNDINGS: dict[str, Direction] = {"round_down": "down", "round_half_up": "half_up", "round_up": "up"}
_ELAPSED: dict[str, Literal["year", "month"]] = {"full_years": "year", "full_months": "month"}
_FUNCTIONS = (*_OVER_MEMBERS, *_EXTREMES, *_ROUNDINGS, *_ELAPSED)
_WORDS = ("true", "false", "not", "in", "where", "and", "or")
RESERVED = frozenset({*_FUNCTIONS, *_WORDS, "on", "policy", "reference", "members", "label"})
_SIGNS = {"×": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "、": ","}
_COMPARISONS = ("<", "<=", "==", "!=", ">=", ">")


def exact_number(text: str) -> Exact | None:
    """The number of a text of digits with an optional minus and decimal point; None for other texts."""
    digits = text.removeprefix("-")
    if NUMBER.fullmatch(digits) is None or has_too_many_digits(digits):
        return None
    number = Fraction(digits) if "." in digits else int(digits)
    value: Exact = number.numerator if number.denominator == 1 else number
    return -value if text.startswith("-") else value


def has_too_many_digits(text: str) -> bool:
    """Whether a number as written has more digits than are allowed."""
    return len(text) > DIGITS and sum(character.isdecimal() for character in text) > DIGITS


def parse_line(scalar: Scalar) -> Expr | Problem:
    """The expression of a line, or its first problem."""
    try:
        return _Parser(scalar).line()
    except _SyntaxProblem as error:
        return error.problem


class _SyntaxProblem(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@define  # a long text has hundreds of thousands
class _Token:
    kind: str  # number, name, sign or end
    text: str
    start: int


class _Parser:
    """A recursive descent parser for one line."""

    def __init__(self, scalar: Scalar) -> None:
        self.scalar = scalar
        self.depth = 0
        if len(scalar.text) > LONGEST:
            self.refuse("line_too_long", 0, most=str(LONGEST))
        self.tokens = self.split(scalar.text)
        self.next = 0

    def refuse(self, code: str, start: int, given: str = "", **values: str) -> NoReturn:
        raise _SyntaxProblem(Problem(code, location=self.scalar.place(start), given=given, values=values))

    def split(self, text: str) -> list[_Token]:
        tokens, index, end = [], 0, len(text.rstrip(" \n"))
        while index < end:
            match = _TOKEN.match(text, index)
            if match is None:
                index += len(text[index:]) - len(text[index:].lstrip(" \n"))
                self.unexpected_character(text, index)
            kind = cast(str, match.lastgroup)
            word = match[kind]
            tokens.append(_Token(kind, word, match.end() - len(word)))
            index = match.end()
        return [*tokens, _Token("end", "", len(text))]

    def unexpected_character(self, text: str, index: int) -> NoReturn:
        character = text[index]
        if problem := misplaced(character, lambda _: self.scalar.place(index)):
            raise _SyntaxProblem(problem)
        if meant := _SIGNS.get(character):
            self.refuse("line_sign", index, given=character, meant=meant)
        if character == "#":
            self.refuse("space_before_comment", index)
        if character == "=":
            self.refuse("single_equals", index)
        self.refuse("line_character", index, given=character)

    # Reading tokens

    def peek(self) -> _Token:
        """The next token."""
        return self.tokens[self.next]

    def take(self, *texts: str) -> _Token | None:
        """Consume the next token if it is one of these names or signs."""
        token = self.peek()
        if token.kind != "number" and token.text in texts:
            self.next += 1
            return token
        return None

    def expect(self, text: str) -> None:
        """Consume a name or sign, which must come next."""
        if self.take(text) is None:
            self.unexpected(text)

    def unexpected(self, expected: str) -> NoReturn:
        """Refuse the next token; `expected` is a sign, or `name`, `value` or `end`."""
        token = self.peek()
        if token.kind == "end":
            self.refuse("line_ends", token.start, given=self.scalar.text)
        if token.text in ("and", "or"):
            self.refuse("and_or", token.start, given=token.text)
        previous = self.tokens[self.next - 1] if self.next else None
        if token.text == "," and previous is not None and previous.kind == "number" and not self.depth:
            self.refuse("comma_in_number", token.start, given=self.scalar.text)
        code = {"name": "name_expected", "value": "value_expected", "end": "line_goes_on"}.get(expected)
        if code is None:
            self.refuse("sign_expected", token.start, given=token.text, expected=expected)
        self.refuse(code, token.start, given=token.text)

    def place(self, token: _Token) -> Location:
        return self.scalar.place(token.start)

    # The grammar, from the outside in

    def line(self) -> Expr:
        expr = self.condition_or_value()
        token = self.peek()
        if token.kind != "end":
            if token.text in _COMPARISONS:
                self.refuse("second_comparison", token.start, given=token.text)
            self.unexpected("end")
        return expr

    def condition_or_value(self) -> Expr:
        start = self.peek()
        if self.take("not"):
            name = self.peek()
            if name.kind != "name" or name.text in RESERVED:
                self.unexpected("name")
            return Not(self.atom(), self.place(start))
        left = self.value()
        if token := self.take("in"):
            return OneOf(left, self.options(), self.place(token))
        if token := self.take(*_COMPARISONS):
            return Compare(left, cast(Literal["<"], token.text), self.value(), self.place(token))
        return left

    def options(self) -> tuple[Name, ...]:
        self.expect("(")
        names = [self.name()]
        while self.take(","):
            names.append(self.name())
        self.expect(")")
        return tuple(names)

    def name(self) -> Name:
        token = self.peek()
        if token.kind != "name" or token.text in RESERVED:
            self.unexpected("name")
        self.next += 1
        return Name(token.text, self.place(token))

    def value(self) -> Expr:
        start = self.peek()
        parts = [self.product()]
        while sign := self.take("+", "-"):
            part = self.product()
            parts.append(part if sign.text == "+" else Negate(part, self.place(sign)))
        return parts[0] if len(parts) == 1 else Add(tuple(parts), self.place(start))

    def product(self) -> Expr:
        start = self.peek()
        factors: list[Expr] = [self.signed()]
        divisors: list[Expr] = []
        while sign := self.take("*", "/"):
            (factors if sign.text == "*" else divisors).append(self.signed())
        if len(factors) == 1 and not divisors:
            return factors[0]
        place = self.place(start)
        dividend = factors[0] if len(factors) == 1 else Multiply(tuple(factors), place)
        if not divisors:
            return dividend
        divisor = divisors[0] if len(divisors) == 1 else Multiply(tuple(divisors), divisors[0].at)
        return Divide(dividend, divisor, place)

    def signed(self) -> Expr:
        start = self.peek()
        signs = 0
        while self.take("-"):
            signs += 1
        part = self.atom()
        if not signs:
            return part
        place = self.place(start)
        if isinstance(part, Constant) and not isinstance(part.value, bool):
            return Constant(-part.value if signs % 2 else part.value, place)
        negative = Negate(part, place)  # kept where two signs cancel out: what is negated has to be a number
        return negative if signs % 2 else Negate(negative, place)

    def atom(self) -> Expr:
        token = self.peek()
        place = self.place(token)
        if token.kind == "number":
            self.next += 1
            return Constant(self.number(token), place)
        if self.take("("):
            inner = self.in_brackets(self.value)
            self.expect(")")
            return inner
        if self.take("true", "false"):
            return Constant(token.text == "true", place)
        if token.kind != "name":
            self.unexpected("value")
        after = self.tokens[self.next + 1]
        if token.text in _FUNCTIONS:
            self.next += 1
            self.expect("(")
            call = self.in_brackets(lambda: self.call(token.text, place))
            self.expect(")")
            return call
        if after.text == "(":
            self.refuse(
                "unknown_function",
                token.start,
                given=token.text,
                known=", ".join(_FUNCTIONS),
                **nearest(token.text, _FUNCTIONS),
            )
        if token.text == "on":
            self.next += 1
            return Name("on", place)
        return self.name()

    def in_brackets(self, read: Callable[[], Expr]) -> Expr:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.refuse("brackets_too_deep", self.peek().start, most=str(_DEEPEST))
        inner = read()
        self.depth -= 1
        return inner

    def number(self, token: _Token) -> Exact:
        if has_too_many_digits(token.text):
            self.refuse("number_too_long", token.start, given=token.text, most=str(DIGITS))
        value = exact_number(token.text)
        if value is None:
            self.refuse("number", token.start, given=token.text)
        return Fraction(value, 100) if self.take("%") else value

    def call(self, function: str, at: Location) -> Expr:
        if function in _OVER_MEMBERS:
            return self.over_members(cast(Literal["sum"], function), at)
        if function in _EXTREMES:
            parts = [self.value()]
            while self.take(","):
                parts.append(self.value())
            return Extreme(cast(Literal["min"], function), tuple(parts), at)
        first = self.value()
        self.expect(",")
        second = self.value()
        if function in _ROUNDINGS:
            return Round(_ROUNDINGS[function], first, second, at)
        return Elapsed(_ELAPSED[function], first, second, at)

    def over_members(self, what: Literal["sum", "count", "some", "each"], at: Location) -> Expr:
        if what != "sum":
            return OverMembers(what, None, self.condition_or_value(), at)
        part = self.value()
        where = self.condition_or_value() if self.take("where") else None
        return OverMembers(what, part, where, at)
