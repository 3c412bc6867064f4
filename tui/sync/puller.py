"""The half of the engine that reads: the first load, then what changed since, as events of at most 200 items."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import islice

from tui.api.backend import Backend, FeedExpired
from tui.domain.model import BoardId, ItemId
from tui.errors import NotFound
from tui.sync.events import BoardChanged, BoardsListed, LinkChanged, Opened, Pulled, Removed
from tui.sync.store import Store

SLICE = 200


class Puller:
    """Keeps the open board's Snapshot as the server has it."""

    def __init__(self, store: Store, board_id: BoardId | None = None, *, board_name: str | None = None) -> None:
        self._store = store
        self._board_name = board_name
        self.board_id = board_id
        """The board to follow; None for the first there is."""
        self._cursors: dict[BoardId, str] = {}

    @property
    def cursor(self) -> str | None:
        """What the open board's Snapshot covers; None when it must be read whole."""
        return self._cursors.get(self.board_id) if self.board_id else None

    def follow(self, board_id: BoardId, cursor: str | None) -> None:
        """Turn to another board; a load that is under way for the old one ends after its page."""
        self.board_id = board_id
        self._cursors.pop(board_id, None)
        if cursor is not None:
            self._cursors[board_id] = cursor

    def forget(self) -> None:
        """Read the board whole next time."""
        if self.board_id is not None:
            self._cursors.pop(self.board_id, None)

    async def list_boards(self, backend: Backend) -> None:
        """Read the boards there are."""
        self._store.apply(BoardsListed(await backend.boards()))

    async def pull(self, backend: Backend) -> None:
        """Bring the Snapshot up to date, reading everything where nothing is known.

        Raises NotFound when there is no board to open.
        """
        board_id = self.board_id or await self._first_board(backend)
        cursor = self._cursors.get(board_id)
        if cursor is None or not backend.capabilities.changes:
            await self._read_board(backend, board_id)
            await self._load(backend, board_id)
        else:
            await self._catch_up(backend, board_id, cursor)

    async def _first_board(self, backend: Backend) -> BoardId:
        """The board asked for by name, else the open one, else the first there is."""
        await self.list_boards(backend)
        boards = self._store.state.boards
        if not boards:
            raise NotFound("there is no board yet; make one with “new board”")
        found = boards[0].id
        if self._board_name is not None:
            wanted = self._board_name.casefold()
            named = next((board.id for board in boards if board.name.casefold() == wanted), None)
            if named is None:
                there = ", ".join(board.name for board in boards)
                raise NotFound(f"there is no board {self._board_name!r}; there are: {there}")
            found = named
        elif self._store.state.board is not None:
            found = self._store.state.board.id
        self.board_id = self.board_id or found
        return self.board_id

    async def _read_board(self, backend: Backend, board_id: BoardId) -> None:
        board = await backend.board(board_id)
        if self.board_id != board_id:
            return
        is_open = self._store.state.board is not None and self._store.state.board.id == board_id
        self._store.apply(BoardChanged(board) if is_open else Opened(board))

    async def _catch_up(self, backend: Backend, board_id: BoardId, cursor: str) -> None:
        more = True
        while more and self.board_id == board_id:
            try:
                changes = await backend.changes(board_id, cursor)
            except FeedExpired:
                await self._load(backend, board_id)
                return
            if self.board_id != board_id:
                return
            board = self._store.state.board
            if changes.blueprint is not None and board is not None and changes.blueprint != board.revision:
                await self._read_board(backend, board_id)
            if changes.items:
                self._store.apply(Pulled(changes.items))
            if changes.deleted:
                self._store.apply(Removed(changes.deleted))
            self._cursors[board_id] = cursor = changes.cursor
            more = changes.more

    async def _load(self, backend: Backend, board_id: BoardId) -> None:
        """Read every item; what the list no longer mentions is settled in slices.

        The cursor is taken before the first page, so that what changes meanwhile comes with the feed.
        """
        cursor = await backend.cursor(board_id) if backend.capabilities.changes else None
        known = [i.id for i in self._store.state.items.values() if i.board_id == board_id and not i.is_local]
        seen: set[ItemId] = set()
        async for page in backend.pages(board_id):
            if self.board_id != board_id:
                return
            self._store.apply(Pulled(page.items, first=not known))
            seen.update(item.id for item in page.items)
            link = replace(self._store.state.link, reach="online", message="", loading=(len(seen), page.total))
            self._store.apply(LinkChanged(link))
            await asyncio.sleep(0)
        missing = (item_id for item_id in known if item_id not in seen)
        while ids := tuple(islice(missing, SLICE)):
            if self.board_id != board_id:
                return
            self._store.apply(Removed(ids))
            await asyncio.sleep(0)
        if cursor is not None:
            self._cursors[board_id] = cursor
