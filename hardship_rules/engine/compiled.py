"""A policy compiled over rows of bounds: its category, every `must`, its defaults, and variants of it."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast

from hardship_rules.core.expr import Clause
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Truth
from hardship_rules.core.kinds import Value
from hardship_rules.core.policy import Decision, Policy, per_policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine._compile_defaults import Default, compile_defaults
from hardship_rules.engine._dependence import alike, facts_in_defaults, facts_of
from hardship_rules.engine._lower import specialise
from hardship_rules.engine.compile import FALSE, TRUE, Split, compile_program, compile_split, masks_of, unknown_bounds
from hardship_rules.engine.compiled_runs import CompiledRun, FoldedRun, Options, RowInputs, ValuePlace, Values
from hardship_rules.engine.evaluate import Scope, lowered, possible, program_of
from hardship_rules.engine.interval import input_order
from hardship_rules.engine.program import BoolKind, IntKind, OptionKind, Program
from hardship_rules.engine.rows import TRUTHS, Place, RowFacts, Rows

_MOST_RESULTS = 10_000  # different results of one policy that are remembered


class Result(NamedTuple):
    """What rows come to: whether each outcome of the category holds, the possible ones, and the bits of each `must`."""

    truths: tuple[Truth, ...]
    possible: tuple[str, ...]
    must: tuple[int, ...]

    @property
    def is_broken(self) -> bool:
        """Whether a `must` certainly fails."""
        return FALSE in self.must


class Filled(NamedTuple):
    """The defaults that were put into rows: those that are known, with whether each is a constant, and the others.

    Each is the number of a member (-1 for the household) and of a default. `outside` are those out of range.
    """

    known: Sequence[tuple[int, int, bool]]
    outside: Sequence[tuple[int, int]]


Variant = tuple[tuple[int, int], ...]
"""The steps that a variant of a policy forces, with the bits or mask of each."""
Profile = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
"""For each decision the ids of the outcomes that hold, and of those that are possible."""


class WithoutMember:
    """A household with all but one member computed."""

    def __init__(self, split: Split, rows: Rows, number: int) -> None:
        self._split = split
        self._base = split.before(rows.own)
        parts = [split.member(self._base, row) for at, row in enumerate(rows.members) if at != number]
        self._totals = split.totals(parts) if parts else None

    def run(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """The bits and comparisons of the category and of every `must` with a row of that member."""
        own = self._split.member(self._base, row)
        totals = own if self._totals is None else self._split.together(self._totals, own)
        return self._split.after(self._base, totals)


class CompiledPolicy:
    """The compiled category, `must` and defaults of a policy, with the places of its facts in rows."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        program = program_of(policy)
        self.folded = specialise(program, {name: reading.chosen for name, reading in policy.readings.items()})
        self.masks = masks_of(program)
        self._options = Options(self.masks)
        self.own, own_inputs = self._places(program, "household", ("on", *policy.facts))
        self.of_members, member_inputs = self._places(program, "member", tuple(policy.members.facts))
        self._inputs = (*own_inputs, *member_inputs)
        self._results: dict[tuple[int, ...], Result] = {}
        self._category = next(iter(policy.decisions.values()), None)  # None: facts can be read, nothing is decided
        decided = () if self._category is None else self._category.outcomes
        self._outcomes = [cast(Clause, outcome.when).id for outcome in decided]
        self._bits = len(self._outcomes) + len(policy.must)
        prefix = self._prefix
        self._values_from = sum(2 if isinstance(self.folded.steps[root].kind, IntKind) else 1 for root in prefix)
        shown = [program.names[name] for name in policy.show]
        steps = dict(self._named_steps(frozenset(program.live((*self._roots(program), *shown)))))
        self._category_places, roots = self._value_places(steps, self._values_from)
        self.run = self._compiled(self.folded, prefix + roots)
        self.defaults = tuple(
            self._defaults(program, dict(zip((*self.own, *self.of_members), self._inputs, strict=True)))
        )
        self._readings = tuple(program.names[name] for name in policy.readings)
        self._fill = compile_defaults(program, self.defaults, self._inputs, self._readings)

    def _places(self, program: Program, space: str, names: Sequence[str]) -> tuple[dict[str, Place], tuple[int, ...]]:
        """The places of facts in their order, and the steps of these."""
        steps = {
            step.data: number for number, step in enumerate(program.steps) if (step.op, step.space) == ("input", space)
        }
        places: dict[str, Place] = {}
        start = 0
        for name in names:
            kind = program.steps[steps[name]].kind
            scale = program.scales[name].number if name in program.scales else 1
            options = kind.options if isinstance(kind, OptionKind) else ()
            unknown = unknown_bounds(kind, self.masks)
            bits = FrozenMapping((option, self.masks[option]) for option in options)
            places[name] = Place(name, start, len(unknown), scale, unknown, bits, isinstance(kind, BoolKind))
            start += len(unknown)
        return places, tuple(steps[name] for name in names)

    def _defaults(self, program: Program, inputs: Mapping[str, int]) -> Iterator[Default]:
        lowering = lowered(self.policy).lowering
        for fact in self.policy.stand_ins:
            cases, is_constant = lowering.default_cases(fact)
            place = (self.of_members if fact.of_member else self.own)[fact.name]
            yield Default(fact.name, inputs[fact.name], place.start, program.defaults[fact.name], cases, is_constant)

    def _compiled(self, program: Program, roots: Sequence[int], forced: Sequence[int] = ()) -> Callable[..., Any]:
        """The function for some steps of a program over rows."""
        steps = {(step.space, step.data): number for number, step in enumerate(program.steps) if step.op == "input"}
        inputs = [steps["household", name] for name in self.own] + [steps["member", name] for name in self.of_members]
        return compile_program(program, roots, inputs=inputs, forced=forced, masks=self.masks).run

    @property
    def _prefix(self) -> list[int]:
        """The category's outcomes, each `must`, and both sides of the comparisons that the category needs."""
        return self._roots(self.folded) + self._sides([] if self._category is None else [self._category])

    def _roots(self, program: Program) -> list[int]:
        """The category's outcomes, then each `must`."""
        return [program.clauses[id_] for id_ in self._outcomes] + list(program.must.values())

    # Rows

    def place(self, path: KeyPath) -> Place:
        """The place of the fact at a path in its row."""
        return (self.own if len(path) == 1 else self.of_members)[cast(str, path[-1])]

    def rows(self, own: Mapping[str, Value], members: Iterable[Mapping[str, Value]]) -> Rows:
        """The rows of facts by name; a fact that is not there is unknown."""

        def row(places: Mapping[str, Place], values: Mapping[str, Value]) -> list[Any]:
            return [
                bound
                for name, place in places.items()
                for bound in (place.bounds(values[name]) if name in values else place.unknown)
            ]

        return Rows(row(self.own, own), [row(self.of_members, values) for values in members])

    def put(self, rows: Rows, path: KeyPath, value: Value) -> None:
        """Put the value of a fact into rows."""
        self.place(path).put(rows.row(path), value)

    def clear(self, rows: Rows, paths: Iterable[KeyPath]) -> None:
        """Make facts unknown."""
        for path in paths:
            place = self.place(path)
            rows.row(path)[place.start : place.start + place.width] = place.unknown

    def leave_out(self, rows: Rows, paths: Iterable[KeyPath]) -> None:
        """Leave out facts that have a default."""
        for path in paths:
            place = self.place(path)
            rows.row(path)[place.start : place.start + place.width] = (None,) * place.width

    def value(self, rows: Rows, path: KeyPath) -> Value:
        """The value of a fact."""
        return self.place(path).value(rows.row(path))

    def scope(
        self,
        rows: Rows,
        variant: Variant = (),
        *,
        categories: Sequence[str] = (),
        found: tuple[Any, ...] = (),
    ) -> Scope:
        """The values of all names for some rows, perhaps under a variant of the policy.

        `categories` are those that what uses the category is computed for; without it, those that are possible.
        `found` is what `run` gave for the rows, if it is at hand.
        """
        steps = lowered(self.policy)
        own = RowFacts(self.own, rows.own)
        members = [RowFacts(self.of_members, row) for row in rows.members]
        if variant:
            return steps.scope(own, members, self.forced_values(variant))
        mask = sum(self.masks[name] for name in categories)
        has_values = len(found) > self._values_from  # that of one changed fact has the bits and comparisons alone
        known = Values(self._category_places, found, self._options) if has_values else None

        def others() -> Values:
            run, places = self._names
            return Values(places, run(rows.own, rows.members, (mask,)), self._options)

        inputs = RowInputs(self.own, self.of_members, rows, self._options)
        run = CompiledRun(steps.lowering.build, inputs, known, others)
        return steps.scope_of_run(run, own, members)

    def folded_run(self, rows: Rows) -> FoldedRun:
        """The steps of the folded program that the category and every `must` need."""
        run, places = self._needed
        values = Values(places, run(rows.own, rows.members), self._options)
        return FoldedRun(self.folded, len(rows.members), values, self._input_order)

    @cached_property
    def _input_order(self) -> Mapping[str, int]:
        return input_order(self.folded.steps)

    @cached_property
    def _names(self) -> tuple[Callable[..., tuple[Any, ...]], Mapping[int, ValuePlace]]:
        """The function for every name and clause, and for what clauses compare or ask of members."""
        places, roots = self._value_places(dict(self._named_steps()), 0)
        forced = () if self._category is None else (self.folded.names[self._category.name],)
        return self._compiled(self.folded, roots, forced), places

    @cached_property
    def _needed(self) -> tuple[Callable[..., tuple[Any, ...]], Mapping[int, ValuePlace]]:
        """The function for every step of the folded program that the category and every `must` need."""
        live = self.folded.live(tuple(self._roots(self.folded)))
        places: dict[int, ValuePlace] = {}
        at = 0
        for number in live:
            kind = self.folded.steps[number].kind
            places[number] = at, kind, self.folded.steps[number].space == "member"
            at += 2 if isinstance(kind, IntKind) else 1
        return self._compiled(self.folded, live), places

    def _value_places(self, steps: Mapping[int, int], at: int) -> tuple[dict[int, ValuePlace], list[int]]:
        """The places of the bounds of steps from a place on, and the steps of the folded program that give them."""
        program, folded = program_of(self.policy), self.folded
        asked = frozenset(folded.members.values())
        places: dict[int, ValuePlace] = {}
        roots = []
        for number, root in steps.items():
            of_members = folded.steps[root].space == "member"
            if not of_members or root in asked:
                places[number] = at, program.steps[number].kind, of_members
                roots.append(root)
                at += 2 if isinstance(program.steps[number].kind, IntKind) else 1
        return places, roots

    def _named_steps(self, live: Container[int] | None = None) -> Iterator[tuple[int, int]]:
        """The steps of names and clauses, of what clauses compare and ask of members, and of denominators.

        Each comes with its step in the folded program; with `live`, only those of clauses and names among these.
        """
        program, folded = program_of(self.policy), self.folded

        def among(steps: Mapping[str, int]) -> list[str]:
            return [name for name, step in steps.items() if live is None or step in live]

        for mine, theirs in (
            (program.clauses, folded.clauses),
            (program.must, folded.must),
            (program.names, folded.names),
        ):
            yield from ((mine[name], theirs[name]) for name in among(mine))
        ids = among(program.clauses)
        yield from ((program.members[id_], folded.members[id_]) for id_ in ids if id_ in program.members)
        sides = [
            pair
            for id_ in ids
            if id_ in program.sides
            for pair in zip(program.sides[id_], folded.sides[id_], strict=True)
        ]
        yield from ((mine.step, theirs.step) for mine, theirs in sides)
        names = [name for name in among(program.names) if name in program.scales]
        denominators = [(mine.by, theirs.by) for mine, theirs in sides]
        denominators += [(program.scales[name], folded.scales[name]) for name in names]
        for mine_by, theirs_by in denominators:
            for (step, _), (root, _) in zip(mine_by.factors, theirs_by.factors, strict=True):
                yield step, root

    def forced_values(self, variant: Variant) -> dict[int, Value]:
        """The values of the steps that a variant forces."""
        steps = program_of(self.policy).steps
        return {
            step: TRUTHS[bits] if isinstance(steps[step].kind, BoolKind) else self._options.of(bits)
            for step, bits in variant
        }

    # Evaluation

    def fill(self, rows: Rows, readings: Sequence[int] | None = None) -> Filled:
        """Put the defaults into rows in which they are None; `readings` are masks, 0 for the chosen option."""
        return Filled(*self._fill(rows.own, rows.members, (0,) * len(self._readings) if readings is None else readings))

    def decide(self, rows: Rows) -> Result:
        """The category and every `must` for filled rows."""
        return self.result(self.run(rows.own, rows.members))

    def without_member(self, rows: Rows, number: int) -> "WithoutMember | None":
        """Rows in which only one member will differ; None where every member has to be computed again."""
        return None if self._split is None else WithoutMember(self._split, rows, number)

    @cached_property
    def _split(self) -> Split | None:
        steps = {(step.space, step.data): number for number, step in enumerate(self.folded.steps) if step.op == "input"}
        inputs = [steps["household", name] for name in self.own] + [steps["member", name] for name in self.of_members]
        return compile_split(self.folded, self._prefix, inputs, self.masks)

    def result(self, found: tuple[Any, ...]) -> Result:
        """The result of a run: of the bits of outcomes and of every `must`."""
        bits = found[: self._bits]
        known = self._results.get(bits)
        if known is None:
            count = len(self._outcomes)
            truths = []
            for outcome in bits[:count]:
                truths.append(TRUTHS[outcome])
                if outcome == TRUE:
                    break
            ids = () if self._category is None else possible(self._category, tuple(truths))
            known = Result(tuple(truths), ids, bits[count:])
            if len(self._results) >= _MOST_RESULTS:
                self._results.clear()
            self._results[bits] = known
        return known

    def breaks(self, rows: Rows, variant: Variant = ()) -> bool:
        """Whether a `must` certainly fails for filled rows."""
        if variant:
            return self.decide_variant(rows, variant).is_broken
        return FALSE in self._run_must(rows.own, rows.members)

    @cached_property
    def _run_must(self) -> Callable[..., tuple[int, ...]]:
        return self._compiled(self.folded, list(self.folded.must.values()))

    def decide_variant(self, rows: Rows, variant: Variant) -> Result:
        """The category and every `must` for filled rows under a variant of the policy."""
        bits = [0] * len(self._forced)
        for step, forced in variant:
            bits[self._forced[step]] = forced
        return self.result(self._run_variant(rows.own, rows.members, bits))

    def with_reading(self, name: str, option: str) -> Variant:
        """The variant with another option of a reading."""
        return ((program_of(self.policy).names[name], self.masks[option]),)

    def with_clause(self, id_: str, truth: bool) -> Variant:  # noqa: FBT001  # the value itself
        """The variant in which a clause is true, or false, for every household."""
        return ((program_of(self.policy).clauses[id_], TRUE if truth else FALSE),)

    @cached_property
    def _forced(self) -> dict[int, int]:
        """The steps that a variant can force, with their places: readings and the clauses of definitions."""
        program = program_of(self.policy)
        return {step: place for place, step in enumerate((*self._readings, *program.clauses.values()))}

    @cached_property
    def _run_variant(self) -> Callable[..., tuple[int, ...]]:
        program = program_of(self.policy)
        return self._compiled(program, self._roots(program), tuple(self._forced))

    def fill_variant(self, rows: Rows, variant: Variant) -> Filled:
        """Put the defaults of a variant into rows."""
        forced = dict(variant)
        return self.fill(rows, [forced.get(step, 0) for step in self._readings])

    @cached_property
    def reading_defaults(self) -> frozenset[int]:
        """The steps of the readings on which a default depends."""
        program = program_of(self.policy)
        return frozenset(program.live(tuple(root for default in self.defaults for root in default.roots))) & frozenset(
            self._readings
        )

    # What depends on a fact

    @cached_property
    def in_defaults(self) -> FrozenMapping[str, bool]:
        """The facts on which a default of another one depends; whether, of a member's, only that member's facts do."""
        return FrozenMapping(facts_in_defaults(program_of(self.policy), self.defaults))

    @cached_property
    def matters(self) -> frozenset[str]:
        """The facts that the category, a `must` or the default of another fact depends on."""
        return facts_of(self.folded, self._roots(self.folded)) | frozenset(self.in_defaults)

    @cached_property
    def alike(self) -> FrozenMapping[str, int]:
        """The facts that the category and every `must` use only as parts of one sum, and no default, with that sum."""
        sums = alike(self.folded, self._roots(self.folded))
        return FrozenMapping((name, number) for name, number in sums.items() if name not in self.in_defaults)

    # All decisions

    def profile(self, rows: Rows, categories: Iterable[str]) -> Profile:
        """For each decision the ids of the outcomes that hold and of those that are possible.

        `categories` are the possible ones, for which the other decisions are computed.
        """
        _, *others = self.policy.decisions.values()
        names = tuple(categories)
        found: list[tuple[tuple[str, ...], tuple[str, ...]]] = [(names if len(names) == 1 else (), names)]
        if not others:
            return tuple(found)
        bits = self._run_others(rows.own, rows.members, (sum(self.masks[name] for name in names),))
        start = 0
        for decision in others:
            truths = tuple(TRUTHS[outcome] for outcome in bits[start : start + len(decision.outcomes)])
            start += len(decision.outcomes)
            may_hold = possible(
                decision, truths[: truths.index(True) + 1] if True in truths and not decision.every else truths
            )
            if decision.every:
                holding = tuple(outcome.id for outcome, truth in zip(decision.outcomes, truths, strict=True) if truth)
            else:
                holding = may_hold if len(may_hold) == 1 else ()
            found.append((holding, may_hold))
        return tuple(found)

    @cached_property
    def _run_others(self) -> Callable[..., tuple[int, ...]]:
        """The bits of the outcomes of all decisions but the category, whose options are forced."""
        category, *others = self.policy.decisions.values()
        steps = [self.folded.clauses[cast(Clause, each.when).id] for decision in others for each in decision.outcomes]
        return self._compiled(self.folded, steps, (self.folded.names[category.name],))

    # Comparisons

    def gaps(self, found: tuple[Any, ...]) -> list[tuple[Exact, Exact]]:
        """The bounds of the differences in the comparisons that the category needs, of a run."""
        return _gaps(found[self._bits : self._values_from])

    def all_gaps(self, rows: Rows) -> list[tuple[Exact, Exact]]:
        """The bounds of the differences in the comparisons that all decisions need."""
        return _gaps(self._run_all_sides(rows.own, rows.members))

    @cached_property
    def _run_all_sides(self) -> Callable[..., tuple[Exact, ...]]:
        return self._compiled(self.folded, self._sides(self.policy.decisions.values()))

    def _sides(self, decisions: Iterable[Decision]) -> list[int]:
        """Both sides of every comparison of two numbers of the household that some decisions need."""
        folded = self.folded
        roots = [folded.clauses[cast(Clause, each.when).id] for decision in decisions for each in decision.outcomes]
        steps = (folded.steps[number] for number in folded.live(tuple(roots)))
        return [
            arg
            for step in steps
            if step.op in ("lt", "eq")
            and step.space == "household"
            and isinstance(folded.steps[step.args[0]].kind, IntKind)
            for arg in step.args
        ]


def _gaps(ends: Sequence[Exact]) -> list[tuple[Exact, Exact]]:
    """The bounds of the first side of each comparison minus the second."""
    return [(ends[at] - ends[at + 3], ends[at + 1] - ends[at + 2]) for at in range(0, len(ends), 4)]


_MOST_RESULTS = 10_000  # different results of one policy that are remembered


@per_policy
def compiled_policy(policy: Policy) -> CompiledPolicy:
    """The compiled form of a policy, made once."""
    return CompiledPolicy(policy)
