"""What the panes of the wall ask while they are painted: how a card and a head look now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui.app import drawing
from tui.app.bridge_wall import Lane, WallModel
from tui.app.drawing import Brush, Head
from tui.app.drawing_cache import LEAST, CardCache, Look
from tui.domain.arrangement import UNKNOWN
from tui.domain.model import Board, ColumnId, ItemId
from tui.domain.money import show_short
from tui.sync.state import mark, view

if TYPE_CHECKING:
    from tui.app.screens.board import BoardScreen

SCREENS = 2
"""Screens of cards that are kept drawn: the one in sight and the one just left."""


class BoardPainter:
    """The board screen as its panes see it; keeps what is dear to make."""

    def __init__(self, screen: BoardScreen) -> None:
        self.screen = screen
        self.cache = CardCache()
        self._brush: Brush | None = None
        self._heads: dict[ColumnId, Head] = {}
        self._heads_of = -1

    @property
    def model(self) -> WallModel:
        """Cursor, scroll and order."""
        return self.screen.model

    def forget(self) -> None:
        """Another board was opened, or cards show other fields."""
        self.cache = CardCache()
        self._brush = None

    def brush(self, width: int) -> Brush | None:
        """How cards of that width are drawn."""
        screen = self.screen
        board = screen.session.store.state.board
        if board is None:
            return None
        self.cache.room = max(LEAST, SCREENS * self.model.tall * self.model.wide)
        held = self._brush
        if held is None or held.width != width or held.board is not board:
            held = Brush(board, screen.members, screen.app.palette, screen.app.glyphs, width)
            self._brush = held
        return held

    def look(self, item_id: ItemId, on: bool, /) -> Look | None:
        """What an item's card shows now."""
        store = self.screen.session.store
        item = view(store.state, item_id)
        if item is None:
            return None
        how_old = drawing.age(store.clock(), item.created_at)
        return Look(item, mark(store.state, item_id), how_old, on, item_id in self.screen.marked)

    def head(self, lane: Lane, pane: int) -> Head | None:
        """What stands above a column that is drawn in the pane of that number."""
        board, model, generation = self.screen.session.store.state.board, self.model, self.screen.bridge.generation
        if board is None:
            return None
        if self._heads_of != generation:
            self._heads_of = generation
            self._heads.clear()
        plain = self._heads.get(lane.column_id)
        if plain is None:
            plain = self._heads[lane.column_id] = self._plain_head(board, lane)
        on, before = lane is model.lane, model.first if pane == 0 else 0
        after = max(0, len(model.columns) - model.first - model.wide) if pane == len(model.shown) - 1 else 0
        below = max(0, len(model.lanes.ids(lane.column_id)) - lane.top - model.tall) if plain.complete else 0
        above = lane.top if plain.complete else 0
        return replace(plain, on=on, before=before, after=after, above=above, below=below)

    def _plain_head(self, board: Board, lane: Lane) -> Head:
        """Name, count and sums of a column."""
        column = board.column(lane.column_id)
        name = column.name if column else "(no column)" if lane.column_id == UNKNOWN else lane.column_id
        if not self.screen.bridge.complete:
            return Head(name, 0, 0, complete=False)
        totals = self.screen.arrangement.totals(lane.column_id)
        currency = board.value_field.currency if board.value_field else None
        sums = [totals.shown_sum, totals.shown_weighted] if totals.shown else [None, None]
        money, weighted = ("" if amount is None else show_short(amount, currency) for amount in sums)
        limit = column.limit if column else None
        return Head(name, totals.shown, totals.count, complete=True, limit=limit, sum=money, weighted=weighted)

    def nothing(self, lane: Lane) -> str:
        """What an empty column says."""
        if not self.screen.bridge.complete:
            return "loading"
        app, session = self.screen.app, self.screen.session
        if lane is self.model.columns[0] and not self.screen.arrangement.count and not session.read_only:
            keys = app.keymap.shown_keys("item.create_form", 1)
            return f"{keys} makes an item" if keys else "empty"
        return "nothing matches" if self.screen.arrangement.totals(lane.column_id).count else "empty"
