"""The boards there are, to switch between."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.app.clean import show
from tui.app.screens.palette_list import ListScreen, Row
from tui.domain.model import BoardId, BoardName
from tui.domain.text import fold


class BoardsScreen(ListScreen):
    """Closes with the place of a board in `boards`, as a text."""

    def __init__(self, boards: Sequence[BoardName], now: BoardId | None) -> None:
        super().__init__("open a board: type its name")
        self.boards = tuple(boards)
        self._now = now

    def rows(self, text: str) -> Sequence[Row]:
        """Boards whose name holds the text, those that begin with it first; the open one is marked."""
        wanted = fold(text)
        found = [(place, board) for place, board in enumerate(self.boards) if wanted in fold(board.name)]
        found.sort(key=lambda entry: not fold(entry[1].name).startswith(wanted))
        return [Row(str(place), self._line(board)) for place, board in found]

    def _line(self, board: BoardName) -> Content:
        here = Content.styled("  open", "$text-muted") if board.id == self._now else Content("")
        return Content.assemble(" ", show(board.name), here)
