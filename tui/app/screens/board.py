"""The board: columns side by side, one status line above, one line of keys below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.geometry import Offset
from textual.screen import Screen

from tui.app import drawing
from tui.app.bridge import Bridge
from tui.app.bridge_filter import Filter
from tui.app.bridge_wall import Lane, WallModel
from tui.app.command import BOARD, FILTER
from tui.app.context import Severity
from tui.app.drawing import Brush, Head
from tui.app.drawing_cache import CardCache, Look
from tui.app.drawing_lines import bottom_line, top_line
from tui.app.messages import FilterTyped
from tui.app.widgets.bar import Bar
from tui.app.widgets.column_pane import ColumnPane
from tui.app.widgets.filter_bar import FilterBar
from tui.app.widgets.wall_view import WallView
from tui.domain.arrangement import UNKNOWN, Arrangement
from tui.domain.model import Board, Column, ColumnId, Item, ItemId, Member
from tui.domain.money import show_short
from tui.errors import StorageError
from tui.sync.session import Session
from tui.sync.state import mark, resolve, view

if TYPE_CHECKING:
    from tui.app.app import WallApp

SMALLEST = (40, 10)
"""Cells and lines below which there is no room for a board."""


class BoardScreen(Screen[None]):
    """The wall of one session; speaks of items, never of rows."""

    AUTO_FOCUS = ""
    ALLOW_SELECT: ClassVar[bool] = False
    app: WallApp

    def __init__(self, session: Session, members: Sequence[Member] | None = None) -> None:
        super().__init__(id="board")
        self.session = session
        self.cache = CardCache()
        self._heads: dict[ColumnId, Head] = {}
        self._heads_of = -1
        self.marked: set[ItemId] = set()
        self._members = None if members is None else tuple(members)
        self._brush: Brush | None = None
        self._filter_before = ""
        self._top, self._bottom = Bar(id="top"), Bar(id="bottom")
        self._wall_view, self._filter_bar = WallView(self), FilterBar()
        self._top_facts: tuple[int, int, int, StorageError | None] | None = None
        self._paint_due = False
        self._disk_problem = ""
        self._said: tuple[str, Severity] | None = None
        self.bridge = Bridge(session.store, self._note_change, self._start_over)
        self.filter = Filter(self.bridge, session.me)

    def compose(self) -> ComposeResult:
        """Status, wall, filter and keys, from the top."""
        yield self._top
        yield self._wall_view
        yield Bar(id="too-small")
        yield self._filter_bar
        yield self._bottom

    # -- what commands see

    @property
    def place(self) -> str:
        """Whose keys work now."""
        return FILTER if self.is_typing else BOARD

    @property
    def model(self) -> WallModel:
        """Cursor, scroll and order."""
        return self.bridge.model

    @property
    def arrangement(self) -> Arrangement:
        """The open board's items, filtered and sorted, by column."""
        return self.bridge.arrangement

    @property
    def column(self) -> Column | None:
        """The column the cursor is in."""
        board, lane = self.session.store.state.board, self.model.lane
        return board.column(lane.column_id) if board and lane else None

    @property
    def members(self) -> tuple[Member, ...]:
        """The fields that cards show."""
        if self._members is not None:
            return self._members
        board = self.session.store.state.board
        return drawing.default_members(board) if board else ()

    def cursor_item(self) -> Item | None:
        """The View of the item under the cursor."""
        cursor = self.model.cursor()
        return None if cursor is None else view(self.session.store.state, cursor)

    def targets(self) -> tuple[Item, ...]:
        """What a command acts on: the marked items in the board's order, else the one under the cursor."""
        if not self.marked:
            item = self.cursor_item()
            return (item,) if item else ()
        found = (view(self.session.store.state, item_id) for item_id in self.marked)
        columns = {column_id: place for place, column_id in enumerate(self.arrangement.columns)}
        places = [(where, item) for item in found if item and (where := self.arrangement.place(item))]
        return tuple(item for where, item in sorted(places, key=lambda p: (columns[p[0].column], p[0].row)))

    def select(self, item_id: ItemId) -> None:
        """Put the cursor on an item; remembered until it appears when it is not shown yet."""
        self.bridge.select(item_id)

    def mark(self, item_ids: set[ItemId]) -> None:
        """Exactly these items are marked now."""
        self.bridge.dirty |= self.marked ^ item_ids
        self.marked = item_ids
        self.paint()

    def show_members(self, members: Sequence[Member]) -> None:
        """Let cards show these fields."""
        self._members = tuple(members)[: drawing.CHOSEN]
        self.repaint_all()

    def tell(self, sentence: str, severity: Severity = "information") -> bool:
        """Show a sentence in the bottom line until the next key; False when it does not fit or nobody would see it."""
        if self.app.screen is not self or self.place == FILTER or len(sentence) > self.size.width - 2:
            return False
        self._said = (sentence, severity)
        self._paint_lines()
        return True

    def hush(self) -> None:
        """A key was pressed: what was said has been read."""
        self._said = None

    def _start_over(self) -> None:
        """Another board was opened: nothing that was asked of the last one holds."""
        self.marked = set()
        self.filter.reset()
        self.cache = CardCache()

    def _follow_marked(self) -> None:
        """Marks go with an item to the id the server gives it, and go when it goes."""
        state = self.session.store.state
        for item_id in self.marked & self.bridge.dirty:
            self.marked.discard(item_id)
            if view(state, item_id) is not None:
                self.marked.add(resolve(state, item_id))

    # -- painting

    def _note_change(self) -> None:
        """Something differs; everything that happens in one turn of the loop is painted once."""
        if not self._paint_due and self.is_running:
            self._paint_due = True
            self.call_later(self._paint_changes)

    def _paint_changes(self) -> None:
        self._paint_due = False
        self._tell_of_disk()
        self.paint()
        if self.bridge.is_arranging:
            self.call_later(self.bridge.step)

    def _tell_of_disk(self) -> None:
        """Say once, in whole, why what the user does is not kept on disk."""
        problem = self.session.store.journal_problem
        if problem is not None and str(problem) != self._disk_problem:
            self.app.say(str(problem), "error")
        self._disk_problem = "" if problem is None else str(problem)

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits to be arranged or painted."""
        return not self._paint_due and not self.bridge.is_arranging

    def paint(self) -> None:
        """Bring the screen up to date: only what differs from what it shows is painted."""
        if not self.is_mounted:
            return
        self._follow_marked()
        dirty, self.bridge.dirty = self.bridge.dirty, set()
        wall = self._wall_view
        wall.use(len(self.model.shown))
        wall.paint(dirty)
        self._paint_lines()
        self._hint_filter()
        self._place_terminal_cursor()

    def repaint_all(self) -> None:
        """Paint every line anew."""
        self._brush = None
        for pane in self._wall_view.panes:
            pane.refresh()
        self.paint()

    def _paint_lines(self) -> None:
        width, context, store = self.size.width, self.app.context, self.session.store
        # Ages of minutes are all that changes in the top line without an event.
        facts = (self.bridge.generation, store.clock() // 60, width, store.journal_problem)
        if facts != self._top_facts:
            self._top_facts = facts
            self._top.say(top_line(context, width))
        self._bottom.say(bottom_line(context, self, self._said, width))

    def _place_terminal_cursor(self) -> None:
        """The terminal's own cursor, unseen, waits at the card: screen readers and input methods look there."""
        model = self.model
        if model.lane is None:
            return
        for pane in self._wall_view.panes:
            if pane.lane is model.lane:
                row = model.lane.place - model.lane.top
                self.app.cursor_position = pane.region.offset + Offset(0, 1 + row * drawing.CARD)

    # -- what panes ask

    def brush(self, width: int) -> Brush | None:
        """How cards of that width are drawn."""
        board = self.session.store.state.board
        if board is None:
            return None
        held = self._brush
        if held is None or held.width != width or held.board is not board:
            held = Brush(board, self.members, self.app.palette, self.app.glyphs, width)
            self._brush = held
        return held

    def look(self, item_id: ItemId, on: bool, /) -> Look | None:
        """What an item's card shows now."""
        store = self.session.store
        item = view(store.state, item_id)
        if item is None:
            return None
        how_old = drawing.age(store.clock(), item.created_at)
        return Look(item, mark(store.state, item_id), how_old, on, item_id in self.marked)

    def head(self, lane: Lane, pane: int) -> Head | None:
        """What stands above a column that is drawn in the pane of that number."""
        board, model = self.session.store.state.board, self.model
        if board is None:
            return None
        if self._heads_of != self.bridge.generation:
            self._heads_of = self.bridge.generation
            self._heads.clear()
        plain = self._heads.get(lane.column_id)
        if plain is None:
            plain = self._heads[lane.column_id] = self._plain_head(board, lane)
        on, before = lane is model.lane, model.first if pane == 0 else 0
        after = max(0, len(model.columns) - model.first - model.wide) if pane == len(model.shown) - 1 else 0
        return replace(plain, on=on, before=before, after=after) if on or before or after else plain

    def _plain_head(self, board: Board, lane: Lane) -> Head:
        """Name, count and sums of a column."""
        column = board.column(lane.column_id)
        name = column.name if column else "(no column)" if lane.column_id == UNKNOWN else lane.column_id
        if not self.bridge.complete:
            return Head(name, 0, 0, complete=False)
        totals = self.arrangement.totals(lane.column_id)
        currency = board.value_field.currency if board.value_field else None
        sums = [totals.shown_sum, totals.shown_weighted] if totals.shown else [None, None]
        money, weighted = ("" if amount is None else show_short(amount, currency) for amount in sums)
        limit = column.limit if column else None
        return Head(name, totals.shown, totals.count, complete=True, limit=limit, sum=money, weighted=weighted)

    def nothing(self, lane: Lane) -> str:
        """What an empty column says."""
        if not self.bridge.complete:
            return "loading"
        return "nothing matches" if self.arrangement.totals(lane.column_id).count else "empty"

    # -- events

    def on_mount(self) -> None:
        """Show what there is."""
        self._note_change()

    def on_unmount(self) -> None:
        """Stop following the Store."""
        self.bridge.close()

    def on_resize(self, event: Resize) -> None:
        """Below a smallest size, say so in place of a board."""
        width, height = SMALLEST
        small = event.size.width < width or event.size.height < height
        self.set_class(small, "-too-small")
        sentence = f"cardwall needs {width}x{height}; this is {event.size.width}x{event.size.height}"
        self.query_one("#too-small", Bar).say(Content(sentence[: max(0, event.size.width)]))
        if not small:
            self._paint_lines()

    @on(WallView.Resized)
    def _fit(self, event: WallView.Resized) -> None:
        self.model.resize(event.wide, event.tall)
        self.paint()

    @on(ColumnPane.Pressed)
    def _pressed(self, event: ColumnPane.Pressed) -> None:
        model = self.model
        places = [place for place, lane in enumerate(model.columns) if lane.column_id == event.column_id]
        if not places or self.place == FILTER:
            return
        self.bridge.bind()
        model.go_to_column(places[0])
        if event.place is not None:
            model.go_to(event.place)
        elif event.by:
            model.go_by(event.by)
        self.paint()

    # -- the filter

    @property
    def filter_text(self) -> str:
        """The filter that is on; empty when none is."""
        return self.filter.text

    @property
    def filter_note(self) -> str:
        """For how many cards the filter asks what the server did not return."""
        unknown = self.arrangement.unknown
        return f"unknown for {unknown:,}" if unknown and self.bridge.complete else ""

    def edit_filter(self) -> None:
        """Let a filter be typed."""
        self._filter_before = self.filter.text
        self._filter_bar.open(self.filter.text)
        self.add_class("-filtering")
        self._hint_filter()

    @property
    def is_typing(self) -> bool:
        """Whether a filter is being typed."""
        return self._filter_bar.is_open

    def leave_filter(self, *, keep: bool) -> None:
        """Close the filter bar: the typed filter stays on, or the one from before comes back."""
        self._filter_bar.close()
        self.remove_class("-filtering")
        self.filter.typed(self.filter.text if keep else self._filter_before)
        self.paint()

    @on(FilterTyped)
    def _filter_typed(self, event: FilterTyped) -> None:
        self.filter.typed(event.text)
        self._hint_filter()

    def _hint_filter(self) -> None:
        bar = self._filter_bar
        if not bar.is_open:
            return
        if self.filter.mistake is not None:
            bar.mistake(self.filter.mistake.at, self.filter.mistake.sentence)
            return
        counts = f"{self.arrangement.shown:,} of {self.arrangement.count:,}" if self.bridge.complete else "counting"
        note = f"{self.filter_note}   " if self.filter_note else ""
        bar.hint(f"{counts}   {note}Enter keeps, Esc cancels   words  field>10k  label:hot  age>7d  -not  OR")
