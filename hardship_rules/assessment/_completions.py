"""The categories that remain possible when unknown choices and booleans are tried in combination."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple, cast

from attrs import Factory, field, frozen

from hardship_rules.assessment.plan import Plans
from hardship_rules.core.expr import Clause, names_in
from hardship_rules.core.interval import Truth
from hardship_rules.core.kinds import BooleanKind, ChoiceKind, Value
from hardship_rules.core.policy import Policy, per_policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.compiled import CompiledPolicy, Result, Variant, compiled_policy
from hardship_rules.engine.evaluate import lowered, possible
from hardship_rules.engine.interval import choice_value, is_known, options_of
from hardship_rules.engine.program import IntKind, OptionKind
from hardship_rules.engine.rows import Rows

COMBINATIONS = 64  # the most that are tried for one household


class Completion(NamedTuple):
    """A household with more of its facts known, and whether each outcome of the category holds."""

    rows: Rows
    truths: tuple[Truth, ...]


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


def completions(trials: "Trials", rows: Rows, result: Result) -> Completions:
    """Try the completions of an evaluated household.

    Sound: facts that were left out keep their defaults, since whoever completes the household may give them first.
    Monotone: facts are tried in the policy's order, independent of what is known of the household. A household with
    more known facts is tried in the same facts, as far as these are still unknown and still matter.
    """
    before = result.possible
    untried = decided_by_bounds(rows, result)
    if len(before) <= 1:
        return untried
    unknown = tuple(trials.unknown(rows))
    if not unknown:
        return untried
    restricted, limited = trials.restricted(rows, result, unknown)
    search = _Search(trials, frozenset(before))
    for sample in trials.samples(restricted.rows):
        search.reached.update(possible(trials.policy.category, sample.truths))
        if search.reached == search.before:
            break
    search.visit(restricted, COMBINATIONS)
    after = tuple(name for name in before if name in search.reached)
    if not after:  # no household is real, though no `must` is certainly broken
        return untried
    if after == before:
        return Completions(result.truths, before, restricted)
    tried = tuple(dict.fromkeys((*limited, *search.tried)))
    agreed = _agreed([completion.truths for completion in search.households])
    return Completions(agreed, after, restricted, tuple(search.households), tried)


def decided_by_bounds(rows: Rows, result: Result) -> Completions:
    """The category as bounds leave it, without a trial."""
    return Completions(result.truths, result.possible, Completion(rows, result.truths))


class Trials:
    """The trial of values of unknown facts, under a policy or a variant of it.

    `assumed` are the facts that have a constant default; they count as unknown in a `must`.
    """

    def __init__(self, policy: Policy, assumed: Collection[KeyPath], variant: Variant = ()) -> None:
        self.policy = policy
        self.variant = variant
        self.compiled: CompiledPolicy = compiled_policy(policy)
        self.assumed = assumed
        self.in_must = _names_in_must(policy)

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The choices and booleans worth trying, with their order."""
        return trial_order(self.policy, self.variant)

    def unknown(self, rows: Rows) -> Iterator[KeyPath]:
        """The choices and booleans that are not known."""
        for name in _discrete(self.policy, of_member=False):
            if not self.compiled.own[name].is_known(rows.own):
                yield (name,)
        for name in _discrete(self.policy, of_member=True):
            place = self.compiled.of_members[name]
            for number, row in enumerate(rows.members):
                if not place.is_known(row):
                    yield ("members", number, name)

    def restricted(
        self, rows: Rows, result: Result, unknown: Collection[KeyPath]
    ) -> tuple[Completion, tuple[KeyPath, ...]]:
        """The household with each choice limited to the values that break no `must`, and the facts that this limits."""
        limited: dict[KeyPath, None] = {}
        paths = [path for path in unknown if path[-1] in self.in_must]
        has_changed = True
        while has_changed:
            has_changed = False
            for path in paths:
                place, row = self.compiled.place(path), rows.row(path)
                if place.is_known(row):
                    continue
                possible_values = self.values_of(rows, path)
                values = [choice for choice in possible_values if not self.breaks(self.changed(rows, path, choice))]
                if values and len(values) < len(possible_values):
                    allowed = values[0] if len(values) == 1 else choice_value(frozenset(cast(list[str], values)))
                    rows = self.changed(rows, path, allowed)
                    limited[path] = None
                    has_changed = True
        truths = self.decide(rows).truths if limited else result.truths
        return Completion(rows, truths), tuple(limited)

    def samples(self, rows: Rows) -> Iterator[Completion]:
        """A few completions that set every fact worth trying; mostly their outcomes are all that are possible."""
        paths = [path for path in self.unknown(rows) if path[-1] in self.order]
        for number in range(3):
            sample = rows.copy()
            for path in paths:
                values = self.values_of(rows, path)
                start = number % len(values)
                for choice in (*values[start:], *values[:start]):
                    self.compiled.put(sample, path, choice)
                    if path[-1] not in self.in_must or not self.breaks(sample):
                        break
            result = self.decide(sample)
            if not self.is_broken(sample, result):
                yield Completion(sample, result.truths)

    def decide(self, rows: Rows) -> Result:
        """The category and every `must` for rows."""
        return self.compiled.decide_variant(rows, self.variant) if self.variant else self.compiled.decide(rows)

    def is_broken(self, rows: Rows, result: Result) -> bool:
        """Whether a `must` certainly fails where the facts with a constant default are unknown.

        A default must not make a household impossible.
        """
        # with fewer known facts none fails either
        return result.is_broken and self.compiled.breaks(self.without_assumed(rows), self.variant)

    def breaks(self, rows: Rows) -> bool:
        """`is_broken` of rows that were not decided."""
        compiled = self.compiled
        return compiled.breaks(rows, self.variant) and compiled.breaks(self.without_assumed(rows), self.variant)

    def without_assumed(self, rows: Rows) -> Rows:
        """The rows in which the facts with a constant default are unknown."""
        without = rows.copy()
        for row, at, unknown in self._assumed_places:
            (without.own if row < 0 else without.members[row])[at] = unknown
        return without

    @cached_property
    def _assumed_places(self) -> list[tuple[int, slice, tuple[int, ...]]]:
        """The places of the facts with a constant default: the member or -1, the place, and the bounds if unknown."""
        places = ((path, self.compiled.place(path)) for path in self.assumed)
        return [
            (-1 if len(path) == 1 else cast(int, path[1]), slice(place.start, place.start + place.width), place.unknown)
            for path, place in places
        ]

    def open_facts(self, rows: Rows, ids: Iterable[str]) -> Iterator[KeyPath]:
        """The facts that leave some clauses open, in the order of their plans; a fact may come more than once."""
        if self.variant:
            scope = self.compiled.scope(rows, self.variant)
            plans, steps = Plans(scope.run), [scope.lowered.clause(id_) for id_ in ids]
        else:
            folded = self.compiled.folded
            plans, steps = Plans(self.compiled.folded_run(rows)), [folded.clause(id_) for id_ in ids]
        for step in steps:
            yield from plans.of(step).paths

    def values_of(self, rows: Rows, path: KeyPath) -> tuple[Value, ...]:
        """The possible values of an unknown choice or boolean."""
        unknown = self.compiled.value(rows, path)
        return (True, False) if unknown is None else tuple(sorted(options_of(unknown)))

    def completions_of(self, rows: Rows, path: KeyPath) -> Iterator[Completion]:
        """The completions with each value of an unknown choice or boolean that breaks no `must`."""
        for choice in self.values_of(rows, path):
            tried = self.changed(rows, path, choice)
            result = self.decide(tried)
            if path[-1] not in self.in_must or not self.is_broken(tried, result):
                yield Completion(tried, result.truths)

    def changed(self, rows: Rows, path: KeyPath, to: Value) -> Rows:
        """A copy of rows with another value of one fact."""
        changed = rows.changed(path)
        self.compiled.put(changed, path, to)
        return changed


def _agreed(rows: list[tuple[Truth, ...]]) -> tuple[Truth, ...]:
    """Whether each outcome holds, where all completions that reach it agree."""
    columns = ([row[number] for row in rows if number < len(row)] for number in range(max(map(len, rows))))
    return tuple(column[0] if len(set(column)) == 1 else None for column in columns)


@frozen
class _Search:
    """The search of completions as a tree: each node sets one fact, and is expanded while it may reach more outcomes.

    Each branch has its share of the combinations, so that its depth does not depend on what is known elsewhere.
    """

    trials: Trials
    before: frozenset[str]  # the outcomes that are possible before the search
    reached: set[str] = Factory(set)
    tried: dict[KeyPath, None] = Factory(dict)
    households: list[Completion] = field(factory=list, repr=False)

    def visit(self, case: Completion, share: int) -> None:
        """Expand one completion as far as its share of the combinations allows."""
        if self.reached == self.before:
            return
        outcomes = possible(self.trials.policy.category, case.truths)
        path = None if self.reached.issuperset(outcomes) else self.next_fact(case)
        values = () if path is None else self.trials.values_of(case.rows, path)
        if path is None or len(values) > share:
            self.reached.update(outcomes)
            self.households.append(case)
            return
        self.tried[path] = None
        for inner in self.trials.completions_of(case.rows, path):
            self.visit(inner, share // len(values))

    def next_fact(self, case: Completion) -> KeyPath | None:
        """The first fact, in trial order, that would help to settle an undecided outcome or `must`."""
        policy, order = self.trials.policy, self.trials.order
        ids = [*undecided(policy, case.truths), *(clause.id for clause in policy.must)]
        paths = {path for path in self.trials.open_facts(case.rows, ids) if path[-1] in order}
        return min(paths, key=lambda path: (order[cast(str, path[-1])], path), default=None)


def undecided(policy: Policy, truths: tuple[Truth, ...]) -> list[str]:
    """The ids of the conditions of the categories that may or may not hold."""
    outcomes = zip(policy.category.outcomes, truths, strict=False)
    return [cast(Clause, outcome.when).id for outcome, truth in outcomes if truth is None]


# --- Computed once for each policy ---


@per_policy
def _names_in_must(policy: Policy) -> frozenset[str]:
    return frozenset(name for clause in policy.must for name in names_in(clause))


@per_policy
def _discrete(policy: Policy, of_member: bool) -> tuple[str, ...]:  # noqa: FBT001  # a key of what is kept
    """The choices and booleans of the household, or of each member."""
    facts = policy.members.facts if of_member else policy.facts
    return tuple(name for name, fact in facts.items() if isinstance(fact.kind, ChoiceKind | BooleanKind))


@per_policy
def trial_order(policy: Policy, variant: Variant = ()) -> dict[str, int]:
    """The choices and booleans worth trying, with their order: those first that the category uses in most places.

    A fact that is used in a single place, in conditions only, is not worth trying: an outcome that is possible while
    it is unknown is possible for one of its values.
    """
    uses, leaps = _uses(policy, variant)
    candidates = [
        name
        for name in (*_discrete(policy, of_member=False), *_discrete(policy, of_member=True))
        if uses[name] > 1 or name in leaps or name in _names_in_must(policy)
    ]
    candidates.sort(key=lambda name: (-uses[name], name))  # the file's order is not in the fingerprint
    return {name: number for number, name in enumerate(candidates)}


def _uses(policy: Policy, variant: Variant) -> tuple[Counter[str], set[str]]:
    """How often the category uses each fact, and the facts on which a number or a choice depends by cases.

    Steps that readings and parameters settle are left out.
    """
    run = lowered(policy).any_household(chosen=True, fixed=compiled_policy(policy).forced_values(variant)).run
    roots = [lowered(policy).clause(cast(Clause, outcome.when).id) for outcome in policy.category.outcomes]
    uses, leaps = Counter(roots), set[int]()
    for number in range(max(roots), -1, -1):
        step = run.steps[number]
        if not uses[number] or is_known(run.value(number, 0 if step.space == "member" else None)):
            continue
        by_cases = step.op == "select" and isinstance(step.kind, IntKind | OptionKind)
        leap = number in leaps or by_cases or step.op in ("table", "sum")
        for arg in step.args:
            uses[arg] += uses[number]
            if leap:
                leaps.add(arg)
    inputs = {number: cast(str, step.data) for number, step in enumerate(run.steps) if step.op == "input"}
    by_name = Counter({name: uses[number] for number, name in inputs.items()})
    return by_name, {name for number, name in inputs.items() if number in leaps}
