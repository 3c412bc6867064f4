"""Find what was typed in forms and not saved."""

from __future__ import annotations

from tui.app.clean import plain
from tui.app.command import command, needs_write
from tui.app.commands.items import GROUP, open_item_form, open_new_form
from tui.app.context import Context
from tui.domain.model import ItemId
from tui.sync.state import view


def has_drafts(context: Context) -> str | None:
    """Guard: a form must have been left unsaved."""
    return None if context.state.drafts else "No form was left unsaved, so there are no drafts."


@command("draft.list", title="Drafts…", group=GROUP, guard=(needs_write, has_drafts), words="unsaved")
def drafts(context: Context) -> None:
    """List what was typed in forms and not saved; Enter goes on with one."""
    from tui.app.screens.drafts import DraftsScreen

    def chosen(row: str | None) -> None:
        if row is not None:
            _go_on(context, ItemId(row))

    context.open(DraftsScreen(context.store), chosen)


def _go_on(context: Context, item_id: ItemId) -> None:
    """Open the form a draft came from."""
    draft = context.state.drafts.get(item_id)
    if draft is None:
        return
    board = context.state.known.get(draft.base.board_id)
    if board is None:
        named = [one.name for one in context.state.boards if one.id == draft.base.board_id]
        context.say(f"Open the board {plain(named[0])} first." if named else "Open the draft's board first.")
        return
    item = view(context.state, item_id)
    if item is None and draft.base.is_local:
        open_new_form(context, board, draft.base)
    else:
        open_item_form(context, item or draft.base)
