"""What a new item resembles: open one of them, create it anyway, or go back."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui.api.backend import Duplicate
from tui.app.clean import show
from tui.app.screens.palette_list import ListScreen, Row
from tui.domain.model import Board
from tui.domain.text import fold

CREATE = "create"


class DuplicatesScreen(ListScreen):
    """Closes with `create`, with the place of a duplicate as a text, or with nothing."""

    def __init__(self, board: Board, found: tuple[Duplicate, ...]) -> None:
        count = len(found)
        super().__init__(f"{count} item{'' if count == 1 else 's'} like this one: Enter opens, Esc goes back")
        self._said = [(str(place), line(board, duplicate)) for place, duplicate in enumerate(found)]

    def rows(self, text: str) -> Sequence[Row]:
        """The resembling items, then the way on."""
        rows = [*self._said, (CREATE, "create it anyway")]
        return [Row(row_id, Content.assemble(" ", show(said))) for row_id, said in rows if fold(text) in fold(said)]


def line(board: Board, duplicate: Duplicate) -> str:
    """One resembling item: what it is, where it stands, and what is alike."""
    item = duplicate.item
    column = board.column(item.column_id)
    labels = [field.label if (field := board.field(name)) else name for name in duplicate.matched_fields]
    likeness = "" if duplicate.score >= 1 else f", {duplicate.score:.0%} alike"
    where = f" in {column.name}" if column else ""
    return f"{item.key} {item.name}{where}{likeness}: same {', '.join(labels) or 'words'}"
