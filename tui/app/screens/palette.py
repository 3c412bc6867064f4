"""The palette: run any command by a few letters of its title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.app import palette
from tui.app.screens.palette_list import ListScreen, Row

if TYPE_CHECKING:
    from tui.app.app import WallApp


class PaletteScreen(ListScreen):
    """Closes with the id of the command to run."""

    app: WallApp

    def __init__(self) -> None:
        super().__init__("run a command: type a few letters of it", takes="runs it")

    def rows(self, text: str) -> Sequence[Row]:
        """The commands that `text` finds."""
        return palette.found(self.app.context, text, self.room)
