"""SQL trees as text, in lines that a person can review."""

from collections.abc import Iterable, Iterator
from typing import Any

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.sql.dialects import Dialect
from hardship_rules.sql.libraries import DuckDBGenerator, ErrorLevel, Generator, PostgresGenerator, exp
from hardship_rules.sql.trees import Tree

_WIDTH, _LEAST, _LINE = 92, 40, 115  # characters of an expression; with its name and comment


class _Lines(Generator):
    """The layout of sqlglot, but an expression that fits on one line stays on it."""

    room = _WIDTH  # for an expression; less before a long name and comment

    def fits(self, text: str) -> bool:
        """Whether a text is one line that is not too long."""
        return "\n" not in text and len(text) <= self.room

    def too_wide(self, args: Iterable[str]) -> bool:
        """Whether some arguments need a line each."""
        return not self.fits(", ".join(args))

    def paren_sql(self, expression: Any) -> str:
        """An expression in brackets."""
        inner = self.sql(expression, "this")
        return f"({inner})" if self.fits(inner) else self.bracketed(inner)

    def bracketed(self, inner: str) -> str:
        """Lines in brackets."""
        return f"(\n{self.indent(inner, 1, 0)}\n)"

    def alias_sql(self, expression: Any) -> str:
        """A column with its name; a condition or a sum that does not fit before it is in brackets."""
        name, value = f"AS {self.sql(expression, 'alias')}", self.sql(expression, "this")
        room = _LINE - len(name) - len("".join(expression.comments or ()))
        if self.fits(value) and len(value) > room:
            self.room = max(_LEAST, room)
            value = self.sql(expression, "this")
        is_operator = isinstance(expression.this, exp.Binary | exp.In | exp.Not)
        value = self.bracketed(value) if is_operator and not self.fits(value) else value
        self.room = _WIDTH
        return f"{value} {name}"

    def add_sql(self, expression: Any) -> str:
        """A sum, with a line for each part if it is long."""
        parts = list(self._parts(expression))
        line = " ".join(parts)
        return line if self.fits(line) else "\n".join(parts)

    sub_sql = add_sql

    def _parts(self, expression: Any) -> Iterator[str]:
        if isinstance(expression, exp.Add | exp.Sub):
            yield from self._parts(expression.this)
            yield f"{'+' if isinstance(expression, exp.Add) else '-'} {self.sql(expression, 'expression')}"
        else:
            yield self.sql(expression)

    def case_sql(self, expression: Any) -> str:
        """A case, with a line for each condition if it is long."""
        whens = [(self._condition(when), f"THEN {self.sql(when, 'true')}") for when in expression.args["ifs"]]
        last = [f"ELSE {self.sql(expression, 'default')}"] if expression.args.get("default") is not None else []
        head = f"CASE {self.sql(expression, 'this')}" if expression.this else "CASE"
        line = " ".join([head, *(f"{when} {then}" for when, then in whens), *last, "END"])
        if self.fits(line):
            return line
        lines = (
            f"{when} {then}" if self.fits(f"{when} {then}") else f"{when}\n{self.indent(then, 1, 0)}"
            for when, then in whens
        )
        return "\n".join([head, *(self.indent(each, 1, 0) for each in (*lines, *last)), "END"])

    def _condition(self, when: Any) -> str:
        condition = self.sql(when, "this")
        is_junction = isinstance(when.this, exp.Connector)
        return f"WHEN {self.bracketed(condition) if is_junction and not self.fits(condition) else condition}"

    def in_sql(self, expression: Any) -> str:
        """Whether a value is in a list."""
        return f"{self.sql(expression, 'this')} IN ({self.expressions(expression, flat=True)})"

    def not_sql(self, expression: Any) -> str:
        """The opposite of a condition."""
        of = expression.this
        if isinstance(of, exp.Is):
            return f"{self.sql(of, 'this')} IS NOT {self.sql(of, 'expression')}"
        if isinstance(of, exp.In):
            return f"{self.sql(of, 'this')} NOT IN ({self.expressions(of, flat=True)})"
        return f"NOT {self.sql(of)}"

    def anonymous_sql(self, expression: Any) -> str:
        """A function, with a line for each argument if it is long."""
        arguments = [self.sql(argument) for argument in expression.expressions]
        line = f"{expression.this}({', '.join(arguments)})"
        lines = ",\n".join(arguments)
        return line if self.fits(line) else f"{expression.this}{self.bracketed(lines)}"

    def cast_sql(self, expression: Any, safe_prefix: str | None = None) -> str:  # noqa: ARG002  # as sqlglot has it
        """A value converted to a type."""
        value, type_ = self.sql(expression, "this"), self.sql(expression, "to")
        line = f"CAST({value} AS {type_})"
        return line if self.fits(line) or "\n" in value else f"CAST{self.bracketed(f'{value} AS {type_}')}"

    def filter_sql(self, expression: Any) -> str:
        """An aggregate over some rows."""
        aggregate, rows = self.sql(expression, "this"), f"WHERE {self.sql(expression.expression, 'this')}"
        return f"{aggregate} FILTER {f'({rows})' if self.fits(rows) else self.bracketed(rows)}"


class _Postgres(_Lines, PostgresGenerator):
    pass


class _DuckDb(_Lines, DuckDBGenerator):
    pass


_GENERATORS = FrozenMapping({"postgres": _Postgres, "duckdb": _DuckDb})


def printed(tree: Tree, dialect: Dialect) -> str:
    """A statement as text. Raises `sqlglot.errors.UnsupportedError` for what the database does not have."""
    generator: Any = _GENERATORS[dialect.name](
        dialect=dialect.name,
        pretty=True,
        indent=4,
        pad=4,
        max_text_width=_WIDTH,
        unsupported_level=ErrorLevel.RAISE,
    )
    return f"{generator.generate(tree)};\n"
