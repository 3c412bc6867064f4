"""The tables. A change here needs a step in `migrations`.

Only what SQLite and PostgreSQL both have: no triggers, no sequences, ids and revisions made by the program.
Moments are milliseconds; JSON is text, because a list answer splices it in unparsed.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

schema_state = Table(
    "cardwall_schema",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
)
"""One row: the schema's revision, and the mark that a database is ours."""

boards = Table(
    "boards",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("prefix", String(10), nullable=False, unique=True),
    Column("next_number", Integer, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("feed_floor", BigInteger, nullable=False),
    Column("blueprint_revision", Integer, nullable=False),
    Column("fields_revision", Integer, nullable=False),
    Column("blueprint", Text, nullable=False),
    Column("matched", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("next_serial", Integer, nullable=False, server_default="0"),
)
"""`revision` counts every write to the board and its items; `feed_floor` is the oldest one the feed still knows;
`fields_revision` is the blueprint revision that last changed the set of fields; `matched` are the fields
whose folded values stand in `matches`; `next_serial` is the serial of its next item."""

contacts = Table(
    "contacts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("created_at", BigInteger, nullable=False),
)

items = Table(
    "items",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("board_id", String(36), ForeignKey("boards.id"), nullable=False),
    Column("prefix", String(10), nullable=False),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("column_id", String(36), nullable=False),
    Column("status_id", String(36)),
    Column("position", BigInteger, nullable=False),
    Column("contact_id", String(36), ForeignKey("contacts.id")),
    Column("source", Text),
    Column("fields", Text, nullable=False),
    Column("fields_revision", Integer, nullable=False),
    Column("labels", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", Text),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_by", Text),
    Column("deleted_at", BigInteger),
    Column("serial", Integer, nullable=False, server_default="0"),
)
"""`fields` holds every field of the blueprint at `fields_revision`, null when unset; `revision` is the board's
at the item's last write, unique within the board; a deleted item stays for 30 days as its own tombstone;
`serial` is the item's place in `words`, unique within the board and never changed."""

_live = text("deleted_at IS NULL")


def _live_index(name: str, *columns: str) -> Index:
    return Index(name, *(items.c[column] for column in columns), sqlite_where=_live)


_live_index("ix_items_board_created", "board_id", "created_at", "id")
_live_index("ix_items_board_updated", "board_id", "updated_at", "id")
_live_index("ix_items_column_created", "column_id", "created_at", "id")
_live_index("ix_items_column_position", "column_id", "position", "id")
Index("ix_items_board_revision", items.c.board_id, items.c.revision)
Index("ix_items_board_serial", items.c.board_id, items.c.serial, unique=True)
Index("ix_items_key", items.c.prefix, items.c.number, unique=True)
_deleted = text("deleted_at IS NOT NULL")
Index("ix_items_deleted", items.c.deleted_at, sqlite_where=_deleted)


def suit_postgresql() -> None:
    """Let PostgreSQL have the partial indexes too: naming its options loads its dialect, so SQLite does without."""
    for index in items.indexes:
        where = index.dialect_options["sqlite"]["where"]
        if where is not None:
            index.dialect_options["postgresql"]["where"] = where


history = Table(
    "history",
    metadata,
    Column("item_id", String(36), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text),
    Column("changes", Text, nullable=False),
)
"""One row a version: `changes` is ``{member: [old, new]}``, columns and statuses by the names they had."""

matches = Table(
    "matches",
    metadata,
    Column("item_id", String(36), primary_key=True),
    Column("field", Text, primary_key=True),
    Column("board_id", String(36), nullable=False),
    Column("folded", Text, nullable=False),
    Index("ix_matches_value", "field", "folded", "board_id"),
)
"""Folded values of live items in the fields that duplicate rules look at."""

words = Table(
    "words",
    metadata,
    Column("board_id", String(36), primary_key=True),
    Column("word", LargeBinary, primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("places", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Which items of a board hold which word: `places` are the serials of one block, packed as `rules.places` says.
Words are bytes, because texts sort differently from database to database."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("body_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False, index=True),
)
"""Answers of writes that carried an Idempotency-Key, kept for a day."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("last_used_at", BigInteger),
)
"""Keys of a server program's callers: `hash` is SHA-256 of the whole key, `scopes` are separated by spaces."""
