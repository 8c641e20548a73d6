"""Pieces of SQL: how tightly each holds together, how it is laid out on lines, and names and texts written safely."""

import re
from collections.abc import Iterable, Sequence
from textwrap import indent
from typing import Literal

from attrs import field, frozen

from hardship_rules.core.frozen import FrozenMapping

OR, AND, NOT, COMPARE, ADD, DIVIDE, MULTIPLY, WHOLE = range(8)  # a * (b // c) is not a * b // c
_WIDTH = 96
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_LONGEST = 63  # bytes: PostgreSQL cuts longer names off
_RESERVED = frozenset(  # by PostgreSQL or by DuckDB
    """
    all analyse analyze and anti any array as asc asof asymmetric at authorization between bigint binary bit
    boolean both by case cast char character check coalesce collate collation column concurrently constraint
    create cross current_catalog current_date current_role current_schema current_time current_timestamp
    current_user dec decimal default deferrable desc describe distinct do else end except exists extract false
    fetch float for foreign freeze from full generated glob grant greatest group grouping having ilike in
    initially inner inout insert int integer intersect interval into is isnull join lambda lateral leading least
    left like limit localtime localtimestamp map national natural nchar none normalize not notnull null nullif
    numeric offset on only or order out outer overlaps overlay pivot pivot_longer pivot_wider placing position
    positional precision primary qualify real references returning right row select semi session_user setof show
    similar smallint some struct substring summarize symmetric table tablesample then time timestamp to trailing
    treat trim true try_cast union unique unpivot user using values varchar variadic verbose when where window
    with within xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
    xmlserialize xmltable
    """.split()  # noqa: SIM905  # a list would be a page long
)
_OPPOSITE = FrozenMapping({"<": ">=", "<=": ">", "=": "<>", "<>": "=", ">=": "<", ">": "<="})


@frozen
class Sql:
    """A piece of SQL and how tightly it holds together; `opposite` is how its negation is written, where it is short.

    `is_column` where it costs nothing to be written twice. `minus` is the number that one below zero, or one written
    with a minus, is the opposite of. Lines may end in a comment, but for the last.
    """

    text: str
    binding: int = WHOLE
    opposite: "tuple[str, int] | None" = field(default=None, eq=False, repr=False)
    is_column: bool = False
    parts: "tuple[Sql, ...]" = field(default=(), eq=False, repr=False)
    minus: "Sql | None" = field(default=None, eq=False, repr=False)

    def __str__(self) -> str:
        return self.text

    def inside(self, binding: int) -> str:
        """Its text as a part of what holds together as tightly as that, in brackets where it needs them."""
        if self.binding >= binding and (self.binding == WHOLE or "\n" not in self.text):
            return self.text
        return bracketed(self.text)

    def __and__(self, other: "Sql") -> "Sql":
        return joined("AND", [self, other])

    def __or__(self, other: "Sql") -> "Sql":
        return joined("OR", [self, other])

    def __invert__(self) -> "Sql":
        if self.opposite is not None:
            return Sql(*self.opposite, (self.text, self.binding))
        return Sql(f"NOT {self.inside(COMPARE)}", NOT, (self.text, self.binding))


@frozen
class Where(Sql):
    """A condition of which a null is as good as no, as after WHEN: what is not so holds where it is null as well."""

    def __and__(self, other: Sql) -> "Where":
        return _as_where(joined("AND", [self, other]))

    def __or__(self, other: Sql) -> "Where":
        return _as_where(joined("OR", [self, other]))

    def __invert__(self) -> "Where":
        if self.opposite is not None:
            return Where(*self.opposite, (self.text, self.binding))
        return Where(f"{self.inside(ADD)} IS NOT TRUE", COMPARE, (self.text, self.binding))


def _as_where(piece: Sql) -> Where:
    return Where(piece.text, piece.binding, parts=piece.parts)


def where(piece: Sql, *, known: bool) -> Where:
    """A truth as a condition of rows; `known` where it is null in none."""
    opposite = ~piece
    return Where(
        piece.text, piece.binding, (opposite.text, opposite.binding) if known else None, piece.is_column, piece.parts
    )


def bracketed(text: str) -> str:
    """A piece in brackets, on lines of its own where it has several."""
    return f"(\n{indented(text)}\n)" if "\n" in text else f"({text})"


def indented(text: str, depth: int = 1) -> str:
    """Every line further to the right."""
    return indent(text, "    " * depth)


def column(text: str) -> Sql:
    """The column of a step."""
    return Sql(text, is_column=True)


def compared(left: Sql, sign: str, right: Sql) -> Sql:
    """Two pieces side by side, null where one of them is."""
    a, b = left.inside(ADD), right.inside(ADD)
    return Sql(f"{a} {sign} {b}", COMPARE, (f"{a} {_OPPOSITE[sign]} {b}", COMPARE))


def within(part: Sql, texts: Sequence[str]) -> Sql:
    """A text is one of several."""
    if len(texts) == 1:
        return compared(part, "=", Sql(quoted(texts[0])))
    listed, a = ", ".join(map(quoted, texts)), part.inside(ADD)
    return Sql(f"{a} IN ({listed})", COMPARE, (f"{a} NOT IN ({listed})", COMPARE))


def is_(part: Sql, what: Literal["TRUE", "FALSE", "NULL"]) -> Sql:
    """A truth is known to be one, or is open; known in every row."""
    a = part.inside(ADD)
    return Sql(f"{a} IS {what}", COMPARE, (f"{a} IS NOT {what}", COMPARE))


def is_not(part: Sql, what: Literal["TRUE", "FALSE", "NULL"]) -> Sql:
    """The opposite of `is_`."""
    return ~is_(part, what)


def joined(word: Literal["AND", "OR"], parts: Sequence[Sql], titles: Sequence[str] = ()) -> Sql:
    """Several conditions; with their titles each on a line of its own."""
    binding = AND if word == "AND" else OR
    if not any(titles):
        flat = [inner for part in parts for inner in (part.parts if part.binding == binding and part.parts else [part])]
        parts, titles = list({part.text: part for part in flat}.values()), ()
        if len(parts) == 1:
            return parts[0]
    texts = [part.inside(binding + 1) for part in parts]
    line = f" {word} ".join(texts)
    if not any(titles) and "\n" not in line and len(line) <= _WIDTH:
        return Sql(line, binding, parts=tuple(parts))
    lines = []
    for number, (text, title) in enumerate(zip(texts, titles or [""] * len(texts), strict=True)):
        lead = "" if number == 0 else f"{word} "
        lines.append(lead + (_remarked(text, title) if title else text))
    return Sql("\n".join(lines), binding, parts=() if any(titles) else tuple(parts))


def _remarked(text: str, title: str) -> str:
    """A condition with its title behind it, or behind its first line."""
    first, *rest = text.split("\n")
    return "\n".join([f"{first}  {comment(title)}", *rest])


def negative(piece: Sql) -> Sql:
    """The opposite of a number; that of what has a minus already is what stands behind it."""
    return piece.minus if piece.minus is not None else Sql(f"-{piece.inside(MULTIPLY)}", MULTIPLY, minus=piece)


def reckoned(sign: Literal["+", "*"], parts: Sequence[Sql]) -> Sql:
    """A sum or product; what has a minus is taken away from the sum before it."""
    binding = ADD if sign == "+" else MULTIPLY
    first, *rest = parts
    texts = [first.inside(binding)]
    for part in rest:
        taken = part.minus if sign == "+" else None
        texts.append(f"{sign} {part.inside(binding)}" if taken is None else f"- {taken.inside(DIVIDE)}")
    line = " ".join(texts)
    minus = reckoned("*", [first.minus, *rest]) if sign == "*" and first.minus is not None else None
    return Sql(line if len(line) <= _WIDTH and "\n" not in line else "\n".join(texts), binding, minus=minus)


def called(function: str, parts: Iterable[Sql]) -> Sql:
    """A function of some pieces."""
    texts = [str(part) for part in parts]
    line = f"{function}({', '.join(texts)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return Sql(line)
    lines = indented(",\n".join(texts))
    return Sql(f"{function}(\n{lines}\n)")


def case(whens: Sequence[tuple[Sql, Sql]], otherwise: Sql | None, of: Sql | None = None) -> Sql:
    """The first case that holds; of one column, what it is."""
    parts = [(f"WHEN {when.inside(OR)}", f"THEN {then.inside(OR)}") for when, then in whens]
    last = [] if otherwise is None else [f"ELSE {otherwise.inside(OR)}"]
    head = "CASE" if of is None else f"CASE {of}"
    line = " ".join([head, *(" ".join(part) for part in parts), *last, "END"])
    if len(line) <= _WIDTH and "\n" not in line:
        return Sql(line)
    body = indented("\n".join([*(_broken(*part) for part in parts), *last]))
    return Sql(f"{head}\n{body}\nEND")


def _broken(when: str, then: str) -> str:
    """A case on two lines where one is too long."""
    part = f"{when} {then}"
    return f"{when}\n    {then}" if len(part) > _WIDTH and "\n" not in part else part


def name(identifier: str) -> str:
    """An identifier, in quotes only where it needs them."""
    if _PLAIN.fullmatch(identifier) and identifier not in _RESERVED:
        return identifier
    return '"' + identifier.replace('"', '""') + '"'


def quoted(text: str) -> str:
    """A text as a constant."""
    return "'" + text.replace("'", "''") + "'"


def comment(text: str) -> str:
    """A remark, on one line whatever it holds."""
    return f"-- {' '.join(text.split())}"


class Names:
    """Identifiers that are no others: what has a space in it or is taken already is called a little otherwise."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)

    def new(self, wanted: str) -> str:
        """An identifier as near to the one wanted as can be, not yet in quotes."""
        plain = wanted.replace(" ", "_")
        number, found = 1, _cut(plain, "")
        while found.lower() in self.taken:
            number += 1
            found = _cut(plain, f"_{number}")
        self.taken.add(found.lower())  # DuckDB takes no notice of case, even in quotes
        return found


def _cut(text: str, end: str) -> str:
    most = _LONGEST - len("_high") - len(end)
    return text.encode()[:most].decode(errors="ignore") + end
