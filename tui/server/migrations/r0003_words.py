"""The word index in place of the folded search texts: a serial for every item, and the words of what is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.operations import Operations

_BATCH = 2048
"""Items in hand at once: a block of the index."""

_boards = sa.table("boards", sa.column("id"), sa.column("next_serial"))
_items = sa.table(
    "items",
    *(sa.column(name) for name in ("id", "board_id", "prefix", "number", "name", "fields", "deleted_at", "serial")),
)
_words = sa.table("words", *(sa.column(name) for name in ("board_id", "word", "block", "places")))


def upgrade(operations: Operations, connection: Connection) -> None:
    """Make the index and fill it."""
    operations.create_table(
        "words",
        sa.Column("board_id", sa.String(36), nullable=False),
        sa.Column("word", sa.LargeBinary, nullable=False),
        sa.Column("block", sa.Integer, nullable=False),
        sa.Column("places", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("board_id", "word", "block", name="pk_words"),
        sqlite_with_rowid=False,
    )
    operations.add_column("boards", sa.Column("next_serial", sa.Integer, nullable=False, server_default="0"))
    operations.add_column("items", sa.Column("serial", sa.Integer, nullable=False, server_default="0"))
    for board_id in connection.scalars(sa.select(_boards.c.id)).all():
        _fill(connection, board_id)
    operations.create_index("ix_items_board_serial", "items", ["board_id", "serial"], unique=True)
    operations.drop_column("items", "search")


def _fill(connection: Connection, board_id: str) -> None:
    from tui.server.rules import word_index

    start = 0
    for rows in _batches(connection, board_id):
        numbered = [{"at": row.id, "to": start + place} for place, row in enumerate(rows)]
        connection.execute(
            sa.update(_items).where(_items.c.id == sa.bindparam("at")).values(serial=sa.bindparam("to")), numbered
        )
        postings = word_index.postings_of([_found_by(row) for row in rows])
        entries = word_index.rows_of(board_id, postings, start)
        if entries:
            connection.execute(sa.insert(_words), [dict(zip(_words.c.keys(), entry, strict=True)) for entry in entries])
        start += len(rows)
    connection.execute(sa.update(_boards).where(_boards.c.id == board_id).values(next_serial=start))


def _found_by(row: Any) -> frozenset[str]:
    from tui.server.json_text import loads_stored
    from tui.server.rules import word_index

    if row.deleted_at is not None:
        return word_index.NO_WORDS
    return word_index.item_words(f"{row.prefix}-{row.number}", row.name, loads_stored(row.fields))


def _batches(connection: Connection, board_id: str) -> Iterator[list[Any]]:
    last = ""
    while True:
        rows = connection.execute(
            sa.select(_items)
            .where(_items.c.board_id == board_id, _items.c.id > last)
            .order_by(_items.c.id)
            .limit(_BATCH)
        ).all()
        if not rows:
            return
        yield list(rows)
        last = rows[-1].id
