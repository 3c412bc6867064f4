"""Ranks within a column: sparse integers, so that a move writes one item."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, select, update

from tui.server.tables import items
from tui.server.unit import Unit

STEP = 65_536
_FEWEST_MOVED = 16


def end_of(unit: Unit, column_id: str) -> int:
    """A rank after everything in the column."""
    last = unit.connection.scalar(select(func.max(items.c.position)).where(_in_column(column_id)))
    return (last or 0) + STEP


def place(unit: Unit, board_id: str, column_id: str, rank: int, item_id: str) -> int:
    """The rank an item gets that asks for `rank`: that one, or just behind the item that has it already."""
    others = and_(_in_column(column_id), items.c.id != item_id)
    taken = unit.connection.scalar(select(items.c.id).where(others, items.c.position == rank).limit(1))
    if taken is None:
        return rank
    after: int | None = unit.connection.scalar(
        select(items.c.position).where(others, items.c.position > rank).order_by(items.c.position).limit(1)
    )
    if after is None:
        return rank + STEP
    if after - rank > 1:
        return rank + (after - rank) // 2
    return _make_room(unit, board_id, others, rank)


def _make_room(unit: Unit, board_id: str, others: ColumnElement[bool], rank: int) -> int:
    """Spread just enough of the items behind `rank`; no version rises, but the feed shows them."""
    count = _FEWEST_MOVED
    while True:
        rows = unit.connection.execute(
            select(items.c.id, items.c.position)
            .where(others, items.c.position > rank)
            .order_by(items.c.position, items.c.id)
            .limit(count + 1)
        ).all()
        moved = rows[:count]
        end: int = rows[count].position if len(rows) > count else rank + STEP * (len(moved) + 2)
        gap = (end - rank) // (len(moved) + 2)
        if gap >= _FEWEST_MOVED:
            break
        count *= 2
    first = unit.draw(board_id, revisions=len(moved)).revision
    for place_, row in enumerate(moved):
        unit.connection.execute(
            update(items)
            .where(items.c.id == row.id)
            .values(position=rank + gap * (place_ + 2), revision=first + place_)
        )
    return rank + gap


def _in_column(column_id: str) -> ColumnElement[bool]:
    return and_(items.c.column_id == column_id, items.c.deleted_at.is_(None))
