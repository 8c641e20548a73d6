"""The two tables of a register as facts: created empty, or read, with the faults of each row."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import cast

from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import ANY_DAY, DATE, EARLIEST, LATEST, BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.locale import sentences
from hardship_rules.sql import trees
from hardship_rules.sql.trees import ColumnType, Tree
from hardship_rules.sql.values import Numbers, Truth, Value, between, constant, in_column

WORDS = sentences("sql")

KEY = "household"
"""The column of the household in both tables."""
_INTEGER = 2**31

# --- Creating the tables -----------------------------------------------------------------------------------------


def create_table(table: str, facts: Iterable[Fact], remark: str, *, one_row: bool) -> list[Tree]:
    """The statements that create a table with a column for each fact, and an index by household."""
    key = ColumnType(KEY, "text", "PRIMARY KEY" if one_row else "NOT NULL")
    columns = (ColumnType(fact.name, _column_type(fact), remark=_remark(fact)) for fact in facts)
    index = [] if one_row else [trees.create_index(f"{table}_{KEY}", table, KEY)]
    return [trees.create_table(table, (key, *columns), remark), *index]


def day_fact(column_name: str, policy: Policy) -> Fact:
    """The column of the day of the verdict, as a fact."""
    return Fact(column_name, WORDS["day"], DATE, None, "", "", "", of_member=False, at=policy.at)


def _remark(fact: Fact) -> str:
    """A fact's title, and the titles of its options."""
    if not isinstance(fact.kind, ChoiceKind):
        return fact.title
    return f"{fact.title}：" + "，".join(f"{option} {title}" for option, title in fact.kind.options.items())


def _column_type(fact: Fact) -> str:
    match fact.kind:
        case BooleanKind():
            return "boolean"
        case ChoiceKind():
            return "text"
        case DateKind():
            return "date"
        case NumberKind(decimals=decimals) if decimals:
            return _numeric_type(fact)
        case NumberKind():
            return "integer" if 10 ** _digits(fact) < _INTEGER else "bigint"


def _numeric_type(fact: Fact) -> str:
    """The type that holds every number in the range of a fact."""
    decimals = cast(NumberKind, fact.kind).decimals
    return f"numeric({_digits(fact)}, {decimals})" if decimals else "bigint"


def _digits(fact: Fact) -> int:
    """The most digits of a number in the range of a fact, decimals included."""
    kind = cast(NumberKind, fact.kind)
    return max(len(str(abs(int(cast(Exact, end))))) for end in (kind.low, kind.high)) + kind.decimals


# --- Columns as facts --------------------------------------------------------------------------------------------


def fact_in_sql(fact: Fact, table: str, *, read: bool = False) -> Tree:
    """A fact's column as the policy takes it: numbers in smallest units, days as numbers, options by name.

    It is null where a number or day is out of range. If it was `read` through a mapping, options are names already.
    """
    given = trees.column(table, fact.name)
    match kind := fact.kind:
        case BooleanKind():
            return given
        case ChoiceKind(options):
            titles = {title: option for option, title in options.items() if title != option and title not in options}
            if read or not titles:
                return given
            return trees.case_of(given, ((title, trees.text(option)) for title, option in titles.items()), given)
        case DateKind():
            return day_in_sql(given, None, None)
        case NumberKind(decimals=decimals):
            whole = trees.cast_to(given, _numeric_type(fact))
            if decimals:
                whole = trees.cast_to(trees.number(trees.multiply(10**decimals, whole)), "bigint")
            return trees.case([(in_range(given, cast(Exact, kind.low), cast(Exact, kind.high)), whole)])


def day_in_sql(given: Tree, start: date | None, end: date | None) -> Tree:
    """A date as the number of its day, null if it is out of range."""
    inside = trees.between(given, trees.date(start or EARLIEST), trees.date(end or LATEST))
    year, month, day = (trees.part_of_date(part, given) for part in ("YEAR", "MONTH", "DAY"))
    number = trees.add(trees.multiply(372, year), trees.multiply(31, trees.add(month, -1)), day, -1)
    return trees.case([(inside, trees.cast_to(trees.number(number), "bigint"))])


def has_time_in_sql(given: Tree) -> Tree:
    """The condition that a timestamp of any type is not midnight: its day depends on the time zone."""
    return trees.compare(trees.cast_to(given, "date"), "<>", given)


def in_range(given: Tree, low: Exact, high: Exact) -> Tree:
    """The condition that a number lies in a range."""
    return trees.between(given, _decimal_literal(low), _decimal_literal(high))


def _decimal_literal(number: Exact) -> Tree:
    """A number of a policy in decimal notation; it has finitely many decimals."""
    places = 0
    while (number * 10**places) % 1:
        places += 1
    digits = str(abs(int(number * 10**places))).rjust(places + 1, "0")
    return trees.decimal(f"{digits[:-places]}.{digits[-places:]}" if places else digits, is_negative=number < 0)


def faults(facts: Iterable[Fact], table: str, step: str, known: Iterable[str]) -> Iterator[tuple[Tree, str]]:
    """The faults that a row can have, each as a condition with its text."""
    known = set(known)
    for fact in facts:
        label = fact.name.partition(" ")[0]  # a stated column has the name of its fact and a word
        given, taken = trees.column(table, fact.name), trees.column(step, fact.name)
        is_lost = trees.and_(trees.is_(taken, None), trees.is_not(given, None))
        if fact.name in known:
            yield trees.is_(given, None), f"known_null {label}"
        match fact.kind:
            case BooleanKind():
                pass
            case ChoiceKind(options):
                yield trees.not_(trees.among(taken, list(options))), f"unknown_fact_option {label}"
            case DateKind():
                yield has_time_in_sql(given), f"date_with_time {label}"
                yield is_lost, f"date {label}"
            case NumberKind():
                yield is_lost, f"fact_outside {label}"
                yield trees.compare(trees.cast_to(given, _numeric_type(fact)), "<>", given), f"fact_decimals {label}"


def value_of_fact(fact: Fact, taken: Tree, *, known: bool) -> Value:
    """The values of a fact, given its column as `fact_in_sql` has it; `known` if it is never null."""
    match fact.kind:
        case BooleanKind():
            return Truth(taken, known)
        case ChoiceKind(options):
            return in_column(taken, options, known=known)
        case NumberKind(low=low, high=high, decimals=decimals):
            return number_of(taken, *(int(cast(Exact, end) * 10**decimals) for end in (low, high)), known=known)
        case DateKind():
            return number_of(taken, int(ANY_DAY.low), int(ANY_DAY.high), known=known)


def number_of(taken: Tree, low: int, high: int, *, known: bool = False) -> Numbers:
    """A number in a column; where that is null, it may be anything between two bounds."""
    within = constant(low, high).within
    if known or low == high:
        return between(taken, taken, within)
    least, greatest = (trees.call("COALESCE", taken, trees.number(end)) for end in (low, high))
    return Numbers(least, greatest, within, taken)
