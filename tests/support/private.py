"""A household whose facts are recognisable in any text."""

import traceback
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

# the given values, and 193991, the sum of the three amounts
MARKS = ("73913", "61847", "58231", "193991", "1983-11-29", "19831129", "Qvyzx", "Wkjpm", "8.4271", "Bnmtr")


ON = date(2021, 3, 31)


def marked(**changed: Any) -> dict[str, Any]:
    """A household of marked values: numbers, a date, a label and a reference that occur nowhere else."""
    worker = {
        "relation": "self",
        "label": "Qvyzx",
        "birth_date": "1983-11-29",
        "education": "none",
        "wage": "73913",
        "business_income": Decimal("61847.00"),
        "property_income": 58231,
        "transfer_income": 0,
        "other_income": 0,
        "medical_self_paid": 0,
    }
    return {
        "on": ON,
        "reference": "Wkjpm",
        "residence": "urban",
        "members": [{**worker, **changed.pop("worker", {})}],
        **changed,
    }


def shows(text: str) -> list[str]:
    """The marks in a text, with or without thousands separators."""
    plain = text.replace(",", "").replace("_", "")
    return [mark for mark in MARKS if mark in plain]


def texts(error: BaseException) -> Iterator[str]:
    """Every text printed or logged for an error."""
    yield str(error)
    yield repr(error)
    yield f"{error}"
    yield "".join(traceback.format_exception(error))
    yield from map(repr, error.args)
    chained = error.__cause__ or error.__context__
    if chained is not None:
        yield from texts(chained)
