"""The first case that holds, over the rows of a database: the values of all cases that may be it."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import cast

from hardship_rules.core import interval as ranges
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.interval import Exact, Number
from hardship_rules.core.interval import high as most
from hardship_rules.core.interval import low as least
from hardship_rules.sql import _text as sql_text
from hardship_rules.sql._numbers import between, end_of, extreme, number_sql
from hardship_rules.sql._text import Sql, Where
from hardship_rules.sql._values import (
    OPEN,
    Bound,
    Choice,
    Numbers,
    Truth,
    Value,
    certain,
    in_column,
    is_known,
    junction,
    negation,
    sql,
)


def choose(cases: Sequence[tuple[Truth, Value]], otherwise: Value) -> Value:
    """In each row the value of the first case that certainly holds, with those of the cases before it that may."""
    for when, value in reversed(cases):
        if when.holds is True:
            otherwise = value
        elif when.holds is not False:
            otherwise = _or_else(when, value, otherwise)
    return otherwise


def _or_else(when: Truth, value: Value, rest: Value) -> Value:
    if isinstance(value, Truth):
        return _truth_or_else(when, value, cast(Truth, rest))
    if isinstance(value, Choice):
        return _choice_or_else(when, value, cast(Choice, rest))
    return _number_or_else(when, value, cast(Numbers, rest))


def _truth_or_else(when: Truth, value: Truth, rest: Truth) -> Truth:
    known = when.known and value.known and rest.known
    if isinstance(value.holds, bool) and value.holds is rest.holds:
        return value
    if isinstance(value.holds, bool):
        return junction((when if value.holds else negation(when), rest), settles=value.holds)
    if isinstance(rest.holds, bool):
        return junction((negation(when) if rest.holds else when, value), settles=rest.holds)
    if when.known:
        return Truth(sql_text.case([(sql(when), sql(value))], sql(rest)), known)
    if when.holds is None and (value.holds is None or rest.holds is None):
        return OPEN
    return Truth(_either_way(when, value, rest))


def _either_way(when: Truth, value: Truth, rest: Truth) -> Sql:
    """Where the condition is open, only what both come to."""
    whens = [(sql_text.compared(sql(value), "=", sql(rest)), sql(value))]
    if isinstance(when.holds, Sql):
        whens = [(when.holds, sql(value)), (~when.holds, sql(rest)), *whens]
    return sql_text.case(whens, None)


def _choice_or_else(when: Truth, value: Choice, rest: Choice) -> Choice:
    names = dict.fromkeys((*value.can, *rest.can))
    texts = [_text_of(each) for each in (value, rest)]
    if when.known and None not in texts and _alike_where_open(value, rest, names):
        text = sql_text.case([(sql(when), cast(Sql, texts[0]))], texts[1])
        return in_column(text, names, known=value.known and rest.known)
    no = certain(truth=False)
    can = {each: _truth_or_else(when, value.can.get(each, no), rest.can.get(each, no)) for each in names}
    return Choice(FrozenMapping(can), exact=value.exact and rest.exact)


def _text_of(choice: Choice) -> Sql | None:
    if choice.text is not None:
        return choice.text
    certainly = [name for name, truth in choice.can.items() if truth.holds is True]
    return Sql(sql_text.quoted(certainly[0])) if certainly else None


def _alike_where_open(value: Choice, rest: Choice, names: Mapping[str, object]) -> bool:
    """A null in its text means that it may be any option of both."""
    return all(each.known or each.can.keys() == names.keys() for each in (value, rest))


def _number_or_else(when: Truth, value: Numbers, rest: Numbers) -> Numbers:
    lies_in = ranges.hull(value.within, rest.within)
    if when.known and is_known(value) and is_known(rest):
        low = _picked(when, value.low, rest.low, value.low)
        return between(low, low, lies_in)
    lesser = extreme("min", [end_of(value.low, value.within), end_of(rest.low, rest.within)]).low
    greater = extreme("max", [end_of(value.high, value.within), end_of(rest.high, rest.within)]).high
    low = _picked(when, value.low, rest.low, lesser)
    return between(low, _picked(when, value.high, rest.high, greater), lies_in)


def _picked(when: Truth, value: Bound, rest: Bound, in_doubt: Bound) -> Bound:
    """One bound where something holds, another where it does not, a third where that is open."""
    if value == rest:
        return value
    if not isinstance(when.holds, Sql):
        return in_doubt
    held, failed = (when.holds, number_sql(value)), (~when.holds, number_sql(rest))
    if when.known or in_doubt == rest:
        found = sql_text.case([held], number_sql(rest))
    elif in_doubt == value:
        found = sql_text.case([failed], number_sql(value))
    else:
        found = sql_text.case([held, failed], number_sql(in_doubt))
    return _wide(found) if isinstance(value, int) and isinstance(rest, int) else found


def _wide(constants: Sql) -> Sql:
    """Constants alone would be reckoned with in 32 bits."""
    return Sql(f"CAST({constants} AS bigint)")


def joined(cases: Mapping[Number, Truth]) -> Numbers:
    """In each row all the numbers whose case may hold, of which in every row one does."""
    cases = {number: when for number, when in cases.items() if when.holds is not False}
    lies_in = reduce(ranges.hull, cases)
    points = not any(isinstance(number, ranges.Range) for number in cases)
    if points and all(when.known for when in cases.values()):
        low = _first_that_may(list(cases.items()), least)
        return between(low, low, lies_in)
    upwards = sorted(cases.items(), key=lambda case: least(case[0]))
    downwards = sorted(cases.items(), key=lambda case: most(case[0]), reverse=True)
    return between(_first_that_may(upwards, least), _first_that_may(downwards, most), lies_in)


def _first_that_may(cases: Sequence[tuple[Number, Truth]], end: Callable[[Number], Exact]) -> Bound:
    whens: list[tuple[Sql, Sql]] = []
    for number, when in cases:
        bound = int(end(number))
        if when.high is True or number is cases[-1][0]:
            return _wide(sql_text.case(whens, number_sql(bound))) if whens else bound
        whens.append((cast(Where, when.high), number_sql(bound)))
    raise ValueError(cases)
