"""Open, edit, make and delete items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.app.command import command, needs_board, needs_item, needs_write
from tui.app.context import Context
from tui.domain.changes import Create, Delete
from tui.domain.model import LOCAL, NAME, Board, Item, ItemId
from tui.domain.record import Record
from tui.domain.values import empty
from tui.sync.events import Draft
from tui.sync.outbox import Pending
from tui.sync.state import conflict_of, refused_of, view

if TYPE_CHECKING:
    from tui.app.screens.form import Ended

GROUP = "Item"


def needs_columns(context: Context) -> str | None:
    """Guard: the open board must have a column to put an item in."""
    board = context.board
    if board is None:
        return "No board is open yet."
    return None if board.columns else "This board has no columns, so there is no place for an item."


def needs_delete(context: Context) -> str | None:
    """Guard: the server and the board must allow deleting what they have."""
    if (targets := context.wall.targets()) and all(_refused_create(context, item.id) for item in targets):
        return None
    if not context.session.capabilities.delete:
        return "This server cannot delete items."
    if context.board and not context.board.allow_delete:
        return "This board does not allow deleting."
    return None


@command(
    "item.edit",
    keys=("e",),
    title="Edit…",
    group=GROUP,
    guard=(needs_write, needs_item, needs_board),
    footer="edit",
    words="rename change value field label tag note comment owner assign",
)
def edit(context: Context) -> None:
    """Change any field of the item in one form; a conflict or refusal of it is settled there."""
    item = context.wall.cursor_item()
    if item is not None:
        open_item_form(context, item)


@command(
    "item.create_form",
    keys=("c", "C"),
    title="New item…",
    group=GROUP,
    guard=(needs_write, needs_columns),
    footer="new",
    words="add create card deal ticket lead duplicate clone",
)
def create(context: Context) -> None:
    """Make a new item in the cursor's column."""
    board = context.board
    if board is None:
        return
    draft = _unfinished(context, board)
    open_new_form(context, board, draft.base if draft else _blank(context, board))


@command(
    "item.delete",
    keys=("#", "delete"),
    title="Delete…",
    group=GROUP,
    guard=(needs_write, needs_item, needs_delete),
    words="remove trash bin",
)
def delete(context: Context) -> None:
    """Delete the marked items or the one under the cursor, after asking; undo brings them back where the server can."""
    from tui.app.screens.confirm import ConfirmScreen

    targets, is_final = context.wall.targets(), not context.session.capabilities.restore
    what = f"{targets[0].key} {targets[0].name}" if len(targets) == 1 else f"{len(targets)} items"

    def answered(yes: bool | None) -> None:
        if not yes:
            context.say(f"{targets[0].key if len(targets) == 1 else what} not deleted.")
            return
        found = [item for target in targets if (item := view(context.state, target.id)) is not None]
        held = [item for item in found if not _drop_never_made(context, item.id)]
        if held:
            context.store.dispatch(*(Delete(item.id, item) for item in held))
        if found:
            undo = "" if is_final or len(held) < len(found) else context.app.keymap.shown_keys("history.undo", 1)
            them = "it" if len(targets) == 1 else "them"
            context.say(f"Deleted {what}." + (f" {undo} brings {them} back." if undo else ""))

    if all(_refused_create(context, item.id) for item in targets):
        is_final, hint = True, "The server never took it: it is dropped for good."
    else:
        hint = "This is for good: the server cannot bring anything back." if is_final else "It can be undone."
    context.open(ConfirmScreen(f"Delete {what}?", hint), answered)


def _refused_create(context: Context, item_id: ItemId) -> Pending | None:
    """The create that the server refused, of an item that it never had."""
    held = refused_of(context.state, item_id)
    return held if held is not None and isinstance(held.change, Create) else None


def _drop_never_made(context: Context, item_id: ItemId) -> bool:
    """Drop an item that the server never had, with what waits behind it; False when there is something to delete."""
    held = _refused_create(context, item_id)
    if held is not None:
        context.store.drop(held.id)
    return held is not None


def open_new_form(context: Context, board: Board, base: Item) -> None:
    """The form of an item that is to be made, with its draft."""
    from tui.app.form_flow import Flow
    from tui.app.form_model import open_form
    from tui.app.screens.form import FormScreen

    capabilities = context.session.capabilities
    flow = Flow(context.store, open_form(board, base, capabilities, creates=True), capabilities)
    flow.restore_draft()
    context.open(FormScreen(context.session, flow, start=NAME), lambda ended: after_form(context, ended))


def open_item_form(context: Context, item: Item) -> None:
    """The form of an item: with what waits for a person, else with its draft."""
    state, capabilities = context.state, context.session.capabilities
    board = state.known.get(item.board_id) or context.board
    if board is None:
        return
    from tui.app.form_flow import Flow
    from tui.app.form_model import open_form
    from tui.app.screens.form import FormScreen

    held: Pending | None = conflict_of(state, item.id) or refused_of(state, item.id)
    creates = held is not None and isinstance(held.change, Create)
    flow = Flow(context.store, open_form(board, item, capabilities, creates=creates), capabilities, held)
    flow.restore_draft()
    context.store.look(item.id)
    context.open(FormScreen(context.session, flow), lambda ended: after_form(context, ended))


def after_form(context: Context, ended: Ended | None) -> None:
    """The cursor goes to the form's item, and the line below says what became of it."""
    if ended is None:
        return
    target = ended.open_item or ended.item_id
    if view(context.state, target) is not None:
        context.wall.select(target)
    if ended.sentence:
        context.say(ended.sentence)


def _unfinished(context: Context, board: Board) -> Draft | None:
    """The draft of a new item that was never saved."""
    drafts = [
        draft
        for draft in context.state.drafts.values()
        if draft.base.is_local and draft.base.board_id == board.id and view(context.state, draft.base.id) is None
    ]
    return max(drafts, key=lambda draft: draft.at, default=None)


def _blank(context: Context, board: Board) -> Item:
    """A new item in the cursor's column, with nothing filled in."""
    column = context.wall.column or board.columns[0]
    now = context.store.clock()
    return Item(
        ItemId(LOCAL + context.store.new_id()),
        "new",
        "",
        board.id,
        column.id,
        column.statuses[0].id if column.statuses else None,
        Record({field.name: empty(field.kind) for field in board.fields}),
        created_at=now,
        updated_at=now,
    )
