"""Find an item: what is typed is looked for in the whole board, a slice at a time, so that no key waits."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input

from tui.app.bridge_filter import marks_of
from tui.app.clean import show
from tui.app.conflict_text import value_text
from tui.app.context import Wall
from tui.app.screens.palette_list import ListScreen, Row, column
from tui.app.widgets.field_bar import FormBar
from tui.domain.model import LABELS, NAME, Board, Item, ItemId, Member, value_of
from tui.domain.query_syntax import QueryError
from tui.domain.text import fold, loose, visible
from tui.errors import CardwallError
from tui.sync.session import Session
from tui.sync.state import State, view

if TYPE_CHECKING:
    from tui.app.app import WallApp
    from tui.domain.query import Query

SLICE = 0.004
"""Seconds of looking between two chances for a key to be answered."""
MOST = 200
"""Hits that are shown."""
_FIRST = 20
"""Hits after which they are shown while the search goes on; painting the list at every slice would cost more."""
_SNIPPET = 48
PAUSE = 0.3
"""Seconds without a key after which the server is asked for what is not loaded yet."""
_LANE = 16
"""Most cells that a column's name takes."""


class SearchScreen(ListScreen):
    """Closes with the id of an item."""

    AUTO_FOCUS: ClassVar[str | None] = "#narrow"
    app: WallApp
    DEFAULT_CSS = """
    SearchScreen #search-note { color: $text-muted; }
    """

    def __init__(self, session: Session, wall: Wall) -> None:
        super().__init__("find: words, a key, or like value>10k owner:Sam")
        self.session = session
        self._wall = wall
        self._hits: list[tuple[Item, str]] = []
        self._walk: Iterator[Item | None] = iter(())
        self._query: Query | None = None
        self._turn = 0
        self._looked = 0
        self._note = ""
        self._asking = False
        self._unasked = ""
        """Why the server could not be asked."""
        self._brought_ids: set[ItemId] = set()
        """What the server found first: not to be found again."""

    @property
    def is_looking(self) -> bool:
        """Whether there is more to look through."""
        return self._query is not None

    def compose(self) -> ComposeResult:
        """The list, and a line that says how far the search is."""
        yield from super().compose()
        self._note_bar = FormBar(id="search-note")

    def on_mount(self) -> None:
        """Say what can be typed."""
        self.query_one(".panel").mount(self._note_bar, before="#choices")
        self.show_rows()
        self._say()

    def rows(self, text: str) -> Sequence[Row]:
        """The hits so far; the one whose key was typed comes first."""
        wanted = fold(text)
        hits = sorted(self._hits, key=lambda hit: fold(hit[0].key) != wanted)
        return list(map(Row, (item.id for item, _ in hits), self._lines(hits)))

    @property
    def nothing(self) -> Sequence[Row]:
        """Before all was looked through, an empty list says nothing."""
        return super().nothing if self._looked and not self.is_looking and not self._asking else ()

    @on(Input.Changed, "#narrow")
    def _narrowed(self) -> None:
        """Begin anew; what an earlier text found is given up."""
        self._turn += 1
        self._hits, self._query, self._looked, self._note = [], None, 0, ""
        self._asking, self._unasked, self._brought_ids = False, "", set()
        text, board = self.query_one("#narrow", Input).value.strip(), self.session.store.state.board
        if text and board is not None:
            self._begin(text, board)
        self.show_rows()
        self._say()

    def _begin(self, text: str, board: Board) -> None:
        from tui.domain.query import parse

        store = self.session.store
        now = datetime.fromtimestamp(store.clock()).astimezone()
        try:
            query = parse(
                text, board, now=now, me=self.session.me, marks=lambda item_id: marks_of(store.state, item_id)
            )
        except QueryError as error:
            self._note = str(error)
            return
        self._query = query
        if query.words and self.session.capabilities.search and store.state.link.loading is not None:
            self._asking = True
            self.set_timer(PAUSE, partial(self._ask, self._turn, board, query))
        self._walk = _items(store.state, self._wall)
        self._step(self._turn, board)

    def _ask(self, turn: int, board: Board, query: Query) -> None:
        """Nothing was typed for a moment: ask the server for what is not loaded yet, beside the keys."""
        if turn == self._turn and self.is_mounted:
            self.run_worker(self._brought(turn, board, query), exit_on_error=True)

    async def _brought(self, turn: int, board: Board, query: Query) -> None:
        """What the server finds comes by the Store as all items do, and is filtered as they are."""
        found: tuple[ItemId, ...] = ()
        try:
            found = await self.session.search(board.id, " ".join(query.words))
        except CardwallError as problem:
            self._unasked = f"; the server could not be asked: {problem.message}"
        if turn != self._turn or not self.is_mounted:
            return
        self._asking = False
        self._brought_ids = set(found) - {item.id for item, _ in self._hits}
        for item in (view(self.session.store.state, item_id) for item_id in found):
            if item is not None and item.id in self._brought_ids and query.matches(item) and len(self._hits) < MOST:
                self._hits.append((item, why(board, item, query.words)))
        self._looked += 1
        self.show_rows(self._at())
        self._say()

    def _step(self, turn: int, board: Board) -> None:
        """Look for one slice."""
        query = self._query
        if turn != self._turn or query is None or not self.is_mounted:
            return
        until, before = time.perf_counter() + SLICE, len(self._hits)
        for item in self._walk:
            self._looked += 1
            if item is not None and query.matches(item) and item.id not in self._brought_ids:
                self._hits.append((item, why(board, item, query.words)))
            if len(self._hits) >= MOST or (self._looked % 16 == 0 and time.perf_counter() > until):
                break
        else:
            self._query = None
        if len(self._hits) >= MOST:
            self._query = None
        if len(self._hits) != before and (self._query is None or before < _FIRST <= len(self._hits)):
            self.show_rows()
        self._say()
        if self._query is not None:
            self.call_later(self._step, turn, board)

    def _say(self) -> None:
        count = len(self._hits)
        if self._note:
            text = self._note
        elif self.is_looking:
            text = f"{count} found, looking on"
        elif not self._looked:
            text = "Enter jumps to the card, Esc goes back"
        else:
            text = f"the first {MOST}; type more to narrow" if count >= MOST else f"{count} found"
        if self._asking and not self._note:
            text += "; asking the server for what is still loading"
        text += self._unasked
        self._note_bar.say(show(text))

    def _lines(self, hits: Sequence[tuple[Item, str]]) -> Iterator[Content]:
        """Keys, columns and names below each other, then what was found where the name does not show it."""
        more, board = self.app.glyphs.more, self.session.store.state.board
        names = {column.id: visible(column.name) for column in board.columns} if board else {}
        keys = max((cell_len(visible(item.key)) for item, _ in hits), default=0)
        lanes = min(_LANE, max((cell_len(names.get(item.column_id, "?")) for item, _ in hits), default=0))
        for item, found_in in hits:
            hidden = self._wall.arrangement.place(item) is None
            yield Content.assemble(
                (column(visible(item.key), keys, more), "bold $accent"),
                (column(names.get(item.column_id, "?"), lanes, more), "$text-muted"),
                show(item.name),
                Content.styled(f"  {found_in}" if found_in else "", "$secondary"),
                Content.styled("  (hidden by the filter)" if hidden else "", "$text-muted"),
            )


def why(board: Board, item: Item, words: Sequence[str]) -> str:
    """Where an item holds what was looked for, when its key and name do not show it."""
    shown = loose(f"{item.key} {item.name}")
    missing = [word for word in words if word not in shown]
    if not missing:
        return ""
    for member in (LABELS, *(field.member for field in board.fields)):
        text = value_text(board, member, value_of(item, member)) if _has(item, member) else ""
        at = loose(text).find(missing[0])
        if at >= 0:
            start = max(0, at - _SNIPPET // 3)
            return f"{member.removeprefix('field.')}: {'…' * bool(start)}{text[start : start + _SNIPPET]}"
    return ""


def _has(item: Item, member: Member) -> bool:
    return member in (LABELS, NAME) or member.removeprefix("field.") in item.fields


def _items(state: State, wall: Wall) -> Iterator[Item | None]:
    """What the wall shows, in its order, then what a filter hides; None for one that was seen, which costs time too."""
    seen: set[ItemId] = set()
    for column_id in tuple(wall.arrangement.columns):
        for item_id in list(wall.arrangement.ids(column_id)):
            item = view(state, item_id)
            if item is not None:
                seen.add(item.id)
            yield item
    totals = [wall.arrangement.totals(column_id) for column_id in tuple(wall.arrangement.columns)]
    if wall.arrangement.complete and all(total.shown == total.count for total in totals):
        return  # no filter hides anything
    for item_id in chain(state.queue, state.items):
        item = None if item_id in seen else view(state, item_id)
        if item is not None:
            seen.add(item.id)
        yield item
