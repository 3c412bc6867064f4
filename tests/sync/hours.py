"""Hours that pass in an instant: a loop whose clock jumps to its next timer, and a client whose requests count."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeVar

from tests.sync.backend import OURS, Line, Wire
from tests.sync.samples import an_item
from tests.sync.server import Server
from tests.sync.wall import NOW, _Inline
from tui.api.backend import Backend, Capabilities
from tui.api.budget_file import MemoryKeeper
from tui.api.budget_gate import BudgetGate
from tui.api.problems import Answer
from tui.config import RateLimit
from tui.domain.model import Board, BoardId, Item, Moment
from tui.errors import RateLimited
from tui.sync.engine import Engine
from tui.sync.pace import Pace
from tui.sync.store import Store

T = TypeVar("T")
HOUR = 3600.0


class JumpingLoop(asyncio.SelectorEventLoop):
    """When nothing is left to do, it is as late as the next timer."""

    def __init__(self) -> None:
        self.now = float(NOW)
        super().__init__()
        me: Any = self
        me._clock_resolution = 1e-3  # seconds since the epoch are no finer than that
        self.set_default_executor(_Inline())

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        me: Any = self
        due = [timer._when for timer in me._scheduled if not timer.cancelled()]
        if not me._ready and due:
            self.now = max(self.now, min(due))
        super()._run_once()  # type: ignore[misc]  # the loop's own step


class Metered(Wire):
    """A connection on which each request passes the gate; the server refuses what it was not offered."""

    def __init__(self, line: Line, gate: BudgetGate, clock: Callable[[], float], limit: int) -> None:
        super().__init__(line)
        self.gate = gate
        self.clock = clock
        self.limit = limit
        """Requests a minute that the server itself allows."""
        self.sent: list[tuple[float, str]] = []
        self.refused = 0

    async def board(self, board_id: BoardId) -> Board:
        for _ in range(0 if self.capabilities.blueprint else 4):  # names, columns, their statuses, a sample
            await self._pass("part of the board", writing=False)
        return await super().board(board_id)

    async def _read(self, what: str, act: Callable[[], T]) -> T:
        await self._pass(what, writing=False)
        return await super()._read(what, act)

    async def _write(self, what: str, key: str, act: Callable[[], Item | None]) -> Item | None:
        await self._pass(what, writing=True)
        return await super()._write(what, key, act)

    async def _pass(self, what: str, *, writing: bool) -> None:
        await self.gate.enter(writing=writing)
        now = self.clock()
        self.sent.append((now, what))
        if sum(1 for at, _ in self.sent if at > now - 60) > self.limit:
            self.refused += 1
            self.gate.answered(Answer(429, {"retry-after": "20"}))
            raise RateLimited("too many requests", 20)
        self.gate.answered(Answer(200, {}))


class Day:
    """One client on one server, by the hour."""

    def __init__(
        self, limits: tuple[RateLimit, ...], capabilities: Capabilities, *, items: int, allows: int, poll: float
    ) -> None:
        self.loop = JumpingLoop()
        self.server = Server()
        self.server.put(*(an_item(number) for number in range(1, items + 1)))
        ids = count(1)
        self.store = Store(clock=lambda: Moment(int(self.loop.now)), new_id=lambda: f"p{next(ids)}")
        self.gate = BudgetGate(limits, MemoryKeeper(), clock=self.loop.time)
        self.wire = Metered(Line(self.server, "sam", capabilities), self.gate, self.loop.time, allows)
        self.engine = Engine(self.store, self._connect, pace=Pace(poll, self.loop.time, self.gate))
        self.running: asyncio.Task[None] | None = None

    async def _connect(self) -> Backend:
        return self.wire

    def pass_time(self, seconds: float) -> int:
        """Let that much time pass; requests sent meanwhile."""
        before = len(self.wire.sent)
        if self.running is None:
            self.running = self.loop.create_task(self.engine.run())
        self.loop.run_until_complete(asyncio.sleep(seconds))
        assert not self.running.done()
        return len(self.wire.sent) - before

    def work(self, seconds: float, act: Callable[[int], object] = lambda press: None, every: float = 10.0) -> int:
        """Let time pass while a key is pressed every so often."""
        sent = 0
        for press in range(int(seconds / every)):
            self.engine.touch()
            act(press)
            sent += self.pass_time(every)
        return sent


@contextmanager
def day(
    *limits: RateLimit, capabilities: Capabilities = OURS, items: int = 3, allows: int = 10**6, poll: float = 5.0
) -> Iterator[Day]:
    """A day that begins."""
    one = Day(limits, capabilities, items=items, allows=allows, poll=poll)
    try:
        yield one
    finally:
        if one.running is not None:
            one.running.cancel()
            one.loop.run_until_complete(asyncio.gather(one.running, return_exceptions=True))
        one.loop.close()
