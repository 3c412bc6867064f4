"""How often one address may try keys that open nothing: each try may cost a look into the database."""

from __future__ import annotations

from collections import OrderedDict

from tui.config import RateLimit
from tui.server.program.window import Budget, Window

TRIES = RateLimit(60, 60)
"""Wrong keys of one address that are answered with a plain 401."""
MOST_ADDRESSES = 1000
"""Addresses that are remembered; the one that has tried nothing for the longest time is forgotten first."""


class Strangers:
    """Wrong keys by the address they came from, in bounded memory."""

    def __init__(self, limit: RateLimit = TRIES, most: int = MOST_ADDRESSES) -> None:
        self._limit, self._most = limit, most
        self._windows: OrderedDict[str, Window] = OrderedDict()

    def refusal(self, address: str, now: int) -> Budget | None:
        """What an address is told that has tried too often; None for any other."""
        window = self._windows.get(address)
        return None if window is None else window.spent(now)

    def tried(self, address: str, now: int) -> Budget:
        """Note a wrong key, unless there were too many already."""
        window = self._windows.setdefault(address, Window((self._limit,)))
        self._windows.move_to_end(address)
        if len(self._windows) > self._most:
            self._windows.popitem(last=False)
        return window.take(now)
