"""The one coroutine that sends, pulls and backs off. It only reports events; nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tui.api.backend import Backend
from tui.domain.model import BoardId, Moment
from tui.errors import CardwallError, NotAllowed, NotFound, RateLimited, Unavailable
from tui.sync.events import Link, LinkChanged
from tui.sync.pace import Backoff, Pause, pause
from tui.sync.puller import Puller
from tui.sync.sender import Sender
from tui.sync.store import Notice, Store

Connect = Callable[[], Awaitable[Backend]]


class Engine:
    """Drives a Store against one Backend for as long as `run` runs."""

    def __init__(
        self,
        store: Store,
        connect: Connect,
        *,
        sync: Callable[[], None] = lambda: None,
        poll: float = 5.0,
        puller: Puller | None = None,
        ready: Callable[[], Awaitable[None]] | None = None,
        wait: Pause = pause,
        backoff: Backoff | None = None,
    ) -> None:
        self._store = store
        self._connect = connect
        self._poll = poll
        self._sender = Sender(store, sync=sync)
        self.puller = puller or Puller(store)
        self._ready = ready
        self._wait = wait
        self._backoffs = (backoff or Backoff(), Backoff())
        self._send_now = asyncio.Event()
        self._pull_now = asyncio.Event()
        self._connected: asyncio.Future[Backend] | None = None
        self.backend: Backend | None = None
        """The server, once it has answered."""

    async def run(self) -> None:
        """Until cancelled."""
        unsubscribe = self._store.subscribe(self._noticed)
        try:
            await self._until_connected()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_sending())
                tasks.create_task(self._keep_pulling())
        finally:
            unsubscribe()
            if self.backend is not None:
                await self.backend.close()

    def refresh(self) -> None:
        """Ask for news now, and try what was held back."""
        self._pull_now.set()
        self._send_now.set()

    def reload(self) -> None:
        """Read the whole board again."""
        self.puller.forget()
        self.refresh()

    def open(self, board_id: BoardId, cursor: str | None) -> None:
        """Follow another board from `cursor` on; None reads it whole."""
        self.puller.follow(board_id, cursor)
        self.refresh()

    def _noticed(self, notice: Notice) -> None:
        if notice.state.outbox is not notice.before.outbox:
            self._send_now.set()

    async def _until_connected(self) -> None:
        while self.backend is None:
            try:
                self.backend = await self._connect()
            except CardwallError as problem:
                await self._wait(self._held_by(problem, self._backoffs[1]), self._pull_now)

    async def _keep_sending(self) -> None:
        assert self.backend is not None
        if self._ready is not None:
            await self._ready()
        while True:
            self._send_now.clear()
            seconds: float | None = None
            try:
                await self._sender.send_all(self.backend)
                self._backoffs[0].reset()
            except (Unavailable, NotAllowed) as problem:
                seconds = self._held_by(problem, self._backoffs[0])
            await self._wait(seconds, self._send_now)

    async def _keep_pulling(self) -> None:
        assert self.backend is not None
        while True:
            if self._ready is not None:
                await self._ready()
            self._pull_now.clear()
            try:
                await self.puller.pull(self.backend)
                if not self._store.state.boards:
                    await self.puller.list_boards(self.backend)
            except CardwallError as problem:
                seconds = self._held_by(problem, self._backoffs[1])
            else:
                seconds = self._poll
                self._backoffs[1].reset()
                if self._store.state.link.reach not in ("online", "refused"):
                    self._send_now.set()
                self._store.apply(LinkChanged(Link("online", synced_at=self._store.clock())))
            await self._wait(seconds, self._pull_now)

    def _held_by(self, problem: CardwallError, backoff: Backoff) -> float | None:
        """Tell the Store why nothing goes; returns the seconds to wait, None for "until the user asks"."""
        synced_at = self._store.state.link.synced_at
        if isinstance(problem, RateLimited):
            resumes = Moment(round(self._store.clock() + problem.retry_after))
            self._store.apply(LinkChanged(Link("paused", synced_at, problem.message, resumes)))
            return problem.retry_after
        if isinstance(problem, NotAllowed):
            self._store.apply(LinkChanged(Link("refused", synced_at, problem.message)))
            return None
        reach = self._store.state.link.reach if isinstance(problem, NotFound) else "offline"
        self._store.apply(LinkChanged(Link(reach, synced_at, problem.message)))
        return backoff.step()
