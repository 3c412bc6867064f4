"""What the wall draws from: per column a sorted, filtered sequence of item ids, with counts and sums.

Mutable, and adjusted item by item: an event costs what it touches, not what the board holds. It keeps one
short key an item and no item, so the place of an item is found from the item itself.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tui.domain.arrangement_ids import Ids
from tui.domain.arrangement_totals import Sums, Totals, Weighing
from tui.domain.model import Board, ColumnId, Item, ItemId
from tui.domain.order import SortKey, item_key

UNKNOWN = ColumnId("")
"""The column of items whose column the board does not have."""


class Lens(Struct, frozen=True):
    """What is shown of a board, and in what order."""

    matches: Callable[[Item], bool | None] | None = None
    """The filter, which may answer None where the server did not return what it asks; no filter shows everything."""
    sort: tuple[SortKey, ...] = ()
    """The user's sort; the board's own order settles what it leaves equal."""


class Place(Struct, frozen=True):
    """Where an item is on the wall."""

    column: ColumnId
    row: int


class Arrangement:
    """One board under one Lens. A new board or lens needs a new arrangement."""

    def __init__(self, board: Board, lens: Lens | None = None) -> None:
        self.board = board
        self.lens = lens or Lens()
        self.complete = True
        """False while a Building has not fed every item yet."""
        self._key = item_key(board, self.lens.sort)
        self._weighing = Weighing(board)
        self._lanes = {column.id: _Lane() for column in board.columns}
        self._strays = _Lane()
        self._unknown: set[ItemId] = set()

    @property
    def columns(self) -> tuple[ColumnId, ...]:
        """The board's columns in order, and UNKNOWN behind them when it holds items."""
        known = tuple(self._lanes)
        return (*known, UNKNOWN) if self._strays.all.count else known

    def ids(self, column: ColumnId) -> Ids:
        """The shown items of a column, in order; live, so that it changes with every `adjust`."""
        return self._lanes.get(column, self._strays).ids

    def totals(self, column: ColumnId) -> Totals:
        """Counts and sums of a column, of all its items and of those shown."""
        lane = self._lanes.get(column, self._strays)
        board_column = self.board.column(column)
        return self._weighing.totals(board_column, lane.all, lane.shown)

    @property
    def unknown(self) -> int:
        """Items of which the filter asks something that the server did not return."""
        return len(self._unknown)

    @property
    def shown(self) -> int:
        """Items shown in all columns."""
        return sum(lane.shown.count for lane in (*self._lanes.values(), self._strays))

    @property
    def count(self) -> int:
        """Items in all columns, shown or not."""
        return sum(lane.all.count for lane in (*self._lanes.values(), self._strays))

    def adjust(self, old: Item | None, new: Item | None) -> None:
        """An item that was `old` here is `new` now; None when it was or is not on the board.

        `old` must be what was last given for the item. With `old` and `new` the same the filter is asked again,
        for filters that look at more than the item.
        """
        if old is not None:
            self._take_out(old)
        if new is not None:
            self._put_in(new)

    def place(self, item: Item) -> Place | None:
        """Where an item is, or None when the filter hides it or it was never here."""
        row = self._lane(item).ids.row(self._key(item))
        return None if row is None else Place(self._column(item), row)

    def neighbour(self, item: Item) -> ItemId | None:
        """Where the cursor goes when `item` leaves its column: the next row's item, else the one before.

        May be asked before or after the item has left.
        """
        ids = self._lane(item).ids
        row = ids.insertion_row(key := self._key(item))
        after = row + 1 if ids.row(key) is not None else row
        if after < len(ids):
            return ids[after]
        return ids[row - 1] if row > 0 else None

    def _take_out(self, item: Item) -> None:
        lane = self._lane(item)
        was_shown = lane.ids.discard(self._key(item))
        worth = self._weighing.worth(item)
        lane.all.add(-1, worth)
        if was_shown:
            lane.shown.add(-1, worth)
        self._unknown.discard(item.id)

    def _put_in(self, item: Item) -> None:
        lane = self._lane(item)
        worth = self._weighing.worth(item)
        lane.all.add(1, worth)
        verdict = True if self.lens.matches is None else self.lens.matches(item)
        if verdict:
            lane.ids.add(self._key(item))
            lane.shown.add(1, worth)
        elif verdict is None:
            self._unknown.add(item.id)

    def _lane(self, item: Item) -> _Lane:
        return self._lanes.get(item.column_id, self._strays)

    def _column(self, item: Item) -> ColumnId:
        return item.column_id if item.column_id in self._lanes else UNKNOWN


class _Lane:
    """One column's ids and sums."""

    __slots__ = ("all", "ids", "shown")

    def __init__(self) -> None:
        self.ids = Ids()
        self.all = Sums()
        self.shown = Sums()
