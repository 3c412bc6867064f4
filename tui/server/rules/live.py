"""All items of a board, a slice at a time: what is held in memory does not grow with the board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from tui.server.tables import items
from tui.server.unit import Unit

SLICE = 500
"""Items."""


def slices(unit: Unit, board_id: str, *columns: ColumnElement[Any]) -> Iterator[Sequence[Row[Any]]]:
    """The items that are not deleted, by id, as rows of these columns; the id must be one of them."""
    last = ""
    while True:
        rows = unit.connection.execute(
            select(*columns)
            .where(items.c.board_id == board_id, items.c.deleted_at.is_(None), items.c.id > last)
            .order_by(items.c.id)
            .limit(SLICE)
        ).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id
