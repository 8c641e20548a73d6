"""The processor time of a piece of work, without what the tests before it left in memory."""

import gc
import time
from collections.abc import Callable


def seconds(work: Callable[[], object], enough: float = 0.0) -> float:
    """The processor time of some work in seconds: the better of two runs, or the first where it is below `enough`.

    Objects that earlier tests left are kept from the garbage collector: late in a long run, one full collection takes
    longer than the work that triggers it.
    """
    taken = []
    gc.collect()
    gc.freeze()
    try:
        for _ in range(2):
            begun = time.process_time()
            work()
            taken.append(time.process_time() - begun)
            if taken[0] < enough:
                break
    finally:
        gc.unfreeze()
    return min(taken)
