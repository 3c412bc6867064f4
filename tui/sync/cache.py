"""Keeps the Snapshot file in step with the Store: read in slices at start, written behind in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tui.domain.model import BoardId, Item, ItemId, Moment
from tui.sync.events import BoardChanged, Opened, Pulled
from tui.sync.snapshot import Remembered, SnapshotFile
from tui.sync.store import Notice, Store

FIRST = 100
"""Items a column read before the first frame."""


class Cache:
    """One profile's Snapshot file, followed by one Store."""

    def __init__(self, file: SnapshotFile, store: Store, cursor: Callable[[], str | None]) -> None:
        self._file = file
        self._store = store
        self._cursor = cursor
        self._dirty: dict[ItemId, Item | None] = {}
        self._board_dirty = False
        self._wake = asyncio.Event()
        self._reading: BoardId | None = None

    def show(self, remembered: Remembered) -> None:
        """Open a board as it was last known, with what a first frame shows."""
        self._store.apply(Opened(remembered.board))
        self._store.apply(Pulled(tuple(self._file.first_items(remembered.board, FIRST)), first=True))

    def remembered(self, board_id: BoardId) -> Remembered | None:
        """A board as it was last known."""
        return self._file.board(board_id)

    def first(self, name: str | None) -> Remembered | None:
        """The board to start with: the named one, else the one that was open last."""
        return self._file.last_opened() if name is None else self._file.named(name)

    async def read(self, board_id: BoardId) -> None:
        """Take in every item of a board, a slice at a time, keys first; ends when another board is opened."""
        for items in self._file.all_items(board_id):
            if self._store.state.board is None or self._store.state.board.id != board_id:
                return
            self._store.apply(Pulled(tuple(items), first=True))
            await asyncio.sleep(0)

    def notice(self, notice: Notice) -> None:
        """Remember what an event changed in the Snapshot; a listener of the Store."""
        before, after = notice.before.items, notice.state.items
        if isinstance(notice.event, Opened | BoardChanged):
            self._board_dirty = True
        elif before is not after:
            for item_id in notice.touched:
                item = after.get(item_id)
                if item is not before.get(item_id):
                    self._dirty[item_id] = item
        self._wake.set()

    async def keep_writing(self) -> None:
        """Write behind until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            await asyncio.to_thread(self._take())

    def flush(self) -> None:
        """Write what is left, now."""
        self._take()()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _take(self) -> Callable[[], None]:
        """Everything unwritten, as a job for a thread; it shares nothing with the loop."""
        state = self._store.state
        board = state.board if self._board_dirty else None
        dirty, self._dirty, self._board_dirty = self._dirty, {}, False
        # A pull that waits for the answer of a request is not in the Snapshot yet, though the cursor covers it.
        cursor = self._cursor() if not state.waiting else None
        synced_at: Moment | None = state.link.synced_at
        board_id = state.board.id if state.board is not None else None

        def write() -> None:
            if board is not None:
                self._file.save_board(board)
            if board_id is not None:
                items = [item for item in dirty.values() if item is not None]
                deleted = [item_id for item_id, item in dirty.items() if item is None]
                self._file.save(board_id, items, deleted, cursor, synced_at)

        return write
