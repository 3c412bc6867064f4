"""The server program's app: the faces, behind a gate, with a log."""

from __future__ import annotations

from starlette.types import ASGIApp

from tui.server.app import create_app
from tui.server.database import Database
from tui.server.program.exchange import Exchanges
from tui.server.program.gate import Gate
from tui.server.program.keyless import Keyless

READERS = 4
"""Threads that read beside the one that writes."""


def program_app(database: Database, gate: Gate | None) -> ASGIApp:
    """What `cardwall serve` serves; without a gate everyone may do everything."""
    # The place where faces are chosen: every face that `create_app` knows is served.
    faces = create_app(database, identify=gate.identify if gate else None, readers=READERS)
    return Exchanges(Keyless(faces, database))
