"""cekat's lists, a window at a time: as large as the server gives them, and whole although others edit meanwhile."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from tui.api.cekat_envelope import window_of
from tui.api.client import Client
from tui.api.members import Raw, mapping, text
from tui.errors import Garbled, Invalid

LARGEST = 500
"""Entries asked for at a time: the most that servers of ours give; others say what they gave."""
_SMALLER = (100, 50)
"""What to ask a server for that refuses a larger number: nobody documents the most."""
_MOST = 1_000_000
"""Entries of one list: a wall holds a tenth of that."""


class Window(NamedTuple):
    """Some entries that were not in an earlier window."""

    entries: list[Raw]
    total: int | None
    """Entries of the whole list, where the server says."""


class Windows:
    """One list, from its start to its end; an entry that moved meanwhile comes once."""

    def __init__(self, http: Client, path: str, *, most: int = LARGEST) -> None:
        self._http = http
        self._path = path
        self.limit = most
        """Entries that the server is asked for at a time."""
        self.ours = False
        """Whether a server of ours answered; known after the first window."""
        self._offset = 0
        self._seen: set[str] = set()
        self._total: int | None = None
        self._repeated = False
        self._shrank = False
        """Whether an entry may have slipped into a window that was read already: one came twice, or some are gone."""
        self._again = False
        self._done = False

    async def next(self) -> Window | None:
        """The next window; None after the last. Raises `Garbled` for a list that does not go on."""
        while not self._done:
            begins = self._offset == 0 and not self._again
            raws, total, limit = await self._fetched()
            fresh = self._unseen(raws)
            self._repeated = self._repeated or (not begins and len(fresh) < len(raws))
            self._shrank = self._shrank or (total or 0) < (self._total or 0)
            self._total = total
            self._offset += len(raws)
            self.limit = min(self.limit, limit or self.limit)
            self._go_on(len(raws), len(fresh))
            if fresh or begins:
                return Window(fresh, total)
        return None

    def _go_on(self, shown: int, fresh: int) -> None:
        """Settle whether there is more to ask for."""
        left = None if self._total is None else self._total - self._offset
        if left is not None and left > 0 and shown > 0 and not fresh and not self._again:
            raise Garbled(f"the server gives the same entries again for the next page of {self._path}")
        if left is not None and left > 0 and self._offset == 0:
            raise Garbled(f"the server counts {left} entries in {self._path} and shows none")
        if len(self._seen) > _MOST:
            raise Garbled(f"the list {self._path} has more than {_MOST:,} entries")
        ended = shown == 0 or (left <= 0 if left is not None else shown < self.limit or not fresh)
        if not ended:
            return
        slipped = self._shrank or (self._repeated and len(self._seen) < (self._total or 0))
        if slipped and not self._again:
            self._offset, self._again = 0, True
        else:
            self._done = True

    def _unseen(self, raws: list[Raw]) -> list[Raw]:
        fresh = []
        for raw in raws:
            entry = text(raw, "id")
            if entry not in self._seen:
                self._seen.add(entry)
                fresh.append(raw)
        return fresh

    async def _fetched(self) -> tuple[list[Raw], int | None, int | None]:
        while True:
            try:
                return await self._window()
            except Invalid:
                smaller = next((size for size in _SMALLER if size < self.limit), None)
                if self._offset or smaller is None:
                    raise
                self.limit = smaller

    async def _window(self) -> tuple[list[Raw], int | None, int | None]:
        params = {"limit": str(self.limit), "offset": str(self._offset)}
        async with self._http.stream(self._path, params=params, member="data") as listing:
            try:
                raws = [mapping(raw, "an entry") for raw in await listing.all()]
            except Garbled:
                window_of(listing.rest)  # a refusal that came with a 200 says more
                raise
        self.ours = listing.head.ours
        await asyncio.sleep(0)  # a window was decoded in one go: keys come before it is read
        return raws, *window_of(listing.rest)
