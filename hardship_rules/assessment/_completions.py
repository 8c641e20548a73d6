"""The outcomes that are left of the category when the unknown choices and yes-or-noes are tried in combination."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import cast

from attrs import Factory, field, frozen

from hardship_rules.assessment.defaults import broken
from hardship_rules.assessment.plan import Plans
from hardship_rules.core.expr import Choose, Clause, Expr, Name, OverMembers, names_in, parts_of
from hardship_rules.core.interval import Truth
from hardship_rules.core.kinds import ChoiceKind, Value, YesNoKind
from hardship_rules.core.policy import Parameter, Policy, exprs_of, per_policy
from hardship_rules.core.problem import Path
from hardship_rules.engine.evaluate import (
    Scope,
    evaluate,
    is_known,
    meanings,
    nothing_known,
    options_of,
    possible,
    value,
    work_out,
)
from hardship_rules.engine.evaluate import narrowed as options_as_value

COMBINATIONS = 64  # at most so many are tried

Case = tuple[Scope, tuple[Truth, ...]]
"""A household with everything worked out that the category rests on, and whether each outcome holds."""


@frozen
class Narrowed:
    """What is left of the category: whether each outcome holds where it is reached, and the outcomes it may be.

    `household` is what is known of it with what every `must` leaves of its choices, `cases` are the combinations that
    were tried and are real households, and `tried` the facts in which they, or that household, say more than was given.
    """

    truths: tuple[Truth, ...]
    possible: tuple[str, ...]
    household: Case = field(repr=False)
    cases: tuple[Case, ...] = field(default=(), repr=False)
    tried: tuple[Path, ...] = ()


def narrowed(policy: Policy, scope: Scope, truths: tuple[Truth, ...], assumed: Container[Path]) -> Narrowed:
    """What is left of the category of a household that has been evaluated; `assumed` are constants that stood in.

    Sound: a fact that was left out is not filled in anew from what is tried, since whoever completes the household may
    give it first. Monotone: the order in which facts are tried is the policy's, whatever is known of the household, so
    that one of which more is known is tried in the same facts, as far as they are still unknown and still matter.
    """
    before = possible(policy.category, truths)
    given = Narrowed(truths, before, (scope, truths))
    if len(before) <= 1:
        return given
    household, restricted = _restricted(policy, (scope, truths), assumed)
    search = _Search(policy, assumed, frozenset(before))
    for _, reached in _reached(policy, household[0], assumed):
        search.found.update(reached)
        if search.found == search.before:
            break
    search.visit(household, COMBINATIONS)
    left = tuple(name for name in before if name in search.found)
    if not left:  # it is no real household, though no `must` is broken for certain
        return given
    if left == before:
        return Narrowed(truths, before, household)
    tried = tuple(dict.fromkeys((*restricted, *search.tried)))
    return Narrowed(_agreed([ends for _, ends in search.ends]), left, household, tuple(search.ends), tried)


def _restricted(policy: Policy, case: Case, assumed: Container[Path]) -> tuple[Case, tuple[Path, ...]]:
    """The household with its choices limited to what breaks no `must` by itself, and the facts so limited."""
    limited: dict[Path, None] = {}
    paths = [path for path in _unknown(policy, case[0]) if path[-1] in _names_in_must(policy)]
    again = True
    while again:
        again = False
        for path in paths:
            if is_known(value_at(case[0], path)):
                continue
            values = [value_at(tried, path) for tried in _real(policy, case[0], path, assumed)]
            if values and len(values) < len(values_of(case[0], path)):
                whole = values[0] if len(values) == 1 else options_as_value(frozenset(cast(list[str], values)))
                case = _changed(case[0], path, whole), case[1]
                limited[path] = None
                again = True
    if limited:
        case = case[0], evaluate(policy, case[0], policy.category_order)[policy.category.name]
    return case, tuple(limited)


def witnesses(policy: Policy, scope: Scope, assumed: Container[Path]) -> tuple[Scope, ...] | None:
    """Combinations that together leave possible all that an evaluated household's truths do; None where none are found.

    A policy in which each of these, and the household, has the same truths leaves as much possible.
    """
    truths = evaluate(policy, scope, policy.category_order)[policy.category.name]
    left = set(possible(policy.category, truths))
    if len(left) == 1:
        return ()
    scopes = []
    for tried, reached in _reached(policy, scope, assumed):
        scopes.append(tried)
        left.difference_update(reached)
        if not left:
            return tuple(scopes)
    return None


def _reached(policy: Policy, scope: Scope, assumed: Container[Path]) -> Iterator[tuple[Scope, tuple[str, ...]]]:
    """A few combinations of all that could be tried, with the outcomes each leaves possible; mostly that is all."""
    order = _order(policy)
    for number in range(3):
        tried = _copied(scope)
        for path in _unknown(policy, scope):
            if path[-1] in order:
                values = values_of(scope, path)
                start = number % len(values)
                for each in (*values[start:], *values[:start]):
                    _holder(tried, path).values[path[-1]] = each
                    if path[-1] not in _names_in_must(policy) or not any(broken(policy, tried, assumed)):
                        break
        if not any(broken(policy, tried, assumed)):
            truths = evaluate(policy, tried, policy.category_order)[policy.category.name]
            yield tried, possible(policy.category, truths)


def _unknown(policy: Policy, scope: Scope) -> Iterator[Path]:
    """The choices and yes-or-noes that are not known."""
    for name, fact in policy.facts.items():
        if isinstance(fact.kind, ChoiceKind | YesNoKind) and not is_known(scope.values[name]):
            yield (name,)
    for name, fact in policy.members.facts.items():
        for number, member in enumerate(scope.members):
            if isinstance(fact.kind, ChoiceKind | YesNoKind) and not is_known(member.values[name]):
                yield ("members", number, name)


def _agreed(rows: list[tuple[Truth, ...]]) -> tuple[Truth, ...]:
    """Of each outcome whether it holds, where all the combinations that reach it agree."""
    columns = ([row[number] for row in rows if number < len(row)] for number in range(max(map(len, rows))))
    return tuple(column[0] if len(set(column)) == 1 else None for column in columns)


@frozen
class _Search:
    """The combinations as a tree, a fact at each branching, gone into only where that may still add an outcome.

    Each branch has its share of the combinations that may be tried, so that how far one is gone into does not depend on
    what is known elsewhere.
    """

    policy: Policy
    assumed: Container[Path]
    before: frozenset[str]
    found: set[str] = Factory(set)
    tried: dict[Path, None] = Factory(dict)
    ends: list[Case] = field(factory=list, repr=False)

    def visit(self, case: Case, share: int) -> None:
        """Go into one combination as far as its share of the combinations allows."""
        if self.found == self.before:
            return
        may = possible(self.policy.category, case[1])
        path = None if self.found.issuperset(may) else self.next(*case)
        values = () if path is None else values_of(case[0], path)
        if path is None or len(values) > share:
            self.found.update(may)
            self.ends.append(case)
            return
        self.tried[path] = None
        for each in cases_of(self.policy, case, path, self.assumed):
            self.visit(each, share // len(values))

    def next(self, scope: Scope, truths: tuple[Truth, ...]) -> Path | None:
        """The first fact, in the policy's order, that an undecided outcome or an undecided `must` still looks at."""
        plans, order = Plans(self.policy), _order(self.policy)
        clauses = (*undecided(self.policy, truths), *self.policy.must)
        paths = {path for clause in clauses for path in plans.of(clause, scope).paths if path[-1] in order}
        return min(paths, key=lambda path: (order[cast(str, path[-1])], path), default=None)


def undecided(policy: Policy, truths: tuple[Truth, ...]) -> list[Clause]:
    """The conditions of the outcomes that may or may not hold."""
    outcomes = zip(policy.category.outcomes, truths, strict=False)
    return [cast(Clause, outcome.when) for outcome, truth in outcomes if truth is None]


# One fact tried


def values_of(scope: Scope, path: Path) -> tuple[Value, ...]:
    """All that an unknown choice or yes-or-no may be."""
    found = value_at(scope, path)
    return (True, False) if found is None else tuple(sorted(options_of(found)))


def cases_of(policy: Policy, case: Case, path: Path, assumed: Container[Path]) -> Iterator[Case]:
    """The household with each value of an unknown choice or yes-or-no, but for those that break a `must`."""
    for tried in _real(policy, case[0], path, assumed):
        truths = case[1]
        for name in _dependents(policy).get(cast(str, path[-1]), ()):
            truths = work_out(policy, name, tried, tried.members) or truths
        yield tried, truths


def _real(policy: Policy, scope: Scope, path: Path, assumed: Container[Path]) -> Iterator[Scope]:
    """The facts with each value of one of them, but for those that break a `must`."""
    for each in values_of(scope, path):
        tried = _changed(scope, path, each)
        if path[-1] not in _names_in_must(policy) or not any(broken(policy, tried, assumed)):
            yield tried


def _changed(scope: Scope, path: Path, to: Value) -> Scope:
    """The facts with another value of one; what rests on it is still to be worked out."""
    changed = _copied(scope)
    _holder(changed, path).values[cast(str, path[-1])] = to
    return changed


def _copied(scope: Scope) -> Scope:
    copied = Scope(dict(scope.values), known=scope.known)
    copied.members = tuple(
        Scope(dict(member.values), (), copied, member.certain, scope.known) for member in scope.members
    )
    return copied


def value_at(scope: Scope, path: Path) -> Value:
    """The value of a fact."""
    return _holder(scope, path).values[cast(str, path[-1])]


def _holder(scope: Scope, path: Path) -> Scope:
    return scope if len(path) == 1 else scope.members[cast(int, path[1])]


# Made once a policy


@per_policy
def _names_in_must(policy: Policy) -> frozenset[str]:
    return frozenset(name for clause in policy.must for name in names_in(clause))


@per_policy
def _dependents(policy: Policy) -> Mapping[str, tuple[str, ...]]:
    """For each name the definitions of the category that depend on it, in the order in which they are evaluated."""
    dependents: dict[str, list[str]] = {}
    below: dict[str, set[str]] = {}
    for name in policy.category_order:
        below[name] = {used for direct in policy.uses[name] for used in (direct, *below.get(direct, ()))}
        for used in below[name]:
            dependents.setdefault(used, []).append(name)
    return {name: tuple(names) for name, names in dependents.items()}


@per_policy
def _order(policy: Policy) -> dict[str, int]:
    """The choices and yes-or-noes worth trying, first those that the category looks at in the most places.

    One that is looked at in a single place, by nothing but conditions, need not be tried: an outcome that is possible
    while it is unknown is possible with one of its values.
    """
    facts = {**policy.facts, **policy.members.facts}
    looks, leaps = _looked_at(policy)
    worth = [
        name
        for name, fact in facts.items()
        if isinstance(fact.kind, ChoiceKind | YesNoKind)
        and (looks[name] > 1 or name in leaps or name in _names_in_must(policy))
    ]
    worth.sort(key=lambda name: (-looks[name], name))  # not as the file has them: that is not in the fingerprint
    return {name: number for number, name in enumerate(worth)}


def _looked_at(policy: Policy) -> tuple[Counter[str], set[str]]:
    """How often the category looks at each name, and the names on which a number or a choice depends by leaps."""
    scope = nothing_known(policy)
    scope.values.update(policy.constants)
    scope.known = scope.members[0].known = meanings(policy)
    for name in policy.category_order:
        work_out(policy, name, scope, scope.members[:1])  # all members of nothing known share their values
    looks, leaps = Counter({policy.category.name: 1}), set[str]()
    for name in reversed(policy.category_order):
        definition = policy.names[name]
        used = [(by, True) for by in definition.by] if isinstance(definition, Parameter) else []
        for expr in exprs_of(definition):
            used += _live(expr, scope.members[0], leaps=name in leaps)
        for each, leap in used:
            looks[each] += looks[name]
            if leap:
                leaps.add(each)
    return looks, leaps


def _live(expr: Expr, scope: Scope, *, leaps: bool) -> Iterator[tuple[str, bool]]:
    """The names in an expression, but for what readings and parameters alone have settled."""
    if is_known(value(expr, scope)):
        return
    if isinstance(expr, Name):
        yield expr.name, leaps
    leaps = leaps or isinstance(expr, Choose) or (isinstance(expr, OverMembers) and expr.what in ("sum", "count"))
    for part in parts_of(expr):
        yield from _live(part, scope, leaps=leaps)
