"""Lint of a policy's rules: unused names, shares above 1, repeated conditions, and comparisons that are constant."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import prod
from typing import cast

from hardship_rules.core.expr import (
    Add,
    AllOf,
    AnyOf,
    Choose,
    Clause,
    Compare,
    Constant,
    Expr,
    Multiply,
    Name,
    Negate,
    OneOf,
    names_in,
    parts_of,
    walk,
)
from hardship_rules.core.interval import Number, Truth, add, high, low, multiply
from hardship_rules.core.kinds import PURE, Value
from hardship_rules.core.policy import Definition, Parameter, Policy, exprs_of, names_behind
from hardship_rules.core.problem import KeyPath, Location, Problem
from hardship_rules.core.units import unit_of
from hardship_rules.engine.evaluate import Scope, lowered
from hardship_rules.engine.interval import Run
from hardship_rules.engine.program import CLAUSE, IntKind
from hardship_rules.explanation.wording import exact_text
from hardship_rules.language.shape import number_of

_PERCENTAGE = re.compile(r"(?:([0-9]+(?:\.[0-9]+)?) *[%％]|百分之([0-9]+(?:\.[0-9]+)?))")
_MANY_TIMES = 10  # a number so many times a percentage of the same parameter is not a share

SHARES = ("share_above_one", "percent_missing")
"""The codes about values that are shares."""


def warning(code: str, at: Location, path: KeyPath, given: str, **values: str) -> Problem:
    """A warning at a place of the policy's text; `given` is what its author wrote there."""
    return Problem(code, path, given, values, "warning", at)


def _path(clause: Clause) -> KeyPath:
    return tuple(clause.id.split("."))


def rule_warnings(policy: Policy, base: Policy | None) -> Iterator[Problem]:
    """The warnings about the rules of a policy; `base` is what it extends."""
    yield from _unused(policy)
    yield from _shares(policy, base)
    yield from _repeated(policy)
    yield from _constant(policy)


# --- Names that nothing uses -------------------------------------------------------------------------------------


def _unused(policy: Policy) -> Iterator[Problem]:
    """Facts, parameters, readings and terms that change no decision, shown figure, `must` or property.

    A fact that names a member in explanations is used, and so is a reading that says what facts mean (`affects`).
    """
    if not policy.decisions:
        return
    stated = policy.properties.values()
    conditions = [*policy.must, *(rule.when for rule in stated if rule.when is not None)]
    used = names_behind(
        policy,
        *policy.decisions,
        *policy.show,
        *policy.members.called_by,
        *(reading.name for reading in policy.readings.values() if reading.affects),
        *(fact for rule in stated for fact in rule.facts),
        *(name for condition in conditions for name in names_in(condition)),
    )
    sections: tuple[tuple[KeyPath, Mapping[str, Definition]], ...] = (
        (("household",), policy.facts),
        (("members", "facts"), policy.members.facts),
        (("parameters",), policy.parameters),
        (("readings",), policy.readings),
        (("terms",), policy.terms),
    )
    for section, definitions in sections:
        for name, definition in definitions.items():
            if name not in used:
                yield warning("name_unused", definition.at, (*section, name), name, title=definition.title)


# --- Shares ------------------------------------------------------------------------------------------------------


def _shares(policy: Policy, base: Policy | None) -> Iterator[Problem]:
    """Shares above 1, and percentages without their sign; each place once."""
    found = [*_parameters_as_shares(policy, base), *_factors_as_shares(policy)]
    yield from {problem.location: problem for problem in reversed(found)}.values()


def _parameters_as_shares(policy: Policy, base: Policy | None) -> Iterator[Problem]:
    """Values of parameters: above 1 in a share, or a percentage without its sign.

    A share is a pure number that is usually at most 1, or that some line subtracts from 1. A number is a percentage
    where the title says so, or where other values of the parameter have the sign and are far smaller.
    """
    complements = {name for _, expr in _exprs(policy) for name in _subtracted_from_one(expr)}
    written, before = _written(policy), {} if base is None else _written(base)
    for name, parameter in policy.parameters.items():
        texts = written.get(name, {})
        values = (*before.get(name, {}).values(), *texts.values())
        percentages = [number for text in values if text.endswith("%") and (number := number_of(text)) is not None]
        usual = None if parameter.usual is None else parameter.usual.high
        is_share = name in complements or (usual is not None and 0 < usual <= 1)
        for key, number in parameter.values.items():
            if number is None or parameter.kind.unit != PURE:
                continue
            words = tuple(map(str, key))
            at, path, text = parameter.places[key], ("parameters", name, *words), texts[words]
            is_percentage = (
                number in _percentages(parameter.title)
                or (is_share and 1 < number <= 100)
                or (number > 1 and bool(percentages) and number >= _MANY_TIMES * max(percentages))
            )
            if is_percentage and not text.endswith("%"):
                yield warning("percent_missing", at, path, text, title=parameter.title)
            elif is_share and number > 1:
                yield warning("share_above_one", at, path, text, title=parameter.title)


def _subtracted_from_one(expr: Expr) -> Iterator[str]:
    """The names that a line uses as in `1 - share`."""
    for part in walk(expr):
        if isinstance(part, Add) and any(isinstance(other, Constant) and other.value == 1 for other in part.parts):
            for other in part.parts:
                if isinstance(other, Negate) and isinstance(other.part, Name):
                    yield other.part.name


def _written(policy: Policy) -> dict[str, dict[tuple[str, ...], str]]:
    """The text of each value of each parameter; `3 and more` is the key 3."""

    def texts(node: object, key: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        if isinstance(node, Mapping):
            for word, inner in node.items():
                number = word.removesuffix(" and more")
                yield from texts(inner, (*key, str(int(number)) if number.isdecimal() else word))
        elif isinstance(node, str):
            yield key, node

    parameters = json.loads(policy.resolved).get("parameters", {})
    return {name: dict(texts(node.get("values", node.get("value")), ())) for name, node in parameters.items()}


def _percentages(words: str) -> set[Fraction]:
    """The numbers before a percent sign, such as 80 in “80%”."""
    return {Fraction(first or second) for first, second in _PERCENTAGE.findall(words)}


def _factors_as_shares(policy: Policy) -> Iterator[Problem]:
    """Factors of amounts that are the number of a percentage in the words beside them, such as 80 beside “80%”."""
    lines: list[tuple[KeyPath, tuple[str, ...], Expr]] = [
        (("terms", name), (term.title,), term.expr) for name, term in policy.terms.items()
    ]
    lines += [
        (_path(part), (part.title, part.if_not), part.when)
        for _, expr in _exprs(policy)
        for part in walk(expr)
        if isinstance(part, Clause) and part.line
    ]
    for path, words, expr in lines:
        title = next(filter(_percentages, words), "")
        named = _percentages(title) - {Fraction(100)}  # 100 also turns a share into a percentage
        factors = dict(_factors(policy, expr)) if named else {}
        for number, at in factors.items():
            if number in named and number / 100 not in factors:
                yield warning("percent_missing", at, path, exact_text(number), title=title)


def _factors(policy: Policy, expr: Expr) -> Iterator[tuple[Fraction, Location]]:
    """The pure numbers that multiply an amount with a unit, each with its place."""
    for product in walk(expr):
        if isinstance(product, Multiply) and unit_of(product, policy) not in (None, PURE):
            for part in product.parts:
                if isinstance(part, Constant):
                    yield Fraction(part.value), part.at
                elif isinstance(part, Name) and isinstance(parameter := policy.names.get(part.name), Parameter):
                    number = parameter.values.get(())
                    if number is not None and parameter.kind.unit == PURE:
                        yield Fraction(number), parameter.places[()]


# --- Repeated conditions -----------------------------------------------------------------------------------------


def _exprs(policy: Policy) -> Iterator[tuple[str, Expr]]:
    """The expressions of a policy, each with the name of what it belongs to, after those that this uses."""
    yield from ((clause.id, clause) for clause in policy.must)
    for name in (*policy.fact_order, *policy.order):
        yield from ((name, expr) for expr in exprs_of(policy.names[name]))
    yield from ((stated.name, stated.when) for stated in policy.properties.values() if stated.when is not None)


def _repeated(policy: Policy) -> Iterator[Problem]:
    """Equal conditions beside one another in an `all` or `any`, and cases that come after a case like them."""
    for are_cases, clauses in _side_by_side(policy):
        code = "case_repeated" if are_cases else "clause_repeated"
        first: dict[object, Clause] = {}
        for clause in clauses:
            meaning = _meaning(policy, lowered(policy).quotient(clause).step)
            before = first.setdefault(meaning, clause)
            if meaning is not None and before is not clause:
                given = clause.id if are_cases else clause.line or clause.id
                values = {"other": before.id, "line": str(before.at.line)}
                yield warning(code, clause.at, _path(clause), given, **values)


def _side_by_side(policy: Policy) -> Iterator[tuple[bool, Sequence[Clause]]]:
    """Conditions that have to differ, with whether they are cases of a decision or a `choose`."""
    yield False, policy.must
    for decision in policy.decisions.values():
        if not decision.every:
            yield True, [cast(Clause, outcome.when) for outcome in decision.outcomes]
    for _, expr in _exprs(policy):
        for part in walk(expr):
            if isinstance(part, AllOf | AnyOf):
                yield False, part.clauses
            elif isinstance(part, Choose):
                yield True, [cast(Clause, when) for when, _ in part.cases]


def _meaning(policy: Policy, step: int) -> object:
    """A key that is equal for conditions that say the same; None for a constant."""
    found = lowered(policy).lowering.build.steps[step]
    if found.op == "name" and str(found.data).startswith(CLAUSE):
        return _meaning(policy, found.args[0])
    if found.op in ("and", "or"):
        parts = frozenset(_meaning(policy, part) for part in found.args)
        return next(iter(parts)) if len(parts) == 1 else (found.op, parts)
    if found.op == "not":
        return (found.op, _meaning(policy, found.args[0]))
    if found.op == "eq":
        return (found.op, frozenset(found.args))
    return None if found.op == "const" else step


# --- Comparisons that are true, or false, for every household ----------------------------------------------------


def _constant(policy: Policy) -> Iterator[Problem]:
    """Comparisons that are true for every household, or false for every one, under any readings.

    A comparison without facts is a switch, and so is one with a parameter that is zero. A clause that was reported
    counts as unknown in the rest of the policy, so that only the cause is reported.
    """
    facts = {"on", *policy.facts, *policy.members.facts}
    switches = {name for name, parameter in policy.parameters.items() if 0 in parameter.values.values()}
    steps = lowered(policy)
    reported: dict[int, Value] = {}
    scope = steps.any_household(chosen=False)
    for name, expr in _exprs(policy):
        for clause, line in _comparisons(expr, None):
            behind = names_behind(policy, *names_in(line))
            step = None if clause is None else steps.quotient(clause).step
            holds = _holds(scope, line) if step not in reported and behind & facts and not behind & switches else None
            if holds is not None:
                path = _path(clause) if clause else (name,)
                given = clause.line if clause and clause.line else name
                yield warning("comparison_true" if holds else "comparison_false", line.at, path, given)
                if step is not None:
                    reported[step] = None
                    scope = steps.any_household(chosen=False, fixed=reported)


def _comparisons(expr: Expr, clause: Clause | None) -> Iterator[tuple[Clause | None, Compare | OneOf]]:
    """The comparisons in an expression, each with the clause around it, after those inside it."""
    inside = expr if isinstance(expr, Clause) else clause
    for part in parts_of(expr):
        yield from _comparisons(part, inside)
    if isinstance(expr, Compare | OneOf):
        yield clause, expr


def _holds(scope: Scope, line: Compare | OneOf) -> Truth:
    """Whether a comparison is true for every household, or false for every one; None if it depends on the facts.

    A number that is on both sides counts once: by ranges alone, a part could be above 120 % of the whole.
    """
    run, step = scope.run, scope.lowered.quotient(line).step
    holds = cast(Truth, run.value(step, 0))
    found = run.steps[step]
    is_negated = found.op == "not"
    if is_negated:
        found = run.steps[found.args[0]]
    if holds is not None or found.op not in ("lt", "eq") or not isinstance(run.steps[found.args[0]].kind, IntKind):
        return holds
    left, right = found.args
    difference = _sum(run, right, 1)
    difference.subtract(_sum(run, left, 1))
    parts = (multiply(1 if part == _ONE else cast(Number, run.value(part, 0)), n) for part, n in difference.items())
    total = reduce(add, parts, cast(Number, 0))
    if found.op == "lt":
        holds = True if low(total) > 0 else False if high(total) <= 0 else None
    else:
        holds = False if low(total) > 0 or high(total) < 0 else None
    return None if holds is None else holds is not is_negated


_ONE = -1  # in place of a step: the constant of a sum


def _sum(run: Run, step: int, times: int) -> Counter[int]:
    """A number as the sum of steps, each with its factor."""
    number, found = run.value(step, 0), run.steps[step]
    if isinstance(number, int):
        return Counter({_ONE: number * times})
    if found.op == "add":
        parts = Counter[int]()
        for part in found.args:
            parts.update(_sum(run, part, times))
        return parts
    if found.op == "mul":
        known = [value for part in found.args if isinstance(value := run.value(part, 0), int)]
        if len(known) == len(found.args) - 1:
            (open_,) = (part for part in found.args if not isinstance(run.value(part, 0), int))
            return _sum(run, open_, times * prod(known))
    return Counter({step: times})
