"""The ASGI app: faces side by side over one service."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Literal, NamedTuple

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from tui.server.callers import Identify, always
from tui.server.database import Database
from tui.server.http import Border, Problem
from tui.server.ids import NewId
from tui.server.moments import Clock
from tui.server.refusals import RouteMissing
from tui.server.rules.retention import purge
from tui.server.service import Service
from tui.server.slate import routes as slate
from tui.server.slate.problems import problem as slate_problem

FaceName = Literal["slate", "cekat"]


class Mounted(NamedTuple):
    """A face in its place."""

    prefix: str
    """Every path that starts so answers in the face's shape."""
    routes: list[Route]
    problem: Problem


def create_app(
    database: Database,
    *,
    clock: Clock = time.time,
    actor: str = "someone",
    identify: Identify | None = None,
    ids: NewId | None = None,
    readers: int = 0,
    faces: Sequence[FaceName] = ("slate",),
) -> ASGIApp:
    """The items API over an open database, which stays the caller's to close.

    Without `identify` everyone is `actor` and may do everything. `readers` are the threads that read beside the
    one that writes; 0 has that one do everything. What leads to no face is answered in the shape of the first.
    """
    service = Service(database, clock=clock, ids=ids, readers=readers)
    mounted = [_mounted(name, service, identify or always(actor)) for name in faces]

    def problem_at(path: str) -> Problem:
        return next((face for face in mounted if f"{path}/".startswith(f"{face.prefix}/")), mounted[0]).problem

    async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await problem_at(scope["path"])(RouteMissing())(scope, receive, send)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        await service.write(purge)
        yield
        service.close()

    router = Router(
        routes=[route for face in mounted for route in face.routes],
        redirect_slashes=False,
        default=nowhere,
        lifespan=lifespan,
    )
    return Border(router, problem_at)


def _mounted(name: FaceName, service: Service, identify: Identify) -> Mounted:
    if name == "slate":
        return Mounted(slate.PREFIX, slate.slate_routes(service, identify), slate_problem)
    from tui.server.cekat import routes as cekat  # the wall inside the process never asks for it
    from tui.server.cekat.problems import problem

    return Mounted(cekat.PREFIX, cekat.cekat_routes(service, identify), problem)
