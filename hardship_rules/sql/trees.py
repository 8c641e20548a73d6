"""Constructors of SQL trees: the one module that makes nodes of sqlglot.

sqlglot prints a tree without adding brackets: `Sub(a, Add(b, c))` becomes `a - b + c`. Each constructor here therefore
brackets an operand that does not bind tighter than its operator. Identifiers are always quoted. Functions are printed
as they are named, since sqlglot rewrites those that it knows for each dialect.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import Literal, cast

from attrs import frozen

from hardship_rules.sql.libraries import exp

Tree = exp.Expr
Query = exp.Select
Bound = Tree | int
"""A whole number: a tree, or the number that it is in every row."""
Sign = Literal["<", "<=", ">", ">=", "=", "<>"]

_COMPARISONS: dict[Sign, type[exp.Binary]] = {
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "=": exp.EQ,
    "<>": exp.NEQ,
}
_OPPOSITES: dict[type[Tree], type[exp.Binary]] = {
    exp.LT: exp.GTE,
    exp.GTE: exp.LT,
    exp.GT: exp.LTE,
    exp.LTE: exp.GT,
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
}
_BINDING: dict[type[Tree], int] = {  # how tightly an operator binds; in both databases alike
    exp.Or: 1,
    exp.And: 1,  # in brackets inside an OR, and so easier to read
    exp.Not: 3,
    **dict.fromkeys((*_OPPOSITES, exp.Is, exp.In, exp.Between, exp.SimilarTo), 4),
    exp.DPipe: 5,
    exp.Add: 6,
    exp.Sub: 6,
    **dict.fromkeys((exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg), 7),
}
_TIGHTEST = 8

# --- Values ------------------------------------------------------------------------------------------------------


def identifier(name: str) -> exp.Identifier:
    """A name, always quoted."""
    return exp.Identifier(this=name, quoted=True)


def column(table: str, name: str) -> Tree:
    """A column of a table or of a step."""
    return exp.Column(this=identifier(name), table=identifier(table))


def key(name: str) -> Tree:
    """A column that joined tables share."""
    return exp.Column(this=identifier(name))


def text(value: str) -> Tree:
    """A text constant."""
    return exp.Literal.string(value)


def decimal(digits: str, *, is_negative: bool = False) -> Tree:
    """A number constant in decimal notation."""
    return exp.Neg(this=exp.Literal.number(digits)) if is_negative else exp.Literal.number(digits)


def truth(value: bool) -> Tree:  # noqa: FBT001  # the value itself
    """True or false."""
    return exp.Boolean(this=value)


def null(type_: str = "") -> Tree:
    """A null, of a type if one is given."""
    return cast_to(exp.Null(), type_) if type_ else exp.Null()


def number(bound: Bound) -> Tree:
    """A whole number as a tree."""
    return decimal(str(abs(bound)), is_negative=bound < 0) if isinstance(bound, int) else bound


def date(iso: object) -> Tree:
    """A date constant."""
    return cast_to(text(str(iso)), "date")


def cast_to(tree: Tree, type_: str) -> Tree:
    """A value converted to a type."""
    return exp.Cast(this=tree, to=exp.DataType.build(type_))


def call(function: str, *arguments: Tree) -> Tree:
    """A function of some values."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def part_of_date(part: str, of: Tree) -> Tree:
    """The year, month or day of a date."""
    return exp.Extract(this=exp.Var(this=part), expression=of)


# --- Operators ---------------------------------------------------------------------------------------------------


def _operand(tree: Tree, of: type[Tree]) -> Tree:
    """A tree as the operand of an operator, in brackets unless it binds tighter."""
    is_literal = isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal)
    binding = _TIGHTEST if is_literal else _BINDING.get(type(tree), _TIGHTEST)
    return tree if binding > _BINDING[of] else exp.Paren(this=tree)


def _binary(operator: type[exp.Binary], left: Tree, right: Tree) -> Tree:
    return operator(this=_operand(left, operator), expression=_operand(right, operator))


def _chain(operator: type[exp.Binary], parts: Sequence[Tree]) -> Tree:
    """Some operands of one operator, without brackets between them."""
    operands = [_operand(part, operator) for part in parts]
    return reduce(lambda left, right: operator(this=left, expression=right), operands)


def add(*parts: Bound) -> Bound:
    """The sum; a part with a minus is subtracted."""
    constant = sum(part for part in parts if isinstance(part, int))
    trees = [part for part in parts if not isinstance(part, int)]
    if not trees:
        return constant
    trees += [number(constant)] if constant else []
    if len(trees) == 1:
        return trees[0]
    first = next((place for place, part in enumerate(trees) if _opposite(part) is None), 0)
    total = _operand(trees.pop(first), exp.Add)
    for part in trees:
        taken = _opposite(part)
        operator = exp.Add if taken is None else exp.Sub
        total = operator(this=total, expression=_operand(part if taken is None else taken, operator))
    return total


def _opposite(tree: Tree) -> Tree | None:
    """The number that a number with a minus is the opposite of."""
    constant, rest = _factored(tree)
    return number(multiply(-constant, rest)) if constant < 0 else None


def multiply(*parts: Bound) -> Bound:
    """The product, its constants in one, before the others."""
    constant, trees = 1, list[Tree]()
    for part in parts:
        factor, rest = (part, None) if isinstance(part, int) else _factored(part)
        constant *= factor
        trees += [] if rest is None else [rest]
    if not trees or constant == 0:
        return constant
    if constant == -1 and len(trees) == 1:
        return exp.Neg(this=_operand(trees[0], exp.Neg))
    return _chain(exp.Mul, [*([] if constant == 1 else [number(constant)]), *trees])


def _factored(tree: Tree) -> tuple[int, Tree]:
    """The constant before a product, or the minus before a number, and what it multiplies."""
    if isinstance(tree, exp.Neg):
        constant, rest = _factored(tree.this.unnest())
        return -constant, rest
    if not isinstance(tree, exp.Mul):
        return 1, tree
    constant, rest = _factored(tree.this)
    if isinstance(rest, exp.Literal):
        return constant * int(rest.name), cast(Tree, tree.expression.unnest())
    return constant, exp.Mul(this=_operand(rest, exp.Mul), expression=tree.expression)


def minus(part: Bound) -> Bound:
    """The opposite of a number."""
    return multiply(-1, part)


def wide(constants: Tree) -> Tree:
    """A number chosen among constants, which databases would otherwise compute with in 32 bits."""
    return cast_to(constants, "bigint")


def divide(over: Bound, by: Bound, operator: Literal["/", "//"] = "/") -> Tree:
    """A quotient by the operator of a dialect; of two whole numbers both databases truncate it toward zero."""
    operands = {"this": _operand(number(over), exp.Div), "expression": _operand(number(by), exp.Div)}
    return exp.IntDiv(**operands) if operator == "//" else exp.Div(**operands, typed=True, safe=False)


def remainder(over: Tree, by: int) -> Tree:
    """What a division of whole numbers leaves over."""
    return _binary(exp.Mod, over, number(by))


def least(*bounds: Bound) -> Bound:
    """The least of some numbers."""
    return _one_of("LEAST", min, bounds)


def greatest(*bounds: Bound) -> Bound:
    """The greatest of some numbers."""
    return _one_of("GREATEST", max, bounds)


def _one_of(function: str, choose: Callable[[Iterable[int]], int], bounds: Sequence[Bound]) -> Bound:
    constants = [bound for bound in bounds if isinstance(bound, int)]
    several = (_arguments(function, bound) for bound in bounds if not isinstance(bound, int))
    trees = list(dict.fromkeys(tree for arguments in several for tree in arguments))
    if not trees:
        return choose(constants)
    parts = [*([number(choose(constants))] if constants else []), *trees]
    return parts[0] if len(parts) == 1 else call(function, *parts)


def _arguments(function: str, tree: Tree) -> list[Tree]:
    """The arguments of a function, or what is no such function."""
    return tree.expressions if isinstance(tree, exp.Anonymous) and tree.this == function else [tree]


def joined(*texts: Tree) -> Tree:
    """Texts one after the other."""
    return _chain(exp.DPipe, texts)


# --- Conditions --------------------------------------------------------------------------------------------------


def compare(left: Bound, sign: Sign, right: Bound) -> Tree:
    """A comparison, null where a side is; a constant comes second."""
    operator = _COMPARISONS[sign]
    if isinstance(left, int):
        turned: dict[Sign, Sign] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
        operator, left, right = _COMPARISONS[turned.get(sign, sign)], right, left
    return _binary(operator, number(left), number(right))


def among(part: Tree, options: Sequence[str]) -> Tree:
    """Whether a text is one of several."""
    if len(options) == 1:
        return compare(part, "=", text(options[0]))
    return exp.In(this=_operand(part, exp.In), expressions=[text(option) for option in options])


def among_numbers(part: Tree, numbers: Sequence[int]) -> Tree:
    """Whether a whole number is one of several."""
    return exp.In(this=_operand(part, exp.In), expressions=[number(each) for each in numbers])


def between(part: Tree, low: Tree, high: Tree) -> Tree:
    """Whether a value lies between two constants."""
    return exp.Between(this=_operand(part, exp.Between), low=low, high=high)


def matches(part: Tree, pattern: str) -> Tree:
    """Whether a text has the form of a pattern."""
    return exp.SimilarTo(this=_operand(part, exp.SimilarTo), expression=text(pattern))


def is_(part: Tree, what: bool | None) -> Tree:  # noqa: FBT001  # the value itself
    """Whether a value is true, false or null; never null itself."""
    if what is None and isinstance(part, exp.Not):
        part = part.this.unnest()
    return exp.Is(this=_operand(part, exp.Is), expression=exp.Null() if what is None else truth(what))


def is_not(part: Tree, what: bool | None) -> Tree:  # noqa: FBT001  # the value itself
    """The opposite of `is_`."""
    return not_(is_(part, what))


def and_(*parts: Tree) -> Tree:
    """All of some conditions."""
    return _junction(exp.And, parts)


def or_(*parts: Tree) -> Tree:
    """Any of some conditions."""
    return _junction(exp.Or, parts)


def _junction(operator: type[exp.Binary], parts: Sequence[Tree]) -> Tree:
    distinct = list(dict.fromkeys(inner for part in parts for inner in _flat(operator, part)))
    return distinct[0] if len(distinct) == 1 else _chain(operator, distinct)


def _flat(operator: type[exp.Binary], tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, operator):
        yield from _flat(operator, tree.this.unnest())
        yield from _flat(operator, tree.expression.unnest())
    else:
        yield tree


def not_(part: Tree) -> Tree:
    """The opposite of a condition, null where that is."""
    if isinstance(part, exp.Not):
        return cast(Tree, part.this.unnest())
    if isinstance(part, exp.Boolean):
        return truth(not part.this)
    if type(part) in _OPPOSITES:
        return _OPPOSITES[type(part)](this=part.this, expression=part.expression)
    if isinstance(part, exp.Case) and part.args.get("default") is None:
        whens = [(when.this, when.args["true"]) for when in part.args["ifs"]]
        if all(isinstance(value, exp.Boolean) for _, value in whens):
            return case([(when, not_(value)) for when, value in whens])
    return exp.Not(this=_operand(part, exp.Not))


# --- Cases -------------------------------------------------------------------------------------------------------


def case(whens: Iterable[tuple[Tree, Tree]], otherwise: Tree | None = None) -> Tree:
    """The value of the first condition that holds; a case inside the last one continues the list."""
    ifs = [exp.If(this=when, true=then) for when, then in whens]
    if isinstance(otherwise, exp.Case) and otherwise.this is None:
        ifs += otherwise.args["ifs"]
        otherwise = otherwise.args.get("default")
    return exp.Case(ifs=ifs, default=otherwise)


def case_of(part: Tree, whens: Iterable[tuple[str, Tree]], otherwise: Tree | None) -> Tree:
    """The value beside the text that a value is."""
    return exp.Case(this=part, ifs=[exp.If(this=text(word), true=then) for word, then in whens], default=otherwise)


# --- Aggregates --------------------------------------------------------------------------------------------------

COUNT = exp.Anonymous(this="COUNT", expressions=[exp.Star()])


def count_over(partition: str) -> Tree:
    """The number of rows with the same value of a column."""
    return exp.Window(this=COUNT, partition_by=[identifier(partition)])


def total(part: Bound) -> Bound:
    """The sum over the rows of a group; a case that is else zero becomes a filter."""
    rows = None
    part = part.this if isinstance(part, exp.Cast) and isinstance(part.this, exp.Case) else part
    if isinstance(part, exp.Case) and len(part.args["ifs"]) == 1 and part.args.get("default") == number(0):
        (when,) = part.args["ifs"]
        rows, part = when.this, when.args["true"]
        part = int(part.name) if isinstance(part, exp.Literal) else part
    if isinstance(part, int):
        counted = COUNT if rows is None else _filtered(COUNT, rows)
        return multiply(part, counted)
    added = call("SUM", part)
    return cast_to(added if rows is None else call("COALESCE", _filtered(added, rows), number(0)), "bigint")


def _filtered(aggregate: Tree, rows: Tree) -> Tree:
    return exp.Filter(this=aggregate, expression=exp.Where(this=rows))


# --- Queries -----------------------------------------------------------------------------------------------------


@frozen
class Item:
    """A column of a query: its name, its value, and a comment."""

    name: str
    value: Tree
    remark: str = ""


def commented(tree: Tree, *remarks: str) -> Tree:
    """A tree with comments, each made one line."""
    tree.comments = [" ".join(remark.split()) for remark in remarks if remark.strip()] or None
    return tree


def table(name: Sequence[str] | str, alias: str | None = None) -> exp.Table:
    """A table by its name, with that of its schema before it, and its alias."""
    parts = [name] if isinstance(name, str) else list(name)
    roles = dict(zip(("this", "db", "catalog"), map(identifier, reversed(parts)), strict=False))
    return exp.Table(**roles, alias=None if alias is None else exp.TableAlias(this=identifier(alias)))


def subquery(query: Tree, alias: str) -> Tree:
    """A query as a table."""
    return exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(alias)))


def lateral(query: Tree, alias: str) -> Tree:
    """A step: a query over the columns of the row so far."""
    step = exp.Lateral(this=exp.Subquery(this=query), alias=exp.TableAlias(this=identifier(alias)))
    return exp.Join(this=step, kind="CROSS")


def join_using(side: Literal["LEFT", "FULL"], name: str, key: str) -> Tree:
    """A table joined by a column of the same name."""
    return exp.Join(this=table(name), side=side, using=[identifier(key)])


def join_on(name: str, condition: Tree) -> Tree:
    """A table joined to rows where a condition holds, and null elsewhere."""
    return exp.Join(this=table(name), side="LEFT", on=condition)


def select(
    items: Iterable[Item],
    source: Tree | None = None,
    joins: Iterable[Tree] = (),
    *,
    every_column: bool = False,
    fenced: bool = False,
) -> Query:
    """A query of some columns; `fenced` keeps PostgreSQL from copying its columns into each place that uses them."""
    star = [exp.Star()] if every_column else []
    query = exp.Select(expressions=[*star, *map(_selected, items)], joins=list(joins))
    if source is not None:
        query.set("from_", exp.From(this=source))
    if fenced:
        query.set("offset", exp.Offset(expression=number(0)))
    return query


def grouped(query: Query, key: Tree) -> Query:
    """A query with one row for each value of a key."""
    query.set("group", exp.Group(expressions=[key]))
    return query


def _selected(item: Item) -> Tree:
    value = item.value.copy()
    has_name = isinstance(value, exp.Column) and value.name == item.name
    return commented(value if has_name else exp.Alias(this=value, alias=identifier(item.name)), item.remark)


def with_tables(query: Query, tables: Iterable[tuple[str, Tree, str]]) -> Query:
    """A query that begins with others, each with its name and a comment."""
    queries = [
        commented(exp.CTE(this=each, alias=exp.TableAlias(this=identifier(name))), remark)
        for name, each, remark in tables
    ]
    query.set("with_", exp.With(expressions=queries))
    return query


def create_view(name: str, query: Tree, remarks: Iterable[str]) -> Tree:
    """The statement that creates a view, with comments before it."""
    return commented(exp.Create(kind="VIEW", this=table(name), expression=query), *remarks)


@frozen
class ColumnType:
    """A column of a table to be created: its name, type, constraint, and a comment."""

    name: str
    type: str
    constraint: Literal["", "PRIMARY KEY", "NOT NULL"] = ""
    remark: str = ""


def create_table(name: str, columns: Iterable[ColumnType], remark: str) -> Tree:
    """The statement that creates a table, with a comment before it."""
    kinds = {"PRIMARY KEY": exp.PrimaryKeyColumnConstraint, "NOT NULL": exp.NotNullColumnConstraint}
    defined = [
        commented(
            exp.ColumnDef(
                this=identifier(column.name),
                kind=exp.DataType.build(column.type),
                constraints=[exp.ColumnConstraint(kind=kinds[column.constraint]())] if column.constraint else [],
            ),
            column.remark,
        )
        for column in columns
    ]
    return commented(exp.Create(kind="TABLE", this=exp.Schema(this=table(name), expressions=defined)), remark)


def create_index(name: str, on: str, key: str) -> Tree:
    """The statement that creates an index on one column of a table."""
    columns = exp.IndexParameters(columns=[exp.Ordered(this=exp.Column(this=identifier(key)))])
    return exp.Create(kind="INDEX", this=exp.Index(this=identifier(name), table=table(on), params=columns))


# --- What a tree contains ----------------------------------------------------------------------------------------


def is_column(tree: Tree) -> bool:
    """Whether a tree is a column, which costs nothing to be written twice."""
    return isinstance(tree, exp.Column)


def has_cases(tree: Tree) -> bool:
    """Whether a tree contains a case."""
    return tree.find(exp.Case) is not None


def size(tree: Tree) -> int:
    """The number of columns and constants in a tree."""
    return sum(isinstance(node, exp.Column | exp.Literal | exp.Boolean) for node in tree.walk())


def tables_in(tree: Tree) -> set[str]:
    """The tables and steps of the columns in a tree."""
    return {node.table for node in tree.find_all(exp.Column)}
