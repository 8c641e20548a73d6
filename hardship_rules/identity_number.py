"""An identity number of 18 digits by GB 11643: whether its last digit checks, and the day of birth in it."""

import narwhals as nw

from hardship_rules.frozen import FrozenMapping
from hardship_rules.text_cells import IN_POWERS, Cells, Steps, day_of

_WELL_MADE = "^[1-9][0-9]{16}[0-9X]$"
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_PLACEHOLDER = "11010119000101000X"  # where there is no number: digits that can be added up


def days_of_birth(text: nw.Expr, steps: Steps) -> Cells:
    """The days of birth in texts, trimmed and narrow; the numbers themselves are in nothing that comes back.

    The digits times 2^17 to 2^1, and the last one, X for ten, add up to one more than a multiple of eleven.
    """
    number = steps.put(text.str.to_uppercase())
    well = steps.put(number.str.contains(_WELL_MADE))
    digits = steps.put(nw.when(well).then(number).otherwise(nw.lit(_PLACEHOLDER)))
    last = steps.put(digits.str.slice(17, 1))
    total = nw.when(last == "X").then(nw.lit("10")).otherwise(last).cast(nw.Int64())
    for place, weight in enumerate(_WEIGHTS):
        total += digits.str.slice(place, 1).cast(nw.Int64()) * weight
    parts = (number.str.slice(6, 4), number.str.slice(10, 2), number.str.slice(12, 2))
    found = day_of(parts, well & (total % 11 == 1), steps)
    lost = steps.put(number.str.contains(IN_POWERS))
    faults = {"cell_powers": lost, "cell_identity_number": ~lost & found.faults["cell_date"]}
    return Cells(found.value, FrozenMapping(faults), number.is_null())
