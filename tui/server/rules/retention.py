"""Letting go of what is kept for a time only: deleted items for 30 days, stored answers for one."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update

from tui.server.moments import DAY
from tui.server.tables import boards, history, idempotency, items
from tui.server.unit import Unit

DELETED_DAYS = 30
ANSWER_DAYS = 1
_MOST = 500
"""Items purged at once, so that no write waits long for it."""


def purge(unit: Unit) -> int:
    """Remove deleted items whose time is up, and close the feed to cursors from before; how many."""
    due = unit.connection.execute(
        select(items.c.id, items.c.board_id, items.c.revision)
        .where(items.c.deleted_at.is_not(None), items.c.deleted_at < unit.now - DELETED_DAYS * DAY)
        .order_by(items.c.deleted_at)
        .limit(_MOST)
    ).all()
    if not due:
        return 0
    floors: dict[str, int] = {}
    for row in due:
        floors[row.board_id] = max(row.revision, floors.get(row.board_id, 0))
    for board_id, floor in floors.items():
        known = unit.connection.scalar(select(func.max(boards.c.feed_floor)).where(boards.c.id == board_id))
        unit.connection.execute(update(boards).where(boards.c.id == board_id).values(feed_floor=max(floor, known or 0)))
    ids = [row.id for row in due]
    unit.connection.execute(delete(history).where(history.c.item_id.in_(ids)))
    unit.connection.execute(delete(items).where(items.c.id.in_(ids)))
    return len(ids)


def forget_answers(unit: Unit) -> None:
    """Remove stored answers that are older than a day."""
    unit.connection.execute(delete(idempotency).where(idempotency.c.created_at < unit.now - ANSWER_DAYS * DAY))
