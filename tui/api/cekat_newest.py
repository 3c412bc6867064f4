"""What changed last on a cekat board: the documented search, sorted by change, in place of the whole list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from tui.api.backend import Page
from tui.api.cekat_envelope import data_of, window_of
from tui.api.cekat_wire import item_id_of
from tui.api.client import Client
from tui.api.guard import alike
from tui.api.json_text import dumps
from tui.api.members import Raw, mapping
from tui.domain.model import BoardId, Item, ItemId, Moment
from tui.errors import Garbled, Invalid, NotFound, ScopeMissing, Unsupported

FEW = 20
"""Items asked for, and at most read one by one, where the answer tells too little."""
WORTH = 3
"""Requests that the whole list must take at least, for a search and a look or two to cost less."""

Read = Callable[[BoardId, ItemId], Awaitable[Item]]


class _NotAsAsked(Exception):
    """The server does not search for this key, does not count, or does not sort."""


class _TooMany(Exception):
    """More has changed than is worth reading one by one."""


class Newest:
    """Looks for changes on the boards of one server."""

    def __init__(self, http: Client, read: Read) -> None:
        self._http = http
        self._read = read
        self._settled: dict[BoardId, Moment] = {}
        """The latest change of each board, once everything of that very moment is known: clocks may tell seconds."""
        self._useless: set[BoardId] = set()
        """Boards that must be read whole."""

    async def look(self, path: str, board_id: BoardId, known: Mapping[ItemId, Item], window: int) -> Page | None:
        """The items that differ from `known`, and how many there are on the board; None when the list must tell.

        The list comes in windows of so many entries. A look never costs more than it: a key whose budget is short
        would else spend all of it on looks that come to no end.
        """
        moments = [item.updated_at for item in known.values() if item.board_id == board_id]
        cost = -(-len(moments) // window)
        if board_id in self._useless or cost < WORTH:
            return None
        latest = max(moments)
        try:
            raws, total = await self._asked(path)
            found, ended = await self._differing(board_id, raws, known, latest, reads=min(FEW, cost - 1))
        except _NotAsAsked:
            self._useless.add(board_id)
            return None
        except (NotFound, _TooMany):
            return None  # an item was deleted in between, or the list costs less
        if not found:  # where all are of one moment, what the whole list shows now settles it too
            self._settled[board_id] = latest
        return Page(found, total) if ended or total == len(raws) else None

    async def _differing(
        self, board_id: BoardId, raws: list[Raw], known: Mapping[ItemId, Item], latest: Moment, *, reads: int
    ) -> tuple[tuple[Item, ...], bool]:
        """Items that are not as `known`, and whether the ones after them must be."""
        settled = self._settled.get(board_id) == latest
        found: list[Item] = []
        for place, raw in enumerate(raws):
            item = _shown_as_known(raw, known)
            if item is None:
                if reads == 0:
                    raise _TooMany
                reads -= 1
                item = await self._read(board_id, item_id_of(raw))
            if place == 0 and item.updated_at < latest:
                raise _NotAsAsked
            if not _is_known(item, known):
                found.append(item)
            elif settled or item.updated_at < latest:
                return tuple(found), True
        return tuple(found), False

    async def _asked(self, path: str) -> tuple[list[Raw], int]:
        body = dumps({"sort_by": "updated_at", "sort_order": "desc", "limit": FEW}).encode()
        try:
            answer = await self._http.send("POST", path, body=body, reading=True)
        except (Invalid, NotFound, ScopeMissing, Unsupported):
            raise _NotAsAsked from None
        raws = data_of(answer)
        if not isinstance(raws, list):
            raise Garbled("the server's answer to a search is not a list of items")
        total, _ = window_of(mapping(answer.json(), "the body"))
        if total is None:
            raise _NotAsAsked
        return [mapping(raw, "an item") for raw in raws[:FEW]], total


def _shown_as_known(raw: Raw, known: Mapping[ItemId, Item]) -> Item | None:
    """The item that an answer shows to be as it was: only where there are versions does a part of it tell."""
    old = known.get(item_id_of(raw))
    return old if old is not None and old.version is not None and raw.get("version") == old.version else None


def _is_known(item: Item, known: Mapping[ItemId, Item]) -> bool:
    old = known.get(item.id)
    return old is item or (old is not None and old.updated_at == item.updated_at and alike(old, item))
