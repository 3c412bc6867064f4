"""A profile that is open: its Store, Outbox file, Snapshot and engine, put together."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui.api.backend import Backend, Capabilities, Duplicate, Past
from tui.domain.model import Board, BoardId, Item, ItemId, Moment
from tui.errors import Offline, StorageError
from tui.sync.cache import Cache
from tui.sync.engine import Connect, Engine
from tui.sync.events import BoardChanged, BoardsListed, Link, LinkChanged, Pulled
from tui.sync.journal import OutboxFile, adoptable, open_own, retire
from tui.sync.snapshot import SnapshotFile
from tui.sync.store import Store

_log = logging.getLogger(__name__)

ADOPT_EVERY = 15.0
"""Seconds between looks for Outbox files that a killed wall left behind."""

LEAST = Capabilities()


@dataclass(frozen=True, slots=True)
class Setting:
    """What a session needs to know of its profile and its process."""

    profile_name: str
    stamp: str
    """Profile, base URL and key hash: whose Outbox and Snapshot this is."""
    me: str
    folder: Path | None
    """Where Outbox and Snapshot are kept; None keeps nothing (a throw-away wall)."""
    poll: float = 5.0
    """Seconds between looks for news."""
    read_only: bool = False
    board_name: str | None = None
    """The board to open first; None for the one that was open last."""


class ProfileSession:
    """See `tui.sync.session.Session`."""

    def __init__(
        self,
        setting: Setting,
        connect: Connect,
        *,
        clock: Callable[[], Moment],
        new_id: Callable[[], str],
    ) -> None:
        self._setting = setting
        self.notes: list[str] = []
        """Sentences the user must see once: what was set aside or could not be written."""
        self._outbox = self._open_outbox(new_id)
        self._store = Store(clock=clock, new_id=new_id, journal=self._outbox)
        self._engine = Engine(self._store, connect, sync=self._sync, poll=setting.poll, ready=self._until_read)
        self._cache = self._open_cache()
        self._remembered: BoardId | None = None
        self._read = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def store(self) -> Store:
        """Holds the State."""
        return self._store

    @property
    def profile_name(self) -> str:
        """What the configuration calls this server and key."""
        return self._setting.profile_name

    @property
    def me(self) -> str:
        """Who the user is on this server."""
        return self._setting.me

    @property
    def read_only(self) -> bool:
        """Whether every change is refused."""
        return self._setting.read_only

    @property
    def capabilities(self) -> Capabilities:
        """What the server can do; the least until it has answered."""
        return self._engine.backend.capabilities if self._engine.backend is not None else LEAST

    def restore(self) -> bool:
        """Show what is on disk: waiting changes, and the board as it was last known; whether there was one."""
        self._remembered = self._show_remembered()
        self._adopt()
        return self._remembered is not None

    def start(self) -> None:
        """Connect, send and pull until `close`; must be called on a running loop, after `restore`."""
        if self._cache is not None:
            self._store.subscribe(self._cache.notice)
        self._spawn(self._read_rest(self._remembered))
        self._spawn(self._engine.run())
        self._spawn(self._keep_adopting())

    async def close(self) -> None:
        """Stop; everything the user did is on disk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._cache is not None:
            with suppress(sqlite3.Error):
                self._cache.flush()
            self._cache.close()
        if self._outbox is not None:
            state = self._store.state
            self._outbox.close(empty=not state.outbox and not state.drafts)

    def refresh(self) -> None:
        """Ask the server for news now."""
        self._engine.refresh()

    def reload(self) -> None:
        """Read the whole board again."""
        self._engine.reload()

    def open_board(self, board_id: BoardId) -> None:
        """Switch to another board; its items arrive as events."""
        remembered = self._cache.remembered(board_id) if self._cache is not None else None
        if self._cache is None or remembered is None:
            self._engine.open(board_id, None)
            return
        self._cache.show(remembered)
        self._read.clear()
        self._spawn(self._read_rest(board_id))
        self._engine.open(board_id, remembered.cursor)

    async def duplicates(self, draft: Item) -> tuple[Duplicate, ...]:
        """Items that a draft resembles."""
        return await self._backend().duplicates(draft)

    async def history(self, item_id: ItemId) -> tuple[Past, ...]:
        """An item's past, newest first."""
        return await self._backend().history(item_id)

    async def reread(self, item_id: ItemId) -> None:
        """Read one item again; the answer arrives as an event."""
        self._store.apply(Pulled((await self._backend().item(item_id),)))

    async def put_board(self, board: Board, *, force: bool = False) -> Board:
        """Write a board's columns, fields and rules; an empty id makes a new board."""
        backend = self._backend()
        written = await backend.put_board(board, key=self._store.new_id(), force=force)
        self._store.apply(BoardChanged(written))
        self._store.apply(BoardsListed(await backend.boards()))
        return written

    def _backend(self) -> Backend:
        if self._engine.backend is None:
            raise Offline("the server has not answered yet; try again in a moment")
        return self._engine.backend

    def _show_remembered(self) -> BoardId | None:
        if self._cache is None:
            return None
        with suppress(sqlite3.Error, ValueError, KeyError, TypeError):
            remembered = self._cache.first(self._setting.board_name)
            if remembered is not None:
                self._cache.show(remembered)
                self._store.apply(LinkChanged(Link("starting", remembered.synced_at)))
                self._engine.puller.follow(remembered.board.id, remembered.cursor)
                return remembered.board.id
        return None

    async def _read_rest(self, board_id: BoardId | None) -> None:
        """The part of the Snapshot that the first frame did not show; only then may the server be asked for news."""
        try:
            if self._cache is not None and board_id is not None:
                await self._cache.read(board_id)
        finally:
            self._read.set()
        if self._cache is not None and not self._writing():
            self._spawn(self._cache.keep_writing(), "writing")

    async def _until_read(self) -> None:
        await self._read.wait()

    def _writing(self) -> bool:
        return any(task.get_name() == "writing" and not task.done() for task in self._tasks)

    async def _keep_adopting(self) -> None:
        while True:
            await asyncio.sleep(ADOPT_EVERY)
            self._adopt()

    def _adopt(self) -> None:
        """Take over what walls of the same stamp left behind when they were killed."""
        folder = self._setting.folder
        if folder is None or self._outbox is None:
            return
        for path, lock, contents in adoptable(folder, self._setting.stamp, self._outbox.path):
            self._store.apply(contents.adopted())
            self._sync()
            if self._store.journal_problem is not None:
                os.close(lock)  # not on our disk yet: the old file must stay
                return
            aside = retire(path, lock, contents)
            if aside is not None:
                self.notes.append(
                    f"line {contents.damaged} of an outbox file could not be read; what could be was taken over, "
                    f"and the file is kept as {aside}"
                )

    def _sync(self) -> None:
        if self._outbox is not None:
            self._outbox.sync()

    def _open_outbox(self, new_id: Callable[[], str]) -> OutboxFile | None:
        if self._setting.folder is None:
            return None
        try:
            return open_own(self._setting.folder, self._setting.stamp, f"{os.getpid()}-{new_id()[-12:]}")
        except StorageError as problem:
            self.notes.append(f"{problem}. Until then, changes are kept in memory only")
            return None

    def _open_cache(self) -> Cache | None:
        if self._setting.folder is None:
            return None
        try:
            file = SnapshotFile.of(self._setting.folder, self._setting.stamp)
        except (OSError, sqlite3.Error) as problem:
            self.notes.append(f"no snapshot is kept in {self._setting.folder}: {problem}")
            return None
        return Cache(file, self._store, lambda: self._engine.puller.cursor)

    def _spawn(self, work: Coroutine[None, None, None], name: str | None = None) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A defect of ours must not look like a quiet server: say it, and leave the details in the log."""
        if task.cancelled() or task.exception() is None:
            return
        _log.error("a part of the session stopped", exc_info=task.exception())
        message = "something in cardwall failed and syncing stopped; what you do is kept: please restart (see the log)"
        self._store.apply(LinkChanged(Link("offline", self._store.state.link.synced_at, message)))
