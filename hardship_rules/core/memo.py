"""Results that are computed once from an object and kept with it."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Result = TypeVar("Result")
_MISSING = object()


class Memo:
    """The results that were computed from one object, by key; `most` limits the keys, the latest are kept.

    Threads may compute a result at the same time; all of them get the one that is stored first.
    """

    __slots__ = ("_most", "_results")

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._results: dict[Hashable, object] = {}

    def result(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """The result of a key, computed on the first call; where `compute` raises, nothing is stored."""
        found = self._results.get(key, _MISSING)
        if found is _MISSING:
            computed = compute()
            while self._most is not None and len(self._results) >= self._most:
                self._results.pop(next(iter(self._results), None), None)
            found = self._results.setdefault(key, computed)
        return cast(Result, found)
