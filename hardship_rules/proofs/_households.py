"""All households of a policy as variables of Z3, and a model of Z3 decoded into one household."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, cast

from attrs import evolve, field, frozen

from hardship_rules.core.interval import high, low
from hardship_rules.core.kinds import (
    EARLIEST,
    LATEST,
    BooleanKind,
    ChoiceKind,
    DateKind,
    Kind,
    NumberKind,
    day_number,
    day_of,
)
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.engine.evaluate import Lowered, lowered
from hardship_rules.proofs.terms import (
    Bits,
    Cases,
    Choice,
    Space,
    Symbol,
    Truth,
    any_of,
    constant,
    opposite,
    z3,
)

Facts = dict[str, Any]
"""A complete household as hosts pass it to `assess`: facts by name, `on`, and `members`, a list of such mappings."""

Symbols = Mapping[str, Symbol]
Unpublished = tuple[str, tuple[str | int, ...]]
"""A number of a parameter that is not published: the parameter and the key of its value."""


@frozen(eq=False)
class Households:
    """All valid households of a policy up to a number of members, as symbols.

    Numbers count in the smallest unit of their fact. `present` says of each member whether it is part of the household.
    The first member always is, and no member is present unless the one before it is.
    """

    space: Space
    lowered: Lowered
    facts: Symbols
    members: tuple[Symbols, ...]
    present: tuple[Truth, ...]
    readings: Symbols  # those that are not as the policy chooses them
    unpublished: Mapping[Unpublished, Cases]
    bits: Bits = field(factory=Bits, init=False, repr=False)  # of the conditions and choices, for decoding

    def scale(self, name: str) -> int:
        """What the number of a fact or parameter is multiplied by to be whole."""
        return self.lowered.named(name).by.number

    def with_free_facts(self, names: Iterable[str]) -> "Households":
        """The same households with new variables for some facts."""
        policy, wanted = self.lowered.policy, set(names)
        facts = {**self.facts, **_facts(self.space, self.lowered, policy.facts, wanted)}
        members = tuple(
            {**member, **_facts(self.space, self.lowered, policy.members.facts, wanted)} for member in self.members
        )
        return evolve(self, facts=facts, members=members)

    def with_reading(self, name: str, option: str) -> "Households":
        """The same households with one option of a reading chosen."""
        return evolve(self, readings={**self.readings, name: self.space.option(option)})


def symbolic_households(space: Space, policy: Policy, members: int, *, any_readings: bool = False) -> Households:
    """The households of a policy as variables within their ranges.

    With `any_readings` the readings are variables as well, except those that affect facts.
    """
    steps = lowered(policy)
    facts: dict[str, Symbol] = {"on": day_variable(space, "on", policy.start, policy.end)}
    facts |= _facts(space, steps, policy.facts, set(policy.facts))
    slots = range(min(members, policy.members.at_most))
    member_facts = tuple(_facts(space, steps, policy.members.facts, set(policy.members.facts)) for _ in slots)
    present: list[Truth] = [True]
    for number in slots[1:]:
        present.append(space.flag(f"member {number + 1}"))
        space.know(any_of((opposite(present[number]), present[number - 1])))
    readings = {
        name: space.choice(name, reading.kind.options)
        for name, reading in policy.readings.items()
        if any_readings and not reading.affects
    }
    numbers = unpublished_numbers(space, steps, policy)
    return Households(space, steps, facts, member_facts, tuple(present), readings, numbers)


def unpublished_numbers(space: Space, steps: Lowered, policy: Policy) -> dict[Unpublished, Cases]:
    """New variables for the numbers that are not published."""
    return {
        (name, key): _number(space, name, parameter.kind, steps.named(name).by.number)
        for name, parameter in policy.parameters.items()
        for key, number in parameter.values.items()
        if number is None
    }


def _facts(space: Space, steps: Lowered, facts: Mapping[str, Fact], wanted: set[str]) -> dict[str, Symbol]:
    """New variables for the facts that are wanted."""
    return {
        name: fact_variable(space, name, fact.kind, steps.named(name).by.number)
        for name, fact in facts.items()
        if name in wanted
    }


def fact_variable(space: Space, name: str, kind: Kind, scale: int) -> Symbol:
    """A variable for a fact; `scale` is what its number is multiplied by to be whole."""
    match kind:
        case NumberKind():
            return _number(space, name, kind, scale)
        case ChoiceKind(options):
            return space.choice(name, options)
        case BooleanKind():
            return space.flag(name)
        case DateKind():
            return day_variable(space, name, None, None)


def _number(space: Space, name: str, kind: NumberKind, scale: int) -> Cases:
    """A variable within the range of a number."""
    number = space.whole(name)
    least, most = (int(end(kind.unknown) * scale) for end in (low, high))
    space.know(z3.And(number >= least, number <= most))
    return constant(number)


def day_variable(space: Space, name: str, start: date | None, end: date | None) -> Cases:
    """A variable for a day of the calendar, numbered as by `day_number`."""
    year, month, day = (space.whole(f"{name} {part}") for part in ("year", "month", "day"))
    number, leap = space.whole(name), space.whole(f"{name} leap")
    space.know(number == 372 * year + 31 * month + day)
    space.know(z3.And(number >= day_number(start or EARLIEST), number <= day_number(end or LATEST)))
    space.know(z3.And(month >= 0, month <= 11, day >= 0, day <= 30))
    space.know(
        z3.Or(
            day <= 27, month != 1, z3.And(day == 28, year == 4 * leap, *(year != c for c in (1800, 1900, 2100, 2200)))
        )
    )
    space.know(z3.Or(day <= 29, *(month == long for long in (0, 2, 4, 6, 7, 9, 11))))
    return constant(number)


# --- Decoding a model --------------------------------------------------------------------------------------------


def decode_household(households: Households, model: z3.ModelRef) -> Facts:
    """The complete household of a model."""
    policy, bits = households.lowered.policy, households.bits
    holders = [
        (households.facts, policy.facts),
        *((symbols, policy.members.facts) for symbols in households.members),
    ]
    for symbols, facts in holders:
        for name in facts:
            bits.mask(_truths_of(symbols[name]))
    bits.mask(households.present)
    values = bits.in_model(model)
    own, *members = (
        {name: _value_in(model, values, symbols[name], fact, households) for name, fact in facts.items()}
        for symbols, facts in holders
    )
    on = day_of(number_in(model, cast(Cases, households.facts["on"])))
    present = zip(members, households.present, strict=True)
    return {"on": on, **own, "members": [member for member, truth in present if bits.holds(values, truth)]}


def _truths_of(symbol: Symbol) -> list[Truth]:
    """The truths that a symbol is made of; none for a number."""
    if isinstance(symbol, tuple):
        return []
    return [truth for truth in (symbol.values() if isinstance(symbol, Mapping) else (symbol,)) if truth is not False]


def decode_readings(households: Households, model: z3.ModelRef) -> dict[str, str]:
    """The readings that a model chooses, where the policy chooses others."""
    chosen = {name: option_in(model, cast(Choice, choice)) for name, choice in households.readings.items()}
    readings = households.lowered.policy.readings
    return {name: option for name, option in chosen.items() if option != readings[name].chosen}


def _value_in(model: z3.ModelRef, values: int, symbol: Symbol, fact: Fact, households: Households) -> object:
    bits = households.bits
    match fact.kind:
        case NumberKind():
            exact = Fraction(number_in(model, cast(Cases, symbol)), households.scale(fact.name))
            return exact.numerator if exact.denominator == 1 else exact
        case ChoiceKind():
            return next(option for option, truth in cast(Choice, symbol).items() if bits.holds(values, truth))
        case BooleanKind():
            return bits.holds(values, symbol)
        case DateKind():
            return day_of(number_in(model, cast(Cases, symbol)))


def is_true_in(model: z3.ModelRef, truth: Truth) -> bool:
    """Whether a condition holds in a model."""
    return truth if isinstance(truth, bool) else z3.is_true(model.eval(truth, model_completion=True))


def number_in(model: z3.ModelRef, cases: Cases) -> int:
    """The value in a model of a number that has a single case."""
    ((_, number),) = cases
    return number if isinstance(number, int) else cast(int, model.eval(number, model_completion=True).as_long())


def option_in(model: z3.ModelRef, choice: Choice) -> str:
    """The option of a choice in a model."""
    return next(option for option, truth in choice.items() if is_true_in(model, truth))
