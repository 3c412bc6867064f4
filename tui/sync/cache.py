"""Keeps the Snapshot file in step with the Store: read in slices at start, written behind in a thread."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable

from msgspec import Struct, field

from tui.domain.model import Board, BoardId, Item, ItemId, Moment
from tui.sync.events import BoardChanged, Event, Opened, Pulled
from tui.sync.snapshot import SLICE, Remembered, SnapshotFile
from tui.sync.store import Notice, Store

FIRST = 40
"""Items of each column that are read before the first frame: more than a tall screen shows."""


class Batch(Struct):
    """What is to be written next; it shares nothing with the loop."""

    items: dict[ItemId, Item | None] = field(default_factory=dict)
    """None says deleted."""
    board: Board | None = None
    board_id: BoardId | None = None
    cursor: str | None = None
    synced_at: Moment | None = None


class Cache:
    """One profile's Snapshot file, followed by one Store."""

    def __init__(self, file: SnapshotFile, store: Store, covered: Callable[[BoardId], str | None]) -> None:
        """`covered` tells the cursor up to which the Snapshot of a board is complete."""
        self._file = file
        self._store = store
        self._covered = covered
        self._dirty: dict[ItemId, Item | None] = {}
        self._board: Board | None = None
        self._wake = asyncio.Event()
        self._writing = threading.Lock()
        self._own: Event | None = None

    def show(self, remembered: Remembered) -> None:
        """Open a board as it was last known, with what a first frame shows."""
        items = self._file.first_items(remembered.board, FIRST)
        self._store.apply(Opened(remembered.board))
        for start in range(0, len(items), SLICE):
            self._take_in(items[start : start + SLICE])

    def remembered(self, board_id: BoardId) -> Remembered | None:
        """A board as it was last known."""
        return self._file.board(board_id)

    def first(self, name: str | None) -> Remembered | None:
        """The board to start with: the named one, else the one that was open last."""
        return self._file.last_opened() if name is None else self._file.named(name)

    async def read(self, board_id: BoardId) -> None:
        """Take in every item of a board, a slice at a time; ends when another board is opened.

        Raises StorageError when the file is damaged: then what was read of it is not the whole board.
        """
        for items in self._file.all_items(board_id):
            if self._store.state.board is None or self._store.state.board.id != board_id:
                return
            self._take_in(items)
            await asyncio.sleep(0)

    def start_over(self) -> None:
        """Throw a damaged file away; it fills again. Raises sqlite3.Error."""
        with self._writing:
            self._file.start_over()
        state = self._store.state
        self._dirty = dict(state.items)
        self._board = state.board
        self._wake.set()

    def notice(self, notice: Notice) -> None:
        """Remember what an event changed in the Snapshot; a listener of the Store."""
        if notice.event is self._own:
            return  # it comes from the file
        before, after = notice.before.items, notice.state.items
        if isinstance(notice.event, Opened | BoardChanged):
            self._board = notice.state.board
        elif before is not after:
            for item_id in notice.touched:
                item = after.get(item_id)
                if item is not before.get(item_id):
                    self._dirty[item_id] = item
        self._wake.set()

    async def keep_writing(self) -> None:
        """Write behind until cancelled; what could not be written is tried again with the next change."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch = self._take()
            try:
                await asyncio.to_thread(self._write, batch)
            except (sqlite3.Error, asyncio.CancelledError) as problem:
                self._put_back(batch)
                if isinstance(problem, asyncio.CancelledError):
                    raise

    def flush(self) -> None:
        """Write what is left, now. Raises sqlite3.Error."""
        self._write(self._take())

    def close(self) -> None:
        """Let go of the file."""
        with self._writing:
            self._file.close()

    def _take_in(self, items: list[Item]) -> None:
        self._own = Pulled(tuple(items), first=True)
        self._store.apply(self._own)

    def _take(self) -> Batch:
        """Everything unwritten."""
        state = self._store.state
        batch = Batch(self._dirty, self._board)
        self._dirty, self._board = {}, None
        if state.board is not None:
            batch.board_id = state.board.id
            batch.synced_at = state.link.synced_at
            # A pull that waits for the answer of a request is not in the Snapshot yet, though the cursor covers it.
            batch.cursor = self._covered(state.board.id) if not state.waiting else None
        return batch

    def _put_back(self, batch: Batch) -> None:
        """A cursor must never be written without the rows that it covers."""
        self._dirty = batch.items | self._dirty
        self._board = self._board or batch.board

    def _write(self, batch: Batch) -> None:
        with self._writing:
            if batch.board is not None:
                self._file.save_board(batch.board)
            if batch.board_id is not None:
                items = [item for item in batch.items.values() if item is not None]
                deleted = [item_id for item_id, item in batch.items.items() if item is None]
                self._file.save(batch.board_id, items, deleted, batch.cursor, batch.synced_at)
