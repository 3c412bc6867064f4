"""A new Arrangement made in slices, so that a board of any size never holds up a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from tui.domain.arrangement import Arrangement, Lens
from tui.domain.model import Board, ColumnId, Item, ItemId

_BATCH = 32
"""Items between two looks at the clock: about a tenth of a millisecond."""


class Building:
    """An arrangement that takes in `items` a slice at a time; it can be drawn, and adjusted, from the start.

    An item that comes twice counts once, so `items` may begin with what is on the screen. Drop it to cancel.
    """

    def __init__(self, board: Board, lens: Lens, items: Iterable[Item]) -> None:
        self.arrangement = Arrangement(board, lens)
        self.arrangement.complete = False
        self._items = iter(items)
        self._seen: set[ItemId] = set()

    @property
    def complete(self) -> bool:
        """Whether every item has been taken in."""
        return self.arrangement.complete

    def step(self, count: int) -> bool:
        """Take in up to `count` items; whether that was all."""
        if self.complete:
            return True
        taken = 0
        seen, put = self._seen, self.arrangement.adjust
        for item in islice(self._items, count):
            taken += 1
            if item.id not in seen:
                seen.add(item.id)
                put(None, item)
        if taken < count:
            self.arrangement.complete = True
            self._seen = set()
        return self.complete

    def step_until(self, deadline: float, clock: Callable[[], float]) -> bool:
        """Take in items until `clock` has reached `deadline`, a batch at least; whether that was all."""
        while not self.step(_BATCH):
            if clock() >= deadline:
                break
        return self.complete

    def adjust(self, old: Item | None, new: Item | None) -> None:
        """An item changed while the building goes on; the same terms as `Arrangement.adjust`."""
        if self.complete:
            self.arrangement.adjust(old, new)
            return
        self.arrangement.adjust(old if old is not None and old.id in self._seen else None, new)
        self._seen.update(item.id for item in (old, new) if item is not None)


def visible_first(
    before: Arrangement,
    columns: Sequence[ColumnId],
    item_of: Callable[[ItemId], Item | None],
    items: Iterable[Item],
) -> Iterator[Item]:
    """What to feed a Building so that the screen fills first: the rows of `columns` from the top, then all `items`.

    `before` is the arrangement on the screen now; its rows are taken across the columns, not one column after another.
    """
    return chain(_rows(before, columns, item_of), items)


def _rows(before: Arrangement, columns: Sequence[ColumnId], item_of: Callable[[ItemId], Item | None]) -> Iterator[Item]:
    # Rows are counted, not iterated, because the arrangement may be adjusted between two slices.
    row = 0
    while any(row < len(before.ids(column)) for column in columns):
        for column in columns:
            ids = before.ids(column)
            item = item_of(ids[row]) if row < len(ids) else None
            if item is not None:
                yield item
        row += 1
