"""Tables of the host, read as facts through a mapping."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import cast

from attrs import frozen

from hardship_rules.core.interval import Exact
from hardship_rules.core.kinds import EARLIEST, LATEST, BooleanKind, ChoiceKind, DateKind, NumberKind
from hardship_rules.engine.defaults import left_out_column, stated_column
from hardship_rules.language.characters import QUOTES, SPACES, UNSEEN, WIDE, character_class
from hardship_rules.language.mapping import UNKNOWN_WORDS, Column, Table
from hardship_rules.locale import sentences
from hardship_rules.sql import trees
from hardship_rules.sql.dialects import Dialect
from hardship_rules.sql.facts import KEY
from hardship_rules.sql.trees import Item, Query, Tree

WORDS = sentences("sql")

FAULT = "read fault"
"""The column of the first fault in how a row is written; no name of a policy contains a space."""
_CELL, _READ = "cell", "given"
_NUMBER = "-?[0-9]{1,14}([.][0-9]{1,10})?"
_DECIMALS = 10
_IDENTITY_NUMBER = "[1-9][0-9]{16}[0-9X]"


@frozen
class _MappedColumn:
    """How a mapped column is read: its value, the condition that it is blank, and its possible faults in order."""

    value: Tree
    blank: Tree
    faults: tuple[tuple[Tree, str], ...] = ()


def mapped_table(table: Table, default: str, split: Sequence[str], day: str | None, dialect: Dialect) -> Query:
    """The query that reads a mapped table: its key, a column for each fact, and the first fault of each row.

    Facts to be `split` get two columns, as `with_left_out` wants them. `day` is a column that is passed on unchanged.
    """
    items: list[Item] = []
    faults: list[tuple[Tree, Tree]] = []
    for fact, mapped in table.columns.items():
        value_name = stated_column(fact) if fact in split else fact
        read = _mapped_column(mapped, trees.column(_READ, value_name))
        items.append(Item(value_name, read.value, mapped.fact.title))
        if fact in split:
            items.append(Item(left_out_column(fact), read.blank, WORDS["left_out"].format(title=mapped.fact.title)))
        faults += [(when, trees.text(f"{code} {fact}")) for when, code in read.faults]
    texts = {mapped.name: _trimmed(mapped.name) for mapped in table.columns.values() if _is_text(mapped)}
    numbers = [mapped.name for mapped in table.columns.values() if mapped.identity_number]
    texts |= {name: _bare_number(texts[name], dialect) for name in numbers}
    shown = [
        Item(KEY, trees.column("t", table.keys[0])),
        *([] if day is None else [Item(day, trees.column("t", day))]),
        *(Item(item.name, trees.column(_READ, item.name)) for item in items),
        Item(FAULT, trees.case(faults) if faults else trees.null("text")),
    ]
    cells = [Item(name, value) for name, value in texts.items()]
    steps = ((alias, of_step) for alias, of_step in ((_CELL, cells), (_READ, items)) if of_step)
    joins = [trees.lateral(trees.select(of_step, fenced=dialect.is_fenced), alias) for alias, of_step in steps]
    return trees.select(shown, trees.table((table.source or default).split("."), "t"), joins)


def _is_text(column: Column) -> bool:
    """Whether a column is read as text, of any type."""
    match column.fact.kind:
        case DateKind():
            return column.identity_number
        case NumberKind():
            return column.words.keys() != set(UNKNOWN_WORDS)
        case _:
            return True


def _trimmed(column_name: str) -> Tree:
    """A column as trimmed text, null if it is blank."""
    text = trees.cast_to(trees.column("t", column_name), "text")
    return trees.call("NULLIF", trees.call("TRIM", text), trees.text(""))


def _bare_number(text: Tree, dialect: Dialect) -> Tree:
    """A text as identity numbers are compared: half-width, in capitals, without spaces, quotes and a leading =."""
    beside = rf"[\s{character_class((*SPACES, *UNSEEN, *QUOTES), dialect.sign.format)}]+"
    wide = "".join(sign for sign, plain in WIDE.items() if plain.isalnum()) + "x"
    plain = "".join(WIDE.get(sign, sign) for sign in wide).upper()
    replaced = trees.call("REGEXP_REPLACE", text, trees.text(beside), trees.text(""), trees.text("g"))
    bare = trees.call("LTRIM", replaced, trees.text("=＝"))
    return trees.call("TRANSLATE", bare, trees.text(wide), trees.text(plain))


def _mapped_column(column: Column, taken: Tree) -> _MappedColumn:
    """How a mapped column is read; `taken` is the column of its value, in which faults are looked for."""
    given, text = (trees.column(table, column.name) for table in ("t", _CELL))
    blank = trees.is_(text, None)
    match column.fact.kind:
        case ChoiceKind():
            codes = {word: meaning for word, meaning in column.words.items() if word != meaning}
            if not codes:
                return _MappedColumn(text, blank)
            meanings = (
                (word, trees.null() if meaning is None else trees.text(str(meaning))) for word, meaning in codes.items()
            )
            return _MappedColumn(trees.case_of(text, meanings, text), blank)
        case BooleanKind():
            unknown = [word for word, meaning in column.words.items() if meaning is None]
            unread = trees.and_(trees.is_(taken, None), trees.not_(trees.among(text, unknown)))
            return _MappedColumn(trees.case(_yes_and_no(column, text)), blank, ((unread, "truth"),))
        case DateKind() if column.identity_number:
            return _birth_date(text, blank, taken)
        case DateKind():
            return _MappedColumn(given, trees.is_(given, None))
        case NumberKind() if not _is_text(column):
            return _number(column, given)
        case NumberKind():
            return _coded_number(column, text, blank)


def _yes_and_no(column: Column, text: Tree) -> Iterator[tuple[Tree, Tree]]:
    """The conditions that a text means yes, or means no."""
    for truth in (True, False):
        words = [word for word, meaning in column.words.items() if meaning is truth]
        yield trees.among(text, words), trees.truth(truth)


def _number(column: Column, given: Tree) -> _MappedColumn:
    """A number converted to the fact's unit; null if it is out of range, so that the product cannot overflow."""
    factor = Fraction(column.factor)
    blank = trees.is_(given, None)
    if factor == 1:
        return _MappedColumn(given, blank)
    kind = cast(NumberKind, column.fact.kind)
    low, high = floor(Fraction(cast(Exact, kind.low)) / factor), ceil(Fraction(cast(Exact, kind.high)) / factor)
    inside = trees.between(given, trees.number(low), trees.number(high))
    rounded = trees.cast_to(given, _wide_numeric_type(low, high))
    too_fine = trees.compare(rounded, "<>", given)
    return _MappedColumn(
        trees.case([(inside, _times(rounded, factor))]),
        blank,
        ((trees.not_(inside), "fact_outside"), (too_fine, "fact_decimals")),
    )


def _coded_number(column: Column, text: Tree, blank: Tree) -> _MappedColumn:
    """A number written as text, where some texts are codes."""
    factor = Fraction(column.factor)
    codes: list[tuple[Tree, Tree]] = []
    for word, meaning in column.words.items():
        number = None if meaning is None else Fraction(cast(Exact, meaning)) * factor
        value = trees.null() if number is None else _quotient_literal(number)
        codes.append((trees.compare(text, "=", trees.text(word)), value))
    is_number = trees.matches(text, _NUMBER)
    converted = _times(trees.cast_to(text, f"numeric(24, {_DECIMALS})"), factor)
    unread = trees.and_(trees.not_(trees.among(text, list(column.words))), trees.not_(is_number))
    return _MappedColumn(trees.case([*codes, (is_number, converted)]), blank, ((unread, "number"),))


def _times(number: Tree, factor: Fraction) -> Tree:
    """A product in SQL; the division comes last."""
    product = trees.number(trees.multiply(factor.numerator, number))
    return product if factor.denominator == 1 else trees.divide(product, factor.denominator)


def _wide_numeric_type(low: int, high: int) -> str:
    """A type for a range of numbers with as many decimals as a mapping may read."""
    digits = max(len(str(abs(low))), len(str(abs(high))))
    return f"numeric({digits + _DECIMALS}, {_DECIMALS})"


def _quotient_literal(number: Fraction) -> Tree:
    """A number with finitely many decimals as a whole number over a power of ten."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    whole = trees.number(int(number * 10**places))
    return whole if not places else trees.divide(whole, trees.decimal(f"1{'0' * places}.0"))


def _birth_date(text: Tree, blank: Tree, taken: Tree) -> _MappedColumn:
    """The date of birth in a valid identity number of 18 digits (GB 11643); the number itself is not kept."""

    def part(start: int, count: int) -> Tree:
        return trees.call("SUBSTRING", text, trees.number(start), trees.number(count))

    def digits(start: int, count: int) -> Tree:
        return trees.cast_to(part(start, count), "integer")

    weights = [(place, 2 ** (18 - place) % 11) for place in range(1, 18)]
    last = trees.case_of(part(18, 1), [("X", trees.number(10))], digits(18, 1))
    total = trees.add(*(trees.multiply(weight, digits(place, 1)) for place, weight in weights), last)
    checksum_holds = trees.compare(trees.remainder(trees.number(total), 11), "=", 1)
    year, month, day = digits(7, 4), digits(11, 2), digits(13, 2)

    def is_multiple(of: int) -> Tree:
        return trees.compare(trees.remainder(year, of), "=", 0)

    is_leap = trees.or_(is_multiple(400), trees.and_(is_multiple(4), trees.not_(is_multiple(100))))
    is_date = trees.and_(
        trees.between(year, trees.number(EARLIEST.year), trees.number(LATEST.year)),
        trees.between(month, trees.number(1), trees.number(12)),
        trees.between(day, trees.number(1), trees.number(31)),
        trees.not_(trees.and_(trees.among_numbers(month, (4, 6, 9, 11)), trees.compare(day, ">", 30))),
        trees.not_(trees.and_(trees.compare(month, "=", 2), trees.compare(day, ">", 29))),
        trees.or_(trees.compare(month, "<>", 2), trees.compare(day, "<>", 29), is_leap),
    )
    has_form = trees.matches(text, _IDENTITY_NUMBER)
    dash = trees.text("-")
    iso = trees.joined(part(7, 4), dash, part(11, 2), dash, part(13, 2))
    # nested, not joined by AND: a database may evaluate both sides of an AND
    inner = trees.case([(checksum_holds, trees.case([(is_date, trees.cast_to(iso, "date"))]))])
    invalid = trees.and_(trees.is_(taken, None), trees.not_(blank))
    return _MappedColumn(trees.case([(has_form, inner)]), blank, ((invalid, "cell_identity_number"),))
