"""Undo and redo, which say what they did."""

from __future__ import annotations

from rich.cells import cell_len

from tui.app.clean import plain
from tui.app.command import command, needs_write
from tui.app.context import Context
from tui.domain.changes import Change, Create, Delete, Edit, Move, Restore, Set
from tui.domain.model import COLUMN, Board, label_of
from tui.sync.history import Step
from tui.sync.state import resolve, view

GROUP = "History"


def _something_done(context: Context) -> str | None:
    """Guard: there is something to undo."""
    return None if context.state.history.done else "There is nothing to undo in this session."


def _something_undone(context: Context) -> str | None:
    """Guard: there is something to redo."""
    return None if context.state.history.undone else "There is nothing to redo."


@command("history.undo", keys=("u", "z"), title="Undo", group=GROUP, guard=(needs_write, _something_done))
def undo(context: Context) -> None:
    """Take back what you did last."""
    step = context.store.undo()
    if step is not None:
        _show(context, step, "Undone")


@command("history.redo", keys=("U", "Z"), title="Redo", group=GROUP, guard=(needs_write, _something_undone))
def redo(context: Context) -> None:
    """Do again what you undid last."""
    step = context.store.redo()
    if step is not None:
        _show(context, step, "Redone")


def _show(context: Context, step: Step, verb: str) -> None:
    item_id = resolve(context.state, step.deeds[0].change.item_id)
    if view(context.state, item_id) is not None:
        context.wall.select(item_id)
    context.say(f"{verb}: {sentence(context, step)}")


def sentence(context: Context, step: Step) -> str:
    """What a step did, in a few words: ``DEAL-42 moved from Lead to Won``."""
    if len(step.deeds) > 1:
        return f"{len(step.deeds)} changes"
    change = step.deeds[0].change
    item = view(context.state, change.item_id)
    if item is None and isinstance(change, Create):
        item = change.item
    elif item is None and isinstance(change, Delete | Restore):
        item = change.was
    name = plain(f"{item.key} {item.name}" if item else "an item")
    if cell_len(name) > 40:
        name = f"{name[:39]}…"
    return f"{name} {_deed(change, context.board)}."


def _deed(change: Change, board: Board | None) -> str:
    match change:
        case Create():
            return "created"
        case Delete():
            return "deleted"
        case Restore():
            return "restored"
        case Move() if board and isinstance(edit := change.edits.get(COLUMN), Set):
            old, new = (next((c.name for c in board.columns if c.id == end), "?") for end in (edit.base, edit.mine))
            return f"moved from {plain(old)} to {plain(new)}"
        case Edit():
            members = ", ".join(label_of(board, member) if board else member for member in change.edits)
            return f"changed in {plain(members)}"
