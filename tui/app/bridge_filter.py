"""The filter and the sort the user asked for, turned into a Lens; a mistake leaves the last good result in place."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from tui.app.clean import plain
from tui.domain.arrangement import Lens
from tui.domain.model import ItemId
from tui.domain.order import SortKey
from tui.domain.query_syntax import QueryError
from tui.sync.state import State, pendings_of, resolve
from tui.sync.store import Store

if TYPE_CHECKING:
    from tui.app.bridge import Bridge


class Mistake(Struct, frozen=True):
    """What is wrong with a filter text, and where."""

    sentence: str
    at: int
    """Character, from 0."""


class Filter:
    """One text and one sort; `typed` and `sort_by` change what the bridge shows."""

    def __init__(self, bridge: Bridge, me: str) -> None:
        self.bridge = bridge
        self.text = ""
        """The filter that is on."""
        self.sort: tuple[SortKey, ...] = ()
        """The order asked for by the sort menu; a `sort:` in the text wins."""
        self.mistake: Mistake | None = None
        self.note = ""
        """Why the filter finds less than was meant."""
        self._before = ""
        self._me = me

    def typed(self, text: str) -> None:
        """Show what `text` finds; with a mistake in it, what the last good text found."""
        try:
            lens, self.note = lens_of(text, self.sort, self.bridge.store, self._me)
        except QueryError as error:
            self.mistake = Mistake(plain(str(error)), error.column)
            return
        self.mistake = None
        if text.strip() != self.text:
            self.text = text.strip()
            self.bridge.use(lens)

    def begin(self) -> None:
        """A text is about to be typed."""
        self._before = self.text

    def end(self, *, keep: bool) -> None:
        """The typed text stays on, with the cursor on a card that it finds; or the one from before comes back."""
        self.typed(self.text if keep else self._before)
        if keep and self.text:
            self.bridge.model.go_to_nearest()

    def sort_by(self, sort: tuple[SortKey, ...]) -> None:
        """Show the board in another order."""
        self.sort = sort
        self.bridge.use(lens_of(self.text, sort, self.bridge.store, self._me)[0])

    def reset(self) -> None:
        """Forget what was asked of another board."""
        self.text, self.sort, self.mistake, self.note = "", (), None, ""

    def clear(self) -> None:
        """Show everything."""
        self.typed("")


def lens_of(text: str, sort: tuple[SortKey, ...], store: Store, me: str) -> tuple[Lens, str]:
    """The Lens a filter text means, and why it finds less than was meant; a mistake in it is a QueryError."""
    board = store.state.board
    if not text.strip() or board is None:
        return Lens(sort=sort), ""
    from tui.domain.query import parse

    now = datetime.fromtimestamp(store.clock()).astimezone()
    query = parse(text, board, now=now, me=me, marks=lambda item_id: marks_of(store.state, item_id))
    if query.judge is None:
        return Lens(sort=query.sort or sort), ""
    return Lens(query.judge, query.sort or sort), plain(query.note)


def marks_of(state: State, item_id: ItemId) -> set[str]:
    """What ``is:`` can ask of an item: conflict, failed, pending, draft, new."""
    phases = {pending.phase for pending in pendings_of(state, item_id)}
    found = {name for phase, name in _PHASES.items() if phase in phases}
    if resolve(state, item_id) in state.drafts:
        found.add("draft")
    if resolve(state, item_id) in state.changed:
        found.add("new")
    return found


_PHASES = {"conflict": "conflict", "refused": "failed", "queued": "pending", "sealed": "pending"}
