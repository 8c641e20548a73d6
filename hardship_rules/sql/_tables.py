"""A register's own tables, with its columns, codes and units, become those of a policy's view: its first queries."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import cast

from attrs import frozen

from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import EARLIEST, LATEST, ChoiceKind, DateKind, NumberKind, YesNoKind
from hardship_rules.engine.tables import left_out_column, stated_column
from hardship_rules.language.mapping import QUOTES, SPACES, UNKNOWN_WORDS, UNSEEN, WIDE, Column, Table, signs
from hardship_rules.locale import sentences
from hardship_rules.sql import _text as sql_text
from hardship_rules.sql._text import COMPARE, Sql, case, column, name, quoted
from hardship_rules.sql.steps import Column as Selected
from hardship_rules.sql.steps import Dialect, Step, selected

WORDS = sentences("sql")

FAULT = "read fault"
"""The column that says what is wrong with how a row is written; no name of a policy has a space in it."""
_CELL, _READ = "cell", "given"
_NULL = Sql("NULL")
_NUMBER = "'-?[0-9]{1,14}([.][0-9]{1,10})?'"
_DECIMALS = 10
_IDENTITY_NUMBER = "'[1-9][0-9]{16}[0-9X]'"


@frozen
class Read:
    """A column as it is to be read: its value, where nothing stands, and what may be wrong with it, in order."""

    value: Sql
    blank: Sql
    faults: tuple[tuple[Sql, str], ...] = ()


def table_in_sql(table: Table, default: str, split: Sequence[str], day: str | None, dialect: Dialect) -> str:
    """The query of a mapped table: its key, a column for each fact, and what is wrong with how a row is written.

    Facts to be `split` have two columns, as `with_left_out` has them; `day` is a column that is taken as it is.
    """
    columns: list[Selected] = []
    faults: list[tuple[Sql, Sql]] = []
    for called, mapped in table.columns.items():
        own = stated_column(called) if called in split else called
        read = read_in_sql(mapped, f"{_READ}.{name(own)}")
        columns.append(Selected(own, read.value, mapped.fact.title))
        if called in split:
            remark = WORDS["left_out"].format(title=mapped.fact.title)
            columns.append(Selected(left_out_column(called), read.blank, remark))
        faults += [(when, Sql(quoted(f"{code} {called}"))) for when, code in read.faults]
    shown = [Selected("household", Sql(f"t.{name(table.keys[0])}"))]
    shown += [] if day is None else [Selected(day, Sql(f"t.{name(day)}"))]
    shown += [Selected(each.name, column(f"{_READ}.{name(each.name)}")) for each in columns]
    shown.append(Selected(FAULT, case(faults, None) if faults else Sql("CAST(NULL AS text)")))
    source = ".".join(map(name, (table.source or default).split(".")))
    texts = {each.name: _trimmed(each.name) for each in table.columns.values() if _is_text(each)}
    numbers = [each.name for each in table.columns.values() if each.identity_number]
    texts |= {called: Selected(called, _bare_number(texts[called].piece, dialect)) for called in numbers}
    steps = [(_CELL, tuple(texts.values())), (_READ, tuple(columns))]
    written = [Step(alias, some).text(dialect) for alias, some in steps if some]
    return "\n".join([selected(shown, alone=False), f"FROM {source} AS t", *written])


def _is_text(column: Column) -> bool:
    """A column is read by the texts that stand in it, whatever its type."""
    match column.fact.kind:
        case DateKind():
            return column.identity_number
        case NumberKind():
            return column.words.keys() != set(UNKNOWN_WORDS)
        case _:
            return True


def _trimmed(called: str) -> Selected:
    """What stands in a column as a text; null where nothing does."""
    return Selected(called, Sql(f"NULLIF(TRIM(CAST(t.{name(called)} AS text)), '')"))


def _bare_number(text: Sql, dialect: Dialect) -> Sql:
    """An identity number as `bare_number` has it. What is in none of its signs stays, and is no number."""
    beside = quoted(rf"[\s{signs((*SPACES, *UNSEEN, *QUOTES), dialect.sign.format)}]+")
    wide = "".join(sign for sign, plain in WIDE.items() if plain.isalnum()) + "x"
    plain = "".join(WIDE.get(sign, sign) for sign in wide).upper()
    bare = f"LTRIM(REGEXP_REPLACE(\n    {text},\n    {beside},\n    '', 'g'\n), '=＝')"
    return Sql(f"TRANSLATE({bare}, {quoted(wide)}, {quoted(plain)})")


def read_in_sql(column: Column, taken: str) -> Read:
    """How a mapped column is read; `taken` is what its value is called where faults are looked for."""
    given, text = (f"{table}.{name(column.name)}" for table in ("t", _CELL))
    blank = sql_text.is_(Sql(text), "NULL")
    match column.fact.kind:
        case ChoiceKind():
            coded = {word: meaning for word, meaning in column.words.items() if word != meaning}
            whens = [
                (Sql(quoted(word)), Sql(quoted(str(said))) if said is not None else _NULL)
                for word, said in coded.items()
            ]
            return Read(case(whens, Sql(text), Sql(text)), blank)
        case YesNoKind():
            unknown = _listed([word for word, meaning in column.words.items() if meaning is None])
            unread = Sql(f"{taken} IS NULL AND {text} NOT IN ({unknown})", sql_text.AND)
            return Read(case(list(_truths(column, text)), None), blank, ((unread, "truth"),))
        case DateKind() if column.identity_number:
            return _born(text, blank, taken)
        case DateKind():
            return Read(Sql(given), sql_text.is_(Sql(str(given)), "NULL"))
        case NumberKind() if not _is_text(column):
            return _number(column, Sql(given))
        case NumberKind():
            return _coded_number(column, text, blank)


def _truths(column: Column, text: str) -> Iterator[tuple[Sql, Sql]]:
    """The texts that mean yes, and those that mean no."""
    for truth in (True, False):
        words = [word for word, meaning in column.words.items() if meaning is truth]
        yield Sql(f"{text} IN ({_listed(words)})", COMPARE), Sql(str(truth).upper())


def _listed(words: Sequence[str]) -> str:
    return ", ".join(map(quoted, words))


def _number(column: Column, given: Sql) -> Read:
    """A number in the fact's unit; what is out of reach is not multiplied, so that it cannot be too large."""
    factor = Fraction(column.factor)
    blank = sql_text.is_(Sql(str(given)), "NULL")
    if factor == 1:
        return Read(given, blank)
    kind = cast(NumberKind, column.fact.kind)
    low, high = floor(Fraction(cast(Exact, kind.low)) / factor), ceil(Fraction(cast(Exact, kind.high)) / factor)
    inside = Sql(f"{given} BETWEEN {low} AND {high}", COMPARE, (f"{given} NOT BETWEEN {low} AND {high}", COMPARE))
    exactly = f"CAST({given} AS {_numeric(low, high)})"
    more = Sql(f"{exactly} <> {given}", COMPARE)
    return Read(
        case([(inside, Sql(_times(exactly, factor)))], None),
        blank,
        ((~inside, "fact_outside"), (more, "fact_decimals")),
    )


def _coded_number(column: Column, text: str, blank: Sql) -> Read:
    """A number as a text among which some are codes."""
    factor = Fraction(column.factor)
    known: list[tuple[Sql, Sql]] = []
    for word, meaning in column.words.items():
        number = None if meaning is None else Fraction(cast(Exact, meaning)) * factor
        known.append((Sql(f"{text} = {quoted(word)}", COMPARE), _NULL if number is None else Sql(_exactly(number))))
    well = Sql(f"{text} SIMILAR TO {_NUMBER}", COMPARE)
    number_ = Sql(_times(f"CAST({text} AS numeric(24, {_DECIMALS}))", factor))
    unread = [
        Sql(f"{text} NOT IN ({_listed(list(column.words))})", COMPARE),
        Sql(f"NOT {text} SIMILAR TO {_NUMBER}", COMPARE),
    ]
    return Read(case([*known, (well, number_)], None), blank, ((sql_text.joined("AND", unread), "number"),))


def _times(exactly: str, factor: Fraction) -> str:
    over = exactly if factor.numerator == 1 else f"{exactly} * {factor.numerator}"
    return over if factor.denominator == 1 else f"{over} / {factor.denominator}"


def _numeric(low: int, high: int) -> str:
    digits = max(len(str(abs(low))), len(str(abs(high))))
    return f"numeric({digits + _DECIMALS}, {_DECIMALS})"


def _exactly(number: Fraction) -> str:
    """A number that has a finite number of decimals."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    whole = int(number * 10**places)
    return str(whole) if not places else f"{whole} / {'1'}{'0' * places}.0"


def _born(text: str, blank: Sql, taken: str) -> Read:
    """The day of birth in an identity number of 18 digits whose last one checks (GB 11643); the number is not kept."""

    def digits(start: int, count: int) -> str:
        return f"CAST(SUBSTRING({text}, {start}, {count}) AS integer)"

    weights = [(place, 2 ** (18 - place) % 11) for place in range(1, 18)]
    added = "\n+ ".join(f"{weight} * {digits(place, 1)}" for place, weight in weights)
    last = f"CASE SUBSTRING({text}, 18, 1) WHEN 'X' THEN 10 ELSE {digits(18, 1)} END"
    checks = Sql(f"({added}\n+ {last}) % 11 = 1", COMPARE)
    year, month, day = digits(7, 4), digits(11, 2), digits(13, 2)
    leap = f"{year} % 400 = 0\n    OR {year} % 4 = 0 AND {year} % 100 <> 0"
    inside = [
        f"{year} BETWEEN {EARLIEST.year} AND {LATEST.year}",
        f"{month} BETWEEN 1 AND 12",
        f"{day} BETWEEN 1 AND 31",
        f"NOT ({month} IN (4, 6, 9, 11) AND {day} > 30)",
        f"NOT ({month} = 2 AND {day} > 29)",
        f"(\n    {month} <> 2 OR {day} <> 29\n    OR {leap}\n)",
    ]
    real = Sql("\nAND ".join(inside), sql_text.AND)
    well = Sql(f"{text} SIMILAR TO {_IDENTITY_NUMBER}", COMPARE)
    parts = (f"SUBSTRING({text}, {start}, {count})" for start, count in ((7, 4), (11, 2), (13, 2)))
    written = "\n|| '-' || ".join(parts)
    # one condition inside the other: a database may work out both sides of an AND
    inner = case([(checks, case([(real, Sql(f"CAST({written} AS date)"))], None))], None)
    value = case([(well, inner)], None)
    lost = Sql(f"{taken} IS NULL AND {~blank}", sql_text.AND)
    return Read(value, blank, ((lost, "cell_identity_number"),))
