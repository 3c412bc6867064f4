"""An item as it stands in the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select

from tui.server.tables import items


class Stored(NamedTuple):
    """A row of `items`; `fields` and `labels` are JSON text, moments milliseconds."""

    id: str
    board_id: str
    prefix: str
    number: int
    name: str
    column_id: str
    status_id: str | None
    position: int
    contact_id: str | None
    source: str | None
    fields: str
    fields_revision: int
    labels: str
    version: int
    revision: int
    created_at: int
    created_by: str | None
    updated_at: int
    updated_by: str | None
    deleted_at: int | None
    serial: int

    @property
    def key(self) -> str:
        """What people call it: ``DEAL-42``."""
        return f"{self.prefix}-{self.number}"


class Contact(NamedTuple):
    """A row of `contacts`; the moment in milliseconds."""

    id: str
    name: str
    email: str | None
    phone: str | None
    created_at: int


COLUMNS = tuple(items.c[name] for name in Stored._fields)
"""What to select, in Stored's order."""


def fetch(connection: Connection, statement: Select[Any], parameters: Mapping[str, Any] | None = None) -> list[Stored]:
    """The rows of a statement that selects COLUMNS.

    Straight from the driver's cursor: these columns need no conversion, and a list is hundreds of rows at a time.
    """
    result = connection.execute(statement, parameters)
    cursor = result.cursor
    assert cursor is not None
    rows = list(map(Stored._make, cursor.fetchall()))
    result.close()
    return rows
