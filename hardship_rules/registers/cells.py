"""Cells of a register's column become a fact's values, of text or as a database has them, or the faults of its rows."""

from typing import cast

import narwhals as nw
from attrs import evolve

from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.core.problems import Problem
from hardship_rules.core.ranges import Exact
from hardship_rules.core.values import ChoiceKind, DateKind, Kind, NumberKind, YesNoKind
from hardship_rules.frames.frame_given import WITH_TIME, has_time
from hardship_rules.language.mapping import UNKNOWN_WORDS, Column
from hardship_rules.registers.identity_number import bare_key, days_of_birth
from hardship_rules.registers.number_cells import number_in_units, number_meant, numbers_of_numbers, numbers_of_texts
from hardship_rules.registers.text_cells import IN_POWERS, Cells, Steps, days_of, meanings_of, narrow, trimmed

_TEXT = (nw.String, nw.Categorical, nw.Enum)
_WHOLE = (nw.Int8, nw.Int16, nw.Int32, nw.Int64, nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64)
_MEANT = {NumberKind: nw.Int64(), YesNoKind: nw.Boolean(), ChoiceKind: nw.String(), DateKind: nw.Date()}
_BROKEN = (nw.Float32, nw.Float64, nw.Decimal)


def cells_of(column: Column, dtype: nw.dtypes.DType, *, plain: bool = False) -> Cells | Problem:
    """A column's cells, or that its type cannot hold the fact; `plain` where all of its texts are known to be ASCII.

    Raises `PolicyError` for a fact whose numbers are too large to be held exactly.
    """
    given, fact, steps = nw.col(column.name), column.fact, Steps(column.fact.name)
    if _is_typed(fact.kind, dtype) and not column.identity_number:
        if dtype == nw.Datetime:
            timed = steps.put(has_time(given).fill_null(value=False))
            day = nw.when(~timed).then(given.dt.date())
            return Cells(day, FrozenMapping({WITH_TIME: timed}), given.is_null(), tuple(steps.made))
        return Cells(given, FrozenMapping(), given.is_null())
    coded = column.words.keys() != set(UNKNOWN_WORDS)
    if dtype in _BROKEN and isinstance(fact.kind, NumberKind) and not coded:
        cells = numbers_of_numbers(column, given, dtype, steps)
        faults = FrozenMapping((code, ~given.is_null() & rows) for code, rows in cells.faults.items())
        return evolve(cells, value=number_in_units(column, cells.value), faults=faults, steps=tuple(steps.made))
    if dtype not in (_TEXT if column.identity_number else (*_TEXT, *_WHOLE)):
        wanted = "String" if column.identity_number else "String, Int64, Boolean, Date"
        return Problem("column_kind", (fact.name,), str(dtype), {"title": fact.title, "wanted": wanted})
    text = trimmed(given if dtype == nw.String else given.cast(nw.String()), steps)
    meant, listed = meanings_of(text, _meanings(column), _MEANT[type(fact.kind)], steps)
    found = _read(column, text if plain else narrow(text, steps), meant, listed, steps)
    there = steps.put(~text.is_null() & ~listed)
    faults = FrozenMapping((code, there & rows) for code, rows in found.faults.items())
    value = meant
    if isinstance(fact.kind, NumberKind):
        value = nw.when(there).then(found.value)
        value = number_in_units(column, nw.when(listed).then(meant).otherwise(value) if coded else value)
    elif isinstance(fact.kind, DateKind):
        value = nw.when(there).then(found.value)
    return Cells(value, faults, text.is_null(), tuple(steps.made))


def key_cells(header: str, dtype: nw.dtypes.DType, *, needed: bool, plain: bool = False) -> Cells | Problem:
    """The column of the households' key, or of who a person is, as text; `plain` as for `cells_of`."""
    if dtype not in (*_TEXT, *_WHOLE):
        return Problem("column_kind", (header,), str(dtype), {"title": header, "wanted": "String, Int64"})
    steps = Steps(f"{header} {'key' if needed else 'identifier'}")
    text = trimmed(nw.col(header) if dtype == nw.String else nw.col(header).cast(nw.String()), steps)
    if dtype not in _WHOLE:
        text = bare_key(text, text if plain else narrow(text, steps), steps)
    faults = {"cell_powers": text.str.contains(IN_POWERS).fill_null(value=False)}
    if needed:
        faults["cell_key"] = text.is_null()
    return Cells(text, FrozenMapping(faults), text.is_null(), tuple(steps.made))


def _is_typed(kind: Kind, dtype: nw.dtypes.DType) -> bool:
    """A column of that type holds such a fact as it stands."""
    types = {YesNoKind: (nw.Boolean,), DateKind: (nw.Date, nw.Datetime)}
    return dtype in types.get(type(kind), ())


def _read(column: Column, text: nw.Expr, meant: nw.Expr, listed: nw.Expr, steps: Steps) -> Cells:
    """What texts come to that are not listed among the column's words; choices and yes or no are only those listed."""
    match column.fact.kind:
        case NumberKind():
            return numbers_of_texts(column, text, steps)
        case DateKind():
            return days_of_birth(text, steps) if column.identity_number else days_of(text, steps)
        case ChoiceKind():
            return Cells(meant, FrozenMapping({"cell_option": ~listed}), text.is_null())
        case YesNoKind():
            return Cells(meant, FrozenMapping({"cell_yes_no": ~listed}), text.is_null())


def _meanings(column: Column) -> dict[str, object]:
    """What the column's words mean; of a number, in its smallest units."""
    if not isinstance(column.fact.kind, NumberKind):
        return dict(column.words)
    return {
        word: None if meaning is None else number_meant(column, cast(Exact, meaning))
        for word, meaning in column.words.items()
    }
