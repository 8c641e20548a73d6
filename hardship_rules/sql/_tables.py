"""The two tables of a register: created empty, read as facts, or read from tables of the host through a mapping."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import cast

from attrs import frozen

from hardship_rules.core.interval import Exact, span
from hardship_rules.core.kinds import ANY_DAY, DATE, EARLIEST, LATEST, BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.core.policy import Fact, Policy
from hardship_rules.engine.tables import left_out_column, stated_column
from hardship_rules.language.characters import QUOTES, SPACES, UNSEEN, WIDE, character_class
from hardship_rules.language.mapping import UNKNOWN_WORDS, Column, Table
from hardship_rules.locale import sentences
from hardship_rules.sql import _numbers as sql_numbers
from hardship_rules.sql import _text as sql_text
from hardship_rules.sql import _values as values
from hardship_rules.sql._text import COMPARE, Sql, case, column, name, quoted
from hardship_rules.sql._values import Numbers, Truth, Value
from hardship_rules.sql.steps import Dialect, SelectColumn, Step, selected

WORDS = sentences("sql")

FAULT = "read fault"
"""The column of the first fault in how a row is written; no name of a policy contains a space."""
_CELL, _READ = "cell", "given"
_NULL = Sql("NULL")
_INTEGER = 2**31
_NUMBER = "'-?[0-9]{1,14}([.][0-9]{1,10})?'"
_DECIMALS = 10
_IDENTITY_NUMBER = "'[1-9][0-9]{16}[0-9X]'"

# --- Creating the tables -----------------------------------------------------------------------------------------


def create_table(table: str, facts: Iterable[Fact], remark: str, *, one_row: bool) -> str:
    """The statements that create a table with a column for each fact, and an index by household."""
    lines = [("household text " + ("PRIMARY KEY" if one_row else "NOT NULL"), "")]
    lines += [(f"{name(fact.name)} {_column_type(fact)}", f"  {sql_text.comment(_remark(fact))}") for fact in facts]
    listed = [f"{text}{',' if number < len(lines) else ''}{end}" for number, (text, end) in enumerate(lines, 1)]
    body = sql_text.indented("\n".join(listed))
    index = "" if one_row else f"CREATE INDEX {table}_household ON {table} (household);\n"
    return f"{sql_text.comment(remark)}\nCREATE TABLE {table} (\n{body}\n);\n{index}\n"


def day_fact(column_name: str, policy: Policy) -> Fact:
    """The column of the day of the verdict, as a fact."""
    return Fact(column_name, WORDS["day"], DATE, None, "", "", "", of_member=False, at=policy.at)


def _remark(fact: Fact) -> str:
    """A fact's title, and the titles of its options."""
    kind = fact.kind
    options = (
        "：" + "，".join(f"{option} {title}" for option, title in kind.options.items())
        if isinstance(kind, ChoiceKind)
        else ""
    )
    return fact.title + options


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
    return f"numeric({_digits(fact)}, {cast(NumberKind, fact.kind).decimals})"


def _digits(fact: Fact) -> int:
    kind = cast(NumberKind, fact.kind)
    return max(len(str(abs(int(cast(Exact, end))))) for end in (kind.low, kind.high)) + kind.decimals


# --- Columns as facts --------------------------------------------------------------------------------------------


def fact_in_sql(fact: Fact, table: str, *, read: bool = False) -> Sql:
    """A fact's column as the policy takes it: numbers in smallest units, days as numbers, options by name.

    It is null where a number or day is out of range. If it was `read` through a mapping, options are names already.
    """
    given = f"{table}.{name(fact.name)}"
    match kind := fact.kind:
        case BooleanKind():
            return column(given)
        case ChoiceKind(options):
            whens = [
                (Sql(quoted(title)), Sql(quoted(option)))
                for option, title in options.items()
                if title != option and title not in options and not read
            ]
            return case(whens, Sql(given), Sql(given)) if whens else Sql(given)
        case DateKind():
            return day_in_sql(given, None, None)
        case NumberKind(decimals=decimals):
            whole = f"CAST({given} AS {_numeric_type(fact) if decimals else 'bigint'})"
            whole = f"CAST({whole} * {10**decimals} AS bigint)" if decimals else whole
            return case([(_in_range(kind, given), Sql(whole))], None)


def day_in_sql(given: str, start: date | None, end: date | None) -> Sql:
    """A date as the number of its day, null if it is out of range."""
    inside = f"{given} BETWEEN DATE '{start or EARLIEST}' AND DATE '{end or LATEST}'"
    year, month, day = (f"EXTRACT({part} FROM {given})" for part in ("YEAR", "MONTH", "DAY"))
    number = f"CAST(\n    372 * {year}\n    + 31 * ({month} - 1)\n    + {day} - 1\n    AS bigint\n)"
    return case([(Sql(inside, COMPARE), Sql(number))], None)


def has_time_in_sql(given: str) -> Sql:
    """The condition that a timestamp of any type is not midnight: its day depends on the time zone."""
    return Sql(f"CAST({given} AS date) <> {given}", COMPARE)


def _in_range(kind: NumberKind, given: str) -> Sql:
    """The condition that a number lies in its range."""
    low, high = (_decimal_literal(cast(Exact, end)) for end in (kind.low, kind.high))
    return Sql(f"{given} BETWEEN {low} AND {high}", COMPARE)


def _decimal_literal(number: Exact) -> str:
    """A number of a policy in decimal notation; it has finitely many decimals."""
    places = 0
    while (number * 10**places) % 1:
        places += 1
    digits = str(abs(int(number * 10**places))).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def faults(facts: Iterable[Fact], table: str, step: str, known: Iterable[str]) -> Iterator[tuple[Sql, str]]:
    """The faults that a row can have, each as a condition with its text."""
    known = set(known)
    for fact in facts:
        label = fact.name.partition(" ")[0]  # a stated column has the name of its fact and a word
        given, taken = column(f"{table}.{name(fact.name)}"), column(f"{step}.{name(fact.name)}")
        if fact.name in known:
            yield sql_text.is_(given, "NULL"), f"known_null {label}"
        match fact.kind:
            case BooleanKind():
                pass
            case ChoiceKind(options):
                yield ~sql_text.within(taken, list(options)), f"unknown_fact_option {label}"
            case DateKind():
                yield has_time_in_sql(str(given)), f"date_with_time {label}"
                yield sql_text.is_(taken, "NULL") & sql_text.is_not(given, "NULL"), f"date {label}"
            case NumberKind(decimals=decimals):
                yield sql_text.is_(taken, "NULL") & sql_text.is_not(given, "NULL"), f"fact_outside {label}"
                rounded = f"CAST({given} AS {_numeric_type(fact) if decimals else 'bigint'})"
                yield sql_text.compared(Sql(rounded), "<>", given), f"fact_decimals {label}"


def value_of_fact(fact: Fact, taken: Sql, *, known: bool) -> Value:
    """The values of a fact, given its column as `fact_in_sql` has it; `known` if it is never null."""
    match fact.kind:
        case BooleanKind():
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


# --- Tables of the host, through a mapping -----------------------------------------------------------------------


@frozen
class _MappedColumn:
    """How a mapped column is read: its value, the condition that it is blank, and its possible faults in order."""

    value: Sql
    blank: Sql
    faults: tuple[tuple[Sql, str], ...] = ()


def mapped_table(table: Table, default: str, split: Sequence[str], day: str | None, dialect: Dialect) -> str:
    """The query that reads a mapped table: its key, a column for each fact, and the first fault of each row.

    Facts to be `split` get two columns, as `with_left_out` wants them. `day` is a column that is passed on unchanged.
    """
    columns: list[SelectColumn] = []
    conditions: list[tuple[Sql, Sql]] = []
    for fact, mapped in table.columns.items():
        own = stated_column(fact) if fact in split else fact
        read = _mapped_column(mapped, f"{_READ}.{name(own)}")
        columns.append(SelectColumn(own, read.value, mapped.fact.title))
        if fact in split:
            remark = WORDS["left_out"].format(title=mapped.fact.title)
            columns.append(SelectColumn(left_out_column(fact), read.blank, remark))
        conditions += [(when, Sql(quoted(f"{code} {fact}"))) for when, code in read.faults]
    shown = [SelectColumn("household", Sql(f"t.{name(table.keys[0])}"))]
    shown += [] if day is None else [SelectColumn(day, Sql(f"t.{name(day)}"))]
    shown += [SelectColumn(fact.name, column(f"{_READ}.{name(fact.name)}")) for fact in columns]
    shown.append(SelectColumn(FAULT, case(conditions, None) if conditions else Sql("CAST(NULL AS text)")))
    source = ".".join(map(name, (table.source or default).split(".")))
    texts = {mapped.name: _trimmed(mapped.name) for mapped in table.columns.values() if _is_text(mapped)}
    identity_numbers = [mapped.name for mapped in table.columns.values() if mapped.identity_number]
    texts |= {called: SelectColumn(called, _bare_number(texts[called].piece, dialect)) for called in identity_numbers}
    steps = [(_CELL, tuple(texts.values())), (_READ, tuple(columns))]
    step_texts = [Step(alias, some).text(dialect) for alias, some in steps if some]
    return "\n".join([selected(shown, alone=False), f"FROM {source} AS t", *step_texts])


def _is_text(column: Column) -> bool:
    """Whether a column is read as text, of any type."""
    match column.fact.kind:
        case DateKind():
            return column.identity_number
        case NumberKind():
            return column.words.keys() != set(UNKNOWN_WORDS)
        case _:
            return True


def _trimmed(column_name: str) -> SelectColumn:
    """A column as trimmed text, null if it is blank."""
    return SelectColumn(column_name, Sql(f"NULLIF(TRIM(CAST(t.{name(column_name)} AS text)), '')"))


def _bare_number(text: Sql, dialect: Dialect) -> Sql:
    """An identity number as `bare_number` cleans it; other texts stay, and are not valid."""
    beside = quoted(rf"[\s{character_class((*SPACES, *UNSEEN, *QUOTES), dialect.sign.format)}]+")
    wide = "".join(sign for sign, plain in WIDE.items() if plain.isalnum()) + "x"
    plain = "".join(WIDE.get(sign, sign) for sign in wide).upper()
    bare = f"LTRIM(REGEXP_REPLACE(\n    {text},\n    {beside},\n    '', 'g'\n), '=＝')"
    return Sql(f"TRANSLATE({bare}, {quoted(wide)}, {quoted(plain)})")


def _mapped_column(column: Column, taken: str) -> _MappedColumn:
    """How a mapped column is read; `taken` is the column of its value, in which faults are looked for."""
    given, text = (f"{table}.{name(column.name)}" for table in ("t", _CELL))
    blank = sql_text.is_(Sql(text), "NULL")
    match column.fact.kind:
        case ChoiceKind():
            codes = {word: meaning for word, meaning in column.words.items() if word != meaning}
            whens = [
                (Sql(quoted(word)), Sql(quoted(str(meaning))) if meaning is not None else _NULL)
                for word, meaning in codes.items()
            ]
            return _MappedColumn(case(whens, Sql(text), Sql(text)), blank)
        case BooleanKind():
            unknown = _listed([word for word, meaning in column.words.items() if meaning is None])
            unread = Sql(f"{taken} IS NULL AND {text} NOT IN ({unknown})", sql_text.AND)
            return _MappedColumn(case(list(_yes_and_no(column, text)), None), blank, ((unread, "truth"),))
        case DateKind() if column.identity_number:
            return _birth_date(text, blank, taken)
        case DateKind():
            return _MappedColumn(Sql(given), sql_text.is_(Sql(str(given)), "NULL"))
        case NumberKind() if not _is_text(column):
            return _number(column, Sql(given))
        case NumberKind():
            return _coded_number(column, text, blank)


def _yes_and_no(column: Column, text: str) -> Iterator[tuple[Sql, Sql]]:
    """The conditions that a text means yes, or means no."""
    for truth in (True, False):
        words = [word for word, meaning in column.words.items() if meaning is truth]
        yield Sql(f"{text} IN ({_listed(words)})", COMPARE), Sql(str(truth).upper())


def _listed(words: Sequence[str]) -> str:
    return ", ".join(map(quoted, words))


def _number(column: Column, given: Sql) -> _MappedColumn:
    """A number converted to the fact's unit; null if it is out of range, so that the product cannot overflow."""
    factor = Fraction(column.factor)
    blank = sql_text.is_(Sql(str(given)), "NULL")
    if factor == 1:
        return _MappedColumn(given, blank)
    kind = cast(NumberKind, column.fact.kind)
    low, high = floor(Fraction(cast(Exact, kind.low)) / factor), ceil(Fraction(cast(Exact, kind.high)) / factor)
    inside = Sql(f"{given} BETWEEN {low} AND {high}", COMPARE, (f"{given} NOT BETWEEN {low} AND {high}", COMPARE))
    rounded = f"CAST({given} AS {_wide_numeric_type(low, high)})"
    too_fine = Sql(f"{rounded} <> {given}", COMPARE)
    return _MappedColumn(
        case([(inside, Sql(_times(rounded, factor)))], None),
        blank,
        ((~inside, "fact_outside"), (too_fine, "fact_decimals")),
    )


def _coded_number(column: Column, text: str, blank: Sql) -> _MappedColumn:
    """A number written as text, where some texts are codes."""
    factor = Fraction(column.factor)
    codes: list[tuple[Sql, Sql]] = []
    for word, meaning in column.words.items():
        number = None if meaning is None else Fraction(cast(Exact, meaning)) * factor
        value = _NULL if number is None else Sql(_quotient_literal(number))
        codes.append((Sql(f"{text} = {quoted(word)}", COMPARE), value))
    is_number = Sql(f"{text} SIMILAR TO {_NUMBER}", COMPARE)
    converted = Sql(_times(f"CAST({text} AS numeric(24, {_DECIMALS}))", factor))
    unread = [
        Sql(f"{text} NOT IN ({_listed(list(column.words))})", COMPARE),
        Sql(f"NOT {text} SIMILAR TO {_NUMBER}", COMPARE),
    ]
    return _MappedColumn(
        case([*codes, (is_number, converted)], None), blank, ((sql_text.joined("AND", unread), "number"),)
    )


def _times(number: str, factor: Fraction) -> str:
    product = number if factor.numerator == 1 else f"{number} * {factor.numerator}"
    return product if factor.denominator == 1 else f"{product} / {factor.denominator}"


def _wide_numeric_type(low: int, high: int) -> str:
    """A type for a range of numbers with as many decimals as a mapping may read."""
    digits = max(len(str(abs(low))), len(str(abs(high))))
    return f"numeric({digits + _DECIMALS}, {_DECIMALS})"


def _quotient_literal(number: Fraction) -> str:
    """A number with finitely many decimals as a whole number over a power of ten."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    whole = int(number * 10**places)
    return str(whole) if not places else f"{whole} / {'1'}{'0' * places}.0"


def _birth_date(text: str, blank: Sql, taken: str) -> _MappedColumn:
    """The date of birth in a valid identity number of 18 digits (GB 11643); the number itself is not kept."""

    def digits(start: int, count: int) -> str:
        return f"CAST(SUBSTRING({text}, {start}, {count}) AS integer)"

    weights = [(place, 2 ** (18 - place) % 11) for place in range(1, 18)]
    added = "\n+ ".join(f"{weight} * {digits(place, 1)}" for place, weight in weights)
    last = f"CASE SUBSTRING({text}, 18, 1) WHEN 'X' THEN 10 ELSE {digits(18, 1)} END"
    checksum_holds = Sql(f"({added}\n+ {last}) % 11 = 1", COMPARE)
    year, month, day = digits(7, 4), digits(11, 2), digits(13, 2)
    leap = f"{year} % 400 = 0\n    OR {year} % 4 = 0 AND {year} % 100 <> 0"
    calendar = [
        f"{year} BETWEEN {EARLIEST.year} AND {LATEST.year}",
        f"{month} BETWEEN 1 AND 12",
        f"{day} BETWEEN 1 AND 31",
        f"NOT ({month} IN (4, 6, 9, 11) AND {day} > 30)",
        f"NOT ({month} = 2 AND {day} > 29)",
        f"(\n    {month} <> 2 OR {day} <> 29\n    OR {leap}\n)",
    ]
    is_date = Sql("\nAND ".join(calendar), sql_text.AND)
    has_form = Sql(f"{text} SIMILAR TO {_IDENTITY_NUMBER}", COMPARE)
    parts = (f"SUBSTRING({text}, {start}, {count})" for start, count in ((7, 4), (11, 2), (13, 2)))
    iso = "\n|| '-' || ".join(parts)
    # nested, not joined by AND: a database may evaluate both sides of an AND
    inner = case([(checksum_holds, case([(is_date, Sql(f"CAST({iso} AS date)"))], None))], None)
    value = case([(has_form, inner)], None)
    invalid = Sql(f"{taken} IS NULL AND {~blank}", sql_text.AND)
    return _MappedColumn(value, blank, ((invalid, "cell_identity_number"),))
