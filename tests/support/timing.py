"""The processor time of a task, without the effect of objects left by earlier tests."""

import gc
import time
from collections.abc import Callable


def seconds(work: Callable[[], object], enough: float = 0.0) -> float:
    """The processor time of a task in seconds: the better of two runs, or the first if it is below `enough`.

    Objects of earlier tests are hidden from the garbage collector. Late in a long run one full collection takes longer
    than the task that triggers it.
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
