"""Time that passes at once over real sockets: a loop that is as late as its next timer when no socket has news."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

from tests.sync.wall import NOW, _Inline

_GRACE = 0.001
"""Real seconds in which what was written to a socket of this machine has long arrived."""
_TURN = 1e-5
"""Seconds that a turn of the loop takes: who waits for less than the loop's clock can tell must not wait for ever."""


class _Leap(selectors.DefaultSelector):
    """Waits in no time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = float(NOW)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            self.now += _TURN
            return super().select(timeout)
        events = super().select(min(timeout, _GRACE))
        if not events:
            self.now += timeout
        return events


class LeapingLoop(asyncio.SelectorEventLoop):
    """Everything in one thread, the jobs of pools too: so nothing can happen while it leaps."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)
        me: Any = self
        me._clock_resolution = 1e-3  # seconds since the epoch are no finer than that
        self.set_default_executor(_Inline())
        self.failures: list[str] = []
        self.set_exception_handler(lambda _, context: self.failures.append(str(context)))

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._leap.now
