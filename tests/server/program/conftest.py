from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from tests.server.asgi import Caller, Reply
from tests.server.conftest import FixedClock, counting_ids
from tui.config import RateLimit
from tui.server.app import create_app
from tui.server.database import Database
from tui.server.lifespan import running
from tui.server.program.exchange import Exchanges
from tui.server.program.gate import Gate
from tui.server.rules import keys
from tui.server.rules.keys import ApiKey
from tui.server.service import Service


class FixedTicks:
    """Milliseconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@dataclass
class Guarded:
    """A server that asks for keys, and what a test turns on it."""

    call: Caller
    service: Service
    gate: Gate
    ticks: FixedTicks
    clock: FixedClock

    def key(self, name: str = "sam", scopes: Sequence[str] = keys.SCOPES, **more: Any) -> tuple[ApiKey, str]:
        return self.service.write_now(lambda unit: keys.create(unit, name, scopes, **more))

    async def ask(self, key: str, method: str = "GET", path: str = "/v1/ext/items", body: object = None) -> Reply:
        return await self.call(method, path, body, headers={"x-api-key": key})


@asynccontextmanager
async def guarded(database: Database, clock: FixedClock, *limits: RateLimit) -> AsyncIterator[Guarded]:
    ticks, service = FixedTicks(), Service(database, clock=clock, readers=1)
    gate = Gate(service, limits, ticks=ticks)
    app = create_app(database, clock=clock, identify=gate.identify, ids=counting_ids())
    numbers = count(1)
    async with running(app):
        outer = Exchanges(app, new_id=lambda: f"request-{next(numbers)}", timer=lambda: 0.0)
        yield Guarded(Caller(outer), service, gate, ticks, clock)
        await gate.close()


@pytest.fixture
async def server(database: Database, clock: FixedClock) -> AsyncIterator[Guarded]:
    async with guarded(database, clock) as server:
        yield server
