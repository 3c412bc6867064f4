"""The steps from one schema to the next, oldest first. A released step is never edited.

A new step is a file ``r0003_what.py`` with ``upgrade(operations, connection)``, and a line in MIGRATIONS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import Connection

from tui.server.migrations import r0002_api_keys, r0003_words

if TYPE_CHECKING:
    from alembic.operations import Operations

FIRST_REVISION = 1
"""The schema that was first released."""


class Migration(Struct, frozen=True):
    """One step; it runs inside a transaction with every other step that is due."""

    revision: int
    """The schema's revision afterwards."""
    upgrade: Callable[[Operations, Connection], None]


MIGRATIONS: tuple[Migration, ...] = (Migration(2, r0002_api_keys.upgrade), Migration(3, r0003_words.upgrade))
