"""Records made of entries when they are first asked for, and once: most loads ask for few of them."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from typing import Any, Generic, TypeVar, overload

E = TypeVar("E")
K = TypeVar("K")
V = TypeVar("V")


class Maker(Generic[E, V]):
    """Makes a record of an entry, and the same one whenever it is asked again."""

    def __init__(self, make: Callable[[E], V]) -> None:
        """By this function."""
        self._make = make
        self._made: dict[int, V] = {}

    def __call__(self, entry: E) -> V:
        """The record of an entry, which must stay alive."""
        try:
            return self._made[id(entry)]
        except KeyError:
            made = self._made[id(entry)] = self._make(entry)
            return made


class MadeList(Sequence[V]):
    """The records of these entries, in their order."""

    def __init__(self, entries: Sequence[Any], make: Callable[[Any], V]) -> None:
        """Each record is what `make` gives for its entry."""
        self._entries = entries
        self._make = make
        self._all: list[V] | None = None

    @overload
    def __getitem__(self, index: int) -> V: ...
    @overload
    def __getitem__(self, index: slice) -> list[V]: ...
    def __getitem__(self, index: int | slice) -> V | list[V]:
        """One record, or several; the others are not made."""
        if self._all is not None:
            return self._all[index]
        if isinstance(index, slice):
            return [self._make(entry) for entry in self._entries[index]]
        return self._make(self._entries[index])

    def __len__(self) -> int:
        """How many there are."""
        return len(self._entries)

    def __iter__(self) -> Iterator[V]:
        """All of them."""
        return iter(self._whole())

    def __reversed__(self) -> Iterator[V]:
        """From the last one; only those that are come to are made."""
        return map(self._make, reversed(self._entries))

    def _whole(self) -> list[V]:
        if self._all is None:
            self._all = [self._make(entry) for entry in self._entries]
        return self._all


class MadeDict(Mapping[K, V]):
    """What these keys stand for, in their order."""

    def __init__(self, keys: dict[K, Any], make: Callable[[K], V]) -> None:
        """Each value is what `make` gives for its key; the values of `keys` are not looked at."""
        self._keys = keys
        self._make = make
        self._made: dict[K, V] = {}
        self._is_whole = False

    def __getitem__(self, key: K) -> V:
        """The value of a key."""
        try:
            return self._made[key]
        except KeyError:
            if key not in self._keys:
                raise
        made = self._made[key] = self._make(key)
        return made

    def __contains__(self, key: object) -> bool:
        """Whether there is such a key; nothing is made."""
        return key in self._keys

    def __iter__(self) -> Iterator[K]:
        """The keys; nothing is made."""
        return iter(self._keys)

    def __reversed__(self) -> Iterator[K]:
        """The keys from the last one; nothing is made."""
        return reversed(self._keys)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._keys)

    def keys(self) -> KeysView[K]:
        """The keys; nothing is made."""
        return self._keys.keys()

    def values(self) -> ValuesView[V]:
        """All values."""
        return self._whole().values()

    def items(self) -> ItemsView[K, V]:
        """All keys and values."""
        return self._whole().items()

    def _whole(self) -> dict[K, V]:
        if not self._is_whole:
            self._made = {key: self[key] for key in self._keys}
            self._is_whole = True
        return self._made
