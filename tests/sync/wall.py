"""One client as it really is, Outbox file and Snapshot and all, on a loop that only moves when it is told to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.sync.backend import Line, Wire
from tui.api.backend import Backend
from tui.domain.changes import Change
from tui.domain.model import BoardId, Item, ItemId, Moment
from tui.sync.outbox import PendingId
from tui.sync.profile_session import ProfileSession, Setting
from tui.sync.state import State, resolve, view
from tui.sync.store import Store

NOW = Moment(1_795_262_400)


class _Inline(ThreadPoolExecutor):
    """A pool whose jobs are done at once, so that a thread never decides the order of things."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as problem:  # noqa: BLE001 - it belongs to who waits for the job
            done.set_exception(problem)
        return done


class Loop:
    """An event loop without time: it runs until nothing is left to do, and waits end when they are told to."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_default_executor(_Inline())
        self.loop.set_exception_handler(self._failed)
        self.failures: list[dict[str, Any]] = []
        self.sleepers: list[tuple[float | None, asyncio.Event]] = []

    def run(self) -> None:
        """Until everyone waits."""
        ready: Any = self.loop._ready  # type: ignore[attr-defined]  # the loop's own list of what can run
        for _ in range(10_000):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()
            if not ready:
                break
        else:
            raise AssertionError("the loop does not come to rest: something goes round in circles")
        assert not self.failures, self.failures

    async def pause(self, seconds: float | None, wake: asyncio.Event) -> None:
        """Waits for the event, or for `pass_time`."""
        if seconds is not None:
            self.sleepers.append((seconds, wake))
        await wake.wait()
        wake.clear()

    def pass_time(self) -> None:
        """Long enough for every wait that has an end."""
        sleepers, self.sleepers = self.sleepers, []
        for _, wake in sleepers:
            wake.set()
        self.run()

    def close(self) -> None:
        self.loop.close()

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.failures.append(context)


@dataclass
class Wall:
    """One person's client, which can be killed and started again on the same folder."""

    loop: Loop
    line: Line
    folder: Path | None
    stamp: str = "acme"
    board_name: str | None = None
    ids: Any = field(default_factory=lambda: count(1))
    session: ProfileSession = field(init=False)
    on_start: Callable[[Wall], object] = lambda wall: None

    def start(self) -> None:
        """As the command line does it."""
        self.begin()
        self.go()

    def begin(self) -> None:
        """Show what is on disk; nothing is asked of the server yet."""
        self.session = ProfileSession(
            Setting("acme", self.stamp, self.line.who, self.folder, board_name=self.board_name),
            self._connect,
            clock=lambda: NOW,
            new_id=lambda: f"{self.line.who}{next(self.ids):06d}",
            wait=self.loop.pause,
        )
        self.on_start(self)
        self._on_loop(self.session.restore)

    def go(self) -> None:
        """Connect, send and pull."""
        self._on_loop(self.session.start)

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, the kernel lets go of files and locks."""
        session = self.session
        for task in session._tasks:
            task.cancel()
        self.line.cut()
        self.loop.run()
        if session._cache is not None:
            session._cache.close()
        if session._outbox is not None:
            os.close(session._outbox._file)

    def quit(self) -> None:
        """The orderly way out."""
        self.line.cut()
        self.loop.loop.run_until_complete(self.session.close())

    def open_board(self, board_id: BoardId) -> None:
        self._on_loop(lambda: self.session.open_board(board_id))

    @property
    def store(self) -> Store:
        return self.session.store

    @property
    def state(self) -> State:
        return self.session.store.state

    def view(self, item_id: ItemId) -> Item | None:
        return view(self.state, item_id)

    def do(self, *changes: Change) -> tuple[PendingId, ...]:
        """Dispatch, and let happen what happens at once."""
        ids = self.store.dispatch(*changes)
        self.loop.run()
        return ids

    def pull(self) -> None:
        """Ask for news."""
        self.session.refresh()
        self.loop.run()

    def shown(self) -> dict[ItemId, Item]:
        """Everything the open board shows."""
        state = self.state
        ids = {resolve(state, item_id) for item_id in (*state.items, *state.queue)}
        found = {item_id: view(state, item_id) for item_id in ids}
        board_id = state.board.id if state.board is not None else None
        return {i: item for i, item in found.items() if item is not None and item.board_id == board_id}

    async def _connect(self) -> Backend:
        wire = Wire(self.line)
        await wire.open()
        return wire

    def _on_loop(self, act: Callable[[], object]) -> None:
        self.loop.loop.call_soon(act)
        self.loop.run()
