"""Conversion of values of other libraries (NumPy, pandas, PyArrow, SQLAlchemy) to Python's own types.

None of these libraries is imported: scalars of NumPy are recognised by `dtype`, those of PyArrow by `as_py`, rows of
tables by their keys or fields. A value that raises when it is read becomes `UNREADABLE`.
"""

import re
import struct
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational
from types import NoneType
from typing import Any

from hardship_rules.core.kinds import parse_date

NATIVE_TYPES = frozenset({str, int, bool, float, Decimal, Fraction, date, NoneType})
"""The types whose values need no conversion."""

_DAY_AND_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}|[T ][0-9]{1,2}:[0-9]{2}).*")
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0:.]+)?")
_POINT_IN_TIME = re.compile(r".M8\[(?:D|h|m|s|ms|us|ns|ps|fs|as)\]")  # a month or a week is no day
_DAY_MILLISECONDS = 86_400_000
_FLOAT_FORMATS = {16: "e", 32: "f"}  # of `struct`, by bits
_DIGITS = 10  # enough for any float of 32 bits


class _Unreadable:
    """A value that raises when it is read, or that has no text."""

    def __str__(self) -> str:
        return "…"


UNREADABLE = _Unreadable()


def plain_value(given: object) -> object:
    """A value in Python's own types: text, numbers, booleans, dates and datetimes; None for a missing value.

    A float of fewer than 64 bits becomes the shortest decimal that is the same float. Other types are returned as they
    are.
    """
    try:
        return _as_python(given)
    except Exception:  # noqa: BLE001  # a foreign object may raise anything when it is read
        return UNREADABLE


def _as_python(given: Any) -> object:
    value: object = _own_type(given)
    if value is not given or type(given) in NATIVE_TYPES:
        return value
    if isinstance(given, date):  # pandas' NaT is a datetime
        return None if given != given else given  # noqa: PLR0124  # NaT is not equal to itself
    kind = getattr(getattr(given, "dtype", None), "kind", None)
    if kind is not None:
        if getattr(given, "shape", None) == () and getattr(given, "mask", False):  # NumPy's masked, a missing value
            return None
        return _of_numpy(given, kind) if getattr(given, "shape", None) == () else given
    if callable(getattr(type(given), "as_py", None)):
        return _of_arrow(given)
    if isinstance(given, Integral):
        return int.__int__(int(given))
    if isinstance(given, Rational):
        return Fraction(int(given.numerator), int(given.denominator))
    if isinstance(given, str | bytes | Mapping | Sequence):
        return given
    return None if (given != given) is given else given  # noqa: PLR0124  # True for pandas' NA alone


def _own_type(given: Any) -> Any:
    """A value of a subclass as one of the built-in class, without overridden methods."""
    match given:
        case bool():
            return given
        case str():
            return str.__str__(given)
        case float():
            return float.__float__(given)
        case int():
            return int.__int__(given)
        case Decimal():
            return Decimal(given)
        case _:
            return given


def _of_numpy(given: Any, kind: str) -> object:
    value = given[()]  # an array without dimensions gives its one value
    match kind:
        case "b":
            return bool(value)
        case "i" | "u":
            return int(value)
        case "f" if value.dtype.itemsize > 8:
            return Decimal(str(value))
        case "f":
            return _shortest_decimal(float(value), value.dtype.itemsize * 8)
        case "U":
            return str.__str__(value)
        case "M":
            text = str(value)
            if text == "NaT":
                return None
            if not _POINT_IN_TIME.fullmatch(value.dtype.str):
                return value
            midnight = _MIDNIGHT.fullmatch(text)
            return text if midnight is None else parse_date(midnight[1]) or value
        case "O":
            return _own_type(value)
        case _:
            return value


def _of_arrow(given: Any) -> object:
    value = given.as_py()
    if str(given.type).startswith("date64") and value is not None and given.value % _DAY_MILLISECONDS:
        time_of_day = timedelta(milliseconds=given.value % _DAY_MILLISECONDS)  # `as_py` leaves it out
        return datetime.combine(value, datetime.min.time()) + time_of_day
    if isinstance(value, float):
        return _shortest_decimal(value, given.type.bit_width)
    return _own_type(value)


def _shortest_decimal(value: float, bits: int) -> float | Decimal:
    """A float of fewer than 64 bits as the shortest decimal that converts back to it; a longer one unchanged."""
    float_format = _FLOAT_FORMATS.get(bits)
    for digits in range(1, _DIGITS) if float_format else ():
        text = f"{value:.{digits}g}"
        try:
            if struct.unpack(float_format or "", struct.pack(float_format or "", float(text)))[0] == value:
                return Decimal(text)
        except OverflowError:  # rounded up, it exceeds the largest float of so many bits
            continue
    return value


def shown(given: object, write: Callable[[Any], str] = str) -> str:
    """A value as text for a problem; … if it has no text."""
    try:
        text = str.__str__(given) if isinstance(given, str) and write is str else write(given)
        return str.__str__(text)
    except Exception:  # noqa: BLE001  # a whole number too long for Python to write, or an object that raises
        return str(UNREADABLE)


def is_collection(given: object) -> bool:
    """Whether a value is a collection: a list, set, mapping, or array with dimensions."""
    try:
        return isinstance(given, list | set | frozenset | Mapping) or getattr(given, "shape", ()) != ()
    except Exception:  # noqa: BLE001  # a foreign object may raise anything when it is read
        return False


def read_day(given: object) -> date | str:
    """The day of a date, of a datetime at midnight in its own zone, or of a text; else the code of the problem."""
    value = plain_value(given)
    if isinstance(value, str):
        text = value.strip()
        code = "date_with_time" if _DAY_AND_TIME.fullmatch(text) else "date"
        return parse_date(text) or code
    if not isinstance(value, date):
        return "date"
    try:
        if isinstance(value, datetime) and (value.time() != datetime.min.time() or getattr(value, "nanosecond", None)):
            return "date_with_time"
        return parse_date(date(value.year, value.month, value.day).isoformat()) or "date"
    except Exception:  # noqa: BLE001  # a date class may have days outside Python's calendar
        return "date"


def pairs_of(given: object) -> list[tuple[object, object]] | None:
    """The keys and values of a mapping or of a row of a table; None if it is neither or cannot be read.

    Rows are those of pandas, those with named fields (named tuples, SQLAlchemy), and those with keys (sqlite3).
    """
    try:
        return _read_pairs(given)
    except Exception:  # noqa: BLE001  # a foreign object may raise anything when it is read
        return None


def _read_pairs(given: Any) -> list[tuple[object, object]] | None:
    if isinstance(given, Mapping):
        return [(key, value) for key, value in given.items()]
    if isinstance(given, type | str | bytes) or getattr(given, "ndim", 1) != 1:
        return None
    if hasattr(given, "iloc"):  # pandas writes NaN for any missing value, in columns of texts too
        values = (given.iloc[number] for number in range(len(given)))
        return [(key, None if _is_nan(value) else value) for key, value in zip(given.index, values, strict=True)]
    fields = getattr(given, "_fields", None)
    if isinstance(fields, Sequence):
        return list(zip(fields, given, strict=True))
    if callable(getattr(given, "keys", None)):
        return [(key, given[key]) for key in given.keys()]  # noqa: SIM118  # iterating over such a row gives its values
    return None


def _is_nan(given: object) -> bool:
    value = plain_value(given)
    return isinstance(value, float) and value != value  # noqa: PLR0124  # only NaN is not equal to itself


def one_or_several(given: str | Collection[str]) -> frozenset[str]:
    """The names of a collection; a single text is one name. Raises `TypeError` for anything else."""
    names: object = given  # untyped: a host may pass anything
    if isinstance(names, bytes) or not isinstance(names, Collection):
        raise TypeError(f"one name or a list of names is expected, not {type(given).__name__}")
    return frozenset((given,) if isinstance(given, str) else given)


def items_of(given: object, most: int) -> Sequence[object] | int | None:
    """The items of a list, or their number if it exceeds `most`; None if it is no list or cannot be read."""
    try:
        return _read_items(given, most)
    except Exception:  # noqa: BLE001  # a foreign object may raise anything when it is read
        return None


def _read_items(given: Any, most: int) -> Sequence[object] | int | None:
    if isinstance(given, str | bytes) or hasattr(given, "_fields"):
        return None
    if not isinstance(given, Sequence) and not (getattr(given, "ndim", None) == 1 and hasattr(given, "tolist")):
        return None
    count = len(given)
    return count if count > most else list(given)
