"""Follows the Store: keeps the arrangement and the wall model true, and says when there is something to paint."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from tui.app.bridge_wall import WallModel
from tui.domain.arrangement import Arrangement, Lens
from tui.domain.arrangement_building import Building, visible_first
from tui.domain.model import Board, BoardId, ColumnId, Item, ItemId
from tui.sync.events import BoardChanged, Opened
from tui.sync.state import State, resolve, view
from tui.sync.store import Notice, Store

_NO_BOARD: Final = Board(BoardId(""), "")
SLICE: Final = 0.004
"""Seconds of arranging between two chances for a key to be answered."""


class Bridge:
    """The open board as the wall draws it; `changed` is called often, `opened` when it is another board."""

    def __init__(self, store: Store, changed: Callable[[], None], opened: Callable[[], None]) -> None:
        self.store = store
        self._opened = opened
        self.lens = Lens()
        self.arrangement = Arrangement(store.state.board or _NO_BOARD)
        self.model = WallModel((), self)
        self.dirty: set[ItemId] = set()
        """Items whose cards may look different since the last paint."""
        self.generation = 0
        """Goes up whenever counts, sums or columns may be others."""
        self._changed = changed
        self._building: Building | None = None
        self._wanted: ItemId | None = None
        self._bound = False
        self._displaced: tuple[ItemId, ItemId | None] | None = None
        self._stop = store.subscribe(self._take)
        self.rebuild()

    def close(self) -> None:
        """Stop following."""
        self._stop()

    # -- what the model asks

    def ids(self, column_id: ColumnId) -> Sequence[ItemId]:
        """The shown items of a column, in order."""
        return self.arrangement.ids(column_id)

    def place(self, column_id: ColumnId, item_id: ItemId) -> int | None:
        """Where an item stands in a column."""
        item = view(self.store.state, item_id)
        found = None if item is None else self.arrangement.place(item)
        return found.row if found is not None and found.column == column_id else None

    # -- what commands ask

    @property
    def complete(self) -> bool:
        """Whether counts and sums are of the whole board."""
        return self.arrangement.complete and self.store.state.link.loading is None

    @property
    def is_arranging(self) -> bool:
        """Whether `step` has more to do."""
        return self._building is not None

    def use(self, lens: Lens) -> None:
        """Show the board through another filter or order, in slices; an arrangement under way is given up."""
        self.lens = lens
        self.rebuild()

    def select(self, item_id: ItemId) -> None:
        """Put the cursor on an item, now or when it appears."""
        self._wanted = resolve(self.store.state, item_id)
        self._go_to_wanted()
        self._changed()

    def bind(self) -> None:
        """The user has seen where the cursor is: from now on it stays on that item."""
        if not self._bound:
            self._bound = True
            self._bind_cursor()

    # -- arranging in slices

    def rebuild(self) -> None:
        """Arrange the board anew: what is in view first, then the rest slice by slice."""
        state = self.store.state
        board = state.board or _NO_BOARD
        columns = [lane.column_id for lane in self.model.shown]
        before = self.arrangement
        items: Iterator[Item] = _views(state)
        cursor = self._rightful_cursor()
        if before.board.id == board.id:
            items = visible_first(before, columns, lambda item_id: view(self.store.state, item_id), items)
            seen = None if cursor is None else view(state, cursor)
            items = chain(() if seen is None else (seen,), items)
        self._building = Building(board, self.lens, items)
        self._wanted = self._wanted or (cursor if self._bound else None)
        self.step()

    def step(self) -> bool:
        """Arrange for one slice; whether there is more to do."""
        building = self._building
        if building is None:
            return False
        rightful = self._rightful_cursor()
        done = building.step_until(time.perf_counter() + SLICE, time.perf_counter)
        self.arrangement = building.arrangement
        self.generation += 1
        if done:
            self._building = None
        self._settle(self._columns(), rightful)
        if done:
            self._wanted = None
        self._changed()
        return not done

    # -- following the Store

    def _take(self, notice: Notice) -> None:
        event = notice.event
        if isinstance(event, Opened) or (isinstance(event, BoardChanged) and notice.before.board != notice.state.board):
            if isinstance(event, Opened):
                self.lens, self._bound, self._wanted, self._displaced = Lens(), False, None, None
                wide, tall = self.model.wide, self.model.tall
                self.model = WallModel((), self)
                self.model.resize(wide, tall)
                self._opened()
            self.rebuild()
            return
        self.generation += 1
        rightful = self._rightful_cursor()
        touched = self._adjust(notice)
        if notice.state.link.loading is None and self._building is None:
            self.bind()
        if touched:
            self._settle(touched, rightful)
        self._changed()

    def _adjust(self, notice: Notice) -> set[ColumnId]:
        """Bring touched items up to date in the arrangement; returns the columns they were and are in."""
        before, state = notice.before, notice.state
        ids = notice.touched | {resolve(state, item_id) for item_id in notice.touched}
        old = {item.id: item for item_id in ids if (item := view(before, item_id)) is not None}
        new = {item.id: item for item_id in ids if (item := view(state, item_id)) is not None}
        for item_id in ids - {resolve(state, item_id) for item_id in ids}:
            self._renamed(item_id, resolve(state, item_id))
        target = self._building or self.arrangement
        columns: set[ColumnId] = set()
        for item_id in old.keys() | new.keys():
            was, now = old.get(item_id), new.get(item_id)
            if was is not now or self.lens.matches is not None:
                target.adjust(was, now)
                columns.update(item.column_id for item in (was, now) if item is not None)
        self.dirty |= ids
        return columns

    def _renamed(self, old: ItemId, new: ItemId) -> None:
        self.model.renamed(old, new)
        if self._wanted == old:
            self._wanted = new

    def _settle(self, columns: Iterable[ColumnId], rightful: ItemId | None) -> None:
        """Bring the model in line with the arrangement; `rightful` is what the cursor was on before."""
        present = self._columns()
        if [lane.column_id for lane in self.model.columns] != present:
            self.model.use_columns(present)
            columns = present
        self.model.settle(columns)
        self._go_to_wanted()
        if self._bound:
            self._bind_cursor()
        stand_in = self.model.cursor()
        self._displaced = (rightful, stand_in) if rightful is not None and self._is_hidden(rightful) else None

    def _rightful_cursor(self) -> ItemId | None:
        """The item under the cursor, or the one that it stands in for since a filter hid that one."""
        cursor = self.model.cursor()
        if self._displaced is not None and self._displaced[1] == cursor:
            return self._displaced[0]
        return cursor

    def _is_hidden(self, item_id: ItemId) -> bool:
        """Whether an item is on the board but not shown."""
        item = view(self.store.state, item_id)
        return item is not None and self.arrangement.place(item) is None

    def _columns(self) -> list[ColumnId]:
        return list(self.arrangement.columns)

    def _bind_cursor(self) -> None:
        lane = self.model.lane
        if lane is not None and lane.cursor is None and self.arrangement.ids(lane.column_id):
            self.model.go_to(0)

    def _go_to_wanted(self) -> None:
        """Put the cursor on an item that was asked for, once it is there."""
        item = None if self._wanted is None else view(self.store.state, self._wanted)
        found = None if item is None else self.arrangement.place(item)
        if item is not None and found is not None and self.model.select(found.column, item.id):
            self._wanted = None
            self._bound = True


def _views(state: State) -> Iterator[Item]:
    """Every item of a board as the user means it."""
    for item_id in chain(state.items, (item_id for item_id in state.queue if item_id not in state.items)):
        item = view(state, item_id)
        if item is not None:
            yield item
