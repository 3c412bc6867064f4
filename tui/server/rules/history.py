"""What became of an item, version by version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import insert, select

from tui.server.blueprint import Blueprint
from tui.server.json_text import dumps, loads_stored
from tui.server.rules.contents import Content
from tui.server.tables import history
from tui.server.unit import Unit

Changes = dict[str, tuple[object, object]]
"""Member to (old, new): ``name``, ``column``, ``status``, ``labels``, ``position``, ``field.NAME``, ``deleted``."""
MOST_ENTRIES = 500


class Entry(Struct, frozen=True):
    """One version of an item; `at` in milliseconds."""

    version: int
    at: int
    by: str | None
    changes: Mapping[str, Any]


def changes_between(old: Content | None, new: Content, before: Blueprint, after: Blueprint) -> Changes:
    """The members that differ; columns and statuses by name. `old` is None for a new item."""
    was: dict[str, object] = _members(old, before) if old is not None else {"labels": ()}
    now = _members(new, after)
    return {
        member: (was.get(member), now.get(member))
        for member in dict.fromkeys((*now, *was))
        if was.get(member) != now.get(member)
    }


def _members(content: Content, blueprint: Blueprint) -> dict[str, object]:
    column = blueprint.columns.get(content.column_id)
    status = next((s for s in column.statuses if s.id == content.status_id), None) if column else None
    return {
        "name": content.name,
        "column": column.name if column else None,
        "status": status.name if status else None,
        "labels": content.labels,
        "source": content.source,
        "contact": content.contact_id,
        **{f"field.{name}": value for name, value in content.values.items()},
    }


def record(unit: Unit, item_id: str, version: int, changes: Mapping[str, tuple[object, object]]) -> None:
    """Write one entry as the caller of the unit."""
    unit.connection.execute(_INSERT, row(unit, item_id, version, changes))


_INSERT = insert(history)


def row(unit: Unit, item_id: str, version: int, changes: Mapping[str, tuple[object, object]]) -> dict[str, object]:
    """The table row of an entry."""
    return {"item_id": item_id, "version": version, "at": unit.now, "by": unit.actor, "changes": dumps(changes)}


def entries(unit: Unit, item_id: str, limit: int = MOST_ENTRIES) -> list[Entry]:
    """The latest entries of an item, newest first."""
    rows = unit.connection.execute(
        select(history.c.version, history.c.at, history.c.by, history.c.changes)
        .where(history.c.item_id == item_id)
        .order_by(history.c.version.desc())
        .limit(limit)
    )
    return [Entry(version, at, by, loads_stored(changes)) for version, at, by, changes in rows]
