"""Values of a host's libraries become Python's own; none of these libraries is imported here.

NumPy's scalars are known by their `dtype`, PyArrow's by `as_py`, rows of tables by their keys or fields. Nothing in
this module raises because of what an object does when it is looked at: such a value is `UNREADABLE`.
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

from hardship_rules.core.kinds import date_of

OWN = frozenset({str, int, bool, float, Decimal, Fraction, date, NoneType})
"""The types whose values are taken as they stand."""

_DAY_AND_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}|[T ][0-9]{1,2}:[0-9]{2}).*")
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0:.]+)?")
_POINT_IN_TIME = re.compile(r".M8\[(?:D|h|m|s|ms|us|ns|ps|fs|as)\]")  # a month or a week is no day
_OF_ONE_DAY = 86_400_000  # milliseconds
_PACKED = {16: "e", 32: "f"}  # how `struct` calls a float of so many bits
_DIGITS = 10  # enough for any float of 32 bits


class _Unreadable:
    """A value that raises when it is looked at, or cannot be written as text."""

    def __str__(self) -> str:
        return "…"


UNREADABLE = _Unreadable()


def plain_value(given: object) -> object:
    """A value in Python's own types: text, numbers, booleans, days and points in time; None where there is none.

    A float of less than 64 bits is the shortest decimal that is that float. What is none of these comes back as it is.
    """
    try:
        value = _as_python(given)
    except Exception:  # noqa: BLE001  # an object of a host's may raise anything when it is looked at
        return UNREADABLE
    return value


def _as_python(given: Any) -> object:
    value: object = _own_type(given)
    if value is not given or type(given) in OWN:
        return value
    if isinstance(given, date):  # pandas' NaT is a datetime
        return None if given != given else given  # noqa: PLR0124  # as NaN, it is not equal to itself
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
    return None if (given != given) is given else given  # noqa: PLR0124  # so is pandas' NA, and nothing else


def _own_type(given: Any) -> Any:
    """A value of a subclass as one of the class itself, without what the subclass overrides."""
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
    value = given[()]  # of an array without dimensions, its one value
    match kind:
        case "b":
            return bool(value)
        case "i" | "u":
            return int(value)
        case "f" if value.dtype.itemsize > 8:
            return Decimal(str(value))
        case "f":
            return _float(float(value), value.dtype.itemsize * 8)
        case "U":
            return str.__str__(value)
        case "M":
            text = str(value)
            if text == "NaT":
                return None
            if not _POINT_IN_TIME.fullmatch(value.dtype.str):
                return value
            midnight = _MIDNIGHT.fullmatch(text)
            return text if midnight is None else date_of(midnight[1]) or value
        case "O":
            return _own_type(value)
        case _:
            return value


def _of_arrow(given: Any) -> object:
    value = given.as_py()
    if str(given.type).startswith("date64") and value is not None and given.value % _OF_ONE_DAY:
        late = timedelta(milliseconds=given.value % _OF_ONE_DAY)  # a time of day, which `as_py` leaves out
        return datetime.combine(value, datetime.min.time()) + late
    if isinstance(value, float):
        return _float(value, given.type.bit_width)
    return _own_type(value)


def _float(value: float, bits: int) -> float | Decimal:
    """A float of so many bits, by the shortest decimal that is this float and no other of its bits."""
    form = _PACKED.get(bits)
    for digits in range(1, _DIGITS) if form else ():
        text = f"{value:.{digits}g}"
        try:
            if struct.unpack(form or "", struct.pack(form or "", float(text)))[0] == value:
                return Decimal(text)
        except OverflowError:  # rounded up, it is more than the largest of them
            continue
    return value


def shown(given: object, write: Callable[[Any], str] = str) -> str:
    """What was given, as text for a problem; … where it cannot be written."""
    try:
        text = str.__str__(given) if isinstance(given, str) and write is str else write(given)
        return str.__str__(text)
    except Exception:  # noqa: BLE001  # a whole number too long for Python to write, or an object that raises
        return str(UNREADABLE)


def is_many(given: object) -> bool:
    """A list, a mapping, or an array of any dimension: no one value."""
    try:
        return isinstance(given, list | set | frozenset | Mapping) or getattr(given, "shape", ()) != ()
    except Exception:  # noqa: BLE001  # an object of a host's may raise anything when it is looked at
        return False


def read_day(given: object) -> date | str:
    """The day of a date, of a point in time at midnight in its own zone, or of a text; or the code of the problem."""
    value = plain_value(given)
    if isinstance(value, str):
        text = value.strip()
        code = "date_with_time" if _DAY_AND_TIME.fullmatch(text) else "date"
        return date_of(text) or code
    if not isinstance(value, date):
        return "date"
    try:
        if isinstance(value, datetime) and (value.time() != datetime.min.time() or getattr(value, "nanosecond", None)):
            return "date_with_time"
        return date_of(date(value.year, value.month, value.day).isoformat()) or "date"
    except Exception:  # noqa: BLE001  # a day of a library's own that Python's calendar does not have
        return "date"


def pairs_of(given: object) -> list[tuple[object, object]] | None:
    """The keys and values of a mapping or of a table's row; None where it is neither, or cannot be read.

    A row is pandas', one with named fields (a named tuple, SQLAlchemy's), or one with keys (sqlite3's).
    """
    try:
        return _pairs_of(given)
    except Exception:  # noqa: BLE001  # an object of a host's may raise anything when it is looked at
        return None


def _pairs_of(given: Any) -> list[tuple[object, object]] | None:
    if isinstance(given, Mapping):
        return [(key, value) for key, value in given.items()]
    if isinstance(given, type | str | bytes) or getattr(given, "ndim", 1) != 1:
        return None
    if hasattr(given, "iloc"):  # in pandas NaN is how a missing value is written, texts and booleans too
        values = (given.iloc[number] for number in range(len(given)))
        return [(key, None if _is_nan(value) else value) for key, value in zip(given.index, values, strict=True)]
    fields = getattr(given, "_fields", None)
    if isinstance(fields, Sequence):
        return list(zip(fields, given, strict=True))
    if callable(getattr(given, "keys", None)):
        return [(key, given[key]) for key in given.keys()]  # noqa: SIM118  # such a row's own iterator gives its values
    return None


def _is_nan(given: object) -> bool:
    value = plain_value(given)
    return isinstance(value, float) and value != value  # noqa: PLR0124  # as NaN alone does


def one_or_several(given: str | Collection[str]) -> frozenset[str]:
    """The names of a collection; one text alone is one name. Raises `TypeError` where it is neither."""
    listed: object = given
    if isinstance(listed, bytes) or not isinstance(listed, Collection):
        raise TypeError(f"one name or a list of names is expected, not {type(given).__name__}")
    return frozenset((given,) if isinstance(given, str) else given)


def items_of(given: object, most: int) -> Sequence[object] | int | None:
    """What a list holds, or how many where that is more than the most; None where it is no list, or cannot be read."""
    try:
        return _items_of(given, most)
    except Exception:  # noqa: BLE001  # an object of a host's may raise anything when it is looked at
        return None


def _items_of(given: Any, most: int) -> Sequence[object] | int | None:
    if isinstance(given, str | bytes) or hasattr(given, "_fields"):
        return None
    if not isinstance(given, Sequence) and not (getattr(given, "ndim", None) == 1 and hasattr(given, "tolist")):
        return None
    count = len(given)
    return count if count > most else list(given)
