"""Fixtures for tests in both databases."""

from collections.abc import Iterator

import duckdb
import psycopg
import pytest
from databases import Database, DuckDb, Postgres, postgres_server


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL server for this module."""
    with postgres_server() as address:
        yield address


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database."""
    if request.param == "duckdb":
        with duckdb.connect() as connection:
            yield DuckDb(connection)
    else:
        with psycopg.connect(request.getfixturevalue("server"), autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            yield Postgres(connection)


in_both = pytest.mark.parametrize("database", ["postgres", "duckdb"], indirect=True)


@pytest.fixture(params=["postgres", "duckdb"])
def connected(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database for many examples."""
    if request.param == "duckdb":
        with duckdb.connect() as connection:
            yield DuckDb(connection)
    else:
        with psycopg.connect(request.getfixturevalue("server"), autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            yield Postgres(connection)
