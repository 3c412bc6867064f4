"""A profile that is open: its Store, Outbox file, Snapshot and engine, put together."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from tui.api.backend import Backend, Capabilities, Duplicate, Past
from tui.api.rank import Rank, ranked
from tui.domain.model import Board, BoardId, Item, ItemId, Moment
from tui.errors import Offline, StorageError
from tui.sync.cache import Cache
from tui.sync.engine import Connect, Engine
from tui.sync.events import BoardChanged, BoardsListed, Link, LinkChanged, Pulled
from tui.sync.journal import Contents, OutboxFile, adoptable, leave, of_other_keys, open_own, retire
from tui.sync.pace import Budget, Pace, Pause, pause
from tui.sync.puller import Puller
from tui.sync.snapshot import SnapshotFile
from tui.sync.store import Store

_log = logging.getLogger(__name__)

ADOPT_EVERY = 15.0
"""Seconds between looks for Outbox files that a killed wall left behind."""

MOST_FOUND = 20
"""Items that a search brings: some servers show too little of each, so that it must be read by itself."""

LEAST = Capabilities()

Legacy: TypeAlias = tuple[Path, int, Contents]
"""An earlier process's Outbox file, the lock held on it, and what it says."""


class Setting(Struct, frozen=True):
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
        wait: Pause = pause,
        budget: Budget | None = None,
    ) -> None:
        self._setting = setting
        self.notes: list[str] = []
        """Sentences the user must see once: what was set aside or could not be written."""
        self._outbox = self._open_outbox(new_id)
        self._store = Store(clock=clock, new_id=new_id, journal=self._outbox)
        self._pace = Pace(setting.poll, clock, budget)
        self._engine = Engine(
            self._store,
            connect,
            sync=self._sync,
            pace=self._pace,
            puller=Puller(self._store, board_name=setting.board_name),
            ready=self._until_read,
            wait=wait,
        )
        self._cache = self._open_cache()
        self._remembered: BoardId | None = None
        self._read = asyncio.Event()
        """Set when the open board has been read from the Snapshot; each board opened has its own."""
        self._unretired: list[Legacy] = []
        """Logs that were taken over but not yet put on our own disk: they stay, and stay locked."""
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
        """Whether every change is refused, by the profile's wish or because the server refuses the key."""
        return self._setting.read_only or self._store.state.link.reach == "refused"

    @property
    def capabilities(self) -> Capabilities:
        """What the server can do; the least until it has answered."""
        return self._engine.backend.capabilities if self._engine.backend is not None else LEAST

    def restore(self) -> bool:
        """Show what is on disk: waiting changes, and the board as it was last known; whether there was one."""
        self._remembered = self._show_remembered()
        self._adopt()
        self._tell_of_other_keys()
        return self._remembered is not None

    def start(self) -> None:
        """Connect, send and pull until `close`; must be called on a running loop, after `restore`."""
        if self._cache is not None:
            self._store.subscribe(self._cache.notice)
        self._spawn(self._read_rest(self._remembered, self._read))
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
            with suppress(StorageError):
                self._sync()
            self._outbox.close(empty=not state.outbox and not state.drafts)
        for _, lock, _ in self._unretired:
            os.close(lock)

    def touch(self) -> None:
        """The user has pressed a key: news are looked for more often while he is there."""
        self._engine.touch()

    def refresh(self) -> None:
        """Ask the server for news now."""
        self._engine.refresh()

    def reload(self) -> None:
        """Read the whole board again."""
        self._engine.reload()

    def open_board(self, board_id: BoardId) -> None:
        """Switch to another board; its items arrive as events."""
        cursor: str | None = None
        with suppress(StorageError):
            remembered = self._cache.remembered(board_id) if self._cache is not None else None
            if self._cache is not None and remembered is not None:
                self._cache.show(remembered)
                self._read = asyncio.Event()
                self._spawn(self._read_rest(board_id, self._read))
                cursor = remembered.cursor
        self._engine.open(board_id, cursor)

    async def duplicates(self, draft: Item) -> tuple[Duplicate, ...]:
        """Items that a draft resembles."""
        return await self._backend().duplicates(draft)

    async def history(self, item_id: ItemId) -> tuple[Past, ...]:
        """An item's past, newest first."""
        return await self._backend().history(item_id)

    async def reread(self, item_id: ItemId) -> None:
        """Read one item again, if the budget allows for it; the answer arrives as an event."""
        if not self._pace.may_reread():
            return
        before = self._store.state.items
        item = await self._backend().item(item_id)
        if item.id in self._store.state.items or item.id not in before:  # else it was deleted since the question
            self._store.apply(Pulled((item,)))

    async def search(self, board_id: BoardId, text: str) -> tuple[ItemId, ...]:
        """Let the server look for items that may not be loaded yet; they arrive as an event."""
        before = self._store.state.items
        with ranked(Rank.ASK):
            found = await self._backend().search(board_id, text, MOST_FOUND, before)
        # What was deleted since the question is not brought back by its answer.
        now = self._store.state.items
        there = tuple(item for item in found if item.id in now or item.id not in before)
        for news, first in ((False, True), (True, False)):
            items = tuple(item for item in there if (item.id in now) is news and now.get(item.id) != item)
            if items:
                self._store.apply(Pulled(items, first))
        return tuple(item.id for item in there)

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
        with suppress(StorageError):
            remembered = self._cache.first(self._setting.board_name)
            if remembered is not None:
                self._cache.show(remembered)
                self._store.apply(LinkChanged(Link("starting", remembered.synced_at)))
                self._engine.puller.follow(remembered.board.id, remembered.cursor)
                return remembered.board.id
        return None

    async def _read_rest(self, board_id: BoardId | None, done: asyncio.Event) -> None:
        """The part of the Snapshot that the first frame did not show; only then may the server be asked for news."""
        try:
            if self._cache is not None and board_id is not None:
                await self._cache.read(board_id)
        except StorageError as problem:
            _log.warning("%s", problem)
            self._engine.puller.forget()  # its cursor was true of more rows than could be read
            self._cache = self._filled_again(self._cache)
        finally:
            done.set()
        if self._cache is not None and not self._writing():
            self._spawn(self._cache.keep_writing(), "writing")

    def _filled_again(self, cache: Cache | None) -> Cache | None:
        try:
            if cache is not None:
                cache.start_over()
        except (OSError, sqlite3.Error) as problem:
            self.notes.append(f"no snapshot is kept in {self._setting.folder}: {problem}")
            return None
        return cache

    async def _until_read(self) -> None:
        while not self._read.is_set():
            await self._read.wait()

    def _writing(self) -> bool:
        return any(task.get_name() == "writing" and not task.done() for task in self._tasks)

    async def _keep_adopting(self) -> None:
        while True:
            await asyncio.sleep(ADOPT_EVERY)
            self._adopt(running=True)

    def _adopt(self, *, running: bool = False) -> None:
        """Take over what walls of the same stamp left behind when they were killed.

        A `running` wall sends what waits, but leaves the drafts: whoever typed them looks for them where they start
        again, and not in another window.
        """
        folder = self._setting.folder
        if folder is None or self._outbox is None:
            return
        for path, lock, found in adoptable(folder, self._setting.stamp, self._outbox.path):
            contents = found
            if running and not found.pendings:
                os.close(lock)
                continue
            if running:
                contents, drafts = found.parted()
                if drafts.drafts and not self._left(f"{path.stem}-drafts", drafts):
                    contents = found
            self._store.apply(contents.adopted())
            self._unretired.append((path, lock, found))
        if self._unretired and self._is_safe():
            for path, lock, contents in self._unretired:
                self._retire(path, lock, contents)
            self._unretired.clear()

    def _tell_of_other_keys(self) -> None:
        """A key is changed when it was refused, and then its changes must not seem to be gone."""
        folder, name = self._setting.folder, self._setting.profile_name
        count = 0
        for _, lock, contents in of_other_keys(folder, self._setting.stamp) if folder is not None else ():
            os.close(lock)
            count += len(contents.pendings) + len(contents.drafts)
        if count:
            waits = "1 change waits" if count == 1 else f"{count:,} changes wait"
            self.notes.append(
                f"{waits} here, made with another key of {name}: "
                f"“cardwall outbox take-over --profile {name}” gives what waits to the present key"
            )

    def _left(self, name: str, drafts: Contents) -> bool:
        assert self._setting.folder is not None
        try:
            leave(self._setting.folder, name, drafts)
        except StorageError:
            return False  # better in another window than nowhere
        return True

    def _is_safe(self) -> bool:
        """Whether everything taken over is on our own disk, so that the old files may go."""
        try:
            self._sync()
        except StorageError as problem:
            self._store.journal_problem = problem
        return self._store.journal_problem is None

    def _retire(self, path: Path, lock: int, contents: Contents) -> None:
        try:
            aside = retire(path, lock, contents)
        except OSError as error:
            self.notes.append(f"cannot set the old outbox file {path} aside: {error.strerror}")
            return
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
        return Cache(file, self._store, self._engine.puller.covered)

    def _spawn(self, work: Coroutine[None, None, None], name: str | None = None) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks = [*(other for other in self._tasks if not other.done()), task]

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A defect of ours must not look like a quiet server: say it, and leave the details in the log."""
        if task.cancelled() or task.exception() is None:
            return
        _log.error("a part of the session stopped", exc_info=task.exception())
        message = "something in cardwall failed and syncing stopped; what you do is kept: please restart (see the log)"
        self._store.apply(LinkChanged(Link("offline", self._store.state.link.synced_at, message)))
