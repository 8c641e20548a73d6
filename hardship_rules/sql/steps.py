"""Steps of a query: each works out a few named columns from those of the steps before it, row by row."""

from collections.abc import Callable, Iterator, Sequence

from attrs import Factory, define, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.sql._text import OR, Names, Sql, column, comment, indented, name
from hardship_rules.sql._values import Bound, Choice, Numbers, Truth, Value, in_column


@frozen
class Dialect:
    """Where databases differ: how they divide, what keeps a step from being worked out often, a sign by its number.

    PostgreSQL writes a step into all that uses it, and works it out anew there, unless something forbids it.
    """

    divide: str
    fence: str
    sign: str


DIALECTS: FrozenMapping[str, Dialect] = FrozenMapping(
    {"postgres": Dialect("/", "OFFSET 0", r"\U{:08X}"), "duckdb": Dialect("//", "", r"\x{{{:X}}}")}
)


@frozen
class Column:
    """A column of a step, and what is said of it."""

    name: str
    piece: Sql
    remark: str = ""


@frozen
class Step:
    """Columns worked out together, what they are called together, and what is said of them."""

    alias: str
    columns: tuple[Column, ...]
    remark: str = ""

    def text(self, dialect: Dialect) -> str:
        """The step as a part of FROM."""
        lines = [comment(self.remark)] if self.remark else []
        lines.append(selected(self.columns))
        lines += [dialect.fence] if dialect.fence else []
        body = indented("\n".join(lines))
        return f"CROSS JOIN LATERAL (\n{body}\n) AS {name(self.alias)}"


def selected(columns: Sequence[Column], *, alone: bool = True) -> str:
    """A SELECT of some columns, on one line where there is one that fits."""
    texts = [_named(each) for each in columns]
    if alone and len(texts) == 1 and not columns[0].remark and len(texts[0]) < 96 and "\n" not in texts[0]:
        return f"SELECT {texts[0]}"
    lines = []
    for number, (text, each) in enumerate(zip(texts, columns, strict=True), 1):
        lines += [comment(each.remark)] if each.remark else []
        lines.append(text + ("," if number < len(texts) else ""))
    return "SELECT\n" + indented("\n".join(lines))


def _named(of: Column) -> str:
    """A column with its name, where it has not that name already."""
    own = name(of.name)
    has_it = of.piece.text == own or (of.piece.is_column and of.piece.text.endswith(f".{own}"))
    return of.piece.text if has_it else f"{of.piece.inside(OR)} AS {own}"


@define(eq=False)
class Side:
    """One of the two tables: its steps so far, and the values of names on it."""

    names: Names
    values: dict[str, Value] = Factory(dict)
    steps: list[Step] = Factory(list)

    def put(self, wanted: str, value: Value, remark: str, *, anew: bool = False) -> Value:
        """A value in columns of its own, where it is not already, or in any case anew."""
        alias, own = "", Names(())
        columns: list[Column] = []

        def keep(column_name: str, piece: Sql) -> Sql:
            nonlocal alias
            if piece.is_column and not anew:
                return piece
            alias = alias or self.names.new(wanted)
            columns.append(Column(own.new(column_name), piece))
            return column(f"{name(alias)}.{name(columns[-1].name)}")

        kept = in_columns(value, keep)
        if columns:
            self.steps.append(Step(alias, tuple(columns), remark))
        return kept

    def put_truths(self, wanted: str, truths: Sequence[tuple[str, Truth, str]], remark: str = "") -> list[Truth]:
        """Several truths in one step, each with what its column is called and what is said of it."""
        alias = self.names.new(wanted)
        own = Names(())
        columns: list[Column] = []
        found: list[Truth] = []
        for called, truth, words in truths:
            kept = truth
            if isinstance(truth.holds, Sql) and not truth.holds.is_column:
                columns.append(Column(own.new(called), truth.holds, words))
                kept = Truth(column(f"{name(alias)}.{name(columns[-1].name)}"), truth.known)
            found.append(kept)
        if columns:
            self.steps.append(Step(alias, tuple(columns), remark))
        return found


def in_columns(value: Value, keep: Callable[[str, Sql], Sql]) -> Value:
    """A value with other pieces of SQL in place of its own: `keep` has what each is called."""
    if isinstance(value, Truth):
        return value if not isinstance(value.holds, Sql) else Truth(keep("holds", value.holds), value.known)
    if isinstance(value, Choice):
        if value.text is not None:
            return in_column(keep("option", value.text), value.can, known=value.known)
        can = {
            option: truth if not isinstance(truth.holds, Sql) else Truth(keep(option, truth.holds), truth.known)
            for option, truth in value.can.items()
        }
        return Choice(FrozenMapping(can), exact=value.exact)

    def bound(called: str, of: Bound) -> Bound:
        return keep(called, of) if isinstance(of, Sql) else of

    if value.low is value.high:
        low = bound("number", value.low)
        return Numbers(low, low, value.within)
    low, high = bound("low", value.low), bound("high", value.high)
    return Numbers(low, high, value.within, value.column if low is value.low else None)


def is_constant(value: Value) -> bool:
    """It is the same in every row."""
    return not any(True for _ in pieces_of(value))


def pieces_of(value: Value) -> Iterator[Sql]:
    """The pieces of SQL that a value consists of."""
    if isinstance(value, Truth):
        bounds: list[object] = [value.holds]
    elif isinstance(value, Choice):
        bounds = [value.text] if value.text is not None else [truth.holds for truth in value.can.values()]
    else:
        bounds = [value.low, value.high]
    return (bound for bound in bounds if isinstance(bound, Sql))
