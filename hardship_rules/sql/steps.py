"""Steps of a query: each computes a few columns of a row from the columns of earlier steps."""

from collections.abc import Callable, Iterator, Sequence

from attrs import Factory, define, frozen

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.sql._text import OR, Names, Sql, column, comment, indented, name
from hardship_rules.sql._values import Bound, Choice, Numbers, Truth, Value, in_column


@frozen
class Dialect:
    """How databases differ: whole division, the fence of a step, the escape of a character in a pattern.

    PostgreSQL inlines a step wherever it is used, and computes it each time, unless a fence prevents that.
    """

    divide: str
    fence: str
    sign: str


DIALECTS: FrozenMapping[str, Dialect] = FrozenMapping(
    {"postgres": Dialect("/", "OFFSET 0", r"\U{:08X}"), "duckdb": Dialect("//", "", r"\x{{{:X}}}")}
)


@frozen
class SelectColumn:
    """A column of a SELECT, with a remark."""

    name: str
    piece: Sql
    remark: str = ""


@frozen
class Step:
    """Columns that are computed together, under an alias, with a remark."""

    alias: str
    columns: tuple[SelectColumn, ...]
    remark: str = ""

    def text(self, dialect: Dialect) -> str:
        """The step as an item of FROM."""
        lines = [comment(self.remark)] if self.remark else []
        lines.append(selected(self.columns))
        lines += [dialect.fence] if dialect.fence else []
        body = indented("\n".join(lines))
        return f"CROSS JOIN LATERAL (\n{body}\n) AS {name(self.alias)}"


def selected(columns: Sequence[SelectColumn], *, alone: bool = True) -> str:
    """A SELECT of some columns; a single short one on one line unless `alone` is false."""
    texts = [_named(selected_column) for selected_column in columns]
    if alone and len(texts) == 1 and not columns[0].remark and len(texts[0]) < 96 and "\n" not in texts[0]:
        return f"SELECT {texts[0]}"
    lines = []
    for number, (text, selected_column) in enumerate(zip(texts, columns, strict=True), 1):
        lines += [comment(selected_column.remark)] if selected_column.remark else []
        lines.append(text + ("," if number < len(texts) else ""))
    return "SELECT\n" + indented("\n".join(lines))


def _named(of: SelectColumn) -> str:
    """A column with AS and its name, unless it has that name already."""
    own = name(of.name)
    has_name = of.piece.text == own or (of.piece.is_column and of.piece.text.endswith(f".{own}"))
    return of.piece.text if has_name else f"{of.piece.inside(OR)} AS {own}"


@define(eq=False)
class TableSteps:
    """The steps of one of the two tables so far, and the values of names in them."""

    names: Names
    values: dict[str, Value] = Factory(dict)
    steps: list[Step] = Factory(list)

    def put(self, wanted: str, value: Value, remark: str, *, new_step: bool = False) -> Value:
        """The value in columns of a new step; columns are reused unless `new_step`."""
        alias, own = "", Names(())
        columns: list[SelectColumn] = []

        def keep(column_name: str, piece: Sql) -> Sql:
            nonlocal alias
            if piece.is_column and not new_step:
                return piece
            alias = alias or self.names.new(wanted)
            columns.append(SelectColumn(own.new(column_name), piece))
            return column(f"{name(alias)}.{name(columns[-1].name)}")

        kept = in_columns(value, keep)
        if columns:
            self.steps.append(Step(alias, tuple(columns), remark))
        return kept

    def put_truths(self, wanted: str, truths: Sequence[tuple[str, Truth, str]], remark: str = "") -> list[Truth]:
        """Several conditions in one new step, each with the name of its column and a remark."""
        alias = self.names.new(wanted)
        own = Names(())
        columns: list[SelectColumn] = []
        results: list[Truth] = []
        for column_name, truth, column_remark in truths:
            kept = truth
            if isinstance(truth.holds, Sql) and not truth.holds.is_column:
                columns.append(SelectColumn(own.new(column_name), truth.holds, column_remark))
                kept = Truth(column(f"{name(alias)}.{name(columns[-1].name)}"), truth.known)
            results.append(kept)
        if columns:
            self.steps.append(Step(alias, tuple(columns), remark))
        return results


def in_columns(value: Value, keep: Callable[[str, Sql], Sql]) -> Value:
    """A value whose pieces of SQL are replaced by `keep`, which gets a name for each piece."""
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

    def bound(column_name: str, end: Bound) -> Bound:
        return keep(column_name, end) if isinstance(end, Sql) else end

    if value.low is value.high:
        low = bound("number", value.low)
        return Numbers(low, low, value.within)
    low, high = bound("low", value.low), bound("high", value.high)
    return Numbers(low, high, value.within, value.column if low is value.low else None)


def is_constant(value: Value) -> bool:
    """Whether a value is the same in every row."""
    return not any(True for _ in pieces_of(value))


def pieces_of(value: Value) -> Iterator[Sql]:
    """The pieces of SQL in a value."""
    if isinstance(value, Truth):
        bounds: list[object] = [value.holds]
    elif isinstance(value, Choice):
        bounds = [value.text] if value.text is not None else [truth.holds for truth in value.can.values()]
    else:
        bounds = [value.low, value.high]
    return (bound for bound in bounds if isinstance(bound, Sql))
