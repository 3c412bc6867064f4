"""One column of the wall, drawn line by line: its cost is what is in view, whatever the column holds."""

from __future__ import annotations

from collections.abc import Set
from typing import Protocol, TypeAlias

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.app import drawing
from tui.app.bridge_wall import Lane, WallModel
from tui.app.drawing import CARD, Brush, Head
from tui.app.drawing_cache import CardCache, Look
from tui.domain.model import ColumnId, ItemId

HEAD = 1
"""Lines above the first card."""
Rows: TypeAlias = tuple[tuple[ItemId, bool], ...]
"""What a pane shows: items from the top, each with whether the cursor is on it."""


class Painter(Protocol):
    """What a pane asks while it is being painted."""

    @property
    def model(self) -> WallModel:
        """Cursor, scroll and order."""
        ...

    @property
    def cache(self) -> CardCache:
        """Cards already drawn."""
        ...

    def brush(self, width: int) -> Brush | None:
        """How cards of that width are drawn; None before a board is known."""
        ...

    def look(self, item_id: ItemId, on: bool, /) -> Look | None:
        """What an item's card shows now."""
        ...

    def head(self, lane: Lane, pane: int) -> Head | None:
        """What stands above a column that is drawn in the pane of that number."""
        ...

    def nothing(self, lane: Lane) -> str:
        """What an empty column says."""
        ...


class ColumnPane(Widget):
    """The pane that is the n-th from the left; which column it shows depends on how far the wall has panned."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ColumnPane { width: 1fr; height: 1fr; }
    """

    class Pressed(Message):
        """A card was clicked, or the wheel was turned over the column."""

        def __init__(self, column_id: ColumnId, place: int | None, by: int) -> None:
            super().__init__()
            self.column_id = column_id
            self.place = place
            """Of the card that was clicked."""
            self.by = by
            """Cards the wheel was turned by."""

    def __init__(self, number: int, painter: Painter) -> None:
        super().__init__()
        self.number = number
        self.painter = painter
        self.drawn = 0
        """Lines drawn so far."""
        self._head: Head | None = None
        self._rows: Rows = ()

    @property
    def lane(self) -> Lane | None:
        """The column it shows now."""
        shown = self.painter.model.shown
        return shown[self.number] if self.number < len(shown) else None

    def render_line(self, y: int) -> Strip:
        """Line `y`: the head, a line of a card, or nothing."""
        width = self.size.width
        brush, lane = self.painter.brush(width), self.lane
        if not self.drawn:  # the first frame comes before anyone says that there is something new
            self._head, self._rows = self._wanted_head(lane), self._wanted_rows(lane)
        self.drawn += 1
        if brush is None or lane is None:
            return Strip.blank(width, self.rich_style)
        if y < HEAD:
            return drawing.blank(brush) if self._head is None else drawing.head(brush, self._head)
        row, line = divmod(y - HEAD, CARD)
        if row >= len(self._rows):
            return drawing.blank(brush, self.painter.nothing(lane) if (y == HEAD + 1 and not self._rows) else "")
        look = self.painter.look(*self._rows[row]) if line < brush.face else None
        return drawing.blank(brush) if look is None else self.painter.cache.strips(brush, look)[line]

    def bring_up_to_date(self, dirty: Set[ItemId]) -> None:
        """Paint the lines that differ from what was painted last; `dirty` items may look different."""
        lane = self.lane
        self._paint_head(self._wanted_head(lane))
        old, self._rows = self._rows, self._wanted_rows(lane)
        if bool(old) != bool(self._rows):
            self._paint(HEAD, self.size.height)
            return
        brush = self.painter.brush(self.size.width)
        face = CARD if brush is None else brush.face
        for row in range(max(len(old), len(self._rows))):
            before = old[row] if row < len(old) else None
            after = self._rows[row] if row < len(self._rows) else None
            if before != after:
                # Of a card that only lost or got the cursor, nothing but the first line is different.
                same = before is not None and after is not None and before[0] == after[0]
                self._paint(HEAD + row * CARD, 1 if same else face)
            if after is not None and after[0] in dirty:
                self._paint(HEAD + row * CARD, face)

    def _wanted_head(self, lane: Lane | None) -> Head | None:
        return None if lane is None else self.painter.head(lane, self.number)

    def _wanted_rows(self, lane: Lane | None) -> Rows:
        """The items in view from the top, each with whether the cursor is on it."""
        if lane is None:
            return ()
        model = self.painter.model
        tall = -(-max(0, self.size.height - HEAD) // CARD)
        cursor = model.cursor_in(lane) if lane is model.lane else None
        ids = model.lanes.ids(lane.column_id)[lane.top : lane.top + tall]
        return tuple((item_id, item_id == cursor) for item_id in ids)

    def _paint_head(self, head: Head | None) -> None:
        if head != self._head:
            self._head = head
            self._paint(0, HEAD)

    def _paint(self, y: int, lines: int) -> None:
        self.refresh(Region(0, y, self.size.width, lines))

    def on_resize(self) -> None:
        """Everything is painted anew by Textual; only what it shows must be worked out for the new size."""
        self.bring_up_to_date(set())

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is."""
        lane = self.lane
        if lane is None:
            return
        row = (event.y - HEAD) // CARD
        place = lane.top + row if event.y >= HEAD else None
        self.post_message(self.Pressed(lane.column_id, place, 0))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """One card down."""
        self._turned(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """One card up."""
        self._turned(event, -1)

    def _turned(self, event: events.Event, by: int) -> None:
        event.stop()
        if self.lane is not None:
            self.post_message(self.Pressed(self.lane.column_id, None, by))
