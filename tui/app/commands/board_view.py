"""Moving items between columns, and marking them."""

from __future__ import annotations

from immutables import Map

from tui.app.clean import plain
from tui.app.command import command, needs_item, needs_write
from tui.app.context import Context
from tui.domain.changes import Move, Set
from tui.domain.merge import status_after_move
from tui.domain.model import COLUMN, STATUS, Board, Column, Item, ItemId, Member

GROUP = "Item"


def move_to(board: Board, item: Item, column: Column) -> Move:
    """The move of an item to a column, against what the user sees; the status goes with it."""
    edits: dict[Member, Set] = {COLUMN: Set(item.column_id, column.id)}
    status = status_after_move(board, item, column.id)
    if status != item.status_id:
        edits[STATUS] = Set(item.status_id, status)
    return Move(item.id, Map(edits))


def _beside(context: Context, item: Item, by: int) -> Column | None:
    columns = context.board.columns if context.board else ()
    place = next((n for n, column in enumerate(columns) if column.id == item.column_id), None)
    if place is None or not 0 <= place + by < len(columns):
        return None
    return columns[place + by]


def _not_first(context: Context) -> str | None:
    """Guard: one of the items can go left."""
    if any(_beside(context, item, -1) for item in context.wall.targets()):
        return None
    return "There is no column to the left of this one."


def _not_last(context: Context) -> str | None:
    """Guard: one of the items can go right."""
    if any(_beside(context, item, 1) for item in context.wall.targets()):
        return None
    return "There is no column to the right of this one."


def _move(context: Context, by: int) -> None:
    board = context.board
    cursor = context.wall.cursor_item()
    items = context.wall.targets()
    goals = [(item, column) for item in items if (column := _beside(context, item, by))]
    if board is None or not goals:
        return
    context.store.dispatch(*(move_to(board, item, column) for item, column in goals))
    moved = [item.id for item, _ in goals]
    context.wall.select(cursor.id if cursor is not None and cursor.id in moved else moved[0])
    what = plain(goals[0][0].key) if len(goals) == 1 else f"{len(goals):,} items"
    names = {column.id: column.name for _, column in goals}
    where = f"to {plain(*names.values())}" if len(names) == 1 else f"one column to the {'right' if by > 0 else 'left'}"
    stayed = len(items) - len(goals)
    rest = f"; {stayed:,} stayed, there is no column further" if stayed else ""
    context.say(f"{what} moved {where}{rest}.")


@command(
    "item.move_left",
    keys=("H", "<"),
    title="Move to the column on the left",
    group=GROUP,
    guard=(needs_item, needs_write, _not_first),
    footer="move",
)
def move_left(context: Context) -> None:
    """Move the item, or the marked items, one column to the left."""
    _move(context, -1)


@command(
    "item.move_right",
    keys=("L", ">"),
    title="Move to the column on the right",
    group=GROUP,
    guard=(needs_item, needs_write, _not_last),
    footer="move",
)
def move_right(context: Context) -> None:
    """Move the item, or the marked items, one column to the right."""
    _move(context, 1)


@command("mark.toggle", keys=("x",), title="Mark", group=GROUP, guard=needs_item, words="select")
def toggle(context: Context) -> None:
    """Mark the item, or take its mark away, and go to the next card."""
    wall, item = context.app.wall, context.wall.cursor_item()
    if item is not None:
        wall.mark(wall.marked ^ {item.id})
        wall.model.go_by(1)


@command("mark.column", keys=("V",), title="Mark the column", group=GROUP, guard=needs_item, words="select")
def mark_column(context: Context) -> None:
    """Mark every shown item of the column, or take their marks away."""
    wall, lane = context.app.wall, context.app.wall.model.lane
    if lane is not None:
        ids: set[ItemId] = set(wall.arrangement.ids(lane.column_id))
        wall.mark(wall.marked - ids if ids <= wall.marked else wall.marked | ids)


@command("mark.all", keys=("*",), title="Mark everything shown", group=GROUP, guard=needs_item, words="select")
def mark_all(context: Context) -> None:
    """Mark every item that passes the filter."""
    wall = context.app.wall
    wall.mark({item_id for column_id in wall.arrangement.columns for item_id in wall.arrangement.ids(column_id)})


@command("mark.none", title="Clear marks", group=GROUP, words="unselect deselect")
def mark_none(context: Context) -> None:
    """Take all marks away."""
    context.app.wall.mark(set())
