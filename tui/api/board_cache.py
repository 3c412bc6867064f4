"""What a foreign server said of its boards, kept: a board costs several requests, and a key has few a minute."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from tui.domain.model import Board, BoardId, Item

LONGEST = 120.0
"""Seconds after which a board is read again, though nothing says that it has changed."""


class BoardCache:
    """Boards as they were read, until they are old or an item shows that they have changed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[BoardId, tuple[float, Board]] = {}
        self._doubts: set[tuple[BoardId, str]] = set()

    def get(self, board_id: BoardId) -> Board | None:
        """The board, when it need not be asked for."""
        at, board = self._kept.get(board_id, (float("-inf"), None))
        return board if self._clock() - at < LONGEST else None

    def put(self, board: Board) -> Board:
        """Keep a board that was just read."""
        self._kept[board.id] = (self._clock(), board)
        return board

    def forget(self) -> None:
        """Read every board again."""
        self._kept.clear()

    def check(self, board: Board, items: Iterable[Item]) -> None:
        """Have the board read again when an item is in a column or status it does not have.

        Once for each: a column that stays unknown must not cost requests for ever.
        """
        places = {(item.column_id, item.status_id) for item in items}
        for column_id, status_id in places:
            column = board.column(column_id)
            if column is None or (status_id is not None and column.status(status_id) is None):
                doubt = (board.id, f"{column_id}/{status_id}")
                if doubt not in self._doubts:
                    self._doubts.add(doubt)
                    self._kept.pop(board.id, None)
