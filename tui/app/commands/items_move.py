"""Move items to any column or status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from immutables import Map

from tui.app.clean import plain
from tui.app.command import command, needs_item, needs_write
from tui.app.commands.board_view import move_to
from tui.app.commands.items import needs_columns
from tui.app.context import Context
from tui.domain.changes import Move, Set
from tui.domain.model import COLUMN, STATUS, Board, Item, ItemId, Member
from tui.sync.state import view

if TYPE_CHECKING:
    from tui.app.screens.move_picker import Goal


@command(
    "item.move",
    keys=("m", "s"),
    title="Move to…",
    group="Item",
    guard=(needs_write, needs_item, needs_columns),
    footer="move to",
    words="stage column status change archive close won lost done",
)
def move(context: Context) -> None:
    """Move the marked items or the one under the cursor to a column or status you pick."""
    from tui.app.screens.move_picker import MoveScreen

    board, items = context.board, context.wall.targets()
    if board is None or not items:
        return
    screen = MoveScreen(board, items)
    ids = [item.id for item in items]
    context.open(screen, lambda chosen: _moved(context, board, ids, screen.goals[int(chosen)]) if chosen else None)


def _moved(context: Context, board: Board, ids: list[ItemId], goal: Goal) -> None:
    found = [item for item_id in ids if (item := view(context.state, item_id)) is not None]
    moves = [one for item in found if (one := _move(board, item, goal)) is not None]
    where = goal.column.name + (f", {goal.status.name}" if goal.status else "")
    if not moves:
        context.say(f"Already in {plain(where)}." if found else "The item is no longer there.", "warning")
        return
    cursor = context.wall.cursor_item()
    context.store.dispatch(*moves)
    if cursor is not None and any(one.item_id == cursor.id for one in moves):
        context.wall.select(cursor.id)
    what = found[0].key if len(found) == 1 else f"{len(moves)} items"
    context.say(f"{plain(what)} moved to {plain(where)}.")


def _move(board: Board, item: Item, goal: Goal) -> Move | None:
    """The move of one item; None when it is there already."""
    if goal.status is None:
        return None if item.column_id == goal.column.id else move_to(board, item, goal.column)
    edits: dict[Member, Set] = {}
    if item.column_id != goal.column.id:
        edits[COLUMN] = Set(item.column_id, goal.column.id)
    if item.status_id != goal.status.id:
        edits[STATUS] = Set(item.status_id, goal.status.id)
    return Move(item.id, Map(edits)) if edits else None
