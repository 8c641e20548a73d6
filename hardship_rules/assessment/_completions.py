"""The categories that remain possible when unknown choices and booleans are tried in combination."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import cast

from attrs import Factory, field, frozen

from hardship_rules.assessment.defaults import broken
from hardship_rules.assessment.plan import Plans
from hardship_rules.core.expr import Choose, Clause, Expr, Name, OverMembers, names_in, parts_of
from hardship_rules.core.interval import Truth
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, Value
from hardship_rules.core.policy import Parameter, Policy, exprs_of, per_policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.evaluate import (
    Scope,
    choice_value,
    evaluate,
    evaluate_definition,
    is_known,
    meanings,
    nothing_known,
    options_of,
    possible,
    value,
)

COMBINATIONS = 64  # the most that are tried for one household

Completion = tuple[Scope, tuple[Truth, ...]]
"""A household with more of its facts known: all that the category uses, evaluated, and whether each outcome holds."""


@frozen
class Completions:
    """The category after completions were tried: whether each outcome holds, and the outcomes that remain possible.

    `restricted` is the household with each choice limited to the values that break no `must`. `households` are the
    completions that were tried and are real households, and `tried` the facts that these, or `restricted`, set.
    """

    truths: tuple[Truth, ...]
    possible: tuple[str, ...]
    restricted: Completion = field(repr=False)
    households: tuple[Completion, ...] = field(default=(), repr=False)
    tried: tuple[KeyPath, ...] = ()


def completions(policy: Policy, scope: Scope, truths: tuple[Truth, ...], assumed: Container[KeyPath]) -> Completions:
    """Try the completions of an evaluated household; `assumed` are the facts that have a constant default.

    Sound: facts that were left out keep their defaults, since whoever completes the household may give them first.
    Monotone: facts are tried in the policy's order, independent of what is known of the household. A household with
    more known facts is tried in the same facts, as far as these are still unknown and still matter.
    """
    before = possible(policy.category, truths)
    untried = Completions(truths, before, (scope, truths))
    if len(before) <= 1:
        return untried
    restricted, limited = _restricted(policy, (scope, truths), assumed)
    search = _Search(policy, assumed, frozenset(before))
    for _, outcomes in _samples(policy, restricted[0], assumed):
        search.reached.update(outcomes)
        if search.reached == search.before:
            break
    search.visit(restricted, COMBINATIONS)
    after = tuple(name for name in before if name in search.reached)
    if not after:  # no household is real, though no `must` is certainly broken
        return untried
    if after == before:
        return Completions(truths, before, restricted)
    tried = tuple(dict.fromkeys((*limited, *search.tried)))
    agreed = _agreed([household_truths for _, household_truths in search.households])
    return Completions(agreed, after, restricted, tuple(search.households), tried)


def _restricted(
    policy: Policy, case: Completion, assumed: Container[KeyPath]
) -> tuple[Completion, tuple[KeyPath, ...]]:
    """The household with each choice limited to the values that break no `must`, and the facts that this limits."""
    limited: dict[KeyPath, None] = {}
    paths = [path for path in _unknown(policy, case[0]) if path[-1] in _names_in_must(policy)]
    has_changed = True
    while has_changed:
        has_changed = False
        for path in paths:
            if is_known(value_at(case[0], path)):
                continue
            values = [value_at(tried, path) for tried in _real(policy, case[0], path, assumed)]
            if values and len(values) < len(values_of(case[0], path)):
                allowed = values[0] if len(values) == 1 else choice_value(frozenset(cast(list[str], values)))
                case = _changed(case[0], path, allowed), case[1]
                limited[path] = None
                has_changed = True
    if limited:
        case = case[0], evaluate(policy, case[0], policy.category_order)[policy.category.name]
    return case, tuple(limited)


def witnesses(policy: Policy, scope: Scope, assumed: Container[KeyPath]) -> tuple[Scope, ...] | None:
    """Completions that together reach every possible category of an evaluated household; None where none are found.

    A policy that gives the household and each of these the same truths leaves the same categories possible.
    """
    truths = evaluate(policy, scope, policy.category_order)[policy.category.name]
    pending = set(possible(policy.category, truths))
    if len(pending) == 1:
        return ()
    scopes = []
    for sample, outcomes in _samples(policy, scope, assumed):
        scopes.append(sample)
        pending.difference_update(outcomes)
        if not pending:
            return tuple(scopes)
    return None


def _samples(policy: Policy, scope: Scope, assumed: Container[KeyPath]) -> Iterator[tuple[Scope, tuple[str, ...]]]:
    """A few completions that set every fact worth trying, each with its possible outcomes; mostly these reach all."""
    order = trial_order(policy)
    for number in range(3):
        sample = _copied(scope)
        for path in _unknown(policy, scope):
            if path[-1] in order:
                values = values_of(scope, path)
                start = number % len(values)
                for choice in (*values[start:], *values[:start]):
                    _holder(sample, path).values[path[-1]] = choice
                    if path[-1] not in _names_in_must(policy) or not any(broken(policy, sample, assumed)):
                        break
        if not any(broken(policy, sample, assumed)):
            truths = evaluate(policy, sample, policy.category_order)[policy.category.name]
            yield sample, possible(policy.category, truths)


def _unknown(policy: Policy, scope: Scope) -> Iterator[KeyPath]:
    """The choices and booleans that are not known."""
    for name, fact in policy.facts.items():
        if isinstance(fact.kind, ChoiceKind | BooleanKind) and not is_known(scope.values[name]):
            yield (name,)
    for name, fact in policy.members.facts.items():
        for number, member in enumerate(scope.members):
            if isinstance(fact.kind, ChoiceKind | BooleanKind) and not is_known(member.values[name]):
                yield ("members", number, name)


def _agreed(rows: list[tuple[Truth, ...]]) -> tuple[Truth, ...]:
    """Whether each outcome holds, where all completions that reach it agree."""
    columns = ([row[number] for row in rows if number < len(row)] for number in range(max(map(len, rows))))
    return tuple(column[0] if len(set(column)) == 1 else None for column in columns)


@frozen
class _Search:
    """The search of completions as a tree: each node sets one fact, and is expanded while it may reach more outcomes.

    Each branch has its share of the combinations, so that its depth does not depend on what is known elsewhere.
    """

    policy: Policy
    assumed: Container[KeyPath]
    before: frozenset[str]  # the outcomes that are possible before the search
    reached: set[str] = Factory(set)
    tried: dict[KeyPath, None] = Factory(dict)
    households: list[Completion] = field(factory=list, repr=False)

    def visit(self, case: Completion, share: int) -> None:
        """Expand one completion as far as its share of the combinations allows."""
        if self.reached == self.before:
            return
        outcomes = possible(self.policy.category, case[1])
        path = None if self.reached.issuperset(outcomes) else self.next_fact(*case)
        values = () if path is None else values_of(case[0], path)
        if path is None or len(values) > share:
            self.reached.update(outcomes)
            self.households.append(case)
            return
        self.tried[path] = None
        for inner in completions_of(self.policy, case, path, self.assumed):
            self.visit(inner, share // len(values))

    def next_fact(self, scope: Scope, truths: tuple[Truth, ...]) -> KeyPath | None:
        """The first fact, in trial order, that would help to settle an undecided outcome or `must`."""
        plans, order = Plans(self.policy), trial_order(self.policy)
        clauses = (*undecided(self.policy, truths), *self.policy.must)
        paths = {path for clause in clauses for path in plans.of(clause, scope).paths if path[-1] in order}
        return min(paths, key=lambda path: (order[cast(str, path[-1])], path), default=None)


def undecided(policy: Policy, truths: tuple[Truth, ...]) -> list[Clause]:
    """The conditions of the categories that may or may not hold."""
    outcomes = zip(policy.category.outcomes, truths, strict=False)
    return [cast(Clause, outcome.when) for outcome, truth in outcomes if truth is None]


# --- The values of one fact ---


def values_of(scope: Scope, path: KeyPath) -> tuple[Value, ...]:
    """The possible values of an unknown choice or boolean."""
    unknown = value_at(scope, path)
    return (True, False) if unknown is None else tuple(sorted(options_of(unknown)))


def completions_of(
    policy: Policy, case: Completion, path: KeyPath, assumed: Container[KeyPath]
) -> Iterator[Completion]:
    """The household with each value of an unknown choice or boolean that breaks no `must`."""
    for tried in _real(policy, case[0], path, assumed):
        truths = case[1]
        for name in _dependents(policy).get(cast(str, path[-1]), ()):
            truths = evaluate_definition(policy, name, tried, tried.members) or truths
        yield tried, truths


def _real(policy: Policy, scope: Scope, path: KeyPath, assumed: Container[KeyPath]) -> Iterator[Scope]:
    """The facts with each value of one fact that breaks no `must`."""
    for choice in values_of(scope, path):
        tried = _changed(scope, path, choice)
        if path[-1] not in _names_in_must(policy) or not any(broken(policy, tried, assumed)):
            yield tried


def _changed(scope: Scope, path: KeyPath, to: Value) -> Scope:
    """A copy of a scope with another value of one fact; what depends on it is not evaluated again."""
    changed = _copied(scope)
    _holder(changed, path).values[cast(str, path[-1])] = to
    return changed


def _copied(scope: Scope) -> Scope:
    copied = Scope(dict(scope.values), known=scope.known)
    copied.members = tuple(
        Scope(dict(member.values), (), copied, member.certain, scope.known) for member in scope.members
    )
    return copied


def value_at(scope: Scope, path: KeyPath) -> Value:
    """The value of a fact."""
    return _holder(scope, path).values[cast(str, path[-1])]


def _holder(scope: Scope, path: KeyPath) -> Scope:
    return scope if len(path) == 1 else scope.members[cast(int, path[1])]


# --- Computed once for each policy ---


@per_policy
def _names_in_must(policy: Policy) -> frozenset[str]:
    return frozenset(name for clause in policy.must for name in names_in(clause))


@per_policy
def _dependents(policy: Policy) -> Mapping[str, tuple[str, ...]]:
    """For each name the definitions of the category that depend on it, in order of evaluation."""
    dependents: dict[str, list[str]] = {}
    inputs: dict[str, set[str]] = {}
    for name in policy.category_order:
        inputs[name] = {used for direct in policy.uses[name] for used in (direct, *inputs.get(direct, ()))}
        for used in inputs[name]:
            dependents.setdefault(used, []).append(name)
    return {name: tuple(names) for name, names in dependents.items()}


@per_policy
def trial_order(policy: Policy) -> dict[str, int]:
    """The choices and booleans worth trying, with their order: those first that the category uses in most places.

    A fact that is used in a single place, in conditions only, is not worth trying: an outcome that is possible while
    it is unknown is possible for one of its values.
    """
    facts = {**policy.facts, **policy.members.facts}
    uses, leaps = _uses(policy)
    candidates = [
        name
        for name, fact in facts.items()
        if isinstance(fact.kind, ChoiceKind | BooleanKind)
        and (uses[name] > 1 or name in leaps or name in _names_in_must(policy))
    ]
    candidates.sort(key=lambda name: (-uses[name], name))  # the file's order is not in the fingerprint
    return {name: number for number, name in enumerate(candidates)}


def _uses(policy: Policy) -> tuple[Counter[str], set[str]]:
    """How often the category uses each name, and the names on which a number or a choice depends by cases."""
    scope = nothing_known(policy)
    scope.values.update(policy.constants)
    scope.known = scope.members[0].known = meanings(policy)
    for name in policy.category_order:
        evaluate_definition(policy, name, scope, scope.members[:1])  # the members of `nothing_known` share their values
    uses, leaps = Counter({policy.category.name: 1}), set[str]()
    for name in reversed(policy.category_order):
        definition = policy.names[name]
        names = [(key, True) for key in definition.by] if isinstance(definition, Parameter) else []
        for expr in exprs_of(definition):
            names += _live(expr, scope.members[0], leaps=name in leaps)
        for used, leap in names:
            uses[used] += uses[name]
            if leap:
                leaps.add(used)
    return uses, leaps


def _live(expr: Expr, scope: Scope, *, leaps: bool) -> Iterator[tuple[str, bool]]:
    """The names in the parts of an expression that readings and parameters do not settle.

    Each comes with whether it leaps: a number or a choice depends on it by cases.
    """
    if is_known(value(expr, scope)):
        return
    if isinstance(expr, Name):
        yield expr.name, leaps
    leaps = leaps or isinstance(expr, Choose) or (isinstance(expr, OverMembers) and expr.what in ("sum", "count"))
    for part in parts_of(expr):
        yield from _live(part, scope, leaps=leaps)
