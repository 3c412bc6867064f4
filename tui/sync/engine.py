"""The one coroutine that sends, pulls and backs off. It only reports events; nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from msgspec.structs import replace

from tui.api.backend import Backend, BudgetSpent
from tui.api.rank import Rank, ranked
from tui.domain.model import BoardId, Moment
from tui.errors import CardwallError, NotAllowed, NotFound, RateLimited
from tui.sync.events import (
    Adopted,
    Dispatched,
    LinkChanged,
    Reach,
    Recreate,
    Redone,
    Resolved,
    Retried,
    Undone,
)
from tui.sync.pace import Backoff, Pace, Pause, pause
from tui.sync.puller import Puller
from tui.sync.sender import Sender
from tui.sync.store import Notice, Store
from tui.sync.trouble import NONE, Trouble, worst

Connect = Callable[[], Awaitable[Backend]]

GUARDED_EDIT = 3
"""Requests that an edit takes on a server without versions: look, write, and look again."""

_MEANT = (Dispatched, Undone, Redone, Resolved, Recreate, Retried, Adopted)
"""Events by which the user wants something sent."""


class Engine:
    """Drives a Store against one Backend for as long as `run` runs."""

    def __init__(
        self,
        store: Store,
        connect: Connect,
        *,
        sync: Callable[[], None] = lambda: None,
        pace: Pace | None = None,
        puller: Puller | None = None,
        ready: Callable[[], Awaitable[None]] | None = None,
        wait: Pause = pause,
        backoff: Backoff | None = None,
    ) -> None:
        self._store = store
        self._connect = connect
        self._pace = pace or Pace(5.0, store.clock)
        self.puller = puller or Puller(store)
        self._sender = Sender(store, sync=sync, loads=lambda: self.puller.loads)
        self._ready = ready
        self._wait = wait
        self._backoffs = (backoff or Backoff(), Backoff())
        self._send_now = asyncio.Event()
        self._pull_now = asyncio.Event()
        self._asked = False
        """Whether the user waits for news, of which new boards are part."""
        self._sending: Trouble = NONE
        self._pulling: Trouble = NONE
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
        self._asked = True
        self._pull_now.set()
        self._send_now.set()

    def touch(self) -> None:
        """The user pressed a key; if he had been away, what happened meanwhile is looked for now."""
        if self._pace.touch() and self._pulling is NONE:
            self._pull_now.set()

    def reload(self) -> None:
        """Read the whole board again."""
        self.puller.forget()
        self.refresh()

    def open(self, board_id: BoardId, cursor: str | None) -> None:
        """Follow another board from `cursor` on; None reads it whole."""
        self.puller.follow(board_id, cursor)
        self.refresh()

    def _noticed(self, notice: Notice) -> None:
        """Send what can be sent now; while the server refuses or has asked for a pause, no edit is worth a try."""
        if notice.state.outbox is notice.before.outbox or self._sending.reach in ("paused", "refused"):
            return
        if self._sending is NONE or isinstance(notice.event, _MEANT):
            self._send_now.set()

    async def _until_connected(self) -> None:
        while self.backend is None:
            try:
                self.backend = await self._connect()
            except CardwallError as problem:
                self._pulling = self._trouble(problem, self._backoffs[1])
                self._show()
                await self._wait(self._pulling.seconds, self._pull_now)
        self._pulling = NONE

    async def _keep_sending(self) -> None:
        assert self.backend is not None
        if self._ready is not None:
            await self._ready()
        while True:
            self._send_now.clear()
            before = self._sender.answers
            try:
                with ranked(Rank.WRITE):
                    await self._sender.send_all(self.backend)
            except CardwallError as problem:
                if self._sender.answers > before:
                    self._backoffs[0].reset()
                self._sending = self._trouble(problem, self._backoffs[0])
                self._send_now.clear()  # what this attempt itself changed is no reason for the next one
            else:
                self._backoffs[0].reset()
                self._sending = NONE
                self._reached(self._sender.answers > before)
            self._show()
            await self._wait(self._sending.seconds, self._send_now)

    async def _keep_pulling(self) -> None:
        assert self.backend is not None
        while True:
            if self._ready is not None:
                await self._ready()
            self._pull_now.clear()
            self._pace.begin()
            asked = self._asked
            try:
                await self._look(self.backend, asked)
            except BudgetSpent as spent:
                # News nobody waits for come later; the wall is as synced as it says.
                self._pulling = self._trouble(spent, self._backoffs[1]) if asked else NONE
                self._show()
                seconds: float | None = spent.retry_after
            except CardwallError as problem:
                self._pulling = self._trouble(problem, self._backoffs[1])
                self._show()
                seconds = self._pulling.seconds
            else:
                self._backoffs[1].reset()
                self._pulling = NONE
                if self._sending.reach == "offline":
                    self._sending = NONE
                    self._send_now.set()
                self._show(synced_at=self._store.clock())
                seconds = self._pace.seconds()
            await self._wait(seconds, self._pull_now)

    async def _look(self, backend: Backend, asked: bool) -> None:
        """Look for news once; `asked` by the user, or on our own account."""
        with ranked(Rank.ASK if asked else Rank.REFRESH):
            await self.puller.pull(backend, thoroughly=asked)
            if asked or not self._store.state.boards:
                await self.puller.list_boards(backend)
        self._asked = self._asked and not asked

    def _reached(self, answered: bool) -> None:
        """The server has answered a write: then it can be asked for news too."""
        if answered and self._pulling.reach == "offline":
            self._pulling = NONE
            self._pull_now.set()

    def _trouble(self, problem: CardwallError, backoff: Backoff) -> Trouble:
        """Why one half does not get on, and the seconds until it tries again: None for "until the user asks"."""
        if isinstance(problem, RateLimited):
            resumes = Moment(round(self._store.clock() + problem.retry_after))
            held = isinstance(problem, BudgetSpent)
            return Trouble("paused", problem.message, problem.retry_after, resumes, held)
        if isinstance(problem, NotAllowed):
            return Trouble("refused", problem.message)
        return Trouble("missing" if isinstance(problem, NotFound) else "offline", problem.message, backoff.step())

    def _show(self, *, synced_at: Moment | None = None) -> None:
        """Tell the Store how the wall stands with its server: the worst of sending and pulling."""
        now = self._store.state.link
        trouble = worst(self._sending, self._pulling)
        reach: Reach = "starting" if now.reach == "starting" and synced_at is None else "online"
        if trouble.reach != "none" and trouble.reach != "missing":  # for those it does answer
            reach = trouble.reach
        budget, counts = self._left()
        link = replace(
            now,
            reach=reach,
            message=trouble.message,
            resumes_at=trouble.resumes_at,
            held=trouble.held,
            budget=budget,
            counts=counts,
            synced_at=now.synced_at if synced_at is None else synced_at,
            loading=now.loading if synced_at is None and self._pulling is NONE else None,
        )
        if link != now:
            self._store.apply(LinkChanged(link))

    def _left(self) -> tuple[tuple[int, int] | None, Literal["req", "edits"]]:
        """What the key may still send: requests, or edits where each must look before it writes."""
        budget = self._pace.budget.left()
        if budget is None or self.backend is None or self.backend.capabilities.versioned:
            return budget, "req"
        return (budget[0] // GUARDED_EDIT, budget[1] // GUARDED_EDIT), "edits"
