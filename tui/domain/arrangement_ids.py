"""The ids of one column in order: the only place that touches the untyped sorted list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast, overload

from sortedcontainers import SortedList

from tui.domain.model import ItemId
from tui.domain.order import OrderKey


class Ids(Sequence[ItemId]):
    """Item ids sorted by their order keys, each of which ends in its id; every step costs O(log n)."""

    __slots__ = ("_keys",)

    def __init__(self) -> None:
        self._keys = SortedList()

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, row: int) -> ItemId: ...

    @overload
    def __getitem__(self, row: slice) -> list[ItemId]: ...

    def __getitem__(self, row: int | slice) -> ItemId | list[ItemId]:
        if isinstance(row, slice):
            return [key[-1] for key in self._keys[row]]
        return cast("ItemId", self._keys[row][-1])

    def __iter__(self) -> Iterator[ItemId]:
        return (key[-1] for key in self._keys)

    def add(self, key: OrderKey) -> None:
        """Take in the item whose key this is."""
        self._keys.add(key)

    def discard(self, key: OrderKey) -> bool:
        """Take out the item whose key this is; whether it was here."""
        before = len(self._keys)
        self._keys.discard(key)
        return len(self._keys) < before

    def row(self, key: OrderKey) -> int | None:
        """The row of the item whose key this is, or None."""
        row = self.insertion_row(key)
        return row if row < len(self._keys) and self._keys[row] == key else None

    def insertion_row(self, key: OrderKey) -> int:
        """The row that an item of this key has or would have."""
        return cast("int", self._keys.bisect_left(key))
