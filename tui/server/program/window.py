"""At most so many requests in any so many seconds: sliding windows, as values of time that somebody else keeps."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from msgspec import Struct

from tui.config import RateLimit


class Budget(Struct, frozen=True):
    """What a request found: whether it was let in, and what is left in the window that is nearest to its end."""

    granted: bool
    limit: int
    remaining: int
    reset: int
    """Seconds, rounded up, until the next call is given back."""


class Window:
    """The calls of one caller within some limits. Moments are whole milliseconds and never go back."""

    def __init__(self, limits: Sequence[RateLimit]) -> None:
        if not limits:
            raise ValueError("a window needs a limit")
        self._logs = [(limit, deque[int](maxlen=limit.count)) for limit in limits]

    def spent(self, now: int) -> Budget | None:
        """What a call is told that cannot be let in now; None when it can be."""
        for limit, log in self._logs:
            while log and log[0] + limit.seconds * 1000 <= now:
                log.popleft()
        full = [(limit, log) for limit, log in self._logs if len(log) == limit.count]
        if not full:
            return None
        limit, log = max(full, key=lambda each: each[1][0] + each[0].seconds * 1000)
        return Budget(False, limit.count, 0, _reset(limit, log, now))

    def take(self, now: int) -> Budget:
        """Ask for one call. A refused one does not count."""
        spent = self.spent(now)
        if spent is not None:
            return spent
        for _, log in self._logs:
            log.append(now)
        limit, log = min(self._logs, key=lambda each: each[0].count - len(each[1]))
        return Budget(True, limit.count, limit.count - len(log), _reset(limit, log, now))


def _reset(limit: RateLimit, log: deque[int], now: int) -> int:
    return -((now - log[0] - limit.seconds * 1000) // 1000)
