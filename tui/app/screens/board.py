"""The board: columns side by side, one status line above, one line of keys below."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
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
from tui.app.bridge_wall import WallModel
from tui.app.command import BOARD, FILTER
from tui.app.context import Severity
from tui.app.drawing_cache import CardCache
from tui.app.drawing_lines import bottom_line, top_line
from tui.app.messages import FilterTyped
from tui.app.news import News, items_of
from tui.app.screens.board_menus import looked_at, sort_id, sort_words
from tui.app.screens.board_painter import BoardPainter
from tui.app.views import Looks, MemoryViews, Views
from tui.app.widgets.bar import Bar
from tui.app.widgets.column_pane import ColumnPane
from tui.app.widgets.filter_bar import FilterBar
from tui.app.widgets.wall_view import WallView
from tui.domain.arrangement import Arrangement, Lens
from tui.domain.model import Column, Item, ItemId, Member
from tui.domain.order import SortKey
from tui.errors import StorageError
from tui.sync.session import Session
from tui.sync.state import resolve, view
from tui.sync.store import Notice

if TYPE_CHECKING:
    from tui.app.app import WallApp

SMALLEST = (40, 10)
"""Cells and lines below which there is no room for a board."""


class BoardScreen(Screen[None]):
    """The wall of one session; speaks of items, never of rows."""

    AUTO_FOCUS = ""
    ALLOW_SELECT: ClassVar[bool] = False
    app: WallApp

    def __init__(self, session: Session, members: Sequence[Member] | None = None, views: Views | None = None) -> None:
        super().__init__()
        self.session = session
        self.views = views or MemoryViews()
        self.painter = BoardPainter(self)
        self.news = News()
        self.marked: set[ItemId] = set()
        self._members_given = None if members is None else tuple(members)
        self._members = self._members_given
        self._top, self._bottom = Bar(id="top"), Bar(id="bottom")
        self._wall_view, self._filter_bar = WallView(self.painter), FilterBar()
        self._top_facts: tuple[int, int, int, StorageError | None] | None = None
        self._paint_due = False
        self._disk_problem = ""
        self._said: tuple[str, Severity] | None = None
        self._small = self._hidden = ""
        # Before the bridge: it must hear what was under the cursor before the cursor is brought in line.
        self._deaf = session.store.subscribe(self._hear)
        self.bridge = Bridge(session.store, self._note_change, self._start_over)
        self.filter = Filter(self.bridge, session.me)
        if session.store.state.board is not None:
            self._look_as_before()
            self.bridge.rebuild()

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
    def cache(self) -> CardCache:
        """Cards already drawn."""
        return self.painter.cache

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
        item = view(self.session.store.state, item_id)
        if item is not None and self.filter.text and self.bridge.complete and self.arrangement.place(item) is None:
            key = self.app.keymap.shown_keys("filter.clear", 1)
            self._hidden = "; hidden by the filter" + (f", {key} clears it" if key else "")

    def completed(self, sentence: str) -> str:
        """A sentence about the item that was selected last, with why it cannot be seen."""
        hidden, self._hidden = self._hidden, ""
        return f"{sentence.rstrip('.')}{hidden}." if hidden else sentence

    def mark(self, item_ids: set[ItemId]) -> None:
        """Exactly these items are marked now."""
        self.bridge.dirty |= self.marked ^ item_ids
        self.marked = item_ids
        self.paint()

    def show_members(self, members: Sequence[Member]) -> None:
        """Let cards show these fields."""
        self._members = tuple(members)[: drawing.CHOSEN]
        self._keep_looks()
        self.repaint_all()

    def sort_by(self, sort: tuple[SortKey, ...]) -> None:
        """Let the cards stand in another order, on the next start too."""
        self.filter.sort_by(sort)
        self._keep_looks()

    def _keep_looks(self) -> None:
        board = self.session.store.state.board
        if board is not None:
            self.views.save(board.id, Looks(sort_id(self.filter.sort) if self.filter.sort else "", self._members))

    def _look_as_before(self) -> None:
        """The order and the fields in which this board was last looked at."""
        board = self.session.store.state.board
        if board is None:
            return
        members, self.filter.sort = looked_at(board, self.views.load(board.id))
        self._members = self._members if members is None else members
        self.bridge.lens = Lens(sort=self.filter.sort)

    def tell(self, sentence: str, severity: Severity = "information") -> bool:
        """Show a sentence in the bottom line until the next key; False when it does not fit or nobody would see it."""
        if self.app.screen is not self or self.place == FILTER:
            return False
        if not self._small and len(sentence) > self.size.width - 2:
            return False
        self._said = (sentence, severity)
        self._paint_lines()
        return True

    @property
    def too_small(self) -> str:
        """Why there is no board to be seen, as a sentence; empty when there is one."""
        return self._small

    def hush(self) -> None:
        """A key was pressed: what was said has been read."""
        self._said, self._hidden = None, ""

    def _start_over(self) -> None:
        """Another board was opened: nothing that was asked of the last one holds."""
        self.marked = set()
        self.filter.reset()
        self.painter.forget()
        self._members = self._members_given
        self._look_as_before()

    def _hear(self, notice: Notice) -> None:
        self.news.hear(notice, self.bridge.model.cursor())
        came = self.news.came(notice)
        if came and self.is_running:
            self.call_later(self.app.say, came)

    def _tell_news(self) -> None:
        """Say at once what of mine did not go through, and who took the card from under the cursor."""
        keys = self.app.keymap.shown_keys("conflict.settle", 1)
        said = self.news.take(self.session.store.state, keys, items_of(self.app.screen_stack), self.cursor_item())
        if said is not None:
            self.app.say(*said)

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
        self._tell_news()
        self.paint()
        if self.bridge.is_arranging:
            # Not through the message queue: a key waits until that is empty, and would wait for the whole board.
            asyncio.get_running_loop().call_soon(self._arrange)

    def _arrange(self) -> None:
        """The next slice; a wall that has closed meanwhile needs none."""
        if self.is_running:
            self.bridge.step()

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
        self.painter.forget()
        for pane in self._wall_view.panes:
            pane.refresh()
        self.paint()

    def _paint_lines(self) -> None:
        if self._small:
            said = f"\n{self._said[0]}" if self._said else ""
            self.query_one("#too-small", Bar).say(Content(f"{self._small}{said}"))
            return
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

    # -- events

    def on_mount(self) -> None:
        """Show what there is."""
        self._note_change()

    def on_unmount(self) -> None:
        """Stop following the Store."""
        self.bridge.close()
        self._deaf()
        del self._deaf  # it holds the Store

    def on_resize(self, event: Resize) -> None:
        """Below a smallest size, say so in place of a board."""
        width, height = SMALLEST
        small = event.size.width < width or event.size.height < height
        self.set_class(small, "-too-small")
        sentence = f"cardwall needs {width}x{height}; this is {event.size.width}x{event.size.height}"
        self._small = sentence if small else ""
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
    def sort_words(self) -> str:
        """The order that cards stand in; empty for the board's own."""
        board = self.session.store.state.board
        return sort_words(board, self.bridge.lens.sort) if board else ""

    @property
    def filter_note(self) -> str:
        """For how many cards the filter asks what the server did not return, or why it finds less than was meant."""
        unknown = self.arrangement.unknown
        return f"unknown for {unknown:,}" if unknown and self.bridge.complete else self.filter.note

    def edit_filter(self) -> None:
        """Let a filter be typed."""
        self.filter.begin()
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
        self.filter.end(keep=keep)
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
