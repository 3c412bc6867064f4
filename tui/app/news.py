"""Sentences about what came from the server: a change of mine that did not go through, a card taken from my cursor."""

from __future__ import annotations

from collections.abc import Iterable

from tui.app.clean import plain
from tui.app.context import Severity
from tui.app.news_link import LinkNews
from tui.domain.changes import Create, Delete, Move, Restore
from tui.domain.model import COLUMN, Board, ColumnId, Item, ItemId, label_of
from tui.sync.events import Pulled, Removed
from tui.sync.outbox import Pending, PendingId
from tui.sync.state import State, pendings_of, resolve, view
from tui.sync.store import Notice

LONGEST = 60
"""Characters of a name that a sentence quotes."""


class News:
    """Gathers what is worth a sentence until the wall takes it: one for everything that came in one turn."""

    def __init__(self) -> None:
        self._stopped: dict[PendingId, None] = {}
        self._taken: str = ""
        self.slipped = ""
        """Who took the card from under the cursor, until the next command: it must not act on the neighbour unseen."""
        self._link = LinkNews()
        self._changed: set[ItemId] | None = None

    def hear(self, notice: Notice, cursor: ItemId | None) -> None:
        """Something happened while the cursor was on that item."""
        self._link.hear(notice)
        for item_id in notice.touched:
            for pending in pendings_of(notice.state, item_id):
                if pending.phase in ("conflict", "refused") and not _was_stopped(notice.before, pending):
                    self._stopped[pending.id] = None
        if isinstance(notice.event, Pulled | Removed):
            self._taken = taken_away(notice, cursor) or self._taken
            self.slipped = self._taken or self.slipped
            if self._changed is not None:
                self._changed |= {i for i in notice.touched if notice.before.items.get(i) != notice.state.items.get(i)}

    def expect(self) -> None:
        """The user asked for news: `came` counts from here."""
        self._changed = set()

    def came(self, notice: Notice) -> str:
        """What came since the user asked, once the server has answered; else empty."""
        link = notice.state.link
        synced = link.synced_at != notice.before.link.synced_at and link.loading is None
        if self._changed is None or not synced:
            return ""
        count, self._changed = len(self._changed), None
        return f"{count:,} item{'s' if count != 1 else ''} changed." if count else "Nothing new."

    def take(
        self, state: State, keys: str, open_items: frozenset[ItemId], now: Item | None = None
    ) -> tuple[str, Severity] | None:
        """The one sentence of this turn; what an open form shows already is left to it. The cursor is on `now`."""
        stopped = [state.outbox[pending_id] for pending_id in self._stopped if pending_id in state.outbox]
        stopped = [pending for pending in stopped if resolve(state, pending.item_id) not in open_items]
        taken, self._taken = self._taken, ""
        self._stopped.clear()
        if stopped:
            return _all_stopped(state, stopped, keys), "error"
        if taken:
            return f"{taken} Now on {plain(now.key)}." if now else taken, "warning"
        return self._link.take()


def _was_stopped(before: State, pending: Pending) -> bool:
    held = before.outbox.get(pending.id)
    return held is not None and held.phase == pending.phase


def _all_stopped(state: State, stopped: list[Pending], keys: str) -> str:
    settles = f"; {keys} settles it" if keys else ""
    if len(stopped) == 1:
        waiting = sum(pending.phase in ("conflict", "refused") for pending in state.outbox.values())
        if waiting > 1 and keys:
            settles = f"; {keys} settles this and {waiting - 1} more"
        return f"{not_done(state, stopped[0])}{settles}."
    settles = f"; {keys} settles them one by one" if keys else ""
    return f"{len(stopped)} changes did not go through, first {not_done(state, stopped[0])}{settles}."


def not_done(state: State, pending: Pending) -> str:
    """What of mine did not go through, and why: ``DEAL-28 not saved: sam changed Value``."""
    item_id = resolve(state, pending.item_id)
    item = view(state, item_id) or state.items.get(item_id) or state.gone.get(item_id)
    change = pending.change
    if isinstance(change, Create):
        item = item or change.item
    elif item is None and isinstance(change, Delete | Restore):
        item = change.was
    if item is not None and (moves := _both_moved(state.board, pending)):
        return f"{plain(item.key)}: {moves}"
    verb = "moved" if isinstance(change, Move) else "saved"
    if isinstance(change, Delete | Restore | Create):
        verb = {Delete: "deleted", Restore: "brought back", Create: "created"}[type(change)]
    name = "an item" if item is None else named(item) if isinstance(change, Create) else plain(item.key)
    return f"{name} not {verb}: {_why(state.board, pending)}"


def _both_moved(board: Board | None, pending: Pending) -> str:
    """Where I moved an item and where someone else did, since its card stands where I moved it; else empty."""
    conflict = pending.conflict
    if pending.phase != "conflict" or conflict is None or conflict.theirs is None or board is None:
        return ""
    mine = next((board.column(ColumnId(str(clash.mine))) for clash in conflict.clashes if clash.member == COLUMN), None)
    if mine is None:
        return ""
    return f"you moved it to {plain(mine.name)}, {who(conflict.theirs)} to {column_name(board, conflict.theirs)}"


def _why(board: Board | None, pending: Pending) -> str:
    conflict = pending.conflict
    if pending.phase == "refused" or conflict is None:
        return plain((pending.problem or "the server refused it").rstrip("."))
    theirs = conflict.theirs
    if theirs is None:
        return "it was deleted meanwhile"
    clashing = [clash.member for clash in conflict.clashes]
    if COLUMN in clashing:
        return f"{who(theirs)} moved it to {column_name(board, theirs)}"
    if board is None or not clashing:
        return f"{who(theirs)} changed it meanwhile"
    return f"{who(theirs)} changed {plain(', '.join(label_of(board, member) for member in clashing))}"


def taken_away(notice: Notice, cursor: ItemId | None) -> str:
    """That someone moved or deleted the item under the cursor; empty when nobody did."""
    if cursor is None or cursor not in notice.touched:
        return ""
    old, new = view(notice.before, cursor), view(notice.state, cursor)
    if old is None:
        return ""
    if new is None:
        return f"{named(old)} was deleted by someone else."
    if old.column_id == new.column_id:
        return ""
    return f"{named(new)} was moved to {column_name(notice.state.board, new)} by {who(new)}."


def who(item: Item) -> str:
    """Who changed an item last, as far as the server says."""
    return plain(item.updated_by) if item.updated_by else "someone"


def column_name(board: Board | None, item: Item) -> str:
    """The name of the column that an item is in."""
    column = board.column(item.column_id) if board else None
    return plain(column.name) if column else "another column"


def named(item: Item) -> str:
    """Key and name, cut to what a sentence can bear."""
    text = plain(f"{item.key} {item.name}")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def items_of(screens: Iterable[object]) -> frozenset[ItemId]:
    """The items of the forms among these screens."""
    flows = (getattr(screen, "flow", None) for screen in screens)
    return frozenset(flow.item_id for flow in flows if flow is not None)
