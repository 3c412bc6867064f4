"""How many items there are where; each count reads an index only."""

from __future__ import annotations

from sqlalchemy import func, select

from tui.server.tables import items
from tui.server.unit import Unit


def by_board(unit: Unit) -> dict[str, int]:
    """The number of items of every board that has any."""
    rows = unit.connection.execute(
        select(items.c.board_id, func.count()).where(items.c.deleted_at.is_(None)).group_by(items.c.board_id)
    )
    return {row[0]: row[1] for row in rows}


def by_column(unit: Unit, columns: list[str]) -> dict[str, int]:
    """The number of items of every one of those columns that has any."""
    rows = unit.connection.execute(
        select(items.c.column_id, func.count())
        .where(items.c.column_id.in_(columns), items.c.deleted_at.is_(None))
        .group_by(items.c.column_id)
    )
    return {row[0]: row[1] for row in rows}
