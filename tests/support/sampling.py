"""The number of random examples: few in every run, many in a long one; each run draws new examples.

`HARDSHIP_RULES_LONG=1` makes a run long. `pytest -m agreement` runs the tests that compare engines.
"""

import os
from collections import Counter
from secrets import randbits

LONG = bool(os.environ.get("HARDSHIP_RULES_LONG"))
DRAWN: Counter[str] = Counter()
"""The number of examples drawn in this run, by kind."""


def examples(small: int, large: int) -> int:
    """The number of examples: the larger one in a long run."""
    return large if LONG else small


def count(**numbers: int) -> None:
    """Add to the number of drawn examples of a kind."""
    DRAWN.update({name.replace("_", " "): number for name, number in numbers.items()})


def new_seed() -> int:
    """A new seed, short enough to type."""
    return randbits(32)
