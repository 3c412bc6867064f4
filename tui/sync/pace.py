"""When to try again: waits that an event cuts short, and growing pauses with jitter."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Protocol

FIRST = 0.5
LONGEST = 60.0
"""Seconds."""


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
