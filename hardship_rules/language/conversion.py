"""A unit as a register writes it, 万元 or 元/月, becomes the exact factor that turns its numbers into a fact's own."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.model import Fact, Parameter, Policy
from hardship_rules.core.ranges import Exact
from hardship_rules.core.units import times
from hardship_rules.core.values import PURE, NumberKind, Unit, unit_text

_MULTIPLES = FrozenMapping(
    {"十": 10, "百": 100, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
)
_PERCENT = Fraction(1, 100)


def factor_of(policy: Policy, fact: Fact, text: str) -> Exact | None:
    """What a number in the unit of the text is to be multiplied by; None where the unit does not fit the fact.

    A unit without `/` says only what is counted: 万元 for a fact in 元/年 is 10,000 元/年. Time is converted by the
    policy's own definitions, such as twelve months a year.
    """
    wanted = cast(NumberKind, fact.kind).unit or PURE
    text = text.strip()
    if text == "%":
        return _PERCENT if wanted == PURE else None
    words = {word: name for name, word in policy.units.items()} | {name: name for name in policy.units}
    over = tuple((base, power) for base, power in wanted if power > 0)
    counted, *per = map(str.strip, text.split("/"))
    multiple, own = _part(counted, words)
    if own is None and fact.counted_in:
        multiple, own = _counted(counted, fact.counted_in), over
    if own is None or not multiple:
        return None
    for each in per:
        below, under = _part(each, words)
        if under is None or below != 1:
            return None
        own = times(own, under, -1)
    if own == wanted or (not per and own == over):
        return multiple
    by = _definition(policy, times(wanted, own, -1))
    return None if by is None else _plain(multiple * by)


def units_of(policy: Policy, fact: Fact) -> str:
    """The unit that a fact's numbers are in, in words."""
    return fact.counted_in or unit_text(cast(NumberKind, fact.kind).unit or PURE, policy.units)


def definitions_of(policy: Policy) -> frozenset[Fraction]:
    """The numbers by which units are turned into others by the policy's definitions, and those by which back."""
    numbers = [
        Fraction(cast(Exact, parameter.values[()]))
        for parameter in policy.parameters.values()
        if parameter.values.get(()) and _is_definition(parameter)
    ]
    return frozenset([*numbers, *(1 / number for number in numbers)])


def _is_definition(parameter: Parameter) -> bool:
    return parameter.provenance is not None and parameter.provenance.basis == "definition"


def _part(text: str, words: Mapping[str, str]) -> tuple[int, Unit | None]:
    """What stands on one side of a `/`: how many of what; None where a word is not known."""
    multiple, unit = 1, PURE
    for word in map(str.strip, re.split("[·*]", text)):
        known = next((each for each in sorted(words, key=len, reverse=True) if _counted(word, each)), None)
        if known is None:
            return 0, None
        multiple *= _counted(word, known)
        unit = times(unit, ((words[known], 1),))
    return multiple, unit


def _counted(text: str, word: str) -> int:
    """How many of a word a text says: 万元 is 10,000 of 元; 0 where it says something else."""
    before = text.removesuffix(word).rstrip() if text.endswith(word) else None
    return 0 if before is None else 1 if not before else _MULTIPLES.get(before, 0)


def _definition(policy: Policy, unit: Unit) -> Exact | None:
    """How many of a unit there are by the policy's definitions, such as 12 month/year."""
    for parameter in policy.parameters.values():
        number: Exact | None = parameter.values.get(())
        if number and _is_definition(parameter):
            if parameter.kind.unit == unit:
                return number
            if parameter.kind.unit == times(PURE, unit, -1):
                return Fraction(1) / number
    return None


def _plain(number: Exact) -> Exact:
    fraction = Fraction(number)
    return fraction.numerator if fraction.denominator == 1 else fraction
