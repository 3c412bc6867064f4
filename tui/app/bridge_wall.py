"""Where the cursor is and what is in view, in terms of items: no refresh moves the cursor to another card.

Knows nothing of widgets; the panes compare it with what they have painted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from tui.domain.model import ColumnId, ItemId


class Lanes(Protocol):
    """The items of each column, in order, under the present filter and sort."""

    def ids(self, column_id: ColumnId) -> Sequence[ItemId]:
        """The items of a column that pass the filter."""
        ...

    def place(self, column_id: ColumnId, item_id: ItemId) -> int | None:
        """Where an item stands in a column, from 0; None when it is not there."""
        ...


class Lane(Struct):
    """What the wall remembers of one column."""

    column_id: ColumnId
    cursor: ItemId | None = None
    """The item the cursor is on, or was when it left the column; None until the user went there: the first."""
    place: int = 0
    """Where the cursor's item last stood: its neighbour takes over when it leaves."""
    top: int = 0
    """Place of the first card in view."""
    top_id: ItemId | None = None
    """The item there, so that a change above it does not shift what is in view."""


class WallModel:
    """The columns side by side, one cursor, and a window onto both."""

    def __init__(self, column_ids: Iterable[ColumnId], lanes: Lanes) -> None:
        self.lanes = lanes
        self.columns = [Lane(column_id) for column_id in column_ids]
        self.current = 0
        """Place of the column the cursor is in."""
        self.first = 0
        """Place of the first column in view."""
        self.wide = 1
        """Columns in view."""
        self.tall = 1
        """Whole cards in view."""

    # -- what is where

    @property
    def lane(self) -> Lane | None:
        """The column the cursor is in."""
        return self.columns[self.current] if self.columns else None

    @property
    def shown(self) -> list[Lane]:
        """The columns in view."""
        return self.columns[self.first : self.first + self.wide]

    def lane_of(self, column_id: ColumnId) -> Lane | None:
        """What is remembered of a column."""
        return next((lane for lane in self.columns if lane.column_id == column_id), None)

    def cursor(self) -> ItemId | None:
        """The item under the cursor; None in an empty column."""
        return self.cursor_in(self.lane) if self.lane else None

    def cursor_in(self, lane: Lane) -> ItemId | None:
        """The item the cursor is on when it is in that column."""
        if lane.cursor is not None:
            return lane.cursor
        ids = self.lanes.ids(lane.column_id)
        return ids[0] if ids else None

    # -- moving

    def resize(self, wide: int, tall: int) -> None:
        """So many columns and whole cards fit now."""
        self.wide, self.tall = max(1, wide), max(1, tall)
        self._keep_column_in_view()
        for lane in self.columns:
            self._keep_in_view(lane)

    def go_to_column(self, place: int) -> None:
        """Put the cursor into the column at `place`, or the nearest there is."""
        if not self.columns:
            return
        place = max(0, min(len(self.columns) - 1, place))
        old = self.lane
        if old is None or place == self.current:
            return
        row = old.place - old.top
        self.current = place
        new = self.columns[place]
        if new.cursor is None:
            self._put(new, new.top + row)
        self._keep_column_in_view()

    def go_by(self, cards: int) -> None:
        """Move the cursor up or down by so many cards."""
        if self.lane:
            self.go_to(self._place_of_cursor(self.lane) + cards)

    def go_to(self, place: int) -> None:
        """Put the cursor on the card at `place` of its column, or the nearest there is."""
        if self.lane is not None:
            self._put(self.lane, place)

    def select(self, column_id: ColumnId, item_id: ItemId) -> bool:
        """Put the cursor on an item; False when it is not in that column."""
        place = self.lanes.place(column_id, item_id)
        at = next((n for n, lane in enumerate(self.columns) if lane.column_id == column_id), None)
        if place is None or at is None:
            return False
        if at == self.current:
            self.go_to(place)
            return True
        self._put(self.columns[at], place)
        self.go_to_column(at)
        return True

    def go_to_nearest(self) -> bool:
        """Put the cursor into the nearest column that shows a card, on its first; whether there is one."""
        for place in sorted(range(len(self.columns)), key=lambda place: (abs(place - self.current), -place)):
            if self.lanes.ids(self.columns[place].column_id):
                if place != self.current:
                    self.go_to_column(place)
                    self.go_to(0)
                return True
        return False

    # -- changes from outside

    def use_columns(self, column_ids: Iterable[ColumnId]) -> None:
        """The board has these columns now; what is remembered of those it had before is kept."""
        known = {lane.column_id: lane for lane in self.columns}
        here = self.lane.column_id if self.lane else None
        self.columns = [known.get(column_id) or Lane(column_id) for column_id in column_ids]
        places = [place for place, lane in enumerate(self.columns) if lane.column_id == here]
        self.current = places[0] if places else max(0, min(self.current, len(self.columns) - 1))
        self._keep_column_in_view()

    def renamed(self, old: ItemId, new: ItemId) -> None:
        """The server has named an item."""
        for lane in self.columns:
            lane.cursor = new if lane.cursor == old else lane.cursor
            lane.top_id = new if lane.top_id == old else lane.top_id

    def settle(self, column_ids: Iterable[ColumnId]) -> None:
        """Bring cursor and view of these columns in line with what they hold now."""
        for column_id in column_ids:
            lane = self.lane_of(column_id)
            if lane is not None:
                self._settle(lane)

    def _settle(self, lane: Lane) -> None:
        ids = self.lanes.ids(lane.column_id)
        row = lane.place - lane.top
        if lane.cursor is not None:
            place = self.lanes.place(lane.column_id, lane.cursor)
            if place is None:
                place = min(lane.place, len(ids) - 1)
                lane.cursor = ids[place] if ids else None
            lane.place = max(0, place)
        else:
            lane.place = 0
        self._anchor(lane, row, len(ids))
        self._keep_in_view(lane)

    def _anchor(self, lane: Lane, row: int, count: int) -> None:
        """Hold what is in view still: by the cursor's card where the cursor is, else by the first card."""
        if lane.top == 0 and lane.place < self.tall:
            return
        if lane is self.lane and lane.cursor is not None:
            lane.top = lane.place - row
        elif lane.top_id is not None:
            place = self.lanes.place(lane.column_id, lane.top_id)
            lane.top = lane.top if place is None else place
        lane.top = max(0, min(lane.top, count - 1))

    # -- inside

    def _place_of_cursor(self, lane: Lane) -> int:
        cursor = self.cursor_in(lane)
        place = None if cursor is None else self.lanes.place(lane.column_id, cursor)
        return lane.place if place is None else place

    def _put(self, lane: Lane, place: int) -> None:
        ids = self.lanes.ids(lane.column_id)
        if not ids:
            lane.cursor, lane.place, lane.top, lane.top_id = None, 0, 0, None
            return
        lane.place = max(0, min(len(ids) - 1, place))
        lane.cursor = ids[lane.place]
        self._keep_in_view(lane)

    def _keep_in_view(self, lane: Lane) -> None:
        """Scroll by half a view when the cursor has left it: fewer repaints than a card at a time."""
        ids = self.lanes.ids(lane.column_id)
        top = lane.top
        if lane is self.lane and not top <= lane.place < top + self.tall:
            top = lane.place - self.tall // 2
        lane.top = max(0, min(top, len(ids) - self.tall))
        lane.top_id = ids[lane.top] if ids else None

    def _keep_column_in_view(self) -> None:
        first = self.first
        if self.current < first:
            first = self.current
        elif self.current >= first + self.wide:
            first = self.current - self.wide + 1
        self.first = max(0, min(first, len(self.columns) - self.wide))
        if self.lane is not None:
            self._keep_in_view(self.lane)
