"""Adds the keys of a server program's callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, Connection, PrimaryKeyConstraint, String, Text

if TYPE_CHECKING:
    from alembic.operations import Operations


def upgrade(operations: Operations, _connection: Connection) -> None:
    """Make the table `api_keys`."""
    operations.create_table(
        "api_keys",
        Column("id", String(12), nullable=False),
        Column("name", Text, nullable=False),
        Column("hash", String(64), nullable=False),
        Column("scopes", Text, nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("expires_at", BigInteger),
        Column("revoked_at", BigInteger),
        Column("last_used_at", BigInteger),
        PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
