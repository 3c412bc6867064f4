"""The columns side by side: as many panes as fit, each showing the column that panning has brought to it."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from tui.app.drawing import CARD
from tui.app.widgets.column_pane import HEAD, ColumnPane, Painter
from tui.domain.model import ItemId

NARROWEST: Final = 20
"""Cells below which a column is no longer worth looking at."""
SINGLE: Final = 60
"""Screens narrower than this show one column at a time."""
BARS: Final = 2
"""Lines above and below the wall."""


class WallView(Horizontal):
    """Holds the panes; knows how many columns and cards fit."""

    DEFAULT_CSS = """
    WallView { width: 1fr; height: 1fr; }
    """

    class Resized(Message):
        """Another number of columns or cards fits now."""

        def __init__(self, wide: int, tall: int) -> None:
            super().__init__()
            self.wide = wide
            self.tall = tall

    def __init__(self, painter: Painter) -> None:
        super().__init__(id="wall")
        self.painter = painter
        self.panes: list[ColumnPane] = []
        """The panes in use, from the left."""
        self._made: list[ColumnPane] = []

    def compose(self) -> ComposeResult:
        """The panes of a board that is known already: if they came after the first layout, so would its cards."""
        (width, height), model = self.app.size, self.painter.model
        model.resize(columns_that_fit(width), cards_that_fit(height - BARS))
        self.use(len(model.shown))
        yield from self._made

    def on_resize(self, event: events.Resize) -> None:
        """Say what fits now."""
        self.post_message(self.Resized(columns_that_fit(event.size.width), cards_that_fit(event.size.height)))

    def use(self, count: int) -> None:
        """Have so many panes."""
        if count == len(self.panes):
            return
        missing = [ColumnPane(number, self.painter) for number in range(len(self._made), count)]
        self._made += missing
        self.panes = self._made[:count]
        for pane in self._made:
            pane.display = pane.number < count
        if missing and self.is_mounted:
            self.mount(*missing)

    def paint(self, dirty: set[ItemId]) -> None:
        """Bring the panes up to date: only the lines that differ are painted."""
        for pane in self.panes:
            pane.bring_up_to_date(dirty)


def columns_that_fit(width: int) -> int:
    """How many columns a wall of that many cells shows side by side."""
    return 1 if width < SINGLE else max(1, width // NARROWEST)


def cards_that_fit(height: int) -> int:
    """How many whole cards fit below the heads of a wall of that many lines; the last needs no blank line."""
    return max(1, (height - HEAD + 1) // CARD)
