"""An immutable mapping that can be hashed, pickled and shared between threads."""

from collections.abc import Hashable, ItemsView, Iterable, Iterator, Mapping, ValuesView
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class FrozenMapping(Mapping[K, V], Generic[K, V]):
    """An immutable mapping in the order of its entries; unlike `MappingProxyType` it can be pickled."""

    __slots__ = ("_entries",)
    _entries: dict[K, V]

    def __init__(self, entries: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        object.__setattr__(self, "_entries", dict(entries))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(name)

    def __getitem__(self, key: K) -> V:
        return self._entries[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def get(self, key: K, default: Any = None) -> Any:
        """The value of a key, or the default."""
        return self._entries.get(key, default)

    def items(self) -> ItemsView[K, V]:
        """The entries, as fast as a dictionary's."""
        return self._entries.items()

    def values(self) -> ValuesView[V]:
        """The values, as fast as a dictionary's."""
        return self._entries.values()

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __repr__(self) -> str:
        """The keys only: values may be facts of a household, which are private."""
        return f"FrozenMapping({', '.join(map(str, self._entries))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenMapping, (self._entries,))
