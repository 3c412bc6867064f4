"""What needs no key, and tells nothing but whether it works."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.asgi import Caller
from tests.server.program.conftest import FixedTicks
from tui.server.database import Database
from tui.server.lifespan import running
from tui.server.opening import open_database
from tui.server.program.app import program_app
from tui.server.program.gate import Gate
from tui.server.program.keyless import KEPT_MILLISECONDS, Keyless
from tui.server.service import Service


@pytest.fixture
async def call(database: Database) -> AsyncIterator[Caller]:
    gate = Gate(Service(database))
    app = program_app(database, gate)
    async with running(app):
        yield Caller(app)
    await gate.close()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_it_is_answered_without_a_key(call: Caller, path: str) -> None:
    reply = await call("GET", path)
    assert (reply.status, reply.json()) == (200, {"status": "ok"})
    assert (reply.headers["cardwall"], reply.headers["cache-control"]) == ("1", "no-store")
    assert reply.headers["x-request-id"]
    assert (await call("HEAD", path)).body == b""
    refused = await call("POST", path)
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")


async def test_everything_else_is_the_faces(call: Caller) -> None:
    assert (await call("GET", "/v1/ext/items")).status == 401
    assert (await call("GET", "/healthz/x")).status == 404


async def test_without_its_database_it_lives_and_is_not_ready(tmp_path: Path) -> None:
    file = tmp_path / "gone.db"
    database = open_database(f"sqlite:///{file}")
    ticks = FixedTicks()

    async def nothing(*_: object) -> None: ...

    call = Caller(Keyless(nothing, database, ticks=ticks))
    assert (await call("GET", "/readyz")).status == 200
    database.close()
    for each in file.parent.glob("gone.db*"):
        each.unlink()
    file.mkdir()
    assert (await call("GET", "/readyz")).status == 200  # a moment old
    ticks.now += KEPT_MILLISECONDS
    reply = await call("GET", "/readyz")
    assert reply.status == 503
    assert json.loads(reply.body) == {"status": "the database does not answer"}
    assert (await call("GET", "/healthz")).status == 200
    database.close()
