"""A policy and its parts: facts, parameters, readings, terms and decisions."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property, wraps
from typing import Concatenate, Literal, ParamSpec, cast

from attrs import evolve, field, frozen

from hardship_rules.core.expr import Clause, Expr, Provenance, names_in, walk
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ChoiceKind, Kind, NumberKind, Value
from hardship_rules.core.memo import Memo, Result
from hardship_rules.core.problem import KeyPath, Location, PolicyError, Problem, nearest, options_known

Args = ParamSpec("Args")


@frozen
class Source:
    """A cited document; `held` is whether its text is available, None if not stated."""

    title: str
    held: bool | None


@frozen
class Usual:
    """The usual bounds of a number; one outside may be a typo and causes a warning only."""

    low: Exact | None
    high: Exact | None

    def holds(self, number: Exact) -> bool:
        """Whether a number is within the usual bounds."""
        return (self.low is None or self.low <= number) and (self.high is None or number <= self.high)


@frozen
class Former:
    """An earlier name and the current one.

    `of` is what is named: `("household",)` and `("members", "facts")` are facts, `(FACT, "one of")` the options of a
    fact, `("decisions",)` outcomes and clauses by id.
    """

    of: KeyPath
    old: str
    new: str
    at: Location = field(eq=False, repr=False)


@frozen
class Approval:
    """Who approved a policy and when, with the fingerprints of the approved content and of its base."""

    by: str
    day: date
    fingerprint: str
    base: str | None
    at: Location = field(eq=False, repr=False)


@frozen
class Fact:
    """An input about a household or a member; `if_absent` is its default where it is left out."""

    name: str
    title: str
    kind: Kind
    if_absent: Expr | None
    counted_in: str
    evidence: str
    group: str
    of_member: bool
    at: Location = field(eq=False, repr=False)
    usual: Usual | None = None


@frozen
class Members:
    """The facts of each member, the facts that name one in explanations, and the most members of a household."""

    called_by: tuple[str, ...]
    at_most: int
    facts: FrozenMapping[str, Fact]


@frozen
class Parameter:
    """A number of the year: one value, or a table by options or whole numbers.

    `values` has an entry for each combination of keys; None is a value that is not published. Without values the
    policy is open. `last` has, for each dimension, the number that means "and more". `places` has the location of
    each value, of each row, and of the table itself under `()`.
    """

    name: str
    title: str
    kind: NumberKind
    by: tuple[str, ...]
    values: FrozenMapping[tuple[str | int, ...], Exact | None]
    last: tuple[int | None, ...]
    provenance: Provenance | None
    places: FrozenMapping[tuple[str | int, ...], Location] = field(eq=False, repr=False)
    at: Location = field(eq=False, repr=False)
    usual: Usual | None = None


@frozen
class Reading:
    """A question that the sources leave open, with the chosen answer and the reason."""

    name: str
    title: str
    question: str
    kind: ChoiceKind
    chosen: str
    why: str
    affects: tuple[str, ...]
    provenance: Provenance | None
    at: Location = field(eq=False, repr=False)


@frozen
class Term:
    """A named number, condition or choice of the household or of each member."""

    name: str
    title: str
    kind: Kind
    expr: Expr
    of_member: bool
    provenance: Provenance | None
    at: Location = field(eq=False, repr=False)


@frozen
class Outcome:
    """A possible result of a decision; `when` is None for `otherwise`. `tone` is a colour without further meaning."""

    id: str
    title: str
    when: Clause | None
    provenance: Provenance | None
    at: Location = field(eq=False, repr=False)
    tone: str = field(default="plain", eq=False)


@frozen
class Decision:
    """A decision between outcomes: the first that holds, or every one that holds.

    `disjoint` states that no two outcomes hold together, `complete` that no household is left for `otherwise`. Both
    are questions for proofs and change no verdict.
    """

    name: str
    title: str
    every: bool
    outcomes: tuple[Outcome, ...]
    otherwise: Outcome | None
    disjoint: bool
    complete: bool
    at: Location = field(eq=False, repr=False)

    @cached_property
    def options(self) -> FrozenMapping[str, str]:
        """The title of every outcome by id, `otherwise` last."""
        return FrozenMapping((name, outcome.title) for name, outcome in self.by_id.items())

    @cached_property
    def by_id(self) -> FrozenMapping[str, Outcome]:
        """Every outcome by id, `otherwise` last."""
        last = () if self.otherwise is None else (self.otherwise,)
        return FrozenMapping((outcome.id, outcome) for outcome in (*self.outcomes, *last))


@frozen
class Property:
    """An invariant of a policy over all households; `kind` says which of its fields apply.

    `raising`: an increase of `facts`, all else equal, never moves `decision` in the direction `to`, while `when` holds
    before and after. `never`: a household that meets `when` gets none of `outcomes`. `only`: only a household that
    meets `when` gets one of `outcomes`.
    """

    name: str
    title: str
    kind: Literal["raising", "never", "only"]
    decision: str
    outcomes: tuple[str, ...]
    facts: tuple[str, ...]
    to: str
    when: Clause | None
    provenance: Provenance | None
    at: Location = field(eq=False, repr=False)


@frozen
class Note:
    """A remark beside the rules; the note on the time to reply has `days` and no text."""

    text: str
    provenance: Provenance | None
    days: int | None = None


Definition = Fact | Parameter | Reading | Term | Decision


def exprs_of(definition: Definition) -> tuple[Expr, ...]:
    """The expressions of a definition: a term's own, the conditions of outcomes, the `if absent` of a fact."""
    match definition:
        case Term(expr=expr):
            return (expr,)
        case Decision(outcomes=outcomes):
            return tuple(outcome.when for outcome in outcomes if outcome.when is not None)
        case Fact(if_absent=expr) if expr is not None:
            return (expr,)
        case _:
            return ()


def used_by(definition: Definition) -> tuple[str, ...]:
    """The names that a definition refers to, each once."""
    if isinstance(definition, Parameter):
        return definition.by
    return tuple(dict.fromkeys(name for expr in exprs_of(definition) for name in names_in(expr)))


@frozen
class Policy:
    """A policy, complete with what it extends and checked: sound, immutable, and safe to share between threads."""

    name: str
    series: str | None
    title: str
    start: date | None
    end: date | None
    units: FrozenMapping[str, str] = field(repr=False)
    sources: FrozenMapping[str, Source] = field(repr=False)
    facts: FrozenMapping[str, Fact] = field(repr=False)
    members: Members = field(repr=False)
    must: tuple[Clause, ...] = field(repr=False)
    parameters: FrozenMapping[str, Parameter] = field(repr=False)
    readings: FrozenMapping[str, Reading] = field(repr=False)
    terms: FrozenMapping[str, Term] = field(repr=False)
    show: tuple[str, ...] = field(repr=False)
    decisions: FrozenMapping[str, Decision] = field(repr=False)
    notes: FrozenMapping[str, Note] = field(repr=False)
    resolved: str = field(repr=False)
    at: Location = field(eq=False, repr=False)
    properties: FrozenMapping[str, Property] = field(default=FrozenMapping(), repr=False)
    is_draft: bool = field(default=False, repr=False)  # whether the file says `status: draft`
    approval: Approval | None = field(default=None, repr=False)
    formers: tuple[Former, ...] = field(default=(), repr=False)
    order: tuple[str, ...] = field(default=(), repr=False)  # parameters, terms and decisions, each after what it uses
    fact_order: tuple[str, ...] = field(default=(), repr=False)  # facts, each after what its `if absent` uses
    of_members: frozenset[str] = field(default=frozenset(), repr=False)  # the names that each member has a value of

    @cached_property
    def memo(self) -> Memo:
        """The results of `per_policy` functions; they are no part of `==`, hash, repr, pickles and copies."""
        return Memo()

    @cached_property
    def names(self) -> FrozenMapping[str, Definition]:
        """Everything that a line may name, except the day `on`."""
        sections = (self.facts, self.members.facts, self.parameters, self.readings, self.terms, self.decisions)
        return FrozenMapping((name, part) for section in sections for name, part in section.items())

    @cached_property
    def uses(self) -> FrozenMapping[str, tuple[str, ...]]:
        """The names that each definition refers to, without its own."""
        uses = ((name, used_by(definition)) for name, definition in self.names.items())
        return FrozenMapping((name, tuple(used for used in names if used != name)) for name, names in uses)

    @cached_property
    def constants(self) -> FrozenMapping[str, Value]:
        """The values that need no household: the chosen options of readings, and parameters with one value."""
        values: dict[str, Value] = {name: reading.chosen for name, reading in self.readings.items()}
        for name, parameter in self.parameters.items():
            if not parameter.by:
                number = parameter.values.get(())
                values[name] = parameter.kind.unknown if number is None else number
        return FrozenMapping(values)

    @cached_property
    def stand_ins(self) -> tuple[Fact, ...]:
        """The facts with a default (`if absent`), each after the facts that its default uses."""
        facts = (self.names[name] for name in self.fact_order)
        return tuple(fact for fact in facts if isinstance(fact, Fact) and fact.if_absent is not None)

    @cached_property
    def category(self) -> Decision:
        """The first decision, the main result of the policy."""
        return next(iter(self.decisions.values()))

    @cached_property
    def category_order(self) -> tuple[str, ...]:
        """The part of `order` that the category depends on, the category last."""
        wanted = {self.category.name}
        for name in reversed(self.order):
            if name in wanted:
                wanted.update(self.uses[name])
        return tuple(name for name in self.order if name in wanted)

    @cached_property
    def switches(self) -> frozenset[str]:
        """The ids of the clauses that depend on readings and parameters only, equal for every household."""
        household_names = {"on", *self.facts, *self.members.facts}  # what may differ between households
        for name in self.order:
            if household_names & set(self.uses[name]):
                household_names.add(name)
        definitions: list[Definition] = [*self.terms.values(), *self.decisions.values()]
        return frozenset(
            clause.id
            for definition in definitions
            for expr in exprs_of(definition)
            for clause in walk(expr)
            if isinstance(clause, Clause) and not household_names & set(names_in(clause))
        )

    @cached_property
    def is_open(self) -> bool:
        """Whether a parameter has no value yet; such a policy can be checked but not applied."""
        return any(not parameter.values for parameter in self.parameters.values())

    @cached_property
    def fingerprint(self) -> str:
        """`v1:` and the SHA-256 of the canonical text of the resolved policy."""
        return "v1:" + hashlib.sha256(self.resolved.encode()).hexdigest()

    @cached_property
    def status(self) -> Literal["draft", "approved"] | None:
        """`approved` with this content; `draft` if it says so or changed since its approval; else None."""
        if self.is_draft or (self.approval is not None and self.approval.fingerprint != self.fingerprint):
            return "draft"
        return None if self.approval is None else "approved"

    @cached_property
    def formerly(self) -> FrozenMapping[KeyPath, FrozenMapping[str, Former]]:
        """The earlier names by what they name (`Former.of`), each with its current name."""
        names: dict[KeyPath, dict[str, Former]] = {}
        for former in self.formers:
            names.setdefault(former.of, {})[former.old] = former
        return FrozenMapping((of, FrozenMapping(formers)) for of, formers in names.items())

    def with_readings(self, chosen: Mapping[str, str]) -> "Policy":
        """The variant of this policy with other options of some readings.

        `chosen` has an option by the name of a reading. Raises `PolicyError` for an unknown reading or option.
        """
        if not isinstance(cast(object, chosen), Mapping):
            raise PolicyError([Problem("readings_expected", ("readings",), type(chosen).__name__)])
        problems = []
        readings = dict(self.readings)
        resolved = json.loads(self.resolved)
        for name, option in ((str(key), str(word)) for key, word in chosen.items()):  # a host may pass other types
            path = ("readings", name)
            if (reading := readings.get(name)) is None:
                known = nearest(name, readings)
                problems.append(
                    Problem("unknown_reading", path, given=name, values={**known, "known": ", ".join(readings)})
                )
            elif option not in reading.kind.options:
                values = options_known(option, reading.kind.options)
                problems.append(Problem("unknown_option", path, given=option, values=values))
            else:
                readings[name] = evolve(reading, chosen=option)
                resolved["readings"][name]["chosen"] = option
        if problems:
            raise PolicyError(problems)
        return evolve(self, readings=FrozenMapping(readings), resolved=canonical(resolved))


def per_policy(
    compute: Callable[Concatenate[Policy, Args], Result],
) -> Callable[Concatenate[Policy, Args], Result]:
    """A function that is computed once for each policy and further (hashable) arguments.

    Results live as long as the policy and belong to that object: an equal policy computes its own.

        @per_policy
        def names_in_must(policy: Policy) -> frozenset[str]: ...
    """

    @wraps(compute)
    def once(policy: Policy, /, *args: Args.args, **options: Args.kwargs) -> Result:
        return policy.memo.result((compute, *args, *options.items()), lambda: compute(policy, *args, **options))

    return once


@per_policy
def names_behind(policy: Policy, *names: str) -> frozenset[str]:
    """Some names and every name that their values depend on, directly or through others.

        names_behind(policy, "income")  # income, the terms and facts that it is computed from, and what they need

    A name that the policy does not define, such as the day `on`, depends on no other.
    """
    pending, found = list(names), set[str]()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += policy.uses.get(name, ())
    return frozenset(found)


def require_policy(given: object) -> None:
    """Raise `PolicyError` if an argument is no policy; a common mistake is to pass its name."""
    if not isinstance(given, Policy):
        raise PolicyError([Problem("policy_not_loaded", (), type(given).__name__)])


def require_decidable(policy: Policy) -> None:
    """Raise `PolicyError` for what is no policy, has an open parameter, or has no decision."""
    require_policy(policy)
    if policy.is_open:
        unset = ", ".join(
            f"`{name}` {parameter.title}" for name, parameter in policy.parameters.items() if not parameter.values
        )
        raise PolicyError([Problem("policy_open", given=policy.name, values={"parameters": unset})])
    if not policy.decisions:
        raise PolicyError([Problem("policy_without_decision", given=policy.name)])


def day_problem(policy: Policy, day: date, location: Location | None = None) -> Problem | None:
    """The problem of a day outside the policy's window; None inside it."""
    if (policy.start or date.min) <= day <= (policy.end or date.max):
        return None
    window = {"start": str(policy.start or "…"), "end": str(policy.end or "…")}
    return Problem("on_outside", ("on",), str(day), {"policy": policy.name, **window}, location=location)


def canonical(tree: object) -> str:
    """The canonical JSON text of a tree of strings, lists and mappings."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
