"""A real Spark session of two threads."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def spark() -> Iterator[Any]:
    """The session, stopped at the end; PySpark's own warnings are ignored."""
    with warnings.catch_warnings(action="ignore"):
        from pyspark.sql import SparkSession  # noqa: PLC0415  # it starts a JVM

        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("OFF")
        yield session
        session.stop()
