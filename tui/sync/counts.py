"""How many items of each board the Snapshot holds, adjusted by what an event touched: nobody walks a board to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tui.domain.model import BoardId, Item, ItemId
from tui.sync.events import Opened
from tui.sync.store import Notice, Store


class Counts:
    """A listener of one Store."""

    def __init__(self, store: Store) -> None:
        self._counts = _counted(store.state.items)
        store.subscribe(self._noticed)

    def of(self, board_id: BoardId) -> int:
        """Items of a board that the server has confirmed."""
        return self._counts[board_id]

    def _noticed(self, notice: Notice) -> None:
        before, now = notice.before.items, notice.state.items
        if now is before:
            return
        if isinstance(notice.event, Opened):  # hardly anything is left of the board before
            self._counts = _counted(now)
            return
        for item_id in notice.touched:
            for item, by in ((before.get(item_id), -1), (now.get(item_id), 1)):
                if item is not None:
                    self._counts[item.board_id] += by


def _counted(items: Mapping[ItemId, Item]) -> Counter[BoardId]:
    return Counter(item.board_id for item in items.values())
