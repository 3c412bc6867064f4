"""What waits to be sent, and what was done in this session: two lists to look through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.app.change_text import change_text, is_in_view, item_of, key_of, name_of
from tui.app.command import command, needs_write
from tui.app.commands.items import open_item_form
from tui.app.commands.items_look import jump
from tui.app.context import Context
from tui.domain.changes import Change
from tui.domain.model import Item
from tui.sync.outbox import Pending, PendingId

if TYPE_CHECKING:
    from tui.app.screens.outbox import OutboxScreen

GROUP = "History"
LISTED = "Waiting changes"
PLACE = "outbox"


def something_waits(context: Context) -> str | None:
    """Guard: something is not sent yet."""
    return None if context.state.outbox else "Nothing waits: the server has everything you did."


def something_was_done(context: Context) -> str | None:
    """Guard: this session has a history."""
    history = context.state.history
    return None if history.done or history.undone else "You have changed nothing in this session."


@command(
    "outbox.open",
    keys=("g q",),
    title="What waits to be sent…",
    group=GROUP,
    guard=something_waits,
    words="pending queue unsent offline drop discard",
)
def open_outbox(context: Context) -> None:
    """List every change the server has not taken yet: send it again, drop it, settle it, or go to its card."""
    from tui.app.screens.outbox import OutboxScreen

    def closed(answer: str | None) -> None:
        what, _, pending_id = (answer or "").partition(" ")
        pending = context.state.outbox.get(PendingId(pending_id))
        if pending is None:
            return
        item = item_of(context.state, pending.change)
        if item is not None and what == "settle":
            _settle(context, item)
        else:
            _jump(context, pending.change)

    context.open(OutboxScreen(context.session), closed)


@command(
    "history.open",
    keys=("g h",),
    title="What you did…",
    group=GROUP,
    guard=something_was_done,
    words="log journal history",
)
def open_history(context: Context) -> None:
    """List what you did in this session, newest first, and go to the card of one of it."""
    from tui.app.screens.history import HistoryScreen

    screen = HistoryScreen(context.session)

    def closed(answer: str | None) -> None:
        if answer is not None:
            _jump(context, screen.steps[int(answer)][0].deeds[0].change)

    context.open(screen, closed)


def _jump(context: Context, change: Change) -> None:
    """Put the cursor on the item of a change, or say why there is no card of it."""
    item = item_of(context.state, change)
    if item is None or not is_in_view(context.state, item.id):
        there = item is not None and context.board is not None and item.board_id != context.board.id
        context.say(
            f"{key_of(context.state, change)} is on another board."
            if there
            else f"{key_of(context.state, change)} is not on the board."
        )
    else:
        jump(context, item)


def _settle(context: Context, item: Item) -> None:
    if is_in_view(context.state, item.id):
        context.wall.select(item.id)
    open_item_form(context, item)


def _screen(context: Context) -> OutboxScreen:
    from tui.app.screens.outbox import OutboxScreen

    # Not always on top: the help asks about its commands from above it.
    return next(screen for screen in reversed(context.app.screen_stack) if isinstance(screen, OutboxScreen))


def _has_row(context: Context) -> str | None:
    """Guard: the cursor is on a change that still waits."""
    return None if _screen(context).chosen_pending else "There is no change under the cursor."


def _is_free(context: Context) -> str | None:
    """Guard: no request of the change is on its way."""
    pending = _screen(context).chosen_pending
    in_flight = pending is not None and pending.phase == "sealed"
    return "It is on its way: only the server's answer ends that." if in_flight else None


@command(
    "outbox.retry",
    keys=("ctrl+r",),
    title="Send again",
    group=LISTED,
    guard=(_has_row, needs_write),
    place=PLACE,
    hidden=True,
)
def retry(context: Context) -> None:
    """Send the change under the cursor again; one that is merely waiting is tried now."""
    pending = _screen(context).chosen_pending
    if pending is None:
        return
    if pending.phase == "conflict":
        _screen(context).note("A conflict must be settled first.")
    elif pending.phase == "refused":
        context.store.retry(pending.id)
    else:
        context.session.refresh()
        _screen(context).note("Asked the server again.")


@command(
    "outbox.drop",
    keys=("ctrl+x", "delete"),
    title="Drop…",
    group=LISTED,
    guard=(_has_row, needs_write, _is_free),
    place=PLACE,
    hidden=True,
)
def drop(context: Context) -> None:
    """Give up the change under the cursor, after asking: its card shows the server's state again."""
    from tui.app.screens.confirm import ConfirmScreen
    from tui.app.screens.form_words import signs_of

    pending = _screen(context).chosen_pending
    if pending is None:
        return

    def answered(yes: bool | None) -> None:
        if yes:
            _drop(context, pending)

    change, state = pending.change, context.state
    what = f"{key_of(state, change)} {name_of(state, change)}: {change_text(state, change, signs_of(context.app))}"
    context.open(ConfirmScreen(f"Drop this change? {what}", "It cannot be undone.", yes="drop it"), answered)


def _drop(context: Context, pending: Pending) -> None:
    held = context.state.outbox.get(pending.id)
    if held is None or held.phase == "sealed":
        context.say("It was sent meanwhile.", "warning")
    else:
        context.store.drop(pending.id)


@command(
    "outbox.settle",
    keys=("ctrl+e",),
    title="Settle or edit…",
    group=LISTED,
    guard=(_has_row, needs_write),
    place=PLACE,
    hidden=True,
)
def settle(context: Context) -> None:
    """Open the item's form, where a conflict is settled and a refused value is put right."""
    _screen(context).settle()
