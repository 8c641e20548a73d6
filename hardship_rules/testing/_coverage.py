"""The clauses, outcomes and thresholds of a policy that worked cases exercise, and those that they do not."""

from collections.abc import Iterable, Iterator
from typing import Literal, cast

from attrs import field, frozen

from hardship_rules.assessment.assessment import Assessment, assess
from hardship_rules.core.expr import (
    AllOf,
    AnyOf,
    Choose,
    Clause,
    Compare,
    Constant,
    Expr,
    Name,
    Not,
    Option,
    OverMembers,
    parts_of,
)
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.kinds import ChoiceKind, DateKind, NumberKind, YesNoKind
from hardship_rules.core.policy import Decision, Fact, Policy, Term, per_policy
from hardship_rules.core.problem import FactError, Language, Location
from hardship_rules.core.units import kind_of_name
from hardship_rules.engine.evaluate import Meaning, Scope, evaluate, meaning, meanings, nothing_known, value
from hardship_rules.explanation.phrase import phrase
from hardship_rules.testing.cases import Case

What = Literal["outcome", "clause", "option", "threshold"]
YES, NO = "yes", "no"
BELOW, AT, ABOVE = "below", "at", "above"
_SIGNS: tuple[tuple[str, Literal["<", "==", ">"]], ...] = ((BELOW, "<"), (AT, "=="), (ABOVE, ">"))
_NOWHERE = Location("", 1, 1)
_OF_SOME_MEMBER = None  # a step on the way to an expression: from here on it is about a member

_Way = tuple[Expr | None, ...]
"""What must hold for an expression to be looked at, outermost first."""


@frozen
class Item:
    """Something that a household exercises when `when` certainly holds of it.

    `id` is that of the outcome (`category.deep`), clause or fact, or of the clause or definition that a comparison
    stands in; `side` is yes or no for a clause and a yes-or-no fact, an option, or below, at or above. `line` is the
    text of a clause, `at` where it stands, and `expr` what is so, of the household or of a member.
    """

    what: What
    id: str
    side: str
    title: str
    line: str
    at: Location
    expr: Expr = field(eq=False, repr=False)
    when: Expr = field(eq=False, repr=False)


@frozen
class Coverage:
    """What the cases of one policy exercise. `confirmed` are the items that some confirmed case exercises.

    `unconfirmed` are those that only unconfirmed cases do, `unreachable` those that no household can; the rest is
    `missing`.
    """

    policy: Policy
    confirmed: tuple[Item, ...]
    unconfirmed: tuple[Item, ...]
    unreachable: tuple[Item, ...]
    missing: tuple[Item, ...]


def coverage(cases: Iterable[Case]) -> tuple[Coverage, ...]:
    """The coverage of each policy that some of the cases are for; a policy under other readings is the same policy."""
    seen: dict[str, tuple[Policy, set[Item], set[Item]]] = {}
    for case in cases:
        _, confirmed, others = seen.setdefault(case.base.fingerprint, (case.base, set(), set()))
        try:
            found = exercised(assess(case.policy, case.household, case.on))
        except FactError:  # a case of what is refused is of no household
            continue
        (confirmed if case.confirmed else others).update(found)
    return tuple(_coverage(policy, confirmed, others) for policy, confirmed, others in seen.values())


def _coverage(policy: Policy, confirmed: set[Item], others: set[Item]) -> Coverage:
    every = items(policy)
    left = [item for item in every if item not in confirmed]
    unknown = nothing_known(policy)
    evaluate(policy, unknown)
    never = {item for item in left if value(item.when, unknown) is False}
    return Coverage(
        policy,
        confirmed=tuple(item for item in every if item in confirmed),
        unconfirmed=tuple(item for item in left if item in others),
        unreachable=tuple(item for item in left if item in never),
        missing=tuple(item for item in left if item not in others and item not in never),
    )


def exercised(assessment: Assessment) -> frozenset[Item]:
    """What a household exercises."""
    return frozenset(item for item in items(assessment.policy) if exercises(assessment, item))


def exercises(assessment: Assessment, item: Item) -> bool:
    """Whether a household exercises an item of its policy."""
    return _meaning(assessment.policy, item)(_scope(assessment)) is True


@per_policy
def _meaning(policy: Policy, item: Item) -> Meaning:
    return meaning(item.when, meanings(policy), policy.constants)


def _scope(assessment: Assessment) -> Scope:
    """The household with everything worked out."""
    category = assessment.policy.category
    return assessment.trace(f"{category.name}.{category.outcomes[0].id}").scope


@per_policy
def items(policy: Policy) -> tuple[Item, ...]:
    """Everything that the cases of a policy can exercise, in its order."""
    return tuple(dict.fromkeys(_items(policy)))


def _items(policy: Policy) -> Iterator[Item]:
    for decision in policy.decisions.values():
        yield from _outcomes(decision)
    for facts, way in ((policy.facts, ()), (policy.members.facts, (_OF_SOME_MEMBER,))):
        for fact in facts.values():
            yield from _options(fact, way)
    for term in policy.terms.values():
        yield from _inside(policy, term.expr, (_OF_SOME_MEMBER,) if term.of_member else (), term)
    for decision in policy.decisions.values():
        before: _Way = ()
        for outcome in decision.outcomes:
            when = cast(Clause, outcome.when)
            yield from _inside(policy, when, before, decision)
            if not decision.every:  # those after an outcome that holds are not reached
                before = (*before, Not(when, _NOWHERE))


def _outcomes(decision: Decision) -> Iterator[Item]:
    for outcome in decision.by_id.values():
        holds: Expr = Compare(Name(decision.name, _NOWHERE), "==", Option(outcome.id, _NOWHERE), _NOWHERE)
        when = cast(Clause, outcome.when) if decision.every else holds
        yield Item("outcome", f"{decision.name}.{outcome.id}", YES, outcome.title, "", outcome.at, when, when)


def _options(fact: Fact, way: _Way) -> Iterator[Item]:
    name = Name(fact.name, _NOWHERE)
    is_so: dict[str, Expr] = {}
    if isinstance(fact.kind, ChoiceKind):
        is_so = {each: Compare(name, "==", Option(each, _NOWHERE), _NOWHERE) for each in fact.kind.options}
    if isinstance(fact.kind, YesNoKind):
        is_so = {YES: name, NO: Not(name, _NOWHERE)}
    for option, when in is_so.items():
        yield Item("option", fact.name, option, fact.title, "", fact.at, when, _reached(way, when))


def _inside(policy: Policy, expr: Expr, way: _Way, inside: Term | Decision | Clause) -> Iterator[Item]:
    """The clauses and comparisons inside an expression, each with the way on which it is looked at."""
    if isinstance(expr, Clause):
        inside = expr
        if expr.id not in policy.switches:
            sides: tuple[tuple[str, Expr], ...] = ((YES, expr), (NO, Not(expr, _NOWHERE)))
            for side, when in sides:
                yield Item("clause", expr.id, side, expr.title, expr.line, expr.at, when, _reached(way, when))
    if isinstance(expr, Compare) and _is_number(policy, expr.left):
        id_, line = (inside.id, inside.line) if isinstance(inside, Clause) else (inside.name, "")
        for side, sign in _SIGNS:
            stands = Compare(expr.left, sign, expr.right, _NOWHERE)
            yield Item("threshold", id_, side, inside.title, line, expr.at, stands, _reached(way, stands))
    for part, steps in _parts(policy, expr):
        yield from _inside(policy, part, (*way, *steps), inside)


def _is_number(policy: Policy, side: Expr) -> bool:
    """A side of a comparison is a number or a day, no option."""
    if isinstance(side, Name):
        return isinstance(kind_of_name(policy, side.name), NumberKind | DateKind)
    return not isinstance(side, Option) and not (isinstance(side, Constant) and isinstance(side.value, bool))


def _parts(policy: Policy, expr: Expr) -> Iterator[tuple[Expr, _Way]]:
    """What stands directly inside an expression, with what must hold besides for it to be looked at."""
    match expr:
        case AllOf(clauses) | AnyOf(clauses):
            switches = [clause for clause in clauses if clause.id in policy.switches]
            for clause in clauses:  # one that a reading makes idle is not looked at
                others = [switch for switch in switches if switch is not clause]
                yield clause, tuple(_open(expr, switch) for switch in others)
        case OverMembers():
            yield from ((part, (_OF_SOME_MEMBER,)) for part in parts_of(expr))
        case Choose(cases, otherwise):
            before: _Way = ()
            for when, result in cases:
                yield when, before
                yield result, (*before, when)
                before = (*before, Not(when, _NOWHERE))
            if otherwise is not None:
                yield otherwise, before
        case _:
            yield from ((part, ()) for part in parts_of(expr))


def _open(junction: AllOf | AnyOf, switch: Clause) -> Expr:
    """The switch does not settle the clauses that it stands among."""
    return switch if isinstance(junction, AllOf) else Not(switch, _NOWHERE)


def _reached(way: _Way, expr: Expr) -> Expr:
    """The expression is looked at and holds; from where it is about a member, it does for some one."""
    held = [expr]
    for step in reversed(way):
        held = [OverMembers("some", None, _all(held), _NOWHERE)] if step is _OF_SOME_MEMBER else [step, *held]
    return _all(held)


def _all(parts: list[Expr]) -> Expr:
    if len(parts) == 1:
        return parts[0]
    return AllOf(tuple(Clause("", "", "", None, part, "", _NOWHERE) for part in parts), _NOWHERE)


_ZH = {
    "head": "{title}（{policy}）：{all} 处，算例检验了 {confirmed} 处",
    "unconfirmed": "只有未核对的算例检验：{count} 处",
    "unreachable": "已证明没有家庭能达到，不算缺：{count} 处",
    "missing": "没有算例检验：{count} 处",
    "whole": "没有缺的",
    "outcome": "结果“{title}”",
    "clause": "条款“{title}”{sides}",
    "option": "“{title}”为{sides}",
    "threshold": "“{title}”的界线：{sides}",
    "or": "、",
    "clause yes": "成立",
    "clause no": "不成立",
    "option yes": "是",
    "option no": "否",
}
_EN = {
    "head": "{title} ({policy}): {all} things to exercise, {confirmed} of them by cases",
    "unconfirmed": "only by cases that nobody has confirmed: {count}",
    "unreachable": "proved to be reached by no household, not counted as missing: {count}",
    "missing": "by no case: {count}",
    "whole": "nothing is missing",
    "outcome": "outcome “{title}”",
    "clause": "clause “{title}”: {sides}",
    "option": "“{title}”: {sides}",
    "threshold": "threshold “{title}”: {sides}",
    "or": ", ",
    "clause yes": "true",
    "clause no": "false",
    "option yes": "yes",
    "option no": "no",
}
_WORDS: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping(
    {"zh": FrozenMapping(_ZH), "en": FrozenMapping(_EN)}
)


def told(policy: Policy, item: Item, lang: Language = "zh") -> str:
    """What an item is, in words."""
    return _told(policy, [item], lang)


def coverage_text(coverage: Coverage, lang: Language = "zh") -> str:
    """The coverage of a policy as text: how much, and each thing that is not exercised with its place."""
    return "\n".join(_lines(coverage, lang)) + "\n"


def _lines(coverage: Coverage, lang: Language) -> Iterator[str]:
    policy, say = coverage.policy, _WORDS[lang]
    every = len(items(policy))
    yield say["head"].format(title=policy.title, policy=policy.name, all=every, confirmed=len(coverage.confirmed))
    for which, listed in (
        ("unreachable", coverage.unreachable),
        ("unconfirmed", coverage.unconfirmed),
        ("missing", coverage.missing),
    ):
        if listed:
            yield "  " + say[which].format(count=len(listed))
        for together in _together(listed):
            yield f"    {together[0].at}: {_told(policy, together, lang)}"
    if not coverage.missing and not coverage.unconfirmed:
        yield f"  {say['whole']}"


def _together(listed: Iterable[Item]) -> Iterable[list[Item]]:
    """The sides of one thing beside one another."""
    found: dict[tuple[object, ...], list[Item]] = {}
    for item in listed:
        found.setdefault((item.what, item.id, item.at), []).append(item)
    return found.values()


def _told(policy: Policy, sides: list[Item], lang: Language) -> str:
    say, item = _WORDS[lang], sides[0]
    named = policy.names.get(item.line)  # a clause of one name has no title of its own
    title = item.title or (item.line if named is None else named.title) or item.id
    words = say["or"].join(_side(policy, each, lang) for each in sides)
    return say[item.what].format(title=title, sides=words)


def _side(policy: Policy, item: Item, lang: Language) -> str:
    if item.what == "threshold" and lang == "zh":
        return phrase(policy, item.expr)
    if item.what == "threshold":
        return f"{item.side} in `{item.line}`"
    kind = kind_of_name(policy, item.id) if item.what == "option" else None
    if isinstance(kind, ChoiceKind):
        return kind.options[item.side]
    return "" if item.what == "outcome" else _WORDS[lang][f"{item.what} {item.side}"]


def coverage_data(coverage: Coverage) -> dict[str, object]:
    """The coverage of a policy as a program reads it."""
    return {
        "policy": coverage.policy.name,
        "title": coverage.policy.title,
        "fingerprint": coverage.policy.fingerprint,
        "all": len(items(coverage.policy)),
        "confirmed": len(coverage.confirmed),
        "unconfirmed": [_data(item) for item in coverage.unconfirmed],
        "unreachable": [_data(item) for item in coverage.unreachable],
        "missing": [_data(item) for item in coverage.missing],
    }


def _data(item: Item) -> dict[str, object]:
    return {
        "what": item.what,
        "id": item.id,
        "side": item.side,
        "title": item.title,
        "line": item.line or None,
        "at": {"file": item.at.file, "line": item.at.line, "column": item.at.column},
    }
