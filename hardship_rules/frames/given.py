"""Frames as hosts give them, checked and converted: column names, types, and frames of Polars."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from hardship_rules.core.problem import FactError, Problem
from hardship_rules.frames.libraries import nw, pl

LazyFrame = nw.LazyFrame[Any]

WITH_TIME = "date_with_time"
"""The fault of a datetime that is not midnight where a date is wanted: its day depends on the time zone."""
_ERRORS = (Exception, pl.exceptions.PanicException)  # engines raise errors of their own for each type of column
_PANICS = "decimal256"  # a type on which Polars panics
_CASE_INSENSITIVE = frozenset({"duckdb", "_duckdb", "pyspark"})  # `homes` and `HOMES` are the same column to them
_NULL_TYPES = frozenset({"null", "void"})  # the type of a column of nulls in Polars, DuckDB and Spark


def checked_frame(given: Any) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    """A host's frame with text column names; raises `FactError` with every name that two columns share.

    Some engines refuse such a frame with an error of their own, others take the first column.
    """
    native = nw.to_native(given, pass_through=True)
    names = _names(native)
    folds_case = type(native).__module__.partition(".")[0] in _CASE_INSENSITIVE
    keys = [str(name).lower() if folds_case else str(name) for name in names]
    counts = Counter(keys)
    twice = [str(name) for key, name in dict(zip(keys, names, strict=True)).items() if counts[key] > 1]
    if twice:
        raise FactError(Problem("column_twice", (name,), given=name) for name in twice)
    if not all(isinstance(name, str) for name in names):  # pandas allows names of any type
        native = native.set_axis([str(name) for name in names], axis=1)
    return cast(nw.DataFrame[Any] | nw.LazyFrame[Any], nw.from_native(native))


def _names(native: Any) -> list[object]:
    """The names of a frame's columns with duplicates; Polars itself allows none."""
    if isinstance(native, pl.DataFrame | pl.LazyFrame):
        return []
    names = getattr(native, "column_names", getattr(native, "columns", ()))
    return list(names) if isinstance(names, Iterable) else []


def column_names(frame: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> list[str]:
    """The names of a frame's columns."""
    return frame.columns if isinstance(frame, nw.DataFrame) else frame.collect_schema().names()


def has_time(column: Any) -> Any:
    """The rows in which a datetime is not midnight, in the time zone of its column or else of the session."""
    clock = column.dt
    return (clock.hour() != 0) | (clock.minute() != 0) | (clock.second() != 0) | (clock.nanosecond() != 0)


def untyped_columns(frame: nw.LazyFrame[Any]) -> set[str]:
    """The columns of a lazy frame that have no type because all their values are null."""
    unknown = {name for name, dtype in frame.collect_schema().items() if dtype == nw.Unknown}
    native = frame.to_native()
    if not unknown:
        return unknown
    if isinstance(native, pl.LazyFrame):
        types: dict[str, object] = dict(native.collect_schema())
    elif frame.implementation.is_duckdb():
        types = dict(zip(native.columns, native.types, strict=True))
    elif frame.implementation.is_spark_like():
        types = {column.name: column.dataType.typeName() for column in native.schema.fields}
    else:
        types = {}
    return {name for name in unknown if str(types.get(name)).strip('"').lower() in _NULL_TYPES}


def all_null(frame: pl.DataFrame) -> list[str]:
    """The columns in which all values are null, of any type."""
    nulls = frame.null_count().row(0) if frame.height else [0] * frame.width
    return [name for name, count in zip(frame.columns, nulls, strict=True) if count == frame.height]


def empty_columns_as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """A table whose empty columns are text columns: a text column can be read as any fact."""
    nulls = pl.Series([None] * frame.height, dtype=pl.String)
    return frame.with_columns(nulls.alias(name) for name in all_null(frame))


def all_as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """A table with all columns as text; columns of lists, structs, bytes and objects become null."""
    without_text = [
        name for name, dtype in frame.schema.items() if dtype.is_nested() or dtype in (pl.Binary, pl.Object)
    ]
    nulls = pl.Series([None] * frame.height, dtype=pl.String)
    return frame.with_columns(nulls.alias(name) for name in without_text).cast(pl.String)


def to_polars(frame: nw.DataFrame[Any], days: Collection[str] = (), aside: Collection[str] = ()) -> pl.DataFrame:
    """A frame in memory as a Polars frame, without the columns `aside`.

    A column that Polars cannot hold becomes a column of objects. `days` are the columns of dates: if pandas holds
    Python objects there, each datetime keeps the local time that it shows.
    """
    names = [name for name in frame.columns if name not in aside]
    native = frame.to_native()
    if isinstance(native, pl.DataFrame):
        return native.select(names) if len(names) < native.width else native
    pandas = frame.implementation.is_pandas()
    datetimes = [(name, _datetimes(native[name], name)) for name in names if pandas and name in days]
    columns = {name: series for name, series in datetimes if series is not None}
    rest = [name for name in names if name not in columns]
    types = native.dtypes if pandas else native.schema.types if frame.implementation.is_pyarrow() else ()
    if not any(_PANICS in str(dtype) for dtype in types):
        try:
            return frame.select(rest).to_polars().with_columns(columns.values()).select(names)
        except _ERRORS:
            pass  # convert one column at a time
    columns |= {name: _column(native[name], name) for name in rest}
    return pl.DataFrame([columns[name] for name in names])


def _column(series: Any, name: str) -> pl.Series:
    """A column of pandas or PyArrow as a Polars series; sparse columns of pandas have to be made dense."""
    dense = series.sparse.to_dense() if hasattr(series, "sparse") else series
    if _PANICS not in str(getattr(dense, "dtype", getattr(dense, "type", ""))):
        try:
            converted: pl.Series = nw.from_native(dense, series_only=True).to_polars()
            return converted.alias(name)
        except _ERRORS:
            pass
    return _unreadable(name, len(dense))


def _unreadable(name: str, length: int) -> pl.Series:
    """A column of objects, from which no fact can be read, in place of one that Polars cannot hold."""
    return pl.Series(name, [name] * length, dtype=pl.Object)


def _datetimes(series: Any, name: str) -> pl.Series | None:
    """A pandas column of Python datetimes as local times; None if there are none in it.

    PyArrow would infer one type from the first object: it truncates datetimes after a date, and converts all to the
    time zone of the first.
    """
    if hasattr(series, "cat"):
        series = series.astype(series.cat.categories.dtype)
    if series.dtype != object:
        return None
    values = [None if gone else value for value, gone in zip(series.tolist(), series.isna().tolist(), strict=True)]
    if not any(isinstance(value, datetime) or type(value).__name__ == "datetime64" for value in values):
        return None
    if not all(value is None or isinstance(value, date) for value in values):
        return _unreadable(name, len(values))
    return pl.Series(name, [None if value is None else _local(value) for value in values], dtype=pl.Datetime("us"))


def _local(moment: date) -> datetime:
    """The local time of a datetime in microseconds; nanoseconds alone become one, so that only midnight is midnight."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    nanoseconds = getattr(moment, "nanosecond", 0) > 0  # of pandas
    rounded = timedelta(microseconds=int(nanoseconds and not moment.microsecond))
    return datetime.combine(moment.date(), moment.time()) + rounded


def as_host_frame(given: nw.DataFrame[Any], frame: pl.DataFrame) -> Any:
    """A Polars frame as the kind of frame that the host gave."""
    if given.implementation.is_pandas():
        return frame.to_pandas(use_pyarrow_extension_array=True)  # numpy would make columns with nulls floats
    return frame.to_arrow() if given.implementation.is_pyarrow() else frame
