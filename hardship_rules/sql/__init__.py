"""A policy as a view in PostgreSQL or DuckDB, which computes the verdict of each household."""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.sql.dialects import Dialect
    from hardship_rules.sql.view import RegisterTables, register, view_in_sql

__all__ = [
    "Dialect",
    "RegisterTables",
    "register",
    "view_in_sql",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Dialect": "dialects",
        "RegisterTables": "view",
        "register": "view",
        "view_in_sql": "view",
    },
)
