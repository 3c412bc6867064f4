"""What this machine remembers of a server, read as if from it: enough to queue a change while nobody answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from tui.api.backend import NOTHING_KNOWN, Capabilities, Contract, Page
from tui.api.cekat_limits import DocumentedOnly
from tui.domain.changes import Edits
from tui.domain.model import Board, BoardId, BoardName, Item, ItemId
from tui.errors import NotFound, Offline, Unsupported
from tui.sync.snapshot import SnapshotFile

_ALL = Capabilities(rename=True, labels=True, position=True, delete=True)
"""Nobody can be asked: what the server refuses is found when the change is sent."""


class Remembered(DocumentedOnly):
    """The Snapshot that the walls of a profile keep, as a Backend that writes nothing."""

    contract: Contract = "slate"
    capabilities = _ALL

    def __init__(self, file: SnapshotFile) -> None:
        self._file = file

    async def open(self) -> None:
        """Nothing is asked."""

    async def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    async def boards(self) -> tuple[BoardName, ...]:
        """The boards that a wall has shown."""
        return tuple(BoardName(board.id, board.name) for board in self._file.boards())

    async def board(self, board_id: BoardId) -> Board:
        """A board as it was last known."""
        found = self._file.board(board_id)
        if found is None:
            raise NotFound(f"there is no board {board_id!r} that this machine remembers")
        return found.board

    async def pages(self, board_id: BoardId, known: str | None = None) -> AsyncIterator[Page]:
        """Every item as it was last known."""
        del known
        for items in self._file.all_items(board_id):
            yield Page(tuple(items))

    async def changed(self, board_id: BoardId, known: Mapping[ItemId, Item]) -> Page | None:
        """Nothing ever differs from what is remembered; there is nobody to tell it."""
        del board_id, known
        return None

    async def item(self, item_id: ItemId) -> Item:
        """One item, by id or key. `NotFound` when there is none, or several by that key."""
        found = [
            item
            for board in self._file.boards()
            for items in self._file.all_items(board.id)
            for item in items
            if item.id == item_id or item.key == item_id
        ]
        exact = [item for item in found if item.id == item_id] or found
        if len(exact) != 1:
            raise NotFound(f"there is no item {item_id!r} that this machine remembers")
        return exact[0]

    async def search(
        self, board_id: BoardId, text: str, limit: int, known: Mapping[ItemId, Item] = NOTHING_KNOWN
    ) -> tuple[Item, ...]:
        """No server is asked. Raises `Unsupported`."""
        del board_id, text, limit, known
        raise Unsupported("what is remembered of a board has no search of its own")

    async def create(self, draft: Item, *, key: str) -> Item:
        """Raises `Offline`."""
        raise _nobody(draft, key)

    async def edit(self, base: Item, edits: Edits, *, key: str) -> Item:
        """Raises `Offline`."""
        del edits
        raise _nobody(base, key)

    async def delete(self, base: Item, *, key: str) -> None:
        """Raises `Offline`."""
        raise _nobody(base, key)


def _nobody(item: Item, key: str) -> Offline:
    del key
    return Offline(f"nothing was sent of {item.key}: the server cannot be reached")
