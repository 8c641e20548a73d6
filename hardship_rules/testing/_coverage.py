"""Coverage: the outcomes, clauses, options and thresholds of a policy that worked cases exercise, and the others."""

from collections.abc import Iterable, Iterator, Mapping
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
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.core.policy import Decision, Fact, Policy, Term, per_policy
from hardship_rules.core.problem import FactError, Language, Location
from hardship_rules.core.units import kind_of_name
from hardship_rules.engine.evaluate import any_household, value
from hardship_rules.explanation.phrase import phrase
from hardship_rules.locale import sentences
from hardship_rules.testing.cases import Case

What = Literal["outcome", "clause", "option", "threshold"]
YES, NO = "yes", "no"
BELOW, AT, ABOVE = "below", "at", "above"
_SIGNS: tuple[tuple[str, Literal["<", "==", ">"]], ...] = ((BELOW, "<"), (AT, "=="), (ABOVE, ">"))
_NOWHERE = Location("", 1, 1)

_OF_SOME_MEMBER = None
"""Among guards: the following ones, and the expression, are about one member."""

_Guards = tuple[Expr | None, ...]
"""The conditions under which an expression is reached, outermost first."""


@frozen
class Item:
    """One thing of a policy that a household exercises if `when` certainly holds for it.

    `id` names the outcome (`category.deep`), clause or fact; for a threshold, the clause or term of the comparison.
    `side` is yes or no, an option, or below, at or above. `line` is the clause's text, `at` its place in the policy.
    `expr` is the condition itself, of the household or of a member.
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
    """The items of one policy by how its cases exercise them.

    `confirmed`: by a confirmed case. `unconfirmed`: only by unconfirmed cases. `unreachable`: by no possible household.
    `missing`: by no case.
    """

    policy: Policy
    confirmed: tuple[Item, ...]
    unconfirmed: tuple[Item, ...]
    unreachable: tuple[Item, ...]
    missing: tuple[Item, ...]


def coverage(cases: Iterable[Case]) -> tuple[Coverage, ...]:
    """The coverage of each policy that the cases are about; variants by readings count for their base policy."""
    by_policy: dict[str, tuple[Policy, set[Item], set[Item]]] = {}
    for case in cases:
        _, confirmed, unconfirmed = by_policy.setdefault(case.base.fingerprint, (case.base, set(), set()))
        try:
            items_of_case = exercised(assess(case.policy, case.household, case.on))
        except FactError:  # a case that expects a refusal has no household
            continue
        (confirmed if case.confirmed else unconfirmed).update(items_of_case)
    return tuple(_coverage(*parts) for parts in by_policy.values())


def _coverage(policy: Policy, confirmed: set[Item], unconfirmed: set[Item]) -> Coverage:
    """The coverage of one policy, given the items of its confirmed and of its unconfirmed cases."""
    all_items = items(policy)
    not_confirmed = [item for item in all_items if item not in confirmed]
    unknown = any_household(policy)
    unreachable = {item for item in not_confirmed if value(item.when, unknown) is False}
    return Coverage(
        policy,
        confirmed=tuple(item for item in all_items if item in confirmed),
        unconfirmed=tuple(item for item in not_confirmed if item in unconfirmed),
        unreachable=tuple(item for item in not_confirmed if item in unreachable),
        missing=tuple(item for item in not_confirmed if item not in unconfirmed and item not in unreachable),
    )


def exercised(assessment: Assessment) -> frozenset[Item]:
    """The items that an assessed household exercises."""
    return frozenset(item for item in items(assessment.policy) if exercises(assessment, item))


def exercises(assessment: Assessment, item: Item) -> bool:
    """Whether a household exercises an item of its policy."""
    return assessment.outcomes.scope.value(item.when) is True


# --- The items of a policy ---------------------------------------------------------------------------------------


@per_policy
def items(policy: Policy) -> tuple[Item, ...]:
    """Everything that the cases of a policy can exercise, in its order."""
    return tuple(dict.fromkeys(_items(policy)))


def _items(policy: Policy) -> Iterator[Item]:
    for decision in policy.decisions.values():
        yield from _outcomes(decision)
    for facts, guards in ((policy.facts, ()), (policy.members.facts, (_OF_SOME_MEMBER,))):
        for fact in facts.values():
            yield from _options(fact, guards)
    for term in policy.terms.values():
        yield from _within(policy, term.expr, (_OF_SOME_MEMBER,) if term.of_member else (), term)
    for decision in policy.decisions.values():
        before: _Guards = ()
        for outcome in decision.outcomes:
            when = cast(Clause, outcome.when)
            yield from _within(policy, when, before, decision)
            if not decision.every:  # an outcome that holds ends the search: later ones are not reached
                before = (*before, Not(when, _NOWHERE))


def _outcomes(decision: Decision) -> Iterator[Item]:
    """An item for each outcome."""
    for outcome in decision.by_id.values():
        decided: Expr = Compare(Name(decision.name, _NOWHERE), "==", Option(outcome.id, _NOWHERE), _NOWHERE)
        when = cast(Clause, outcome.when) if decision.every else decided
        yield Item("outcome", f"{decision.name}.{outcome.id}", YES, outcome.title, "", outcome.at, when, when)


def _options(fact: Fact, guards: _Guards) -> Iterator[Item]:
    """An item for each option of a choice, and for yes and no."""
    name = Name(fact.name, _NOWHERE)
    conditions: dict[str, Expr] = {}
    if isinstance(fact.kind, ChoiceKind):
        conditions = {option: Compare(name, "==", Option(option, _NOWHERE), _NOWHERE) for option in fact.kind.options}
    if isinstance(fact.kind, BooleanKind):
        conditions = {YES: name, NO: Not(name, _NOWHERE)}
    for option, when in conditions.items():
        yield Item("option", fact.name, option, fact.title, "", fact.at, when, _reached(guards, when))


def _within(policy: Policy, expr: Expr, guards: _Guards, inside: Term | Decision | Clause) -> Iterator[Item]:
    """The items of the clauses and comparisons in an expression that is reached under some guards."""
    if isinstance(expr, Clause):
        inside = expr
        if expr.id not in policy.switches:
            sides: tuple[tuple[str, Expr], ...] = ((YES, expr), (NO, Not(expr, _NOWHERE)))
            for side, when in sides:
                yield Item("clause", expr.id, side, expr.title, expr.line, expr.at, when, _reached(guards, when))
    if isinstance(expr, Compare) and _is_ordered(policy, expr.left):
        id_, line = (inside.id, inside.line) if isinstance(inside, Clause) else (inside.name, "")
        for side, sign in _SIGNS:
            when = Compare(expr.left, sign, expr.right, _NOWHERE)
            yield Item("threshold", id_, side, inside.title, line, expr.at, when, _reached(guards, when))
    for part, further in _parts(policy, expr):
        yield from _within(policy, part, (*guards, *further), inside)


def _is_ordered(policy: Policy, expr: Expr) -> bool:
    """Whether a side of a comparison is a number or a date, as opposed to an option or a boolean."""
    if isinstance(expr, Name):
        return isinstance(kind_of_name(policy, expr.name), NumberKind | DateKind)
    return not isinstance(expr, Option) and not (isinstance(expr, Constant) and isinstance(expr.value, bool))


def _parts(policy: Policy, expr: Expr) -> Iterator[tuple[Expr, _Guards]]:
    """The direct parts of an expression, each with the further conditions under which it is reached."""
    match expr:
        case AllOf(clauses) | AnyOf(clauses):
            switches = [clause for clause in clauses if clause.id in policy.switches]
            for clause in clauses:  # a reading can make the other clauses irrelevant
                others = [switch for switch in switches if switch is not clause]
                yield clause, tuple(_undecided_by(switch, expr) for switch in others)
        case OverMembers():
            yield from ((part, (_OF_SOME_MEMBER,)) for part in parts_of(expr))
        case Choose(cases, otherwise):
            before: _Guards = ()
            for when, result in cases:
                yield when, before
                yield result, (*before, when)
                before = (*before, Not(when, _NOWHERE))
            if otherwise is not None:
                yield otherwise, before
        case _:
            yield from ((part, ()) for part in parts_of(expr))


def _undecided_by(switch: Clause, junction: AllOf | AnyOf) -> Expr:
    """The condition that a switch leaves its junction to the other clauses."""
    return switch if isinstance(junction, AllOf) else Not(switch, _NOWHERE)


def _reached(guards: _Guards, expr: Expr) -> Expr:
    """The condition that an expression is reached and holds; after `_OF_SOME_MEMBER`, that it does for some member."""
    conditions = [expr]
    for guard in reversed(guards):
        if guard is _OF_SOME_MEMBER:
            conditions = [OverMembers("some", None, _all(conditions), _NOWHERE)]
        else:
            conditions = [guard, *conditions]
    return _all(conditions)


def _all(parts: list[Expr]) -> Expr:
    """The condition that all of some conditions hold."""
    if len(parts) == 1:
        return parts[0]
    return AllOf(tuple(Clause("", "", "", None, part, "", _NOWHERE) for part in parts), _NOWHERE)


# --- As text and as data -----------------------------------------------------------------------------------------


def item_text(policy: Policy, item: Item, lang: Language = "zh") -> str:
    """An item in words."""
    return _sides_text(policy, [item], lang)


def coverage_text(coverage: Coverage, lang: Language = "zh") -> str:
    """The coverage of a policy as text: the counts, and each item that is not exercised with its place."""
    return "\n".join(_lines(coverage, lang)) + "\n"


def _lines(coverage: Coverage, lang: Language) -> Iterator[str]:
    policy, say = coverage.policy, sentences("coverage", lang)
    count = len(items(policy))
    yield say["head"].format(title=policy.title, policy=policy.name, all=count, confirmed=len(coverage.confirmed))
    for heading, listed in (
        ("unreachable", coverage.unreachable),
        ("unconfirmed", coverage.unconfirmed),
        ("missing", coverage.missing),
    ):
        if listed:
            yield "  " + say[heading].format(count=len(listed))
        for sides in _grouped(listed):
            yield f"    {sides[0].at}: {_sides_text(policy, sides, lang)}"
    if not coverage.missing and not coverage.unconfirmed:
        yield f"  {say['complete']}"


def _grouped(listed: Iterable[Item]) -> Iterable[list[Item]]:
    """Items that differ in their side only, together."""
    groups: dict[tuple[object, ...], list[Item]] = {}
    for item in listed:
        groups.setdefault((item.what, item.id, item.at), []).append(item)
    return groups.values()


def _sides_text(policy: Policy, sides: list[Item], lang: Language) -> str:
    """Items that differ in their side only, in one line."""
    say, item = sentences("coverage", lang), sides[0]
    named = policy.names.get(item.line)  # a clause of one name has no title of its own
    title = item.title or (item.line if named is None else named.title) or item.id
    words = say["join"].join(_side_text(policy, side, lang, say) for side in sides)
    return say[item.what].format(title=title, sides=words)


def _side_text(policy: Policy, item: Item, lang: Language, say: Mapping[str, str]) -> str:
    if item.what == "threshold":
        return phrase(policy, item.expr) if lang == "zh" else f"{item.side} in `{item.line}`"
    kind = kind_of_name(policy, item.id) if item.what == "option" else None
    if isinstance(kind, ChoiceKind):
        return kind.options[item.side]
    return "" if item.what == "outcome" else say[f"{item.what}_{item.side}"]


def coverage_data(coverage: Coverage) -> dict[str, object]:
    """The coverage of a policy as plain data for JSON."""
    return {
        "policy": coverage.policy.name,
        "title": coverage.policy.title,
        "fingerprint": coverage.policy.fingerprint,
        "all": len(items(coverage.policy)),
        "confirmed": len(coverage.confirmed),
        "unconfirmed": [_item_data(item) for item in coverage.unconfirmed],
        "unreachable": [_item_data(item) for item in coverage.unreachable],
        "missing": [_item_data(item) for item in coverage.missing],
    }


def _item_data(item: Item) -> dict[str, object]:
    return {
        "what": item.what,
        "id": item.id,
        "side": item.side,
        "title": item.title,
        "line": item.line or None,
        "at": {"file": item.at.file, "line": item.at.line, "column": item.at.column},
    }
