"""Many new items in one transaction, through the same rules: for samples, demos and imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table, insert

from tui.server.blueprint import Blueprint
from tui.server.json_text import dumps_plain
from tui.server.rules import duplicates, history
from tui.server.rules.contents import Draft, drafted, search_text
from tui.server.stored import Stored
from tui.server.tables import history as history_table
from tui.server.tables import items, matches
from tui.server.unit import Unit

Row: TypeAlias = tuple[object, ...]


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
    rows: list[Row] = []
    matched: list[Row] = []
    past: list[Row] = []
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
        rows.append((*item, search_text(item.key, content.name, content.values)))
        matched += [tuple(each.values()) for each in duplicates.rows_of(blueprint.id, item.id, content, fields)]
        if with_history:
            changes = history.changes_between(None, content, blueprint, blueprint)
            past.append((item.id, 1, arrival.created_at, arrival.by, dumps_plain(changes)))
    _insert_rows(unit.connection, items, rows)
    _insert_rows(unit.connection, matches, matched)
    _insert_rows(unit.connection, history_table, past)


def _insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """SQLAlchemy's insert, handed to the driver directly: it would look at each value of each row again.

    Rows hold every column, in the table's order.
    """
    if not rows:
        return
    compiled = insert(table).compile(dialect=connection.dialect)
    names = table.columns.keys()
    assert not compiled.positional or compiled.positiontup == names
    parameters: Any = rows if compiled.positional else [dict(zip(names, row, strict=True)) for row in rows]
    connection.exec_driver_sql(str(compiled), parameters)
