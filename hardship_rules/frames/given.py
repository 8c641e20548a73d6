"""Frames as hosts give them: every column has a name of its own, and a type that the work can be done in."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, cast

import narwhals as nw
import polars as pl

from hardship_rules.core.problem import FactError, Problem

WITH_TIME = "date_with_time"
"""The fault of a moment that is not midnight where a day is wanted: which day it is depends on the time zone."""
_ERRORS = (Exception, pl.exceptions.PanicException)  # each engine has its own, for each kind of column
_PANICS = "decimal256"  # Polars does not refuse it
_WITHOUT_CASE = frozenset({"duckdb", "_duckdb", "pyspark"})  # to them `homes` and `HOMES` are one name, and the first
_NOTHING = frozenset({"null", "void"})  # what Polars, DuckDB and Spark call the type of a column of nulls alone


def frame_of(given: Any) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    """A host's frame, its columns named by texts; raises `FactError` with every name that two columns have.

    Some engines refuse such a frame in words of their own, and others take the first of the two.
    """
    native = nw.to_native(given, pass_through=True)
    names = _names(native)
    cased = type(native).__module__.partition(".")[0] not in _WITHOUT_CASE
    alike = {str(name) if cased else str(name).lower(): str(name) for name in names}
    counted = Counter(map(str, names) if cased else (str(name).lower() for name in names))
    twice = [name for key, name in alike.items() if counted[key] > 1]
    if twice:
        raise FactError(Problem("column_twice", (name,), given=name) for name in twice)
    if not all(isinstance(name, str) for name in names):  # pandas takes anything as a name
        native = native.set_axis([str(name) for name in names], axis=1)
    return cast(nw.DataFrame[Any] | nw.LazyFrame[Any], nw.from_native(native))


def _names(native: Any) -> list[object]:
    """The names of a frame's columns, as many as there are; Polars itself lets no name be there twice."""
    if isinstance(native, pl.DataFrame | pl.LazyFrame):
        return []
    names = getattr(native, "column_names", getattr(native, "columns", ()))
    return list(names) if isinstance(names, Iterable) else []


def column_names(frame: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> list[str]:
    """The names of a frame's columns, whatever types these have."""
    return frame.columns if isinstance(frame, nw.DataFrame) else frame.collect_schema().names()


def has_time(moment: nw.Expr) -> nw.Expr:
    """The rows in which a moment is not midnight: in the zone of its column, or of the session that has no other."""
    clock = moment.dt
    return (clock.hour() != 0) | (clock.minute() != 0) | (clock.second() != 0) | (clock.nanosecond() != 0)


def nothing_in(frame: nw.LazyFrame[Any]) -> set[str]:
    """The columns of a lazy frame that have no type, since they hold nothing but nulls."""
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
    return {name for name in unknown if str(types.get(name)).strip('"').lower() in _NOTHING}


def all_null(frame: pl.DataFrame) -> list[str]:
    """The columns in which there is nothing: those without a type, and those of a type that may not be their fact's."""
    nulls = frame.null_count().row(0) if frame.height else [0] * frame.width
    return [name for name, count in zip(frame.columns, nulls, strict=True) if count == frame.height]


def blanks_as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """A register's table whose columns in which there is nothing are texts, as which any fact may be blank."""
    nothing = pl.Series([None] * frame.height, dtype=pl.String)
    return frame.with_columns(nothing.alias(name) for name in all_null(frame))


def texts_of(frame: pl.DataFrame) -> pl.DataFrame:
    """A table as texts; a column of lists, structures or bytes, which are none, has nothing in it."""
    unread = [name for name, dtype in frame.schema.items() if dtype.is_nested() or dtype in (pl.Binary, pl.Object)]
    nothing = pl.Series([None] * frame.height, dtype=pl.String)
    return frame.with_columns(nothing.alias(name) for name in unread).cast(pl.String)


def in_polars(frame: nw.DataFrame[Any], days: Collection[str] = (), aside: Collection[str] = ()) -> pl.DataFrame:
    """A frame in memory as one of Polars, without the columns `aside`; a column that cannot become one is of objects.

    `days` are columns of days: where pandas has Python's own objects there, a moment is kept as its own clock shows it.
    """
    names = [name for name in frame.columns if name not in aside]
    native = frame.to_native()
    if isinstance(native, pl.DataFrame):
        return native.select(names) if len(names) < native.width else native
    pandas = frame.implementation.is_pandas()
    moments = [(name, _moments(native[name], name)) for name in names if pandas and name in days]
    columns = {name: found for name, found in moments if found is not None}
    rest = [name for name in names if name not in columns]
    types = native.dtypes if pandas else native.schema.types if frame.implementation.is_pyarrow() else ()
    if not any(_PANICS in str(dtype) for dtype in types):
        try:
            return frame.select(rest).to_polars().with_columns(columns.values()).select(names)
        except _ERRORS:
            pass  # which column it was is seen one by one
    columns |= {name: _column(native[name], name) for name in rest}
    return pl.DataFrame([columns[name] for name in names])


def _column(series: Any, name: str) -> pl.Series:
    """A column of pandas or PyArrow; pandas does not hand over a sparse one as it is."""
    given = series.sparse.to_dense() if hasattr(series, "sparse") else series
    if _PANICS not in str(getattr(given, "dtype", getattr(given, "type", ""))):
        try:
            found: pl.Series = nw.from_native(given, series_only=True).to_polars()
            return found.alias(name)
        except _ERRORS:
            pass
    return _of_objects(name, len(given))


def _of_objects(name: str, length: int) -> pl.Series:
    """In the place of a column that Polars cannot hold, one that no fact can be read from."""
    return pl.Series(name, [name] * length, dtype=pl.Object)


def _moments(series: Any, name: str) -> pl.Series | None:
    """A pandas column of Python's objects in which there are moments, each as its own clock shows it.

    PyArrow takes what the first of them is: it cuts a moment off behind a date, and shows each in the first one's zone.
    """
    if hasattr(series, "cat"):
        series = series.astype(series.cat.categories.dtype)
    if series.dtype != object:
        return None
    values = [None if gone else value for value, gone in zip(series.tolist(), series.isna().tolist(), strict=True)]
    if not any(isinstance(value, datetime) or type(value).__name__ == "datetime64" for value in values):
        return None
    if not all(value is None or isinstance(value, date) for value in values):
        return _of_objects(name, len(values))
    return pl.Series(name, [None if value is None else _clock(value) for value in values], dtype=pl.Datetime("us"))


def _clock(moment: date) -> datetime:
    """What the clock shows at a moment, to the microsecond; a part of one is one, so that midnight stays midnight."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    part = getattr(moment, "nanosecond", 0) > 0  # of pandas
    return datetime.combine(moment.date(), moment.time()) + timedelta(microseconds=int(part and not moment.microsecond))
