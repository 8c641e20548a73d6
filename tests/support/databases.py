"""A PostgreSQL server for the tests, and DuckDB: filled tables, and the rows of a view over them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import duckdb
import psycopg
import pytest

Rows = Sequence[dict[str, Any]]


class Database(Protocol):
    """A database for the tests of views."""

    dialect: str

    def run(self, script: str) -> None:
        """Run some statements."""

    def fill(self, table: str, rows: Rows) -> None:
        """Insert rows into a table, each with its named columns."""

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query."""


class Postgres:
    """A connection to PostgreSQL, with a schema per test that is dropped afterwards."""

    dialect = "postgres"

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection

    def run(self, script: str) -> None:
        """Run some statements."""
        self.connection.execute(script.encode())

    def fill(self, table: str, rows: Rows) -> None:
        """Insert rows into a table, each with its named columns."""
        for columns, some in _alike(rows):
            with self.connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                for row in some:
                    copy.write_row(row)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query."""
        found = self.connection.execute(query.encode())
        names = [column.name for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


class DuckDb:
    """DuckDB in memory."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def run(self, script: str) -> None:
        """Run some statements."""
        self.connection.execute(script)

    def fill(self, table: str, rows: Rows) -> None:
        """Insert rows into a table, each with its named columns."""
        for columns, some in _alike(rows):
            places = ", ".join("?" * len(some[0]))
            self.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", some)  # noqa: S608  # the test's own names and values

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query."""
        found = self.connection.execute(query)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _alike(rows: Rows) -> Iterator[tuple[str, list[list[Any]]]]:
    """Rows grouped by the columns that they have."""
    found: dict[tuple[str, ...], list[list[Any]]] = {}
    for row in rows:
        found.setdefault(tuple(row), []).append(list(row.values()))
    for columns, some in found.items():
        yield ", ".join('"' + each.replace('"', '""') + '"' for each in columns), some


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server on a socket in a temporary folder, yield how to connect, and remove it afterwards.

    As root it runs as `postgres`, since PostgreSQL refuses root. Without PostgreSQL the tests skip, except in CI.
    """
    programs = programs_of_postgres()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="hardship-"))  # tmp_path is too long for a socket
    as_whom = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_whom:
        shutil.chown(folder, "postgres")

    def call(program: str, *arguments: str) -> None:
        command = [*as_whom, str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)  # noqa: S603  # the tests' own command

    try:
        call("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c jit=off"
        call("pg_ctl", "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"host={folder} user=postgres dbname=postgres"
        finally:
            call("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def programs_of_postgres() -> Path | None:
    """The folder of PostgreSQL's programs: from the path, else the newest in Debian's location."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return debian[-1].parent if debian else None
