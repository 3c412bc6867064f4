"""The half of the engine that reads: the first load, then what changed since, as events of at most 200 items."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

from immutables import Map
from msgspec.structs import replace

from tui.api.backend import Backend, FeedExpired, reads_alike
from tui.api.rank import Rank, ranked
from tui.domain.model import BoardId, Item, ItemId
from tui.errors import NotFound
from tui.sync.counts import Counts
from tui.sync.events import (
    Accepted,
    BoardChanged,
    BoardsListed,
    Conflicted,
    LinkChanged,
    Opened,
    Pulled,
    Removed,
)
from tui.sync.overtaken import without_overtaken
from tui.sync.store import Notice, Store

SLICE = 200
SCAN = 1000
"""Items that are looked at in one go when a whole list is compared with what is known: a millisecond or two."""
THOROUGH_EVERY = 10
"""Looks at a board without a feed of which one reads it whole."""


class Puller:
    """Keeps the open board's Snapshot as the server has it."""

    def __init__(self, store: Store, board_id: BoardId | None = None, *, board_name: str | None = None) -> None:
        self._store = store
        self._board_name = board_name
        self.board_id = board_id
        """The board to follow; None for the first there is."""
        self._cursors: dict[BoardId, str] = {}
        self._tags: dict[BoardId, str] = {}
        """What the open board's whole list went by, while everything of it is in the Snapshot as it was read."""
        self._counts = Counts(store)
        self._partial: set[BoardId] = set()
        self._errand = 0
        """Counts what was asked for; a read of an earlier errand ends after its page and leaves no cursor."""

        self._looks: Counter[BoardId] = Counter()
        """Looks at a board since it was last to be read whole."""

        self.loads = 0
        """Whole reads of a board that have begun."""

        self._answers = 0
        """Answers to writes. A list that one has come between is not in the Snapshot just as it was read."""

        store.subscribe(self._answered)

    @property
    def cursor(self) -> str | None:
        """What the open board's Snapshot covers; None when it must be read whole."""
        return self.covered(self.board_id) if self.board_id else None

    def covered(self, board_id: BoardId) -> str | None:
        """What the Snapshot covers of a board; None when it must be read whole."""
        return self._cursors.get(board_id) if board_id == self.board_id else None

    def follow(self, board_id: BoardId, cursor: str | None) -> None:
        """Turn to another board; a load that is under way for the old one ends after its page."""
        self._errand += 1
        self.board_id = board_id
        self._cursors.pop(board_id, None)
        self._tags.clear()
        self._looks[board_id] = 0
        if cursor is not None:
            self._cursors[board_id] = cursor

    def forget(self) -> None:
        """Read the board whole next time; a read that is under way ends after its page."""
        self._errand += 1
        if self.board_id is not None:
            self._cursors.pop(self.board_id, None)
            self._tags.clear()
            self._looks[self.board_id] = 0

    async def list_boards(self, backend: Backend) -> None:
        """Read the boards there are."""
        self._store.apply(BoardsListed(await backend.boards()))

    async def pull(self, backend: Backend, *, thoroughly: bool = True) -> None:
        """Bring the Snapshot up to date, reading everything where nothing is known.

        Without a feed, a look that need not be thorough may leave out what seldom changes: columns and deletions.
        Raises NotFound when there is no board to open.
        """
        board_id = self.board_id or await self._first_board(backend)
        errand = self._errand
        cursor = self._cursors.get(board_id)
        if cursor is not None and backend.capabilities.changes:
            await self._catch_up(backend, board_id, cursor, errand)
            return
        quickly = not backend.capabilities.changes and not thoroughly and self._looks[board_id] % THOROUGH_EVERY != 0
        if not quickly:
            await self._read_board(backend, board_id, errand)
        if quickly and backend.capabilities.by_change:
            await self._newest(backend, board_id, errand)
        else:
            await self._load(backend, board_id, errand)
        if self._errand == errand:
            self._looks[board_id] += 1

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

    async def _read_board(self, backend: Backend, board_id: BoardId, errand: int) -> None:
        board = await backend.board(board_id)
        if self._errand != errand:
            return
        before = self._store.state.board
        if board != before:  # what was read under other columns and fields is read again
            self._tags.clear()
        is_open = before is not None and before.id == board_id
        self._store.apply(BoardChanged(board) if is_open else Opened(board))

    async def _catch_up(self, backend: Backend, board_id: BoardId, cursor: str, errand: int) -> None:
        more, caught_up = True, 0
        while more:
            try:
                changes = await backend.changes(board_id, cursor)
            except FeedExpired:
                await self._load(backend, board_id, errand)
                return
            board = self._store.state.board
            if changes.blueprint is not None and board is not None and changes.blueprint != board.revision:
                await self._read_board(backend, board_id, errand)
                now = self._store.state.board
                if now is not None and now.id == board.id and not reads_alike(board, now):
                    await self._load(backend, board_id, errand)  # what was read by the old fields is read again
                    return
            if self._errand != errand:
                return
            if changes.items:
                self._store.apply(Pulled(changes.items))
            if changes.deleted:
                self._store.apply(Removed(changes.deleted))
            self._cursors[board_id] = cursor = changes.cursor
            more = changes.more
            if more:  # counts and sums would be out of date at once, page by page
                caught_up += len(changes.items) + len(changes.deleted)
                self._tell_progress(caught_up, None)

    async def _newest(self, backend: Backend, board_id: BoardId, errand: int) -> None:
        """Ask only for what differs; where that leaves the board with another number of items, read it whole."""
        with without_overtaken(self._store) as current:
            page = await backend.changed(board_id, self._store.state.items)
            if self._errand != errand:
                return
            if page is not None and page.items:
                self._store.apply(Pulled(current(page.items)))
        if page is None or (page.total is not None and page.total != self._counts.of(board_id)):
            await self._load(backend, board_id, errand)

    async def _load(self, backend: Backend, board_id: BoardId, errand: int) -> None:
        """Read every item; what the list no longer mentions is settled in slices.

        The cursor is taken before the first page, so that what changes meanwhile comes with the feed.
        """
        self.loads += 1
        answers = self._answers
        cursor = await backend.cursor(board_id) if backend.capabilities.changes else None
        before = self._store.state.items  # what comes meanwhile is none that the list should have shown
        if not self._counts.of(board_id):
            self._partial.add(board_id)
        first = board_id in self._partial  # also after a first load that was cut short
        tag = None if first else self._tags.get(board_id)
        seen: set[ItemId] = set()
        with ranked(Rank.LOAD), without_overtaken(self._store) as current:
            async for page in backend.pages(board_id, tag):
                if self._errand != errand:
                    return
                tag = page.tag
                if page.unchanged:
                    before = Map()
                    break
                self._tags.pop(board_id, None)  # from here on the Snapshot is no longer what it went by
                self._store.apply(Pulled(current(page.items), first=first))
                seen.update(item.id for item in page.items)
                if first:
                    self._tell_progress(len(seen), page.total)
                await asyncio.sleep(0)
        for ids in _missing(before, board_id, seen):
            if self._errand != errand:
                return
            if ids:
                self._store.apply(Removed(ids))
            await asyncio.sleep(0)
        if self._errand == errand:
            self._loaded(board_id, cursor, tag if answers == self._answers else None)

    def _loaded(self, board_id: BoardId, cursor: str | None, tag: str | None) -> None:
        self._partial.discard(board_id)
        if tag is not None:
            self._tags[board_id] = tag
        if cursor is not None:
            self._cursors[board_id] = cursor

    def _answered(self, notice: Notice) -> None:
        if isinstance(notice.event, Accepted | Conflicted):
            self._answers += 1
            self._tags.clear()

    def _tell_progress(self, count: int, total: int | None) -> None:
        link = self._store.state.link
        if link.reach in ("starting", "offline"):  # a pause or a refusal of our writes is still to be told
            link = replace(link, reach="online", message="")
        self._store.apply(LinkChanged(replace(link, loading=(count, total))))


def _missing(before: Map[ItemId, Item], board_id: BoardId, seen: set[ItemId]) -> Iterator[tuple[ItemId, ...]]:
    """Items of a board that its whole list has not shown, in slices; an empty one where a pause is due."""
    missing: list[ItemId] = []
    for looked, item in enumerate(before.values(), 1):
        if item.id not in seen and item.board_id == board_id:
            missing.append(item.id)
        if len(missing) == SLICE or looked % SCAN == 0:
            yield tuple(missing)
            missing.clear()
    yield tuple(missing)
