"""Ids that sort by the time they were made: UUID version 7, made by the program and not by the database."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TypeAlias

NewId: TypeAlias = Callable[[int], str]
"""From milliseconds since the epoch to a new id."""


class IdMaker:
    """Makes ids that rise within a process, even when the clock stands still or steps back a little."""

    def __init__(self, entropy: Callable[[int], bytes] = os.urandom) -> None:
        self._entropy = entropy
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self, now: int) -> str:
        """A new id for that moment in milliseconds."""
        noise = int.from_bytes(self._entropy(10), "big")
        with self._lock:
            # The 12 bits after the time are a counter that starts low, so there is room to count up.
            ticket = max(now << 12 | noise >> 70 & 0x3FF, self._last + 1)
            self._last = ticket
        return uuid7(ticket >> 12, ticket & 0xFFF, noise & (1 << 62) - 1)


def uuid7(milliseconds: int, counter: int, noise: int) -> str:
    """A version 7 UUID from 48 bits of time, 12 bits of counter and 62 bits of noise."""
    low = 0x8 << 60 | noise
    digits = f"{milliseconds & (1 << 48) - 1:012x}7{counter:03x}{low:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
