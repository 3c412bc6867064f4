"""Many new items in one transaction, through the same rules: for samples, demos and imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, insert

from tui.server.blueprint import Blueprint
from tui.server.json_text import dumps_plain
from tui.server.rules import duplicates, history
from tui.server.rules.contents import Draft, drafted, search_text
from tui.server.stored import Stored
from tui.server.tables import history as history_table
from tui.server.tables import items, matches
from tui.server.unit import Unit


@dataclass(frozen=True, slots=True)
class Arrival:
    """An item that comes with its own past: id, number, rank and times are given, not drawn."""

    id: str
    number: int
    position: int
    created_at: int
    """Milliseconds."""
    updated_at: int
    by: str | None
    draft: Draft


def insert_many(unit: Unit, blueprint: Blueprint, arrivals: Sequence[Arrival], *, with_history: bool = False) -> None:
    """Store items of one board, which must be locked. Raises `Rejected`, and then nothing is stored.

    Numbers must have been drawn. Each item gets a revision of its own, so the feed shows them in pages.
    """
    if not arrivals:
        return
    revision = unit.draw(blueprint.id, revisions=len(arrivals)).revision
    fields = duplicates.matched_fields(unit, blueprint.id)
    rows: list[dict[str, object]] = []
    matched: list[dict[str, str]] = []
    past: list[dict[str, object]] = []
    for place, arrival in enumerate(arrivals):
        content = drafted(arrival.draft, blueprint)
        item = Stored(
            arrival.id,
            blueprint.id,
            blueprint.board.prefix,
            arrival.number,
            content.name,
            content.column_id,
            content.status_id,
            arrival.position,
            content.contact_id,
            content.source,
            dumps_plain(content.values),
            blueprint.fields_revision,
            dumps_plain(content.labels),
            1,
            revision + place,
            arrival.created_at,
            arrival.by,
            arrival.updated_at,
            arrival.by,
            None,
        )
        row: dict[str, object] = item._asdict()
        row["search"] = search_text(item.key, content.name, content.values)
        rows.append(row)
        matched += duplicates.rows_of(blueprint.id, item.id, content, fields)
        if with_history:
            changes = history.changes_between(None, content, blueprint, blueprint)
            entry = history.row(unit, item.id, 1, changes)
            past.append({**entry, "at": arrival.created_at, "by": arrival.by})
    _insert_rows(unit.connection, items, rows)
    _insert_rows(unit.connection, matches, matched)
    _insert_rows(unit.connection, history_table, past)


def _insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """SQLAlchemy's insert, handed to the driver directly: it would check each row's names again."""
    if not rows:
        return
    compiled = insert(table).compile(dialect=connection.dialect)
    names = compiled.positiontup
    parameters: Any = [tuple(row[name] for name in names) for row in rows] if names else rows
    connection.exec_driver_sql(str(compiled), parameters)
