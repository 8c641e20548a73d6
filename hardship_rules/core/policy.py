"""The parts that a policy consists of: facts, parameters, readings, terms, decisions, and the policy itself."""

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
from hardship_rules.core.problem import Location, Path, PolicyError, Problem, nearest, options_known

Args = ParamSpec("Args")


@frozen
class Source:
    """A document that clauses refer to; `held` where it is known whether its text is at hand."""

    title: str
    held: bool | None


@frozen
class Usual:
    """What a number commonly lies between; outside it may be a slip of the pen, and changes nothing."""

    low: Exact | None
    high: Exact | None

    def holds(self, number: Exact) -> bool:
        """The number is one of the common ones."""
        return (self.low is None or self.low <= number) and (self.high is None or number <= self.high)


@frozen
class Former:
    """An earlier word for something: among what it was one, the word, and what is said now.

    `of` is `("household",)`, `("members", "facts")`, `(FACT, "one of")` for its options, or `("decisions",)` for the
    ids of outcomes and clauses.
    """

    of: Path
    old: str
    new: str
    at: Location = field(eq=False, repr=False)


@frozen
class Approval:
    """Who approved a policy, on which day, and the fingerprints of what was approved and of what that extends."""

    by: str
    day: date
    fingerprint: str
    base: str | None
    at: Location = field(eq=False, repr=False)


@frozen
class Fact:
    """Something a household or a member says of itself, and what stands in for it when it is left out."""

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
    """The facts of each member, those by which explanations call one, and how many there may be."""

    called_by: tuple[str, ...]
    at_most: int
    facts: FrozenMapping[str, Fact]


@frozen
class Parameter:
    """A number of the year, for each option or whole number that it goes by; None where it is not published.

    `last` holds, for each thing it goes by, the number that stands for itself "and more". No values: still open.
    `places` says where each value, each option before it, and the table itself, `()`, stand.
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
    """A question that the sources leave open, the answer chosen, and why."""

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
    """What a decision can come to; `when` is None for `otherwise`. `tone` colours it, and means nothing else."""

    id: str
    title: str
    when: Clause | None
    provenance: Provenance | None
    at: Location = field(eq=False, repr=False)
    tone: str = field(default="plain", eq=False)


@frozen
class Decision:
    """The first outcome that holds, or every one that does."""

    name: str
    title: str
    every: bool
    outcomes: tuple[Outcome, ...]
    otherwise: Outcome | None
    disjoint: bool
    at: Location = field(eq=False, repr=False)

    @cached_property
    def options(self) -> FrozenMapping[str, str]:
        """Every outcome's id with its title, `otherwise` last."""
        return FrozenMapping((name, outcome.title) for name, outcome in self.by_id.items())

    @cached_property
    def by_id(self) -> FrozenMapping[str, Outcome]:
        """Every outcome by its id, `otherwise` last."""
        last = () if self.otherwise is None else (self.otherwise,)
        return FrozenMapping((outcome.id, outcome) for outcome in (*self.outcomes, *last))


@frozen
class Property:
    """What a policy is meant to keep to, whatever it decides: `kind` says how its parts are read.

    `raising`: more of `facts`, all else equal, never moves `decision` the way of `to`, where `when` holds before and
    after. `never`: who meets `when` gets none of `outcomes`. `only`: none but who meets `when` gets one of them.
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
    """Something to be known beside the rules; `days` are those within which to reply, which have no text."""

    text: str
    provenance: Provenance | None
    days: int | None = None


Definition = Fact | Parameter | Reading | Term | Decision


def exprs_of(definition: Definition) -> tuple[Expr, ...]:
    """What a definition is worked out by: a term's expression, a decision's outcomes, a fact's `if absent`."""
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
    """The names that a definition is worked out from."""
    if isinstance(definition, Parameter):
        return definition.by
    return tuple(dict.fromkeys(name for expr in exprs_of(definition) for name in names_in(expr)))


@frozen
class Policy:
    """A policy that has been read, completed by what it extends, and checked: sound, immutable, and safe to share."""

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
    is_draft: bool = field(default=False, repr=False)  # it says so of itself
    approval: Approval | None = field(default=None, repr=False)
    formers: tuple[Former, ...] = field(default=(), repr=False)
    order: tuple[str, ...] = field(default=(), repr=False)  # parameters, terms and decisions, each after what it uses
    fact_order: tuple[str, ...] = field(default=(), repr=False)  # facts, each after what its `if absent` uses
    of_members: frozenset[str] = field(default=frozenset(), repr=False)  # the names that each member has a value of

    @cached_property
    def memo(self) -> Memo:
        """The results of `per_policy` functions. No part of its value: `==`, hash, repr, pickles and copies lack it."""
        return Memo()

    @cached_property
    def names(self) -> FrozenMapping[str, Definition]:
        """Everything that a line may name, but for the day `on`."""
        sections = (self.facts, self.members.facts, self.parameters, self.readings, self.terms, self.decisions)
        return FrozenMapping((name, part) for section in sections for name, part in section.items())

    @cached_property
    def uses(self) -> FrozenMapping[str, tuple[str, ...]]:
        """The names that each is worked out from, its own left out."""
        found = ((name, used_by(definition)) for name, definition in self.names.items())
        return FrozenMapping((name, tuple(used for used in names if used != name)) for name, names in found)

    @cached_property
    def constants(self) -> FrozenMapping[str, Value]:
        """What stands before any household: the readings' chosen options and the parameters that go by nothing."""
        values: dict[str, Value] = {name: reading.chosen for name, reading in self.readings.items()}
        for name, each in self.parameters.items():
            if not each.by:
                number = each.values.get(())
                values[name] = each.kind.unknown if number is None else number
        return FrozenMapping(values)

    @cached_property
    def stand_ins(self) -> tuple[Fact, ...]:
        """The facts that something stands in for when they are left out, each after those that it uses."""
        facts = (self.names[name] for name in self.fact_order)
        return tuple(fact for fact in facts if isinstance(fact, Fact) and fact.if_absent is not None)

    @cached_property
    def category(self) -> Decision:
        """The first decision."""
        return next(iter(self.decisions.values()))

    @cached_property
    def category_order(self) -> tuple[str, ...]:
        """What of `order` the category is worked out from, itself last."""
        wanted = {self.category.name}
        for name in reversed(self.order):
            if name in wanted:
                wanted.update(self.uses[name])
        return tuple(name for name in self.order if name in wanted)

    @cached_property
    def switches(self) -> frozenset[str]:
        """The ids of the clauses that look only at readings and parameters: the same for every household."""
        of_facts = {"on", *self.facts, *self.members.facts}
        for name in self.order:
            if of_facts & set(self.uses[name]):
                of_facts.add(name)
        definitions: list[Definition] = [*self.terms.values(), *self.decisions.values()]
        return frozenset(
            clause.id
            for definition in definitions
            for expr in exprs_of(definition)
            for clause in walk(expr)
            if isinstance(clause, Clause) and not of_facts & set(names_in(clause))
        )

    @cached_property
    def is_open(self) -> bool:
        """Some parameter has no value yet: the policy can be checked, not applied."""
        return any(not parameter.values for parameter in self.parameters.values())

    @cached_property
    def fingerprint(self) -> str:
        """`v1:` and the SHA-256 of the resolved policy; README says how that is formed."""
        return "v1:" + hashlib.sha256(self.resolved.encode()).hexdigest()

    @cached_property
    def status(self) -> Literal["draft", "approved"] | None:
        """Approved as it now stands, a draft by its own word or changed since it was approved, or neither is said."""
        if self.is_draft or (self.approval is not None and self.approval.fingerprint != self.fingerprint):
            return "draft"
        return None if self.approval is None else "approved"

    @cached_property
    def formerly(self) -> FrozenMapping[Path, FrozenMapping[str, Former]]:
        """The earlier words, by what they were one of."""
        found: dict[Path, dict[str, Former]] = {}
        for former in self.formers:
            found.setdefault(former.of, {})[former.old] = former
        return FrozenMapping((of, FrozenMapping(words)) for of, words in found.items())

    def with_readings(self, chosen: Mapping[str, str]) -> "Policy":
        """The variant of this policy in which the readings named have the options given; raises `PolicyError`."""
        if not isinstance(cast(object, chosen), Mapping):
            raise PolicyError([Problem("readings_expected", ("readings",), type(chosen).__name__)])
        problems = []
        readings = dict(self.readings)
        resolved = json.loads(self.resolved)
        for name, option in ((str(key), str(word)) for key, word in chosen.items()):  # whatever a host hands in
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


def refuse_no_policy(given: object) -> None:
    """Raise `PolicyError` where a host hands in a policy's name, or anything else, in place of a policy."""
    if not isinstance(given, Policy):
        raise PolicyError([Problem("policy_not_loaded", (), type(given).__name__)])


def refuse_undecidable(policy: Policy) -> None:
    """Raise `PolicyError` for what is no policy, has an open parameter, or has no decision."""
    refuse_no_policy(policy)
    if policy.is_open:
        open_ = ", ".join(
            f"`{name}` {parameter.title}" for name, parameter in policy.parameters.items() if not parameter.values
        )
        raise PolicyError([Problem("policy_open", given=policy.name, values={"parameters": open_})])
    if not policy.decisions:
        raise PolicyError([Problem("policy_without_decision", given=policy.name)])


def day_problem(policy: Policy, day: date, location: Location | None = None) -> Problem | None:
    """The problem of a day outside the policy's window; None inside it."""
    if (policy.start or date.min) <= day <= (policy.end or date.max):
        return None
    window = {"start": str(policy.start or "…"), "end": str(policy.end or "…")}
    return Problem("on_outside", ("on",), str(day), {"policy": policy.name, **window}, location=location)


def canonical(tree: object) -> str:
    """The one text of a tree of texts, lists and mappings."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
