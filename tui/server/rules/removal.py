"""Deleting many items of a board at once: all of them or none."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select, update

from tui.server.refusals import DeleteRefused, MissingItems
from tui.server.rules import history, retention
from tui.server.tables import history as history_table
from tui.server.tables import items, matches
from tui.server.unit import Unit

MOST_REMOVED = 500


def remove_many(unit: Unit, board_id: str, ids: Sequence[str]) -> None:
    """Delete items that can be restored for 30 days; `ids` are at most 500, each once.

    Raises `Missing` for the board, `DeleteRefused`, and `MissingItems` for ids of no item of the board.
    """
    blueprint = unit.lock(board_id)
    if not blueprint.board.allow_delete:
        raise DeleteRefused
    rows = unit.connection.execute(
        select(items.c.id, items.c.version).where(
            items.c.id.in_(ids), items.c.board_id == board_id, items.c.deleted_at.is_(None)
        )
    )
    versions = {row.id: row.version for row in rows}
    missing = [item_id for item_id in ids if item_id not in versions]
    if missing:
        raise MissingItems(missing)
    retention.purge(unit)
    first = unit.draw(board_id, revisions=len(ids)).revision
    unit.connection.execute(
        update(items)
        .where(items.c.id == bindparam("gone"))
        .values(
            version=bindparam("next"),
            revision=bindparam("drawn"),
            updated_at=unit.now,
            updated_by=unit.actor,
            deleted_at=unit.now,
        ),
        [{"gone": each, "next": versions[each] + 1, "drawn": first + place} for place, each in enumerate(ids)],
    )
    entries = [history.row(unit, each, versions[each] + 1, {"deleted": (False, True)}) for each in ids]
    unit.connection.execute(insert(history_table), entries)
    unit.connection.execute(delete(matches).where(matches.c.item_id.in_(ids)))
