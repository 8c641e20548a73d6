"""Households as they are written, under two policies at once: each fact stated or left out, as variables of Z3."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import lcm
from typing import Any, cast

from attrs import evolve, field, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import high, low
from hardship_rules.core.kinds import ChoiceKind, DateKind, Kind, NumberKind, day_number, day_of
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.core.problem import KeyPath
from hardship_rules.engine.defaults import (
    DERIVED_OUTSIDE,
    held_term,
    known_term,
    left_out_column,
    stated_column,
    unheld_column,
    unknown_column,
    written_policy,
)
from hardship_rules.engine.evaluate import Lowered, lowered
from hardship_rules.proofs._encode import Encoding
from hardship_rules.proofs._households import (
    Facts,
    Households,
    day_variable,
    fact_variable,
    is_true_in,
    number_in,
    option_in,
    unpublished_numbers,
)
from hardship_rules.proofs.terms import (
    Cases,
    Choice,
    Space,
    Symbol,
    Truth,
    Whole,
    all_of,
    any_of,
    constant,
    is_option,
    opposite,
    z3,
)

_HOUSEHOLD = ("household",)
_MEMBER = ("members", "facts")


@frozen(eq=False)
class Cell:
    """A fact of the household or of one member as it is written: its value, and whether it is left out instead.

    Where a policy has no default for a fact that is left out, it is unknown; the value is then one of its completions.
    """

    value: Symbol
    left_out: Truth = False


@frozen
class FactOfBoth:
    """A fact by its name in the older policy and in the newer one; None where a policy does not have it.

    `kind` has every value that either policy takes. `scale` makes its numbers whole. `options` are the names of the
    newer policy by those of the older one, where they differ.
    """

    before: str | None
    now: str | None
    kind: Kind
    scale: int
    options: FrozenMapping[str, str]
    may_be_left_out: bool

    @property
    def key(self) -> str:
        """The name of the cell: the newer name, or the older one of a fact that only the older policy has."""
        return self.now if self.now is not None else f"{self.before} before"

    def symbol(self, value: Any) -> Symbol:
        """A value that is the same for every household."""
        if isinstance(self.kind, ChoiceKind):
            return {value: True}
        if isinstance(self.kind, NumberKind):
            return constant(int(value * self.scale))
        return constant(day_number(value)) if isinstance(self.kind, DateKind) else value

    def has_value(self, symbol: Symbol, value: Any) -> Truth:
        """Whether a symbol has a value that a household was read with."""
        if isinstance(self.kind, ChoiceKind):
            return is_option(cast(Choice, symbol), value)
        if isinstance(self.kind, NumberKind):
            return number_of(symbol) == int(value * self.scale)
        if isinstance(self.kind, DateKind):
            return number_of(symbol) == value
        return symbol if value else opposite(symbol)

    def stated(self, value: Any) -> object:
        """A value that the older policy reads, as it is written under today's name."""
        if isinstance(self.kind, DateKind):
            return day_of(value)
        return self.options.get(value, value) if isinstance(self.kind, ChoiceKind) else value

    def option(self, value: object, *, new: bool) -> object:
        """A value as one of the policies writes it."""
        return value if new else next((old for old, now in self.options.items() if now == value), value)


Cells = Mapping[str, Cell]
Known = Mapping[str, tuple[Truth, ...]]
"""Of each fact, by its key, whether it is stated or has a default with a value: for the household, or each member."""


@frozen(eq=False)
class WrittenHouseholds:
    """Households of up to a number of members as cells; `present` says of each member whether it is there."""

    on: Symbol
    own: Cells
    members: tuple[Cells, ...]
    present: tuple[Truth, ...]

    def cell(self, key: str) -> Cell:
        """A cell of the household, or else of the first member."""
        return self.own[key] if key in self.own else self.members[0][key]

    def with_cell(self, key: str, cell: Cell) -> "WrittenHouseholds":
        """The same households with another cell, of the household or else of the first member."""
        if key in self.own:
            return evolve(self, own={**self.own, key: cell})
        first, *others = self.members
        return evolve(self, members=({**first, key: cell}, *others))

    def holders(self) -> Iterator[tuple[Truth, Cells]]:
        """The cells of the household, and of each member with whether it is there."""
        yield True, self.own
        yield from zip(self.present, self.members, strict=True)


@frozen(eq=False)
class Side:
    """One of the two policies over written households.

    `judges` is whether it judges a household: it takes each value that is stated, and no `must` is broken. `known` are
    the facts that decisions know, `held` those that a `must` knows. `fits` is whether each default is in its range.
    """

    policy: Policy
    encoding: Encoding
    judges: Truth
    known: Known
    held: Known
    fits: Truth

    def all_known(self, facts: Known) -> Truth:
        """Whether all of some facts are known, of the members who are there."""
        present = self.encoding.of.present
        return all_of(
            any_of((opposite(there), truth))
            for truths in facts.values()
            for there, truth in zip(present, truths, strict=False)
        )


@frozen(eq=False)
class BothPolicies:
    """The facts of two policies, and their meaning over households that are written once for both."""

    space: Space
    old: Policy
    new: Policy
    own: tuple[FactOfBoth, ...]
    of_member: tuple[FactOfBoth, ...]
    _numbers: dict[bool, Any] = field(factory=dict)  # unpublished numbers of each policy

    def written(self, members: int) -> WrittenHouseholds:
        """Variables for every household of up to a number of members."""
        space = self.space
        count = min(members, max(policy.members.at_most for policy in (self.old, self.new)))
        present: list[Truth] = [True]
        for number in range(1, count):
            present.append(space.flag(f"member {number + 1}"))
            space.know(any_of((opposite(present[number]), present[number - 1])))
        return WrittenHouseholds(
            day_variable(space, "on", self.new.start, self.new.end),
            {fact.key: self._cell(fact) for fact in self.own},
            tuple({fact.key: self._cell(fact) for fact in self.of_member} for _ in range(count)),
            tuple(present),
        )

    def fixed(self, household: Facts) -> WrittenHouseholds:
        """A household of both policies in which each fact that is not left out is stated."""

        def cells(facts: tuple[FactOfBoth, ...], holder: Facts) -> dict[str, Cell]:
            return {
                fact.key: Cell(fact.symbol(holder[fact.key]))
                if fact.key in holder
                else Cell(self.variable(fact), left_out=True)
                for fact in facts
            }

        return WrittenHouseholds(
            constant(day_number(household["on"])),
            cells(self.own, household),
            tuple(cells(self.of_member, member) for member in household["members"]),
            (True,) * len(household["members"]),
        )

    def variable(self, fact: FactOfBoth) -> Symbol:
        """A new variable for a fact, with every value that either policy takes."""
        return fact_variable(self.space, fact.key, fact.kind, fact.scale)

    def _cell(self, fact: FactOfBoth) -> Cell:
        left_out = self.space.flag(f"{fact.key} left out") if fact.may_be_left_out else False
        return Cell(self.variable(fact), left_out)

    def fact(self, key: str) -> FactOfBoth:
        """The fact of a cell."""
        return next(fact for fact in (*self.own, *self.of_member) if fact.key == key)

    def side(self, written: WrittenHouseholds, *, new: bool) -> Side:
        """What one of the policies decides of written households."""
        policy = self.new if new else self.old
        steps = lowered(written_policy(policy))
        own, own_takes = self._symbols(steps, policy.facts, self.own, written.own, new=new)
        of_members = [
            self._symbols(steps, policy.members.facts, self.of_member, cells, new=new) for cells in written.members
        ]
        households = Households(
            self.space,
            steps,
            {**own, "on": written.on},
            tuple(symbols for symbols, _ in of_members),
            written.present,
            {},
            self._unpublished(steps, new=new),
        )
        encoding = Encoding(households)
        optional = [fact for fact in (*self.own, *self.of_member) if fact.may_be_left_out]
        names = {fact.key: fact.now if new else fact.before for fact in optional}
        known, held = (
            {key: _known(encoding, key, name, term, written) for key, name in names.items() if name is not None}
            for term in (known_term, held_term)
        )
        holders = [(0, written.own, True, own_takes)]
        holders += [
            (place, cells, present, takes)
            for place, (cells, present, (_, takes)) in enumerate(
                zip(written.members, written.present, of_members, strict=True)
            )
        ]
        accepts = [
            any_of((opposite(present), taken, key in known and all_of((cells[key].left_out, known[key][place]))))
            for place, cells, present, takes in holders
            for key, taken in takes.items()
        ]
        if len(written.present) > policy.members.at_most:
            accepts.append(opposite(written.present[policy.members.at_most]))
        must = dict(zip((clause.id for clause in encoding.policy.must), encoding.must(), strict=True))
        fits = all_of(truth for id_, truth in must.items() if id_.startswith(DERIVED_OUTSIDE))
        return Side(policy, encoding, all_of((*accepts, *must.values())), known, held, fits)

    def _symbols(
        self, steps: Lowered, facts: Mapping[str, Fact], both: tuple[FactOfBoth, ...], cells: Cells, *, new: bool
    ) -> tuple[dict[str, Symbol], dict[str, Truth]]:
        """The symbols of a policy's facts, and whether the policy takes the value of each, by key."""
        symbols: dict[str, Symbol] = {}
        taken: dict[str, Truth] = {}
        for fact in both:
            name = fact.now if new else fact.before
            if name is None:
                continue
            cell = cells[fact.key]
            has_default = facts[name].if_absent is not None
            scale = steps.named(stated_column(name) if has_default else name).by.number
            value, taken[fact.key] = self._as_taken(fact, cell.value, facts[name].kind, scale, new=new)
            if has_default:
                symbols[stated_column(name)] = symbols[unknown_column(name)] = value
                # A `must` holds if any value meets it, and each policy and household may have another value.
                symbols[unheld_column(name)] = fact_variable(self.space, name, facts[name].kind, scale)
                symbols[left_out_column(name)] = cell.left_out
            else:
                symbols[name] = value
        return symbols, taken

    def _as_taken(self, fact: FactOfBoth, value: Symbol, kind: Kind, scale: int, *, new: bool) -> tuple[Symbol, Truth]:
        """A value as a policy takes it, and whether the policy takes it at all."""
        if isinstance(kind, ChoiceKind):
            choice = cast(Choice, value)
            names = {option: option if new else fact.options.get(option, option) for option in kind.options}
            own = {option: is_option(choice, name) for option, name in names.items()}
            return own, True if {*names.values()} >= {*choice} else any_of(own.values())
        if not isinstance(kind, NumberKind):
            return value, True
        number = number_of(value)
        finer = fact.scale // scale
        least, most = (int(end(kind.unknown) * fact.scale) for end in (low, high))
        if isinstance(number, int):
            takes = least <= number <= most and number % finer == 0
            return constant(number // finer), takes
        if finer == 1 and kind.unknown == fact.kind.unknown:
            return value, True

        def make() -> Symbol:
            own = self.space.whole(fact.key)
            takes = z3.And(number >= least, number <= most, *([number % finer == 0] if finer > 1 else []))
            self.space.know(z3.And(own * fact.scale >= least * scale, own * fact.scale <= most * scale))
            self.space.know(z3.Implies(takes, number == own * finer))
            return cast(Symbol, (constant(own), takes))

        return cast(tuple[Symbol, Truth], self.space.once(("as taken", new, fact.key), (value,), make))

    def _unpublished(self, steps: Lowered, *, new: bool) -> Mapping[Any, Cases]:
        """The numbers that are not published: the same in both policies where they define a parameter alike."""
        if new not in self._numbers:
            policy = self.new if new else self.old
            numbers = unpublished_numbers(self.space, steps, policy)
            if not new:
                theirs = self._unpublished(lowered(written_policy(self.new)), new=True)
                for name, key in numbers:
                    if policy.parameters[name] == self.new.parameters.get(name):
                        numbers[name, key] = theirs[name, key]
            self._numbers[new] = numbers
        return cast(Mapping[Any, Cases], self._numbers[new])

    def is_alike(self, fact: FactOfBoth) -> bool:
        """Whether both policies take the same values of a fact."""
        kinds = [
            cast(Fact, policy.names[name]).kind
            for policy, name in ((self.old, fact.before), (self.new, fact.now))
            if name is not None
        ]
        return len(kinds) == 2 and kinds[0] == kinds[1]  # both policies have it

    # Households of models

    @property
    def policy(self) -> Policy:
        """The newer policy with the facts of both by the keys of their cells."""
        own, of_member = (
            FrozenMapping({fact.key: self._definition(fact) for fact in facts}) for facts in (self.own, self.of_member)
        )
        return evolve(self.new, facts=own, members=evolve(self.new.members, facts=of_member))

    def _definition(self, fact: FactOfBoth) -> Fact:
        policy, name = (self.old, fact.before) if fact.now is None else (self.new, fact.now)
        return evolve(cast(Fact, policy.names[cast(str, name)]), name=fact.key, kind=fact.kind)

    def left_out(self, household: Facts) -> Iterator[KeyPath]:
        """The facts that a household leaves out and a policy has a default for."""
        for fact in self.own:
            if fact.may_be_left_out and fact.key not in household:
                yield (fact.key,)
        for number, member in enumerate(household["members"]):
            for fact in self.of_member:
                if fact.may_be_left_out and fact.key not in member:
                    yield ("members", number, fact.key)

    def decoded(self, written: WrittenHouseholds, model: z3.ModelRef, known: Known | None = None) -> Facts:
        """The household of a model with the facts of both policies, each by the key of its cell.

        With `known`, a fact that is left out and unknown has its value in the model.
        """

        def decoded(facts: tuple[FactOfBoth, ...], cells: Cells, place: int) -> Facts:
            return {
                fact.key: value_in(fact, cells[fact.key].value, model)
                for fact in facts
                if not is_true_in(model, cells[fact.key].left_out)
                or (known is not None and fact.key in known and not is_true_in(model, known[fact.key][place]))
            }

        members = [
            decoded(self.of_member, cells, place)
            for place, (present, cells) in enumerate(zip(written.present, written.members, strict=True))
            if is_true_in(model, present)
        ]
        on = day_of(number_in(model, cast(Cases, written.on)))
        return {"on": on, **decoded(self.own, written.own, 0), "members": members}

    def written_for(self, household: Facts, *, new: bool) -> Facts:
        """A household of both policies as it is written for one of them."""

        def written(facts: tuple[FactOfBoth, ...], holder: Facts) -> Facts:
            names = ((fact, fact.now if new else fact.before) for fact in facts if fact.key in holder)
            return {name: fact.option(holder[fact.key], new=new) for fact, name in names if name is not None}

        members = [written(self.of_member, member) for member in household["members"]]
        day = {"on": household["on"]} if "on" in household else {}
        return {**day, **written(self.own, household), "members": members}


def number_of(symbol: Symbol) -> Whole:
    """The number of a symbol that is the same in every case."""
    ((_, number),) = cast(Cases, symbol)
    return number


def value_in(fact: FactOfBoth, value: Symbol, model: z3.ModelRef) -> object:
    """The value of a fact in a model."""
    if isinstance(fact.kind, NumberKind):
        exact = Fraction(number_in(model, cast(Cases, value)), fact.scale)
        return exact.numerator if exact.denominator == 1 else exact
    if isinstance(fact.kind, ChoiceKind):
        return option_in(model, cast(Choice, value))
    if isinstance(fact.kind, DateKind):
        return day_of(number_in(model, cast(Cases, value)))
    return is_true_in(model, value)


def _known(
    encoding: Encoding, key: str, name: str, term: Callable[[str], str], written: WrittenHouseholds
) -> tuple[Truth, ...]:
    """Whether a fact is known, for the household or for each member."""
    is_own = key in written.own
    if isinstance(encoding.policy.names[name], Fact):  # it has no default
        holders = (written.own,) if is_own else written.members
        return tuple(opposite(cells[key].left_out) for cells in holders)
    step = encoding.lowered.named(term(name)).step
    return (cast(Truth, encoding.value(step)),) if is_own else cast(tuple[Truth, ...], encoding.by_member(step))


def both_policies(space: Space, old: Policy, new: Policy) -> BothPolicies:
    """Two policies with each fact of one beside the same fact of the other."""
    return BothPolicies(
        space,
        old,
        new,
        tuple(_facts_of_both(old, new, old.facts, new.facts, _HOUSEHOLD)),
        tuple(_facts_of_both(old, new, old.members.facts, new.members.facts, _MEMBER)),
    )


def _facts_of_both(
    old: Policy, new: Policy, before: Mapping[str, Fact], now: Mapping[str, Fact], of: tuple[str, ...]
) -> Iterator[FactOfBoth]:
    """The facts that both policies have, under today's name or an earlier one, then those of one policy only."""
    renamed = {str(former.new): former.old for former in new.formerly.get(of, {}).values()}
    shared: set[str] = set()
    for name, fact in now.items():
        earlier = before.get(name) or before.get(renamed.get(name, ""))
        options = _renamed_options(new, name, earlier)
        kind = None if earlier is None else _kind_of_both(earlier.kind, fact.kind, options)
        if earlier is None or kind is None:
            yield _fact_of(new, fact, is_new=True)
        else:
            shared.add(earlier.name)
            yield FactOfBoth(
                earlier.name,
                name,
                kind,
                lcm(_scale(old, earlier), _scale(new, fact)),
                options,
                earlier.if_absent is not None or fact.if_absent is not None,
            )
    for name, fact in before.items():
        if name not in shared:
            yield _fact_of(old, fact, is_new=False)


def _fact_of(policy: Policy, fact: Fact, *, is_new: bool) -> FactOfBoth:
    before, now = (None, fact.name) if is_new else (fact.name, None)
    return FactOfBoth(before, now, fact.kind, _scale(policy, fact), FrozenMapping(), fact.if_absent is not None)


def _scale(policy: Policy, fact: Fact) -> int:
    name = fact.name if fact.if_absent is None else stated_column(fact.name)
    return lowered(written_policy(policy)).named(name).by.number


def _renamed_options(new: Policy, name: str, earlier: Fact | None) -> FrozenMapping[str, str]:
    """Today's names of options that the older policy calls otherwise."""
    if earlier is None or not isinstance(earlier.kind, ChoiceKind):
        return FrozenMapping()
    formers = new.formerly.get((name, "one of"), {})
    return FrozenMapping((old, str(former.new)) for old, former in formers.items() if old in earlier.kind.options)


def _kind_of_both(before: Kind, now: Kind, options: Mapping[str, str]) -> Kind | None:
    """The kind with the values of both; None where they have nothing in common."""
    if isinstance(now, ChoiceKind) and isinstance(before, ChoiceKind):
        earlier = {options.get(option, option): title for option, title in before.options.items()}
        return ChoiceKind(FrozenMapping({**earlier, **now.options}))
    if isinstance(now, NumberKind) and isinstance(before, NumberKind):
        lows, highs = ([end(kind.unknown) for kind in (before, now)] for end in (low, high))
        return evolve(now, low=min(lows), high=max(highs), decimals=max(before.decimals, now.decimals))
    return now if type(before) is type(now) else None
