"""Results that are computed once from an object and kept with it."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Result = TypeVar("Result")


class Memo:
    """The results that were computed from one object, by key.

    Threads may compute a result at the same time; all of them get the one that is stored first.
    """

    __slots__ = ("_results",)

    def __init__(self) -> None:
        self._results: dict[Hashable, object] = {}

    def result(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """The result of a key, computed on the first call; where `compute` raises, nothing is stored."""
        if key not in self._results:
            self._results.setdefault(key, compute())
        return cast(Result, self._results[key])
