"""A real server of ours on a socket of this machine, and what its database says with nobody in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from tests.faults.foreign import Foreign
from tests.server.conftest import counting_ids
from tests.sync.wall import NOW, _Inline
from tui.domain.model import Field
from tui.server.app import create_app
from tui.server.database import Database
from tui.server.ids import NewId
from tui.server.lifespan import running
from tui.server.opening import open_database
from tui.server.rules import boards, items
from tui.server.rules.contents import Draft
from tui.server.rules.plan import ColumnPlan, Plan, StatusPlan
from tui.server.service import Service
from tui.server.unit import Unit

COLUMNS = ("Lead", "Qualified", "Won")
PLAN = Plan(
    "Sales",
    tuple(
        ColumnPlan(name, statuses=(StatusPlan("Open"),), closed="won" if name == "Won" else None) for name in COLUMNS
    ),
    (Field("contact_name", "Contact"), Field("phone", "Phone"), Field("notes", "Notes", "long_text")),
    prefix="DEAL",
)
SEEDS = 8


class Row(NamedTuple):
    """One version of one item, as the table of histories has it."""

    item: str
    version: int
    at: float
    """By the server's clock."""
    changes: dict[str, list[Any]]


@dataclass
class Place:
    """The server's port and its database."""

    port: int
    database: Database

    def history(self) -> list[Row]:
        """Every version there ever was, by item and version."""
        with self.database.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT item_id, version, at, changes FROM history ORDER BY item_id, version"
            )
            return [Row(item, version, at / 1000, json.loads(changes)) for item, version, at, changes in rows]

    def live(self) -> dict[str, tuple[str, str, dict[str, Any], tuple[str, ...]]]:
        """By id: name, column, fields and labels of what is not deleted."""
        with self.database.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT id, name, column_id, fields, labels FROM items WHERE deleted_at IS NULL"
            )
            return {i: (n, c, json.loads(f), tuple(sorted(json.loads(labels)))) for i, n, c, f, labels in rows}


@asynccontextmanager
async def serving(folder: Path, *, foreign: bool, versioned: bool, seeds: int = SEEDS) -> AsyncIterator[Place]:
    """Serve both contracts from a database in `folder`, everything on this loop's thread."""
    loop = asyncio.get_running_loop()
    database = open_database(f"sqlite:///{folder}/team.db")
    ids = counting_ids()
    _fill(database, seeds, ids)
    with patch("tui.server.service.ThreadPoolExecutor", _Inline):
        app: ASGIApp = create_app(database, clock=loop.time, actor="team", ids=ids, faces=("slate", "cekat"))
    if foreign:
        app = Foreign(app, versioned=versioned)
    async with running(app), listening_app(app) as port:
        yield Place(port, database)
    database.close()


@asynccontextmanager
async def listening_app(app: ASGIApp) -> AsyncIterator[int]:
    """The port of an app whose start is somebody else's: the server's protocol, without its program's ticking."""
    config = uvicorn.Config(app, lifespan="off", ws="none", log_config=None, access_log=False)
    config.load()
    protocol = partial(config.http_protocol_class, config=config, server_state=ServerState(), app_state={})  # type: ignore[call-arg]  # its own signature
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def _fill(database: Database, count: int, ids: NewId) -> None:
    service = Service(database, clock=lambda: NOW - 3600.0, ids=ids)  # long before anybody's edits

    def work(unit: Unit) -> None:
        board = boards.create(unit, PLAN)
        for number in range(count):
            values = {"contact_name": f"contact-{number}", "phone": f"phone-{number}", "notes": "first\nmiddle\nlast"}
            items.create(unit, board.id, Draft(f"seed-{number}", board.board.columns[number % 2].id, values=values))

    service.write_now(work)
    service.close()
