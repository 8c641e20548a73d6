"""The library of SQL trees; without it the import says which extra to install."""

from hardship_rules.core.extras import not_installed

try:
    from sqlglot import exp
    from sqlglot.errors import ErrorLevel
    from sqlglot.generator import Generator
    from sqlglot.generators.duckdb import DuckDBGenerator
    from sqlglot.generators.postgres import PostgresGenerator
except ModuleNotFoundError as error:
    raise not_installed(error, "sql") from None

__all__ = ["DuckDBGenerator", "ErrorLevel", "Generator", "PostgresGenerator", "exp"]
