"""The columns of a register's tables become facts: whole numbers, options and days, null where unknown or faulty."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import cast

from hardship_rules.core.interval import Exact, span
from hardship_rules.core.kinds import ANY_DAY, DATE, EARLIEST, LATEST, ChoiceKind, DateKind, NumberKind, YesNoKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.locale import sentences
from hardship_rules.sql import _numbers as sql_numbers
from hardship_rules.sql import _text as sql_text
from hardship_rules.sql import _values as values
from hardship_rules.sql._text import Sql, column, name, quoted
from hardship_rules.sql._values import Numbers, Truth, Value

WORDS = sentences("sql")

_INTEGER = 2**31


def fact_in_sql(fact: Fact, table: str, *, read: bool = False) -> Sql:
    """A fact as the policy takes it, from its column: in smallest units, titles of options as their names.

    Where it was `read` by a mapping, options are names already.
    """
    given = f"{table}.{name(fact.name)}"
    match kind := fact.kind:
        case YesNoKind():
            return column(given)
        case ChoiceKind(options):
            whens = [
                (Sql(quoted(title)), Sql(quoted(option)))
                for option, title in options.items()
                if title != option and title not in options and not read
            ]
            return sql_text.case(whens, Sql(given), Sql(given)) if whens else Sql(given)
        case DateKind():
            return day_in_sql(given, None, None)
        case NumberKind(decimals=decimals):
            whole = f"CAST({given} AS {_numeric(fact) if decimals else 'bigint'})"
            whole = f"CAST({whole} * {10**decimals} AS bigint)" if decimals else whole
            return sql_text.case([(_inside(kind, given), Sql(whole))], None)


def day_in_sql(given: str, start: date | None, end: date | None) -> Sql:
    """A day as the number that keeps the order of days, null where it is outside."""
    inside = f"{given} BETWEEN DATE '{start or EARLIEST}' AND DATE '{end or LATEST}'"
    year, month, day = (f"EXTRACT({part} FROM {given})" for part in ("YEAR", "MONTH", "DAY"))
    number = f"CAST(\n    372 * {year}\n    + 31 * ({month} - 1)\n    + {day} - 1\n    AS bigint\n)"
    return sql_text.case([(Sql(inside, sql_text.COMPARE), Sql(number))], None)


def has_time_in_sql(given: str) -> Sql:
    """A moment is not midnight, whatever its type: which day it is depends on the time zone."""
    return Sql(f"CAST({given} AS date) <> {given}", sql_text.COMPARE)


def _inside(kind: NumberKind, given: str) -> Sql:
    """A number lies in its range."""
    low, high = (_exactly(cast(Exact, end)) for end in (kind.low, kind.high))
    return Sql(f"{given} BETWEEN {low} AND {high}", sql_text.COMPARE)


def _exactly(number: Exact) -> str:
    """A number of a policy, which has a finite number of decimals."""
    places = 0
    while (number * 10**places) % 1:
        places += 1
    digits = str(abs(int(number * 10**places))).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def _digits(fact: Fact) -> int:
    kind = cast(NumberKind, fact.kind)
    return max(len(str(abs(int(cast(Exact, end))))) for end in (kind.low, kind.high)) + kind.decimals


def _numeric(fact: Fact) -> str:
    return f"numeric({_digits(fact)}, {cast(NumberKind, fact.kind).decimals})"


def faults(facts: Iterable[Fact], table: str, step: str, known: Iterable[str]) -> Iterator[tuple[Sql, str]]:
    """What is wrong with a row, and what that is called."""
    known = set(known)
    for fact in facts:
        said = fact.name.partition(" ")[0]  # of what is stated, the fact
        given, taken = column(f"{table}.{name(fact.name)}"), column(f"{step}.{name(fact.name)}")
        if fact.name in known:
            yield sql_text.is_(given, "NULL"), f"known_null {said}"
        match fact.kind:
            case YesNoKind():
                pass
            case ChoiceKind(options):
                yield ~sql_text.within(taken, list(options)), f"unknown_fact_option {said}"
            case DateKind():
                yield has_time_in_sql(str(given)), f"date_with_time {said}"
                yield sql_text.is_(taken, "NULL") & sql_text.is_not(given, "NULL"), f"date {said}"
            case NumberKind(decimals=decimals):
                yield sql_text.is_(taken, "NULL") & sql_text.is_not(given, "NULL"), f"fact_outside {said}"
                rounded = f"CAST({given} AS {_numeric(fact) if decimals else 'bigint'})"
                yield sql_text.compared(Sql(rounded), "<>", given), f"fact_decimals {said}"


def value_of_fact(fact: Fact, taken: Sql, *, known: bool) -> Value:
    """The values of a fact whose column was taken as `fact_in_sql` has it; `known` where it is never null."""
    match fact.kind:
        case YesNoKind():
            return Truth(taken, known)
        case ChoiceKind(options):
            return values.in_column(taken, options, known=known)
        case NumberKind(low=low, high=high, decimals=decimals):
            scale = 10**decimals
            ends = sql_numbers.constant(span(cast(Exact, low) * scale, cast(Exact, high) * scale))
        case DateKind():
            ends = sql_numbers.constant(ANY_DAY)
    if known:
        return sql_numbers.between(taken, taken, ends.within)
    return Numbers(*sql_numbers.ends_of(taken, ends), ends.within, taken)


# Tables to begin with


def tables_in_sql(table: str, facts: Iterable[Fact], remark: str, *, one_row: bool) -> str:
    """A table with a column for each fact, and an index by household."""
    lines = [("household text " + ("PRIMARY KEY" if one_row else "NOT NULL"), "")]
    lines += [(f"{name(fact.name)} {_type(fact)}", f"  {sql_text.comment(_remark(fact))}") for fact in facts]
    listed = [f"{text}{',' if at < len(lines) else ''}{said}" for at, (text, said) in enumerate(lines, 1)]
    body = sql_text.indented("\n".join(listed))
    index = "" if one_row else f"CREATE INDEX {table}_household ON {table} (household);\n"
    return f"{sql_text.comment(remark)}\nCREATE TABLE {table} (\n{body}\n);\n{index}\n"


def day_fact(called: str, policy: Policy) -> Fact:
    """The column of the day that a verdict is about, as a fact."""
    return Fact(called, WORDS["day"], DATE, None, "", "", "", of_member=False, at=policy.at)


def _remark(fact: Fact) -> str:
    kind = fact.kind
    options = (
        "：" + "，".join(f"{option} {title}" for option, title in kind.options.items())
        if isinstance(kind, ChoiceKind)
        else ""
    )
    return fact.title + options


def _type(fact: Fact) -> str:
    match fact.kind:
        case YesNoKind():
            return "boolean"
        case ChoiceKind():
            return "text"
        case DateKind():
            return "date"
        case NumberKind(decimals=decimals) if decimals:
            return _numeric(fact)
        case NumberKind():
            return "integer" if 10 ** _digits(fact) < _INTEGER else "bigint"
