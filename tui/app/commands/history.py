"""Undo and redo, which say what they did."""

from __future__ import annotations

from rich.cells import cell_len

from tui.app.clean import plain
from tui.app.command import command, needs_write
from tui.app.context import Context
from tui.domain.changes import Change, Create, Delete, Edit, Move, Restore, Set, apply_edits, inverse
from tui.domain.model import COLUMN, Board, Item, label_of
from tui.sync.history import Step
from tui.sync.lasting import Ways, not_redone, not_undone
from tui.sync.outbox import PendingId
from tui.sync.state import State, resolve, view

GROUP = "History"
NAMED = 3
"""Items that a sentence names one by one."""
MANY = 100
"""Changes of a step that are looked at for what they have in common."""


def _something_done(context: Context) -> str | None:
    """Guard: there is something to undo."""
    return None if context.state.history.done else "There is nothing to undo in this session."


def _something_undone(context: Context) -> str | None:
    """Guard: there is something to redo."""
    return None if context.state.history.undone else "There is nothing to redo."


@command(
    "history.undo",
    keys=("u", "z"),
    title="Undo",
    group=GROUP,
    guard=(needs_write, _something_done),
    words="revert back restore undelete",
)
def undo(context: Context) -> None:
    """Take back what you did last."""
    before = context.state
    lasting = not_undone(before, before.history.done[-1], _ways(context))
    step = context.store.undo(lasting)
    if step is not None:
        _show(context, step, before, lasting, undone=True)


@command(
    "history.redo",
    keys=("U", "Z", "ctrl+r"),
    title="Redo",
    group=GROUP,
    guard=(needs_write, _something_undone),
    words="again",
)
def redo(context: Context) -> None:
    """Do again what you undid last."""
    before = context.state
    lasting = not_redone(before, before.history.undone[-1], _ways(context))
    step = context.store.redo(lasting)
    if step is not None:
        _show(context, step, before, lasting, undone=False)


def _ways(context: Context) -> Ways:
    """What the server and the board allow an undo to do."""
    capabilities, board = context.session.capabilities, context.board
    deletes = capabilities.delete and (board is None or board.allow_delete)
    return Ways(deletes, capabilities.restore)


def _show(context: Context, whole: Step, before: State, lasting: frozenset[PendingId], *, undone: bool) -> None:
    """Say what became of a step, of which the server leaves the `lasting` deeds as they are."""
    left = _left(context, [whole.changes[one] for one in whole.order if one in lasting], undone) if lasting else ""
    step = whole.without(lasting)
    if step is None:
        context.say(left, "warning")
        return
    item_id = resolve(context.state, step.deeds[0].change.item_id)
    if view(context.state, item_id) is not None:
        context.wall.select(item_id)
    done = "Already so" if _was_so(before, step, undone=undone) else "Undone" if undone else "Redone"
    said = f"{done}: {sentence(context, step, undone=undone)}"
    context.say(f"{said} {left}".rstrip(), "warning" if left else "information")


def _left(context: Context, changes: list[Change], undone: bool) -> str:
    """Why these changes stay as they are."""
    item = _item(context, changes[0]) if len(changes) == 1 else None
    whose = f"{plain(item.key)}: " if item is not None else f"{len(changes):,} items: " if len(changes) > 1 else ""
    if not undone:
        return f"{whose}this server cannot bring back what was deleted."
    if any(isinstance(change, Delete) for change in changes):
        return f"{whose}a deletion cannot be undone on this server."
    server = "this server cannot delete" if not context.session.capabilities.delete else "this board allows no deleting"
    return f"{whose}a new item cannot be undone, because {server}."


def _was_so(before: State, step: Step, *, undone: bool) -> bool:
    """Whether someone had done all of it already, so that nothing was left to be undone or redone."""
    for deed in step.deeds[:MANY]:
        change = inverse(deed.change) if undone else deed.change
        item = view(before, change.item_id)
        if isinstance(change, Edit):
            if item is None or apply_edits(change.edits, item) != item:
                return False
        elif (item is None) is not isinstance(change, Delete):
            return False
    return len(step.changes) <= MANY


def sentence(context: Context, step: Step, *, undone: bool) -> str:
    """How things stand after a step, in a few words: ``DEAL-42 Acme is back in Lead.``"""
    changes = [deed.change for deed in step.deeds]
    if len(changes) > 1:
        keys = [plain(item.key) for change in changes[:NAMED] if (item := _item(context, change))]
        more = f" and {len(changes) - len(keys):,} more" if keys and len(changes) > len(keys) else ""
        said = {_deed(change, context.board, undone) for change in changes[:MANY]}
        deed = said.pop() if len(said) == 1 and len(changes) <= MANY else f"{len(changes):,} changes"
        return f"{', '.join(keys)}{more}: {deed}." if keys else f"{deed}."
    item = _item(context, changes[0])
    name = plain(f"{item.key} {item.name}" if item else "an item")
    if cell_len(name) > 40:
        name = f"{name[:39]}{context.app.glyphs.more}"
    deed = _deed(changes[0], context.board, undone)
    return f"{name} {'is ' if deed.startswith('back in') else ''}{deed}."


def _item(context: Context, change: Change) -> Item | None:
    """The item that a change was about, also when it is no longer there."""
    item = view(context.state, change.item_id)
    if item is None and isinstance(change, Create):
        return change.item
    return change.was if item is None and isinstance(change, Delete | Restore) else item


def _deed(change: Change, board: Board | None, undone: bool) -> str:
    match change:
        case Create() | Restore():
            return "taken away again" if undone else "brought back"
        case Delete():
            return "brought back" if undone else "deleted again"
        case Move() if board and isinstance(edit := change.edits.get(COLUMN), Set):
            there = edit.base if undone else edit.mine
            name = next((column.name for column in board.columns if column.id == there), "?")
            return f"back in {plain(name)}"
        case Edit():
            members = plain(", ".join(label_of(board, member) if board else member for member in change.edits))
            return f"has {members} as before" if undone else f"has {members} changed again"
