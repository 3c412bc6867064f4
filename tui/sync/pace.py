"""When to try again and when to look for news: waits that an event cuts short, growing pauses, and a pace."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Iterable
from typing import Protocol

from tui.config import RateLimit

FIRST = 0.5
LONGEST = 60.0
"""Seconds."""

IDLE_AFTER = 60.0
"""Seconds without a key after which nobody seems to look."""
ACTIVE_SHARE, IDLE_SHARE = 0.6, 0.4
"""Parts of a limit that looking for news may use."""
IDLE_AN_HOUR = 60
"""Requests an hour at most while nobody looks, wherever there is a limit at all."""
HOUR = 3600.0
WORKED = 1 / 3
"""Part of a day in which keys are pressed: its share of a daily limit may be used up then."""


class Budget(Protocol):
    """What a key may send."""

    @property
    def limits(self) -> tuple[RateLimit, ...]:
        """The limits in force; none where the server has none."""
        ...

    @property
    def looks(self) -> int:
        """Requests so far that only looked for news."""
        ...

    def left(self) -> tuple[int, int] | None:
        """(requests left, limit) of the limit nearest its end; None without one."""
        ...


class NoBudget:
    """The embedded server's: nothing is counted."""

    limits: tuple[RateLimit, ...] = ()
    looks = 0

    def left(self) -> tuple[int, int] | None:
        """Nothing to count."""
        return None


def between_looks(poll: float, limits: Iterable[RateLimit], cost: int, *, active: bool) -> float:
    """Seconds from one look for news to the next, when one look takes `cost` requests."""
    waits = [poll]
    for limit in limits:
        if active:
            span = limit.seconds if limit.seconds < HOUR else limit.seconds * WORKED
            waits.append(cost * span / (limit.count * ACTIVE_SHARE))
        else:
            waits += [cost * limit.seconds / (limit.count * IDLE_SHARE), cost * HOUR / IDLE_AN_HOUR]
    return max(waits)


class Pace:
    """How often to look for news: fast while the user is there and the limits allow it, slow otherwise."""

    def __init__(self, poll: float, clock: Callable[[], float], budget: Budget | None = None) -> None:
        self.budget: Budget = budget or NoBudget()
        self._poll = poll
        self._clock = clock
        self._touched_at = clock()
        self._looks = 0
        self._reread_at = -math.inf

    @property
    def is_active(self) -> bool:
        """Whether the user pressed a key a short while ago."""
        return self._clock() - self._touched_at < IDLE_AFTER

    def touch(self) -> bool:
        """The user pressed a key; whether he had been away and may want news now."""
        was_away = not self.is_active
        self._touched_at = self._clock()
        return was_away and bool(self.budget.limits)

    def may_reread(self) -> bool:
        """Whether an open form may look at its item again: no more often than the board is looked at."""
        now = self._clock()
        wait = between_looks(self._poll, self.budget.limits, 1, active=self.is_active)
        if self.budget.limits and now - self._reread_at < wait:
            return False
        self._reread_at = now
        return True

    def begin(self) -> None:
        """A look begins."""
        self._looks = self.budget.looks

    def seconds(self) -> float:
        """From the end of a look to the next one."""
        cost = max(1, self.budget.looks - self._looks)
        return between_looks(self._poll, self.budget.limits, cost, active=self.is_active)


class Pause(Protocol):
    """Waits up to `seconds`, or until `wake` is set; clears it."""

    async def __call__(self, seconds: float | None, wake: asyncio.Event) -> None:
        """None waits for the event alone."""
        ...


async def pause(seconds: float | None, wake: asyncio.Event) -> None:
    """The real wait."""
    try:
        await asyncio.wait_for(wake.wait(), seconds)
    except TimeoutError:
        return
    finally:
        wake.clear()


class Backoff:
    """Pauses that double up to a minute, each shortened at random so that many walls do not come back at once."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._next = FIRST

    def reset(self) -> None:
        """Something worked."""
        self._next = FIRST

    def step(self) -> float:
        """Seconds to wait now."""
        seconds = self._next * (0.5 + self._chance() / 2)
        self._next = min(self._next * 2, LONGEST)
        return seconds
