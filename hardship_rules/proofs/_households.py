"""Every real household of a policy with so many members as variables of Z3, and the household that a model is."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, cast

from attrs import evolve, frozen

from hardship_rules.core.kinds import EARLIEST, LATEST, ChoiceKind, DateKind, NumberKind, YesNoKind, day_number, day_of
from hardship_rules.core.policy import Fact
from hardship_rules.engine.lower import WholePolicy
from hardship_rules.proofs.terms import (
    Cases,
    Choice,
    Space,
    Symbol,
    Truth,
    all_of,
    any_of,
    constant,
    is_option,
    opposite,
    z3,
)

Facts = dict[str, Any]
"""A complete household as a host gives it: facts by name, `on`, and `members`, a list of such mappings."""

Symbols = Mapping[str, Symbol]


@frozen(eq=False)
class Households:
    """Every real household of a policy with no more than so many members: its facts, and which members are there."""

    space: Space
    facts: Symbols
    members: tuple[Symbols, ...]
    present: tuple[Truth, ...]
    readings: Symbols
    unpublished: Symbols  # of parameters, by name and the options that they go by

    def with_others(self, made: WholePolicy, names: Iterable[str]) -> "Households":
        """The same households but for some facts, which may be anything."""
        wanted = set(names)
        facts = {**self.facts, **_facts(self.space, made.policy.facts, wanted)}
        members = tuple({**each, **_facts(self.space, made.policy.members.facts, wanted)} for each in self.members)
        return evolve(self, facts=facts, members=members)

    def with_reading(self, name: str, option: str) -> "Households":
        """The same households, under a reading's option."""
        options = cast(Choice, self.readings[name])
        return evolve(self, readings={**self.readings, name: {each: each == option for each in options}})


def households(space: Space, made: WholePolicy, members: int, *, any_readings: bool = False) -> Households:
    """The households of a policy as variables within their ranges, under its readings or under any."""
    policy = made.policy
    facts: dict[str, Symbol] = {"on": _day(space, "on", policy.start, policy.end)}
    facts |= _facts(space, policy.facts, set(policy.facts))
    slots = range(min(members, policy.members.at_most))
    each = tuple(_facts(space, policy.members.facts, set(policy.members.facts)) for _ in slots)
    present: list[Truth] = [True]
    for number in slots[1:]:
        present.append(space.flag(f"member {number + 1}"))
        space.know(any_of((opposite(present[number]), present[number - 1])))
    readings = {
        name: space.choice(name, reading.kind.options)
        if any_readings and not reading.affects
        else {option: option == reading.chosen for option in reading.kind.options}
        for name, reading in policy.readings.items()
    }
    unpublished = {
        f"{name}/{'/'.join(map(str, key))}": _number(space, name, parameter.kind)
        for name, parameter in policy.parameters.items()
        for key, number in parameter.values.items()
        if number is None
    }
    return Households(space, facts, each, tuple(present), readings, unpublished)


def beside(of: Households, made: WholePolicy, other: WholePolicy) -> Households:
    """The same households as another policy knows them, under its readings: facts that both have are one."""
    own = households(of.space, other, len(of.members))

    def linked(mine: Symbols, theirs: Symbols, kinds: Mapping[str, Fact], others: Mapping[str, Fact]) -> Symbols:
        found = dict(theirs)
        for name, fact in others.items():
            if name in kinds and fact.kind == kinds[name].kind and made.scales.get(name) == other.scales.get(name):
                found[name] = mine[name]
            elif name in kinds:
                of.space.know(_alike(mine[name], made.scales.get(name, 1), theirs[name], other.scales.get(name, 1)))
        return found

    facts = {**linked(of.facts, own.facts, made.policy.facts, other.policy.facts), "on": of.facts["on"]}
    kinds, others = made.policy.members.facts, other.policy.members.facts
    members = tuple(linked(a, b, kinds, others) for a, b in zip(of.members, own.members, strict=False))
    return evolve(own, facts=facts, members=members, present=of.present[: len(members)])


def _alike(mine: Symbol, scale: int, theirs: Symbol, other: int) -> Truth:
    """A fact that two policies know in other decimals or options is the same; of another kind, anything."""
    if isinstance(mine, tuple) and isinstance(theirs, tuple):
        return mine[0][1] * other == theirs[0][1] * scale
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return any_of(all_of((truth, is_option(theirs, option))) for option, truth in mine.items())
    return True


def _facts(space: Space, facts: Mapping[str, Fact], wanted: set[str]) -> dict[str, Symbol]:
    found: dict[str, Symbol] = {}
    for name, fact in facts.items():
        if name in wanted:
            match fact.kind:
                case NumberKind():
                    found[name] = _number(space, name, fact.kind)
                case ChoiceKind(options):
                    found[name] = space.choice(name, options)
                case YesNoKind():
                    found[name] = space.flag(name)
                case DateKind():
                    found[name] = _day(space, name, None, None)
    return found


def _number(space: Space, name: str, kind: NumberKind) -> Cases:
    """A number within its range."""
    number = space.whole(name)
    space.know(z3.And(number >= cast(int, kind.low), number <= cast(int, kind.high)))
    return constant(number)


def _day(space: Space, name: str, start: date | None, end: date | None) -> Cases:
    """A day that the calendar has, as `day_number` counts."""
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
    space.know(z3.Or(day <= 29, *(month == each for each in (0, 2, 4, 6, 7, 9, 11))))
    return constant(number)


# --- The household that a model is -------------------------------------------------------------------------------


def decoded(found: Households, made: WholePolicy, model: z3.ModelRef) -> Facts:
    """The household of a model, complete."""
    policy = made.policy

    def facts(symbols: Symbols, kinds: Mapping[str, Fact]) -> Facts:
        return {name: _value(symbols[name], kinds[name], made, model) for name in kinds}

    members = [
        facts(symbols, policy.members.facts)
        for symbols, present in zip(found.members, found.present, strict=True)
        if holds(present, model)
    ]
    on = day_of(number(cast(Cases, found.facts["on"]), model))
    return {"on": on, **facts(found.facts, policy.facts), "members": members}


def decoded_readings(found: Households, model: z3.ModelRef) -> dict[str, str]:
    """The reading chosen of each in a model."""
    return {name: option_of(cast(Choice, choice), model) for name, choice in found.readings.items()}


def _value(symbol: Symbol, fact: Fact, made: WholePolicy, model: z3.ModelRef) -> object:
    match fact.kind:
        case NumberKind():
            exact = Fraction(number(cast(Cases, symbol), model), made.scales[fact.name])
            return exact.numerator if exact.denominator == 1 else exact
        case ChoiceKind():
            return option_of(cast(Choice, symbol), model)
        case YesNoKind():
            return holds(symbol, model)
        case DateKind():
            return day_of(number(cast(Cases, symbol), model))


def holds(truth: Truth, model: z3.ModelRef) -> bool:
    """Whether it holds in a model."""
    return truth if isinstance(truth, bool) else z3.is_true(model.eval(truth, model_completion=True))


def number(cases: Cases, model: z3.ModelRef) -> int:
    """A number without cases in a model."""
    ((_, whole),) = cases
    return whole if isinstance(whole, int) else cast(int, model.eval(whole, model_completion=True).as_long())


def option_of(choice: Choice, model: z3.ModelRef) -> str:
    """The option in a model."""
    return next(option for option, truth in choice.items() if holds(truth, model))
