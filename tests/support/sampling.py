"""How much is drawn at random: little in every run, much in a long one; each run draws other examples than the last.

`HARDSHIP_RULES_LONG=1` makes a run long. `pytest -m agreement` runs what holds one engine to another.
"""

import os
from collections import Counter
from secrets import randbits

LONG = bool(os.environ.get("HARDSHIP_RULES_LONG"))
DRAWN: Counter[str] = Counter()
"""What was drawn in this run, by what it was drawn for."""


def examples(small: int, large: int) -> int:
    """How many examples are drawn: the larger number in a long run."""
    return large if LONG else small


def count(**numbers: int) -> None:
    """So many more were drawn, by what they are."""
    DRAWN.update({name.replace("_", " "): number for name, number in numbers.items()})


def new_seed() -> int:
    """A seed that no run before is likely to have had, short enough to be typed."""
    return randbits(32)
