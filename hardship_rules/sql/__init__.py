"""A policy as a view in a database, PostgreSQL or DuckDB: each household's verdict as the database computes it."""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.sql.steps import Dialect
    from hardship_rules.sql.view import Register, register, view_in_sql

__all__ = [
    "Dialect",
    "Register",
    "register",
    "view_in_sql",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Dialect": "steps",
        "Register": "view",
        "register": "view",
        "view_in_sql": "view",
    },
)
