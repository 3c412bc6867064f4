"""What the cekat contract has no route for: refused before anything is sent."""

from __future__ import annotations

from tui.api.backend import Changes, Duplicate, Past
from tui.domain.model import Board, BoardId, Item, ItemId
from tui.errors import Unsupported


class DocumentedOnly:
    """The calls of a Backend that no documented route carries."""

    async def put_board(self, board: Board, *, key: str, force: bool = False) -> Board:
        """Boards are read-only. Raises `Unsupported`."""
        del board, key, force
        raise Unsupported("this server's API cannot change a board")

    async def cursor(self, board_id: BoardId) -> str | None:
        """There is no feed to have a cursor of."""
        del board_id
        return None

    async def changes(self, board_id: BoardId, after: str) -> Changes:
        """There is no feed. Raises `Unsupported`."""
        del board_id, after
        raise Unsupported("this server's API has no feed of changes")

    async def restore(self, item_id: ItemId, *, key: str) -> Item:
        """A deletion is for good. Raises `Unsupported`."""
        del item_id, key
        raise Unsupported("this server's API cannot bring back deleted items")

    async def duplicates(self, draft: Item) -> tuple[Duplicate, ...]:
        """Nobody looks for duplicates. Raises `Unsupported`."""
        del draft
        raise Unsupported("this server's API has no duplicate check")

    async def history(self, item_id: ItemId) -> tuple[Past, ...]:
        """No history is kept. Raises `Unsupported`."""
        del item_id
        raise Unsupported("this server's API has no history of items")
