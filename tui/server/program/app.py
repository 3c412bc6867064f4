"""The server program's app: the faces, behind a gate, with a log."""

from __future__ import annotations

from starlette.types import ASGIApp

from tui.server.app import create_app
from tui.server.cekat.operations import TABLE as CEKAT
from tui.server.database import Database
from tui.server.program.exchange import Exchanges
from tui.server.program.gate import Gate
from tui.server.program.keyless import Keyless
from tui.server.slate.operations import TABLE as SLATE

TABLES = (SLATE, CEKAT)
"""The faces that are served, as the document tells them; their models are loaded here, before the first write."""
READERS = 4
"""Threads that read beside the one that writes."""


def program_app(database: Database, gate: Gate | None) -> ASGIApp:
    """What `cardwall serve` serves; without a gate everyone may do everything."""
    # The place where faces are chosen; each has its table in TABLES.
    faces = create_app(database, identify=gate.identify if gate else None, readers=READERS, faces=("slate", "cekat"))
    return Exchanges(Keyless(faces, database, TABLES))
