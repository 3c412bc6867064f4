"""Find and settle what waits for a person: conflicts, and changes the server refused."""

from __future__ import annotations

from tui.app.command import command, needs_write
from tui.app.commands.items import open_item_form
from tui.app.context import Context
from tui.domain.model import Item
from tui.sync.events import Draft
from tui.sync.outbox import Pending
from tui.sync.state import conflict_of, refused_of, resolve, view

GROUP = "Conflict"


def _waiting(context: Context) -> list[Pending]:
    """What waits for a person, oldest first."""
    held = (pending for pending in context.state.outbox.values() if pending.phase in ("conflict", "refused"))
    return sorted(held, key=lambda pending: pending.seq)


def _lost(context: Context) -> list[Draft]:
    """Drafts of items that were deleted on the server, oldest first: no card shows them."""
    drafts = (d for d in context.state.drafts.values() if not d.base.is_local and d.texts)
    return sorted((d for d in drafts if resolve(context.state, d.base.id) in context.state.gone), key=lambda d: d.at)


def something_waits(context: Context) -> str | None:
    """Guard: something waits for a person."""
    return None if _waiting(context) or _lost(context) else "Nothing is in conflict, and nothing was refused."


def has_refusal(context: Context) -> str | None:
    """Guard: the item under the cursor has a change that the server refused."""
    item = context.wall.cursor_item()
    held = refused_of(context.state, item.id) if item else None
    return None if held else "Nothing of this card was refused."


@command(
    "conflict.settle",
    keys=("g c",),
    title="Settle conflict…",
    group=GROUP,
    guard=(needs_write, something_waits),
)
def settle(context: Context) -> None:
    """Settle what waits on the card under the cursor, else the oldest that waits anywhere."""
    item = context.wall.cursor_item()
    if item is not None and (conflict_of(context.state, item.id) or refused_of(context.state, item.id)):
        open_item_form(context, item)
        return
    if not _waiting(context):
        open_item_form(context, _lost(context)[0].base)
        return
    pending = _waiting(context)[0]
    found = item_of(context, pending)
    if found is None:
        context.say("The item of the oldest conflict is on a board that is not loaded.", "warning")
        return
    context.wall.select(found.id)
    open_item_form(context, found)


@command("item.retry", title="Send again", group=GROUP, guard=(needs_write, has_refusal))
def retry(context: Context) -> None:
    """Send a change that the server refused once more, as it is."""
    item = context.wall.cursor_item()
    held = refused_of(context.state, item.id) if item else None
    if held is not None:
        context.store.retry(held.id)


def item_of(context: Context, pending: Pending) -> Item | None:
    """The item a Pending is about, as far as it is known, also when it was deleted on the server."""
    item_id = resolve(context.state, pending.item_id)
    return view(context.state, item_id) or context.state.items.get(item_id) or context.state.gone.get(item_id)
