"""The boards there are, to switch between."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList

from tui.app.clean import show
from tui.app.screens.palette_list import ListScreen, Row
from tui.domain.model import BoardId, BoardName
from tui.domain.text import fold
from tui.sync.store import Notice, Store

BOARD = "board "
"""Stands before a board's id in a row's id."""
NEW = "new"


class BoardsScreen(ListScreen):
    """Closes with `BOARD` and a board's id, or with `NEW`; the list follows what the server says while it is open."""

    def __init__(self, store: Store, now: BoardId | None, *, can_make: bool = False) -> None:
        super().__init__("open a board: type its name")
        self._store = store
        self._now = now
        self._can_make = can_make
        self._stop = store.subscribe(self._heard)

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop()

    def rows(self, text: str) -> Sequence[Row]:
        """Boards whose name holds the text, those that begin with it first; the open one is marked."""
        wanted = fold(text)
        found = [board for board in self._store.state.boards if wanted in fold(board.name)]
        found.sort(key=lambda board: not fold(board.name).startswith(wanted))
        made = [Row(NEW, Content.styled(" New board…", "$text-muted"))] if self._can_make else []
        return [*(Row(BOARD + board.id, self._line(board)) for board in found), *made]

    def _line(self, board: BoardName) -> Content:
        here = Content.styled("  open", "$text-muted") if board.id == self._now else Content("")
        return Content.assemble(" ", show(board.name), here)

    def _heard(self, notice: Notice) -> None:
        if notice.state.boards != notice.before.boards and self.is_mounted:
            self.call_later(self._follow)

    def _follow(self) -> None:
        if self.is_mounted:
            option = self.query_one("#choices", OptionList).highlighted_option
            self.show_rows(option.id if option else None)
