"""The first case that holds, in each row of a frame: with the values of those before it that may."""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import cast

from hardship_rules.core import interval as ranges
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Number
from hardship_rules.core.interval import high as most
from hardship_rules.core.interval import low as least
from hardship_rules.engine.row_causes import both, either, opposite
from hardship_rules.frames._numbers import between, constant, numbers
from hardship_rules.frames._values import Choices, Numbers, Truths, Values, certain, is_known, truth
from hardship_rules.frames.bounds import Bound, least_of, most_of, pick


def choose(cases: Iterable[tuple[Truths, Values]], otherwise: Values) -> Values:
    """In each row the value of the first case that certainly holds, with those of the cases before it that may."""
    for when, value in reversed(tuple(cases)):
        otherwise = _or_else(when, value, otherwise)
    return otherwise


def _or_else(when: Truths, value: Values, rest: Values) -> Values:
    if when.high is False:
        return rest
    if when.low is True:
        return value
    sure, may = when.low, when.high
    known = is_known(when) and is_known(value) and is_known(rest)
    if isinstance(value, Choices):
        after = cast(Choices, rest).can
        names = dict.fromkeys((*value.can, *after))
        can = {
            name: either(both(may, value.can.get(name, False)), both(opposite(sure), after.get(name, False)))
            for name in names
        }
        return Choices(FrozenMapping(can), known=known)
    if isinstance(value, Truths):
        other = cast(Truths, rest)
        high = either(both(may, value.high), both(opposite(sure), other.high))
        if known:
            return certain(high)
        fails = either(both(may, opposite(value.low)), both(opposite(sure), opposite(other.low)))
        return truth(opposite(fails), high)
    follows = cast(Numbers, rest)
    lows, highs = ranges.hull(value.lows, follows.lows), ranges.hull(value.highs, follows.highs)
    if known:
        low = pick(sure, value.low, follows.low)
        return numbers(low, low, lows, highs)
    low = pick(sure, value.low, pick(may, least_of((value.low, follows.low)), follows.low))
    high = pick(sure, value.high, pick(may, most_of((value.high, follows.high)), follows.high))
    return numbers(low, high, lows, highs)


def joined(cases: Mapping[Number, Truths]) -> Numbers:
    """In each row all the numbers whose case may hold, of which in every row one does."""
    cases = {number: when for number, when in cases.items() if when.high is not False}
    within = reduce(ranges.hull, cases)
    ends = [(when.high, constant(number)) for number, when in cases.items()]
    low: Bound = int(most(within))
    high: Bound = int(least(within))
    if all(is_known(when) for when in cases.values()) and not any(isinstance(each, ranges.Range) for each in cases):
        low = ends[-1][1].low
        for may, number in ends[-2::-1]:
            low = pick(may, number.low, low)
        return between(low, low, within)
    for may, number in ends:
        low = pick(may, least_of((number.low, low)), low)
        high = pick(may, most_of((number.high, high)), high)
    return between(low, high, within)
