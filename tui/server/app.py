"""The ASGI app: faces side by side over one service."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from tui.server.callers import Identify, always
from tui.server.database import Database
from tui.server.http import Border
from tui.server.ids import NewId
from tui.server.moments import Clock
from tui.server.refusals import RouteMissing
from tui.server.rules.retention import purge
from tui.server.service import Service
from tui.server.slate.problems import problem
from tui.server.slate.routes import slate_routes


def create_app(
    database: Database,
    *,
    clock: Clock = time.time,
    actor: str = "someone",
    identify: Identify | None = None,
    ids: NewId | None = None,
    readers: int = 0,
) -> ASGIApp:
    """The items API over an open database, which stays the caller's to close.

    Without `identify` everyone is `actor` and may do everything. `readers` are the threads that read beside the
    one that writes; 0 has that one do everything.
    """
    service = Service(database, clock=clock, ids=ids, readers=readers)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        await service.write(purge)
        yield
        service.close()

    router = Router(
        routes=slate_routes(service, identify or always(actor)),
        redirect_slashes=False,
        default=_nowhere,
        lifespan=lifespan,
    )
    return Border(router, problem)


async def _nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await problem(RouteMissing())(scope, receive, send)
